"""Known mistakes of chapter 4 in another hand. No fingerprint is made from these."""

import math

import numpy as np

from tests.banks.momentum import BANK


def same(name):
    return BANK.same_mistake("heavy_ball", name)


def zeros(x, state):
    return np.zeros(np.shape(x)) if state is None else state


@same("damped")
def _(x, g, state, learning_rate, momentum):
    m = {"avg": 0.0} if state is None else state
    m = {"avg": momentum * m["avg"] + (1 - momentum) * g}
    return x - learning_rate * m["avg"], m


@same("ascent")
def _(x, g, state, learning_rate, momentum):
    v = momentum * zeros(x, state) - learning_rate * g
    return x - v, v


@same("ascent")
def _(x, g, state, learning_rate, momentum):
    total = g if state is None else momentum * state + g
    return x + learning_rate * total, total


@same("velocity_reversed")
def _(x, g, state, learning_rate, momentum):
    last = x if state is None else state
    return x - learning_rate * g - momentum * (x - last), x


@same("old_velocity")
def _(x, g, state, learning_rate, momentum):
    v = zeros(x, state)
    x = x + v
    v = momentum * v - learning_rate * g
    return x, v


@same("forgets")
def _(x, g, state, learning_rate, momentum):
    v = -learning_rate * g
    if state is not None:
        v = v + momentum * state
    return x + v, None


@same("forgets")
def _(x, g, state, learning_rate, momentum):
    return x - learning_rate * g, state


@same("nesterov")
def _(x, g, state, learning_rate, momentum):
    b = momentum * zeros(x, state) + g
    return x - learning_rate * (g + momentum * b), b


@same("hard_coded_momentum")
def _(x, g, state, learning_rate, momentum=0.9):
    momentum = 0.9
    b = momentum * zeros(x, state) + g
    return x - learning_rate * b, b


@same("hard_coded_rate")
def _(x, g, state, learning_rate, momentum):
    b = momentum * zeros(x, state) + g
    return x - 0.1 * b, (b)


@same("clipped_gradient")
def _(x, g, state, learning_rate, momentum):
    size = np.sqrt(np.sum(g**2))
    if size > 1000:
        g = g * 1000 / size
    v = momentum * zeros(x, state) - learning_rate * g
    return x + v, v


@same("learning_rate_twice")
def _(x, g, state, learning_rate, momentum):
    v = momentum * zeros(x, state) - learning_rate * g
    return x + learning_rate * v, v


class Shared:
    last = None
    by_shape = {}


@same("one_velocity_for_all_runs")
def _(x, g, state, learning_rate, momentum):
    if state is None:
        Shared.last = np.zeros_like(x)
    Shared.last = momentum * Shared.last - learning_rate * g
    return x + Shared.last, "see Shared"


@same("shared_velocity")
def _(x, g, state, learning_rate, momentum):
    v = Shared.by_shape.get(x.shape, 0.0)
    v = Shared.by_shape[x.shape] = momentum * v - learning_rate * g
    return x + v, True


@same("friction")
def _(x, g, state, learning_rate, momentum):
    b = (1.0 - momentum) * zeros(x, state) + g
    return x - learning_rate * b, b


@same("bias_corrected")
def _(x, g, state, learning_rate, momentum):
    state = {"m": 0.0, "t": 0} if state is None else state
    state["t"] += 1
    state["m"] = momentum * state["m"] + (1 - momentum) * g
    return x - learning_rate * (state["m"] / (1 - momentum ** state["t"])), state


@same("first_step_undamped")
def _(x, g, state, learning_rate, momentum):
    buf = g.copy() if state is None else state["buf"] * momentum + g * (1 - momentum)
    return x - learning_rate * buf, {"buf": buf}


@same("momentum_on_gradient")
def _(x, g, state, learning_rate, momentum):
    v = momentum * zeros(x, state) - learning_rate * g
    return x + momentum * v, v


@same("normalized_gradient")
def _(x, g, state, learning_rate, momentum):
    length = np.sqrt((g**2).sum())
    b = momentum * zeros(x, state) + (g / length if length > 0 else g)
    return x - learning_rate * b, b


@same("rate_on_velocity")
def _(x, g, state, learning_rate, momentum):
    v = learning_rate * momentum * zeros(x, state) - learning_rate * g
    return np.add(x, v), v


@same("single_precision")
def _(x, g, state, learning_rate, momentum):
    v = momentum * zeros(x, state) - learning_rate * g
    return np.array(x + v, dtype="float32"), v


