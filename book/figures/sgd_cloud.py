"""The gradients of random minibatches: the data and the static picture of ``sgd-cloud``."""

from functools import cache

import numpy as np

from book.figures._random import uniforms
from optedu import plotting
from optedu.datasets import load_breast_cancer, standardize
from optedu.models import Logistic
from optedu.sgd import gradient_covariance, gradient_variance, minibatch_gradient

MEASUREMENTS = (0, 7)  # mean radius and mean concave points
CLOUDS, SEED, BATCH = 400, 1, 16
WAYS = ("without replacement", "with replacement")
SIZES = (1, 4, 16, 64, 256, 569)


@cache
def model():
    """Return logistic regression of 569 tumors on two of their measurements."""
    X, y = load_breast_cancer()
    return Logistic(standardize(X)[:, MEASUREMENTS], y)


def draws(way):
    """Return the indices that every minibatch would draw one after the other, a row each."""
    n = len(model().y)
    random = uniforms(SEED, CLOUDS * n).reshape(CLOUDS, n)
    if WAYS[way] == "with replacement":
        return np.floor(random * n).astype(int)
    indices, rows = np.tile(np.arange(n), (CLOUDS, 1)), np.arange(CLOUDS)
    for i in range(n):
        there = i + np.floor(random[:, i] * (n - i)).astype(int)
        indices[rows, there], indices[:, i] = indices[:, i].copy(), indices[rows, there]
    return indices


def tips(batch_size, way):
    """Return the gradients of the minibatches at θ = 0."""
    return np.array([minibatch_gradient(model(), [0, 0], row[:batch_size]) for row in draws(way)])


def data():
    """Return the examples' gradients, their mean and covariance, and the controls."""
    example_grads, full = model().example_grads([0, 0]), model().grad([0, 0])
    return {
        "gradients": example_grads.tolist(),
        "full": full.tolist(),
        "covariance": gradient_covariance(example_grads, 1, replacement=True).tolist(),
        "center": [0.3, 0.32],
        "clouds": CLOUDS,
        "seed": SEED,
        "controls": {
            "batch": {"min": 1, "max": len(example_grads), "value": BATCH},
            "way": {"min": 0, "max": 1, "value": 0},
        },
    }


def table(data):
    """Return the typical error of a minibatch's gradient, of the formula and of the draws."""
    example_grads, full = np.array(data["gradients"]), np.array(data["full"])
    rows = []
    for size in SIZES:
        row = [f"{size}"]
        for way in range(2):
            variance = gradient_variance(example_grads, size, replacement=way == 1)
            measured = np.sqrt(np.mean(np.sum((tips(size, way) - full) ** 2, axis=1)))
            row += [f"{np.sqrt(variance):.3f}", f"{measured:.3f}"]
        rows.append(row)
    head = [f"{kind}{way}" for way in WAYS for kind in ("formula, ", "400 minibatches, ")]
    return ["batch size B", *head], rows


def draw(data):
    """Draw the clouds of three batch sizes with their ellipses and the full gradient."""
    sizes = (4, 16, 64)
    figure, axes = plotting.subplots(1, 3, width=760, height=300, sharex=True, sharey=True)
    full = np.array(data["full"])
    turn = np.linspace(0, 2 * np.pi, 73)
    circle = np.array([np.cos(turn), np.sin(turn)])
    for ax, size in zip(axes, sizes, strict=True):
        ax.plot(*tips(size, 0).T, ".", color=plotting.COLORS["SGD"], markersize=4, alpha=0.6)
        covariance = gradient_covariance(data["gradients"], size)
        ellipse = full[:, None] + 2 * np.linalg.cholesky(covariance) @ circle
        ax.plot(*ellipse, "--", color=plotting.COLORS["theory"])
        ax.annotate("", full, (0, 0), arrowprops={"arrowstyle": "-|>", "color": "k", "lw": 2})
        ax.set(title=f"B = {size}", aspect="equal", xlabel="first coordinate")
    axes[0].set(xlim=(-0.3, 1.0), ylim=(-0.3, 1.0), ylabel="second coordinate")
    return figure
