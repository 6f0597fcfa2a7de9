"""Solutions of chapter 4 that were written from the statements alone, without a look at the checks.

On first sight the checks refused 111 of 113 wrong solutions, accepted 55 of 55 right ones, named 78
of the 87 mistakes that the bank knew, and named none that was not made. A second round, by
someone else, refused 286 of 289 wrong ones and accepted 97 of 97 right ones; those that got
through, those that were told the wrong thing, and kinds that were new stand at the end.
"""

import cmath
import collections
import dataclasses
import functools
import json
import math
import operator
import types

import numpy as np

from tests.banks.momentum import BANK

# M1, wrong


@BANK.held_out("heavy_ball", "damped")
def adam_habit(x, g, state, learning_rate, momentum):
    """Momentum is a moving average of gradients, as in Adam."""
    m = np.zeros_like(x) if state is None else state
    m = momentum * m + (1 - momentum) * g
    return x - learning_rate * m, m


@BANK.held_out("heavy_ball", "first_step_undamped")
def torch_with_dampening(x, g, state, learning_rate, momentum):
    """PyTorch starts the buffer with the gradient, and dampens from the second step on."""
    if state is None:
        buf = g.copy()
    else:
        buf = momentum * state + (1 - momentum) * g
    return x - learning_rate * buf, buf


@BANK.held_out("heavy_ball", "nesterov")
def torch_nesterov_flag(x, g, state, learning_rate, momentum):
    """Copied from torch.optim.SGD, with the branch for nesterov=True."""
    buf = np.array(g) if state is None else momentum * state["buf"] + g
    return x - learning_rate * (g + momentum * buf), {"buf": buf}


@BANK.held_out("heavy_ball", "old_velocity")
def moves_with_yesterdays_velocity(x, g, state, learning_rate, momentum):
    """Move first, then update the velocity: each gradient comes one step late."""
    v = np.zeros_like(x) if state is None else state
    x_new = x + v
    v = momentum * v - learning_rate * g
    return x_new, v


@BANK.held_out("heavy_ball", "one_velocity_for_all_runs")
def one_velocity_on_the_function(x, g, state, learning_rate, momentum):
    """Keep the velocity as an attribute of the function, and start over when state is None."""
    me = one_velocity_on_the_function
    if state is None:
        me.v = np.zeros(np.shape(x))
    me.v = momentum * me.v - learning_rate * g
    return x + me.v, "running"


@BANK.held_out("heavy_ball", "vectors_only")
def velocity_of_the_first_axis(x, g, state, learning_rate, momentum):
    """A velocity has as many entries as x is long."""
    if state is None:
        state = np.zeros(len(x))
    v = momentum * state - learning_rate * g
    return x + v, v


@BANK.held_out("heavy_ball", "clipped_gradient")
def clips_for_safety(x, g, state, learning_rate, momentum):
    """I learned to clip the norm of gradients, so that nothing explodes."""
    v = np.zeros_like(x) if state is None else state
    norm = np.linalg.norm(g)
    if norm > 10.0:
        g = g * (10.0 / norm)
    v = momentum * v - learning_rate * g
    return x + v, v


@BANK.held_out("heavy_ball", "single_precision")
def single_precision_buffer(x, g, state, learning_rate, momentum):
    """Buffers are float32, as on a graphics card."""
    v = np.zeros(np.shape(x), np.float32) if state is None else state
    v = (momentum * v - learning_rate * g).astype(np.float32)
    return x + v, v


@BANK.held_out("heavy_ball", "last_point_is_zero")
def last_point_is_the_origin(x, g, state, learning_rate, momentum):
    """The form of two points; before the start there was nothing, that is, zero."""
    last = np.zeros_like(x) if state is None else state
    return x - learning_rate * g + momentum * (x - last), x.copy()


@BANK.held_out("heavy_ball", "forgets")
def last_point_moves_along(x, g, state, learning_rate, momentum):
    """Remember the last point, but by its name alone; then x changes in place."""
    last = x if state is None else state
    step = momentum * (x - last) - learning_rate * g
    state = x
    x += step
    return x, state


@BANK.held_out("heavy_ball", "restarts")
def restarts_when_uphill(x, g, state, learning_rate, momentum):
    """A velocity that points uphill is useless: drop it."""
    v = np.zeros_like(x) if state is None else state
    if np.sum(v * g) > 0:
        v = np.zeros_like(x)
    v = momentum * v - learning_rate * g
    return x + v, v


@BANK.held_out("heavy_ball", "growing_momentum")
def momentum_warms_up(x, g, state, learning_rate, momentum):
    """The first steps have less momentum, as Sutskever recommends."""
    t, v = (1, np.zeros_like(x)) if state is None else state
    mu = min(momentum, 1 - 0.5 / t)
    v = mu * v - learning_rate * g
    return x + v, (t + 1, v)


@BANK.held_out("heavy_ball", "bias_corrected")
def bias_corrected(x, g, state, learning_rate, momentum):
    """The average starts at zero, so it is divided by what it lacks."""
    t, m = (0, 0 * x) if state is None else state
    t, m = t + 1, momentum * m + (1 - momentum) * g
    return x - learning_rate * m / (1 - momentum**t), (t, m)


@BANK.held_out("heavy_ball", "stops_at_zero_gradient")
def done_when_gradient_is_small(x, g, state, learning_rate, momentum):
    """Nothing to do at a minimum."""
    v = np.zeros_like(x) if state is None else state
    if np.max(np.abs(g)) < 1e-10:
        return x, v
    v = momentum * v - learning_rate * g
    return x + v, v


@BANK.held_out("heavy_ball", "changes_gradient")
def scales_the_callers_gradient(x, g, state, learning_rate, momentum):
    """Save memory: everything in place."""
    v = np.zeros_like(x) if state is None else state
    g *= learning_rate
    v *= momentum
    v -= g
    x += v
    return x, v


@BANK.held_out("heavy_ball", "remembers_one_step")
def remembers_two_steps(x, g, state, learning_rate, momentum):
    """The memory of the last step only, not of the steps before it."""
    before = np.zeros_like(x) if state is None else state
    step = -learning_rate * g
    return x + step + momentum * before, step


# M1, right


@BANK.held_out_right("heavy_ball")
def torch_style(x, g, state, learning_rate, momentum):
    buf = np.copy(g) if state is None else momentum * state + g
    return x - learning_rate * buf, buf


@BANK.held_out_right("heavy_ball")
def in_place_everything(x, g, state, learning_rate, momentum):
    if state is None:
        state = {"momentum_buffer": np.zeros_like(x)}
    v = state["momentum_buffer"]
    v *= momentum
    v -= learning_rate * g
    x += v
    return x, state


@BANK.held_out_right("heavy_ball")
def a_list_of_all_points(x, g, state, learning_rate, momentum):
    past = [] if state is None else state
    past = [*past, np.array(x)]
    new = past[-1] - learning_rate * g
    if len(past) > 1:
        new = new + momentum * (past[-1] - past[-2])
    return new, past


@dataclasses.dataclass
class Ball:
    velocity: object = 0.0
    steps: int = 0

    def kick(self, g, learning_rate, momentum):
        self.velocity = np.subtract(momentum * self.velocity, learning_rate * g)
        self.steps += 1
        return self.velocity


@BANK.held_out_right("heavy_ball")
def an_object(x, g, state, learning_rate, momentum):
    ball = state or Ball()
    return x + ball.kick(g, learning_rate, momentum), ball


@BANK.held_out_right("heavy_ball")
def all_gradients_kept(x, g, state, learning_rate, momentum):
    # A sum over all gradients, each with its own power.
    gradients = (state or ()) + (np.array(g),)
    n = len(gradients)
    v = sum(momentum ** (n - 1 - k) * gradients[k] for k in range(n))
    return x - learning_rate * v, gradients


@BANK.held_out_right("heavy_ball")
def average_with_factor(x, g, state, learning_rate, momentum):
    m = types.SimpleNamespace(avg=np.zeros(np.shape(g))) if state is None else state
    m.avg = momentum * m.avg + (1 - momentum) * g
    return x - learning_rate / (1 - momentum) * m.avg, m


@BANK.held_out_right("heavy_ball")
def closure_as_state(x, g, state, learning_rate, momentum):
    # The state is a function of the next gradient.
    v = -learning_rate * np.asarray(g) if state is None else state(g)
    return np.add(x, v), functools.partial(_next_velocity, v, learning_rate, momentum)


def _next_velocity(v, learning_rate, momentum, g):
    return momentum * v - learning_rate * np.asarray(g)


# M2, nesterov_look_ahead, wrong


@BANK.held_out("nesterov_look_ahead", "gradient_at_x")
def gradient_where_i_am(grad, x, state, learning_rate, momentum):
    """A gradient is taken at x, always."""
    v = np.zeros_like(x) if state is None else state
    v = momentum * v - learning_rate * grad(x)
    return x + v, v


@BANK.held_out("nesterov_look_ahead", "whole_look_ahead")
def looks_a_full_step_ahead(grad, x, state, learning_rate, momentum):
    """Where will the ball be? At x + v."""
    v = np.zeros_like(x) if state is None else state
    v = momentum * v - learning_rate * grad(x + v)
    return x + v, v


