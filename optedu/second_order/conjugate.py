"""Conjugate gradients: solve A x = b with nothing but products A v, and Newton's method on top.

Each direction is A-conjugate to all before it, so no step spoils what an earlier one achieved.
After k steps x minimizes 1/2 x'Ax - b'x over everything that k products can reach: n steps are
enough, and far fewer if the eigenvalues cluster.
"""

from collections.abc import Callable, Generator
from itertools import count, islice
from math import sqrt
from typing import NamedTuple

import numpy as np

from optedu._validation import call_array, require_array, require_callable, require_square
from optedu.descent import Iterate
from optedu.second_order.searches import descend_along


class CGIterate(NamedTuple):
    """Where conjugate gradients stand after `step` products.

    Parameters
    ----------
    step : int
        Steps made so far; the start point is step 0.
    params : ndarray, shape (n,)
        The current x.
    residual : ndarray, shape (n,)
        What is left, b - A x: the negative gradient of 1/2 x'Ax - b'x.
    direction : ndarray, shape (n,)
        Where the next step goes.
    """

    step: int
    params: np.ndarray
    residual: np.ndarray
    direction: np.ndarray


def cg(A, b, x0=None) -> Generator[CGIterate, None, str]:
    """Solve A x = b for a positive definite matrix, by conjugate gradients [HS52]_.

    x <- x + α d with α = r'r / d'Ad, r <- r - α A d, then d <- r + β d with β = r⁺'r⁺ / r'r. The
    error falls at least like 2 ((sqrt(κ) - 1) / (sqrt(κ) + 1))^k in the norm of A.

    Parameters
    ----------
    A : array_like of shape (n, n), or callable
        The matrix, or a function that maps v to A v; it is called once a step.
    b : array_like, shape (n,)
        The right side.
    x0 : array_like of shape (n,), optional
        The start point, zero by default.

    Returns
    -------
    str
        Why there is no further step, as the generator's return value.

    Yields
    ------
    CGIterate
        The start point first, then the point after each step. Ends where the residual is exactly
        zero, rounding stops all progress, or the curvature d'Ad is not positive: then A is not
        positive definite, and the last `direction` proves it.

    Raises
    ------
    ValueError
        If the matrix is not square and symmetric, or the shapes do not match.

    References
    ----------
    .. [HS52] M. R. Hestenes and E. Stiefel, "Methods of conjugate gradients for solving linear
       systems", J. Research of the National Bureau of Standards 49, 1952.

    Examples
    --------
    >>> *_, last = cg([[2.0, 0.0], [0.0, 4.0]], b=[2.0, 4.0])
    >>> last.step, last.params
    (2, array([1., 1.]))
    """
    b = require_array("b", b, ndim=1)
    product = _as_product(A, b)
    if x0 is None:
        return (yield from _cg(product, np.zeros_like(b), b))
    x0 = require_array("x0", x0, shape=b.shape)
    return (yield from _cg(product, x0, b - product(x0)))


def newton_cg(value_and_grad, hvp, params, *, c1=1e-4, c2=0.9) -> Generator[Iterate, None, str]:
    """Search along Newton's direction, solved by conjugate gradients only as far as it pays.

    Far from the minimum a rough direction will do: the residual of H d = -g need only fall to
    min(1/2, sqrt(‖g‖)) ‖g‖, which keeps convergence superlinear [DS83]_. Where a direction of
    negative curvature turns up, the point reached before it is used.

    Parameters
    ----------
    value_and_grad : callable
        Maps parameters to ``(loss, grads)``.
    hvp : callable
        ``hvp(params)`` returns a function that maps v to the Hessian at `params` times v, such as
        ``model.hvp``.
    params : array_like, shape (n,)
        The start point.
    c1, c2 : float
        The constants of `strong_wolfe`.

    Returns
    -------
    str
        Why there is no further step, as the generator's return value.

    Yields
    ------
    Iterate
        The start point first, then the point after each step. Ends where the gradient is exactly
        zero, or the search fails.

    Raises
    ------
    ValueError
        If what a callable returns does not fit the parameters.

    References
    ----------
    .. [DS83] R. S. Dembo and T. Steihaug, "Truncated-Newton algorithms for large-scale
       unconstrained optimization", Mathematical Programming 26, 1983.

    Examples
    --------
    >>> from optedu.problems import rosenbrock
    >>> problem = rosenbrock()
    >>> products = lambda params: lambda v: problem.hessian(params) @ v
    >>> *_, last = newton_cg(problem.value_and_grad, products, [-1.2, 1.0])
    >>> last.params
    array([1., 1.])
    """
    require_callable("hvp", hvp)

    def direction(params, grads):
        apply = hvp(params)
        if not callable(apply):
            raise ValueError(
                "hvp(params) must return a function that multiplies a vector by the Hessian; it "
                f"returned {type(apply).__name__}"
            )
        size = float(np.linalg.norm(grads))
        enough = min(0.5, sqrt(size)) * size

        def product(v):
            return call_array("hvp", apply, v.shape, v)

        # In exact arithmetic n steps are enough; rounding may need some more.
        for it in islice(_cg(product, np.zeros_like(grads), -grads), 10 * grads.size + 1):
            if np.linalg.norm(it.residual) <= enough:
                break
        return it.params if it.step else it.direction

    return (yield from descend_along(value_and_grad, params, direction, c1=c1, c2=c2))


def _cg(product: Callable, params, residual):
    direction = residual
    for step in count():
        yield CGIterate(step, params, residual, direction)
        if not residual.any():
            return "the residual is exactly zero"
        image = product(direction)
        curvature = float(direction @ image)
        if not curvature > 0:
            return f"the curvature along the direction, {curvature:.3g}, is not positive"
        before, old = params, residual
        length = float(old @ old) / curvature
        params = before + length * direction
        if np.array_equal(params, before):
            return "the step no longer changes the parameters"
        residual = old - length * image
        direction = residual + (residual @ residual) / (old @ old) * direction


def _as_product(A, b):
    if callable(A):
        return lambda v: call_array("A", A, b.shape, v)
    A = require_square("A", A)
    if A.shape[0] != b.size:
        raise ValueError(f"A must have a row for each entry of b; got {A.shape} and {b.shape}")
    return lambda v: A @ v
