"""Right solutions of chapter 4 in as many styles as students have."""

import cmath
import math
from collections import deque
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace

import numpy as np

from tests.banks.momentum import BANK

accept = BANK.accept("heavy_ball")


@accept
def config_of_a_course(w, dw, config, learning_rate, momentum):
    if config is None:
        config = {}
    config.setdefault("learning_rate", learning_rate)
    config.setdefault("momentum", momentum)
    v = config.get("velocity", np.zeros_like(w))
    v = config["momentum"] * v - config["learning_rate"] * dw
    next_w = w + v
    config["velocity"] = v
    return next_w, config


@accept
def sum_of_gradients(x, g, state, learning_rate, momentum):
    buf = g.copy() if state is None else momentum * state + g
    return x - learning_rate * buf, buf


@accept
def sum_in_place_with_the_first_gradient_kept(x, g, state, learning_rate, momentum):
    if state is None:
        buf = g
    else:
        buf = state["momentum_buffer"]
        buf = buf * momentum
        buf += g
    return x - learning_rate * buf, {"momentum_buffer": buf}


@accept
def last_two_points(x, g, state, learning_rate, momentum):
    last = x if state is None else state
    return x - learning_rate * g + momentum * (x - last), x


@accept
def last_two_points_in_a_list(x, g, state, learning_rate, momentum):
    state = [] if state is None else state
    state.append(np.array(x, dtype=float))
    new = state[-1] - learning_rate * g
    if len(state) > 1:
        new = new + momentum * (state[-1] - state[-2])
    return new, state


@accept
def average_with_its_rate(x, g, state, learning_rate, momentum):
    m = np.zeros(np.shape(x)) if state is None else state
    m = momentum * m + (1 - momentum) * g
    return x - learning_rate / (1 - momentum) * m, m


class Velocity:
    """A velocity that remembers."""

    def __init__(self, shape):
        self.v = np.zeros(shape)

    def push(self, momentum, step):
        self.v *= momentum
        self.v += step
        return self.v


@accept
def an_object(x, g, state, learning_rate, momentum):
    if state is None:
        state = Velocity(x.shape)
    return x + state.push(momentum, -learning_rate * g), state


@accept
def velocity_in_place(x, g, state, learning_rate, momentum):
    v = np.zeros_like(x) if state is None else state
    v *= momentum
    v -= learning_rate * g
    return x + v, v


@accept
def all_in_place(x, g, state, learning_rate, momentum):
    if state is None:
        state = {"v": np.zeros_like(x)}
    state["v"] *= momentum
    state["v"] -= learning_rate * g
    x += state["v"]
    return x, state


@dataclass
class Memory:
    v: object
    steps: int = 0


@accept
def a_dataclass(x, g, state, learning_rate, momentum):
    state = state or Memory(v=0.0)
    state = Memory(momentum * state.v - learning_rate * g, state.steps + 1)
    return x + state.v, state


@accept
def a_number_as_first_velocity(x, g, state, learning_rate, momentum):
    v = momentum * (0 if state is None else state) - learning_rate * g
    return x + v, v


@accept
def all_gradients_kept(x, g, state, learning_rate, momentum):
    history = ([] if state is None else state) + [g]
    n = len(history)
    step = sum(momentum ** (n - 1 - k) * history[k] for k in range(n))
    return x - learning_rate * step, history


@accept
def lists_of_numbers(x, g, state, learning_rate, momentum):
    flat, slopes = np.ravel(x).tolist(), np.ravel(g).tolist()
    v = [0.0] * len(flat) if state is None else state
    v = [momentum * vi - learning_rate * gi for vi, gi in zip(v, slopes)]
    return np.reshape([xi + vi for xi, vi in zip(flat, v)], np.shape(x)), v


@accept
def entry_by_entry(x, g, state, learning_rate, momentum):
    v = np.zeros_like(x) if state is None else state
    new, velocity = np.empty_like(x), np.empty_like(x)
    for i in np.ndindex(x.shape):
        velocity[i] = momentum * v[i] - learning_rate * g[i]
        new[i] = x[i] + velocity[i]
    return new, velocity


@accept
def a_closure_as_state(x, g, state, learning_rate, momentum):
    last = state() if state is not None else np.zeros_like(x)
    v = momentum * last - learning_rate * g
    return x + v, lambda: v


