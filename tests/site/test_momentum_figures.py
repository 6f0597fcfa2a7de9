"""The figures of chapter 4 in the browser: what each answers to a finger and to a key."""

import json
import re

import pytest

from tests.site.test_figures import FIGURES as ALL
from tests.site.test_figures import readout

FIGURES = {name: page for name, page in ALL.items() if name.startswith("momentum-")}


def test_a_click_on_the_map_brings_the_point_there(figure):
    _, found = figure("momentum-phase")
    canvas = found.locator("canvas").first
    box = canvas.bounding_box()
    # Three quarters across is αλ = 3, an eighth up is μ = 0.125: far beyond 2 (1 + μ).
    found.page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.875 * box["height"])
    text = readout(found)
    assert text.startswith("Diverges")
    product, momentum = map(float, re.search(r"αλ = (\d\.\d+), μ = (\d\.\d+)", text).groups())
    assert product == pytest.approx(3, abs=0.03)  # two pixels
    assert momentum == pytest.approx(0.125, abs=0.015)
    found.get_by_role("button", name="Reset").click()
    assert readout(found).startswith("Swings")


def test_the_switch_shows_that_nesterov_is_stable_on_far_less(figure):
    page, found = figure("momentum-phase")
    handle = found.locator(".lf-handle")
    handle.focus()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    assert readout(found).startswith("Swings: αλ = 1.70, μ = 0.90")
    nesterov = found.get_by_role("button", name="Nesterov")
    nesterov.focus()
    page.keyboard.press("Enter")
    assert readout(found).startswith("Diverges: αλ = 1.70, μ = 0.90")
    assert nesterov.get_attribute("aria-pressed") == "true"
    assert found.get_by_role("button", name="Heavy ball").get_attribute("aria-pressed") == "false"
    page.keyboard.press("Escape")
    assert readout(found).startswith("Swings")
    assert nesterov.get_attribute("aria-pressed") == "false"


def test_friction_goes_from_swinging_to_creeping_in_words(figure):
    page, found = figure("momentum-friction")
    assert readout(found).startswith("Underdamped")
    found.get_by_role("button", name="to critical").click()
    assert readout(found).startswith("Critically damped")
    slider = found.get_by_role("slider", name="friction", exact=False)
    slider.focus()
    page.keyboard.press("Shift+ArrowRight")
    assert readout(found).startswith("Overdamped")
    page.keyboard.press("End")
    assert "this is gradient descent" in readout(found)


def test_the_ball_rolls_from_where_it_was_dragged(figure):
    page, found = figure("momentum-friction")
    found.locator(".lf-handle").focus()
    for _ in range(4):
        page.keyboard.press("Shift+ArrowRight")
    scrub = found.get_by_role("slider", name="Step", exact=True)
    scrub.focus()
    page.keyboard.press("Home")
    readout(found)
    ball = found.locator("circle.lf-here").bounding_box()
    dot = found.locator(".lf-handle .lf-dot").bounding_box()
    middles = [box["x"] + box["width"] / 2 for box in (ball, dot)]
    assert middles[0] == pytest.approx(middles[1], abs=1)
    frame = found.locator(".lf-box").first.bounding_box()
    assert middles[0] > frame["x"] + frame["width"] / 2  # to the right of the bottom


def test_every_form_is_picked_by_keyboard_and_fills_in_its_method(figure, html):
    page, found = figure("momentum-conventions")
    file = html / "_static" / "figures" / "momentum-conventions.json"
    forms = json.loads(file.read_text(encoding="utf8"))["forms"]
    rows = found.locator(".lf-rows button")
    assert rows.count() == len(forms)
    for index, form in enumerate(forms):
        rows.nth(index).focus()
        page.keyboard.press("Enter")
        text = readout(found)
        assert f"as {form['name'].replace('_', '-')} is" in text
        filled = ["α" in output for output in found.locator(".lf-rows output").all_inner_texts()]
        assert filled == [other["method"] == form["method"] for other in forms]
        assert rows.nth(index).get_attribute("aria-pressed") == "true"
        assert found.locator(".lf-rows [aria-pressed=true]").count() == 1


def test_the_same_numbers_in_another_form_are_another_run(figure):
    _, found = figure("momentum-conventions")
    law = re.compile(r"x\(k\+1\).*")
    canonical = law.search(readout(found))[0]
    rows = found.locator(".lf-rows button")
    rows.filter(has_text="PyTorch, optax, Distill").click()
    assert law.search(readout(found))[0] == canonical
    rows.filter(has_text="Coursera").click()
    assert law.search(readout(found))[0] != canonical


def test_a_schedule_splits_the_forms(figure):
    _, found = figure("momentum-conventions")
    slider = found.get_by_role("slider", name="schedule", exact=False)
    slider.focus()
    found.page.keyboard.press("Home")
    assert "The forms split, by 0.87 at step 22" in readout(found)
    found.page.keyboard.press("End")
    assert "all five forms" in readout(found)


def test_the_cycle_is_left_by_dragging_the_start_out_of_the_strip(figure):
    page, found = figure("momentum-counterexample")
    default = readout(found)
    assert "in the cycle 2.12 → 0.65 → −1.80" in default
    handle = found.locator(".lf-handle")
    handle.focus()
    page.keyboard.press("Shift+ArrowLeft")
    text = readout(found)
    assert text.startswith("Start 2.80")
    assert "in the cycle" in text
    page.keyboard.press("Shift+ArrowLeft")
    assert "From this start it arrives" in readout(found)
    found.get_by_role("button", name="Reset").click()
    assert readout(found) == default


def test_the_counterexample_is_walked_step_by_step(figure):
    page, found = figure("momentum-counterexample")
    found.get_by_role("slider", name="Step", exact=True).focus()
    page.keyboard.press("Home")
    assert "step 0: the heavy ball is 3.3 from the minimum" in readout(found)
    page.keyboard.press("ArrowRight")
    assert "step 1: the heavy ball is 3.2 from the minimum" in readout(found)
    page.keyboard.press("End")
    assert "for ever" in readout(found)
