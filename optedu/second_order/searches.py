"""Line searches on Wolfe's conditions, and the loop that every search method runs in.

A method proposes a direction; a search decides how far to go. `strong_wolfe` asks that the loss
falls enough and that the slope flattens enough. The second condition is what quasi-Newton methods
live on: it makes the curvature s'y between two points positive.
"""

from collections.abc import Generator
from itertools import count
from math import inf, isfinite, nan, sqrt
from typing import NamedTuple

import numpy as np

from optedu._validation import (
    call_array,
    call_with_grad,
    require_array,
    require_between,
    require_count,
    require_number,
    require_positive,
)
from optedu.descent import Iterate

# So many steps without a lower loss or a smaller gradient only wander about.
_PATIENCE = 100


class SearchFailed(ArithmeticError):
    """Say why no step was found along a direction."""


class SearchStep(NamedTuple):
    """What a line search found.

    Parameters
    ----------
    step : float
        How far it went, in multiples of the direction.
    params : ndarray, shape (n,)
        The parameters there.
    loss : float
        The loss there.
    grads : ndarray, shape (n,)
        The gradient there.
    evaluations : int
        How often the loss and the gradient were computed.
    """

    step: float
    params: np.ndarray
    loss: float
    grads: np.ndarray
    evaluations: int


def strong_wolfe(
    value_and_grad,
    params,
    direction,
    loss,
    grads,
    initial_step=1.0,
    c1=1e-4,
    c2=0.9,
    max_evaluations=40,
) -> SearchStep:
    """Find a step that lowers the loss enough and flattens the slope enough.

    With φ(t) = loss(params + t direction) a step is accepted when φ(t) <= φ(0) + c1 t φ'(0) and
    ``abs(φ'(t)) <= c2 abs(φ'(0))`` [NW06]_. Near a minimum rounding hides the decrease. Where the
    losses differ by no more, the slopes decide alone: on a parabola the second condition implies a
    decrease [HZ05]_.

    Parameters
    ----------
    value_and_grad : callable
        Maps parameters to ``(loss, grads)``; infinity and NaN count as "too far".
    params, direction : array_like, shape (n,)
        Where to start, and where to go.
    loss : float
        The loss at `params`.
    grads : array_like, shape (n,)
        The gradient at `params`.
    initial_step : float
        The first step tried; 1 suits Newton and quasi-Newton directions.
    c1 : float
        The fraction of the promised decrease to insist on, between 0 and 1/2.
    c2 : float
        The fraction of the slope that may remain, between `c1` and 1. A small one makes the
        search nearly exact.
    max_evaluations : int
        Evaluations after which the search gives up.

    Returns
    -------
    SearchStep
        The step, and what is known about the point it leads to.

    Raises
    ------
    ValueError
        If the direction does not descend, or an argument is out of range.
    SearchFailed
        If no step is found: rounding hides the decrease, the loss falls without end along the
        direction, or `grads` is not its gradient.

    References
    ----------
    .. [NW06] J. Nocedal and S. J. Wright, "Numerical optimization", 2nd edition, 2006, algorithms
       3.5 and 3.6.
    .. [HZ05] W. W. Hager and H. Zhang, "A new conjugate gradient method with guaranteed descent
       and an efficient line search", SIAM J. Optim. 16, 2005, section 4.

    Examples
    --------
    >>> bowl = lambda x: (0.5 * x @ x, x)
    >>> start = np.array([2.0])
    >>> strong_wolfe(bowl, start, direction=-start, loss=2.0, grads=start).params
    array([0.])
    """
    params = require_array("params", params, ndim=1)
    direction = require_array("direction", direction)
    grads = require_array("grads", grads)
    if not params.shape == direction.shape == grads.shape:
        raise ValueError(
            "params, direction and grads must have one shape; "
            f"got {params.shape}, {direction.shape} and {grads.shape}"
        )
    loss = require_number("loss", loss)
    require_positive("initial_step", initial_step)
    require_between("c1", c1, 0, 0.5)
    require_between("c2", c2, c1, 1)
    require_count("max_evaluations", max_evaluations, at_least=1)
    if not grads @ direction < 0:
        raise ValueError(
            f"direction must descend, but its slope is {grads @ direction:.3g}; "
            "use -grads, or check the sign of your direction"
        )
    return _search(
        value_and_grad, params, direction, loss, grads, initial_step, c1, c2, max_evaluations
    )


