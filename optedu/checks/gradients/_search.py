"""Exercise G6: random search and random local search.

The losses are counted, so the points that were tried are known, whatever the order of the draws
and wherever they came from. A result must be the best of them, and the points must be spread as
the exercise says.
"""

import numpy as np

from optedu.checks.exercise import Exercise
from optedu.checks.families import ROUNDING, same
from optedu.checks.gradients._outcomes import (
    BROKEN,
    LOSSES,
    bowl,
    outcome_of,
    require_best,
    require_calls,
    require_normal,
    require_same_when_repeated,
    script,
    slope,
)
from optedu.checks.gradients._points import Typed, require_floats
from optedu.checks.student import CheckFailed

random_search = Exercise(
    "gradients",
    "random_search",
    "loss shape n_draws rng scale",
    "Return the best of n_draws random points, its loss, and the least loss after each draw.",
)
random_local_search = Exercise(
    "gradients",
    "random_local_search",
    "loss start n_steps rng scale",
    "Return the best point that random steps lead to, its loss, and the least loss after each.",
)


@random_search.visible
def keeps_the_best_dart(student):
    """CER: the best of what was tried comes back, with its history."""
    case = "On f(x) = (x₀ - 0.5)² + (x₁ + 1)² with shape = 2, n_draws = 12"
    rng = np.random.default_rng(3)
    require_best(outcome_of(student, bowl, 2, 12, rng, 1.0, case=case), 12, case)


@random_search.visible
def draws_as_many_as_asked(student):
    """CNT: one loss a draw."""
    case = "On the same function with n_draws = 1"
    rng = np.random.default_rng(4)
    require_best(outcome_of(student, bowl, 2, 1, rng, 1.0, case=case), 1, case)


@random_search.hidden
def keeps_the_best_of_any_shape(student):
    """CER: numbers, rows, matrices; the best dart comes early, late, anywhere."""
    for seed, shape in enumerate([(1,), (2, 3), (3, 1, 2), 4]):
        case = f"For shape = {shape}"
        rng = np.random.default_rng(seed)
        require_best(outcome_of(student, bowl, shape, 9, rng, 0.7, case=case), 9, case)


@random_search.hidden
def spreads_as_the_scale_says(student):
    """STA: each coordinate is normal with the standard deviation `scale`."""
    for scale, shape in [(1e-3, 4000), (30.0, (200, 20))]:
        case = "With a scale that is not 1"
        rng = np.random.default_rng(7)
        outcome = outcome_of(student, bowl, shape, 5, rng, scale, case=case)
        hint = "A draw is scale * rng.standard_normal(shape), and scale multiplies it once."
        require_normal(np.array(outcome.points) / scale, case, hint)


@random_search.hidden
def has_a_default_scale(student):
    """API: the scale is 1 if it is left out."""
    case = "With scale left out"
    outcome = outcome_of(student, bowl, 200, 3, np.random.default_rng(8), case=case)
    require_normal(outcome.points, case, "The default is scale=1.0.")


@random_search.hidden
def draws_afresh(student):
    """API: no two darts are the same."""
    case = "For any two draws"
    points = outcome_of(student, bowl, 3, 6, np.random.default_rng(9), 1.0, case=case).points
    if any(same(a, b) for i, a in enumerate(points) for b in points[:i]):
        raise CheckFailed(f"{case}, the points are the same.", "Draw anew, inside the loop.")


@random_search.hidden
def draws_from_the_generator(student):
    """API: the generator decides, and nothing else."""
    case = "Called again"
    require_same_when_repeated(student, bowl, 3, 3, 1.0, case)


@random_search.hidden
def passes_over_nan(student):
    """DEG: a NaN is worse than any number, at first and later."""
    case = "Where some losses are NaN"
    for losses in BROKEN:
        rng = np.random.default_rng(10)
        require_best(outcome_of(student, script(losses), 2, 6, rng, 1.0, case=case), 6, case)


