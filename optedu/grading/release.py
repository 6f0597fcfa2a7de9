"""From `solutions/` to `exercises/`, byte for byte the same on every machine.

`solutions/<assignment>/<stem>.md` is text with nbgrader's metadata in the cell headers. jupytext
reads it, nbgrader takes the answers and the hidden tests out and records the cells in the
gradebook, and what could differ between two runs (cell ids, key order, tool versions) is fixed.
"""

import hashlib
import json
import re
import shutil
import tempfile
from collections import Counter
from datetime import UTC, datetime

from optedu.grading.course import GradingError, first_error

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def generate(course, solutions):
    """Run nbgrader on the solutions, and return the notebooks that students get.

    Parameters
    ----------
    course : Course
        The course whose work folder and gradebook are written to.
    solutions : Path
        The folder with one folder of ``.md`` files an assignment.

    Returns
    -------
    dict of str to str
        The text of each notebook, by its path below `exercises/`.

    Raises
    ------
    GradingError
        If a source cannot be released; the message names it and says why.
    """
    folders = sorted({path.parent for path in solutions.glob("*/*.md")})
    if not folders:
        raise GradingError(f"{solutions} holds no <assignment>/<name>.md to release")
    released = {}
    api = course.api()
    for folder in folders:
        source = course.work / "source" / folder.name
        shutil.rmtree(source, ignore_errors=True)
        source.mkdir(parents=True)
        for path in sorted(folder.glob("*.md")):
            (source / f"{path.stem}.ipynb").write_text(
                canonical(read_solution(path)), encoding="utf-8", newline="\n"
            )
        if not course.config.GenerateAssignment.get("no_database"):
            _make_room(api, folder.name, source)
        result = api.generate_assignment(folder.name)
        if not result["success"]:
            raise GradingError(f"solutions/{folder.name} cannot be released: {_cause(result)}")
        for path in course.notebooks(folder.name).values():
            text = canonical(json.loads(path.read_text(encoding="utf-8")))
            path.write_text(text, encoding="utf-8", newline="\n")
            released[f"{folder.name}/{path.name}"] = text
    return released


