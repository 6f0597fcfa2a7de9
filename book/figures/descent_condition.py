"""A long valley: the data and the static picture of ``descent-condition``."""

import numpy as np

from optedu import plotting
from optedu.descent import GradientDescent, best_learning_rate, descend
from optedu.problems import diagonal_quadratic

TARGET = 1e-6
COUNTED = (2, 4, 10, 20, 40, 100, 200, 400, 1000)


def worst_start(kappa):
    """Return the point at unit distance where the gradient points farthest from the minimizer."""
    return np.array([-np.sqrt(kappa), 1.0]) / np.sqrt(1 + kappa)


def walk(kappa):
    """Return the path to a millionth of the first error, with L = 1 and the best step."""
    problem = diagonal_quadratic([1 / kappa, 1.0])
    rule = GradientDescent(best_learning_rate(1.0, 1 / kappa))
    path = []
    for it in descend(problem.value_and_grad, worst_start(kappa), rule):
        path.append(it.params)
        if np.linalg.norm(it.params) <= TARGET:
            return np.array(path)
    return None


def angle(kappa):
    """Return the largest angle between the step and the way to the minimizer, in degrees."""
    return np.rad2deg(np.arccos(2 * np.sqrt(kappa) / (1 + kappa)))


def predicted(kappa):
    """Return the steps to a millionth of the error at the rate (κ - 1) / (κ + 1)."""
    return np.log(TARGET) / np.log((kappa - 1) / (kappa + 1))


def data():
    """Return the range of the slider and the steps that optedu counted."""
    return {
        "counted": [[kappa, len(walk(kappa)) - 1] for kappa in COUNTED],
        "controls": {
            "kappa": {"min": 1, "max": 1000, "value": 20},
            "start": {"min": -1.15, "max": 0.88},
        },
    }


def table(data):
    """Return the worst angle, the predicted and the counted steps for each condition number."""
    head = ["κ", "worst angle", "steps predicted", "steps counted"]
    return head, [
        [f"{kappa:,}", f"{angle(kappa):.1f}°", f"{np.ceil(predicted(kappa)):,.0f}", f"{steps:,}"]
        for kappa, steps in data["counted"]
    ]


def draw(data):
    """Draw two valleys, and the steps against the condition number."""
    figure, (wide, narrow, cost) = plotting.subplots(1, 3, width=760, height=300)
    for ax, kappa in ((wide, 4), (narrow, 40)):
        bounds = [(-1.1, 0.3), (-0.5, 0.7)]
        plotting.contours(ax, diagonal_quadratic([1 / kappa, 1.0]), bounds=bounds, resolution=81)
        plotting.path(ax, walk(kappa))
        ax.set(title=f"κ = {kappa}: the step is {angle(kappa):.0f}° off", aspect=1)
    kappas = np.geomspace(1.5, 1000)
    cost.loglog(kappas, predicted(kappas), "--", color=plotting.COLORS["theory"])
    cost.loglog(*zip(*data["counted"], strict=True), "o", color=plotting.COLORS["gradient descent"])
    cost.set(title="Steps to 1e-6", xlabel="κ (log axes)")
    return figure
