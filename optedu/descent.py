"""Gradient descent, and the loop in which every update rule of the course runs.

An update rule is its hyper-parameters and one equation. What changes from step to step (the
parameters, the gradient, the rule's own state) is passed in and handed back, so a rule can be
read, compared and tested by itself. `descend` supplies the loop; whoever calls it decides when
to stop. `minimize` is the convenient form: it stops at a tolerance and keeps a `Trace`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from itertools import count
from typing import NamedTuple

import numpy as np

from optedu._running import scheduled, show_progress
from optedu._validation import (
    as_float_array,
    call_number,
    call_with_grad,
    require_array,
    require_between,
    require_count,
    require_fraction,
    require_not_negative,
    require_positive,
    require_square,
)

# One name means one thing in every rule, so its range is checked in one place.
_RANGES = {
    "learning_rate": require_positive,
    "momentum": require_fraction,
    "beta1": require_fraction,
    "beta2": require_fraction,
    "eps": require_not_negative,
    "weight_decay": require_not_negative,
}


class Iterate(NamedTuple):
    """Where a run stands after `step` updates.

    Parameters
    ----------
    step : int
        Updates made so far; the start point is step 0.
    params : ndarray
        The parameters, with independent runs along leading axes if there are any.
    loss : float or ndarray
        The loss at `params`, one value a run.
    grads : ndarray
        The gradient at `params`, of the same shape.
    """

    step: int
    params: np.ndarray
    loss: float | np.ndarray
    grads: np.ndarray


@dataclass(frozen=True)
class Rule:
    """An update rule: hyper-parameters, the state it starts with, and one equation.

    Every rule is pure (it writes into nothing it is given) and elementwise. So leading axes of
    `params` are independent runs, and a hyper-parameter may be an array that broadcasts over
    them: a sweep over learning rates is one call.

    Parameters
    ----------
    learning_rate : float or ndarray
        The step size, positive and finite.

    Raises
    ------
    ValueError
        If the learning rate is not positive and finite, or another hyper-parameter is outside
        its range.
    """

    learning_rate: float = 0.01

    def __post_init__(self):
        """Refuse hyper-parameters that no run could use, each by what its name promises."""
        for field in fields(self):
            if require := _RANGES.get(field.name):
                value = require(field.name, getattr(self, field.name))
                if isinstance(value, list | tuple):
                    raise ValueError(
                        f"{field.name} must be a number or a NumPy array; got {value!r}"
                    )

    def init(self, params):
        """Return the state before the first update, a tuple of arrays shaped like `params`.

        Parameters
        ----------
        params : ndarray
            The start point.

        Returns
        -------
        tuple of ndarray
            Empty, unless the rule remembers something.
        """
        return ()

    def update(self, params, grads, step, *state):
        """Return the new parameters, then the new state.

        Parameters
        ----------
        params, grads : ndarray
            The parameters and the gradient there, of one shape.
        step : int
            The number of this update, counted from 1.
        *state : ndarray
            What `init` or the previous update returned.

        Returns
        -------
        tuple of ndarray
            ``(params, *state)``.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class GradientDescent(Rule):
    """Walk downhill: params <- params - learning_rate * grads [C47]_.

    On an L-smooth function every learning rate below 2/L lowers the loss; 1/L is the safe
    choice, and on a quadratic 2/(L + m) is the best fixed one.

    Parameters
    ----------
    learning_rate : float or ndarray
        The step size, positive and finite.

    References
    ----------
    .. [C47] A. Cauchy, "Méthode générale pour la résolution des systèmes d'équations
       simultanées", Comptes rendus 25, 1847.

    Examples
    --------
    >>> GradientDescent(learning_rate=0.5).update(np.array([4.0]), np.array([2.0]), 1)
    (array([3.]),)
    """

    def update(self, params, grads, step):
        """Return ``(params - learning_rate * grads,)``."""
        return (params - self.learning_rate * grads,)


