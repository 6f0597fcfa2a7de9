"""Splitting: give each part of a problem its own step, and let a multiplier make them agree.

ADMM and PDHG minimize f(x) + g(Kx) with the proxes of f and g, none of which needs a gradient.
At a solution there is a multiplier y, a slope of g at Kx, with -K'y a slope of f at x. Both
methods end each step with slopes of f and g in hand, so what is missing to that condition is
known: the two residuals. Projections in turn are the oldest case, where f and g are sets.
"""

from collections.abc import Iterator
from itertools import count

import numpy as np

from optedu._validation import (
    call_array,
    call_number,
    require_array,
    require_between,
    require_callable,
    require_positive,
)
from optedu.convex._arguments import apply_operator, require_positive_number, require_steps
from optedu.convex.certificates import PrimalDual, Split, Stationary


def admm(
    prox_f,
    prox_g,
    params,
    prox_step=1.0,
    operator=None,
    adjoint=None,
    objective=None,
    relaxation=1.0,
) -> Iterator[Split]:
    """Minimize f(x) + g(z) with Kx = z, by the alternating direction method [BPCPE11]_.

    In the scaled form, with u the multiplier times the step t (Boyd's ρ is 1/t),

        x <- argmin f(x) + ‖Kx - z + u‖² / (2t),    z <- prox_g(Kx + u, t),    u <- u + Kx - z.

    Any step leads to the same limit. A long one makes the dual residual fall first, a short one
    the primal residual. For consensus, stack one copy of x for each function in the rows of
    params, and let prox_g begin with `project_consensus`.

    Parameters
    ----------
    prox_f : callable
        ``prox_f(target, step)`` minimizes f(x) + ‖Kx - target‖² / (2 step): without K, the prox.
    prox_g : callable
        ``prox_g(point, step)``, the prox of g.
    params : array_like
        The start point x; z starts at Kx, and u at 0.
    prox_step : float
        The step t of both, positive; it changes the speed alone.
    operator, adjoint : callable, optional
        They map x to Kx and z to K'z; both or none, and by default the identity.
    objective : callable, optional
        Maps x and z to f(x) + g(z), to be recorded.
    relaxation : float
        Between 0 and 2: above 1, Kx is moved beyond itself, away from the old z.

    Yields
    ------
    Split
        The start first, whose dual residual is infinite because no slope is known yet, then the
        copies after each step. Without relaxation the residuals are ‖Kx - z‖ and
        ‖K'(z - z_old)‖ / t.

    Raises
    ------
    ValueError
        If a number is out of range, a function returns an array of another shape, or `adjoint`
        is not the adjoint of `operator`.

    References
    ----------
    .. [BPCPE11] S. Boyd, N. Parikh, E. Chu, B. Peleato and J. Eckstein, "Distributed
       optimization and statistical learning via the alternating direction method of
       multipliers", Foundations and Trends in Machine Learning 3, 2011, section 3.1.1.
    """
    x = require_array("params", params)
    t = require_positive_number("prox_step", prox_step)
    relaxation = require_between("relaxation", relaxation, 0, 2)
    if operator is None and adjoint is None:
        operator = adjoint = np.copy
    Kx = z = apply_operator(operator, adjoint, x)
    u, dual_residual = np.zeros(z.shape), np.inf
    for step in count():
        primal_residual = float(np.linalg.norm(Kx - z))
        value = np.nan if objective is None else call_number("objective", objective, x, z)
        yield Split(step, x, z, u / t, value, primal_residual, dual_residual)
        x = call_array("prox_f", prox_f, x.shape, z - u, t)
        Kx = call_array("operator", operator, z.shape, x)
        slope_f = Kx - z + u  # minus K' of it, over t, is a slope of f at x
        ahead = relaxation * Kx + (1 - relaxation) * z
        z = call_array("prox_g", prox_g, z.shape, ahead + u, t)
        u = u + ahead - z
        missing = call_array("adjoint", adjoint, x.shape, u - slope_f)
        dual_residual = float(np.linalg.norm(missing)) / t


