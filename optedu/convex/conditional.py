"""Methods that never leave their set: conditional gradients and mirror descent.

On a bounded convex set a linear function has its minimum at a vertex, and finding that is often
cheaper than a projection. It also gives a certificate for free. Where f is convex, the vertex s
with the smallest grads · s bounds all that is left to gain:

    gap = grads · (params - s) >= f(params) - minimum.
"""

from collections.abc import Iterator
from itertools import count

import numpy as np

from optedu._validation import (
    call_array,
    call_number,
    require_array,
    require_callable,
    require_number,
)
from optedu.convex._arguments import call_smooth, require_positive_number
from optedu.convex.certificates import Atomic, Bounded


def simplex_vertex(grads, total=1.0):
    """Return the vertex of the simplex with the smallest slope, an oracle for Frank-Wolfe.

    Parameters
    ----------
    grads : array_like, shape (n,)
        The gradient.
    total : float
        The sum of the entries of a point, positive.

    Returns
    -------
    ndarray, shape (n,)
        `total` at the smallest entry of the gradient, the first if there are several, and 0
        elsewhere.

    Raises
    ------
    ValueError
        If `grads` is not a vector, or the total is not positive.

    Examples
    --------
    >>> simplex_vertex([3.0, -1.0, 2.0])
    array([0., 1., 0.])
    """
    grads = require_array("grads", grads, ndim=1)
    vertex = np.zeros(len(grads))
    vertex[np.argmin(grads)] = require_positive_number("total", total)
    return vertex


def l1_ball_vertex(grads, radius=1.0):
    """Return the vertex of the ball ‖x‖₁ <= radius with the smallest slope.

    Parameters
    ----------
    grads : array_like, shape (n,)
        The gradient.
    radius : float
        The radius, positive.

    Returns
    -------
    ndarray, shape (n,)
        The radius, against the sign of the gradient's largest entry in size, and 0 elsewhere.

    Raises
    ------
    ValueError
        If `grads` is not a vector, or the radius is not positive.

    Examples
    --------
    >>> l1_ball_vertex([3.0, -4.0], radius=2.0)
    array([0., 2.])
    """
    grads = require_array("grads", grads, ndim=1)
    vertex = np.zeros(len(grads))
    largest = np.argmax(np.abs(grads))
    vertex[largest] = -np.copysign(require_positive_number("radius", radius), grads[largest])
    return vertex


def frank_wolfe(value_and_grad, oracle, params, curvature=None) -> Iterator[Bounded]:
    """Walk toward the vertex that the gradient points to [FW56]_, [J13]_.

    s = oracle(grads), then params <- params + γ (s - params), with γ = 2 / (k + 2) after k steps;
    the smallest gap so far falls like 1/k. With a curvature γ is the smaller of 1 and
    gap / curvature(s - params), which on a quadratic is the exact line search.

    Parameters
    ----------
    value_and_grad : callable
        Maps params to a convex f and its gradient.
    oracle : callable
        Maps a gradient to the vertex s of the set with the smallest grads · s.
    params : array_like
        The start point, in the set.
    curvature : callable, optional
        Maps a direction d to d'Hd for a quadratic with Hessian H, or to a bound of it, L ‖d‖².

    Yields
    ------
    Bounded
        The start point first, then the point after each step, with the Frank-Wolfe gap. Ends
        where the gap is not positive.

    Raises
    ------
    ValueError
        If a function returns what does not fit params.

    References
    ----------
    .. [FW56] M. Frank and P. Wolfe, "An algorithm for quadratic programming", Naval Research
       Logistics Quarterly 3, 1956.
    .. [J13] M. Jaggi, "Revisiting Frank-Wolfe: projection-free sparse convex optimization",
       ICML 2013, algorithm 1.
    """
    params = require_array("params", params)
    require_callable("oracle", oracle)
    for step in count():
        loss, grads = call_smooth(value_and_grad, params)
        direction = call_array("oracle", oracle, params.shape, grads) - params
        gap = -float(np.vdot(grads, direction))
        yield Bounded(step, params, loss, gap)
        if gap <= 0:
            return
        gamma = 2 / (step + 2) if curvature is None else _exact(gap, curvature, direction, 1.0)
        params = params + gamma * direction


