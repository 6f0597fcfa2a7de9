"""Gradient descent against its closed forms, its invariances and its certificates."""

from dataclasses import FrozenInstanceError
from itertools import count, islice, pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from optedu.descent import (
    GradientDescent,
    Iterate,
    Rule,
    Trace,
    backtracking,
    best_learning_rate,
    classify_convergence,
    curvature_bounds,
    descend,
    descend_by_search,
    measure_rate,
    minimize,
    rate,
)
from optedu.problems import PROBLEMS, bootcamp_quadratic, diagonal_quadratic, quadratic, rosenbrock

# One update rounds a few times, so k of them leave a relative error of about k * 1e-16.
ROUNDING = 1e-12


def bowl(x):
    return 0.5 * np.sum(x**2, axis=-1), x


def iterates(value_and_grad, start, rule, n_steps, schedule=None):
    run = descend(value_and_grad, start, rule, schedule)
    return np.stack([it.params for it in islice(run, n_steps + 1)])


class TestDescend:
    @pytest.mark.parametrize("learning_rate", [0.01, 0.19, 0.2, 0.25])
    def test_follows_the_closed_form_on_a_diagonal_quadratic(self, learning_rate):
        eigenvalues, start = np.array([1.0, 3.0, 10.0]), np.array([1.0, -2.0, 0.5])
        problem = diagonal_quadratic(eigenvalues)
        found = iterates(problem.value_and_grad, start, GradientDescent(learning_rate), 50)
        k = np.arange(51)[:, None]
        np.testing.assert_allclose(
            found, (1 - learning_rate * eigenvalues) ** k * start, rtol=ROUNDING, atol=1e-15
        )

    def test_first_iterate_is_the_start(self):
        first = next(descend(bowl, [3, 4], GradientDescent(0.1)))
        assert first.step == 0
        assert first.loss == 12.5
        np.testing.assert_array_equal(first.params, [3.0, 4.0])
        np.testing.assert_array_equal(first.grads, [3.0, 4.0])

    def test_iterates_carry_their_own_loss_and_gradient(self):
        problem = rosenbrock()
        for k, it in enumerate(islice(descend(*_problem(problem), GradientDescent(1e-3)), 10)):
            assert isinstance(it, Iterate)
            assert it.step == k
            assert it.loss == problem.value(it.params)
            np.testing.assert_array_equal(it.grads, problem.grad(it.params))

    @pytest.mark.parametrize("name", ["rosenbrock", "himmelblau", "saddle", "log_sum"])
    def test_a_batch_of_runs_equals_the_runs_one_by_one(self, name):
        problem = PROBLEMS[name]()
        rng = np.random.default_rng(0)
        starts = problem.start + 0.1 * rng.standard_normal((5, len(problem.start)))
        batch = iterates(problem.value_and_grad, starts, GradientDescent(1e-3), 30)
        for k, start in enumerate(starts):
            single = iterates(problem.value_and_grad, start, GradientDescent(1e-3), 30)
            np.testing.assert_allclose(batch[:, k], single, rtol=ROUNDING)

    def test_a_sweep_over_learning_rates_is_one_run(self):
        problem = bootcamp_quadratic()
        learning_rates = np.array([0.1, 0.4, 0.7])
        starts = np.tile(problem.start, (3, 1))
        sweep = iterates(
            problem.value_and_grad, starts, GradientDescent(learning_rates[:, None]), 40
        )
        for k, learning_rate in enumerate(learning_rates):
            single = iterates(
                problem.value_and_grad, problem.start, GradientDescent(learning_rate), 40
            )
            np.testing.assert_allclose(sweep[:, k], single, rtol=ROUNDING, atol=1e-15)

    def test_turns_with_the_problem(self):
        rng = np.random.default_rng(1)
        Q, _ = np.linalg.qr(rng.standard_normal((4, 4)))
        A, b, start = np.diag([1.0, 2.0, 5.0, 9.0]), rng.standard_normal(4), np.ones(4)
        plain = iterates(quadratic(A, b).value_and_grad, start, GradientDescent(0.15), 60)
        turned = quadratic(Q @ A @ Q.T, Q @ b)
        found = iterates(turned.value_and_grad, Q @ start, GradientDescent(0.15), 60)
        # Turning there and back costs another few roundings of numbers near 1.
        np.testing.assert_allclose(found @ Q, plain, atol=1e-13)

    def test_a_shift_of_the_problem_shifts_the_run(self):
        problem, shift = rosenbrock(), np.array([3.0, -2.0])
        moved = lambda x: problem.value_and_grad(x - shift)  # noqa: E731
        rule = GradientDescent(1e-3)
        plain = iterates(problem.value_and_grad, problem.start, rule, 20)
        # Shifting by 3 rounds at 4e-16, and the valley's curvature of 1000 acts on that.
        np.testing.assert_allclose(
            iterates(moved, problem.start + shift, rule, 20) - shift, plain, atol=1e-11
        )

    def test_schedule_counts_updates_from_one_and_replaces_the_rate(self):
        asked = []

        def schedule(step):
            asked.append(step)
            return 1 / (1 + step)

        found = iterates(bowl, [1.0], GradientDescent(0.5), 3, schedule)
        assert asked == [1, 2, 3]
        # The factors 1 - 1/(1 + k) multiply to 1/(n + 1).
        np.testing.assert_allclose(found[:, 0], 1 / np.arange(1, 5), rtol=ROUNDING)

    def test_a_constant_schedule_changes_nothing(self):
        problem = rosenbrock()
        with_schedule = iterates(*_problem(problem), GradientDescent(1.0), 20, lambda step: 1e-3)
        np.testing.assert_array_equal(
            with_schedule, iterates(*_problem(problem), GradientDescent(1e-3), 20)
        )

    def test_a_schedule_may_end_at_zero(self):
        found = iterates(bowl, [1.0], GradientDescent(0.5), 2, lambda step: 0.5 * (step < 2))
        np.testing.assert_array_equal(found[:, 0], [1.0, 0.5, 0.5])

    @pytest.mark.parametrize("bad", [-0.1, np.nan, np.inf])
    def test_refuses_a_schedule_out_of_range(self, bad):
        with pytest.raises(ValueError, match=r"schedule\(1\) must be a finite learning rate"):
            iterates(bowl, [1.0], GradientDescent(0.5), 1, lambda step: bad)

    def test_runs_on_through_infinity(self):
        with np.errstate(over="ignore", invalid="ignore"):
            found = iterates(lambda x: (x[0] ** 4, 4 * x**3), [10.0], GradientDescent(1.0), 20)
        assert len(found) == 21
        assert np.isnan(found[-1, 0])

    def test_touches_neither_start_nor_rule(self):
        start, rule = np.array([1.0, 2.0]), GradientDescent(0.5)
        run = descend(bowl, start, rule, lambda step: 0.1)
        kept = [it.params for it in islice(run, 4)]
        np.testing.assert_array_equal(start, [1.0, 2.0])
        assert rule.learning_rate == 0.5
        assert not any(np.shares_memory(a, b) for a in kept for b in [*kept, start] if a is not b)

    def test_keeps_single_precision(self):
        start = np.ones(2, dtype=np.float32)
        assert iterates(bowl, start, GradientDescent(0.1), 3).dtype == np.float32

    def test_integers_become_floats(self):
        assert iterates(bowl, [1, 2], GradientDescent(0.1), 1).dtype == np.float64

    def test_two_runs_of_one_rule_do_not_mix(self):
        rule = GradientDescent(0.1)
        first, second = descend(bowl, [1.0], rule), descend(bowl, [5.0], rule)
        pairs = list(islice(zip(first, second, strict=True), 4))
        np.testing.assert_allclose(
            [a.params[0] * 5 for a, _ in pairs], [b.params[0] for _, b in pairs], rtol=ROUNDING
        )

    @pytest.mark.parametrize("result", [1.0, None, np.ones(2), (1.0,)])
    def test_refuses_a_function_that_returns_no_pair(self, result):
        with pytest.raises(ValueError, match=r"must return \(loss, grads\)"):
            next(descend(lambda x: result, [1.0, 2.0], GradientDescent(0.1)))

    def test_refuses_a_gradient_of_another_shape(self):
        with pytest.raises(ValueError, match="grads must have the shape of params"):
            next(descend(lambda x: (0.0, x[:1]), [1.0, 2.0], GradientDescent(0.1)))

    def test_refuses_a_start_that_is_not_finite(self):
        with pytest.raises(ValueError, match="params must be finite"):
            next(descend(bowl, [np.nan], GradientDescent(0.1)))


