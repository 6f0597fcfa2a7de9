"""Nonlinear least squares: minimize 1/2 ‖r(x)‖² by solving linear problems.

With the Jacobian J of r the gradient is J'r, and the Hessian is J'J plus terms that carry the
residuals as factors. Gauss-Newton leaves those out: its step solves the linear problem
min ‖J d + r‖. Levenberg-Marquardt adds λ ‖D d‖² to it, which shortens the step and turns it
towards the gradient, and chooses λ by how well the last step was predicted.
"""

from collections.abc import Generator
from itertools import count

import numpy as np

from optedu._validation import (
    call_array,
    require_array,
    require_callable,
    require_choice,
    require_positive,
)
from optedu.descent import Iterate


def gauss_newton(residuals, jacobian, params) -> Generator[Iterate, None, str]:
    """Step to the least-squares solution of J d = -r, again and again.

    One step solves a linear problem. On others the method converges fast where the residuals at
    the solution are small or nearly linear, and may diverge where they are not.

    Parameters
    ----------
    residuals : callable
        Maps parameters of shape (n,) to residuals of shape (N,).
    jacobian : callable
        Maps parameters to the derivatives of the residuals, shape (N, n).
    params : array_like, shape (n,)
        The start point.

    Returns
    -------
    str
        Why there is no further step, as the generator's return value.

    Yields
    ------
    Iterate
        The start point first, then the point after each step; the loss is 1/2 ‖r‖², the gradient
        J'r. Ends where the gradient is exactly zero, the step no longer changes the parameters, or
        a number is not finite.

    Raises
    ------
    ValueError
        If what a callable returns does not have these shapes.

    Examples
    --------
    >>> start, end = gauss_newton(lambda w: 2 * w - 6, lambda w: [[2.0]], params=[0.0])
    >>> start.loss, end.loss, end.params
    (18.0, 0.0, array([3.]))
    """
    params = require_array("params", params, ndim=1)
    require_callable("jacobian", jacobian)
    for step in count():
        r = _residuals(residuals, params)
        J = call_array("jacobian", jacobian, (r.size, params.size), params)
        yield (it := _iterate(step, params, r, J))
        if why := _why_last(it, J):
            return why
        params = params - np.linalg.lstsq(J, r)[0]
        if np.array_equal(params, it.params):
            return "the step no longer changes the parameters"


def levenberg_marquardt(
    residuals, jacobian, params, damping=1e-3, scaling="identity"
) -> Generator[Iterate, None, str]:
    """Minimize ‖J d + r‖² + λ ‖D d‖² for the step, and let its success choose λ.

    Between Gauss-Newton (λ = 0) and a short step along the negative gradient (λ large). The gain
    is the decrease of the loss over the decrease of the model. A positive gain accepts the step
    and multiplies λ by max(1/3, 1 - (2 gain - 1)³); otherwise λ grows, faster each time, until a
    step succeeds [N99]_.

    Parameters
    ----------
    residuals : callable
        Maps parameters of shape (n,) to residuals of shape (N,); a trial with infinity or NaN is
        rejected.
    jacobian : callable
        Maps parameters to the derivatives of the residuals, shape (N, n).
    params : array_like, shape (n,)
        The start point.
    damping : float
        The first λ.
    scaling : str
        ``"identity"`` for D = I [L44]_, or ``"marquardt"`` for D² = diag(J'J), which does not
        depend on the units of the parameters [M63]_.

    Returns
    -------
    str
        Why there is no further step, as the generator's return value.

    Yields
    ------
    Iterate
        The start point first, then the point after each accepted step; the loss is 1/2 ‖r‖², the
        gradient J'r. Ends where the gradient is exactly zero, no step lowers the loss, or a number
        is not finite.

    Raises
    ------
    ValueError
        If what a callable returns does not have these shapes, or `damping` is not positive.

    References
    ----------
    .. [L44] K. Levenberg, "A method for the solution of certain non-linear problems in least
       squares", Quarterly of Applied Mathematics 2, 1944.
    .. [M63] D. W. Marquardt, "An algorithm for least-squares estimation of nonlinear parameters",
       J. SIAM 11, 1963.
    .. [N99] H. B. Nielsen, "Damping parameter in Marquardt's method", report IMM-REP-1999-05,
       Technical University of Denmark, 1999.

    Examples
    --------
    >>> run = levenberg_marquardt(lambda w: w**2 - 4, lambda w: [2 * w], [1.0])
    >>> *_, last = run
    >>> last.params
    array([2.])
    """
    params = require_array("params", params, ndim=1)
    require_callable("jacobian", jacobian)
    require_positive("damping", damping)
    require_choice("scaling", scaling, ("identity", "marquardt"))
    damping, growth = float(damping), 2.0
    r = _residuals(residuals, params)
    for step in count():
        J = call_array("jacobian", jacobian, (r.size, params.size), params)
        yield (it := _iterate(step, params, r, J))
        if why := _why_last(it, J):
            return why
        D = np.ones_like(params) if scaling == "identity" else np.linalg.norm(J, axis=0)
        gain = -1.0
        while not gain > 0:
            d = _damped_step(J, r, np.sqrt(damping) * D)
            params = it.params + d
            if np.array_equal(params, it.params):
                return "no step lowers the loss"
            trial = _residuals(residuals, params, r.shape)
            predicted = (damping * (D * d) @ (D * d) - d @ it.grads) / 2
            gain = ((r - trial) @ (r + trial)) / 2 / predicted
            if gain > 0:
                damping, growth = damping * max(1 / 3, 1 - (2 * gain - 1) ** 3), 2.0
            else:
                damping, growth = damping * growth, growth * 2
        r = trial


def _damped_step(J, r, weights):
    """Return the d that minimizes ‖J d + r‖² + ‖weights d‖², as one least-squares problem."""
    J = np.concatenate([J, np.diag(weights)])
    return np.linalg.lstsq(J, np.concatenate([-r, np.zeros_like(weights)]))[0]


def _iterate(step, params, r, J):
    return Iterate(step, params, float(r @ r) / 2, J.T @ r)


def _why_last(it, J):
    if not (np.isfinite(it.loss) and np.isfinite(J).all()):
        return "the residuals or the Jacobian are not finite"
    return "" if it.grads.any() else "the gradient is exactly zero"


def _residuals(residuals, params, shape=None):
    """Return the residuals, one sequence of numbers whose length does not change."""
    r = np.asarray(require_callable("residuals", residuals)(params))
    if r.ndim != 1 or r.size == 0 or r.dtype.kind not in "iuf" or shape not in (None, r.shape):
        raise ValueError(
            "residuals must return real numbers of shape (N,), as many each time; it returned "
            f"dtype {r.dtype} of shape {r.shape}"
        )
    return r.astype(params.dtype, copy=False)
