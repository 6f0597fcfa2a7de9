"""One run in every spelling of momentum: the data and picture of ``momentum-conventions``."""

from dataclasses import asdict

import numpy as np

from optedu import plotting
from optedu.momentum import CONVENTIONS, Momentum, Nesterov, convert, convert_velocity, recurrence
from optedu.problems import diagonal_quadratic

CURVATURE, STEPS = 1.0, 60
DROP_AT, DROP = 8, 0.1
DAMPENING = 0.5
LEARNING_RATE, MOMENTUM = 0.05, 0.9
# The form of each method that optedu runs, and the one that differs by its sum of gradients.
NATIVE = {"heavy ball": ("canonical", Momentum), "Nesterov": ("rearranged", Nesterov)}
SUMS = {"canonical": "sum", "rearranged": "rearranged_sum"}


def translated(learning_rate, momentum, source, target):
    """Return the learning rate with which `target` makes the run of `source`."""
    dampening = DAMPENING if "damped" in (source, target) else 0.0
    return convert(learning_rate, momentum, source, target, dampening)[0]


def path(learning_rate, momentum, name, drop=1.0):
    """Return the points of a run in one form, whose learning rate is multiplied at step DROP_AT.

    The run is optedu's own form. Where the velocity of the code holds gradients, the velocity in
    optedu's form is scaled along with the learning rate.
    """
    native, rule = NATIVE[CONVENTIONS[name].method]
    rate = translated(learning_rate, momentum, name, native)
    value_and_grad = diagonal_quadratic([CURVATURE]).value_and_grad
    point = np.array([1.0])
    (v,) = rule(rate, momentum).init(point)
    points = [1.0]
    for step in range(1, STEPS + 1):
        if step == DROP_AT:
            if not CONVENTIONS[name].holds_steps:
                held = convert_velocity(v, rate, momentum, native, SUMS[native])
                v = convert_velocity(held, drop * rate, momentum, SUMS[native], native)
            rate = drop * rate
        _, grads = value_and_grad(point)
        point, v = rule(rate, momentum).update(point, grads, step, v)
        points.append(point.item())
    return np.array(points)


def data():
    """Return the forms, the schedule and the ranges of the controls."""
    return {
        "forms": [{"name": name, **asdict(form)} for name, form in CONVENTIONS.items()],
        "dampening": DAMPENING,
        "curvature": CURVATURE,
        "steps": STEPS,
        "drop_at": DROP_AT,
        "controls": {
            "form": {"min": 0, "max": len(CONVENTIONS) - 1, "value": 0},
            "alpha": {"min": 0.005, "max": 1.0, "value": LEARNING_RATE},
            "mu": {"min": 0.0, "max": 0.99, "value": MOMENTUM},
            "drop": {"min": DROP, "max": 1.0, "value": 1.0},
        },
    }


def table(data):
    """Return each form's equations, its numbers for one run, and where a schedule takes it."""
    rows = []
    for name, form in CONVENTIONS.items():
        native, rule = NATIVE[form.method]
        rate = translated(LEARNING_RATE, MOMENTUM, native, name)
        p, q = recurrence(rule(LEARNING_RATE, MOMENTUM), CURVATURE)
        dropped = path(rate, MOMENTUM, name, DROP)
        row = [name.replace("_", "-"), form.velocity, form.params, f"{rate:.3g}", f"{MOMENTUM:g}"]
        rows.append([*row, f"{p:.3g}", f"{q:.3g}", f"{dropped[20]:.3f}"])
    head = ["form", "velocity", "point", "α", "μ", "p", "q"]
    return [*head, f"x at step 20, α a tenth from step {DROP_AT}"], rows


def draw(data):
    """Draw the heavy ball with a constant learning rate and, in both kinds of code, a schedule."""
    figure, (constant, dropped) = plotting.subplots(1, 2, width=760, height=300, sharey=True)
    for ax, drop in ((constant, 1.0), (dropped, DROP)):
        for name, style in (("canonical", "-"), ("sum", "o")):
            ax.plot(
                path(translated(LEARNING_RATE, MOMENTUM, "canonical", name), MOMENTUM, name, drop),
                style,
                color=plotting.COLORS["momentum"],
                markerfacecolor="none",
                markersize=5,
                label={"-": "velocity of steps", "o": "velocity of gradients"}[style],
            )
        ax.set(xlabel="step")
    constant.set(title="constant α: all forms agree", ylabel="x")
    dropped.set(title=f"a tenth of α from step {DROP_AT} on: they split")
    constant.legend()
    return figure
