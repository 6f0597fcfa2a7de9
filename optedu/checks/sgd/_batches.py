"""Exercise S1: one epoch of minibatches.

Every order is right that the generator may draw, so the checks ask for what all of them share:
each example comes once, the sizes, and that the order follows the generator.
"""

import numpy as np

from optedu.checks.exercise import Exercise
from optedu.checks.families import as_numbers
from optedu.checks.sgd._shared import stepped
from optedu.checks.student import CheckFailed, describe

minibatches = Exercise(
    "sgd",
    "minibatches",
    "n_examples batch_size rng drop_last",
    "Deal all indices into minibatches, in random order.",
)


def rng(seed):
    """Return a fresh generator."""
    return np.random.default_rng(seed)


def items_of(student, *args, most, case):
    """Return what comes back as a list."""
    value = stepped(student, most)(*args, case=case)
    if value is None:
        raise CheckFailed(
            f"{case}, your function returns nothing.",
            "Yield each minibatch, or collect them in a list and return it.",
            token="returns None",
        )
    try:
        return list(value)
    except TypeError:
        raise CheckFailed(
            f"{case}, your function returns {describe(value)}, and minibatches are asked for.",
            "Yield them one by one, or return a list of them.",
            token=f"returns {type(value).__name__}",
        ) from None


def require_arrays_of_their_own(arrays, n_examples, case):
    """Say what is wrong if one array is handed out again and again, with other contents."""
    arrays = [array for array in arrays if isinstance(array, np.ndarray)]
    if len({id(array) for array in arrays}) < len(arrays) and sum(map(len, arrays)) <= n_examples:
        raise CheckFailed(
            f"{case}, your minibatches are one and the same array, which changes in place.",
            "Yield a new array each time, such as a slice of the shuffled row.",
            token="returns one array",
        )


def read(student, n_examples, batch_size, generator, *drop_last, case):
    """Return the minibatches as arrays of integers."""
    args = (n_examples, batch_size, generator, *drop_last)
    items = items_of(student, *args, most=n_examples + 5, case=case)
    batches = []
    for item in items:
        numbers = as_numbers(item, case)
        if numbers.ndim != 1:
            raise CheckFailed(
                f"{case}, a minibatch is not a one-dimensional array of indices.",
                "Yield order[start : start + batch_size], a slice of the shuffled indices.",
                token=f"returns {numbers.ndim} axes",
            )
        if not numbers.size:
            raise CheckFailed(
                f"{case}, one of your minibatches is empty.",
                "Where does your loop end if batch_size divides n_examples, and where if not?",
                token="returns an empty minibatch",
            )
        if np.asarray(item).dtype.kind not in "iu":
            raise CheckFailed(
                f"{case}, your indices are not integers.",
                "X[indices] needs integers.",
                token="returns floats",
            )
        batches.append(numbers.astype(int))
    require_arrays_of_their_own(items, n_examples, case)
    return batches


def strung(batches):
    """Return all indices in the order in which they come."""
    return np.concatenate([np.array([], dtype=int), *batches])


def sizes_of(batches):
    """Return the sizes, the largest first: the short one may stand anywhere."""
    return sorted(map(len, batches), reverse=True)


def require_epoch(batches, n_examples, batch_size, case):
    """Say what is wrong unless each index comes once, in minibatches of the right sizes."""
    require_once(strung(batches), n_examples, case)
    full, rest = divmod(n_examples, batch_size)
    require_sizes(batches, [batch_size] * full + [rest] * (rest > 0), case)


def require_once(indices, n_examples, case):
    """Say what is wrong unless each index comes once."""
    if np.array_equal(np.sort(indices), np.arange(n_examples)):
        return
    if np.any((indices < 0) | (indices >= n_examples)):
        hint = "An index below 0 or above n_examples - 1 is no example."
    elif len(np.unique(indices)) < len(indices):
        hint = "Some come more than once. Shuffle all indices once, and cut the row into pieces."
    else:
        hint = "Some are missing. Does your last minibatch reach the end?"
    raise CheckFailed(f"{case}, not every index comes exactly once.", hint)


def require_sizes(batches, sizes, case):
    """Say what is wrong unless the minibatches have these sizes."""
    if sizes_of(batches) != sizes:
        raise CheckFailed(
            f"{case}, your minibatches do not have the right sizes.",
            "All have batch_size examples, but one may be left with fewer.",
        )


@minibatches.visible
def deals_each_index_once(student):
    """API: an epoch is all of the data."""
    case = "With n_examples = 12, batch_size = 4, one epoch"
    require_epoch(read(student, 12, 4, rng(0), case=case), 12, 4, case)


@minibatches.visible
def shuffles(student):
    """API: the order is random."""
    case = "With n_examples = 40, batch_size = 8, one epoch"
    indices = strung(read(student, 40, 8, rng(1), case=case))
    if any(np.array_equal(row, np.arange(len(row))) for row in (indices, indices[::-1])):
        raise CheckFailed(
            f"{case}, nothing is shuffled.", "Shuffle the indices with rng.permutation."
        )


