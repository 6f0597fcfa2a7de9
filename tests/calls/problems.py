"""One valid call of each public name of optedu.problems, for tests/test_bad_input.py."""

import numpy as np

CALLS = {
    "Problem": {
        "name": "Bowl",
        "value": lambda x: float(np.sum(np.square(x))),
        "grad": lambda x: 2 * np.asarray(x),
        "hessian": lambda x: 2 * np.eye(2),
        "start": np.array([1.0, 2.0]),
        "minimizer": np.array([0.0, 0.0]),
        "bounds": np.array([[-1.0, 1.0], [-1.0, 1.0]]),
    },
    "quadratic": {"A": np.array([[2.0, 1.0], [1.0, 3.0]]), "b": np.array([1.0, 2.0])},
    "diagonal_quadratic": {"eigenvalues": np.array([1.0, 2.0])},
    "rastrigin": {"dimension": 2},
    "michalewicz": {"dimension": 2},
}
ALLOWED = {
    ("Problem", "start", "shape"): "the start says how many coordinates the others must have",
    ("Problem", "name", "not_text"): "any text is a title",
    ("diagonal_quadratic", "eigenvalues", "shape"): "one more eigenvalue is one more dimension",
}
