"""Exercise S5: averages of the iterates, of equal and of fading weights.

Both are weighted sums of the points so far, and are compared with these sums, point by point.
"""

import numpy as np

from optedu.checks.exercise import Exercise
from optedu.checks.families import ROUNDING, as_numbers, same
from optedu.checks.sgd._shared import NOISE, stepped
from optedu.checks.student import CheckFailed, describe

uniform_average = Exercise(
    "sgd",
    "uniform_average",
    "iterates burn_in",
    "Return the mean of the iterates so far, for each of them.",
)
exponential_average = Exercise(
    "sgd",
    "exponential_average",
    "iterates decay",
    "Return the mean of the iterates so far, old ones fading, for each of them.",
)


def averages_of(student, iterates, *option, case):
    """Return the averages that come back, one a row."""
    value = stepped(student, len(iterates) + 5)(iterates, *option, case=case)
    averages = as_numbers(value, case)
    token = f"returns {averages.ndim} axes"
    if averages.shape == iterates.shape[1:]:
        raise CheckFailed(
            f"{case}, your function returns one average.",
            "One after each iterate is asked for: collect them in a list.",
            token,
        )
    if averages.ndim == 1 and iterates.shape[1:] == (1,):
        averages = averages[:, None]
    if averages.ndim != iterates.ndim or averages.shape[1:] != iterates.shape[1:]:
        raise CheckFailed(
            f"{case}, your function returns {describe(value)}.",
            "A list of averages is asked for, each shaped like an iterate.",
            token,
        )
    return averages


def equal_weights(iterates, burn_in=0):
    """Return the mean of each beginning, without the burn-in."""
    return np.array(
        [x if t < burn_in else iterates[burn_in : t + 1].mean(axis=0)
         for t, x in enumerate(iterates)]
    )  # fmt: skip


def fading_weights(iterates, decay=0.99):
    """Return the weighted mean of each beginning: both of its sums by Horner's rule."""
    means, points, weights = [], 0.0, 0.0
    for x in iterates:
        points, weights = decay * points + x, decay * weights + 1
        means.append(points / weights)
    return np.array(means)


def require_averages(student, formula, iterates, *option, case):
    """Compare averages with their sums, and say where they part."""
    iterates = np.array(iterates)
    got = averages_of(student, iterates, *option, case=case)
    want = formula(iterates.astype(float), *option)
    if len(got) != len(want):
        raise CheckFailed(
            f"{case}, your function returns {'fewer' if len(got) < len(want) else 'more'} averages "
            "than there are iterates.",
            "There is one after each iterate, also after the first.",
            token=f"returns {'fewer' if len(got) < len(want) else 'more'}",
        )
    size = np.max(np.abs(want))
    right = np.all(np.abs(got - want) <= ROUNDING * size, axis=1)
    if np.all(right):
        return
    if not np.all(np.isfinite(got)):
        what, hint = "are not finite", "What is divided by what, and can that be zero?"
    elif not np.any(got - got[0]):
        what = "are all the same"
        hint = "If a list holds one array many times over, make a new one each time."
    elif iterates.dtype.kind == "i":
        what, hint = "are wrong", "Does an array of integers round them?"
    elif not right[0]:
        what = "begin wrongly"
        hint = "The first average is the first iterate, coordinate by coordinate."
    else:
        what, hint = "part from the mean of the iterates", "Write down the weights of three points."
    raise CheckFailed(f"{case}, your averages {what}.", hint)


RUN = np.array([4.0, -2.0, 0.5]) + np.cumsum(np.random.RandomState(1).randn(12, 3), axis=0)
LINE = np.array([[8.0], [4.0], [0.0], [2.0]])
FAR = 1e4 + np.random.RandomState(2).randn(40, 2)


@uniform_average.visible
def averages_a_line(student):
    """EXA: four numbers."""
    case = "For iterates = [[8], [4], [0], [2]], burn_in = 0"
    require_averages(student, equal_weights, LINE, 0, case=case)


@uniform_average.visible
def leaves_out_the_start(student):
    """EXA: the same numbers without the first two."""
    case = "For iterates = [[8], [4], [0], [2]], burn_in = 2"
    require_averages(student, equal_weights, LINE, 2, case=case)


@uniform_average.visible
def averages_all_by_default(student):
    """API: burn_in is 0 if it is not given."""
    require_averages(student, equal_weights, LINE, case="For iterates = [[8], [4], [0], [2]] alone")


@uniform_average.hidden
def equals_the_mean(student):
    """EXA: online or at once, the mean is the mean."""
    for burn_in in (0, 1, 5):
        case = "In three dimensions"
        require_averages(student, equal_weights, RUN, burn_in, case=case)


@uniform_average.hidden
def may_still_be_burning_in(student):
    """DEG: a run no longer than the burn-in, and a single iterate."""
    for iterates, burn_in in [(RUN, 12), (RUN, 11), (RUN, 50), (RUN[:1], 0), (RUN[:1], 3)]:
        case = "For a run about as short as the burn-in, or of one iterate"
        require_averages(student, equal_weights, iterates, burn_in, case=case)


