"""Exercise S3: the loop of minibatch SGD.

The caller deals the minibatches, so every run follows from them, and is computed here step by
step. For the noise floor one run carries 64 at once, a coordinate each, whose noise is made so
that their mean square is the expected one, exactly.
"""

from functools import partial

import numpy as np

from optedu.checks.exercise import Exercise
from optedu.checks.families import as_numbers, same, seeded
from optedu.checks.picture import showing
from optedu.checks.sgd._shared import NOISE, stepped
from optedu.checks.student import CheckFailed, Counted, OutOfBudget, describe

sgd = Exercise(
    "sgd",
    "sgd",
    "grad params batches n_epochs learning_rate",
    "Return all the points of minibatch SGD, the start first.",
)

BUDGET = 500  # twenty times the steps of the longest run


class Gradient(Counted):
    """The gradient of a minibatch, grad(params, indices), counted; it keeps what it is asked."""

    def __init__(self, function):
        super().__init__(function, "grad", BUDGET)

    def __call__(self, *args):
        """Return the gradient, and keep the point and the indices."""
        if len(self.points) >= self.budget:
            raise OutOfBudget
        self.points.append(args)
        if len(args) != 2:
            raise TypeError(f"grad takes two arguments, params and indices; it got {len(args)}")
        try:
            point, indices = np.array(args[0], dtype=float), np.asarray(args[1])
        except (TypeError, ValueError):
            raise TypeError("grad takes a point and an array of indices") from None
        if indices.dtype.kind not in "iu" or indices.ndim != 1 or not indices.size:
            raise TypeError(
                f"grad takes an array of indices as its second argument; got {describe(args[1])}"
            )
        self.points[-1] = (point, indices)
        return self.function(point.copy(), indices)


class Dealer(Counted):
    """Deals the minibatches of one epoch after the other, and counts the epochs."""

    def __init__(self, epochs):
        super().__init__(None, "batches", BUDGET)
        self.epochs = epochs

    def __call__(self, *args):
        """Return the minibatches of the next epoch, a list of arrays of indices."""
        if len(self.points) >= self.budget:
            raise OutOfBudget
        self.points.append(args)
        if args:
            raise TypeError(f"batches takes no arguments; it got {len(args)}")
        epoch = self.epochs[(len(self.points) - 1) % len(self.epochs)]
        return [np.array(indices) for indices in epoch]


class Task:
    """A loss whose examples differ, and the minibatches of some epochs."""

    def __init__(self, function, epochs):
        self.function, self.epochs = function, epochs
        self.stream = [np.array(indices) for epoch in epochs for indices in epoch]

    def run(self, params, learning_rate):
        """Return the points of SGD."""
        points = [np.array(params, dtype=float)]
        for step, indices in enumerate(self.stream, start=1):
            rate = learning_rate(step) if callable(learning_rate) else learning_rate
            points.append(points[-1] - rate * self.function(points[-1], indices))
        return np.array(points)


def least_squares(seed, n_examples, n_params):
    """Return the gradient of a least-squares loss."""
    random = seeded(seed)
    X, y = random.randn(n_examples, n_params) + 0.5, random.randn(n_examples)
    return lambda w, indices: X[indices].T @ (X[indices] @ w - y[indices]) / len(indices)


def shuffled(seed, n_examples, batch_size, n_epochs):
    """Return the minibatches of epochs, each in a new order, from a stream that never changes."""
    random = seeded(seed)
    starts = range(0, n_examples, batch_size)
    orders = [random.permutation(n_examples) for _ in range(n_epochs)]
    return [[order[i : i + batch_size] for i in starts] for order in orders]


def noisy(n_steps, batch_size, curvature):
    """Return SGD on curvature x²/2 with noise of variance 1, for 64 runs at once.

    No example comes twice, so that each step has fresh noise, as theory has it.
    """
    epoch = np.arange(n_steps * batch_size).reshape(n_steps, batch_size)
    return Task(lambda x, i: curvature * x - NOISE[i].mean(axis=0), [list(epoch)])


HALVES = np.array([1.0, 3.0, 5.0, 7.0])
LINE = Task(lambda w, i: w - HALVES[i].mean(), [[[0, 1], [2, 3]], [[3, 0], [1, 2]]])
TAIL = Task(least_squares(1, 7, 3), shuffled(2, 7, 3, 3))
EVEN = Task(least_squares(3, 8, 3), shuffled(4, 8, 2, 2))
WHOLE = Task(least_squares(5, 6, 3), [[np.arange(6)]] * 8)
DRAWN = Task(
    least_squares(6, 6, 3),
    [[[0, 0, 5], [5, 1], [1, 4, 1]], [[2, 2, 2], [3, 3, 1], [0, 4, 0]], [[4, 4, 1], [5, 2, 5]]],
)
POLE = Task(lambda w, i: w / i.min(), [[[1, 2], [0, 3]], [[3, 1], [2, 0]]])
STILL = Task(lambda w, i: (1.0 + i.mean()) * w, [[[0, 1], [2, 3]], [[3, 1], [2, 0]]])
START = np.array([1.1, -0.7, 2.3])


