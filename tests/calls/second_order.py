"""One valid call of each public name of optedu.second_order, for tests/test_bad_input.py."""

import numpy as np

from optedu.problems import rosenbrock

PROBLEM = rosenbrock()
POINT = np.array([-1.2, 1.0])
GRADS = PROBLEM.grad(POINT)
MATRIX = np.array([[2.0, 1.0], [1.0, 3.0]])


def residuals(params):
    """Return the two residuals whose half sum of squares is the Rosenbrock function."""
    if params.shape != (2,):
        raise ValueError(f"params must have shape (2,); got {params.shape}")
    return np.array([10 * (params[1] - params[0] ** 2), 1 - params[0]]) * 2**0.5


def jacobian(params):
    """Return the derivatives of the residuals."""
    return np.array([[-20 * params[0], 10.0], [-1.0, 0.0]]) * 2**0.5


SEARCH = {"value_and_grad": PROBLEM.value_and_grad, "params": POINT, "c1": 1e-4, "c2": 0.9}

CALLS = {
    "hessian": {"grad": PROBLEM.grad, "params": POINT, "method": "central"},
    "hvp": {"grad": PROBLEM.grad, "params": POINT, "vector": GRADS, "method": "central"},
    "strong_wolfe": {
        **SEARCH,
        "direction": -GRADS,
        "loss": float(PROBLEM.value(POINT)),
        "grads": GRADS,
        "initial_step": 1e-3,
        "max_evaluations": 40,
    },
    "descend_along": {**SEARCH, "direction": lambda params, grads: -grads},
    "newton": {
        "value_and_grad": PROBLEM.value_and_grad,
        "hessian": PROBLEM.hessian,
        "params": POINT,
        "damped": True,
        "safeguard": "absolute",
    },
    "bfgs_update": {"inverse_hessian": MATRIX, "s": np.array([1.0, 0.5]), "y": np.ones(2)},
    "two_loop": {"grads": GRADS, "pairs": [(np.array([1.0, 0.5]), np.ones(2))]},
    "bfgs": SEARCH,
    "lbfgs": {**SEARCH, "memory": 5},
    "cg": {"A": MATRIX, "b": np.array([1.0, 2.0]), "x0": np.array([0.5, -1.0])},
    "newton_cg": {**SEARCH, "hvp": lambda params: lambda v: PROBLEM.hessian(params) @ v},
    "gauss_newton": {"residuals": residuals, "jacobian": jacobian, "params": POINT},
    "levenberg_marquardt": {
        "residuals": residuals,
        "jacobian": jacobian,
        "params": POINT,
        "damping": 1e-3,
        "scaling": "marquardt",
    },
}
ALLOWED = {
    ("two_loop", "pairs", "empty"): "without pairs the matrix is the identity",
    ("two_loop", "pairs", "shape"): "one more row is one more pair",
}
