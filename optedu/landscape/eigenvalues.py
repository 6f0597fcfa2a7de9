"""Extreme eigenvalues of a Hessian, measured by multiplying with it.

A network's Hessian has too many entries to write down, but its product with a vector costs about
as much as a gradient. All methods here see the matrix through that product alone: `hvp` maps v to
H v, as ``model.hvp(params)`` does. Power iteration keeps the last product; Lanczos' method keeps
them all, and gets far more out of each. What they return carries its own certificate: if
‖H v - θ v‖ = r for a unit vector v, then H has an eigenvalue within r of θ.
"""

from typing import NamedTuple

import numpy as np

from optedu._validation import (
    require_array,
    require_choice,
    require_count,
    require_not_negative,
    require_number,
    require_rng,
)
from optedu.landscape._arguments import multiply


class Eigenpair(NamedTuple):
    """An approximate eigenvalue with its vector and its certificate.

    Parameters
    ----------
    value : float
        The Rayleigh quotient v'Hv.
    vector : ndarray, shape (n,)
        The unit vector v.
    residual : float
        ‖H v - value v‖, within which of `value` an eigenvalue lies.
    n_products : int
        How many products with H it took.
    """

    value: float
    vector: np.ndarray
    residual: float
    n_products: int


def power_iteration(hvp, n, rng, shift=0.0, tol=1e-6, max_products=1000) -> Eigenpair:
    """Find the eigenvalue of largest size by multiplying again and again.

    v <- Hv / ‖Hv‖. The part of v along any other eigenvector shrinks by ``abs(λ / λ_max)`` a
    step. The Rayleigh quotient v'Hv keeps the eigenvalue's sign, which ‖Hv‖ would lose.

    Parameters
    ----------
    hvp : callable
        Maps a vector of shape (n,) to its product with a symmetric matrix H.
    n : int
        The number of rows of H.
    rng : numpy.random.Generator
        Where the start vector comes from.
    shift : float
        Iterate with H + shift I, whose eigenvalues are those of H moved. A shift of at least
        -λ_min finds the largest eigenvalue instead of the one largest in size; it also parts λ
        from -λ, between which the iteration would never settle.
    tol : float
        Stop once the residual is at most `tol` times the size of the shifted eigenvalue.
    max_products : int
        Stop after so many products at the latest; the residual tells whether that was early.

    Returns
    -------
    Eigenpair
        The eigenvalue of H, not of the shifted matrix, and its certificate.

    Raises
    ------
    ValueError
        If `hvp` returns anything but finite numbers of shape (n,), or an argument is out of range.

    Examples
    --------
    >>> curvatures = np.array([-5.0, 1.0, 3.0])
    >>> round(power_iteration(lambda v: curvatures * v, 3, np.random.default_rng(0)).value, 6)
    -5.0
    """
    n = require_count("n", n, at_least=1)
    shift = require_number("shift", shift)
    require_not_negative("tol", require_number("tol", tol))
    require_count("max_products", max_products, at_least=1)
    product = require_rng("rng", rng).standard_normal(n)
    for n_products in range(1, max_products + 1):
        vector = product / np.linalg.norm(product)
        product = multiply(hvp, vector) + shift * vector
        value = vector @ product
        residual = np.linalg.norm(product - value * vector)
        if residual <= tol * np.abs(value) or n_products == max_products:
            break
    return Eigenpair(float(value - shift), vector, float(residual), n_products)


class Ritz(NamedTuple):
    """What Lanczos' method knows of a matrix: its best approximations from one Krylov space.

    Parameters
    ----------
    values : ndarray, shape (k,)
        The Ritz values, ascending. The outermost settle first.
    residuals : ndarray, shape (k,)
        ‖H v - θ v‖ for each value θ and its vector v; an eigenvalue lies that close to θ.
    basis : ndarray, shape (k, n)
        The orthonormal basis, one vector a row, the start vector first.
    mixes : ndarray, shape (k, k)
        How each Ritz vector, one a column, is mixed from the basis.
    """

    values: np.ndarray
    residuals: np.ndarray
    basis: np.ndarray
    mixes: np.ndarray

    @property
    def vectors(self):
        """Return the orthonormal Ritz vectors, one a column."""
        return self.basis.T @ self.mixes

    @property
    def weights(self):
        """Return the squared parts of the start vector along the Ritz vectors; they sum to 1."""
        return self.mixes[0] ** 2

    def pair(self, which):
        """Return one value with its vector and its certificate.

        Parameters
        ----------
        which : int
            Its place in the ascending order: 0 for the lowest, -1 for the highest.

        Returns
        -------
        Eigenpair
            The approximate eigenpair.
        """
        vector = self.mixes[:, which] @ self.basis
        value, residual = float(self.values[which]), float(self.residuals[which])
        return Eigenpair(value, vector, residual, len(self.values))


