"""Place live figures in pages: the directive ``live-figure`` and the role ``try``.

A figure called ``descent-rate`` is two files. ``book/figures/descent_rate.py`` has `data` (what
optedu computed, as JSON), `draw` (the static picture) and `table` (a few of its numbers).
``book/_static/figures/descent-rate.js`` brings it to life. A page says what it shows::

    ```{live-figure} descent-rate
    :alt: One sentence that says what the picture shows.
    The caption: the finding.
    ```

    Set the learning rate {try}`just past 2/L <descent-rate: alpha=0.52>`.
"""

import html
import importlib
import json
import re
from urllib.parse import urlencode

from claims import table
from docutils import nodes
from docutils.parsers.rst import directives
from optedu_site import ROOT, keyed_folder
from sphinx.util.docutils import SphinxDirective, SphinxRole

from optedu import plotting

SOURCES = ROOT / "book" / "figures"
MODULES = ROOT / "book" / "_static" / "figures"


class LiveFigure(SphinxDirective):
    """Place a figure: its name, its text alternative in ``alt``, its caption as content."""

    required_arguments = 1
    has_content = True
    option_spec = {"alt": directives.unchanged}  # noqa: RUF012  (docutils' own form)

    def run(self):
        """Return the figure: the stage for the script, the static picture, caption and table."""
        name = self.arguments[0]
        folder = self.config.live_figures_folder
        alt = self.options.get("alt", "")
        problem = missing_part(name, folder, alt, self.content)
        if problem:
            raise self.error(f"live-figure {name!r}: {problem}")

        data_file = folder / f"{name}.json"
        self.env.note_dependency(str(data_file))
        static = (folder / f"{name}.svg").read_text(encoding="utf8")
        static = static.replace(f'aria-label="{name}"', f'aria-label="{_escape(alt)}"', 1)
        figure = nodes.figure(classes=["live-figure"], names=[f"fig-{name}"])
        self.state.document.note_explicit_target(figure)
        stage = f'<div data-figure="{name}"></div><div class="lf-static">{static}</div>'
        figure += nodes.raw("", stage, format="html")
        caption = nodes.caption()
        inline, messages = self.state.inline_text(" ".join(self.content), self.lineno)
        caption += inline
        head, rows = json.loads(data_file.read_text(encoding="utf8"))["table"]
        figure += [caption, nodes.legend("", table(head, rows))]
        return [figure, *messages]


class Try(SphinxRole):
    """Link to a figure of the same page and set its controls."""

    def run(self):
        """Return the link, or the reason why it would lead nowhere."""
        match = re.fullmatch(r"(?s)(.+?)\s*<([\w-]+):((?:\s*\w+=[^;=]+;?)+)>", self.text)
        problem = "write {try}`text <figure: control=value; control=value>`"
        if match:
            text, name, settings = match.groups()
            values = dict(re.findall(r"(\w+)=([^;=]+)", settings))
            problem = unknown_control(name, values, self.config.live_figures_folder)
        if problem:
            message = self.inliner.reporter.error(f"try: {problem}", line=self.lineno)
            return [], [message]
        link = (
            f'<a class="lf-try" href="#fig-{name}" data-try="{_escape(urlencode(values))}">'
            f"{_escape(text)}</a>"
        )
        return [nodes.raw("", link, format="html")], []


def missing_part(name, folder, alt, caption) -> str:
    """Say which part of a figure is missing and where to put it, or return nothing."""
    source = SOURCES / f"{name.replace('-', '_')}.py"
    if not (folder / f"{name}.json").is_file() or not (folder / f"{name}.svg").is_file():
        return f"no data and no static picture; write {source.relative_to(ROOT)}"
    module = MODULES / f"{name}.js"
    if not module.is_file():
        return f"no script; write {module.relative_to(ROOT)}"
    if not alt.strip():
        return "no text alternative; say what the picture shows in the option :alt:"
    if not any(line.strip() for line in caption):
        return "no caption; write the finding as the directive's content"
    return ""


def unknown_control(name, values, folder) -> str:
    """Say why a "try this" link cannot set these values, or return nothing."""
    file = folder / f"{name}.json"
    if not file.is_file():
        return f"there is no figure {name!r}"
    controls = json.loads(file.read_text(encoding="utf8"))["controls"]
    for control, text in values.items():
        if control not in controls:
            return f"figure {name!r} has no control {control!r}; it has {', '.join(controls)}"
        low, high = controls[control]["min"], controls[control]["max"]
        try:
            numbers = [float(part) for part in text.split(",")]
        except ValueError:
            return f"{control}={text} is not a number"
        if not all(low <= number <= high for number in numbers):
            return f"{control}={text} is outside {low} to {high}"
    return ""


def write_figure(name, folder):
    """Compute a figure's data and draw its static picture into `folder`."""
    module = importlib.import_module(f"book.figures.{name.replace('-', '_')}")
    data = module.data()
    with plotting.style():
        picture = plotting.show(module.draw(data), alt=name)
    (folder / f"{name}.svg").write_text(picture.svg, encoding="utf8")
    payload = json.dumps({**data, "table": module.table(data)}, separators=(",", ":"))
    (folder / f"{name}.json").write_text(payload, encoding="utf8")


def prepare(app, config):
    """Write every figure's data and picture, unless these sources' are there, and serve them."""
    root = keyed_folder(".figures")
    config.live_figures_folder = root / "figures"
    config.live_figures_folder.mkdir(parents=True, exist_ok=True)
    for source in sorted(SOURCES.glob("[!_]*.py")):
        name = source.stem.replace("_", "-")
        if not (config.live_figures_folder / f"{name}.json").is_file():
            write_figure(name, config.live_figures_folder)
    config.html_static_path.append(str(root))


def load_script(app, pagename, templatename, context, doctree):
    """Load the script and the style sheet on pages that have a figure, and on no other."""
    if doctree is not None and any(
        "live-figure" in f["classes"] for f in doctree.findall(nodes.figure)
    ):
        app.add_css_file("figures/kit/kit.css")
        app.add_js_file("figures/kit/mount.js", type="module", priority=100)


def _escape(text):
    return html.escape(nodes.unescape(text))


def setup(app):
    """Register the directive, the role and the hooks."""
    app.add_config_value("live_figures_folder", None, "")
    app.add_directive("live-figure", LiveFigure)
    app.add_role("try", Try())
    # Before Sphinx checks that every static path exists.
    app.connect("config-inited", prepare, priority=400)
    app.connect("html-page-context", load_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