@random_search.hidden
def takes_any_loss(student):
    """CER: losses may be negative, huge or all the same."""
    for losses, case in LOSSES:
        rng = np.random.default_rng(11)
        n = len(losses)
        require_best(outcome_of(student, script(losses), 2, n, rng, 1.0, case=case), n, case)


def centers_of(outcome):
    """Return the best point before each step, from what was tried."""
    best, lowest, centers = outcome.points[0], outcome.values[0], []
    for point, value in zip(outcome.points[1:], outcome.values[1:], strict=True):
        centers.append(best)
        if not value >= lowest:
            best, lowest = point, value
    return np.array(centers)


@random_local_search.visible
def stumbles_downhill(student):
    """CER: the best of what was tried comes back, with its history."""
    case = "On f(x) = (x₀ - 0.5)² + (x₁ + 1)² from start = [3.0, 4.0] with n_steps = 12"
    start, rng = np.array([3.0, 4.0]), np.random.default_rng(3)
    outcome = outcome_of(student, bowl, start, 12, rng, 1.0, case=case)
    require_start(outcome, start, case)
    require_best(outcome, 13, case)


@random_local_search.visible
def stays_where_it_is(student):
    """DEG: with no steps the start comes back."""
    case = "With n_steps = 0"
    start, rng = np.array([3.0, 4.0]), np.random.default_rng(4)
    outcome = outcome_of(student, bowl, start, 0, rng, 1.0, case=case)
    require_start(outcome, start, case)
    require_best(outcome, 1, case)


def require_start(outcome, start, case):
    """Ask whether the start is tried first."""
    if not outcome.points or not same(outcome.points[0], start):
        raise CheckFailed(
            f"{case}, the first point that you try is not start.",
            "The start counts, too: call loss there before the first step.",
        )


@random_local_search.hidden
def steps_from_the_best_point(student):
    """STA: a step leads from the best point so far, and is normal in each coordinate.

    On a slope half the steps are kept, so that the best point leaves the start, the last trial
    and the second best far behind.
    """
    case = "On a long slope"
    for scale, seed in [(1e-2, 1), (5.0, 2)]:
        start, rng = np.linspace(-1, 1, 60), np.random.default_rng(seed)
        outcome = outcome_of(student, slope, start, 20, rng, scale, case=case)
        require_start(outcome, start, case)
        require_calls(len(outcome.points), 21, case)
        hint = (
            "A trial is the best point so far plus scale * rng.standard_normal(shape): not the "
            "start, not the last trial."
        )
        steps = (np.array(outcome.points[1:]) - centers_of(outcome)) / scale
        require_normal(steps, case, hint)
        require_best(outcome, 21, case)


@random_local_search.hidden
def keeps_what_it_has(student):
    """CER: where no step leads down, the start stays the best."""
    case = "From the lowest point of all"
    start, rng = np.array([0.5, -1.0, 0.25]), np.random.default_rng(12)
    require_best(outcome_of(student, bowl, start, 8, rng, 1.0, case=case), 9, case)


@random_local_search.hidden
def searches_any_shape(student):
    """CER: a matrix, a number, integers."""
    for start, case in [
        (np.array([[1.0, 2.0], [-1.0, 0.5]]), "For a matrix"),
        (np.array(2.0), "For a start of shape ()"),
        (np.array([3, -2]), "For a start of integers"),
    ]:
        outcome = outcome_of(student, bowl, start, 7, np.random.default_rng(13), 0.5, case=case)
        require_start(outcome, start, case)
        require_best(outcome, 8, case)
        if start.dtype.kind == "i" and same(outcome.points[-1], np.round(outcome.points[-1])):
            raise CheckFailed(
                f"{case}, all the points you try are whole numbers.",
                "Turn start into floats first.",
            )
        for step in np.array(outcome.points[1:]) - centers_of(outcome):
            if len(np.unique(np.round(step, 9))) < step.size:
                raise CheckFailed(
                    f"{case}, several entries move by the same number.",
                    "Draw one number for each entry: rng.standard_normal(start.shape).",
                    token="entries move alike",
                )


