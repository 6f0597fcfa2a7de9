"""One valid call of each public name of optedu.momentum, for tests/test_bad_input.py."""

import numpy as np

from optedu.momentum import Momentum, Nesterov
from tests.calls.descent import LONGER, POINT, bowl

CALLS = {
    "look_ahead": {"value_and_grad": bowl, "params": POINT, "rule": Nesterov()},
    "descend_with_restart": {
        "value_and_grad": bowl,
        "params": POINT,
        "rule": Nesterov(),
        "criterion": "loss",
    },
    "effective_learning_rate": {"rule": Momentum()},
    "recurrence": {"rule": Momentum(), "curvature": 1.0},
    "spectral_radius": {"rule": Momentum(), "curvature": 1.0},
    "stability_limit": {"rule": Momentum()},
    "critical_momentum": {"learning_rate": 0.5, "curvature": 1.0},
    "optimal_heavy_ball": {"smoothness": 10.0, "strong_convexity": 1.0},
    "standard_nesterov": {"smoothness": 10.0, "strong_convexity": 1.0},
    "convert": {
        "learning_rate": 0.1,
        "momentum": 0.9,
        "source": "sum",
        "target": "damped",
        "dampening": 0.5,
    },
    "convert_velocity": {
        "velocity": np.array([1.0, 2.0]),
        "learning_rate": 0.1,
        "momentum": 0.9,
        "source": "sum",
        "target": "damped",
        "dampening": 0.5,
    },
}
UPHILL = "curvature is negative at a saddle, and zero on a plain: the mode moves away, or stays"
ALLOWED = {
    ("look_ahead", "params", "shape"): LONGER,
    ("descend_with_restart", "params", "shape"): LONGER,
    ("convert_velocity", "velocity", "shape"): LONGER,
    **{
        (name, "curvature", kind): UPHILL
        for name in ("recurrence", "spectral_radius")
        for kind in ("negative", "zero")
    },
}
RECORDS = {"Convention": "a row of the table of conventions"}
