"""Stability and speed of momentum on one mode: the data and picture of ``momentum-phase``."""

from itertools import islice

import numpy as np

from optedu import plotting
from optedu.descent import descend
from optedu.momentum import (
    Momentum,
    Nesterov,
    critical_momentum,
    spectral_radius,
    stability_limit,
)
from optedu.problems import diagonal_quadratic

STEPS = 60
RULES = {"momentum": Momentum, "Nesterov": Nesterov}
# Between these values of αλ the roots are complex.
BORDERS = {
    "momentum": (lambda mu: (1 - np.sqrt(mu)) ** 2, lambda mu: (1 + np.sqrt(mu)) ** 2),
    "Nesterov": (lambda mu: ((1 - mu) / (1 + mu)) ** 2, np.ones_like),
}
TELLING = ((0.2, 0.0), (0.2, 0.3), (0.2, 0.9), (1.5, 0.9), (3.75, 0.9), (3.85, 0.9))


def path(rule, steps=STEPS):
    """Return the run on x²/2 from 1, at rest."""
    iterates = descend(diagonal_quadratic([1.0]).value_and_grad, [1.0], rule)
    return np.array([it.params.item() for it in islice(iterates, steps + 1)])


def data():
    """Return the length of the run and the ranges of the controls."""
    return {
        "steps": STEPS,
        "controls": {
            "product": {"min": 0.01, "max": 3.99, "value": 0.2},
            "momentum": {"min": 0.0, "max": 0.99, "value": 0.9},
            "method": {"min": 0, "max": len(RULES) - 1, "value": 0},
        },
    }


def table(data):
    """Return the spectral radius of both methods at a few places, and the stability limits."""
    head = ["αλ", "μ", "heavy ball, factor a step", "its limit", "Nesterov, factor a step"]
    rows = []
    for product, momentum in TELLING:
        heavy, nesterov = (rule(product, momentum) for rule in RULES.values())
        radii = [f"{spectral_radius(rule, 1.0):.3f}" for rule in (heavy, nesterov)]
        limits = [f"{stability_limit(rule):.3g}" for rule in (heavy, nesterov)]
        numbers = [cell for pair in zip(radii, limits, strict=True) for cell in pair]
        rows.append([f"{product:g}", f"{momentum:g}", *numbers])
    return [*head, "its limit"], rows


def draw(data):
    """Draw the spectral radius of both methods over αλ and μ, and three runs."""
    figure, (*maps, walk) = plotting.subplots(1, 3, width=760, height=300)
    product, momentum = np.meshgrid(np.linspace(1e-3, 4, 321), np.linspace(0, 0.999, 161))
    for ax, (name, rule) in zip(maps, RULES.items(), strict=True):
        radius = spectral_radius(rule(product, momentum), 1.0)
        lines = ax.contour(
            product, momentum, radius, levels=[0.3, 0.5, 0.7, 0.9], colors="#6F8BA6", linewidths=1
        )
        ax.clabel(lines, fontsize=8)
        edge = momentum[:, 0]
        ax.plot(stability_limit(rule(1.0, edge)), edge, color=plotting.COLORS[name])
        for border in BORDERS[name]:
            ax.plot(border(edge), edge, "--", color=plotting.COLORS["theory"])
        ax.text(3.95, 0.04, "diverges", ha="right")
        label = {"momentum": "heavy ball"}.get(name, name)
        ax.set(title=f"{label}, factor a step", xlabel="αλ", xlim=(0, 4), ylim=(0, 1))
        ax.grid(visible=False)
    maps[0].set_ylabel("momentum μ")
    alpha = data["controls"]["product"]["value"]
    critical = critical_momentum(alpha, 1.0)
    for mu, color in ((0.0, "gradient descent"), (critical, "theory"), (0.9, "momentum")):
        walk.plot(path(Momentum(alpha, mu)), color=plotting.COLORS[color], label=f"μ = {mu:.2g}")
    walk.legend()
    walk.set(title=f"runs at αλ = {alpha:g}", xlabel="step")
    return figure
