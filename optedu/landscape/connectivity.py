"""Connectivity: networks that are the same function, and what lies between two that are not.

Swapping two hidden units, or scaling one up and what reads it down, moves the parameters and
leaves the function alone. So a minimum of a network comes in many copies, and a straight line
between two solutions is a fair question only once their units are in the same order.

A hidden layer `layer` is ``W1, b1`` for the first, ``W2, b2`` for the second and so on, as in the
`blocks` of `optedu.models.MLP`.
"""

import numpy as np

from optedu._validation import (
    as_float_array,
    call_number,
    require_array,
    require_count,
    require_positive,
)
from optedu.landscape._arguments import require_blocks


def permute_hidden(params, blocks, permutation, layer=1):
    """Reorder the units of a hidden layer, which leaves the network's function unchanged.

    The weights into each unit and its bias move together, and the next layer reads the units in
    their new order. A layer of d units has d! such copies.

    Parameters
    ----------
    params : array_like, shape (n_params,)
        The parameters.
    blocks : dict
        Names to (slice, shape), as the `blocks` of a model.
    permutation : array_like of int, shape (d,)
        The new unit j is the old unit ``permutation[j]``.
    layer : int
        The hidden layer, from 1.

    Returns
    -------
    ndarray, shape (n_params,)
        The same network with its units in another order.

    Raises
    ------
    ValueError
        If lengths differ from what `blocks` describes, there is no such hidden layer, or
        `permutation` does not name every unit once.
    """
    params = require_blocks("params", params, blocks)
    weights, bias, readers = _around(params, blocks, layer)
    permutation = np.asarray(permutation)
    if permutation.dtype.kind not in "iu" or not np.array_equal(
        np.sort(permutation, axis=None), np.arange(len(bias))
    ):
        raise ValueError(
            f"permutation must name each of the units 0 to {len(bias) - 1} once, as integers; "
            f"got shape {permutation.shape} of {permutation.dtype}"
        )
    permutation = permutation.ravel()
    weights[:] = weights[:, permutation]
    bias[:] = bias[permutation]
    readers[:] = readers[permutation]
    return params


def rescale_relu(params, blocks, factors, layer=1):
    """Scale the units of a hidden ReLU layer up and what reads them down.

    Since max(0, c z) = c max(0, z) for c > 0, the function does not change. Its curvature does:
    sharpness alone says nothing about a function [DPBB17]_.

    Parameters
    ----------
    params : array_like, shape (n_params,)
        The parameters.
    blocks : dict
        Names to (slice, shape), as the `blocks` of a model.
    factors : float or array_like, shape (d,)
        The positive factor of each unit, or one for all.
    layer : int
        The hidden layer, from 1.

    Returns
    -------
    ndarray, shape (n_params,)
        The same function at other parameters.

    Raises
    ------
    ValueError
        If lengths differ from what `blocks` describes, there is no such hidden layer, or a
        factor is not positive.

    References
    ----------
    .. [DPBB17] L. Dinh, R. Pascanu, S. Bengio and Y. Bengio, "Sharp minima can generalize for deep
       nets", ICML 2017.
    """
    params = require_blocks("params", params, blocks)
    weights, bias, readers = _around(params, blocks, layer)
    factors = require_positive("factors", as_float_array("factors", factors))
    if factors.shape not in ((), bias.shape):
        raise ValueError(
            f"factors must be one number or have shape {bias.shape}, one a unit; "
            f"got {factors.shape}"
        )
    weights *= factors
    bias *= factors
    readers /= factors.reshape(-1, 1)
    return params


