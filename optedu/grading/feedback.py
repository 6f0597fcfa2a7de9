"""What a student gets back: one page, in one file, that asks nothing of any server.

nbgrader's own page shows the hidden tests and the checks' tracebacks, loads scripts from afar and
repeats whatever HTML the student wrote. This one begins each failed check with its message, keeps
only those frames of a traceback that are the student's own lines, and escapes everything.
"""

import functools
import html
import re
from pathlib import Path

import bleach
import jinja2
from nbconvert.exporters import Exporter
from nbconvert.filters import strip_ansi
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbgrader.preprocessors import ClearHiddenTests
from nbgrader.utils import is_grade, is_locked, is_solution
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from optedu.grading import pictures
from optedu.grading.repair import PROSE_TAGS
from optedu.grading.report import question_of

LONGEST_CODE = 50_000  # characters of one cell
LONGEST_PROSE = 10_000  # of a text cell that is set; some take a parser of Markdown far too long
LONGEST_PAGE = 300_000  # of all cells together
MOST_BLANK = 500  # characters of white space on end, through all of which Pygments looks each line
# Failures whose message was written for the student; others are named by their type as well.
WRITTEN_FOR_STUDENTS = {"AssertionError", "CellTimeoutError", "CheckFailed", "NotRun"}


class TidyFeedback(ClearHiddenTests):
    """Take out of a graded notebook what is not the student's to see."""

    def preprocess_cell(self, cell, resources, cell_index):
        """Drop hidden tests and every frame of a traceback outside the student's own cells."""
        if is_grade(cell) and is_locked(cell):
            cell, resources = super().preprocess_cell(cell, resources, cell_index)
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                frames = [strip_ansi(frame) for frame in output.traceback]
                test = f"Cell In[{cell.execution_count}]" if is_locked(cell) else None
                output.traceback = [
                    frame.strip()
                    for frame in frames
                    if frame.strip().startswith("Cell In[")
                    and not (test and frame.strip().startswith(test))
                ]
                output.evalue = strip_ansi(output.evalue)
        return cell, resources


class FeedbackPage(Exporter):
    """Write a graded notebook as a page."""

    file_extension = ".html"

    def from_notebook_node(self, nb, resources=None, **kwargs):
        """Render the page.

        Parameters
        ----------
        nb : NotebookNode
            The autograded notebook.
        resources : dict
            nbgrader's, with the score that `GetGrades` put there.
        **kwargs
            What nbconvert passes on.

        Returns
        -------
        page : str
            HTML.
        resources : dict
            The resources.
        """
        nb, resources = super().from_notebook_node(nb, resources, **kwargs)
        report = nb.metadata.get("optedu", {})
        room = LONGEST_PAGE
        for cell in nb.cells:
            if len(cell.source) > room:
                cell.source = f"{cell.source[:room]}\n# (the rest is not shown)"
            room = max(room - len(cell.source), 0)
        blocks = [block for cell in nb.cells if _has_content(block := _block(cell))]
        questions = {}
        for block in blocks:
            if block["kind"] == "check":
                questions.setdefault(block["question"], []).append(block)
        page = _template().render(
            names=resources["nbgrader"],
            notes=report.get("notes", []),
            blocks=[] if report.get("unfit") else blocks,
            questions=questions,
        )
        return page, resources


# Most text and code of a page came with the assignment, and is the same for the whole class.
@functools.lru_cache(maxsize=1000)
def prose(source):
    """Turn a text cell into HTML that holds no script, no image and no style of its own.

    Parameters
    ----------
    source : str
        Markdown with TeX between dollar signs.

    Returns
    -------
    str
        HTML with MathML.
    """
    if len(source) > LONGEST_PROSE:
        return f"<pre>{html.escape(source)}</pre>"
    source = re.sub(r"(?<!!)!++(?=\[)", "", source)  # an image's text alone
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    page = MarkdownWithMath(renderer).render(source)
    page = bleach.clean(page, tags=PROSE_TAGS, attributes={}, strip=True)
    code_or_text = re.split(r"(<pre>.*?</pre>|<code>.*?</code>)", page, flags=re.DOTALL)
    code_or_text[::2] = [
        re.sub(r"(\$\$?)(?!\s*\$)(.+?)\1", _mathml, text, flags=re.DOTALL)
        for text in code_or_text[::2]
    ]
    return "".join(code_or_text)


