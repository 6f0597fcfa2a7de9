"""What the figures of chapter 4 compute is what optedu.momentum computes."""

import re
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from book.figures import momentum_conventions as conventions
from book.figures import momentum_counterexample as counterexample
from book.figures import momentum_friction as friction
from book.figures import momentum_phase as phase
from optedu.descent import descend
from optedu.momentum import (
    CONVENTIONS,
    Momentum,
    Nesterov,
    critical_momentum,
    look_ahead,
    recurrence,
    spectral_radius,
    stability_limit,
)
from optedu.problems import diagonal_quadratic, himmelblau, lessard, quadratic

ROOT = Path(__file__).resolve().parents[2]
RULES = {"momentum": Momentum, "nesterov": Nesterov}
HESSIAN = [[3.0, 0.7], [0.7, 1.2]]
PROBLEMS = {
    "himmelblau": (himmelblau(), "m.himmelblau", [0.7, -1.1], 0.006),
    "quadratic": (quadratic(HESSIAN), f"m.quadratic({HESSIAN})", [0.7, -1.1], 0.1),
    "parabola": (diagonal_quadratic([2.5]), "m.parabola(2.5)", [1.3], 0.1),
    "lessard": (lessard(), "m.lessard", [3.3], 1 / 25),
}


def points(problem, rule, start, steps):
    """Return the iterates that optedu visits."""
    iterates = descend(problem.value_and_grad, start, rule)
    return np.array([it.params for it in islice(iterates, steps + 1)])


