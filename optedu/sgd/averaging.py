"""Averaging the iterates: where steps hover around the minimizer, their mean lies closer.

Both averages are read off a stream of iterates, `descend` or `train` for instance, and never fed
back into it. Both are mean <- (1 - w) mean + w params, in float64; they differ in the weight w.
"""

import numpy as np

from optedu._validation import require_count, require_fraction


def uniform_average(iterates, burn_in=0):
    """Give all iterates the same weight, w = 1/t: the average of Polyak and Ruppert [PJ92]_.

    At a constant learning rate on a quadratic, the noise of an iterate settles at the
    `noise_floor`; that of the average falls like 1/t, at the best rate any method can have, and
    for every learning rate. What it needs is that the start is forgotten: leave it out.

    Parameters
    ----------
    iterates : iterable
        Objects with ``params``, such as those of `descend` or `train`.
    burn_in : int
        Iterates left out at the beginning. Meanwhile the average is the iterate itself.

    Yields
    ------
    iterate : object
        What came in, unchanged.
    mean : ndarray of float64
        The average of the parameters up to here.

    Raises
    ------
    ValueError
        If `burn_in` is not a whole number of at least 0.

    References
    ----------
    .. [PJ92] B. T. Polyak and A. B. Juditsky, "Acceleration of stochastic approximation by
       averaging", SIAM J. Control and Optimization 30(4), 1992.

    Examples
    --------
    >>> from itertools import islice
    >>> from optedu.descent import GradientDescent, descend
    >>> run = descend(lambda x: (0.5 * x @ x, x), [4.0], GradientDescent(0.5))
    >>> [mean.item() for it, mean in islice(uniform_average(run, burn_in=1), 3)]
    [4.0, 2.0, 1.5]
    """
    require_count("burn_in", burn_in)
    yield from _average(iterates, lambda t: 1 / max(t - burn_in, 1))


def exponential_average(iterates, decay=0.99):
    """Forget old iterates: weights that fall by `decay` from one to the one before.

    The mean is taken over about 1 / (1 - decay) iterates. With w = (1 - decay) / (1 - decay^t) the
    weights sum to 1 from the first iterate on, as after the bias correction of Adam; for a decay
    near 1 and small t that is 1/t, the uniform average.

    Parameters
    ----------
    iterates : iterable
        Objects with ``params``, such as those of `descend` or `train`.
    decay : float
        At least 0, where the average is the iterate itself, and below 1.

    Yields
    ------
    iterate : object
        What came in, unchanged.
    mean : ndarray of float64
        The average of the parameters up to here.

    Raises
    ------
    ValueError
        If `decay` is not at least 0 and below 1.

    Examples
    --------
    >>> from itertools import islice
    >>> from optedu.descent import GradientDescent, descend
    >>> run = descend(lambda x: (0.5 * x @ x, x), [4.0], GradientDescent(0.5))
    >>> [round(mean.item(), 4) for it, mean in islice(exponential_average(run, decay=0.5), 3)]
    [4.0, 2.6667, 1.7143]
    """
    require_fraction("decay", decay)
    yield from _average(iterates, lambda t: (1 - decay) / (1 - decay**t))


def _average(iterates, weight):
    mean = 0.0
    for t, it in enumerate(iterates, start=1):
        w = weight(t)
        mean = (1 - w) * mean + w * np.asarray(it.params, dtype=np.float64)
        yield it, mean
