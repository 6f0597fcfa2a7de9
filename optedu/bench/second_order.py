"""Quasi-Newton methods against scipy's, to the same gradient on the same functions."""

import numpy as np

from optedu.bench.timing import Case
from optedu.datasets import load_breast_cancer, load_digits, standardize
from optedu.models import Logistic, Softmax
from optedu.second_order import bfgs, lbfgs

GRAD_TOL = 1e-6


def against_scipy(threads):
    """Yield cases against scipy.optimize.minimize."""
    del threads
    digits, labels = load_digits()
    digits = Softmax(_with_ones(digits[:500] / 16), labels[:500].astype(int), l2=1e-3)
    cancer = Logistic(
        _with_ones(standardize(load_breast_cancer()[0])), load_breast_cancer()[1], 0.01
    )
    problems = [
        ("L-BFGS", "at most 100 numbers", "Rosenbrock, n = 2", chained, _start(2), 1 / 0.85),
        ("L-BFGS", "at most 100 numbers", "Rosenbrock, n = 100", chained, _start(100), 1 / 0.85),
        (
            "L-BFGS",
            "at most 100 numbers",
            "logistic, n = 31",
            cancer.value_and_grad,
            np.zeros(31),
            1 / 0.85,
        ),
        ("L-BFGS", "10,000 numbers", "pairs of Rosenbrock", paired, _start(10_000), 1 / 0.3),
        ("L-BFGS", "1,000,000 numbers", "pairs of Rosenbrock", paired, _start(1_000_000), 1 / 0.45),
        ("BFGS", "100 numbers", "Rosenbrock", chained, _start(100), 4),
        ("BFGS", "650 numbers", "softmax of digits", digits.value_and_grad, np.zeros(650), 15),
    ]
    for method, size, detail, function, start, target in problems:
        ours = _ours({"L-BFGS": lbfgs, "BFGS": bfgs}[method], function, start)
        theirs = _scipy({"L-BFGS": "L-BFGS-B", "BFGS": "BFGS"}[method], function, start)
        yield Case(
            f"{method} on {size}, against scipy",
            detail,
            ours,
            theirs,
            target,
            f"evaluations {ours()} and {theirs()}",
            rounds=9 if start.size < 100_000 else 3,
        )


def chained(x):
    """Return Rosenbrock's function of n numbers, each valley leading into the next."""
    left, right = x[:-1], x[1:]
    bend = right - left * left
    grads = np.zeros_like(x)
    grads[1:] = 200 * bend
    grads[:-1] -= 400 * left * bend + 2 * (1 - left)
    return float(100 * bend @ bend + (1 - left) @ (1 - left)), grads


def paired(x):
    """Return the sum of Rosenbrock's function over pairs of numbers."""
    left, right = x[::2], x[1::2]
    bend = right - left * left
    grads = np.empty_like(x)
    grads[1::2] = 200 * bend
    grads[::2] = -400 * left * bend - 2 * (1 - left)
    return float(100 * bend @ bend + (1 - left) @ (1 - left)), grads


def _start(n):
    return np.resize([-1.2, 1.0], n)


def _with_ones(X):
    return np.column_stack([X, np.ones(len(X))])


def _ours(method, function, start):
    def run():
        calls = _Counted(function)
        for iterate in method(calls, start):
            if np.abs(iterate.grads).max() <= GRAD_TOL:
                return calls.count
        raise RuntimeError("the method ended before the tolerance")

    return run


def _scipy(name, function, start):
    from scipy.optimize import minimize

    options = {"gtol": GRAD_TOL, "maxiter": 20_000}
    if name == "L-BFGS-B":
        options |= {"maxcor": 10, "ftol": 0.0, "maxfun": 100_000}

    def run():
        return minimize(function, start, jac=True, method=name, options=options).nfev

    return run


class _Counted:
    def __init__(self, function):
        self.function, self.count = function, 0

    def __call__(self, x):
        self.count += 1
        return self.function(x)
