"""Momentum against the theory of its two-term recurrence, and against other ways to write it."""

from itertools import islice, permutations, product, takewhile

import numpy as np
import pytest

from optedu.adaptive import Adam
from optedu.descent import GradientDescent, descend, measure_rate
from optedu.momentum import (
    CONVENTIONS,
    AcceleratedGradient,
    Momentum,
    Nesterov,
    convert,
    convert_velocity,
    critical_momentum,
    descend_with_restart,
    effective_learning_rate,
    look_ahead,
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


def test_looking_ahead_visits_the_points_of_the_rearranged_rule():
    problem, rule = rosenbrock(), Nesterov(1e-3, momentum=0.8)
    run = look_ahead(problem.value_and_grad, [-1.2, 1.0], rule)
    ours = [it.params for it in islice(run, 41)]
    np.testing.assert_allclose(
        ours, path(problem, rule, [-1.2, 1.0], 40), rtol=1e-10
    )  # 40 steps in two orders of rounding


def test_looking_ahead_costs_one_gradient_a_step():
    calls = []

    def counted(x):
        calls.append(x)
        return 0.5 * x @ x, x

    for it in islice(look_ahead(counted, [3.0, 1.0], Nesterov(0.1)), 10):
        assert len(calls) == it.step + 1
        np.testing.assert_array_equal(calls[-1], it.params)


def test_looking_ahead_returns_to_its_own_point_by_one_gradient_step():
    alpha, mu = 0.1, 0.8
    x, v = np.array([2.0]), np.zeros(1)
    for it in islice(look_ahead(lambda x: (0.5 * x @ x, x), x, Nesterov(alpha, momentum=mu)), 20):
        v = mu * v - alpha * (x + mu * v)
        x = x + v
        np.testing.assert_allclose(it.params - alpha * it.grads, x, rtol=1e-12, atol=1e-15)


def run_form(convention, problem, alpha, mu, tau, start, velocity, n_steps, decay_at=None):
    """Run one convention as its own code would, and return the points that it shows.

    The learning rate becomes a tenth before step `decay_at`.
    """
    x, v, points = np.array(start), np.array(velocity), []
    last = x - v  # what the difference form keeps in place of a velocity
    for step in range(n_steps):
        if step == decay_at:
            alpha = alpha / 10
        if convention == "look_ahead":
            points.append(x + mu * v)
            v = mu * v - alpha * problem.grad(x + mu * v)
            x = x + v
            continue
        points.append(x)
        g = problem.grad(x)
        if convention == "canonical":
            v = mu * v - alpha * g
            x = x + v
        elif convention == "difference":
            x, last = x - alpha * g + mu * (x - last), x
        elif convention == "rearranged":
            v = mu * v - alpha * g
            x = x + mu * v - alpha * g
        elif convention == "rearranged_sum":
            v = mu * v + g
            x = x - alpha * (g + mu * v)
        else:
            weight = {"sum": 1, "average": 1 - mu, "damped": 1 - tau}[convention]
            v = mu * v + weight * g
            x = x - alpha * v
    return np.array(points)


PAIRS = [
    (source, target)
    for source, target in permutations(CONVENTIONS, 2)
    if CONVENTIONS[source].method == CONVENTIONS[target].method
]
every_pair = pytest.mark.parametrize(("source", "target"), PAIRS)


@every_pair
@pytest.mark.parametrize("velocity", [[0.0, 0.0], [0.3, -0.2]])
def test_converted_numbers_visit_the_same_points(source, target, velocity):
    """From rest, and from the middle of a run, on a function that is no quadratic."""
    problem, alpha, mu = rosenbrock(), 1e-3, 0.75
    tau = 0.4 if "damped" in (source, target) else 0.0
    there, same_mu = convert(alpha, mu, source, target, tau)
    moved = convert_velocity(velocity, alpha, mu, source, target, tau)
    start = np.array([-1.2, 1.0])
    starts = dict.fromkeys(CONVENTIONS, start)
    if CONVENTIONS[source].method == "Nesterov":  # whose x lies behind the point that it shows
        step = convert_velocity(velocity, alpha, mu, source, "look_ahead")
        starts["look_ahead"] = start - mu * step
    assert same_mu == mu
    np.testing.assert_allclose(
        run_form(source, problem, alpha, mu, tau, starts[source], velocity, 40),
        run_form(target, problem, there, mu, tau, starts[target], moved, 40),
        rtol=1e-9,  # 40 steps in other orders of rounding, on a function that spreads them
    )


@every_pair
def test_conversion_there_and_back_is_the_identity(source, target):
    alpha, mu = np.array([[0.1, 2.0, 30.0], [1e-3, 0.7, 1.0]]), np.array([0.0, 0.5, 0.99])
    tau = np.array([0.0, 0.2, 0.9]) if "damped" in (source, target) else 0.0
    there, same_mu = convert(alpha, mu, source, target, tau)
    back, _ = convert(there, same_mu, target, source, tau)
    np.testing.assert_allclose(back, alpha, rtol=1e-15)  # four roundings
    v = np.array([[2.0, 0.0, -3.0], [1.0, 5.0, 7.0]])
    moved = convert_velocity(v, alpha, mu, source, target, tau)
    np.testing.assert_allclose(
        convert_velocity(moved, there, mu, target, source, tau), v, rtol=1e-15
    )


def test_the_canonical_rules_run_as_their_rows_say():
    problem, start = rosenbrock(), [-1.2, 1.0]
    for name, kind in (("canonical", Momentum), ("rearranged", Nesterov)):
        np.testing.assert_array_equal(
            run_form(name, problem, 1e-3, 0.75, 0.0, start, np.zeros(2), 41)[:2],
            path(problem, kind(1e-3, momentum=0.75), start, 40)[:2],
        )


@every_pair
def test_a_learning_rate_that_changes_splits_steps_from_gradients(source, target):
    """What a velocity of steps remembers was scaled by the old learning rate."""
    problem, alpha, mu = diagonal_quadratic([1.0, 5.0]), 0.1, 0.75
    there, _ = convert(alpha, mu, source, target)
    run = [
        run_form(name, problem, a, mu, 0.0, [1.0, 1.0], np.zeros(2), 20, decay_at=10)
        for name, a in ((source, alpha), (target, there))
    ]
    np.testing.assert_allclose(run[0][:11], run[1][:11], atol=1e-13)  # roundings of numbers near 1
    agree = CONVENTIONS[source].holds_steps == CONVENTIONS[target].holds_steps
    assert (np.max(np.abs(run[0] - run[1])) < 1e-13) == agree


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((lambda step: 0.1, 0.9, "sum", "canonical"), "^learning_rate .* not a schedule"),
        ((0.1, 1.0, "average", "sum"), "^momentum"),
        ((0.1, 0.9, "sum", "look_ahead"), "^target .* heavy ball.* Nesterov"),
        ((0.1, 0.9, "torch", "sum"), "^source"),
        ((0.1, 0.9, "sum", "canonical", 0.5), "^dampening"),
        ((np.ones(3), np.full(2, 0.9), "sum", "canonical"), "learning_rate and momentum"),
    ],
)
def test_what_cannot_be_converted_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        convert(*arguments)