def points_of(student, task, params, learning_rate, n_epochs=None, case=""):
    """Return the points that come back, the counted gradient, and the dealer."""
    grad, deal = Gradient(task.function), Dealer(task.epochs)
    n_epochs = len(task.epochs) if n_epochs is None else n_epochs
    value = stepped(student, BUDGET)(grad, params, deal, n_epochs, learning_rate, case=case)
    points = as_numbers(value, case)
    token = f"returns shape {points.shape}"
    if points.shape == params.shape:
        raise CheckFailed(
            f"{case}, your function returns one point.",
            "All of them are asked for: collect them in a list, from params on.",
            token,
        )
    if points.ndim == 1 and len(params) == 1:
        points = points[:, None]
    if points.ndim != 2 or points.shape[1] != len(params):
        raise CheckFailed(
            f"{case}, your function returns {describe(value)}.",
            "A list of points is asked for, each shaped like params.",
            token,
        )
    return points, grad, deal


def require_run(student, task, params, learning_rate, case):
    """Compare a run with the one that the minibatches give, and say where and how they part."""
    params = np.array(params)
    points, grad, deal = points_of(student, task, params, learning_rate, case=case)
    want = task.run(params, learning_rate)
    if len(points) != len(want):
        raise CheckFailed(
            f"{case}, your function returns {'fewer' if len(points) < len(want) else 'more'} "
            "points than one for the start and one for each minibatch.",
            "Every minibatch of every epoch makes one step.",
            token=f"returns shape {points.shape}",
        )
    if deal.calls != len(task.epochs):
        raise CheckFailed(
            f"{case}, batches() is called {'more' if deal.calls > len(task.epochs) else 'fewer'} "
            "times than there are epochs.",
            "Each call deals a new epoch. Call it once for each, and use what it deals.",
            token="counts epochs",
        )
    axes = ("step", "x") if len(params) == 1 else ("x₁", "x₂")
    with showing(*axes, {"a right run": _drawn(want), "your run": _drawn(points)}):
        _require_same(points, want, case)
    if grad.calls != len(want) - 1:
        raise CheckFailed(
            f"{case}, your function evaluates more gradients than there are minibatches.",
            "A step costs the gradient of one minibatch, and nothing else.",
            token="counts",
        )


def _drawn(points):
    steps = np.arange(len(points))
    return points[:, :2] if points.shape[1] > 1 else np.column_stack([steps, points])


def _require_same(points, want, case):
    if same(points, want):
        return
    if not same(points[0], want[0]):
        raise CheckFailed(f"{case}, the first point you return is not params.")
    if not np.any(points - points[0]):
        raise CheckFailed(
            f"{case}, all the points you return are the same.",
            "If the list holds one array many times over, make a new one in every step.",
        )
    step = next((t for t in range(1, len(want)) if not same(points[t], want[t])), len(want) - 1)
    before = " (those before it are right)" if step > 1 else ""
    went, asked = points[step] - points[step - 1], want[step] - want[step - 1]
    length = went @ asked / max(asked @ asked, 1e-300)
    if same(went, asked, 1e-6):
        what, hint = "has only a few right digits", "Compute in double precision; round nothing."
    elif same(went, length * asked, 1e-6):
        what = f"has the right direction but {length:.2g} times the right length"
        hint = "Check what multiplies the gradient, a mean already, and what is added to it."
    else:
        what = "does not go along the gradient of its minibatch at the point it starts from"
        hint = "Take the minibatches in the order in which they come, and each of them once."
    raise CheckFailed(f"{case}, step {step}{before} {what}.", hint)


def require_floor(student, n_steps, batch_size, learning_rate, curvature, case):
    """Compare the mean square of many runs with the noise floor of theory.

    What the start and the number of steps leave of the difference is below 1e-5 of the floor.
    """
    task, rate = noisy(n_steps, batch_size, curvature), learning_rate * curvature
    points, *_ = points_of(student, task, np.full(64, 0.5), learning_rate, case=case)
    floor = learning_rate / (batch_size * curvature * (2 - rate))
    measured = np.mean(points[-1] ** 2)
    if not abs(measured / floor - 1) <= 1e-3:
        raise CheckFailed(
            f"{case}, your runs end {'further from' if measured > floor else 'nearer to'} the "
            "minimizer than the noise floor of theory says.",
            "Is the step learning_rate times the gradient of one minibatch, no more and no less?",
        )


