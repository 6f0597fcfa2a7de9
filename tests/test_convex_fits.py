"""Reweighted least squares and non-negative factorization: monotone, and stationary at the end."""

from itertools import islice

import numpy as np
import pytest

from optedu.convex import (
    fista,
    huber,
    huber_weights,
    irls,
    nmf_hals,
    nmf_multiplicative,
    nmf_nnls,
    nnls,
    solve,
)
from tests.lab_problems import huber_loss, line_with_outliers


def huber_fit(A, b, M):
    return irls(A, b, lambda r: huber(r, M), lambda r: huber_weights(r, M))


def test_irls_fits_the_line_through_outliers():
    A, b = line_with_outliers()
    it = solve(huber_fit(A, b, 0.1), tol=1e-11)
    np.testing.assert_allclose(it.params, [0.69918389, 0.23329109], atol=1e-8)  # as stated
    assert it.objective == pytest.approx(1.76870324, abs=1e-8)
    slope = huber_loss(A, b, 0.1)(it.params)[1]
    assert np.linalg.norm(slope) <= 2e-11  # what the residual says, summed in another order
    weights = np.diag(huber_weights(A @ it.params - b, 0.1))
    np.testing.assert_allclose(A.T @ weights @ A @ it.params, A.T @ weights @ b, atol=1e-11)


def test_irls_never_rises_and_its_residual_is_the_gradient():
    A, b = line_with_outliers()
    value_and_grad = huber_loss(A, b, 0.1)
    records = list(islice(huber_fit(A, b, 0.1), 30))
    objectives = np.array([it.objective for it in records])
    assert np.all(np.diff(objectives) <= 1e-14)
    for it in records:
        loss, slope = value_and_grad(it.params)
        assert it.objective == pytest.approx(loss, rel=1e-13)
        assert it.residual == pytest.approx(np.linalg.norm(slope), abs=1e-12)


def test_irls_and_fista_agree_on_huber():
    A, b = line_with_outliers()
    L = 2 * np.linalg.norm(A, 2) ** 2
    by_steps = fista(huber_loss(A, b, 0.1), lambda x, t: x, np.zeros(2), L, restart=True)
    ours, theirs = solve(huber_fit(A, b, 0.1), 1e-9), solve(by_steps, 1e-9)
    np.testing.assert_allclose(ours.params, theirs.params, atol=1e-8)  # curvature is above 1


def test_a_wide_huber_is_least_squares_from_the_start():
    A, b = line_with_outliers()
    first = next(huber_fit(A, b, 100.0))
    assert first.residual <= 1e-12
    np.testing.assert_allclose(first.params, [1.20978, -0.01088], atol=1e-5)  # five digits


def test_huber_s_fit_scales_with_its_data():
    A, b = line_with_outliers()
    ours, theirs = solve(huber_fit(A, b, 0.1), 1e-10), solve(huber_fit(A, 7 * b, 0.7), 1e-9)
    np.testing.assert_allclose(theirs.params, 7 * ours.params, atol=1e-8)
    assert theirs.objective == pytest.approx(49 * ours.objective, rel=1e-12)


def test_any_weights_may_be_used():
    """The smooth absolute value sqrt(1 + r²) - 1 has the weight 1/(2 sqrt(1 + r²))."""
    A, b = line_with_outliers()
    run = irls(A, b, lambda r: np.sqrt(1 + r**2) - 1, lambda r: 0.5 / np.sqrt(1 + r**2), [9.0, 9.0])
    it = solve(run, tol=1e-11)
    r = A @ it.params - b
    np.testing.assert_allclose(A.T @ (r / np.sqrt(1 + r**2)), 0, atol=1e-11)


@pytest.mark.parametrize("bad", [-1.0, np.inf, np.nan])
def test_weights_that_are_none_are_refused(bad):
    A, b = line_with_outliers()
    with pytest.raises(ValueError, match=r"^weights must"):
        next(irls(A, b, huber, lambda r: np.full(r.shape, bad)))


def assert_solves_nnls(A, b, x, tol):
    slope = A.T @ (A @ x - b)
    assert np.all(x >= 0)
    assert np.all(slope >= -tol)
    assert np.all(np.abs(slope[x > 0]) <= tol)


@pytest.mark.parametrize("shape", [(8, 5), (5, 8), (30, 20)])
def test_nnls_satisfies_the_conditions(shape):
    for seed in range(20):
        draw = np.random.RandomState(seed)
        A, b = draw.randn(*shape), draw.randn(shape[0])
        assert_solves_nnls(A, b, nnls(A, b), tol=1e-11)  # conditions up to 1e3, sums of 30
        sizes = 10.0 ** draw.uniform(-8, 8, shape[1])  # columns in other units
        np.testing.assert_allclose(nnls(A * sizes, b) * sizes, nnls(A, b), atol=1e-9)


def test_nnls_at_its_extremes():
    A = np.random.RandomState(0).rand(6, 4)
    np.testing.assert_array_equal(nnls(A, -A.sum(axis=1)), 0)
    np.testing.assert_allclose(nnls(A, A @ [1.0, 2.0, 0.0, 3.0]), [1, 2, 0, 3], atol=1e-12)
    np.testing.assert_array_equal(nnls(np.zeros((3, 2)), np.ones(3)), 0)
    twice = np.concatenate([A, A], axis=1)  # each column is there twice
    b = np.random.RandomState(1).rand(6)
    assert_solves_nnls(twice, b, nnls(twice, b), tol=1e-12)
    for scale in (1e-150, 1e150):
        np.testing.assert_allclose(nnls(A, scale * b), scale * nnls(A, b), rtol=1e-10)


