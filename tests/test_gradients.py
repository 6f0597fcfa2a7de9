"""Numerical gradients against closed forms and their error model; search by its own promises."""

from functools import partial

import numpy as np
import pytest

from optedu.gradients import (
    angle,
    best_step,
    complex_step_gradient,
    difference_error,
    directional_derivative,
    numerical_gradient,
    random_local_search,
    random_search,
    relative_error,
    ridders_gradient,
    worst_angle,
)
from optedu.problems import PROBLEMS, diagonal_quadratic

SCHEMES = {"forward": 1, "central": 2}  # with their orders
# Their formulas choose by comparison or use logaddexp, neither of which takes complex numbers.
REAL_ONLY = {"lessard", "log_sum", "mixed_partials"}
every_scheme = pytest.mark.parametrize("scheme", SCHEMES)
every_method = pytest.mark.parametrize(
    "gradient",
    [
        partial(numerical_gradient, scheme="forward", h=1e-8),
        numerical_gradient,
        complex_step_gradient,
        lambda f, x: ridders_gradient(f, x)[0],
    ],
    ids=["forward", "central", "complex step", "Ridders"],
)
# What a forward difference at its best step loses: sqrt(eps), times derivatives of size 10.
HALF_THE_DIGITS = 1e-6


def exp_sin(x):
    return np.sum(np.exp(np.sin(x)))


def exp_sin_grad(x):
    return np.exp(np.sin(x)) * np.cos(x)


class Counted:
    """A function with a count of its calls, and the types it was given."""

    def __init__(self, function):
        self.function, self.calls, self.dtypes = function, 0, set()

    def __call__(self, x):
        self.calls += 1
        self.dtypes.add(x.dtype)
        return self.function(x)


def points(problem, count=5):
    rng = np.random.default_rng(0)
    return rng.uniform(*problem.bounds.T, size=(count, len(problem.start)))


@every_scheme
def test_the_error_falls_with_the_order_of_the_scheme(scheme):
    x, steps = np.array([1.0, 0.3]), np.array([1e-2, 1e-3])
    errors = [
        np.linalg.norm(numerical_gradient(exp_sin, x, h, scheme) - exp_sin_grad(x)) for h in steps
    ]
    order = np.log(errors[0] / errors[1]) / np.log(steps[0] / steps[1])
    assert order == pytest.approx(SCHEMES[scheme], abs=0.05)  # the next power of h adds 1 %


@pytest.mark.parametrize(("scheme", "calls"), [("forward", 7), ("central", 12)])
def test_evaluations_are_counted(scheme, calls):
    f = Counted(exp_sin)
    numerical_gradient(f, np.ones((2, 3)), scheme=scheme)
    assert f.calls == calls


@every_method
@pytest.mark.parametrize(
    "x",
    [
        np.array(0.7),
        np.array([1, 2, 0]),
        np.arange(12.0).reshape(3, 4).T[::2],
        np.arange(6.0).reshape(1, 2, 3),
        np.array([0.5, 0.25], dtype=np.float32),
        [[1.0, 2.0]],
        0.3,
    ],
    ids=["0-d", "integers", "not contiguous", "3-d", "float32", "list", "number"],
)
def test_any_shape_and_type_comes_back_as_float64(gradient, x):
    f = Counted(exp_sin)
    grads = gradient(f, x)
    assert grads.shape == np.shape(x)
    assert grads.dtype == np.float64
    assert f.dtypes <= {np.dtype(np.float64), np.dtype(np.complex128)}
    expected = exp_sin_grad(np.asarray(x, dtype=np.float64))
    np.testing.assert_allclose(grads, expected, atol=HALF_THE_DIGITS)


@every_method
def test_x_stays_as_it_is_whatever_f_does(gradient):
    def vandal(x):
        x *= 2
        if abs(x.flat[1]) > 4:
            raise RuntimeError("too far")
        return np.sum(x**2)

    for start in ([1.0, 1.0, 1.0], [1.0, 2.0, 3.0]):
        x = np.array(start)
        if start[1] == 2:
            with pytest.raises(RuntimeError, match="too far"):
                gradient(vandal, x)
        else:
            np.testing.assert_allclose(gradient(vandal, x), 8 * x, rtol=HALF_THE_DIGITS)
        np.testing.assert_array_equal(x, start)


