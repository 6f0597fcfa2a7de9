"""Momentum against the theory of its two-term recurrence, and against other ways to write it."""

from itertools import islice

import numpy as np
import pytest

from optedu.descent import GradientDescent, descend, measure_rate
from optedu.momentum import (
    Momentum,
    Nesterov,
    critical_momentum,
    from_average,
    optimal_heavy_ball,
    recurrence,
    spectral_radius,
    stability_limit,
    standard_nesterov,
)
from optedu.problems import diagonal_quadratic, lessard, rosenbrock

RULES = [Momentum(0.3, momentum=0.6), Nesterov(0.3, momentum=0.6)]
KAPPAS = (10, 100, 1000)


def path(problem, rule, start, steps):
    run = descend(problem.value_and_grad, start, rule)
    return np.array([it.params for it in islice(run, steps + 1)])


@pytest.mark.parametrize("rule", RULES, ids=repr)
@pytest.mark.parametrize("curvature", [0.1, 1.0, 3.0])
def test_points_satisfy_the_recurrence(rule, curvature):
    x = path(diagonal_quadratic([curvature]), rule, [1.0], 20)[:, 0]
    p, q = recurrence(rule, curvature)
    # Twenty steps add up a few hundred roundings of numbers near 1.
    np.testing.assert_allclose(x[2:], p * x[1:-1] + q * x[:-2], atol=1e-13)


@pytest.mark.parametrize("kind", [Momentum, Nesterov])
def test_without_momentum_it_is_gradient_descent(kind):
    problem = rosenbrock()
    np.testing.assert_array_equal(
        path(problem, kind(1e-3, momentum=0.0), [-1.2, 1.0], 50),
        path(problem, GradientDescent(1e-3), [-1.2, 1.0], 50),
    )


def test_nesterov_visits_the_points_at_which_the_look_ahead_form_takes_gradients():
    problem, alpha, mu = rosenbrock(), 1e-3, 0.8
    x, v, asked = np.array([-1.2, 1.0]), np.zeros(2), []
    for _ in range(40):
        asked.append(x + mu * v)
        v = mu * v - alpha * problem.grad(asked[-1])
        x = x + v
    ours = path(problem, Nesterov(alpha, momentum=mu), [-1.2, 1.0], 39)
    np.testing.assert_allclose(ours, asked, rtol=1e-10)  # 40 steps in two orders of rounding


def test_other_codes_of_the_heavy_ball_visit_the_same_points():
    problem, alpha, mu, steps = rosenbrock(), 1e-3, 0.75, 40
    ours = path(problem, Momentum(alpha, momentum=mu), [-1.2, 1.0], steps)

    def run(update):
        state, x = None, np.array([-1.2, 1.0])
        points = [x]
        for _ in range(steps):
            x, state = update(x, problem.grad(x), state)
            points.append(x)
        return points

    def torch_form(x, g, v):
        v = g if v is None else mu * v + g
        return x - alpha * v, v

    def polyak_form(x, g, before):
        before = x if before is None else before
        return x - alpha * g + mu * (x - before), x

    for update in (torch_form, polyak_form):
        np.testing.assert_allclose(run(update), ours, rtol=1e-10)  # other order of rounding

    def average_form(x, g, v):
        v = (1 - mu) * g if v is None else mu * v + (1 - mu) * g
        return x - alpha * v, v

    ours = path(problem, from_average(alpha, mu), [-1.2, 1.0], steps)
    np.testing.assert_allclose(run(average_form), ours, rtol=1e-10)


@pytest.mark.parametrize("kappa", KAPPAS)
def test_the_best_heavy_ball_has_its_rate(kappa):
    rule = optimal_heavy_ball(kappa, 1)
    promised = (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)
    radii = spectral_radius(rule, np.geomspace(1, kappa, 50))
    # At a double root rounding of 1e-16 moves the roots by its square root.
    np.testing.assert_allclose(radii, promised, rtol=1e-6)
    errors = np.linalg.norm(
        path(diagonal_quadratic([1.0, kappa]), rule, np.ones(2), int(40 * kappa**0.5)), axis=1
    )
    # The double root makes errors k rho^k, which looks up to 10 % slower in the logarithm.
    assert abs(np.log(measure_rate(errors)) / np.log(promised) - 1) < 0.1


@pytest.mark.parametrize("kappa", KAPPAS)
def test_standard_nesterov_has_its_rate(kappa):
    radii = spectral_radius(standard_nesterov(kappa, 1), np.geomspace(1, kappa, 50))
    # The slowest mode has a double root, where rounding counts by its square root.
    assert radii.max() == pytest.approx(1 - 1 / np.sqrt(kappa), rel=1e-6)


@pytest.mark.parametrize("kind", [Momentum, Nesterov])
@pytest.mark.parametrize("mu", [0.0, 0.5, 0.9])
def test_the_stability_limit_is_where_the_radius_passes_one(kind, mu):
    limit = stability_limit(kind(momentum=mu))
    assert spectral_radius(kind(0.999 * limit, momentum=mu), 1.0) < 1
    assert spectral_radius(kind(1.001 * limit, momentum=mu), 1.0) > 1


def test_complex_roots_do_not_depend_on_the_learning_rate():
    radii = [spectral_radius(Momentum(alpha, momentum=0.81), 1.0) for alpha in (0.1, 1.0, 3.0)]
    np.testing.assert_allclose(radii, 0.9, rtol=1e-12)  # sqrt(0.81), two roundings


def test_critical_momentum_gives_a_double_root():
    mu = critical_momentum(0.2, 1.5)
    p, q = recurrence(Momentum(0.2, momentum=mu), 1.5)
    assert p**2 + 4 * q == pytest.approx(0, abs=1e-14)  # a difference of numbers near 1
    assert spectral_radius(Momentum(0.2, momentum=mu), 1.5) < min(
        spectral_radius(Momentum(0.2, momentum=mu + d), 1.5) for d in (-0.01, 0.01)
    )


def test_a_constant_gradient_is_followed_faster_by_one_over_friction():
    rule, x = Momentum(0.1, momentum=0.75), np.zeros(1)
    state = rule.init(x)
    for step in range(1, 200):
        before = x
        x, *state = rule.update(x, np.ones(1), step, *state)
    assert (before - x).item() == pytest.approx(0.1 / 0.25)  # 0.75^200 is below rounding


def test_the_best_heavy_ball_can_cycle_where_gradient_descent_converges():
    problem = lessard()
    cycling = path(problem, optimal_heavy_ball(25, 1), [3.3], 300)[-30:, 0]
    np.testing.assert_allclose(cycling[3:], cycling[:-3], atol=1e-9)  # a cycle of three
    assert np.ptp(cycling) > 1
    assert abs(path(problem, GradientDescent(1 / 25), [3.3], 600)[-1, 0]) < 1e-6
    assert abs(path(problem, standard_nesterov(25, 1), [3.3], 300)[-1, 0]) < 1e-6


@pytest.mark.parametrize("make", [optimal_heavy_ball, standard_nesterov])
@pytest.mark.parametrize("bounds", [(1, 0), (0, 1), (1, 2), (np.nan, 1)])
def test_impossible_curvatures_are_refused(make, bounds):
    with pytest.raises(ValueError, match="must"):
        make(*bounds)


def test_equal_curvatures_need_no_momentum():
    assert optimal_heavy_ball(4, 4) == Momentum(0.25, momentum=0.0)