def descend_along(
    value_and_grad, params, direction, *, c1=1e-4, c2=0.9
) -> Generator[Iterate, None, str]:
    """Search along one direction after the other.

    Steepest descent, Newton, quasi-Newton and conjugate gradients differ in `direction` alone.
    The search is `strong_wolfe`, and its first trial is the full step.

    Parameters
    ----------
    value_and_grad : callable
        Maps parameters to ``(loss, grads)``.
    params : array_like, shape (n,)
        The start point.
    direction : callable
        ``direction(params, grads)`` returns where to go. It is called once at each iterate, in
        order, so it may remember the last one.
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
        zero, where the search fails, or where rounding hides all progress.

    Raises
    ------
    ValueError
        If what a callable returns does not have the shape of the parameters.

    Examples
    --------
    >>> bowl = lambda x: (0.5 * x @ x, x)
    >>> [float(it.loss) for it in descend_along(bowl, [2.0], lambda params, grads: -grads)]
    [2.0, 0.0]
    """
    params = require_array("params", params, ndim=1)
    require_between("c1", c1, 0, 0.5)
    require_between("c2", c2, c1, 1)
    loss, grads = _evaluate(value_and_grad, params)
    lowest, flattest, stale = inf, inf, 0
    for step in count():
        yield Iterate(step, params, loss, grads)
        if loss < lowest:
            lowest, stale = loss, 0
        else:
            # Rounding hides the decrease, but slopes may still fall.
            square = float(grads.dot(grads))
            flattest, stale = (square, 0) if square < flattest else (flattest, stale + 1)
            if stale == _PATIENCE:
                return "rounding hides all further progress"
        along = call_array("direction", direction, params.shape, params, grads)
        try:
            found = _search(value_and_grad, params, along, loss, grads, 1.0, c1, c2)
        except SearchFailed as failure:
            return str(failure) if grads.any() else "the gradient is exactly zero"
        _, params, loss, grads, _ = found


def _search(value_and_grad, params, direction, loss, grads, step, c1, c2, max_evaluations=40):
    """Search as `strong_wolfe` says, between `low` and `high`.

    A trial is its step, its loss and its slope. `low` is the best trial that lowers the loss
    enough; `high` is the other end of an interval with acceptable steps, once there is one.
    """
    slope = float(grads.dot(direction))
    if not (slope < 0 and isfinite(slope + loss)):
        raise SearchFailed(f"the direction does not descend: loss {loss:.3g}, slope {slope:.3g}")
    promised = -slope * step
    # A loss near 0 is often a difference of numbers near 1, and rounds as they do.
    noise = 64 * float(np.finfo(params.dtype).eps) * (1 + abs(loss))
    start = low = (0.0, loss, slope)
    high, width = None, inf
    for evaluations in range(1, max_evaluations + 1):
        there = params + step * direction
        height, there_grads = _evaluate(value_and_grad, there)
        if there_grads is grads:
            raise ValueError("value_and_grad must return a new array of grads at each call")
        tilt = float(there_grads.dot(direction))
        if not isfinite(height + tilt):
            high = (step, inf, nan)
        elif height > low[1] + noise or not (
            height <= loss + c1 * step * slope or abs(height - loss) <= noise
        ):
            high = (step, height, tilt)
        elif abs(tilt) <= -c2 * slope:
            return SearchStep(step, there, height, there_grads, evaluations)
        else:
            if tilt * (step - low[0]) > 0:
                high = low
            low = (step, height, tilt)
        if high is None:
            step = _further(start, low, noise)
        else:
            step = _between(low, high, width, noise)
            width = abs(high[0] - low[0])
    if promised <= noise or (high is not None and -slope * low[0] > noise):
        raise SearchFailed(
            "rounding hides what the loss still loses along the direction; if the gradient is far "
            "from zero, check that it is the loss's"
        )
    raise SearchFailed(
        f"no step meets Wolfe's conditions, not even {step:.3g}; check that grads is the gradient "
        "of the loss, and that the loss is bounded below"
    )


def _further(start, low, noise):
    """Return a longer step, where the cubic through two trials bottoms out if that is near."""
    return min(10 * low[0], max(2 * low[0], _cubic_minimizer(start, low, noise)))


def _between(low, high, before, noise):
    """Return a step between two trials; where the last one gained little, their middle."""
    width = high[0] - low[0]
    if high[1] == inf:
        return low[0] + width * (0.5 if low[0] else 0.1)
    best = _cubic_minimizer(low, high, noise)
    inside = min(low[0], high[0]) < best < max(low[0], high[0])
    return best if inside and abs(width) < 0.6 * before else low[0] + width / 2


def _cubic_minimizer(left, right, noise):
    """Return where the cubic with these two values and slopes has its minimum, or infinity."""
    a, height_a, slope_a = left
    b, height_b, slope_b = right
    # A difference that rounding may have made is replaced by what the slopes say.
    rise = height_b - height_a
    mean = (slope_a + slope_b) / 2 if abs(rise) <= noise else rise / (b - a)
    bend = slope_a + slope_b - 3 * mean
    square = bend * bend - slope_a * slope_b
    if square < 0:
        return inf
    root = sqrt(square) if b > a else -sqrt(square)
    spread = slope_b - slope_a + 2 * root
    return b - (b - a) * (slope_b + root - bend) / spread if spread else inf


def _evaluate(value_and_grad, params):
    """Return the loss as a float and the gradient, from a function for one run."""
    loss, grads = call_with_grad(value_and_grad, params)
    if not isinstance(loss, float):
        number = np.asarray(loss)
        if number.size != 1 or number.dtype.kind not in "iuf":
            raise ValueError(
                "value_and_grad must return one real number as the loss; "
                f"it returned dtype {number.dtype} of shape {number.shape}"
            )
        loss = number.item()
    if grads.dtype.kind != "f":
        if grads.dtype.kind not in "iu":
            raise ValueError(f"value_and_grad must return real grads; got dtype {grads.dtype}")
        grads = grads.astype(params.dtype)
    return float(loss), grads
