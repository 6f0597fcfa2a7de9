"""The figures of chapter 1 in the browser: what each answers to a finger and to a key."""

import re

import pytest

from tests.site.test_figures import FIGURES as ALL
from tests.site.test_figures import readout

FIGURES = {name: page for name, page in ALL.items() if name.startswith("gradients-")}


def press(found, name):
    """Press a button of a switch."""
    found.get_by_role("button", name=name, exact=False).first.click()
    return readout(found)


def number(pattern, text):
    """Return the number that a read-out gives."""
    return float(re.search(pattern, text)[1].replace("−", "-"))


# ---- contours


def test_the_point_is_brought_to_a_place_by_a_click(figure):
    _, found = figure("gradients-contours")
    canvas = found.locator("canvas").first
    box = canvas.bounding_box()
    found.page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 0.3 * box["height"])
    readout(found)
    text = found.locator(".lf-handle").get_attribute("aria-valuetext")
    # In the middle across; a fifth of 2.5 above it. A pixel is 0.009.
    across, up = (number(pattern, text) for pattern in (r"(−?\d\.\d+) across", r"(−?\d\.\d+) up"))
    assert across == pytest.approx(0, abs=0.02)
    assert up == pytest.approx(0.5, abs=0.02)


def test_in_a_round_bowl_both_ways_are_one(figure):
    page, found = figure("gradients-contours")
    assert "48.9° away from the minimum (at most 54.9°)" in readout(found)
    slider = found.get_by_role("slider", name="condition number", exact=False)
    slider.focus()
    page.keyboard.press("Home")
    assert "points at the minimum. In a round bowl" in readout(found)
    page.keyboard.press("End")
    assert "at most 78.6°" in readout(found)


@pytest.mark.parametrize("width", [1280, 360])
def test_the_gradient_is_drawn_at_a_right_angle_to_the_tangent(figure, width):
    _, found = figure("gradients-contours", width=width)
    ends = found.evaluate(
        """f => [...f.querySelectorAll("path.lf-thin, path.lf-path:not(.lf-thin)")]
          .filter((path) => path.getAttribute("d").split("L").length === 2)
          .map((path) => path.getAttribute("d").match(/-?[\\d.]+/g).map(Number))"""
    )
    (x0, y0, x1, y1), (u0, v0, u1, v1) = ends
    assert abs((x1 - x0) * (u1 - u0) + (y1 - y0) * (v1 - v0)) < 0.02 * 2000  # two decimals


def test_the_minimum_itself_is_never_reached(figure):
    page, found = figure("gradients-contours")
    found.locator(".lf-handle").focus()
    for key in ["Shift+ArrowRight"] * 4 + ["Shift+ArrowDown"] * 4:
        page.keyboard.press(key)
    for key in ("ArrowDown", "ArrowLeft", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
        text = readout(found)
        assert "NaN" not in text
        assert "has length" in text


# ---- secant


def test_the_secant_nears_the_tangent_faster_when_it_is_central(figure):
    page, found = figure("gradients-secant")
    error = r"The error is ([\d.]+)\."
    slider = found.get_by_role("slider", name="step h", exact=False)
    found.get_by_role("button", name="to 0.1", exact=False).click()
    forward = number(error, readout(found))
    assert "the error is 2.1 times smaller" in readout(found)
    central = number(error, press(found, "Central"))
    assert "the error is 4.0 times smaller" in readout(found)
    assert central < forward / 5
    slider.focus()
    page.keyboard.press("End")
    assert number(error, readout(found)) > central
    page.keyboard.press("Escape")
    assert readout(found).startswith("Forward, h = 0.80")


def test_both_points_of_the_secant_lie_on_the_curve_at_its_distance(figure):
    _, found = figure("gradients-secant")
    dots = found.locator("circle.lf-step")
    assert dots.count() == 2
    handle = found.locator(".lf-handle .lf-dot").bounding_box()
    first = dots.first.bounding_box()
    middle = [box["x"] + box["width"] / 2 for box in (handle, first)]
    assert middle[0] == pytest.approx(middle[1], abs=1)
    press(found, "Central")
    boxes = [dots.nth(i).bounding_box() for i in range(2)]
    ends = [box["x"] + box["width"] / 2 for box in boxes]
    assert sum(ends) / 2 == pytest.approx(middle[0], abs=1)


# ---- step size


def test_the_best_step_of_each_scheme_and_precision(figure):
    page, found = figure("gradients-step-size")
    assert readout(found).startswith("Central, float64, h = 1.0 × 10⁻⁵: 10 digits right")
    assert "in balance" in readout(found)
    text = press(found, "float32")
    assert "Rounding decides: h is too short. The best h is near 0.006." in text
    press(found, "Reset")
    assert "Truncation decides: h is too long. The best h is near 3 × 10⁻⁸." in press(
        found, "Forward"
    )
    found.get_by_role("button", name="to 10⁻⁸", exact=False).click()
    assert "in balance" in readout(found)
    found.get_by_role("slider", name="step h", exact=False).focus()
    page.keyboard.press("Home")
    assert "x + h rounds to x, and no difference is left" in readout(found)
    assert "measured: nothing left" in found.inner_text()
    text = press(found, "Complex step")
    assert "Nothing is subtracted, so no h is too short" in text
    assert "NaN" not in found.inner_text()


# ---- kinks


def test_a_finger_meets_the_kink_and_the_mean_is_told(figure):
    page, found = figure("gradients-kink")
    default = readout(found)
    assert default.startswith("x = 0.20, h = 0.50: forward 1.00, central 0.40, backward −0.20")
    found.locator(".lf-handle").focus()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    at = readout(found)
    assert at.startswith("At the kink every slope from −1 to 1 is a subgradient")
    slider = found.get_by_role("slider", name="step h", exact=False)
    slider.focus()
    page.keyboard.press("Home")
    assert readout(found) == at  # at any h
    assert "every slope from −1 to 0" in press(found, "hinge")
    assert "central −0.50" in readout(found)
    page.keyboard.press("Escape")
    assert readout(found) == default


def test_beyond_h_all_three_agree(figure):
    page, found = figure("gradients-kink")
    found.get_by_role("slider", name="step h", exact=False).focus()
    page.keyboard.press("Home")
    assert "all three find the slope, 1. The kink is 0.20 away, beyond h" in readout(found)
    assert found.locator(".lf-legend li").all_inner_texts() == ["forward", "central", "backward"]


@pytest.mark.parametrize("name", FIGURES)
def test_controls_are_large_enough_for_a_finger(figure, name):
    _, found = figure(name, width=360, has_touch=True)
    for button in found.locator("button:visible").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 40
