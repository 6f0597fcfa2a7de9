"""Exercise D1: the loop of gradient descent.

On a quadratic the error along an eigenvector with eigenvalue λ is multiplied by
1 - learning_rate λ, a step. So every run has a closed form, and no reference code is needed.
"""

import numpy as np

from optedu.checks.exercise import Exercise
from optedu.checks.families import as_numbers, has_rate, same
from optedu.checks.picture import showing
from optedu.checks.student import CheckFailed, Counted, describe, number_of

gradient_descent = Exercise(
    "descent",
    "gradient_descent",
    "grad x0 learning_rate n_steps",
    "Return all n_steps + 1 iterates, x0 first.",
)


class Bowl:
    """The quadratic with given eigenvalues, minimizer and axes, and the runs on it."""

    def __init__(self, eigenvalues, minimizer, axes=None):
        self.eigenvalues = np.array(eigenvalues)
        self.minimizer = np.array(minimizer)
        self.axes = np.eye(len(self.eigenvalues)) if axes is None else axes
        self.hessian = self.axes @ np.diag(self.eigenvalues) @ self.axes.T

    def gradient(self):
        """Return the gradient, as a counted function."""
        # No run here is longer than 12 steps: what asks 150 times does not end.
        return Counted(lambda x: self.hessian @ (x - self.minimizer), "grad", 150)


class Run:
    """A run to make, and its iterates from their closed form."""

    def __init__(self, bowl, x0, learning_rate, n_steps):
        self.bowl, self.x0 = bowl, np.array(x0)
        self.learning_rate, self.n_steps = learning_rate, n_steps
        steps = range(1, n_steps + 1)
        rates = [learning_rate(t) if callable(learning_rate) else learning_rate for t in steps]
        factors = 1 - np.outer(rates, bowl.eigenvalues)
        with np.errstate(over="ignore"):
            powers = np.cumprod(np.vstack([np.ones_like(bowl.eigenvalues), factors]), axis=0)
        start = bowl.axes.T @ (self.x0 - bowl.minimizer)
        self.exact = bowl.minimizer + (powers * start) @ bowl.axes.T


NORMAL = np.array([1.0, 2.0, -1.0])
AXES = np.eye(3) - 2 * np.outer(NORMAL, NORMAL) / (NORMAL @ NORMAL)
LINE = Bowl([2.0], [0.0])
VALLEY = Bowl([1.0, 4.0], [1.0, -2.0])
TILTED = Bowl([0.3, 1.0, 3.0], [0.7, -1.1, 0.4], AXES)
ROUND = Bowl([1.0, 2.0, 3.0], [0.7, -1.1, 0.4], AXES)
START = np.array([1.1, -0.7, 2.3])


def schedule(learning_rate):
    """Return a function of the step that insists on a step."""

    def at(step):
        if np.ndim(step) != 0 or step != int(step):
            raise TypeError(f"learning_rate takes the number of a step; it got {describe(step)}")
        return learning_rate(step)

    return at


def points_of(student, bowl, x0, learning_rate, n_steps, case):
    """Return the points that come back, one a row, however many."""
    value = student(bowl.gradient(), x0, learning_rate, n_steps, case=case)
    points = as_numbers(value, case)
    token = f"returns shape {points.shape}"
    if len(x0) == 1 and points.ndim == 1 and len(points) > 1:
        return points[:, None]
    if points.shape == x0.shape:
        raise CheckFailed(
            f"{case}, your function returns one point.",
            "All of them are asked for: collect them in a list, from x0 on.",
            token,
        )
    if points.ndim == 2 and points.shape[1] == len(x0):
        return points
    if points.shape == (len(x0), n_steps + 1):
        raise CheckFailed(
            f"{case}, your points are the columns of an array.", "Make them rows.", token
        )
    raise CheckFailed(
        f"{case}, your function returns {describe(value)}.",
        "A list of n_steps + 1 points is asked for, each shaped like x0.",
        token,
    )


def iterates(student, run, case):
    """Return the n_steps + 1 points that come back, one a row."""
    n_steps = run.n_steps
    points = points_of(student, run.bowl, run.x0, run.learning_rate, n_steps, case)
    if len(points) == n_steps + 1:
        return points
    returned = number_of(points, "point", "points")
    raise CheckFailed(
        f"{case}, your function returns {returned} instead of n_steps + 1.",
        "Is x0 among them, and the point after the last step? Does the loop stop early?"
        if len(points) < n_steps + 1
        else "Is there a step too many, x0 twice, or a list left over from an earlier call?",
        token=f"returns shape {points.shape}",
    )


def require_run(student, run, case):
    """Compare a run with its closed form, and say where and how they part."""
    require_exact(iterates(student, run, case), run, case)