class TestRule:
    @pytest.mark.parametrize("bad", [0, -1.0, np.nan, np.inf, [0.1, -0.1], []])
    def test_refuses_a_learning_rate_no_run_could_use(self, bad):
        with pytest.raises(ValueError, match="learning_rate must be positive and finite"):
            GradientDescent(bad)

    def test_is_frozen(self):
        with pytest.raises(FrozenInstanceError):
            GradientDescent(0.1).learning_rate = 0.2

    def test_update_is_pure(self):
        params, grads = np.array([4.0, 1.0]), np.array([2.0, 3.0])
        first = GradientDescent(0.5).update(params, grads, 1)[0]
        second = GradientDescent(0.5).update(params, grads, 7)[0]
        np.testing.assert_array_equal(first, [3.0, -0.5])
        np.testing.assert_array_equal(first, second)
        np.testing.assert_array_equal(params, [4.0, 1.0])
        np.testing.assert_array_equal(grads, [2.0, 3.0])

    def test_remembers_nothing_by_default(self):
        assert Rule().init(np.ones(3)) == ()
        with pytest.raises(NotImplementedError):
            Rule().update(np.ones(3), np.ones(3), 1)


class TestDescendBySearch:
    def test_exact_search_turns_at_right_angles(self):
        problem = bootcamp_quadratic()
        A = problem.hessian(problem.start)

        def exact(loss, params, direction, grads):
            return grads @ grads / (grads @ A @ grads)

        run = list(islice(descend_by_search(problem.value_and_grad, [1.0, 2.0, 3.0], exact), 10))
        for before, after in pairwise(run):
            cosine = (
                before.grads
                @ after.grads
                / np.prod([np.linalg.norm(it.grads) for it in (before, after)])
            )
            # Each gradient is a difference of numbers near 10, known to 1e-15 of that; the
            # smallest here is near 1e-3.
            assert abs(cosine) < 1e-10

    def test_every_step_lowers_the_loss(self):
        run = descend_by_search(*_problem(rosenbrock()))
        losses = [it.loss for it in islice(run, 200)]
        assert np.all(np.diff(losses) < 0)

    def test_ends_where_the_gradient_is_zero(self):
        run = list(descend_by_search(bowl, [2.0]))
        assert run[-1].grads == 0
        assert len(run) == 2  # the step 1 is accepted at once and lands on the minimum

    def test_a_start_at_the_minimum_is_the_whole_run(self):
        assert [it.step for it in descend_by_search(bowl, [0.0])] == [0]

    def test_passes_on_what_the_search_refuses(self):
        with pytest.raises(ValueError, match="check that grads is the gradient"):
            list(islice(descend_by_search(lambda x: (x @ x, -2 * x), [1.0]), 100))