@minibatches.hidden
def deals_what_is_left(student):
    """DEG: where batch_size does not divide n_examples, one minibatch is short."""
    for n_examples, batch_size in [(10, 3), (7, 2), (5, 4), (11, 4)]:
        case = "Where batch_size does not divide n_examples"
        batches = read(student, n_examples, batch_size, rng(2), case=case)
        require_epoch(batches, n_examples, batch_size, case)


@minibatches.hidden
def drops_what_is_left(student):
    """DEG: with drop_last the short minibatch is left out."""
    for n_examples, batch_size in [(10, 3), (12, 4), (3, 5)]:
        case = "With drop_last = True"
        batches = read(student, n_examples, batch_size, rng(3), True, case=case)
        require_sizes(batches, [batch_size] * (n_examples // batch_size), case)
        indices = strung(batches)
        if len(np.unique(indices)) < len(indices) or np.any(indices >= n_examples):
            raise CheckFailed(f"{case}, an index comes twice, or is no example.")


@minibatches.hidden
def drops_others_each_time(student):
    """DEG: what drop_last leaves out is left to chance."""
    case = "With drop_last = True and other generators"
    kept = [strung(read(student, 9, 4, rng(seed), True, case=case)) for seed in range(6)]
    if len({frozenset(indices.tolist()) for indices in kept}) == 1:
        raise CheckFailed(
            f"{case}, the same examples are always left out.",
            "Shuffle all the indices first, then drop the end of the row.",
        )


@minibatches.hidden
def takes_any_batch_size(student):
    """DEG: one example at a time, all of them at once, and more than there are."""
    for batch_size in (1, 6, 7, 100):
        case = "With batch_size = 1, n_examples or more"
        require_epoch(read(student, 6, batch_size, rng(4), case=case), 6, min(batch_size, 6), case)


@minibatches.hidden
def follows_the_generator(student):
    """API: one seed, one order; another seed, another order."""
    case = "With two generators of one seed"
    first, again = (strung(read(student, 30, 15, rng(5), case=case)) for _ in range(2))
    if not np.array_equal(first, again):
        raise CheckFailed(
            f"{case}, the orders differ.", "All randomness comes from rng, not from np.random."
        )
    case = "With two generators of different seeds"
    if np.array_equal(first, strung(read(student, 30, 15, rng(6), case=case))):
        raise CheckFailed(f"{case}, the orders are the same.", "Draw the order from rng.")


@minibatches.hidden
def draws_a_new_order_each_epoch(student):
    """API: a generator that has been used gives another order, again and again."""
    generator = rng(7)
    for n_epochs, case in [
        (2, "Called twice with one generator, as for two epochs"),
        (30, "Called again and again with one generator, as for many epochs"),
    ]:
        epochs = [strung(read(student, 30, 15, generator, case=case)) for _ in range(n_epochs)]
        if len({tuple(epoch) for epoch in epochs}) < n_epochs:
            raise CheckFailed(
                f"{case}, two epochs have the same order.",
                "Draw the order in every call, from rng itself and neither from a copy of it nor "
                "from a few seeds.",
            )


@minibatches.hidden
def mixes_thoroughly(student):
    """STA: a shuffled row has one pair of neighbors in order, on average; fifteen are no chance."""
    case = "With n_examples = 60, batch_size = 6"
    indices = strung(read(student, 60, 6, rng(8), case=case))
    if np.sum(np.abs(np.diff(indices)) == 1) > 15:
        raise CheckFailed(
            f"{case}, many indices still stand beside their neighbors.",
            "Shuffle the indices themselves, not blocks of them.",
        )
    case = "Where batch_size does not divide n_examples, with other generators"
    rests = [min(read(student, 9, 4, rng(seed), case=case), key=len) for seed in range(6)]
    if len({tuple(rest.tolist()) for rest in rests}) == 1:
        raise CheckFailed(
            f"{case}, the short minibatch always holds the same example.",
            "Shuffle all of the indices.",
        )


MANY = 1000


def waves_of(batches):
    """Return what an epoch of MANY examples, in minibatches of 125, tells about places.

    For an index i in the minibatch around place p, the waves cos and sin of 2 pi (i - p) / n and
    of 2 pi (i + p) / n are 0 on average, and their sums over the epoch have the variance n / 2.
    """
    places = np.repeat(np.arange(62, MANY, 125), 125)
    turns = 2 * np.pi * np.stack([strung(batches) - places, strung(batches) + places]) / MANY
    return np.concatenate([np.cos(turns).sum(axis=1), np.sin(turns).sum(axis=1)])


def drift_of(student, case, n_epochs=12):
    """Return how much the minibatch depends on the index, in standard deviations."""
    generator, waves = rng(9), np.zeros(4)
    for _ in range(n_epochs):
        batches = read(student, MANY, 125, generator, case=case)
        require_once(strung(batches), MANY, case)
        require_sizes(batches, [125] * (MANY // 125), case)
        waves += waves_of(batches)
    return waves / np.sqrt(n_epochs * MANY / 2)


def rises_of(student, case):
    """Return how many more rises than falls a shuffled row has, in standard deviations.

    A row that is sorted as a whole is none: the order within a minibatch is left open.
    """
    order = strung(read(student, MANY, MANY, rng(10), case=case))
    require_once(order, MANY, case)
    rises = np.sum(np.diff(order) > 0)
    if rises in (0, MANY - 1):
        return 0.0
    # The number of rises has the variance (n + 1) / 12.
    return (rises - (MANY - 1) / 2) / np.sqrt((MANY + 1) / 12)


def deals_of_two(student, case):
    """Return which of two indices come first in 20 epochs."""
    generator = rng(11)
    return {strung(read(student, 2, 1, generator, case=case))[0] for _ in range(20)}


@minibatches.hidden
def gives_all_deals_the_same_chance(student):
    """STA: five standard deviations are no chance, nor are twenty equal throws of a coin.

    The order within a minibatch is left open.
    """
    hint = "Every deal must be as likely as any other: rng.permutation sees to it."
    case = "With n_examples = 2, batch_size = 1, over 20 epochs"
    if len(deals_of_two(student, case)) == 1:
        raise CheckFailed(f"{case}, the same index comes first every time.", hint)
    case = "With n_examples = 1000 in one minibatch"
    if abs(rises_of(student, case)) > 5:
        raise CheckFailed(f"{case}, larger indices follow smaller ones too often or seldom.", hint)
    case = "With n_examples = 1000, batch_size = 125, over 12 epochs"
    if np.max(np.abs(drift_of(student, case))) > 5:
        raise CheckFailed(f"{case}, the place of an index depends on the index.", hint)


def probe_sizes(n_examples, batch_size, *drop_last):
    """Return a probe that keeps the sizes, and whether the indices are those of an epoch."""

    def probe(student):
        batches = read(student, n_examples, batch_size, rng(20), *drop_last, case="")
        indices = strung(batches)
        inside = np.all((indices >= 0) & (indices < n_examples))
        once = len(np.unique(indices)) == len(indices)
        words = ["inside" if inside else "outside", "once" if once else "more than once"]
        return [*words, *sizes_of(batches)]

    return probe


for numbers in [(12, 4), (10, 3), (5, 4), (14, 4), (6, 1), (6, 6), (6, 9), (10, 3, True),
                (12, 4, True), (8, 8, True), (3, 5, True)]:  # fmt: skip
    minibatches.probe(probe_sizes(*numbers))


@minibatches.probe
def probe_orders(student):
    """Say which orders are the same: one seed twice, another seed, one generator again."""
    generator = rng(21)
    generators = [generator, generator, rng(21), rng(22)]
    first, second, again, other = (strung(read(student, 30, 15, g, case="")) for g in generators)
    return [
        "one order" if np.array_equal(first, order) else "two orders"
        for order in (second, again, other)
    ]


@minibatches.probe
def probe_generator(student):
    """Say whether the order is drawn from the generator."""
    generator = rng(32)
    before = generator.bit_generator.state
    read(student, 30, 15, generator, case="")
    return ["not drawn" if generator.bit_generator.state == before else "drawn"]


@minibatches.probe
def probe_mixture(student):
    """Say whether neighbors, blocks and ends stay where they are."""
    batches = read(student, 60, 6, rng(23), case="")
    indices = strung(batches)
    steps = np.diff(indices)
    words = [
        "in order" if np.all(steps == 1) else "neighbors" if np.sum(abs(steps) == 1) > 30 else ""
    ]
    words += ["sorted" if all(np.all(np.diff(b) > 0) for b in batches) else ""]
    words += ["rotation" if np.sum(steps == 1) == 58 else ""]
    words += ["blocks" if all(np.ptp(batch) < 6 for batch in batches) else ""]
    return words


@minibatches.probe
def probe_chances(student):
    """Say which deals are more likely than others."""
    rises, first = rises_of(student, ""), deals_of_two(student, "")
    return [
        "each first" if len(first) == 2 else f"{first.pop()} first",
        "rises" if rises > 5 else "falls" if rises < -5 else "even",
        *["drift" if abs(wave) > 5 else "even" for wave in drift_of(student, "")],
    ]


@minibatches.probe
def probe_rest(student):
    """Say whether the rest is always the same, kept or dropped."""
    rests = [min(read(student, 9, 4, rng(seed), case=""), key=len) for seed in range(24, 30)]
    kept = [strung(read(student, 9, 4, rng(seed), True, case="")) for seed in range(24, 30)]
    return [
        "one rest" if len({tuple(rest.tolist()) for rest in rests}) == 1 else "many rests",
        "one row kept" if len({frozenset(row.tolist()) for row in kept}) == 1 else "many kept",
    ]


@minibatches.probe
def probe_short_minibatch(student):
    """Say what the short minibatch shares with the others."""
    batches = read(student, 11, 4, rng(31), case="")
    short = min(batches, key=len)
    others = [batch for batch in batches if batch is not short]
    return ["again" if np.isin(short, strung(others)).any() else "new"]