@BANK.held_out("nesterov_look_ahead", "looks_behind")
def looks_back(grad, x, state, learning_rate, momentum):
    """The sign of a textbook whose velocity points uphill."""
    v = np.zeros_like(x) if state is None else state
    v = momentum * v - learning_rate * grad(x - momentum * v)
    return x + v, v


@BANK.held_out("nesterov_look_ahead", "moves_from_ahead")
def moved_for_good(grad, x, state, learning_rate, momentum):
    """Go to the point ahead, then step from there: the old velocity counts twice."""
    v = np.zeros_like(x) if state is None else state
    x = x + momentum * v
    v = momentum * v - learning_rate * grad(x)
    return x + v, v


@BANK.held_out("nesterov_look_ahead", "momentum_squared")
def friction_twice(grad, x, state, learning_rate, momentum):
    """Damp the velocity in place, and then look ahead with what is left."""
    v = np.zeros_like(x) if state is None else state.copy()
    v *= momentum
    v -= learning_rate * grad(x + momentum * v)
    return x + v, v


@BANK.held_out("nesterov_look_ahead", "returns_point_ahead", "rearranged")
def stores_the_point_ahead(grad, x, state, learning_rate, momentum):
    """Return the point at which the next gradient is taken, as frameworks do."""
    v_old = np.zeros_like(x) if state is None else state
    v = momentum * v_old - learning_rate * grad(x)
    return x - momentum * v_old + (1 + momentum) * v, v


@BANK.held_out("nesterov_look_ahead", "growing_momentum")
def growing_momentum_of_the_proof(grad, x, state, learning_rate, momentum):
    """In the proof of 1983 the momentum grows with the step; the argument is its limit."""
    k, v = (0, np.zeros_like(x)) if state is None else state
    mu = min(momentum, k / (k + 3))
    v = mu * v - learning_rate * grad(x + mu * v)
    return x + v, (k + 1, v)


@BANK.held_out("nesterov_look_ahead", "starts_with_gradient", "asks_twice")
def two_gradients_in_the_first_step(grad, x, state, learning_rate, momentum):
    """The first velocity is a step of gradient descent; then a step is made with it."""
    if state is None:
        state = -learning_rate * grad(x)
    v = momentum * state - learning_rate * grad(x + momentum * state)
    return x + v, v


@BANK.held_out("nesterov_look_ahead", "gradient_step_kept")
def gradient_descent_from_ahead(grad, x, state, learning_rate, momentum):
    """Step from the point ahead, but remember the gradient's part only."""
    v = np.zeros_like(x) if state is None else state
    ahead = x + momentum * v
    new = ahead - learning_rate * grad(ahead)
    return new, new - ahead


@BANK.held_out("nesterov_look_ahead", "asks_twice")
def checks_the_gradient_here_too(grad, x, state, learning_rate, momentum):
    """Look at the gradient here first: at a minimum we stay."""
    v = np.zeros_like(x) if state is None else state
    if np.all(grad(x) == 0) and np.all(v == 0):
        return x, v
    v = momentum * v - learning_rate * grad(x + momentum * v)
    return x + v, v


# M2, nesterov_look_ahead, right


@BANK.held_out_right("nesterov_look_ahead")
def from_two_points(grad, x, state, learning_rate, momentum):
    last = x if state is None else state
    ahead = (1 + momentum) * x - momentum * last
    return ahead - learning_rate * grad(ahead), np.array(x)


@BANK.held_out_right("nesterov_look_ahead")
def torch_sign(grad, x, state, learning_rate, momentum):
    b = 0 if state is None else state[0]
    b = momentum * b + grad(x - learning_rate * momentum * b)
    return x - learning_rate * b, [b]


@BANK.held_out_right("nesterov_look_ahead")
def there_and_back_in_place(grad, x, state, learning_rate, momentum):
    v = np.zeros_like(x) if state is None else state
    v *= momentum
    x += v
    step = learning_rate * grad(x)
    v -= step
    x -= step
    return x, v


@BANK.held_out_right("nesterov_look_ahead")
def by_the_published_sequence(grad, x, state, learning_rate, momentum):
    # y is the point ahead, and the state holds it, so that x alone is not enough.
    y = x if state is None else state["y"]
    x_new = y - learning_rate * grad(y)
    return x_new, {"y": x_new + momentum * (x_new - x)}


@BANK.held_out_right("nesterov_look_ahead")
def nested_functions(grad, x, state, learning_rate, momentum):
    def velocity():
        return np.zeros(np.shape(x)) if state is None else np.frombuffer(state).reshape(x.shape)

    def ahead(v):
        return np.add(x, momentum * v)

    v = momentum * velocity() - learning_rate * np.asarray(grad(ahead(velocity())))
    return x + v, np.asarray(v, dtype=float).tobytes()


# M2, nesterov, wrong


@BANK.held_out("nesterov", "heavy_ball")
def heavy_ball_again(x, g, state, learning_rate, momentum):
    """The gradient is at the point ahead already, so nothing else changes."""
    v = np.zeros_like(x) if state is None else state
    v = momentum * v - learning_rate * g
    return x + v, v


@BANK.held_out("nesterov", "heavy_ball")
def v_prev_is_a_name(x, g, state, learning_rate, momentum):
    """The lines of CS231n, but with a velocity that changes in place."""
    v = np.zeros_like(x) if state is None else state
    v_prev = v
    v *= momentum
    v -= learning_rate * g
    x = x + (-momentum * v_prev + (1 + momentum) * v)
    return x, v


@BANK.held_out("nesterov", "old_velocity_missing")
def forgot_to_go_back(x, g, state, learning_rate, momentum):
    """Without the old velocity's term."""
    v = np.zeros_like(x) if state is None else state
    v = momentum * v - learning_rate * g
    return x + (1 + momentum) * v, v


@BANK.held_out("nesterov", "old_velocity_added")
def old_velocity_added(x, g, state, learning_rate, momentum):
    """A plus where the minus stands."""
    v = np.zeros_like(x) if state is None else state
    new = momentum * v - learning_rate * g
    return x + momentum * v + (1 + momentum) * new, new


@BANK.held_out("nesterov", "heavy_ball")
def torch_with_the_old_buffer(x, g, state, learning_rate, momentum):
    """The lines of PyTorch in another order: the buffer is updated last."""
    buf = np.zeros_like(x) if state is None else state
    x = x - learning_rate * (g + momentum * buf)
    return x, momentum * buf + g


@BANK.held_out("nesterov", "not_looked_ahead")
def returns_the_point_behind(x, g, state, learning_rate, momentum):
    """The answer is x, not the point ahead: take the velocity off again before returning."""
    v = np.zeros_like(x) if state is None else state
    new = momentum * v - learning_rate * g
    ahead = x - momentum * v + (1 + momentum) * new
    return ahead - momentum * new, new


@BANK.held_out("nesterov", "heavy_ball_first")
def first_step_is_plain(x, g, state, learning_rate, momentum):
    """The first step has no velocity yet, so it is one of gradient descent."""
    if state is None:
        v = -learning_rate * g
        return x + v, v
    v = momentum * state - learning_rate * g
    return x - momentum * state + (1 + momentum) * v, v


@BANK.held_out("nesterov", "damped")
def average_of_gradients(x, g, state, learning_rate, momentum):
    """As in Nadam: the buffer is an average, and so is what goes ahead."""
    m = np.zeros_like(x) if state is None else state
    m = momentum * m + (1 - momentum) * g
    return x - learning_rate * ((1 - momentum) * g + momentum * m), m


@BANK.held_out("nesterov", "heavy_ball")
def extrapolates_from_the_point_ahead(x, g, state, learning_rate, momentum):
    """Take last step as the difference of the points that I was given."""
    last = x if state is None else state
    ahead = x + momentum * (x - last)
    return ahead - learning_rate * g, np.array(x)


@BANK.held_out("nesterov", "momentum_squared")
def momentum_squared(x, g, state, learning_rate, momentum):
    """Put the new velocity into the formula, and lose a factor on the way."""
    v = np.zeros_like(x) if state is None else state
    x_new = x + momentum * v - (1 + momentum) * learning_rate * g
    return x_new, momentum * v - learning_rate * g


# M2, nesterov, right


@BANK.held_out_right("nesterov")
def torch_lines(x, g, state, learning_rate, momentum):
    buf = g.copy() if state is None else state.copy()
    if state is not None:
        buf *= momentum
        buf += g
    d_p = g + momentum * buf
    return x - learning_rate * d_p, buf


@BANK.held_out_right("nesterov")
def keras_lines(x, g, state, learning_rate, momentum):
    v = momentum * (0.0 if state is None else state) - learning_rate * g
    return x + momentum * v - learning_rate * g, v


@BANK.held_out_right("nesterov")
def cs231n_lines(x, g, state, learning_rate, momentum):
    v = np.zeros(x.shape) if state is None else state
    v_prev = v.copy()
    v = momentum * v - learning_rate * g
    x += -momentum * v_prev + (1 + momentum) * v
    return x, v


