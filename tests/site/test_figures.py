"""Live figures: by keyboard, by finger, on paper, without a script, without motion."""

import json
import re

import pytest

FIGURES = {
    "gradients-contours": "book/1-gradients.html",
    "gradients-secant": "book/1-gradients.html",
    "gradients-step-size": "book/1-gradients.html",
    "gradients-kink": "book/1-gradients.html",
    "descent-rate": "book/2-descent.html",
    "descent-condition": "book/2-descent.html",
    "descent-backtracking": "book/2-descent.html",
    "descent-diagnose": "book/2-descent.html",
    "momentum-friction": "book/4-momentum.html",
    "momentum-phase": "book/4-momentum.html",
    "momentum-counterexample": "book/4-momentum.html",
    "momentum-conventions": "book/4-momentum.html",
    "sgd-noise-floor": "book/3-sgd.html",
    "sgd-cloud": "book/3-sgd.html",
    "sgd-schedules": "book/3-sgd.html",
    "sgd-shuffler": "book/3-sgd.html",
    "sgd-batch-map": "book/3-sgd.html",
    "intro-race": "book/intro.html",
    "intro-saddle": "book/intro.html",
}
PLAYED = [
    *("intro-race", "intro-saddle", "momentum-friction", "momentum-counterexample"),
    *("sgd-noise-floor", "sgd-shuffler"),
]


def readout(figure):
    """Return the read-out after the frame that is being drawn."""
    figure.page.evaluate("() => new Promise((r) => requestAnimationFrame(() => setTimeout(r)))")
    return figure.locator(".lf-readout").inner_text()


@pytest.mark.parametrize("name", FIGURES)
def test_every_control_is_reached_by_tab_shows_its_focus_and_answers_arrows(figure, name):
    page, found = figure(name)
    wanted = found.locator("[tabindex='0'], input, button, select").count()
    found.evaluate("f => { f.tabIndex = -1; f.focus({ preventScroll: true }); }")
    reached = 0
    for _ in range(wanted):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        assert focused.evaluate("(e, f) => f.contains(e)", found.element_handle())
        ring = focused.evaluate(
            "e => getComputedStyle(e.querySelector('.lf-ring') ?? e)"
            "[e.querySelector('.lf-ring') ? 'strokeWidth' : 'outlineWidth']"
        )
        assert float(ring.removesuffix("px")) >= 2, focused.evaluate("e => e.outerHTML")
        reached += 1
        if focused.get_attribute("role") == "slider" or focused.get_attribute("type") == "range":
            before = focused.evaluate(POSITION)
            # At one end of its track a control can move one way only.
            for key in ("ArrowLeft", "ArrowRight", "ArrowLeft"):
                page.keyboard.press(key)
                readout(found)
                if focused.evaluate(POSITION) != before:
                    break
            assert focused.evaluate(POSITION) != before
    assert reached == wanted


POSITION = "e => (e.getAttribute('aria-valuetext') ?? '') + (e.getAttribute('transform') ?? '')"


def test_slider_keys_step_leap_reach_the_ends_and_escape(figure):
    page, found = figure("descent-rate")
    default = readout(found)
    slider = found.locator("input[type=range]")
    slider.focus()

    def alpha():
        return float(re.search(r"α = ([\d.]+)", readout(found))[1])

    start = alpha()
    page.keyboard.press("ArrowRight")
    step = alpha() - start
    page.keyboard.press("Shift+ArrowLeft")
    # The read-out has three decimals, so each difference is exact to one of the last place.
    assert alpha() - start - step == pytest.approx(-10 * step, abs=0.0021)
    page.keyboard.press("End")
    assert readout(found).startswith("Diverges")
    page.keyboard.press("Home")
    assert alpha() == 0.01
    page.keyboard.press("Escape")
    assert readout(found) == default


DRAGGED = [
    *("descent-rate", "descent-condition", "descent-backtracking", "intro-race"),
    *("momentum-friction", "momentum-phase", "momentum-counterexample"),
    "sgd-batch-map",
    *("gradients-contours", "gradients-secant", "gradients-kink"),
]


