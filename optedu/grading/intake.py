"""Take submissions in without ever losing one, and say of each whether it can be run."""

import json
import os
import re
import stat
import warnings
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from optedu.grading.course import GradingError
from optedu.grading.release import keep

LARGEST = 20e6  # bytes; a notebook with many figures has less than a tenth of it
MOST_CELLS = 1000
MOST_PARTS = 200_000  # values in all; nbformat takes some seconds for as many
MOST_FILES = 1000  # and folders; nbgrader looks through them again and again
DEEPEST_FOLDER = 20
DEEPEST = 100  # values within values; nbgrader gives up at some 240, and people write 10
_HOLDERS = dict, list  # of JSON


def take_in(course, assignment, student, files):
    """Put a student's files where nbgrader looks for them.

    Parameters
    ----------
    course : Course
        The course.
    assignment, student : str
        The names of the assignment and the student.
    files : dict of str to bytes
        What was handed in, by file name; may be empty.

    Returns
    -------
    str
        "new", "unchanged", or "changed", where the earlier submission was moved to
        `.grading/earlier/`.

    Raises
    ------
    GradingError
        If the student's name could not be a folder's.
    """
    if not re.fullmatch(r"\w[\w.@-]*", student):
        raise GradingError(f"{student!r} cannot be a student id; use letters, digits and . _ - @")
    folder = course.work / "submitted" / student / assignment
    outcome = "new"
    if folder.exists():
        present = {
            path.name: path.read_bytes()
            for path in folder.iterdir()
            if path.is_file() and path.name != "timestamp.txt"
        }
        if present == files:
            return "unchanged"
        keep(course, folder)
        outcome = "changed"
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    (folder / "timestamp.txt").write_text(now + "\n", encoding="utf-8")
    return outcome


def collect(course, assignment, folder):
    """Take in a folder of files named ``<student_id>.ipynb``.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment's name; it must have one notebook.
    folder : Path
        Where the files lie.

    Returns
    -------
    dict of str to str
        What `take_in` said, by student.

    Raises
    ------
    GradingError
        If there are no such files, or the assignment is not released.
    """
    stem = only_notebook(course, assignment).stem
    paths = sorted(folder.glob("*.ipynb"))
    if not paths:
        raise GradingError(f"{folder} holds no <student_id>.ipynb")
    return {
        path.stem: take_in(course, assignment, path.stem, {f"{stem}.ipynb": path.read_bytes()})
        for path in paths
    }


def only_notebook(course, assignment):
    """Return the one released notebook of an assignment.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment's name.

    Returns
    -------
    Path
        The notebook.

    Raises
    ------
    GradingError
        If the assignment is not released, or has several notebooks.
    """
    notebooks = course.notebooks(assignment)
    if len(notebooks) != 1:
        raise GradingError(
            f"{assignment} has {len(notebooks)} released notebooks and one is needed; "
            "run `python -m optedu exercises`, and check the name"
        )
    return next(iter(notebooks.values()))


def why_unfit(folder, release):
    """Say why a submission cannot be run.

    Parameters
    ----------
    folder : Path
        The submission.
    release : Path
        The released notebook.

    Returns
    -------
    str
        The reason, in words for the instructor and the student; empty if it can be run.
    """
    try:
        return _why_not_taken(folder, release) or _why_no_answer(folder / release.name, release)
    except PermissionError as error:
        return f"{shown(Path(error.filename).name)} cannot be read: its permissions forbid it"


def look_through(folder):
    """Look at everything in a submission, without following a link.

    Parameters
    ----------
    folder : Path
        The submission.

    Returns
    -------
    dict of str to os.stat_result, or None
        What each path is; None if there are too many, or folders nest too deeply.

    Raises
    ------
    PermissionError
        If a folder cannot be looked into.
    """
    waiting, states = [(folder, 0)], {str(folder): folder.lstat()}
    while waiting:
        here, depth = waiting.pop()
        with os.scandir(here) as entries:
            for entry in entries:
                states[entry.path] = entry.stat(follow_symlinks=False)
                if len(states) > MOST_FILES or depth >= DEEPEST_FOLDER:
                    return None
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((entry.path, depth + 1))
    return states


