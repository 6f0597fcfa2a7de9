"""A secant turns into the tangent: the data and the static picture of ``gradients-secant``."""

import numpy as np

from optedu import plotting
from optedu.gradients import numerical_gradient
from optedu.problems import exp_sin

SCHEMES = ("forward", "central")
X = 1.0
STEPS = (1.0, 0.5, 0.1, 0.01, 0.001)


def value(x):
    """Return exp(sin x) of one number."""
    return exp_sin().value(np.atleast_1d(x)).item()


def slope(x):
    """Return the slope of exp(sin x) at one number."""
    return exp_sin().grad(np.atleast_1d(x)).item()


def secant(x, h, scheme):
    """Return the slope of a secant."""
    return numerical_gradient(value, x, h, scheme).item()


def data():
    """Return the ranges of the controls."""
    return {
        "controls": {
            "x": {"min": -1.0, "max": 3.0, "value": X},
            "h": {"min": 1e-3, "max": 1.5, "value": 0.8},
            "scheme": {"min": 0, "max": len(SCHEMES) - 1, "value": SCHEMES.index("forward")},
        }
    }


def table(data):
    """Return the slope and the error of both secants for shrinking steps."""
    rows = []
    for h in STEPS:
        slopes = [secant(X, h, scheme) for scheme in SCHEMES]
        cells = [(f"{found:.4f}", f"{abs(found - slope(X)):.2g}") for found in slopes]
        rows.append([f"{h:g}", *(cell for pair in cells for cell in pair)])
    return ["h", "forward", "its error", "central", "its error"], rows


def draw(data):
    """Draw a forward and a central secant beside the tangent, and the errors of both."""
    figure, (*graphs, errors) = plotting.subplots(1, 3, width=760, height=280)
    x, h = np.linspace(-1, 3, 200), data["controls"]["h"]["value"]
    blue, gray = plotting.COLORS["gradient descent"], plotting.COLORS["theory"]
    for ax, scheme in zip(graphs, SCHEMES, strict=True):
        ends = np.array([X, X + h] if scheme == "forward" else [X - h, X + h])
        found = secant(X, h, scheme)
        ax.plot(x, np.exp(np.sin(x)), color="#000000")
        ax.plot(x, value(X) + slope(X) * (x - X), "--", color=gray)
        ax.plot(x, value(ends[0]) + found * (x - ends[0]), color=blue)
        ax.plot(ends, [value(end) for end in ends], "o", color=blue)
        title = f"{scheme}, h = {h:g}:\nslope {found:.2f}, not {slope(X):.2f}"
        ax.set(title=title, ylim=(-0.2, 3.4), xlabel="x")
    steps = np.geomspace(1e-3, 1, 60)
    for scheme, style in zip(SCHEMES, ("-", "--"), strict=True):
        sizes = [abs(secant(X, step, scheme) - slope(X)) for step in steps]
        errors.loglog(steps, sizes, style, color=blue)
    errors.text(1.2e-3, 3e-2, "forward: like h")
    errors.text(1.5e-2, 3e-6, "central: like h²")
    errors.set(title="error against h", xlabel="h (log axes)", ylim=(1e-7, 2))
    return figure
