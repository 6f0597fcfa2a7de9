"""Adaptive methods: each coordinate gets its own step, from the size of its own gradients.

All of them divide by a root of past squared gradients, plus `eps` outside the root. They differ
in what "past" means: everything (AdaGrad), the recent past (RMSProp), the recent past without the
pull of the zero start (Adam). None of them knows about directions: turn the axes, and the path
changes.
"""

from dataclasses import dataclass

import numpy as np

from optedu._validation import as_float_array, require_fraction
from optedu.descent import Rule


@dataclass(frozen=True)
class AdaGrad(Rule):
    """Divide by the root of the sum of all squared gradients [DHS11]_.

    s <- s + grads², then params <- params - learning_rate * grads / (sqrt(s) + eps). The sum never
    falls, so the steps shrink for ever: like 1/sqrt(step) under a constant gradient.

    Parameters
    ----------
    learning_rate : float or ndarray
        The step size, positive and finite. The first step of each coordinate is this long.
    eps : float
        What keeps a coordinate without gradients from dividing by zero.

    References
    ----------
    .. [DHS11] J. Duchi, E. Hazan and Y. Singer, "Adaptive subgradient methods for online learning
       and stochastic optimization", JMLR 12, 2011.
    """

    eps: float = 1e-8

    def init(self, params):
        """Return a sum of squares of zero."""
        return (np.zeros_like(params),)

    def update(self, params, grads, step, s):
        """Return the new parameters and the new sum of squares."""
        s = s + grads**2
        return params - self.learning_rate * grads / (np.sqrt(s) + self.eps), s


@dataclass(frozen=True)
class RMSProp(Rule):
    """Divide by the root of a running mean of squared gradients [TH12]_.

    s <- beta2 * s + (1 - beta2) * grads²: AdaGrad that forgets, over about 1 / (1 - beta2) steps.
    The mean starts at zero, so the first step is 1 / sqrt(1 - beta2) times too long.

    Parameters
    ----------
    learning_rate : float or ndarray
        The step size, positive and finite.
    beta2 : float or ndarray
        The fraction of the mean that a step keeps, at least 0 and below 1.
    eps : float
        What keeps a coordinate without gradients from dividing by zero.

    References
    ----------
    .. [TH12] T. Tieleman and G. Hinton, "Lecture 6.5: RMSProp", Coursera, 2012.
    """

    learning_rate: float = 0.001
    beta2: float = 0.99
    eps: float = 1e-8

    def init(self, params):
        """Return a mean square of zero."""
        return (np.zeros_like(params),)

    def update(self, params, grads, step, s):
        """Return the new parameters and the new mean square."""
        s = self.beta2 * s + (1 - self.beta2) * grads**2
        return params - self.learning_rate * grads / (np.sqrt(s) + self.eps), s


@dataclass(frozen=True)
class Adam(Rule):
    """Scale each coordinate by its own recent gradient size [KB15]_.

    The direction is a running mean of gradients, the scale the root of a running mean of their
    squares. Both start at zero; dividing by 1 - beta**step undoes the pull. Under a constant
    gradient every step is `learning_rate` long.

    Parameters
    ----------
    learning_rate : float or ndarray
        The step size, positive and finite.
    beta1, beta2 : float or ndarray
        The fractions of the two means that a step keeps, at least 0 and below 1.
    eps : float
        What keeps a coordinate without gradients from dividing by zero; outside the root.
    correct_mean, correct_square : bool
        Undo the pull to zero of the mean of gradients, and of the mean of squares.

    References
    ----------
    .. [KB15] D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR 2015,
       algorithm 1.
    """

    learning_rate: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    correct_mean: bool = True
    correct_square: bool = True

    def init(self, params):
        """Return two means of zero."""
        return np.zeros_like(params), np.zeros_like(params)

    def update(self, params, grads, step, m, v):
        """Return the new parameters and the new means."""
        m = self.beta1 * m + (1 - self.beta1) * grads
        v = self.beta2 * v + (1 - self.beta2) * grads**2
        m_hat = m / (1 - self.beta1**step) if self.correct_mean else m
        v_hat = v / (1 - self.beta2**step) if self.correct_square else v
        return params - self.learning_rate * m_hat / (np.sqrt(v_hat) + self.eps), m, v