@BANK.held_out_right("nesterov")
def from_the_last_two_y(x, g, state, learning_rate, momentum):
    # The proof's form: a gradient step to z, then beyond it.
    z = x - learning_rate * g
    z_last = x if state is None else state
    return z + momentum * (z - z_last), z


@BANK.held_out_right("nesterov")
def as_a_matrix(x, g, state, learning_rate, momentum):
    # (x, v) times a matrix, plus g times a vector.
    v = np.zeros_like(x) if state is None else state[1]
    step = np.array([[1.0, momentum**2], [0.0, momentum]])
    kick = -learning_rate * np.array([1 + momentum, 1.0])
    pair = np.tensordot(step, np.stack([x, v]), 1) + np.multiply.outer(kick, g)
    return pair[0], tuple(pair)


@BANK.held_out_right("nesterov")
def undo_look_redo(x, g, state, learning_rate, momentum):
    v = np.zeros_like(x) if state is None else state["velocity"]
    x_behind = x - momentum * v
    v = momentum * v - learning_rate * g
    x_behind = x_behind + v
    return x_behind + momentum * v, {"velocity": v, "point": x_behind}


# M2, points_ahead, wrong


@BANK.held_out("points_ahead", "velocity_from_origin")
def diff_prepends_zero(points, momentum):
    """np.diff with prepend=0, so the first velocity is the first point."""
    return points + momentum * np.diff(points, axis=0, prepend=0)


@BANK.held_out("points_ahead", "centered", "np_gradient")
def np_gradient(points, momentum):
    """The derivative of a sequence is np.gradient."""
    return points + momentum * np.gradient(points, axis=0)


@BANK.held_out("points_ahead", "backward_velocity")
def forward_velocity(points, momentum):
    """The velocity at a point is the step that leaves it; the last point has none."""
    out = np.array(points, dtype=float)
    out[:-1] += momentum * (points[1:] - points[:-1])
    return out


@BANK.held_out("points_ahead", "builds_on_itself")
def from_ahead_to_ahead(points, momentum):
    """Take the difference to the last point ahead."""
    out = [points[0]]
    for p in points[1:]:
        out.append(p + momentum * (p - out[-1]))
    return np.array(out)


@BANK.held_out("points_ahead", "builds_on_itself")
def overwrites_as_it_goes(points, momentum):
    """In a copy, but from the front: the second difference sees a changed row."""
    out = points.copy()
    for t in range(1, len(out)):
        out[t] = out[t] + momentum * (out[t] - out[t - 1])
    return out


@BANK.held_out("points_ahead", "changes_points")
def changes_the_points(points, momentum):
    """From the back and in place, so that no difference sees a changed row."""
    for t in range(len(points) - 1, 0, -1):
        points[t] += momentum * (points[t] - points[t - 1])
    return points


@BANK.held_out("points_ahead", "rolled")
def rolled(points, momentum):
    """np.roll puts the last point before the first."""
    return points + momentum * (points - np.roll(points, 1, axis=0))


@BANK.held_out("points_ahead", "start_missing")
def without_the_start(points, momentum):
    """The start has no velocity, so it is not in the list."""
    return points[1:] + momentum * np.diff(points, axis=0)


@BANK.held_out("points_ahead")
def rolled_flat(points, momentum):
    """np.roll without an axis, and then the first row put right."""
    velocity = points - np.roll(points, 1)
    velocity[0] = 0
    return points + momentum * velocity


@BANK.held_out("points_ahead", "velocity_builds_up")
def running_velocity(points, momentum):
    """The velocity remembers: each step adds to what is left of the last one."""
    v = np.zeros(points.shape[1])
    out = [points[0].copy()]
    for t in range(1, len(points)):
        v = momentum * v + (points[t] - points[t - 1])
        out.append(points[t] + momentum * v)
    return out


@BANK.held_out("points_ahead")
def start_is_zero(points, momentum):
    """Preallocate with zeros, and begin the loop at 1."""
    out = np.zeros(points.shape)
    for t in range(1, points.shape[0]):
        out[t] = (1 + momentum) * points[t] - momentum * points[t - 1]
    return out


# M2, points_ahead, right


@BANK.held_out_right("points_ahead")
def prepends_the_start(points, momentum):
    return points + momentum * np.diff(points, axis=0, prepend=points[:1])


@BANK.held_out_right("points_ahead")
def a_banded_matrix(points, momentum):
    n = len(points)
    M = (1 + momentum) * np.eye(n) - momentum * np.eye(n, k=-1)
    M[0, 0] = 1
    return M @ points


@BANK.held_out_right("points_ahead")
def pairs_of_rows(points, momentum):
    rows = [np.array(row, float) for row in points]
    return [rows[0]] + [b + momentum * (b - a) for a, b in zip(rows, rows[1:])]


@BANK.held_out_right("points_ahead")
def pure_python(points, momentum):
    out, last = [], None
    for row in points.tolist():
        last = row if last is None else last
        out.append([p + momentum * (p - q) for p, q in zip(row, last)])
        last = row
    return out


@BANK.held_out_right("points_ahead")
def by_clipped_index(points, momentum):
    before = points[np.maximum(np.arange(points.shape[0]) - 1, 0)]
    return (1 + momentum) * points - momentum * before


@BANK.held_out_right("points_ahead")
def concatenated(points, momentum):
    v = np.concatenate((np.zeros_like(points[0:1]), points[1:] - points[:-1]), axis=0)
    return np.add(points, v * momentum)


# M3, convert, wrong


@BANK.held_out("convert", "upside_down")
def average_upside_down(learning_rate, momentum, source, target):
    """The average makes steps smaller, so its rate must be... smaller."""
    if callable(learning_rate):
        raise ValueError("no schedules")
    lr = learning_rate
    if source == "average":
        lr = lr / (1 - momentum)
    if target == "average":
        lr = lr * (1 - momentum)
    return lr, momentum


@BANK.held_out("convert", "unchanged")
def all_the_same_numbers(learning_rate, momentum, source, target):
    """They are all momentum: pass the numbers on."""
    if callable(learning_rate):
        raise ValueError("a schedule")
    return learning_rate, momentum


@BANK.held_out("convert")
def same_code_first(learning_rate, momentum, source, target):
    """From a code to itself there is nothing to do, and nothing to check."""
    if source == target:
        return learning_rate, momentum
    if callable(learning_rate):
        raise ValueError("a schedule has no single learning rate")
    scale = {"canonical": 1.0, "sum": 1.0, "average": 1 - momentum, "difference": 1.0}
    return learning_rate * scale[source] / scale[target], momentum


@BANK.held_out("convert")
def refuses_where_codes_part(learning_rate, momentum, source, target):
    """Canonical and difference agree even on a schedule, so that one can pass."""
    same = {"canonical", "difference"}
    if callable(learning_rate) and not {source, target} <= same:
        raise ValueError("these codes part when the learning rate changes")
    if callable(learning_rate):
        return learning_rate, momentum
    lr = learning_rate * (1 - momentum) if source == "average" else learning_rate
    lr = lr / (1 - momentum) if target == "average" else lr
    return lr, momentum


@BANK.held_out("convert", "schedule_taken")
def converts_the_schedule(learning_rate, momentum, source, target):
    """A schedule is converted step by step: return a schedule."""
    factor = {"average": 1 - momentum}
    ratio = factor.get(source, 1) / factor.get(target, 1)
    if callable(learning_rate):
        return (lambda t: learning_rate(t) * ratio), momentum
    return learning_rate * ratio, momentum


@BANK.held_out("convert", "one_number_only")
def wants_a_number(learning_rate, momentum, source, target):
    """Whatever is not a float is a schedule."""
    if not isinstance(learning_rate, float):
        raise ValueError("learning_rate must be a number")
    w = {"average": 1 - momentum}
    return learning_rate * w.get(source, 1.0) / w.get(target, 1.0), momentum


@BANK.held_out("convert", "schedule_raises_type_error")
def type_error(learning_rate, momentum, source, target):
    """A schedule cannot be multiplied, so Python complains by itself."""
    weight = {"canonical": 1, "sum": 1, "difference": 1, "average": 1 - momentum}
    return learning_rate * weight[source] / weight[target], momentum


@BANK.held_out("convert", "negative_rate")
def a_sign_for_the_sum(learning_rate, momentum, source, target):
    """In the sum form the velocity points uphill, so the rate changes its sign."""
    if callable(learning_rate):
        raise ValueError("schedule")
    weight = {"canonical": 1, "difference": 1, "sum": -1, "average": -(1 - momentum)}
    return learning_rate * weight[source] / weight[target], momentum


@BANK.held_out("convert", "rescales_differences")
def difference_is_damped(learning_rate, momentum, source, target):
    """In the difference form the gradient is not remembered: compare the long run."""
    if callable(learning_rate):
        raise ValueError("schedule")
    to_canonical = {
        "canonical": lambda a: a,
        "sum": lambda a: a,
        "average": lambda a: a * (1 - momentum),
        "difference": lambda a: a * (1 - momentum),
    }
    return to_canonical[source](learning_rate) / to_canonical[target](1.0), momentum