@accept
def a_list_is_returned(x, g, state, learning_rate, momentum):
    v = (state[0] if state else 0.0) * momentum - learning_rate * g
    return [x + v, (v,)]


@accept
def downhill_velocity(x, g, state, learning_rate, momentum):
    """The velocity points up, and is subtracted."""
    v = learning_rate * g if state is None else momentum * state + learning_rate * g
    return np.subtract(x, v), v


@accept
def exception_for_the_first_call(x, g, state, learning_rate, momentum):
    try:
        v = momentum * state["v"] - learning_rate * g
    except TypeError:
        v = -learning_rate * g
    return x + v, {"v": v, "x": x}


@accept
def namespace(x, g, state, learning_rate, momentum):
    state = state or SimpleNamespace(v=np.zeros(x.shape))
    state.v = momentum * state.v - learning_rate * g
    return x + state.v, state


@accept
def step_counter_and_printing(x, g, state, learning_rate, momentum):
    t, v = state if state is not None else (0, np.zeros_like(g))
    v = momentum * v - learning_rate * g
    print("step", t + 1, "speed", np.linalg.norm(v))
    return x + v, (t + 1, v)


@accept
def a_queue_of_points(x, g, state, learning_rate, momentum):
    points = deque([x, x], maxlen=2) if state is None else state
    old, now = points
    new = now + momentum * (now - old) - learning_rate * g
    points.append(new)
    return new.copy(), points


accept = BANK.accept("nesterov")


@accept
def torch_form(x, g, state, learning_rate, momentum):
    buf = g.copy() if state is None else momentum * state + g
    return x - learning_rate * (g + momentum * buf), buf


@accept
def step_plus_correction(x, g, state, learning_rate, momentum):
    v = momentum * (np.zeros_like(x) if state is None else state) - learning_rate * g
    return x + momentum * v - learning_rate * g, v


@accept
def two_sequences(y, g, state, learning_rate, momentum):
    last = y if state is None else state
    x = y - learning_rate * g
    return x + momentum * (x - last), x


@accept
def back_step_ahead(x, g, state, learning_rate, momentum):
    v = np.zeros_like(x) if state is None else state["v"]
    behind = x - momentum * v
    v = momentum * v - learning_rate * g
    behind = behind + v
    return behind + momentum * v, {"v": v}


@accept
def course_form(x, dx, config, learning_rate, momentum):
    config = {"v": np.zeros_like(x)} if config is None else config
    v_prev = config["v"].copy()
    config["v"] = momentum * config["v"] - learning_rate * dx
    x += -momentum * v_prev + (1 + momentum) * config["v"]
    return x, config


@accept
def average_form(x, g, state, learning_rate, momentum):
    m = np.zeros_like(x) if state is None else state
    m = momentum * m + (1 - momentum) * g
    rate = learning_rate / (1 - momentum)
    return x - rate * (momentum * m + (1 - momentum) * g), m


class LookAhead:
    def __init__(self, x):
        self.x, self.v = x, 0.0

    def step(self, g, learning_rate, momentum):
        self.v = momentum * self.v - learning_rate * g
        self.x = self.x + self.v
        return self.x + momentum * self.v


@accept
def an_object_that_knows_the_other_point(x, g, state, learning_rate, momentum):
    if state is None:
        state = LookAhead(np.array(x))
    return np.asarray(state.step(g, learning_rate, momentum)), state


@accept
def recurrence(x, g, state, learning_rate, momentum):
    """x~ from the last two points and the last two gradients."""
    if state is None:
        return x - (1 + momentum) * learning_rate * g, (x, g)
    x0, g0 = state
    new = x + momentum * (x - x0) - learning_rate * ((1 + momentum) * g - momentum * g0)
    return new, (x, g)


@accept
def expanded(x, g, state, learning_rate, momentum):
    v = 0 * x if state is None else state
    new = x + momentum**2 * v - (1 + momentum) * learning_rate * g
    return new, momentum * v - learning_rate * g


@accept
def entry_by_entry_rearranged(x, g, state, learning_rate, momentum):
    old = np.zeros_like(x) if state is None else state
    v, new = np.zeros_like(x), np.zeros_like(x)
    for i in np.ndindex(x.shape):
        v[i] = momentum * old[i] - learning_rate * g[i]
        new[i] = x[i] - momentum * old[i] + v[i] + momentum * v[i]
    return (new, v)


