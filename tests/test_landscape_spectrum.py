"""The spectrum as a whole against exact moments, and sharpness along runs."""

from itertools import islice

import numpy as np
import pytest

from optedu.descent import GradientDescent, Iterate, descend
from optedu.landscape import (
    SpectralDensity,
    hessian_trace,
    spectral_density,
    track_sharpness,
)
from optedu.problems import diagonal_quadratic


def rotated(eigenvalues, seed=0):
    """Return a symmetric matrix with these eigenvalues and random eigenvectors."""
    n = len(eigenvalues)
    basis, _ = np.linalg.qr(np.random.RandomState(seed).standard_normal((n, n)))
    matrix = basis @ np.diag(eigenvalues) @ basis.T
    return (matrix + matrix.T) / 2


def rng(seed=0):
    return np.random.default_rng(seed)


def test_a_probe_gives_every_moment_up_to_twice_its_steps():
    n, n_steps = 50, 4
    H = rotated(np.linspace(-1, 2, n))
    density = spectral_density(lambda v: H @ v, n, rng(), n_probes=1, n_steps=n_steps)
    signs = rng().choice([-1.0, 1.0], size=n)  # the probe, drawn as the docstring says
    exact = [signs @ np.linalg.matrix_power(H, k) @ signs / n for k in range(2 * n_steps + 1)]
    moments = [density.moment(k) for k in range(2 * n_steps + 1)]
    # Quadrature with 4 nodes: exact to degree 7, and not to degree 8.
    np.testing.assert_allclose(moments[:-1], exact[:-1], rtol=1e-12)
    assert abs(moments[-1] - exact[-1]) > 1e-4


@pytest.mark.parametrize("power", [1, 2, 3])
def test_moments_are_traces_but_for_the_draw_of_signs(power):
    n, n_probes = 80, 25
    H = rotated(np.linspace(-1, 3, n))
    density = spectral_density(lambda v: H @ v, n, rng(power), n_probes, n_steps=6)
    P = np.linalg.matrix_power(H, power)
    off_diagonal = P - np.diag(np.diag(P))
    # The variance of z'Pz for random signs is 2 ‖off-diagonal‖²; six standard deviations.
    slack = 6 * np.sqrt(2 * np.sum(off_diagonal**2) / n_probes) / n
    assert density.moment(power) == pytest.approx(np.trace(P) / n, abs=slack)


def test_random_signs_weigh_the_entries_of_a_diagonal_equally():
    curvatures = np.linspace(1, 2, 12)
    density = spectral_density(lambda v: curvatures * v, 12, rng(), n_probes=3, n_steps=12)
    halfway = np.append(curvatures - 0.5 / 11, 2.5)
    # All eigenvalues are found, each with weight 1/12, in all three runs.
    np.testing.assert_allclose(density.cdf(halfway), np.arange(13) / 12, atol=1e-12)


def test_a_distribution_rises_from_0_to_1_and_a_density_integrates_to_1():
    H = rotated(np.concatenate([np.zeros(90), np.linspace(1, 2, 10)]))
    density = spectral_density(lambda v: H @ v, 100, rng(), n_probes=4, n_steps=20)
    x = np.linspace(-1, 3, 2001)
    rise = density.cdf(x)
    assert (rise[0], rise[-1]) == (0, pytest.approx(1, abs=1e-14))
    assert np.all(np.diff(rise) >= 0)
    # 90 of 100 eigenvalues are 0; a probe's share of them has variance 2 * 0.9 * 0.1 / 100 at most.
    assert density.cdf(0.5) == pytest.approx(0.9, abs=6 * np.sqrt(2 * 0.09 / 100 / 4))
    smooth = density.smoothed(x, width=0.05)
    assert np.all(smooth >= 0)
    # The trapezoidal rule is exact to rounding for Gaussians 25 grid steps wide.
    assert np.trapezoid(smooth, x) == pytest.approx(1, abs=1e-12)
    assert density.smoothed(0.5, width=0.05).shape == ()


def test_a_density_is_what_its_nodes_say():
    density = SpectralDensity(np.array([-1.0, 2.0]), np.array([0.25, 0.75]))
    np.testing.assert_array_equal(density.cdf([-2.0, -1.0, 0.0, 2.0]), [0, 0.25, 0.25, 1])
    assert [density.moment(k) for k in (0, 1, 2)] == [1, 1.25, 3.25]
    peak = 0.75 / np.sqrt(2 * np.pi) / 0.1
    assert density.smoothed(2.0, 0.1) == pytest.approx(peak, rel=1e-12)
    for width in (0.0, -1.0, np.nan):
        with pytest.raises(ValueError, match="width must be"):
            density.smoothed(0.0, width)
    with pytest.raises(ValueError, match="power must be"):
        density.moment(-1)


def test_a_diagonal_has_its_trace_measured_exactly():
    curvatures = np.arange(1.0, 9.0)
    assert hessian_trace(lambda v: curvatures * v, 8, rng(), n_probes=2) == (36.0, 0.0)