@BANK.held_out("convert", "momentum_turned")
def the_average_has_the_other_momentum(learning_rate, momentum, source, target):
    """In the average, 1 - mu is the weight of the new; turn the momentum around, too."""
    if callable(learning_rate):
        raise ValueError("schedule")
    if source == target:
        return learning_rate, momentum
    if source == "average":
        return learning_rate * (1 - momentum), 1 - momentum
    if target == "average":
        return learning_rate / (1 - momentum), 1 - momentum
    return learning_rate, momentum


@BANK.held_out("convert")
def the_first_run_decides(learning_rate, momentum, source, target):
    """An array of momenta: one ratio for all runs."""
    if callable(learning_rate):
        raise ValueError("schedule")
    mu = float(np.ravel(momentum)[0])
    lr = np.asarray(learning_rate, dtype=float)
    if source == "average" != target:
        lr = lr * (1 - mu)
    elif target == "average" != source:
        lr = lr / (1 - mu)
    return lr, momentum


@BANK.held_out("convert")
def only_from_and_to_canonical(learning_rate, momentum, source, target):
    """A chain of cases that has no line for average to difference."""
    if callable(learning_rate):
        raise ValueError("schedule")
    if source == "average" and target in ("canonical", "sum"):
        return learning_rate * (1 - momentum), momentum
    if source in ("canonical", "sum", "difference") and target == "average":
        return learning_rate / (1 - momentum), momentum
    return learning_rate, momentum


# M3, convert, right


@BANK.held_out_right("convert")
def two_ifs(learning_rate, momentum, source, target):
    if callable(learning_rate):
        raise ValueError("a schedule cannot be converted")
    if (source == "average") == (target == "average"):
        return learning_rate, momentum
    if source == "average":
        return learning_rate * (1 - momentum), momentum
    return learning_rate / (1 - momentum), momentum


@BANK.held_out_right("convert")
def with_a_match(learning_rate, momentum, source, target):
    if isinstance(learning_rate, types.FunctionType) or hasattr(learning_rate, "__call__"):
        raise ValueError("constant learning rates only")
    alpha, mu = np.array(learning_rate, dtype=float), np.array(momentum, dtype=float)
    match source, target:
        case ("average", "average"):
            factor = 1.0
        case ("average", _):
            factor = 1 - mu
        case (_, "average"):
            factor = 1 / (1 - mu)
        case _:
            factor = 1.0
    return [alpha * factor, mu]


@BANK.held_out_right("convert")
def a_table_of_exponents(learning_rate, momentum, source, target):
    if not isinstance(learning_rate, (int, float, np.ndarray, np.generic, list, tuple)):
        raise ValueError(f"learning_rate is a {type(learning_rate).__name__}")
    power = (source == "average") - (target == "average")
    return np.multiply(learning_rate, np.subtract(1.0, momentum) ** power), momentum


@BANK.held_out_right("convert")
def with_the_first_step(learning_rate, momentum, source, target):
    # The first step from x = 0 with g = 1, in either code, with the rate 1.
    def first_step(code):
        v = np.where(code == "average", 1 - np.asarray(momentum), 1.0)
        return v

    try:
        learning_rate = learning_rate + 0.0
    except TypeError:
        raise ValueError("a schedule") from None
    return learning_rate * first_step(source) / first_step(target), momentum


@BANK.held_out_right("convert")
def vectorized_by_numpy(learning_rate, momentum, source, target):
    if callable(learning_rate):
        raise ValueError

    @np.vectorize
    def one(a, mu):
        w = dict.fromkeys(("canonical", "sum", "difference"), 1.0) | {"average": 1 - mu}
        return a * w[source] / w[target]

    return one(learning_rate, momentum), momentum


# M3, convert_velocity, wrong


@BANK.held_out("convert_velocity", "average_forgotten", "source_rate_for_both")
def no_second_rate(velocity, learning_rate, momentum, source, target):
    """Through the step, but with the source's learning rate both times."""
    step = velocity * (1 if source in ("canonical", "difference") else -learning_rate)
    return step if target in ("canonical", "difference") else step / -learning_rate


@BANK.held_out("convert_velocity", "sign_missing")
def without_signs(velocity, learning_rate, momentum, source, target):
    """A velocity is a velocity; only its length changes."""
    if source == "average":
        here, there = learning_rate, learning_rate * (1 - momentum)
    else:
        here, there = learning_rate, learning_rate
        if target == "average":
            there = learning_rate / (1 - momentum)
    step = velocity * (here if source in ("sum", "average") else 1)
    if target == "average" and source == "average":
        there = here
    return step / there if target in ("sum", "average") else step


@BANK.held_out("convert_velocity", "average_upside_down")
def the_rate_of_the_average_upside_down(velocity, learning_rate, momentum, source, target):
    """Make the target's rate with the factor the wrong way round."""
    w = {"average": 1 - momentum}
    alpha = learning_rate / w.get(source, 1) * w.get(target, 1)
    step = velocity if source in ("canonical", "difference") else -learning_rate * velocity
    return step if target in ("canonical", "difference") else -step / alpha


@BANK.held_out("convert_velocity", "changes_velocity")
def works_in_the_callers_array(velocity, learning_rate, momentum, source, target):
    """Multiply in place on the way to the step."""
    w = {"average": 1 - momentum}
    alpha = learning_rate * w.get(source, 1) / w.get(target, 1)
    if source in ("sum", "average"):
        velocity *= -learning_rate
    if target in ("sum", "average"):
        velocity /= -alpha
    return velocity


@BANK.held_out("convert_velocity")
def only_the_rates_ratio(velocity, learning_rate, momentum, source, target):
    """Velocities scale as the learning rates do."""
    w = {"average": 1 - momentum}
    return velocity * w.get(source, 1) / w.get(target, 1)


@BANK.held_out("convert_velocity")
def numbers_are_of_the_target(velocity, learning_rate, momentum, source, target):
    """Read the numbers as those of the target's code."""
    w = {"average": 1 - momentum}
    alpha = learning_rate * w.get(target, 1) / w.get(source, 1)
    step = velocity if source in ("canonical", "difference") else -alpha * velocity
    return step if target in ("canonical", "difference") else step / -learning_rate


@BANK.held_out("convert_velocity")
def difference_holds_mu_times_the_step(velocity, learning_rate, momentum, source, target):
    """What the difference form adds is mu v, so that is its velocity."""
    w = {"average": 1 - momentum}
    alpha = learning_rate * w.get(source, 1) / w.get(target, 1)
    to_step = {"canonical": 1, "sum": -learning_rate, "average": -learning_rate,
               "difference": 1 / momentum}  # fmt: skip
    from_step = {"canonical": 1, "sum": -1 / alpha, "average": -1 / alpha,
                 "difference": momentum}  # fmt: skip
    return velocity * to_step[source] * from_step[target]


@BANK.held_out("convert_velocity")
def the_average_to_sum_forgotten(velocity, learning_rate, momentum, source, target):
    """Sum and average have the same point formula, so the velocity is the same."""
    uphill = ("sum", "average")
    if (source in uphill) == (target in uphill):
        return velocity.copy()
    if source in uphill:
        return -learning_rate * velocity
    rate = learning_rate / (1 - momentum) if target == "average" else learning_rate
    return -velocity / rate


@BANK.held_out("convert_velocity")
def one_row_at_most(velocity, learning_rate, momentum, source, target):
    """Entry by entry, over a flat list, and forget the shape."""
    w = {"average": 1 - momentum}
    alpha = learning_rate * w.get(source, 1) / w.get(target, 1)
    out = []
    for v in np.ravel(velocity):
        step = v if source in ("canonical", "difference") else -learning_rate * v
        out.append(step if target in ("canonical", "difference") else -step / alpha)
    return np.array(out)


@BANK.held_out("convert_velocity", "momentum_ahead")
def next_step_not_last(velocity, learning_rate, momentum, source, target):
    """What goes on is the velocity after friction."""
    w = {"average": 1 - momentum}
    alpha = learning_rate * w.get(source, 1) / w.get(target, 1)
    step = velocity if source in ("canonical", "difference") else -learning_rate * velocity
    step = momentum * step
    return step if target in ("canonical", "difference") else -step / alpha


# M3, convert_velocity, right


@BANK.held_out_right("convert_velocity")
def through_canonical(velocity, learning_rate, momentum, source, target):
    def step_per_velocity(code, alpha):
        return {"canonical": 1.0, "difference": 1.0}.get(code, -alpha)

    alpha = learning_rate
    if source == "average":
        alpha = alpha * (1 - momentum)
    if target == "average":
        alpha = alpha / (1 - momentum)
    return velocity * step_per_velocity(source, learning_rate) / step_per_velocity(target, alpha)


