"""Non-negative factorization: one problem that is not convex, in two halves that are.

A is close to YX with Y and X non-negative: columns of A as sums of k parts that are never
subtracted. In Y alone, or X alone, ‖A - YX‖² is a convex least-squares problem, so solving or
improving one half after the other never raises it. Where that ends depends on the start.

At a stationary point the gradient is zero at positive entries, and not negative at zeros. Both
are one condition, min(entry, gradient) = 0, and the largest violation is the certificate.
"""

from collections.abc import Iterator
from itertools import count

import numpy as np

from optedu._validation import require_array
from optedu.convex._arguments import require_system
from optedu.convex.certificates import Stationary


def nnls(A, b):
    """Solve non-negative least squares, min ‖Ax - b‖² with x >= 0 [LH74]_.

    Free the coordinate with the steepest descent, solve for all free ones, and take back to zero
    those that would turn negative on the way. It ends after finitely many solves.

    Parameters
    ----------
    A : array_like, shape (m, n)
        The matrix.
    b : array_like, shape (m,)
        What Ax should be.

    Returns
    -------
    ndarray, shape (n,)
        A minimizer; the only one if the columns in use are independent.

    Raises
    ------
    ValueError
        If the shapes do not match.

    References
    ----------
    .. [LH74] C. L. Lawson and R. J. Hanson, "Solving least squares problems", Prentice-Hall,
       1974, algorithm 23.10.

    Examples
    --------
    >>> nnls([[1.0, 0.0], [0.0, 1.0]], [2.0, -1.0])
    array([2., 0.])
    """
    A, b = require_system(A, b)
    lengths = np.linalg.norm(A, axis=0)
    lengths[lengths == 0] = 1
    A = A / lengths  # columns of one length are solved for with one precision
    x, free = np.zeros(A.shape[1]), np.zeros(A.shape[1], dtype=bool)
    refused = free.copy()
    rounding = 100 * np.finfo(float).eps * np.linalg.norm(b)
    while True:
        slopes = A.T @ (b - A @ x)
        candidates = ~free & ~refused & (slopes > rounding)
        if not candidates.any():
            return x / lengths
        entering = np.argmax(np.where(candidates, slopes, -np.inf))
        trial, trial_free = _solve_with(entering, A, b, x, free)
        # Rounding can promise descent along a column that depends on the free ones.
        if np.linalg.norm(A @ trial - b) < np.linalg.norm(A @ x - b):
            x, free, refused = trial, trial_free, np.zeros_like(refused)
        else:
            refused[entering] = True


def nmf_nnls(A, Y, X) -> Iterator[Stationary]:
    """Factorize by solving each half exactly: X for this Y, then Y for that X.

    Parameters
    ----------
    A : array_like, shape (m, n)
        The matrix, non-negative.
    Y : array_like, shape (m, k)
        The start of the left factor, non-negative.
    X : array_like, shape (k, n)
        The start of the right factor, which the first step replaces.

    Yields
    ------
    Stationary
        The start first, then the factors after each pair of halves: params is the pair (Y, X),
        the objective ‖A - YX‖², the residual the largest entry of ``abs(min(entry, gradient))``.

    Raises
    ------
    ValueError
        If the shapes do not match, or an entry is negative.
    """

    def halves(A, Y, X):
        X = np.stack([nnls(Y, column) for column in A.T], axis=1)
        return np.stack([nnls(X.T, row) for row in A]), X

    yield from _factorize(A, Y, X, halves)


def nmf_hals(A, Y, X) -> Iterator[Stationary]:
    """Factorize by minimizing over one row of X, or one column of Y, at a time [CZA07]_.

    With the others held, row j of X has the minimum max(0, x_j - slope_j / curvature_j), where
    the slope is (Y'YX - Y'A)_j and the curvature ‖y_j‖².

    Parameters
    ----------
    A : array_like, shape (m, n)
        The matrix, non-negative.
    Y : array_like, shape (m, k)
        The start of the left factor, non-negative.
    X : array_like, shape (k, n)
        The start of the right factor, non-negative; zeros will do.

    Yields
    ------
    Stationary
        The start first, then the factors after each sweep: params is the pair (Y, X), the
        objective ‖A - YX‖², the residual the largest entry of ``abs(min(entry, gradient))``.

    Raises
    ------
    ValueError
        If the shapes do not match, or an entry is negative.

    References
    ----------
    .. [CZA07] A. Cichocki, R. Zdunek and S. Amari, "Hierarchical ALS algorithms for nonnegative
       matrix and 3D tensor factorization", ICA 2007.
    """

    def halves(A, Y, X):
        X = _improve_rows(X, Y.T @ Y, Y.T @ A)
        return _improve_rows(Y.T, X @ X.T, X @ A.T).T, X

    yield from _factorize(A, Y, X, halves)


