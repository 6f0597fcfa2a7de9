"""Grading: every submission ends graded or flagged, and nothing that a person did is lost."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest

from optedu.grading import cli, feedback, intake, pipeline, release, repair, report, sample
from optedu.grading.course import Course, GradingError
from tests.toy_course import POINTS, RIGHT, ROOT, TOY, answered, make_course, write_solution

TOTAL = sum(POINTS.values())
SCRIPT = "<script>fetch('https://example.org')</script>"


def without(nb, *names):
    return {**nb, "cells": [cell for cell in nb["cells"] if cell["id"] not in names]}


def edited(nb, name, source):
    cells = [{**cell, "source": source} if cell["id"] == name else cell for cell in nb["cells"]]
    return {**nb, "cells": cells}


def hand_in(course, student, nb):
    content = nb if isinstance(nb, bytes) else json.dumps(nb).encode()
    return intake.take_in(course, "1-toy", student, {"toy.ipynb": content})


def grade(course):
    lines = []
    results = pipeline.grade(course, "1-toy", tell=lines.append)
    return {result.student: result for result in results}, lines


def page_of(course, student):
    path = course.work / "feedback" / student / "1-toy" / "toy.html"
    return path.read_text(encoding="utf-8")


def messages(page):
    return re.findall(r'<p class="message">(.*?)</p>', page, flags=re.DOTALL)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course whose class is graded once, with its results; tests here only look."""
    # Two seconds are plenty for the cells that end, and the rest have to be waited for.
    patient = 'c.RunCells.cell_limits = {"test_half": {"seconds": 30}}\n'
    course = make_course(tmp_path_factory.mktemp("class"), cell_seconds=2, more=patient)
    text = release.generate(course, course.root / "solutions")["1-toy/toy.ipynb"]
    right = answered(text, **RIGHT)

    def square(source):
        return answered(text, **RIGHT | {"square": source})

    killer = "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)"
    deaf = (
        "import time\ndef square(x):\n    while True:\n        try:\n            time.sleep(0.01)\n"
        "        except BaseException:\n            time.sleep(0.01)"
    )
    helped = "def power(x):\n    return x * x\n\ndef square(x):\n    return power(x)"
    takes_back = "half = lambda x: x / 2\nsquare = power = limit = None"
    slow = "import time\ndef half(x):\n    time.sleep(2.5)\n    return x / 2"
    doubled = {**right, "cells": [*right["cells"], *right["cells"][1:4]]}
    hand_ins = {
        "right": right,
        "signs": square("square = lambda x: x * abs(x)"),
        "blank": json.loads(text),
        "raises": square("def square(x):\n    return x / 0"),
        "syntax": square("def square(x) return x"),
        "noisy": square(
            "import warnings\ndef square(x):\n    warnings.warn('careful')\n    return x * x"
        ),
        "script": square(f'print("{SCRIPT}")\nraise ValueError("{SCRIPT}")'),
        "crash": square("import os\nos._exit(1)"),
        "killer": square(killer),
        "loop": square("def square(x):\n    while True:\n        x = x + 1"),
        "deaf": square(deaf),
        "slow": answered(text, **RIGHT | {"half": slow}),
        "takes-back": answered(text, **RIGHT | {"square": helped, "half": takes_back}),
        "ends-late": answered(text, **RIGHT | {"half": "import os\nos._exit(1)"}),
        "surrogate": square("square = lambda x: x**2  # \ud800"),
        "text": b"My laptop broke.",
        "binary": b"\x89PNG\xff\x00",
        "list": b"[1, 2]",
        "empty": without(right, *(cell["id"] for cell in right["cells"])),
        "other": without(right, "square", "half"),
        "julia": {
            **right,
            "metadata": {
                "kernelspec": {"name": "j\x1b[2J", "display_name": "J", "language": "julia"}
            },
        },
        "conda": {
            **right,
            "metadata": {
                "kernelspec": {"name": "conda", "display_name": "C", "language": "python"}
            },
        },
        "deleted": without(right, "setup", "test_square", "half"),
        "doubled": doubled,
        "cheats": edited(right, "test_square", "pass"),
    }
    for student, nb in hand_ins.items():
        hand_in(course, student, nb)
    (course.work / "submitted" / "missing" / "1-toy").mkdir(parents=True)
    results, _ = grade(course)
    return course, results