@uniform_average.hidden
def keeps_its_digits(student):
    """EXA: far from zero, and from integers."""
    require_averages(student, equal_weights, FAR, 3, case="Far from zero")
    integers = np.array([[1, 2], [4, 4], [2, 7], [0, -9]])
    require_averages(student, equal_weights, integers, 0, case="For integer iterates")


@uniform_average.hidden
def lets_noise_fall_like_one_over_t(student):
    """ENU: the mean square over 64 runs of pure noise is 1/t, exactly."""
    case = "For 64 runs of pure noise"
    squares = np.mean(averages_of(student, NOISE, 0, case=case) ** 2, axis=1)
    if not same(squares, 1 / np.arange(1, 64)):
        raise CheckFailed(
            f"{case}, the variance of your average does not fall like 1/t.",
            "All the iterates must have the same weight.",
        )


@exponential_average.visible
def fades_on_a_line(student):
    """EXA: four numbers."""
    case = "For iterates = [[8], [4], [0], [2]], decay = 0.5"
    require_averages(student, fading_weights, LINE, 0.5, case=case)


@exponential_average.visible
def keeps_what_stands_still(student):
    """DEG: the average of equal points is that point, from the first on."""
    case = "For iterates = [[3], [3], [3]], decay = 0.9"
    require_averages(student, fading_weights, np.full((3, 1), 3.0), 0.9, case=case)


@exponential_average.visible
def forgets_slowly_by_default(student):
    """API: decay is 0.99 if it is not given."""
    case = "For iterates = [[8], [4], [0], [2]] alone"
    require_averages(student, fading_weights, LINE, case=case)


@exponential_average.hidden
def has_fading_weights(student):
    """EXA: in three dimensions, with other decays, and over a long run."""
    for decay in (0.3, 0.9, 0.999):
        case = "In three dimensions"
        require_averages(student, fading_weights, RUN, decay, case=case)
    for n_steps, decay in [(200, 0.99), (1100, 0.5)]:  # 2**1024 is too large for a float
        long = np.cos(np.arange(n_steps))[:, None]
        require_averages(student, fading_weights, long, decay, case="Over a long run")


@exponential_average.hidden
def remembers_nothing_with_decay_zero(student):
    """DEG: decay 0 is the iterate itself; and a single iterate is its own mean."""
    require_averages(student, fading_weights, RUN, 0.0, case="With decay = 0")
    require_averages(student, fading_weights, RUN[:1], 0.9, case="For one iterate")


@exponential_average.hidden
def keeps_its_digits_while_fading(student):
    """EXA: far from zero, and from integers."""
    require_averages(student, fading_weights, FAR, 0.8, case="Far from zero")
    integers = np.array([[1, 2], [4, 4], [2, 7], [0, -9]])
    require_averages(student, fading_weights, integers, 0.5, case="For integer iterates")


@exponential_average.hidden
def moves_with_the_iterates(student):
    """INV: moved and stretched iterates have moved and stretched averages."""
    case = "For iterates, and for the same moved and stretched"
    first = averages_of(student, RUN, 0.7, case=case)
    if not same(averages_of(student, 5.0 - 2 * RUN, 0.7, case=case), 5.0 - 2 * first):
        raise CheckFailed(
            f"{case}, your averages do not follow.", "The weights must sum to 1 at every step."
        )


def probe_averages(iterates, *option):
    """Return a probe that keeps how many averages there are, and some of them."""

    def probe(student):
        averages = averages_of(student, iterates, *option, case="")
        chosen = [0, min(1, len(averages) - 1), len(averages) // 2, -1]
        return [len(averages), *averages[chosen].ravel()]

    return probe


def probe_digits(formula):
    """Return a probe that says whether the digits end early."""

    def probe(student):
        averages, want = averages_of(student, FAR, case=""), formula(FAR)
        return ["all" if same(averages, want) else "some" if same(averages, want, 1e-5) else "none"]

    return probe


INTEGERS = np.array([[1, 2], [4, 4], [2, 7], [0, -9]])
for exercise, options in [
    (uniform_average, [(LINE, 0), (LINE, 2), (LINE,), (RUN, 0), (RUN, 1), (RUN, 5), (RUN, 11),
                       (RUN, 50), (RUN[:1], 0), (FAR / 1e4, 3), (INTEGERS, 0)]),
    (exponential_average, [(LINE, 0.5), (LINE,), (RUN, 0.3), (RUN, 0.9), (RUN, 0.999), (RUN, 0.0),
                           (RUN[:1], 0.9), (FAR / 1e4, 0.8), (INTEGERS, 0.5),
                           (np.full((3, 1), 3.0), 0.9)]),
]:  # fmt: skip
    for iterates, *option in options:
        exercise.probe(probe_averages(iterates, *option))
uniform_average.probe(probe_digits(equal_weights))
exponential_average.probe(probe_digits(fading_weights))
