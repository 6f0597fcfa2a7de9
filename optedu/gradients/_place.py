"""A point at which a derivative is claimed, and what is measured along directions from it."""

from functools import cached_property
from typing import NamedTuple

import numpy as np

from optedu.gradients._slopes import (
    COMPLEX_STEP,
    EPS,
    WINDOWS,
    complex_slope,
    evaluate,
    in_double,
    random_direction,
    ridders,
    size,
    units,
)

# Formulas for one gradient differ by some hundred roundings of what cancels in them.
ROUNDINGS = 1000
NEARBY = 2.0**-13
BESIDE = 2.0**-9
# A slope that is known no better than this says nothing.
UNSURE = 1e-2


class Function:
    """A function of flat parameters with one or more values, and a count of its calls."""

    def __init__(self, name, call, shape=None, weights=1.0):
        self.name, self.call, self.shape, self.weights = name, call, shape, weights
        self.evaluations, self.analytic = 0, True

    def __call__(self, point):
        """Return the values, flat."""
        self.evaluations += 1
        return self.weights * np.reshape(evaluate(self.name, self.call, point, self.shape), -1)

    def complex_slopes(self, point, direction):
        """Return the slopes by the complex step, or None where the function does not allow it."""
        self.evaluations += 1
        try:
            slopes = complex_slope(self.call, point + (1j * COMPLEX_STEP) * direction)
        except Exception:  # whatever a function of real numbers makes of complex ones
            return None
        return None if slopes is None else self.weights * np.reshape(slopes, -1)


class Gradient:
    """The claim that f changes along d at the rate grads . d."""

    def __init__(self, grads):
        self.grads = grads

    def along(self, direction):
        """Return the slope, as an array of one."""
        return np.array([self.grads @ direction])

    def reach(self, direction):
        """Return how large the slope is along directions of these entries, up to signs."""
        return size(self.grads * direction)

    def change(self, other, direction):
        """Return how far another gradient is from this one, entry by entry."""
        return (other.grads - self.grads) * direction

    def additions(self, block, point):
        """Yield what a mistake may have added to the gradient: its name, and d -> its slope."""
        x = np.where(block.mask(point.size), point, 0.0)
        yield "factor", self.along
        if len(block.shape) == 2 and block.shape[0] == block.shape[1]:
            transposed = self.grads.copy()
            transposed[block.where] = self.grads[block.where].reshape(block.shape).T.ravel()
            yield "transpose", Gradient(transposed - self.grads).along
        yield "penalty", Gradient(x).along
        yield "signs", Gradient(np.sign(x)).along


class Hessian:
    """The claim that the gradient changes along v at the rate H v, times the weights."""

    def __init__(self, hessian, weights):
        self.weights = weights
        if callable(hessian):
            self.product = hessian
        else:
            self.product = in_double("hessian", hessian, 2 * weights.shape).dot

    def along(self, direction):
        """Return the weighted slopes of the gradient's entries."""
        return self.weights * in_double("hessian", self.product(direction), direction.shape)

    def reach(self, direction):
        """Return how large the slopes are."""
        return np.max(np.abs(self.along(direction)))

    def change(self, other, direction):
        """Return how far another Hessian is from this one, slope by slope."""
        return other.along(direction) - self.along(direction)

    def additions(self, block, point):
        """Yield what a mistake may have added to the Hessian: its name, and v -> its slopes."""
        yield "factor", self.along
        yield "ridge", lambda direction: self.weights * direction


class Block(NamedTuple):
    """A parameter array: which entries of the flat one, and how large a change of each is."""

    name: str
    where: np.ndarray
    shape: tuple
    unit: np.ndarray
    typical: np.ndarray

    def direction(self, number, rng, n):
        """Draw a direction: even ones move an entry by its own size, odd ones all alike.

        No entry moves by more than a thousand times its size, which may be the length over which
        the function varies.
        """
        alike = np.minimum(self.typical, 1024 * self.unit)
        direction = np.zeros(n)
        direction[self.where] = random_direction((self.unit, alike)[number % 2], rng)
        return direction

    def mask(self, n):
        """Return which of n flat entries are its own."""
        mask = np.zeros(n, dtype=bool)
        mask[self.where] = True
        return mask

    def index(self, spot, row=0):
        """Return the index of a flat entry, or of a row's entry, in the array's own shape."""
        position = row * self.where.size + np.searchsorted(self.where, spot)
        return tuple(int(i) for i in np.unravel_index(position, self.shape))


