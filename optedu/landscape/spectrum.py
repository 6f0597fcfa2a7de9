"""The spectrum as a whole, and its top along a run.

Random vectors ask a matrix about all its eigenvalues at once: the mean of v'f(H)v over random
signs v is the trace of f(H). So a few products give the trace, and a few Lanczos runs the density
of the spectrum. Its largest value, the sharpness, is followed from step to step.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from optedu._validation import (
    require_array,
    require_callable,
    require_count,
    require_number,
    require_positive,
    require_rng,
)
from optedu.landscape._arguments import multiply
from optedu.landscape.eigenvalues import lanczos, top_eigenvalue


@dataclass(frozen=True)
class SpectralDensity:
    """An estimate of how the eigenvalues of a matrix are spread.

    Parameters
    ----------
    nodes : ndarray, shape (k,)
        Places on the axis of eigenvalues, ascending.
    weights : ndarray, shape (k,)
        The share of the eigenvalues that each stands for; they sum to 1.
    """

    nodes: np.ndarray
    weights: np.ndarray

    def moment(self, power):
        """Return the mean of the eigenvalues' powers, an estimate of trace(H^power) / n.

        Parameters
        ----------
        power : int
            Which moment; 0 gives 1.

        Returns
        -------
        float
            The moment.

        Raises
        ------
        ValueError
            If `power` is not a whole number of at least 0.
        """
        return float(self.weights @ self.nodes ** require_count("power", power))

    def cdf(self, x):
        """Return the share of the eigenvalues that are at most x.

        Parameters
        ----------
        x : array_like
            Where to look.

        Returns
        -------
        ndarray
            Between 0 and 1, of the shape of `x`.

        Raises
        ------
        ValueError
            If `x` is empty or not finite.
        """
        x = require_array("x", x)
        below = np.concatenate([[0.0], np.cumsum(self.weights)])
        return below[np.searchsorted(self.nodes, x, side="right")]

    def smoothed(self, x, width):
        """Return the density, each node spread into a Gaussian.

        Parameters
        ----------
        x : array_like
            Where to look.
        width : float
            The standard deviation of the Gaussians, in units of the eigenvalues.

        Returns
        -------
        ndarray
            Eigenvalues per unit of the axis, as a share; it integrates to 1.

        Raises
        ------
        ValueError
            If `x` is empty or not finite, or `width` is not positive.
        """
        x = require_array("x", x)
        width = require_positive("width", require_number("width", width))
        distances = (x[..., None] - self.nodes) / width
        return np.exp(-(distances**2) / 2) @ self.weights / (width * np.sqrt(2 * np.pi))


def spectral_density(hvp, n, rng, n_probes=10, n_steps=40) -> SpectralDensity:
    """Estimate the whole spectrum by stochastic Lanczos quadrature [GKX19]_.

    For a unit vector v with random signs the mean of v'f(H)v is trace f(H) / n, the mean of f
    over the eigenvalues. Lanczos' method turns each v'f(H)v into a quadrature: its Ritz values
    are the nodes, and v's squared parts along the Ritz vectors are the weights. With k steps that
    is exact for polynomials f of degree up to 2k - 1.

    Parameters
    ----------
    hvp : callable
        Maps a vector of shape (n,) to its product with a symmetric matrix H.
    n : int
        The number of rows of H.
    rng : numpy.random.Generator
        Where the signs come from.
    n_probes : int
        How many vectors to average over; the error falls like 1 / sqrt(n n_probes).
    n_steps : int
        Products for each vector.

    Returns
    -------
    SpectralDensity
        Nodes and weights, with the moments, the distribution function and a smooth density.

    Raises
    ------
    ValueError
        If `hvp` returns anything but finite numbers of shape (n,), or is not symmetric, or an
        argument is out of range.

    References
    ----------
    .. [GKX19] B. Ghorbani, S. Krishnan and Y. Xiao, "An investigation into neural net optimization
       via Hessian eigenvalue density", ICML 2019.
    """
    n = require_count("n", n, at_least=1)
    require_count("n_probes", n_probes, at_least=1)
    require_count("n_steps", n_steps, at_least=1)
    signs = require_rng("rng", rng).choice([-1.0, 1.0], size=(n_probes, n))
    runs = [lanczos(hvp, n, n_steps, rng, start=probe) for probe in signs]
    nodes = np.concatenate([run.values for run in runs])
    weights = np.concatenate([run.weights for run in runs]) / n_probes
    order = np.argsort(nodes)
    return SpectralDensity(nodes[order], weights[order])


def hessian_trace(hvp, n, rng, n_probes=100) -> tuple[float, float]:
    """Estimate the trace, the sum of all curvatures, from random signs [H90]_.

    For independent signs z the mean of z'Hz is the trace, since the mean of z_i z_j is 0 for
    i ≠ j and z_i² is 1. The variance is twice the sum of the squares off the diagonal, so a
    diagonal H is measured exactly.

    Parameters
    ----------
    hvp : callable
        Maps a vector of shape (n,) to its product with a symmetric matrix H.
    n : int
        The number of rows of H.
    rng : numpy.random.Generator
        Where the signs come from.
    n_probes : int
        How many vectors to average over, at least 2; each costs a product.

    Returns
    -------
    trace, standard_error : float
        The estimate, and the standard deviation that the probes suggest for it.

    Raises
    ------
    ValueError
        If `hvp` returns anything but finite numbers of shape (n,), or an argument is out of range.

    References
    ----------
    .. [H90] M. F. Hutchinson, "A stochastic estimator of the trace of the influence matrix for
       Laplacian smoothing splines", Communications in Statistics: Simulation and Computation
       19(2), 1990.

    Examples
    --------
    >>> hessian_trace(lambda v: np.array([1.0, 2.0, 3.0]) * v, 3, np.random.default_rng(0))
    (6.0, 0.0)
    """
    n = require_count("n", n, at_least=1)
    require_count("n_probes", n_probes, at_least=2)
    signs = require_rng("rng", rng).choice([-1.0, 1.0], size=(n_probes, n))
    samples = np.array([z @ multiply(hvp, z) for z in signs])
    return float(samples.mean()), float(samples.std(ddof=1) / np.sqrt(n_probes))


class Sharpness(NamedTuple):
    """The curvature a run has met after `step` updates.

    Parameters
    ----------
    step : int
        Updates made so far.
    loss : float
        The loss there.
    sharpness : float
        The largest eigenvalue of the Hessian there; NaN once the run has left the numbers.
    """

    step: int
    loss: float
    sharpness: float


def track_sharpness(
    iterates, hvp_at, rng, every=1, tol=1e-3, max_products=100
) -> Iterator[Sharpness]:
    """Follow the largest curvature along a run.

    Gradient descent is stable only where the sharpness is below 2/α, yet full-batch training
    often drives it up to there and then along the edge [CKLKT21]_.

    Parameters
    ----------
    iterates : iterable of Iterate
        A run of any method; bound it with `itertools.islice`, or take what you need.
    hvp_at : callable
        Maps parameters to the product v -> H v with the Hessian there, as a model's ``hvp``.
    rng : numpy.random.Generator
        Where the start vectors come from.
    every : int
        Measure at every so many-th iterate, from the first.
    tol : float
        The residual to reach, as a share of the sharpness.
    max_products : int
        Products at most for each measurement.

    Yields
    ------
    Sharpness
        ``(step, loss, sharpness)`` of each iterate measured.

    Raises
    ------
    ValueError
        If `hvp_at` or what it returns gives something else than it should, or an argument is out
        of range.

    References
    ----------
    .. [CKLKT21] J. M. Cohen, S. Kaur, Y. Li, J. Z. Kolter and A. Talwalkar, "Gradient descent on
       neural networks typically occurs at the edge of stability", ICLR 2021.
    """
    require_callable("hvp_at", hvp_at)
    require_rng("rng", rng)
    require_count("every", every, at_least=1)
    for seen, it in enumerate(iterates):
        if seen % every:
            continue
        sharpness = np.nan
        if np.isfinite(it.loss) and np.all(np.isfinite(it.params)):
            hvp = hvp_at(it.params)
            if not callable(hvp):
                raise ValueError(
                    "hvp_at must return the function v -> H v at the parameters it is given; "
                    f"it returned {type(hvp).__name__}"
                )
            # A start at the last eigenvector would save some of the products, and overlook a
            # direction that has overtaken it.
            sharpness = top_eigenvalue(hvp, it.params.size, rng, tol, max_products).value
        yield Sharpness(it.step, float(it.loss), sharpness)
