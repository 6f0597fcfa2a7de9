"""Exercise D4: the measured rate, and the kind of convergence.

The student's function is a tool, judged on sequences whose rate or kind is known by construction
(family MET). One sequence is one check.
"""

import numpy as np

from optedu.checks.exercise import Exercise
from optedu.checks.families import ROUNDING, as_number, same
from optedu.checks.picture import showing
from optedu.checks.student import CheckFailed, describe, quoted

measure_rate = Exercise(
    "descent",
    "measure_rate",
    "errors",
    "Return the factor by which errors shrink, a step, once the run has settled.",
)
classify_convergence = Exercise(
    "descent",
    "classify_convergence",
    "errors",
    'Return "diverging", "sublinear", "linear" or "superlinear".',
)

KINDS = {
    "diverging": "These errors grow, or end in infinity or NaN.",
    "sublinear": "Their ratios creep towards 1: on a plot of log(error) the line flattens.",
    "linear": "Their ratio settles below 1: on a plot of log(error) the line is straight.",
    "superlinear": "Their ratio falls towards 0: on a plot of log(error) the line steepens.",
}


def powers(ratio, length):
    """Return 1, ratio, ratio², ..."""
    return ratio ** np.arange(float(length))


def rounded(errors, floor=1e-12):
    """Let errors end on a floor, which scatters as rounding does."""
    scatter = np.random.RandomState(6).uniform(0.3, 1.0, len(errors))
    return np.where(errors > floor, errors, floor * scatter)


def ended(errors, *end):
    """Append to errors."""
    return np.concatenate([errors, *end])


K = np.arange(1.0, 120.0)
TWO_SPEEDS = powers(0.9, 250) + 100 * powers(0.3, 250)
ON_A_FLOOR = rounded(powers(0.75, 500))
# Ratios of 1/2, 1 and 2 times the rate: log 2 over thirty steps is 4.5 % of log 0.6.
ZIGZAG = powers(0.6, 50) * np.resize([1.0, 2.0, 2.0], 50)
# Ratios of 2 and 1/2 times the rate, by turns, so that their median is not the rate.
SEESAW = powers(0.6, 50) * np.resize([1.0, 2.0], 50)
# Long enough for the slope of log(error) to have settled: in any part between a sixth and a half
# of the run it is at most a tenth steeper than at the end.
TWO_MODES = 0.85 ** np.arange(1.0, 220.0) + 0.1 * 0.9 ** np.arange(1.0, 220.0)
FALLING = powers(0.9, 30)


def require_measured(student, errors, want, rtol, case):
    """Compare rates by their logarithms, which are proportional to the steps a run needs."""
    got = as_number(student(errors, case=case), case)
    if got > 0 and abs(np.log(got) - np.log(want)) <= rtol * abs(np.log(want)):
        return
    if not np.isfinite(got):
        hint = "Your result is not finite. A zero, an infinity or a NaN ends the sequence."
    elif want > 1 >= got:
        hint = "Errors that grow have a rate above 1. Is it cut off, or is a sign lost?"
    elif same(got, 1 / want, rtol):
        hint = "Your result is the inverse: divide the later error by the earlier one."
    elif same(got, want**2, rtol) or same(abs(got), abs(np.log(want)), rtol):
        hint = "The rate is the plain ratio of successive errors: no square, no logarithm."
    elif np.ptp(np.divide(errors[1:], errors[:-1])) < ROUNDING:
        hint = "All parts of this run have the same rate. How do you turn errors into a factor?"
    else:
        hint = (
            "Measure where the run has settled: after the first fast steps, before the floor of "
            "rounding, over many steps."
        )
    last = np.flatnonzero(np.isfinite(errors) & (errors > 0))[-1]
    line = errors[last] * np.abs(got) ** (np.arange(last + 1.0) - last)
    curves = {"the errors": drawn(errors), "your rate": drawn(line if got > 0 else [])}
    with showing("step", "error, logarithmic", curves, log=True):
        raise CheckFailed(f"{case}, the rate is wrong.", hint)


def drawn(errors):
    """Return errors as a curve over the steps."""
    return np.column_stack([np.arange(len(errors)), errors])


def measured(name, errors, want, rtol, case):
    """Return a check of one sequence."""

    def check(student):
        require_measured(student, errors, want, rtol, case)

    check.__name__ = name
    return check


