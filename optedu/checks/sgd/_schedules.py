"""Exercise S4: schedules, functions of the update number, which is 1 for the first update.

Each has a closed form in k = step - 1, the number of updates already made. They take one number
or an array of them, and are checked at their corners and over a whole run.
"""

import numpy as np

from optedu.checks.exercise import Exercise
from optedu.checks.families import ROUNDING, as_numbers
from optedu.checks.picture import showing
from optedu.checks.student import CheckFailed, Counted, OutOfBudget, describe

step_decay = Exercise(
    "sgd",
    "step_decay",
    "step learning_rate every factor",
    "Return learning_rate * factor**floor(k / every).",
)
inverse_power = Exercise(
    "sgd",
    "inverse_power",
    "step learning_rate scale power",
    "Return learning_rate / (1 + k / scale)**power.",
)
cosine = Exercise(
    "sgd",
    "cosine",
    "step learning_rate n_steps final",
    "Return half a cosine from learning_rate to final, and final from then on.",
)
warmup = Exercise(
    "sgd",
    "warmup",
    "step schedule n_steps",
    "Return a line up to schedule(1), and then the schedule from its start.",
)

ALL = np.arange(1, 41)


def rates_of(student, steps, *args, case):
    """Return the learning rates that come back, shaped like the steps."""
    value = student(steps, *args, case=case)
    rates = as_numbers(value, case)
    if rates.shape != np.shape(steps) and not (np.ndim(steps) == 0 and rates.size == 1):
        raise CheckFailed(
            f"{case}, your function returns {describe(value)}.",
            "One learning rate is asked for, or one for each step if step is an array.",
            token=f"returns {rates.ndim} axes",
        )
    integers = np.asarray(value).dtype.kind in "iu"
    return rates.reshape(np.shape(steps)).astype(int if integers else float)


def require_rates(student, formula, steps, *args, size=0.0, case):
    """Compare learning rates with a formula, and say where they part.

    The tolerance is relative to each rate, or to `size` where a rate may be zero.
    """
    steps = np.array(steps) if np.ndim(steps) else steps
    got = rates_of(student, steps, *args, case=case)
    want = formula(np.asarray(steps, dtype=float) - 1, *args)
    right = np.abs(got - want) <= ROUNDING * np.maximum(np.abs(want), size)
    if np.all(right):
        return
    curves = {"a right schedule": want, "your schedule": got}
    drawn = {name: np.column_stack([np.ravel(steps), np.ravel(r)]) for name, r in curves.items()}
    with showing("step", "learning rate", drawn):
        _blame(np.ravel(steps), np.ravel(got), np.ravel(want), np.ravel(right), case)


def require_floats(got, want, case):
    """Say so if the learning rates are integers and should not be."""
    if got.dtype.kind == "i" and np.any(want % 1 != 0):
        raise CheckFailed(
            f"{case}, your learning rates are integers.",
            "An array made like step, by np.empty_like or np.zeros_like, cuts what it is given to "
            "integers. Make it of floats.",
            token="returns integers",
        )


def _blame(steps, got, want, right, case):
    require_floats(got, want, case)
    first = np.argmin(right)
    if not np.all(np.isfinite(got)):
        what, hint = "is not finite", "What is divided by what, and can that be zero?"
    elif steps[first] == 1:
        what, hint = "is wrong in the first update", "There k = step - 1 = 0."
    elif got[first] > want[first]:
        what, hint = "is too large somewhere", "Put a few steps into the formula by hand."
    else:
        what, hint = "is too small somewhere", "Put a few steps into the formula by hand."
    raise CheckFailed(f"{case}, your learning rate {what}.", hint)


def stairs(k, learning_rate, every, factor=0.1):
    """Return the steps, counted drop by drop."""
    drops = sum((k >= every * n).astype(float) for n in range(1, int(np.max(k) / every) + 1))
    return learning_rate * factor**drops