@random_local_search.hidden
def has_a_default_scale_of_steps(student):
    """API: the scale is 1 if it is left out."""
    case = "With scale left out"
    start, rng = np.zeros(200), np.random.default_rng(14)
    outcome = outcome_of(student, slope, start, 3, rng, case=case)
    require_normal(
        np.array(outcome.points[1:]) - centers_of(outcome), case, "The default is scale=1.0."
    )


@random_local_search.hidden
def steps_from_the_generator(student):
    """API: the generator decides, and nothing else."""
    case = "Called again"
    require_same_when_repeated(student, bowl, np.array([2.0, 1.0]), 4, 1.0, case)


@random_local_search.hidden
def steps_over_nan(student):
    """DEG: a NaN is worse than any number, at the start and later."""
    case = "Where some losses are NaN"
    for losses in BROKEN:
        start, rng = np.array([2.0, 1.0]), np.random.default_rng(15)
        require_best(outcome_of(student, script(losses), start, 5, rng, 1.0, case=case), 6, case)


@random_local_search.hidden
def searches_any_loss(student):
    """CER: losses may be negative, huge or all the same."""
    for losses, case in LOSSES:
        start, rng, n = np.array([2.0, 1.0]), np.random.default_rng(16), len(losses)
        outcome = outcome_of(student, script(losses), start, n - 1, rng, 1.0, case=case)
        require_best(outcome, n, case)


@random_local_search.hidden
def gives_loss_floats(student):
    """API: at start, too, where no step has made floats of integers."""
    loss, case = Typed(bowl, "loss"), "For a start of integers"
    student(loss, np.array([3, -2]), 2, np.random.default_rng(17), 0.5, case=case)
    require_floats(loss, case, "Begin with best = np.array(start, dtype=float).")


def place_of(outcome):
    """Return which of the points that were tried came back, in words."""
    for word, rtol in [("point", ROUNDING), ("nearly point", 1e-2)]:
        for i, point in enumerate(outcome.points):
            if same(outcome.params, point, rtol):
                return f"{word} {i}"
    return "no point that was tried"


def spread_of(numbers):
    """Return coarse words about thousands of numbers, the same for all draws of one law."""
    if np.ptp(numbers) == 0:
        return ["zero" if numbers[0] == 0 else "all alike"]
    square = np.mean(numbers**2)
    lean = np.mean(numbers) / np.sqrt(square)
    # Sums of one, two, three and four draws lie between these bounds, by ten standard errors.
    bounds = [1e-12, 0.02, 0.07, 0.2, 0.42, 0.55, 1.4, 2.45, 3.45, 6, 30, 1e3]
    return [np.searchsorted(bounds, square), np.searchsorted([-0.5, 0.5], lean)]


def probe_script(losses, start, n, scale=0.5):
    """Return a probe that keeps what comes back where the losses are given."""

    def probe(student):
        rng = np.random.default_rng(1)
        outcome = outcome_of(student, script(losses), start, n, rng, scale, case="")
        # While no loss is a number, the history may hold NaN or infinity.
        history = np.where(np.isfinite(outcome.history), outcome.history, np.inf)
        return [f"{len(outcome.points)} calls", place_of(outcome), outcome.loss, *history[:8]]

    return probe


