"""Iteratively reweighted least squares: any robust fit as a sequence of least-squares fits.

Where the loss φ of a residual grows more slowly than a square, it has a parabola that lies above
it and touches it at the residual of today, weight(r) r² plus a constant. Minimizing the sum of
the parabolas is a weighted least-squares problem, and its solution is lower on φ as well.
"""

from collections.abc import Iterator
from itertools import count

import numpy as np

from optedu._validation import call_array, require_array
from optedu.convex._arguments import require_positive_number, require_system
from optedu.convex.certificates import Stationary


def huber_weights(residuals, M=1.0):
    """Return the weights with which `irls` minimizes the sum of `huber`.

    Parameters
    ----------
    residuals : array_like
        The residuals.
    M : float
        Where the square ends, positive.

    Returns
    -------
    ndarray
        min(1, M / ``abs(r)``), for each residual: a full vote up to M, then less and less.

    Raises
    ------
    ValueError
        If M is not positive.

    Examples
    --------
    >>> huber_weights([0.5, -4.0], M=1.0)
    array([1.  , 0.25])
    """
    sizes = np.abs(require_array("residuals", residuals))
    M = require_positive_number("M", M)
    return M / np.maximum(sizes, M)


def irls(A, b, values, weights, params=None) -> Iterator[Stationary]:
    """Minimize Σ φ(r) for r = Ax - b by weighted least squares, one fit a step [HW77]_.

    With w = weights(r), a step solves A'WAx = A'Wb. For an even φ the weights are φ'(r) / (2r),
    and the objective never rises if φ is concave as a function of r². Whatever is a fixed point
    satisfies 2A'Wr = 0, the condition of optimality.

    Parameters
    ----------
    A : array_like, shape (m, n)
        The matrix.
    b : array_like, shape (m,)
        What Ax should be.
    values : callable
        Maps the residuals to φ, entry by entry, as `huber` does.
    weights : callable
        Maps the residuals to φ'(r) / (2r), at least 0, as `huber_weights` does.
    params : array_like of shape (n,), optional
        The start point, by default the least-squares solution.

    Yields
    ------
    Stationary
        The start point first, then the solution of each fit. The residual is the norm of the
        gradient, 2A'Wr.

    Raises
    ------
    ValueError
        If the shapes do not match, or a weight is negative or not finite.

    References
    ----------
    .. [HW77] P. W. Holland and R. E. Welsch, "Robust regression using iteratively reweighted
       least-squares", Communications in Statistics A 6, 1977.

    Examples
    --------
    The median is 2, and `huber` with a small M is nearly its loss:

    >>> from optedu.convex import huber, solve
    >>> loss, weights = (lambda r: huber(r, 0.1)), (lambda r: huber_weights(r, 0.1))
    >>> solve(irls(np.ones((3, 1)), [1.0, 2.0, 30.0], loss, weights)).params.round(6)
    array([2.])
    """
    A, b = require_system(A, b)
    if params is None:
        x = np.linalg.lstsq(A, b, rcond=None)[0]
    else:
        x = require_array("params", params, shape=A.shape[1:])
    for step in count():
        r = A @ x - b
        w = call_array("weights", weights, r.shape, r)
        if not np.all(np.isfinite(w) & (w >= 0)):
            raise ValueError(f"weights must return finite numbers of at least 0; got {w}")
        objective = float(np.sum(call_array("values", values, r.shape, r)))
        yield Stationary(step, x, objective, float(np.linalg.norm(2 * A.T @ (w * r))))
        root = np.sqrt(w)
        x = np.linalg.lstsq(root[:, None] * A, root * b, rcond=None)[0]