@sgd.visible
def follows_its_minibatches(student):
    """REF: two epochs of two minibatches, by hand."""
    case = (
        "On the mean of (w - y)²/2 with y = [1, 3, 5, 7] from params = [0.0] with learning_rate = "
        "0.5, the minibatches being [0, 1], [2, 3] and then [3, 0], [1, 2]"
    )
    require_run(student, LINE, [0.0], 0.5, case)


@sgd.visible
def settles_on_the_floor(student):
    """ENU: the mean square over 64 runs, which stand for all, is the variance of theory."""
    case = "On 64 runs at once, with minibatches of 2 and learning_rate = 0.4"
    require_floor(student, 24, 2, 0.4, 1.0, case)


@sgd.visible
def takes_a_schedule(student):
    """API: the learning rate may be a function of the update."""
    case = "With a function as learning_rate, lambda step: 0.25"
    require_run(student, LINE, [4.0], lambda step: 0.25, case)


@sgd.hidden
def settles_on_other_floors(student):
    """ENU: a bold learning rate on single examples, and a cautious one on minibatches."""
    require_floor(student, 20, 1, 0.5, 1.5, "On many runs at once")
    require_floor(student, 20, 3, 0.2, 1.5, "On many runs at once")


@sgd.hidden
def weighs_a_short_minibatch_like_others(student):
    """REF: where the last minibatch of an epoch is short, the gradient is its mean all the same."""
    require_run(student, TAIL, START, 0.1, "Where the last minibatch is short")


@sgd.hidden
def is_descent_on_the_whole_data(student):
    """EXA: with all examples in one minibatch it is gradient descent."""
    require_run(student, WHOLE, START, 0.2, "With all examples in one minibatch")


@sgd.hidden
def follows_any_stream(student):
    """REF: draws with replacement, of different sizes, and epochs of different lengths."""
    case = "With minibatches of different sizes, drawn with replacement"
    require_run(student, DRAWN, START, 0.15, case)


def falling(top, step):
    """Return the learning rate of an update."""
    return top / (step + 1)


@sgd.hidden
def counts_updates_through_all_epochs(student):
    """EXA: a schedule is asked for updates 1, 2, 3, ... and does not begin again."""
    case = "With a learning rate that falls from update to update, the first being update 1"
    require_run(student, EVEN, START, lambda step: falling(0.4, step), case)
    case = "With a learning rate that falls, in epochs of different lengths"
    require_run(student, DRAWN, START, partial(falling, 0.3), case)


@sgd.hidden
def starts_from_integers(student):
    """API: integer params must not round the points."""
    require_run(student, EVEN, np.array([1, -2, 3]), 0.1, "From integer params")


@sgd.hidden
def makes_no_step_in_no_epochs(student):
    """DEG: n_epochs = 0 returns the start alone."""
    case = "With n_epochs = 0"
    grad, deal = Gradient(EVEN.function), Dealer(EVEN.epochs)
    value = stepped(student, BUDGET)(grad, START, deal, 0, 0.1, case=case)
    if not same(as_numbers(value, case), START[None]):
        raise CheckFailed(f"{case}, the answer is not the start alone, in a list.")


@sgd.hidden
def does_not_stop_early(student):
    """DEG: where nothing moves the updates are made all the same."""
    require_run(student, STILL, np.zeros(3), 0.1, "Started where all gradients are zero")
    require_run(student, EVEN, START, 0.0, "With learning_rate = 0")


@sgd.hidden
def takes_large_steps(student):
    """EXA: large gradients are used as they are."""
    case = "With a learning rate far too large, learning_rate = 40"
    require_run(student, EVEN, 1e3 * START, 40, case)


@sgd.hidden
def diverges_freely(student):
    """DEG: a run goes on through infinity and NaN, be it in the points or in a gradient."""
    for task, rate, case in [
        (EVEN, 1e50, "With a learning rate so large that the run overflows"),
        (POLE, 0.1, "Where a gradient is infinite"),
    ]:
        points, *_ = points_of(student, task, START, rate, case=case)
        want = task.run(START, rate)
        finite = np.all(np.abs(want) < 1e250, axis=1)
        if (
            len(points) != len(want)
            or np.all(np.isfinite(points[-1]))
            or not all(same(*pair) for pair in zip(points[finite], want[finite], strict=True))
        ):
            raise CheckFailed(
                f"{case}, your points do not follow it.",
                "Make every update as it comes: no clipping, no repair of infinity or NaN.",
            )


