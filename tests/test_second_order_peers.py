"""The same optima as SciPy's, for as many evaluations."""

from itertools import takewhile

import numpy as np
import pytest

from optedu import datasets
from optedu.models import Logistic, Softmax
from optedu.problems import beale, himmelblau, rosenbrock
from optedu.second_order import bfgs, cg, gauss_newton, lbfgs, levenberg_marquardt, newton_cg
from tests.peers import peer
from tests.test_second_order_least_squares import decay
from tests.test_second_order_quasi_newton import extended_rosenbrock

optimize = peer("scipy.optimize")
sparse_linalg = peer("scipy.sparse.linalg")

GRAD_TOL = 1e-6


def tiled_rosenbrock(n):
    return extended_rosenbrock(n)[0], np.tile([-1.2, 1.0], n // 2)


def breast_cancer():
    X, y = datasets.load_breast_cancer()
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    model = Logistic(np.column_stack([X, np.ones(len(X))]), y, l2=1e-3)
    return model.value_and_grad, np.zeros(31)


def digits():
    X, y = datasets.load_digits()
    model = Softmax(X[:300] / 16, y[:300], l2=1e-3)
    return model.value_and_grad, np.zeros(model.n_params)


def plane(make):
    problem = make()
    return problem.value_and_grad, problem.start


SMALL = {
    "rosenbrock": lambda: plane(rosenbrock),
    "beale": lambda: plane(beale),
    "himmelblau": lambda: plane(himmelblau),
    "extended 10": lambda: extended_rosenbrock(10),
    "tiled 10": lambda: tiled_rosenbrock(10),
    "extended 100": lambda: extended_rosenbrock(100),
    "tiled 100": lambda: tiled_rosenbrock(100),
    "breast cancer": breast_cancer,
}
ALL = SMALL | {"tiled 1000": lambda: tiled_rosenbrock(1000), "digits": digits}


def counted(objective):
    def value_and_grad(x):
        value_and_grad.calls += 1
        loss, grads = objective(x)
        return float(loss), grads

    value_and_grad.calls = 0
    return value_and_grad


def ours(method, objective, start):
    """Return the first point with a gradient below the tolerance, and the evaluations."""
    value_and_grad = counted(objective)
    for it in method(value_and_grad, start):
        if np.abs(it.grads).max() <= GRAD_TOL:
            return it, value_and_grad.calls
    raise AssertionError(f"ended at step {it.step}, gradient {np.abs(it.grads).max():.3g}")


def scipys(name, objective, start):
    value_and_grad = counted(objective)
    options = {"gtol": GRAD_TOL, "maxiter": 5000} | ({"ftol": 0} if name == "L-BFGS-B" else {})
    found = optimize.minimize(value_and_grad, start, jac=True, method=name, options=options)
    return found, value_and_grad.calls


@pytest.mark.parametrize(
    ("method", "name", "problems"), [(lbfgs, "L-BFGS-B", ALL), (bfgs, "BFGS", SMALL)]
)
def test_optima_and_evaluations_are_those_of_scipy(method, name, problems):
    counts = []
    for make in problems.values():
        objective, start = make()
        (it, calls), (found, theirs) = (
            ours(method, objective, start),
            scipys(name, objective, start),
        )
        # Both gradients are below 1e-6, and a loss lies above the lowest by half its gradient's
        # square over the curvature, here at least 1e-3.
        assert it.loss == pytest.approx(float(found.fun), abs=1e-9)
        counts.append((calls, theirs))
    counts = np.array(counts)
    # Different roundings lead through a winding valley on different ways, so one problem says
    # little; all of them together may cost a tenth more.
    assert np.all(counts[:, 0] <= 1.25 * counts[:, 1])
    assert counts[:, 0].sum() <= 1.1 * counts[:, 1].sum()


def test_newton_cg_reaches_scipys_optimum():
    X, y = datasets.load_breast_cancer()
    model = Logistic((X - X.mean(axis=0)) / X.std(axis=0), y, l2=1e-3)
    it, _ = ours(lambda f, x: newton_cg(f, model.hvp, x), model.value_and_grad, np.zeros(30))
    found = optimize.minimize(
        model.value_and_grad, np.zeros(30), jac=True, hess=model.hessian, method="Newton-CG"
    )
    assert it.loss <= found.fun + 1e-9


def test_cg_visits_the_points_of_scipys():
    rng = np.random.RandomState(0)
    M = rng.randn(20, 20)
    A, b, theirs = M @ M.T + 10 * np.eye(20), rng.randn(20), [np.zeros(20)]
    sparse_linalg.cg(A, b, maxiter=12, rtol=0, callback=lambda x: theirs.append(x.copy()))
    for it in takewhile(lambda it: it.step <= 12, cg(A, b)):
        # Two orders of rounding drift apart as conjugacy is lost, by less than 5 a step.
        np.testing.assert_allclose(it.params, theirs[it.step], atol=1e-12)


@pytest.mark.parametrize("scaling", ["identity", "marquardt"])
def test_levenberg_marquardt_fits_as_scipy_does(scaling):
    residuals, jacobian = decay(0.1)
    start = [1.0, 1.0, 0.0]
    *_, it = levenberg_marquardt(residuals, jacobian, start, scaling=scaling)
    found = optimize.least_squares(residuals, start, jacobian, method="lm", gtol=1e-12)
    np.testing.assert_allclose(it.params, found.x, rtol=1e-6)
    assert it.step <= 2 * found.nfev
    *_, it = takewhile(lambda it: it.step < 30, gauss_newton(residuals, jacobian, start))
    np.testing.assert_allclose(it.params, found.x, rtol=1e-6)