def power_law(k, learning_rate, scale=1.0, power=1.0):
    """Return the power law, by logarithms."""
    return learning_rate * np.exp(-power * np.log((scale + k) / scale))


def half_wave(k, learning_rate, n_steps, final=0.0):
    """Return the half wave, as a squared cosine of half the angle."""
    fraction = np.minimum(k, n_steps) / n_steps
    return final + (learning_rate - final) * np.cos(np.pi / 2 * fraction) ** 2


@step_decay.visible
def drops_at_regular_times(student):
    """EXA: two drops."""
    case = "For step = [1, 2, 3, 4, 5], learning_rate = 8.0, every = 2, factor = 0.5"
    require_rates(student, stairs, [1, 2, 3, 4, 5], 8.0, 2, 0.5, case=case)


@step_decay.visible
def divides_by_ten_by_default(student):
    """API: the factor has a default."""
    require_rates(student, stairs, [1, 10, 11], 1.0, 10, case="With the default factor, every = 10")


@step_decay.hidden
def drops_exactly_at_the_boundary(student):
    """EXA: update `every` is the last before the drop, `every` + 1 the first after it."""
    for every in (1, 3, 7, 40):
        for factor in (0.1, 0.5, 0.9):
            case = "Over 40 updates, with other hyper-parameters"
            require_rates(student, stairs, ALL, 0.3, every, factor, case=case)
    # In floats 49 * (1 / 49) is less than 1.
    require_rates(student, stairs, [49, 50, 51], 0.3, 49, 0.5, case="With every = 49")


@step_decay.hidden
def takes_one_step(student):
    """API: a number as step."""
    for step in (1, 4, 5, 13):
        require_rates(student, stairs, step, 0.2, 4, 0.3, case="For a number as step")


@step_decay.hidden
def takes_steps_in_any_order(student):
    """API: the learning rate depends on the update alone."""
    steps = np.array([[9, 1, 4], [30, 2, 9]])
    require_rates(student, stairs, steps, 0.2, 4, 0.3, case="For steps in any order, in a table")


@step_decay.hidden
def may_stay_as_it_is(student):
    """DEG: a factor of 1, and no drop yet; an integer as learning rate."""
    require_rates(student, stairs, ALL, 2, 5, 0.5, case="With learning_rate = 2, an integer")
    require_rates(student, stairs, ALL, 0.7, 5, 1.0, case="With factor = 1")
    require_rates(student, stairs, ALL, 0.7, 1000, 0.1, case="Before the first drop")


@inverse_power.visible
def divides_by_the_step(student):
    """EXA: with the defaults it is learning_rate / step."""
    case = "For step = [1, 2, 4], learning_rate = 1.0 and the default scale and power"
    require_rates(student, power_law, [1, 2, 4], 1.0, case=case)


@inverse_power.visible
def divides_by_a_root(student):
    """EXA: an inverse root that has halved when k is three times the scale."""
    case = "For step = [1, 31], learning_rate = 0.4, scale = 10, power = 0.5"
    require_rates(student, power_law, [1, 31], 0.4, 10, 0.5, case=case)


@inverse_power.hidden
def follows_its_scale_and_power(student):
    """EXA: over a run, with other hyper-parameters."""
    for scale, power in [(1, 1), (5, 0.5), (0.5, 0.75), (100, 2.0), (7.5, 1.0), (3, 0.6)]:
        case = "Over 40 updates, with other hyper-parameters"
        require_rates(student, power_law, ALL, 0.3, scale, power, case=case)


@inverse_power.hidden
def takes_one_step_of_a_power_law(student):
    """API: a number as step."""
    for step in (1, 2, 50):
        require_rates(student, power_law, step, 0.2, 4.0, 0.5, case="For a number as step")