def _why_not_taken(folder, release):
    path = folder / release.name
    states = look_through(folder)
    if states is None:
        return (
            f"the submission holds more than {MOST_FILES} files, or folders that nest more than "
            f"{DEEPEST_FOLDER} deep"
        )
    states = states.values()
    if any(stat.S_ISLNK(state.st_mode) for state in states):
        return "the submission holds a symbolic link in place of a file"
    if not all(stat.S_ISREG(state.st_mode) or stat.S_ISDIR(state.st_mode) for state in states):
        return "the submission holds something that is neither a file nor a folder"
    if not path.is_file():
        others = sorted(entry.name for entry in folder.iterdir() if entry.name != "timestamp.txt")
        found = f"found {', '.join(map(shown, others))}" if others else "the folder is empty"
        return f"{path.name} is missing; {found}"
    if path.stat().st_size > LARGEST:
        return f"{path.name} is larger than {LARGEST / 1e6:.0f} MB; clear its outputs"
    if sum(state.st_size for state in states) > LARGEST:  # nbgrader copies all of them
        return f"the files are larger than {LARGEST / 1e6:.0f} MB together"
    return ""


def shown(name):
    """Return a name that a student has chosen as a terminal and a page can show it.

    Parameters
    ----------
    name : object
        A file's or a kernel's name, or whatever stands in its place.

    Returns
    -------
    str
        At most 80 characters, without those that act on a terminal.

    Examples
    --------
    >>> shown("a\\x1b[2Jb")
    'a?[2Jb'
    """
    return "".join(char if char.isprintable() else "?" for char in str(name)[:80])


def _why_no_answer(path, release):
    import nbformat

    not_a_notebook = f"{path.name} is not a Jupyter notebook"
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text)
    except (ValueError, RecursionError):
        return f"{not_a_notebook}: it does not hold JSON text"
    if not _is_small(content):
        return (
            f"{path.name} holds more than {MOST_PARTS} values, or nests them more than {DEEPEST} "
            "deep; clear its outputs"
        )
    try:
        with warnings.catch_warnings(action="ignore"):
            # Cells without ids, or with copied ones, are common and harmless.
            nb = _parsed(content)
            nbformat.validate(with_ids(nb))
    except Exception:  # nbformat raises whatever a malformed notebook trips over
        return f"{not_a_notebook}: its structure is damaged"
    if not nb.cells:
        return f"{path.name} has no cells"
    if len(nb.cells) > MOST_CELLS:
        return f"{path.name} has {len(nb.cells)} cells, and at most {MOST_CELLS} are run"
    spec = nb.metadata.get("kernelspec", {})
    language = spec.get("language") or nb.metadata.get("language_info", {}).get("name", "python")
    if language != "python":
        return (
            f"{path.name} is written for the kernel '{shown(spec.get('name', language))}' "
            f"({shown(language)}); "
            "the assignment needs Python"
        )
    given = [
        cell.metadata["nbgrader"].get("grade_id")
        for cell in nb.cells
        if isinstance(cell.metadata.get("nbgrader"), dict)
    ]
    if not any(name in given for name in _answers(release, release.stat().st_mtime_ns)):
        return f"{path.name} has none of the assignment's answer cells"
    _last[:] = [(text, nb)]
    return ""


_last = []  # what was found fit last, for who grades it next


def read(text):
    """Read a notebook that was found fit; what was looked at last is not parsed again.

    Parameters
    ----------
    text : str
        What its file holds now.

    Returns
    -------
    NotebookNode
        The notebook, which nobody else holds.
    """
    seen, nb = _last.pop() if _last else (None, None)
    return nb if seen == text else _parsed(json.loads(text))


def _parsed(content):
    import nbformat

    major, minor = nbformat.reader.get_version(content)
    nb = nbformat.versions[major].to_notebook_json(content, minor=minor)
    return nbformat.convert(nb, 4)


def with_ids(nb):
    """Return a notebook whose cells have an id each.

    Parameters
    ----------
    nb : NotebookNode
        A notebook.

    Returns
    -------
    NotebookNode
        The same if that is so already; else a copy.
    """
    from nbformat.validator import normalize

    ids = [cell.get("id") for cell in nb.cells]
    return nb if None not in ids and len(set(ids)) == len(ids) else normalize(nb)[1]


@cache
def _answers(release, _changed):
    """Return the names of the cells that are answered in."""
    import nbformat

    return {
        cell.metadata.nbgrader.grade_id
        for cell in nbformat.read(release, as_version=4).cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }


def _is_small(content):
    """Return whether what JSON text held has not too many values and nests not too deeply."""
    level, count = [content], 1
    for _ in range(DEEPEST):
        holders = [part for part in level if isinstance(part, _HOLDERS)]
        count += sum(map(len, holders))
        if not holders or count > MOST_PARTS:
            break
        level = [
            value
            for part in holders
            for value in (part.values() if isinstance(part, dict) else part)
        ]
    return not holders and count <= MOST_PARTS