def _mathml(match):
    from docutils.utils.math.latex2mathml import tex2mathml

    # Three habits of TeX that docutils does not share.
    tex = html.unescape(match[2]).strip().replace(r"\dots", r"\ldots")
    tex = re.sub(r"\\frac(\d)(\d)", r"\\frac{\1}{\2}", tex)
    tex = re.sub(r"\\[bB]igg?[lr]?(?![A-Za-z])", "", tex)
    try:
        return tex2mathml(tex, as_block=match[1] == "$$")
    except Exception:  # docutils knows much of TeX, not all; the formula's text is readable too
        return f"<code>{match[0]}</code>"


def _block(cell):
    if cell.cell_type != "code":
        block = {"kind": "prose", "html": prose(cell.source)}
    else:
        errors = [out for out in cell.outputs if out.output_type == "error"]
        block = {
            "kind": "code",
            "source": _highlighted(cell.source),
            "outputs": list(filter(None, map(_shown, cell.outputs))),
            "message": _message(errors[0]) if errors else "",
            "frames": [frame for error in errors for frame in error.traceback],
        }
    nbgrader = cell.metadata.get("nbgrader", {})
    block["answer"] = is_solution(cell)
    block["comment"] = nbgrader.get("comment") or ""
    if is_grade(cell):
        block |= {
            "kind": "check" if is_locked(cell) else block["kind"],
            "id": nbgrader.grade_id,
            "question": question_of(nbgrader.grade_id),
            "hidden": (hidden := nbgrader.grade_id.endswith("_hidden")),
            "picture": "" if hidden else _picture(cell),
            "score": nbgrader.score,
            "points": nbgrader.points,
        }
    return block


@functools.lru_cache(maxsize=1000)
def _highlighted(source):
    more = "\n# (the rest is not shown)" if len(source) > LONGEST_CODE else ""
    if re.search(rf"\s{{{MOST_BLANK}}}", source[:LONGEST_CODE]):
        return html.escape(source[:LONGEST_CODE] + more)
    return highlight(source[:LONGEST_CODE] + more, PythonLexer(), HtmlFormatter(nowrap=True))


def _picture(cell):
    """Return what a failed check shows, as SVG; hidden checks show nothing."""
    picture = cell.metadata.get("optedu", {}).get("picture")
    return pictures.svg(picture, question_of(cell.metadata.nbgrader.grade_id))


def _has_content(block):
    """Leave out code that came with the assignment and ran in silence."""
    return block["kind"] != "code" or any(block[key] for key in ("answer", "outputs", "message"))


def _message(error):
    text = error.evalue.strip()
    if error.ename in WRITTEN_FOR_STUDENTS:
        return text or "The check failed."
    # The kernel names cells by numbers of its own.
    return re.sub(r"\(\d+\.py, (line \d+)\)", r"(\1)", f"{error.ename}: {text}")


def _shown(output):
    """Return an output as an image's address or as text; HTML is never taken over."""
    if output.output_type == "stream":
        return {"text": strip_ansi(output.text)}
    for kind in ("image/png", "image/jpeg"):
        if kind in output.get("data", {}):
            return {"image": f"data:{kind};base64,{output.data[kind].strip()}"}
    text = output.get("data", {}).get("text/plain")
    return {"text": strip_ansi(text)} if text else None


@functools.cache
def _template():
    """Return the template, parsed once for all pages."""
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["number"] = lambda value: f"{float(value or 0):g}"
    return environment.from_string(
        Path(__file__).with_name("feedback.html").read_text(encoding="utf-8")
    )