def descend(value_and_grad, params, rule, schedule=None) -> Iterator[Iterate]:
    """Run an update rule, one iterate at a time, for as long as the caller asks.

    Nothing stops the run from inside: take what you need with `itertools.islice` or
    `itertools.takewhile`. A run that diverges goes on through infinity and NaN.

    Parameters
    ----------
    value_and_grad : callable
        Maps parameters to ``(loss, grads)``.
    params : array_like
        The start point; integers become floats.
    rule : Rule
        The update rule.
    schedule : callable, optional
        Maps the number of an update, from 1, to its learning rate, which replaces the rule's.

    Yields
    ------
    Iterate
        The start point first, then the point after each update.

    Raises
    ------
    ValueError
        If the gradient's shape is not that of the parameters, or the schedule returns a learning
        rate that is negative or not finite.

    Examples
    --------
    >>> from itertools import islice
    >>> bowl = lambda x: (0.5 * x @ x, x)
    >>> [float(it.loss) for it in islice(descend(bowl, [2.0], GradientDescent(0.5)), 3)]
    [2.0, 0.5, 0.125]
    """
    params = require_array("params", params)
    state = rule.init(params)
    for step in count():
        loss, grads = call_with_grad(value_and_grad, params)
        yield Iterate(step, params, loss, grads)
        if schedule is not None:
            rule = scheduled(rule, schedule, step + 1, params.shape)
        params, *state = rule.update(params, grads, step + 1, *state)


def descend_by_search(value_and_grad, params, search=None) -> Iterator[Iterate]:
    """Run steepest descent with a line search in place of a fixed learning rate.

    Parameters
    ----------
    value_and_grad : callable
        Maps parameters to ``(loss, grads)``.
    params : array_like
        The start point.
    search : callable, optional
        ``search(loss, params, direction, grads)`` returns the step size along `direction`, where
        `loss` maps parameters to a number. By default `backtracking`.

    Yields
    ------
    Iterate
        The start point first, then the point after each step. Ends at a point where the
        gradient is exactly zero.

    Raises
    ------
    ValueError
        If the gradient's shape is not that of the parameters, or the search fails.
    """
    search = backtracking if search is None else search
    params = require_array("params", params)
    for step in count():
        loss, grads = call_with_grad(value_and_grad, params)
        yield Iterate(step, params, loss, grads)
        if not np.any(grads):
            return
        direction = -grads
        step_size = call_number(
            "search", search, lambda x: value_and_grad(x)[0], params, direction, grads
        )
        params = params + step_size * direction


@dataclass(frozen=True)
class Trace:
    """What a run of `minimize` left behind.

    Parameters
    ----------
    steps : ndarray of int
        The step numbers kept, ascending; the first is 0 and the last is where the run ended.
    params : ndarray
        The parameters at those steps, stacked along the first axis.
    losses, grad_norms : ndarray
        The loss and the Euclidean norm of the gradient at those steps.
    reason : str
        Why the run ended, in words.
    converged : bool
        Whether it ended at a tolerance.
    """

    steps: np.ndarray
    params: np.ndarray
    losses: np.ndarray
    grad_norms: np.ndarray
    reason: str
    converged: bool

    def __repr__(self):
        """Say how the run ended, not what it held."""
        return f"Trace({self.steps[-1]} steps, loss {self.losses[-1]:.6g}: {self.reason})"


def minimize(
    value_and_grad,
    params,
    rule,
    schedule=None,
    *,
    max_steps=1000,
    grad_tol=1e-8,
    step_tol=0.0,
    keep_every=1,
    progress=True,
) -> Trace:
    """Run an update rule until a tolerance is met, and keep the path.

    Parameters
    ----------
    value_and_grad : callable
        Maps parameters to ``(loss, grads)``, the loss a number.
    params : array_like
        The start point.
    rule : Rule
        The update rule.
    schedule : callable, optional
        Maps the number of an update, from 1, to its learning rate.
    max_steps : int
        Updates at most.
    grad_tol : float, optional
        Stop when the gradient's Euclidean norm is at most this; None goes on from saddles too.
    step_tol : float
        Stop when a step is no longer than this times ``1 + norm(params)``; 0 turns it off.
    keep_every : int
        Keep each so many-th iterate, and always the first and the last.
    progress : bool
        Show a progress bar where someone watches, once the run has taken two seconds.

    Returns
    -------
    Trace
        The path and the reason why it ended. A loss or a gradient that is not finite ends the
        run with that reason; it raises nothing.

    Raises
    ------
    ValueError
        If the loss is not one number, shapes do not match, or a count is out of range.

    Examples
    --------
    >>> bowl = lambda x: (0.5 * x @ x, x)
    >>> minimize(bowl, [2.0], GradientDescent(0.5), grad_tol=0.1)
    Trace(5 steps, loss 0.00195312: the gradient's norm 0.0625 is at most grad_tol=0.1)
    """
    iterates = descend(value_and_grad, params, rule, schedule)
    return follow(
        iterates,
        max_steps=max_steps,
        grad_tol=grad_tol,
        step_tol=step_tol,
        keep_every=keep_every,
        progress=progress,
    )


