"""What the figures of chapter 1 compute is what optedu.gradients computes."""

import re
from pathlib import Path

import numpy as np
import pytest

from book.figures import gradients_contours as contours
from book.figures import gradients_kink as kink
from book.figures import gradients_secant as secant
from book.figures import gradients_step_size as step_size
from optedu.gradients import (
    angle,
    best_step,
    complex_step_gradient,
    difference_error,
    directional_derivative,
    gradient_check,
    numerical_gradient,
    worst_angle,
)
from optedu.models import Hinge
from optedu.problems import exp_sin

ROOT = Path(__file__).resolve().parents[2]
EPS = {"float64": np.finfo("float64").eps, "float32": np.finfo("float32").eps}


def rounding(h, dtype="float64"):
    """Return how far two differences of exp(sin x) may be apart by rounding alone.

    Libraries round exp and sin differently, by one unit of the last place each, so that each of
    the two values that are subtracted may be off by that.
    """
    return 4 * EPS[dtype] * np.e / np.asarray(h)


# ---- secant


def test_the_test_function_is_optedus(node):
    at = np.random.default_rng(0).uniform(-4, 4, size=(60, 1))
    out = node(
        """import { expSin } from "FIGURES/methods.js";
        const values = input.map(expSin.value), gradients = input.map(expSin.gradient);
        console.log(JSON.stringify({ values, gradients }));""",
        at.tolist(),
    )
    np.testing.assert_allclose(out["values"], exp_sin().value(at), rtol=1e-12)
    np.testing.assert_allclose(out["gradients"], exp_sin().grad(at), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("x", [-1.0, 0.3, 1.0, 2.5])
def test_secants_are_optedus_differences(node, x):
    steps = np.geomspace(1e-3, 1.5, 9)
    for index, scheme in enumerate(secant.SCHEMES):
        out = node(
            """import { compute, describe } from "FIGURES/gradients-secant.js";
            console.log(JSON.stringify(input.steps.map((h) => {
              const state = { x: input.x, h, scheme: input.scheme };
              const result = compute(state);
              const errors = [0, 1].map((scheme) => result.error(h, scheme));
              return { ...result, errors, text: describe(state, result) };
            })));""",
            {"x": x, "scheme": index, "steps": steps.tolist()},
        )
        for h, result in zip(steps, out, strict=True):
            expected = secant.secant(x, h, scheme)
            # h is at least 1e-3, and rounding 1e-12.
            assert result["secant"] == pytest.approx(expected, rel=1e-9, abs=1e-9)
            assert result["slope"] == pytest.approx(secant.slope(x), rel=1e-9)
            errors = [abs(secant.secant(x, h, name) - secant.slope(x)) for name in secant.SCHEMES]
            assert result["errors"] == pytest.approx(errors, rel=1e-6, abs=1e-9)
            assert f"{scheme.capitalize()}, h = " in result["text"]
        # Half of h is a half or a quarter of the error, up to the next order of 1e-3.
        factor = {"forward": "2.0", "central": "4.0"}[scheme]
        assert f"the error is {factor} times smaller" in out[0]["text"]


# ---- contours


@pytest.mark.parametrize("kappa", [1.0, 3.0, 10.0, 100.0])
def test_angles_are_optedus_and_the_loss_falls_as_drawn(node, kappa):
    points = np.random.default_rng(1).uniform(-1.1, 1.1, size=(30, 2))
    out = node(
        """import { bowl, compute } from "FIGURES/gradients-contours.js";
        const { data, kappa, points } = input;
        console.log(JSON.stringify({
          hessian: bowl(kappa, data.tilt),
          results: points.map((point) => {
            const result = compute(data, { kappa, point });
            const losses = ["down", "home"].map((way) => [0, 0.3, 1].map(result[way]));
            return { ...result, losses };
          }),
        }));""",
        {"data": contours.data(), "kappa": kappa, "points": points.tolist()},
    )
    problem = contours.bowl(kappa)
    np.testing.assert_allclose(out["hessian"], problem.hessian(points[0]), rtol=1e-9, atol=1e-12)
    for point, result in zip(points, out["results"], strict=True):
        grads = problem.grad(point)
        np.testing.assert_allclose(result["gradient"], grads, rtol=1e-9, atol=1e-12)
        # Directions that are alike to rounding have an angle of rounding's size, in degrees.
        assert result["degrees"] == pytest.approx(angle(grads, point), rel=1e-9, abs=1e-12)
        assert result["worst"] == pytest.approx(worst_angle(kappa, 1.0), rel=1e-9, abs=1e-9)
        assert result["degrees"] <= result["worst"] + 1e-9
        ways = [grads / np.linalg.norm(grads), point / np.linalg.norm(point)]
        expected = [[problem.value(point - t * way) for t in (0, 0.3, 1)] for way in ways]
        np.testing.assert_allclose(result["losses"], expected, rtol=1e-9, atol=1e-12)
        slopes = [directional_derivative(problem.value, point, -way) for way in ways]
        # Central differences of a quadratic only round: 1e-16 / 1e-5.
        assert result["faster"] == pytest.approx(slopes[0] / slopes[1], rel=1e-6)


def test_the_most_there_is_is_said_where_it_is(node):
    kappa, tilt = 10.0, contours.TILT
    axes = np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]])
    worst = (axes.T @ [1, np.sqrt(kappa)]) / np.sqrt(1 + kappa)  # the axes share the loss equally
    texts = node(
        """import { compute, describe } from "FIGURES/gradients-contours.js";
        console.log(JSON.stringify(input.states.map((state) =>
          describe(state, compute(input.data, state)))));""",
        {
            "data": contours.data(),
            "states": [
                {"kappa": kappa, "point": worst.tolist()},
                {"kappa": kappa, "point": axes[0].tolist()},
                {"kappa": 1, "point": worst.tolist()},
                {"kappa": kappa, "point": contours.START},
            ],
        },
    )
    assert "54.9° away from the minimum (the most there is)" in texts[0]
    assert "points at the minimum. On an axis" in texts[1]
    assert "points at the minimum. In a round bowl" in texts[2]
    assert f"{contours.off(kappa):.1f}° away from the minimum (at most 54.9°)" in texts[3]