@pytest.mark.parametrize(
    ("student", "square", "half"),
    [
        ("right", 5, 4),
        ("signs", 2, 4),
        ("blank", 0, 0),
        ("raises", 0, 4),
        ("syntax", 0, 4),
        ("noisy", 5, 4),
        ("crash", 0, 4),
        ("killer", 0, 4),
        ("loop", 0, 4),
        ("deaf", 0, 4),
        ("slow", 5, 4),
        ("takes-back", 5, 4),
        ("ends-late", 5, 0),
        ("surrogate", 5, 4),
        ("conda", 5, 4),
        ("deleted", 5, 0),
        ("doubled", 5, 4),
        ("cheats", 5, 4),
    ],
)
def test_a_submission_that_runs_gets_its_points(graded, student, square, half):
    scores = graded[1][student].scores
    assert scores == {"square": (square, POINTS["square"]), "half": (half, POINTS["half"])}


@pytest.mark.parametrize(
    ("student", "reason"),
    [
        ("crash", "cell square ended its process"),
        ("ends-late", "cell half ended its process"),
        ("loop", "cell test_square was stopped after 2 seconds"),
        ("deaf", "cell test_square was stopped after 2 seconds"),
        ("text", "toy.ipynb is not a Jupyter notebook: it does not hold JSON text"),
        ("binary", "toy.ipynb is not a Jupyter notebook: it does not hold JSON text"),
        ("list", "toy.ipynb is not a Jupyter notebook: its structure is damaged"),
        ("empty", "toy.ipynb has no cells"),
        ("other", "toy.ipynb has none of the assignment's answer cells"),
        ("julia", "toy.ipynb is written for the kernel 'j?[2J' (julia)"),
        ("conda", "written for the kernel 'conda', run with 'python3'"),
        ("missing", "toy.ipynb is missing; the folder is empty"),
        ("deleted", "cell test_square was missing and was put back"),
        ("doubled", "cell square was there 2 times; all were run"),
        ("cheats", "locked cell test_square was edited; the original was run"),
    ],
)
def test_what_the_instructor_should_look_at_is_flagged_in_words(graded, student, reason):
    assert any(reason in flag for flag in graded[1][student].flags)


def test_the_others_are_not_flagged(graded):
    honest = "right", "signs", "blank", "raises", "syntax", "noisy", "script", "slow", "surrogate"
    for student in honest:
        assert graded[1][student].flags == []


def test_every_submission_has_a_row_a_grade_and_a_page(graded):
    course, results = graded
    table = report.table(list(results.values()))
    with (course.work / "grades.csv").open(newline="") as file:
        grades = {row["student_id"]: row for row in csv.DictReader(file)}
    assert set(grades) == set(results)
    for student, result in results.items():
        assert float(grades[student]["score"]) == result.total
        assert float(grades[student]["max_score"]) == TOTAL
        assert any(line.startswith(f"{student} ") for line in table.splitlines())
        assert "</html>" in page_of(course, student)
    where = report.where_to_look(course, "1-toy", list(results.values()))
    assert "feedback" in where
    assert "killer" in where  # the first of those who lost points