def follow(
    iterates, *, max_steps=1000, grad_tol=1e-8, step_tol=0.0, keep_every=1, progress=True
) -> Trace:
    """Take iterates from any method until a tolerance is met, and keep the path.

    Parameters
    ----------
    iterates : generator of Iterate
        A method under way, such as ``descend(...)``; it is closed at the end.
    max_steps : int
        Updates at most.
    grad_tol : float, optional
        Stop when the gradient's Euclidean norm is at most this; None goes on from saddles too.
    step_tol : float
        Stop when a step is no longer than this times ``1 + norm(params)``; 0 turns it off.
    keep_every : int
        Keep each so many-th iterate, and always the first and the last.
    progress : bool
        Show a progress bar where someone watches, once the run has taken two seconds.

    Returns
    -------
    Trace
        The path and the reason why it ended, as for `minimize`.

    Raises
    ------
    ValueError
        If the loss is not one number, or a count or a tolerance is out of range.

    Examples
    --------
    >>> bowl = lambda x: (0.5 * x @ x, x)
    >>> follow(descend_by_search(bowl, [2.0]))
    Trace(1 steps, loss 0: the gradient's norm 0 is at most grad_tol=1e-08)
    """
    require_count("max_steps", max_steps)
    require_count("keep_every", keep_every, at_least=1)
    if grad_tol is not None:
        require_not_negative("grad_tol", grad_tol)
    require_not_negative("step_tol", step_tol)
    ending = []

    def noting():
        ending.append((yield from iterates))

    run = show_progress(noting(), max_steps) if progress else noting()
    kept, previous, reason, converged = [], None, "", False
    # A diverging run overflows on its way to the reason below; the warning would say it twice.
    with np.errstate(over="ignore", invalid="ignore"):
        for it in run:
            if np.ndim(it.loss) != 0:
                raise ValueError(
                    f"a trace follows one run, so the loss must be one number; got shape "
                    f"{np.shape(it.loss)}. For many runs at once iterate over descend(...)"
                )
            reason, converged = _why_stop(it, previous, max_steps, grad_tol, step_tol)
            if reason or it.step % keep_every == 0:
                kept.append(it)
            if reason:
                break
            previous = it
    run.close()
    iterates.close()
    if not reason:
        norm = np.linalg.norm(it.grads)
        reason = f"{ending[0] or 'the method took its last step'}, gradient norm {norm:.3g}"
        if kept[-1] is not it:
            kept.append(it)
    return Trace(
        steps=np.array([it.step for it in kept]),
        params=np.array([it.params for it in kept]),
        losses=np.array([float(it.loss) for it in kept]),
        grad_norms=np.array([np.linalg.norm(it.grads) for it in kept]),
        reason=reason,
        converged=converged,
    )


def backtracking(
    loss: Callable, params, direction, grads, initial_step=1.0, c=1e-4, shrink=0.5, max_shrinks=100
) -> float:
    """Find a step that lowers the loss enough, by trying a long one and shrinking it.

    A step t is accepted when it satisfies Armijo's condition [A66]_,
    loss(params + t d) <= loss(params) + c t (grads . d): at least the fraction `c` of the
    decrease that the slope promises. On an L-smooth function the search along -grads accepts
    before t falls below min(initial_step, 2 shrink (1 - c) / L).

    Parameters
    ----------
    loss : callable
        Maps parameters to a number; infinity and NaN count as "too far".
    params, direction, grads : array_like
        Where to start, where to go, and the gradient there, of one shape.
    initial_step : float
        The first step tried.
    c : float
        The fraction of the promised decrease to insist on, between 0 and 1.
    shrink : float
        What a refused step is multiplied by, between 0 and 1.
    max_shrinks : int
        Refusals after which the search gives up.

    Returns
    -------
    float
        The first of ``initial_step * shrink**k`` that is accepted.

    Raises
    ------
    ValueError
        If the direction does not descend, or no step is accepted: check the gradient.

    References
    ----------
    .. [A66] L. Armijo, "Minimization of functions having Lipschitz continuous first partial
       derivatives", Pacific J. Math. 16, 1966.

    Examples
    --------
    >>> backtracking(lambda x: x @ x, np.array([1.0]), np.array([-2.0]), np.array([2.0]))
    0.5
    """
    require_positive("initial_step", initial_step)
    require_between("c", c, 0, 1)
    require_between("shrink", shrink, 0, 1)
    require_count("max_shrinks", max_shrinks)
    params, direction, grads = (
        require_array(name, value)
        for name, value in [("params", params), ("direction", direction), ("grads", grads)]
    )
    if not params.shape == direction.shape == grads.shape:
        raise ValueError(
            "params, direction and grads must have one shape; "
            f"got {params.shape}, {direction.shape} and {grads.shape}"
        )
    slope = float(np.vdot(grads, direction))
    if not slope < 0 and np.any(direction):
        raise ValueError(
            f"direction must descend, but its slope is {slope:.3g}; "
            "use -grads, or check the sign of your direction"
        )
    start = call_number("loss", loss, params)
    step = initial_step
    for _ in range(max_shrinks + 1):
        trial = params + step * direction
        if np.any(direction) and np.array_equal(trial, params):
            break  # too short to move: rounding would accept it, right gradient or wrong
        # Written so that NaN is refused: every comparison with it is false.
        if call_number("loss", loss, trial) <= start + c * step * slope:
            return step
        step *= shrink
    raise ValueError(
        f"no step down to {step / shrink:.3g} lowers the loss enough; "
        "check that grads is the gradient of loss"
    )


