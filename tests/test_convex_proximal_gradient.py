"""Proximal gradient methods and coordinate descent: optimality, bounds, and what each costs."""

from itertools import islice, takewhile

import numpy as np
import pytest

from optedu.convex import (
    coordinate_descent,
    fista,
    ista,
    lasso_gap,
    mirror_descent,
    project_box,
    project_simplex,
    projected_gradient,
    prox_l2,
    soft_threshold,
    solve,
)
from optedu.descent import GradientDescent, descend, measure_rate
from tests.lab_problems import PORTFOLIO_OPTIMA, lasso, portfolio, small_lasso, squares

METHODS = {
    "ista": (ista, {}),
    "fista": (fista, {}),
    "fista monotone": (fista, {"monotone": True}),
    "fista restart": (fista, {"restart": True}),
    "ista backtrack": (ista, {"backtrack": True}),
    "fista backtrack": (fista, {"backtrack": True}),
    "fista all": (fista, {"backtrack": True, "monotone": True, "restart": True}),
}
every_method = pytest.mark.parametrize("method", METHODS)


def run(method, problem, params=None):
    """Start a method on a lasso, from 0; backtracking begins from a guess that is too small."""
    make, options = METHODS[method]
    value_and_grad, smoothness = problem.smooth
    params = np.zeros(problem.A.shape[1]) if params is None else params
    guess = smoothness / 100 if "backtrack" in options else smoothness
    return make(value_and_grad, problem.prox, params, guess, problem.penalty, **options)


@pytest.fixture(scope="module")
def best():
    """Return the lasso's solution, with its optimum known to 1e-11."""
    problem = lasso()
    return solve(coordinate_descent(problem.A, problem.b, problem.weight), tol=1e-11)


def assert_solves_lasso(problem, x, tol):
    """Assert the conditions of optimality: slopes within the weight, at it on the support."""
    slope = 2 * problem.A.T @ (problem.A @ x - problem.b)
    assert np.abs(slope).max() <= problem.weight + tol
    np.testing.assert_allclose(slope[x != 0], -problem.weight * np.sign(x[x != 0]), atol=tol)


@every_method
def test_solves_the_small_lasso(method):
    problem = small_lasso()
    it = solve(run(method, problem), tol=1e-8)
    # Beyond the residual, a step moves the slope by the smoothness times its length: as much.
    assert_solves_lasso(problem, it.params, tol=3e-8)
    assert it.objective == pytest.approx(problem.objective(it.params), rel=1e-12)
    assert {*np.sign(it.params)} == {-1, 0, 1}


@pytest.mark.parametrize(("method", "budget"), [("ista", 800), ("fista", 200)])
def test_reaches_the_lasso_within_its_budget(method, budget, best):
    far = takewhile(lambda it: it.objective - best.objective > 1e-6, run(method, lasso()))
    assert sum(1 for _ in far) <= budget


def test_bounds_on_the_objective_hold_at_every_step(best):
    problem = lasso()
    scale = problem.smooth[1] * np.sum(best.params**2)
    for it in islice(run("ista", problem), 1, 300):
        assert it.objective - best.objective <= scale / (2 * it.step)
    for it in islice(run("fista", problem), 1, 300):
        assert it.objective - best.objective <= 2 * scale / (it.step + 1) ** 2


@pytest.mark.parametrize("method", ["ista", "ista backtrack", "fista monotone", "fista all"])
def test_the_objective_never_rises(method):
    objectives = np.array([it.objective for it in islice(run(method, lasso()), 300)])
    assert np.all(np.diff(objectives) <= 1e-13 * objectives[:-1])  # rounding of a sum of 30


def test_fista_may_rise_where_its_monotone_form_refuses(best):
    plain = [it.objective for it in islice(run("fista", lasso()), 300)]
    assert np.max(np.diff(plain)) > 0
    restarted = takewhile(
        lambda it: it.objective - best.objective > 1e-9, run("fista restart", lasso())
    )
    through = takewhile(lambda it: it.objective - best.objective > 1e-9, run("fista", lasso()))
    assert sum(1 for _ in restarted) < sum(1 for _ in through) / 2


def test_one_step_is_the_book_s():
    problem = small_lasso()
    value_and_grad, L = problem.smooth
    x = np.random.RandomState(1).randn(8)
    expected = soft_threshold(x - value_and_grad(x)[1] / L, problem.weight / L)
    for method in ("ista", "fista"):
        start, first = islice(run(method, problem, x), 2)
        np.testing.assert_allclose(first.params, expected, rtol=1e-12)
        assert (start.step, first.step) == (0, 1)
        assert start.residual == pytest.approx(L * np.linalg.norm(expected - x))