def away_frank_wolfe(value_and_grad, oracle, params, curvature) -> Iterator[Atomic]:
    """Walk toward the best vertex, or away from the worst one in use [LJ15]_.

    Where the minimum is on a face, plain steps zigzag between its vertices. Params are kept as a
    convex combination of vertices, so weight can also be taken from the one with the largest
    grads · v, down to nothing. On a polytope the gap of a strongly convex f then falls linearly.

    Parameters
    ----------
    value_and_grad : callable
        Maps params to a convex f and its gradient.
    oracle : callable
        Maps a gradient to the vertex s of the set with the smallest grads · s.
    params : array_like
        The start point, a vertex.
    curvature : callable
        Maps a direction d to d'Hd for a quadratic with Hessian H, or to a bound of it, L ‖d‖².

    Yields
    ------
    Atomic
        The start point first, then the point after each step, with the Frank-Wolfe gap and the
        vertices in use. Ends where the gap is not positive.

    Raises
    ------
    ValueError
        If a function returns what does not fit params.

    References
    ----------
    .. [LJ15] S. Lacoste-Julien and M. Jaggi, "On the global linear convergence of Frank-Wolfe
       optimization variants", NIPS 2015, algorithm 1.
    """
    params = require_array("params", params)
    require_callable("oracle", oracle)
    require_callable("curvature", curvature)
    atoms, weights = params[None], np.ones(1)
    for step in count():
        loss, grads = call_smooth(value_and_grad, params)
        vertex = call_array("oracle", oracle, params.shape, grads)
        toward = vertex - params
        gap = -float(np.vdot(grads, toward))
        yield Atomic(step, params, loss, gap, atoms, weights)
        if gap <= 0:
            return
        worst = np.argmax(np.tensordot(atoms, grads, axes=grads.ndim))
        away = params - atoms[worst]
        if gap >= -np.vdot(grads, away):
            gamma = _exact(gap, curvature, toward, 1.0)
            is_vertex = np.array([np.array_equal(atom, vertex) for atom in atoms])
            if not is_vertex.any():
                atoms, weights = np.concatenate([atoms, vertex[None]]), np.append(weights, 0.0)
                is_vertex = np.append(is_vertex, True)
            weights = (1 - gamma) * weights + gamma * is_vertex
        else:
            longest = weights[worst] / (1 - weights[worst])
            gamma = _exact(-np.vdot(grads, away), curvature, away, longest)
            weights = (1 + gamma) * weights
            # At the longest step the atom's weight is zero, which rounding must not blur.
            weights[worst] = 0.0 if gamma == longest else weights[worst] - gamma
        atoms, weights = atoms[weights > 0], weights[weights > 0]
        weights = weights / weights.sum()
        params = np.tensordot(weights, atoms, axes=1)


def mirror_descent(value_and_grad, params, learning_rate) -> Iterator[Bounded]:
    """Minimize f on the simplex by multiplying: mirror descent with the entropy [BT03]_.

    params <- params * exp(-learning_rate * grads), divided by its sum. It is a gradient step for
    the logarithms, and costs no projection; where abs(grads) stays below G, the error depends on
    the dimension by its logarithm alone. With a learning rate of 1/L, L the smoothness in the
    norm ‖x‖₁ (at most that of the Euclidean norm), the objective never rises.

    Parameters
    ----------
    value_and_grad : callable
        Maps params to a convex f and its gradient.
    params : array_like, shape (n,)
        The start point, positive, with sum 1.
    learning_rate : float
        The step size, positive.

    Yields
    ------
    Bounded
        The start point first, then the point after each step, with the Frank-Wolfe gap,
        grads · params minus the smallest entry of grads.

    Raises
    ------
    ValueError
        If the start is not inside the simplex, or the learning rate is not positive.

    References
    ----------
    .. [BT03] A. Beck and M. Teboulle, "Mirror descent and nonlinear projected subgradient methods
       for convex optimization", Operations Research Letters 31, 2003, section 5.

    Examples
    --------
    >>> run = mirror_descent(lambda w: (w[1], np.array([0.0, 1.0])), [0.5, 0.5], np.log(3))
    >>> [next(run).params.round(2).tolist() for _ in range(3)]
    [[0.5, 0.5], [0.75, 0.25], [0.9, 0.1]]
    """
    params = require_array("params", params, ndim=1)
    learning_rate = require_positive_number("learning_rate", learning_rate)
    if np.any(params <= 0) or not np.isclose(params.sum(), 1):
        raise ValueError(
            "params must be a vector of positive entries with sum 1, inside the simplex; a zero "
            "entry could never grow again"
        )
    logs = np.log(params)
    for step in count():
        loss, grads = call_smooth(value_and_grad, params)
        gap = float(params @ grads - grads.min())
        yield Bounded(step, params, loss, gap)
        logs = logs - learning_rate * grads
        logs = logs - logs.max()
        params = np.exp(logs) / np.exp(logs).sum()


def _exact(slope, curvature, direction, longest):
    """Return the step that minimizes -slope γ + curvature γ²/2 for γ between 0 and `longest`."""
    bend = require_number("curvature", call_number("curvature", curvature, direction))
    return min(longest, slope / bend) if bend > 0 else longest