def curvature_bounds(hessian) -> tuple[float, float]:
    """Return the largest and the smallest curvature of a quadratic, L and m.

    The loss is L-smooth and, where m > 0, m-strongly convex; the condition number is L / m.

    Parameters
    ----------
    hessian : array_like, shape (n, n)
        A symmetric matrix.

    Returns
    -------
    smoothness, strong_convexity : float
        The extreme eigenvalues, L >= m. A smallest eigenvalue that rounding cannot tell from
        zero is returned as 0.

    Raises
    ------
    ValueError
        If the matrix is not square, symmetric and finite.

    Examples
    --------
    >>> curvature_bounds([[4.0, 0.0], [0.0, 1.0]])
    (4.0, 1.0)
    """
    hessian = require_square("hessian", hessian)
    eigenvalues = np.linalg.eigvalsh(hessian)
    rounding = len(eigenvalues) * np.finfo(hessian.dtype).eps * np.abs(eigenvalues).max()
    smallest = eigenvalues[0] if abs(eigenvalues[0]) > rounding else 0.0
    return float(eigenvalues[-1]), float(smallest)


def rate(learning_rate, smoothness, strong_convexity):
    """Return the factor by which gradient descent shrinks the error of a quadratic, a step.

    Along an eigenvector with eigenvalue λ the error is multiplied by 1 - learning_rate * λ; the
    worst of these, ``max |1 - learning_rate λ|`` over [m, L], is the rate. Below 1 the run
    converges, above it diverges, and at learning_rate = 2 / L it is exactly 1.

    Parameters
    ----------
    learning_rate, smoothness, strong_convexity : float or ndarray
        The step size, L and m.

    Returns
    -------
    float or ndarray
        The rate.

    Raises
    ------
    ValueError
        If the learning rate or L is not positive, or m is negative or exceeds L.

    Examples
    --------
    >>> rate(0.2, smoothness=10.0, strong_convexity=1.0)
    1.0
    """
    require_positive("learning_rate", learning_rate)
    _require_bounds(smoothness, strong_convexity)
    fast = np.abs(1 - np.multiply(learning_rate, smoothness))
    slow = np.abs(1 - np.multiply(learning_rate, strong_convexity))
    worst = np.maximum(fast, slow)
    return float(worst) if worst.ndim == 0 else worst


def best_learning_rate(smoothness, strong_convexity):
    """Return the fixed learning rate with the smallest rate on a quadratic, 2 / (L + m).

    There the fastest and the slowest mode shrink equally, by (κ - 1) / (κ + 1), κ = L / m.

    Parameters
    ----------
    smoothness, strong_convexity : float
        L and m.

    Returns
    -------
    float
        The learning rate.

    Raises
    ------
    ValueError
        If L is not positive, or m is negative or exceeds L.

    Examples
    --------
    >>> best_learning_rate(smoothness=9.0, strong_convexity=1.0)
    0.2
    """
    _require_bounds(smoothness, strong_convexity)
    return 2 / (smoothness + strong_convexity)


