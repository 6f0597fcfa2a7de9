"""Extreme eigenvalues from products alone, against spectra that are known."""

import numpy as np
import pytest

from optedu.landscape import extreme_eigenvalues, lanczos, power_iteration, top_eigenvalue
from optedu.models import MLP

# Decreasing outliers over a bulk, as at a network's minimum.
OUTLIERS = np.concatenate([np.linspace(-0.1, 0.1, 194), [0.5, 0.7, 0.9, 1.0, 1.2, 1.5]])


def rotated(eigenvalues, seed=0):
    """Return a symmetric matrix with these eigenvalues and random eigenvectors."""
    n = len(eigenvalues)
    basis, _ = np.linalg.qr(np.random.RandomState(seed).standard_normal((n, n)))
    matrix = basis @ np.diag(eigenvalues) @ basis.T
    return (matrix + matrix.T) / 2


def brief(value):
    """Name a case by its eigenvalues, unless they are many."""
    return str(value) if np.size(value) < 10 else "outliers"


class Operator:
    """A matrix that can only be multiplied with, and counts how often."""

    def __init__(self, matrix):
        self.matrix, self.n_products = np.array(matrix), 0

    def __call__(self, v):
        self.n_products += 1
        return self.matrix @ v


def rng(seed=0):
    return np.random.default_rng(seed)


def is_certified(pair, matrix):
    """Check the residual, and that an eigenvalue is as close as it promises."""
    spectrum = np.linalg.eigvalsh(matrix)
    rounding = 1e-13 * np.abs(spectrum).max()  # a few hundred units in the last place
    residual = np.linalg.norm(matrix @ pair.vector - pair.value * pair.vector)
    assert np.linalg.norm(pair.vector) == pytest.approx(1, abs=1e-13)
    assert residual == pytest.approx(pair.residual, abs=rounding)
    assert np.abs(spectrum - pair.value).min() <= pair.residual + rounding
    return True


@pytest.mark.parametrize(
    ("eigenvalues", "largest_in_size"),
    [
        ([5.0], 5.0),
        ([-5.0], -5.0),
        ([1.0, 2.0, 4.0], 4.0),
        ([-4.0, 1.0, 2.0], -4.0),  # norms would lose the sign
        ([-6.0, -2.0, -1.0], -6.0),
        ([3.0, 3.0, 1.0], 3.0),  # any vector of the pair's plane will do
        ([0.0, 0.0], 0.0),
        (OUTLIERS, 1.5),
    ],
    ids=brief,
)
def test_power_iteration_finds_the_largest_in_size(eigenvalues, largest_in_size):
    operator = Operator(rotated(eigenvalues))
    pair = power_iteration(operator, len(eigenvalues), rng())
    # The error of a Rayleigh quotient is below the residual, 1e-6 of the eigenvalue.
    assert pair.value == pytest.approx(largest_in_size, rel=1e-6)
    assert pair.residual <= 1e-6 * abs(largest_in_size)
    assert pair.n_products == operator.n_products
    assert is_certified(pair, operator.matrix)


@pytest.mark.parametrize("eigenvalues", [[-4.0, 1.0, 2.0], [-2.0, 2.0, 1.0], OUTLIERS], ids=brief)
def test_a_shift_finds_the_largest(eigenvalues):
    operator = Operator(rotated(eigenvalues))
    pair = power_iteration(operator, len(eigenvalues), rng(), shift=5.0, tol=1e-8)
    assert pair.value == pytest.approx(np.max(eigenvalues), rel=1e-6)  # shifted by up to ten times
    assert is_certified(pair, operator.matrix)


def test_between_two_signs_power_iteration_does_not_settle_and_says_so():
    pair = power_iteration(Operator(rotated([-2.0, 2.0, 1.0])), 3, rng(), max_products=50)
    assert pair.n_products == 50
    assert pair.residual > 0.1