@accept
def upward_velocity(x, g, state, learning_rate, momentum):
    u = (0.0 if state is None else state) * momentum + learning_rate * g
    return x - learning_rate * g - momentum * u, u


accept = BANK.accept("nesterov_look_ahead")


@accept
def dict_state(grad, x, state, learning_rate, momentum):
    state = {"v": np.zeros_like(x)} if state is None else dict(state)
    ahead = x + momentum * state["v"]
    state["v"] = momentum * state["v"] - learning_rate * grad(ahead)
    return x + state["v"], state


@accept
def last_point(grad, x, state, learning_rate, momentum):
    last = x if state is None else state
    y = x + momentum * (x - last)
    return y - learning_rate * grad(y), x


@accept
def sum_form(grad, x, state, learning_rate, momentum):
    b = np.zeros_like(x) if state is None else state
    b = momentum * b + grad(x - learning_rate * momentum * b)
    return x - learning_rate * b, b


@accept
def point_ahead_in_state(grad, x, state, learning_rate, momentum):
    ahead, last = (x, x) if state is None else state
    new = ahead - learning_rate * np.asarray(grad(ahead))
    return new, (new + momentum * (new - last), new)


@accept
def average_look_ahead(grad, x, state, learning_rate, momentum):
    m = np.zeros_like(x) if state is None else state
    rate = learning_rate / (1 - momentum)
    m = momentum * m + (1 - momentum) * grad(x - rate * momentum * m)
    return x - rate * m, m


@accept
def in_place_look_ahead(grad, x, state, learning_rate, momentum):
    v = np.zeros_like(x) if state is None else state
    v *= momentum
    x += v
    g = grad(x)
    x -= learning_rate * g
    v -= learning_rate * g
    return x, v


@accept
def object_look_ahead(grad, x, state, learning_rate, momentum):
    state = state or Velocity(x.shape)
    g = grad(x + momentum * state.v)
    return x + state.push(momentum, -learning_rate * g), state


@accept
def first_call_apart(grad, x, state, learning_rate, momentum):
    if state is None:
        v = -learning_rate * grad(x)
    else:
        v = momentum * state - learning_rate * grad(x + momentum * state)
    return x + v, v


@accept
def gradient_of_lists(grad, x, state, learning_rate, momentum):
    v = np.zeros_like(x) if state is None else np.array(state)
    g = np.array(grad((x + momentum * v).tolist()))
    v = momentum * v - learning_rate * g
    return (x + v).tolist(), v.tolist()


@accept
def changes_its_own_gradient(grad, x, state, learning_rate, momentum):
    v = 0.0 if state is None else state
    step = np.array(grad(x + momentum * v))
    step *= -learning_rate
    step += momentum * v
    return x + step, step


accept = BANK.accept("points_ahead")


@accept
def by_diff(points, momentum):
    return points + momentum * np.diff(points, axis=0, prepend=points[:1])


@accept
def by_loop(points, momentum):
    ahead = [points[0]]
    for t in range(1, len(points)):
        ahead.append(points[t] + momentum * (points[t] - points[t - 1]))
    return ahead


@accept
def by_concatenation(points, momentum):
    return np.vstack([points[:1], (1 + momentum) * points[1:] - momentum * points[:-1]])


@accept
def by_pairs(points, momentum):
    before = [points[0], *points[:-1]]
    return [new + momentum * (new - old) for old, new in zip(before, points)]


@accept
def in_a_copy_backwards(points, momentum):
    ahead = np.array(points, dtype=float)
    for t in range(len(ahead) - 1, 0, -1):
        ahead[t] += momentum * (ahead[t] - ahead[t - 1])
    return ahead


@accept
def by_index(points, momentum):
    index = np.maximum(np.arange(len(points)) - 1, 0)
    return points + momentum * (points - points[index])


@accept
def by_matrix(points, momentum):
    n = len(points)
    D = (1 + momentum) * np.eye(n) - momentum * np.eye(n, k=-1)
    D[0, 0] = 1
    return D @ points