@inverse_power.hidden
def goes_far_enough_and_comes_to_rest(student):
    """STA: with power 1 the sum grows like a logarithm, that of the squares does not grow."""
    case = "Over 10000 updates with power = 1"
    rates = rates_of(student, np.arange(1, 10_001), 0.5, 2.0, 1.0, case=case)
    doubled = np.sum(rates[5_000:]), np.sum(rates[5_000:] ** 2)
    # From n to 2n the sum grows by learning_rate scale log(2), up to 1/n.
    if not (abs(doubled[0] - np.log(2)) < 1e-3 and doubled[1] < 1e-3):
        raise CheckFailed(
            f"{case}, the sum of your learning rates does not grow like a logarithm.",
            "The rates fall like 1 / k in the end: no faster, and no slower.",
        )


@inverse_power.hidden
def stays_constant_with_power_zero(student):
    """DEG: power 0 is a constant rate; integers as arguments; steps in any order."""
    require_rates(student, power_law, ALL, 0.7, 3.0, 0.0, case="With power = 0")
    require_rates(student, power_law, ALL, 2, 3, 1, case="With learning_rate = 2, an integer")
    steps = np.array([[9, 1, 4], [30, 2, 9]])
    require_rates(student, power_law, steps, 0.2, 4.0, 1.0, case="For steps in a table")


@cosine.visible
def falls_from_one_end_to_the_other(student):
    """EXA: both ends and the middle."""
    case = "For step = [1, 5, 9], learning_rate = 1.0, n_steps = 8, final = 0.2"
    require_rates(student, half_wave, [1, 5, 9], 1.0, 8, 0.2, size=1.0, case=case)


@cosine.visible
def falls_to_zero_by_default(student):
    """API: final is 0 if it is not given."""
    case = "For step = [1, 3, 5], learning_rate = 2.0, n_steps = 4, and the default final"
    require_rates(student, half_wave, [1, 3, 5], 2.0, 4, size=2.0, case=case)


@cosine.hidden
def follows_the_wave(student):
    """EXA: over a run."""
    for n_steps, final in [(39, 0.0), (25, 0.01), (10, 0.3), (80, 0.05)]:
        case = "Over 40 updates, with other hyper-parameters"
        require_rates(student, half_wave, ALL, 0.3, n_steps, final, size=0.3, case=case)


@cosine.hidden
def stays_at_its_end(student):
    """DEG: afterwards nothing rises again."""
    for steps in ([9, 10, 12, 17, 18, 100], [9], [13]):
        case = "Long after n_steps updates"
        require_rates(student, half_wave, steps, 0.5, 8, 0.1, size=0.5, case=case)


@cosine.hidden
def takes_one_step_of_a_wave(student):
    """API: a number as step."""
    for step in (1, 3, 7, 13, 40):
        case = "For a number as step"
        require_rates(student, half_wave, step, 0.2, 12, 0.05, size=0.2, case=case)


@cosine.hidden
def falls_in_one_update(student):
    """DEG: n_steps = 1; an integer; steps in a table; a final rate like the first one."""
    require_rates(student, half_wave, [1, 2, 3], 0.4, 1, 0.1, size=0.4, case="With n_steps = 1")
    case = "With learning_rate = 2, an integer"
    require_rates(student, half_wave, ALL, 2, 30, 1, size=2.0, case=case)
    steps = np.array([[9, 1, 4], [30, 2, 9]])
    case = "For steps in a table"
    require_rates(student, half_wave, steps, 0.2, 12, 0.1, size=0.2, case=case)
    case = "With final = learning_rate"
    require_rates(student, half_wave, ALL, 0.1, 20, 0.1, size=0.1, case=case)


class Scheduled(Counted):
    """A schedule handed to the student; it refuses what is no number of an update."""

    def __init__(self, formula):
        super().__init__(formula, "schedule", 500)

    def __call__(self, *args):
        """Return the learning rate of each update asked for."""
        if len(self.points) >= self.budget:
            raise OutOfBudget
        self.points.append(args)
        if len(args) != 1:
            raise TypeError(f"schedule takes one argument, the step; it got {len(args)}")
        try:
            steps = np.array(args[0], dtype=float)
        except (TypeError, ValueError):
            raise TypeError(f"schedule takes a step; it got {describe(args[0])}") from None
        if not np.all((steps >= 1) & (steps == np.floor(steps))):
            raise ValueError("schedule is asked for a step that is no whole number from 1 on")
        rates = np.asarray(self.function(steps))
        return rates.item() if rates.ndim == 0 else rates