@pytest.mark.parametrize("name", ["parabola", "lessard"])
def test_functions_of_one_variable_are_optedus_and_central_differences(node, name):
    problem, script, *_ = PROBLEMS[name]
    # 1 and 2, where the slope of one of them has a corner, are on no edge of a difference.
    at = np.random.default_rng(0).uniform(-4, 4, size=(60, 1))
    out = node(
        f"""import * as m from "FIGURES/methods.js";
        const problem = {script}, h = 1e-5;
        console.log(JSON.stringify({{
          values: input.map(problem.value),
          gradients: input.map(problem.gradient),
          differences: input.map(([x]) =>
            [(problem.value([x + h]) - problem.value([x - h])) / (2 * h)]),
        }}));""",
        at.tolist(),
    )
    np.testing.assert_allclose(out["values"], problem.value(at), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(out["gradients"], problem.grad(at), rtol=1e-12, atol=1e-12)
    # Pieces of second degree have no truncation error; rounding gives 200 eps / h = 4e-9.
    np.testing.assert_allclose(out["differences"], out["gradients"], rtol=1e-9, atol=1e-8)


@pytest.mark.parametrize("method", RULES)
@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("name", PROBLEMS)
def test_trajectories_are_optedus(node, name, method, momentum):
    problem, script, start, learning_rate = PROBLEMS[name]
    settings = {"learning_rate": learning_rate, "momentum": momentum}
    path = node(
        f"""import * as m from "FIGURES/methods.js";
        console.log(JSON.stringify(m.run({script}, input.start, "{method}", input.settings, 60)));
        """,
        {"start": start, "settings": settings},
    )
    expected = points(problem, RULES[method](**settings), start, 60)
    np.testing.assert_allclose(path, expected, rtol=1e-9, atol=1e-9)


@pytest.fixture(scope="module")
def places():
    """Return pairs of αλ and μ over the whole map, the critical ones among them."""
    rng = np.random.default_rng(1)
    product, momentum = rng.uniform(0.01, 3.99, 150), rng.uniform(0, 0.99, 150)
    product[:20] = np.linspace(0.05, 3.9, 20)
    momentum[:20] = critical_momentum(product[:20], 1.0)
    return product, momentum


@pytest.fixture
def mapped(node, places):
    """Return, for a method, what the phase diagram computes and says at every place."""
    product, momentum = places

    def compute(method):
        pairs = zip(product.tolist(), momentum.tolist(), strict=True)
        states = [{"method": method, "product": a, "momentum": mu} for a, mu in pairs]
        return node(
            """import { compute, describe, motion } from "FIGURES/momentum-phase.js";
            console.log(JSON.stringify(input.states.map((state) => {
              const result = compute(input.data, state);
              return { ...result, motion: motion(result), text: describe(state, result) };
            })));""",
            {"data": phase.data(), "states": states},
        )

    return compute


@pytest.mark.parametrize("method", [0, 1])
def test_phase_diagram_agrees_with_optedu(places, mapped, method):
    rule_of = list(RULES.values())[method]
    for product, momentum, result in zip(*places, mapped(method), strict=True):
        rule = rule_of(product, momentum)
        p, q = recurrence(rule, 1.0)
        assert (result["p"], result["q"]) == pytest.approx((p, q), rel=1e-12, abs=1e-12)
        # Where both roots meet, a rounding of p and q moves them by its square root, 1e-8.
        meet = abs(p**2 + 4 * q) < 1e-14
        radius = spectral_radius(rule, 1.0)
        assert result["radius"] == pytest.approx(radius, rel=1e-7 if meet else 1e-9)
        assert result["limit"] == pytest.approx(stability_limit(rule), rel=1e-12)
        # As floats: where a run diverges, JSON has whole numbers of more than 64 bits.
        run = np.array(result["points"], dtype=float)
        np.testing.assert_allclose(run, phase.path(rule), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("method", [0, 1])
def test_phase_diagram_names_the_motion_by_the_roots_and_the_best_momentum(places, mapped, method):
    rule_of = list(RULES.values())[method]
    momenta = np.linspace(0, 0.999, 2000)
    seen = set()
    for product, _, result in zip(*places, mapped(method), strict=True):
        roots = np.roots([1, -result["p"], -result["q"]])
        dominant = roots[np.argmax(np.abs(roots))]
        apart = np.abs(roots[0] - roots[1])
        if abs(dominant) > 1:
            expected = "Diverges"
        elif apart < 1e-4:
            expected = "Critically damped"
        elif dominant.imag:
            expected = "Swings"
        else:
            expected = "Creeps" if dominant > 0 else "Flips sign"
        assert result["motion"] == expected
        assert result["text"].startswith(expected)
        assert ("past the limit" in result["text"]) == (product > result["limit"])
        seen.add(expected)
        # No momentum on a fine grid is faster than the one that is called the best.
        grid = spectral_radius(rule_of(product, momenta), 1.0)
        assert result["best"] <= grid.min() + 1e-9
        assert result["critical"] == pytest.approx(momenta[grid.argmin()], abs=1e-3)
        if method == 0:
            assert result["critical"] == pytest.approx(critical_momentum(product, 1.0), abs=1e-12)
    assert {"Diverges", "Swings", "Creeps", "Flips sign"} <= seen


def test_stability_limits_are_where_the_chapter_says(node):
    products = {"momentum": [3.75, 3.85], "nesterov": [1.33, 1.38]}
    for index, (name, pair) in enumerate(products.items()):
        motions = node(
            """import { compute, motion } from "FIGURES/momentum-phase.js";
            console.log(JSON.stringify(input.pair.map((product) =>
              motion(compute({ steps: 1 }, { method: input.index, product, momentum: 0.9 })))));""",
            {"pair": pair, "index": index},
        )
        assert [motion == "Diverges" for motion in motions] == [False, True], name


def test_words_and_numbers_on_the_map_stand_where_they_are_true(node):
    methods = node(
        """import { METHODS, compute, motion } from "FIGURES/momentum-phase.js";
        const at = (method, product, momentum) =>
          compute({ steps: 1 }, { method, product, momentum });
        console.log(JSON.stringify(METHODS.map(({ labels, words, borders, limit }, i) => ({
          labels: labels.map(([a, mu, radius]) => [at(i, a, mu).radius, radius]),
          words: words.map(([word, a, mu]) => [word, motion(at(i, a, mu)).toLowerCase()]),
          borders: input.map((mu) => borders.map((border) => border(mu))),
          limits: input.map(limit),
        }))));""",
        (momenta := np.linspace(0, 0.99, 34)).tolist(),
    )
    for method, name, rule in zip(methods, phase.BORDERS, RULES.values(), strict=True):
        for there, said in method["labels"]:
            assert there == pytest.approx(said, rel=1e-9)
        for word, kind in method["words"]:
            # A border is named beside it.
            assert kind.startswith(word) or word == "critical"
        borders = np.transpose([border(momenta) for border in phase.BORDERS[name]])
        np.testing.assert_allclose(method["borders"], borders, rtol=1e-12)
        limits = stability_limit(rule(1.0, momenta))
        np.testing.assert_allclose(method["limits"], limits, rtol=1e-12)


def test_borders_of_the_map_are_where_the_roots_meet():
    momenta = np.linspace(0, 0.99, 100)
    for name, rule in zip(("momentum", "Nesterov"), RULES.values(), strict=True):
        for border in phase.BORDERS[name]:
            p, q = recurrence(rule(np.maximum(border(momenta), 1e-300), momenta), 1.0)
            np.testing.assert_allclose(p**2 + 4 * q, 0, atol=1e-14)  # a few roundings of 4


@pytest.mark.parametrize("start", [-1.0, 0.3, 1.2])
@pytest.mark.parametrize("slack", [1.0, 0.5, 0.25, friction.CRITICAL, 0.1, 0.05, 0.013])
def test_friction_figure_rolls_as_optedu_does(node, slack, start):
    figure = friction.data()
    out = node(
        """import { compute, describe } from "FIGURES/momentum-friction.js";
        const result = compute(input.data, input.state);
        console.log(JSON.stringify({
          ...result, text: describe(input.data, input.state, result) }));""",
        {"data": figure, "state": {"friction": slack, "start": start}},
    )
    for run, value in ((out["ball"], slack), (out["reference"], friction.CRITICAL)):
        expected = friction.path(value, start)
        np.testing.assert_allclose(run["points"], expected, rtol=1e-9, atol=1e-9)
        assert (run["settled"], run["overshoots"]) == friction.settled(expected)
    word = "Critically" if slack == friction.CRITICAL else "Over"
    assert out["text"].startswith(word if slack >= friction.CRITICAL else "Underdamped")
    assert (out["ball"]["overshoots"] == 0) == (slack >= friction.CRITICAL)
    if slack > friction.CRITICAL:
        assert out["ball"]["settled"] > out["reference"]["settled"]


def translations(node, states):
    """Return what the translator computes and says in every state."""
    return node(
        """import { compute, describe } from "FIGURES/momentum-conventions.js";
        console.log(JSON.stringify(input.states.map((state) => {
          const result = compute(input.data, state);
          return { ...result, text: describe(input.data, state, result) };
        })));""",
        {"data": conventions.data(), "states": states},
    )


@pytest.mark.parametrize("drop", [1.0, 0.5, 0.1])
@pytest.mark.parametrize(("alpha", "mu"), [(0.05, 0.9), (0.005, 0.99), (1.0, 0.5), (0.3, 0.0)])
def test_translator_gives_optedus_numbers_and_runs(node, alpha, mu, drop):
    names = list(CONVENTIONS)
    numbers = {"alpha": alpha, "mu": mu, "drop": drop}
    results = translations(node, [{"form": form, **numbers} for form in range(len(names))])
    for source, result in zip(names, results, strict=True):
        native, rule = conventions.NATIVE[CONVENTIONS[source].method]
        rate = conventions.translated(alpha, mu, source, native)
        expected = recurrence(rule(rate, mu), conventions.CURVATURE)
        assert (result["p"], result["q"]) == pytest.approx(expected, rel=1e-9, abs=1e-12)
        for target, row in zip(names, result["translated"], strict=True):
            if CONVENTIONS[source].method != CONVENTIONS[target].method:
                assert row is None
                continue
            rate = conventions.translated(alpha, mu, source, target)
            assert row["alpha"] == pytest.approx(rate, rel=1e-12)
            path = conventions.path(rate, mu, target, drop)
            np.testing.assert_allclose(row["points"], path, rtol=1e-9, atol=1e-9)
            if drop == 1:
                x = np.array(row["points"])
                law = result["p"] * x[1:-1] + result["q"] * x[:-2]
                np.testing.assert_allclose(x[2:], law, rtol=1e-9, atol=1e-9)
        assert result["text"].endswith("x(k−1).") == (drop == 1)
        assert ("The forms split" in result["text"]) == (drop < 1)


def test_the_runs_of_the_translator_are_descends_where_the_rate_is_constant_or_steps_are_held():
    problem = diagonal_quadratic([conventions.CURVATURE])

    def schedule(step):
        return 0.05 * (conventions.DROP if step >= conventions.DROP_AT else 1)

    for name, rule in (("canonical", Momentum(0.05, 0.9)), ("rearranged", Nesterov(0.05, 0.9))):
        iterates = descend(problem.value_and_grad, [1.0], rule, schedule)
        expected = [it.params.item() for it in islice(iterates, conventions.STEPS + 1)]
        path = conventions.path(0.05, 0.9, name, conventions.DROP)
        np.testing.assert_allclose(path, expected, rtol=1e-12, atol=1e-15)
    iterates = look_ahead(problem.value_and_grad, [1.0], Nesterov(0.05, 0.9))
    expected = [it.params.item() for it in islice(iterates, conventions.STEPS + 1)]
    path = conventions.path(0.05, 0.9, "look_ahead")
    # Two forms of one run, of which each step rounds differently.
    np.testing.assert_allclose(path, expected, rtol=1e-9, atol=1e-13)


def test_a_schedule_splits_steps_from_gradients_and_nothing_else(node):
    state = {"alpha": 0.05, "mu": 0.9, "drop": 0.1}
    for result in translations(node, [{"form": 0, **state}, {"form": 5, **state}]):
        rows = [row for row in result["translated"] if row]
        for kind, path in ((True, result["steps"]), (False, result["gradients"])):
            for row in rows:
                if row["holds_steps"] is kind:
                    np.testing.assert_allclose(row["points"], path, rtol=1e-9, atol=1e-12)
        assert result["gap"] > 0.5
        assert f"by {result['gap']:.2f} at step {result['widest']}" in result["text"]


@pytest.mark.parametrize("start", [3.3, 2.5, -3.2, 1.0, 0.0, -0.7])
def test_counterexample_agrees_with_optedu(node, start):
    figure = counterexample.data()
    out = node(
        """import { compute, describe } from "FIGURES/momentum-counterexample.js";
        const { data, start } = input;
        const result = compute(data, { start });
        const text = describe(data, { start, step: data.steps }, result);
        console.log(JSON.stringify({ ...result, text }));""",
        {"data": figure, "start": start},
    )
    for name, rule in counterexample.RULES.items():
        expected = counterexample.path(rule, start)
        np.testing.assert_allclose(out[name], expected, rtol=1e-9, atol=1e-9)
    assert abs(out["gradient_descent"][-1]) < 1e-2
    assert ("in the cycle 2.12 → 0.65 → −1.80" in out["text"]) == out["cycles"]
    assert ("it arrives" in out["text"]) != out["cycles"]
    assert out["cycles"] == (
        abs(counterexample.path(counterexample.HEAVY_BALL, start, 900)[-1]) > 1e-9
    )
    if start == counterexample.START:
        assert out["cycles"]


def test_cycle_solves_its_equations_and_is_where_the_run_ends():
    first, second, third = cycle = counterexample.cycle()
    np.testing.assert_allclose(cycle, np.array([2592, 792, -2208]) / 1225, rtol=1e-14)
    rule, grad = counterexample.HEAVY_BALL, lessard().grad
    for before, at, after in ((third, first, second), (first, second, third)):
        slope = grad(np.array([at])).item()
        step = rule.momentum * (at - before) - rule.learning_rate * slope
        assert at + step == pytest.approx(after, abs=1e-14)
    # The cycle attracts at the rate of the quadratic pieces it visits, sqrt(4/9).
    run = counterexample.path(rule, steps=150)
    assert min(np.abs(run[-3:] - np.roll(cycle, k)).max() for k in range(3)) < 1e-12


def test_starts_that_cycle_are_those_of_optedu(node):
    places = 210
    intervals = node(
        """import { cyclingStarts } from "FIGURES/momentum-counterexample.js";
        console.log(JSON.stringify(cyclingStarts(input.data, input.places)));""",
        {"data": counterexample.data(), "places": places},
    )
    reach = 4.2
    starts = reach * ((2 * np.arange(places) + 1) / places - 1)
    ends = points(lessard(), counterexample.HEAVY_BALL, starts[:, None], 900)[-1, :, 0]
    middles = np.mean(intervals, axis=1)
    np.testing.assert_allclose(middles, starts[np.abs(ends) > 1e-9], atol=1e-12)


def test_static_tables_hold_the_numbers_of_the_scripts(node):
    rows = phase.table(phase.data())[1]
    radii = node(
        """import { recurrence, spectralRadius } from "FIGURES/methods.js";
        console.log(JSON.stringify(input.map(([a, mu]) => ["momentum", "nesterov"].map((method) =>
          spectralRadius(recurrence(method, a, mu)).toFixed(3)))));""",
        phase.TELLING,
    )
    assert [[row[2], row[4]] for row in rows] == radii

    rows = friction.table(friction.data())[1]
    settled = node(
        """import { compute } from "FIGURES/momentum-friction.js";
        console.log(JSON.stringify(input.frictions.map((friction) => {
          const { ball } = compute(input.data, { friction, start: 1 });
          return [`${ball.overshoots}`, `${ball.settled}`];
        })));""",
        {"data": friction.data(), "frictions": friction.FRICTIONS},
    )
    assert [row[-2:] for row in rows] == settled

    rows = conventions.table(conventions.data())[1]
    default = {"alpha": conventions.LEARNING_RATE, "mu": conventions.MOMENTUM, "drop": 0.1}
    heavy, nesterov = translations(node, [{"form": form, **default} for form in (0, 6)])
    for row, one, other in zip(rows, heavy["translated"], nesterov["translated"], strict=True):
        result, found = (heavy, one) if one else (nesterov, other)
        numbers = [f"{found['alpha']:.3g}", "0.9", f"{result['p']:.3g}", f"{result['q']:.3g}"]
        assert row[3:] == [*numbers, f"{found['points'][20]:.3f}"]

    figure = counterexample.data()
    rows = counterexample.table(figure)[1]
    runs = node(
        """import { compute } from "FIGURES/momentum-counterexample.js";
        console.log(JSON.stringify(compute(input, { start: input.controls.start.value })));""",
        figure,
    )
    for step, *numbers in rows:
        found = [f"{runs[name][int(step)]:.4g}" for name in counterexample.RULES]
        assert numbers == found


def test_the_page_says_what_the_figures_show():
    page = (ROOT / "book" / "4-momentum.md").read_text(encoding="utf8")
    steps = {value: friction.settled(friction.path(value)) for value in (0.5, 0.19, 0.05)}
    assert steps == {0.5: (225, 0), 0.19: (63, 0), 0.05: (170, 5)}
    for count in (225, 63, 170):
        assert str(count) in alternative(page, "momentum-friction")

    slow, fast = (spectral_radius(Momentum(0.04, momentum), 1.0) for momentum in (0, 0.64))
    assert 5 < np.log(fast) / np.log(slow) < 6  # "more than five times as fast"
    assert stability_limit(Nesterov(momentum=0.9)) < 1.5 < stability_limit(Momentum(momentum=0.9))

    ends = {
        start: counterexample.path(counterexample.HEAVY_BALL, start)[-1] for start in (2.8, 2.5)
    }
    assert np.abs(ends[2.8] - counterexample.cycle()).min() < 1e-6
    assert abs(ends[2.5]) < 1e-9
    for point in counterexample.cycle():
        assert f"{point:.2f}".replace("-", "−") in alternative(page, "momentum-counterexample")

    steps, gradients = (conventions.path(0.05, 0.9, name, 0.1) for name in ("canonical", "sum"))
    assert steps.min() == pytest.approx(-0.9, abs=0.05)
    assert abs(gradients[20:]).max() < 0.06


def alternative(page, name):
    """Return the text alternative of a figure on a page."""
    return re.search(rf"```{{live-figure}} {name}\n:alt: (.*)", page)[1]