def require_exact(points, run, case):
    """Compare the points of a run with its closed form."""
    if same(points, run.exact):
        return
    curves = {"a right run": _drawn(run.exact), "your run": _drawn(points)}
    with showing(*_axes(run.x0), curves):
        _explain_difference(points, run.exact, run.n_steps, case)


def _axes(x0):
    return ("step", "x") if len(x0) == 1 else ("x₁", "x₂")


def _drawn(points):
    """Return a run as a curve: over the steps, or in the plane."""
    if points.shape[1] == 1:
        return np.column_stack([np.arange(len(points)), points])
    return points[:, :2]


def _explain_difference(points, exact, n_steps, case):
    """Say where and how a run and its closed form part."""
    if n_steps and not np.any(points - points[0]) and np.any(exact - exact[0]):
        raise CheckFailed(
            f"{case}, all the points you return are the same.",
            "If the list holds one array many times over, append a copy, or make a new array with "
            "x = x - ... in every step.",
        )
    if not same(points[0], exact[0]):
        raise CheckFailed(
            f"{case}, the first point you return is not x0.",
            "It stands at the front of the list, in floats and with all its digits.",
        )
    parts = (t for t in range(1, n_steps + 1) if not same(points[t], exact[t]))
    step = next(parts, n_steps)
    before = " (those before it are right)" if step > 1 else ""
    went, asked = points[step] - points[step - 1], exact[step] - exact[step - 1]
    what, hint = _compare_step(went, asked)
    raise CheckFailed(f"{case}, step {step}{before} {what}.", hint)


def _compare_step(went, asked):
    """Return what a step does and why it may, from where it leads and where it should."""
    if not np.all(np.isfinite(went)):
        return "leads to infinity or NaN", "What is divided by what, and can that be zero?"
    if not np.any(went):
        return "leads nowhere", "Is the gradient subtracted, and the result kept?"
    length = went @ asked / max(asked @ asked, 1e-300)
    if not same(went, length * asked, 1e-6):
        return (
            "does not go along the gradient of the point it starts from",
            "Compute the whole gradient at the current point, then move.",
        )
    if length < 0:
        return "goes up the slope instead of down", "Check the sign in your update."
    if abs(length - 1) < 1e-3:
        return "is right to a few digits only", "Are your points rounded, or kept as float32?"
    if abs(length - 1) < 0.05:
        return "has not quite the right length", "Is something added to the gradient?"
    return (
        f"has the right direction but {length:.2g} times the right length",
        "Check what multiplies the gradient.",
    )


# The closed forms are computed once, when this module is imported, not in each grading.
HALVING = Run(LINE, [4.0], 0.25, 3)
PLANE = Run(VALLEY, [3.0, -4.0], 0.1, 5)
INTEGERS = Run(VALLEY, [4, -3], 0.1, 2)
CONSTANT = Run(LINE, [4.0], schedule(lambda step: 0.25), 3)
TILTED_RUN = Run(TILTED, START, 0.6, 7)
FALLING = Run(TILTED, START, schedule(lambda step: 0.5 / (step + 1)), 4)
LONG = Run(ROUND, START, 0.45, 12)
ORIGIN = np.zeros(3)
STRAIGHT = Run(Bowl(TILTED.eigenvalues, ORIGIN), START, 0.2, 2)
TURNED = Run(Bowl(TILTED.eigenvalues, ORIGIN, AXES), AXES @ START, 0.2, 2)
NO_STEP = Run(VALLEY, [3.0, 1.0], 0.1, 0)
NEAR_REST = [Run(VALLEY, VALLEY.minimizer + distance, 0.1, 2) for distance in (0.0, 1e-7)]
DIVERGING = Run(LINE, [1.5], 1e120, 5)
LARGE = Run(VALLEY, [4e5, -1e5], 0.2, 2)
EARLIER, LATER = Run(VALLEY, [3.0, 1.0], 0.1, 1), Run(VALLEY, [-1.0, 2.0], 0.2, 2)


@gradient_descent.visible
def halves_on_a_parabola(student):
    """EXA: on f(x) = x² with learning rate 1/4 every step halves x."""
    require_run(student, HALVING, "On f(x) = x² from x0 = [4.0] with learning_rate = 0.25")


@gradient_descent.visible
def follows_two_coordinates(student):
    """EXA: each coordinate shrinks by its own factor towards a minimizer that is not zero."""
    case = (
        "On f(x) = (x₁ - 1)²/2 + 2 (x₂ + 2)² from x0 = [3.0, -4.0] with learning_rate = 0.1, "
        "n_steps = 5"
    )
    require_run(student, PLANE, case)