class TestMinimize:
    def test_stops_at_the_gradient_tolerance_and_not_before(self):
        trace = minimize(bowl, [1.0], GradientDescent(0.5), grad_tol=1e-3)
        assert trace.converged
        assert "grad_tol" in trace.reason
        assert trace.grad_norms[-1] <= 1e-3 < trace.grad_norms[-2]
        assert trace.steps[-1] == 10  # 2^-10 is the first power of 1/2 below 1e-3

    def test_stops_at_the_step_tolerance_and_not_before(self):
        trace = minimize(bowl, [1.0], GradientDescent(0.5), grad_tol=0, step_tol=1e-3)
        assert trace.converged
        assert "step_tol" in trace.reason
        lengths = np.abs(np.diff(trace.params[:, 0]))
        bounds = 1e-3 * (1 + np.abs(trace.params[1:, 0]))
        np.testing.assert_array_equal(lengths <= bounds, [False] * (len(lengths) - 1) + [True])

    def test_stops_at_the_budget(self):
        trace = minimize(bowl, [1.0], GradientDescent(0.1), max_steps=7)
        assert not trace.converged
        assert "max_steps=7" in trace.reason
        assert trace.steps[-1] == 7

    def test_no_steps_leaves_the_start(self):
        trace = minimize(bowl, [1.0], GradientDescent(0.1), max_steps=0)
        np.testing.assert_array_equal(trace.steps, [0])

    def test_says_so_when_it_diverges(self):
        trace = minimize(
            lambda x: (float(x[0] ** 4), 4 * x**3), [10.0], GradientDescent(1.0), max_steps=50
        )
        assert not trace.converged
        assert "not finite" in trace.reason
        assert "smaller learning_rate" in trace.reason

    def test_says_so_when_only_the_loss_is_not_finite(self):
        trace = minimize(lambda x: (np.nan, x), [1.0], GradientDescent(0.1))
        assert "not finite at step 0" in trace.reason

    def test_keeps_what_descend_yields(self):
        problem = rosenbrock()
        trace = minimize(*_problem(problem), GradientDescent(1e-3), max_steps=20)
        np.testing.assert_array_equal(
            trace.params, iterates(*_problem(problem), GradientDescent(1e-3), 20)
        )
        np.testing.assert_array_equal(trace.losses, problem.value(trace.params))
        np.testing.assert_allclose(
            trace.grad_norms, np.linalg.norm(problem.grad(trace.params), axis=1), rtol=ROUNDING
        )

    def test_keeps_first_last_and_each_so_many_th(self):
        trace = minimize(bowl, [1.0], GradientDescent(0.01), max_steps=10, keep_every=4)
        np.testing.assert_array_equal(trace.steps, [0, 4, 8, 10])
        np.testing.assert_allclose(trace.params[:, 0], 0.99**trace.steps, rtol=ROUNDING)

    def test_follows_a_schedule(self):
        trace = minimize(
            bowl, [1.0], GradientDescent(0.5), lambda step: 1 / (1 + step), max_steps=9
        )
        assert trace.params[-1, 0] == pytest.approx(0.1, rel=ROUNDING)

    def test_progress_changes_nothing(self):
        runs = [
            minimize(bowl, [1.0], GradientDescent(0.1), max_steps=20, progress=progress)
            for progress in (True, False)
        ]
        np.testing.assert_array_equal(runs[0].params, runs[1].params)
        assert repr(runs[0]) == repr(runs[1])

    def test_progress_bar_follows_a_long_run(self, monkeypatch):
        import tqdm.auto

        import optedu._running

        bars = []

        class Bar:
            def __init__(self, total, initial, **options):
                self.total, self.at, self.closed = total, initial, False
                bars.append(self)

            def update(self):
                self.at += 1

            def close(self):
                self.closed = True

        clock = count()  # one second passes each time it is read
        monkeypatch.setattr(optedu._running, "time", SimpleNamespace(monotonic=lambda: next(clock)))
        monkeypatch.setattr(tqdm.auto, "tqdm", Bar)
        minimize(bowl, [1.0], GradientDescent(0.1), max_steps=1)
        assert not bars
        minimize(bowl, [1.0], GradientDescent(0.1), max_steps=20)
        (bar,) = bars
        assert (bar.total, bar.at, bar.closed) == (20, 20, True)

    def test_trace_says_how_it_ended(self):
        trace = minimize(bowl, [1.0], GradientDescent(0.5), max_steps=2)
        assert isinstance(trace, Trace)
        assert repr(trace).startswith("Trace(2 steps, loss 0.03125: max_steps=2 reached")

    def test_refuses_many_losses(self):
        with pytest.raises(ValueError, match="loss must be one number"):
            minimize(bowl, np.ones((3, 2)), GradientDescent(0.1))

    @pytest.mark.parametrize("bad", [{"max_steps": -1}, {"keep_every": 0}, {"max_steps": 2.5}])
    def test_refuses_counts_out_of_range(self, bad):
        with pytest.raises(ValueError, match="must be a whole number of at least"):
            minimize(bowl, [1.0], GradientDescent(0.1), **bad)