# Without a start, a floor or a zig-zag nothing stands between a sequence and its rate, and 1e-6
# leaves room for any fit. A start that is gone within the window costs less than 2 %, a window
# that touches the floor 3 %, and a zig-zag 4.5 %. Theory gives k ρᵏ a log-ratio of .94 or better.
for register, name, errors, want, rtol, case in [
    (measure_rate.visible, "measures_a_geometric_sequence", 5 * powers(0.8, 60), 0.8, 1e-6,
     "For errors that shrink by one factor, 5, 4, 3.2, 2.56, ..."),
    (measure_rate.visible, "skips_the_start", TWO_SPEEDS, 0.9, 0.02,
     "For errors that fall fast at first and settle later, 0.9**k + 100 * 0.3**k"),
    (measure_rate.hidden, "measures_a_fast_run", 1e-3 * powers(0.5, 30), 0.5, 1e-6,
     "For errors that shrink fast"),
    (measure_rate.hidden, "measures_a_slow_run", powers(0.99, 600), 0.99, 1e-6,
     "For errors that shrink slowly"),
    (measure_rate.hidden, "measures_a_short_run", 1e4 * powers(0.95, 100), 0.95, 1e-6,
     "For a run that does not get far"),
    (measure_rate.hidden, "stops_at_the_floor", ON_A_FLOOR, 0.75, 0.03,
     "For a run that ends on a floor of rounding"),
    (measure_rate.hidden, "stops_at_a_high_floor", 1e6 * ON_A_FLOOR, 0.75, 0.03,
     "For large errors that end on a floor of rounding"),
    (measure_rate.hidden, "skips_the_start_of_small_errors", 1e-5 * TWO_SPEEDS[:220], 0.9, 0.02,
     "For small errors that fall fast at first and settle later"),
    (measure_rate.hidden, "skips_the_start_of_a_short_run",
     powers(0.95, 60) + 5 * powers(0.5, 60), 0.95, 0.02,
     "For a short run that falls fast at first and settles later"),
    *(
        (measure_rate.hidden, f"averages_a_zigzag_{phase}", ZIGZAG[phase:], 0.6, 0.06,
         "For errors that zig-zag on their way down")
        for phase in (1, 2)
    ),
    *(
        (measure_rate.hidden, f"averages_a_seesaw_{phase}", SEESAW[phase:], 0.6, 0.06,
         "For errors that swing up and down on their way down")
        for phase in range(2)
    ),
    (measure_rate.hidden, "bears_a_polynomial_factor", K * 0.8**K, 0.8, 0.15,
     "For errors like k times a power"),
    (measure_rate.hidden, "measures_growth", powers(1.5, 40), 1.5, 1e-6,
     "For errors that grow"),
    *(
        (measure_rate.hidden, f"ends_at_{word}_after_{length}",
         ended(powers(0.7, length), [end] * 5, [1e-5] * 40), 0.7, 1e-6,
         f"For errors that reach {word}, whatever comes after it")
        for end, word, length in [
            (0.0, "zero", 14),
            (0.0, "zero", 50),
            (np.inf, "infinity", 14),
            (np.nan, "NaN", 50),
        ]
    ),
]:  # fmt: skip
    register(measured(name, errors, want, rtol, case))


def classified(errors, want, case):
    """Return a check of one sequence."""

    def check(student):
        value = student(errors, case=case)
        label = value.item() if isinstance(value, np.ndarray) and value.size == 1 else value
        if not isinstance(label, str):
            raise CheckFailed(
                f"{case}, your function returns {describe(value)}.",
                f"One of these words is asked for: {', '.join(KINDS)}.",
                token=f"returns {type(value).__name__}",
            )
        if label == want:
            return
        if label not in KINDS:
            raise CheckFailed(
                f"{case}, your function returns {quoted(label)}.",
                f"One of these words is asked for, spelled like this: {', '.join(KINDS)}.",
                token="returns another word",
            )
        hint = KINDS[want]
        if errors[-1] == 0 and student(np.trim_zeros(errors, "b"), case=case) == want:
            hint = "Without the zeros you get it right. Judge by what comes before them."
        with showing("step", "error, logarithmic", {"the errors": drawn(errors)}, log=True):
            raise CheckFailed(f"{case}, your function says {label!r}.", hint, token=f"says {label}")

    check.__name__ = case
    return check


for register, errors, want, case in [
    (classify_convergence.visible, 0.8**K[:60], "linear", "For errors 0.8**k"),
    (classify_convergence.visible, 1 / K[:60], "sublinear", "For errors 1/k"),
    (classify_convergence.visible, 0.5 ** powers(2, 7), "superlinear", "For errors 0.5**(2**k)"),
    (classify_convergence.visible, 1.3**K[:60], "diverging", "For errors 1.3**k"),
    (classify_convergence.hidden, powers(0.995, 400), "linear",
     "For errors that shrink by one factor close to 1"),
    (classify_convergence.hidden, 1e5 * 0.97**K, "linear",
     "For large errors that shrink by one factor"),
    (classify_convergence.hidden, powers(0.3, 20), "linear",
     "For errors that shrink by one small factor"),
    (classify_convergence.hidden, 1 / K**2, "sublinear", "For errors like 1/k²"),
    (classify_convergence.hidden, 1 / np.sqrt(K), "sublinear", "For errors like 1/√k"),
    (classify_convergence.hidden, 1e-3 / K, "sublinear", "For small errors like 1/k"),
    (classify_convergence.hidden, K * 0.8**K, "linear", "For errors like k times a power"),
    (classify_convergence.hidden, TWO_SPEEDS[:120], "linear",
     "For errors that fall fast at first and settle later"),
    (classify_convergence.hidden, TWO_MODES, "linear",
     "For errors of two modes, of which the slower remains"),
    (classify_convergence.hidden, 0.5 ** powers(1.6, 7), "superlinear",
     "For a short run of order 1.6"),
    (classify_convergence.hidden, 10 * 0.1 ** powers(2, 7), "superlinear",
     "For errors that are squared in every step"),
    (classify_convergence.hidden, powers(1.01, 200), "diverging", "For errors that grow slowly"),
    (classify_convergence.hidden, K, "diverging", "For errors that grow in proportion to the step"),
    (classify_convergence.hidden, ended(FALLING, [np.inf]), "diverging",
     "For errors that fall and then jump to infinity"),
    (classify_convergence.hidden, ended(FALLING, [np.nan] * 3), "diverging",
     "For errors that fall and then become NaN"),
    (classify_convergence.hidden, ended(FALLING, FALLING[-1] * powers(1.05, 30)), "diverging",
     "For errors that fall and then grow"),
    (classify_convergence.hidden, ended(powers(0.5, 40), np.zeros(10)), "linear",
     "For errors that end in zeros"),
    (classify_convergence.hidden, ended(0.5 ** powers(2, 8), np.zeros(4)), "superlinear",
     "For errors that fall faster and faster and end in zeros"),
]:  # fmt: skip
    register(classified(errors, want, case))


