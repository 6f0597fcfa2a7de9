"""Explorers of chapter 4: a ball in a valley, and what momentum does to it."""

import numpy as np

from optedu import momentum as chapter
from optedu.interactive._panel import (
    as_numbers,
    as_parts,
    choice,
    explorer,
    linear,
    logarithmic,
    whole,
)
from optedu.interactive._picture import Curve, View, valley

_CODES = ("canonical", "sum", "average", "difference")


def _step_of(rule):
    """Return an update rule as a step function, of the form that students write."""

    def step(x, g, state, learning_rate, momentum):
        made = rule(learning_rate, momentum)
        x, *state = made.update(x, g, None, *(state or made.init(x)))
        return x, state

    return step


def _path(step, start, n_steps):
    """Return the points of a run; step maps x and state to the next."""
    points, state = [np.array(start)], None
    for _ in range(n_steps):
        x, state = as_parts(step(points[-1], state), ("x", "state"))
        points.append(as_numbers(x, points[0].shape, f"x of shape {points[0].shape}"))
    return np.array(points)


@explorer(
    _step_of(chapter.Momentum),
    learning_rate=logarithmic(0.005, 0.5, 0.05),
    momentum=linear(0.0, 0.99, 0.8, 0.01),
    condition=logarithmic(1, 100, 12),
    start_x=linear(-4.5, 4.5, 4.5, 0.1),
    start_y=linear(-2.0, 2.0, 1.5, 0.1),
    n_steps=whole(0, 100, 30),
)
def heavy_ball(heavy_ball, *, learning_rate, momentum, condition, start_x, start_y, n_steps):
    """Roll a ball down a valley whose walls are `condition` times as steep as its floor."""
    curvatures = np.array([1.0, condition])

    def step(x, state):
        return heavy_ball(x, curvatures * x, state, learning_rate, momentum)

    points = _path(step, [start_x, start_y], n_steps)
    return valley(np.diag(curvatures)), [Curve(points, dots=True)]


def _look_ahead(grad, x, state, learning_rate, momentum):
    """Make a step of Nesterov's method with the rule's velocity, taking the gradient ahead."""
    v = np.zeros_like(x) if state is None else state
    ahead, rule = x + momentum * v, chapter.Nesterov(learning_rate, momentum)
    _, v = rule.update(ahead, grad(ahead), None, v)
    return x + v, v


@explorer(
    _look_ahead,
    _step_of(chapter.Nesterov),
    learning_rate=logarithmic(0.005, 0.5, 0.05),
    momentum=linear(0.0, 0.99, 0.8, 0.01),
    condition=logarithmic(1, 100, 12),
    start_x=linear(-4.5, 4.5, 4.5, 0.1),
    start_y=linear(-2.0, 2.0, 1.5, 0.1),
    n_steps=whole(0, 100, 30),
)
def nesterov(
    nesterov_look_ahead,
    nesterov,
    *,
    learning_rate,
    momentum,
    condition,
    start_x,
    start_y,
    n_steps,
):
    """Follow both sequences of Nesterov's method: a line for x, dots for the points ahead."""
    curvatures = np.array([1.0, condition])

    def along_x(x, state):
        return nesterov_look_ahead(lambda p: curvatures * p, x, state, learning_rate, momentum)

    def ahead(x, state):
        return nesterov(x, curvatures * x, state, learning_rate, momentum)

    curves = [
        Curve(_path(along_x, [start_x, start_y], n_steps)),
        Curve(_path(ahead, [start_x, start_y], n_steps), line=False, dots=True),
    ]
    return valley(np.diag(curvatures)), curves


def _run_in(code, learning_rate, momentum, n_steps):
    """Return the points of a run on x² / 2 from 1, in one of the four codes."""
    x, last, v, points = 1.0, 1.0, 0.0, [1.0]
    for _ in range(n_steps):
        if code == "canonical":
            v = momentum * v - learning_rate * x
            new = x + v
        elif code == "difference":
            new = x - learning_rate * x + momentum * (x - last)
        else:
            v = momentum * v + (1 - momentum if code == "average" else 1) * x
            new = x - learning_rate * v
        x, last = new, x
        points.append(x)
    return np.column_stack([np.arange(n_steps + 1), points])


@explorer(
    chapter.convert,
    learning_rate=logarithmic(0.01, 3.0, 0.3),
    momentum=linear(0.0, 0.98, 0.8, 0.01),
    source=choice(*_CODES),
    target=choice(*reversed(_CODES)),
)
def convert(convert, *, learning_rate, momentum, source, target):
    """Run the target's code with the numbers you convert: it visits the source's points."""
    numbers = as_parts(convert(learning_rate, momentum, source, target), ("α", "μ"))
    alpha, mu = as_numbers(numbers, (2,), "two numbers")
    return View("step", "x", (0, 40), (-1.1, 1.1), compared_by="step"), [
        Curve(_run_in(target, alpha, mu, 40), dots=True)
    ]


@explorer(
    lambda *numbers: chapter.spectral_radius(chapter.Momentum(*numbers[:2]), numbers[2]),
    chapter.critical_momentum,
    learning_rate=logarithmic(0.01, 1.0, 0.1),
    curvature=logarithmic(0.1, 3.9, 2.0),
)
def spectral_radius(spectral_radius, critical_momentum, *, learning_rate, curvature):
    """Draw the factor a step over momentum, with a dot at the critical momentum."""

    def radius(momentum):
        return as_numbers(spectral_radius(learning_rate, momentum, curvature), (), "a number")

    momenta = np.linspace(0, 0.995, 100)
    critical = as_numbers(critical_momentum(learning_rate, curvature), (), "a number")
    return View("momentum", "spectral radius", (0, 1), (0, 1.5)), [
        Curve(np.column_stack([momenta, [radius(momentum) for momentum in momenta]])),
        Curve(np.array([[critical, radius(critical)]]), line=False, dots=True),
    ]
