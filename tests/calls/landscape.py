"""One valid call of each public name of optedu.landscape, for tests/test_bad_input.py."""

import numpy as np

from optedu.descent import GradientDescent, descend

POINT = np.array([1.0, 2.0])
GRID = np.array([-1.0, 0.0, 1.0])
BLOCKS = {
    "W1": (slice(0, 6), (2, 3)),
    "b1": (slice(6, 9), (3,)),
    "W2": (slice(9, 15), (3, 2)),
    "b2": (slice(15, 17), (2,)),
}
NETWORK = np.linspace(-1.0, 1.0, 17)


def bowl(params):
    """Return half the squared distance to 0, and its gradient."""
    return 0.5 * float(np.vdot(params, params)), params


def loss(params):
    """Return half the squared distance to 0."""
    return bowl(params)[0]


def hvp(v):
    """Return the product with diag(1, 2)."""
    return np.array([1.0, 2.0]) * v


def rng():
    """Return a fresh generator."""
    return np.random.default_rng(0)


CALLS = {
    "inertia": {"hessian": np.array([[1.0, 2.0], [2.0, 1.0]]), "tol": 1e-8},
    "classify_critical_point": {"hessian": np.array([[1.0, 2.0], [2.0, 1.0]]), "tol": 1e-8},
    "goe": {"n": 3, "rng": rng(), "n_draws": 2},
    "escape_steps": {"offset": 0.01, "learning_rate": 0.1, "curvature": 1.0, "distance": 1.0},
    "perturbed_gradient_descent": {
        "value_and_grad": bowl,
        "params": POINT,
        "learning_rate": 0.1,
        "rng": rng(),
        "radius": 0.01,
        "grad_tol": 1e-3,
        "wait": 10,
        "min_decrease": 1e-5,
    },
    "random_direction": {"shape": 4, "rng": rng()},
    "filter_normalize": {
        "direction": NETWORK[::-1].copy(),
        "params": NETWORK,
        "blocks": BLOCKS,
        "biases": "zero",
    },
    "slice_1d": {"loss": loss, "params": POINT, "direction": POINT + 1, "alphas": GRID},
    "slice_2d": {
        "loss": loss,
        "params": POINT,
        "direction1": POINT + 1,
        "direction2": POINT - 1,
        "alphas": GRID,
        "betas": GRID,
    },
    "path_plane": {"path": np.array([[2.0, 1.0, 0.0], [1.0, 0.0, 0.5], [0.0, 0.0, 0.0]])},
    "permute_hidden": {
        "params": NETWORK,
        "blocks": BLOCKS,
        "permutation": np.array([2, 0, 1]),
        "layer": 1,
    },
    "rescale_relu": {
        "params": NETWORK,
        "blocks": BLOCKS,
        "factors": np.array([1.0, 2.0, 3.0]),
        "layer": 1,
    },
    "align_hidden_units": {"params": NETWORK, "reference": NETWORK[::-1].copy(), "blocks": BLOCKS},
    "interpolate": {"loss": loss, "params_a": POINT, "params_b": -POINT, "n_points": 5},
    "barrier": {"losses": np.array([0.0, 3.0, 2.0])},
    "power_iteration": {
        "hvp": hvp,
        "n": 2,
        "rng": rng(),
        "shift": 1.0,
        "tol": 1e-6,
        "max_products": 10,
    },
    "lanczos": {
        "hvp": hvp,
        "n": 2,
        "n_steps": 2,
        "rng": rng(),
        "tol": 1e-6,
        "ends": "top",
        "start": POINT,
    },
    "top_eigenvalue": {"hvp": hvp, "n": 2, "rng": rng(), "tol": 1e-6, "max_products": 5},
    "extreme_eigenvalues": {"hvp": hvp, "n": 2, "rng": rng(), "tol": 1e-6, "max_products": 5},
    "spectral_density": {"hvp": hvp, "n": 2, "rng": rng(), "n_probes": 2, "n_steps": 2},
    "hessian_trace": {"hvp": hvp, "n": 2, "rng": rng(), "n_probes": 2},
    "track_sharpness": {
        "iterates": descend(bowl, POINT, GradientDescent()),
        "hvp_at": lambda params: hvp,
        "rng": rng(),
        "every": 1,
        "tol": 1e-3,
        "max_products": 5,
    },
}
LONGER = "more numbers are a longer list"
ALLOWED = {
    ("perturbed_gradient_descent", "params", "shape"): "more points are more dimensions",
    ("slice_1d", "alphas", "shape"): LONGER,
    ("slice_2d", "alphas", "shape"): LONGER,
    ("slice_2d", "betas", "shape"): LONGER,
    ("path_plane", "path", "shape"): LONGER,
    ("barrier", "losses", "shape"): LONGER,
}
RECORDS = {"SpectralDensity": "what spectral_density returns, not built by hand"}