@every_method
@pytest.mark.parametrize(
    "wrap",
    [np.array, lambda y: np.array([y]), lambda y: y],
    ids=["array without axes", "array of one", "number"],
)
def test_a_number_may_come_in_an_array(gradient, wrap):
    grads = gradient(lambda x: wrap(exp_sin(x)), [0.2, 0.4])
    np.testing.assert_allclose(grads, exp_sin_grad(np.array([0.2, 0.4])), atol=HALF_THE_DIGITS)


@every_method
def test_float32_results_are_refused(gradient):
    with pytest.raises(ValueError, match="f must compute in float64"):
        gradient(lambda x: np.float32(np.sum(x.real**2)), [1.0, 2.0])


@every_method
def test_two_gradients_do_not_share_memory(gradient):
    first = gradient(exp_sin, [0.2, 0.4])
    kept = first.copy()
    gradient(exp_sin, [0.6, 0.8])
    np.testing.assert_array_equal(first, kept)


def test_a_step_that_is_lost_in_x_is_refused():
    with pytest.raises(ValueError, match="h must be large enough"):
        numerical_gradient(exp_sin, [1.0, 1e12])


def test_the_step_taken_is_the_one_divided_by():
    # At 1e8 a step of 1e-5 is rounded by up to 7e-9, which alone would cost three digits.
    grads = numerical_gradient(lambda x: x[0], [1e8 + 1 / 3])
    assert grads[0] == 1


def test_at_a_kink_the_central_difference_is_the_mean_of_the_slopes():
    assert numerical_gradient(abs, 0.0) == 0
    assert numerical_gradient(abs, 0.0, scheme="forward") == 1
    assert ridders_gradient(abs, 0.0)[0] == 0


@every_scheme
def test_a_directional_derivative_is_the_gradient_times_the_direction(scheme):
    x, direction = np.array([[1.0, 0.3], [0.1, 2.0]]), np.array([[1.0, -2.0], [0.0, 0.5]])
    f = Counted(exp_sin)
    slope = directional_derivative(f, x, direction, best_step(scheme), scheme)
    assert f.calls == 2
    assert slope == pytest.approx(np.sum(exp_sin_grad(x) * direction), abs=HALF_THE_DIGITS)
    double = directional_derivative(f, x, 2 * direction, best_step(scheme), scheme)
    assert double == pytest.approx(2 * slope, abs=HALF_THE_DIGITS)


@every_scheme
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("value", "derivative"), [(1.0, 1.0), (1e6, 1e-2)])
def test_the_best_step_minimizes_the_error_model(scheme, dtype, value, derivative):
    model = partial(
        difference_error, scheme=scheme, value=value, derivative=derivative, dtype=dtype
    )
    best = best_step(scheme, value, derivative, dtype)
    assert model(best) < min(model(0.99 * best), model(1.01 * best))
    # Far from the minimum one of the two terms is all there is.
    left, right = best * np.array([1e-4, 1e-3]), best * np.array([1e3, 1e4])
    assert np.diff(np.log10(model(left))) == pytest.approx(-1, abs=1e-3)
    assert np.diff(np.log10(model(right))) == pytest.approx(SCHEMES[scheme], abs=1e-3)


@every_scheme
def test_the_error_model_holds_for_a_function(scheme):
    x = 1.0
    sin, cos = np.sin(x), np.cos(x)
    second = np.exp(sin) * (cos**2 - sin)
    third = np.exp(sin) * cos * (cos**2 - 3 * sin - 1)
    derivative = abs(second if scheme == "forward" else third)
    steps = np.geomspace(1e-11, 1e-1, 60)
    errors = [abs(numerical_gradient(exp_sin, x, h, scheme) - exp_sin_grad(x)) for h in steps]
    model = difference_error(steps, scheme, np.exp(sin), derivative)
    # The model bounds rounding, which is often smaller by luck and hardly ever larger.
    assert np.all(np.array(errors) <= 2 * model)
    assert np.min(errors) > 1e-3 * np.min(model)
    assert steps[np.argmin(errors)] == pytest.approx(
        best_step(scheme, np.exp(sin), derivative), rel=10
    )


@pytest.mark.parametrize("scale", [1e-300, 1e-8, 1.0, 1e8, 1e300])
def test_relative_error_does_not_know_the_scale(scale):
    a, b = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 2.0], [3.0, 5.0]])
    expected = 1 / np.linalg.norm(b)
    assert relative_error(scale * a, scale * b) == pytest.approx(expected, rel=1e-14)  # roundings
    assert relative_error(a, b) == relative_error(b, a)