@dataclass(frozen=True)
class AdamL2(Adam):
    """Run Adam on the loss plus weight_decay / 2 ‖params‖², the decay of older code.

    The decay enters the gradient, grads + weight_decay * params, and so both means: it is divided
    by the gradients' size like everything else. Where the loss is flat the parameters move by
    about `learning_rate` a step, whatever the decay. `AdamW` is the other way.

    Parameters
    ----------
    learning_rate : float or ndarray
        The step size, positive and finite.
    beta1, beta2 : float or ndarray
        The fractions of the two means that a step keeps, at least 0 and below 1.
    eps : float
        What keeps a coordinate without gradients from dividing by zero; outside the root.
    correct_mean, correct_square : bool
        Undo the pull to zero of the mean of gradients, and of the mean of squares.
    weight_decay : float
        The rate λ of the decay, at least 0.
    """

    weight_decay: float = 0.01

    def update(self, params, grads, step, m, v):
        """Return the new parameters and the new means."""
        return super().update(params, grads + self.weight_decay * params, step, m, v)


@dataclass(frozen=True)
class AdamW(Adam):
    """Run Adam, and shrink the parameters beside it rather than through the gradient [LH19]_.

    The decay multiplies params by 1 - learning_rate * weight_decay and never enters the means, so
    it is not rescaled: without gradients the parameters fall like (1 - α λ)^step.

    Parameters
    ----------
    learning_rate : float or ndarray
        The step size, positive and finite.
    beta1, beta2 : float or ndarray
        The fractions of the two means that a step keeps, at least 0 and below 1.
    eps : float
        What keeps a coordinate without gradients from dividing by zero; outside the root.
    correct_mean, correct_square : bool
        Undo the pull to zero of the mean of gradients, and of the mean of squares.
    weight_decay : float
        The rate λ of the decay, at least 0; it is multiplied by the learning rate.

    References
    ----------
    .. [LH19] I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", ICLR 2019,
       algorithm 2, where both decays stand side by side.
    """

    weight_decay: float = 0.01

    def update(self, params, grads, step, m, v):
        """Return the new parameters and the new means."""
        decayed = params - self.learning_rate * self.weight_decay * params
        return super().update(decayed, grads, step, m, v)


@dataclass(frozen=True)
class AMSGrad(Adam):
    """Run Adam with the largest mean of squares so far [RKK18]_.

    v_max <- max(v_max, v) takes the place of v, so a rare large gradient keeps the steps of its
    coordinate short for ever. As in PyTorch the maximum is taken of the uncorrected means, and
    corrected afterwards.

    Parameters
    ----------
    learning_rate : float or ndarray
        The step size, positive and finite.
    beta1, beta2 : float or ndarray
        The fractions of the two means that a step keeps, at least 0 and below 1.
    eps : float
        What keeps a coordinate without gradients from dividing by zero; outside the root.
    correct_mean, correct_square : bool
        Undo the pull to zero of the mean of gradients, and of the largest mean of squares.

    References
    ----------
    .. [RKK18] S. J. Reddi, S. Kale and S. Kumar, "On the convergence of Adam and beyond", ICLR
       2018.
    """

    def init(self, params):
        """Return two means and a largest mean of squares, all zero."""
        return *super().init(params), np.zeros_like(params)

    def update(self, params, grads, step, m, v, v_max):
        """Return the new parameters, the new means and the new maximum."""
        m = self.beta1 * m + (1 - self.beta1) * grads
        v = self.beta2 * v + (1 - self.beta2) * grads**2
        v_max = np.maximum(v_max, v)
        m_hat = m / (1 - self.beta1**step) if self.correct_mean else m
        v_hat = v_max / (1 - self.beta2**step) if self.correct_square else v_max
        return params - self.learning_rate * m_hat / (np.sqrt(v_hat) + self.eps), m, v, v_max


def correction_ratio(step, beta1=0.9, beta2=0.999):
    """Return how many times too long a step of Adam is without its corrections.

    Under a constant gradient the mean is too small by 1 - beta1**step and the root of the mean
    square by sqrt(1 - beta2**step). The ratio starts at sqrt(10) for the usual numbers: the first
    steps are too long, by 3 to 7 times, for about a thousand steps.

    Parameters
    ----------
    step : int or ndarray
        The number of the update, counted from 1.
    beta1, beta2 : float or ndarray
        The fractions of the two means that a step keeps, at least 0 and below 1.

    Returns
    -------
    float or ndarray
        (1 - beta1**step) / sqrt(1 - beta2**step).

    Raises
    ------
    ValueError
        If a step is not a whole number of at least 1, or a beta is out of range.

    Examples
    --------
    >>> [round(correction_ratio(step), 2) for step in (1, 12, 1751)]
    [3.16, 6.57, 1.1]
    """
    steps = as_float_array("step", step)
    if steps.size == 0 or not np.all((steps >= 1) & (steps == np.floor(steps)) & (steps < np.inf)):
        raise ValueError(f"step must be a whole number of at least 1; got {step!r}")
    require_fraction("beta1", beta1)
    require_fraction("beta2", beta2)
    ratio = (1 - np.power(beta1, steps)) / np.sqrt(1 - np.power(beta2, steps))
    return float(ratio) if ratio.ndim == 0 else ratio
