"""One valid call of each public name of optedu.convex, for tests/test_bad_input.py."""

import numpy as np

from optedu.convex import huber, huber_weights, mirror_descent, project_box, soft_threshold

A = np.array([[1.0, 2.0], [3.0, -1.0], [0.5, 1.0]])
b = np.array([1.0, 2.0, 3.0])
POINT = np.array([0.5, 0.5])
LEFT = np.array([[1.0, 2.0], [0.5, 1.0], [2.0, 1.0]])
RIGHT = np.array([[1.0, 0.5, 1.0, 2.0], [2.0, 1.0, 0.5, 1.0]])


def bowl(params):
    """Return the squared distance to (1, -1), and its gradient."""
    away = params - np.array([1.0, -1.0])
    return float(np.sum(away**2)), 2 * away


def vertex(grads):
    """Return the vertex of the simplex with the smallest slope."""
    return np.eye(2)[np.argmin(grads)]


def bend(direction):
    """Return the curvature of the bowl along a direction."""
    return 2 * float(np.sum(direction**2))


def size(params):
    """Return the norm that a soft threshold is the prox of."""
    return float(np.sum(np.abs(params)))


CALLS = {
    "solve": {
        "iterates": mirror_descent(bowl, POINT, 0.1),
        "tol": 1e-3,
        "max_steps": 1000,
    },
    "soft_threshold": {"point": POINT, "threshold": 0.1},
    "prox_l2": {"point": POINT, "step": 0.1},
    "prox_l2_squared": {"point": POINT, "step": 0.1},
    "huber": {"residuals": POINT, "M": 1.0},
    "prox_huber": {"point": POINT, "step": 0.1, "M": 1.0},
    "prox_least_squares": {"A": A, "b": b},
    "conjugate_prox": {"prox": soft_threshold, "point": POINT, "step": 0.1},
    "project_nonnegative": {"point": POINT},
    "project_box": {"point": POINT, "low": np.zeros(2), "high": np.ones(2)},
    "project_l2_ball": {"point": POINT, "radius": 1.0},
    "project_simplex": {"point": POINT, "total": 1.0},
    "project_l1_ball": {"point": POINT, "radius": 1.0},
    "project_halfspace": {"point": POINT, "normal": np.ones(2), "offset": 1.0},
    "project_affine": {"point": POINT, "A": A[:1], "b": b[:1]},
    "project_consensus": {"points": A},
    "ista": {
        "value_and_grad": bowl,
        "prox": soft_threshold,
        "params": POINT,
        "smoothness": 2.0,
        "penalty": size,
    },
    "fista": {
        "value_and_grad": bowl,
        "prox": soft_threshold,
        "params": POINT,
        "smoothness": 2.0,
        "penalty": size,
    },
    "projected_gradient": {
        "value_and_grad": bowl,
        "project": lambda point: project_box(point, 0, 1),
        "params": POINT,
        "smoothness": 2.0,
    },
    "lasso_gap": {"A": A, "b": b, "weight": 0.1, "params": POINT},
    "coordinate_descent": {"A": A, "b": b, "weight": 0.1, "params": POINT},
    "admm": {
        "prox_f": soft_threshold,
        "prox_g": soft_threshold,
        "params": POINT,
        "prox_step": 1.0,
        "operator": lambda x: 2 * x,
        "adjoint": lambda z: 2 * z,
        "objective": lambda x, z: size(x) + size(z),
        "relaxation": 1.5,
    },
    "pdhg": {
        "prox_f": soft_threshold,
        "prox_g": soft_threshold,
        "operator": lambda x: A @ x,
        "adjoint": lambda y: A.T @ y,
        "params": POINT,
        "primal_step": 0.1,
        "dual_step": 0.1,
        "dual": np.zeros(3),
        "objective": lambda x: size(x) + size(A @ x),
        "bound": lambda y: 0.0,
    },
    "diagonal_steps": {"K": A, "balance": 1.0},
    "alternating_projections": {"projections": [lambda x: project_box(x, 0, 1)], "params": POINT},
    "dykstra": {"projections": [lambda x: project_box(x, 0, 1)], "params": POINT},
    "simplex_vertex": {"grads": POINT, "total": 1.0},
    "l1_ball_vertex": {"grads": POINT, "radius": 1.0},
    "frank_wolfe": {
        "value_and_grad": bowl,
        "oracle": vertex,
        "params": POINT,
        "curvature": bend,
    },
    "away_frank_wolfe": {
        "value_and_grad": bowl,
        "oracle": vertex,
        "params": np.array([0.0, 1.0]),
        "curvature": bend,
    },
    "mirror_descent": {"value_and_grad": bowl, "params": POINT, "learning_rate": 0.1},
    "huber_weights": {"residuals": POINT, "M": 1.0},
    "irls": {
        "A": A,
        "b": b,
        "values": huber,
        "weights": huber_weights,
        "params": POINT,
    },
    "nnls": {"A": A, "b": b},
    "nmf_nnls": {"A": LEFT @ RIGHT, "Y": LEFT, "X": RIGHT},
    "nmf_hals": {"A": LEFT @ RIGHT, "Y": LEFT, "X": RIGHT},
    "nmf_multiplicative": {"A": LEFT @ RIGHT, "Y": LEFT, "X": RIGHT},
}
MORE = "leading axes are more points, and a longer last axis is another space"
YOURS = "params have the shape that the functions take"
ALLOWED = (
    {
        ("project_box", "high", "inf"): "an infinite bound does not bound",
        ("conjugate_prox", "point", "shape"): MORE,
        ("alternating_projections", "projections", "shape"): "a set more",
        ("dykstra", "projections", "shape"): "a set more",
        ("diagonal_steps", "K", "shape"): "another matrix",
    }
    | {
        (name, argument, "shape"): MORE
        for name, argument in [
            ("soft_threshold", "point"),
            ("prox_l2", "point"),
            ("prox_l2_squared", "point"),
            ("prox_huber", "point"),
            ("huber", "residuals"),
            ("huber_weights", "residuals"),
            ("project_nonnegative", "point"),
            ("project_box", "point"),
            ("project_halfspace", "point"),
            ("project_affine", "point"),
            ("project_l2_ball", "point"),
            ("project_simplex", "point"),
            ("project_l1_ball", "point"),
            ("project_consensus", "points"),
            ("simplex_vertex", "grads"),
            ("l1_ball_vertex", "grads"),
        ]
    }
    | {
        (name, "params", "shape"): YOURS
        for name in [
            "ista",
            "fista",
            "projected_gradient",
            "admm",
            "pdhg",
            "alternating_projections",
            "dykstra",
            "frank_wolfe",
            "away_frank_wolfe",
        ]
    }
)
