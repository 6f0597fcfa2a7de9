"""The search finds Wolfe points wherever they are, and the loop ends where there are none."""

import numpy as np
import pytest

from optedu.problems import diagonal_quadratic, rosenbrock
from optedu.second_order import SearchFailed, descend_along, strong_wolfe


def along_a_line(value, slope):
    """Return a function of one parameter as an objective of one parameter."""
    return lambda x: (float(value(x[0])), slope(x))


# Test functions for line searches: narrow, flat, steep, wavy; each descends from 0.
LINES = {
    "parabola": along_a_line(lambda t: (t - 2) ** 2, lambda t: 2 * (t - 2)),
    "rational": along_a_line(lambda t: -t / (t * t + 2), lambda t: (t * t - 2) / (t * t + 2) ** 2),
    "quintic": along_a_line(
        lambda t: (t + 0.004) ** 5 - 2 * (t + 0.004) ** 4,
        lambda t: 5 * (t + 0.004) ** 4 - 8 * (t + 0.004) ** 3,
    ),
    "wavy": along_a_line(
        lambda t: 0.1 * t * t - t + np.sin(5 * t) / 10, lambda t: 0.2 * t - 1 + np.cos(5 * t) / 2
    ),
    "barrier": along_a_line(
        lambda t: -np.log(1 - t) - 9 * t if t < 1 else np.inf, lambda t: 1 / (1 - t) - 9
    ),
    "thin barrier": along_a_line(
        lambda t: -1e-6 * np.log(1 - t) - t if t < 1 else np.inf, lambda t: 1e-6 / (1 - t) - 1
    ),
    "hinge": along_a_line(
        lambda t: np.logaddexp(0, 100 * (t - 1)) - t,
        lambda t: 100 / (1 + np.exp(100 - 100 * t)) - 1,
    ),
    "cliff": along_a_line(
        lambda t: (t - 1) ** 2, lambda t: 2 * (t - 1) + (0 if t < 1.5 else np.full(1, np.nan))
    ),
    "holes": along_a_line(
        lambda t: (t - 1) ** 2 if t < 1.5 else np.nan, lambda t: 2 * (t - 1) * np.ones(1)
    ),
}

EXACT = {"c1": 1e-10, "c2": 1e-9}


@pytest.mark.parametrize("c2", [0.9, 0.1, 1e-3])
@pytest.mark.parametrize("initial_step", [1e-6, 1e-3, 0.7, 1.0, 30.0, 1e3])
@pytest.mark.parametrize("name", LINES)
def test_the_step_satisfies_both_conditions(name, initial_step, c2):
    calls = []

    def objective(x):
        calls.append(x)
        with np.errstate(all="ignore"):
            return LINES[name](x)

    start = np.zeros(1)
    loss, grads = LINES[name](start)
    found = strong_wolfe(objective, start, np.ones(1), loss, grads, initial_step, c2=c2)
    assert found.loss <= loss + 1e-4 * found.step * grads[0]
    assert abs(found.grads[0]) <= c2 * abs(grads[0])
    assert found.evaluations == len(calls)
    np.testing.assert_array_equal(found.params, [found.step])
    assert (found.loss, found.grads) == LINES[name](found.params)


def test_a_parabola_takes_two_evaluations():
    """The cubic through both ends is the parabola itself."""
    loss, grads = LINES["parabola"](np.zeros(1))
    found = strong_wolfe(LINES["parabola"], [0.0], [1.0], loss, grads, 3.0, **EXACT)
    assert found.evaluations == 2
    assert found.step == pytest.approx(2, rel=1e-14)  # a dozen roundings


@pytest.mark.parametrize("noise", [-3e-15, 3e-15])
def test_slopes_decide_where_rounding_hides_the_decrease(noise):
    """The parabola falls by 5e-21 here, the noise of its values is 3e-15."""

    def objective(x):
        return 1 + 0.5 * float(x @ x) + noise * (x[0] != 1e-10), x.copy()

    start = np.array([1e-10])
    found = strong_wolfe(objective, start, -1.5 * start, *objective(start), **EXACT)
    assert abs(found.params[0]) <= 1e-18
    assert found.evaluations == 2  # the slopes of a parabola lie on a line


def test_a_rise_above_rounding_is_never_accepted():
    """From 0 the loss falls by 1e-7 and rises to a ridge with a flat top, by 1."""
    objective = along_a_line(
        lambda t: -1e-7 * t + 3 * t**2 - 2 * t**3, lambda t: -1e-7 + 6 * t - 6 * t**2
    )
    found = strong_wolfe(objective, [0.0], [1.0], *objective(np.zeros(1)))
    assert found.loss < 0