def test_power_iteration_takes_the_products_that_the_gap_asks_for():
    eigenvalues = np.array([1.0, *np.linspace(0, 0.8, 99)])
    counts = [
        power_iteration(Operator(np.diag(eigenvalues)), 100, rng(), tol=tol).n_products
        for tol in (1e-4, 1e-8)
    ]
    # The residual shrinks by 0.8 a product, a little faster while smaller ones die out too.
    assert np.diff(counts).item() == pytest.approx(np.log(1e-4) / np.log(0.8), abs=2)


@pytest.mark.parametrize(
    "eigenvalues",
    [[5.0], [-5.0, 1.0, 3.0], [-3.0, -2.0], [3.0, 3.0, 1.0], [0.0, 0.0], [-2.0, 2.0], OUTLIERS],
    ids=brief,
)
def test_lanczos_finds_both_ends(eigenvalues):
    operator = Operator(rotated(eigenvalues))
    lowest, highest = extreme_eigenvalues(operator, len(eigenvalues), rng())
    assert lowest.n_products == highest.n_products == operator.n_products
    atol = 1e-6 * np.abs(eigenvalues).max()  # the residual that the default tol allows
    assert lowest.value == pytest.approx(np.min(eigenvalues), abs=atol)
    assert highest.value == pytest.approx(np.max(eigenvalues), abs=atol)
    top = top_eigenvalue(operator, len(eigenvalues), rng(1))
    assert top.value == pytest.approx(np.max(eigenvalues), abs=atol)
    for pair in (lowest, highest, top):
        assert is_certified(pair, operator.matrix)


def test_the_value_is_better_than_its_residual():
    pair = top_eigenvalue(Operator(np.diag(OUTLIERS)), len(OUTLIERS), rng(), tol=1e-3)
    error, gap = 1.5 - pair.value, pair.value - 1.2
    # The bound of Temple and Kato, up to rounding; and from inside.
    assert -1e-15 <= error <= pair.residual**2 / gap + 1e-15


def test_lanczos_needs_a_fraction_of_the_products():
    n, matrix = len(OUTLIERS), np.diag(OUTLIERS)
    slow, fast = (
        power_iteration(Operator(matrix), n, rng()),
        top_eigenvalue(Operator(matrix), n, rng()),
    )
    assert slow.residual <= 1e-6 * slow.value
    assert fast.residual <= 1e-6 * fast.value
    assert fast.n_products < slow.n_products / 2


def test_a_full_run_finds_every_eigenvalue():
    matrix = rotated(np.random.RandomState(0).standard_normal(60))
    ritz = lanczos(Operator(matrix), 60, 100, rng())
    spectrum = np.linalg.eigvalsh(matrix)
    np.testing.assert_allclose(ritz.values, spectrum, atol=1e-13 * np.abs(spectrum).max() * 60)
    assert len(ritz.values) == 60  # no more than there are


def test_the_basis_stays_orthogonal_where_rounding_would_spoil_it():
    # One far outlier: without reorthogonalization copies of it come back within 30 steps.
    eigenvalues = np.append(np.geomspace(1e-3, 1, 199), 100.0)
    ritz = lanczos(Operator(np.diag(eigenvalues)), 200, 80, rng())
    np.testing.assert_allclose(ritz.basis @ ritz.basis.T, np.eye(80), atol=1e-13)
    np.testing.assert_allclose(ritz.vectors.T @ ritz.vectors, np.eye(80), atol=1e-12)
    assert np.sum(ritz.values > 50) == 1


def test_each_residual_is_true():
    matrix = rotated(OUTLIERS)
    ritz = lanczos(Operator(matrix), len(OUTLIERS), 20, rng())
    errors = matrix @ ritz.vectors - ritz.values * ritz.vectors
    # Twenty steps add up a few hundred roundings of numbers near 1.
    np.testing.assert_allclose(np.linalg.norm(errors, axis=0), ritz.residuals, atol=1e-13)
    projected = ritz.basis @ matrix @ ritz.basis.T
    np.testing.assert_allclose(np.linalg.eigvalsh(projected), ritz.values, atol=1e-13)


