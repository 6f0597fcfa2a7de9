"""Frank-Wolfe, away steps and mirror descent: feasible always, certified at each step."""

from itertools import islice, pairwise, product

import numpy as np
import pytest

from optedu.convex import (
    away_frank_wolfe,
    fista,
    frank_wolfe,
    l1_ball_vertex,
    mirror_descent,
    project_l1_ball,
    project_simplex,
    simplex_vertex,
    solve,
)
from optedu.descent import classify_convergence
from tests.lab_problems import PORTFOLIO_OPTIMA, portfolio, squares

CORNER = np.eye(10)[0]
MIDDLE = np.full(10, 0.1)


def runs(problem):
    """Return the methods that stay in the simplex, each at its start."""
    f = problem.value_and_grad
    return {
        "frank-wolfe": frank_wolfe(f, simplex_vertex, MIDDLE),
        "frank-wolfe exact": frank_wolfe(f, simplex_vertex, MIDDLE, problem.curvature),
        "away": away_frank_wolfe(f, simplex_vertex, CORNER, problem.curvature),
        "mirror": mirror_descent(f, MIDDLE, 1 / np.abs(problem.hessian).max()),
    }


NAMES = list(runs(portfolio(1.0)))


@pytest.fixture(scope="module")
def optimum():
    problem = portfolio(1.0)
    run = away_frank_wolfe(problem.value_and_grad, simplex_vertex, CORNER, problem.curvature)
    return solve(run, tol=1e-13).objective


@pytest.mark.parametrize("name", NAMES)
def test_every_iterate_is_feasible_and_its_gap_bounds_the_error(name, optimum):
    for it in islice(runs(portfolio(1.0))[name], 300):
        assert np.all(it.params >= 0)
        assert it.params.sum() == pytest.approx(1, abs=1e-12)
        # The optimum is known to 1e-13, and sums of numbers of size 10 are rounded.
        assert it.gap >= it.objective - optimum - 1e-12


@pytest.mark.parametrize("name", ["frank-wolfe exact", "away", "mirror"])
def test_the_objective_never_rises(name):
    """For mirror descent the learning rate is 1/L, with L the smoothness in the norm ‖x‖₁."""
    objectives = [it.objective for it in islice(runs(portfolio(1.0))[name], 300)]
    assert np.max(np.diff(objectives)) <= 1e-13


@pytest.mark.parametrize("aversion", PORTFOLIO_OPTIMA)
def test_away_steps_find_the_best_portfolio(aversion):
    problem = portfolio(aversion)
    run = away_frank_wolfe(problem.value_and_grad, simplex_vertex, CORNER, problem.curvature)
    it = solve(run, tol=1e-9)
    assert -it.objective == pytest.approx(PORTFOLIO_OPTIMA[aversion], abs=6e-9)  # eight digits
    slopes = problem.value_and_grad(it.params)[1]
    price = it.params @ slopes
    assert np.all(slopes >= price - 1e-9)  # no asset is worth more, as the gap says
    assert np.all((slopes - price) * it.params <= 2e-9)


def test_away_steps_are_linear_where_plain_ones_are_sublinear(optimum):
    problem = portfolio(1.0)
    errors = {
        name: [it.objective - optimum for it in islice(runs(problem)[name], 5, 300)]
        for name in NAMES
    }
    assert classify_convergence(errors["frank-wolfe exact"]) == "sublinear"
    assert classify_convergence(errors["away"]) == "linear"
    for plain in ("frank-wolfe", "frank-wolfe exact"):
        assert errors["away"][-1] < 1e-3 * errors[plain][-1]


def test_frank_wolfe_keeps_its_bound(optimum):
    """The error after k steps is at most 2 L D² / (k + 2), with D² = 2 on the simplex."""
    problem = portfolio(1.0)
    for it in islice(runs(problem)["frank-wolfe"], 1, 300):
        assert it.objective - optimum <= 2 * problem.smoothness * 2 / (it.step + 2)


def test_mirror_descent_keeps_its_bound(optimum):
    """The error after k steps is at most L log(n) / k from the middle of the simplex."""
    problem = portfolio(1.0)
    for it in islice(runs(problem)["mirror"], 1, 300):
        assert it.objective - optimum <= np.abs(problem.hessian).max() * np.log(10) / it.step


def test_atoms_are_vertices_with_positive_weights_that_make_the_point():
    problem, dropped = portfolio(0.29), 0
    before = 1
    for it in islice(runs(problem)["away"], 80):
        assert len(it.atoms) == len(it.weights)
        assert np.all(it.weights > 0)
        assert it.weights.sum() == pytest.approx(1, abs=1e-14)
        assert np.all(np.sort(it.atoms, axis=1) == np.sort(CORNER))
        assert len(np.unique(it.atoms, axis=0)) == len(it.atoms)
        np.testing.assert_allclose(it.weights @ it.atoms, it.params, atol=1e-15)
        dropped += len(it.atoms) < before
        before = len(it.atoms)
    assert dropped > 0  # what was tried on the way is let go
    assert len(it.atoms) == np.count_nonzero(it.params) < 10