def falling(steps):
    """Return a schedule that falls at once."""
    return 0.6 / (1 + steps / 5)


def waving(steps):
    """Return a schedule that goes up and down."""
    return 0.5 + 0.3 * np.sin(steps)


def rising(steps):
    """Return a schedule that rises faster than any climb to its start."""
    return 0.1 + 0.1 * steps


def whole(steps):
    """Return a schedule of integers."""
    return 4 + 2 * steps.astype(int)


def flat(steps):
    """Return a constant schedule."""
    return 0.4 + 0 * steps


def require_warmup(student, schedule, steps, n_steps, case):
    """Compare with the line and the schedule behind it."""
    steps = np.array(steps) if np.ndim(steps) else steps
    got = rates_of(student, steps, Scheduled(schedule), n_steps, case=case)
    number = np.asarray(steps, dtype=float)
    line = schedule(np.float64(1)) * number / (n_steps + 1)
    want = np.where(number <= n_steps, line, schedule(np.maximum(number - n_steps, 1)))
    if np.all(np.abs(got - want) <= ROUNDING * want):
        return
    curves = {"a right schedule": want, "your schedule": got}
    drawn = {name: np.column_stack([np.ravel(steps), np.ravel(r)]) for name, r in curves.items()}
    right = np.ravel(np.abs(got - want) <= ROUNDING * want)
    climbing = np.ravel(number <= n_steps)
    require_floats(got, want, case)
    if not np.all(np.isfinite(got)):
        what, hint = "is not finite", "What is divided by what, and can that be zero?"
    elif np.all(right[climbing]):
        what = "is wrong after the climb"
        hint = "Update n_steps + 1 is the schedule's own update 1."
    else:
        what = "is wrong during the climb"
        hint = "It goes along a line which reaches schedule(1) in update n_steps + 1."
    with showing("step", "learning rate", drawn):
        raise CheckFailed(f"{case}, your learning rate {what}.", hint)


@warmup.visible
def climbs_along_a_line(student):
    """EXA: four updates of climb before a constant rate."""
    case = "For step = [1, 2, 3, 4, 5, 6], n_steps = 4, and a schedule that is always 0.4"
    require_warmup(student, flat, [1, 2, 3, 4, 5, 6], 4, case)


@warmup.visible
def climbs_one_step_at_a_time(student):
    """API: a number as step."""
    case = "For step = 2, n_steps = 4, and a schedule that is always 0.4"
    require_warmup(student, flat, 2, 4, case)


@warmup.hidden
def starts_the_schedule_afterwards(student):
    """EXA: the schedule begins with its own update 1, where the line ends."""
    for schedule in (falling, rising, waving):
        for n_steps in (1, 5, 12):
            case = "Before a schedule that is not constant"
            require_warmup(student, schedule, ALL[:20], n_steps, case)


@warmup.hidden
def takes_numbers_around_the_junction(student):
    """API: numbers as steps, just before and after the junction."""
    for step in (1, 5, 6, 7, 20):
        case = "For a number as step, near the end of the climb or not"
        require_warmup(student, falling, step, 5, case)


@warmup.hidden
def climbs_without_end(student):
    """DEG: a run that ends during the climb."""
    require_warmup(student, falling, ALL, 60, "In a run that ends during the climb")


@warmup.hidden
def needs_no_climb(student):
    """DEG: n_steps = 0 is the schedule."""
    require_warmup(student, waving, ALL[:10], 0, "With n_steps = 0")
    require_warmup(student, waving, 3, 0, "With n_steps = 0 and a number as step")


