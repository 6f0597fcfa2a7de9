"""What the figures' scripts compute is what optedu computes."""

import importlib
import re
from itertools import islice, takewhile
from pathlib import Path

import numpy as np
import pytest

from optedu.descent import (
    GradientDescent,
    backtracking,
    classify_convergence,
    descend,
    descend_by_search,
    measure_rate,
    rate,
)
from optedu.problems import himmelblau, plain_saddle, quadratic

ROOT = Path(__file__).resolve().parents[2]
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


@pytest.mark.parametrize("c", [1e-4, 0.1, 0.5, 0.8])
def test_line_search_figure_tries_what_optedu_tries(node, c):
    from book.figures.descent_backtracking import loss, search, slope

    figure = data("descent-backtracking")
    reach, most = (figure["controls"][name]["max"] for name in ("start", "tries"))
    starts = np.random.default_rng(1).uniform(-reach, reach, 200)
    states = [{"start": start, "c": c, "tries": most} for start in starts]
    results = node(
        """import { compute, describe } from "FIGURES/descent-backtracking.js";
        console.log(JSON.stringify(input.states.map((state) => {
          const result = compute(input.data, state);
          const texts = result.tries.map((_, k) =>
            describe({ ...state, tries: k + 1 }, result));
          return { ...result, texts };
        })));""",
        {"data": figure, "states": states},
    )
    for start, result in zip(starts, results, strict=True):
        steps, shares = search(start, c)
        assert [each["step"] for each in result["tries"]] == steps.tolist()
        # A share divides by the squared slope, which is small at flat places.
        scale = 1 + 1 / slope(start) ** 2
        found = [each["share"] for each in result["tries"]]
        np.testing.assert_allclose(found, shares, rtol=1e-9, atol=1e-12 * scale)
        assert result["loss"] == pytest.approx(loss(start), rel=1e-12, abs=1e-12)
        h = 1e-5
        difference = (loss(start + h) - loss(start - h)) / (2 * h)
        # Third derivatives of at most 1.2 * 27 give 33 h²/6; rounding gives 10 eps / h.
        assert result["slope"] == pytest.approx(difference, abs=2e-9)
        refused, accepted = result["texts"][:-1], result["texts"][-1]
        assert all(text.startswith("Refused at t = ") for text in refused)
        assert accepted.startswith("Accepted at t = ")
        rising = sum("the loss rises" in text for text in refused)
        assert rising == np.count_nonzero(shares[:-1] <= 0)
        assert len(steps) <= most


def test_the_page_says_what_the_line_search_does():
    from book.figures.descent_backtracking import START, search

    steps, _ = search(START, 1e-4)
    strict, _ = search(START, 0.5)
    assert (steps[-1], strict[-1]) == (1 / 8, 1 / 16)  # one try more
    steps, shares = search(1.75, 1e-4)
    assert steps[-1] > strict[-1]
    assert shares[-1] == pytest.approx(0.1, abs=0.01)  # a tenth, as far as a word can tell


def test_line_search_for_the_figure_is_optedus_in_the_plane_too(node):
    rng, problem = np.random.default_rng(2), himmelblau()
    points = rng.uniform(-4, 4, size=(50, 2))
    grads = problem.grad(points)
    steps = node(
        """import * as m from "FIGURES/methods.js";
        console.log(JSON.stringify(input.points.map((p, i) => m.backtracking(
          m.himmelblau, p, input.grads[i].map((v) => -v), input.grads[i], 0.3))));""",
        {"points": points.tolist(), "grads": grads.tolist()},
    )
    expected = [
        backtracking(problem.value, point, -grad, grad, c=0.3)
        for point, grad in zip(points, grads, strict=True)
    ]
    assert steps == expected  # powers of a half are exact


