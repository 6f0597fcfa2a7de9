"""A made-up class, kept as short text files, to try the grading on.

`tests/sample_class/<assignment>/<student_id>.py` holds the answers, each below a line
``# %% <grade_id>``, in place of the stubs of the released notebook. A first line
``# as: <kind>`` makes the submission one that cannot be graded.
"""

import json
import re

from optedu.grading.course import GradingError
from optedu.grading.intake import only_notebook, take_in


def take_in_sample(course, assignment):
    """Compose the sample class's notebooks and take them in.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment's name.

    Returns
    -------
    dict of str to str
        What `take_in` said, by student.

    Raises
    ------
    GradingError
        If there is no sample class, or an answer names no cell of the release.
    """
    release = only_notebook(course, assignment)
    paths = sorted((course.root / "tests" / "sample_class" / assignment).glob("*.py"))
    if not paths:
        raise GradingError(f"tests/sample_class/{assignment} holds no <student_id>.py")
    text = release.read_text(encoding="utf-8")
    return {
        path.stem: take_in(course, assignment, path.stem, submission(path, text, release.name))
        for path in paths
    }


def submission(path, release, name):
    """Compose the files that a student of the sample class hands in.

    Parameters
    ----------
    path : Path
        The student's text file.
    release : str
        The text of the released notebook.
    name : str
        The notebook's file name.

    Returns
    -------
    dict of str to bytes
        The files, by name.

    Raises
    ------
    GradingError
        If an answer names no cell of the release, or the kind is unknown.
    """
    text = path.read_text(encoding="utf-8")
    kind = re.match(r"# as: (.+)\n", text)
    kind = kind[1] if kind else "notebook"
    nb = json.loads(release)
    if kind == "text":
        return {name: text.encode()}
    if kind == "another file":
        return {name.replace(".ipynb", " (1).ipynb"): release.encode()}
    if kind == "no cells":
        nb["cells"] = []
    elif kind == "another kernel":
        nb["metadata"] = {
            "kernelspec": {"display_name": "Julia 1.10", "language": "julia", "name": "julia-1.10"}
        }
    elif kind != "notebook":
        raise GradingError(f"{path.name}: unknown kind of submission {kind!r}")
    cells = {cell["id"]: cell for cell in nb["cells"]}
    parts = re.split(r"^# %% (\S+)\n", text, flags=re.MULTILINE)[1:]
    for grade_id, answer in zip(parts[::2], parts[1::2], strict=True):
        if grade_id not in cells:
            raise GradingError(f"{path.name}: the release has no cell {grade_id!r}")
        cells[grade_id]["source"] = answer.strip("\n").splitlines(keepends=True)
    return {name: (json.dumps(nb, indent=1, ensure_ascii=False) + "\n").encode()}
