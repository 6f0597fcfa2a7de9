"""What is read from an instructor's notebook before a class is graded."""

import json

import nbformat
import pytest

from optedu.grading import contract, release
from optedu.grading.course import Course
from tests.toy_course import ROOT

SETUP = "import numpy as np\nfrom optedu import checks\nscale = 2.0\nprint(scale)"
HIDDEN = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"


def read(tmp_path, *tests):
    """Return the contract of a notebook with one solution and some tests, named by number."""
    about = {"schema_version": 3, "grade": False, "solution": False, "locked": True}
    solution = {**about, "grade_id": "solution", "solution": True, "locked": False}
    cells = [
        (SETUP, {**about, "grade_id": "setup"}),
        ("def f(x):\n    y = x\n    return y", solution),
    ]
    cells += [
        (source, {**about, "grade": True, "grade_id": str(number)})
        for number, source in enumerate(tests)
    ]
    nb = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(source, metadata={"nbgrader": about})
            for source, about in cells
        ]
    )
    path = tmp_path / "a.ipynb"
    nbformat.write(nb, path)
    return contract.read(str(path), path.stat().st_mtime_ns)


def test_a_student_defines_what_solutions_bind_and_tests_have_what_is_set_up(tmp_path):
    agreed = read(tmp_path, "assert f(1) == 1")
    assert agreed.names == ["f"]
    assert agreed.cells == [SETUP.rpartition("\n")[0]]
    assert {"numpy", "optedu.checks"} <= agreed.modules


@pytest.mark.parametrize(
    ("hidden", "later", "waits"),
    [
        ("assert f(7) == 7", "assert f(1) == 1", True),
        ("x = 7\nassert f(x) == x", "assert f(1) == 1", True),
        ("x = 7\nassert f(x) == x", "x = 1\nassert f(x) == x", True),
        ("x = 7\nassert f(x) == x", "for x in [1, 2]:\n    assert f(x) == x", True),
        ("x = 7\nassert f(x) == x", "assert f(x) == x", False),
        ("x = 7\nassert f(x) == x", "x += 1\nassert f(x) == x", False),
        ("x = 7\nassert f(x) == x", "x = x + 1\nassert f(x) == x", False),
        ("x = 7\nassert f(x) == x", "x: int = x\nassert f(x) == x", False),
        ("x = 7\nassert f(x) == x", "del x", False),
        ("def g(x):\n    return x\nassert f(g(1)) == 1", "assert g(1) == f(1)", False),
        ("class G:\n    pass\nassert f(G)", "G()", False),
        ("import math\nassert f(math.pi)", "assert f(math.e)", False),
        ("import os.path\nassert f(os)", "assert f(os)", False),
        ("from math import pi as p\nassert f(p)", "assert f(p)", False),
        ("from math import pi as p\nassert f(p)", "from math import e as p\nassert f(p)", True),
    ],
)
def test_a_hidden_test_waits_unless_a_later_one_builds_upon_it(tmp_path, hidden, later, waits):
    agreed = read(tmp_path, "assert f(0) == 0", HIDDEN.format(hidden), later)
    assert agreed.late == ({"1"} if waits else set())


def test_all_hidden_tests_of_the_course_wait(tmp_path):
    (tmp_path / "nbgrader_config.py").write_bytes((ROOT / "nbgrader_config.py").read_bytes())
    course = Course(tmp_path)
    release.generate(course, ROOT / "solutions")
    for path in course.work.glob("source/*/*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        hidden = {
            cell["metadata"]["nbgrader"]["grade_id"]
            for cell in cells
            if "BEGIN HIDDEN TESTS" in "".join(cell["source"])
        }
        assert hidden
        assert contract.read(str(path), 0).late == hidden
