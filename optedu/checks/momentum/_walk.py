"""A run made with a student's step, on gradients that tell one method from another.

A step is called as in a notebook: the state that it returns comes back in the next call. Only the
points are kept, whatever a solution has in its state.
"""

from copy import copy, deepcopy
from dataclasses import dataclass

import numpy as np

from optedu.checks.families import as_numbers
from optedu.checks.student import CheckFailed, Counted, Student, describe
from optedu.momentum import recurrence

# A gradient for every coordinate and step: ordinary, tiny, huge at times, zero at times.
GRADIENTS = np.random.RandomState(11).randn(13, 4) * np.array([1.0, 1e-9, 1e3, 1.0])
GRADIENTS[:, 2] *= np.logspace(0, -12, 13)
GRADIENTS[::2, 3] = 0.0
GRADIENTS[7] = 0.0

NORMAL = np.array([1.0, 2.0, -1.0])
AXES = np.eye(3) - 2 * np.outer(NORMAL, NORMAL) / (NORMAL @ NORMAL)
TILTED = AXES @ np.diag([0.3, 1.0, 3.0]) @ AXES
START = np.array([1.1, -0.7, 2.3])
CURVATURES = np.array([-0.4, 0.05, 1.0, 4.0])
UNEQUAL = np.array([1.0, -1.5, 2.0, 0.5])


def bowl(curvatures):
    """Return the gradient of 1/2 λ x², for each coordinate with its own λ."""
    return lambda x, step: curvatures * x


def tilted(x, step):
    """Return the gradient of a bowl whose axes are not those of the coordinates."""
    return TILTED @ x


def curved(x, step):
    """Return a gradient that is not linear, so that it matters where it is taken."""
    return x**3 / 4 + np.sin(2 * x)


def given(gradients):
    """Return a gradient that depends on the step alone."""
    return lambda x, step: gradients[step - 1]


@dataclass(frozen=True)
class Method:
    """A method with momentum: how it steps, and where its points lie.

    Parameters
    ----------
    name : str
        What the exercise calls it.
    rule : type
        The rule of the library whose points it visits, or is one gradient step behind.
    asks : bool
        Whether the student's function is given the function `grad`, not a gradient.
    best : callable
        Maps L and m to the rule with the rate of theory.
    limit : float
        The largest stable learning rate times curvature at momentum 0.9.
    """

    name: str
    rule: type
    asks: bool
    best: object
    limit: float

    def run(self, gradient, x0, learning_rate, momentum, n_steps):
        """Return the right points, one for each row."""
        rule = self.rule(learning_rate, momentum)
        points, x, state = [x0], x0, rule.init(x0)
        for step in range(1, n_steps + 1):
            g = gradient(x, step)
            # With the gradient of a looked-ahead point the step back from it is known.
            ahead = x - learning_rate * g
            x, *state = rule.update(x, g, step, *state)
            points.append(ahead if self.asks else x)
        return np.array(points)

    def modes(self, shrinks, momentum, x0, n_steps):
        """Return the right points on 1/2 λ x² from the recurrence; `shrinks` is 1 - α λ."""
        p, q = recurrence(self.rule(1.0, momentum), 1 - shrinks)
        ahead = 0 if self.asks or self.name == "the heavy ball" else momentum
        points = [x0, (shrinks - ahead * (1 - shrinks)) * x0]
        for _ in range(n_steps - 1):
            points.append(p * points[-1] + q * points[-2])
        return np.array(points)


class Walk:
    """A run with a student's step, which goes on when asked to.

    Parameters
    ----------
    student : Student
        The step.
    method : Method
        How it is called.
    gradient : callable
        Maps a point and the number of the step to the gradient.
    x0 : ndarray
        The start.
    learning_rate, momentum : float
        The same in every step.
    case : str
        What is tried.
    """

    def __init__(self, student, method, gradient, x0, learning_rate, momentum, case):
        self.outer = student
        # A state may be changed in place, and so may x; only g is the caller's.
        self.step = Student(student.fn, student.parameters, lenient=True)
        self.method = method
        self.gradient = gradient
        self.points, self.state = [np.array(x0, dtype=float)], None
        self.numbers = learning_rate, momentum
        self.case = case
        self.asked = []

    def go(self, n_steps=1):
        """Make steps, and return all the points so far, one a row."""
        for _ in range(n_steps):
            self._go()
        return np.array(self.points)

    def _go(self):
        x, step, case = self.points[-1], len(self.points), self.case
        if self.method.asks:
            grad = Counted(lambda point: np.array(self.gradient(point, step)), "grad", 100)
            value = self.step(grad, x, self.state, *self.numbers, case=case)
            self.asked.append(grad.points)
        else:
            g = np.array(self.gradient(x, step))
            value = self.step(x, g, self.state, *self.numbers, case=case)
            if "g" in self.step.changed:
                self.outer.changed.append("g")
                if not self.outer.lenient:
                    raise CheckFailed(
                        f"{case}, your function changes g, which belongs to the caller.",
                        "Make a new array: g is changed by *=, += and by assigning into it.",
                        token="changes g",
                    )
        new, self.state = as_pair(value, x, case)
        self.points.append(as_point(new, x, case))

    def fork(self):
        """Return the same run as a second one, which goes on from a copy of the state."""
        twin = copy(self)
        twin.points, twin.asked = list(self.points), list(self.asked)
        twin.state = deepcopy(self.state)
        return twin


def is_data(state):
    """Return whether a state is numbers and text alone, of which a copy is all there is."""
    if type(state) in (tuple, list):
        return all(map(is_data, state))
    if type(state) is dict:
        return all(map(is_data, state.values()))
    if isinstance(state, np.ndarray):
        return state.dtype != object
    return isinstance(state, int | float | complex | str | bytes | np.generic)


def as_pair(value, x, case):
    """Return the two things that a step returns."""
    both = isinstance(value, tuple | list) or (
        isinstance(value, np.ndarray) and value.shape[1:] == x.shape and value.ndim > 0
    )
    if both and len(value) == 2:
        return value
    if value is None:
        raise CheckFailed(
            f"{case}, your function returns nothing.",
            "Does it end with a return?",
            token="returns None",
        )
    raise CheckFailed(
        f"{case}, your function returns {describe(value)}.",
        "Return two things, return x, state: the new point, and what the next call must know.",
        token="returns several things" if isinstance(value, tuple) else "returns no pair",
    )


def as_point(new, x, case):
    """Return the new point as an array shaped like the old one."""
    point = as_numbers(new, case)
    if point.shape == x.shape or point.size == x.size == 1:
        return point.reshape(x.shape)
    raise CheckFailed(
        f"{case}, the x that you return is {describe(point)}; x has the shape {x.shape}.",
        "Return the new x first, then the state. It is shaped like x, whatever that is.",
        token=f"returns shape {point.shape}",
    )