@same("changes_gradient")
def _(x, g, state, learning_rate, momentum):
    g += momentum * zeros(x, state)
    return x - learning_rate * g, g.copy()


@same("step_alone")
def _(x, g, state, learning_rate, momentum):
    b = momentum * zeros(x, state) + g
    return -learning_rate * b, b


@same("point_only")
def _(x, g, state, learning_rate, momentum):
    x -= learning_rate * g
    return x


@same("state_first")
def _(x, g, state, learning_rate, momentum):
    v = momentum * zeros(x, state) - learning_rate * g
    x = x + v
    return (v, x)


@same("stops_at_zero_gradient")
def _(x, g, state, learning_rate, momentum):
    v = zeros(x, state)
    if np.abs(g).max() < 1e-8:
        return x, v
    v = momentum * v - learning_rate * g
    return x + v, v


@same("remembers_one_step")
def _(x, g, state, learning_rate, momentum):
    last = zeros(x, state)
    return x - learning_rate * (g + momentum * last), g


@same("vectors_only")
def _(x, g, state, learning_rate, momentum):
    v = [0.0] * len(x) if state is None else state
    v = [momentum * v[i] - learning_rate * g[i] for i in range(len(x))]
    return np.array([float(x[i] + v[i]) for i in range(len(x))]), v


@same("no_friction")
def _(x, g, state, learning_rate, momentum):
    b = zeros(x, state) + g
    return x - learning_rate * b, b


@same("starts_with_gradient")
def _(x, g, state, learning_rate, momentum):
    b = g if state is None else state
    b = momentum * b + g
    return x - learning_rate * b, b


@same("numbers_swapped")
def _(x, g, state, momentum, learning_rate):
    b = momentum * zeros(x, state) + g
    return x - learning_rate * b, {"b": b}["b"]


@same("last_point_is_zero")
def _(x, g, state, learning_rate, momentum):
    points = [0 * x] if state is None else state
    new = (1 + momentum) * x - learning_rate * g - momentum * points[-1]
    return new, [*points, np.array(x)]


def same(name):
    return BANK.same_mistake("nesterov", name)


@same("heavy_ball")
def _(x, g, state, learning_rate, momentum):
    b = momentum * zeros(x, state) + g
    return x - learning_rate * b, b


@same("old_velocity_missing")
def _(x, g, state, learning_rate, momentum):
    v = momentum * zeros(x, state) - learning_rate * g
    x = x + v
    return x + momentum * v, v


@same("old_velocity_added")
def _(x, g, state, learning_rate, momentum):
    old = zeros(x, state)
    v = momentum * old - learning_rate * g
    return x + v + momentum * (old + v), v


@same("velocities_swapped")
def _(x, dx, config, learning_rate, momentum):
    v_prev = zeros(x, config)
    v = momentum * v_prev - learning_rate * dx
    x += -momentum * v + (1 + momentum) * v_prev
    return x, v


@same("step_missing")
def _(x, g, state, learning_rate, momentum):
    old = zeros(x, state)
    v = momentum * old - learning_rate * g
    return x + momentum * (v - old), v


@same("one_minus_momentum")
def _(x, g, state, learning_rate, momentum):
    old = zeros(x, state)
    new = momentum * old - learning_rate * g
    return x + new - momentum * (old + new), new


@same("learning_rate_twice")
def _(x, g, state, learning_rate, momentum):
    old = zeros(x, state)
    v = momentum * old - learning_rate * g
    return x + learning_rate * (momentum * v - g), v


@same("damped")
def _(x, g, state, learning_rate, momentum):
    m = momentum * zeros(x, state) + (1 - momentum) * g
    return x - learning_rate * (momentum * m + (1 - momentum) * g), m


@same("not_looked_ahead")
def _(x, g, state, learning_rate, momentum):
    v = zeros(x, state)
    real = x - momentum * v
    v = momentum * v - learning_rate * g
    return real + v, v


@same("momentum_missing_in_step")
def _(x, g, state, learning_rate, momentum):
    v = momentum * zeros(x, state) - learning_rate * g
    return x + v - learning_rate * g, v


@same("hard_coded_momentum")
def _(x, g, state, learning_rate, momentum):
    mu = 0.9
    b = mu * zeros(x, state) + g
    return x - learning_rate * (g + mu * b), b


@same("forgets")
def _(x, g, state, learning_rate, momentum):
    return x - learning_rate * (1 + momentum) * g, state