METHODS = {"nnls": nmf_nnls, "hals": nmf_hals, "multiplicative": nmf_multiplicative}
every_method = pytest.mark.parametrize("name", METHODS)


def product():
    """Return a matrix of rank 5, and the start of both factors (6.11)."""
    draw = np.random.RandomState(0)
    A = draw.rand(10, 5) @ draw.rand(5, 10)
    return A, draw.rand(10, 5), draw.rand(5, 10)


@every_method
def test_a_factorization_never_rises_and_never_turns_negative(name):
    A, Y, X = product()
    previous = np.inf
    for it in islice(METHODS[name](A, Y, X), 40):
        Y, X = it.params
        assert np.all(Y >= 0)
        assert np.all(X >= 0)
        assert it.objective <= previous * (1 + 1e-12)
        assert it.objective == pytest.approx(np.sum((A - Y @ X) ** 2), rel=1e-9)
        previous = it.objective


def noisy_product():
    """Return a matrix that no two non-negative factors of rank 2 give exactly."""
    draw = np.random.RandomState(2)
    return draw.rand(7, 6), draw.rand(7, 2), draw.rand(2, 6)


@every_method
def test_a_factorization_ends_where_the_conditions_hold(name):
    A, Y, X = noisy_product()
    # Multiplied entries approach their zeros, and so the conditions, slowly.
    tol = 1e-3 if name == "multiplicative" else 1e-9
    it = solve(METHODS[name](A, Y, X), tol=tol, max_steps=5000)
    Y, X = it.params
    for factor, slope in ((X, 2 * Y.T @ (Y @ X - A)), (Y, 2 * (Y @ X - A) @ X.T)):
        assert np.all(slope >= -tol)
        # A positive entry above tol has a slope of at most tol, as min(entry, slope) says.
        assert np.all(np.abs(slope[factor > tol]) <= tol)
    assert it.objective > 0.1


def test_all_factorizations_end_alike_from_a_start_nearby():
    A, Y, X = noisy_product()
    near = solve(nmf_hals(A, Y, X), tol=1e-9).params
    ends = [
        solve(method(A, *(f + 1e-3 for f in near)), tol=1e-4, max_steps=5000)
        for method in METHODS.values()
    ]
    objectives = [it.objective for it in ends]
    np.testing.assert_allclose(objectives, objectives[0], atol=1e-4)  # the residual times sizes


def test_each_half_of_alternating_nnls_is_optimal():
    A, Y, X = product()
    before, after = islice(nmf_nnls(A, Y, X), 2)
    for column in range(10):
        x = after.params[1][:, column]
        assert_solves_nnls(before.params[0], A[:, column], x, tol=1e-11)
        assert_solves_nnls(after.params[1].T, A[column], after.params[0][column], tol=1e-11)


def test_exact_halves_from_the_lab_s_start():
    """The half-steps' errors that the lab states; the right factor's start does not matter."""
    A, Y, X = product()
    records = list(islice(nmf_nnls(A, Y, 0 * X), 2))
    half = np.linalg.norm(A - Y @ records[1].params[1])
    assert half == pytest.approx(2.76555, abs=1e-5)
    assert np.sqrt(records[1].objective) == pytest.approx(0.58424, abs=1e-5)


def test_one_hals_sweep_by_hand():
    """With one part each half is a projection: X = max(0, y'A / y'y)."""
    A = np.array([[1.0, 2.0], [0.0, 4.0]])
    _, it = islice(nmf_hals(A, [[1.0], [1.0]], np.zeros((1, 2))), 2)
    Y, X = it.params
    np.testing.assert_allclose(X, [[0.5, 3.0]])
    np.testing.assert_allclose(Y, A @ X.T / (X @ X.T))


def test_one_multiplication_by_hand():
    A, Y, X = product()
    _, it = islice(nmf_multiplicative(A, Y, X), 2)
    X_new = X * (Y.T @ A) / (Y.T @ Y @ X)
    np.testing.assert_allclose(it.params[1], X_new, rtol=1e-12)
    np.testing.assert_allclose(it.params[0], Y * (A @ X_new.T) / (Y @ X_new @ X_new.T), rtol=1e-12)


@every_method
def test_a_part_that_nothing_needs_is_no_trouble(name):
    A, Y, X = product()
    A = np.outer(A[:, 0], A[0])
    A[2] = 0
    records = list(islice(METHODS[name](A, Y, X), 50))
    assert np.all(np.isfinite(records[-1].params[0]))
    assert np.all(np.isfinite(records[-1].params[1]))


@pytest.mark.parametrize("name", ["A", "Y", "X"])
def test_negative_factors_are_refused_by_name(name):
    parts = dict(zip("AYX", product(), strict=True))
    parts[name][0, 0] = -1
    with pytest.raises(ValueError, match=f"^{name} must not be negative"):
        next(nmf_hals(**parts))


def test_zeros_cannot_grow_by_multiplication():
    A, Y, X = product()
    with pytest.raises(ValueError, match="X must be positive"):
        next(nmf_multiplicative(A, Y, 0 * X))
