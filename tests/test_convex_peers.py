"""The lab's solvers against CVXPY with Clarabel, and SciPy: optima, not paths."""

from itertools import islice

import numpy as np
import pytest

from optedu.convex import (
    admm,
    away_frank_wolfe,
    coordinate_descent,
    diagonal_steps,
    dykstra,
    fista,
    huber,
    huber_weights,
    irls,
    nnls,
    pdhg,
    project_affine,
    project_box,
    project_l1_ball,
    project_nonnegative,
    project_simplex,
    prox_l2,
    simplex_vertex,
    solve,
)
from tests.lab_problems import (
    ADVERTISING_OPTIMUM,
    Diet,
    advertising,
    differences,
    differences_adjoint,
    image_with_noise,
    lasso,
    line_with_outliers,
    picture_with_holes,
    portfolio,
    small_lasso,
    total_variation,
)
from tests.peers import peer

cp = peer("cvxpy")
scipy_optimize = peer("scipy.optimize")

# Clarabel stops at relative gaps and residuals of 1e-8; ours are certified below that.
SOLVER = 1e-7


def optimum(objective, constraints=()):
    """Solve a minimization with CVXPY."""
    return cp.Problem(cp.Minimize(objective), list(constraints)).solve(solver=cp.CLARABEL)


@pytest.mark.parametrize("make", [lasso, small_lasso])
def test_lasso(make):
    problem = make()
    x = cp.Variable(problem.A.shape[1])
    theirs = optimum(cp.sum_squares(problem.A @ x - problem.b) + problem.weight * cp.norm1(x))
    ours = solve(coordinate_descent(problem.A, problem.b, problem.weight), tol=1e-9)
    assert ours.objective == pytest.approx(theirs, rel=SOLVER)


def test_huber():
    A, b = line_with_outliers()
    x = cp.Variable(2)
    theirs = optimum(cp.sum(cp.huber(A @ x - b, 0.1)))
    ours = solve(irls(A, b, lambda r: huber(r, 0.1), lambda r: huber_weights(r, 0.1)), tol=1e-9)
    assert ours.objective == pytest.approx(theirs, rel=SOLVER)
    np.testing.assert_allclose(ours.params, x.value, atol=1e-4)  # the root of the solver's gap


@pytest.mark.parametrize("aversion", [0.05, 1.0, 20.0])
def test_portfolio(aversion):
    problem = portfolio(aversion)
    w = cp.Variable(10)
    risk = cp.quad_form(w, cp.psd_wrap(problem.sigma))
    theirs = optimum(aversion * risk - problem.mu @ w, [cp.sum(w) == 1, w >= 0])
    run = away_frank_wolfe(problem.value_and_grad, simplex_vertex, np.eye(10)[0], problem.curvature)
    assert solve(run, tol=1e-9).objective == pytest.approx(theirs, rel=SOLVER, abs=SOLVER)


@pytest.mark.parametrize("leverage", [1.0, 2.0, 4.0])
def test_portfolio_with_leverage(leverage):
    """The highest return with 1'w = 1, ‖w‖₁ and the risk bounded: PDHG on three constraints."""
    problem = portfolio(1.0)
    w = cp.Variable(10)
    root = np.linalg.cholesky(problem.sigma).T
    theirs = -optimum(
        -problem.mu @ w,
        [cp.sum(w) == 1, cp.norm1(w) <= leverage, cp.sum_squares(root @ w) <= 2],
    )
    stacked = np.concatenate([np.ones((1, 10)), np.eye(10), root])

    def prox_g(z, step):
        risk = z[11:] * min(1, np.sqrt(2) / np.linalg.norm(z[11:]))
        return np.concatenate([[1.0], project_l1_ball(z[1:11], leverage), risk])

    step = 1 / np.linalg.norm(stacked, 2)
    ours = solve(
        pdhg(
            lambda w, t: w + t * problem.mu,
            prox_g,
            lambda w: stacked @ w,
            lambda y: stacked.T @ y,
            np.full(10, 0.1),
            step,
            step,
            objective=lambda w: -problem.mu @ w,
        ),
        tol=1e-7,
    )
    # The residual times the multipliers, a few units large.
    assert -ours.objective == pytest.approx(theirs, abs=1e-5)


def test_diet():
    diet = Diet()
    x = cp.Variable(2)
    theirs = optimum(diet.prices @ x, [x >= 0, diet.nutrients @ x >= diet.needs])
    primal_step, dual_step = diagonal_steps(diet.nutrients, balance=10.0)
    ours = solve(
        pdhg(
            lambda x, t: project_nonnegative(x - t * diet.prices),
            lambda z, t: np.maximum(z, diet.needs),
            lambda x: diet.nutrients @ x,
            lambda y: diet.nutrients.T @ y,
            np.zeros(2),
            primal_step,
            dual_step,
            objective=lambda x: diet.prices @ x,
        ),
        tol=1e-8,
    )
    assert ours.objective == pytest.approx(theirs, rel=SOLVER)


def test_advertising_optimum():
    """The stored optimum, which the tests without CVXPY compare with."""
    ads = advertising()
    x = cp.Variable(len(ads.cost))
    bounded = np.isfinite(ads.budgets)
    limits = [ads.matrix @ x <= ads.limits, x[bounded] <= ads.budgets[bounded], x[~bounded] >= 0]
    assert -optimum(ads.cost @ x, limits) == pytest.approx(ADVERTISING_OPTIMUM, rel=SOLVER)