@same("ascent")
def _(x, g, state, learning_rate, momentum):
    b = momentum * zeros(x, state) + g
    return x + learning_rate * (g + momentum * b), b


@same("growing_momentum")
def _(y, g, state, learning_rate, momentum):
    last, k = (y, 0) if state is None else state
    x = y - learning_rate * g
    return x + k / (k + 3) * (x - last), [x, k + 1]


@same("clipped_gradient")
def _(x, g, state, learning_rate, momentum):
    g = np.maximum(np.minimum(g, 500), -500)
    b = momentum * zeros(x, state) + g
    return x - learning_rate * (g + momentum * b), b


@same("single_precision")
def _(x, g, state, learning_rate, momentum):
    b = momentum * zeros(x, state) + g
    return np.float32(x - learning_rate * (g + momentum * b)), b


@same("point_only")
def _(x, g, state, learning_rate, momentum):
    return x - (1 + momentum) * learning_rate * g


@same("one_velocity_for_all_runs")
def _(x, g, state, learning_rate, momentum):
    if state is None:
        Shared.last = np.zeros_like(x)
    Shared.last = momentum * Shared.last - learning_rate * g
    return x + momentum * Shared.last - learning_rate * g, 1


@same("starts_with_gradient")
def _(x, g, state, learning_rate, momentum):
    b = momentum * (g if state is None else state) + g
    old = g if state is None else state
    return x + learning_rate * (momentum * old - (1 + momentum) * b), b


@same("gradient_counted_again")
def _(x, g, state, learning_rate, momentum):
    old = zeros(x, state)
    v = momentum * old - learning_rate * g
    x = x - learning_rate * g
    return x - momentum * old + v + momentum * v, v


@same("heavy_ball_first")
def _(x, g, state, learning_rate, momentum):
    if state is None:
        v = -learning_rate * g
        return x + v, v
    v = momentum * state - learning_rate * g
    return x - momentum * state + v + momentum * v, v


@same("whole_look_ahead")
def _(x, g, state, learning_rate, momentum):
    old = zeros(x, state)
    v = momentum * old - learning_rate * g
    return (x - old) + v + v, v


def same(name):
    return BANK.same_mistake("nesterov_look_ahead", name)


@same("gradient_at_x")
def _(grad, x, state, learning_rate, momentum):
    b = momentum * zeros(x, state) + grad(x)
    return x - learning_rate * b, b


@same("looks_behind")
def _(grad, x, state, learning_rate, momentum):
    last = x if state is None else state
    g = grad(x - momentum * (x - last))
    return x + momentum * (x - last) - learning_rate * g, x


@same("whole_look_ahead")
def _(grad, x, state, learning_rate, momentum):
    last = x if state is None else state
    step = x - last
    return x + momentum * step - learning_rate * grad(2 * x - last), x


@same("new_velocity")
def _(grad, x, state, learning_rate, momentum):
    v = zeros(x, state)
    first = momentum * v - learning_rate * grad(x)
    g = grad(x + momentum * first)
    v = momentum * v - learning_rate * g
    return x + v, v


@same("returns_point_ahead")
def _(grad, x, state, learning_rate, momentum):
    v = zeros(x, state)
    v = momentum * v - learning_rate * grad(x + momentum * v)
    x = x + v
    return x + momentum * v, v


@same("moves_from_ahead")
def _(grad, x, state, learning_rate, momentum):
    v = zeros(x, state)
    x = x + momentum * v
    v = momentum * v - learning_rate * grad(x)
    return x + v, v


@same("ascent")
def _(grad, x, state, learning_rate, momentum):
    last = x if state is None else state
    y = x + momentum * (x - last)
    return y + learning_rate * grad(y), x


@same("damped")
def _(grad, x, state, learning_rate, momentum):
    m = zeros(x, state)
    m = momentum * m + (1 - momentum) * grad(x - learning_rate * momentum * m)
    return x - learning_rate * m, m


@same("hard_coded_momentum")
def _(grad, x, state, learning_rate, momentum):
    last = x if state is None else state
    y = x + 0.9 * (x - last)
    return y - learning_rate * grad(y), x


@same("forgets")
def _(grad, x, state, learning_rate, momentum):
    return x - learning_rate * grad(x), x


@same("asks_twice")
def _(grad, x, state, learning_rate, momentum):
    v = zeros(x, state)
    if np.all(grad(x + momentum * v) == 0):
        v = momentum * v
    else:
        v = momentum * v - learning_rate * grad(x + momentum * v)
    return x + v, v


