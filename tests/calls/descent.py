"""One valid call of each public name of optedu.descent, for tests/test_bad_input.py."""

import numpy as np

from optedu.descent import GradientDescent, descend


def bowl(params):
    """Return half the squared distance to 0, and its gradient."""
    return 0.5 * float(np.vdot(params, params)), params


ERRORS = 0.5 ** np.arange(20)
POINT = np.array([1.0, 2.0])

CALLS = {
    "descend": {
        "value_and_grad": bowl,
        "params": POINT,
        "rule": GradientDescent(),
        "schedule": lambda step: 0.1,
    },
    "descend_by_search": {
        "value_and_grad": bowl,
        "params": POINT,
        "search": lambda loss, params, direction, grads: 0.1,
    },
    "minimize": {
        "value_and_grad": bowl,
        "params": POINT,
        "rule": GradientDescent(),
        "max_steps": 5,
        "grad_tol": 1e-8,
        "step_tol": 1e-8,
        "keep_every": 1,
    },
    "follow": {
        "iterates": descend(bowl, POINT, GradientDescent()),
        "max_steps": 5,
        "grad_tol": 1e-8,
        "step_tol": 1e-8,
        "keep_every": 1,
    },
    "backtracking": {
        "loss": lambda x: 0.5 * float(np.vdot(x, x)),
        "params": POINT,
        "direction": -POINT,
        "grads": POINT,
        "initial_step": 1.0,
        "c": 1e-4,
        "shrink": 0.5,
        "max_shrinks": 100,
    },
    "curvature_bounds": {"hessian": np.array([[2.0, 1.0], [1.0, 3.0]])},
    "rate": {"learning_rate": 0.1, "smoothness": 10.0, "strong_convexity": 1.0},
    "best_learning_rate": {"smoothness": 10.0, "strong_convexity": 1.0},
    "measure_rate": {"errors": ERRORS},
    "classify_convergence": {"errors": ERRORS},
}
ENDS = "the first infinity or NaN ends the sequence"
LONGER = "more points are more runs, or a longer sequence"
ALLOWED = {
    ("measure_rate", "errors", "nan"): ENDS,
    ("measure_rate", "errors", "inf"): ENDS,
    ("classify_convergence", "errors", "nan"): "a run that leaves the numbers diverges",
    ("classify_convergence", "errors", "inf"): "a run that leaves the numbers diverges",
    ("descend", "params", "shape"): LONGER,
    ("descend_by_search", "params", "shape"): LONGER,
    ("minimize", "params", "shape"): LONGER,
    ("measure_rate", "errors", "shape"): LONGER,
    ("classify_convergence", "errors", "shape"): LONGER,
}
RECORDS = {"Trace": "what a run leaves behind"}