def test_the_page_says_first_what_went_wrong_and_never_how_it_was_tested(graded):
    course, _ = graded
    for student in graded[1]:
        page = page_of(course, student)
        assert "-7" not in page
        assert "49" not in page
        assert "HIDDEN" not in page
        assert "site-packages" not in page
    failed = page_of(course, "signs").split('id="test_square_hidden"')[1]
    assert messages(failed)[0] == "a square is never negative"
    assert failed.index("a square is never negative") < failed.index("</section>")
    assert messages(page_of(course, "right")) == []
    assert messages(page_of(course, "loop"))[-1].startswith("Your code did not finish within 2 s")
    assert "x / 0" in page_of(course, "raises").split("Where in your code")[1]
    assert messages(page_of(course, "text"))[0].startswith("Not graded: toy.ipynb is not a")


def test_the_page_asks_nothing_of_any_server_and_runs_nothing(graded):
    course, results = graded
    for student in results:
        page = page_of(course, student)
        assert "<script" not in page
        assert not re.search(r"""\b(?:src|href)=["'](?!#|data:)""", page)
        assert "default-src 'none'" in page
    assert "&lt;script&gt;" in page_of(course, "script")


def test_every_formula_of_the_released_notebooks_becomes_mathml():
    for path in (ROOT / "exercises").rglob("*.ipynb"):
        nb = nbformat.read(path, as_version=4)
        pages = [feedback.prose(cell.source) for cell in nb.cells if cell.cell_type == "markdown"]
        assert any("<math" in page for page in pages)
        assert not [page for page in pages if "$" in page]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (SCRIPT, "fetch('https://example.org')"),
        ("![x](https://example.org/x.png)", ""),
        ("`$5`", "<code>$5</code>"),
        (r"$\text{<b>}$", "&lt;b&gt;"),
        ("costs $5", "costs $5"),
    ],
)
def test_prose_keeps_text_and_drops_what_could_act(source, shown):
    page = feedback.prose(source)
    assert shown in page
    assert "<script" not in page
    assert "<img" not in page


def test_repair_gives_back_the_release_with_the_answers_and_the_notes(graded):
    nb = nbformat.read(next(iter(graded[0].notebooks("1-toy").values())), as_version=4)
    names = [repair._grade_id(cell) for cell in nb.cells if repair._grade_id(cell)]
    note = nbformat.v4.new_markdown_cell("my note")
    for mess in (nb.cells[::-1], nb.cells[2:4] * 3, [note], []):
        cells = [nbformat.from_dict(cell) for cell in mess]
        repaired, _ = repair.repair(cells, nb.cells)
        assert [repair._grade_id(cell) for cell in repaired if repair._grade_id(cell)] == names
        assert sum(cell.source == "my note" for cell in repaired) == sum(c is note for c in mess)
    assert repair.repair(list(nb.cells), nb.cells) == (list(nb.cells), [])


@pytest.fixture(scope="module")
def one_graded(tmp_path_factory):
    course = make_course(tmp_path_factory.mktemp("one"))
    text = release.generate(course, course.root / "solutions")["1-toy/toy.ipynb"]
    hand_in(course, "ada", answered(text, half=RIGHT["half"]))
    grade(course)
    return course, text


@pytest.fixture
def small(one_graded, tmp_path):
    """A course with one submission, graded, and the text of its release."""
    course, text = one_graded
    shutil.copytree(course.root, tmp_path / "course")
    return Course(tmp_path / "course"), text


def test_only_what_is_new_or_changed_is_graded_and_manual_scores_stay(small):
    course, text = small
    with course.api().gradebook as gradebook:
        cell = gradebook.find_grade("test_square", "toy", "1-toy", "ada")
        cell.manual_score = 1.5
        comment = gradebook.find_comment("square", "toy", "1-toy", "ada")
        comment.manual_comment = "Close: look at the sign."
        gradebook.db.commit()
    results, lines = grade(course)
    assert lines == ["1-toy: 1 submissions, 0 to grade"]
    assert results["ada"].total == POINTS["half"] + 1.5
    assert "Close: look at the sign." in page_of(course, "ada")

    hand_in(course, "bob", json.loads(text))
    assert "1 to grade" in grade(course)[1][0]

    assert hand_in(course, "ada", answered(text, **RIGHT)) == "changed"
    results, lines = grade(course)
    assert "1 to grade" in lines[0]
    # Two points of the visible test stay at the instructor's 1.5.
    assert results["ada"].scores == {"square": (4.5, 5), "half": (4, 4)}
    assert "Close: look at the sign." in page_of(course, "ada")


