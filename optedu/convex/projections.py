"""Projections: the nearest point of a set, which is the prox of "be in the set".

The indicator of a set is 0 in it and infinite outside. Its prox does not depend on the step: it
is the point of the set nearest to where we stand. A convex set has exactly one, and there the
way back, point - projection, makes no acute angle with any way into the set.

Points have shape (..., n): the last axis is the point, leading axes are independent points.
"""

import numpy as np

from optedu._validation import require_array, require_number
from optedu.convex._arguments import (
    require_broadcast,
    require_points,
    require_positive_number,
    require_system,
)


def project_nonnegative(point):
    """Replace negative entries by zero.

    Parameters
    ----------
    point : array_like
        The point, of any shape.

    Returns
    -------
    ndarray
        max(x, 0), entry by entry.

    Raises
    ------
    ValueError
        If the point is empty or not finite.

    Examples
    --------
    >>> project_nonnegative([2.0, -1.0])
    array([2., 0.])
    """
    return np.maximum(require_array("point", point), 0)


def project_box(point, low, high):
    """Cut every entry off at its bounds.

    Parameters
    ----------
    point : array_like
        The point, of any shape.
    low, high : float or array_like
        The bounds, for all entries or one for each; an infinite one does not bound.

    Returns
    -------
    ndarray
        min(max(x, low), high), entry by entry.

    Raises
    ------
    ValueError
        If a lower bound exceeds its upper one, or they do not broadcast to the point.

    Examples
    --------
    >>> project_box([2.0, -1.0, 0.5], low=0.0, high=1.0)
    array([1. , 0. , 0.5])
    """
    point = require_array("point", point)
    low = require_broadcast("low", low, point.shape)
    high = require_broadcast("high", high, point.shape)
    if not np.all((low <= high) & (low < np.inf) & (high > -np.inf)):
        raise ValueError(f"low must not exceed high; got low={low} and high={high}")
    return np.clip(point, low, high)


def project_l2_ball(point, radius=1.0):
    """Pull a vector back to the sphere if it is outside the ball ‖x‖₂ <= radius.

    Parameters
    ----------
    point : array_like, shape (..., n)
        One vector, or one a group.
    radius : float
        The radius, positive.

    Returns
    -------
    ndarray, shape (..., n)
        The projection of each vector.

    Raises
    ------
    ValueError
        If the radius is not positive.

    Examples
    --------
    >>> project_l2_ball([[3.0, 4.0], [0.3, 0.4]])
    array([[0.6, 0.8],
           [0.3, 0.4]])
    """
    point = require_points("point", point)
    radius = require_positive_number("radius", radius)
    lengths = np.linalg.norm(point, axis=-1, keepdims=True)
    return point * (radius / np.maximum(lengths, radius))


def project_simplex(point, total=1.0):
    """Find the nearest point with non-negative entries of a given sum [DSSC08]_.

    The conditions of optimality say that the same θ is taken from every entry, and what would
    fall below zero stays at zero: p = max(x - θ, 0). Sorting finds how many entries remain.

    Parameters
    ----------
    point : array_like, shape (..., n)
        The point.
    total : float
        The sum of the entries, positive.

    Returns
    -------
    ndarray, shape (..., n)
        The projection.

    Raises
    ------
    ValueError
        If the total is not positive.

    References
    ----------
    .. [DSSC08] J. Duchi, S. Shalev-Shwartz, Y. Singer and T. Chandra, "Efficient projections onto
       the l1-ball for learning in high dimensions", ICML 2008, figure 1.

    Examples
    --------
    >>> project_simplex([1.25, 0.75, -3.0])
    array([0.75, 0.25, 0.  ])
    """
    point = require_points("point", point)
    total = require_positive_number("total", total)
    # A constant added to all entries changes θ alone; without it the largest sums stay exact.
    point = point - point.max(axis=-1, keepdims=True)
    descending = -np.sort(-point, axis=-1)
    counts = np.arange(1, point.shape[-1] + 1, dtype=point.dtype)
    thetas = (np.cumsum(descending, axis=-1) - total) / counts
    remaining = np.sum(descending > thetas, axis=-1, keepdims=True)
    return np.maximum(point - np.take_along_axis(thetas, remaining - 1, axis=-1), 0)