# ---- step size


def measurements(node, states):
    """Return what the figure computes for each state."""
    return node(
        """import { compute, describe } from "FIGURES/gradients-step-size.js";
        console.log(JSON.stringify(input.states.map((state) => {
          const result = compute(input.data, state);
          return { ...result, text: describe(input.data, state, result) };
        })));""",
        {"data": step_size.data(), "states": states},
    )


@pytest.mark.parametrize("scheme", ["forward", "central", "complex step"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_measured_slopes_are_optedus_up_to_rounding(node, scheme, dtype):
    steps = np.geomspace(1e-18, 1, 55)
    index = ["forward", "central", "complex step"].index(scheme)
    setting = {"scheme": index, "precision": step_size.DTYPES.index(dtype)}
    out = measurements(node, [{"h": h, **setting} for h in steps.tolist()])
    found = np.array([np.nan if r["measured"] is None else r["measured"] for r in out])
    expected = np.array([step_size.measured(h, scheme, dtype) for h in steps])
    # The same steps are lost, and the others differ by rounding, the subject of the figure.
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    # The complex step subtracts nothing: a few roundings of numbers near 1, whatever h.
    allowed = 10 * EPS[dtype] * np.e if scheme == "complex step" else rounding(steps, dtype) + 1e-9
    seen = ~np.isnan(found)
    assert np.all(np.abs(found - expected)[seen] <= np.broadcast_to(allowed, found.shape)[seen])


def test_double_precision_is_optedus_own_difference(node):
    steps = np.geomspace(1e-12, 1e-1, 12)
    for index, scheme in enumerate(step_size.SCHEMES):
        out = measurements(node, [{"h": h, "scheme": index, "precision": 0} for h in steps])
        expected = [numerical_gradient(step_size.function, 1.0, h, scheme).item() for h in steps]
        gaps = np.abs([r["measured"] for r in out] - np.array(expected))
        assert np.all(gaps <= rounding(steps) + 1e-9)
    steps = np.geomspace(1e-18, 1e-6, 7)
    out = measurements(node, [{"h": h, "scheme": 2, "precision": 0} for h in steps.tolist()])
    expected = [complex_step_gradient(step_size.function, 1.0, h).item() for h in steps]
    np.testing.assert_allclose([r["measured"] for r in out], expected, rtol=1e-9)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_bars_and_best_steps_are_the_model_of_optedu(node, dtype):
    steps = np.geomspace(1e-15, 1, 9)
    precision = step_size.DTYPES.index(dtype)
    for index, scheme in enumerate(step_size.SCHEMES):
        states = [{"h": h, "scheme": index, "precision": precision} for h in steps.tolist()]
        out = measurements(node, states)
        sizes = step_size.VALUE, step_size.CURVES[scheme], dtype
        total = [result["truncation"] + result["rounding"] for result in out]
        np.testing.assert_allclose(total, difference_error(steps, scheme, *sizes), rtol=1e-9)
        assert out[0]["best"] == pytest.approx(best_step(scheme, *sizes), rel=1e-9)
        short, long = measurements(
            node, [{**states[0], "h": out[0]["best"] * k} for k in (0.01, 50)]
        )
        assert "Rounding decides: h is too short" in short["text"]
        assert "Truncation decides: h is too long" in long["text"]


def test_sizes_are_the_derivatives_of_the_function():
    problem, x = exp_sin(), np.array([step_size.X])
    assert problem.value(x) == pytest.approx(step_size.VALUE, rel=1e-14)
    second = complex_step_gradient(lambda u: problem.grad(u)[0], x)
    third = complex_step_gradient(lambda u: problem.hessian(u)[0, 0], x)
    assert abs(second.item()) == pytest.approx(step_size.SECOND, rel=1e-14)
    assert abs(third.item()) == pytest.approx(step_size.THIRD, rel=1e-14)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_lost_steps_are_those_that_leave_x_as_it_is(node, dtype):
    kind = np.dtype(dtype).type
    for index, scheme in enumerate(step_size.SCHEMES):
        longest = step_size.lost(scheme, dtype)
        x, steps = kind(1), [kind(longest), kind(longest) * kind(1.01)]
        sides = [1, -1] if scheme == "central" else [1]
        moved = [any(x + kind(side) * h != x for side in sides) for h in steps]
        assert moved == [False, True]
        setting = {"scheme": index, "precision": step_size.DTYPES.index(dtype)}
        out = measurements(node, [{"h": float(h), **setting} for h in steps])
        assert [result["measured"] is None for result in out] == [True, False]
        assert "no difference is left" in out[0]["text"]


def test_the_complex_step_never_loses_a_digit(node):
    steps = np.geomspace(1e-18, 1e-9, 10)
    for precision, eps in enumerate(EPS.values()):
        out = measurements(node, [{"h": h, "scheme": 2, "precision": precision} for h in steps])
        assert max(result["error"] for result in out) < 8 * eps  # a few roundings of numbers near 1
        assert all("no h is too short" in result["text"] for result in out)


# ---- kinks


def slopes(node, states):
    """Return what the figure computes for each state."""
    return node(
        """import { compute, describe } from "FIGURES/gradients-kink.js";
        console.log(JSON.stringify(input.states.map((state) => {
          const result = compute(input.data, state);
          return { ...result, text: describe(input.data, state, result) };
        })));""",
        {"data": kink.data(), "states": states},
    )


@pytest.mark.parametrize("index", range(len(kink.SHAPES)))
def test_slopes_at_a_kink_are_optedus(node, index):
    shape = kink.SHAPES[index]
    places = shape["kink"] + np.array([-1.2, -0.5, -0.2, 0, 0.05, 0.3, 1.1])
    states = [{"shape": index, "x": x, "h": h} for x in places for h in (0.02, 0.25, 1.0)]
    for state, result in zip(states, slopes(node, states), strict=True):
        x, h = state["x"], state["h"]
        expected = kink.slopes(shape, x, h)
        np.testing.assert_allclose(result["differences"], expected, rtol=1e-9, atol=1e-12)
        low, high = result["subgradients"]
        assert low <= high
        away = x - shape["kink"]
        assert (low < high) == (away == 0)
        assert result["crossed"] == (abs(away) < h)
        if not result["crossed"]:
            np.testing.assert_allclose(result["differences"], low, rtol=1e-9, atol=1e-12)
            assert "all three find the slope" in result["text"]
        if away == 0:
            middle = (shape["left"] + shape["right"]) / 2
            around = [shape["right"], middle, shape["left"]]
            np.testing.assert_allclose(result["differences"], around, atol=1e-12)
            assert result["text"].startswith("At the kink every slope from")


def test_the_hinge_of_the_figure_is_the_models(node):
    model = Hinge([[1.0]], [0], n_classes=2)
    places = [0.3, 0.9, 1.0, 1.15, 2.0]
    out = slopes(node, [{"shape": 1, "x": x, "h": 0.25} for x in places])
    for x, result in zip(places, out, strict=True):
        lead = np.array([x, 0.0])
        found = [
            directional_derivative(model.loss, lead, sign * np.array([1.0, 0.0]), 0.25, scheme)
            for sign, scheme in ((1, "forward"), (1, "central"), (-1, "forward"))
        ]
        found[2] = -found[2]
        np.testing.assert_allclose(result["differences"], found, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("index", range(len(kink.SHAPES)))
def test_subgradients_are_the_slopes_between_which_optedu_finds_a_kink(node, index):
    shape = kink.SHAPES[index]
    (result,) = slopes(node, [{"shape": index, "x": shape["kink"], "h": 0.5}])
    f = kink.bent(shape)
    report = gradient_check(lambda x: f(x[0]), lambda x: np.zeros(1), np.array([shape["kink"]]))
    (found,) = report.kinks
    np.testing.assert_allclose(result["subgradients"], [found.left, found.right], atol=1e-6)
    # Every one of them is a line below the graph, and no other is.
    y = np.linspace(-3, 3, 61)
    heights = np.array([f(at) for at in y])
    low, high = result["subgradients"]
    for slope in np.linspace(low, high, 5):
        assert np.all(heights >= slope * (y - shape["kink"]) - 1e-12)
    for slope in (low - 0.01, high + 0.01):
        assert np.any(heights < slope * (y - shape["kink"]))


# ---- what stands beside the figures


def test_static_tables_hold_the_numbers_of_the_scripts(node):
    rows = contours.table(contours.data())[1]
    found = node(
        """import { compute } from "FIGURES/gradients-contours.js";
        console.log(JSON.stringify(input.conditions.map((kappa) => {
          const { degrees, worst, faster } = compute(input.data, { kappa, point: input.point });
          const angles = [degrees, worst].map((angle) => `${angle.toFixed(1)}°`);
          return [String(kappa), ...angles, faster.toFixed(2)];
        })));""",
        {
            "data": contours.data(),
            "conditions": contours.CONDITIONS,
            "point": contours.START,
        },
    )
    assert rows == found

    rows = kink.table(kink.data())[1]
    for row in rows:
        index = [shape["name"] for shape in kink.SHAPES].index(row[0])
        (result,) = slopes(node, [{"shape": index, "x": float(row[1]), "h": kink.STEP}])
        numbers = [float(cell) for cell in row[3:]]
        np.testing.assert_allclose(numbers, result["differences"], atol=0.0051)
    rows = secant.table(secant.data())[1]
    assert [row[0] for row in rows] == [f"{h:g}" for h in secant.STEPS]


def alternative(page, name):
    """Return the text alternative of a figure on a page."""
    return re.search(rf"```{{live-figure}} {name}\n:alt: (.*)", page)[1]


def test_the_page_says_what_the_figures_show():
    page = (ROOT / "book" / "1-gradients.md").read_text(encoding="utf8")
    said = alternative(page, "gradients-contours")
    assert f"{contours.off(10):.0f}° away" in said
    assert contours.off(10, [0.5, 0.866]) < 0.1  # on an axis
    assert contours.off(100) > 75  # almost straight across

    said = alternative(page, "gradients-secant")
    h = secant.data()["controls"]["h"]["value"]
    numbers = [secant.slope(1.0), h, *(secant.secant(1.0, h, name) for name in secant.SCHEMES)]
    for number in numbers:
        assert f"{number:.2f}".rstrip("0") in said

    said = alternative(page, "gradients-step-size")
    for dtype in step_size.DTYPES:
        for scheme in step_size.SCHEMES:
            h = best_step(scheme, step_size.VALUE, step_size.CURVES[scheme], dtype)
            assert f"{h:.0e}".replace("e-0", "e-") in said

    said = alternative(page, "gradients-kink")
    means = [kink.slopes(shape, shape["kink"], kink.STEP)[1] for shape in kink.SHAPES]
    assert means == [0, -0.5]
    assert "0 for the absolute value, −½ for the hinge" in said