def test_a_rule_of_another_kind_is_refused():
    for call in (effective_learning_rate, stability_limit):
        with pytest.raises(ValueError, match=r"^rule must be Momentum"):
            call(Adam())
    for run in (look_ahead, descend_with_restart):
        with pytest.raises(ValueError, match=r"^rule must be"):
            next(run(rosenbrock().value_and_grad, [0.0, 0.0], GradientDescent()))


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


@pytest.mark.parametrize("kind", [Momentum, Nesterov])
def test_a_constant_gradient_is_followed_at_the_effective_rate(kind):
    rule, x = kind(0.1, momentum=np.array([0.0, 0.5, 0.75])), np.zeros(3)
    state = rule.init(x)
    for step in range(1, 200):
        before = x
        x, *state = rule.update(x, np.ones(3), step, *state)
    # 0.75^200 is below rounding.
    np.testing.assert_allclose(before - x, effective_learning_rate(rule), rtol=1e-12)


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


def test_a_mode_too_steep_for_the_heavy_ball_has_no_critical_momentum():
    with pytest.raises(ValueError, match="learning_rate times curvature must be below 4"):
        critical_momentum(1.0, 4.0)


def test_equal_curvatures_need_no_momentum():
    assert optimal_heavy_ball(4, 4) == Momentum(0.25, momentum=0.0)


