"""Proximal operators: steps for functions that have no gradient.

prox(point, step) is the minimizer of f(x) + ‖x - point‖² / (2 step): a little lower on f, and not
far away. At the result p the slopes answer, (point - p) / step is a subgradient of f at p, and so
p = point only at a minimum of f.

A weight multiplies the step: the prox of ρf is ``prox(point, ρ * step)``. Points have shape
(..., n); norms are taken along the last axis, and leading axes are independent points or groups.
No square in the lab has a factor 1/2.
"""

import numpy as np

from optedu._validation import (
    call_array,
    require_array,
    require_callable,
    require_number,
    require_positive,
)
from optedu.convex._arguments import (
    require_points,
    require_positive_number,
    require_steps,
    require_system,
)


def soft_threshold(point, threshold):
    """Move every entry toward zero by the threshold, and stop there: the prox of ‖x‖₁.

    p = max(x - t, 0) - max(-x - t, 0), coordinate by coordinate. What is smaller than the
    threshold becomes exactly zero, which is why the lasso selects.

    Parameters
    ----------
    point : array_like
        The point, of any shape.
    threshold : float or array_like
        The step times the weight of the norm, at least 0; an array has one for each entry.

    Returns
    -------
    ndarray
        The prox, of the shape of `point`.

    Raises
    ------
    ValueError
        If a threshold is negative, or does not broadcast to the shape of `point`.

    Examples
    --------
    >>> soft_threshold([3.0, -0.5, -2.0], 1.0)
    array([ 2.,  0., -1.])
    """
    point = require_array("point", point)
    threshold = require_steps("threshold", threshold, point.shape)
    return np.maximum(point - threshold, 0) - np.maximum(-point - threshold, 0)


def prox_l2(point, step):
    """Shorten a vector by the step, to zero at most: the prox of the norm ‖x‖₂.

    p = max(0, 1 - t / ‖x‖) x. On rows of a matrix it is the prox of the group lasso, where a
    group vanishes as a whole.

    Parameters
    ----------
    point : array_like, shape (..., n)
        One vector, or one a group.
    step : float or array_like, shape (..., 1)
        The step times the weight of the norm, at least 0; an array has one for each group.

    Returns
    -------
    ndarray, shape (..., n)
        The prox.

    Raises
    ------
    ValueError
        If a step is negative, or does not broadcast over the groups.

    Examples
    --------
    >>> prox_l2([[3.0, 4.0], [0.3, 0.4]], 2.5)
    array([[1.5, 2. ],
           [0. , 0. ]])
    """
    point = require_points("point", point)
    lengths = np.linalg.norm(point, axis=-1, keepdims=True)
    step = require_steps("step", step, lengths.shape)
    # The smallest positive number stands in for a length of zero, which no step can shorten.
    shortest = np.maximum(step, np.finfo(point.dtype).tiny, dtype=point.dtype)
    return (1 - step / np.maximum(lengths, shortest)) * point


def prox_l2_squared(point, step):
    """Shrink a vector by one factor: the prox of ‖x‖², without 1/2.

    p = x / (1 + 2t), from the condition 2p + (p - x) / t = 0.

    Parameters
    ----------
    point : array_like
        The point, of any shape.
    step : float or array_like
        The step, at least 0; an array has one for each entry.

    Returns
    -------
    ndarray
        The prox, of the shape of `point`.

    Raises
    ------
    ValueError
        If a step is negative, or does not broadcast to the shape of `point`.

    Examples
    --------
    >>> prox_l2_squared([3.0, -6.0], 1.0)
    array([ 1., -2.])
    """
    point = require_array("point", point)
    return point / (1 + 2 * require_steps("step", step, point.shape))


