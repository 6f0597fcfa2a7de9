"""Search without a gradient: throw darts, or stumble downhill.

Both keep the best point seen. They show what a gradient is worth: in n dimensions a random step
descends half the time, but along the slope it gains only 1/sqrt(n) of its length.
"""

from typing import NamedTuple

import numpy as np

from optedu._validation import (
    call_number,
    require_count,
    require_number,
    require_positive,
    require_rng,
)
from optedu.gradients._slopes import as_double


class SearchResult(NamedTuple):
    """The best point that a search has seen.

    Parameters
    ----------
    params : ndarray
        The best point, a copy of its own.
    loss : float
        The loss there.
    history : ndarray
        The best loss after each evaluation; it never rises.
    """

    params: np.ndarray
    loss: float
    history: np.ndarray


def random_search(loss, shape, n_draws, rng, scale=1.0):
    """Draw points at random and keep the best.

    Parameters
    ----------
    loss : callable
        Maps parameters to one number; NaN counts as worse than any number.
    shape : int or tuple of int
        The shape of the parameters.
    n_draws : int
        How many points to draw, and how many losses to evaluate.
    rng : Generator
        The source of the draws, ``scale * rng.standard_normal(shape)``.
    scale : float
        The standard deviation of each coordinate, positive.

    Returns
    -------
    SearchResult
        The first point with the least loss; `history` has `n_draws` entries.

    Raises
    ------
    ValueError
        If the loss is not one number, or a count, the scale or the shape is out of range.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> random_search(lambda x: x @ x, 2, 100, rng).loss < 0.1
    True
    """
    n_draws = require_count("n_draws", n_draws, at_least=1)
    scale = require_positive("scale", require_number("scale", scale))
    shape = tuple(require_count("shape", length, at_least=1) for length in np.atleast_1d(shape))
    require_rng("rng", rng)

    def draw(_):
        return scale * rng.standard_normal(shape)

    return _keep_best(loss, draw(None), draw, n_draws - 1)


def random_local_search(loss, start, n_steps, rng, scale=1.0):
    """Try a random step from the best point, and go there if the loss falls.

    Parameters
    ----------
    loss : callable
        Maps parameters to one number; NaN counts as worse than any number.
    start : array_like
        Where to begin.
    n_steps : int
        How many steps to try. With the start that makes ``n_steps + 1`` evaluations.
    rng : Generator
        The source of the steps, ``scale * rng.standard_normal(shape)``.
    scale : float
        The standard deviation of each coordinate of a step, positive.

    Returns
    -------
    SearchResult
        The last point reached; `history` has ``n_steps + 1`` entries. A step to the same loss is
        not taken.

    Raises
    ------
    ValueError
        If the loss is not one number, or a count or the scale is out of range.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> random_local_search(lambda x: x @ x, [3.0, 4.0], 200, rng, scale=0.5).loss < 0.1
    True
    """
    start = as_double("start", start)
    n_steps = require_count("n_steps", n_steps)
    scale = require_positive("scale", require_number("scale", scale))
    require_rng("rng", rng)

    def step_from(best):
        return best + scale * rng.standard_normal(best.shape)

    return _keep_best(loss, start, step_from, n_steps)


def _keep_best(loss, start, propose, n_steps):
    best, lowest = start, _value(loss, start)
    history = [lowest]
    for _ in range(n_steps):
        trial = propose(best)
        value = _value(loss, trial)
        if value < lowest:
            best, lowest = trial, value
        history.append(lowest)
    return SearchResult(best, lowest, np.array(history))


def _value(loss, params):
    value = call_number("loss", loss, params.copy())
    return np.inf if np.isnan(value) else value
