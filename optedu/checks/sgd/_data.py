"""Exercise S1: one epoch of minibatches of data, inputs beside their labels.

The labels tell which example a row is, so an epoch is read as a row of indices and asked what
any epoch is asked.
"""

import numpy as np

from optedu.checks.exercise import Exercise
from optedu.checks.families import as_numbers
from optedu.checks.sgd._batches import (
    MANY,
    items_of,
    require_arrays_of_their_own,
    require_once,
    require_sizes,
    rng,
    sizes_of,
    strung,
    waves_of,
)
from optedu.checks.student import CheckFailed

data_batches = Exercise(
    "sgd",
    "data_batches",
    "X y batch_size rng",
    "Deal all examples into minibatches, inputs beside their labels.",
)


def rows(n_examples, *shape):
    """Return inputs of which each row tells its number, and the labels, which tell it, too."""
    y = 3 * np.arange(n_examples) + 2
    X = np.arange(n_examples).reshape(-1, *[1] * len(shape)) + np.zeros(shape) / 8
    return X + np.arange(np.prod(shape)).reshape(shape) / 16, y


def pairs_of(student, X, y, batch_size, generator, case):
    """Return the minibatches as pairs of arrays."""
    pairs, arrays = [], []
    for item in items_of(student, X, y, batch_size, generator, most=len(X) + 5, case=case):
        if not isinstance(item, tuple | list) or len(item) != 2:
            raise CheckFailed(
                f"{case}, a minibatch is not a pair.",
                "Yield two arrays, X[indices] and y[indices].",
                token=f"returns {type(item).__name__} for a pair",
            )
        inputs, labels = (as_numbers(part, case) for part in item)
        if labels.ndim != 1 or inputs.shape != (len(labels), *X.shape[1:]):
            raise CheckFailed(
                f"{case}, the shapes of a minibatch are not those of some rows of X and y.",
                "Index the first axis of both: X[indices], y[indices].",
                token=f"returns {inputs.ndim} and {labels.ndim} axes",
            )
        if not len(labels):
            raise CheckFailed(
                f"{case}, one of your minibatches is empty.",
                "Where does your loop end?",
                token="returns an empty minibatch",
            )
        pairs.append((inputs, labels))
        arrays.append(item[0])
    require_arrays_of_their_own(arrays, len(X), case)
    return pairs


def order_of(pairs, y):
    """Return the numbers of the examples, as the labels tell them."""
    labels = np.concatenate([np.array([]), *[labels for _, labels in pairs]])
    return (labels - y[0]) / (y[1] - y[0])


def require_pairs(student, X, y, batch_size, case):
    """Say what is wrong unless each example comes once, beside its label."""
    pairs = pairs_of(student, X, y, batch_size, rng(0), case)
    order = order_of(pairs, y)
    if not np.all(np.isin(np.concatenate([y[:0], *[labels for _, labels in pairs]]), y)):
        raise CheckFailed(
            f"{case}, a label is none of those in y.", "Take them as they are: y[indices]."
        )
    for inputs, labels in pairs:
        want = X[np.searchsorted(y, labels).clip(0, len(y) - 1)]
        if not np.array_equal(inputs, want):
            if np.allclose(inputs, want, rtol=1e-3, atol=0):
                raise CheckFailed(
                    f"{case}, inputs have lost digits.", "Take them as they are: X[indices]."
                )
            raise CheckFailed(
                f"{case}, inputs stand beside the labels of other examples.",
                "Draw one order, and take X and y with the same indices.",
            )
    require_once(order, len(y), case)
    full, rest = divmod(len(y), batch_size)
    sizes = [batch_size] * full + [rest] * (rest > 0)
    require_sizes([labels for _, labels in pairs], sizes, case)


@data_batches.visible
def keeps_inputs_beside_their_labels(student):
    """INV: labels that tell the row's number."""
    require_pairs(student, *rows(12, 2), 4, "With 12 examples and batch_size = 4, one epoch")


