"""Every derivative against differences of what it is the derivative of."""

import numpy as np
import pytest

from optedu import problems
from optedu.problems import PROBLEMS, Problem, diagonal_quadratic, quadratic

# Their formulas choose by comparison or use logaddexp, neither of which takes complex numbers.
REAL_ONLY = {"lessard", "log_sum", "mixed_partials"}

GENERAL = {
    "quadratic": lambda: quadratic([[3.0, 1.0], [1.0, 2.0]], [1.0, -1.0]),
    "diagonal_quadratic": lambda: diagonal_quadratic([1.0, 10.0, 100.0]),
    "rastrigin in 4": lambda: problems.rastrigin(4),
    "michalewicz in 4": lambda: problems.michalewicz(4),
}
ALL = PROBLEMS | GENERAL

pytestmark = pytest.mark.parametrize("name", ALL)


def points(problem, count=40):
    rng = np.random.default_rng(0)
    return rng.uniform(*problem.bounds.T, size=(count, len(problem.start)))


def differences(function, x, name):
    """Return the derivatives of `function` along each axis, and how far to trust them."""
    directions = np.eye(x.shape[-1])
    if name not in REAL_ONLY:
        # No subtraction, so no cancellation: the error is rounding alone.
        columns = [function(x + 1e-30j * e).imag / 1e-30 for e in directions]
        return np.stack(columns, axis=-1), 1e-12
    # Central differences err by h² f''' / 6 + 1e-16 |f| / h, about 1e-10; near the origin
    # Peano's third derivatives grow like 1/r.
    columns = [(function(x + 1e-5 * e) - function(x - 1e-5 * e)) / 2e-5 for e in directions]
    return np.stack(columns, axis=-1), 1e-7


def test_gradient_is_the_derivative_of_the_value(name):
    problem = ALL[name]()
    x = points(problem)
    expected, tolerance = differences(problem.value, x, name)
    scale = 1 + np.abs(expected).max()
    np.testing.assert_allclose(problem.grad(x), expected, atol=tolerance * scale, rtol=0)


def test_hessian_is_the_derivative_of_the_gradient(name):
    problem = ALL[name]()
    x = points(problem)
    expected, tolerance = differences(problem.grad, x, name)
    scale = 1 + np.abs(expected).max()
    np.testing.assert_allclose(problem.hessian(x), expected, atol=tolerance * scale, rtol=0)


def test_minimizer_is_a_minimum(name):
    problem = ALL[name]()
    if problem.minimizer is None:
        assert problem.minimum is None
        return
    curvatures = np.linalg.eigvalsh(problem.hessian(problem.minimizer))
    # A minimizer rounded to 1e-16 of its size has a gradient of that times the curvature.
    bound = 1e-15 * max(1, curvatures[-1]) * (1 + np.abs(problem.minimizer).max())
    np.testing.assert_allclose(problem.grad(problem.minimizer), 0, atol=4 * bound)
    assert curvatures[0] >= 0
    assert problem.minimum == problem.value(problem.minimizer)


def test_nothing_drawn_lies_below_the_minimum(name):
    problem = ALL[name]()
    if problem.minimum is not None:
        # The minimum itself is a rounded number, of terms no larger than about 100.
        assert problem.value(points(problem, 20_000)).min() >= problem.minimum - 1e-13


def test_a_batch_equals_its_points(name):
    problem = ALL[name]()
    n = len(problem.start)
    x = points(problem, 6).reshape(2, 3, n)
    for function, shape in [
        (problem.value, (2, 3)),
        (problem.grad, (2, 3, n)),
        (problem.hessian, (2, 3, n, n)),
    ]:
        together = function(x)
        assert together.shape == shape
        single = np.array([[function(point) for point in row] for row in x])
        # A sum may be taken in another order.
        np.testing.assert_allclose(together, single, rtol=1e-13, atol=1e-13)


def test_value_and_grad_are_the_value_and_the_gradient(name):
    problem = ALL[name]()
    loss, grads = problem.value_and_grad(problem.start)
    assert loss == problem.value(problem.start)
    np.testing.assert_array_equal(grads, problem.grad(problem.start))


def test_takes_lists_and_integers_and_leaves_its_argument_alone(name):
    problem = ALL[name]()
    whole = np.ones(len(problem.start), dtype=int)
    np.testing.assert_array_equal(problem.grad(whole), problem.grad(whole.astype(float)))
    np.testing.assert_array_equal(problem.grad(whole.tolist()), problem.grad(whole))
    x = points(problem, 3)
    before = x.copy()
    problem.value(x), problem.grad(x), problem.hessian(x)
    np.testing.assert_array_equal(x, before)


def test_results_belong_to_the_caller(name):
    problem = ALL[name]()
    for function in (problem.grad, problem.hessian):
        expected = function(problem.start).copy()
        mine = function(problem.start)
        mine += 1
        np.testing.assert_array_equal(function(problem.start), expected)
    with pytest.raises(ValueError, match="read-only"):
        problem.start += 1


def test_refuses_the_wrong_number_of_coordinates(name):
    problem = ALL[name]()
    for function in (problem.value, problem.grad, problem.hessian):
        for bad in (np.ones(len(problem.start) + 1), 1.0):
            with pytest.raises(ValueError, match="params must have"):
                function(bad)


def test_can_be_drawn(name):
    problem = ALL[name]()
    assert isinstance(problem, Problem)
    low, high = problem.bounds.T
    assert np.all(low < high)
    for point in (problem.start, problem.minimizer):
        if point is not None:
            assert np.all((low <= point) & (point <= high))
