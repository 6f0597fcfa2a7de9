"""Runs that race on the contours of Himmelblau's function: the data and picture of ``intro-race``.

A method joins the race as one more entry of `SERIES` and one function in ``methods.js``.
"""

from itertools import islice, takewhile

import numpy as np

from optedu import plotting
from optedu.descent import GradientDescent, curvature_bounds, descend, descend_by_search
from optedu.problems import himmelblau

START = (-0.5, 4.6)
STEPS = 80
ARRIVED = 1e-9  # the gradient's norm at which the line search stops, here and in methods.js
MINIMIZERS = ((3.0, 2.0), (-2.805118, 3.131313), (-3.779310, -3.283186), (3.584428, -1.848127))


def series(method, name, label, **settings):
    """Return one entry of the race as the figure's script reads it."""
    return {"method": method, "name": name, "label": label, "settings": settings}


SERIES = [
    series("gradient_descent", "the timid", "timid, α = 0.002", learning_rate=0.002),
    series("gradient_descent", "the bold", "bold, α = 0.012", learning_rate=0.012),
    series("gradient_descent", "the reckless", "reckless, α = 0.026", learning_rate=0.026),
    series("line_search", "the line search", "line search, no α to choose"),
]
# Shades of gradient descent's blue from the smallest learning rate to the largest, then ink.
SHADES = ("#4A9BCF", plotting.COLORS["gradient descent"], "#332288", "#000000")
RULES = {"gradient_descent": GradientDescent}


def path(entry, start=START, steps=STEPS):
    """Return the iterates of one entry, run by optedu."""
    value_and_grad = himmelblau().value_and_grad
    if entry["method"] == "line_search":
        iterates = descend_by_search(value_and_grad, start)
        # Nearer to the minimum than rounding can see, no step lowers the loss.
        iterates = takewhile(lambda it: np.linalg.norm(it.grads) > ARRIVED, iterates)
    else:
        iterates = descend(value_and_grad, start, RULES[entry["method"]](**entry["settings"]))
    return np.array([it.params for it in islice(iterates, steps + 1)])


def limits():
    """Return 2/L at each minimum: past it, no run at that learning rate settles there."""
    return [2 / curvature_bounds(himmelblau().hessian(point))[0] for point in MINIMIZERS]


def data():
    """Return the start, the entries, where the minima are, and the largest 2/L among them."""
    return {
        "limit": max(limits()),
        "start": START,
        "steps": STEPS,
        "series": SERIES,
        "minimizers": MINIMIZERS,
        "controls": {
            "step": {"min": 0, "max": STEPS},
            "start": {"min": -5.0, "max": 5.0},
        },
    }


def table(data):
    """Return the loss of every entry after 0, 10, 20, 40 and 80 steps."""
    steps = [0, 10, 20, 40, 80]
    rows = []
    for entry in data["series"]:
        losses = himmelblau().value(path(entry))
        # A search that has arrived stays.
        shown = [losses[min(step, len(losses) - 1)] for step in steps]
        rows.append([entry["label"], *(f"{x:.3g}" if x > 1e-3 else f"{x:.0e}" for x in shown)])
    return ["loss after step", *map(str, steps)], rows


def draw(data):
    """Draw the four paths, and their losses."""
    figure, (field, curve) = plotting.subplots(1, 2, width=760, height=340)
    levels = 4 * np.expm1(np.arange(1, 12) / 1.9)
    plotting.contours(field, himmelblau(), levels=levels, resolution=121)
    field.plot(*np.transpose(data["minimizers"]), "+", color=plotting.COLORS["optimum"])
    lines = [plotting.path(field, path(entry), marks=range(81)) for entry in data["series"]]
    losses = {entry["label"].split(",")[0]: himmelblau().value(path(entry)) for entry in SERIES}
    plotting.convergence(curve, losses)
    for ends in (lines, curve.lines[:4], curve.lines[4:]):
        for line, marker, color in zip(ends, "os^D", SHADES, strict=True):
            line.set(marker=marker, color=color, markersize=5)
    curve.set(ylim=(1e-8, 1e3), ylabel="loss (log scale)")
    return figure