@pytest.mark.parametrize(
    ("objective", "message"),
    [
        (lambda x: (-x[0], -np.ones(1)), "bounded below"),
        (lambda x: (x[0], -np.ones(1)), "check that grads"),
        (lambda x: (0.0 if x[0] == 0 else np.nan, -np.ones(1)), "no step"),
    ],
    ids=["unbounded", "wrong sign", "undefined everywhere else"],
)
def test_failure_says_what_to_check(objective, message):
    with pytest.raises(SearchFailed, match=message):
        strong_wolfe(objective, [0.0], [1.0], 0.0, [-1.0])


def test_failure_at_rounding_says_so():
    with pytest.raises(SearchFailed, match="rounding"):
        strong_wolfe(lambda x: (1.0, np.full(1, 1e-20)), [0.0], [-1.0], 1.0, [1e-20])


def test_an_uphill_direction_is_refused():
    with pytest.raises(ValueError, match="direction must descend"):
        strong_wolfe(LINES["parabola"], [0.0], [-1.0], 4.0, [-4.0])


def test_a_function_that_fills_one_array_again_and_again_is_refused():
    problem, buffer = rosenbrock(), np.empty(2)

    def objective(x):
        buffer[:] = problem.grad(x)
        return problem.value(x), buffer

    with pytest.raises(ValueError, match="value_and_grad must return a new array"):
        list(descend_along(objective, [-1.2, 1.0], lambda params, grads: -grads))


@pytest.mark.parametrize("kappa", [2.0, 20.0])
def test_steepest_descent_with_an_exact_search_has_its_rate(kappa):
    problem = diagonal_quadratic([1.0, kappa])
    run = descend_along(problem.value_and_grad, [kappa, 1.0], lambda x, g: -g, **EXACT)
    losses = np.array([it.loss for _, it in zip(range(20), run, strict=False)])
    # The worst start, at which each step shrinks the loss by exactly the bound.
    np.testing.assert_allclose(losses[1:] / losses[:-1], ((kappa - 1) / (kappa + 1)) ** 2)


def test_directions_are_asked_for_once_an_iterate_in_order():
    seen = []

    def direction(params, grads):
        seen.append(params)
        return -grads

    run = descend_along(rosenbrock().value_and_grad, [-1.2, 1.0], direction)
    visited = [it.params for _, it in zip(range(20), run, strict=False)]
    np.testing.assert_array_equal(seen, visited[:-1])


def ending(run):
    """Return the last iterate, and why there was no other."""
    while True:
        try:
            last = next(run)
        except StopIteration as end:
            return last, end.value


def test_the_loop_says_why_it_ends():
    bowl = diagonal_quadratic([1.0, 1.0]).value_and_grad
    last, why = ending(descend_along(bowl, [3.0, 4.0], lambda x, g: -g))
    assert (last.step, why) == (1, "the gradient is exactly zero")
    last, why = ending(descend_along(bowl, [3.0, 4.0], lambda x, g: g))
    assert (last.step, why[:31]) == (0, "the direction does not descend:")
    last, why = ending(descend_along(lambda x: (np.nan, x), [3.0], lambda x, g: -g))
    assert (last.step, why[:31]) == (0, "the direction does not descend:")


def test_slopes_that_turn_but_do_not_shrink_end_the_run():
    """Where neither the loss nor the gradient gets smaller, there is nothing to wait for."""
    turns = [np.array(g) for g in ([1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0])]
    calls = []

    def circling(x):
        calls.append(x)
        return 1.0, turns[len(calls) % 4].copy()

    last, why = ending(descend_along(circling, [0.0, 0.0], lambda x, g: -g))
    assert "progress" in why
    assert 100 <= last.step < 110


def test_wandering_at_the_level_of_rounding_ends():
    """The gradient cannot fall below the rounding of its terms, here 1e-16 * 1e4."""
    rng = np.random.RandomState(0)

    def noisy(x):
        return 1 + 0.5 * float(x @ x), x + 1e-12 * rng.randn(2)

    last, why = ending(descend_along(noisy, [3.0, 4.0], lambda x, g: -0.5 * g))
    assert "rounding" in why
    assert np.linalg.norm(last.grads) < 1e-10
    assert last.step < 1000  # 45 halvings to get there, some records, a hundred more steps


def test_single_precision_is_kept():
    def objective(x):
        return np.float32(0.5) * x @ x, x.copy()

    for it in descend_along(objective, np.array([3, 4], np.float32), lambda x, g: -0.7 * g):
        assert it.params.dtype == np.float32
