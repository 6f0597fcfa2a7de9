"""Newton's method against what theory says of it: one step, order two, affine invariance."""

from itertools import islice

import numpy as np
import pytest

from optedu.models import Logistic
from optedu.problems import (
    Problem,
    cosine,
    himmelblau,
    log_sum,
    quadratic,
    rosenbrock,
    soft_absolute,
)
from optedu.second_order import newton

SAFEGUARDS = ("none", "absolute", "shift")


def path(problem, start, n_steps, **options):
    run = newton(problem.value_and_grad, problem.hessian, start, **options)
    return np.array([it.params for it in islice(run, n_steps + 1)])


def last(problem, start, **options):
    *_, it = islice(newton(problem.value_and_grad, problem.hessian, start, **options), 200)
    return it


@pytest.mark.parametrize("damped", [False, True])
@pytest.mark.parametrize("safeguard", SAFEGUARDS)
def test_one_step_minimizes_a_quadratic(damped, safeguard):
    rng = np.random.RandomState(0)
    M = rng.randn(6, 6)
    problem = quadratic(M @ M.T + np.eye(6), rng.randn(6))
    found = path(problem, rng.randn(6), 1, damped=damped, safeguard=safeguard)[1]
    np.testing.assert_allclose(found, problem.minimizer, rtol=1e-12)  # a condition number of 40


@pytest.mark.parametrize("damped", [False, True])
def test_the_points_do_not_depend_on_the_coordinates(damped):
    problem, rng = rosenbrock(), np.random.RandomState(3)
    A, b = rng.randn(2, 2) + 2 * np.eye(2), rng.randn(2)
    turned = Problem(
        "turned",
        value=lambda z: problem.value(z @ A.T + b),
        grad=lambda z: problem.grad(z @ A.T + b) @ A,
        hessian=lambda z: A.T @ problem.hessian(z @ A.T + b) @ A,
        start=np.linalg.solve(A, problem.start - b),
        minimizer=None,
        bounds=[[-1, 1], [-1, 1]],
    )
    plain = path(problem, problem.start, 6, damped=damped)
    images = path(turned, turned.start, 6, damped=damped) @ A.T + b
    np.testing.assert_allclose(images, plain, atol=1e-8)  # a step multiplies rounding by up to 1e3


def test_the_order_of_convergence_is_two():
    problem = log_sum()
    errors = np.abs(path(problem, [1.5], 12)[:, 0] - problem.minimizer[0])
    logs = np.log(errors[(errors < 0.1) & (errors > 1e-14)])
    order = (logs[-1] - logs[-2]) / (logs[-2] - logs[-3])
    # The constant still moves by a few percent over the last steps before rounding.
    assert order == pytest.approx(2, abs=0.1)


def test_rosenbrock_takes_seven_steps():
    problem = rosenbrock()
    errors = np.linalg.norm(path(problem, [-1.2, 1.0], 7) - 1, axis=1)
    assert errors[7] < 1e-12 < errors[6]
    assert errors[2] > errors[1]  # the second step leads further away


@pytest.mark.parametrize("start", [0.9, 1.0, 1.1])
def test_on_the_soft_absolute_value_a_step_is_minus_the_cube(start):
    """Below 1 the cubes vanish, at 1 they flip for ever, above 1 they grow."""
    k = np.arange(6)
    with np.errstate(over="ignore"):
        found = path(soft_absolute(), [start], 5)[:, 0]
    # Each step triples the relative error, and rounds once more at the size of its start.
    np.testing.assert_allclose(found, (-1.0) ** k * start ** (3.0**k), rtol=1e-12, atol=1e-15)


def test_a_diverging_run_ends_at_infinity():
    problem = soft_absolute()
    with np.errstate(all="ignore"):
        run = list(islice(newton(problem.value_and_grad, problem.hessian, [1.1]), 50))
    assert len(run) < 20
    assert abs(run[-1].params[0]) > 1e100


def test_newton_climbs_to_a_maximum_unless_told_not_to():
    wave = cosine()
    assert last(wave, [0.5]).params[0] == pytest.approx(0, abs=1e-12)  # steps end at rounding
    for safeguard in SAFEGUARDS[1:]:
        for damped in (False, True):
            it = last(wave, [0.5], safeguard=safeguard, damped=damped)
            assert it.loss == pytest.approx(-1)
            assert abs(it.grads[0]) < 1e-12


