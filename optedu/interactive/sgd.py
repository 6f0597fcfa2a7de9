"""Explorers of chapter 3: a deck of examples, and the noise that dealing makes."""

from itertools import islice
from types import SimpleNamespace

import numpy as np

from optedu import sgd as chapter
from optedu.descent import GradientDescent
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


@explorer(
    chapter.minibatches,
    n_examples=whole(1, 30, 12),
    batch_size=whole(1, 30, 5),
    drop_last=switch(),
    seed=whole(0, 50, 0),
)
def minibatches(minibatches, *, n_examples, batch_size, drop_last, seed):
    """Write at each example the number of the minibatch that it is in, epoch by epoch."""
    rng, curves = np.random.default_rng(seed), []
    for epoch in (1, 2, 3, 4):
        dealt = minibatches(n_examples, batch_size, rng, drop_last)
        for number, indices in enumerate(islice(dealt, n_examples + 5), start=1):
            indices = as_numbers(indices, (None,), "arrays of indices")
            points = np.column_stack([indices, np.full(len(indices), epoch)])
            curves.append(Curve(points, line=False, text=str(number)))
    return View("example", "epoch", (-1, 30), (4.7, 0.3), compared_by=""), curves


@explorer(
    chapter.gradient_variance,
    n_examples=whole(2, 200, 50),
    spread=logarithmic(0.1, 10, 1.0),
    seed=whole(0, 50, 0),
)
def gradient_variance(gradient_variance, *, n_examples, spread, seed):
    """Draw the variance over the batch size, with replacement and without."""
    grads = spread * np.random.default_rng(seed).standard_normal((n_examples, 2))
    sizes = np.unique(np.geomspace(1, n_examples, 40).round().astype(int))
    curves = []
    for replacement in (True, False):
        variances = [gradient_variance(grads, int(size), replacement) for size in sizes]
        variances = as_numbers(variances, sizes.shape, "one number a call")
        curves.append(Curve(np.column_stack([sizes, variances]), dots=True))
    return View("batch size", "variance", (0.9, 220), (1e-5, 1e3), log="xy"), curves


def _sgd(grad, params, batches, n_epochs, learning_rate):
    points, rule = [params], GradientDescent(learning_rate)
    for _ in range(n_epochs):
        for indices in batches():
            (params,) = rule.update(params, grad(params, indices), len(points))
            points.append(params)
    return points


@explorer(
    _sgd,
    learning_rate=logarithmic(0.005, 1.5, 0.15),
    batch_size=whole(1, 40, 4),
    n_epochs=whole(0, 8, 4),
    start_x=linear(-4.5, 4.5, 4.0, 0.1),
    start_y=linear(-2.0, 2.0, 2.0, 0.1),
    seed=whole(0, 50, 0),
)
def sgd(sgd, *, learning_rate, batch_size, n_epochs, start_x, start_y, seed):
    """Walk down a bowl that 40 examples make, by the gradient of a few of them."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(40, 2)) * [1.0, 1.6]
    y = X @ [-1.0, 0.5] + rng.normal(size=40)
    hessian = X.T @ X / 40
    minimizer = np.linalg.solve(hessian, X.T @ y / 40)

    def grad(params, indices):
        inputs = X[indices]
        return inputs.T @ (inputs @ params - y[indices]) / len(inputs)

    def batches():
        return list(chapter.minibatches(40, batch_size, rng))

    start = np.array([start_x, start_y])
    points = sgd(limited(grad), start, limited(batches, 100), n_epochs, learning_rate)
    points = as_numbers(points, (None, 2), "points of 2 coordinates")
    return valley(hessian, minimizer), [Curve(points, dots=len(points) <= 100)]


def _inverse_power(step, learning_rate, scale, power):
    falls = chapter.InverseTime if power == 1 else chapter.InverseSqrt
    return falls(learning_rate, scale)(step)


@explorer(
    lambda step, *numbers: chapter.StepDecay(*numbers)(step),
    _inverse_power,
    lambda step, *numbers: chapter.Cosine(*numbers)(step),
    lambda step, schedule, n_steps: chapter.Warmup(schedule, n_steps)(step),
    schedule=choice("step decay", "inverse time", "inverse root", "cosine", "warm-up"),
    learning_rate=linear(0.05, 1.0, 0.8, 0.05),
    length=whole(1, 100, 25),
    factor=linear(0.05, 0.95, 0.5, 0.05),
    final=linear(0.0, 0.5, 0.0, 0.01),
)
def schedules(
    step_decay, inverse_power, cosine, warmup, *, schedule, learning_rate, length, factor, final
):
    """Draw a schedule; `length` is what it calls every, scale or n_steps.

    Step decay has a factor and cosine a final learning rate. The warm-up leads to step decay of 25
    updates and the factor, written here: it needs no other function of yours.
    """
    drops = chapter.StepDecay(learning_rate, 25, factor)
    steps = np.arange(1, 101)
    rates = {
        "step decay": lambda: step_decay(steps, learning_rate, length, factor),
        "inverse time": lambda: inverse_power(steps, learning_rate, float(length), 1.0),
        "inverse root": lambda: inverse_power(steps, learning_rate, float(length), 0.5),
        "cosine": lambda: cosine(steps, learning_rate, length, final),
        "warm-up": lambda: warmup(steps, drops, length),
    }[schedule]()
    rates = as_numbers(rates, steps.shape, "a learning rate for each of 100 updates")
    view = View("update", "learning rate", (0, 101), (0, 1.05), compared_by="point")
    return view, [Curve(np.column_stack([steps, rates]))]


def _averages(average):
    """Return a library average as a function of an array of points, of the students' form."""

    def of_points(points, weight):
        return [mean for _, mean in average((SimpleNamespace(params=x) for x in points), weight)]

    return of_points


@explorer(
    _averages(chapter.uniform_average),
    _averages(chapter.exponential_average),
    learning_rate=linear(0.02, 1.0, 0.1, 0.01),
    noise=linear(0.0, 5.0, 3.0, 0.1),
    burn_in=whole(0, 150, 0),
    decay=linear(0.0, 0.99, 0.95, 0.01),
    seed=whole(0, 50, 9),
)
def averages(uniform_average, exponential_average, *, learning_rate, noise, burn_in, decay, seed):
    """Average a noisy run that starts far away, in both ways."""
    rng, run = np.random.default_rng(seed), [6.0]
    for _ in range(199):
        run.append(run[-1] - learning_rate * (run[-1] - noise * rng.standard_normal()))
    points, updates = np.array(run)[:, None], np.arange(200.0)
    curves = []
    for average, weight in [(uniform_average, burn_in), (exponential_average, decay)]:
        means = as_numbers(average(points, weight), (200, 1), "an average for each of 200 points")
        name = "uniform" if average is uniform_average else "exponential"
        curves.append(Curve(np.column_stack([updates, means]), name=name))
    behind = Curve(np.column_stack([updates, points])), Curve([(0, 0), (200, 0)])
    return View("update", "x", (0, 200), (-7, 7), backdrop=behind), curves
