"""How others write the same methods: the forms of momentum, and where epsilon stands.

Plain tables that the pages and the tests share. `STEPS` runs each row of
`optedu.momentum.CONVENTIONS` as its own code would; `EPSILON` lists who adds what under a root.
"""

from typing import NamedTuple

import numpy as np

# One step of each form: the gradient function, the point, the velocity and the two numbers in,
# the next point and velocity out. In "difference" the velocity is the last step.


def canonical(grad, x, v, alpha, mu):
    v = mu * v - alpha * grad(x)
    return x + v, v


def summed(grad, x, v, alpha, mu):
    v = mu * v + grad(x)
    return x - alpha * v, v


def averaged(grad, x, v, alpha, mu):
    v = mu * v + (1 - mu) * grad(x)
    return x - alpha * v, v


def damped(grad, x, v, alpha, mu, tau=0.5):
    v = mu * v + (1 - tau) * grad(x)
    return x - alpha * v, v


def difference(grad, x, v, alpha, mu):
    new_x = x - alpha * grad(x) + mu * v
    return new_x, new_x - x


def look_ahead(grad, x, v, alpha, mu):
    v = mu * v - alpha * grad(x + mu * v)
    return x + v, v


def rearranged(grad, x, v, alpha, mu):
    g = grad(x)
    v = mu * v - alpha * g
    return x + mu * v - alpha * g, v


def rearranged_sum(grad, x, v, alpha, mu):
    g = grad(x)
    v = mu * v + g
    return x - alpha * (g + mu * v), v


STEPS = {
    "canonical": canonical,
    "sum": summed,
    "average": averaged,
    "damped": damped,
    "difference": difference,
    "look_ahead": look_ahead,
    "rearranged": rearranged,
    "rearranged_sum": rearranged_sum,
}


def run_form(name, grad, x, v, alpha, mu, n_steps):
    """Return the points and the velocities of one form, the start first."""
    points, velocities = [x], [v]
    for _ in range(n_steps):
        x, v = STEPS[name](grad, x, v, alpha, mu)
        points.append(x)
        velocities.append(v)
    return np.array(points), np.array(velocities)


def fingerprint(points):
    """Measure p and q of x(k+1) = p x(k) + q x(k-1) from the points of a run."""
    past = np.column_stack([points[1:-1], points[:-2]])
    return np.linalg.lstsq(past, points[2:], rcond=None)[0]


def measured_fingerprint(name, alpha, mu, curvature, n_steps=12):
    """Run one form from rest on curvature x²/2 and measure its p and q."""
    return fingerprint(run_form(name, lambda x: curvature * x, 1.0, 0.0, alpha, mu, n_steps)[0])


class Epsilon(NamedTuple):
    """Where one code adds its epsilon, and how much by default.

    `place` is "outside" for √s + ε, "inside" for √(s + ε), and "hat" for √s + ε where the
    corrections of Adam are folded into the learning rate. `decay` is the share of s that a step
    keeps, 0.99 where the source gives none, and `start` its first value.
    """

    method: str
    source: str
    place: str
    eps: float
    decay: float | None = None
    start: float = 0.0


EPSILON = (
    Epsilon("AdaGrad", "optedu", "outside", 1e-8),
    Epsilon("AdaGrad", "PyTorch", "outside", 1e-10),
    Epsilon("AdaGrad", "Keras", "inside", 1e-7, start=0.1),
    Epsilon("AdaGrad", "optax", "inside", 1e-7, start=0.1),
    Epsilon("AdaGrad", "d2l", "inside", 1e-6),
    Epsilon("AdaGrad", "notes on EECS 498", "inside", 1e-7),
    Epsilon("RMSProp", "optedu", "outside", 1e-8, decay=0.99),
    Epsilon("RMSProp", "PyTorch", "outside", 1e-8, decay=0.99),
    Epsilon("RMSProp", "Keras", "inside", 1e-7, decay=0.9),
    Epsilon("RMSProp", "optax", "inside", 1e-8, decay=0.9),
    Epsilon("RMSProp", "fast.ai", "outside", 1e-8, decay=0.99),
    Epsilon("RMSProp", "fast.ai's course", "outside", 1e-5, decay=0.99),
    Epsilon("RMSProp", "d2l", "inside", 1e-6, decay=0.9),
    Epsilon("RMSProp", "notes on EECS 498", "inside", 1e-7, decay=0.99),
    Epsilon("Adam", "optedu", "outside", 1e-8, decay=0.999),
    Epsilon("Adam", "Kingma and Ba", "outside", 1e-8, decay=0.999),
    Epsilon("Adam", "PyTorch", "outside", 1e-8, decay=0.999),
    Epsilon("Adam", "Keras", "hat", 1e-7, decay=0.999),
    Epsilon("Adam", "optax", "outside", 1e-8, decay=0.999),
    Epsilon("Adam", "fast.ai", "outside", 1e-5, decay=0.99),
    Epsilon("Adam", "fast.ai's course", "inside", 1e-5, decay=0.99),
    Epsilon("Adam", "d2l", "outside", 1e-6, decay=0.999),
    Epsilon("Adam", "notes on CS182", "outside", 1e-8, decay=0.999),
)

WRITTEN = {"outside": "√s + ε", "inside": "√(s + ε)", "hat": "√s + ε, s uncorrected"}


def step_lengths(row, all_grads):
    """Return each step of a row's method at learning rate 1, for gradients in order."""
    keep, take = (1.0, 1.0) if row.decay is None else (row.decay, 1 - row.decay)
    s, m, steps = row.start, 0.0, []
    for k, g in enumerate(all_grads, start=1):
        direction, correction = g, 1.0
        s = keep * s + take * g**2
        if row.method == "Adam":
            m = 0.9 * m + 0.1 * g
            direction, correction = m / (1 - 0.9**k), 1 - row.decay**k
        if row.place == "hat":
            steps.append(direction * np.sqrt(correction) / (np.sqrt(s) + row.eps))
        elif row.place == "inside":
            steps.append(direction / np.sqrt(s / correction + row.eps))
        else:
            steps.append(direction / (np.sqrt(s / correction) + row.eps))
    return np.array(steps)


class Decay(NamedTuple):
    """How one code spells weight decay: `beside` the gradient or inside it, and by what factor."""

    source: str
    spelling: str
    beside: bool
    factor: str


DECAY = (
    Decay("optedu", "AdamW(weight_decay=0.01)", True, "α λ"),
    Decay("optedu", "AdamL2(weight_decay=0.01)", False, "λ"),
    Decay("PyTorch", "AdamW(weight_decay=0.01)", True, "α λ"),
    Decay("PyTorch", "Adam(weight_decay=0), SGD(weight_decay=0)", False, "λ"),
    Decay("Keras", "Adam(weight_decay=None), AdamW(weight_decay=0.004)", True, "α λ"),
    Decay("Keras", "kernel_regularizer=L2(0.01)", False, "2 λ"),
    Decay("optax", "adamw(weight_decay=1e-4)", True, "α λ"),
    Decay("optax", "chain(add_decayed_weights(0.01), adam(lr))", False, "λ"),
    Decay("fast.ai", "Adam(wd=0.01, decouple_wd=True)", True, "α λ"),
    Decay("fast.ai", "Adam(wd=0.01, decouple_wd=False)", False, "λ"),
)
