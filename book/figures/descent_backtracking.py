"""A line search on a wavy bowl: the data and the static picture of ``descent-backtracking``."""

import numpy as np

from optedu import plotting
from optedu.descent import backtracking

WAVE, FREQUENCY = 1.2, 3.0
START, REACH = -0.75, 3.4
LOOSE, STRICT, STRICTEST = 1e-4, 0.5, 0.8
TELLING = (START, 1.75)  # the starts of the table: one leads home, one lets a long step pass


def loss(theta):
    """Return the bowl with waves on it."""
    return theta**2 / 2 + WAVE * np.sin(FREQUENCY * theta)


def slope(theta):
    """Return its derivative."""
    return theta + WAVE * FREQUENCY * np.cos(FREQUENCY * theta)


def search(start, c):
    """Return the steps that optedu tries, the last one accepted, and the share each one keeps.

    The share is what the loss falls by, divided by what the slope promised.
    """
    params, grads = np.array([start]), slope(np.array([start]))
    accepted = backtracking(lambda theta: loss(theta[0]), params, -grads, grads, c=c)
    steps = 0.5 ** np.arange(1 - round(np.log2(accepted)))
    falls = loss(start) - loss(start - steps * grads)
    return steps, falls / (steps * grads**2)


def data():
    """Return the bowl, the start, the two telling fractions and the ranges of the controls."""
    # The smallest step that theory lets the search accept, at the strictest fraction.
    smoothness = 1 + WAVE * FREQUENCY**2
    tries = int(np.log2(smoothness / (1 - STRICTEST))) + 1
    return {
        "wave": WAVE,
        "frequency": FREQUENCY,
        "fractions": [LOOSE, STRICT],
        "controls": {
            "start": {"min": -REACH, "max": REACH, "value": START},
            "c": {"min": LOOSE, "max": STRICTEST, "value": LOOSE},
            "tries": {"min": 1, "max": tries, "value": tries},
        },
    }


def table(data):
    """Return what the search accepts from two starts, for a loose and a strict fraction."""
    rows = []
    for start in TELLING:
        for c in data["fractions"]:
            steps, shares = search(start, c)
            numbers = f"{start:g}", f"{c:g}", f"{len(steps)}", f"{steps[-1]:g}"
            rows.append([*numbers, f"{shares[-1]:.2f}"])
    return ["start", "c", "tries", "step accepted", "share of the promise kept"], rows


def draw(data):
    """Draw the search from one start, for a loose and a strict fraction."""
    figure, axes = plotting.subplots(1, 2, width=760, height=340, sharey=True)
    theta, blue = np.linspace(-REACH, REACH, 400), plotting.COLORS["gradient descent"]
    grads, height = slope(START), loss(START)
    for ax, c in zip(axes, data["fractions"], strict=True):
        steps, _ = search(START, c)
        at = START - steps * grads
        ax.plot(theta, loss(theta), color="#000000")
        ray = np.array([0, 1])
        asked = height - c * ray * grads**2
        ax.fill_between(START - ray * grads, asked, -9, color=blue, alpha=0.1, linewidth=0)
        ax.plot(START - ray * grads, asked, color=blue)
        promised = height - ray * grads**2
        ax.plot(START - ray * grads, promised, "--", color=plotting.COLORS["theory"])
        ax.plot(at[:-1], loss(at[:-1]), "o", color=blue, markerfacecolor="none", markersize=8)
        ax.plot(at[-1:], loss(at[-1:]), "o", color=blue, markersize=8)
        ax.plot(START, height, "s", color="#000000")
        title = f"c = {c:g}: try {len(steps)} is accepted, t = 1/{1 / steps[-1]:g}"
        ax.set(title=title, xlabel="θ", ylim=(-2, 7.4))
    axes[0].set_ylabel("loss")
    return figure
