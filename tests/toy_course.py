"""A course with one small assignment, in which grading is quick to try."""

import json
import tempfile
from functools import cache
from pathlib import Path

from optedu.grading.course import Course

ROOT = Path(__file__).resolve().parents[1]

TOY = """\
# Toy

Write $f(x) = x^2$.

```{code-cell} ipython3
---
nbgrader: {grade_id: setup}
---
limit = 1
```

```{code-cell} ipython3
---
nbgrader: {grade_id: square, solution: true}
---
def square(x):
    ### BEGIN SOLUTION
    return x * x * limit
    ### END SOLUTION
```

```{code-cell} ipython3
---
nbgrader: {grade_id: test_square, grade: true, points: 2}
---
assert square(3) == 9, "three times three"
```

```{code-cell} ipython3
---
nbgrader: {grade_id: test_square_hidden, grade: true, points: 3}
---
# More checks run when your work is graded.
### BEGIN HIDDEN TESTS
assert square(-7) == 49, "a square is never negative"
### END HIDDEN TESTS
```

```{code-cell} ipython3
---
nbgrader: {grade_id: half, solution: true}
---
def half(x):
    ### BEGIN SOLUTION
    return x / 2
    ### END SOLUTION
```

```{code-cell} ipython3
---
nbgrader: {grade_id: test_half, grade: true, points: 4}
---
assert half(5) == 2.5, "half of an odd number"
```
"""
POINTS = {"square": 5.0, "half": 4.0}
RIGHT = {"square": "square = lambda x: x**2", "half": "half = lambda x: x / 2"}


def make_course(root, cell_seconds=20, more=""):
    """Write the toy course into a folder, with more lines of configuration."""
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    limit = "cell_seconds = 20\n"
    assert limit in config
    root.mkdir(parents=True, exist_ok=True)
    (root / "nbgrader_config.py").write_text(
        config.replace(limit, f"cell_seconds = {cell_seconds}\n") + more, encoding="utf-8"
    )
    write_solution(root, TOY)
    course = Course(root)
    course.work.mkdir()
    (course.work / "gradebook.db").write_bytes(_empty_gradebook())
    return course


@cache
def _empty_gradebook():
    """Return what nbgrader takes some seconds to set up."""
    from nbgrader.api import Gradebook

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gradebook.db"
        Gradebook(f"sqlite:///{path.as_posix()}").close()
        return path.read_bytes()


def write_solution(root, text):
    """Write the toy assignment's source."""
    folder = root / "solutions" / "1-toy"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "toy.md").write_text(text, encoding="utf-8")


def answered(release, **answers):
    """Return a released notebook with answers in the cells of these names."""
    nb = json.loads(release)
    for cell in nb["cells"]:
        if cell["id"] in answers:
            cell["source"] = answers[cell["id"]].splitlines(keepends=True)
    return nb