@same("sum_looks_uphill")
def _(grad, x, state, learning_rate, momentum):
    b = zeros(x, state)
    g = grad(x + momentum * b)
    b = momentum * b + g
    return x - learning_rate * b, b


@same("clipped_gradient")
def _(grad, x, state, learning_rate, momentum):
    v = zeros(x, state)
    g = grad(x + momentum * v)
    norm = np.linalg.norm(g)
    v = momentum * v - learning_rate * (g if norm < 5e3 else 5e3 * g / norm)
    return x + v, v


@same("point_only")
def _(grad, x, state, learning_rate, momentum):
    x = x - learning_rate * grad(x)
    return x


@same("one_velocity_for_all_runs")
def _(grad, x, state, learning_rate, momentum):
    if state is None:
        Shared.last = np.zeros_like(x)
    g = grad(x + momentum * Shared.last)
    Shared.last = momentum * Shared.last - learning_rate * g
    return x + Shared.last, 0


@same("growing_momentum")
def _(grad, x, state, learning_rate, momentum):
    last, k = (x, 0) if state is None else state
    y = x + k / (k + 3) * (x - last)
    return y - learning_rate * grad(y), (x, k + 1)


@same("old_velocity")
def _(grad, x, state, learning_rate, momentum):
    v = zeros(x, state)
    g = grad(x + momentum * v)
    return x + v, momentum * v - learning_rate * g


@same("friction")
def _(grad, x, state, learning_rate, momentum):
    v = zeros(x, state)
    g = grad(x + momentum * v)
    v = v - momentum * v - learning_rate * g
    return x + v, v


@same("vectors_only")
def _(grad, x, state, learning_rate, momentum):
    v = np.zeros(x.shape[0]) if state is None else state
    v = momentum * v - learning_rate * grad(x + momentum * v)
    return x + v, v


@same("numbers_swapped")
def _(grad, x, state, momentum, learning_rate):
    last = x if state is None else state
    y = x + momentum * (x - last)
    return y - learning_rate * grad(y), x


@same("last_point_is_zero")
def _(grad, x, state, learning_rate, momentum):
    y = (1 + momentum) * x if state is None else state
    new = y - learning_rate * grad(y)
    return new, new + momentum * (new - x)


@same("rearranged")
def _(grad, x, state, learning_rate, momentum):
    g = grad(x)
    b = g if state is None else momentum * state + g
    return x - learning_rate * (g + momentum * b), b


def same(name):
    return BANK.same_mistake("points_ahead", name)


@same("behind")
def _(points, momentum):
    return points - momentum * np.diff(points, axis=0, prepend=points[:1])


@same("backward_velocity")
def _(points, momentum):
    return points + momentum * np.diff(points, axis=0, append=points[-1:])


@same("start_missing")
def _(points, momentum):
    return points[1:] + momentum * np.diff(points, axis=0)


@same("last_missing")
def _(points, momentum):
    ahead = [points[0]]
    for t in range(1, len(points) - 1):
        ahead.append(points[t] + momentum * (points[t] - points[t - 1]))
    return ahead[: len(points) - 1]


@same("whole_velocity")
def _(points, momentum):
    return 2 * points - np.vstack([points[:1], points[:-1]])


@same("one_plus_momentum")
def _(points, momentum):
    v = np.diff(points, axis=0, prepend=points[:1])
    return points + v + momentum * v


@same("unchanged")
def _(points, momentum):
    return list(points)


@same("last_point_only")
def _(points, momentum):
    ahead = points[0]
    for t in range(1, len(points)):
        ahead = points[t] + momentum * (points[t] - points[t - 1])
    return ahead


@same("velocity_from_start")
def _(points, momentum):
    return points + momentum * (points - points[0])


@same("builds_on_itself")
def _(points, momentum):
    ahead = [points[0]]
    for p in points[1:]:
        ahead.append(p + momentum * (p - ahead[-1]))
    return ahead


@same("columns_for_rows")
def _(points, momentum):
    return points + momentum * np.diff(points, prepend=points[:, :1])


@same("velocities_only")
def _(points, momentum):
    return np.vstack([np.zeros((1, points.shape[1])), momentum * np.diff(points, axis=0)])


@same("velocity_from_origin")
def _(points, momentum):
    return points + momentum * np.diff(points, axis=0, prepend=0)


