"""Critical points by the signs of their eigenvalues, and runs that leave saddles."""

from itertools import islice, pairwise

import numpy as np
import pytest

from optedu.descent import GradientDescent, descend
from optedu.landscape import (
    classify_critical_point,
    escape_steps,
    goe,
    inertia,
    perturbed_gradient_descent,
)
from optedu.problems import (
    cubic,
    himmelblau,
    mixed_partials,
    monkey_saddle,
    plain_saddle,
    quartic,
    rosenbrock,
    saddle,
)

SIGNS = [
    ([3.0], "minimum"),
    ([-3.0], "maximum"),
    ([0.0], "degenerate"),
    ([1.0, 2.0], "minimum"),
    ([1.0, -2.0], "saddle"),
    ([-1.0, -2.0, -3.0, -4.0], "maximum"),  # its determinant is positive
    ([-1.0, -2.0, 3.0, 4.0], "saddle"),  # and so is this one
    ([1.0, 0.0], "degenerate"),
    ([-1.0, 0.0], "degenerate"),
    ([1.0, 0.0, -1.0], "saddle"),  # two signs decide, whatever the third does
    ([1.0, 1e-12], "degenerate"),
    ([1.0, -1e-12], "degenerate"),
]
every_sign = pytest.mark.parametrize(("eigenvalues", "kind"), SIGNS, ids=str)


def rotated(eigenvalues, seed=0):
    """Return a symmetric matrix with these eigenvalues and random eigenvectors."""
    n = len(eigenvalues)
    basis, _ = np.linalg.qr(np.random.RandomState(seed).standard_normal((n, n)))
    matrix = basis @ np.diag(eigenvalues) @ basis.T
    return (matrix + matrix.T) / 2


@every_sign
def test_signs_decide_in_any_basis(eigenvalues, kind):
    assert classify_critical_point(np.diag(eigenvalues)) == kind
    assert classify_critical_point(rotated(eigenvalues)) == kind


@every_sign
@pytest.mark.parametrize("scale", [1e-200, 1e-12, 1e12, 1e200])
def test_units_of_the_loss_do_not_matter(eigenvalues, kind, scale):
    assert classify_critical_point(scale * np.diag(eigenvalues)) == kind


@every_sign
def test_the_counts_add_up_and_survive_a_change_of_variables(eigenvalues, kind):
    counts = inertia(np.diag(eigenvalues))
    assert sum(counts) == len(eigenvalues)
    assert counts[0] == sum(value < -1e-8 for value in eigenvalues)
    # Sylvester: x = S u keeps the signs. This S bends lengths by less than 4 to 1.
    S = np.eye(len(eigenvalues)) + 0.5 * np.tri(len(eigenvalues), k=-1)
    assert inertia(S.T @ np.diag(eigenvalues) @ S) == counts


def test_the_diagonal_does_not_decide():
    assert classify_critical_point([[1.0, 2.0], [2.0, 1.0]]) == "saddle"


def test_the_tolerance_is_relative_to_the_largest_curvature():
    hessian = np.diag([1000.0, 1.0])
    assert classify_critical_point(hessian, tol=0.5e-3) == "minimum"
    assert classify_critical_point(hessian, tol=2e-3) == "degenerate"


def test_rounding_is_never_taken_for_curvature():
    X = np.random.RandomState(0).standard_normal((10, 200))
    _, zero, positive = inertia(X.T @ X, tol=0.0)
    assert (zero, positive) == (190, 10)  # a matrix of rank 10, but for rounding


@pytest.mark.parametrize(
    ("problem", "point", "kind"),
    [
        (himmelblau(), himmelblau().minimizer, "minimum"),
        (rosenbrock(), rosenbrock().minimizer, "minimum"),
        (saddle(), (0.0, 0.0), "saddle"),
        (saddle(), (0.0, 1.0), "minimum"),
        (plain_saddle(), (0.0, 0.0), "saddle"),
        (monkey_saddle(), (0.0, 0.0), "degenerate"),
        (cubic(), (0.0,), "degenerate"),
        (quartic(), (0.0,), "degenerate"),
    ],
    ids=lambda thing: getattr(thing, "name", str(thing)),
)
def test_points_of_known_functions(problem, point, kind):
    assert np.linalg.norm(problem.grad(point)) < 1e-8  # a minimizer is stored to rounding
    assert classify_critical_point(problem.hessian(point)) == kind


def test_asymmetry_of_rounding_is_averaged_and_any_other_refused():
    hessian = rotated([1.0, 2.0, -3.0])
    nudged = hessian + 1e-13 * np.triu(np.ones((3, 3)), 1)
    assert inertia(nudged) == inertia(hessian)
    with pytest.raises(ValueError, match="hessian must be symmetric"):
        classify_critical_point(mixed_partials().hessian([0.0, 0.0]))


def test_random_symmetric_matrices_have_the_law_of_the_ensemble():
    draws = goe(3, np.random.default_rng(0), n_draws=40_000)
    np.testing.assert_array_equal(draws, np.swapaxes(draws, 1, 2))
    # A variance from k normal numbers scatters by sqrt(2/k) of itself; six of that.
    slack = 6 * np.sqrt(2 / len(draws))
    np.testing.assert_allclose(draws.var(axis=0), 1 + np.eye(3), rtol=slack)
    along = np.array([1.0, 1.0, 0.0]) / np.sqrt(2)
    # The law is the same in every basis, so a diagonal entry has variance 2 in this one too.
    assert np.var(draws @ along @ along) == pytest.approx(2, rel=slack)


