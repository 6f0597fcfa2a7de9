"""Reference: what changes when two codes write the same method differently."""

from itertools import islice

import numpy as np

from book.claims import claim
from book.conventions import EPSILON, Epsilon, measured_fingerprint, run_form, step_lengths
from optedu.adaptive import Adam, AdamL2, AdamW
from optedu.descent import GradientDescent, descend
from optedu.models import LeastSquares
from optedu.momentum import CONVENTIONS, Momentum, Nesterov, convert, recurrence

CANONICAL = {"heavy ball": ("canonical", Momentum), "Nesterov": ("rearranged", Nesterov)}


@claim(
    "Every form, run as its own code, with its numbers for the canonical α = 0.2, μ = 0.5: "
    "how far its p and q on x²/2 are from those of the method.",
    expected=dict.fromkeys(CONVENTIONS, 0.0),
    atol=1e-12,
    reason="one recurrence for each method; the fit of p and q to twelve points rounds",
)
def fingerprints():
    gaps = {}
    for name, form in CONVENTIONS.items():
        source, kind = CANONICAL[form.method]
        tau = 0.5 if name == "damped" else 0.0
        alpha, mu = convert(0.2, 0.5, source, name, tau)
        measured = measured_fingerprint(name, alpha, mu, curvature=1.0)
        gaps[name] = np.max(np.abs(measured - recurrence(kind(0.2, momentum=0.5), 1.0)))
    return gaps


def points_with_a_drop(name, alpha, mu):
    """Run a form on x²/2 for 40 steps, the learning rate a tenth after 20, and show its points."""
    x, v = run_form(name, np.asarray, 1.0, 0.0, alpha, mu, 20)
    later_x, later_v = run_form(name, np.asarray, x[-1], v[-1], alpha / 10, mu, 20)
    x, v = np.append(x, later_x[1:]), np.append(v, later_v[1:])
    return x + mu * v if name == "look_ahead" else x


@claim(
    "Forms that leave the method's points when the learning rate drops (1), and forms that stay "
    "(0): those whose velocity holds gradients leave.",
    expected={name: int(not form.holds_steps) for name, form in CONVENTIONS.items()},
    reason="a velocity of gradients is multiplied by today's learning rate; the test is a gap of "
    "1e-9, and the gaps are 1e-16 or 0.01 and more",
)
def splits_at_a_drop():
    leaves = {}
    for name, form in CONVENTIONS.items():
        source, _ = CANONICAL[form.method]
        numbers = convert(0.01, 0.9, source, name, 0.5 if name == "damped" else 0.0)
        gap = points_with_a_drop(name, *numbers) - points_with_a_drop(source, 0.01, 0.9)
        leaves[name] = int(np.max(np.abs(gap)) > 1e-9)
    return leaves


PLACES = (("outside", 1e-8), ("outside", 1e-5), ("inside", 1e-8), ("inside", 1e-7),
          ("inside", 1e-6), ("inside", 1e-5))  # fmt: skip


def predicted_share(place, eps, g=1e-6):
    """Return the step for the gradient g, as a share of the step without ε."""
    return g / (g + eps) if place == "outside" else g / np.sqrt(g**2 + eps)


@claim(
    "RMSProp under a constant gradient of 1e-6: its step, as a share of the learning rate that it "
    "takes for large gradients, for six choices of ε.",
    expected={f"{place}, {eps:g}": predicted_share(place, eps) for place, eps in PLACES},
    rtol=1e-4,
    reason="g/(g + ε) and g/√(g² + ε); after 1000 steps the mean of squares has forgotten its "
    "start to 4e-5",
)
def epsilon_places():
    return {
        f"{place}, {eps:g}": step_lengths(
            Epsilon("RMSProp", "", place, eps, decay=0.99), np.full(1000, 1e-6)
        )[-1]
        for place, eps in PLACES
    }


@claim(
    "At a gradient of 1e-6 the defaults of RMSProp and of Adam differ by factors: the largest step "
    "of the codes listed over the smallest.",
    expected={
        "RMSProp": predicted_share("outside", 1e-8) / predicted_share("inside", 1e-6),
        "Adam": predicted_share("outside", 1e-8) / predicted_share("inside", 1e-5),
    },
    rtol=1e-3,
    reason="the shares of the claim on places; 1000 steps are nearly the long run",
)
def epsilon_defaults():
    spread = {}
    for method in ("RMSProp", "Adam"):
        lengths = [
            step_lengths(row, np.full(1000, 1e-6))[-1] for row in EPSILON if row.method == method
        ]
        spread[method] = max(lengths) / min(lengths)
    return spread


@claim(
    "A weight of 1 with no gradient from the data, after 100 steps at learning rate 0.001: beside "
    "the gradient a decay of λ leaves (1 − αλ)¹⁰⁰; inside it Adam walks 0.1, whatever λ is.",
    expected={
        "AdamW, λ=0.01": (1 - 1e-5) ** 100, "AdamW, λ=1": (1 - 1e-3) ** 100,
        "Adam + L2, λ=0.01": 0.9, "Adam + L2, λ=1": 0.9,
    },
    rtol=3e-3,
    reason="closed form for AdamW; Adam divides the decay by its own size, which falls a little on "
    "the way",
)  # fmt: skip
def weight_decay():
    left = {}
    for name, kind in (("AdamW", AdamW), ("Adam + L2", AdamL2)):
        for decay in (0.01, 1.0):
            run = descend(lambda x: (0.0, 0 * x), [1.0], kind(0.001, weight_decay=decay))
            left[f"{name}, λ={decay:g}"] = list(islice(run, 101))[-1].params[0]
    return left


@claim(
    "Adam's first step when the counter is one ahead, as a share of the right one.",
    expected={"share": np.sqrt(1 + 0.999) / (1 + 0.9)},
    rtol=1e-6,
    reason="(1 − β₁)/(1 − β₁²) over the root of the same in β₂; ε is 1e-8 of a gradient of 1",
)
def counter_one_ahead():
    rule, x = Adam(0.001), np.zeros(1)
    ahead, right = (rule.update(x, np.ones(1), step, *rule.init(x))[0] for step in (2, 1))
    return {"share": (ahead / right).item()}


@claim(
    "Least squares on 50 examples: the sum of the losses is 50 times as curved as their mean, and "
    "with a learning rate divided by 50 both runs visit the same points.",
    expected={"curvature of the sum / of the mean": 50, "gap of the runs": 0.0},
    atol=1e-9,
    reason="the gradient of a sum of N is N times that of the mean; rounding over 100 steps",
)
def sum_or_mean():
    generator = np.random.RandomState(0)
    model = LeastSquares(generator.randn(50, 3), generator.randn(50))

    def total(params):
        loss, grads = model.value_and_grad(params)
        return 50 * loss, 50 * grads

    def last(value_and_grad, alpha):
        run = descend(value_and_grad, np.zeros(3), GradientDescent(alpha))
        return list(islice(run, 101))[-1].params

    start, step = np.zeros(3), np.eye(3)[0]
    of_sum, of_mean = (f(step)[1] - f(start)[1] for f in (total, model.value_and_grad))
    return {
        "curvature of the sum / of the mean": of_sum[0] / of_mean[0],
        "gap of the runs": np.max(np.abs(last(total, 0.002) - last(model.value_and_grad, 0.1))),
    }
