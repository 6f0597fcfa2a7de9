"""What an attack is, and the small assignment that it is tried on."""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.toy_course import POINTS as TOY_POINTS
from tests.toy_course import RIGHT as TOY_RIGHT
from tests.toy_course import TOY

# Numbers that nobody writes by chance: where one is seen, a hidden test was seen.
HIDDEN_INPUT, HIDDEN_RESULT = 8191, 67092481

# The toy assignment, a question whose tests hand the student a function to call, and one that is
# checked by an exercise of the course.
ASSIGNMENT = (
    TOY.replace("square(-7) == 49", f"square({-HIDDEN_INPUT}) == {HIDDEN_RESULT}")
    + f"""
```{{code-cell}} ipython3
---
nbgrader: {{grade_id: walk, solution: true}}
---
def walk(gradient, x, steps):
    ### BEGIN SOLUTION
    for _ in range(steps):
        x = x - 0.5 * gradient(x)
    return x
    ### END SOLUTION
```

```{{code-cell}} ipython3
---
nbgrader: {{grade_id: test_walk, grade: true, points: 2}}
---
points = []
def gradient(x):
    points.append(x)
    return x
assert walk(gradient, 8.0, 3) == 1.0, "three halves of eight"
assert points == [8.0, 4.0, 2.0], "one gradient a step"
```

```{{code-cell}} ipython3
---
nbgrader: {{grade_id: test_walk_hidden, grade: true, points: 3}}
---
# More checks run when your work is graded.
### BEGIN HIDDEN TESTS
import numpy as np
start, points = np.array([{HIDDEN_INPUT}.0, 1.0]), []
def gradient(x):
    points.append(x)
    return x - {HIDDEN_RESULT}.0
expected = 0.25 * start + 0.75 * {HIDDEN_RESULT}
assert np.array_equal(walk(gradient, start, 2), expected), "two steps from a vector"
assert len(points) == 2, "one gradient a step"
### END HIDDEN TESTS
```

```{{code-cell}} ipython3
---
nbgrader: {{grade_id: best, solution: true}}
---
def best_learning_rate(smoothness, strong_convexity):
    ### BEGIN SOLUTION
    return 2 / (smoothness + strong_convexity)
    ### END SOLUTION
```

```{{code-cell}} ipython3
---
nbgrader: {{grade_id: test_best, grade: true, points: 2}}
---
from optedu import checks
checks.descent.best_learning_rate(best_learning_rate)
```

```{{code-cell}} ipython3
---
nbgrader: {{grade_id: test_best_hidden, grade: true, points: 3}}
---
# More checks run when your work is graded.
### BEGIN HIDDEN TESTS
from optedu import checks
checks.descent.best_learning_rate(best_learning_rate, hidden=True)
### END HIDDEN TESTS
```
"""
)
POINTS = {**TOY_POINTS, "walk": 5.0, "best": 5.0}
WALK = """\
def walk(gradient, x, steps):
    for _ in range(steps):
        x = x - 0.5 * gradient(x)
    return x"""
BEST = """\
def best_learning_rate(smoothness, strong_convexity):
    return 2 / (smoothness + strong_convexity)"""
RIGHT = {**TOY_RIGHT, "walk": WALK, "best": BEST}


@dataclass(frozen=True)
class Attack:
    """A submission that wants more than it deserves.

    Parameters
    ----------
    name : str
        Its name, and the student's.
    tries : str
        What it tries, a phrase for the book.
    code : str, optional
        What stands in the answer cell of the question attacked; the other answers are right.
        COURSE, LIBRARY, HOMEFOLDER, PORT and GRADER are replaced by what an attacker could know.
    must : str
        A regular expression for how it must end: an error that the student sees, or a flag.
    question : str
        The question attacked.
    earns : float
        What the honest part of that answer deserves.
    keeps : tuple of str, optional
        The other questions whose points it must keep; None where chance decides.
    change : callable, optional
        Changes the notebook, as the JSON that it is, in place.
    files : callable, optional
        Maps the notebook's bytes to what is handed in, by file name.
    plain : bool
        Safe to run without walls, and so measured with nbgrader's own executor as well.
    """

    name: str
    tries: str
    code: str = ""
    must: str = "AssertionError"
    question: str = "square"
    earns: float = 0.0
    keeps: tuple = field(default=("half", "walk", "square", "best"))
    change: Callable = None
    files: Callable = None
    plain: bool = False

    def answers(self):
        """Return the answers by question."""
        return {**RIGHT, self.question: self.code} if self.code else dict(RIGHT)

    def scores(self):
        """Return the points of each question that it must end with, as far as that is certain."""
        if self.keeps is None:
            return {self.question: self.earns}
        kept = {name: POINTS[name] if name in self.keeps else 0.0 for name in POINTS}
        return {**kept, self.question: self.earns}

    def notebook(self, release, known):
        """Return the notebook that is handed in.

        Parameters
        ----------
        release : str
            The released notebook.
        known : dict of str to str
            What to put for the words in capitals.
        """
        nb = json.loads(release)
        answers = self.answers()
        for cell in nb["cells"]:
            if cell["id"] in answers:
                cell["source"] = _filled(answers[cell["id"]], known)
        if self.change:
            nb = self.change(nb) or nb
        return nb


def cell_of(nb, name):
    """Return the cell of this name."""
    return next(cell for cell in nb["cells"] if cell["id"] == name)


def own_cell(source, kind="code", **metadata):
    """Return a cell of the student's own."""
    cell = {"cell_type": kind, "id": f"own-{abs(hash(source)) % 10**8}", "source": source}
    cell["metadata"] = metadata
    return {**cell, "outputs": [], "execution_count": None} if kind == "code" else cell


def copied(cell, **changed):
    """Return a copy of a cell with other contents."""
    return {**copy.deepcopy(cell), **changed}


def _filled(code, known):
    for word, value in known.items():
        code = code.replace(word, value)
    return code
