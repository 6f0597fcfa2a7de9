"""Slopes at a kink: the data and the static picture of ``gradients-kink``."""

import numpy as np

from optedu import plotting
from optedu.gradients import numerical_gradient

SHAPES = [
    {"name": "|x|", "kink": 0.0, "left": -1.0, "right": 1.0},
    {"name": "hinge max(0, 1 − x)", "kink": 1.0, "left": -1.0, "right": 0.0},
]
X, STEP = 0.2, 0.5
SCHEMES = ("forward", "central", "backward")


def bent(shape):
    """Return the function of a kink and two slopes, zero at the kink."""

    def value(x):
        slope = shape["left"] if x < shape["kink"] else shape["right"]
        return slope * (x - shape["kink"])

    return value


def slopes(shape, x, h):
    """Return the forward, the central and the backward difference."""
    f = bent(shape)
    # Seen in a mirror, backward is forward.
    backward = -numerical_gradient(lambda u: f(-u), -x, h, "forward")
    forward, central = (numerical_gradient(f, x, h, scheme) for scheme in SCHEMES[:2])
    return [slope.item() for slope in (forward, central, backward)]


def data():
    """Return the two functions and the ranges of the controls."""
    return {
        "shapes": SHAPES,
        "controls": {
            "shape": {"min": 0, "max": len(SHAPES) - 1, "value": 0},
            "x": {"min": -1.5, "max": 2.5, "value": X},
            "h": {"min": 0.02, "max": 1.0, "value": STEP},
        },
    }


def table(data):
    """Return the slopes of both functions, beside the kink, near it and on it."""
    rows = []
    for shape in data["shapes"]:
        left, right = (f"{shape[side]:.0f}" for side in ("left", "right"))
        for away in (-0.2, 0.0, 0.2):
            x = shape["kink"] + away
            sets = {-1.0: left, 0.0: f"{left} to {right}", 1.0: right}
            found = [f"{slope + 0:.2f}" for slope in slopes(shape, x, STEP)]
            rows.append([shape["name"], f"{x:g}", sets[np.sign(away)], *found])
    return ["function", "x", "subgradients", *(f"{s}, h = {STEP}" for s in SCHEMES)], rows


def draw(data):
    """Draw each function with its subgradients at the kink, and the slopes of three differences."""
    figure, axes = plotting.subplots(1, 4, width=760, height=250)
    styles = {"forward": (":", "SGD"), "central": ("-", "gradient descent")}
    styles["backward"] = ("--", "Newton")
    for shape, (graph, steps) in zip(data["shapes"], (axes[:2], axes[2:]), strict=True):
        kink, left, right = shape["kink"], shape["left"], shape["right"]
        x = np.linspace(kink - 1.5, kink + 1.5, 301)
        for slope in np.linspace(left, right, 9):
            graph.plot(x, slope * (x - kink), color=plotting.COLORS["theory"], lw=0.7)
        graph.plot(x, [bent(shape)(u) for u in x], color="#000000")
        graph.set(title=shape["name"], ylim=(-0.5, 1.5), xlabel="x")
        found = np.array([slopes(shape, u, STEP) for u in x])
        corners = [x[0], kink, kink, x[-1]]
        steps.plot(corners, [left, left, right, right], color="#000000", lw=5, alpha=0.25)
        for (name, (style, color)), line in zip(styles.items(), found.T, strict=True):
            steps.plot(x, line, style, color=plotting.COLORS[color], label=name)
        steps.set(title=f"slopes, h = {STEP}", ylim=(-1.3, 1.3), xlabel="x")
    axes[1].legend(loc="upper left", fontsize=8)
    return figure