@same("rolled")
def _(points, momentum):
    return [points[t] + momentum * (points[t] - points[t - 1]) for t in range(len(points))]


@same("changes_points")
def _(points, momentum):
    for t in range(len(points) - 1, 0, -1):
        points[t] += momentum * (points[t] - points[t - 1])
    return points


@same("velocity_builds_up")
def _(points, momentum):
    v, ahead = 0 * points[0], [points[0]]
    for t in range(1, len(points)):
        v = momentum * v + (points[t] - points[t - 1])
        ahead.append(points[t] + momentum * v)
    return ahead


@same("np_gradient")
def _(points, momentum):
    v = np.vstack([points[1:2], points[1:]]) - np.vstack([points[:1], points[:-1]])
    v[1:-1] = (points[2:] - points[:-2]) / 2
    return points + momentum * v


def same(name):
    return BANK.same_mistake("convert", name)


def refuse(learning_rate):
    if callable(learning_rate):
        raise ValueError("no schedules")


@same("unchanged")
def _(learning_rate, momentum, source, target):
    refuse(learning_rate)
    return [learning_rate, momentum]


@same("source_forgotten")
def _(learning_rate, momentum, source, target):
    refuse(learning_rate)
    return (learning_rate / (1 - momentum) if target == "average" else learning_rate), momentum


@same("target_forgotten")
def _(learning_rate, momentum, source, target):
    refuse(learning_rate)
    return learning_rate * ((1 - momentum) if source == "average" else 1), momentum


@same("upside_down")
def _(learning_rate, momentum, source, target):
    refuse(learning_rate)
    power = (target == "average") - int(source == "average")
    return learning_rate * (1.0 - momentum) ** power, momentum


@same("momentum_for_weight")
def _(learning_rate, momentum, source, target):
    refuse(learning_rate)
    weight = {"average": momentum}
    return learning_rate * weight.get(source, 1) / weight.get(target, 1), momentum


@same("weight_squared")
def _(learning_rate, momentum, source, target):
    refuse(learning_rate)
    w = (1 - momentum) ** 2
    a = learning_rate * (w if source == "average" else 1)
    return a / (w if target == "average" else 1), momentum


@same("rescales_sums")
def _(learning_rate, momentum, source, target):
    refuse(learning_rate)
    weight = {"average": 1 - momentum, "sum": 1 - momentum}
    return learning_rate * weight.get(source, 1) / weight.get(target, 1), momentum


@same("rescales_differences")
def _(learning_rate, momentum, source, target):
    refuse(learning_rate)
    weight = {"average": 1 - momentum, "difference": 1 - momentum}
    return learning_rate * weight.get(source, 1) / weight.get(target, 1), momentum


@same("one_number_only")
def _(learning_rate, momentum, source, target):
    refuse(learning_rate)
    if learning_rate <= 0:
        raise ValueError("learning_rate must be positive")
    weight = {"average": 1 - momentum}
    return learning_rate * weight.get(source, 1) / weight.get(target, 1), momentum


@same("schedule_taken")
def _(learning_rate, momentum, source, target):
    if callable(learning_rate):
        return learning_rate, momentum
    weight = {"average": 1 - momentum}
    return learning_rate * weight.get(source, 1) / weight.get(target, 1), momentum


@same("schedule_raises_type_error")
def _(learning_rate, momentum, source, target):
    weight = {"average": 1 - momentum}
    return learning_rate * weight.get(source, 1) / weight.get(target, 1), momentum


@same("swapped")
def _(learning_rate, momentum, source, target):
    refuse(learning_rate)
    weight = {"average": 1 - momentum}
    return (momentum, learning_rate * weight.get(source, 1) / weight.get(target, 1))


@same("rate_only")
def _(learning_rate, momentum, source, target):
    refuse(learning_rate)
    weight = {"average": 1 - momentum}
    return learning_rate * weight.get(source, 1) / weight.get(target, 1)


@same("hard_coded_momentum")
def _(learning_rate, momentum, source, target):
    refuse(learning_rate)
    if source == target:
        return learning_rate, momentum
    if source == "average":
        return learning_rate * 0.1, momentum
    return (learning_rate * 10 if target == "average" else learning_rate), momentum


@same("changes_rates")
def _(learning_rate, momentum, source, target):
    refuse(learning_rate)
    if source == target:
        return learning_rate, momentum
    if source == "average":
        learning_rate *= 1 - momentum
    elif target == "average":
        learning_rate /= 1 - momentum
    return learning_rate, momentum