def test_denoising():
    image, weight = image_with_noise(), 0.3
    x = cp.Variable(image.shape)
    theirs = optimum(cp.sum_squares(x - image) + weight * cp.tv(x))
    run = pdhg(
        lambda x, t: (x + 2 * t * image) / (1 + 2 * t),
        lambda z, t: prox_l2(z, weight * t),
        differences,
        differences_adjoint,
        image,
        1 / np.sqrt(8),
        1 / np.sqrt(8),
    )
    clean = solve(run, tol=1e-8).params
    ours = np.sum((clean - image) ** 2) + weight * total_variation(clean)
    assert ours == pytest.approx(theirs, rel=SOLVER)
    np.testing.assert_allclose(clean, x.value, atol=1e-3)  # the root of the solver's gap


def test_inpainting():
    picture, known = picture_with_holes()
    x = cp.Variable(picture.shape)
    theirs = optimum(cp.tv(x), [x[known] == picture[known]])
    run = pdhg(
        lambda x, t: np.where(known, picture, x),
        prox_l2,
        differences,
        differences_adjoint,
        np.where(known, picture, 0.5),
        0.1 / np.sqrt(8),
        10 / np.sqrt(8),
        objective=total_variation,
    )
    ours = next(islice(run, 2500, None))
    assert ours.objective == pytest.approx(theirs, rel=1e-5)  # PDHG is sublinear on edges


def test_a_quadratic_program():
    """min x'Px/2 + q'x with Gx <= h and Ax = b by ADMM, as OSQP splits it (6.3)."""
    draw = np.random.RandomState(1)
    n = 10
    root = draw.randn(n, n)
    P, q = root.T @ root, draw.randn(n)
    G = draw.randn(15, n)
    h = G @ draw.randn(n)
    A, b = draw.randn(5, n), draw.randn(5)
    x = cp.Variable(n)
    theirs = optimum(0.5 * cp.quad_form(x, P) + q @ x, [G @ x <= h, A @ x == b])
    K, step = np.concatenate([G, A]), 0.1
    system = np.linalg.inv(P + K.T @ K / step)
    run = admm(
        lambda target, step: system @ (K.T @ target / step - q),
        lambda z, step: np.concatenate([np.minimum(z[:15], h), b]),
        np.zeros(n),
        step,
        lambda x: K @ x,
        lambda z: K.T @ z,
        objective=lambda x, z: x @ P @ x / 2 + q @ x,
        relaxation=1.6,
    )
    ours = solve(run, tol=1e-8)
    assert ours.objective == pytest.approx(theirs, rel=1e-6)  # the residual times multipliers
    # The conditions of optimality, with ADMM's multipliers for both kinds of constraint.
    prices, slack = ours.dual[:15], h - G @ ours.params
    assert np.all(prices >= 0)
    assert np.all(slack >= -1e-7)
    np.testing.assert_allclose(prices * slack, 0, atol=1e-5)
    np.testing.assert_allclose(P @ ours.params + q + K.T @ ours.dual, 0, atol=1e-7)


def test_the_nearest_point_of_an_intersection():
    draw = np.random.RandomState(5)
    A, b, start = draw.randn(2, 6), np.zeros(2), draw.randn(6)
    x = cp.Variable(6)
    theirs = optimum(cp.sum_squares(x - start) / 2, [A @ x == b, x >= -0.3, x <= 0.4])
    sets = [lambda p: project_affine(p, A, b), lambda p: project_box(p, -0.3, 0.4)]
    ours = solve(dykstra(sets, start), tol=1e-9)
    assert ours.objective == pytest.approx(theirs, rel=SOLVER)


@pytest.mark.parametrize("seed", range(5))
def test_projections_on_the_simplex_and_the_l1_ball(seed):
    point = 2 * np.random.RandomState(seed).randn(7)
    x = cp.Variable(7)
    optimum(cp.sum_squares(x - point), [cp.sum(x) == 1, x >= 0])
    np.testing.assert_allclose(project_simplex(point), x.value, atol=1e-4)  # root of the gap
    optimum(cp.sum_squares(x - point), [cp.norm1(x) <= 1.5])
    np.testing.assert_allclose(project_l1_ball(point, 1.5), x.value, atol=1e-4)


@pytest.mark.parametrize("seed", range(10))
def test_nnls(seed):
    draw = np.random.RandomState(seed)
    A, b = draw.randn(12, 9), draw.randn(12)
    theirs, _ = scipy_optimize.nnls(A, b)
    np.testing.assert_allclose(nnls(A, b), theirs, atol=1e-11)  # conditions up to 1e2


def test_logistic_regression_with_a_sparse_penalty():
    """FISTA takes any smooth loss: here one that is not a square."""
    draw = np.random.RandomState(6)
    X, weight = draw.randn(40, 6), 3.0
    signs = np.sign(X @ [2, -1, 0, 0, 0, 0] + draw.randn(40))

    def value_and_grad(w):
        margins = signs * (X @ w)
        return np.logaddexp(0, -margins).sum(), X.T @ (-signs / (1 + np.exp(margins)))

    w = cp.Variable(6)
    theirs = optimum(cp.sum(cp.logistic(-cp.multiply(signs, X @ w))) + weight * cp.norm1(w))
    run = fista(
        value_and_grad,
        lambda w, t: np.sign(w) * np.maximum(np.abs(w) - weight * t, 0),
        np.zeros(6),
        smoothness=np.linalg.norm(X, 2) ** 2 / 4,
        penalty=lambda w: weight * np.abs(w).sum(),
        restart=True,
    )
    ours = solve(run, tol=1e-9)
    assert ours.objective == pytest.approx(theirs, rel=SOLVER)