def project_l1_ball(point, radius=1.0):
    """Find the nearest point of ‖x‖₁ <= radius: a simplex in each orthant.

    Parameters
    ----------
    point : array_like, shape (..., n)
        The point.
    radius : float
        The radius, positive.

    Returns
    -------
    ndarray, shape (..., n)
        The projection; a soft threshold of the point, if it is outside.

    Raises
    ------
    ValueError
        If the radius is not positive.

    Examples
    --------
    >>> project_l1_ball([-1.25, 0.75, 0.0])
    array([-0.75,  0.25,  0.  ])
    """
    point = require_points("point", point)
    radius = require_positive_number("radius", radius)
    sizes = np.abs(point)
    outside = np.copysign(project_simplex(sizes, radius), point)
    return np.where(sizes.sum(axis=-1, keepdims=True) <= radius, point, outside)


def project_halfspace(point, normal, offset):
    """Find the nearest point of the half-space normal · x <= offset.

    p = x - max(normal · x - offset, 0) / ‖normal‖² normal.

    Parameters
    ----------
    point : array_like, shape (..., n)
        The point.
    normal : array_like, shape (n,)
        A vector that points out of the half-space; its length does not matter.
    offset : float
        The value of normal · x on the boundary.

    Returns
    -------
    ndarray, shape (..., n)
        The projection.

    Raises
    ------
    ValueError
        If the normal is zero, or its shape does not match.

    Examples
    --------
    >>> project_halfspace([3.0, 1.0], normal=[1.0, 0.0], offset=2.0)
    array([2., 1.])
    """
    point = require_points("point", point)
    normal = require_array("normal", normal, shape=point.shape[-1:])
    offset = require_number("offset", offset)
    if not np.any(normal):
        raise ValueError("normal must not be zero; it says which way is out of the half-space")
    beyond = np.maximum(point @ normal - offset, 0)
    return point - (beyond / (normal @ normal))[..., None] * normal


def project_affine(point, A, b):
    """Find the nearest solution of Ax = b.

    p = x - A⁺(Ax - b), with the pseudo-inverse A⁺ = A'(AA')⁻¹ where the rows are independent.

    Parameters
    ----------
    point : array_like, shape (..., n)
        The point.
    A : array_like, shape (m, n)
        The matrix; its rows may depend on each other.
    b : array_like, shape (m,)
        The right-hand side.

    Returns
    -------
    ndarray, shape (..., n)
        The projection.

    Raises
    ------
    ValueError
        If the shapes do not match, or Ax = b has no solution.

    Examples
    --------
    >>> project_affine([0.0, 0.0], A=[[1.0, 1.0]], b=[2.0])
    array([1., 1.])
    """
    point = require_points("point", point)
    A, b = require_system(A, b)
    if A.shape[1] != point.shape[-1]:
        raise ValueError(f"A must have {point.shape[-1]} columns, as point; got {A.shape[1]}")
    pseudo_inverse = np.linalg.pinv(A)
    if not np.allclose(A @ (pseudo_inverse @ b), b, rtol=1e-9, atol=1e-9 * np.abs(b).max()):
        raise ValueError("b must be within reach of A: Ax = b has no solution")
    return point - (point @ A.T - b) @ pseudo_inverse.T


def project_consensus(points):
    """Replace every point by the mean of all: the nearest points that agree.

    Parameters
    ----------
    points : array_like, shape (N, ...)
        One point along the first axis for each who has a say.

    Returns
    -------
    ndarray, shape (N, ...)
        The mean, N times.

    Raises
    ------
    ValueError
        If a point is empty or not finite.

    Examples
    --------
    >>> project_consensus([[1.0, 2.0], [3.0, 0.0]])
    array([[2., 1.],
           [2., 1.]])
    """
    points = require_points("points", points)
    return np.broadcast_to(points.mean(axis=0), points.shape).copy()