@same("negative_rate")
def _(learning_rate, momentum, source, target):
    refuse(learning_rate)
    weight = {"average": -(1 - momentum), "sum": -1}
    return learning_rate * weight.get(source, 1) / weight.get(target, 1), momentum


def same(name):
    return BANK.same_mistake("convert_velocity", name)


STEPS = {"canonical", "difference"}


def other_rate(learning_rate, momentum, source, target):
    weight = {"average": 1 - momentum}
    return learning_rate * weight.get(source, 1) / weight.get(target, 1)


@same("unchanged")
def _(velocity, learning_rate, momentum, source, target):
    return velocity


@same("sign_missing")
def _(velocity, learning_rate, momentum, source, target):
    a, b = learning_rate, other_rate(learning_rate, momentum, source, target)
    return velocity * (1 if source in STEPS else a) / (1 if target in STEPS else b)


@same("rate_missing")
def _(velocity, learning_rate, momentum, source, target):
    return velocity if (source in STEPS) == (target in STEPS) else -velocity


@same("rate_missing_from_gradients")
def _(velocity, learning_rate, momentum, source, target):
    b = other_rate(learning_rate, momentum, source, target)
    return velocity * (1 if source in STEPS else -1) / (1 if target in STEPS else -b)


@same("multiplies_by_rate")
def _(velocity, learning_rate, momentum, source, target):
    a, b = learning_rate, other_rate(learning_rate, momentum, source, target)
    return velocity * (1 if source in STEPS else -a) * (1 if target in STEPS else -b)


@same("average_forgotten")
def _(velocity, learning_rate, momentum, source, target):
    a = learning_rate
    return velocity * (1 if source in STEPS else -a) / (1 if target in STEPS else -a)


@same("average_upside_down")
def _(velocity, learning_rate, momentum, source, target):
    a, b = learning_rate, other_rate(learning_rate, momentum, target, source)
    return velocity * (1 if source in STEPS else -a) / (1 if target in STEPS else -b)


@same("target_rate_for_both")
def _(velocity, learning_rate, momentum, source, target):
    b = other_rate(learning_rate, momentum, source, target)
    return velocity * (1 if source in STEPS else -b) / (1 if target in STEPS else -b)


@same("starts_from_rest")
def _(velocity, learning_rate, momentum, source, target):
    return [0.0 * v for v in velocity]


@same("difference_as_gradients")
def _(velocity, learning_rate, momentum, source, target):
    a, b = learning_rate, other_rate(learning_rate, momentum, source, target)
    scale = {"canonical": 1}
    return velocity * scale.get(source, -a) / scale.get(target, -b)


@same("difference_reversed")
def _(velocity, learning_rate, momentum, source, target):
    a, b = learning_rate, other_rate(learning_rate, momentum, source, target)
    scale = {"canonical": 1, "difference": -1}
    return velocity * scale.get(source, -a) / scale.get(target, -b)


@same("momentum_ahead")
def _(velocity, learning_rate, momentum, source, target):
    a, b = learning_rate, other_rate(learning_rate, momentum, source, target)
    step = momentum * velocity * (1 if source in STEPS else -a)
    return step / (1 if target in STEPS else -b)


def same(name):
    return BANK.same_mistake("effective_learning_rate", name)


@same("learning_rate_itself")
def _(learning_rate, momentum, convention):
    return float(learning_rate)


@same("same_for_all")
def _(learning_rate, momentum, convention):
    return learning_rate / (1 - momentum)


@same("multiplied")
def _(learning_rate, momentum, convention):
    return learning_rate * (1 if convention == "average" else 1 - momentum)


@same("one_plus_momentum")
def _(learning_rate, momentum, convention):
    return learning_rate if convention == "average" else learning_rate + momentum * learning_rate


@same("first_step_left_out")
def _(learning_rate, momentum, convention):
    if convention == "average":
        return learning_rate
    return learning_rate * (1 / (1 - momentum) - 1)


@same("factor_only")
def _(learning_rate, momentum, convention):
    return learning_rate if convention == "average" else (1 - momentum) ** -1


@same("cut_off")
def _(learning_rate, momentum, convention):
    v = 0.0
    for _ in range(100):
        v = momentum * v + (1 if convention != "average" else 0)
    return learning_rate if convention == "average" else learning_rate * v


