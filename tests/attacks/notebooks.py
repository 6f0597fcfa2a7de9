"""A notebook that says other than what was released: points, tests, outputs, structure."""

import json
import math

from tests.attacks.attack import Attack, cell_of, copied, own_cell

WRONG = "square = lambda x: 0"


def changed(name, **contents):
    """Return a change of one cell's contents."""
    return lambda nb: cell_of(nb, name).update(contents)


def nbgrader(name, **metadata):
    """Return a change of one cell's metadata."""
    return lambda nb: cell_of(nb, name)["metadata"]["nbgrader"].update(metadata)


def _prebaked(nb):
    for cell in nb["cells"]:
        if cell["id"].startswith("test_"):
            result = {"output_type": "execute_result", "execution_count": 1, "metadata": {}}
            cell["outputs"] = [{**result, "data": {"text/plain": "5"}}]
            cell["execution_count"] = 1


def _without_tests(nb):
    nb["cells"] = [cell for cell in nb["cells"] if not cell["id"].startswith("test_square")]


def _doubled(nb):
    easy = copied(cell_of(nb, "test_square"), id="easy", source="pass")
    nb["cells"] += [easy, copied(easy, id="easier")]


def _split(nb):
    test = cell_of(nb, "test_square")
    nb["cells"].insert(nb["cells"].index(test), copied(test, id="first", source="pass"))
    test["source"] = "pass"


def _unlocked(nb):
    test = cell_of(nb, "test_square")
    test["metadata"]["nbgrader"]["locked"] = False
    test["source"] = "pass"


def _retyped(nb):
    test = cell_of(nb, "test_square")
    del test["outputs"], test["execution_count"]
    test["cell_type"] = "markdown"


def _graded_answer(nb):
    cell = cell_of(nb, "square")
    cell["metadata"]["nbgrader"].update(grade=True, points=100, solution=True)


def _bonus(nb):
    metadata = {"grade_id": "test_bonus", "grade": True, "solution": False, "locked": True}
    metadata |= {"points": 100, "schema_version": 3, "cell_type": "code"}
    nb["cells"].append(own_cell("pass", nbgrader=metadata))


def _same_ids(nb):
    for cell in nb["cells"]:
        cell["id"] = "square"


def _swapped(nb):
    test, answer = cell_of(nb, "test_square"), cell_of(nb, "square")
    test["metadata"], answer["metadata"] = answer["metadata"], test["metadata"]


def _reordered(nb):
    nb["cells"].reverse()


def _forged_notes(nb):
    nb["metadata"]["optedu"] = {"notes": [], "unfit": True}
    nb["cells"] = [cell for cell in nb["cells"] if cell["id"] != "test_square"]


def _nested(nb):
    inner = {}
    for _ in range(122):  # a little less than what nbformat refuses, and too deep for nbgrader
        inner = {"x": [inner]}
    nb["metadata"]["x"] = inner


def _doubled_keys(content):
    nb = json.loads(content)
    test = cell_of(nb, "test_square")
    text = json.dumps(nb)
    easy = json.dumps(test["source"])
    return text.replace(f'"source": {easy}', f'"source": {easy}, "source": "pass"').encode()


def _no_numbers(nb):
    nb["metadata"]["x"] = [math.nan, math.inf, 10**4000]
    cell_of(nb, "square")["metadata"] |= {"x": math.nan}