def probe_spread(losses, start, scale=None):
    """Return a probe that keeps how the points lie to each other."""

    def probe(student):
        rng, options = np.random.default_rng(2), [] if scale is None else [scale]
        outcome = outcome_of(student, script(losses), start, 4, rng, *options, case="")
        points = np.array(outcome.points[:4]) / (scale or 1.0)
        if len(points) < 4:
            return [f"{len(points)} points"]
        pairs = [(1, 0), (2, 1), (3, 2), (2, 0), (3, 0)]
        vectors = [points[i] - points[j] for i, j in pairs]
        if not isinstance(start, np.ndarray):
            vectors = [points[0], points[1], *vectors]
        first = vectors[0]
        peak = np.mean(first**4) / max(np.mean(first**2) ** 2, 1e-300)
        words = [word for vector in vectors for word in spread_of(vector)]
        return [*words, np.searchsorted([1.4, 2.4, 4.0], peak)]

    return probe


def probe_seeds(start):
    """Return a probe that says whether the seed decides."""

    def run(student, seed):
        rng = np.random.default_rng(seed)
        losses = script([3.0, 2.0, 1.0, 4.0])
        return np.array(outcome_of(student, losses, start, 3, rng, 1.0, case="").points)

    def probe(student):
        first, second, other = (run(student, seed) for seed in (5, 5, 6))
        return [
            "repeats" if same(first, second) else "does not repeat",
            "as another seed" if same(first, other) else "unlike another seed",
            "one draw" if same(first[-1] - first[-2], 0 * first[-1]) else "several draws",
        ]

    return probe


def probe_repeats(start):
    """Return a probe that says how often a point is tried again."""

    def probe(student):
        rng = np.random.default_rng(3)
        points = outcome_of(student, bowl, start, 7, rng, 1.0, case="").points
        again = len(points) - len(np.unique(points, axis=0))
        words = ["no point again", "some again", "as many again", "more again"]
        return [words[np.searchsorted([1, 7, 8], again, side="right")]]

    return probe


random_search.probe(probe_repeats(3))
random_local_search.probe(probe_repeats(np.array([2.0, 1.0])))


@random_local_search.probe
def probe_integers(student):
    """Say whether the steps from integers are rounded."""
    rng, start = np.random.default_rng(1), np.array([3, -2])
    points = np.array(outcome_of(student, bowl, start, 3, rng, 0.5, case="").points)
    return ["whole numbers" if same(points, np.round(points)) else "with decimals"]


@random_local_search.probe
def probe_types(student):
    """Say what loss is given where start holds integers."""
    loss = Typed(bowl, "loss")
    student(loss, np.array([3, -2]), 2, np.random.default_rng(1), 0.5, case="")
    return [loss.kind]


@random_local_search.probe
def probe_number(student):
    """Say whether a number may be the start."""
    outcome = outcome_of(
        student, script(WALK), np.array(2.0), 4, np.random.default_rng(1), 1.0, case=""
    )
    return [f"{len(outcome.points)} calls"]


WALK = [4.0, 5.0, 2.0, 3.0, 1.0, 6.0]
SMALL = [1.0, 0.9999, 0.9998, 1.0, 0.9997, 0.9997]
for losses in (WALK, SMALL, *BROKEN, LOSSES[0][0], LOSSES[3][0]):
    random_search.probe(probe_script(losses, (2, 1), 6))
    random_local_search.probe(probe_script(losses, np.array([[2.0], [1.0]]), 5))
random_search.probe(probe_script(WALK, 3, 1))
random_search.probe(probe_seeds(3))
random_local_search.probe(probe_seeds(np.array([2.0, 1.0])))
random_local_search.probe(probe_script(WALK, np.array([200, -100]), 4, 30.0))
random_local_search.probe(probe_script(WALK, np.array([2.0, -1.0]), 0))
DOWN, UP = [5.0, 4.0, 3.0, 2.0, 1.0], [1.0, 2.0, 3.0, 4.0, 5.0]
for losses in (WALK, UP, DOWN):
    random_search.probe(probe_spread(losses, 3000, 0.05))
    random_local_search.probe(probe_spread(losses, np.ones(3000), 0.05))
for scale in (20.0, None):
    random_search.probe(probe_spread(WALK, 3000, scale))
    random_local_search.probe(probe_spread(WALK, np.ones(3000), scale))