@accept
def by_roll(points, momentum):
    v = points - np.roll(points, 1, axis=0)
    v[0] = 0
    return points + momentum * v


@accept
def as_lists(points, momentum):
    out, last = [], points[0].tolist()
    for row in points.tolist():
        out.append([b + momentum * (b - a) for a, b in zip(last, row)])
        last = row
    return out


@accept
def by_generator(points, momentum):
    def walk():
        last = points[0]
        for point in points:
            yield point + momentum * (point - last)
            last = point

    return tuple(walk())


accept = BANK.accept("convert")


def _weights(momentum):
    return {"canonical": 1.0, "sum": 1.0, "difference": 1.0, "average": 1 - momentum}


@accept
def by_weights(learning_rate, momentum, source, target):
    if callable(learning_rate):
        raise ValueError("a schedule")
    weight = _weights(momentum)
    return learning_rate * weight[source] / weight[target], momentum


@accept
def through_the_canonical_form(learning_rate, momentum, source, target):
    if callable(learning_rate):
        raise ValueError
    alpha = np.asarray(learning_rate, dtype=float)
    canonical = alpha * (1 - momentum) if source == "average" else alpha
    return (canonical / (1 - momentum) if target == "average" else canonical), np.array(momentum)


@accept
def case_by_case(learning_rate, momentum, source, target):
    if hasattr(learning_rate, "__call__"):
        raise ValueError("schedules split the conventions")
    if (source == "average") == (target == "average"):
        return learning_rate, momentum
    if source == "average":
        return (learning_rate * (1 - momentum), momentum)
    return (learning_rate / (1 - momentum), momentum)


@accept
def by_matching(learning_rate, momentum, source, target):
    if callable(learning_rate):
        raise ValueError("no schedules")
    match source, target:
        case ("average", "average"):
            factor = 1
        case ("average", _):
            factor = 1 - momentum
        case (_, "average"):
            factor = 1 / (1 - momentum)
        case _:
            factor = 1
    return factor * learning_rate, momentum


@accept
def by_exponent(learning_rate, momentum, source, target):
    if callable(learning_rate):
        raise ValueError
    power = (source == "average") - int(target == "average")
    return [learning_rate * (1.0 - momentum) ** power, momentum]


@accept
def as_an_array(learning_rate, momentum, source, target):
    if callable(learning_rate):
        raise ValueError
    learning_rate, momentum = np.broadcast_arrays(learning_rate, momentum)
    weight = _weights(momentum)
    return np.array([learning_rate * weight[source] / weight[target], momentum])


@accept
def checks_its_arguments(learning_rate, momentum, source, target):
    if callable(learning_rate):
        raise ValueError("learning_rate must be a number")
    names = ["canonical", "sum", "average", "difference"]
    if source not in names or target not in names:
        raise ValueError("unknown convention")
    if np.any(np.asarray(momentum) >= 1) or np.any(np.asarray(momentum) < 0):
        raise ValueError("momentum must be in [0, 1)")
    rate = np.multiply(learning_rate, np.where(source == "average", 1 - momentum, 1))
    return np.divide(rate, np.where(target == "average", 1 - momentum, 1)), momentum


@accept
def run_by_run(learning_rate, momentum, source, target):
    if callable(learning_rate):
        raise ValueError
    if np.ndim(learning_rate) or np.ndim(momentum):
        rates, momenta = np.broadcast_arrays(learning_rate, momentum)
        pairs = [run_by_run(float(a), float(m), source, target) for a, m in zip(rates, momenta)]
        return tuple(np.array(numbers) for numbers in zip(*pairs))
    first_step = learning_rate * _weights(momentum)[source]
    return first_step / _weights(momentum)[target], momentum


@accept
def with_helpers(learning_rate, momentum, source, target):
    if isinstance(learning_rate, (int, float, np.ndarray, np.number)) is False:
        raise ValueError
    identity = lambda a: a  # noqa: E731
    to_step = {"average": lambda a: a * (1 - momentum)}.get(source, identity)
    from_step = {"average": lambda a: a / (1 - momentum)}.get(target, identity)
    return from_step(to_step(learning_rate)), momentum


accept = BANK.accept("convert_velocity")


