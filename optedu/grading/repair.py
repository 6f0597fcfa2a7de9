"""Put a submission's notebook back into the shape of the release.

Students delete, copy, split and unlock cells, and nbgrader then loses the score or gives up. The
release knows which cells there must be: from the submission come the answers and the student's
own cells, everything else comes from the release.
"""

import re
from collections import defaultdict
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path

import bleach
import nbformat
from nbgrader.preprocessors import NbGraderPreprocessor

from optedu.grading.intake import shown

# fmt: off
PROSE_TAGS = {
    "a", "b", "blockquote", "br", "code", "del", "details", "em", "h1", "h2", "h3", "h4", "hr",
    "i", "li", "ol", "p", "pre", "strong", "sub", "summary", "sup", "table", "tbody", "td", "th",
    "thead", "tr", "ul",
}
# fmt: on
LONGEST_TEXT = 50_000  # characters of one cell
IMAGES = ("image/png", "image/jpeg")
MOST_ATTACHED = 100  # to one cell


class RepairCells(NbGraderPreprocessor):
    """Restore nbgrader's cells from the release, and note what had been changed."""

    def preprocess(self, nb, resources):
        """Repair a notebook.

        Parameters
        ----------
        nb : NotebookNode
            The submission.
        resources : dict
            nbgrader's, with the names of the assignment and the notebook.

        Returns
        -------
        nb, resources
            The notebook, with what was changed under ``metadata.optedu.notes``.
        """
        names = resources["nbgrader"]
        course = self.parent.parent.coursedir  # the exporter's converter owns it
        folder = course.format_path(course.release_directory, ".", names["assignment"])
        path = Path(folder) / f"{names['notebook']}.ipynb"
        release = _read(path, path.stat().st_mtime_ns)
        nb.cells, notes = repair(nb.cells, release.cells)
        name = nb.metadata.get("kernelspec", {}).get("name", "")
        expected = release.metadata.kernelspec.name
        if name and name != expected:
            notes.append(f"written for the kernel '{shown(name)}', run with '{expected}'")
        nb.metadata = nbformat.from_dict({**release.metadata, "optedu": {"notes": notes}})
        return nb, resources


def repair(cells, released):
    """Return the released cells with a submission's answers, and notes on what was repaired.

    Parameters
    ----------
    cells : list of NotebookNode
        The submission's cells.
    released : list of NotebookNode
        The release's cells.

    Returns
    -------
    cells : list of NotebookNode
        Every cell that nbgrader knows, once, in the release's order; the student's own cells
        stay behind the cell that they followed.
    notes : list of str
        One sentence a repair.
    """
    known = {name: cell for cell in released if (name := _grade_id(cell))}
    submitted, own, here = defaultdict(list), defaultdict(list), None
    for cell in cells:
        grade_id = _grade_id(cell)
        if grade_id in known:
            here = grade_id
            submitted[grade_id].append(cell)
        else:
            cell["metadata"] = {}
            own[here].append(_harmless(cell))
    repaired, notes = own[None], []
    for grade_id, original in known.items():
        copies = [cell["source"] for cell in submitted[grade_id]]
        cell = nbformat.from_dict(original)
        if not copies:
            notes.append(f"cell {grade_id} was missing and was put back")
        elif original["metadata"]["nbgrader"]["solution"]:
            # A copied answer keeps its name: run all, in order, as the student's kernel did.
            cell["source"] = "\n\n".join(copies)
            cell = _harmless(cell)
            if len(copies) > 1:
                notes.append(f"cell {grade_id} was there {len(copies)} times; all were run")
        elif any(source.strip() != original["source"].strip() for source in copies):
            notes.append(f"locked cell {grade_id} was edited; the original was run")
        repaired += [cell, *own[grade_id]]
    return repaired, notes


def _harmless(cell):
    """Take out of a student's cell what would act in the browser of whoever grades it by hand."""
    cell["source"] = _writable(cell["source"])
    if cell["cell_type"] != "code":
        attached = {
            _writable(name): {kind: bundle[kind] for kind in IMAGES if kind in bundle}
            for name, bundle in islice(cell.pop("attachments", {}).items(), MOST_ATTACHED)
        }
        known = "|".join(map(re.escape, attached)) or "(?!)"
        # What is left of an image from elsewhere is a link. A tag may have hidden it until now.
        image = rf"(?<!!)!++(?=\[)(?!\[[^\[\]]*\]\(attachment:(?:{known})\))"
        cell["source"] = re.sub(image, "", _clean(cell["source"][:LONGEST_TEXT]))
        if attached:
            cell["attachments"] = attached
    return cell


def _writable(text):
    """Replace what no file can hold: half a pair of surrogates."""
    return text.encode("utf-8", "replace").decode()


@lru_cache(maxsize=200)
def _clean(text):
    """Keep the tags of prose. The exercises' own text comes by with every submission."""
    text = bleach.clean(text, tags=PROSE_TAGS, strip=True)
    return text.replace("&gt;", ">").replace("&amp;", "&")  # quotations and TeX


@cache
def _read(path, _changed):
    return nbformat.read(path, as_version=4)


def _grade_id(cell):
    nbgrader = cell["metadata"].get("nbgrader")
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return grade_id if isinstance(grade_id, str) else None