@warmup.hidden
def takes_steps_in_a_table(student):
    """API: steps in any order."""
    steps = [[9, 1, 4], [30, 2, 5]]
    require_warmup(student, falling, steps, 4, "For steps in any order, in a table")
    require_warmup(student, whole, steps, 4, "Before a schedule that returns integers")


def probe_rates(steps, *args):
    """Return a probe that keeps learning rates."""
    steps = np.array(steps) if np.ndim(steps) else steps

    def probe(student):
        rates = as_numbers(student(steps, *args, case=""), "")
        return [rates.ndim if np.ndim(steps) else "", *rates.ravel()[:8]]

    return probe


TABLE = [[9, 1, 4], [30, 2, 5]]
for steps, *args in [
    ([1, 2, 3, 4, 5], 8.0, 2, 0.5),
    ([1, 9, 10, 11, 12, 21], 2.0, 10),
    ([1, 2, 3, 4], 0.7, 1, 0.6),
    ([7, 8, 9, 22, 30], 0.3, 7, 0.9),
    ([1, 3, 6, 9], 0.3, 5, 1.0),
    (1, 0.9, 4, 0.3),
    (4, 0.9, 4, 0.3),
    (14, 0.9, 4, 0.3),
    (TABLE, 0.9, 4, 0.3),
    ([1, 2, 50], 0.7, 1000, 0.1),
]:
    step_decay.probe(probe_rates(steps, *args))

for steps, *args in [
    ([1, 2, 4, 9], 1.5),
    ([1, 31, 40], 0.4, 10, 0.5),
    ([1, 2, 20], 0.3, 5.0, 1.0),
    ([1, 2, 20], 0.3, 0.5, 0.75),
    ([1, 8, 99], 0.6, 100, 2.0),
    ([1, 3, 9], 0.6, 3, 0.0),
    (1, 0.9, 4.0, 0.5),
    (13, 0.9, 4.0, 0.5),
    (TABLE, 0.9, 4.0, 1.0),
    ([1, 1000], 2.0, 3.0, 1.0),
]:
    inverse_power.probe(probe_rates(steps, *args))

for steps, *args in [
    ([1, 5, 9], 1.5, 8, 0.2),
    ([1, 2, 3, 4, 5], 2.0, 4),
    ([1, 7, 20, 40], 0.7, 39, 0.05),
    ([1, 6, 13, 26], 0.7, 25, 0.01),
    ([9, 10, 12, 17, 18, 40], 0.5, 8, 0.1),
    ([1, 2, 3], 0.4, 1, 0.1),
    ([1, 3, 9, 21, 25], 0.2, 20, 0.15),
    (1, 0.9, 12, 0.05),
    (8, 0.9, 12, 0.05),
    (13, 0.9, 12, 0.05),
    (19, 0.9, 12, 0.05),
    (TABLE, 0.9, 12, 0.1),
]:
    cosine.probe(probe_rates(steps, *args))


def probe_climb(schedule, steps, n_steps):
    """Return a probe that keeps learning rates."""
    steps = np.array(steps) if np.ndim(steps) else steps

    def probe(student):
        rates = as_numbers(student(steps, Scheduled(schedule), n_steps, case=""), "")
        return [rates.ndim if np.ndim(steps) else "", *rates.ravel()[:8]]

    return probe


for schedule, steps, n_steps in [
    (flat, [1, 2, 3, 4, 5, 6], 4),
    (falling, [1, 2, 5], 6),
    (falling, [6, 7, 8, 20], 6),
    (waving, [1, 3, 5, 6, 7, 8], 5),
    (waving, [1, 2, 3, 9], 1),
    (falling, 2, 5),
    (falling, 5, 5),
    (falling, 6, 5),
    (waving, 11, 5),
    (rising, [1, 2, 3, 9], 2),
    (waving, [1, 2, 7], 0),
    (waving, 3, 0),
    (waving, TABLE, 4),
    (falling, [1, 20, 40], 60),
]:
    warmup.probe(probe_climb(schedule, steps, n_steps))