def first_below(iterates, loss):
    return sum(1 for _ in takewhile(lambda it: it.loss > loss, iterates))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("alpha", [1.0, 0.3])
def test_growing_momentum_keeps_its_promise_where_m_is_zero(seed, alpha):
    """Su, Boyd and Candès 2016: at each step, not only in the long run."""
    rng = np.random.RandomState(seed)
    eigenvalues = np.concatenate([[1.0, 0.0], 10.0 ** rng.uniform(-6, 0, 20)])
    problem, start = diagonal_quadratic(eigenvalues), rng.randn(22)
    distance = np.sum(start[eigenvalues > 0] ** 2)  # to the nearest minimizer
    run = descend(problem.value_and_grad, start, AcceleratedGradient(alpha))
    for it in islice(run, 500):
        x, k = it.params - alpha * it.grads, it.step + 1
        assert problem.value(x) <= 2 * distance / (alpha * (k + 1) ** 2)


def random_quadratic(kappa, seed):
    """Return a quadratic with curvatures spread from 1 to kappa, and a start."""
    rng = np.random.RandomState(seed)
    eigenvalues = np.concatenate([[1.0, kappa], kappa ** rng.uniform(size=18)])
    return diagonal_quadratic(eigenvalues), rng.randn(20)


@pytest.mark.parametrize(("kappa", "criterion"), [*product(KAPPAS, ["gradient", "loss"])])
def test_restarts_stand_in_for_the_unknown_m(kappa, criterion):
    for seed in range(5):
        problem, start = random_quadratic(kappa, seed)
        f, goal = problem.value_and_grad, 1e-10 * problem.value(start)
        restarted = first_below(
            descend_with_restart(f, start, AcceleratedGradient(1 / kappa), criterion), goal
        )
        knowing = first_below(descend(f, start, standard_nesterov(kappa, 1)), goal)
        without = first_below(descend(f, start, AcceleratedGradient(1 / kappa)), goal)
        # A restart throws away a swing of about sqrt(kappa) steps, and there are a few of them:
        # measured, at most 1.75 times the steps of the method that knows m.
        assert restarted <= 2 * knowing
        assert restarted < without


@pytest.mark.parametrize("kind", [Momentum, Nesterov])
@pytest.mark.parametrize("criterion", ["gradient", "loss"])
def test_restarts_mend_too_much_momentum(kind, criterion):
    for seed in range(5):
        problem, start = random_quadratic(100, seed)
        f, goal = problem.value_and_grad, 1e-10 * problem.value(start)
        rule = kind(1 / 100, momentum=0.99)
        restarted = first_below(descend_with_restart(f, start, rule, criterion), goal)
        assert restarted < first_below(descend(f, start, rule), goal) / 3


def test_a_run_that_never_turns_uphill_is_not_restarted():
    problem, rule = diagonal_quadratic([1.0, 2.0]), Nesterov(0.1, momentum=0.1)
    restarted = descend_with_restart(problem.value_and_grad, [3.0, 1.0], rule)
    np.testing.assert_array_equal(
        [it.params for it in islice(restarted, 41)], path(problem, rule, [3.0, 1.0], 40)
    )


def test_a_restart_takes_a_plain_gradient_step():
    """O'Donoghue and Candès 2015: the next point is x, without looking ahead."""
    problem, alpha = diagonal_quadratic([1.0]), 0.1
    run = list(
        islice(descend_with_restart(problem.value_and_grad, [1.0], AcceleratedGradient(alpha)), 40)
    )
    x = np.array([it.params - alpha * it.grads for it in run])[:, 0]
    y, g = (np.array([getattr(it, name) for it in run])[:, 0] for name in ("params", "grads"))
    turned = np.flatnonzero(g[1:-1] * (x[1:-1] - x[:-2]) > 0) + 1
    assert len(turned) > 0
    np.testing.assert_allclose(y[turned + 1], x[turned], rtol=1e-12)


def test_runs_that_would_restart_at_different_steps_are_refused():
    problem = diagonal_quadratic([1.0, 2.0])
    run = descend_with_restart(problem.value_and_grad, np.ones((3, 2)), Nesterov(0.1))
    with pytest.raises(ValueError, match=r"^value_and_grad must return one loss"):
        next(run)
