"""Runs of SGD on a parabola: the data and the static picture of ``sgd-noise-floor``."""

from itertools import islice

import numpy as np

from book.figures._random import normals
from optedu import plotting
from optedu.descent import GradientDescent, descend
from optedu.sgd import noise_floor

RUNS, STEPS, START, SEED = 200, 1000, 2.0, 1
CURVATURE, VARIANCE = 1.0, 1.0  # λ, and s² of one example
LEARNING_RATE, BATCH = 0.1, 1
SETTINGS = ((0.1, 1), (0.05, 1), (0.1, 2), (0.1, 16), (0.01, 1), (1.6, 16))


def paths(learning_rate, batch_size, steps=STEPS):
    """Return the points of all runs, a row a step."""
    noise = iter(normals(SEED, RUNS * STEPS).reshape(STEPS, RUNS) * np.sqrt(VARIANCE / batch_size))

    def value_and_grad(x):
        return 0.0, CURVATURE * x + next(noise, 0.0)

    run = descend(value_and_grad, np.full(RUNS, START), GradientDescent(learning_rate))
    return np.array([it.params for it in islice(run, steps + 1)])


def data():
    """Return the bowl, the noise and the ranges of the controls."""
    return {
        "runs": RUNS,
        "steps": STEPS,
        "start": START,
        "seed": SEED,
        "curvature": CURVATURE,
        "variance": VARIANCE,
        "controls": {
            "alpha": {"min": 0.01, "max": 2.0, "value": LEARNING_RATE},
            "batch": {"min": 1, "max": 256, "value": BATCH},
            "step": {"min": 0, "max": STEPS},
        },
    }


def table(data):
    """Return the floor of the formula and of the runs for a few settings."""
    rows = []
    for alpha, batch_size in SETTINGS:
        settled = np.mean(paths(alpha, batch_size)[-400:] ** 2)
        floor = noise_floor(alpha, CURVATURE, VARIANCE, batch_size)
        rows.append([f"{alpha:g}", f"{batch_size}", f"{floor:.2g}", f"{settled:.2g}"])
    head = ["learning rate α", "batch size B", "floor of the formula"]
    return [*head, "mean square of 200 runs, last 400 steps"], rows


def draw(data):
    """Draw the mean square against the step for three settings, with their floors."""
    figure, ax = plotting.subplots(width=640, height=340)
    for alpha, batch_size in ((0.1, 1), (0.05, 1), (0.1, 16)):
        squares = np.mean(paths(alpha, batch_size) ** 2, axis=1)
        ax.semilogy(squares, color=plotting.COLORS["SGD"], linewidth=1)
        floor = noise_floor(alpha, CURVATURE, VARIANCE, batch_size)
        ax.axhline(floor, linestyle="--", color=plotting.COLORS["theory"])
        label = f"α = {alpha:g}, B = {batch_size}: {floor:.2g}"
        ax.annotate(label, (STEPS, floor), (6, -4), textcoords="offset points")
    ax.set(xlabel="step", ylabel="mean square of x", xlim=(0, STEPS), ylim=(1e-3, 6))
    return figure