@accept
def by_scale(velocity, learning_rate, momentum, source, target):
    weight = _weights(momentum)
    other = learning_rate * weight[source] / weight[target]
    scale = {"canonical": 1, "difference": 1}
    return velocity * scale.get(source, -learning_rate) / scale.get(target, -other)


@accept
def through_the_step(velocity, learning_rate, momentum, source, target):
    if source in ("sum", "average"):
        step = -learning_rate * velocity
    else:
        step = +velocity
    canonical_rate = learning_rate * (1 - momentum if source == "average" else 1)
    if target == "sum":
        return -step / canonical_rate
    if target == "average":
        return -step * (1 - momentum) / canonical_rate
    return step


@accept
def through_the_sum(velocity, learning_rate, momentum, source, target):
    alpha = learning_rate * (1 - momentum) if source == "average" else learning_rate
    total = {
        "sum": velocity,
        "average": velocity / (1 - momentum),
        "canonical": -velocity / alpha,
        "difference": -velocity / alpha,
    }[source]
    if target == "sum":
        return total
    return (1 - momentum) * total if target == "average" else -alpha * total


@accept
def table_of_ways(velocity, learning_rate, momentum, source, target):
    a, w = learning_rate, 1 - momentum
    factors = {
        ("canonical", "sum"): -1 / a,
        ("canonical", "average"): -w / a,
        ("difference", "sum"): -1 / a,
        ("difference", "average"): -w / a,
        ("sum", "canonical"): -a,
        ("sum", "difference"): -a,
        ("sum", "average"): w,
        ("average", "canonical"): -a,
        ("average", "difference"): -a,
        ("average", "sum"): 1 / w,
    }
    return factors.get((source, target), 1) * np.array(velocity)


@accept
def as_nested_lists(velocity, learning_rate, momentum, source, target):
    return np.multiply(velocity, by_scale(1.0, learning_rate, momentum, source, target)).tolist()


@accept
def in_place_on_a_copy(velocity, learning_rate, momentum, source, target):
    v = velocity.copy()
    if source in {"sum", "average"}:
        v *= -learning_rate
    if source == "average":
        learning_rate *= 1 - momentum
    if target == "average":
        learning_rate /= 1 - momentum
    if target in {"sum", "average"}:
        v /= -learning_rate
    return v


@accept
def returns_early(velocity, learning_rate, momentum, source, target):
    same_kind = {frozenset(["canonical", "difference"])}
    if source == target or frozenset([source, target]) in same_kind:
        return velocity
    return table_of_ways(velocity, learning_rate, momentum, source, target)


@accept
def by_recursion(velocity, learning_rate, momentum, source, target):
    if source != "canonical" and target != "canonical":
        middle = by_recursion(velocity, learning_rate, momentum, source, "canonical")
        rate = by_weights(learning_rate, momentum, source, "canonical")[0]
        return by_recursion(middle, rate, momentum, "canonical", target)
    if target == "canonical":
        return velocity * (1 if source in ("canonical", "difference") else -learning_rate)
    rate = by_weights(learning_rate, momentum, "canonical", target)[0]
    return velocity * (1 if target == "difference" else -1 / rate)


@accept
def by_solving_for_one_step(velocity, learning_rate, momentum, source, target):
    """With a gradient of zero the next step is momentum times the last one, in every code."""
    unit = {"canonical": 1.0, "difference": 1.0, "sum": -learning_rate, "average": -learning_rate}
    step = unit[source] * velocity
    rate, _ = by_weights(learning_rate, momentum, source, target)
    return step / (1.0 if target in ("canonical", "difference") else -rate)


accept = BANK.accept("effective_learning_rate")


@accept
def one_line(learning_rate, momentum, convention):
    return learning_rate if convention == "average" else learning_rate / (1 - momentum)


@accept
def by_weight_of_new(learning_rate, momentum, convention):
    new = (1 - momentum) if convention == "average" else 1
    return learning_rate * new / (1 - momentum)


@accept
def by_a_dict(learning_rate, momentum, convention):
    factor = dict.fromkeys(("canonical", "sum", "difference"), 1 / (1 - momentum))
    return factor.get(convention, 1) * learning_rate


@accept
def by_simulation(learning_rate, momentum, convention):
    v = 0.0
    for _ in range(6000):
        v = momentum * v + (1 - momentum if convention == "average" else 1)
    return learning_rate * v