ATTACKS = [
    Attack("prebaked", "hands in outputs of passed tests", WRONG, change=_prebaked, plain=True),
    Attack(
        "tests-deleted",
        "deletes the tests",
        WRONG,
        change=_without_tests,
        must="cell test_square was missing and was put back",
    ),
    Attack(
        "tests-emptied",
        "empties a test",
        WRONG,
        change=changed("test_square", source="pass"),
        must="locked cell test_square was edited",
        plain=True,
    ),
    Attack("tests-doubled", "adds easier copies of a test", WRONG, change=_doubled, must="edited"),
    Attack(
        "tests-split",
        "splits a test in two, of which the first is easy",
        WRONG,
        change=_split,
        must="edited",
    ),
    Attack(
        "tests-unlocked",
        "unlocks a test and empties it",
        WRONG,
        change=_unlocked,
        must="edited",
        plain=True,
    ),
    Attack(
        "tests-retyped",
        "turns a test into text",
        WRONG,
        change=_retyped,
    ),
    Attack(
        "points-raised",
        "raises the points of a test that it passes",
        "square = lambda x: 9",
        change=nbgrader("test_square", points=100),
        earns=2.0,
        plain=True,
    ),
    Attack(
        "points-of-answer",
        "has its own answer graded, for many points",
        WRONG,
        change=_graded_answer,
        plain=True,
    ),
    Attack("points-bonus", "adds a graded cell of its own", WRONG, change=_bonus, plain=True),
    Attack(
        "old-schema",
        "says that the metadata are of another version",
        WRONG,
        change=nbgrader("test_square", schema_version=99, points=100),
    ),
    Attack(
        "no-metadata",
        "puts text where metadata should be",
        WRONG,
        change=lambda nb: cell_of(nb, "test_square")["metadata"].update(nbgrader="none"),
        must="missing and was put back",
    ),
    Attack("same-ids", "gives all cells one id", WRONG, change=_same_ids),
    Attack(
        "swapped",
        "swaps the names of the answer and the test",
        WRONG,
        change=_swapped,
        must="edited|AssertionError|NameError",
    ),
    Attack("reordered", "hands in the cells in reverse", WRONG, change=_reordered),
    Attack(
        "forged-notes",
        "writes the grader's own notes into the notebook",
        WRONG,
        change=_forged_notes,
        must="cell test_square was missing",
    ),
    Attack(
        "null-bytes",
        "writes bytes into its answer that no program may hold",
        "square = 1\0",
        must="ValueError|SyntaxError|NameError",
    ),
    Attack(
        "half-a-character-in-source",
        "writes half a character into its answer",
        "square = '\ud800'",
        must="TypeError: 'str' object is not callable",
    ),
    Attack(
        "deep-source",
        "nests brackets until the parser gives up",
        "square = " + "(" * 10_000 + ")" * 10_000,
        must="SyntaxError|MemoryError|RecursionError",
    ),
    Attack(
        "deep-json",
        "nests the file until its reader gives up",
        keeps=(),
        files=lambda content: {"toy.ipynb": b"[" * 200_000 + b"]" * 200_000},
        must="not a Jupyter notebook",
    ),
    Attack(
        "cut-off",
        "hands in half a file",
        keeps=(),
        files=lambda content: {"toy.ipynb": content[: len(content) // 2]},
        must="not a Jupyter notebook",
    ),
    Attack(
        "other-name",
        "hands in a file of another name",
        keeps=(),
        files=lambda content: {"mine.ipynb": content},
        must="toy.ipynb is missing",
    ),
    Attack(
        "huge-file",
        "hands in a file of many megabytes",
        keeps=(),
        files=lambda content: {"toy.ipynb": content + b" " * 21_000_000},
        must="larger than 20 MB",
    ),
    Attack(
        "more-files",
        "hands in modules that the tests would import",
        WRONG,
        files=lambda content: {
            "toy.ipynb": content,
            "numpy.py": b"raise SystemExit",
            "sitecustomize.py": b"raise SystemExit",
            "gradebook.db": b"",
            "conftest.py": b"",
        },
    ),
    Attack(
        "names-of-files",
        "hands in files whose names are no text, options of a program, or act on a terminal",
        WRONG,
        files=lambda content: {
            "toy.ipynb": content,
            "\udcff\udcfe": b"",
            "-rf": b"",
            "\x1b[2J\n\u202e": b"",
            "timestamp.txt": b"\xff never",
        },
    ),
    Attack(
        "byte-order",
        "begins its file with a mark that no reader of JSON takes",
        keeps=(),
        files=lambda content: {"toy.ipynb": b"\xef\xbb\xbf" + content},
        must="not a Jupyter notebook",
    ),
    Attack(
        "no-numbers",
        "writes numbers that are none, and one of four thousand digits",
        WRONG,
        change=_no_numbers,
    ),
    Attack(
        "nested",
        "nests what its notebook says of itself just as deeply as its reader goes",
        keeps=(),
        change=_nested,
        must="nests them more than 100 deep",
    ),
    Attack(
        "doubled-keys",
        "gives a test's source twice, of which one reader takes the first and one the last",
        WRONG,
        files=lambda content: {"toy.ipynb": _doubled_keys(content)},
        must="locked cell test_square was edited",
    ),
    Attack(
        "other-format",
        "says that it is of a format of the far future",
        WRONG,
        change=lambda nb: nb.update(nbformat_minor=10**4000),
    ),
    Attack(
        "twin-letters",
        "names a cell like a test, but for a letter of another alphabet",
        WRONG,
        change=nbgrader("test_square", grade_id="test_squ\u0430re", points=100),
        must="cell test_square was missing",
    ),
]