class TestBacktracking:
    @pytest.mark.parametrize("c", [1e-4, 0.1, 0.5, 0.9])
    @pytest.mark.parametrize("shrink", [0.1, 0.5, 0.9])
    def test_certificate_holds_at_the_step_and_fails_one_before(self, c, shrink):
        problem = rosenbrock()
        rng = np.random.default_rng(2)
        for params in rng.uniform(*problem.bounds.T, size=(20, 2)):
            grads = problem.grad(params)
            step = backtracking(problem.value, params, -grads, grads, 1.0, c, shrink)

            def accepted(t, params=params, grads=grads):
                return problem.value(params - t * grads) <= problem.value(params) - c * t * (
                    grads @ grads
                )

            assert accepted(step)
            assert not accepted(step / shrink)
            shrinks = np.log(step) / np.log(shrink)
            # A sum of up to 200 logarithms' roundings stays far below this.
            assert shrinks == pytest.approx(round(shrinks), abs=1e-9)

    @pytest.mark.parametrize(("c", "shrink"), [(1e-4, 0.5), (0.3, 0.9), (0.9, 0.2)])
    def test_step_is_not_shorter_than_smoothness_allows(self, c, shrink):
        problem = bootcamp_quadratic()
        smoothness, _ = curvature_bounds(problem.hessian(problem.start))
        rng = np.random.default_rng(3)
        for params in 10 * rng.standard_normal((50, 3)):
            grads = problem.grad(params)
            step = backtracking(problem.value, params, -grads, grads, 8.0, c, shrink)
            assert step >= min(8.0, 2 * shrink * (1 - c) / smoothness)

    def test_takes_the_first_step_when_it_is_good(self):
        step = backtracking(
            lambda x: x @ x, np.array([1.0]), np.array([-2.0]), np.array([2.0]), 0.25
        )
        assert step == 0.25

    def test_backs_out_of_where_the_loss_is_infinite(self):
        def loss(x):
            # A barrier: log(1 - x) does not exist beyond 1.
            return -np.log(1 - x[0]) - 5 * x[0] if x[0] < 1 else np.inf

        step = backtracking(loss, [0.0], [4.0], [-4.0], initial_step=1.0)
        assert 0 < 4 * step < 1
        assert loss([4 * step]) < loss([0.0])

    def test_refuses_a_step_to_nan(self):
        def loss(x):
            return x[0] ** 2 if x[0] > -2 else np.nan

        # 1 and 1/2 give NaN, 1/4 crosses to the same height, 1/8 lands on the minimum.
        assert backtracking(loss, [1.0], [-8.0], [2.0]) == 0.125

    def test_a_zero_direction_keeps_the_first_step(self):
        zero = np.zeros(2)
        assert backtracking(lambda x: x @ x, zero, zero, zero, initial_step=0.7) == 0.7

    def test_evaluates_once_a_step_tried(self):
        calls = []

        def loss(x):
            calls.append(x)
            return x @ x

        step = backtracking(loss, np.array([1.0]), np.array([-2.0]), np.array([2.0]), 8.0)
        assert step == 0.5
        assert len(calls) == 1 + 5  # the start, then 8, 4, 2, 1 and 1/2

    def test_touches_nothing(self):
        arrays = [np.array([1.0]), np.array([-2.0]), np.array([2.0])]
        copies = [array.copy() for array in arrays]
        backtracking(lambda x: x @ x, *arrays)
        np.testing.assert_array_equal(arrays, copies)

    @pytest.mark.parametrize("direction", [[2.0], [np.nan]])
    def test_refuses_a_direction_that_does_not_descend(self, direction):
        with pytest.raises(ValueError, match=r"direction must (descend|be finite)"):
            backtracking(lambda x: x @ x, [1.0], direction, [2.0])

    def test_refuses_a_direction_across_the_slope(self):
        with pytest.raises(ValueError, match="direction must descend"):
            backtracking(lambda x: x @ x, [1.0, 0.0], [0.0, 1.0], [2.0, 0.0])

    def test_gives_up_on_a_wrong_gradient(self):
        with pytest.raises(ValueError, match="check that grads is the gradient of loss"):
            backtracking(lambda x: -x[0], [1.0], [-2.0], [2.0])

    @pytest.mark.parametrize(
        ("bad", "message"),
        [
            ({"initial_step": 0}, "initial_step must be positive"),
            ({"c": 0}, "c must lie strictly between 0 and 1"),
            ({"c": 1}, "c must lie strictly between 0 and 1"),
            ({"shrink": 1}, "shrink must lie strictly between 0 and 1"),
        ],
    )
    def test_refuses_parameters_out_of_range(self, bad, message):
        with pytest.raises(ValueError, match=message):
            backtracking(lambda x: x @ x, [1.0], [-2.0], [2.0], **bad)

    def test_refuses_shapes_that_do_not_match(self):
        with pytest.raises(ValueError, match="must have one shape"):
            backtracking(lambda x: x @ x, [1.0, 2.0], [-2.0], [2.0])


