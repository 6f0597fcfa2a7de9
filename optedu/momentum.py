"""Momentum: a velocity that remembers, and what it buys.

On a quadratic a step with momentum is linear in the last two points, x(k+1) = p x(k) + q x(k-1)
along each eigenvector. The two numbers p and q are all there is to know about a method, whatever
convention its code follows: the roots of z² = p z + q decide whether it converges, and how fast.
"""

from dataclasses import dataclass

import numpy as np

from optedu._validation import require_between, require_positive
from optedu.descent import Rule


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


def recurrence(rule, curvature):
    """Return p and q of x(k+1) = p x(k) + q x(k-1), on 1/2 curvature x².

    Parameters
    ----------
    rule : Momentum
        Heavy ball or Nesterov.
    curvature : float or ndarray
        The eigenvalue λ of the Hessian along the mode.

    Returns
    -------
    p, q : float or ndarray
        The heavy ball has p = 1 + μ - αλ and q = -μ; Nesterov's points have
        p = (1 - αλ)(1 + μ) and q = -(1 - αλ) μ.

    Examples
    --------
    >>> recurrence(Momentum(learning_rate=0.5, momentum=0.25), curvature=1.0)
    (0.75, -0.25)
    """
    shrink = 1 - rule.learning_rate * curvature
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
        The eigenvalue of the Hessian along the mode.

    Returns
    -------
    float or ndarray
        Below 1 the mode converges.

    Examples
    --------
    >>> round(spectral_radius(Momentum(learning_rate=1.0, momentum=0.25), curvature=1.0), 6)
    0.5
    """
    p, q = recurrence(rule, curvature)
    root = np.sqrt(np.asarray(p**2 + 4 * q, dtype=complex))
    size = np.maximum(np.abs(p + root), np.abs(p - root)) / 2
    return float(size) if size.ndim == 0 else size


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

    Examples
    --------
    >>> stability_limit(Momentum(momentum=0.5)), stability_limit(Nesterov(momentum=0.5))
    (3.0, 1.5)
    """
    limit = 2 * (1 + rule.momentum)
    return limit / (1 + 2 * rule.momentum) if isinstance(rule, Nesterov) else limit


def critical_momentum(learning_rate, curvature):
    """Return the momentum at which a mode of the heavy ball is critically damped.

    Below it the mode creeps, above it the mode swings; at (1 - sqrt(αλ))² both roots are equal.

    Parameters
    ----------
    learning_rate, curvature : float or ndarray
        The step size α and the eigenvalue λ, both positive.

    Returns
    -------
    float or ndarray
        The momentum.

    Raises
    ------
    ValueError
        If an argument is not positive and finite.

    Examples
    --------
    >>> critical_momentum(learning_rate=0.25, curvature=1.0)
    0.25
    """
    require_positive("learning_rate", learning_rate)
    require_positive("curvature", curvature)
    momentum = (1 - np.sqrt(np.multiply(learning_rate, curvature))) ** 2
    return float(momentum) if np.ndim(momentum) == 0 else momentum


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


def from_average(learning_rate, momentum):
    """Return the rule for code that keeps an average, v <- μ v + (1 - μ) g; x <- x - α v.

    There the velocity is a mean of gradients, and a step is 1 - μ times as long as the same
    numbers give here.

    Parameters
    ----------
    learning_rate, momentum : float
        The numbers of that code.

    Returns
    -------
    Momentum
        The rule with the same iterates, as long as the learning rate is constant.

    Raises
    ------
    ValueError
        If the momentum is not between 0 and 1.

    Examples
    --------
    >>> from_average(learning_rate=1.0, momentum=0.75)
    Momentum(learning_rate=0.25, momentum=0.75)
    """
    require_between("momentum", momentum, 0, 1)
    return Momentum((1 - momentum) * learning_rate, momentum)


def _roots(smoothness, strong_convexity):
    require_positive("smoothness", smoothness)
    require_positive("strong_convexity", strong_convexity)
    if strong_convexity > smoothness:
        raise ValueError(
            f"strong_convexity must not exceed smoothness; got {strong_convexity} > {smoothness}"
        )
    return np.sqrt(smoothness).item(), np.sqrt(strong_convexity).item()
