"""Proximal gradient methods: a gradient step on the smooth part, a prox of the rest.

The problem is to minimize F = f + g with f smooth and g simple: its prox is a formula. One step,

    params <- prox(params - grads / L, 1 / L),

minimizes g plus a parabola that lies above f wherever L is at least the smoothness. A step stands
still only at a minimum, so L times its length is the certificate; without g it is the norm of
the gradient. `fista` takes the same step from a point further ahead, `coordinate_descent` one
coordinate at a time. With a projection for the prox this is projected gradient descent.
"""

from collections.abc import Iterator
from itertools import count

import numpy as np

from optedu._validation import (
    call_array,
    call_number,
    require_array,
    require_callable,
    require_not_negative,
    require_number,
)
from optedu.convex._arguments import call_smooth, require_positive_number, require_system
from optedu.convex.certificates import Bounded, Stationary


def ista(
    value_and_grad, prox, params, smoothness, penalty=None, backtrack=False
) -> Iterator[Stationary]:
    """Minimize f + g by proximal gradient steps, iterative soft thresholding for the lasso.

    With L at least the smoothness of f the objective never rises, and after k steps it is within
    L ‖params - minimizer‖² / (2k) of its minimum, from the first params.

    Parameters
    ----------
    value_and_grad : callable
        Maps params to f and its gradient.
    prox : callable
        ``prox(point, step)`` of g.
    params : array_like
        The start point.
    smoothness : float
        The smoothness L of f, positive; a step is 1/L long.
    penalty : callable, optional
        Maps params to g, for the objective; without it g counts as 0, as in a feasible set.
    backtrack : bool
        Take `smoothness` for a first guess, and double it until the parabola lies above f.

    Yields
    ------
    Stationary
        The start point first, then the point after each step. The residual is L times the length
        of the next step. Ends where that step moves nothing.

    Raises
    ------
    ValueError
        If `smoothness` is not positive, or a function returns what does not fit params.

    Examples
    --------
    >>> from optedu.convex import soft_threshold, solve
    >>> parabola = lambda x: ((x - 3) @ (x - 3), 2 * (x - 3))
    >>> solve(ista(parabola, soft_threshold, [0.0], smoothness=2.0)).params
    array([2.5])
    """
    F = _Composite(value_and_grad, prox, penalty, backtrack)
    params = require_array("params", params)
    smoothness = require_positive_number("smoothness", smoothness)
    for step in count():
        loss, grads = F.smooth(params)
        target, smoothness = F.step(params, loss, grads, smoothness)
        residual = smoothness * float(np.linalg.norm(target - params))
        yield Stationary(step, params, loss + F.penalty(params), residual)
        if np.array_equal(target, params):
            return
        params = target