class TestCurvatureAndRate:
    def test_bounds_are_the_eigenvalues_it_was_built_from(self):
        rng = np.random.default_rng(4)
        Q, _ = np.linalg.qr(rng.standard_normal((5, 5)))
        eigenvalues = np.array([0.5, 1.0, 2.0, 3.0, 40.0])
        smoothness, strong_convexity = curvature_bounds(Q @ np.diag(eigenvalues) @ Q.T)
        # Eigenvalues of a symmetric matrix are good to eps times its norm.
        np.testing.assert_allclose([smoothness, strong_convexity], [40.0, 0.5], atol=1e-13)

    def test_bounds_scale_with_the_matrix(self):
        A = np.array([[2.0, 1.0], [1.0, 3.0]])
        np.testing.assert_allclose(
            curvature_bounds(1e-9 * A), 1e-9 * np.array(curvature_bounds(A)), rtol=ROUNDING
        )

    def test_a_singular_matrix_has_curvature_exactly_zero(self):
        X = np.random.default_rng(5).standard_normal((3, 6))
        assert curvature_bounds(X.T @ X)[1] == 0.0

    def test_negative_curvature_is_told(self):
        np.testing.assert_allclose(curvature_bounds([[1.0, 2.0], [2.0, 1.0]]), (3, -1), rtol=1e-14)

    @pytest.mark.parametrize(
        ("bad", "message"),
        [
            ([[1.0, 2.0]], "square"),
            ([1.0], "square"),
            (np.empty((0, 0)), "square"),
            ([[1.0, 2.0], [0.0, 1.0]], "symmetric"),
            ([[np.nan]], "finite"),
            ([[1j]], "real numbers"),
            ([[1.0], [1.0, 2.0]], "differ in length"),
        ],
    )
    def test_refuses_what_is_no_hessian(self, bad, message):
        with pytest.raises(ValueError, match=message):
            curvature_bounds(bad)

    @pytest.mark.parametrize("learning_rate", [0.05, 0.1, 0.15, 0.19, 0.21])
    def test_rate_is_what_a_run_does(self, learning_rate):
        problem = diagonal_quadratic([1.0, 4.0, 10.0])
        # The slower modes must be gone: at 0.1 the runner-up shrinks by 0.6 where the first
        # shrinks by 0.9, so after 200 steps it is below 1e-30 of it.
        found = iterates(problem.value_and_grad, problem.start, GradientDescent(learning_rate), 200)
        sizes = np.linalg.norm(found, axis=1)
        assert sizes[-1] / sizes[-2] == pytest.approx(rate(learning_rate, 10.0, 1.0), rel=1e-9)

    def test_rate_is_one_at_the_limit(self):
        for smoothness in (0.3, 1.0, 7.0, 1e6):
            # 2/L is rounded once, and so is its product with L.
            assert rate(2 / smoothness, smoothness, smoothness / 10) == pytest.approx(1, abs=4e-16)

    def test_rate_of_the_safe_step(self):
        assert rate(0.1, 10.0, 1.0) == pytest.approx(1 - 1 / 10, rel=ROUNDING)

    def test_rate_without_strong_convexity_is_one(self):
        assert rate(0.1, 10.0, 0.0) == 1.0

    def test_rate_broadcasts(self):
        learning_rates = np.linspace(0.01, 0.3, 7)
        together = rate(learning_rates, 10.0, 1.0)
        np.testing.assert_array_equal(together, [rate(a, 10.0, 1.0) for a in learning_rates])

    def test_best_learning_rate_equalizes_the_extreme_modes(self):
        for smoothness, strong_convexity in [(9.0, 1.0), (1.0, 1.0), (1e4, 0.3), (2.0, 0.0)]:
            best = best_learning_rate(smoothness, strong_convexity)
            # 1 - αm and αL - 1 are numbers up to 1, each rounded twice.
            assert 1 - best * strong_convexity == pytest.approx(best * smoothness - 1, abs=1e-15)

    def test_best_learning_rate_gives_the_best_rate(self):
        kappa = 25.0
        best = rate(best_learning_rate(kappa, 1.0), kappa, 1.0)
        assert best == pytest.approx((kappa - 1) / (kappa + 1), rel=ROUNDING)
        others = rate(np.linspace(0.001, 0.2, 1000), kappa, 1.0)
        assert np.all(others >= best)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((0.0, 1.0, 1.0), "learning_rate must be positive"),
            ((np.inf, 1.0, 1.0), "learning_rate must be positive"),
            ((0.1, 0.0, 0.0), "smoothness must be positive"),
            ((0.1, 1.0, -0.1), "strong_convexity must be at least 0 and finite"),
            ((0.1, 1.0, 2.0), "strong_convexity must lie between 0 and smoothness"),
            ((0.1, 1.0, np.nan), "strong_convexity must be at least 0 and finite"),
        ],
    )
    def test_refuses_arguments_out_of_range(self, arguments, message):
        with pytest.raises(ValueError, match=message):
            rate(*arguments)
        if not message.startswith("learning_rate"):
            with pytest.raises(ValueError, match=message):
                best_learning_rate(*arguments[1:])