def test_relative_error_at_its_ends():
    assert relative_error([0.0, 0.0], [0.0, 0.0]) == 0
    assert relative_error([1e-300], [0.0]) == 1
    assert relative_error([1.0, -2.0], [-1.0, 2.0]) == 2
    assert relative_error(1.7e308, -1.7e308) == 2  # whose difference is no number


@pytest.mark.parametrize("name", sorted(PROBLEMS.keys() - REAL_ONLY))
def test_the_complex_step_is_exact(name):
    problem = PROBLEMS[name]()
    for x in points(problem):
        # A formula of a dozen operations, on numbers whose sums cancel some digits.
        assert relative_error(complex_step_gradient(problem.value, x), problem.grad(x)) < 1e-13


@pytest.mark.parametrize("name", PROBLEMS)
def test_ridders_method_is_precise_and_knows_how_precise(name):
    problem = PROBLEMS[name]()
    for x in points(problem):
        grads, errors = ridders_gradient(problem.value, x)
        expected = problem.grad(x)
        assert np.all(np.abs(grads - expected) <= 10 * errors + 1e-15 * np.abs(expected))
        assert relative_error(grads, expected) < 1e-9  # 13 digits of f, of which steps cost 3


def test_ridders_method_reports_noise():
    rng = np.random.default_rng(0)
    x = np.linspace(1, 2, 20)
    grads, errors = ridders_gradient(lambda x: exp_sin(x) * (1 + 1e-6 * rng.normal()), x)
    assert np.all(errors > 1e-7)
    assert (
        np.mean(np.abs(grads - exp_sin_grad(x)) <= 10 * errors) > 0.8
    )  # noise may agree by chance


def test_ridders_method_keeps_to_the_domain():
    def log(x):
        return np.sum(np.log(np.where(x > 0, x, np.nan)))

    x = np.array([1e-12, 1e-3, 1.0])
    np.testing.assert_allclose(ridders_gradient(log, x)[0], 1 / x, rtol=1e-9)
    with pytest.raises(ValueError, match="f must be finite at x"):
        ridders_gradient(log, [-1.0])


@pytest.mark.parametrize("factor", [1e-8, 1e8])
def test_badly_scaled_coordinates_are_no_trouble(factor):
    scales = np.array([1.0, factor])
    x = scales * np.array([0.3, -0.7])
    expected = exp_sin_grad(x / scales) / scales
    for grads in (
        complex_step_gradient(lambda x: exp_sin(x / scales), x),
        ridders_gradient(lambda x: exp_sin(x / scales), x)[0],
    ):
        np.testing.assert_allclose(grads, expected, rtol=1e-10)
    # The fixed step of 1e-5 is a thousand times too long for the one, and lost in the other.
    fixed = numerical_gradient(lambda x: exp_sin(x / scales), x)
    assert np.max(np.abs(fixed / expected - 1)) > 1e-4


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(np.abs(x) ** 2),
        lambda x: np.linalg.norm(x) ** 2,
        lambda x: np.vdot(x, x).real,
        lambda x: float(np.sum(x**2)),
        lambda x: sum(float(entry) for entry in x),
        lambda x: np.sum(x.astype(float) ** 2),
        lambda x: np.sum(np.logaddexp(0, x)),
    ],
    ids=["abs", "norm", "real", "float", "floats", "astype", "logaddexp"],
)
def test_a_function_of_real_numbers_only_is_refused(f):
    with pytest.raises(ValueError, match="f must accept complex"):
        complex_step_gradient(f, np.array([1.0, 2.0]))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(x**2) + 1e-3 * np.sum(np.abs(x)),
        lambda x: np.sum(x * np.conj(x)) + 0j,
        lambda x: np.sum(x**2) + 1j * np.sum(x.imag) ** 0,
    ],
    ids=["part abs", "conj", "an imaginary part of its own"],
)
def test_a_lost_imaginary_part_is_noticed(f):
    with pytest.raises(ValueError, match=r"f must (be analytic|return one real)"):
        complex_step_gradient(f, np.array([1.0, -2.0]))


def test_angles():
    assert angle([2.0, 0.0], [0.0, 3.0]) == pytest.approx(90)
    assert angle([1.0, 1.0], [-2.0, -2.0]) == 180
    tiny = 1e-9
    # The arc cosine of the scalar product would return 0.
    assert np.radians(angle([1.0, 0.0], [1.0, tiny])) == pytest.approx(tiny, rel=1e-7)