@pytest.mark.parametrize("method", ["fista", "fista monotone"])
def test_fista_extrapolates_as_written(method):
    """The monotone form is the MFISTA of the same authors."""
    problem = lasso()
    value_and_grad, L = problem.smooth
    x = y = np.zeros(100)
    t, expected, refused = 1.0, [], 0
    for _ in range(100):
        z = soft_threshold(y - value_and_grad(y)[1] / L, problem.weight / L)
        refuse = "monotone" in method and problem.objective(z) > problem.objective(x)
        refused += refuse
        x, before = (x if refuse else z), x
        t, last = (1 + np.sqrt(1 + 4 * t * t)) / 2, t
        y = x + last / t * (z - x) + (last - 1) / t * (x - before)
        expected.append(x)
    assert (refused > 0) == ("monotone" in method)
    ours = [it.params for it in islice(run(method, problem), 1, 101)]
    np.testing.assert_allclose(ours, expected, atol=1e-12)


def test_without_a_penalty_ista_is_gradient_descent():
    value_and_grad, L = squares(np.diag([1.0, 3.0]), np.ones(2))
    ours = ista(value_and_grad, lambda point, step: point, [5.0, -4.0], L)
    plain = descend(value_and_grad, [5.0, -4.0], GradientDescent(1 / L))
    for it, expected in zip(islice(ours, 30), plain, strict=False):
        np.testing.assert_allclose(it.params, expected.params, rtol=1e-13)
        assert it.residual == pytest.approx(np.linalg.norm(expected.grads), rel=1e-12)


def test_ista_ends_where_a_step_moves_nothing():
    problem = small_lasso()
    heavy = 2.001 * np.abs(problem.A.T @ problem.b).max()
    value_and_grad, L = problem.smooth
    records = list(ista(value_and_grad, lambda x, t: soft_threshold(x, heavy * t), np.zeros(8), L))
    assert len(records) == 1
    assert records[0].residual == 0


def test_backtracking_finds_a_smoothness_below_twice_the_true_one():
    value_and_grad, L = squares(np.diag([1.0, 3.0]), np.ones(2))
    steps = []

    def prox(point, step):
        steps.append(step)
        return point

    solve(ista(value_and_grad, prox, [5.0, -4.0], 0.01, backtrack=True), tol=1e-10)
    assert 1 / (2 * L) < min(steps) <= 1 / L
    assert steps == sorted(steps, reverse=True)


def test_the_group_lasso_selects_groups():
    """With rows as groups the conditions hold row by row."""
    draw = np.random.RandomState(2)
    A, B, weight = draw.randn(15, 6), draw.randn(15, 3), 12.0

    def value_and_grad(X):
        error = A @ X - B
        return np.sum(error**2), 2 * A.T @ error

    L = 2 * np.linalg.norm(A, 2) ** 2
    it = solve(fista(value_and_grad, lambda X, t: prox_l2(X, weight * t), np.zeros((6, 3)), L))
    slope, lengths = value_and_grad(it.params)[1], np.linalg.norm(it.params, axis=1)
    assert 0 < np.count_nonzero(lengths) < 6
    assert np.all(np.linalg.norm(slope, axis=1) <= weight + 1e-5)
    used = lengths > 0
    expected = -weight * it.params[used] / lengths[used, None]
    np.testing.assert_allclose(slope[used], expected, atol=1e-5)  # ten times the residual


@pytest.mark.parametrize("make", [lasso, small_lasso])
def test_coordinate_descent_solves_the_lasso(make):
    problem = make()
    it = solve(coordinate_descent(problem.A, problem.b, problem.weight), tol=1e-12)
    # A gap of 1e-12 leaves the slopes, whose squares count, within its root times the norm of A.
    assert_solves_lasso(problem, it.params, tol=1e-4)
    assert it.objective == pytest.approx(problem.objective(it.params), rel=1e-12)


def test_coordinate_descent_never_rises_and_its_gap_bounds_the_error(best):
    problem = lasso()
    records = list(islice(coordinate_descent(problem.A, problem.b, problem.weight), 80))
    objectives = np.array([it.objective for it in records])
    assert np.all(np.diff(objectives) <= 1e-13 * objectives[0])
    for it in records:
        # The best point's own error, and rounding of sums of size 100.
        assert it.gap >= it.objective - best.objective - 1e-12
        assert it.gap == lasso_gap(problem.A, problem.b, problem.weight, it.params)


def test_the_gap_bounds_the_error_anywhere(best):
    problem, draw = lasso(), np.random.RandomState(5)
    for scale in (0.0, 0.01, 1.0, 100.0):
        x = best.params + scale * draw.randn(100)
        gap = lasso_gap(problem.A, problem.b, problem.weight, x)
        assert gap >= problem.objective(x) - best.objective - 1e-12