def fista(
    value_and_grad,
    prox,
    params,
    smoothness,
    penalty=None,
    backtrack=False,
    monotone=False,
    restart=False,
) -> Iterator[Stationary]:
    """Minimize f + g by proximal gradient steps from an extrapolated point [BT09]_.

    With t = 1 at first, a step from the point y is

        x_new = prox(y - grads(y) / L, 1 / L),    t_new = (1 + sqrt(1 + 4 t²)) / 2,
        y = x_new + (t - 1) / t_new (x_new - x).

    After k steps the objective is within 2L ‖params - minimizer‖² / (k + 1)² of its minimum: the
    square root of ISTA's steps, though the objective may rise on the way.

    Parameters
    ----------
    value_and_grad : callable
        Maps params to f and its gradient.
    prox : callable
        ``prox(point, step)`` of g.
    params : array_like
        The start point.
    smoothness : float
        The smoothness L of f, positive; a step is 1/L long.
    penalty : callable, optional
        Maps params to g, for the objective; without it g counts as 0, as in a feasible set.
    backtrack : bool
        Take `smoothness` for a first guess, and double it until the parabola lies above f.
    monotone : bool
        Refuse a step that raises the objective, and keep only what it says about direction.
    restart : bool
        Forget the momentum, t = 1, when it points uphill [OC15]_.

    Yields
    ------
    Stationary
        The start point first, then x after each step. The residual is L times the length of the
        step that `ista` would take from there, for which f is evaluated at x as well as at y.
        Ends where neither step moves anything.

    Raises
    ------
    ValueError
        If `smoothness` is not positive, or a function returns what does not fit params.

    References
    ----------
    .. [BT09] A. Beck and M. Teboulle, "A fast iterative shrinkage-thresholding algorithm for
       linear inverse problems", SIAM J. Imaging Sciences 2, 2009, equations 4.1 to 4.3.
    .. [OC15] B. O'Donoghue and E. Candès, "Adaptive restart for accelerated gradient schemes",
       Foundations of Computational Mathematics 15, 2015.
    """
    F = _Composite(value_and_grad, prox, penalty, backtrack)
    x = y = require_array("params", params)
    smoothness = require_positive_number("smoothness", smoothness)
    loss, grads = F.smooth(x)
    objective = loss + F.penalty(x)
    t = 1.0
    for step in count():
        ahead, smoothness = F.step(x, loss, grads, smoothness)
        residual = smoothness * float(np.linalg.norm(ahead - x))
        yield Stationary(step, x, objective, residual)
        z, smoothness = F.step(y, *F.smooth(y), smoothness)
        if np.array_equal(ahead, x) and np.array_equal(z, x):
            return
        if restart and np.vdot(y - z, z - x) > 0:
            t = 1.0
        before = x
        loss_z, grads_z = F.smooth(z)
        objective_z = loss_z + F.penalty(z)
        if not monotone or objective_z <= objective:
            x, loss, grads, objective = z, loss_z, grads_z, objective_z
        t_new = (1 + np.sqrt(1 + 4 * t**2)) / 2
        # The second term is zero unless z was refused.
        y = x + (t - 1) / t_new * (x - before) + t / t_new * (z - x)
        t = t_new


def projected_gradient(value_and_grad, project, params, smoothness) -> Iterator[Stationary]:
    """Minimize f over a convex set: step down the gradient, then go back to the set.

    params <- project(params - grads / L), which is `ista` with a projection for the prox.

    Parameters
    ----------
    value_and_grad : callable
        Maps params to f and its gradient.
    project : callable
        Maps a point to the nearest point of the set.
    params : array_like
        The start point; a run begins at its projection.
    smoothness : float
        The smoothness L of f, positive; a step is 1/L long.

    Yields
    ------
    Stationary
        The projected start first, then the point after each step. The residual is L times the
        length of the next step.

    Raises
    ------
    ValueError
        If `smoothness` is not positive, or a function returns what does not fit params.

    Examples
    --------
    >>> from optedu.convex import project_box, solve
    >>> parabola = lambda x: ((x - 3) @ (x - 3), 2 * (x - 3))
    >>> solve(projected_gradient(parabola, lambda x: project_box(x, -1, 1), [0.0], 2.0)).params
    array([1.])
    """

    def prox(point, step):
        return call_array("project", project, point.shape, point)

    start = prox(require_array("params", params), 0)
    yield from ista(value_and_grad, prox, start, smoothness)


def lasso_gap(A, b, weight, params):
    """Return the duality gap of the lasso, ‖Ax - b‖² + weight ‖x‖₁, at a point.

    The dual is to maximize -‖ν‖²/4 - b'ν over all ν with ``abs(A'ν) <= weight``. The best
    multiple of the residual Ax - b within these bounds is our ν: at the minimizer it is the
    dual's own solution, and the gap is zero.

    Parameters
    ----------
    A : array_like, shape (m, n)
        The matrix.
    b : array_like, shape (m,)
        What Ax should be.
    weight : float
        The weight of the norm, at least 0.
    params : array_like, shape (n,)
        The point x.

    Returns
    -------
    float
        How far the objective at `params` is from its minimum, at most.

    Raises
    ------
    ValueError
        If the shapes do not match, or the weight is negative.

    Examples
    --------
    >>> lasso_gap([[1.0]], [3.0], 1.0, [2.5])
    0.0
    """
    A, b = require_system(A, b)
    weight = require_not_negative("weight", require_number("weight", weight))
    x = require_array("params", params, shape=A.shape[1:])
    r = A @ x - b
    steepest = 2 * np.abs(A.T @ r).max()
    longest = min(1.0, weight / steepest) if steepest > 0 else 1.0
    scale = np.clip(-(b @ r) / (r @ r), -longest, longest) if np.any(r) else 0.0
    dual = -(scale**2) * (r @ r) - 2 * scale * (b @ r)
    return float(r @ r + weight * np.abs(x).sum() - dual)


