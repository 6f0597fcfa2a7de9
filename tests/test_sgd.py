"""Stochastic gradient descent: enumeration of all minibatches, closed forms of noise and rates."""

from itertools import combinations, islice, pairwise, product
from typing import NamedTuple

import numpy as np
import pytest

from optedu import sgd
from optedu.adaptive import Adam
from optedu.descent import GradientDescent, Iterate, descend
from optedu.models import LeastSquares, Logistic
from optedu.momentum import Momentum

SAMPLERS = [sgd.with_replacement, sgd.shuffle_once, sgd.reshuffle]


def generator(seed=0):
    return np.random.default_rng(seed)


def least_squares(n_examples=6, n_params=2, l2=0.0, seed=0):
    rng = generator(seed)
    X = rng.normal(size=(n_examples, n_params))
    return LeastSquares(X, X @ rng.normal(size=n_params) + rng.normal(size=n_examples), l2)


class Squares(NamedTuple):
    """Least squares with what the training loop needs of a model and nothing else."""

    X: np.ndarray
    y: np.ndarray

    def subset(self, indices):
        return Squares(self.X[indices], self.y[indices])

    def value_and_grad(self, params):
        residuals = self.X @ params - self.y
        return residuals @ residuals / (2 * len(self.X)), residuals @ self.X / len(self.X)


class Watched:
    """A model that notes which examples it is asked for, and how often for a gradient."""

    def __init__(self, model):
        self.model, self.y, self.asked = model, model.y, []

    def subset(self, indices):
        self.asked.append(np.array(indices))
        return LeastSquares(self.model.X[indices], self.model.y[indices], self.model.l2)


class Point(NamedTuple):
    params: np.ndarray


# sampling


