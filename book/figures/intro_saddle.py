"""Leaving a saddle from four distances: the data and the static picture of ``intro-saddle``."""

from itertools import islice

import numpy as np

from optedu import plotting
from optedu.descent import GradientDescent, descend
from optedu.problems import plain_saddle

OFFSETS = (1e-1, 1e-2, 1e-4, 1e-8)
LEARNING_RATE = 0.1
STEPS = 200


def path(offset):
    """Return the iterates from beside the ridge until the run is a unit away from it."""
    iterates = descend(plain_saddle().value_and_grad, [1.0, offset], GradientDescent(LEARNING_RATE))
    points = np.array([it.params for it in islice(iterates, STEPS + 1)])
    return points[: np.argmax(np.abs(points[:, 1]) >= 1) + 1]


def predicted(offset):
    """Return the steps that theory gives: the offset grows by 1 + learning_rate each."""
    return np.log(1 / offset) / np.log1p(LEARNING_RATE)


def data():
    """Return the four offsets, the learning rate and the range of the view."""
    return {
        "offsets": OFFSETS,
        "learning_rate": LEARNING_RATE,
        "steps": STEPS,
        "controls": {
            "step": {"min": 0, "max": STEPS},
            "turn": {"min": -180, "max": 180, "value": 66},
        },
    }


def table(data):
    """Return the steps to escape, predicted and counted, for every offset."""
    head = ["start off the ridge", "steps predicted", "steps counted"]
    rows = [[f"{o:g}", f"{predicted(o):.1f}", str(len(path(o)) - 1)] for o in data["offsets"]]
    return head, rows


def draw(data):
    """Draw the four paths on the saddle's contours, and their distances from the ridge."""
    figure, (field, curve) = plotting.subplots(1, 2, width=760, height=320)
    bounds = [(-1.1, 1.1), (-1.1, 1.1)]
    plotting.contours(field, plain_saddle(), bounds=bounds, levels=15, resolution=81)
    for sign, offset in zip((1, -1, 1, -1), data["offsets"], strict=True):
        plotting.path(field, path(offset) * (1, sign), marks=[])
    for offset in data["offsets"]:
        distances = path(offset)[:, 1]
        curve.semilogy(distances, color=plotting.COLORS["gradient descent"])
        curve.annotate(len(distances) - 1, (len(distances) - 1, 1.6), ha="center")
    curve.set(title="Steps until the saddle lets go", xlabel="step", ylim=(3e-9, 9))
    curve.set_ylabel("distance from the ridge (log scale)")
    return figure