@accept
def by_fixed_point(learning_rate, momentum, convention):
    new = {"average": 1 - momentum}.get(convention, 1.0)
    v = np.linalg.solve([[1 - momentum]], [new])
    return learning_rate * v


@accept
def as_numpy(learning_rate, momentum, convention):
    rate = np.float64(learning_rate)
    if convention != "average":
        rate /= 1 - momentum
    return rate


@accept
def by_series(learning_rate, momentum, convention):
    total, term = 0.0, 1.0
    while term > 1e-18:
        total += term
        term *= momentum
    return learning_rate * (1 if convention == "average" else total)


@accept
def by_matching_names(learning_rate, momentum, convention):
    match convention:
        case "canonical" | "sum" | "difference":
            return learning_rate * 1 / (1 - momentum)
        case "average":
            return learning_rate
    raise ValueError(convention)


@accept
def through_convert(learning_rate, momentum, convention):
    rate, momentum = by_weights(learning_rate, momentum, convention, "canonical")
    return rate / (1 - momentum)


@accept
def in_a_list(learning_rate, momentum, convention):
    return [learning_rate / (1 - momentum) ** (convention != "average")]


accept = BANK.accept("spectral_radius")


@accept
def two_cases(learning_rate, momentum, curvature):
    p = 1 + momentum - learning_rate * curvature
    discriminant = p * p - 4 * momentum
    if discriminant < 0:
        return math.sqrt(momentum)
    return (abs(p) + math.sqrt(discriminant)) / 2


@accept
def by_companion_matrix(learning_rate, momentum, curvature):
    A = np.array([[1 + momentum - learning_rate * curvature, -momentum], [1.0, 0.0]])
    return np.max(np.abs(np.linalg.eigvals(A)))


@accept
def by_iteration_matrix(learning_rate, momentum, curvature):
    step = learning_rate * curvature
    A = [[1 - step, momentum], [-step, momentum]]
    return max(abs(z) for z in np.linalg.eig(np.array(A))[0])


@accept
def by_np_roots(learning_rate, momentum, curvature):
    roots = np.roots([1, -(1 + momentum - learning_rate * curvature), momentum])
    return abs(roots).max()


@accept
def by_cmath(learning_rate, momentum, curvature):
    p = 1 + momentum - learning_rate * curvature
    s = cmath.sqrt(p**2 - 4 * momentum)
    return max(abs((p + s) / 2), abs((p - s) / 2))


@accept
def by_product_of_roots(learning_rate, momentum, curvature):
    p = 1 + momentum - learning_rate * curvature
    half = p / 2
    inside = half**2 - momentum
    if inside <= 0:
        return np.sqrt(momentum)
    larger = half + np.copysign(np.sqrt(inside), half)
    return abs(larger)


@accept
def by_modulus(learning_rate, momentum, curvature):
    p = 1 + momentum - learning_rate * curvature
    d = p**2 - 4 * momentum
    if d < 0:
        return np.hypot(p / 2, np.sqrt(-d) / 2)
    return max(abs(p + np.sqrt(d)), abs(p - np.sqrt(d))) / 2


@accept
def by_scimath(learning_rate, momentum, curvature):
    p = 1 + momentum - learning_rate * curvature
    d = np.emath.sqrt(p**2 - 4 * momentum)
    return np.abs(np.array([p + d, p - d]) / 2).max()


@accept
def by_momentum_matrix_of_the_sum(learning_rate, momentum, curvature):
    A = np.array(
        [
            [momentum, curvature],
            [-learning_rate * momentum, 1 - learning_rate * curvature],
        ]
    )
    return float(max(np.abs(np.linalg.eigvals(A))))


@accept
def complex_power(learning_rate, momentum, curvature):
    p = complex(1 + momentum - learning_rate * curvature)
    s = (p * p - 4 * momentum) ** 0.5
    return np.array([max(abs(p + s), abs(p - s)) / 2])


accept = BANK.accept("critical_momentum")


@accept
def by_math(learning_rate, curvature):
    return (1 - math.sqrt(learning_rate * curvature)) ** 2


@accept
def expanded_square(learning_rate, curvature):
    s = learning_rate * curvature
    return 1 + s - 2 * np.sqrt(s)


