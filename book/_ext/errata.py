"""Set the errata, on their page and wherever a chapter wants them.

``errata`` sets the entries of a chapter in full; the page of errata uses it, once a chapter.
``errata-list`` lists them as links, with the true statements if ``:corrected:`` is given. The role
``{errata}`R41` `` links to one, with its own text as ``{errata}`the scaling rule <R41>` ``.
"""

import re
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective, SphinxRole

ROOT = Path(__file__).resolve().parents[2]


def load():
    """Return the table's entries by id, its chapters and its severities."""
    from book.errata import BY_ID, CHAPTERS, SEVERITIES

    return BY_ID, CHAPTERS, SEVERITIES


def link(env, erratum, text):
    """Return a reference around some text, which Sphinx resolves when all pages are read."""
    return addnodes.pending_xref(
        "",
        text,
        refdomain="std",
        reftype="ref",
        reftarget=f"errata-{erratum.id.lower()}",
        refexplicit=True,
        refdoc=env.docname,
        refwarn=True,
    )


class ErrataRole(SphinxRole):
    """Link to one entry."""

    def run(self):
        """Read ``R41`` or ``text <R41>``."""
        by_id, _, _ = load()
        match = re.fullmatch(r"(?:(.+?)\s*<(\w+)>|(\w+))", self.text)
        name = match and (match[2] or match[3])
        if name not in by_id:
            message = f"no erratum {self.text!r}; write R41, or some text <R41>; see book/errata.py"
            return [], [self.inliner.reporter.error(message, line=self.lineno)]
        return [link(self.env, by_id[name], nodes.inline(text=match[1] or name))], []


class OfChapter(SphinxDirective):
    """A directive about the entries of one chapter."""

    required_arguments = 1

    def entries(self):
        """Return the entries of the chapter that is named."""
        self.env.note_dependency(str(ROOT / "book" / "errata.py"))
        by_id, chapters, _ = load()
        chapter = self.arguments[0]
        if chapter not in chapters:
            raise self.error(f"no chapter {chapter!r} in book/errata.py; it has {list(chapters)}")
        return [erratum for erratum in by_id.values() if erratum.chapter == chapter]


class ErrataList(OfChapter):
    """List the entries of a chapter as links."""

    option_spec = {"corrected": directives.flag}  # noqa: RUF012 - docutils reads a plain dict

    def run(self):
        """Return the list."""
        items = nodes.bullet_list(classes=["errata-list"])
        for erratum in self.entries():
            line = nodes.paragraph(
                "", "", link(self.env, erratum, nodes.emphasis(text=erratum.claim))
            )
            item = nodes.list_item("", line)
            if "corrected" in self.options:
                item += self.parse_text_to_nodes(erratum.correct)
            items += item
        return [items]


class Errata(OfChapter):
    """Set the entries of a chapter in full."""

    def run(self):
        """Return one block an entry."""
        return [self.block(erratum) for erratum in self.entries()]

    def block(self, erratum):
        """Return an entry: its number, what is said, what is true, why, and the measurement."""
        by_id, _, severities = load()
        anchor = erratum.id.lower()
        block = nodes.container(ids=[anchor], names=[f"errata-{anchor}"], classes=["erratum"])
        self.state.document.note_explicit_target(block)
        label = nodes.paragraph(classes=["erratum-label"])
        label += nodes.reference("", erratum.id, refuri=f"#{anchor}", internal=True)
        label += nodes.Text(f" · {severities[erratum.severity]}")
        block += label
        block += nodes.rubric("", erratum.claim, level=3)  # MyST makes it a heading
        text = f"**True.** {erratum.correct}\n\n**Why.** {erratum.why}\n\n"
        first = next((e for e in by_id.values() if e.demonstration == erratum.demonstration), None)
        if not erratum.demonstration:
            text += f"**Nothing to run.** {erratum.nothing_to_run}"
        elif first is not erratum:
            text += f"**Measured** with {{errata}}`{first.id}`."
        else:
            text += f"```{{measured}} {erratum.demonstration}\n:format: .{erratum.digits}g\n```"
        block += self.parse_text_to_nodes(text)
        return block


def setup(app):
    """Register the role and the two directives."""
    app.add_role("errata", ErrataRole())
    app.add_directive("errata", Errata)
    app.add_directive("errata-list", ErrataList)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