class Trial(NamedTuple):
    """What is measured and claimed along one direction."""

    direction: np.ndarray
    measured: np.ndarray
    claimed: np.ndarray
    jumps: np.ndarray
    error: float
    unsure: bool

    @property
    def gap(self):
        """Return the largest disagreement, in the unit of the function."""
        return np.max(np.abs(self.measured - self.claimed))


class Place:
    """A point, the function's values there, and what is claimed to be its derivative."""

    def __init__(self, function, differentiate, point, tol):
        self.function, self.differentiate = function, differentiate
        self.point, self.tol = point, tol
        self.base, self.derivative = function(point), differentiate(point)

    def weight(self, row):
        """Return what one of the function's values was multiplied by."""
        return np.broadcast_to(self.function.weights, self.base.shape)[row]

    def beside(self, block, rng):
        """Return a place a little off, where no kink is but by an improbable chance."""
        shift = BESIDE * block.direction(0, rng, self.point.size)
        return Place(self.function, self.differentiate, self.point + shift, self.tol)

    def slopes(self, direction, verify=False):
        """Measure the slopes along a direction; return them, their errors and their jumps.

        The complex step is taken on trust unless it is to be verified.
        """
        exact = self._complex_slopes(direction)
        nothing = np.zeros(self.base.shape)
        if self.function.analytic and not verify:
            return exact, nothing, nothing
        slopes, errors, jumps = self.differences(direction)
        if self.function.analytic and not np.any(jumps):
            # Where abs or conj has lost a part of f, real differences see it.
            slack = 10 * errors + 1e-6 * np.max(np.abs(exact))
            self.function.analytic = bool(np.all(np.abs(exact - slopes) <= slack))
            if self.function.analytic:
                return exact, nothing, jumps
            slopes, errors, jumps = self.differences(direction)
        return slopes, errors, jumps

    def _complex_slopes(self, direction):
        if not self.function.analytic:
            return None
        exact = self.function.complex_slopes(self.point, direction)
        self.function.analytic = exact is not None and exact.shape == self.base.shape
        return exact

    def differences(self, direction):
        """Measure the slopes, errors and jumps along a direction by real steps."""

        def line(t, lanes):
            return self.function(self.point + t * direction)[lanes]

        if self.function.analytic:  # only to confirm the complex step
            return ridders(line, self.base, 1e-7, WINDOWS[1:])
        return ridders(line, self.base, 1e-10)

    def compare(self, direction, verify=False):
        """Hold the claim against the slopes along a direction."""
        with np.errstate(all="ignore"):
            claimed, reach = self.derivative.along(direction), self.derivative.reach(direction)
            measured, errors, jumps = self.slopes(direction, verify)
            error = self._error(claimed, reach, measured, errors)
            if error > self.tol:
                error = self._error(claimed, reach, measured, errors, self.noise(direction))
            doubt, whole = np.max(errors), max(np.max(np.abs(measured)), reach)
            unsure = not doubt <= UNSURE * whole + 1e-6 * size(self.base)
            if unsure:
                unsure = not doubt <= size(self.noise(direction))
        return Trial(direction, measured, claimed, jumps, error, unsure)

    def _error(self, claimed, reach, measured, errors, noise=0.0):
        """Return the relative error of a claim, less what rounding may have done to it."""
        whole = max(np.max(np.abs(measured)), reach)
        slack = (10 * np.max(errors) + size(noise)) / self.tol
        return relative(np.max(np.abs(measured - claimed)), whole, slack)

    def noise(self, direction):
        """Estimate the rounding in the claim, from how it changes when x does."""
        change = np.abs(self.derivative.change(self._nearby, direction))
        return ROUNDINGS * EPS / NEARBY * np.where(np.isfinite(change), change, 0.0)

    @cached_property
    def _nearby(self):
        shift = NEARBY * random_direction(units(self.point), np.random.default_rng(0))
        return self.differentiate(self.point + shift)


def relative(gap, whole, floor):
    """Return gap / (whole + floor), where 0/0 is 0."""
    return np.divide(gap, whole + floor, out=np.zeros(np.shape(gap)), where=np.asarray(gap) > 0)[()]