@pytest.mark.parametrize(
    ("n", "exact"), [(1, 1 / 2), (2, (2 - 2**0.5) / 4), (3, (np.pi - 2 * 2**0.5) / (4 * np.pi))]
)
def test_minima_are_rarer_than_fair_coins_suggest(n, exact):
    draws = 40_000
    definite = np.linalg.eigvalsh(goe(n, np.random.default_rng(n), draws))[:, 0] > 0
    # Six standard deviations of a frequency.
    slack = 6 * np.sqrt(exact * (1 - exact) / draws)
    assert definite.mean() == pytest.approx(exact, abs=slack)
    assert n == 1 or definite.mean() < 2.0**-n


@pytest.mark.parametrize("offset", [1e-2, 1e-4, 1e-8])
def test_a_run_leaves_the_ridge_when_the_formula_says(offset):
    run = descend(plain_saddle().value_and_grad, [1.0, offset], GradientDescent(0.1))
    left = next(it.step for it in run if abs(it.params[1]) >= 1)
    assert left == np.ceil(escape_steps(offset, learning_rate=0.1, curvature=1.0))


def test_a_run_on_the_ridge_stays_there():
    run = descend(saddle().value_and_grad, [1.0, 0.0], GradientDescent(0.1))
    assert next(islice(run, 1000, None)).params[1] == 0


def test_escape_steps_broadcasts_and_counts_what_is_left():
    offsets = np.array([1e-2, 1e-4])
    together = escape_steps(offsets, 0.1, 2.0)
    assert list(together) == [escape_steps(offset, 0.1, 2.0) for offset in offsets]
    assert escape_steps(0.5, 0.1, 2.0, distance=0.5) == 0


def shaken(problem, start, seed, most=5000):
    rng = np.random.default_rng(seed)
    run = perturbed_gradient_descent(
        problem.value_and_grad, start, 0.1, rng, radius=0.01, grad_tol=1e-3, wait=100
    )
    return list(islice(run, most))


@pytest.mark.parametrize("seed", range(5))
def test_a_shaken_run_ends_at_a_minimum(seed):
    path = shaken(saddle(), [1.0, 0.0], seed)
    end = path[-1]
    assert end.step == len(path) - 1 < 4999  # it ended by itself, and every step was counted
    assert np.linalg.norm(end.grads) <= 1e-3
    assert classify_critical_point(saddle().hessian(end.params)) == "minimum"
    assert end.loss == min(it.loss for it in path[:-100])


@pytest.mark.parametrize("seed", range(5))
def test_it_jumps_only_where_the_gradient_is_small_and_not_soon_again(seed):
    path = shaken(saddle(), [1.0, 0.0], seed)
    jumps = []
    for here, there in pairwise(path[:-1]):
        plain = here.params - 0.1 * here.grads
        if not np.array_equal(there.params, plain):
            assert np.linalg.norm(here.grads) <= 1e-3
            assert np.linalg.norm(there.params - here.params) <= 0.01 + 1e-15  # one rounding
            jumps.append(here.step)
    assert len(jumps) >= 2  # off the ridge, and at the minimum
    assert np.diff(jumps).min() > 100
    # The last step takes the last jump back.
    np.testing.assert_array_equal(path[-1].params, path[jumps[-1]].params)
    assert path[-1].step == jumps[-1] + 1 + 100 + 1


def test_it_leaves_as_fast_as_its_jump_allows():
    path = shaken(plain_saddle(), [0.0, 0.0], 3, most=200)
    left = next(it.step for it in path if abs(it.params[1]) >= 1)
    after_jump = abs(path[1].params[1])
    assert left == 1 + np.ceil(escape_steps(after_jump, 0.1, 1.0))


def test_jumps_fill_the_ball_evenly():
    def flat(x):
        return 0.0, np.zeros_like(x)

    rng = np.random.default_rng(0)
    runs = [perturbed_gradient_descent(flat, np.zeros(2), 0.1, rng, radius=2.0) for _ in range(900)]
    jumps = np.array([next(islice(run, 1, None)).params for run in runs])
    lengths = np.linalg.norm(jumps, axis=1)
    assert lengths.max() <= 2
    # A quarter of a disk lies within half its radius; six standard deviations of a frequency.
    assert np.mean(lengths < 1) == pytest.approx(0.25, abs=6 * np.sqrt(0.25 * 0.75 / 900))
    # The mean of 900 points with variance radius²/4 along each axis.
    assert np.abs(jumps.mean(axis=0)).max() < 6 * np.sqrt(2.0**2 / 4 / 900)


def test_a_plateau_is_given_up_after_one_wait():
    flat = perturbed_gradient_descent(
        lambda x: (0.0, np.zeros_like(x)), np.zeros((2, 2)), 0.1, np.random.default_rng(0), wait=7
    )
    path = list(flat)
    assert [it.step for it in path] == list(range(1 + 1 + 7 + 1))
    np.testing.assert_array_equal(path[-1].params, np.zeros((2, 2)))


def test_shaking_is_repeatable():
    first, again = (shaken(saddle(), [1.0, 0.0], 4)[-1].params for _ in range(2))
    np.testing.assert_array_equal(first, again)
