"""One learning rate, two eigenmodes: the data and the static picture of ``descent-rate``."""

from itertools import islice

import numpy as np

from optedu import plotting
from optedu.descent import GradientDescent, best_learning_rate, curvature_bounds, descend, rate
from optedu.problems import quadratic

EIGENVALUES = (4.0, 1.0)
ANGLE = np.deg2rad(62)  # of the steep mode: tilted, so that no mode is a coordinate
MODES = np.array([[np.cos(ANGLE), np.sin(ANGLE)], [np.sin(ANGLE), -np.cos(ANGLE)]])
HESSIAN = MODES.T @ np.diag(EIGENVALUES) @ MODES
START = (1.35, 0.75)
STEPS = 40


def data():
    """Return the quadratic, its critical learning rates, and the range of the slider."""
    smoothness, strong_convexity = curvature_bounds(HESSIAN)
    best = best_learning_rate(smoothness, strong_convexity)
    return {
        "hessian": HESSIAN.tolist(),
        "eigenvalues": EIGENVALUES,
        "eigenvectors": MODES.tolist(),
        "start": START,
        "steps": STEPS,
        "critical": 2 / smoothness,
        "marks": [
            {"value": 1 / smoothness, "text": "1/L"},
            {"value": best, "text": "2/(L+m)"},
            {"value": 2 / smoothness, "text": "2/L"},
        ],
        "controls": {
            "alpha": {"min": 0.01, "max": 0.56, "value": 0.46},
            "start": {"min": -1.9, "max": 1.9},
        },
    }


def path(data, learning_rate):
    """Return the iterates of gradient descent at one learning rate."""
    value_and_grad = quadratic(data["hessian"]).value_and_grad
    iterates = descend(value_and_grad, data["start"], GradientDescent(learning_rate))
    return np.array([it.params for it in islice(iterates, data["steps"] + 1)])


def errors(data):
    """Return the distances to the minimizer, of the first, for five telling learning rates."""
    rates = [0.05, *(mark["value"] for mark in data["marks"]), 1.06 * data["critical"]]
    norms = {alpha: np.linalg.norm(path(data, alpha), axis=1) for alpha in rates}
    return {alpha: norm / norm[0] for alpha, norm in norms.items()}


def table(data):
    """Return, for each learning rate, the factor of each mode and the error that is left."""
    head = ["α", "steep mode, 1 − 4α", "flat mode, 1 − α", "rate", "error after 40 steps"]
    rows = []
    for alpha, left in errors(data).items():
        steep, flat = (1 - alpha * eigenvalue for eigenvalue in data["eigenvalues"])
        row = (alpha, steep, flat, rate(alpha, *data["eigenvalues"]), left[-1])
        rows.append([f"{number:.3g}" for number in row])
    return head, rows


def draw(data):
    """Draw the path at the default learning rate, and the errors of five."""
    figure, (walk, curves) = plotting.subplots(1, 2, width=760, height=340)
    alpha = data["controls"]["alpha"]["value"]
    bowl = quadratic(data["hessian"])
    plotting.contours(walk, bowl, bounds=[(-1.9, 1.9), (-1.7, 1.7)], resolution=81)
    plotting.path(walk, path(data, alpha)[:25])
    walk.set(title=f"α = {alpha:g}, just below 2/L = {data['critical']:g}", aspect=1)
    plotting.convergence(curves, {f"α = {a:.3g}": e for a, e in errors(data).items()})
    for line in curves.lines:
        line.set_color(plotting.COLORS["gradient descent"])
    curves.set(title="Distance to the minimizer", ylim=(1e-9, 1e3))
    return figure