@pytest.mark.parametrize(("n", "size"), [(10, 3), (9, 3), (7, 1), (4, 4), (4, 9), (1, 1)])
def test_an_epoch_deals_each_example_once(n, size):
    batches = list(sgd.minibatches(n, size, generator()))
    assert len(batches) == sgd.steps_per_epoch(n, size) == int(np.ceil(n / size))
    np.testing.assert_array_equal(np.sort(np.concatenate(batches)), np.arange(n))
    assert all(len(batch) == size for batch in batches[:-1])
    assert all(batch.dtype.kind == "i" for batch in batches)
    whole = list(sgd.minibatches(n, size, generator(), drop_last=True))
    assert len(whole) == n // size
    np.testing.assert_array_equal(
        np.concatenate([*whole, []]), np.concatenate(batches)[: n // size * size]
    )


def test_the_order_comes_from_the_generator_alone():
    first, second, other = generator(1), generator(1), generator(2)
    epochs = [
        [np.concatenate(list(sgd.minibatches(50, 7, rng))) for _ in range(2)]
        for rng in (first, second, other)
    ]
    np.testing.assert_array_equal(epochs[0], epochs[1])
    assert not np.array_equal(*epochs[0])
    assert not np.array_equal(epochs[0], epochs[2])


def test_each_example_comes_last_as_often():
    rng, n, epochs = generator(), 5, 2000
    last = [list(sgd.minibatches(n, 2, rng))[-1].item() for _ in range(epochs)]
    # A count of chance 1/5 is off by 6 standard deviations once in 10^9.
    bound = 6 * np.sqrt(epochs * (1 / n) * (1 - 1 / n))
    assert np.abs(np.bincount(last, minlength=n) - epochs / n).max() < bound


def test_samplers_differ_in_what_an_epoch_is():
    n, size, steps = 10, 4, 3
    once, anew, drawn = (
        [list(islice(run, steps)) for _ in range(4)]
        for run in (
            sampler(n, size, generator())
            for sampler in (sgd.shuffle_once, sgd.reshuffle, sgd.with_replacement)
        )
    )
    for epochs in (once, anew):
        assert all(sorted(np.concatenate(epoch)) == list(range(n)) for epoch in epochs)
    orders = [np.concatenate(epoch) for epoch in anew]
    assert not any(np.array_equal(*pair) for pair in combinations(orders, 2))
    assert all(np.array_equal(np.concatenate(once[0]), np.concatenate(epoch)) for epoch in once)
    assert {len(batch) for epoch in drawn for batch in epoch} == {size}
    assert any(len(set(batch)) < size for epoch in drawn for batch in epoch)
    assert set(np.concatenate([*map(np.concatenate, drawn)])) == set(range(n))


def test_a_new_shuffle_is_nearest_and_replacement_furthest():
    data = least_squares(100, 5)
    model, solution = Squares(data.X, data.y), data.solution()
    epochs = range(10, 21)  # ten to settle in

    def floor(sampler):
        return np.mean(
            [
                np.sum((it.params - solution) ** 2)
                for seed in range(6)
                for it in sgd.train(
                    model,
                    solution,
                    GradientDescent(0.01),
                    batch_size=2,
                    n_epochs=20,
                    rng=generator(seed),
                    sampler=sampler,
                )
                if it.epoch in epochs
            ]
        )

    # Measured: 9 and 3.5 times; the seeds are fixed, so only other seeds could change that.
    floors = [floor(sampler) for sampler in SAMPLERS]
    assert floors[0] > 1.5 * floors[1] > 1.5**2 * floors[2]


# noise


@pytest.mark.parametrize("kind", [LeastSquares, Logistic])
@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize("replacement", [False, True])
def test_over_all_minibatches_the_estimate_has_no_bias_and_the_promised_covariance(
    kind, size, replacement
):
    rng, n = generator(), 5
    model = kind(rng.normal(size=(n, 2)), np.array([0, 1, 1, 0, 1]), l2=0.3)
    params = rng.normal(size=2)
    draws = product(range(n), repeat=size) if replacement else combinations(range(n), size)
    estimates = np.array([sgd.minibatch_gradient(model, params, draw) for draw in draws])
    # Means of at most 5^5 numbers of order 1.
    np.testing.assert_allclose(estimates.mean(axis=0), model.grad(params), atol=1e-13)
    deviations = estimates - model.grad(params)
    covariance = deviations.T @ deviations / len(estimates)
    example_grads = [sgd.minibatch_gradient(model, params, [i]) for i in range(n)]
    arguments = {"example_grads": example_grads, "batch_size": size, "replacement": replacement}
    np.testing.assert_allclose(sgd.gradient_covariance(**arguments), covariance, atol=1e-13)
    variance = sgd.gradient_variance(**arguments)
    assert variance == pytest.approx(np.mean(np.sum(deviations**2, axis=1)), abs=1e-13)


def test_all_examples_leave_no_noise():
    grads = generator().normal(size=(7, 3))
    assert sgd.gradient_variance(grads, batch_size=7) == 0
    assert sgd.gradient_variance(grads[:1], batch_size=1) == 0
    assert sgd.gradient_variance(grads, batch_size=7, replacement=True) > 0
    with pytest.raises(ValueError, match="batch_size must be at most the 7 examples; got 8"):
        sgd.gradient_variance(grads, batch_size=8)


def test_ten_times_less_noise_costs_a_hundred_times_the_examples():
    grads = generator().normal(size=(7, 3))
    few, many = (sgd.gradient_variance(grads, size, replacement=True) for size in (2, 200))
    assert np.sqrt(few / many) == pytest.approx(10)


def test_the_penalty_counts_in_full_whatever_the_minibatch():
    params, bare, penalized = np.array([1.0, -2.0]), least_squares(), least_squares(l2=0.7)
    for indices in ([0], [1, 1], [5, 2, 3]):
        difference = sgd.minibatch_gradient(penalized, params, indices) - sgd.minibatch_gradient(
            bare, params, indices
        )
        np.testing.assert_allclose(difference, 0.7 * params, rtol=1e-13)  # rounding of a difference


@pytest.mark.parametrize("indices", [[], [6], [-1], [0.0], [True], [[0, 1]], 0, ["a"]])
def test_what_is_no_index_of_an_example_is_refused(indices):
    with pytest.raises(ValueError, match="indices must"):
        sgd.minibatch_gradient(least_squares(6), [0.0, 0.0], indices)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_at_the_critical_batch_size_a_step_is_half_as_good(size):
    # X'X/N = I, so the loss is half the squared distance, and 1 is the best step without noise.
    model = LeastSquares(2 * np.eye(4), generator().normal(size=4))
    params = np.array([1.0, 2.0, -1.0, 0.5])
    grads = [sgd.minibatch_gradient(model, params, [i]) for i in range(4)]
    critical = sgd.critical_batch_size(grads)
    best = 1 / (1 + critical / size)
    draws = product(range(4), repeat=size)
    gains = [
        model.loss(params) - model.loss(params - best * np.mean([grads[i] for i in draw], axis=0))
        for draw in draws
    ]
    noiseless = 0.5 * np.sum(model.grad(params) ** 2)
    assert np.mean(gains) / noiseless == pytest.approx(size / (size + critical))


def test_where_only_noise_is_left_no_batch_is_large_enough():
    assert sgd.critical_batch_size([[1.0, 2.0], [-1.0, -2.0]]) == np.inf
    assert sgd.critical_batch_size([[1.0, 2.0], [1.0, 2.0]]) == 0


@pytest.mark.parametrize("alpha", [0.01, 0.5, 1.0, 1.9])
def test_the_floor_is_where_the_variance_stands_still(alpha):
    floor = sgd.noise_floor(alpha, curvature=1.0, noise_variance=3.0, batch_size=4)
    assert (1 - alpha) ** 2 * floor + alpha**2 * 3.0 / 4 == pytest.approx(floor, rel=1e-14)


def test_the_floor_of_an_unstable_run_is_infinite_and_arrays_make_a_map():
    alphas, sizes = np.array([0.1, 1.0, 2.0, 2.1]), np.array([[1], [10]])
    floors = sgd.noise_floor(alphas, 1.0, 2.0, sizes)
    assert floors.shape == (2, 4)
    assert np.array_equal(np.isinf(floors), [[False, False, True, True]] * 2)
    np.testing.assert_allclose(floors[0, :2], 10 * floors[1, :2])
    assert sgd.noise_floor(0.5, 1.0, 0.0) == 0


def impulses(alpha, curvature, steps):
    """Run SGD on 1/2 curvature x² from 0, run j with a noise of 1 at update j alone.

    The run is linear in its noise. So the sum over j of the squares of anything linear in the
    iterates is its variance under independent noise of variance 1, exactly.
    """
    noise = iter(np.eye(steps + 1, steps))

    def value_and_grad(x):
        return 0.5 * curvature * x**2, curvature * x + next(noise)

    return islice(descend(value_and_grad, np.zeros(steps), GradientDescent(alpha)), steps + 1)


@pytest.mark.parametrize(("alpha", "curvature"), [(0.1, 1.0), (0.3, 2.0), (1.5, 1.0)])
def test_the_variance_of_a_run_settles_on_the_floor(alpha, curvature):
    *_, end = impulses(alpha, curvature, steps=200)
    floor = sgd.noise_floor(alpha, curvature, noise_variance=1.0)
    # What remains of the start is (1 - αλ)^400, at most 10^-18.
    assert np.sum(end.params**2) == pytest.approx(floor, rel=1e-12)


def test_training_with_replacement_hovers_at_the_floor():
    # With X = 1 the gradient of an example is x - y: curvature 1, and the noise of the labels.
    y, size, alpha, steps = generator(1).normal(size=50), 2, 0.5, 10_000
    run = sgd.train(
        Squares(np.ones((50, 1)), y),
        [y.mean()],
        GradientDescent(alpha),
        batch_size=size,
        n_epochs=steps // 25,
        rng=generator(),
        sampler=sgd.with_replacement,
    )
    points = np.array([it.params.item() for it in run][100:])
    floor = sgd.noise_floor(alpha, 1.0, np.var(y), size)
    # The mean square of n values with correlations r^k scatters by
    # sqrt(2 (1 + r²) / (1 - r²) / n) of its value, here 1.8 %, and r = 1 - α.
    scatter = np.sqrt(2 * (1 + (1 - alpha) ** 2) / (1 - (1 - alpha) ** 2) / steps)
    assert abs(np.mean((points - y.mean()) ** 2) / floor - 1) < 6 * scatter


def test_linear_scaling_keeps_the_floor_while_the_steps_are_small():
    floors = [
        sgd.noise_floor(sgd.scale_learning_rate(1e-4, size, 1), 1.0, 1.0, size)
        for size in (1, 8, 64)
    ]
    # The factor 2 - αλ moves by at most 64e-4 of 2.
    np.testing.assert_allclose(floors, floors[0], rtol=0.004)


@pytest.mark.parametrize(("rule", "power"), [("linear", 1), ("sqrt", 2)])
def test_scaling_by_the_batch_can_be_done_in_parts(rule, power):
    def scale(learning_rate, *sizes):
        for base, size in pairwise(sizes):
            learning_rate = sgd.scale_learning_rate(learning_rate, size, base, rule)
        return learning_rate

    assert scale(0.1, 16, 48, 256) == pytest.approx(scale(0.1, 16, 256))
    assert scale(0.1, 16, 256, 16) == pytest.approx(0.1)
    assert scale(0.1, 1, 2**power) == pytest.approx(0.2)


# schedules

SCHEDULES = [
    sgd.Constant(0.3),
    sgd.StepDecay(0.3, every=3, factor=0.5),
    sgd.ExponentialDecay(0.3, factor=0.9),
    sgd.InverseTime(0.3, scale=5.0),
    sgd.InverseSqrt(0.3, scale=5.0),
    sgd.Linear(0.3, n_steps=8, final=0.1),
    sgd.Cosine(0.3, n_steps=8, final=0.1),
    sgd.CosineRestarts(0.3, n_steps=4, final=0.1, multiplier=2),
]
COMBINED = [
    sgd.Warmup(sgd.Cosine(0.3, n_steps=8), n_steps=4),
    sgd.Join([sgd.Constant(0.3), sgd.Linear(0.3, n_steps=5)], lengths=[4]),
]
STEPS = np.arange(1, 40)


@pytest.mark.parametrize("schedule", SCHEDULES + COMBINED, ids=repr)
def test_a_schedule_of_an_array_is_that_of_each_number(schedule):
    rates = schedule(STEPS)
    assert [schedule(int(step)) for step in STEPS] == rates.tolist()
    np.testing.assert_array_equal(schedule(STEPS.reshape(3, 13)), rates.reshape(3, 13))
    np.testing.assert_array_equal(schedule(STEPS.astype(np.uint8)), rates)
    assert type(schedule(np.int64(1))) is float
    assert np.all(rates >= 0)
    assert rates.max() <= 0.3


@pytest.mark.parametrize("schedule", SCHEDULES + COMBINED, ids=repr)
@pytest.mark.parametrize("step", [0, -1, 1.0, 1.5, "a", [], [1, 0], True, None])
def test_updates_are_counted_from_one(schedule, step):
    with pytest.raises(ValueError, match="step must hold whole numbers of at least 1"):
        schedule(step)


@pytest.mark.parametrize("schedule", SCHEDULES, ids=repr)
def test_the_first_update_has_the_full_learning_rate(schedule):
    assert schedule(1) == 0.3


@pytest.mark.parametrize("schedule", SCHEDULES + COMBINED, ids=repr)
def test_a_schedule_shows_its_hyper_parameters(schedule):
    assert eval(repr(schedule), vars(sgd)) == schedule


@pytest.mark.parametrize("schedule", SCHEDULES + COMBINED, ids=repr)
def test_a_schedule_drives_any_loop_and_keeps_the_precision(schedule):
    run = descend(
        lambda x: (x.sum(), np.ones_like(x)), np.zeros(2, np.float32), GradientDescent(), schedule
    )
    end = next(islice(run, 30, None))
    assert end.params.dtype == np.float32
    # Under a gradient of 1 the run is minus the sum of its learning rates; 30 roundings.
    np.testing.assert_allclose(end.params, -schedule(STEPS[:30]).sum(), rtol=1e-5)


@pytest.mark.parametrize("schedule", SCHEDULES, ids=repr)
def test_learning_rates_may_be_swept(schedule):
    fields = vars(schedule) | {"learning_rate": np.array([[0.3], [0.6]])}
    rates = type(schedule)(**fields)(STEPS)
    for row, learning_rate in zip(rates, (0.3, 0.6), strict=True):
        fields["learning_rate"] = learning_rate
        np.testing.assert_array_equal(row, type(schedule)(**fields)(STEPS))


@pytest.mark.parametrize("kind", [sgd.Linear, sgd.Cosine])
@pytest.mark.parametrize("ends", [(0.9, 0.2), (0.7, 0.0), (1e-3, 1e-9)])
def test_annealing_meets_both_ends_exactly_and_the_mean_halfway(kind, ends):
    schedule = kind(ends[0], n_steps=10, final=ends[1])
    rates = schedule(np.arange(1, 12))
    assert (rates[0], rates[-1]) == ends
    assert schedule(10**12) == ends[1]
    assert rates[5] == pytest.approx(np.mean(ends), rel=1e-15)
    np.testing.assert_allclose(rates + rates[::-1], sum(ends), rtol=1e-15)  # the curve's symmetry
    assert np.all(np.diff(rates) < 0)


def test_the_cosine_solves_the_equation_of_an_oscillator():
    T = 50
    rates = sgd.Cosine(1.0, n_steps=T)(np.arange(1, T + 2)) - 0.5
    # cos(a + d) + cos(a - d) = 2 cos(a) cos(d), with d = π/T.
    np.testing.assert_allclose(
        rates[2:] + rates[:-2], 2 * np.cos(np.pi / T) * rates[1:-1], atol=1e-15
    )


@pytest.mark.parametrize("multiplier", [1, 2, 3, 5, 7, 10])
@pytest.mark.parametrize("T", [1, 2, 3, 10, 49])
def test_each_cycle_is_a_cosine_from_its_own_start(T, multiplier):
    schedule = sgd.CosineRestarts(0.3, n_steps=T, final=0.1, multiplier=multiplier)
    start, length = 1, T
    for _ in range(8):
        within = np.unique([1, min(2, length), (length + 1) // 2, length])
        np.testing.assert_allclose(
            schedule(start + within - 1),
            sgd.Cosine(0.3, n_steps=length, final=0.1)(within),
            rtol=1e-14,  # the arguments of the cosines differ by a rounding
        )
        assert schedule(start) == 0.3
        start, length = start + length, length * multiplier


def test_drops_come_exactly_at_their_times():
    regular = sgd.StepDecay(1.0, every=10, factor=0.1)
    joined = sgd.Join([sgd.Constant(0.1**i) for i in range(4)], lengths=[10, 10, 10])
    np.testing.assert_allclose(regular(STEPS), joined(STEPS), rtol=1e-15)
    assert regular(10) == 1.0 > regular(11)


def test_exponential_decay_gets_no_further_than_its_sum():
    rates = sgd.ExponentialDecay(0.5, factor=0.9)(np.arange(1, 1001))
    np.testing.assert_allclose(rates[1:] / rates[:-1], 0.9)
    assert rates.sum() == pytest.approx(0.5 / (1 - 0.9))  # 0.9^1000 is below rounding


def test_robbins_monro_sums():
    n = 10**5
    steps = np.arange(1, n + 1)
    time, root = sgd.InverseTime(1.0)(steps), sgd.InverseSqrt(1.0)(steps)
    # Sums of decreasing terms lie between integrals: the first two diverge, the third stays
    # below π²/6, and the squares of the root diverge too.
    assert np.log(n + 1) < time.sum() < 1 + np.log(n)
    assert 2 * np.sqrt(n + 1) - 2 < root.sum() < 2 * np.sqrt(n)
    assert np.pi**2 / 6 - 1 / n < np.sum(time**2) < np.pi**2 / 6
    assert np.log(n + 1) < np.sum(root**2)


def test_the_scale_is_the_time_to_fall_by_two():
    assert sgd.InverseTime(0.4, scale=50)(51) == 0.2
    assert sgd.InverseSqrt(0.4, scale=50)(151) == 0.2


def test_inverse_time_turns_sgd_into_the_running_mean():
    targets, curvature = generator().normal(size=50), 4.0
    seen = iter(targets)

    def value_and_grad(x):
        gap = x - next(seen)
        return 0.5 * curvature * gap**2, curvature * gap

    run = descend(value_and_grad, 7.0, GradientDescent(), sgd.InverseTime(1 / curvature))
    means = [it.params.item() for it in islice(run, 50)][1:]
    expected = np.cumsum(targets)[:-1] / np.arange(1, 50)
    np.testing.assert_allclose(means, expected, atol=1e-14)  # so their variance is s²/t exactly


@pytest.mark.parametrize("schedule", SCHEDULES, ids=repr)
@pytest.mark.parametrize("n_steps", [1, 5])
def test_the_climb_is_straight_and_meets_the_schedule(schedule, n_steps):
    warm = sgd.Warmup(schedule, n_steps=n_steps)
    climb = warm(np.arange(1, n_steps + 2))
    np.testing.assert_allclose(np.diff(climb, prepend=0.0), climb[0], rtol=1e-14)
    assert climb[-1] == schedule(1)
    np.testing.assert_array_equal(warm(n_steps + STEPS), schedule(STEPS))


def test_the_schedule_of_the_first_transformers():
    width, warm = 512, 40
    steps = np.arange(1, 500)
    published = width**-0.5 * np.minimum(steps**-0.5, steps * warm**-1.5)
    peak = (width * warm) ** -0.5
    ours = sgd.Warmup(sgd.InverseSqrt(peak, scale=warm), n_steps=warm - 1)(steps)
    np.testing.assert_allclose(ours, published, rtol=1e-14)


def test_any_function_can_be_warmed_up_and_joined():
    warm = sgd.Warmup(lambda step: 1 / step, n_steps=3)
    assert [warm(step) for step in (1, 2, 3, 4, 5)] == [0.25, 0.5, 0.75, 1.0, 0.5]
    joined = sgd.Join([warm, sgd.Linear(2.0, n_steps=2)], lengths=[4])
    np.testing.assert_array_equal(joined([1, 4, 5, 6, 7, 8]), [0.25, 1.0, 2.0, 1.0, 0.0, 0.0])


@pytest.mark.parametrize(
    ("kind", "arguments", "message"),
    [
        (sgd.Constant, {"learning_rate": 0.0}, "learning_rate must be positive"),
        (sgd.ExponentialDecay, {"learning_rate": 1.0, "factor": 1.1}, "factor must lie between"),
        (sgd.StepDecay, {"learning_rate": 1.0, "every": 0}, "every must be a whole number"),
        (sgd.Cosine, {"learning_rate": 1.0, "n_steps": 0}, "n_steps must be a whole number"),
        (sgd.Linear, {"learning_rate": 1.0, "n_steps": 1, "final": -1.0}, "final must be at least"),
        (sgd.Warmup, {"schedule": 0.1, "n_steps": 5}, "schedule must be a function"),
        (sgd.Join, {"schedules": [sgd.Constant(1.0)] * 3, "lengths": [1]}, "lengths must hold one"),
        (sgd.Join, {"schedules": [sgd.Constant(1.0), 3], "lengths": [1]}, "must be a function"),
    ],
)
def test_impossible_schedules_are_refused(kind, arguments, message):
    with pytest.raises(ValueError, match=message):
        kind(**arguments)


# averaging


def noisy_points(n=60, shape=(3,), dtype=float):
    return [Point(x) for x in generator().normal(size=(n, *shape)).astype(dtype)]


@pytest.mark.parametrize("burn_in", [0, 1, 20])
def test_the_uniform_average_is_the_mean_of_all_so_far(burn_in):
    points = noisy_points()
    means = [mean for _, mean in sgd.uniform_average(points, burn_in)]
    for t, mean in enumerate(means):
        first = min(burn_in, t)
        expected = np.mean([it.params for it in points[first : t + 1]], axis=0)
        np.testing.assert_allclose(mean, expected, atol=1e-15)


@pytest.mark.parametrize("decay", [0.0, 0.5, 0.99])
def test_the_exponential_average_has_its_weights_from_the_first_iterate_on(decay):
    points = noisy_points()
    for t, (_, mean) in enumerate(sgd.exponential_average(points, decay), start=1):
        expected = np.average(
            [it.params for it in points[:t]], weights=decay ** np.arange(t)[::-1], axis=0
        )
        np.testing.assert_allclose(mean, expected, atol=1e-14)


def test_a_long_memory_is_the_uniform_average():
    points = noisy_points()
    for (_, slow), (_, uniform) in zip(
        sgd.exponential_average(points, 1 - 1e-9), sgd.uniform_average(points), strict=True
    ):
        # The weights differ by 60e-9 at most, and 1 - (1 - 1e-9)^t has lost half its digits.
        np.testing.assert_allclose(slow, uniform, atol=1e-6)


AVERAGES = [sgd.uniform_average, sgd.exponential_average]


@pytest.mark.parametrize("average", AVERAGES)
def test_averaging_leaves_the_run_alone(average):
    def run():
        problem = least_squares()
        return islice(descend(problem.value_and_grad, np.ones(2), Momentum(0.1)), 30)

    kept = [(it, mean, mean.copy()) for it, mean in average(run())]
    for (it, mean, copy), expected in zip(kept, run(), strict=True):
        assert isinstance(it, Iterate)
        np.testing.assert_array_equal(it.params, expected.params)
        np.testing.assert_array_equal(mean, copy)  # later means are other arrays
        assert mean is not it.params


@pytest.mark.parametrize("average", AVERAGES)
def test_averages_of_single_precision_add_up_in_double(average):
    points = noisy_points(2000, dtype=np.float32)
    exact = [Point(it.params.astype(float)) for it in points]
    (*_, (_, mean)), (*_, (_, expected)) = average(points), average(exact)
    assert mean.dtype == np.float64
    np.testing.assert_array_equal(mean, expected)


@pytest.mark.parametrize("alpha", [0.05, 0.2, 1.0])
def test_the_average_falls_below_the_floor_at_a_rate_that_no_learning_rate_changes(alpha):
    curvature, steps = 1.0, 1000
    *_, (it, mean) = sgd.uniform_average(impulses(alpha, curvature, steps))
    floor = sgd.noise_floor(alpha, curvature, noise_variance=1.0)
    assert np.sum(it.params**2) == pytest.approx(floor)
    # The limit is s²/(λ² t); the first and the last 1/(αλ) updates count less.
    assert np.sum(mean**2) * steps == pytest.approx(1 / curvature**2, rel=2 / (alpha * steps))


@pytest.mark.parametrize("decay", [1.0, -0.1, np.nan, "a"])
def test_a_decay_that_forgets_nothing_is_refused(decay):
    with pytest.raises(ValueError, match="decay must"):
        next(sgd.exponential_average(noisy_points(), decay))


# training


def run(model, rule=None, **arguments):
    defaults = {"batch_size": 4, "n_epochs": 3, "rng": generator()}
    rule = GradientDescent(0.1) if rule is None else rule
    return list(sgd.train(model, np.zeros(2), rule, **defaults | arguments))


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("size", [1, 4, 10, 99])
def test_an_epoch_costs_one_gradient_a_minibatch(sampler, size):
    model = Watched(least_squares(10))
    steps = run(model, batch_size=size, sampler=sampler)
    per_epoch = int(np.ceil(10 / size))
    assert len(model.asked) == 3 * per_epoch
    assert [it.step for it in steps] == list(range(3 * per_epoch + 1))
    assert [it.epoch for it in steps[::per_epoch]] == [0, 1, 2, 3]
    assert sum(it.epoch.is_integer() for it in steps) == 4


@pytest.mark.parametrize("rule", [GradientDescent(0.1), Momentum(0.1), Adam(0.1)], ids=repr)
def test_with_all_examples_it_is_the_full_method(rule):
    model = least_squares(10, l2=0.1)
    ours = run(model, rule, batch_size=10, n_epochs=20)
    full = descend(model.value_and_grad, np.zeros(2), rule)
    for it, expected in zip(ours, full, strict=False):
        # A shuffled sum rounds otherwise; Adam's first steps are insensitive to the size.
        np.testing.assert_allclose(it.params, expected.params, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_step_is_the_rule_on_the_minibatch_drawn(sampler):
    model = Watched(least_squares(10, l2=0.2))
    rule = Adam(0.1)
    steps = run(model, rule, sampler=sampler)
    asked, state = list(model.asked), rule.init(np.zeros(2))
    assert np.isnan(steps[0].loss)
    for before, after, indices in zip(steps, steps[1:], asked, strict=False):
        batch = model.subset(indices)
        assert after.loss == batch.loss(before.params)
        expected, *state = rule.update(before.params, batch.grad(before.params), after.step, *state)
        np.testing.assert_array_equal(after.params, expected)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_the_run_follows_from_the_generator(sampler):
    model = least_squares(10)
    first, again, other = (
        [it.params for it in run(model, rng=generator(seed), sampler=sampler)] for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    rng = generator(1)
    first, second = ([it.params for it in run(model, rng=rng, sampler=sampler)] for _ in range(2))
    assert not np.array_equal(first, second)


def test_epochs_differ():
    model = Watched(least_squares(10))
    run(model)
    epochs = [np.concatenate(model.asked[i : i + 3]) for i in (0, 3, 6)]
    assert not any(np.array_equal(*pair) for pair in combinations(epochs, 2))


def test_a_schedule_counts_updates_not_epochs():
    asked = []

    def schedule(step):
        asked.append(step)
        return 0.1 / step

    model = least_squares(10)
    steps = run(model, schedule=schedule)
    assert asked == list(range(1, 10))
    twin = run(model, schedule=sgd.InverseTime(0.1))
    np.testing.assert_allclose([it.params for it in steps], [it.params for it in twin], rtol=1e-13)
    frozen = run(model, schedule=lambda step: 0.0)
    assert not np.any([it.params for it in frozen])


def test_runs_side_by_side_are_a_sweep():
    model = least_squares(10)
    rates = [0.01, 0.1]
    both = sgd.train(
        model,
        np.zeros((2, 2)),
        GradientDescent(np.array(rates)[:, None]),
        batch_size=4,
        n_epochs=3,
        rng=generator(),
    )
    *_, end = both
    for row, loss, rate in zip(end.params, end.loss, rates, strict=True):
        alone = run(model, GradientDescent(rate))[-1]
        np.testing.assert_allclose(row, alone.params, rtol=1e-12)  # BLAS sums in another order
        assert loss == pytest.approx(alone.loss, rel=1e-12)


def test_progress_shows_all_updates_and_changes_none(monkeypatch):
    totals = []

    def show(iterates, total):
        totals.append(total)
        return iterates

    monkeypatch.setattr("optedu.sgd.training.show_progress", show)
    shown, quiet = (run(least_squares(10), progress=progress) for progress in (True, False))
    assert totals == [9]
    np.testing.assert_array_equal([it.params for it in shown], [it.params for it in quiet])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sampler": sgd.minibatches}, "sampler ended before update 4 of 9"),
        ({"sampler": lambda n, size, rng: iter([[0], [10]])}, "sampler must give .* below 10"),
        ({"sampler": lambda n, size, rng: iter([np.ones(10, bool)])}, "sampler must hold whole"),
        ({"sampler": lambda n, size, rng: [[0]]}, "sampler must yield index arrays"),
        ({"rng": 0}, "rng must be a random generator"),
        ({"rng": np.random.RandomState(0)}, "rng must be a random generator"),
        ({"n_epochs": 0}, "n_epochs must be a whole number of at least 1"),
        ({"batch_size": 0}, "batch_size must be a whole number of at least 1"),
    ],
)
def test_a_loop_that_could_not_run_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        run(least_squares(10), **arguments)


def test_a_function_is_no_model():
    with pytest.raises(ValueError, match=r"model must have its targets y and subset\(indices\)"):
        run(least_squares(10).value_and_grad)