def test_quiz_curves_have_the_shapes_that_their_diagnoses_name():
    curves = {
        curve["diagnosis"]: np.array(curve["losses"])
        for curve in data("descent-diagnose")["curves"]
    }
    shapes = {
        name: classify_convergence(curves[name]) for name in ("good", "sublinear", "diverging")
    }
    assert shapes == {"good": "linear", "sublinear": "sublinear", "diverging": "diverging"}
    # Losses of a quadratic shrink by the square of the rate. For kappa = 50 the second half of the
    # run is fitted, where the next mode has shrunk to 0.5^60.
    assert measure_rate(curves["good"]) == pytest.approx(rate(2 / 1.1, 1, 0.1) ** 2, rel=1e-9)
    assert measure_rate(curves["condition"]) == pytest.approx(0.98**2, rel=1e-9)
    steps = np.arange(len(curves["small"]))
    modes = [(1, 1.0), (0.25, 1.0)]
    exact = sum(value / 2 * e**2 * (1 - 0.02 * value) ** (2 * steps) for value, e in modes)
    np.testing.assert_allclose(curves["small"], exact, rtol=1e-9)
    modes = [(1, 1.0), (0.1, 1.0)]
    exact = sum(value / 2 * e**2 * (1 - 2.1 * value) ** (2 * steps) for value, e in modes)
    np.testing.assert_allclose(curves["diverging"], exact, rtol=1e-9)
    exact = np.array([1.0])
    for _ in steps[1:]:
        exact = np.append(exact, exact[-1] - 0.05 * 4 * exact[-1] ** 3)
    np.testing.assert_allclose(curves["sublinear"], exact**4, rtol=1e-9)
    rises = np.diff(curves["edge"]) > 0
    assert not np.any(rises[1:] & rises[:-1])  # a zig for each zag
    floor = curves["noise"][len(steps) // 2 :]
    assert floor.max() < curves["noise"][0] / 100
    assert abs(np.corrcoef(np.arange(len(floor)), floor)[0, 1]) < 0.5


def test_quiz_offers_the_rows_of_the_table_on_the_page():
    quiz = data("descent-diagnose")
    page = (ROOT / "book" / "2-descent.md").read_text(encoding="utf8")
    table = re.search(r"\| what you see .*\n\|-.*\n((?:\|.*\n)+)", page)[1]
    plain = re.sub(r"[$`]", "", table).replace("\\alpha", "α").replace("\\kappa", "κ")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in plain.splitlines()]
    assert rows == [list(row.values()) for row in quiz["diagnoses"].values()]
    assert sorted(curve["diagnosis"] for curve in quiz["curves"]) == sorted(quiz["diagnoses"])
    for curve in quiz["curves"]:
        assert curve["diagnosis"] in curve["choices"]
        assert len(set(curve["choices"])) == 4


def test_quiz_counts_first_answers_and_starts_again_after_the_last(node):
    quiz = data("descent-diagnose")
    played = node(
        """import { advance, answer, describe, score } from "FIGURES/descent-diagnose.js";
        let state = { curve: 0, picks: [] };
        const texts = [];
        for (const { diagnosis, choices } of input.curves) {
          const wrong = choices.find((key) => key !== diagnosis);
          const first = state.curve % 2 ? wrong : diagnosis;
          state = answer(answer(state, first), first === wrong ? diagnosis : wrong);
          texts.push(describe(input, state));
          if (state.curve + 1 < input.curves.length) state = advance(input, state);
        }
        const end = score(input, state.picks);
        console.log(JSON.stringify({ texts, end, again: advance(input, state) }));""",
        quiz,
    )
    assert played["end"] == len(quiz["curves"]) / 2
    assert played["again"] == {"curve": 0, "picks": []}
    for k, (text, curve) in enumerate(zip(played["texts"], quiz["curves"], strict=True)):
        right = quiz["diagnoses"][curve["diagnosis"]]
        assert text.startswith("No. “" if k % 2 else "Right. ")
        assert curve["why"] in text
        assert f"What to do: {right['do']}." in text
        assert (f"Here it is “{right['is']}”" in text) == bool(k % 2)


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
