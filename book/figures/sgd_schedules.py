"""Schedules and what noise leaves under them: the data and the picture of ``sgd-schedules``."""

import numpy as np

from optedu import plotting
from optedu.sgd import (
    Constant,
    Cosine,
    InverseSqrt,
    InverseTime,
    Linear,
    StepDecay,
    Warmup,
    noise_floor,
)

STEPS, START = 1000, 1.0
CURVATURE, VARIANCE = 1.0, 1.0  # λ, and s²/B
LEARNING_RATE = 0.5
SHAPES = {
    "constant": lambda alpha, n: Constant(alpha),
    "step": lambda alpha, n: StepDecay(alpha, every=n // 3),
    "linear": Linear,
    "cosine": Cosine,
    "1/t": lambda alpha, n: InverseTime(alpha, scale=n / 30),
    "1/√t": lambda alpha, n: InverseSqrt(alpha, scale=n / 30),
}


def learning_rates(shape, alpha=LEARNING_RATE, warmup=0):
    """Return the learning rate of every update: a climb, then the shape over what is left."""
    schedule = SHAPES[shape](alpha, STEPS - warmup)
    if warmup:
        schedule = Warmup(schedule, warmup)
    return schedule(np.arange(1, STEPS + 1))


def mean_squares(rates, variance=VARIANCE):
    """Return E[x²] after each step, by its recursion."""
    squares = [START**2]
    for alpha in rates:
        squares.append((1 - alpha * CURVATURE) ** 2 * squares[-1] + alpha**2 * variance)
    return np.array(squares)


def data():
    """Return the bowl, the noise, the budget and the ranges of the controls."""
    return {
        "steps": STEPS,
        "start": START,
        "curvature": CURVATURE,
        "variance": VARIANCE,
        "controls": {
            "shape": {"min": 0, "max": len(SHAPES) - 1, "value": list(SHAPES).index("cosine")},
            "alpha": {"min": 0.005, "max": 1.9, "value": LEARNING_RATE},
            "warmup": {"min": 0, "max": 300, "value": 0},
        },
    }


def table(data):
    """Return where each shape ends, from three learning rates."""
    rows = [
        [shape, *(f"{mean_squares(learning_rates(shape, a))[-1]:.2g}" for a in (0.02, 0.1, 0.5))]
        for shape in SHAPES
    ]
    return ["schedule", "end, α = 0.02", "end, α = 0.1", "end, α = 0.5"], rows


def draw(data):
    """Draw three schedules and the mean squares under them, with the floors of the moment."""
    figure, axes = plotting.subplots(2, 3, width=760, height=400, sharex=True, sharey="row")
    for (above, below), shape in zip(axes.T, ("constant", "1/t", "cosine"), strict=True):
        rates = learning_rates(shape)
        above.plot(rates, color=plotting.COLORS["SGD"])
        above.set(title=shape)
        floors = noise_floor(np.maximum(rates, 1e-9), CURVATURE, VARIANCE)
        below.semilogy(floors, "--", color=plotting.COLORS["theory"])
        below.semilogy(mean_squares(rates), color=plotting.COLORS["SGD"])
        below.set(xlabel="step", ylim=(1e-3, 2))
    axes[0, 0].set_ylabel("learning rate")
    axes[1, 0].set_ylabel("mean square of x")
    return figure
