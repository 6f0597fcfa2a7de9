"""Conjugate gradients: conjugacy, n steps, the bound by the condition number, Newton on top."""

from itertools import islice

import numpy as np
import pytest

from optedu.models import Logistic
from optedu.problems import himmelblau, quadratic, rosenbrock, saddle
from optedu.second_order import cg, newton_cg


def positive(eigenvalues, seed=0):
    n = len(eigenvalues)
    Q, _ = np.linalg.qr(np.random.RandomState(seed).randn(n, n))
    A = Q @ np.diag(eigenvalues) @ Q.T
    return (A + A.T) / 2


def right_side(n):
    return np.random.RandomState(1).randn(n)


def test_directions_are_conjugate_and_residuals_orthogonal():
    A, b = positive(np.linspace(1, 20, 10)), right_side(10)
    run = list(islice(cg(A, b), 10))
    D, R = (np.array([getattr(it, name) for it in run]) for name in ("direction", "residual"))
    for gram in (D @ A @ D.T, R @ R.T):
        sizes = np.sqrt(np.diag(gram))
        # Each step multiplies the loss of conjugacy, by about 5 here.
        np.testing.assert_allclose(gram / np.outer(sizes, sizes), np.eye(10), atol=1e-10)


def test_residuals_are_what_they_say():
    A, b = positive(np.linspace(1, 20, 10)), right_side(10)
    for it in islice(cg(A, b, x0=np.ones(10)), 11):
        np.testing.assert_allclose(it.residual, b - A @ it.params, atol=1e-12)


@pytest.mark.parametrize("x0", [None, np.arange(10.0)])
def test_n_steps_are_enough(x0):
    A, b = positive(np.linspace(1, 20, 10)), right_side(10)
    it = list(islice(cg(A, b, x0), 11))[-1]
    np.testing.assert_allclose(it.params, np.linalg.solve(A, b), rtol=1e-8, atol=1e-9)


def test_as_many_steps_as_distinct_eigenvalues_are_enough():
    A, b = positive(np.repeat([1.0, 4.0, 90.0], 10)), right_side(30)
    sizes = [np.linalg.norm(it.residual) for it in islice(cg(A, b), 4)]
    assert sizes[3] < 1e-12 * sizes[0] < sizes[2]


@pytest.mark.parametrize("kappa", [10.0, 100.0, 1000.0])
def test_errors_keep_the_bound_by_the_root_of_the_condition_number(kappa):
    A, b = positive(np.linspace(1, kappa, 60)), right_side(60)
    solution = np.linalg.solve(A, b)
    errors = [it.params - solution for it in islice(cg(A, b), 40)]
    norms = np.sqrt([e @ A @ e for e in errors])
    rate = (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)
    bound = 2 * rate ** np.arange(40) * norms[0]
    assert np.all(norms <= bound + 1e-13 * norms[0])
    # And steepest descent, at 1 - 2/κ, would break what is achieved.
    assert norms[-1] < (1 - 2 / kappa) ** 40 * norms[0]


def test_a_step_takes_one_product():
    A, b, calls = positive([1.0, 2.0, 3.0]), right_side(3), []

    def product(v):
        calls.append(v)
        return A @ v

    from_function = [it.params for it in islice(cg(product, b), 4)]
    assert len(calls) == 3
    from_matrix = [it.params for it in islice(cg(A, b), 4)]
    np.testing.assert_array_equal(from_function, from_matrix)


@pytest.mark.parametrize("eigenvalues", [(-1.0, 1.0, 2.0), (-1e-3, 1.0, 2.0), (0.0, 0.0, 0.0)])
def test_it_ends_at_a_direction_without_positive_curvature(eigenvalues):
    A = positive(eigenvalues)
    *_, it = cg(A, right_side(3))
    assert it.direction @ A @ it.direction <= 0


@pytest.mark.parametrize("b", [np.zeros(3), np.array([1.0, 2.0, 3.0])])
def test_it_ends_by_itself(b):
    A = positive([1.0, 2.0, 3.0])
    *_, it = islice(cg(A, b), 1000)
    assert it.step < 200
    np.testing.assert_allclose(A @ it.params, b, atol=1e-14)


def products(problem):
    return lambda params: lambda v: problem.hessian(params) @ v


@pytest.mark.parametrize(
    ("make", "start"),
    [(rosenbrock, (-1.2, 1.0)), (himmelblau, (0.0, 0.0)), (himmelblau, (-0.3, -0.9))],
)
def test_newton_cg_falls_to_a_minimum(make, start):
    problem = make()
    it = list(islice(newton_cg(problem.value_and_grad, products(problem), start), 200))
    assert np.all(np.diff([i.loss for i in it]) <= 1e-14)  # what the search calls noise
    assert np.linalg.norm(it[-1].grads) < 1e-10
    assert np.linalg.eigvalsh(problem.hessian(it[-1].params))[0] > 0


def test_newton_cg_follows_negative_curvature_away_from_a_saddle():
    problem = saddle()
    start = np.array([1e-6, 1e-6])
    lowest = np.linalg.eigvalsh(problem.hessian(start))[0]
    assert lowest < 0
    it = list(islice(newton_cg(problem.value_and_grad, products(problem), start), 30))
    assert it[-1].loss < it[0].loss - 1e-3


def logistic():
    rng = np.random.RandomState(0)
    X = rng.randn(200, 20) * np.geomspace(0.1, 10, 20)
    return Logistic(X, (X @ rng.randn(20) + rng.randn(200) > 0).astype(int), l2=1e-3)


def test_newton_cg_converges_superlinearly_and_asks_for_one_operator_a_step():
    model, operators = logistic(), []

    def hvp(params):
        H = model.hessian(params)
        operators.append([])

        def product(v):
            operators[-1].append(v)
            return H @ v

        return product

    run = newton_cg(model.value_and_grad, hvp, np.zeros(20))
    sizes = np.array([np.linalg.norm(it.grads) for it in islice(run, 40)])
    sizes = sizes[sizes > 1e-11]
    ratios = sizes[1:] / sizes[:-1]
    assert ratios[-1] < 0.01 < ratios[0]
    counts = [len(products) for products in operators]
    assert counts[0] < 10 < max(counts)  # rough at first, accurate in the end
    assert max(counts) <= 10 * 20


def test_newton_cg_solves_a_quadratic_as_exactly_as_the_forcing_term_asks():
    problem = quadratic(positive(np.geomspace(1, 100, 20)), right_side(20))
    it = list(islice(newton_cg(problem.value_and_grad, products(problem), np.zeros(20)), 2))
    before, after = (np.linalg.norm(i.grads) for i in it)
    assert after <= min(0.5, np.sqrt(before)) * before


@pytest.mark.parametrize("hvp", [lambda x: None, lambda x: x, lambda x: lambda v: v[:1]])
def test_what_is_no_operator_is_refused(hvp):
    with pytest.raises(ValueError, match=r"^hvp"):
        list(newton_cg(rosenbrock().value_and_grad, hvp, [-1.2, 1.0]))
