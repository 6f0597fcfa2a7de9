"""Learning rates that change: a schedule is a function of the update number, from 1.

With a constant learning rate SGD hovers; that it may arrive, the sum of all learning rates must
be infinite, to get anywhere, and the sum of their squares finite, to come to rest. Each schedule
below is its hyper-parameters and one equation in k, the number of updates already made. So the
first update (k = 0) has the full learning rate, and what a schedule falls to in T updates is
reached at k = T: no update is spent on a learning rate of zero.

Schedules go to ``descend(schedule=...)``, `train` or a plot: called with an array of update
numbers they return an array. They count updates; multiply epochs by `steps_per_epoch`.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from optedu._validation import (
    require_callable,
    require_count,
    require_not_negative,
    require_positive,
    require_probability,
)
from optedu.sgd._arguments import require_counts


def _require_factor(name, value):
    return require_probability(name, require_positive(name, value))


def _require_length(name, value):
    return require_count(name, value, at_least=1)


# One name means one thing in every schedule, so its range is checked in one place.
_RANGES = {
    "learning_rate": require_positive,
    "final": require_not_negative,
    "factor": _require_factor,
    "scale": require_positive,
    "every": _require_length,
    "n_steps": _require_length,
    "multiplier": _require_length,
}


@dataclass(frozen=True)
class Schedule:
    """Map the number of an update to its learning rate; a subclass supplies the equation.

    A learning rate that is an array stands for a sweep, as in a rule.

    Raises
    ------
    ValueError
        If a hyper-parameter is outside its range or, when called, a step is not a whole number
        from 1.
    """

    def __post_init__(self):
        """Refuse hyper-parameters that no run could use, each by what its name promises."""
        for field in fields(self):
            if require := _RANGES.get(field.name):
                require(field.name, getattr(self, field.name))

    def __call__(self, step):
        """Return the learning rate of update number `step`, or of each in an array of them."""
        rate = self._after(require_counts("step", step, at_least=1) - 1)
        # A NumPy scalar would turn float32 parameters into float64.
        return float(rate) if np.ndim(rate) == 0 else rate

    def _after(self, k):
        raise NotImplementedError


@dataclass(frozen=True)
class Constant(Schedule):
    """Keep one learning rate: α.

    Parameters
    ----------
    learning_rate : float or ndarray
        The step size α, positive and finite.

    Examples
    --------
    >>> Constant(0.1)([1, 1000])
    array([0.1, 0.1])
    """

    learning_rate: float

    def _after(self, k):
        return self.learning_rate * np.ones_like(k, dtype=float)


@dataclass(frozen=True)
class StepDecay(Schedule):
    """Drop at regular times: α factor^floor(k / every).

    For drops at other times, `Join` constants.

    Parameters
    ----------
    learning_rate : float or ndarray
        The first step size α.
    every : int
        Updates from one drop to the next.
    factor : float
        What each drop multiplies by, above 0 and at most 1.

    Examples
    --------
    >>> StepDecay(1.0, every=2, factor=0.5)([1, 2, 3, 4, 5])
    array([1.  , 1.  , 0.5 , 0.5 , 0.25])
    """

    learning_rate: float
    every: int
    factor: float = 0.1

    def _after(self, k):
        return self.learning_rate * self.factor ** (k // self.every)


@dataclass(frozen=True)
class ExponentialDecay(Schedule):
    """Shrink a little at each update: α factor^k.

    The sum of all its learning rates is α / (1 - factor): a run gets no further than that, times
    the gradient.

    Parameters
    ----------
    learning_rate : float or ndarray
        The first step size α.
    factor : float
        What each update multiplies by, above 0 and at most 1.

    Examples
    --------
    >>> ExponentialDecay(1.0, factor=0.5)([1, 2, 3])
    array([1.  , 0.5 , 0.25])
    """

    learning_rate: float
    factor: float

    def _after(self, k):
        return self.learning_rate * self.factor**k


@dataclass(frozen=True)
class InverseTime(Schedule):
    """Divide by the time: α / (1 + k / scale); with scale 1 that is α / step.

    The learning rates sum to infinity and their squares do not, as convergence asks for [RM51]_.
    On an m-strongly convex loss α = 1/m makes the squared error fall like 1/step; an α below
    1/(2m) makes it fall slower than that.

    Parameters
    ----------
    learning_rate : float or ndarray
        The first step size α.
    scale : float
        Updates after which it has halved.

    References
    ----------
    .. [RM51] H. Robbins and S. Monro, "A stochastic approximation method", Annals of
       Mathematical Statistics 22(3), 1951.

    Examples
    --------
    >>> InverseTime(1.0)([1, 2, 4])
    array([1.  , 0.5 , 0.25])
    """

    learning_rate: float
    scale: float = 1.0

    def _after(self, k):
        return self.learning_rate / (1 + k / self.scale)


@dataclass(frozen=True)
class InverseSqrt(Schedule):
    """Divide by the root of the time: α / sqrt(1 + k / scale); with scale 1, α / sqrt(step).

    It falls too slowly for the iterates of a noisy run to settle; their average does, on convex
    losses. After a `Warmup` of ``scale - 1`` updates it is the schedule of the first
    transformers [VSP17]_.

    Parameters
    ----------
    learning_rate : float or ndarray
        The first step size α.
    scale : float
        Updates after which it has fallen by a factor of sqrt(2).

    References
    ----------
    .. [VSP17] A. Vaswani et al., "Attention is all you need", NeurIPS 2017, equation 3.

    Examples
    --------
    >>> InverseSqrt(1.0)([1, 4, 16])
    array([1.  , 0.5 , 0.25])
    """

    learning_rate: float
    scale: float = 1.0

    def _after(self, k):
        return self.learning_rate / np.sqrt(1 + k / self.scale)


@dataclass(frozen=True)
class Linear(Schedule):
    """Go along a line: α + (final - α) min(k / T, 1).

    Parameters
    ----------
    learning_rate : float or ndarray
        The first step size α.
    n_steps : int
        The number T of updates on the way down; afterwards it stays at `final`.
    final : float
        Where the line ends, at least 0.

    Examples
    --------
    >>> Linear(1.0, n_steps=4)([1, 2, 3, 4, 5, 6])
    array([1.  , 0.75, 0.5 , 0.25, 0.  , 0.  ])
    """

    learning_rate: float
    n_steps: int
    final: float = 0.0

    def _after(self, k):
        return self._blend(1 - np.minimum(k / self.n_steps, 1))

    def _blend(self, weight):
        # In this form rounding cannot miss the ends.
        return weight * np.asarray(self.learning_rate) + (1 - weight) * self.final


@dataclass(frozen=True)
class Cosine(Linear):
    """Go along half a cosine: final + (α - final) (1 + cos(π min(k / T, 1))) / 2 [LH17]_.

    It is flat at both ends, and halfway it is the mean of them.

    Parameters
    ----------
    learning_rate : float or ndarray
        The first step size α.
    n_steps : int
        The number T of updates on the way down; afterwards it stays at `final`.
    final : float
        Where the curve ends, at least 0.

    References
    ----------
    .. [LH17] I. Loshchilov and F. Hutter, "SGDR: stochastic gradient descent with warm
       restarts", ICLR 2017, equation 5.

    Examples
    --------
    >>> Cosine(1.0, n_steps=2, final=0.5)([1, 2, 3, 4])
    array([1.  , 0.75, 0.5 , 0.5 ])
    """

    def _after(self, k):
        return self._half_wave(np.minimum(k / self.n_steps, 1))

    def _half_wave(self, fraction):
        return self._blend((1 + np.cos(np.pi * fraction)) / 2)


@dataclass(frozen=True)
class CosineRestarts(Cosine):
    """Go along the cosine again and again, each time `multiplier` times as slowly [LH17]_.

    The cycles last T, m T, m² T, ... updates; each begins at the full learning rate.

    Parameters
    ----------
    learning_rate : float or ndarray
        The step size α at the start of each cycle.
    n_steps : int
        The number T of updates in the first cycle.
    final : float
        What each cycle falls to.
    multiplier : int
        The factor m from one cycle's length to the next.

    References
    ----------
    .. [LH17] I. Loshchilov and F. Hutter, "SGDR: stochastic gradient descent with warm
       restarts", ICLR 2017, equation 5.

    Examples
    --------
    >>> CosineRestarts(1.0, n_steps=2, multiplier=2)([1, 2, 3, 5, 7])
    array([1. , 0.5, 1. , 0.5, 1. ])
    """

    multiplier: int = 1

    def _after(self, k):
        T, m = self.n_steps, self.multiplier
        if m == 1:
            return self._half_wave(k % T / T)
        # Cycle i begins at k = T (1 + m + ... + m^(i-1)) = T (m^i - 1) / (m - 1). The logarithms
        # round by 1e-14 at most, and the last k before a cycle lies further below it than 1e-12.
        cycle = np.floor(np.log1p(k * (m - 1) / T) / np.log(m) + 1e-12)
        return self._half_wave((k - T * (m**cycle - 1) / (m - 1)) / (T * m**cycle))


@dataclass(frozen=True)
class Warmup(Schedule):
    """Climb to the start of another schedule along a line, then follow it [GDG17]_.

    Update number `step` has schedule(1) · step / (n_steps + 1) while step <= n_steps, and
    schedule(step - n_steps) afterwards. The line meets the schedule at its first update, so
    nothing jumps, and it leaves 0 one update before the run begins, so none is wasted.

    Parameters
    ----------
    schedule : callable
        Maps update numbers from 1 to learning rates.
    n_steps : int
        Updates of the climb.

    Raises
    ------
    ValueError
        If `schedule` cannot be called or starts at a learning rate that is not positive.

    References
    ----------
    .. [GDG17] P. Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1 hour",
       arXiv:1706.02677, 2017, section 2.2.

    Examples
    --------
    >>> Warmup(StepDecay(1.0, every=2), n_steps=3)([1, 2, 3, 4, 5, 6])
    array([0.25, 0.5 , 0.75, 1.  , 1.  , 0.1 ])
    """

    schedule: Callable
    n_steps: int

    def __post_init__(self):
        """Check where the climb leads."""
        super().__post_init__()
        require_positive("schedule(1)", require_callable("schedule", self.schedule)(1))

    def _after(self, k):
        climb = self.schedule(1) * (k + 1) / (self.n_steps + 1)
        return np.where(k < self.n_steps, climb, self.schedule(_step_since(self.n_steps, k)))


@dataclass(frozen=True)
class Join(Schedule):
    """Follow one schedule after the other, each from its own first update.

    Parameters
    ----------
    schedules : sequence of callable
        Each maps update numbers from 1 to learning rates. The last one is followed for ever.
    lengths : sequence of int
        The updates of all but the last.

    Raises
    ------
    ValueError
        If there is not one length for each schedule but the last, or one of the schedules
        starts at a learning rate that is negative.

    Examples
    --------
    >>> Join([Constant(0.1), Constant(0.01)], lengths=[3])([1, 3, 4])
    array([0.1 , 0.1 , 0.01])
    """

    schedules: tuple[Callable, ...]
    lengths: tuple[int, ...]

    def __post_init__(self):
        """Check each part."""
        for i, schedule in enumerate(self.schedules):
            name = f"schedules[{i}]"
            require_not_negative(f"{name}(1)", require_callable(name, schedule)(1))
        lengths = require_counts("lengths", self.lengths, at_least=1)
        if lengths.shape != (len(self.schedules) - 1,):
            raise ValueError(
                f"lengths must hold one number for each of the {len(self.schedules)} schedules "
                f"but the last; got {self.lengths!r}"
            )

    def _after(self, k):
        rate = self.schedules[0](k + 1)
        for schedule, start in zip(self.schedules[1:], np.cumsum(self.lengths), strict=True):
            rate = np.where(k < start, rate, schedule(_step_since(start, k)))
        return rate


def _step_since(start, k):
    """Return the update number of a schedule that began after `start` updates; 1 before that."""
    return np.maximum(k - start, 0) + 1
