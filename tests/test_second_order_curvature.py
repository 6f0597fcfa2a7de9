"""Hessians and their products with vectors, against formulas and against their own algebra."""

import numpy as np
import pytest

from optedu.models import Logistic
from optedu.problems import PROBLEMS, mixed_partials, quadratic, rosenbrock
from optedu.second_order import hessian, hvp

METHODS = ("central", "forward", "complex")
# Central differences err by about h² = 4e-11 times third derivatives, and by 1e-16 / h of the
# gradient; forward differences by h = 1e-8; a complex step by rounding alone.
TOLERANCES = {"central": 1e-8, "forward": 1e-6, "complex": 1e-13}
REAL_ONLY = {"lessard", "log_sum", "mixed_partials"}


def logistic():
    rng = np.random.RandomState(0)
    return Logistic(rng.randn(40, 5), rng.randint(2, size=40), l2=0.1)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", PROBLEMS)
def test_hessian_matches_the_formula(name, method):
    if method == "complex" and name in REAL_ONLY:
        return  # their formulas choose by comparison, or use logaddexp
    problem = PROBLEMS[name]()
    for x in np.random.RandomState(0).uniform(*problem.bounds.T, size=(5, problem.start.size)):
        expected, found = problem.hessian(x), hessian(problem.grad, x, method)
        scale = 1 + np.abs(expected).max() + np.abs(problem.grad(x)).max()
        # Third derivatives reach 1e3 times the second ones on these domains.
        slack = 1 if method == "complex" else 1e2
        np.testing.assert_allclose(found, expected, atol=slack * TOLERANCES[method] * scale)
        np.testing.assert_array_equal(found, found.T)


@pytest.mark.parametrize("method", METHODS)
def test_product_matches_the_matrix_of_a_model(method):
    model, rng = logistic(), np.random.RandomState(1)
    params, vector = rng.randn(5), rng.randn(5)
    found = hvp(model.grad, params, vector, method)
    np.testing.assert_allclose(found, model.hessian(params) @ vector, rtol=TOLERANCES[method])


@pytest.mark.parametrize("method", METHODS)
def test_product_is_linear_and_symmetric(method):
    model, rng = logistic(), np.random.RandomState(2)
    x, u, v = rng.randn(3, 5)
    Hu, Hv = (hvp(model.grad, x, w, method) for w in (u, v))
    atol = TOLERANCES[method]
    np.testing.assert_allclose(
        hvp(model.grad, x, 2 * u - 3 * v, method), 2 * Hu - 3 * Hv, atol=atol
    )
    assert u @ Hv == pytest.approx(v @ Hu, abs=10 * atol)  # two products of five terms


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("length", [2.0**-600, 2.0**-20, 2.0**600])
def test_the_length_of_the_vector_does_not_matter(method, length):
    problem, x, v = rosenbrock(), np.array([0.3, -0.7]), np.array([1.0, 2.0])
    expected = hvp(problem.grad, x, v, method)
    # A power of two changes no digit.
    np.testing.assert_array_equal(hvp(problem.grad, x, length * v, method) / length, expected)


@pytest.mark.parametrize("method", METHODS)
def test_large_parameters_get_a_large_step(method):
    A = np.array([[2.0, 1.0], [1.0, 3.0]])
    grad, x = quadratic(A).grad, [1e9, -1e9]
    # Gradients of 1e9 round by 1e-7; the smallest step is 1.5e-8 * 1e9.
    np.testing.assert_allclose(hessian(grad, x, method), A, atol=1e-7)
    np.testing.assert_allclose([hvp(grad, x, e, method) for e in np.eye(2)], A, atol=1e-7)


def test_a_zero_vector_gives_zero_without_a_gradient():
    np.testing.assert_array_equal(hvp(None_called, [1.0, 2.0], [0.0, 0.0]), [0.0, 0.0])


def None_called(params):
    raise AssertionError("no gradient is needed")


@pytest.mark.parametrize(("method", "count"), [("central", 2), ("forward", 2), ("complex", 1)])
def test_a_product_costs_two_gradients_at_most(method, count):
    calls, problem = [], rosenbrock()

    def grad(params):
        calls.append(params.copy())
        params += 1  # what a function does to its argument is not seen outside
        return problem.grad(params - 1)

    x = np.array([1.0, 2.0])
    hvp(grad, x, [1.0, 0.0], method)
    assert len(calls) == count
    np.testing.assert_array_equal(x, [1.0, 2.0])
    hessian(grad, x, method)
    assert len(calls) == count * 3


def test_central_differences_are_of_second_order():
    exact = hvp(lambda x: x**3, [1.0], [1.0], "complex")
    errors = [abs(hvp(lambda x: x**3, [1.0], [1.0], m) - exact).item() for m in METHODS[:2]]
    assert errors[0] < errors[1] / 20  # 1e-10 against 1e-8


def test_the_hessian_of_a_function_without_continuous_second_derivatives_is_not_symmetric():
    problem = mixed_partials()
    rows = [hvp(problem.grad, [0.0, 0.0], e) for e in np.eye(2)]
    np.testing.assert_allclose([rows[1][0], rows[0][1]], [-1, 1], rtol=1e-10)
    np.testing.assert_allclose(hessian(problem.grad, [0.0, 0.0]), 0, atol=1e-10)


def test_single_precision_is_kept():
    x = np.array([1.0, 2.0], np.float32)
    for method in METHODS:
        assert hessian(lambda x: x**2, x, method).dtype == np.float32
        assert hvp(lambda x: x**2, x, x, method).dtype == np.float32


def test_a_gradient_that_drops_the_imaginary_part_is_refused():
    with pytest.raises(ValueError, match=r"grad must return complex .* method='central'"):
        hvp(lambda x: x.real, [1.0], [1.0], "complex")
