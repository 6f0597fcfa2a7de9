"""Batch size and learning rate for one budget: the data and the picture of ``sgd-batch-map``."""

import numpy as np

from optedu import plotting
from optedu.sgd import noise_floor, scale_learning_rate

CURVATURES = np.array([5.0, 0.5, 0.1])  # so that 2/L is 0.4
VARIANCES = np.array([5.0, 0.5, 0.1])  # in proportion, as for least squares at its minimizer
START = 1.0
EXAMPLES, BATCH, LEARNING_RATE = 4096, 8, 0.032
SIZES = 2 ** np.arange(11)
RATES = 1e-3 * 1000 ** (np.arange(400) / 399)


def loss(batch_size, learning_rate, examples=EXAMPLES):
    """Return the expected loss above its minimum once so many examples are read."""
    return loss_after(examples // batch_size, batch_size, learning_rate)


def loss_after(steps, batch_size, learning_rate):
    """Return the expected loss: each coordinate approaches its floor by (1 - αλ)² a step."""
    floor = noise_floor(learning_rate, CURVATURES, VARIANCES, batch_size)
    left = np.abs(1 - learning_rate * CURVATURES) ** (2 * steps)
    return CURVATURES @ (floor + left * (START**2 - floor)) / 2


def tuned(batch_size, examples=EXAMPLES):
    """Return the best learning rate for a batch size, and its loss."""
    rates = RATES[RATES * CURVATURES.max() < 2]
    losses = [loss(batch_size, rate, examples) for rate in rates]
    best = np.argmin(losses)
    return rates[best], losses[best]


def data():
    """Return the bowl, the noise and the ranges of the controls."""
    return {
        "curvatures": CURVATURES.tolist(),
        "variances": VARIANCES.tolist(),
        "start": START,
        "controls": {
            "batch": {"min": 1, "max": 1024, "value": BATCH},
            "alpha": {"min": 1e-3, "max": 1.0, "value": LEARNING_RATE},
            "examples": {"min": 1024, "max": 65536, "value": EXAMPLES},
        },
    }


def table(data):
    """Return, for some batch sizes, the scaled and the best learning rate and their losses."""
    rows = []
    for size in SIZES[::2].tolist():
        scaled = scale_learning_rate(LEARNING_RATE, size, BATCH)
        stable = scaled * CURVATURES.max() < 2
        end = f"{loss(size, scaled):.2g}" if stable else "diverges"
        rate, least = tuned(size)
        row = [f"{size}", f"{EXAMPLES // size}", f"{scaled:.3g}", end]
        rows.append([*row, f"{rate:.2g}", f"{least:.2g}"])
    head = ["batch size B", "steps", "α in proportion to B", "its loss", "best α", "its loss"]
    return head, rows


def draw(data):
    """Draw the map of losses, the diagonal of linear scaling, 2/L, and the best rates."""
    figure, ax = plotting.subplots(width=640, height=400)
    limit = 2 / CURVATURES.max()
    rates = np.geomspace(1e-3, 0.999 * limit, 100)
    sizes = np.unique(np.geomspace(1, SIZES[-1], 60).astype(int))
    losses = [[loss_after(EXAMPLES / size, size, rate) for size in sizes] for rate in rates]
    levels = np.geomspace(1e-3, 3, 15)
    lines = ax.contour(sizes, rates, losses, levels=levels, colors="#6F8BA6", linewidths=1)
    ax.clabel(lines, lines.levels[::3], fmt="%.2g", fontsize=8)
    ax.axhline(limit, color="k")
    ax.annotate("2/L", (1, limit), (4, 5), textcoords="offset points")
    ax.plot(SIZES, LEARNING_RATE * SIZES / BATCH, "--", color=plotting.COLORS["theory"])
    ax.plot(SIZES, [tuned(size)[0] for size in SIZES], "s-", color=plotting.COLORS["SGD"])
    ax.set(xscale="log", yscale="log", ylim=(1e-3, 1), xlabel="batch size B")
    ax.set(ylabel="learning rate α", xticks=SIZES[::2], xticklabels=SIZES[::2])
    ax.minorticks_off()
    return figure
