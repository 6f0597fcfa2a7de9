"""Every page: nothing foreign, nothing broken, nothing out of reach."""

import pytest
from axe_playwright_python.sync_playwright import Axe

# Both are the theme's: its buttons' labels, and its logo outside any landmark.
THEME_RULES = {"label-content-name-mismatch", "region"}
VIOLATIONS = {"resultTypes": ["violations"]}  # what passes would only cost time
CONTRAST = {**VIOLATIONS, "runOnly": ["color-contrast"]}


def test_no_request_leaves_the_site_and_none_fails(browser, origin, pages):
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    foreign, failed, errors = [], [], []
    page.on(
        "request",
        lambda r: r.url.startswith((origin, "data:", "blob:")) or foreign.append(r.url),
    )
    page.on("response", lambda r: r.ok or r.status == 304 or failed.append(r.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    for address in pages:
        page.goto(f"{origin}/{address}", wait_until="load")
        for figure in page.locator(".live-figure").all():
            figure.scroll_into_view_if_needed()
            figure.locator(".lf-readout:not(:empty)").wait_for()
        page.wait_for_load_state("networkidle")
    context.close()
    assert (foreign, failed, errors) == ([], [], [])


# Of all that axe looks at, the dark theme changes contrast alone.
@pytest.mark.parametrize(("theme", "options"), [("light", VIOLATIONS), ("dark", CONTRAST)])
def test_axe_finds_nothing_beyond_the_themes_own(visit, pages, theme, options):
    # Typeset formulas are MathJax's own markup, and ten times the page.
    page = visit(pages[0], color_scheme=theme, math=False)
    found = {}
    for address in pages:
        page.goto(page.url.split("/book/")[0] + "/" + address)
        for figure in page.locator(".live-figure").all():
            figure.scroll_into_view_if_needed()
            figure.locator(".lf-readout:not(:empty)").wait_for()
        assert page.evaluate("document.documentElement.dataset.theme") == theme
        for violation in Axe().run(page, options=options).response["violations"]:
            if violation["id"] not in THEME_RULES:
                places = [node["html"][:120] for node in violation["nodes"]]
                found.setdefault(address, []).append((violation["id"], places))
    assert found == {}


def test_no_page_is_wider_than_a_phone(visit, pages):
    page = visit(pages[0], width=360)
    wide = {}
    for address in pages:
        page.goto(page.url.split("/book/")[0] + "/" + address, wait_until="networkidle")
        excess = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if excess > 0:
            wide[address] = excess
    assert wide == {}


def test_search_finds_a_word_of_chapter_two(visit):
    page = visit("search.html?q=Armijo")
    results = page.locator("#search-results li a")
    results.first.wait_for()
    assert any("2-descent" in link.get_attribute("href") for link in results.all())