def lanczos(hvp, n, n_steps, rng, tol=0.0, ends="both", start=None) -> Ritz:
    """Find extreme eigenvalues from all products at once [L50]_.

    The vectors v, Hv, H²v, ... span a Krylov space. In an orthonormal basis of it H is the
    tridiagonal matrix T, whose eigenvalues approach those of H from inside, the outermost first.
    Rounding would let copies of found eigenvalues come back, so each new basis vector is made
    orthogonal to all before it.

    Parameters
    ----------
    hvp : callable
        Maps a vector of shape (n,) to its product with a symmetric matrix H.
    n : int
        The number of rows of H.
    n_steps : int
        Products at most. Fewer are made where the space is exhausted: one start vector sees
        each distinct eigenvalue once, so there are at most as many Ritz values.
    rng : numpy.random.Generator
        Where the start vector comes from.
    tol : float
        Stop once the residuals at the chosen ends are at most `tol` times the largest Ritz value
        in size; 0 makes all the steps.
    ends : str
        Which ends `tol` is about: ``"top"``, ``"bottom"`` or ``"both"``.
    start : array_like, shape (n,), optional
        A start vector, of any length but 0. By default a random one, which has a part along
        every eigenvector; one that lacks an eigenvector never finds it.

    Returns
    -------
    Ritz
        The values with their residuals, and on request their vectors and weights.

    Raises
    ------
    ValueError
        If `hvp` returns anything but finite numbers of shape (n,), or is not symmetric, or an
        argument is out of range.

    References
    ----------
    .. [L50] C. Lanczos, "An iteration method for the solution of the eigenvalue problem of linear
       differential and integral operators", J. Res. National Bureau of Standards 45, 1950.

    Examples
    --------
    >>> curvatures = np.append(np.linspace(0, 1, 99), 2.0)
    >>> ritz = lanczos(lambda v: curvatures * v, 100, 10, np.random.default_rng(0))
    >>> round(ritz.values[-1].item(), 6)
    2.0
    """
    n = require_count("n", n, at_least=1)
    require_count("n_steps", n_steps, at_least=1)
    require_rng("rng", rng)
    require_not_negative("tol", require_number("tol", tol))
    require_choice("ends", ends, ("top", "bottom", "both"))
    if start is None:
        start = rng.standard_normal(n)
    elif not np.any(start := require_array("start", start, shape=(n,))):
        raise ValueError("start must not be the zero vector; pass any other, or None")
    watched = {"top": [-1], "bottom": [0], "both": [0, -1]}[ends]
    n_steps = min(n_steps, n)
    basis, T = np.empty((n_steps, n)), np.zeros((n_steps, n_steps))
    basis[0] = start / np.linalg.norm(start)
    for k in range(n_steps):
        known = basis[: k + 1]
        product = multiply(hvp, basis[k])
        T[k, k] = basis[k] @ product
        size = np.abs(T).max()
        if k and np.abs(basis[k - 1] @ product - T[k - 1, k]) > 0.01 * size:
            raise ValueError("hvp must be symmetric: u'Hv and v'Hu differ by more than rounding")
        for _ in range(2):  # once leaves a residue of rounding behind, twice does not
            product = product - (known @ product) @ known
        beta = np.linalg.norm(product)
        last = k + 1 == n_steps or beta <= n * np.finfo(float).eps * size
        # A look at the values costs about k³, so looks grow rarer as the matrix grows.
        if last or (tol > 0 and k % (1 + k // 20) == 0):
            values, mixes = np.linalg.eigh(T[: k + 1, : k + 1])
            residuals = beta * np.abs(mixes[-1])
            if last or np.all(residuals[watched] <= tol * np.abs(values).max()):
                break
        T[k, k + 1] = T[k + 1, k] = beta
        basis[k + 1] = product / beta
    return Ritz(values, residuals, known, mixes)


def top_eigenvalue(hvp, n, rng, tol=1e-6, max_products=100) -> Eigenpair:
    """Find the largest eigenvalue, the sharpness where H is a Hessian.

    Parameters
    ----------
    hvp : callable
        Maps a vector of shape (n,) to its product with a symmetric matrix H.
    n : int
        The number of rows of H.
    rng : numpy.random.Generator
        Where the start vector comes from.
    tol : float
        Stop once the residual is at most `tol` times the spectrum's size. The error of the value
        is smaller still, about the square of the residual over the gap to the next eigenvalue.
    max_products : int
        Stop after so many products at the latest; the residual tells whether that was early.

    Returns
    -------
    Eigenpair
        The largest eigenvalue, even where a negative one is larger in size.

    Raises
    ------
    ValueError
        If `hvp` returns anything but finite numbers of shape (n,), or is not symmetric, or an
        argument is out of range.

    Examples
    --------
    >>> curvatures = np.array([-5.0, 1.0, 3.0])
    >>> round(top_eigenvalue(lambda v: curvatures * v, 3, np.random.default_rng(0)).value, 6)
    3.0
    """
    require_count("max_products", max_products, at_least=1)
    return lanczos(hvp, n, max_products, rng, tol, "top").pair(-1)


def extreme_eigenvalues(hvp, n, rng, tol=1e-6, max_products=100) -> tuple[Eigenpair, Eigenpair]:
    """Find the smallest and the largest eigenvalue from the same products.

    Parameters
    ----------
    hvp : callable
        Maps a vector of shape (n,) to its product with a symmetric matrix H.
    n : int
        The number of rows of H.
    rng : numpy.random.Generator
        Where the start vector comes from.
    tol : float
        Stop once both residuals are at most `tol` times the spectrum's size.
    max_products : int
        Stop after so many products at the latest; the residuals tell whether that was early.

    Returns
    -------
    lowest, highest : Eigenpair
        At a critical point a negative lowest one proves a saddle or a maximum.

    Raises
    ------
    ValueError
        If `hvp` returns anything but finite numbers of shape (n,), or is not symmetric, or an
        argument is out of range.
    """
    require_count("max_products", max_products, at_least=1)
    ritz = lanczos(hvp, n, max_products, rng, tol, "both")
    return ritz.pair(0), ritz.pair(-1)