def test_the_gradient_is_at_right_angles_to_the_level_set():
    ellipse = diagonal_quadratic([2.0, 8.0])  # x² + 4y², whose level sets are ellipses
    x = np.array([1.0, 0.5])
    grads = ellipse.grad(x)
    tangent = np.array([-grads[1], grads[0]]) / np.linalg.norm(grads)
    change = [ellipse.value(x + h * tangent) - ellipse.value(x) for h in (1e-3, 1e-4)]
    assert np.log10(change[0] / change[1]) == pytest.approx(2, abs=1e-6)  # no first-order change
    # Of all directions, none rises faster than the gradient.
    turns = np.radians(np.arange(0, 360, 10))
    slopes = np.column_stack([np.cos(turns), np.sin(turns)]) @ grads
    assert np.all(slopes <= np.linalg.norm(grads))


@pytest.mark.parametrize("kappa", [1.0, 10.0, 1000.0])
def test_the_worst_angle_is_attained_and_never_exceeded(kappa):
    bowl = diagonal_quadratic([1.0, np.sqrt(kappa), kappa])
    worst = worst_angle(kappa, 1.0)
    assert np.cos(np.radians(worst)) == pytest.approx(2 * np.sqrt(kappa) / (1 + kappa), abs=1e-14)
    at_worst = np.array([1.0, 0.0, 1 / np.sqrt(kappa)])
    assert angle(-bowl.grad(at_worst), -at_worst) == pytest.approx(worst, abs=1e-9)
    for x in np.random.default_rng(0).normal(size=(200, 3)) / [1, kappa**0.5, kappa]:
        assert angle(-bowl.grad(x), -x) <= worst + 1e-9


def bowl(x):
    return float(np.sum((x - 1) ** 2))


def draw(loss, seed=0, n=50, scale=1.0):
    return random_search(loss, (2, 3), n, np.random.default_rng(seed), scale)


def stroll(loss, seed=0, n=49, scale=1.0):
    return random_local_search(loss, np.zeros((2, 3)), n, np.random.default_rng(seed), scale)


every_search = pytest.mark.parametrize("search", [draw, stroll])


@every_search
def test_a_search_keeps_its_budget_and_the_best_point(search):
    f = Counted(bowl)
    result = search(f)
    assert f.calls == len(result.history) == 50
    assert np.all(np.diff(result.history) <= 0)
    assert result.loss == result.history[-1] == bowl(result.params)
    assert result.params.shape == (2, 3)


@every_search
def test_a_search_depends_on_its_generator_alone(search):
    np.random.seed(0)  # noqa: NPY002, the global state must not matter
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    first, again, other = search(bowl), search(bowl), search(bowl, seed=1)
    np.testing.assert_array_equal(first.params, again.params)
    assert first.loss != other.loss
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@every_search
def test_a_loss_that_writes_into_its_argument_does_no_harm(search):
    def vandal(x):
        value = bowl(x)
        x[:] = 7
        return value

    np.testing.assert_array_equal(search(vandal).params, search(bowl).params)


@every_search
def test_nan_is_worse_than_any_number(search):
    values = iter([np.nan, 3.0, np.nan, 1.0, np.nan] + 45 * [2.0])
    result = search(lambda x: next(values))
    assert result.loss == 1
    np.testing.assert_array_equal(result.history[:5], [np.inf, 3, 3, 1, 1])


@every_search
def test_a_tie_does_not_move(search):
    seen = []

    def flat(x):
        seen.append(x.copy())
        return 1.0

    np.testing.assert_array_equal(search(flat).params, seen[0])


@every_search
def test_the_scale_is_the_unit_of_the_draws(search):
    def losses(scale):
        return search(lambda x: bowl(1 + x / scale), scale=scale).history

    np.testing.assert_allclose(losses(4.0), losses(1.0), rtol=1e-14)  # a power of two, exact


def test_local_steps_start_from_the_best_point():
    seen = []

    def watched(x):
        seen.append(x.copy())
        return bowl(x)

    result = stroll(watched, scale=0.1)
    steps = np.random.default_rng(0)
    best = seen[0]
    for x in seen[1:]:
        np.testing.assert_array_equal(x, best + 0.1 * steps.standard_normal(best.shape))
        best = x if bowl(x) < bowl(best) else best
    np.testing.assert_array_equal(result.params, best)


def test_no_steps_return_a_copy_of_the_start():
    start = np.zeros(3)
    result = random_local_search(bowl, start, 0, np.random.default_rng(0))
    start[:] = 5
    np.testing.assert_array_equal(result.params, np.zeros(3))
    assert result.history.tolist() == [3.0]