@gradient_descent.visible
def starts_from_integers(student):
    """API: an integer start must not round the iterates."""
    case = "From the integers x0 = np.array([4, -3])"
    points = iterates(student, INTEGERS, case)
    if same(points, np.trunc(points)):
        raise CheckFailed(f"{case}, all your points are integers.", "Turn x0 into floats first.")
    require_exact(points, INTEGERS, case)


@gradient_descent.visible
def takes_a_schedule(student):
    """API: the learning rate may be a function of the step."""
    require_run(student, CONSTANT, "With a function as learning_rate, lambda step: 0.25")


@gradient_descent.hidden
def stays_on_the_closed_form(student):
    """EXA: some steps in three tilted dimensions, to all digits of a float64."""
    require_run(student, TILTED_RUN, "In three dimensions")


@gradient_descent.hidden
def counts_steps_from_one(student):
    """EXA: a schedule is asked for the learning rates of steps 1, 2, 3, ..."""
    case = "With a learning rate that falls from step to step, the first step being step 1"
    require_run(student, FALLING, case)


@gradient_descent.hidden
def converges_at_the_rate(student):
    """RAT: factors 0.55, 0.1 and -0.35, of which the slowest remains after a few steps."""
    points = iterates(student, LONG, "On a long run")
    if not has_rate(np.linalg.norm(points - ROUND.minimizer, axis=1), 0.55, rtol=0.02):
        raise CheckFailed(
            "On a long run, the distance to the minimizer does not shrink at the rate of theory.",
            "Is every step made in the same way as the first?",
        )


@gradient_descent.hidden
def turns_with_the_axes(student):
    """INV: turning the problem turns the run, because the gradient turns with it."""
    case = "On a problem and on the same problem turned"
    if not same(iterates(student, TURNED, case), iterates(student, STRAIGHT, case) @ AXES.T):
        raise CheckFailed(
            f"{case}, your runs differ.",
            "Treat the gradient as one vector, not coordinate by coordinate.",
        )


@gradient_descent.hidden
def makes_no_step_when_asked_for_none(student):
    """DEG: n_steps = 0 returns the start alone."""
    require_run(student, NO_STEP, "With n_steps = 0")


@gradient_descent.hidden
def does_not_stop_early(student):
    """DEG: at the minimizer, and close to it, all the steps are made."""
    for run in NEAR_REST:
        require_run(student, run, "Started at the minimizer, or very close to it")


@gradient_descent.hidden
def diverges_freely(student):
    """DEG: a learning rate far too large runs through infinity without an exception."""
    case = "With a learning rate far too large, so that the run diverges"
    points, exact = iterates(student, DIVERGING, case), DIVERGING.exact
    finite = np.abs(exact[:, 0]) < 1e300
    right = [same(*pair) for pair in zip(points[finite], exact[finite], strict=True)]
    if np.all(np.isfinite(points[-1])) or not all(right):
        raise CheckFailed(
            f"{case}, your points do not follow it.",
            "Make every step as it comes: no clipping, no repair of infinity or NaN.",
        )


@gradient_descent.hidden
def takes_one_large_step(student):
    """EXA: a gradient of a million is used as it is."""
    require_run(student, LARGE, "Where the gradient is very large")


@gradient_descent.hidden
def starts_afresh(student):
    """API: nothing is left over from an earlier run."""
    case = "Called a second time"
    iterates(student, EARLIER, case)
    require_run(student, LATER, case)


def summary(student, bowl, x0, learning_rate, n_steps):
    """Return how many points come back, and the first, second and last of them."""
    points = points_of(student, bowl, x0, learning_rate, n_steps, "")
    return [len(points), *points[[0, min(1, len(points) - 1), -1]].ravel()]


def count(points, n_steps):
    """Return whether all points come back, in a word."""
    asked = n_steps + 1
    return ["all" if len(points) == asked else "fewer" if len(points) < asked else "more"]


@gradient_descent.probe
def probe_run(student):
    """Return numbers of a run in three dimensions."""
    return summary(student, TILTED, START, 0.3, 3)


@gradient_descent.probe
def probe_plane(student):
    """Return numbers of a run in two dimensions."""
    return summary(student, VALLEY, np.array([3.0, -4.0]), 0.2, 3)


@gradient_descent.probe
def probe_schedule(student):
    """Return numbers of a run with a schedule."""
    return summary(student, TILTED, START, schedule(lambda step: 0.7 / (step + 1.5)), 3)


@gradient_descent.probe
def probe_schedule_steps(student):
    """Return the first and the last step that the schedule is asked for, if it is for steps."""
    asked = []
    summary(student, TILTED, START, lambda step: asked.append(step) or 0.1, 2)
    if any(np.ndim(step) for step in asked):
        return ["asked for a point"]
    return [min(asked), max(asked)] if asked else ["never asked"]