STEPS = np.arange(1, 400)
NOISE = np.random.default_rng(6).uniform(0.5, 1.5, size=len(STEPS))


class TestMeasureRate:
    @pytest.mark.parametrize("rho", [0.1, 0.5, 0.9, 0.99, 1.0, 1.05])
    def test_is_exact_on_a_geometric_sequence(self, rho):
        # A least-squares line through points that lie on one rounds at about 1e-13.
        assert measure_rate(3.0 * rho**STEPS) == pytest.approx(rho, rel=1e-11)

    def test_does_not_depend_on_the_unit(self):
        errors = 0.9**STEPS * NOISE
        assert measure_rate(1e6 * errors) == pytest.approx(measure_rate(errors), rel=1e-9)

    def test_skips_the_transient(self):
        errors = 0.9**STEPS + 50 * 0.3**STEPS
        # Where the fit begins, the fast part is below 0.3^20 / 0.9^20 * 50 = 2e-8 of the slow.
        assert measure_rate(errors) == pytest.approx(0.9, abs=1e-4)

    def test_a_double_root_slows_the_rate_by_a_little(self):
        # The slope of log(k ρ^k) is log ρ + 1/k, and k is above 100 where the fit is made.
        assert measure_rate(STEPS * 0.9**STEPS) == pytest.approx(0.9, rel=1 / 100)
        assert measure_rate(STEPS * 0.9**STEPS) > 0.9

    @pytest.mark.parametrize("floor", [1e-16, 1e-8, 1e-5])
    def test_leaves_out_a_noisy_floor(self, floor):
        # Ten times above the floor the noise moves an error by 10 %, over more than 3 decades.
        assert measure_rate(0.8**STEPS + floor * NOISE) == pytest.approx(0.8, rel=0.02)

    def test_leaves_out_what_rounding_may_have_touched(self):
        errors = np.maximum(0.9**STEPS, 1e-10 * 0.9 * 0.999**STEPS)
        assert measure_rate(errors) == pytest.approx(0.9, rel=1e-11)

    def test_stops_at_the_first_zero(self):
        errors = np.append(0.5 ** np.arange(30), np.zeros(20))
        assert measure_rate(errors) == pytest.approx(0.5, rel=1e-11)

    def test_recovers_the_rate_of_gradient_descent(self):
        problem = diagonal_quadratic([1.0, 10.0])
        found = iterates(problem.value_and_grad, problem.start, GradientDescent(0.1), 300)
        # The second mode vanishes in one step at 1/L, so what is left is exactly geometric.
        assert measure_rate(np.linalg.norm(found, axis=1)) == pytest.approx(0.9, rel=1e-9)

    @pytest.mark.parametrize(
        ("errors", "message"),
        [
            ([1.0, 0.5], "at least 3 usable"),
            ([1.0, 0.5, 0.0, 0.1], "at least 3 usable"),
            ([1.0, np.nan, 0.1, 0.1], "at least 3 usable"),
            ([], "at least 3 usable"),
            ([1.0, -0.5, 0.2], "must not be negative"),
            ([[1.0, 0.5, 0.2]], "one sequence"),
        ],
    )
    def test_refuses_errors_it_cannot_use(self, errors, message):
        with pytest.raises(ValueError, match=message):
            measure_rate(errors)


