"""What the figures of chapter 3 compute is what optedu.sgd computes."""

import re
from pathlib import Path

import numpy as np
import pytest

from book.figures import _random as random
from book.figures import sgd_batch_map as batch_map
from book.figures import sgd_cloud as cloud
from book.figures import sgd_noise_floor as floor
from book.figures import sgd_schedules as schedules
from book.figures import sgd_shuffler as shuffler
from optedu.sgd import gradient_covariance, gradient_variance, noise_floor

ROOT = Path(__file__).resolve().parents[2]


def test_random_numbers_are_those_of_the_pictures(node):
    numbers = node(
        """import { normals, uniforms } from "FIGURES/random.js";
        console.log(JSON.stringify(input.map((seed) =>
          [Array.from(uniforms(seed, 500)), Array.from(normals(seed, 500))])));""",
        [0, 1, 77],
    )
    for seed, (uniform, normal) in zip([0, 1, 77], numbers, strict=True):
        np.testing.assert_array_equal(uniform, random.uniforms(seed, 500))
        np.testing.assert_allclose(normal, random.normals(seed, 500), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("seed", [1, 2])
def test_random_numbers_are_uniform_normal_and_do_not_depend_on_each_other(seed):
    n = 200_000
    uniform, normal = random.uniforms(seed, n), random.normals(seed, n)
    assert 0 < uniform.min() < uniform.max() < 1
    # Each count of a hundredth has a standard deviation of 45; the largest of 100 stays below 5.
    counts = np.histogram(uniform, 100, (0, 1))[0]
    assert np.abs(counts - n / 100).max() < 5 * np.sqrt(n / 100)
    for power, moment in ((1, 0), (2, 1), (3, 0), (4, 3)):
        # The variance of z^p is at most 96, for p = 4.
        assert np.mean(normal**power) == pytest.approx(moment, abs=5 * np.sqrt(96 / n))
    for lag in (1, 2, floor.RUNS, len(cloud.model().y)):
        assert abs(np.corrcoef(normal[:-lag], normal[lag:])[0, 1]) < 5 / np.sqrt(n)
    others = random.normals(seed + 1, n)
    assert abs(np.corrcoef(normal, others)[0, 1]) < 5 / np.sqrt(n)


@pytest.fixture
def hovering(node):
    """Return a function that runs the scope's chains for a learning rate and a batch size."""

    def compute(alpha, batch):
        return node(
            """import { compute, describe } from "FIGURES/sgd-noise-floor.js";
            const { data, state } = input;
            const result = compute(data, state);
            const last = Array.from(result.points.slice(-data.runs));
            const say = (step) => describe(data, { ...state, step }, result);
            const texts = [0, 3, data.steps].map(say);
            const { squares, expected, floor } = result;
            console.log(JSON.stringify({ squares, expected, floor, last, texts }));""",
            {"data": floor.data(), "state": {"alpha": alpha, "batch": batch}},
        )

    return compute


@pytest.mark.parametrize(
    ("alpha", "batch"), [(0.1, 1), (0.05, 1), (0.4, 4), (0.01, 256), (1.0, 7), (1.9, 16)]
)
def test_chains_and_their_floor_are_optedus(hovering, alpha, batch):
    out = hovering(alpha, batch)
    paths = floor.paths(alpha, batch)
    np.testing.assert_allclose(out["last"], paths[-1], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(out["squares"], np.mean(paths**2, axis=1), rtol=1e-9)
    level = noise_floor(alpha, floor.CURVATURE, floor.VARIANCE, batch)
    assert out["floor"] == pytest.approx(level, rel=1e-12)
    # The closed form of the chapter.
    steps = np.arange(floor.STEPS + 1)
    left = (1 - alpha * floor.CURVATURE) ** (2 * steps)
    np.testing.assert_allclose(out["expected"], level + left * (floor.START**2 - level), rtol=1e-9)
    # The mean of 200 squares has a relative deviation of a tenth; of the 1000 means some are far.
    tail = np.array(out["squares"][-200:]) / out["expected"][-200:]
    np.testing.assert_allclose(tail, 1, atol=0.6)
    assert "the start" in out["texts"][0]
    assert "more steps change nothing" in out["texts"][2]
    assert ("on the way down" in out["texts"][1]) == (left[3] * floor.START**2 > 0.05 * level)


def test_at_the_limit_there_is_no_floor(hovering):
    out = hovering(2.0, 16)
    assert out["floor"] is None  # infinity, in JSON
    assert "no floor" in out["texts"][2]
    # 4 s²/B is added at each step.
    growth = np.diff(out["expected"])
    np.testing.assert_allclose(growth, 4 / 16, rtol=1e-9)


@pytest.fixture
def clouds(node):
    """Return a function that computes the clouds of some states."""

    def compute(states):
        return node(
            """import { compute, describe } from "FIGURES/sgd-cloud.js";
            console.log(JSON.stringify(input.states.map((state) => {
              const result = compute(input.data, state);
              return { ...result, text: describe(input.data, state, result) };
            })));""",
            {"data": cloud.data(), "states": states},
        )

    return compute


def test_clouds_are_minibatch_gradients_of_the_model(clouds):
    states = [{"batch": size, "way": way} for size in (1, 16, 100, 569) for way in (0, 1)]
    grads, full = cloud.model().example_grads([0, 0]), cloud.model().grad([0, 0])
    for state, out in zip(states, clouds(states), strict=True):
        size, way = state.values()
        np.testing.assert_allclose(out["tips"], cloud.tips(size, way), rtol=1e-9, atol=1e-9)
        variance = gradient_variance(grads, size, replacement=way == 1)
        assert out["predicted"] ** 2 == pytest.approx(variance, rel=1e-9, abs=1e-15)
        error = np.sqrt(np.mean(np.sum((cloud.tips(size, way) - full) ** 2, axis=1)))
        assert out["error"] == pytest.approx(error, rel=1e-9, abs=1e-9)
        # 400 draws know the error to 4 %.
        assert out["error"] == pytest.approx(np.sqrt(variance), rel=0.15, abs=1e-12)
        # The ellipse, and who is inside.
        root = np.array([[out["root"][0], 0], out["root"][1:]])
        covariance = gradient_covariance(grads, size, replacement=way == 1)
        np.testing.assert_allclose(out["share"] * root @ root.T, covariance, atol=1e-12)
        if variance:
            inverse = np.linalg.inv(covariance)
            away = np.array(out["tips"]) - full
            inside = np.einsum("ni,ij,nj->n", away, inverse, away) <= 4
            assert out["inside"] == np.count_nonzero(inside)
            if size == 100:  # nearly normal, of which 1 - exp(-2) lie inside: 86 %, known to 2 %
                assert out["inside"] / cloud.CLOUDS == pytest.approx(1 - np.exp(-2), abs=0.08)
        else:
            assert out["text"].startswith("All 569 examples")
        halves = "would halve it" in out["text"]
        assert halves == (4 * size <= 569 and (way == 1 or 16 * size < 569))


def test_minibatches_without_replacement_repeat_no_example():
    without, again = cloud.draws(0), cloud.draws(1)
    np.testing.assert_array_equal(np.sort(without, axis=1), np.tile(np.arange(569), (400, 1)))
    assert again.min() >= 0
    assert again.max() == 568
    # Each example is as likely as another in the first place: 400 draws of 569.
    for first in (without[:, 0], again[:, 0]):
        assert first.mean() == pytest.approx(284, abs=5 * 569 / np.sqrt(12 * 400))
    missed = np.mean([1 - len(set(row)) / 569 for row in again])
    assert missed == pytest.approx(np.exp(-1), abs=0.005)


@pytest.mark.parametrize("warmup", [0, 1, 100, 300])
def test_schedules_and_what_is_left_under_them_are_optedus(node, warmup):
    figure = schedules.data()
    rates = (0.005, 0.05, 0.5, 1.9)
    states = [
        {"shape": shape, "alpha": alpha, "warmup": warmup}
        for shape in range(len(schedules.SHAPES))
        for alpha in rates
    ]
    results = node(
        """import { SHAPES, compute, describe } from "FIGURES/sgd-schedules.js";
        console.log(JSON.stringify(input.states.map((state) => {
          const result = compute(input.data, state);
          const name = SHAPES[state.shape].name;
          return { ...result, name, text: describe(input.data, state, result) };
        })));""",
        {"data": figure, "states": states},
    )
    names = list(schedules.SHAPES)
    for state, out in zip(states, results, strict=True):
        shape, alpha, _ = state.values()
        assert out["name"] == names[shape]
        learning_rates = schedules.learning_rates(names[shape], alpha, warmup)
        np.testing.assert_allclose(out["rates"], learning_rates, rtol=1e-9, atol=1e-15)
        squares = schedules.mean_squares(learning_rates)
        np.testing.assert_allclose(out["squares"], squares, rtol=1e-9)
        start = schedules.mean_squares(learning_rates, variance=0)
        np.testing.assert_allclose(out["forgotten"], start, rtol=1e-9, atol=1e-30)
        levels = noise_floor(np.array(out["rates"]), schedules.CURVATURE, schedules.VARIANCE)
        np.testing.assert_allclose(out["floors"], levels, rtol=1e-9)
        assert np.all(np.array(out["squares"]) >= np.array(out["best"]) * (1 - 1e-12))
        assert ("not yet forgotten" in out["text"]) == (start[-1] > 0.5 * squares[-1])


def test_no_schedule_is_below_the_best(node):
    out = node(
        """import { compute } from "FIGURES/sgd-schedules.js";
        console.log(JSON.stringify(compute(input, { shape: 0, alpha: 0.5, warmup: 0 }).best));""",
        {**schedules.data(), "variance": 0.3, "curvature": 1.7},
    )
    # Step by step: of all learning rates, a / (a λ + v / λ) leaves the least.
    for here, there in zip(out[:-1:100], out[1::100], strict=True):
        alpha = np.linspace(0, 1 / 1.7, 20_001)
        after = (1 - 1.7 * alpha) ** 2 * here + 0.3 * alpha**2
        assert there == pytest.approx(after.min(), rel=1e-6)  # the grid's step, squared
        assert there <= after.min() * (1 + 1e-12)


def test_decks_are_dealt_by_optedus_samplers(node):
    figure = shuffler.data()
    states = [
        {"deal": deal, "step": step, "follow": 8} for deal in (0, 7) for step in (0, 3, 4, 10, 20)
    ]
    results = node(
        """import { compute, describe } from "FIGURES/sgd-shuffler.js";
        console.log(JSON.stringify(input.states.map((state) => {
          const ways = compute(input.data, state);
          return { ways, text: describe(input.data, state, ways) };
        })));""",
        {"data": figure, "states": states},
    )
    for state, out in zip(states, results, strict=True):
        deal, step, _ = state.values()
        for sampler, way in zip(shuffler.SAMPLERS.values(), out["ways"], strict=True):
            cards = shuffler.dealt(sampler, shuffler.SEEDS[deal])
            assert way["cards"] == cards[: step * shuffler.BATCH].tolist()
            seen = shuffler.counts(cards[: step * shuffler.BATCH])
            assert way["counts"] == seen.tolist()
            epochs = step * shuffler.BATCH // shuffler.EXAMPLES
            assert way["missed"] == shuffler.missed(cards)[:epochs]
        again, *shuffled = out["ways"]
        for way in shuffled:
            assert max(way["counts"]) - min(way["counts"]) <= 1
            assert not any(way["missed"])
        if step >= 4:
            assert f"misses {np.mean(again['missed']):.1f} of 12" in out["text"]
        else:
            assert "end of the first epoch" in out["text"]


def test_decks_show_what_the_caption_says():
    again, once, anew = (
        np.array([shuffler.dealt(sampler, seed) for seed in shuffler.SEEDS])
        for sampler in shuffler.SAMPLERS.values()
    )
    epochs = (len(shuffler.SEEDS), shuffler.EPOCHS, shuffler.EXAMPLES)
    once, anew = once.reshape(epochs), anew.reshape(epochs)
    assert np.all(once == once[:, :1])
    assert np.all(np.any(anew[:, 1:] != anew[:, :-1], axis=2))
    missed = np.mean([shuffler.missed(cards) for cards in again])
    # Of 100 epochs, of which each misses 4.2 on average, give or take 1.
    assert missed == pytest.approx(12 * (1 - 1 / 12) ** 12, abs=0.4)
    first = again[0].reshape(epochs[1:])
    assert max(np.bincount(epoch).max() for epoch in first) >= 3
    followed = [np.count_nonzero(epoch == 7) for epoch in first]  # example 8
    assert (min(followed), max(followed)) == (0, 3)


def recursion(batch, alpha, examples):
    """Return the expected loss, one step of the recursion of the mean square after another."""
    squares = np.full(len(batch_map.CURVATURES), batch_map.START**2)
    for _ in range(examples // batch):
        squares = (1 - alpha * batch_map.CURVATURES) ** 2 * squares
        squares = squares + alpha**2 * batch_map.VARIANCES / batch
    return batch_map.CURVATURES @ squares / 2


@pytest.mark.parametrize("examples", [1024, 4096, 65536])
def test_losses_over_batch_sizes_and_learning_rates_are_exact(node, examples):
    pairs = [(1, 0.004), (8, 0.032), (64, 0.256), (100, 0.1), (128, 0.39), (1024, 0.3), (8, 0.41)]
    states = [{"batch": b, "alpha": a, "examples": examples} for b, a in pairs]
    results = node(
        """import { compute, describe } from "FIGURES/sgd-batch-map.js";
        console.log(JSON.stringify(input.states.map((state) => {
          const result = compute(input.data, state);
          return { ...result, text: describe(state, result) };
        })));""",
        {"data": batch_map.data(), "states": states},
    )
    for (batch, alpha), out in zip(pairs, results, strict=True):
        assert out["steps"] == examples // batch
        # A recursion of 65536 steps gathers as many roundings, and a power of it as well.
        with np.errstate(over="ignore"):
            expected = recursion(batch, alpha, examples)
        if np.isfinite(expected):
            assert out["loss"] == pytest.approx(expected, rel=1e-9)
        assert ("diverges" in out["text"]) == (alpha * batch_map.CURVATURES.max() >= 2)
        if alpha < out["limit"]:
            assert out["loss"] == pytest.approx(batch_map.loss(batch, alpha, examples), rel=1e-9)
        rate, least = batch_map.tuned(batch, examples)
        assert out["best"]["alpha"] == pytest.approx(rate, rel=1e-9)
        assert out["best"]["loss"] == pytest.approx(least, rel=1e-9)
        assert out["limit"] == 2 / batch_map.CURVATURES.max()
        assert out["corner"] / batch == pytest.approx(out["limit"] / alpha)


def test_the_valley_is_a_diagonal_up_to_the_limit():
    rates, losses = np.transpose([batch_map.tuned(size) for size in batch_map.SIZES.tolist()])
    small = batch_map.SIZES <= 16
    ratio = rates[small] / batch_map.SIZES[small]
    np.testing.assert_allclose(ratio, ratio[0], rtol=0.15)  # the grid's step is 2 %
    np.testing.assert_allclose(losses[small], losses[0], rtol=0.15)
    assert np.all(np.diff(losses) > 0)
    assert rates.max() * batch_map.CURVATURES.max() < 2
    assert losses[-1] > 10 * losses[0]
    # From the default, linear scaling stays in the valley until 2/L, and ends there.
    default = batch_map.LEARNING_RATE / batch_map.BATCH
    for size in (1, 2, 4, 8, 16):
        loss = batch_map.loss(size, default * size)
        assert loss < 1.1 * losses[list(batch_map.SIZES).index(size)]
    assert 64 < 2 / batch_map.CURVATURES.max() / default < 128


def test_the_page_says_what_the_figures_show():
    page = (ROOT / "book" / "3-sgd.md").read_text(encoding="utf8")
    alternative = {
        name: re.search(rf"```{{live-figure}} {name}\n:alt: (.*)", page)[1]
        for name in ("sgd-noise-floor", "sgd-schedules", "sgd-batch-map", "sgd-shuffler")
    }
    for alpha, batch in ((0.1, 1), (0.05, 1), (0.1, 16)):
        level = noise_floor(alpha, floor.CURVATURE, floor.VARIANCE, batch)
        assert f"{level:.2g}" in alternative["sgd-noise-floor"]
    both, one = (noise_floor(0.1 * n, floor.CURVATURE, floor.VARIANCE, n) for n in (4, 1))
    assert 1 < both / one < 1.2  # "rises by less than a fifth"
    ends = {s: schedules.mean_squares(schedules.learning_rates(s))[-1] for s in schedules.SHAPES}
    for shape in ("constant", "1/t", "cosine"):
        assert f"{ends[shape]:.2g}" in alternative["sgd-schedules"]
    assert f"2/L = {2 / batch_map.CURVATURES.max():g}" in alternative["sgd-batch-map"]
    assert f"{batch_map.EXAMPLES:,} examples" in alternative["sgd-batch-map"]
    assert "example 8 filled in" in alternative["sgd-shuffler"]
    best = 1 / (1 / schedules.START**2 + schedules.STEPS)
    tenth = schedules.mean_squares(schedules.learning_rates("1/t", 0.05))[-1]
    assert tenth < 1.25 * best  # "close to the best there is"
    cosine = schedules.mean_squares(schedules.learning_rates("cosine", 0.5, 100))[-1]
    assert cosine > ends["cosine"]  # "a warm-up gains nothing on this bowl"