def test_an_away_step_goes_to_the_lowest_point_or_until_an_atom_is_gone():
    """In the simplex an atom's weight is its coordinate, so the way ends where that is zero."""
    dropped, vertices = 0, np.eye(10)
    for problem, corner in product([portfolio(0.29), portfolio(1.68), portfolio(20)], vertices):
        f, curvature = problem.value_and_grad, problem.curvature
        run = islice(away_frank_wolfe(f, simplex_vertex, corner, curvature), 40)
        for it, after in pairwise(run):
            grads = f(it.params)[1]
            worst = np.argmax(np.where(it.params > 0, grads, -np.inf))
            toward, away = vertices[np.argmin(grads)] - it.params, it.params - vertices[worst]
            is_away = grads @ away < grads @ toward
            direction = away if is_away else toward
            longest = it.params[worst] / (1 - it.params[worst]) if is_away else 1.0
            gamma = min(longest, -(grads @ direction) / curvature(direction))
            np.testing.assert_allclose(after.params, it.params + gamma * direction, atol=1e-13)
            if is_away and gamma == longest:
                assert after.params[worst] == 0
                dropped += 1
    assert dropped > 0


def test_the_exact_step_is_the_lowest_point_of_its_line():
    problem = portfolio(1.0)
    start, first = islice(runs(problem)["frank-wolfe exact"], 2)
    vertex = simplex_vertex(problem.value_and_grad(start.params)[1])
    losses = [
        problem.value_and_grad(start.params + t * (vertex - start.params))[0]
        for t in np.linspace(0, 1, 101)
    ]
    assert first.objective <= min(losses)


def test_the_open_loop_steps_are_two_over_k_plus_two():
    value_and_grad, _ = squares(np.eye(2), np.array([0.3, 0.7]))
    run = frank_wolfe(value_and_grad, simplex_vertex, [0.5, 0.5])
    points = [it.params for it in islice(run, 4)]
    for k, (x, x_new) in enumerate(pairwise(points)):
        vertex = simplex_vertex(value_and_grad(x)[1])
        np.testing.assert_allclose(x_new, x + 2 / (k + 2) * (vertex - x), atol=1e-15)


@pytest.mark.parametrize("method", [frank_wolfe, away_frank_wolfe])
def test_a_linear_function_is_minimized_in_one_step(method):
    slope = np.array([3.0, 1.0, 2.0])
    run = method(lambda w: (slope @ w, slope), simplex_vertex, [1.0, 0.0, 0.0], lambda d: 0.0)
    first, last = run
    assert (first.gap, last.gap) == (2, 0)
    np.testing.assert_array_equal(last.params, [0, 1, 0])


def test_a_bound_of_the_curvature_will_do():
    """With L ‖d‖² for d'Hd the objective still never rises, and the gap closes."""
    problem = portfolio(0.29)
    run = away_frank_wolfe(
        problem.value_and_grad,
        simplex_vertex,
        CORNER,
        lambda d: problem.smoothness * d @ d,
    )
    it = solve(run, tol=1e-8)
    assert -it.objective == pytest.approx(PORTFOLIO_OPTIMA[0.29], abs=2e-8)


def test_away_steps_solve_least_squares_in_an_l1_ball():
    draw = np.random.RandomState(3)
    A, b = draw.randn(12, 6), draw.randn(12)
    value_and_grad, L = squares(A, b)
    run = away_frank_wolfe(
        value_and_grad,
        lambda g: l1_ball_vertex(g, radius=0.3),
        l1_ball_vertex(-np.ones(6), radius=0.3),
        lambda d: 2 * np.sum((A @ d) ** 2),
    )
    ours = solve(run, tol=1e-10)
    theirs = solve(
        fista(value_and_grad, lambda x, t: project_l1_ball(x, 0.3), np.zeros(6), L), tol=1e-8
    )
    assert np.abs(ours.params).sum() == pytest.approx(0.3)
    # FISTA's error is at most its residual times the ball's diameter.
    assert ours.objective == pytest.approx(theirs.objective, abs=1e-8)


@pytest.mark.parametrize("oracle", [simplex_vertex, l1_ball_vertex])
def test_no_other_vertex_has_a_smaller_slope(oracle):
    vertices = [*np.eye(4), *(-np.eye(4) if oracle is l1_ball_vertex else [])]
    for grads in np.random.RandomState(0).randn(50, 4):
        s = oracle(grads)
        assert any(np.array_equal(s, v) for v in vertices)
        assert grads @ s == min(grads @ v for v in vertices)


def test_mirror_descent_multiplies():
    grads = np.array([1.0, -2.0, 0.5])
    start = np.array([0.2, 0.3, 0.5])
    _, first = islice(mirror_descent(lambda w: (w @ grads, grads), start, 0.7), 2)
    multiplied = start * np.exp(-0.7 * grads)
    np.testing.assert_allclose(first.params, multiplied / multiplied.sum(), rtol=1e-14)


def test_mirror_descent_comes_back_from_a_weight_too_small_to_write_down():
    """The second slope takes back what the first one did, from below 1e-308."""
    slopes = iter([np.array([2000.0, 0.0]), np.array([-2000.0, 0.0]), np.zeros(2)])
    run = mirror_descent(lambda w: (0.0, next(slopes)), [0.5, 0.5], 1.0)
    start, down, up = islice(run, 3)
    assert down.params[0] == 0
    np.testing.assert_allclose(up.params, start.params, rtol=1e-12)


@pytest.mark.parametrize("start", [[1.0, 0.0], [0.5, 0.6], [1.5, -0.5]])
def test_mirror_descent_starts_inside_the_simplex(start):
    with pytest.raises(ValueError, match="params must be a vector of positive entries"):
        next(mirror_descent(lambda w: (w @ w, 2 * w), start, 0.1))


def test_projection_and_multiplication_agree_on_the_answer(optimum):
    problem = portfolio(1.0)
    it = solve(
        fista(problem.value_and_grad, lambda w, t: project_simplex(w), MIDDLE, problem.smoothness),
        tol=1e-9,
    )
    assert it.objective == pytest.approx(optimum, abs=1e-9)