def coordinate_descent(A, b, weight, params=None) -> Iterator[Bounded]:
    """Solve the lasso, ‖Ax - b‖² + weight ‖x‖₁, one coordinate at a time [FHT10]_.

    With the others held, coordinate j has a parabola of curvature 2‖a_j‖² and a kink at zero,
    whose minimum is a soft threshold. A step is a sweep over all coordinates.

    Parameters
    ----------
    A : array_like, shape (m, n)
        The matrix.
    b : array_like, shape (m,)
        What Ax should be.
    weight : float
        The weight of the norm, at least 0.
    params : array_like of shape (n,), optional
        The start point, by default 0.

    Yields
    ------
    Bounded
        The start point first, then the point after each sweep, with the duality gap. Ends when a
        sweep changes nothing.

    Raises
    ------
    ValueError
        If the shapes do not match, or the weight is negative.

    References
    ----------
    .. [FHT10] J. Friedman, T. Hastie and R. Tibshirani, "Regularization paths for generalized
       linear models via coordinate descent", J. Statistical Software 33, 2010.

    Examples
    --------
    >>> [it.params.tolist() for it in coordinate_descent([[1.0]], [3.0], weight=1.0)]
    [[0.0], [2.5]]
    """
    A, b = require_system(A, b)
    weight = require_not_negative("weight", require_number("weight", weight))
    n = A.shape[1]
    x = np.zeros(n) if params is None else require_array("params", params, shape=(n,))
    curvatures = 2 * np.sum(A**2, axis=0)
    used = np.flatnonzero(curvatures)  # an empty column explains nothing
    x[curvatures == 0] = 0
    for step in count():
        r = b - A @ x
        yield Bounded(
            step, x.copy(), float(r @ r + weight * np.abs(x).sum()), lasso_gap(A, b, weight, x)
        )
        before = x.copy()
        for j in used:
            pull = 2 * A[:, j] @ r + curvatures[j] * x[j]
            x_j = np.sign(pull) * max(abs(pull) - weight, 0) / curvatures[j]
            r += A[:, j] * (x[j] - x_j)
            x[j] = x_j
        if np.array_equal(x, before):
            return


class _Composite:
    """F = f + g as its parts: f with its gradient, and one proximal step."""

    def __init__(self, value_and_grad, prox, penalty, backtrack):
        self.value_and_grad = require_callable("value_and_grad", value_and_grad)
        self.prox = require_callable("prox", prox)
        self.g = penalty if penalty is None else require_callable("penalty", penalty)
        self.backtrack = backtrack

    def smooth(self, params):
        return call_smooth(self.value_and_grad, params)

    def penalty(self, params):
        return 0.0 if self.g is None else call_number("penalty", self.g, params)

    def step(self, point, loss, grads, smoothness):
        """Return prox(point - grads / L, 1 / L), and the L for which the parabola held."""
        while True:
            ahead = point - grads / smoothness
            target = call_array("prox", self.prox, point.shape, ahead, 1 / smoothness)
            move = target - point
            parabola = loss + np.vdot(grads, move) + smoothness / 2 * np.vdot(move, move)
            # Near the minimum both sides are f to rounding, which says nothing about L.
            rounding = 8 * np.finfo(float).eps * abs(loss)
            if not self.backtrack or self.smooth(target)[0] <= parabola + rounding:
                return target, smoothness
            smoothness *= 2
            if not np.isfinite(smoothness):
                raise ValueError(
                    "value_and_grad has a loss that no parabola bounds; check its gradient"
                )
