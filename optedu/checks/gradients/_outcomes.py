"""What the searches of exercise G6 return and have tried, and whether it is the best of it."""

from typing import NamedTuple

import numpy as np

from optedu.checks.families import ROUNDING, as_number, as_numbers, same
from optedu.checks.student import CheckFailed, Counted, describe, number_of

CENTER = np.array([0.5, -1.0, 0.25])
NAN = np.nan

# A NaN at first, later, and at last.
BROKEN = ([NAN, NAN, 3.0, 4.0, NAN, 2.0], [3.0, 2.0, NAN, 5.0, 1.0, NAN])

LOSSES = [
    ([-5.0, -7.0, -6.0, -9.0, -8.0, -1.0], "Where the losses are negative"),
    ([3e30, 2e30, 4e30, 2e29, 5e30, 1e30], "Where the losses are huge"),
    ([3e-30, 2e-30, 4e-30, 2e-31, 5e-30, 1e-30], "Where the losses are tiny"),
    ([6.0, 5.0, 4.0, 3.0, 2.0, 1.0], "Where every loss is lower than the one before"),
    ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], "Where the first loss is the lowest"),
    ([2.5] * 6, "Where all losses are the same"),
    ([5.0] * 40 + [1.0], "Where only the last of 41 losses is lower"),
]


def bowl(x):
    """Return the squared distance to a center, whatever the shape."""
    return float(np.sum((x - np.resize(CENTER, x.shape)) ** 2))


def slope(x):
    """Return a loss that falls without an end, by little in each of many coordinates."""
    return float(-np.sum(x))


def script(values):
    """Return a loss that is one of `values` after the other, wherever it is asked for."""
    rest = iter(values)
    return lambda x: next(rest, values[-1])


class Outcome(NamedTuple):
    """What came back, and what was tried."""

    params: np.ndarray
    loss: float
    history: np.ndarray
    points: list
    values: np.ndarray


def outcome_of(student, loss, start, n, *rest, case):
    """Return what the search returns and what it has tried; `start` may be a shape."""
    values = []

    def recorded(x):
        values.append(float(loss(x)))
        return values[-1]

    counted = Counted(recorded, "loss", 1000)
    value = student(counted, start, n, *rest, case=case)
    if not isinstance(value, tuple | list) or len(value) != 3:
        raise CheckFailed(
            f"{case}, your function returns {describe(value)}.",
            "Three things are asked for: the best point, its loss, and the history.",
            token=f"returns {type(value).__name__}",
        )
    shape = start.shape if isinstance(start, np.ndarray) else np.empty(start).shape
    if value[0] is None:
        raise CheckFailed(
            f"{case}, the first thing you return is None, and no point.",
            "No loss counted as better. Which number do you begin with? Only np.inf is above all.",
            token="returns no point",
        )
    params = as_numbers(value[0], case)
    if params.shape != shape:
        raise CheckFailed(
            f"{case}, the first thing you return is {describe(value[0])}.",
            f"The best point comes first, here of shape {shape}.",
            token=f"returns point of shape {params.shape}",
        )
    entries = value[2] if isinstance(value[2], tuple | list) else ()
    nested = any(isinstance(entry, tuple | list) for entry in entries)  # perhaps in itself
    history = np.empty((0, 0)) if nested else as_numbers(value[2], case)
    if history.ndim != 1:
        raise CheckFailed(
            f"{case}, the third thing you return is "
            f"{'a list of lists' if nested else describe(value[2])}.",
            "The history is a list of numbers, the least loss after each call.",
            token=f"returns history of shape {history.shape}",
        )
    return Outcome(params, as_number(value[1], case), history, counted.points, np.array(values))


def lowest_so_far(values):
    """Return the least value up to each; NaN counts as infinite."""
    return np.minimum.accumulate(np.where(np.isnan(values), np.inf, values))


def require_best(outcome, n_calls, case):
    """Ask whether the budget was kept, and the best of what was tried came back."""
    require_calls(len(outcome.points), n_calls, case)
    history, lowest = outcome.history, lowest_so_far(outcome.values)
    if len(history) != n_calls:
        raise CheckFailed(
            f"{case}, your history has {number_of(history, 'entry', 'entries')}.",
            "It has one for each call of loss, whether the point was better or not.",
            token="another length",
        )
    # While no loss is a number, there is none to put down.
    right = np.abs(history - lowest) <= ROUNDING * np.abs(lowest)
    right |= np.isinf(lowest) & ~np.isfinite(history)
    if not np.all(right):
        if same(history, outcome.values):
            hint = "It holds the losses as they come; the least loss so far never rises."
        elif same(history, lowest, 1e-4):
            hint = "It is right to a few digits only. Is it rounded, or kept as float32?"
        else:
            hint = "Its entries are the least loss so far, from the first call to the last."
        raise CheckFailed(f"{case}, your history is wrong.", hint)
    if not same(outcome.loss, lowest[-1]):
        raise CheckFailed(
            f"{case}, the loss that you return is not the least that was found.",
            "A better point came earlier. Keep it, and its loss.",
        )
    tried = zip(outcome.points, outcome.values, strict=True)
    if not any(value == lowest[-1] and same(outcome.params, point) for point, value in tried):
        raise CheckFailed(
            f"{case}, the point that you return does not have the loss that you return.",
            "Has the best point been changed since, in place? Or is it another one?",
        )


def require_calls(calls, n_calls, case):
    """Ask whether loss was called as often as it must be."""
    if calls != n_calls:
        raise CheckFailed(
            f"{case}, you call loss too {'often' if calls > n_calls else 'seldom'}.",
            "Once for each point: keep its value in a variable."
            if calls > n_calls
            else "Is there a point that is never tried?",
            token="calls too often" if calls > n_calls else "calls too seldom",
        )


def require_normal(numbers, case, hint):
    """Ask whether numbers look like draws of the standard normal distribution (family STA).

    The mean of N draws has the standard error sqrt(1/N), their mean square sqrt(2/N) and their
    mean size sqrt((1 - 2/π)/N); six of them are allowed.
    """
    numbers = np.ravel(numbers)
    if numbers.size == 0:
        raise CheckFailed(f"{case}, no point is tried.", "Is loss called in the loop?")
    off = [
        np.mean(numbers),
        (np.mean(numbers**2) - 1) / np.sqrt(2),
        (np.mean(np.abs(numbers)) - np.sqrt(2 / np.pi)) / np.sqrt(1 - 2 / np.pi),
    ]
    if not np.all(np.abs(off) <= 6 / np.sqrt(len(numbers))):
        raise CheckFailed(f"{case}, your points are not spread as they should be.", hint)


def require_same_when_repeated(student, loss, start, n, scale, case):
    """Ask whether the generator, and it alone, decides what is tried."""
    first, second, other = (
        outcome_of(student, loss, start, n, np.random.default_rng(seed), scale, case=case)
        for seed in (5, 5, 6)
    )
    if not same(np.array(first.points), np.array(second.points)):
        raise CheckFailed(
            f"{case}, two generators with the same seed lead to two different runs.",
            "Draw from rng, not from np.random, and from nothing that is left over.",
        )
    if same(np.array(first.points), np.array(other.points)):
        raise CheckFailed(
            f"{case}, two generators with different seeds lead to the same run.",
            "Draw from the rng that you are given.",
        )