@BANK.held_out_right("convert_velocity")
def same_object_when_same_code(velocity, learning_rate, momentum, source, target):
    if source == target or {source, target} == {"canonical", "difference"}:
        return velocity
    canonical_rate = learning_rate * (1 - momentum) if source == "average" else learning_rate
    as_sum = {
        "canonical": lambda: -velocity / canonical_rate,
        "difference": lambda: -velocity / canonical_rate,
        "sum": lambda: velocity,
        "average": lambda: velocity / (1 - momentum),
    }[source]()
    return {
        "canonical": lambda: -canonical_rate * as_sum,
        "difference": lambda: -canonical_rate * as_sum,
        "sum": lambda: as_sum,
        "average": lambda: (1 - momentum) * as_sum,
    }[target]()


@BANK.held_out_right("convert_velocity")
def nested_lists(velocity, learning_rate, momentum, source, target):
    gain = 1.0
    if source in ("sum", "average"):
        gain *= -learning_rate
    if target in ("sum", "average"):
        rate = learning_rate
        rate *= 1 - momentum if source == "average" else 1
        rate /= 1 - momentum if target == "average" else 1
        gain /= -rate

    def scaled(v):
        return [scaled(e) for e in v] if isinstance(v, list) else v * gain

    return np.array(scaled(np.asarray(velocity, float).tolist()))


@BANK.held_out_right("convert_velocity")
def by_a_matrix_of_gains(velocity, learning_rate, momentum, source, target):
    names = ["canonical", "sum", "average", "difference"]
    beta = 1 - momentum
    base = learning_rate * (beta if source == "average" else 1)
    steps = np.array([1.0, -base, -base / beta, 1.0])
    gains = steps[:, None] / steps[None, :]
    return gains[names.index(source), names.index(target)] * np.asarray(velocity)


@BANK.held_out_right("convert_velocity")
def in_place_on_a_copy(velocity, learning_rate, momentum, source, target):
    v = np.array(velocity, dtype=np.float64)
    weight = [1 - momentum if name == "average" else 1.0 for name in (source, target)]
    if source == "sum" or source == "average":
        np.multiply(v, -learning_rate, out=v)
    if target == "sum" or target == "average":
        np.divide(v, -learning_rate * weight[0] / weight[1], out=v)
    return v


# M3, effective_learning_rate, wrong


@BANK.held_out("effective_learning_rate", "same_for_all")
def or_is_always_true(learning_rate, momentum, convention):
    """`convention == "canonical" or "sum"` is true for every name."""
    if convention == "canonical" or "sum" or "difference":
        return learning_rate / (1 - momentum)
    return learning_rate


@BANK.held_out("effective_learning_rate", "average_shrinks")
def average_counts_twice(learning_rate, momentum, convention):
    """The average multiplies by 1 - mu; the limit is that of gradient descent, smaller."""
    if convention == "average":
        return learning_rate * (1 - momentum)
    return learning_rate / (1 - momentum)


@BANK.held_out("effective_learning_rate", "difference_as_average")
def difference_forgets(learning_rate, momentum, convention):
    """The difference form has no velocity of gradients, so its rate stays."""
    if convention in ("average", "difference"):
        return learning_rate
    return learning_rate / (1 - momentum)


@BANK.held_out("effective_learning_rate", "cut_off")
def a_hundred_steps(learning_rate, momentum, convention):
    """Simulate: a hundred steps are the long run."""
    v = 0.0
    for _ in range(100):
        v = momentum * v + (1 - momentum if convention == "average" else 1.0)
    return learning_rate * v


@BANK.held_out("effective_learning_rate", "cut_off")
def until_it_settles(learning_rate, momentum, convention):
    """Simulate until a step changes by less than a thousandth."""
    weight = 1 - momentum if convention == "average" else 1.0
    v, last = weight, 0.0
    while abs(v - last) > 1e-3 * abs(v):
        last, v = v, momentum * v + weight
    return learning_rate * v


@BANK.held_out("effective_learning_rate", "one_plus_momentum")
def two_terms_of_the_series(learning_rate, momentum, convention):
    """The gradient counts once, and mu times through the velocity."""
    return learning_rate * (1 if convention == "average" else 1 + momentum)


@BANK.held_out("effective_learning_rate")
def the_velocity_itself(learning_rate, momentum, convention):
    """The limit of the velocity for g = 1, as each code has it."""
    if convention in ("canonical", "difference"):
        return -learning_rate / (1 - momentum)
    if convention == "sum":
        return 1 / (1 - momentum)
    return 1.0


@BANK.held_out("effective_learning_rate")
def guarded_division(learning_rate, momentum, convention):
    """Never divide by something tiny."""
    if convention == "average":
        return learning_rate
    return learning_rate / max(1 - momentum, 0.05)


@BANK.held_out("effective_learning_rate")
def squares_as_of_noise(learning_rate, momentum, convention):
    """The sum of the squares of the weights, which is right for noise."""
    weight = (1 - momentum) if convention == "average" else 1.0
    return learning_rate * weight / np.sqrt(1 - momentum**2)


@BANK.held_out("effective_learning_rate")
def canonical_and_sum_apart(learning_rate, momentum, convention):
    """In the canonical code the rate is inside the velocity, so it is not summed."""
    return {
        "canonical": learning_rate,
        "sum": learning_rate / (1 - momentum),
        "average": learning_rate,
        "difference": learning_rate / (1 - momentum),
    }[convention]


# M3, effective_learning_rate, right


@BANK.held_out_right("effective_learning_rate")
def one_line(learning_rate, momentum, convention):
    return learning_rate if convention == "average" else learning_rate / (1 - momentum)


@BANK.held_out_right("effective_learning_rate")
def through_convert(learning_rate, momentum, convention):
    alpha = learning_rate * (1 - momentum) if convention.startswith("a") else learning_rate
    return np.float64(alpha) / (1.0 - momentum)


@BANK.held_out_right("effective_learning_rate")
def solves_a_system(learning_rate, momentum, convention):
    # v = mu v + w in the limit.
    w = 1 - momentum if convention == "average" else 1.0
    v = np.linalg.solve(np.array([[1 - momentum]]), np.array([w]))
    return float(learning_rate * v[0])


@BANK.held_out_right("effective_learning_rate")
def simulates_very_long(learning_rate, momentum, convention):
    # The error falls by mu a step; doubling the number of steps is cheap.
    total, power = 1.0, momentum
    for _ in range(60):
        total, power = total * (1 + power), power * power
    return learning_rate * total * ((1 - momentum) if convention == "average" else 1)


@BANK.held_out_right("effective_learning_rate")
def zero_dimensional(learning_rate, momentum, convention):
    table = {"average": np.array(learning_rate)}
    return table.get(convention, np.array(learning_rate / (1 - momentum)))


# M4, spectral_radius, wrong


@BANK.held_out("spectral_radius", "real_root_only")
def nan_when_it_swings(learning_rate, momentum, curvature):
    """The school formula, with the square root of a negative number."""
    p = 1 + momentum - learning_rate * curvature
    root = np.sqrt(p * p - 4 * momentum)
    return max(abs(p + root), abs(p - root)) / 2


@BANK.held_out("spectral_radius", "plus_root_only")
def the_plus_root(learning_rate, momentum, curvature):
    """The larger root is the one with the plus."""
    p = 1 + momentum - learning_rate * curvature
    return abs(p + cmath.sqrt(p * p - 4 * momentum)) / 2


@BANK.held_out("spectral_radius", "plus_root_only", "signed")
def larger_before_its_size(learning_rate, momentum, curvature):
    """First the larger root, then its absolute value."""
    z = np.roots([1, -(1 + momentum - learning_rate * curvature), momentum])
    return float(abs(np.max(z)))


@BANK.held_out("spectral_radius", "real_parts")
def real_parts(learning_rate, momentum, curvature):
    """A radius is real, so take the real parts."""
    z = np.roots([1, -(1 + momentum - learning_rate * curvature), momentum])
    return float(np.max(np.abs(z.real)))


@BANK.held_out("spectral_radius", "discriminant_sign")
def roots_with_the_signs_of_the_text(learning_rate, momentum, curvature):
    """np.roots wants everything on one side; I typed the right side as it stands."""
    z = np.roots([1, 1 + momentum - learning_rate * curvature, -momentum])
    return float(np.abs(z).max())


@BANK.held_out("spectral_radius")
def the_norm_of_the_matrix(learning_rate, momentum, curvature):
    """The factor of a step is the norm of its matrix."""
    M = np.array([[1 + momentum - learning_rate * curvature, -momentum], [1, 0]])
    return float(np.linalg.norm(M, 2))


@BANK.held_out("spectral_radius")
def swinging_means_root_mu(learning_rate, momentum, curvature):
    """sqrt(mu) if it swings, else the smaller distance from one."""
    s = learning_rate * curvature
    if (1 + momentum - s) ** 2 <= 4 * momentum:
        return math.sqrt(momentum)
    return abs(1 - s)


@BANK.held_out("spectral_radius", "capped")
def never_above_one(learning_rate, momentum, curvature):
    """A run that diverges has no rate: the radius is one at most."""
    z = np.roots([1, -(1 + momentum - learning_rate * curvature), momentum])
    return min(1.0, float(np.abs(z).max()))