@data_batches.visible
def shuffles_the_examples(student):
    """API: the order is random."""
    case = "With 40 examples and batch_size = 8, one epoch"
    X, y = rows(40, 1)
    order = order_of(pairs_of(student, X, y, 8, rng(1), case), y)
    if np.array_equal(order, np.arange(len(order))):
        raise CheckFailed(f"{case}, the examples come in order.", "Shuffle their indices.")


@data_batches.hidden
def deals_all_examples(student):
    """DEG: a short rest, one at a time, all at once, more than there are, and images."""
    for shape, batch_size in [((3,), 3), ((2,), 1), ((2,), 10), ((1,), 25), ((2, 2), 4), ((), 3)]:
        require_pairs(student, *rows(10, *shape), batch_size, "With other shapes and batch sizes")


@data_batches.hidden
def takes_any_numbers(student):
    """API: inputs and labels may be numbers of any kind, as in a regression."""
    X, y = rows(10, 2)
    require_pairs(student, X + 0.1, y + 0.75, 4, "With labels that are no whole numbers")


@data_batches.hidden
def leaves_the_data_alone(student):
    """API: the caller's arrays keep their order, also for the next epoch."""
    case, generator = "Called twice with one generator, as for two epochs", rng(2)
    X, y = rows(20, 2)
    orders = [order_of(pairs_of(student, X, y, 6, generator, case), y) for _ in range(2)]
    if np.array_equal(*orders):
        raise CheckFailed(
            f"{case}, both epochs have the same order.", "Draw the order in every call, from rng."
        )


@data_batches.hidden
def follows_the_generator_with_data(student):
    """API: one seed, one order; another seed, another order."""
    X, y = rows(20, 2)
    first, again, other = (
        order_of(pairs_of(student, X, y, 6, rng(seed), "With some generators"), y)
        for seed in (3, 3, 4)
    )
    if not np.array_equal(first, again):
        raise CheckFailed(
            "With two generators of one seed, the orders differ.",
            "All randomness comes from rng, not from np.random.",
        )
    if np.array_equal(first, other):
        raise CheckFailed(
            "With two generators of different seeds, the orders are the same.",
            "Draw the order from rng.",
        )


def epoch_of_data(student, n_examples, batch_size, seed, case):
    """Return the numbers of the examples in each minibatch."""
    X, y = rows(n_examples, 1)
    pairs = pairs_of(student, X, y, batch_size, rng(seed), case)
    epoch = [order_of([pair], y) for pair in pairs]
    require_once(strung(epoch), n_examples, case)
    return epoch