@gradient_descent.probe
def probe_learning_rate(student):
    """Say whether the learning rate has an effect."""
    runs = [summary(student, TILTED, START, alpha, 2) for alpha in (0.2, 0.4)]
    return ["unused" if same(*runs) else "used"]


FIRST_STEP = Run(TILTED, START, 0.3, 1)


@gradient_descent.probe
def probe_first_step(student):
    """Say where the first step leads."""
    went = points_of(student, TILTED, START, 0.3, 1, "")[-1] - START
    asked = FIRST_STEP.exact[1] - START
    length = np.linalg.norm(went)
    if not length > 0:
        return ["nowhere"]
    cosine = went @ asked / (np.linalg.norm(asked) * length)
    return ["down" if cosine > 1 - 1e-6 else "up" if cosine < 1e-6 - 1 else "aside"]


@gradient_descent.probe
def probe_step_lengths(student):
    """Return the lengths of two steps as multiples of the right ones."""
    points = points_of(student, LINE, np.array([4.0]), 0.3, 2, "")[:3, 0]
    return list(np.diff(points) / (-0.6 * points[:-1]))


@gradient_descent.probe
def probe_small_step_lengths(student):
    """Return the same near the minimizer."""
    points = points_of(student, LINE, np.array([0.05]), 0.3, 2, "")[:3, 0]
    return list(np.diff(points) / (-0.6 * points[:-1]))


@gradient_descent.probe
def probe_gradient_points(student):
    """Say whether the gradient is asked for at one point only."""
    grad = TILTED.gradient()
    student(grad, START, 0.1, 2, case="")
    distinct = {tuple(point) for point in grad.points}
    return ["one point" if len(distinct) == 1 else "several points" if distinct else "never asked"]


@gradient_descent.probe
def probe_no_steps(student):
    """Return numbers of a run of no steps."""
    return summary(student, VALLEY, np.array([3.0, -4.0]), 0.2, 0)


@gradient_descent.probe
def probe_at_rest(student):
    """Say how many points a run from the minimizer has."""
    return count(points_of(student, VALLEY, VALLEY.minimizer, 0.1, 2, ""), 2)


@gradient_descent.probe
def probe_near_rest(student):
    """Say how many points a run from close to the minimizer has."""
    return count(points_of(student, VALLEY, VALLEY.minimizer + 1e-7, 0.1, 2, ""), 2)


@gradient_descent.probe
def probe_divergence(student):
    """Say how many points a run has that diverges, and whether it shows it."""
    points = points_of(student, LINE, np.array([1.5]), 1e120, 5, "")
    return [*count(points, 5), "all finite" if np.all(np.isfinite(points)) else "not finite"]


@gradient_descent.probe
def probe_growth(student):
    """Return numbers of a run that grows a little."""
    return summary(student, VALLEY, np.array([2.0, -1.0]), 0.8, 2)


@gradient_descent.probe
def probe_large_gradient(student):
    """Say whether steps are cut where the gradient is large."""
    lengths = [
        abs(points_of(student, LINE, np.array([size]), 0.2, 1, "")[-1, 0] - size) / size
        for size in (1.0, 1e6)
    ]
    return ["shortened" if lengths[1] < 0.99 * lengths[0] else "in proportion"]


@gradient_descent.probe
def probe_small_gradient(student):
    """Say whether steps are stretched where the gradient is small."""
    lengths = [
        abs(points_of(student, LINE, np.array([size]), 0.2, 1, "")[-1, 0] - size) / size
        for size in (0.1, 1e-3)
    ]
    return ["stretched" if lengths[1] > 1.01 * lengths[0] else "in proportion"]


@gradient_descent.probe
def probe_integers(student):
    """Return numbers of a run from integers."""
    return summary(student, VALLEY, np.array([5, -3]), 0.15, 2)


@gradient_descent.probe
def probe_whole(student):
    """Say whether a run from integers stays among them."""
    points = points_of(student, VALLEY, np.array([5, -3]), 0.15, 2, "")
    return ["whole" if same(points, np.trunc(points)) else "with decimals"]


@gradient_descent.probe
def probe_digits(student):
    """Single precision and rounding to decimals leave digits that end early."""
    points = points_of(student, TILTED, START, 0.3, 2, "")
    if np.array_equal(points[0], START.astype(np.float32)):
        return ["single"]
    if not same(points[0], START):
        return ["another start"]
    return ["rounded" if np.array_equal(points[1:], np.round(points[1:], 8)) else "all digits"]


@gradient_descent.probe
def probe_second_run(student):
    """Return numbers of a run after another."""
    summary(student, VALLEY, np.array([3.0, -4.0]), 0.2, 1)
    return summary(student, VALLEY, np.array([-1.0, 2.0]), 0.1, 2)