def test_a_heavy_weight_leaves_nothing_and_none_leaves_least_squares():
    problem = small_lasso()
    heaviest = 2 * np.abs(problem.A.T @ problem.b).max()
    at_zero = solve(coordinate_descent(problem.A, problem.b, heaviest, np.ones(8)), tol=1e-9)
    np.testing.assert_array_equal(at_zero.params, 0)
    below = solve(coordinate_descent(problem.A, problem.b, 0.99 * heaviest), tol=1e-9)
    assert np.count_nonzero(below.params) == 1
    free = coordinate_descent(problem.A, problem.b, 0.0)
    expected = np.linalg.lstsq(problem.A, problem.b)[0]
    np.testing.assert_allclose(next(islice(free, 500, None)).params, expected, rtol=1e-9)


def test_an_empty_column_gets_no_weight():
    A = np.array([[1.0, 0.0], [2.0, 0.0]])
    it = solve(coordinate_descent(A, [1.0, 2.0], 0.5, params=[0.0, 7.0]), tol=1e-12)
    np.testing.assert_allclose(it.params, [(10 - 0.5) / 10, 0])  # (2a'b - weight) / 2‖a‖²


@pytest.mark.parametrize("aversion", PORTFOLIO_OPTIMA)
def test_projected_gradient_finds_the_best_portfolio(aversion):
    problem = portfolio(aversion)
    it = solve(
        projected_gradient(
            problem.value_and_grad, project_simplex, np.full(10, 0.1), problem.smoothness
        ),
        tol=1e-8,
    )
    assert_best_portfolio(problem, it.params, tol=1e-7)  # the residual times the weights' size
    assert -it.objective == pytest.approx(PORTFOLIO_OPTIMA[aversion], abs=1e-8)  # eight digits


def assert_best_portfolio(problem, w, tol):
    """Assert that one price fits all assets held, and no other asset is worth more."""
    slopes = problem.value_and_grad(w)[1]
    assert w.sum() == pytest.approx(1, abs=1e-12)
    assert np.all(w >= 0)
    price = w @ slopes
    assert np.all(slopes >= price - tol)
    assert np.all(np.abs(slopes - price) * w <= tol)


@pytest.mark.parametrize("aversion", PORTFOLIO_OPTIMA)
def test_mirror_descent_finds_the_best_portfolio(aversion):
    problem = portfolio(aversion)
    rate = 5 / problem.smoothness
    it = solve(mirror_descent(problem.value_and_grad, np.full(10, 0.1), rate), tol=1e-8)
    assert_best_portfolio(problem, it.params, tol=1e-7)
    assert -it.objective == pytest.approx(PORTFOLIO_OPTIMA[aversion], abs=2e-8)  # gap and digits


def test_a_constant_added_to_all_returns_changes_no_portfolio():
    problem = portfolio(1.0)
    shifted = type(problem)(problem.mu + 5, problem.sigma, problem.aversion)
    ours, theirs = (
        solve(projected_gradient(p.value_and_grad, project_simplex, np.full(10, 0.1), p.smoothness))
        for p in (problem, shifted)
    )
    np.testing.assert_allclose(ours.params, theirs.params, atol=1e-6)  # both within the tolerance


def test_projected_gradient_converges_at_gradient_descent_s_rate():
    """Inside a box whose bounds do not bind, it is the same method."""
    value_and_grad, L = squares(np.diag([1.0, 2.0]), np.zeros(2))
    records = islice(
        projected_gradient(value_and_grad, lambda x: project_box(x, -9, 9), [4.0, 3.0], L), 60
    )
    errors = [np.linalg.norm(it.params) for it in records]
    assert measure_rate(errors) == pytest.approx(1 - 2 / L, rel=1e-6)  # a pure geometric tail


def test_a_projected_run_begins_in_the_set():
    value_and_grad, L = squares(np.eye(2), np.zeros(2))
    first = next(projected_gradient(value_and_grad, project_simplex, [3.0, 0.0], L))
    np.testing.assert_array_equal(first.params, [1, 0])


def test_solve_says_when_it_does_not_get_there():
    problem = lasso()
    with pytest.raises(RuntimeError, match=r"after 5 steps .* above tol"):
        solve(run("ista", problem), tol=1e-9, max_steps=5)
    spent = iter(run("ista", small_lasso()))
    solve(spent)
    with pytest.raises(ValueError, match="iterates must"):
        solve(spent)
    with pytest.raises(ValueError, match="iterates must"):
        solve([1, 2])


def test_a_gradient_that_fits_no_parabola_is_refused():
    with pytest.raises(ValueError, match="value_and_grad"):
        list(
            islice(
                ista(lambda x: (np.nan, x), lambda x, t: x, [1.0], 1.0, backtrack=True),
                3,
            )
        )