def stays_of_data(student, case):
    """Say what keeps its place where examples are dealt: neighbors, ends, or the epoch's order."""
    blocks = epoch_of_data(student, 60, 6, 46, case)
    rests = [min(epoch_of_data(student, 9, 4, 47 + i, case), key=len) for i in range(6)]
    epoch = epoch_of_data(student, MANY, 125, 53, case)
    require_sizes(epoch, [125] * (MANY // 125), case)
    return (
        all(np.ptp(batch) < 6 for batch in blocks),
        len({tuple(rest.tolist()) for rest in rests}) == 1,
        np.max(np.abs(waves_of(epoch))) / np.sqrt(MANY / 2) > 5,
    )


@data_batches.hidden
def mixes_the_data_thoroughly(student):
    """STA: neighbors part, any example may be in the rest, and no minibatch has its own region."""
    case = "Over some epochs"
    neighbors, ends, regions = stays_of_data(student, case)
    for stays, what, hint in [
        (neighbors, "neighbors stay in one minibatch", "Shuffle the examples, not blocks of them."),
        (ends, "the short minibatch always holds the same example", "Shuffle all of them."),
        (regions, "minibatches hold examples of one region", "Shuffle the whole row, then cut."),
    ]:
        if stays:
            raise CheckFailed(f"{case}, {what}.", hint)


@data_batches.hidden
def takes_equal_labels(student):
    """INV: labels that are alike, and inputs whose rows are, tell nothing about the order."""
    X, y = rows(20, 2)
    case = "With labels of two classes"
    pairs = pairs_of(student, X, y % 2, 6, rng(5), case)
    inputs = np.concatenate([np.zeros((0, 2)), *[inputs for inputs, _ in pairs]])
    labels = np.concatenate([np.zeros(0), *[labels for _, labels in pairs]])
    number = np.round(inputs[:, 0])
    require_once(number, 20, case)
    if not np.array_equal(labels, (3 * number + 2) % 2):
        raise CheckFailed(f"{case}, inputs stand beside the labels of other examples.")
    if np.all(np.diff(number) > 0) or np.all(np.diff(labels) >= 0):
        raise CheckFailed(f"{case}, the examples are sorted.", "Shuffle their indices.")


def probe_pairs(shape, batch_size):
    """Return a probe that says whether pairs belong together, come once, and their sizes."""

    def probe(student):
        X, y = rows(10, *shape)
        pairs = pairs_of(student, X, y, batch_size, rng(40), "")
        order = order_of(pairs, y)
        rights = [
            np.array_equal(inputs, X[np.searchsorted(y, labels).clip(0, 9)])
            for inputs, labels in pairs
        ]
        once = len(np.unique(order)) == len(order)
        return [
            "together" if all(rights) else "apart",
            "once" if once else "more than once",
            *sizes_of([labels for _, labels in pairs]),
        ]

    return probe


for shape, batch_size in [((2,), 5), ((3,), 3), ((2, 2), 4), ((1,), 25), ((), 10)]:
    data_batches.probe(probe_pairs(shape, batch_size))


@data_batches.probe
def probe_orders_of_data(student):
    """Say which orders are the same, and which are sorted."""
    X, y = rows(20, 2)
    generator = rng(41)
    orders = [
        order_of(pairs_of(student, X, y, 6, g, ""), y)
        for g in (generator, generator, rng(41), rng(42))
    ]
    words = ["one order" if np.array_equal(orders[0], other) else "other" for other in orders[1:]]
    steps = np.diff(orders[0])
    words += ["in order" if np.all(steps > 0) else "neighbors" if np.sum(steps == 1) > 8 else ""]
    return words


@data_batches.probe
def probe_inputs_of_data(student):
    """Say whether the inputs come in order, once each, whatever the labels."""
    X, y = rows(20, 2)
    pairs = pairs_of(student, X, y, 5, rng(43), "")
    number = np.concatenate([inputs[:, 0] for inputs, _ in pairs])
    order = order_of(pairs, y)
    return [
        "inputs in order" if np.all(np.diff(number) > 0) else "inputs mixed",
        "inputs once" if len(np.unique(number)) == len(number) else "inputs twice",
        "labels in order" if np.all(np.diff(order) > 0) else "labels mixed",
        "one distance" if len(set((number - order) % 20)) == 1 else "many distances",
        "sorted" if all(np.all(np.diff(labels) > 0) for _, labels in pairs) else "not sorted",
        "sorted inputs"
        if all(np.all(np.diff(inputs[:, 0]) > 0) for inputs, _ in pairs)
        else "not sorted",
        "same examples"
        if all(set(np.searchsorted(X[:, 0], i[:, 0])) == set((v - 2) // 3) for i, v in pairs)
        else "other examples",
    ]


@data_batches.probe
def probe_stays_of_data(student):
    """Say what keeps its place."""
    return ["stays" if stays else "moves" for stays in stays_of_data(student, "")]


@data_batches.probe
def probe_digits_of_data(student):
    """Say whether numbers come back as they are."""
    X, y = rows(20, 2)
    pairs = pairs_of(student, X + 0.1, y + 0.75, 5, rng(45), "")
    inputs, labels = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    return [
        "inputs kept" if np.all(np.isin(inputs, X + 0.1)) else "inputs changed",
        "labels kept" if np.all(np.isin(labels, y + 0.75)) else "labels changed",
    ]


@data_batches.probe
def probe_classes(student):
    """Say whether labels of two classes come sorted."""
    X, y = rows(20, 2)
    pairs = pairs_of(student, X, y % 2, 6, rng(44), "")
    labels = np.concatenate([labels for _, labels in pairs])
    return ["sorted classes" if np.all(np.diff(labels) >= 0) else "mixed classes"]