def test_a_changed_test_and_a_lost_gradebook_grade_again(small):
    course, _ = small
    write_solution(course.root, TOY.replace("half(5) == 2.5", "half(5) == 3"))
    release.write(course)
    results, lines = grade(course)
    assert "1 to grade" in lines[0]
    assert results["ada"].total == 0
    (course.work / "gradebook.db").unlink()
    release.write(course)
    assert grade(course)[0]["ada"].total == 0


def test_exercises_can_be_added_but_not_taken_from_those_who_have_submitted(small):
    course, _ = small
    extra = TOY[TOY.index("```{code-cell}") :].replace("half", "third").replace("square", "cube")
    write_solution(course.root, TOY + extra.replace("setup", "second_setup"))
    release.write(course)
    results, lines = grade(course)
    assert "1 to grade" in lines[0]
    assert results["ada"].scores == {
        "square": (0, 5),
        "half": (4, 4),
        "cube": (0, 5),
        "third": (0, 4),
    }
    write_solution(course.root, TOY)
    with pytest.raises(GradingError, match="the gradebook already holds grades"):
        release.write(course)


def test_taking_in_never_loses_a_submission(tmp_path):
    course = make_course(tmp_path)
    contents = [b"first", b"second", b"third"]
    outcomes = [hand_in(course, "ada", content) for content in contents]
    assert outcomes == ["new", "changed", "changed"]
    assert hand_in(course, "ada", b"third") == "unchanged"
    kept = {path.read_bytes() for path in course.work.rglob("toy.ipynb")}
    assert kept == set(contents)
    with pytest.raises(GradingError, match="cannot be a student id"):
        hand_in(course, "../ada", b"")


def test_collect_takes_files_named_by_student(small, tmp_path_factory):
    course, text = small
    folder = tmp_path_factory.mktemp("downloads")
    (folder / "ada.ipynb").write_text(text)
    (folder / "eve.ipynb").write_text(text)
    assert intake.collect(course, "1-toy", folder) == {"ada": "changed", "eve": "new"}
    with pytest.raises(GradingError, match="0 released notebooks"):
        intake.collect(course, "1-toys", folder)


def test_two_commands_do_not_write_at_once(tmp_path, capsys):
    make_course(tmp_path)
    with Course(tmp_path).alone():
        assert cli.main(["--course", str(tmp_path), "grade", "1-toy"]) == 1
    assert "another command is at work" in capsys.readouterr().err
    assert cli.main(["--course", str(tmp_path), "exercises"]) == 0


@pytest.mark.parametrize("make", [os.mkdir, lambda path: path.write_text("mine", "utf-8")])
def test_what_cannot_be_locked_is_named(tmp_path, capsys, make):
    course = make_course(tmp_path)
    make(course.work / "lock")
    assert cli.main(["--course", str(tmp_path), "grade", "1-toy"]) == 1
    assert f"{course.work / 'lock'} cannot be locked" in capsys.readouterr().err


def test_links_are_not_followed(small, tmp_path_factory):
    course, text = small
    secret = tmp_path_factory.mktemp("outside") / "toy.ipynb"
    secret.write_text(text)
    folder = course.work / "submitted" / "eve" / "1-toy"
    folder.mkdir(parents=True)
    (folder / "toy.ipynb").symlink_to(secret)
    assert "symbolic link" in grade(course)[0]["eve"].flags[0]