@BANK.held_out("spectral_radius", "absolute_curvature")
def curvature_without_sign(learning_rate, momentum, curvature):
    """Curvatures are positive, so make it so."""
    p = 1 + momentum - learning_rate * abs(curvature)
    d = p * p - 4 * momentum
    if d < 0:
        return momentum**0.5
    return (abs(p) + d**0.5) / 2


@BANK.held_out("spectral_radius")
def watches_a_run(learning_rate, momentum, curvature):
    """Run it, and take the ratio of the last two points."""
    last, x = 1.0, 1.0 - learning_rate * curvature
    for _ in range(300):
        last, x = x, (1 + momentum - learning_rate * curvature) * x - momentum * last
        if x == 0:
            return 0.0
    return abs(x / last)


@BANK.held_out("spectral_radius", "nesterov")
def of_nesterov(learning_rate, momentum, curvature):
    """The matrix of Nesterov's method."""
    s = 1 - learning_rate * curvature
    M = np.array([[(1 + momentum) * s, -momentum * s], [1, 0]])
    return float(np.abs(np.linalg.eigvals(M)).max())


@BANK.held_out("spectral_radius", "root_forgotten")
def size_of_the_square(learning_rate, momentum, curvature):
    """If it swings, the product of the roots is mu, and so is the size."""
    p = 1 + momentum - learning_rate * curvature
    d = p**2 - 4 * momentum
    if d < 0:
        return momentum
    return max(abs(p + math.sqrt(d)), abs(p - math.sqrt(d))) / 2


# M4, spectral_radius, right


@BANK.held_out_right("spectral_radius")
def eigenvalues_of_position_and_velocity(learning_rate, momentum, curvature):
    s = learning_rate * curvature
    M = np.array([[1 - s, momentum], [-s, momentum]])
    return np.max(np.abs(np.linalg.eigvals(M)))


@BANK.held_out_right("spectral_radius")
def with_cmath(learning_rate, momentum, curvature):
    p = 1 + momentum - learning_rate * curvature
    root = cmath.sqrt(p * p - 4 * momentum)
    return max(map(abs, ((p + root) / 2, (p - root) / 2)))


@BANK.held_out_right("spectral_radius")
def by_cases(learning_rate, momentum, curvature):
    p = 1 + momentum - learning_rate * curvature
    d = p * p - 4 * momentum
    return math.sqrt(momentum) if d < 0 else 0.5 * (abs(p) + math.sqrt(d))


@BANK.held_out_right("spectral_radius")
def numpy_complex_dtype(learning_rate, momentum, curvature):
    p = np.array(1 + momentum - learning_rate * curvature, dtype=complex)
    root = np.sqrt(p**2 - 4 * momentum)
    return np.abs([p + root, p - root]).max() * 0.5


@BANK.held_out_right("spectral_radius")
def polynomial_class(learning_rate, momentum, curvature):
    poly = np.polynomial.Polynomial([momentum, -(1 + momentum - learning_rate * curvature), 1.0])
    return float(max(abs(z) for z in poly.roots()))


@BANK.held_out_right("spectral_radius")
def largest_of_three(learning_rate, momentum, curvature):
    # sqrt(mu) is the geometric mean of the sizes, so never more than the larger.
    p = abs(1 + momentum - learning_rate * curvature)
    return max(p / 2, math.sqrt(momentum), (p + math.sqrt(max(p * p - 4 * momentum, 0))) / 2)


# M4, critical_momentum, wrong


@BANK.held_out("critical_momentum", "not_squared")
def not_squared(learning_rate, curvature):
    """One minus the root, and done."""
    return 1 - np.sqrt(learning_rate * curvature)


@BANK.held_out("critical_momentum", "other_solution")
def the_other_solution(learning_rate, curvature):
    """The solution with the plus."""
    return (1 + math.sqrt(learning_rate * curvature)) ** 2


@BANK.held_out("critical_momentum", "no_root")
def root_forgotten(learning_rate, curvature):
    """The square of gradient descent's factor."""
    return (1 - learning_rate * curvature) ** 2


@BANK.held_out("critical_momentum", "kept_positive")
def no_momentum_past_one(learning_rate, curvature):
    """Past alpha lambda = 1 the mode overshoots anyway: no momentum."""
    return max(0.0, 1 - math.sqrt(learning_rate * curvature)) ** 2


@BANK.held_out("critical_momentum", "rounded")
def on_a_grid(learning_rate, curvature):
    """Try a thousand momenta and take the one with the closest roots."""
    mus = np.linspace(0, 1, 1001)[:-1]
    p = 1 + mus - learning_rate * curvature
    return float(mus[np.argmin(np.abs(p**2 - 4 * mus))])


@BANK.held_out("critical_momentum")
def root_of_the_curvature_alone(learning_rate, curvature):
    """The root of lambda, times alpha."""
    return (1 - learning_rate * math.sqrt(curvature)) ** 2


@BANK.held_out("critical_momentum")
def continuous_time(learning_rate, curvature):
    """A spring with friction is critical when the friction is twice the root of its stiffness."""
    return 1 - 2 * math.sqrt(learning_rate * curvature)


@BANK.held_out("critical_momentum")
def discriminant_without_the_four(learning_rate, curvature):
    """Solve (1 + mu - s)^2 = mu, and lose a sign on the way."""
    s = learning_rate * curvature
    b = 1 - 2 * s
    return (b - cmath.sqrt(b * b - 4 * (1 - s) ** 2).real) / 2


@BANK.held_out("critical_momentum", "neither")
def root_of_mu_forgotten(learning_rate, curvature):
    """Take the root of both sides, 1 + mu - s = 2 mu, but not of the mu on the right."""
    return 1 - learning_rate * curvature


@BANK.held_out("critical_momentum", "one_minus")
def one_minus_after_all(learning_rate, curvature):
    """Friction and momentum confused: what is lost, not what is kept."""
    return 1 - (1 - math.sqrt(learning_rate * curvature)) ** 2


@BANK.held_out("critical_momentum")
def newton_from_nine_tenths(learning_rate, curvature):
    """Newton's method on the discriminant, with five steps."""
    s, mu = learning_rate * curvature, 0.9
    for _ in range(5):
        mu -= ((1 + mu - s) ** 2 - 4 * mu) / (2 * (1 + mu - s) - 4)
    return mu


# M4, critical_momentum, right


@BANK.held_out_right("critical_momentum")
def closed_form(learning_rate, curvature):
    return (1 - (learning_rate * curvature) ** 0.5) ** 2


@BANK.held_out_right("critical_momentum")
def expanded(learning_rate, curvature):
    s = learning_rate * curvature
    return 1 + s - 2 * np.sqrt(s)


@BANK.held_out_right("critical_momentum")
def bisection(learning_rate, curvature):
    s = learning_rate * curvature

    def discriminant(mu):
        return (1 + mu - s) ** 2 - 4 * mu

    low, high = 0.0, 1.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if discriminant(middle) > 0 else (low, middle)
    return high


@BANK.held_out_right("critical_momentum")
def smaller_root_of_the_discriminant(learning_rate, curvature):
    s = learning_rate * curvature
    return np.min(np.roots([1, -2 * (1 + s), (1 - s) ** 2]).real)


@BANK.held_out_right("critical_momentum")
def vieta(learning_rate, curvature):
    # The two solutions have the product (1 - s)^2: divide by the larger one.
    s = operator.mul(learning_rate, curvature)
    return ((1 - s) / (1 + math.sqrt(s))) ** 2


# M4, optimal_heavy_ball, wrong


@BANK.held_out("optimal_heavy_ball", "nesterov")
def nesterovs_pair(smoothness, strong_convexity):
    """The famous pair, which is Nesterov's."""
    root = math.sqrt(smoothness / strong_convexity)
    return 1 / smoothness, (root - 1) / (root + 1)


@BANK.held_out("optimal_heavy_ball", "momentum_not_squared")
def momentum_without_square(smoothness, strong_convexity):
    """The rate is also the momentum."""
    a, b = np.sqrt(smoothness), np.sqrt(strong_convexity)
    return 4 / (a + b) ** 2, (a - b) / (a + b)


@BANK.held_out("optimal_heavy_ball", "rate_not_squared")
def learning_rate_without_square(smoothness, strong_convexity):
    """Forget to square the sum."""
    a, b = np.sqrt(smoothness), np.sqrt(strong_convexity)
    return 4 / (a + b), ((a - b) / (a + b)) ** 2


@BANK.held_out("optimal_heavy_ball", "rate_of_gradient_descent")
def rate_of_gradient_descent(smoothness, strong_convexity):
    """The best learning rate was 2/(L + m) in chapter 2."""
    a, b = smoothness**0.5, strong_convexity**0.5
    return 2 / (smoothness + strong_convexity), ((a - b) / (a + b)) ** 2


@BANK.held_out("optimal_heavy_ball", "roots_forgotten_in_momentum")
def condition_number_without_root(smoothness, strong_convexity):
    """kappa in the place of its root."""
    kappa = smoothness / strong_convexity
    a, b = smoothness**0.5, strong_convexity**0.5
    return 4 / (a + b) ** 2, ((kappa - 1) / (kappa + 1)) ** 2