@same("sum_as_average")
def _(learning_rate, momentum, convention):
    new = 1 - momentum if convention in {"sum", "average"} else 1
    return learning_rate * new / (1 - momentum)


@same("only_canonical")
def _(learning_rate, momentum, convention):
    return learning_rate / (1 - momentum) if convention == "canonical" else learning_rate


@same("negative")
def _(learning_rate, momentum, convention):
    return {"average": learning_rate}.get(convention, learning_rate / (momentum - 1))


@same("average_shrinks")
def _(learning_rate, momentum, convention):
    factor = 1 - momentum if convention == "average" else 1 / (1 - momentum)
    return factor * learning_rate


def same(name):
    return BANK.same_mistake("spectral_radius", name)


def roots(learning_rate, momentum, curvature):
    p = 1 + momentum - learning_rate * curvature
    s = np.sqrt(p**2 - 4 * momentum + 0j)
    return np.array([(p + s) / 2, (p - s) / 2])


@same("real_root_only")
def _(learning_rate, momentum, curvature):
    p = 1 + momentum - learning_rate * curvature
    s = np.sqrt(np.float64(p**2 - 4 * momentum))
    return np.maximum(abs(p / 2 + s / 2), abs(p / 2 - s / 2))


@same("absolute_discriminant")
def _(learning_rate, momentum, curvature):
    p = 1 + momentum - learning_rate * curvature
    s = math.sqrt(abs(p**2 - 4 * momentum))
    return max(abs((p + s) / 2), abs((p - s) / 2))


@same("real_parts")
def _(learning_rate, momentum, curvature):
    p = 1 + momentum - learning_rate * curvature
    d = max(0.0, p**2 - 4 * momentum)
    return (abs(p) + math.sqrt(d)) / 2


@same("product")
def _(learning_rate, momentum, curvature):
    return abs(np.prod(roots(learning_rate, momentum, curvature)))


@same("always_root_of_momentum")
def _(learning_rate, momentum, curvature):
    return momentum**0.5


@same("root_forgotten")
def _(learning_rate, momentum, curvature):
    p = 1 + momentum - learning_rate * curvature
    d = p**2 - 4 * momentum
    return momentum if d < 0 else (abs(p) + math.sqrt(d)) / 2


@same("smaller_root")
def _(learning_rate, momentum, curvature):
    return np.sort(np.abs(roots(learning_rate, momentum, curvature)))[0]


@same("signed")
def _(learning_rate, momentum, curvature):
    p = 1 + momentum - learning_rate * curvature
    d = p**2 - 4 * momentum
    return math.sqrt(momentum) if d < 0 else (p + math.sqrt(d)) / 2


@same("plus_root_only")
def _(learning_rate, momentum, curvature):
    return abs(roots(learning_rate, momentum, curvature)[0])


@same("not_halved")
def _(learning_rate, momentum, curvature):
    return 2 * abs(roots(learning_rate, momentum, curvature)).max()


@same("ascent")
def _(learning_rate, momentum, curvature):
    return abs(
        np.linalg.eigvals([[1 + momentum + learning_rate * curvature, -momentum], [1, 0]])
    ).max()


@same("momentum_missing_in_p")
def _(learning_rate, momentum, curvature):
    return abs(np.linalg.eigvals([[1 - learning_rate * curvature, -momentum], [1, 0]])).max()


@same("discriminant_sign")
def _(learning_rate, momentum, curvature):
    return abs(
        np.linalg.eigvals([[1 + momentum - learning_rate * curvature, momentum], [1, 0]])
    ).max()


@same("gradient_descent")
def _(learning_rate, momentum, curvature):
    return max(1 - learning_rate * curvature, learning_rate * curvature - 1)


@same("nesterov")
def _(learning_rate, momentum, curvature):
    s = 1 - learning_rate * curvature
    return abs(np.linalg.eigvals([[s * (1 + momentum), -s * momentum], [1, 0]])).max()


@same("capped")
def _(learning_rate, momentum, curvature):
    return np.clip(abs(roots(learning_rate, momentum, curvature)).max(), 0, 1)


@same("squared")
def _(learning_rate, momentum, curvature):
    return (np.abs(roots(learning_rate, momentum, curvature)) ** 2).max()


@same("sum_of_roots")
def _(learning_rate, momentum, curvature):
    return np.abs(roots(learning_rate, momentum, curvature)).sum()


@same("complex_result")
def _(learning_rate, momentum, curvature):
    z = roots(learning_rate, momentum, curvature)
    return z[np.argmax(np.abs(z))]