def huber(residuals, M=1.0):
    """Return the lab's Huber function: a square up to M, then the tangent line [H64]_.

    φ(r) = r² where ``abs(r) <= M``, and 2M ``abs(r)`` - M² beyond: twice the function that
    statistics texts define with 1/2 r². Its slope is 2r, cut off at 2M.

    Parameters
    ----------
    residuals : array_like
        Where to evaluate it, entry by entry.
    M : float
        Where the square ends, positive.

    Returns
    -------
    ndarray
        The values, of the shape of `residuals`.

    Raises
    ------
    ValueError
        If M is not positive.

    References
    ----------
    .. [H64] P. J. Huber, "Robust estimation of a location parameter", Annals of Mathematical
       Statistics 35, 1964.

    Examples
    --------
    >>> huber([0.5, -3.0], M=1.0)
    array([0.25, 5.  ])
    """
    sizes = np.abs(require_array("residuals", residuals))
    M = require_positive_number("M", M)
    return np.where(sizes <= M, sizes**2, 2 * M * sizes - M**2)


def prox_huber(point, step, M=1.0):
    """Shrink what is small, shift what is large: the prox of the sum of `huber`.

    p = x - 2t clip(x / (1 + 2t), -M, M): the factor of a square inside, a soft threshold of 2Mt
    outside.

    Parameters
    ----------
    point : array_like
        The point, of any shape.
    step : float or array_like
        The step, at least 0; an array has one for each entry.
    M : float
        Where the square ends, positive.

    Returns
    -------
    ndarray
        The prox, of the shape of `point`.

    Raises
    ------
    ValueError
        If a step is negative, or M is not positive.

    Examples
    --------
    >>> prox_huber([0.9, -10.0], step=1.0)
    array([ 0.3, -8. ])
    """
    point = require_array("point", point)
    step = require_steps("step", step, point.shape)
    M = require_positive_number("M", M)
    return point - 2 * step * np.clip(point / (1 + 2 * step), -M, M)


def prox_least_squares(A, b):
    """Return the prox of ‖Ax - b‖², with one factorization for all points and steps.

    p solves (I + 2t A'A) p = x + 2t A'b. With A = U S V' that is a division by 1 + 2t s² along
    each right singular vector.

    Parameters
    ----------
    A : array_like, shape (m, n)
        The matrix.
    b : array_like, shape (m,)
        What Ax should be.

    Returns
    -------
    callable
        ``prox(point, step)``, for points of shape (..., n) and one step.

    Raises
    ------
    ValueError
        If the shapes do not match.

    Examples
    --------
    >>> prox_least_squares([[1.0]], [3.0])([0.0], 1.0)
    array([2.])
    """
    A, b = require_system(A, b)
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    pulls = s * (U.T @ b)

    def prox(point, step):
        """Return the minimizer of ‖Ax - b‖² + ‖x - point‖² / (2 step)."""
        point, step = require_points("point", point), require_number("step", step)
        if point.shape[-1] != A.shape[1]:
            raise ValueError(f"point must have {A.shape[1]} entries, one a column of A")
        along = point @ Vt.T
        return point + ((along + 2 * step * pulls) / (1 + 2 * step * s**2) - along) @ Vt

    return prox


def conjugate_prox(prox, point, step):
    """Return the prox of the conjugate f* from the prox of f, by Moreau's identity [M62]_.

    x = prox_tf(x) + t prox_f*/t(x/t): a point is the sum of two proxes, as a vector is the sum of
    its parts in a subspace and across it. Solved for the other part, with the step of f*,
    p = x - t prox(x / t, 1 / t).

    Parameters
    ----------
    prox : callable
        ``prox(point, step)`` of f.
    point : array_like
        The point.
    step : float or array_like
        The step of f*, positive; an array has one for each entry, if `prox` takes that.

    Returns
    -------
    ndarray
        The prox of f* at `point`.

    Raises
    ------
    ValueError
        If a step is not positive, or `prox` returns another shape.

    References
    ----------
    .. [M62] J. J. Moreau, "Fonctions convexes duales et points proximaux dans un espace
       hilbertien", Comptes rendus 255, 1962.

    Examples
    --------
    The conjugate of ‖x‖₁ says that no entry exceeds 1, and its prox cuts them off there:

    >>> conjugate_prox(soft_threshold, [3.0, -0.5], 2.0)
    array([ 1. , -0.5])
    """
    require_callable("prox", prox)
    point = require_array("point", point)
    step = require_steps("step", step, point.shape, require_positive)
    return point - step * call_array("prox", prox, point.shape, point / step, 1 / step)