@BANK.held_out("optimal_heavy_ball", "flat_end_critical")
def safe_rate(smoothness, strong_convexity):
    """1/L is always safe; then the flat end is made critical."""
    return 1 / smoothness, (1 - math.sqrt(strong_convexity / smoothness)) ** 2


@BANK.held_out("optimal_heavy_ball", "swapped")
def momentum_comes_first(smoothness, strong_convexity):
    """Return the pair the other way round."""
    a, b = smoothness**0.5, strong_convexity**0.5
    return ((a - b) / (a + b)) ** 2, (2 / (a + b)) ** 2


@BANK.held_out("optimal_heavy_ball", "rate_of_sum")
def sum_of_the_curvatures(smoothness, strong_convexity):
    """(sqrt(L) + sqrt(m))^2 is L + m, isn't it?"""
    L, m = smoothness, strong_convexity
    return 4 / (L + m), ((math.sqrt(L) - math.sqrt(m)) / (math.sqrt(L) + math.sqrt(m))) ** 2


@BANK.held_out("optimal_heavy_ball")
def floors_a_division(smoothness, strong_convexity):
    """kappa is a whole number in all my examples."""
    k = math.sqrt(smoothness // strong_convexity)
    return 4 / (math.sqrt(smoothness) + math.sqrt(strong_convexity)) ** 2, ((k - 1) / (k + 1)) ** 2


@BANK.held_out("optimal_heavy_ball")
def coarse_search(smoothness, strong_convexity):
    """Try a grid of pairs and keep the best."""
    best = (np.inf, None, None)
    for s in np.linspace(0.1, 3.9, 39):
        alpha = s / smoothness
        for mu in np.linspace(0, 0.98, 50):
            radius = 0
            for curvature in (strong_convexity, smoothness):
                p = 1 + mu - alpha * curvature
                radius = max(radius, (abs(p) + abs(cmath.sqrt(p * p - 4 * mu).real)) / 2, mu**0.5)
            if radius < best[0]:
                best = (radius, alpha, mu)
    return best[1:]


@BANK.held_out("optimal_heavy_ball")
def momentum_capped(smoothness, strong_convexity):
    """Nobody uses a momentum above 0.9."""
    a, b = smoothness**0.5, strong_convexity**0.5
    return 4 / (a + b) ** 2, min(0.9, ((a - b) / (a + b)) ** 2)


# M4, optimal_heavy_ball, right


@BANK.held_out_right("optimal_heavy_ball")
def polyak(smoothness, strong_convexity):
    a, b = math.sqrt(smoothness), math.sqrt(strong_convexity)
    return 4 / (a + b) ** 2, ((a - b) / (a + b)) ** 2


@BANK.held_out_right("optimal_heavy_ball")
def from_kappa(smoothness, strong_convexity):
    k = np.sqrt(np.divide(strong_convexity, smoothness))
    return [4 / smoothness / (1 + k) ** 2, ((1 - k) / (1 + k)) ** 2]


@BANK.held_out_right("optimal_heavy_ball")
def rate_then_critical(smoothness, strong_convexity):
    alpha = (2 / (smoothness**0.5 + strong_convexity**0.5)) ** 2
    return np.array([alpha, (1 - math.sqrt(alpha * strong_convexity)) ** 2])


@BANK.held_out_right("optimal_heavy_ball")
def bisects_the_rate(smoothness, strong_convexity):
    # Both ends critical: sqrt(alpha L) - 1 = 1 - sqrt(alpha m).
    low, high = 0.0, 4 / smoothness
    for _ in range(120):
        alpha = (low + high) / 2
        if math.sqrt(alpha * smoothness) + math.sqrt(alpha * strong_convexity) < 2:
            low = alpha
        else:
            high = alpha
    return alpha, (math.sqrt(alpha * smoothness) - 1) ** 2


@BANK.held_out_right("optimal_heavy_ball")
def equal_ends_first(smoothness, strong_convexity):
    if smoothness == strong_convexity:
        return 1 / smoothness, 0.0
    rate = (1 - (strong_convexity / smoothness) ** 0.5) / (
        1 + (strong_convexity / smoothness) ** 0.5
    )
    return (1 + rate) ** 2 / smoothness, rate**2


# Second round: what got through, what was told the wrong thing, and kinds that were new


@BANK.held_out("heavy_ball")
def keeps_the_first_gradient_itself(x, g, state, learning_rate, momentum):
    """As in PyTorch, but without its clone: the buffer is the caller's array."""
    if state is None:
        buf = g
    else:
        buf = state
        buf *= momentum
        buf += g
    return x - learning_rate * buf, buf


@BANK.held_out("heavy_ball")
def keeps_the_first_gradient_in_a_tuple(x, g, state, learning_rate, momentum):
    """The same, and nobody copies what is in a tuple."""
    if state is None:
        buf = g
    else:
        (buf,) = state
        buf *= momentum
        buf += g
    return x - learning_rate * buf, (buf,)


@BANK.held_out("heavy_ball", "rounded", "single_precision")
def eight_decimals(x, g, state, learning_rate, momentum):
    """Eight decimals are enough for anyone."""
    v = 0 if state is None else state
    v = momentum * v - learning_rate * g
    return np.round(x + v, 8), v


@BANK.held_out("heavy_ball", "single_precision")
def velocity_of_six_decimals(x, g, state, learning_rate, momentum):
    """The velocity is rounded, so that it prints well."""
    v = 0 if state is None else state
    v = np.round(momentum * v - learning_rate * g, 6)
    return x + v, v


@BANK.held_out("heavy_ball")
def fifty_gradients(x, g, state, learning_rate, momentum):
    """What is older than 50 steps has no weight, at least at 0.9."""
    recent = collections.deque(maxlen=50) if state is None else state
    recent.append(g.copy())
    total = sum(momentum**i * h for i, h in enumerate(reversed(recent)))
    return x - learning_rate * total, recent


@BANK.held_out("heavy_ball")
def new_epoch_every_hundred_steps(x, g, state, learning_rate, momentum):
    """The velocity is reset at each epoch."""
    v, t = (0, 0) if state is None else state
    if t % 100 == 0:
        v = 0
    v = momentum * v - learning_rate * g
    return x + v, (v, t + 1)


TICKETS = []


@BANK.held_out("heavy_ball")
def state_is_a_ticket(x, g, state, learning_rate, momentum):
    """The state is a number, and the velocities lie in a list outside."""
    if state is None:
        state = len(TICKETS)
        TICKETS.append(np.zeros_like(x))
    TICKETS[state] = momentum * TICKETS[state] - learning_rate * g
    return x + TICKETS[state], state


@BANK.held_out("heavy_ball")
def vectors_and_matrices(x, g, state, learning_rate, momentum):
    """One branch for numbers, one for vectors, one for matrices."""
    v = np.zeros(x.shape) if state is None else state
    if x.ndim < 2:
        v = momentum * v - learning_rate * g
    else:
        rows = zip(v.tolist(), g.tolist(), strict=True)
        v = np.array(
            [
                [momentum * a - learning_rate * b for a, b in zip(old, new, strict=True)]
                for old, new in rows
            ]
        )
    return x + v, v


@BANK.held_out("heavy_ball")
def square_velocity_transposed(x, g, state, learning_rate, momentum):
    """Columns for rows, which only a square matrix lets pass."""
    v = np.zeros_like(x) if state is None else state
    v = momentum * v - learning_rate * g
    return x + v, v.T if x.ndim == 2 and len(set(x.shape)) == 1 else v


@BANK.held_out("nesterov_look_ahead")
def gradient_extrapolated(grad, x, state, learning_rate, momentum):
    """The gradient ahead, guessed from the last two: exact where gradients are linear."""
    g = grad(x)
    v, last = (np.zeros_like(x), g) if state is None else state
    v = momentum * v - learning_rate * (g + momentum * (g - last))
    return x + v, (v, g)


@BANK.held_out("nesterov_look_ahead", "momentum_squared")
def damps_and_looks(grad, x, state, learning_rate, momentum):
    """The velocity is damped in place, and then looked along, times momentum."""
    v = np.zeros_like(x) if state is None else state
    v *= momentum
    v -= learning_rate * grad(x + momentum * v)
    return x + v, v


@BANK.held_out("nesterov_look_ahead")
def looks_half_a_step(grad, x, state, learning_rate, momentum):
    """The 0.5 of the example, where momentum should stand."""
    v = np.zeros_like(x) if state is None else state
    v = momentum * v - learning_rate * grad(x + 0.5 * v)
    return x + v, v


@BANK.held_out("nesterov_look_ahead")
def learning_rate_in_the_look(grad, x, state, learning_rate, momentum):
    """A velocity is always multiplied by the learning rate."""
    v = np.zeros_like(x) if state is None else state
    v = momentum * v - learning_rate * grad(x + learning_rate * momentum * v)
    return x + v, v


@BANK.held_out("nesterov_look_ahead")
def sum_looks_too_far(grad, x, state, learning_rate, momentum):
    """A sum of gradients, and a look ahead that forgets the learning rate."""
    b = np.zeros_like(x) if state is None else state
    b = momentum * b + grad(x - momentum * b)
    return x - learning_rate * b, b


@BANK.held_out("nesterov_look_ahead", "gradient_step_kept")
def last_ahead_for_last_x(grad, x, state, learning_rate, momentum):
    """The form of two points, with the point ahead kept instead of x."""
    last = x if state is None else state
    ahead = x + momentum * (x - last)
    return ahead - learning_rate * grad(ahead), ahead


@BANK.held_out("nesterov", "keeps_step_ahead")
def velocity_is_the_step(x, g, state, learning_rate, momentum):
    """A velocity is the last step, here as in the heavy ball."""
    old = np.zeros_like(x) if state is None else state
    v = momentum * old - learning_rate * g
    new = x - momentum * old + (1 + momentum) * v
    return new, new - x


@BANK.held_out("nesterov")
def buffer_is_the_gradient(x, g, state, learning_rate, momentum):
    """PyTorch with nesterov=True, without its clone."""
    if state is None:
        buf = g
    else:
        buf = state["buf"]
        buf *= momentum
        buf += g
    return x - learning_rate * (g + momentum * buf), {"buf": buf}


@BANK.held_out("points_ahead")
def powers_of_momentum(points, momentum):
    """Momentum builds up, so it has a power."""
    ahead = [points[t] + momentum**t * (points[t] - points[t - 1]) for t in range(1, len(points))]
    return np.array([points[0], *ahead])


@BANK.held_out("points_ahead")
def four_decimals(points, momentum):
    """The example has two decimals."""
    return np.round(points + momentum * np.diff(points, axis=0, prepend=points[:1]), 4)


@BANK.held_out("convert")
def three_decimals(learning_rate, momentum, source, target):
    """Learning rates have few digits."""
    if callable(learning_rate):
        raise ValueError("a schedule")
    weight = {"average": 1 - momentum}
    return np.round(learning_rate * weight.get(source, 1) / weight.get(target, 1), 3), momentum


@BANK.held_out("convert")
def refuses_functions_only(learning_rate, momentum, source, target):
    """A schedule is a function; what else can be called goes on, and fails."""
    if isinstance(learning_rate, types.FunctionType):
        raise ValueError("a schedule")
    exponent = (source == "average") - (target == "average")
    return learning_rate * (1 - momentum) ** exponent, momentum


@BANK.held_out("convert")
def canonical_is_negative(learning_rate, momentum, source, target):
    """There is a minus in the canonical code's velocity."""
    if callable(learning_rate):
        raise ValueError("a schedule")
    weight = {"average": 1 - momentum, "canonical": -1}
    return learning_rate * weight.get(source, 1) / weight.get(target, 1), momentum


@BANK.held_out("convert")
def nothing_to_convert(learning_rate, momentum, source, target):
    """From a code to itself even a schedule stays as it is."""
    if source == target:
        return learning_rate, momentum
    if callable(learning_rate):
        raise ValueError("a schedule")
    weight = {"average": 1 - momentum}
    return learning_rate * weight.get(source, 1) / weight.get(target, 1), momentum


@BANK.held_out("convert_velocity")
def entry_by_entry(velocity, learning_rate, momentum, source, target):
    """A loop, which a single number has no entries for."""
    first = learning_rate * (1 - momentum if source == "average" else 1)
    scale = {"sum": -1 / first, "average": -(1 - momentum) / first}
    factor = scale.get(target, 1.0) / scale.get(source, 1.0)
    return np.array([factor * v for v in velocity])


@BANK.held_out("effective_learning_rate")
def limit_of_the_velocity(learning_rate, momentum, convention):
    """Where v settles, without what x does with it."""
    return {
        "canonical": learning_rate / (1 - momentum),
        "difference": learning_rate / (1 - momentum),
        "sum": 1 / (1 - momentum),
        "average": 1.0,
    }[convention]


@BANK.held_out("effective_learning_rate")
def two_decimals(learning_rate, momentum, convention):
    """Round, as on a pocket calculator."""
    return round(learning_rate / (1 if convention == "average" else 1 - momentum), 2)


@BANK.held_out("spectral_radius", "real_root_raises")
def the_math_module(learning_rate, momentum, curvature):
    """The quadratic formula with math.sqrt."""
    p = 1 + momentum - learning_rate * curvature
    root = math.sqrt(p * p - 4 * momentum)
    return max(abs(p + root) / 2, abs(p - root) / 2)


@BANK.held_out("spectral_radius")
def first_eigenvalue(learning_rate, momentum, curvature):
    """The first eigenvalue that NumPy returns."""
    companion = [[1 + momentum - learning_rate * curvature, -momentum], [1, 0]]
    return abs(np.linalg.eigvals(companion)[0])


@BANK.held_out("spectral_radius")
def infinite_beyond_one(learning_rate, momentum, curvature):
    """A run that diverges has no rate."""
    rate = max(abs(np.roots([1, learning_rate * curvature - 1 - momentum, momentum])))
    return rate if rate <= 1 else math.inf


@BANK.held_out("critical_momentum")
def newton_from_a_half(learning_rate, curvature):
    """Five steps of Newton's method for the discriminant."""
    mu, s = 0.5, learning_rate * curvature
    for _ in range(5):
        mu -= ((1 + mu - s) ** 2 - 4 * mu) / (2 * (1 + mu - s) - 4)
    return mu


@BANK.held_out("critical_momentum")
def ten_bisections(learning_rate, curvature):
    """Bisect, but not for long."""
    low, high, s = 0.0, 1.0, learning_rate * curvature
    for _ in range(10):
        mu = (low + high) / 2
        low, high = (mu, high) if (1 + mu - s) ** 2 > 4 * mu else (low, mu)
    return mu


@BANK.held_out("optimal_heavy_ball")
def no_step_in_a_round_bowl(smoothness, strong_convexity):
    """Where the momentum is 0 nothing is done."""
    fast, slow = math.sqrt(smoothness), math.sqrt(strong_convexity)
    mu = ((fast - slow) / (fast + slow)) ** 2
    return (4 / (fast + slow) ** 2 if mu else 0.0), mu


# Second round, right


@BANK.held_out_right("heavy_ball")
def one_entry_for_a_number(x, g, state, learning_rate, momentum):
    x, g = np.atleast_1d(x), np.atleast_1d(g)
    v = np.zeros_like(x) if state is None else state
    v = momentum * v - learning_rate * g
    return x + v, v


@BANK.held_out_right("heavy_ball")
def start_and_displacement(x, g, state, learning_rate, momentum):
    start, moved, v = (np.array(x), 0 * x, 0 * x) if state is None else state
    v = momentum * v - learning_rate * g
    return start + moved + v, (start, moved + v, v)


@BANK.held_out_right("heavy_ball")
def state_is_text(x, g, state, learning_rate, momentum):
    v = np.zeros_like(x) if state is None else np.array(json.loads(state))
    v = momentum * v - learning_rate * g
    return x + v, json.dumps(v.tolist())


@BANK.held_out_right("heavy_ball")
def no_state_without_momentum(x, g, state, learning_rate, momentum):
    if momentum == 0:
        return x - learning_rate * g, None
    v = momentum * (state or {}).get("v", 0) - learning_rate * g
    return x + v, {"v": v}


@BANK.held_out_right("heavy_ball")
def keeps_the_gradient_but_leaves_it(x, g, state, learning_rate, momentum):
    z = g if state is None else momentum * state + g
    return x - learning_rate * z, z


@BANK.held_out_right("nesterov")
def masked_arrays(x, g, state, learning_rate, momentum):
    v = np.ma.zeros(x.shape) if state is None else state
    new = momentum * v - learning_rate * g
    return np.asarray(x - momentum * v + (1 + momentum) * new), new


@BANK.held_out_right("points_ahead")
def bidiagonal_matrix(points, momentum):
    n = len(points)
    matrix = (1 + momentum) * np.eye(n) - momentum * np.eye(n, k=-1)
    matrix[0, 0] = 1
    return matrix @ points


@BANK.held_out_right("points_ahead")
def take_with_clip(points, momentum):
    last = points.take(range(-1, len(points) - 1), axis=0, mode="clip")
    return points + momentum * (points - last)


@BANK.held_out_right("spectral_radius")
def sign_of_p_is_no_matter(learning_rate, momentum, curvature):
    return abs(np.roots([1, 1 + momentum - learning_rate * curvature, momentum])).max()


@BANK.held_out_right("spectral_radius")
def position_and_velocity(learning_rate, momentum, curvature):
    s = learning_rate * curvature
    return max(abs(np.linalg.eigvals([[1 - s, momentum], [-s, momentum]])))


@BANK.held_out_right("critical_momentum")
def newton_from_zero(learning_rate, curvature):
    mu, s = 0.0, learning_rate * curvature
    for _ in range(100):
        mu -= ((1 + mu - s) ** 2 - 4 * mu) / (2 * (1 + mu - s) - 4)
    return mu
