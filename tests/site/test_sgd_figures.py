"""The figures of chapter 3 in the browser: what each answers to a finger and to a key."""

import re
from itertools import pairwise

import pytest

from tests.site.test_figures import FIGURES as ALL
from tests.site.test_figures import readout

FIGURES = {name: page for name, page in ALL.items() if name.startswith("sgd-")}


def test_more_steps_do_not_lower_the_floor_and_more_examples_do(figure):
    page, found = figure("sgd-noise-floor")
    assert "This is the floor 0.053" in readout(found)
    scrub = found.get_by_role("slider", name="Step", exact=True)
    scrub.focus()
    page.keyboard.press("Home")
    assert "the start: the mean square of 200 runs is 4" in readout(found)
    page.keyboard.press("PageUp")
    readout(found)
    page.keyboard.press("ArrowRight")
    assert "step 11: " in readout(found)
    assert "still on the way down to the floor 0.053" in readout(found)
    # Another setting is shown at the end of its run.
    batch = found.get_by_role("slider", name="batch size B", exact=True)
    batch.focus()
    page.keyboard.press("ArrowRight")
    assert readout(found).startswith("α = 0.10, B = 2, step 1,000")
    assert "This is the floor 0.026" in readout(found)
    page.keyboard.press("End")
    assert "B = 256" in readout(found)


def test_at_two_over_the_curvature_the_runs_are_thrown_out(figure):
    _, found = figure("sgd-noise-floor")
    inside = found.locator("circle.lf-step").count()
    found.get_by_role("button", name="to 2/λ").click()
    assert "There is no floor" in readout(found)
    assert found.locator("circle.lf-step").count() < inside / 2


def test_the_cloud_shrinks_like_the_root_of_the_batch_size(figure):
    page, found = figure("sgd-cloud")
    ellipse = found.locator("path.lf-theory.lf-over")
    found.get_by_role("slider", name="batch size B").focus()
    page.keyboard.press("Home")
    sizes = []
    for batch in (1, 4, 16):
        assert re.match(rf"{batch} examples?, without", readout(found))
        sizes.append(ellipse.evaluate("e => [e.getBBox().width, e.getBBox().height]"))
        for _ in range(2):
            page.keyboard.press("ArrowRight")
            readout(found)  # a key counts from what is drawn
    for (width, height), (less, lower) in pairwise(sizes):
        # (N - B)/(N - 1) takes another 1 % of it at B = 16.
        assert (less / width, lower / height) == pytest.approx((0.5, 0.5), rel=0.02)


def test_all_examples_without_replacement_are_no_estimate(figure):
    _, found = figure("sgd-cloud")
    found.get_by_role("button", name="to N").click()
    assert readout(found).startswith("All 569 examples, without replacement")
    again = found.get_by_role("button", name="with replacement")
    again.click()
    assert readout(found).startswith("569 examples, with replacement: typical error 0.02")
    assert again.get_attribute("aria-pressed") == "true"
    found.get_by_role("button", name="Reset").click()
    assert readout(found).startswith("16 examples, without replacement")
    assert again.get_attribute("aria-pressed") == "false"


def test_every_schedule_is_picked_by_keyboard_and_ends_where_it_says(figure):
    page, found = figure("sgd-schedules")
    ends = {}
    for button in found.locator(".lf-switch button").all():
        button.focus()
        page.keyboard.press("Enter")
        text = readout(found)
        name = button.inner_text().removeprefix("✓ ")
        assert text.lower().startswith(f"{name} from α = 0.50")
        assert found.locator(".lf-switch [aria-pressed=true]").count() == 1
        ends[name] = float(re.search(r"ends at ([\d.]+),", text)[1])
    assert max(ends, key=ends.get) == "constant"
    assert "time does not lower it" not in text
    # The label in the picture is that of the last one.
    assert str(ends[name]) in found.locator(".lf-note").all_text_contents()


def test_a_learning_rate_too_small_never_forgets_the_start(figure):
    page, found = figure("sgd-schedules")
    found.get_by_role("button", name="1/t", exact=True).click()
    found.get_by_role("slider", name="largest learning rate", exact=False).focus()
    page.keyboard.press("Home")
    assert "not yet forgotten" in readout(found)
    found.get_by_role("slider", name="warm-up").focus()
    page.keyboard.press("ArrowRight")
    assert "after a warm-up of 10 steps" in readout(found)


def test_the_deck_is_dealt_minibatch_by_minibatch(figure):
    page, found = figure("sgd-shuffler")
    cards = found.locator(".lf-digit, .lf-followed")
    assert cards.count() == 3 * 60
    found.get_by_role("slider", name="Step", exact=True).focus()
    page.keyboard.press("Home")
    assert readout(found).startswith("0 minibatches dealt")
    assert cards.count() == 0
    for dealt in range(1, 5):
        page.keyboard.press("ArrowRight")
        assert readout(found).startswith(f"{dealt} minibatch")
        assert cards.count() == 3 * 3 * dealt
    assert "each has come once" in readout(found)


def test_the_followed_example_stands_in_one_column_if_shuffled_once(figure):
    page, found = figure("sgd-shuffler")
    slider = found.get_by_role("slider", name="follow an example")
    for _ in range(3):
        columns = []
        for deck in found.locator(".lf-panel").all():
            marked = deck.locator(".lf-followed").all()
            columns.append([round(card.bounding_box()["x"]) for card in marked])
        _, once, anew = columns
        assert len(once) == len(anew) == 5
        assert max(once) - min(once) <= 1
        assert max(anew) - min(anew) > 20
        slider.focus()
        page.keyboard.press("ArrowRight")
        readout(found)


def test_another_deal_is_another_deal_and_reset_brings_the_first_back(figure):
    page, found = figure("sgd-shuffler")
    first = found.locator("svg").first.inner_html()
    found.get_by_role("button", name="Another deal").focus()
    page.keyboard.press("Enter")
    readout(found)
    assert found.locator("svg").first.inner_html() != first
    page.keyboard.press("Escape")
    readout(found)
    assert found.locator("svg").first.inner_html() == first


def test_a_click_on_the_map_brings_the_point_there(figure):
    page, found = figure("sgd-batch-map")
    box = found.locator("canvas").first.bounding_box()
    # Two tenths across is B = 4, two thirds up is α = 0.1.
    page.mouse.click(box["x"] + 0.2 * box["width"], box["y"] + box["height"] / 3)
    batch, alpha = re.match(r"B = (\d+), α = ([\d.]+): ", readout(found)).groups()
    assert int(batch) == 4
    assert float(alpha) == pytest.approx(0.1, abs=0.005)
    assert "the best α for this B" in readout(found)
    found.get_by_role("button", name="Reset").click()
    assert "about the least that this B allows" in readout(found)


def test_up_the_diagonal_the_loss_stays_until_the_limit(figure):
    page, found = figure("sgd-batch-map")
    handle = found.locator(".lf-handle")
    handle.focus()
    page.keyboard.press("ArrowRight")
    assert readout(found).startswith("B = 16, α = 0.032: 256 steps")
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    text = readout(found)
    assert text.startswith("B = 16, α = 0.064")
    assert "about the least that this B allows" in text
    for _ in range(8):
        page.keyboard.press("ArrowUp")
    assert "the run diverges" in readout(found)


def test_a_larger_budget_asks_for_a_smaller_learning_rate(figure):
    page, found = figure("sgd-batch-map")
    found.get_by_role("slider", name="budget").focus()
    page.keyboard.press("End")
    text = readout(found)
    assert "65,536 examples" in text
    assert float(re.search(r"the best α for this B, ([\d.]+),", text)[1]) < 0.016
