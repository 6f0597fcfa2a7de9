"""The built site on loopback, a browser to visit it, and Node to run its scripts."""

import functools
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import filelock
import pytest

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"
FIGURES = ROOT / "book" / "_static" / "figures"
SOURCES = ["_config.yml", "_toc.yml", "book", "optedu", "tests/banks", "tests/attacks"]


def newest_source():
    """Return when anything that the site is made of last changed."""
    files = [path for name in SOURCES for path in [ROOT / name, *(ROOT / name).rglob("*")]]
    return max(
        path.stat().st_mtime
        for path in files
        if path.is_file()
        and path.suffix not in {".pyc", ".ipynb"}
        and ROOT / "optedu" / "grading" not in path.parents
    )


@pytest.fixture(scope="session")
def html():
    """Return the folder of the built site, built again if a source is newer."""
    stamp = HTML / "searchindex.js"
    HTML.parent.mkdir(exist_ok=True)
    with filelock.FileLock(HTML.parent / "site.lock"):  # other workers wait for the first
        if not stamp.exists() or stamp.stat().st_mtime < newest_source():
            jb = Path(sys.executable).with_name("jb")
            command = [jb, "build", ".", "--all", "-W", "-n", "--keep-going"]
            build = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
            assert build.returncode == 0, build.stderr[-3000:]
    return HTML


@pytest.fixture(scope="session")
def pages(html):
    """Return the addresses of all pages of the book, and of the search page."""
    chapters = sorted(str(path.relative_to(html)) for path in html.glob("book/**/*.html"))
    return [*chapters, "search.html"]


@pytest.fixture(scope="session")
def origin(html):
    """Serve the site and return its origin."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    handler = functools.partial(Quiet, directory=str(html))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def browser():
    """Start the installed Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        candidates = [
            os.environ.get("PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH"),
            *map(shutil.which, ("chromium", "chromium-browser", "google-chrome")),
            playwright.chromium.executable_path,
        ]
        found = next((path for path in candidates if path and Path(path).exists()), None)
        if found is None:
            reason = "no Chromium: `apt-get install chromium`, or `playwright install chromium`"
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
        # Containers run as root, where Chromium's own sandbox refuses to start.
        arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def windows(browser):
    """Return a function that opens a browser's window; one of each kind serves all tests."""
    opened = {}

    def window(**options):
        key = repr(sorted(options.items()))
        if key not in opened:
            opened[key] = browser.new_context(**options)
        return opened[key]

    return window


@pytest.fixture
def visit(windows, origin):
    """Return a function that opens a page: ``visit("book/intro.html", width=360)``.

    Without `math` the page is not typeset, and with `text` it is another page than the site's.
    """
    pages = []

    def open_page(address, width=1280, math=True, text=None, **options):
        options = {"reduced_motion": "reduce", **options}
        page = windows(viewport={"width": width, "height": 900}, **options).new_page()
        pages.append(page)
        if not math:
            page.route("**/mathjax/**", lambda route: route.abort())
        if text is not None:
            html = {"content_type": "text/html", "body": text}
            page.route(f"{origin}/{address}", lambda route: route.fulfill(**html))
        page.set_default_timeout(10_000)
        page.goto(f"{origin}/{address}", wait_until="load")
        return page

    yield open_page
    for page in pages:
        page.evaluate("localStorage.clear()")  # where the theme remembers its colors
        page.close()


@pytest.fixture
def figure(visit, html, request):
    """Return a function that opens a figure alone on its page, and waits until it is live.

    The module of the test says in FIGURES which page each figure is on. Most of the time that a
    chapter takes goes into its text.
    """

    def open_figure(name, **options):
        address = request.module.FIGURES[name]
        text = _only(f"fig-{name}", (html / address).read_text(encoding="utf-8"))
        page = visit(address, math=False, text=text, **options)
        found = page.locator(f"#fig-{name}")
        found.scroll_into_view_if_needed()
        found.locator(".lf-readout:not(:empty)").wait_for()
        # It is not as tall as its static picture and table were, and the theme scrolls smoothly.
        found.evaluate(
            "f => (f.querySelector('.lf-handle') ?? f)"
            ".scrollIntoView({ block: 'center', behavior: 'instant' })"
        )
        return page, found

    return open_figure


def _only(name, text):
    """Return a chapter with nothing in it but one figure and the links that set it."""
    head, opening, rest = text.partition('<article class="bd-article">')
    article, closing, foot = rest.rpartition("</article>")
    figure = re.search(rf'<figure [^>]*id="{name}">.*?</figure>', article, re.DOTALL)[0]
    links = re.findall(rf'<a [^>]*href="#{name}[^>]*>.*?</a>', article, re.DOTALL)
    return "\n".join([head, opening, figure, *links, closing, foot])


@pytest.fixture(scope="session")
def node():
    """Return a function that runs an ES module under Node and returns what it prints as JSON.

    The module sees `input`, the value passed, and imports figures as ``from "FIGURES/name.js"``.
    """
    from playwright._impl._driver import compute_driver_executable

    executable = compute_driver_executable()[0]

    def run(script, value=None):
        script = f"const input = {json.dumps(value)};\n{script}"
        script = script.replace("FIGURES", FIGURES.as_uri())
        done = subprocess.run(
            [executable, "--input-type=module", "--eval", script],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run