def nmf_multiplicative(A, Y, X) -> Iterator[Stationary]:
    """Factorize by multiplying with ratios of gradients' parts [LS01]_.

    X <- X * (Y'A) / (Y'YX), then Y <- Y * (AX') / (YXX'). No sign can change, so a zero stays
    one: start from positive factors. The objective never rises, but it falls slowly.

    Parameters
    ----------
    A : array_like, shape (m, n)
        The matrix, non-negative.
    Y : array_like, shape (m, k)
        The start of the left factor, positive.
    X : array_like, shape (k, n)
        The start of the right factor, positive.

    Yields
    ------
    Stationary
        The start first, then the factors after each sweep: params is the pair (Y, X), the
        objective ‖A - YX‖², the residual the largest entry of ``abs(min(entry, gradient))``.

    Raises
    ------
    ValueError
        If the shapes do not match, or an entry is negative, or a factor is zero.

    References
    ----------
    .. [LS01] D. D. Lee and H. S. Seung, "Algorithms for non-negative matrix factorization",
       NIPS 2000, theorem 1.
    """
    for name, factor in (("Y", Y), ("X", X)):
        if np.any(require_array(name, factor, ndim=2) == 0):
            raise ValueError(f"{name} must be positive: a zero entry could never grow")
    tiny = np.finfo(float).tiny  # keeps 0 / 0 at 0

    def halves(A, Y, X):
        X = X * (Y.T @ A) / (Y.T @ Y @ X + tiny)
        return Y * (A @ X.T) / (Y @ (X @ X.T) + tiny), X

    yield from _factorize(A, Y, X, halves)


def _factorize(A, Y, X, halves):
    """Run both halves in turn, and certify each pair of factors."""
    A = require_array("A", A, ndim=2)
    Y = require_array("Y", Y, ndim=2)
    if len(Y) != len(A):
        raise ValueError(f"Y must have {len(A)} rows, as A; got shape {Y.shape}")
    X = require_array("X", X, shape=(Y.shape[1], A.shape[1]))
    for name, matrix in (("A", A), ("Y", Y), ("X", X)):
        if np.any(matrix < 0):
            raise ValueError(f"{name} must not be negative; its smallest entry is {matrix.min()}")
    for step in count():
        error = Y @ X - A
        slopes = (Y, 2 * error @ X.T), (X, 2 * Y.T @ error)
        residual = max(float(np.abs(np.minimum(*pair)).max()) for pair in slopes)
        yield Stationary(step, (Y, X), float(np.sum(error**2)), residual)
        Y, X = halves(A, Y, X)


def _improve_rows(X, gram, cross):
    """Return X with one row after the other at its minimum; a part that is unused stays."""
    X = X.copy()
    for j in np.flatnonzero(np.diag(gram)):
        X[j] = np.maximum(X[j] - (gram[j] @ X - cross[j]) / gram[j, j], 0)
    return X


def _solve_with(entering, A, b, x, free):
    """Free one more coordinate, and take those to zero that block the way to the solution."""
    free = free.copy()
    free[entering] = True
    while True:
        trial = np.zeros(len(x))
        trial[free] = np.linalg.lstsq(A[:, free], b, rcond=None)[0]
        blocked = free & (trial <= 0)
        if not blocked.any():
            return trial, free
        fractions = np.full(len(x), np.inf)
        room = np.maximum(x - trial, np.finfo(float).tiny)
        fractions[blocked] = x[blocked] / room[blocked]
        x = x + fractions.min() * (trial - x)
        free &= fractions > fractions.min()
        x[~free] = 0
