"""What a solver of the lab hands out: a point, its objective, and a proof of how good it is.

Each solver is a generator of records. A `gap` bounds the distance of the objective from its
optimum; a `residual` measures by how much the conditions of optimality are missed, and is zero at
solutions alone. Neither asks how many steps were made, or how small the last one was. `solve`
runs any solver to a tolerance on its certificate.
"""

from typing import NamedTuple

import numpy as np

from optedu._validation import require_count, require_not_negative, require_number


class Bounded(NamedTuple):
    """A point whose objective is within `gap` of the optimum.

    Parameters
    ----------
    step : int
        Updates made so far; the start point is step 0.
    params : ndarray
        A feasible point.
    objective : float
        Its objective.
    gap : float
        The optimum lies between ``objective - gap`` and `objective`.
    """

    step: int
    params: np.ndarray
    objective: float
    gap: float

    @property
    def certificate(self):
        """Return the gap."""
        return self.gap


class Stationary(NamedTuple):
    """A point with the amount by which it misses the conditions of optimality.

    Parameters
    ----------
    step : int
        Updates made so far; the start point is step 0.
    params : ndarray
        The point; of a factorization, the pair of factors.
    objective : float
        Its objective.
    residual : float
        Zero exactly where the conditions hold; each method says which norm of what it is.
    """

    step: int
    params: np.ndarray
    objective: float
    residual: float

    @property
    def certificate(self):
        """Return the residual."""
        return self.residual


class Atomic(NamedTuple):
    """A point written as a convex combination of atoms, with its Frank-Wolfe gap.

    Parameters
    ----------
    step : int
        Updates made so far; the start point is step 0.
    params : ndarray
        The point, ``weights @ atoms``.
    objective : float
        Its objective.
    gap : float
        The optimum lies between ``objective - gap`` and `objective`.
    atoms : ndarray
        The vertices in use, stacked along the first axis.
    weights : ndarray
        Their weights, positive, with sum 1.
    """

    step: int
    params: np.ndarray
    objective: float
    gap: float
    atoms: np.ndarray
    weights: np.ndarray

    @property
    def certificate(self):
        """Return the gap."""
        return self.gap


class Split(NamedTuple):
    """The two copies of the variable that ADMM brings together, and their multiplier.

    Parameters
    ----------
    step : int
        Updates made so far; the start point is step 0.
    params : ndarray
        The copy x that minimizes f.
    copy : ndarray
        The copy z of Kx that minimizes g; sparse or feasible where g makes it so.
    dual : ndarray
        The multiplier of Kx = z.
    objective : float
        The value of f(x) + g(z), or NaN if no objective was given.
    primal_residual : float
        ‖Kx - z‖: by how much the copies differ.
    dual_residual : float
        The distance of 0 from the slopes of f at x plus K' times the multiplier.
    """

    step: int
    params: np.ndarray
    copy: np.ndarray
    dual: np.ndarray
    objective: float
    primal_residual: float
    dual_residual: float

    @property
    def certificate(self):
        """Return the larger residual."""
        return max(self.primal_residual, self.dual_residual)


class PrimalDual(NamedTuple):
    """A point and a multiplier that approach a saddle point of f(x) + y'Kx - g*(y).

    Parameters
    ----------
    step : int
        Updates made so far; the start point is step 0.
    params : ndarray
        The primal point x.
    dual : ndarray
        The dual point y.
    objective : float
        The primal value, or NaN if no objective was given.
    gap : float
        The primal value minus the dual value, or NaN if one of them was not given.
    primal_residual : float
        The distance of 0 from the slopes of f at x plus K'y.
    dual_residual : float
        The distance of Kx from the slopes of g* at y.
    """

    step: int
    params: np.ndarray
    dual: np.ndarray
    objective: float
    gap: float
    primal_residual: float
    dual_residual: float

    @property
    def certificate(self):
        """Return the larger residual."""
        return max(self.primal_residual, self.dual_residual)


def solve(iterates, tol=1e-6, max_steps=10_000):
    """Run a solver until its certificate is at most a tolerance.

    Parameters
    ----------
    iterates : iterator
        What a solver of the lab returned; `solve` takes from it and closes it.
    tol : float
        How large the gap, or the larger residual, may be.
    max_steps : int
        Steps at most.

    Returns
    -------
    Bounded, Stationary, Atomic, Split or PrimalDual
        The first record with a certificate that small.

    Raises
    ------
    ValueError
        If an argument is out of range.
    RuntimeError
        If the solver does not get there: raise `max_steps`, or `tol`. To look at what it found,
        iterate over the solver itself.

    Examples
    --------
    >>> from optedu.convex import mirror_descent
    >>> bowl = lambda x: (x @ x, 2 * x)
    >>> solve(mirror_descent(bowl, [0.9, 0.1], 0.5), tol=1e-3).params.round(2)
    array([0.5, 0.5])
    """
    require_not_negative("tol", require_number("tol", tol))
    require_count("max_steps", max_steps)
    if not hasattr(iterates, "close"):
        raise ValueError(f"iterates must be a running solver; got {type(iterates).__name__}")
    it = None
    for it in iterates:
        if it.certificate <= tol or it.step >= max_steps:
            break
    iterates.close()
    if it is None:
        raise ValueError("iterates must have a record to give; this run was used up before")
    if it.certificate <= tol:
        return it
    raise RuntimeError(
        f"after {it.step} steps the certificate is {it.certificate:.3g}, above tol={tol:g}; "
        "allow more steps, ask for less, or choose another method"
    )
