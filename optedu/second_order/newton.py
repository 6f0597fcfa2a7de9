"""Newton's method: step to the critical point of the quadratic model, H d = -g.

Near a minimum with a positive definite Hessian each step doubles the correct digits. Far from it
the model may have a maximum or a saddle there, or the step may be too long. Two additions help: a
safeguard makes the matrix positive definite, so that d descends, and damping searches along d.
"""

from collections.abc import Generator
from itertools import count

import numpy as np

from optedu._validation import call_array, require_array, require_callable, require_choice
from optedu.descent import Iterate
from optedu.second_order.searches import _evaluate, descend_along


def newton(
    value_and_grad, hessian, params, *, damped=False, safeguard="none"
) -> Generator[Iterate, None, str]:
    """Solve H d = -g and step along d.

    A step solves one n x n system and never forms an inverse. The iterates do not depend on the
    coordinates: run on loss(A z + b) they are the same points.

    Parameters
    ----------
    value_and_grad : callable
        Maps parameters to ``(loss, grads)``.
    hessian : callable
        Maps parameters to the symmetric matrix of second derivatives, shape (n, n).
    params : array_like, shape (n,)
        The start point.
    damped : bool
        Search along d with `strong_wolfe`, beginning with the full step. Otherwise every step is
        full, wherever it leads.
    safeguard : str
        What to do where H is not positive definite. ``"none"`` solves with H as it is, or, where
        it is singular, takes the shortest d that fits best. ``"absolute"`` replaces each
        eigenvalue by its absolute value, ``"shift"`` adds twice that of the lowest to all; both
        keep eigenvalues away from zero.

    Returns
    -------
    str
        Why there is no further step, as the generator's return value.

    Yields
    ------
    Iterate
        The start point first, then the point after each step. Ends where the gradient is exactly
        zero, the step no longer changes the parameters or is not finite, or the search fails.

    Raises
    ------
    ValueError
        If what a callable returns does not fit the parameters, or the safeguard is unknown.

    Examples
    --------
    >>> from optedu.problems import cosine
    >>> wave = cosine()
    >>> *_, top = newton(wave.value_and_grad, wave.hessian, [0.5])
    >>> *_, low = newton(wave.value_and_grad, wave.hessian, [0.5], safeguard="absolute")
    >>> float(top.loss), float(low.loss)
    (1.0, -1.0)
    """
    params = require_array("params", params, ndim=1)
    require_callable("hessian", hessian)
    require_choice("safeguard", safeguard, ("none", "absolute", "shift"))

    def direction(params, grads):
        matrix = call_array("hessian", hessian, (params.size, params.size), params)
        if not np.isfinite(matrix).all():
            return np.full_like(params, np.nan)
        return -_solve(matrix, grads, safeguard)

    loop = descend_along if damped else _full_steps
    return (yield from loop(value_and_grad, params, direction))


def _full_steps(value_and_grad, params, direction):
    for step in count():
        loss, grads = _evaluate(value_and_grad, params)
        yield Iterate(step, params, loss, grads)
        if not grads.any():
            return "the gradient is exactly zero"
        before, params = params, params + direction(params, grads)
        if not np.isfinite(params).all():
            return "the step is not finite"
        if np.array_equal(params, before):
            return "the step no longer changes the parameters"


def _solve(matrix, vector, safeguard):
    """Solve with the matrix, or with a positive definite one that the safeguard makes of it."""
    if safeguard == "none":
        try:
            return np.linalg.solve(matrix, vector)
        except np.linalg.LinAlgError:
            return np.linalg.lstsq(matrix, vector)[0]
    eigenvalues, vectors = np.linalg.eigh(matrix)
    eps, largest = np.finfo(eigenvalues.dtype).eps, np.abs(eigenvalues).max()
    if eigenvalues[0] <= eigenvalues.size * eps * largest:
        shift = 2 * abs(eigenvalues[0])
        lifted = np.abs(eigenvalues) if safeguard == "absolute" else eigenvalues + shift
        eigenvalues = np.maximum(lifted, np.sqrt(eps) * largest or 1.0)
    return vectors @ (vectors.T @ vector / eigenvalues)