def test_what_is_no_plain_file_or_cannot_be_read_is_set_aside(small):
    course, text = small

    def hand_in_odd(student, put):
        folder = course.work / "submitted" / student / "1-toy"
        folder.mkdir(parents=True)
        (folder / "toy.ipynb").write_text(text)
        put(folder)

    def beside(folder):
        with (folder / "data.bin").open("wb") as file:
            file.truncate(10**12)  # takes no room, but for who copies it

    hand_in_odd("pipe", lambda folder: os.mkfifo(folder / "pipe"))
    hand_in_odd("giant", beside)
    hand_in_odd("closed", lambda folder: (folder / "toy.ipynb").chmod(0))
    flags = {student: str(result.flags) for student, result in grade(course)[0].items()}
    assert "neither a file nor a folder" in flags["pipe"]
    assert "larger than 20 MB together" in flags["giant"]
    if os.getuid():  # root may read it
        assert "toy.ipynb cannot be read" in flags["closed"]
    assert flags["ada"] == "[]"


def test_the_sample_class_is_whole():
    release_path = ROOT / "exercises" / "2-descent" / "descent.ipynb"
    text = release_path.read_text(encoding="utf-8")
    paths = sorted((ROOT / "tests" / "sample_class" / "2-descent").glob("*.py"))
    assert len(paths) >= 24
    made = [sample.submission(path, text, "descent.ipynb") for path in paths]
    assert len({str(files) for files in made}) == len(paths)


def test_the_real_assignment_from_end_to_end(tmp_path):
    """The commands of `make course`, on five of the sample class."""
    for name in ("nbgrader_config.py", "solutions"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    students = ["berg-l", "castro-a", "ek-s", "rossi-g", "tanaka-h"]
    folder = tmp_path / "tests" / "sample_class" / "2-descent"
    folder.mkdir(parents=True)
    for student in students:
        shutil.copy(ROOT / "tests" / "sample_class" / "2-descent" / f"{student}.py", folder)
    commands = (["exercises"], ["sample", "2-descent"], ["grade", "2-descent"])
    for command, code in zip(commands, (0, 0, cli.FLAGGED), strict=True):
        done = subprocess.run(
            [sys.executable, "-m", "optedu", *command],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
    assert done.stderr == ""
    rows = {line.split()[0]: line.split() for line in done.stdout.splitlines() if line.strip()}
    possible = float(rows["of"][-1])
    totals = {student: float(rows[student][8]) for student in students}
    assert totals["berg-l"] == totals["castro-a"] == possible
    # One of seven questions is wrong, and each is worth the same.
    assert totals["ek-s"] == pytest.approx(possible * 6 / 7)
    assert totals["rossi-g"] == totals["tanaka-h"] == 0
    page = (Course(tmp_path).work / "feedback" / "ek-s" / "2-descent" / "descent.html").read_text(
        encoding="utf-8"
    )
    assert "gradient_descent" in messages(page)[0]
    assert "Traceback" not in page


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<img src=x onerror=alert(1)>", ""),
        ("![a drawing](https://example.org/x.png)", "[a drawing](https://example.org/x.png)"),
        ("!!<x>[a](https://example.org/x.png)", "[a](https://example.org/x.png)"),
        ("![a][b]\n\n[b]: https://example.org/x.png", "[a][b]\n\n[b]: https://example.org/x.png"),
        ("![mine](attachment:mine.png)", "![mine](attachment:mine.png)"),
        ("![no](attachment:other.png)", "[no](attachment:other.png)"),
        ("!![mine](attachment:mine.png)", "!![mine](attachment:mine.png)"),
        ("> if $a > 0$, **then** <b>so</b>", "> if $a > 0$, **then** <b>so</b>"),
        ("a & b", "a & b"),
    ],
)
def test_a_students_text_does_nothing_in_the_graders_browser(text, left):
    cell = nbformat.v4.new_markdown_cell(text, attachments={"mine.png": {"image/png": "iVBORw"}})
    (cleaned,), _ = repair.repair([cell], [])
    assert cleaned.source == left
    assert "<img" not in feedback.prose(cleaned.source)