def pdhg(
    prox_f,
    prox_g,
    operator,
    adjoint,
    params,
    primal_step,
    dual_step,
    dual=None,
    objective=None,
    bound=None,
) -> Iterator[PrimalDual]:
    """Minimize f(x) + g(Kx) by primal-dual hybrid gradient steps [CP11]_.

    With y the multiplier, g* the conjugate of g, and steps τ and σ,

        x_new = prox_f(x - τ K'y, τ),    y = prox_g*(y + σ K(2 x_new - x), σ),

    which needs K and K' but no system solved. It converges while τ σ ‖K‖² <= 1; for a matrix
    `diagonal_steps` gives each coordinate its own.

    Parameters
    ----------
    prox_f, prox_g : callable
        ``prox(point, step)`` of f and of g itself; Moreau's identity makes that of g*, as in
        `conjugate_prox`.
    operator, adjoint : callable
        They map x to Kx, and y to K'y.
    params : array_like
        The start point x.
    primal_step, dual_step : float or array_like
        The steps τ and σ, positive: one for all coordinates, or one for each if the prox takes
        that.
    dual : array_like, optional
        The start of y, of the shape of Kx; by default 0.
    objective : callable, optional
        Maps x to f(x) + g(Kx), to be recorded.
    bound : callable, optional
        Maps y to the dual value -f*(-K'y) - g*(y), which is below every objective.

    Yields
    ------
    PrimalDual
        The start first, with infinite residuals, then the pair after each step. The gap is
        objective minus bound; where x or y is not feasible, they are worth what you make them.

    Raises
    ------
    ValueError
        If shapes do not match, a step shows that τ σ ‖K‖² exceeds 1, or `adjoint` is not the
        adjoint of `operator`.

    References
    ----------
    .. [CP11] A. Chambolle and T. Pock, "A first-order primal-dual algorithm for convex problems
       with applications to imaging", J. Mathematical Imaging and Vision 40, 2011, algorithm 1.
    """
    x = require_array("params", params)
    Kx = apply_operator(operator, adjoint, x)
    y = np.zeros(Kx.shape) if dual is None else require_array("dual", dual, shape=Kx.shape)
    tau = require_steps("primal_step", primal_step, x.shape, require_positive)
    sigma = require_steps("dual_step", dual_step, y.shape, require_positive)
    Kty = call_array("adjoint", adjoint, x.shape, y)
    residuals = np.inf, np.inf
    for step in count():
        value = np.nan if objective is None else call_number("objective", objective, x)
        dual_value = np.nan if bound is None else call_number("bound", bound, y)
        yield PrimalDual(step, x, y, value, value - dual_value, *residuals)
        x_new = call_array("prox_f", prox_f, x.shape, x - tau * Kty, tau)
        Kx_new = call_array("operator", operator, y.shape, x_new)
        ahead = y + sigma * (2 * Kx_new - Kx)
        y_new = ahead - sigma * call_array("prox_g", prox_g, y.shape, ahead / sigma, 1 / sigma)
        Kty_new = call_array("adjoint", adjoint, x.shape, y_new)
        dx, dy, Kdx, Ktdy = x - x_new, y - y_new, Kx - Kx_new, Kty - Kty_new
        # Products of short steps keep the rounding of the points that they are differences of.
        rounding = 1e-12 * np.linalg.norm(Kx_new) * np.linalg.norm(dy)
        room = np.sum(dx**2 / tau) + np.sum(dy**2 / sigma)
        if 2 * abs(np.vdot(Kdx, dy)) > (1 + 1e-9) * room + rounding:
            raise ValueError("primal_step times dual_step must be at most 1 / ‖K‖²; take less")
        residuals = tuple(
            float(np.linalg.norm(slope)) for slope in (dx / tau - Ktdy, dy / sigma - Kdx)
        )
        x, y, Kx, Kty = x_new, y_new, Kx_new, Kty_new


