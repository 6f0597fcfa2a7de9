"""What the figures' scripts compute is what optedu computes."""

import importlib
from itertools import islice, takewhile

import numpy as np
import pytest

from optedu.descent import GradientDescent, descend, descend_by_search, rate
from optedu.problems import himmelblau, plain_saddle, quadratic

HESSIAN = [[3.0, 0.7], [0.7, 1.2]]
PROBLEMS = {
    "himmelblau": (himmelblau(), "m.himmelblau"),
    "saddle": (plain_saddle(), "m.plainSaddle"),
    "quadratic": (quadratic(HESSIAN), f"m.quadratic({HESSIAN})"),
}


def data(name):
    """Return what the build hands to a figure."""
    return importlib.import_module(f"book.figures.{name.replace('-', '_')}").data()


@pytest.mark.parametrize("name", PROBLEMS)
def test_values_and_gradients_are_optedus_and_central_differences(node, name):
    problem, script = PROBLEMS[name]
    points = np.random.default_rng(0).uniform(-3, 3, size=(40, 2))
    out = node(
        f"""import * as m from "FIGURES/methods.js";
        const problem = {script}, h = 1e-5;
        const moved = (p, i, by) => p.map((v, k) => (k === i ? v + by : v));
        console.log(JSON.stringify({{
          values: input.map(problem.value),
          gradients: input.map(problem.gradient),
          differences: input.map((p) => [0, 1].map((i) =>
            (problem.value(moved(p, i, h)) - problem.value(moved(p, i, -h))) / (2 * h))),
        }}));""",
        points.tolist(),
    )
    # The same formulas in the same precision: a few roundings of values up to a thousand.
    np.testing.assert_allclose(out["values"], problem.value(points), rtol=1e-12, atol=1e-11)
    np.testing.assert_allclose(out["gradients"], problem.grad(points), rtol=1e-12, atol=1e-11)
    # Third derivatives of at most 100 give 100 h²/6 = 2e-9; rounding gives 1e3 eps / h = 2e-8.
    np.testing.assert_allclose(out["differences"], out["gradients"], rtol=1e-7, atol=1e-6)


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("method", ["gradient_descent", "line_search"])
def test_trajectories_are_optedus(node, name, method):
    problem, script = PROBLEMS[name]
    start, settings, steps = [0.7, -1.1], {"learning_rate": 0.013}, 60
    if name == "saddle" and method == "line_search":
        steps = 15  # the run falls for ever, twice as far each step
    path = node(
        f"""import * as m from "FIGURES/methods.js";
        console.log(JSON.stringify(
          m.run({script}, input.start, input.method, input.settings, input.steps)));""",
        {"start": start, "method": method, "settings": settings, "steps": steps},
    )
    if method == "line_search":
        iterates = descend_by_search(problem.value_and_grad, start)
        iterates = takewhile(lambda it: np.linalg.norm(it.grads) > 1e-9, iterates)
    else:
        iterates = descend(problem.value_and_grad, start, GradientDescent(**settings))
    expected = [it.params for it in islice(iterates, steps + 1)]
    np.testing.assert_allclose(path[: len(expected)], expected, rtol=1e-9, atol=1e-9)


def test_the_race_is_run_as_optedu_runs_it(node):
    from book.figures.intro_race import path

    race = data("intro-race")
    runs = node(
        """import { compute } from "FIGURES/intro-race.js";
        console.log(JSON.stringify(compute(input, input.start)));""",
        race,
    )
    for entry, run in zip(race["series"], runs, strict=True):
        expected = path(entry)
        np.testing.assert_allclose(run["path"][: len(expected)], expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("alpha", [0.05, 0.25, 0.4, 0.46, 0.5, 0.53])
def test_learning_rate_figure_agrees_with_optedu(node, alpha):
    from book.figures.descent_rate import path

    figure = data("descent-rate")
    out = node(
        """import { compute, describe } from "FIGURES/descent-rate.js";
        const result = compute(input.data, input.state);
        const text = describe(input.data, input.state, result);
        console.log(JSON.stringify({ ...result, text }));""",
        {"data": figure, "state": {"alpha": alpha, "start": figure["start"]}},
    )
    np.testing.assert_allclose(out["path"], path(figure, alpha), rtol=1e-9, atol=1e-9)
    assert out["rate"] == pytest.approx(rate(alpha, *figure["eigenvalues"]), rel=1e-12)
    factors = [1 - alpha * value for value in np.linalg.eigvalsh(figure["hessian"])[::-1]]
    np.testing.assert_allclose(out["factors"], factors, rtol=1e-12, atol=1e-12)
    word = "On the edge" if alpha == 0.5 else "Diverges" if alpha > 0.5 else "Converges"
    assert out["text"].startswith(word)


@pytest.mark.parametrize("kappa", [1, 2, 17.3, 100, 1000])
def test_condition_number_figure_agrees_with_theory_and_optedu(node, kappa):
    out = node(
        """import * as f from "FIGURES/descent-condition.js";
        const angles = Array.from({ length: 180 }, (_, i) => {
          const t = (i * Math.PI) / 180;
          return f.angleAt(input, [Math.cos(t), Math.sin(t)]);
        });
        console.log(JSON.stringify({ ...f.compute({ kappa: input, start: null }), angles }));""",
        kappa,
    )
    worst = np.degrees(np.arccos(2 * np.sqrt(kappa) / (1 + kappa)))
    # arccos loses half the digits where its argument is 1, at kappa = 1.
    assert out["angle"] == pytest.approx(worst, abs=1e-5)
    assert max(out["angles"]) <= out["angle"] + 1e-5
    assert out["counted"] == pytest.approx(np.ceil(out["predicted"]), abs=1)

    problem = quadratic([[1 / kappa, 0.0], [0.0, 1.0]])
    rule = GradientDescent(2 / (1 + 1 / kappa))
    iterates = descend(problem.value_and_grad, out["from"], rule)
    expected = [it.params for it in islice(iterates, len(out["path"]))]
    np.testing.assert_allclose(out["path"], expected, rtol=1e-9, atol=1e-9)


def test_escape_times_are_the_predicted_ones_rounded_up(node):
    saddle = data("intro-saddle")
    runs = node(
        """import { compute } from "FIGURES/intro-saddle.js";
        console.log(JSON.stringify(compute(input)));""",
        saddle,
    )
    for offset, run in zip(saddle["offsets"], runs, strict=True):
        growth = 1 + saddle["learning_rate"]
        assert run["escaped"] == np.ceil(np.log(1 / offset) / np.log(growth))
        assert run["predicted"] == pytest.approx(np.log(1 / offset) / np.log(growth), rel=1e-12)


def test_counts_on_the_cost_curve_are_within_a_step_of_theory():
    from book.figures.descent_condition import predicted

    for kappa, steps in data("descent-condition")["counted"]:
        assert 0 <= steps - predicted(kappa) < 1 + 1e-9
