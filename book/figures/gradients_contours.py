"""The gradient on a contour: the data and the static picture of ``gradients-contours``."""

import numpy as np

from optedu import plotting
from optedu.gradients import angle, worst_angle
from optedu.problems import quadratic

TILT = np.deg2rad(60.0)  # of the steep axis, so that no axis is a coordinate
KAPPA = 10.0
START = (-0.8, 0.65)
CONDITIONS = (1, 3, 10, 30, 100)


def bowl(kappa):
    """Return the bowl with curvatures 1 and 1/κ."""
    axes = np.array([[np.cos(TILT), np.sin(TILT)], [-np.sin(TILT), np.cos(TILT)]])
    return quadratic(axes.T @ np.diag([1.0, 1 / kappa]) @ axes)


def off(kappa, point=START):
    """Return the angle between the negative gradient and the way to the minimum, in degrees."""
    return angle(bowl(kappa).grad(np.array(point)), point)


def data():
    """Return the turn of the bowl and the ranges of the controls."""
    return {
        "tilt": TILT,
        "controls": {
            "kappa": {"min": 1, "max": 100, "value": KAPPA},
            "point": {"min": -1.25, "max": 1.25, "value": START},
        },
    }


def table(data):
    """Return the angle at the first point, and the largest of all, for five bowls."""
    rows = []
    for kappa in CONDITIONS:
        degrees = off(kappa)
        faster = 1 / np.cos(np.deg2rad(degrees))
        rows.append([f"{kappa}", f"{degrees:.1f}°", f"{worst_angle(kappa, 1.0):.1f}°"])
        rows[-1].append(f"{faster:.2f}")
    head = ["κ", "−∇f points past the minimum by", "at most", "the loss falls faster by"]
    return head, rows


def draw(data):
    """Draw the gradient on the contours of three bowls, and the loss along two ways."""
    figure, (*maps, curve) = plotting.subplots(1, 3, width=760, height=290)
    point, blue = np.array(START), plotting.COLORS["gradient descent"]
    gray = plotting.COLORS["theory"]
    for ax, kappa in zip(maps, (1, KAPPA), strict=True):
        problem = bowl(kappa)
        plotting.contours(ax, problem, bounds=[(-1.5, 0.7), (-0.5, 1.7)], resolution=81)
        grads = problem.grad(point) / np.linalg.norm(problem.grad(point))
        tangent = np.array([-grads[1], grads[0]])
        ax.plot(*np.transpose([point - 2 * tangent, point + 2 * tangent]), color=blue, lw=1)
        ax.plot(*np.transpose([point, [0, 0]]), "--", color=gray)
        for way, name, color in ((0.6 * grads, "∇f", blue), (-0.6 * grads, "−∇f", "#000000")):
            arrow = {"arrowstyle": "->", "color": color, "lw": 2}
            ax.annotate("", point + way, point, arrowprops=arrow)
            ax.annotate(name, point + 1.25 * way, ha="center", va="center")
        ax.plot(*point, "o", color="#000000")
        title = f"κ = {kappa:g}: −∇f is {off(kappa):.0f}° off"
        ax.set(title=title, aspect=1, xlim=(-1.5, 0.7), ylim=(-0.5, 1.7))
    problem, far = bowl(KAPPA), np.linalg.norm(point)
    distance = np.linspace(0, 1.2 * far, 60)[:, None]
    for way, style in ((problem.grad(point), "-"), (point, "--")):
        losses = problem.value(point - distance * way / np.linalg.norm(way))
        curve.plot(distance, losses, style, color=gray if style == "--" else "#000000")
    curve.set(title="loss along both ways", xlabel="distance")
    curve.set_ylim(0, 1.2 * problem.value(point))
    curve.text(0.7, 0.9 * problem.value(point), "−∇f")
    curve.text(0.55, 0.4 * problem.value(point), "to the minimum")
    return figure
