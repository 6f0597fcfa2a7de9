"""A ball in a valley with friction: the data and the static picture of ``momentum-friction``."""

from itertools import islice

import numpy as np

from optedu import plotting
from optedu.descent import descend
from optedu.momentum import Momentum, critical_momentum
from optedu.problems import diagonal_quadratic

PRODUCT = 0.01  # αλ: small steps, so that the ball seems to roll
STEPS, LONGEST = 200, 1000
NEAR = 0.01
CRITICAL = 1 - critical_momentum(PRODUCT, 1.0)
FRICTIONS = (1.0, 0.5, CRITICAL, 0.05, 0.01)


def path(friction, start=1.0):
    """Return the run of the heavy ball on x²/2, from rest."""
    value_and_grad = diagonal_quadratic([1.0]).value_and_grad
    iterates = descend(value_and_grad, [start], Momentum(PRODUCT, 1 - friction))
    return np.array([it.params.item() for it in islice(iterates, LONGEST + 1)])


def settled(run):
    """Return after how many steps the run stays within 1% of its start, and how often it swung."""
    steps = int(np.flatnonzero(np.abs(run) > NEAR * abs(run[0]))[-1]) + 1
    return steps, int(np.count_nonzero(run[1 : steps + 1] * run[:steps] < 0))


def data():
    """Return the step, the critical friction and the ranges of the controls."""
    return {
        "product": PRODUCT,
        "critical": CRITICAL,
        "steps": STEPS,
        "controls": {
            "friction": {"min": 0.01, "max": 1.0, "value": 0.05},
            "start": {"min": -1.2, "max": 1.2, "value": -1.0},
            "step": {"min": 0, "max": STEPS},
        },
    }


def table(data):
    """Return, for five frictions, the motion and the steps until the ball has settled."""
    rows = []
    for friction in FRICTIONS:
        steps, overshoots = settled(path(friction))
        kind = "over" if friction > CRITICAL else "under" if friction < CRITICAL else "critically "
        rows.append([f"{friction:.2g}", f"{1 - friction:.2g}", f"{kind}damped", f"{overshoots}"])
        rows[-1].append(f"{steps}")
    return ["friction 1 − μ", "μ", "motion", "times past the bottom", "steps to 1%"], rows


def draw(data):
    """Draw the position of the ball against the step, for three frictions."""
    figure, axes = plotting.subplots(1, 3, width=760, height=280, sharey=True)
    kinds = {"overdamped": 0.5, "critically damped": CRITICAL, "underdamped": 0.05}
    for ax, (kind, friction) in zip(axes, kinds.items(), strict=True):
        run = path(friction)
        ax.plot(path(CRITICAL)[: STEPS + 1], "--", color=plotting.COLORS["theory"])
        ax.plot(run[: STEPS + 1], color=plotting.COLORS["momentum"])
        ax.set(title=f"{kind}\n1 − μ = {friction:.2g}", xlabel="step")
        ax.text(STEPS, 0.8, f"within 1%:\n{settled(run)[0]} steps", ha="right", va="top")
    axes[0].set_ylabel("position")
    return figure
