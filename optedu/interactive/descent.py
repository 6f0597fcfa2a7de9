"""Explorers of chapter 2: how far to step, and how fast a run is."""

from itertools import islice

import numpy as np

from optedu import descent as chapter
from optedu.interactive._panel import (
    as_numbers,
    choice,
    explorer,
    limited,
    linear,
    logarithmic,
    switch,
    whole,
)
from optedu.interactive._picture import Curve, View, valley


def _gradient_descent(grad, x0, learning_rate, n_steps):
    rule = chapter.GradientDescent(learning_rate)
    run = chapter.descend(lambda x: (0.0, grad(x)), x0, rule)
    return [it.params for it in islice(run, n_steps + 1)]


@explorer(
    _gradient_descent,
    learning_rate=logarithmic(0.005, 1.0, 0.15),
    condition=logarithmic(1, 100, 10),
    start_x=linear(-4.5, 4.5, 4.5, 0.1),
    start_y=linear(-2.0, 2.0, 1.0, 0.1),
    n_steps=whole(0, 100, 25),
)
def gradient_descent(gradient_descent, *, learning_rate, condition, start_x, start_y, n_steps):
    """Walk down a valley whose walls are `condition` times as steep as its floor."""
    curvatures = np.array([1.0, condition])
    grad = limited(lambda x: curvatures * x)
    points = gradient_descent(grad, np.array([start_x, start_y]), learning_rate, n_steps)
    points = as_numbers(points, (None, 2), "points of 2 coordinates")
    return valley(np.diag(curvatures)), [Curve(points, dots=True)]


@explorer(
    chapter.rate,
    chapter.best_learning_rate,
    smoothness=logarithmic(1, 20, 8.0),
    condition=logarithmic(1, 100, 4.0),
)
def rate(rate, best_learning_rate, *, smoothness, condition):
    """Draw the rate for every learning rate, with a dot at the best one."""
    strong_convexity = smoothness / condition

    def rate_at(learning_rate):
        made = rate(learning_rate, smoothness, strong_convexity)
        return as_numbers(made, (), "a number")

    alphas = np.linspace(0, 2.5 / smoothness, 101)[1:]
    best = as_numbers(best_learning_rate(smoothness, strong_convexity), (), "a number")
    return View("learning rate", "rate", (0, 2.5 / smoothness), (0, 1.6)), [
        Curve(np.column_stack([alphas, [rate_at(alpha) for alpha in alphas]])),
        Curve(np.array([[best, rate_at(best)]]), line=False, dots=True),
    ]


@explorer(
    chapter.backtracking,
    start=linear(1.7, 3.0, 2.2, 0.05),
    initial_step=linear(0.1, 1.0, 1.0, 0.05),
    c=linear(0.01, 0.95, 0.3, 0.01),
    shrink=linear(0.1, 0.9, 0.7, 0.05),
)
def backtracking(backtracking, *, start, initial_step, c, shrink):
    """Find the step on the loss along a direction, below Armijo's line."""

    def loss(x):
        return float(np.sum(x**2 + 2 * np.cos(2 * x)))

    x = np.array([start])
    grads = 2 * x - 4 * np.sin(2 * x)
    slope, here = -float(grads @ grads), loss(x)
    steps = np.linspace(0, 1.05, 106)
    along = np.array([loss(x - t * grads) for t in steps])
    behind = Curve(np.column_stack([steps, along])), Curve([(0, here), (2, here + 2 * c * slope)])
    low = along.min()
    room = 0.2 * (here - low)
    found = backtracking(limited(loss), x, -grads, grads, initial_step, c, shrink)
    found = as_numbers(found, (), "a step, one number")
    point = np.array([[found, loss(x - found * grads)]])
    view = View("step", "loss", (0, 1.05), (low - room, here + 3 * room), backdrop=behind)
    return view, [Curve(point, line=False, dots=True)]


@explorer(
    chapter.measure_rate,
    chapter.classify_convergence,
    errors=choice("linear", "zig-zag", "sublinear", "superlinear", "diverging"),
    rate=linear(0.3, 0.98, 0.8, 0.01),
    floor=switch(),
)
def measure_rate(measure_rate, classify_convergence, *, errors, rate, floor):
    """Lay a line of your rate along the errors of a run, and write your word beside it."""
    k = np.arange(61.0)
    run = {
        "linear": rate**k * (1 + 4 * rate ** (2 * k)),
        "zig-zag": rate**k * np.where(k % 2, 0.3, 1.0),
        "sublinear": 1 / (1 + k) ** (2 * rate),
        "superlinear": np.maximum(rate ** (k**1.7), 1e-300),
        "diverging": rate**-k,
    }[errors]
    run = run + 1e-13 * run[0] * (1 + 0.5 * np.sin(7 * k)) * floor
    word = classify_convergence(run.copy())
    measured = as_numbers(measure_rate(run.copy()), (), "a number")
    middle = 20
    line = run[middle] * measured ** (k - middle)
    view = View(
        "step",
        "error",
        (0, 60),
        (max(run.min(), 1e-16) / 3, run.max() * 3),
        log="y",
        backdrop=(Curve(np.column_stack([k, run])),),
        compared_by="",
    )
    return view, [Curve(np.column_stack([k, line])[: middle + 21], name=f"{word}, {measured:.3g}")]