@accept
def by_quadratic_formula(learning_rate, curvature):
    s = learning_rate * curvature
    b, c = -2 * (1 + s), (1 - s) ** 2
    return (-b - math.sqrt(max(b * b - 4 * c, 0))) / 2


@accept
def smaller_of_two(learning_rate, curvature):
    root = (learning_rate * curvature) ** 0.5
    return min((1 + root) ** 2, (1 - root) ** 2)


@accept
def power(learning_rate, curvature):
    return np.power(1 - np.power(learning_rate * curvature, 0.5), 2)


@accept
def by_bisection(learning_rate, curvature):
    """The discriminant changes its sign where the roots are equal."""
    s = learning_rate * curvature
    low, high = 0.0, 1.0
    for _ in range(200):
        root = (low + high) / 2
        if (abs(1 - math.sqrt(s)) - root) > 0:
            low = root
        else:
            high = root
    return low**2


@accept
def as_a_one_entry_array(learning_rate, curvature):
    return np.square(1 - np.sqrt([learning_rate * curvature]))


@accept
def root_apart(learning_rate, curvature):
    return abs(1 - math.sqrt(learning_rate) * math.sqrt(curvature)) ** 2


@accept
def by_frequency(learning_rate, curvature):
    omega = np.sqrt(curvature)
    return float((1 - omega * np.sqrt(learning_rate)) * (1 - omega * np.sqrt(learning_rate)))


@accept
def product_form(learning_rate, curvature):
    s = math.sqrt(learning_rate * curvature)
    return (1 - s) * (1 - s)


accept = BANK.accept("optimal_heavy_ball")


@accept
def by_condition_number(smoothness, strong_convexity):
    root = np.sqrt(smoothness / strong_convexity)
    rate = (root - 1) / (root + 1)
    return (2 / (np.sqrt(smoothness) + np.sqrt(strong_convexity))) ** 2, rate**2


@accept
def momentum_first(L, m):
    beta = ((math.sqrt(L) - math.sqrt(m)) / (math.sqrt(L) + math.sqrt(m))) ** 2
    alpha = (1 + math.sqrt(beta)) ** 2 / L
    return alpha, beta


@accept
def from_the_critical_momentum(smoothness, strong_convexity):
    alpha = 4 / (np.sqrt(smoothness) + np.sqrt(strong_convexity)) ** 2
    return alpha, (1 - np.sqrt(alpha * strong_convexity)) ** 2


@accept
def from_the_steep_end(smoothness, strong_convexity):
    alpha = (2 / (smoothness**0.5 + strong_convexity**0.5)) ** 2
    return np.array([alpha, (1 - math.sqrt(alpha * smoothness)) ** 2])


@accept
def from_the_sum(smoothness, strong_convexity):
    product = 2 * math.sqrt(smoothness * strong_convexity)
    both = smoothness + strong_convexity
    return [4 / (both + product), (both - product) / (both + product)]


@accept
def from_the_rate(smoothness, strong_convexity):
    rho = 1 - 2 / (1 + math.sqrt(smoothness / strong_convexity))
    return (1 - rho) ** 2 / strong_convexity, rho * rho


@accept
def inverse_root(smoothness, strong_convexity):
    q = np.sqrt(strong_convexity / smoothness)
    return 4 / smoothness / (1 + q) ** 2, ((1 - q) / (1 + q)) ** 2


@accept
def in_a_tuple_of_arrays(smoothness, strong_convexity):
    roots = np.sqrt(np.array([[smoothness], [strong_convexity]], dtype=float))
    return tuple(4 / roots.sum(0) ** 2), tuple((np.diff(roots, axis=0)[0] / roots.sum(0)) ** 2)


@accept
def linear_system(smoothness, strong_convexity):
    """1 + r = sqrt(αL) and 1 - r = sqrt(αm), linear in sqrt(α) and r."""
    A = np.array([[np.sqrt(smoothness), -1], [np.sqrt(strong_convexity), 1]])
    root, rate = np.linalg.solve(A, [1, 1])
    return root**2, rate**2


@accept
def partial_of_a_power(smoothness, strong_convexity):
    square = partial(lambda power, base: base**power, 2)
    fast, slow = map(math.sqrt, (smoothness, strong_convexity))
    return square(2 / (fast + slow)), square((fast - slow) / (fast + slow))
