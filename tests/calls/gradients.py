"""One valid call of each public name of optedu.gradients, for tests/test_bad_input.py."""

import numpy as np


def square(x):
    """Return the sum of squares, a number."""
    return np.sum(x**2)


def square_grad(x):
    """Return its gradient."""
    return 2 * x


def shifted_squares(x, shifts):
    """Return the sum of squares after each shift alone."""
    return x @ x + (2 * x + shifts) * shifts


POINT = np.array([1.0, 2.0])

CALLS = {
    "angle": {"u": POINT, "v": np.array([2.0, -1.0])},
    "worst_angle": {"smoothness": 10.0, "strong_convexity": 1.0},
    "numerical_gradient": {"f": square, "x": POINT, "h": 1e-5, "scheme": "central"},
    "directional_derivative": {
        "f": square,
        "x": POINT,
        "direction": np.array([0.6, 0.8]),
        "h": 1e-5,
        "scheme": "central",
    },
    "difference_error": {
        "h": 1e-5,
        "scheme": "central",
        "value": 1.0,
        "derivative": 1.0,
        "dtype": "float64",
    },
    "best_step": {"scheme": "central", "value": 1.0, "derivative": 1.0, "dtype": "float64"},
    "relative_error": {"a": POINT, "b": np.array([1.0, 2.5])},
    "complex_step_gradient": {"f": square, "x": POINT, "h": 1e-200},
    "ridders_gradient": {"f": square, "x": POINT},
    "gradient_check": {
        "f": square,
        "grad": square_grad,
        "x": POINT,
        "method": "full",
        "shifted_losses": shifted_squares,
        "n_directions": 2,
        "tol": 1e-7,
        "rng": np.random.default_rng(0),
    },
    "hessian_check": {
        "grad": square_grad,
        "hessian": lambda x: 2 * np.eye(x.size),
        "x": POINT,
        "n_directions": 2,
        "tol": 1e-7,
        "rng": np.random.default_rng(0),
    },
    "random_search": {
        "loss": square,
        "shape": 2,
        "n_draws": 5,
        "rng": np.random.default_rng(0),
        "scale": 1.0,
    },
    "random_local_search": {
        "loss": square,
        "start": POINT,
        "n_steps": 5,
        "rng": np.random.default_rng(0),
        "scale": 1.0,
    },
}
ANY_SHAPE = "parameters may have any shape"
ALLOWED = {
    (name, argument, "shape"): ANY_SHAPE
    for name, argument in [
        ("numerical_gradient", "x"),
        ("complex_step_gradient", "x"),
        ("ridders_gradient", "x"),
        ("gradient_check", "x"),
        ("hessian_check", "x"),
        ("random_local_search", "start"),
    ]
}
RECORDS = {"GradientReport": "what a check has found"}