class TestClassifyConvergence:
    @pytest.mark.parametrize(
        ("errors", "kind"),
        [
            (0.9**STEPS, "linear"),
            (0.999**STEPS, "linear"),
            (STEPS * 0.9**STEPS, "linear"),
            (0.9**STEPS + 1e-9 * NOISE, "linear"),
            (1 / STEPS, "sublinear"),
            (1 / STEPS**2, "sublinear"),
            (1 / np.sqrt(STEPS), "sublinear"),
            (0.5 ** (2.0 ** np.arange(8)), "superlinear"),
            (0.9 ** (1.6 ** np.arange(14)), "superlinear"),
            (1.01**STEPS, "diverging"),
            (np.append(2.0 ** np.arange(20), np.inf), "diverging"),
            (np.append(2.0 ** np.arange(20), np.nan), "diverging"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_names_the_kind(self, errors, kind):
        assert classify_convergence(errors) == kind

    @pytest.mark.parametrize("unit", [1e-3, 1e6])
    def test_does_not_depend_on_the_unit(self, unit):
        for errors in (0.9**STEPS, 1 / STEPS, 0.5 ** (2.0 ** np.arange(8))):
            assert classify_convergence(unit * errors) == classify_convergence(errors)

    def test_agrees_with_runs_whose_kind_is_known(self):
        quartic, log_sum = PROBLEMS["quartic"](), PROBLEMS["log_sum"]()
        on_quartic = iterates(quartic.value_and_grad, [0.5], GradientDescent(0.1), 2000)
        assert classify_convergence(np.abs(on_quartic[:, 0])) == "sublinear"
        on_log_sum = iterates(log_sum.value_and_grad, [2.0], GradientDescent(0.2), 60)
        assert classify_convergence(np.abs(on_log_sum[:, 0] - log_sum.minimizer)) == "linear"

    def test_newton_is_superlinear(self):
        problem, errors = PROBLEMS["log_sum"](), []
        x = np.array([1.5])
        for _ in range(6):
            errors.append(abs(x[0] - problem.minimizer[0]))
            x = x - np.linalg.solve(problem.hessian(x), problem.grad(x))
        assert classify_convergence([e for e in errors if e > 1e-15]) == "superlinear"

    @pytest.mark.parametrize(
        ("errors", "message"),
        [
            ([1.0, 0.5, 0.2], "at least 4 usable"),
            ([], "at least 3 usable"),
            ([1.0, 0.5, -0.2, 0.1], "must not be negative"),
            ([[1.0, 0.5, 0.2, 0.1]], "one sequence"),
        ],
    )
    def test_refuses_errors_it_cannot_use(self, errors, message):
        with pytest.raises(ValueError, match=message):
            classify_convergence(errors)


def _problem(problem):
    return problem.value_and_grad, problem.start