def test_more_steps_push_the_ends_outwards_and_never_past_the_spectrum():
    matrix = rotated(OUTLIERS)
    runs = [lanczos(Operator(matrix), len(OUTLIERS), k, rng()) for k in (2, 5, 10, 20)]
    lows, highs = (np.array([run.values[end] for run in runs]) for end in (0, -1))
    assert np.all(np.diff(highs) >= 0)
    assert np.all(np.diff(lows) <= 0)
    assert highs[-1] <= 1.5 + 1e-13
    assert lows[-1] >= -0.1 - 1e-13


@pytest.mark.parametrize("n", [10, 1000])
def test_each_distinct_eigenvalue_takes_one_product(n):
    operator = Operator(np.diag(np.resize([-1.0, 2.0, 5.0], n)))
    ritz = lanczos(operator, n, 50, rng())
    np.testing.assert_allclose(ritz.values, [-1, 2, 5], rtol=1e-13)  # a few roundings
    assert operator.n_products == 3
    assert ritz.weights.sum() == pytest.approx(1, abs=1e-14)


def test_a_start_sees_only_the_eigenvectors_that_it_has():
    operator = Operator(np.diag([1.0, 2.0, 3.0]))
    ritz = lanczos(operator, 3, 3, rng(), start=[3.0, 4.0, 0.0])
    np.testing.assert_allclose(ritz.values, [1, 2], rtol=1e-14)
    np.testing.assert_allclose(ritz.weights, [0.36, 0.64], rtol=1e-14)
    assert lanczos(operator, 3, 3, rng(), start=[0.0, 5.0, 0.0]).values == [2.0]


def test_the_tolerance_is_about_the_ends_that_are_asked_for():
    eigenvalues = np.concatenate([np.linspace(0, 1, 100), [3.0]])  # easy above, hard below
    matrix = np.diag(eigenvalues)
    counts = {
        ends: len(lanczos(Operator(matrix), 101, 101, rng(), 1e-6, ends).values)
        for ends in ("top", "bottom", "both")
    }
    assert counts["top"] < counts["bottom"] == counts["both"]


@pytest.mark.parametrize("find", [power_iteration, top_eigenvalue])
def test_the_generator_alone_decides(find):
    operator = Operator(rotated(OUTLIERS))
    first, again = (find(operator, len(OUTLIERS), rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first.vector, again.vector)
    other = find(operator, len(OUTLIERS), rng(4))
    assert not np.array_equal(first.vector, other.vector)


def test_single_precision_is_enough_for_three_digits():
    matrix = rotated(OUTLIERS).astype(np.float32)
    pair = top_eigenvalue(lambda v: matrix @ v.astype(np.float32), len(OUTLIERS), rng(), tol=1e-4)
    assert pair.value == pytest.approx(1.5, rel=1e-5)  # 1e-7 a rounding, two hundred of them


def test_the_top_of_a_network():
    stream = np.random.RandomState(0)
    X, y = stream.standard_normal((40, 4)), stream.randint(0, 3, 40)
    model = MLP(X, y, hidden=(6,), n_classes=3)
    params = model.initial(rng())
    spectrum = np.linalg.eigvalsh(model.hessian(params))
    lowest, highest = extreme_eigenvalues(model.hvp(params), model.n_params, rng())
    np.testing.assert_allclose([lowest.value, highest.value], spectrum[[0, -1]], atol=1e-6)


@pytest.mark.parametrize("find", [top_eigenvalue, extreme_eigenvalues])
def test_what_is_not_symmetric_is_not_a_hessian(find):
    matrix = np.random.RandomState(0).standard_normal((20, 20))
    with pytest.raises(ValueError, match="hvp must be symmetric"):
        find(lambda v: matrix @ v, 20, rng())


@pytest.mark.parametrize("find", [power_iteration, top_eigenvalue])
def test_a_product_that_left_the_numbers_is_named(find):
    with pytest.raises(ValueError, match="hvp's product must be finite"):
        find(lambda v: np.nan * v, 3, rng())


def test_a_start_of_zeros_leads_nowhere():
    with pytest.raises(ValueError, match="start must not be the zero vector"):
        lanczos(lambda v: v, 3, 2, rng(), start=np.zeros(3))
