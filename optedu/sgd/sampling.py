"""Which examples come next: one epoch of minibatches, and three samplers that never end.

A sampler is called with ``(n_examples, batch_size, rng)`` and yields arrays of indices for ever.
An epoch is ceil(n_examples / batch_size) of them, so whoever takes that many has paid for one
pass over the data, whichever the sampler. All randomness comes from `rng`. At a constant
learning rate, sampling with replacement ends furthest from the minimizer, one shuffle nearer,
and a new shuffle for each epoch at least as near; at a large one the two tie.
"""

from itertools import cycle

from optedu._validation import require_count, require_rng


def steps_per_epoch(n_examples, batch_size):
    """Return the number of minibatches in one pass over the data, ceil(N/B).

    Parameters
    ----------
    n_examples, batch_size : int
        The numbers N and B.

    Returns
    -------
    int
        The updates of one epoch.

    Raises
    ------
    ValueError
        If a number is not whole and positive.

    Examples
    --------
    >>> steps_per_epoch(10, 3)
    4
    """
    require_count("n_examples", n_examples, at_least=1)
    require_count("batch_size", batch_size, at_least=1)
    return -(-n_examples // batch_size)


def minibatches(n_examples, batch_size, rng, drop_last=False):
    """Deal all examples into minibatches, in random order: one epoch.

    Only indices are shuffled. Take inputs and labels with the same indices and they stay
    together, and nobody's data is reordered.

    Parameters
    ----------
    n_examples, batch_size : int
        The numbers N and B. Where B >= N the only minibatch is all examples.
    rng : numpy.random.Generator
        Where the order comes from; each call draws a new one.
    drop_last : bool
        Leave out the last minibatch if it is short of B examples.

    Yields
    ------
    ndarray of int, shape (B,)
        Indices; over the epoch each appears once. The last array is shorter where B does not
        divide N.

    Raises
    ------
    ValueError
        If a number is not whole and positive, or `rng` is not a generator.

    Examples
    --------
    >>> import numpy as np
    >>> [len(indices) for indices in minibatches(10, 3, np.random.default_rng(0))]
    [3, 3, 3, 1]
    """
    require_count("n_examples", n_examples, at_least=1)
    require_count("batch_size", batch_size, at_least=1)
    order = require_rng("rng", rng).permutation(n_examples)
    end = n_examples - n_examples % batch_size if drop_last else n_examples
    for start in range(0, end, batch_size):
        yield order[start : start + batch_size]


def with_replacement(n_examples, batch_size, rng):
    """Draw each example of each minibatch anew, for ever.

    The draws are independent, which is what most theorems assume [RM51]_. An epoch's worth of
    them misses a given example with a probability of about 1/e.

    Parameters
    ----------
    n_examples, batch_size : int
        The numbers N and B.
    rng : numpy.random.Generator
        Where the draws come from.

    Yields
    ------
    ndarray of int, shape (B,)
        Indices, with repetitions.

    Raises
    ------
    ValueError
        If a number is not whole and positive, or `rng` is not a generator.

    References
    ----------
    .. [RM51] H. Robbins and S. Monro, "A stochastic approximation method", Annals of
       Mathematical Statistics 22(3), 1951.
    """
    require_count("n_examples", n_examples, at_least=1)
    require_count("batch_size", batch_size, at_least=1)
    require_rng("rng", rng)
    while True:
        yield rng.integers(n_examples, size=batch_size)


def shuffle_once(n_examples, batch_size, rng):
    """Shuffle, then repeat the same epoch for ever.

    Parameters
    ----------
    n_examples, batch_size : int
        The numbers N and B.
    rng : numpy.random.Generator
        Where the one order comes from.

    Yields
    ------
    ndarray of int
        Indices, as from `minibatches`, the same each epoch.

    Raises
    ------
    ValueError
        If a number is not whole and positive, or `rng` is not a generator.
    """
    yield from cycle(minibatches(n_examples, batch_size, rng))


def reshuffle(n_examples, batch_size, rng):
    """Shuffle anew for each epoch, for ever.

    Within an epoch the errors of the minibatches cancel, since together they are the full data;
    a new order keeps them from adding up the same way from epoch to epoch [MKR20]_.

    Parameters
    ----------
    n_examples, batch_size : int
        The numbers N and B.
    rng : numpy.random.Generator
        Where the orders come from.

    Yields
    ------
    ndarray of int
        Indices, as from `minibatches`.

    Raises
    ------
    ValueError
        If a number is not whole and positive, or `rng` is not a generator.

    References
    ----------
    .. [MKR20] K. Mishchenko, A. Khaled and P. Richtárik, "Random reshuffling: simple analysis
       with vast improvements", NeurIPS 2020.
    """
    while True:
        yield from minibatches(n_examples, batch_size, rng)
