"""What the book says about single test functions."""

import numpy as np
import pytest

from optedu import problems
from optedu.problems import PROBLEMS, diagonal_quadratic, quadratic


def test_the_register_holds_every_function_without_arguments():
    factories = {
        name
        for name, thing in vars(problems).items()
        if callable(thing)
        and getattr(thing, "__annotations__", {}).get("return") is problems.Problem
    }
    assert factories - set(PROBLEMS) == {"quadratic", "diagonal_quadratic"}
    assert set(PROBLEMS) <= factories


def test_quadratic_solves_its_normal_equations():
    rng = np.random.default_rng(0)
    G, b = rng.standard_normal((4, 4)), rng.standard_normal(4)
    A = G @ G.T + np.eye(4)
    problem = quadratic(A, b)
    # The condition number is below 100, so a solution is good to 1e-14.
    np.testing.assert_allclose(problem.minimizer, np.linalg.solve(A, b), rtol=1e-12)
    assert problem.minimum == pytest.approx(-0.5 * b @ problem.minimizer, rel=1e-12)


def test_flat_quadratic_names_the_minimizer_of_least_norm():
    problem = quadratic([[1.0, 1.0], [1.0, 1.0]], [2.0, 2.0])
    np.testing.assert_allclose(problem.minimizer, [1.0, 1.0], rtol=1e-14)


@pytest.mark.parametrize(
    ("A", "b"), [(np.diag([1.0, -1.0]), [0.0, 0.0]), (np.diag([1.0, 0.0]), [0.0, 1.0])]
)
def test_unbounded_quadratic_has_no_minimizer(A, b):
    problem = quadratic(A, b)
    assert problem.minimizer is None
    assert problem.minimum is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[1.0, 2.0], [0.0, 1.0]],), "A must be symmetric"),
        (([1.0, 2.0],), "A must be a square matrix"),
        (([[1.0]], [1.0, 2.0]), r"b must have shape \(1,\)"),
        (([[1.0]], [np.inf]), "b must be finite"),
    ],
)
def test_quadratic_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        quadratic(*arguments)


def test_diagonal_quadratic_refuses_a_matrix():
    with pytest.raises(ValueError, match="eigenvalues must be one sequence"):
        diagonal_quadratic(np.eye(2))


def test_second_partials_of_peanos_function_do_not_commute_at_zero():
    np.testing.assert_array_equal(problems.mixed_partials().hessian([0.0, 0.0]), [[0, -1], [1, 0]])
    np.testing.assert_array_equal(problems.mixed_partials().grad([0.0, 0.0]), [0, 0])
    away = problems.mixed_partials().hessian([0.3, 0.2])
    assert away[0, 1] == away[1, 0]


def test_himmelblau_has_four_zeros():
    # The other three, to the seven digits that are usually printed: the value is the square of a
    # residual, so the digits left out cost 1e-7 times the slope of about 20, squared.
    others = [(-2.805118, 3.131313), (-3.779310, -3.283186), (3.584428, -1.848127)]
    np.testing.assert_allclose(problems.himmelblau().value(others), 0, atol=1e-10)


def test_branins_minima_share_one_value():
    minima = [(-np.pi, 12.275), (np.pi, 2.275), (3 * np.pi, 2.475)]
    # Each is a sum of terms near 10.
    np.testing.assert_allclose(problems.branin().value(minima), 10 / (8 * np.pi), atol=1e-13)


def test_booth_has_condition_number_nine():
    low, high = np.linalg.eigvalsh(problems.booth().hessian([0.0, 0.0]))
    assert high / low == pytest.approx(9, rel=1e-14)


def test_newton_on_the_soft_absolute_value_cubes():
    problem = problems.soft_absolute()
    for x in (0.9, 1.0, 1.1):
        newton = x - problem.grad([x])[0] / problem.hessian([x])[0, 0]
        assert newton == pytest.approx(-(x**3), rel=1e-14)


def test_lessards_function_is_smooth_and_strongly_convex():
    problem = problems.lessard()
    for joint in (1.0, 2.0):
        before, after = np.nextafter(joint, 0), joint
        assert problem.value([before]) == pytest.approx(problem.value([after]), rel=1e-14)
        assert problem.grad([before]) == pytest.approx(problem.grad([after]), rel=1e-14)
    curvatures = problem.hessian(np.linspace(-3, 4, 100)[:, None])
    assert (curvatures.min(), curvatures.max()) == (1, 25)


def test_the_heavy_ball_cycles_on_lessards_function():
    problem = problems.lessard()
    x, before = problem.start, problem.start
    visited = []
    for _ in range(300):
        x, before = x - problem.grad(x) / 9 + 4 / 9 * (x - before), x
        visited.append(x[0])
    # A cycle attracts: after 300 steps two rounds differ by rounding, and none of it is at 0.
    np.testing.assert_allclose(visited[-3:], visited[-6:-3], rtol=1e-9)
    assert np.ptp(visited[-3:]) > 3


def test_log_sum_does_not_overflow():
    problem = problems.log_sum()
    far = np.array([[-1e4], [1e4]])
    np.testing.assert_allclose(problem.value(far), [2e4, 1e4])
    np.testing.assert_allclose(problem.grad(far), [[-2], [1]])
    np.testing.assert_array_equal(problem.hessian(far), 0)


def test_the_saddle_is_the_plain_one_at_zero():
    here = np.zeros(2)
    np.testing.assert_array_equal(
        problems.saddle().hessian(here), problems.plain_saddle().hessian(here)
    )