def diagonal_steps(K, balance=1.0):
    """Return steps for `pdhg` that fit each row and each column of a matrix [PC11]_.

    τ_j = balance / Σ_i ``abs(K_ij)`` and σ_i = 1 / (balance Σ_j ``abs(K_ij)``): the matrix
    between their square roots has norm 1 at most, however badly its rows are scaled.

    Parameters
    ----------
    K : array_like, shape (m, n)
        The matrix.
    balance : float
        Positive: above 1 the primal steps are longer and the dual ones shorter.

    Returns
    -------
    primal_step : ndarray, shape (n,)
        A step for each column.
    dual_step : ndarray, shape (m,)
        A step for each row.

    Raises
    ------
    ValueError
        If K is not a matrix, or the balance is not positive.

    References
    ----------
    .. [PC11] T. Pock and A. Chambolle, "Diagonal preconditioning for first order primal-dual
       algorithms in convex optimization", ICCV 2011, lemma 2 with α = 1.

    Examples
    --------
    >>> diagonal_steps([[1.0, 1.0], [0.0, 3.0]])
    (array([1.  , 0.25]), array([0.5       , 0.33333333]))
    """
    sizes = np.abs(require_array("K", K, ndim=2))
    balance = require_positive_number("balance", balance)
    columns, rows = sizes.sum(axis=0), sizes.sum(axis=1)
    # What K does not touch may take any step.
    columns[columns == 0] = rows[rows == 0] = 1
    return balance / columns, 1 / (balance * rows)


def alternating_projections(projections, params) -> Iterator[Stationary]:
    """Look for a common point of convex sets by projecting on each in turn [N50]_.

    For two subspaces at an angle θ a sweep multiplies the error by cos²θ. The limit is a common
    point, not the nearest one; for that take `dykstra`.

    Parameters
    ----------
    projections : sequence of callable
        Each maps a point to the nearest point of its set.
    params : array_like
        The start point.

    Yields
    ------
    Stationary
        The start first, then the point after each sweep over the sets. The residual is the
        largest distance between it and what the sweep passed in a set: no set is further away.
        It stays above zero where the sets have no common point. The objective is half the
        squared distance from the start, for comparison with `dykstra`.

    Raises
    ------
    ValueError
        If there is no projection, or one changes the shape of params.

    References
    ----------
    .. [N50] J. von Neumann, "Functional operators", volume 2, Princeton, 1950, theorem 13.7.

    Examples
    --------
    >>> axes = [lambda p: p * [1.0, 0.0], lambda p: p * [0.0, 1.0]]
    >>> [float(it.residual) for it in alternating_projections(axes, [3.0, 4.0])]
    [4.0, 3.0, 0.0]
    """
    yield from _sweeps(projections, params, remember=0.0)


def dykstra(projections, params) -> Iterator[Stationary]:
    """Find the nearest common point of convex sets [BD86]_.

    Each set keeps a correction p, what its last projection took away, and gets it back first:

        x_new = project(x + p),    p = x + p - x_new.

    Parameters
    ----------
    projections : sequence of callable
        Each maps a point to the nearest point of its set.
    params : array_like
        The point to project on the intersection.

    Yields
    ------
    Stationary
        The start first, then the point after each sweep over the sets, with half its squared
        distance from the start. The residual is the largest distance between the point and what
        the sweep passed in a set. At zero the point is in all sets, and the way back to the start
        is a sum of their normals, which is the condition for the nearest one.

    Raises
    ------
    ValueError
        If there is no projection, or one changes the shape of params.

    References
    ----------
    .. [BD86] J. P. Boyle and R. L. Dykstra, "A method for finding projections onto the
       intersection of convex sets in Hilbert spaces", Lecture Notes in Statistics 37, 1986.
    """
    yield from _sweeps(projections, params, remember=1.0)


def _sweeps(projections, params, remember):
    """Project on each set in turn; with remember=1 give each its correction back first."""
    start = x = require_array("params", params)
    try:
        projections = [require_callable("projections", project) for project in projections]
    except TypeError as error:
        raise ValueError("projections must be a sequence of functions, one a set") from error
    if not projections:
        raise ValueError("projections must hold one function a set; got none")
    corrections = [np.zeros(x.shape) for _ in projections]
    passed = [call_array("projections", project, x.shape, x.copy()) for project in projections]
    for step in count():
        residual = max(float(np.linalg.norm(point - x)) for point in passed)
        yield Stationary(step, x, float(np.sum((x - start) ** 2)) / 2, residual)
        if residual == 0:
            return
        passed = []
        for i, project in enumerate(projections):
            ahead = x + corrections[i]
            x = call_array("projections", project, x.shape, ahead)
            corrections[i] = remember * (ahead - x)
            passed.append(x)