@same("close_roots_as_equal")
def _(learning_rate, momentum, curvature):
    p = 1 + momentum - learning_rate * curvature
    if p * p < 4 * momentum or np.isclose(p * p, 4 * momentum, rtol=0, atol=5e-4):
        return math.sqrt(momentum)
    return np.max(np.abs(roots(learning_rate, momentum, curvature)))


def same(name):
    return BANK.same_mistake("critical_momentum", name)


@same("not_squared")
def _(learning_rate, curvature):
    return 1 - math.sqrt(learning_rate) * math.sqrt(curvature)


@same("no_root")
def _(learning_rate, curvature):
    s = learning_rate * curvature
    return 1 - 2 * s + s * s


@same("neither")
def _(learning_rate, curvature):
    return 1.0 - curvature * learning_rate


@same("other_solution")
def _(learning_rate, curvature):
    s = learning_rate * curvature
    return max(np.roots([1, -2 * (1 + s), (1 - s) ** 2]).real)


@same("root_of_rate_only")
def _(learning_rate, curvature):
    return (1 - math.sqrt(learning_rate) * curvature) ** 2


@same("curvature_missing")
def _(learning_rate, curvature):
    return 1 + learning_rate - 2 * learning_rate**0.5


@same("kept_positive")
def _(learning_rate, curvature):
    root = min(1, math.sqrt(learning_rate * curvature))
    return (1 - root) ** 2


@same("nesterov")
def _(learning_rate, curvature):
    return (1 - math.sqrt(learning_rate * curvature)) / (1 + math.sqrt(learning_rate * curvature))


@same("absolute_value")
def _(learning_rate, curvature):
    return np.sqrt((1 - np.sqrt(learning_rate * curvature)) ** 2)


@same("fourth_power")
def _(learning_rate, curvature):
    mu = (1 - math.sqrt(learning_rate * curvature)) ** 2
    return mu * mu


@same("one_minus")
def _(learning_rate, curvature):
    s = math.sqrt(learning_rate * curvature)
    return 2 * s - s * s


def same(name):
    return BANK.same_mistake("optimal_heavy_ball", name)


def rate_of(L, m):
    return 4 / (math.sqrt(L) + math.sqrt(m)) ** 2


def root_of(L, m):
    k = math.sqrt(L / m)
    return (k - 1) / (k + 1)


@same("momentum_not_squared")
def _(smoothness, strong_convexity):
    return rate_of(smoothness, strong_convexity), root_of(smoothness, strong_convexity)


@same("roots_forgotten_in_momentum")
def _(smoothness, strong_convexity):
    kappa = smoothness / strong_convexity
    return rate_of(smoothness, strong_convexity), ((kappa - 1) / (kappa + 1)) ** 2


@same("roots_forgotten")
def _(L, m):
    return 4 / (L + m) ** 2, ((L - m) / (L + m)) ** 2


@same("rate_of_gradient_descent")
def _(L, m):
    return 2 / (L + m), root_of(L, m) ** 2


@same("inverse_smoothness")
def _(L, m):
    return L**-1, root_of(L, m) ** 2


@same("two_above")
def _(L, m):
    return 2 / (L + m + 2 * math.sqrt(L * m)), root_of(L, m) ** 2


@same("one_above")
def _(L, m):
    return (math.sqrt(L) + math.sqrt(m)) ** -2, root_of(L, m) ** 2


@same("swapped")
def _(L, m):
    return np.array([root_of(L, m) ** 2, rate_of(L, m)])


@same("one_minus_inverse_root")
def _(L, m):
    return rate_of(L, m), 1 - math.sqrt(m / L)


@same("one_minus_inverse_root_squared")
def _(L, m):
    return rate_of(L, m), (1 - 1 / math.sqrt(L / m)) ** 2


@same("nesterov")
def _(L, m):
    return [1 / L, root_of(L, m)]


@same("hard_coded_momentum")
def _(L, m):
    return rate_of(L, m), 0.9


@same("rate_only")
def _(L, m):
    return rate_of(L, m)


@same("best_gradient_descent")
def _(L, m):
    return 2 / (L + m), 0


@same("largest_stable")
def _(L, m):
    mu = root_of(L, m) ** 2
    return (2 + 2 * mu) / L, mu


@same("flat_end_critical")
def _(L, m):
    rate = 1 / L
    return rate, (1 - math.sqrt(rate * m)) ** 2