def test_the_trace_is_within_the_error_that_it_states():
    H = rotated(np.linspace(-1, 3, 60))
    trace, error = hessian_trace(lambda v: H @ v, 60, rng(), n_probes=400)
    exact_error = np.sqrt(2 * np.sum((H - np.diag(np.diag(H))) ** 2) / 400)
    # A standard deviation from 400 samples scatters by about 1 / sqrt(800) of itself; six of that,
    # and half as much again because squares of signs have heavier tails than normal numbers.
    assert error == pytest.approx(exact_error, rel=9 / np.sqrt(800))
    assert trace == pytest.approx(np.trace(H), abs=6 * exact_error)


def test_counts_of_products_are_kept():
    calls = []

    def hvp(v):
        calls.append(1)
        return np.linspace(0, 1, 50) * v

    spectral_density(hvp, 50, rng(), n_probes=3, n_steps=7)
    assert len(calls) == 3 * 7
    hessian_trace(hvp, 50, rng(), n_probes=9)
    assert len(calls) == 3 * 7 + 9


def test_a_quadratic_is_equally_sharp_all_along():
    problem = diagonal_quadratic([1.0, 7.0])
    run = islice(descend(problem.value_and_grad, [1.0, 1.0], GradientDescent(0.1)), 10)
    path = list(track_sharpness(run, lambda x: lambda v: problem.hessian(x) @ v, rng(), every=4))
    assert [point.step for point in path] == [0, 4, 8]
    assert path[0].loss == problem.value([1.0, 1.0])
    np.testing.assert_allclose([point.sharpness for point in path], 7, rtol=1e-12)


def test_a_direction_that_overtakes_the_sharpest_is_noticed():
    """A search that starts from the last eigenvector would stop at it."""
    curvatures = np.linspace(0, 1, 200)

    def hvp_at(params):
        moved = curvatures.copy()
        moved[:2] = 9 - params[0], 9 + params[0]
        return lambda v: moved * v

    times = np.array([-1.0, -0.5, 0.5, 1.0])
    run = [Iterate(k, np.full(200, t), 0.0, np.zeros(200)) for k, t in enumerate(times)]
    sharpness = [point.sharpness for point in track_sharpness(run, hvp_at, rng())]
    np.testing.assert_allclose(sharpness, 9 + np.abs(times), rtol=1e-6)  # tol squared


def test_a_run_that_left_the_numbers_has_no_sharpness():
    run = [Iterate(0, np.ones(2), 1.0, np.ones(2)), Iterate(1, np.full(2, np.nan), np.nan, None)]
    path = list(track_sharpness(run, lambda x: lambda v: 3 * v, rng()))
    assert path[0].sharpness == pytest.approx(3, rel=1e-15)
    assert np.isnan(path[1].sharpness)


def valley(params):
    """Return (1 - x²y²)² / 2 and its gradient; its minima, xy = ±1, have sharpness 4 (x² + y²)."""
    x, y = params
    slope = -2 * x * y * (1 - (x * y) ** 2)
    return 0.5 * (1 - (x * y) ** 2) ** 2, slope * np.array([y, x])


def valley_hvp(params):
    x, y = params
    p = x * y
    bend, slope = 6 * p**2 - 2, 2 * p**3 - 2 * p
    H = bend * np.outer([y, x], [y, x]) + slope * np.array([[0, 1], [1, 0]])
    return lambda v: H @ v


def valley_run(learning_rate, sharpness, n_steps):
    """Descend from beside the minimum with this sharpness, which has x² - y² nearly that / 4."""
    difference = np.sqrt((sharpness / 4) ** 2 - 4)
    x = np.sqrt((np.hypot(difference, 2 * 1.02) + difference) / 2)
    run = descend(valley, [x, 1.02 / x], GradientDescent(learning_rate))
    return list(track_sharpness(islice(run, n_steps), valley_hvp, rng(), every=20))


def test_small_steps_go_to_the_minimum_at_hand():
    path = valley_run(0.01, sharpness=24.0, n_steps=300)
    # Along the flow x² - y² is kept; a step changes it by (αg)², here 1e-4 in all.
    assert path[-1].sharpness == pytest.approx(24, rel=1e-3)


@pytest.mark.parametrize("excess", [1.05, 1.2, 1.4])
def test_steps_too_large_for_it_settle_at_the_edge_of_stability(excess):
    learning_rate = 0.1
    edge = 2 / learning_rate
    path = valley_run(learning_rate, excess * edge, n_steps=1501)
    sharpness = np.array([point.sharpness for point in path])
    assert sharpness[0] > edge
    assert np.any(np.diff([point.loss for point in path]) > 0)
    # The minimum it ends at is stable, and hardly flatter than that asks for.
    assert 0.98 * edge < sharpness[-1] < edge
    assert path[-1].loss < 1e-12  # errors shrink by 0.985 a step there, their squares count
