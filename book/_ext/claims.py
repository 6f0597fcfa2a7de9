"""Quote measured numbers in the text.

``{claim}`descent.rosenbrock_steps:steps|,.0f` `` becomes the measured number. The directive
``measured`` sets a claim as a box: what was predicted, what came out, and the code that did it.
``claims-table`` lists them all. The build measures each claim once, and again only when the
library or the claims change; it fails when a claim has moved or is not known.
"""

import json
import os
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from optedu_site import sources_key
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

ROOT = Path(__file__).resolve().parents[2]
logger = logging.getLogger(__name__)
claims, measured = {}, {}


def measure(app):
    """Measure the claims, or read what the same sources gave before."""
    from book.claims import all_claims, measure_all

    claims.update(all_claims())
    # What is measured depends on the code, and on data that only some have.
    sources = f"{sources_key(folders=['optedu', 'book'])} {os.environ.get('OPTEDU_CIFAR10', '')}"
    store = ROOT / "_build" / "claims.json"
    stored = json.loads(store.read_text()) if store.exists() else {}
    if stored.get("sources") != sources:
        logger.info("measuring %d claims", len(claims))
        stored = {"sources": sources, "measured": measure_all(claims)}
        failures = [f for name in claims for f in claims[name].failures(stored["measured"][name])]
        if failures:
            raise ExtensionError("claims of the book have moved:\n" + "\n".join(failures))
        store.parent.mkdir(exist_ok=True)
        store.write_text(json.dumps(stored, indent=1))
    measured.update(stored["measured"])


def spell(value, spec):
    """Return a number as TeX: 1.35e+04 reads 1.35 x 10^4, and thousands are set apart."""
    if value == 0:
        return "0"
    text = format(value, spec)
    if text in ("inf", "-inf", "nan"):
        return rf"\text{{{text}}}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        return rf"{mantissa} \times 10^{{{int(exponent)}}}"
    return text.replace(",", r"\,").replace("%", r"\,\%")


class ClaimRole(SphinxRole):
    """Set one measured number."""

    def run(self):
        """Look up ``name:key@format`` and return an inline formula."""
        self.env.note_dependency(str(ROOT / "_build" / "claims.json"))
        reference, _, spec = self.text.partition("@")
        name, _, key = reference.partition(":")
        values = measured.get(name, {})
        if key not in values:
            message = f"no claim {name!r} with key {key!r}; it has {sorted(values)}"
            return [], [self.inliner.reporter.error(message, line=self.lineno)]
        return [nodes.math(text=spell(values[key], spec or ".3g"))], []


class Measured(SphinxDirective):
    """Set a claim as a box: prediction, measurement, code."""

    required_arguments = 1
    option_spec = {"format": directives.unchanged}  # noqa: RUF012 - docutils reads a plain dict

    def run(self):
        """Return the box."""
        self.env.note_dependency(str(ROOT / "_build" / "claims.json"))
        name = self.arguments[0]
        if name not in claims:
            raise self.error(f"no claim {name!r}; see book/claims/")
        claim, values = claims[name], measured[name]
        spec = self.options.get("format", ".4g")
        rows = [
            (key, f"${spell(want, spec)}$", f"${spell(values[key], spec)}$")
            for key, want in claim.expected.items()
        ]
        code = nodes.literal_block(claim.source, claim.source, language="python")
        statement = nodes.paragraph("", "", nodes.strong(text="Measured. "))
        statement += nodes.Text(claim.statement)
        why = nodes.paragraph(text=f"Why, and how close: {claim.reason}.")
        return [
            nodes.container(
                "",
                statement,
                table(["", "predicted", "measured"], rows),
                nodes.raw("", "<details><summary>How it was measured</summary>", format="html"),
                why,
                code,
                nodes.raw("", "</details>", format="html"),
                classes=["measured"],
            )
        ]


class ClaimsTable(SphinxDirective):
    """List every claim of the book."""

    def run(self):
        """Return the table."""
        self.env.note_dependency(str(ROOT / "_build" / "claims.json"))
        rows = [
            (claim.statement, _values(claim.expected), _values(measured[name]), claim.reason)
            for name, claim in claims.items()
        ]
        return [table(["claim", "predicted", "measured", "why, and how close"], rows)]


def table(head, rows):
    """Return a docutils table; text between dollar signs is a formula."""
    group = nodes.tgroup(cols=len(head))
    group += [nodes.colspec(colwidth=1) for _ in head]
    group += nodes.thead("", _row(head))
    group += nodes.tbody("", *map(_row, rows))
    return nodes.table("", group)


def _values(values):
    return "; ".join(f"{key}: ${spell(value, '.4g')}$" for key, value in values.items())


def _row(cells):
    row = nodes.row()
    for cell in cells:
        parts = cell.split("$")
        paragraph = nodes.paragraph()
        for index, part in enumerate(parts):
            if part:
                paragraph += nodes.math(text=part) if index % 2 else nodes.Text(part)
        row += nodes.entry("", paragraph)
    return row


def setup(app):
    """Register the role, the two directives and the measuring."""
    app.connect("builder-inited", measure)
    app.add_role("claim", ClaimRole())
    app.add_directive("measured", Measured)
    app.add_directive("claims-table", ClaimsTable)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