def saddle_quadratic(eigenvalues, seed):
    rng = np.random.RandomState(seed)
    Q, _ = np.linalg.qr(rng.randn(len(eigenvalues), len(eigenvalues)))
    return quadratic(Q @ np.diag(eigenvalues) @ Q.T, rng.randn(len(eigenvalues)))


@pytest.mark.parametrize("safeguard", SAFEGUARDS[1:])
@pytest.mark.parametrize(
    "eigenvalues", [(-3.0, 1.0, 2.0), (-3.0, -2.0, -1.0), (-1e-9, 1.0, 5.0), (0.0, -1e9, 1.0)]
)
def test_a_safeguarded_step_descends(eigenvalues, safeguard):
    for seed in range(5):
        problem = saddle_quadratic(eigenvalues, seed)
        start, after = path(problem, problem.start, 1, safeguard=safeguard)
        assert (after - start) @ problem.grad(start) < 0


def test_the_absolute_safeguard_turns_only_the_negative_directions_round():
    problem = quadratic(np.diag([4.0, -2.0]), [4.0, 2.0])
    np.testing.assert_allclose(path(problem, [0.0, 0.0], 1)[1], [1, -1])
    np.testing.assert_allclose(path(problem, [0.0, 0.0], 1, safeguard="absolute")[1], [1, 1])
    # Adding 2 * 2 to both eigenvalues leaves 8 and 2.
    np.testing.assert_allclose(path(problem, [0.0, 0.0], 1, safeguard="shift")[1], [0.5, 1])


@pytest.mark.parametrize("safeguard", SAFEGUARDS[1:])
def test_a_safeguard_leaves_positive_definite_matrices_alone(safeguard):
    rng = np.random.RandomState(0)
    model = Logistic(rng.randn(30, 4), rng.randint(2, size=30), l2=0.01)
    np.testing.assert_allclose(
        path(model, np.zeros(4), 6, safeguard=safeguard), path(model, np.zeros(4), 6), rtol=1e-9
    )  # two ways to solve a system with a condition number of 100


@pytest.mark.parametrize("safeguard", SAFEGUARDS)
def test_a_singular_hessian_is_no_obstacle(safeguard):
    problem = quadratic(np.diag([2.0, 0.0]), [2.0, 0.0])
    found = path(problem, [0.0, 5.0], 1, safeguard=safeguard)[1]
    np.testing.assert_allclose(found, [1.0, 5.0], rtol=1e-12)


def test_without_curvature_the_safeguarded_step_is_that_of_gradient_descent():
    slope = np.array([1.0, -2.0])
    run = newton(
        lambda x: (slope @ x, slope), lambda x: np.zeros((2, 2)), [0, 0], safeguard="shift"
    )
    np.testing.assert_array_equal([next(run).params, next(run).params], [[0, 0], -slope])


@pytest.mark.parametrize("safeguard", SAFEGUARDS[1:])
@pytest.mark.parametrize("start", [(0.0, 0.0), (-0.3, -0.9), (4.0, -4.0), (0.1, 3.0)])
def test_damped_and_safeguarded_it_falls_to_a_minimum_from_anywhere(start, safeguard):
    problem = himmelblau()
    run = newton(problem.value_and_grad, problem.hessian, start, damped=True, safeguard=safeguard)
    iterates = list(islice(run, 100))
    assert np.all(np.diff([it.loss for it in iterates]) <= 1e-14)  # what the search calls noise
    end = iterates[-1]
    assert np.linalg.norm(end.grads) < 1e-10
    assert np.linalg.eigvalsh(problem.hessian(end.params))[0] > 0


def test_a_step_takes_one_hessian():
    calls, problem = [], rosenbrock()

    def hessian(params):
        calls.append(params)
        return problem.hessian(params)

    run = newton(problem.value_and_grad, hessian, problem.start, damped=True)
    list(islice(run, 5))
    assert len(calls) == 4


@pytest.mark.parametrize("damped", [False, True])
@pytest.mark.parametrize("safeguard", SAFEGUARDS)
@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_a_hessian_that_is_not_finite_ends_the_run(number, safeguard, damped):
    def spoiled(params):
        return np.array([[number, 0.0], [0.0, 1.0]])

    value_and_grad = rosenbrock().value_and_grad
    run = newton(value_and_grad, spoiled, [0.5, 0.0], damped=damped, safeguard=safeguard)
    assert len(list(run)) == 1