@pytest.mark.parametrize("name", DRAGGED)
def test_dragging_the_start_point_answers_and_reset_brings_it_back(figure, name):
    page, found = figure(name)
    default = found.locator(".lf-handle").get_attribute("aria-valuetext")
    box = found.locator(".lf-handle .lf-dot").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y - 25, steps=3)
    page.mouse.up()
    readout(found)
    assert found.locator(".lf-handle").get_attribute("aria-valuetext") != default
    found.get_by_role("button", name="Reset").click()
    readout(found)
    assert found.locator(".lf-handle").get_attribute("aria-valuetext") == default


def test_marks_set_the_critical_learning_rates(figure):
    _, found = figure("descent-rate")
    found.get_by_role("button", name="to 2/L", exact=False).last.click()
    assert readout(found).startswith("On the edge")
    found.get_by_role("button", name="to 2/(L+m)", exact=False).click()
    assert "Both modes" in readout(found)


def test_tries_of_the_line_search_appear_one_by_one(figure):
    page, found = figure("descent-backtracking")
    default = readout(found)
    assert default.startswith("Accepted at t = 1/8, the 4th try")
    found.get_by_role("slider", name="step t", exact=False).focus()
    page.keyboard.press("Home")
    for tried in range(1, 4):
        assert readout(found).startswith("Refused at")
        assert found.locator(".lf-refused").count() == 2 * tried  # one in each panel
        assert found.locator(".lf-here").count() == 0
        page.keyboard.press("ArrowRight")
    # The search has ended: there is no try after the accepted one.
    for _ in range(2):
        assert readout(found) == default
        assert found.locator(".lf-here").count() == 2
        page.keyboard.press("ArrowRight")
    found.get_by_role("button", name="to 0.5", exact=False).click()
    assert readout(found).startswith("Accepted at t = 1/16, the 5th try")


def test_the_quiz_is_played_by_keyboard_and_keeps_the_score(figure, html):
    page, found = figure("descent-diagnose")
    quiz = json.loads((html / "_static" / "figures" / "descent-diagnose.json").read_text())
    default, last = readout(found), len(quiz["curves"]) - 1
    found.locator(".lf-choices button").first.focus()
    for number, curve in enumerate(quiz["curves"]):
        # All answers but the second are right.
        wanted = curve["choices"].index(curve["diagnosis"])
        for _ in range(wanted if number != 1 else (wanted + 1) % 4):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        answer = readout(found)
        assert answer.startswith("No." if number == 1 else "Right.")
        assert curve["why"] in answer
        assert found.locator(".lf-right").inner_text().startswith("✓")
        assert found.locator(".lf-wrong").count() == (number == 1)
        onward = "Start again" if number == last else "Next curve"
        assert page.locator(":focus").inner_text() == onward
        if number < last:
            page.keyboard.press("Enter")
            readout(found)
    assert readout(found).endswith(f"Your score: {last} of {last + 1}.")
    page.keyboard.press("Enter")
    assert readout(found) == default


def test_the_quiz_restarts_on_escape_and_on_reset(figure):
    page, found = figure("descent-diagnose", width=360, has_touch=True)
    default = readout(found)
    for restart in (
        lambda: page.keyboard.press("Escape"),
        lambda: found.get_by_role("button", name="Reset").click(),
    ):
        found.locator(".lf-choices button").first.click()
        assert readout(found) != default
        assert found.locator(".lf-choices button:disabled").count() == 4
        step = found.get_by_role("button", name="Next")
        assert step.bounding_box()["height"] >= 40
        step.click()
        assert readout(found).startswith("Curve 2")
        restart()
        assert readout(found) == default
        assert found.locator(".lf-choices button:disabled").count() == 0