def measure_rate(errors) -> float:
    """Measure the factor by which errors shrink, a step, once the run has settled.

    The slope of log(error) against the step is fitted between 1e-3 and 1e-10 of the first
    error: after the transient, before rounding. Where errors settle on a floor of noise, what
    lies within 10 times the floor is left out; where they do not fall that far, the second half
    of what remains is used.

    Parameters
    ----------
    errors : array_like, shape (n,)
        Positive numbers such as distances to the minimizer, in order. The first zero, infinity
        or NaN ends the sequence.

    Returns
    -------
    float
        The measured rate; above 1 the errors grow.

    Raises
    ------
    ValueError
        If fewer than three errors are usable.

    Examples
    --------
    >>> round(measure_rate(0.9 ** np.arange(100)), 6)
    0.9
    """
    logs = _usable_logs(errors)
    depth = logs - logs[0]
    window = np.flatnonzero((depth < np.log(1e-3)) & (depth > np.log(1e-10)))
    if len(window) < 3:
        window = np.arange(len(logs) // 2 if len(logs) > 5 else 0, len(logs))
    return float(np.exp(np.polyfit(window, logs[window], 1)[0]))


def classify_convergence(errors) -> str:
    """Name the kind of convergence from the bend of log(error) against the step.

    The last two thirds of the run are compared. A straight line is linear convergence; a line
    that flattens is sublinear, one that steepens is superlinear.

    Parameters
    ----------
    errors : array_like, shape (n,)
        Positive numbers, in order, as for `measure_rate`.

    Returns
    -------
    str
        ``"diverging"``, ``"sublinear"``, ``"linear"`` or ``"superlinear"``.

    Raises
    ------
    ValueError
        If fewer than four errors are usable: run longer, or start further away.

    Examples
    --------
    >>> steps = np.arange(1, 200)
    >>> classify_convergence(0.9**steps), classify_convergence(1 / steps)
    ('linear', 'sublinear')
    """
    raw = as_float_array("errors", errors)
    if raw.size and not np.all(np.isfinite(raw)):
        return "diverging"
    logs = _usable_logs(raw)
    if len(logs) < 4:
        raise ValueError(f"errors must hold at least 4 usable numbers; got {len(logs)}")
    third = (len(logs) - 1) / 3
    start, middle, end = logs[round(third)], logs[round(2 * third)], logs[-1]
    early = (middle - start) / (round(2 * third) - round(third))
    late = (end - middle) / (len(logs) - 1 - round(2 * third))
    if late >= 0:
        return "diverging"
    # For 1/k**p the ratio is log(3/2)/log(2) = 0.58 whatever p; for a geometric sequence it is 1
    # and for order q > 1 it is at least q. The bounds lie halfway, in logarithm.
    bend = late / early if early < 0 else np.inf
    return "sublinear" if bend < 0.76 else "linear" if bend < 1.4 else "superlinear"


def _why_stop(it, previous, max_steps, grad_tol, step_tol):
    """Return the reason to stop, or an empty one, and whether it is a tolerance."""
    grad_norm = np.linalg.norm(it.grads)
    if not (np.isfinite(it.loss) and np.isfinite(grad_norm)):
        return (
            f"the loss or the gradient is not finite at step {it.step}; try a smaller learning_rate"
        ), False
    if grad_tol is not None and grad_norm <= grad_tol:
        return f"the gradient's norm {grad_norm:.3g} is at most grad_tol={grad_tol:g}", True
    if previous is not None and step_tol > 0:
        length = np.linalg.norm(it.params - previous.params)
        if length <= step_tol * (1 + np.linalg.norm(it.params)):
            return f"the step {length:.3g} is within step_tol={step_tol:g}", True
    if it.step >= max_steps:
        return f"max_steps={max_steps} reached, gradient norm {grad_norm:.3g}", False
    return "", False


def _require_bounds(smoothness, strong_convexity):
    require_positive("smoothness", smoothness)
    require_not_negative("strong_convexity", strong_convexity)
    if not np.all(np.less_equal(strong_convexity, smoothness)):
        raise ValueError(
            "strong_convexity must lie between 0 and smoothness; "
            f"got {strong_convexity!r} with smoothness {smoothness!r}"
        )


def _usable_logs(errors):
    """Return the logarithms of the errors up to the first unusable one, without the floor."""
    errors = as_float_array("errors", errors)
    if errors.ndim != 1:
        raise ValueError(f"errors must be one sequence of numbers; got shape {errors.shape}")
    if np.any(errors < 0):
        raise ValueError("errors must not be negative; pass distances or norms")
    usable = np.isfinite(errors) & (errors > 0)
    logs = np.log(errors[: len(errors) if usable.all() else np.argmin(usable)])
    tail = len(logs) // 5
    if tail >= 5:
        end = logs[-tail:]
        slope, _ = np.polyfit(np.arange(tail), end, 1)
        spread = np.std(end - slope * np.arange(tail))
        # A tail that moves less than it scatters is a floor of noise or of rounding.
        above = np.argmax(logs < end.max() + np.log(10))
        if abs(slope) * tail <= max(2 * spread, 1e-9) and above >= 5:
            logs = logs[:above]
    if len(logs) < 3:
        raise ValueError(f"errors must hold at least 3 usable numbers; got {len(logs)}")
    return logs
