"""Momentum: a velocity that remembers, and what it buys.

On a quadratic a step with momentum is linear in the last two points, x(k+1) = p x(k) + q x(k-1)
along each eigenvector. The two numbers p and q are all there is to know about a method, whatever
convention its code follows: the roots of z² = p z + q decide whether it converges, and how fast.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np

from optedu._validation import (
    call_with_grad,
    require_array,
    require_choice,
    require_fraction,
    require_number,
    require_positive,
)
from optedu.descent import Iterate, Rule


@dataclass(frozen=True)
class Momentum(Rule):
    """Let a velocity build up along directions that agree, the heavy ball [P64]_.

    v <- momentum * v - learning_rate * grads, then params <- params + v. A constant gradient is
    followed 1 / (1 - momentum) times as fast as without momentum. On a quadratic the run
    converges while learning_rate * L < 2 (1 + momentum).

    Parameters
    ----------
    learning_rate : float or ndarray
        The step size, positive and finite.
    momentum : float or ndarray
        The fraction of the velocity that a step keeps, at least 0 and below 1.

    References
    ----------
    .. [P64] B. T. Polyak, "Some methods of speeding up the convergence of iteration methods",
       USSR Computational Mathematics and Mathematical Physics 4(5), 1964.
    """

    momentum: float = 0.9

    def init(self, params):
        """Return a velocity of zero."""
        return (np.zeros_like(params),)

    def update(self, params, grads, step, v):
        """Return ``(params + v, v)`` with the new velocity."""
        v = self.momentum * v - self.learning_rate * grads
        return params + v, v


@dataclass(frozen=True)
class Nesterov(Momentum):
    """Take the gradient where the velocity is about to lead [N83]_.

    The look-ahead form is v <- momentum * v - learning_rate * grads(params + momentum * v), then
    params <- params + v. We keep the looked-ahead point itself, so the gradient is taken at
    `params` like everywhere else; both forms visit the same points [SMDH13]_.

    Parameters
    ----------
    learning_rate : float or ndarray
        The step size, positive and finite.
    momentum : float or ndarray
        The fraction of the velocity that a step keeps, at least 0 and below 1.

    References
    ----------
    .. [N83] Y. Nesterov, "A method of solving a convex programming problem with convergence rate
       O(1/k²)", Soviet Mathematics Doklady 27, 1983.
    .. [SMDH13] I. Sutskever, J. Martens, G. Dahl and G. Hinton, "On the importance of
       initialization and momentum in deep learning", ICML 2013.
    """

    def update(self, params, grads, step, v):
        """Return the next looked-ahead point and the new velocity."""
        v = self.momentum * v - self.learning_rate * grads
        return params + self.momentum * v - self.learning_rate * grads, v


def look_ahead(value_and_grad, params, rule) -> Iterator[Iterate]:
    """Run Nesterov's method as it is drawn: look ahead along the velocity, then correct.

    v <- momentum * v - learning_rate * grads(x + momentum * v), then x <- x + v, with one gradient
    a step. The iterates are the points ``x + momentum * v`` at which the gradient is taken, which
    are those of ``descend`` with the same rule; x itself, one update later, is
    ``it.params - learning_rate * it.grads``.

    Parameters
    ----------
    value_and_grad : callable
        Maps parameters to ``(loss, grads)``.
    params : array_like
        The start point; leading axes are independent runs.
    rule : Nesterov
        The learning rate and the momentum.

    Yields
    ------
    Iterate
        The start point first, then each point looked ahead to.

    Raises
    ------
    ValueError
        If the rule is not `Nesterov`, or the gradient's shape is not that of the parameters.

    Examples
    --------
    >>> from itertools import islice
    >>> run = look_ahead(lambda x: (0.5 * x @ x, x), [1.0], Nesterov(0.5, momentum=0.5))
    >>> [it.params.item() for it in islice(run, 3)]
    [1.0, 0.25, -0.0625]
    """
    _require_rule(rule, Nesterov)
    x = require_array("params", params)
    v = np.zeros_like(x)
    for step in count():
        ahead = x + rule.momentum * v
        loss, grads = call_with_grad(value_and_grad, ahead)
        yield Iterate(step, ahead, loss, grads)
        v = rule.momentum * v - rule.learning_rate * grads
        x = x + v


@dataclass(frozen=True)
class AcceleratedGradient(Rule):
    """Let the momentum grow with the step, for functions whose m is zero or unknown [SBC16]_.

    Nesterov's method with momentum (k - 1) / (k + 2) at step k. On a convex, L-smooth function,
    with a learning rate of at most 1/L, ``x = params - learning_rate * grads`` in update k has
    loss(x) - min <= 2 ‖start - minimizer‖² / (learning_rate (k + 1)²). Under a constant gradient
    the point falls freely: step k is (k + 3) / 4 times that of gradient descent.

    Parameters
    ----------
    learning_rate : float or ndarray
        The step size, positive and finite.

    References
    ----------
    .. [SBC16] W. Su, S. Boyd and E. J. Candès, "A differential equation for modeling Nesterov's
       accelerated gradient method", JMLR 17(153), 2016, equation 1.
    """

    def init(self, params):
        """Return a velocity of zero."""
        return (np.zeros_like(params),)

    def update(self, params, grads, step, v):
        """Return the next looked-ahead point and the new velocity."""
        before, after = (step - 2) / (step + 1), (step - 1) / (step + 2)
        v = before * v - self.learning_rate * grads
        return params + after * v - self.learning_rate * grads, v


def descend_with_restart(value_and_grad, params, rule, criterion="gradient") -> Iterator[Iterate]:
    """Run a rule with momentum, and start again from rest when the velocity leads uphill [ODC15]_.

    Too much momentum overshoots and swings. A restart sets the velocity to zero and the count of
    steps back to 1, and takes the step again from there, with the gradient already at hand. So
    `AcceleratedGradient` converges linearly without knowing m, nearly as fast as with the best
    momentum.

    Parameters
    ----------
    value_and_grad : callable
        Maps parameters to ``(loss, grads)``, the loss a number: one run, which restarts when it
        has to.
    params : array_like
        The start point.
    rule : Momentum, Nesterov or AcceleratedGradient
        The update rule.
    criterion : str
        ``"gradient"`` restarts when ``grads . v > 0`` for the new velocity, ``"loss"`` when the
        loss has risen.

    Yields
    ------
    Iterate
        The start point first, then the point after each update.

    Raises
    ------
    ValueError
        If the rule has no velocity, the criterion has another name, the loss is not a number, or
        the gradient's shape is not that of the parameters.

    References
    ----------
    .. [ODC15] B. O'Donoghue and E. J. Candès, "Adaptive restart for accelerated gradient schemes",
       Foundations of Computational Mathematics 15, 2015.
    """
    _require_rule(rule, Momentum, AcceleratedGradient)
    require_choice("criterion", criterion, ("gradient", "loss"))
    params = require_array("params", params)
    (v,) = rest = rule.init(params)
    last_loss, since_rest = np.inf, 0
    for step in count():
        loss, grads = call_with_grad(value_and_grad, params)
        if np.ndim(loss) != 0:
            raise ValueError(
                "value_and_grad must return one loss, since runs restart at different steps; "
                f"got losses of shape {np.shape(loss)}"
            )
        yield Iterate(step, params, loss, grads)
        since_rest += 1
        new_params, v = rule.update(params, grads, since_rest, v)
        uphill = np.vdot(grads, v) > 0 if criterion == "gradient" else loss > last_loss
        if uphill:
            since_rest = 1
            new_params, v = rule.update(params, grads, since_rest, *rest)
        params, last_loss = new_params, loss


def effective_learning_rate(rule):
    """Return how far a constant gradient carries a step in the long run, α / (1 - μ).

    From 0.9 to 0.99 at the same learning rate the steps become ten times as long.

    Parameters
    ----------
    rule : Momentum
        Heavy ball or Nesterov.

    Returns
    -------
    float or ndarray
        The learning rate that gradient descent would need.

    Raises
    ------
    ValueError
        If the rule is neither.

    Examples
    --------
    >>> effective_learning_rate(Momentum(learning_rate=0.25, momentum=0.75))
    1.0
    """
    _require_rule(rule, Momentum)
    return _plain(rule.learning_rate / (1 - np.asarray(rule.momentum)))


def recurrence(rule, curvature):
    """Return p and q of x(k+1) = p x(k) + q x(k-1), on 1/2 curvature x².

    Parameters
    ----------
    rule : Momentum
        Heavy ball or Nesterov.
    curvature : float or ndarray
        The eigenvalue λ of the Hessian along the mode, of either sign.

    Returns
    -------
    p, q : float or ndarray
        The heavy ball has p = 1 + μ - αλ and q = -μ; Nesterov's points have
        p = (1 - αλ)(1 + μ) and q = -(1 - αλ) μ.

    Raises
    ------
    ValueError
        If the rule is neither, or the curvature is not finite.

    Examples
    --------
    >>> recurrence(Momentum(learning_rate=0.5, momentum=0.25), curvature=1.0)
    (0.75, -0.25)
    """
    _require_rule(rule, Momentum)
    curvature = require_array("curvature", curvature)
    _require_broadcast(
        learning_rate=rule.learning_rate, momentum=rule.momentum, curvature=curvature
    )
    shrink = _plain(1 - rule.learning_rate * curvature)
    if isinstance(rule, Nesterov):
        return shrink * (1 + rule.momentum), -shrink * rule.momentum
    return shrink + rule.momentum, -rule.momentum


def spectral_radius(rule, curvature):
    """Return the factor by which the error along one mode shrinks, a step, in the long run.

    It is the larger root, in size, of z² = p z + q. Complex roots have the size sqrt(-q): for the
    heavy ball that is sqrt(momentum), whatever the learning rate.

    Parameters
    ----------
    rule : Momentum
        Heavy ball or Nesterov.
    curvature : float or ndarray
        The eigenvalue of the Hessian along the mode, of either sign.

    Returns
    -------
    float or ndarray
        Below 1 the mode converges.

    Raises
    ------
    ValueError
        If the rule is neither, or the curvature is not finite.

    Examples
    --------
    >>> round(spectral_radius(Momentum(learning_rate=1.0, momentum=0.25), curvature=1.0), 6)
    0.5
    """
    p, q = recurrence(rule, curvature)
    root = np.sqrt(np.asarray(p**2 + 4 * q, dtype=complex))
    return _plain(np.maximum(np.abs(p + root), np.abs(p - root)) / 2)


def stability_limit(rule):
    """Return the largest stable value of learning_rate * curvature at this momentum.

    Parameters
    ----------
    rule : Momentum
        Heavy ball or Nesterov.

    Returns
    -------
    float or ndarray
        2 (1 + μ) for the heavy ball, (2 + 2μ) / (1 + 2μ) for Nesterov: at μ = 0 both are the 2 of
        gradient descent, and Nesterov's falls as μ grows.

    Raises
    ------
    ValueError
        If the rule is neither.

    Examples
    --------
    >>> stability_limit(Momentum(momentum=0.5)), stability_limit(Nesterov(momentum=0.5))
    (3.0, 1.5)
    """
    _require_rule(rule, Momentum)
    limit = 2 * (1 + rule.momentum)
    return limit / (1 + 2 * rule.momentum) if isinstance(rule, Nesterov) else limit


def critical_momentum(learning_rate, curvature):
    """Return the momentum at which a mode of the heavy ball is critically damped.

    Below it the roots are real, and the larger one is slow: for αλ < 1 the mode creeps. Above it
    they are complex, and the mode swings. At (1 - sqrt(αλ))² both are equal.

    Parameters
    ----------
    learning_rate, curvature : float or ndarray
        The step size α and the eigenvalue λ, both positive, with a product below 4.

    Returns
    -------
    float or ndarray
        The momentum.

    Raises
    ------
    ValueError
        If an argument is not positive and finite, or the product is 4 or more, where no momentum
        below 1 makes the heavy ball converge.

    Examples
    --------
    >>> critical_momentum(learning_rate=0.25, curvature=1.0)
    0.25
    """
    require_positive("learning_rate", learning_rate)
    require_positive("curvature", curvature)
    _require_broadcast(learning_rate=learning_rate, curvature=curvature)
    product = np.multiply(learning_rate, curvature)
    if not np.all(product < 4):
        raise ValueError(
            "learning_rate times curvature must be below 4, or the heavy ball diverges at every "
            f"momentum; got {_plain(product)}"
        )
    return _plain((1 - np.sqrt(product)) ** 2)


def optimal_heavy_ball(smoothness, strong_convexity):
    """Return the heavy ball with the best rate on quadratics, (sqrt(κ) - 1) / (sqrt(κ) + 1).

    Parameters
    ----------
    smoothness, strong_convexity : float
        The curvature bounds L >= m > 0.

    Returns
    -------
    Momentum
        With learning rate 4 / (sqrt(L) + sqrt(m))² and momentum ((sqrt(κ) - 1)/(sqrt(κ) + 1))².

    Raises
    ------
    ValueError
        If the bounds are not positive, or in the wrong order.

    Examples
    --------
    >>> optimal_heavy_ball(smoothness=9.0, strong_convexity=1.0)
    Momentum(learning_rate=0.25, momentum=0.25)
    """
    fast, slow = _roots(smoothness, strong_convexity)
    return Momentum(4 / (fast + slow) ** 2, ((fast - slow) / (fast + slow)) ** 2)


def standard_nesterov(smoothness, strong_convexity):
    """Return Nesterov's method with the parameters of its theorem, at a rate of 1 - 1/sqrt(κ).

    Unlike the best heavy ball it keeps its promise on every smooth and strongly convex function.

    Parameters
    ----------
    smoothness, strong_convexity : float
        The curvature bounds L >= m > 0.

    Returns
    -------
    Nesterov
        With learning rate 1/L and momentum (sqrt(κ) - 1)/(sqrt(κ) + 1).

    Raises
    ------
    ValueError
        If the bounds are not positive, or in the wrong order.

    Examples
    --------
    >>> standard_nesterov(smoothness=9.0, strong_convexity=1.0)
    Nesterov(learning_rate=0.1111111111111111, momentum=0.5)
    """
    fast, slow = _roots(smoothness, strong_convexity)
    return Nesterov(1 / smoothness, (fast - slow) / (fast + slow))


@dataclass(frozen=True)
class Convention:
    """How a code writes the heavy ball or Nesterov's method.

    Parameters
    ----------
    method : str
        Which of the two it is.
    velocity, params : str
        Its equations, with learning rate α, momentum μ and, where there is one, dampening τ.
    used_by : str
        Whose it is.
    holds_steps : bool
        Whether the velocity is a step, α inside, or a sum of gradients, which α multiplies later.
    """

    method: str
    velocity: str
    params: str
    used_by: str
    holds_steps: bool


_HEAVY, _NESTEROV = "heavy ball", "Nesterov"
CONVENTIONS = {
    "canonical": Convention(
        _HEAVY, "v <- μ v - α g(x)", "x <- x + v", "optedu, Sutskever, Keras, CS231n", True
    ),
    "sum": Convention(
        _HEAVY, "v <- μ v + g(x)", "x <- x - α v", "PyTorch, optax, Distill, d2l", False
    ),
    "average": Convention(
        _HEAVY,
        "v <- μ v + (1 - μ) g(x)",
        "x <- x - α v",
        "Coursera, fast.ai's course, autograd",
        False,
    ),
    "damped": Convention(
        _HEAVY,
        "v <- μ v + (1 - τ) g(x)",
        "x <- x - α v",
        "PyTorch's dampening, after a first step that it leaves undamped",
        False,
    ),
    "difference": Convention(
        _HEAVY, "v = x - last x", "x <- x - α g(x) + μ (x - last x)", "Polyak, Neuromatch", True
    ),
    "look_ahead": Convention(_NESTEROV, "v <- μ v - α g(x + μ v)", "x <- x + v", "Sutskever", True),
    "rearranged": Convention(
        _NESTEROV, "v <- μ v - α g(x)", "x <- x + μ v - α g(x)", "optedu, Keras, CS231n", True
    ),
    "rearranged_sum": Convention(
        _NESTEROV, "v <- μ v + g(x)", "x <- x - α (g(x) + μ v)", "PyTorch, optax", False
    ),
}


def convert(learning_rate, momentum, source, target, dampening=0.0):
    """Return the numbers with which another convention visits the same points.

    The momentum stays. The learning rate is divided by the weight of a gradient in the target's
    velocity and multiplied by its weight in the source's: α_target = α (1 - μ) from an average to
    a sum. This holds while the learning rate is constant. When it changes, two conventions still
    agree if both velocities hold steps or both hold gradients, and split otherwise: a velocity of
    steps remembers the old learning rate.

    Parameters
    ----------
    learning_rate : float or ndarray
        The learning rate in the source's code; an array is independent runs.
    momentum : float or ndarray
        The momentum there, at least 0 and below 1.
    source, target : str
        Names in `CONVENTIONS`, both of one method.
    dampening : float or ndarray
        The τ of the convention ``"damped"``, at least 0 and below 1; the others have none.

    Returns
    -------
    learning_rate, momentum : float or ndarray
        The numbers in the target's code.

    Raises
    ------
    ValueError
        If a number is out of range, the learning rate is a schedule, a convention has another
        name, the two are of different methods, or `dampening` is given where neither has it.

    Examples
    --------
    >>> convert(1.0, 0.75, "average", "canonical")
    (0.25, 0.75)
    >>> Momentum(*convert(1.0, 0.75, "average", "canonical"))
    Momentum(learning_rate=0.25, momentum=0.75)
    """
    learning_rate, momentum, dampening = _convertible(
        learning_rate, momentum, source, target, dampening
    )
    here, there = (_weight(name, momentum, dampening) for name in (source, target))
    return _plain(learning_rate * (here / there)), _plain(momentum)


def convert_velocity(velocity, learning_rate, momentum, source, target, dampening=0.0):
    """Return the velocity with which a run goes on in another convention.

    A velocity v of gradients is the step -α v, each with the α of its own code. In
    ``"difference"`` the velocity is the last step, x - last x. From ``"look_ahead"`` to the other
    forms of Nesterov's method convert the point too: theirs is x + μ v.

    Parameters
    ----------
    velocity : array_like
        The velocity in the source's code.
    learning_rate, momentum : float or ndarray
        The numbers in the source's code.
    source, target : str
        Names in `CONVENTIONS`, both of one method.
    dampening : float or ndarray
        The τ of the convention ``"damped"``.

    Returns
    -------
    ndarray
        The velocity in the target's code.

    Raises
    ------
    ValueError
        As for `convert`, or if the velocity is not finite.

    Examples
    --------
    >>> convert_velocity([4.0], 0.25, 0.5, "sum", "canonical")
    array([-1.])
    """
    velocity = require_array("velocity", velocity)
    other_rate, _ = convert(learning_rate, momentum, source, target, dampening)
    _require_broadcast(velocity=velocity, learning_rate=other_rate)
    rate = _plain(np.asarray(learning_rate))
    step = velocity if CONVENTIONS[source].holds_steps else -rate * velocity
    return step if CONVENTIONS[target].holds_steps else -step / other_rate


def _weight(convention, momentum, dampening):
    """Return what a new gradient is multiplied by in the velocity of a convention."""
    return {"average": 1 - momentum, "damped": 1 - dampening}.get(convention, 1.0)


def _convertible(learning_rate, momentum, source, target, dampening):
    """Return the numbers as arrays, if there is a way from source to target."""
    if callable(learning_rate):
        raise ValueError(
            "learning_rate must be a number, not a schedule: when it changes, a velocity of steps "
            "and a velocity of gradients no longer lead to the same points"
        )
    require_positive("learning_rate", learning_rate)
    require_fraction("momentum", momentum)
    require_fraction("dampening", dampening)
    _require_broadcast(learning_rate=learning_rate, momentum=momentum, dampening=dampening)
    here = CONVENTIONS[require_choice("source", source, CONVENTIONS)]
    there = CONVENTIONS[require_choice("target", target, CONVENTIONS)]
    if here.method != there.method:
        raise ValueError(
            f"target must be a form of the same method; {source!r} is {here.method}, "
            f"{target!r} is {there.method}"
        )
    if np.any(dampening) and "damped" not in (source, target):
        raise ValueError(f"dampening must be 0 where no convention is 'damped'; got {dampening!r}")
    return np.asarray(learning_rate), np.asarray(momentum), np.asarray(dampening)


def _require_rule(rule, *kinds):
    if not isinstance(rule, kinds):
        names = " or ".join(kind.__name__ for kind in kinds)
        raise ValueError(f"rule must be {names}, or a subclass; got {rule!r}")


def _require_broadcast(**arrays):
    shapes = {name: np.shape(array) for name, array in arrays.items()}
    try:
        np.broadcast_shapes(*shapes.values())
    except ValueError:
        raise ValueError(
            f"{' and '.join(shapes)} must have shapes that broadcast; got {[*shapes.values()]}"
        ) from None


def _plain(numbers):
    """Return an array, or the number that an array without axes holds."""
    return float(numbers) if np.ndim(numbers) == 0 else numbers


def _roots(smoothness, strong_convexity):
    """Return the square roots of L and m."""
    require_positive("smoothness", require_number("smoothness", smoothness))
    require_positive("strong_convexity", require_number("strong_convexity", strong_convexity))
    if strong_convexity > smoothness:
        raise ValueError(
            f"strong_convexity must not exceed smoothness; got {strong_convexity} > {smoothness}"
        )
    return np.sqrt(smoothness).item(), np.sqrt(strong_convexity).item()