def write(course, replace=False):
    """Generate `exercises/`, leaving notebooks that someone has worked in as they are.

    Parameters
    ----------
    course : Course
        The course.
    replace : bool
        Replace those too, after moving them to `.grading/earlier/`.

    Returns
    -------
    list of str
        What was done, one line a notebook.
    """
    report = []
    released = generate(course, course.root / "solutions")
    for name, text in released.items():
        path = course.root / "exercises" / name
        old = path.read_text(encoding="utf-8") if path.exists() else None
        if old == text:
            report.append(f"exercises/{name} is up to date")
            continue
        if old is not None and not is_untouched(old):
            if not replace:
                report.append(
                    f"exercises/{name} holds someone's work and was left as it is; "
                    f"the release is .grading/release/{name} (--replace puts it in place)"
                )
                continue
            kept = keep(course, path)
            report.append(f"exercises/{name} held someone's work, now {kept}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        report.append(f"exercises/{name} written")
    for path in _notebooks(course.root / "exercises"):
        name = path.relative_to(course.root / "exercises").as_posix()
        if name not in released:
            report.append(f"exercises/{name} has no source in solutions/; delete it")
    return report


def check(course):
    """Compare `exercises/` with what `solutions/` generates, touching neither.

    Parameters
    ----------
    course : Course
        The course.

    Returns
    -------
    list of str
        One complaint a file that differs; empty if all is well.
    """
    with tempfile.TemporaryDirectory() as folder:
        released = generate(course.elsewhere(folder), course.root / "solutions")
    exercises = course.root / "exercises"
    complaints = []
    for name, text in released.items():
        path = exercises / name
        if not path.exists():
            complaints.append(f"exercises/{name} is missing")
        elif path.read_bytes() != text.encode():
            complaints.append(f"exercises/{name} is not what solutions/ generates")
    for path in exercises.rglob("*"):
        name = path.relative_to(exercises).as_posix()
        if path.is_file() and name not in released and ".ipynb_checkpoints" not in path.parts:
            complaints.append(f"exercises/{name} has no source in solutions/")
    return complaints


def read_solution(path):
    """Read a MyST text notebook and complete what its cell headers leave out.

    Parameters
    ----------
    path : Path
        The ``.md`` file.

    Returns
    -------
    dict
        The notebook, with nbgrader's metadata in full.
    """
    import jupytext

    nb = jupytext.read(path, fmt="md:myst")
    for cell in nb.cells:
        given = cell.metadata.get("nbgrader")
        if given is None:
            continue
        defaults = {"schema_version": 3, "grade": False, "solution": False, "task": False}
        full = {**defaults, **given}
        # What is not the student's to write is locked: test cells, and cells they rely on.
        full.setdefault("locked", not (full["solution"] or full["task"]))
        cell.metadata["nbgrader"] = full
    return nb


def canonical(nb):
    """Return the one text of a notebook: fixed ids, metadata and key order, no outputs.

    Parameters
    ----------
    nb : dict
        A notebook of format 4.

    Returns
    -------
    str
        JSON that ends with a newline.
    """
    seen = Counter()
    cells = []
    for cell in nb["cells"]:
        metadata = {
            key: value
            for key, value in cell["metadata"].items()
            if key in {"nbgrader", "deletable", "editable", "tags"}
        }
        source = _joined(cell["source"])
        grade_id = metadata.get("nbgrader", {}).get("grade_id")
        name = grade_id or hashlib.sha256(source.encode()).hexdigest()[:12]
        seen[name] += 1
        # Two cells may read the same; ids may hold letters, digits, - and _, 64 at most.
        cell_id = re.sub(r"[^\w-]", "-", name, flags=re.ASCII)[:60]
        clean = {
            "cell_type": cell["cell_type"],
            "id": cell_id if seen[name] == 1 else f"{cell_id}-{seen[name]}",
            "metadata": metadata,
            "source": source.splitlines(keepends=True),
        }
        if cell["cell_type"] == "code":
            clean |= {"execution_count": None, "outputs": []}
        cells.append(clean)
    notebook = {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def is_untouched(text):
    """Tell whether a notebook is a release in which nobody has worked.

    A release proves itself: it is its own canonical form, and each of nbgrader's cells carries
    the checksum of its source.

    Parameters
    ----------
    text : str
        The notebook file's text.

    Returns
    -------
    bool
        False also for what is not a notebook.
    """
    import nbformat
    from nbgrader.utils import compute_checksum

    try:
        nb = json.loads(text)
        if canonical(nb) != text:
            return False
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
    cells = [
        nbformat.from_dict({**cell, "source": _joined(cell["source"])}) for cell in nb["cells"]
    ]
    return all(
        compute_checksum(cell) == cell.metadata.nbgrader.get("checksum")
        for cell in cells
        if "nbgrader" in cell.metadata
    )


def keep(course, path):
    """Move a file or folder to `.grading/earlier/`, under the time of the move.

    Parameters
    ----------
    course : Course
        The course.
    path : Path
        What to move.

    Returns
    -------
    Path
        Where it lies now, relative to the course's folder.
    """
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    inside = path.relative_to(course.work if course.work in path.parents else course.root)
    target = course.work / "earlier" / now / inside
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(path, target)
    return target.relative_to(course.root)


def _make_room(api, assignment, source):
    """Record new cells for those who have submitted, which nbgrader refuses to do."""
    from nbgrader.api import Comment, Grade, MissingEntry

    with api.gradebook as gradebook:
        for path in source.glob("*.ipynb"):
            try:
                notebook = gradebook.find_notebook(path.stem, assignment)
            except MissingEntry:
                continue
            if not notebook.submissions:
                continue
            place = (path.stem, assignment)
            present = {cell.name for cell in notebook.source_cells}
            for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
                about = cell["metadata"].get("nbgrader", {})
                name, kind = about.get("grade_id"), cell["cell_type"]
                if not name or name in present:
                    continue
                gradebook.add_source_cell(name, *place, cell_type=kind)
                rows = []
                if about["grade"]:
                    points = about["points"]
                    new = gradebook.add_grade_cell(name, *place, max_score=points, cell_type=kind)
                    rows += [Grade(cell_id=new.id, notebook=sub) for sub in notebook.submissions]
                if about["solution"]:
                    new = gradebook.add_solution_cell(name, *place)
                    rows += [Comment(cell_id=new.id, notebook=sub) for sub in notebook.submissions]
                gradebook.db.add_all(rows)
                gradebook.db.commit()


def _notebooks(folder):
    return [path for path in folder.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts]


def _joined(source):
    return source if isinstance(source, str) else "".join(source)


def _cause(result):
    """Say why nbgrader refused a source."""
    log = result.get("log", "")
    if "Cannot add or remove cells" in log or "Cannot modify existing assignment" in log:
        return (
            "cells were removed or renamed, and the gradebook already holds grades for them. Undo "
            "that, or start a new gradebook: move .grading/gradebook.db away (manual scores stay "
            "in it) and grade again"
        )
    return first_error(result)