def align_hidden_units(params, reference, blocks):
    """Reorder the hidden units of a network to resemble those of another [AHS23]_.

    Two units are alike if the weights into them, their biases and the weights out of them have a
    large inner product. Each layer in turn gets the order with the largest sum, which is a linear
    assignment problem, until no layer gains. With one hidden layer the result is the closest of
    all orders; with more it is one that no single layer improves.

    Parameters
    ----------
    params, reference : array_like, shape (n_params,)
        The network to reorder, and the one to resemble.
    blocks : dict
        Names to (slice, shape), as the `blocks` of a model.

    Returns
    -------
    ndarray, shape (n_params,)
        `params` with its units in another order, the same function.

    Raises
    ------
    ValueError
        If lengths differ from what `blocks` describes, or there is no hidden layer.

    References
    ----------
    .. [AHS23] S. K. Ainsworth, J. Hayase and S. Srinivasa, "Git Re-Basin: merging models modulo
       permutation symmetries", ICLR 2023, algorithm 1.
    """
    from scipy.optimize import linear_sum_assignment  # NumPy has no assignment solver

    params = require_blocks("params", params, blocks)
    reference = require_blocks("reference", reference, blocks)
    gained = True
    while gained:
        gained = False
        for layer in range(1, _count_hidden(blocks) + 1):
            ours, theirs = (_around(p, blocks, layer) for p in (params, reference))
            alike = theirs[0].T @ ours[0] + np.outer(theirs[1], ours[1]) + theirs[2] @ ours[2].T
            units, permutation = linear_sum_assignment(alike, maximize=True)
            gain = alike[units, permutation].sum() - np.trace(alike)
            # Units that are equal could be swapped for ever.
            if gain > 1e-12 * np.abs(alike).sum():
                params = permute_hidden(params, blocks, permutation, layer)
                gained = True
    return params


def interpolate(loss, params_a, params_b, n_points=51):
    """Return the loss at evenly spaced points of the straight line between two solutions.

    The points are (1 - t) a + t b for t from 0 to 1; both ends are met exactly.

    Parameters
    ----------
    loss : callable
        Maps parameters to a number.
    params_a, params_b : array_like
        The two ends, of one shape.
    n_points : int
        How many points, at least 2.

    Returns
    -------
    ndarray, shape (n_points,)
        The losses, for t in ``np.linspace(0, 1, n_points)``.

    Raises
    ------
    ValueError
        If shapes differ, numbers are not finite, or the loss is not one number.

    Examples
    --------
    >>> interpolate(lambda x: (x @ x - 1) ** 2, [-1.0], [1.0], n_points=3)
    array([0., 1., 0.])
    """
    params_a = require_array("params_a", params_a)
    params_b = require_array("params_b", params_b)
    if params_a.shape != params_b.shape:
        raise ValueError(
            f"params_a and params_b must have one shape; got {params_a.shape} and {params_b.shape}"
        )
    ts = np.linspace(0, 1, require_count("n_points", n_points, at_least=2))
    return np.array([call_number("loss", loss, (1 - t) * params_a + t * params_b) for t in ts])


def barrier(losses):
    """Return the height of the ridge between two solutions.

    It is the largest excess of the loss over the straight line between its values at both ends,
    max over t of loss(t) - ((1 - t) loss(0) + t loss(1)) [ESSN22]_. It is never negative; a convex
    loss has the barrier 0.

    Parameters
    ----------
    losses : array_like, shape (n_points,)
        Losses at evenly spaced points, as `interpolate` returns them.

    Returns
    -------
    float
        The barrier, in units of the loss.

    Raises
    ------
    ValueError
        If there are fewer than two losses, or one is not finite.

    References
    ----------
    .. [ESSN22] R. Entezari, H. Sedghi, O. Saukh and B. Neyshabur, "The role of permutation
       invariance in linear mode connectivity of neural networks", ICLR 2022.

    Examples
    --------
    >>> barrier([0.0, 3.0, 2.0])
    2.0
    """
    losses = require_array("losses", losses, ndim=1)
    if len(losses) < 2:
        raise ValueError(f"losses must hold at least both ends; got {len(losses)} number")
    ts = np.linspace(0, 1, len(losses))
    return float(np.max(losses - ((1 - ts) * losses[0] + ts * losses[-1])))


def _count_hidden(blocks):
    """Return the number of hidden layers; the last weights lead to the scores."""
    layers = sum(name.startswith("W") for name in blocks)
    if layers < 2 or not all(f"{letter}{k}" in blocks for k in range(1, layers) for letter in "Wb"):
        raise ValueError(
            "blocks must hold W1, b1, W2, ... of a network with at least one hidden layer; "
            f"got {', '.join(map(str, blocks))}"
        )
    return layers - 1


def _around(params, blocks, layer):
    """Return views of the weights into a hidden layer, its biases and the weights out of it."""
    layers = _count_hidden(blocks)
    if require_count("layer", layer, at_least=1) > layers:
        raise ValueError(
            f"layer must be at most {layers}, the number of hidden layers; got {layer}"
        )
    names = (f"W{layer}", f"b{layer}", f"W{layer + 1}")
    return [params[where].reshape(shape) for where, shape in map(blocks.get, names)]