def test_links_in_the_text_set_the_controls(visit, html):
    tried = 0
    for address in sorted(set(FIGURES.values())):
        page = visit(address, math=False)
        for link in page.locator("a[data-try]").all():
            target = page.locator(link.get_attribute("href"))
            target.scroll_into_view_if_needed()
            target.locator(".lf-readout:not(:empty)").wait_for()
            target.get_by_role("button", name="Reset").click()
            before = readout(target) + target.locator("svg").first.inner_html()
            link.click()
            assert readout(target) + target.locator("svg").first.inner_html() != before
            tried += 1
    assert tried >= 2


@pytest.mark.parametrize("name", PLAYED)
def test_nothing_moves_where_stillness_is_asked_for(figure, name):
    page, found = figure(name, reduced_motion="reduce")
    before = readout(found)
    page.wait_for_timeout(600)
    assert readout(found) == before
    assert found.get_by_role("button", name="Play").is_visible()


@pytest.mark.parametrize("name", PLAYED)
def test_plays_once_unasked_for_less_than_five_seconds(figure, name):
    page, found = figure(name, reduced_motion="no-preference")
    page.clock.install()  # the page's own clock, which a busy machine does not stretch
    page.reload()
    found.locator(".lf-plots").evaluate("e => e.scrollIntoView({ block: 'center' })")
    found.get_by_role("button", name="Pause").wait_for()
    assert found.locator(".lf-readout").get_attribute("aria-live") == "off"
    page.clock.run_for(5000)
    assert found.get_by_role("button", name="Play").is_visible()
    after = readout(found)
    page.clock.run_for(1000)
    assert readout(found) == after
    assert found.locator(".lf-readout").get_attribute("aria-live") == "polite"


def test_space_plays_and_pauses_and_the_scrubber_moves(figure):
    page, found = figure("intro-saddle")
    scrub = found.locator("input[type=range]")
    scrub.focus()
    page.keyboard.press("Home")
    assert readout(found).startswith("Step 0:")
    page.keyboard.press("Space")
    found.get_by_role("button", name="Pause").wait_for()
    page.wait_for_timeout(300)
    page.keyboard.press("Space")
    found.get_by_role("button", name="Play").wait_for()
    assert not readout(found).startswith("Step 0:")
    page.keyboard.press("End")
    assert readout(found).startswith("Step 200:")


@pytest.mark.parametrize("name", FIGURES)
def test_touch_targets_are_forty_pixels_on_a_phone(figure, name):
    _, found = figure(name, width=360, has_touch=True)
    for control in found.locator(".lf-touch, input, button, select").all():
        box = control.bounding_box()
        assert min(box["width"], box["height"]) >= 40, control.evaluate("e => e.outerHTML")


@pytest.mark.parametrize("name", FIGURES)
def test_picture_and_numbers_stand_in_without_a_script_and_in_print(visit, figure, name):
    page = visit(FIGURES[name], java_script_enabled=False)
    still = page.locator(f"#fig-{name}")
    page_live, live = figure(name)
    assert not live.locator("table").is_visible()
    page_live.emulate_media(media="print")
    for shown in (still, live):
        assert shown.locator(".lf-static svg[role=img]").is_visible()
        assert shown.locator(".lf-static svg").get_attribute("aria-label").strip() not in ("", name)
        assert shown.locator("table").is_visible()
    assert not live.locator("[data-figure]").is_visible()


def test_canvas_follows_the_theme_while_the_page_is_open(figure):
    page, found = figure("descent-rate", color_scheme="light")
    corner = "c => c.getContext('2d').getImageData(c.width >> 1, 9, 1, 1).data[0]"
    light = found.locator("canvas").first.evaluate(corner)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    readout(found)
    assert found.locator("canvas").first.evaluate(corner) < light - 60


@pytest.mark.parametrize("name", FIGURES)
def test_data_is_small_and_pictures_are_there(html, name):
    data = html / "_static" / "figures" / f"{name}.json"
    assert data.stat().st_size <= 150_000
    assert json.loads(data.read_text())["table"][1]
