"""Gauss-Newton and Levenberg-Marquardt: exact on lines, their limits, and what they refuse."""

from itertools import islice

import numpy as np
import pytest

from optedu.second_order import gauss_newton, hvp, levenberg_marquardt, newton

SCALINGS = ("identity", "marquardt")


def line(N=20, n=3, seed=0):
    rng = np.random.RandomState(seed)
    X, y = rng.randn(N, n), rng.randn(N)
    return (lambda w: X @ w - y), (lambda w: X), np.linalg.lstsq(X, y, rcond=None)[0]


def decay(noise=0.0):
    """Fit a e^(-b t) + c to points of 2 e^(-1.5 t) + 0.5."""
    t = np.linspace(0, 3, 40)
    y = 2 * np.exp(-1.5 * t) + 0.5 + noise * np.random.RandomState(0).randn(40)

    def residuals(w):
        return w[0] * np.exp(-w[1] * t) + w[2] - y

    def jacobian(w):
        e = np.exp(-w[1] * t)
        return np.stack([e, -w[0] * t * e, np.ones_like(t)], axis=1)

    return residuals, jacobian


METHODS = {
    "gauss_newton": gauss_newton,
    "identity": lambda r, J, w: levenberg_marquardt(r, J, w),
    "marquardt": lambda r, J, w: levenberg_marquardt(r, J, w, scaling="marquardt"),
}
every_method = pytest.mark.parametrize("name", METHODS)


@every_method
def test_iterates_carry_half_the_squared_residuals_and_their_gradient(name):
    residuals, jacobian = decay(0.1)
    for it in islice(METHODS[name](residuals, jacobian, [1.0, 1.0, 0.0]), 5):
        r = residuals(it.params)
        assert it.loss == pytest.approx(r @ r / 2)
        slopes = hvp(lambda w: np.full(3, residuals(w) @ residuals(w) / 2), it.params, [1, 0, 0])
        # A central difference of the loss, with its error of 1e-10.
        assert it.grads[0] == pytest.approx(slopes[0], rel=1e-6, abs=1e-9)


def test_gauss_newton_solves_a_linear_problem_in_one_step():
    residuals, jacobian, solution = line()
    start, after = islice(gauss_newton(residuals, jacobian, np.ones(3)), 2)
    np.testing.assert_allclose(after.params, solution, rtol=1e-12)  # a condition number of 3
    np.testing.assert_array_equal(start.params, 1)


def test_without_residuals_gauss_newton_is_newton():
    """At the solution the terms it leaves out vanish, so it keeps order two."""
    residuals, jacobian = decay()
    run = gauss_newton(residuals, jacobian, [1.8, 1.4, 0.4])
    errors = np.array([np.linalg.norm(it.params - [2, 1.5, 0.5]) for it in islice(run, 8)])
    logs = np.log(errors[errors > 1e-13])
    assert (logs[-1] - logs[-2]) / (logs[-2] - logs[-3]) > 1.8
    # On a linear problem J'J is the Hessian itself.
    residuals, jacobian, _ = line()
    X = jacobian(None)
    gauss, full = (
        list(islice(run, 2))[1].params
        for run in (
            gauss_newton(residuals, jacobian, np.ones(3)),
            newton(
                lambda w: (residuals(w) @ residuals(w) / 2, X.T @ residuals(w)),
                lambda w: X.T @ X,
                np.ones(3),
            ),
        )
    )
    np.testing.assert_allclose(gauss, full, rtol=1e-12)


def first_step(run):
    start, after = islice(run, 2)
    return after.params - start.params, start.grads


@pytest.mark.parametrize("scaling", SCALINGS)
def test_the_limits_of_the_damping(scaling):
    residuals, jacobian, start = *decay(0.1), np.array([1.5, 1.0, 0.2])
    newton_step, grads = first_step(gauss_newton(residuals, jacobian, start))

    def step(damping):
        return first_step(levenberg_marquardt(residuals, jacobian, start, damping, scaling))[0]

    # What remains of the damping is its ratio to the eigenvalues of J'J, which are near 1.
    np.testing.assert_allclose(step(1e-12), newton_step, rtol=1e-9)
    squares = np.sum(jacobian(start) ** 2, axis=0) if scaling == "marquardt" else 1.0
    np.testing.assert_allclose(step(1e9), -grads / (1e9 * squares), rtol=1e-6)


@pytest.mark.parametrize("scaling", SCALINGS)
def test_a_step_solves_the_damped_normal_equations(scaling):
    residuals, jacobian, start = *decay(0.1), np.array([1.5, 1.0, 0.2])
    step, grads = first_step(levenberg_marquardt(residuals, jacobian, start, 0.5, scaling))
    J = jacobian(start)
    D = np.diag(np.diag(J.T @ J)) if scaling == "marquardt" else np.eye(3)
    np.testing.assert_allclose((J.T @ J + 0.5 * D) @ step, -grads, rtol=1e-12)