def summary(student, task, params, learning_rate, n_epochs=None):
    """Return how many points come back, and the first, second and last of them."""
    points, *_ = points_of(student, task, np.array(params), learning_rate, n_epochs)
    return [len(points), *points[[0, min(1, len(points) - 1), -1]].ravel()]


@sgd.probe
def probe_line(student):
    """Return numbers of a run on a line."""
    return summary(student, LINE, [0.7], 0.4)


@sgd.probe
def probe_tail(student):
    """Return numbers of a run with short minibatches."""
    return summary(student, TAIL, START, 0.15)


@sgd.probe
def probe_tail_twice(student):
    """Return the lengths of the last step of an epoch and of the next, as they should be 1."""
    points, *_ = points_of(student, TAIL, START, 0.1)
    want = [TAIL.function(p, i) for p, i in zip(points[2:4], TAIL.stream[2:4], strict=True)]
    return [
        (a - b) @ g / (0.1 * g @ g) for a, b, g in zip(points[2:4], points[3:5], want, strict=True)
    ]


@sgd.probe
def probe_even(student):
    """Return numbers of a run with minibatches of one size."""
    return summary(student, EVEN, START, 0.1)


@sgd.probe
def probe_one_epoch(student):
    """Return numbers of a run of one epoch."""
    return summary(student, EVEN, START, 0.1, 1)


@sgd.probe
def probe_whole(student):
    """Return numbers of gradient descent."""
    return summary(student, WHOLE, START, 0.2)


@sgd.probe
def probe_drawn(student):
    """Return numbers of a run on draws with replacement."""
    return summary(student, DRAWN, START, 0.15)


@sgd.probe
def probe_schedule(student):
    """Return numbers of a run with a schedule."""
    return summary(student, EVEN, START, lambda step: 0.4 / (step + 1))


@sgd.probe
def probe_schedule_in_uneven_epochs(student):
    """Return numbers of a run with a schedule, in epochs of different lengths."""
    return summary(student, DRAWN, START, lambda step: 0.4 / (step + 1))


@sgd.probe
def probe_schedule_steps(student):
    """Return the numbers that the schedule is asked for: first, last and how many."""
    asked = []
    points_of(student, EVEN, START, lambda step: asked.append(step) or 0.1)
    if any(np.ndim(step) for step in asked):
        return ["asked for a point"]
    return [min(asked), max(asked), len(set(asked))] if asked else ["never asked"]


@sgd.probe
def probe_costs(student):
    """Say how many gradients and epochs are asked for, and which minibatches."""
    _, grad, deal = points_of(student, EVEN, START, 0.1)
    asked = [len(args[1]) for args in grad.points if len(args) == 2]
    return [
        f"{grad.calls} gradients",
        deal.calls,
        "whole data" if 8 in asked else "single examples" if 1 in asked else "minibatches",
    ]


@sgd.probe
def probe_large(student):
    """Return numbers of a run that diverges, as multiples of its start."""
    points, *_ = points_of(student, EVEN, 1e3 * START, 40.0)
    return [len(points), *np.sign(points[-1]), *np.log(np.abs(points[-1]))]


@sgd.probe
def probe_overflow(student):
    """Say how a run ends that overflows."""
    points, *_ = points_of(student, EVEN, START, 1e50)
    ends = "finite" if np.all(np.isfinite(points[-1])) else "not finite"
    return [ends, "all" if len(points) == 9 else "fewer" if len(points) < 9 else "more"]


@sgd.probe
def probe_rest(student):
    """Say how many points a run has that begins where all gradients are zero."""
    points, *_ = points_of(student, STILL, np.zeros(3), 0.1)
    return ["all" if len(points) == 5 else "fewer" if len(points) < 5 else "more"]


@sgd.probe
def probe_no_epochs(student):
    """Return how many points come back without an epoch."""
    points, *_ = points_of(student, EVEN, START, 0.1, 0)
    return [len(points)]


@sgd.probe
def probe_integers(student):
    """Return numbers of a run from integers."""
    return summary(student, EVEN, np.array([1, -2, 3]), 0.1)


@sgd.probe
def probe_digits(student):
    """Single precision leaves digits that end early."""
    points, *_ = points_of(student, EVEN, START, 0.1)
    if np.array_equal(points[0], START.astype(np.float32)):
        return ["single"]
    return ["all digits" if np.array_equal(points[0], START) else "another start"]