def probe_rate(errors):
    """Return a probe that keeps the rate."""
    return lambda student: [as_number(student(errors, case=""), "")]


def probe_speed(errors, want):
    """Return a probe that says whether the rate is too slow or too fast, whatever its digits."""

    def probe(student):
        got = as_number(student(errors, case=""), "")
        steps = np.log(got) / np.log(want) if got > 0 else np.nan
        if not np.isfinite(steps):
            return ["no rate"]
        # Bounds between growing, standing still, too slow, right and too fast: numbers, because
        # words count as rare evidence, and being too slow is not rare.
        return [np.searchsorted([-0.02, 0.02, 0.94, 1.06], steps)]

    return probe


for errors in [
    5 * powers(0.8, 60),
    TWO_SPEEDS,
    powers(1.5, 40),
    powers(0.7, 12),
    ended(powers(0.7, 12), np.zeros(6)),
    ended(powers(0.7, 12), [np.inf] * 6),
    ended(powers(0.7, 12), [np.nan] * 6),
    ended(powers(0.7, 12), [0.0], [1e-3] * 20),
    ended([1e4], SEESAW[:20]),
    ended([1e4], ZIGZAG[:20]),
]:
    measure_rate.probe(probe_rate(errors))

for errors, want in [
    (TWO_SPEEDS, 0.9),
    (ON_A_FLOOR, 0.75),
    (1e6 * ON_A_FLOOR[:200], 0.75),
    (ZIGZAG, 0.6),
    (K * 0.8**K, 0.8),
    (powers(0.9, 40), 0.9),
    (powers(0.95, 60) + 5 * powers(0.5, 60), 0.95),
    (ZIGZAG[1:], 0.6),
    (ZIGZAG[2:], 0.6),
    (SEESAW, 0.6),
]:
    measure_rate.probe(probe_speed(errors, want))


def probe_label(errors, want=None):
    """Return a probe that keeps the label, or whether it is the one wanted."""

    def probe(student):
        value = student(np.array(errors), case="")
        label = value if isinstance(value, str) else type(value).__name__
        return [label if want is None else "right" if label == want else "wrong"]

    return probe


for errors in [
    0.8**K,
    0.995**K,
    powers(0.3, 20),
    1 / K,
    1 / K[:60],
    1 / K**2,
    1 / np.sqrt(K),
    0.5 ** powers(2, 7),
    0.5 ** powers(1.6, 7),
    10 * 0.1 ** powers(2, 7),
    K * 0.8**K,
    TWO_MODES,
    TWO_SPEEDS[:120],
]:
    classify_convergence.probe(probe_label(errors))

for errors, want in [
    (ended(powers(0.5, 40), np.zeros(10)), "linear"),
    (ended(0.5 ** powers(2, 8), np.zeros(4)), "superlinear"),
    (1.3**K, "diverging"),
    (1.01**K, "diverging"),
    (1e-6 * 1.02**K, "diverging"),
    (ended(FALLING, [np.inf]), "diverging"),
    (ended(FALLING, [np.nan] * 3), "diverging"),
    (ended(FALLING, FALLING[-1] * powers(1.05, 30)), "diverging"),
]:
    classify_convergence.probe(probe_label(errors, want))


@classify_convergence.probe
def probe_last_ratio(student):
    """Say whether the last ratio alone decides, be it the same all the time or not."""
    labels = []
    for last, before in [(0.98, 1 - 1 / np.arange(2.0, 50)), (0.05, np.geomspace(0.9, 0.07, 12))]:
        for ratios in (np.full(len(before), last), before):
            errors = np.cumprod([1.0, *ratios, last])
            labels.append(str(student(errors, case="")))
    slow, creeping, fast, falling = labels
    alone = slow == creeping != fast == falling
    return ["by the last ratio" if alone else "by more"]