def test_marquardts_scaling_does_not_see_units():
    (residuals, jacobian), units = decay(0.1), np.array([1e3, 1.0, 1e-4])
    plain = levenberg_marquardt(residuals, jacobian, [1.0, 1.0, 0.0], scaling="marquardt")
    other = levenberg_marquardt(
        lambda w: residuals(w * units),
        lambda w: jacobian(w * units) * units,
        np.array([1.0, 1.0, 0.0]) / units,
        scaling="marquardt",
    )
    for one, two in islice(zip(plain, other, strict=False), 8):
        np.testing.assert_allclose(two.params * units, one.params, rtol=1e-7, atol=1e-9)


@every_method
@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_it_ends_at_a_stationary_point(name, noise):
    residuals, jacobian = decay(noise)
    *_, end = islice(METHODS[name](residuals, jacobian, [1.0, 1.0, 0.0]), 100)
    # Steps are accepted while the loss falls by more than its rounding, 1e-17 for a loss of 0.2,
    # so gradients fall to about the root of that.
    assert np.linalg.norm(end.grads) < 1e-7
    if name != "gauss_newton":
        assert end.step < 60


@pytest.mark.parametrize("scaling", SCALINGS)
def test_each_step_lowers_the_loss(scaling):
    residuals, jacobian = decay(0.1)
    run = levenberg_marquardt(residuals, jacobian, [-3.0, 4.0, 5.0], 1e-9, scaling)
    losses = [it.loss for it in islice(run, 60)]
    assert np.all(np.diff(losses) <= 1e-16)  # rounding of two sums of squares


def test_the_gain_of_a_step_chooses_the_next_damping():
    """With one parameter the damping can be read off each step: λ = -g/d - J²."""
    run = levenberg_marquardt(lambda w: w**2 - 4, lambda w: [2 * w], [5.0], damping=20.0)
    first, second, third = islice(run, 3)
    d = (second.params - first.params).item()
    predicted = (20.0 * d * d - d * first.grads.item()) / 2
    gain = (first.loss - second.loss) / predicted
    assert 0.5 < gain < 1  # where the rule neither grows nor is cut off
    damping = -second.grads / (third.params - second.params) - 4 * second.params**2
    np.testing.assert_allclose(damping, 20.0 * (1 - (2 * gain - 1) ** 3), rtol=1e-9)


def test_refused_steps_raise_the_damping_ever_faster():
    """Steps from 10 succeed once λ is near J² = 1e-4: from 1e-12 that is 27 doublings."""
    calls = []

    def residuals(w):
        calls.append(w)
        return np.arctan(w)

    run = levenberg_marquardt(residuals, lambda w: [1 / (1 + w**2)], [10.0], damping=1e-12)
    start, after = islice(run, 2)
    assert after.loss < start.loss
    assert 3 < len(calls) < 12


@pytest.mark.parametrize("scaling", SCALINGS)
def test_an_undefined_trial_is_rejected(scaling):
    """A full step from 1 leads below 0, where the logarithm ends."""
    with np.errstate(invalid="ignore", divide="ignore"):
        full = list(islice(gauss_newton(lambda w: np.log(w) + 1, lambda w: [1 / w], [10.0]), 2))
        assert full[1].params[0] < 0
        run = levenberg_marquardt(lambda w: np.log(w) + 1, lambda w: [1 / w], [10.0], 1e-9, scaling)
        *_, end = islice(run, 200)
    assert end.params[0] == pytest.approx(np.exp(-1), rel=1e-7)


@pytest.mark.parametrize("scaling", SCALINGS)
def test_a_wrong_jacobian_ends_the_run_in_words(scaling):
    run = levenberg_marquardt(lambda w: w - 3, lambda w: [[-1.0]], [0.0], scaling=scaling)
    assert next(run).step == 0
    with pytest.raises(StopIteration, match="no step lowers the loss"):
        next(run)


@every_method
def test_dependent_columns_are_no_obstacle(name):
    X = np.array([[1.0, 1.0], [2.0, 2.0], [0.0, 0.0]])
    run = METHODS[name](lambda w: X @ w - [1, 2, 3], lambda w: X, [0.0, 0.0])
    *_, end = islice(run, 50)
    np.testing.assert_allclose(end.params, [0.5, 0.5], rtol=1e-6)  # the shortest solution


@every_method
def test_undefined_residuals_end_the_run(name):
    run = METHODS[name](lambda w: w * np.nan, lambda w: [[1.0]], [1.0])
    assert len(list(run)) == 1


@every_method
@pytest.mark.parametrize(
    ("residuals", "jacobian", "message"),
    [
        (lambda w: 1.0, lambda w: [[1.0]], "residuals must return"),
        (lambda w: w + 1j, lambda w: [[1.0]], "residuals must return"),
        (lambda w: w, lambda w: [1.0, 2.0], "jacobian must return"),
    ],
)
def test_wrong_shapes_are_refused(name, residuals, jacobian, message):
    with pytest.raises(ValueError, match=message):
        list(METHODS[name](residuals, jacobian, [1.0]))
