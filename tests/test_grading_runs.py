"""A run of the grader: the same way from everywhere, interrupted without loss, fair."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.plugins import CsvExportPlugin
from nbgrader.preprocessors import SaveAutoGrades
from nbgrader.utils import is_ignored

from optedu.grading import cli, intake, pipeline, release
from optedu.grading.course import Course
from optedu.grading.gradebook import Grader, OpenGradebook, _is_ignored, export
from tests import toy_course
from tests.agreement import both, scores_of
from tests.toy_course import POINTS, RIGHT, answered, make_course

ANSWERS = {
    "right": RIGHT,
    "signs": RIGHT | {"square": "square = lambda x: x * abs(x)"},
    "blank": {},
    "raises": RIGHT | {"half": "def half(x):\n    return x / 0"},
}


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    course = make_course(tmp_path_factory.mktemp("class"))
    text = release.generate(course, course.root / "solutions")["1-toy/toy.ipynb"]
    for student, answers in ANSWERS.items():
        content = json.dumps(answered(text, **answers)).encode()
        intake.take_in(course, "1-toy", student, {"toy.ipynb": content})
    return course


@pytest.fixture(scope="module")
def graded(handed_in, tmp_path_factory):
    """The class after one run of the command, its exit code and what it said."""
    course = copy_of(handed_in, tmp_path_factory.mktemp("graded"))
    done = subprocess.run(command(course), capture_output=True, text=True, check=False)
    return course, done


@pytest.fixture
def ungraded(handed_in, tmp_path):
    return copy_of(handed_in, tmp_path)


def copy_of(course, folder):
    return Course(shutil.copytree(course.root, folder / "course"))


def command(course, *options):
    return [sys.executable, "-m", "optedu", "--course", course.root, "grade", "1-toy", *options]


def records(course):
    return sorted((course.work / "records" / "1-toy").glob("*.json"))


def test_a_run_says_of_each_student_the_points_the_time_and_ends_with_zero(graded):
    _, done = graded
    assert done.returncode == 0, done.stdout + done.stderr
    lines = {line.split()[0]: line.split() for line in done.stdout.splitlines() if line.strip()}
    for student, points in (("right", 9), ("signs", 6), ("blank", 0), ("raises", 5)):
        assert float(lines[student][3]) == points
        assert lines[student][4].endswith("s")


def test_a_run_that_flags_somebody_ends_with_a_code_of_its_own(graded, tmp_path):
    course = copy_of(graded[0], tmp_path)
    intake.take_in(course, "1-toy", "text", {"toy.ipynb": b"My laptop broke."})
    assert cli.main(["--course", str(course.root), "grade", "1-toy", "--no-feedback"]) == 3


def test_nbgraders_own_command_and_api_give_the_same_scores(graded, ungraded):
    wanted = scores_of(graded[0], "1-toy")
    nbgrader = [sys.executable, "-m", "nbgrader", "autograde", "1-toy"]
    subprocess.run(nbgrader, cwd=ungraded.root, capture_output=True, check=True)
    assert scores_of(ungraded, "1-toy") == wanted
    assert ungraded.api().autograde("1-toy", "signs")["success"]
    assert scores_of(ungraded, "1-toy") == wanted
    notebook = ungraded.work / "autograded" / "signs" / "1-toy" / "toy.ipynb"
    assert json.loads(notebook.read_text())["metadata"]["optedu"] == {"notes": []}


def test_a_tests_last_value_gives_a_part_of_its_points(tmp_path, monkeypatch):
    counted = "1.5 * (half(5) == 2.5) + 2.5 * (half(-1) == -0.5)"
    toy = toy_course.TOY.replace('assert half(5) == 2.5, "half of an odd number"', counted)
    monkeypatch.setattr(toy_course, "TOY", toy)
    course = make_course(tmp_path / "course")
    text = release.generate(course, course.root / "solutions")["1-toy/toy.ipynb"]
    halves = {"all": "x / 2", "some": "abs(x) / 2", "none": "x"}
    for student, half in halves.items():
        answers = RIGHT | {"half": f"half = lambda x: {half}"}
        content = json.dumps(answered(text, **answers)).encode()
        intake.take_in(course, "1-toy", student, {"toy.ipynb": content})
    results = pipeline.grade(course, "1-toy", tell=lambda line: None, pages=False)
    parts = {result.student: result.scores["half"] for result in results}
    assert parts == {"all": (4, 4), "some": (1.5, 4), "none": (0, 4)}


def test_a_grader_that_is_killed_is_taken_up_where_it_stopped(graded, ungraded):
    wanted = scores_of(graded[0], "1-toy")
    running = subprocess.Popen(command(ungraded, "--jobs", "1"), stdout=subprocess.DEVNULL)
    while len(records(ungraded)) < 2 and running.poll() is None:
        time.sleep(0.002)
    running.send_signal(signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    kept = {path: path.stat().st_mtime_ns for path in records(ungraded)}
    lines = []
    pipeline.grade(ungraded, "1-toy", tell=lines.append, pages=False)
    assert lines[0] == f"1-toy: 4 submissions, {4 - len(kept)} to grade"
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert scores_of(ungraded, "1-toy") == wanted


def test_a_worker_that_is_killed_costs_nobody_else_and_the_next_run_grades_its_own(
    ungraded, tmp_path, monkeypatch
):
    grade = Grader.autograde

    def die_once(self, assignment, student):
        if student == "right" and not (tmp_path / "died").exists():
            (tmp_path / "died").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return grade(self, assignment, student)

    monkeypatch.setattr(Grader, "autograde", die_once)
    results = pipeline.grade(ungraded, "1-toy", 1, lambda _: None, pages=False)
    (failed,) = [result for result in results if result.failed]
    assert failed.student == "right"
    assert "was killed" in failed.flags[0]
    results = pipeline.grade(ungraded, "1-toy", 1, lambda _: None, pages=False)
    assert [result.total for result in results] == [0, 5, sum(POINTS.values()), 6]
    assert not any(result.flags for result in results)


def test_a_submission_that_takes_forever_on_our_side_does_not_stop_the_class(ungraded, monkeypatch):
    def hang(self, assignment, student):
        if student == "right":
            time.sleep(1000)
        return {"success": True}

    monkeypatch.setattr(Grader, "autograde", hang)
    with pipeline._Workers(ungraded, "1-toy", 1) as workers:
        assert [reason for _, reason, *_ in workers.do("autograde", ["blank"])] == [""]
        usual, workers.seconds = workers.seconds, 1  # the worker is there by now
        ((student, reason, *_),) = workers.do("autograde", ["right"])
        assert (student, reason) == ("right", "grading it took more than 1 seconds")
        workers.seconds = usual
        assert [reason for _, reason, *_ in workers.do("autograde", ["signs"])] == [""]


def test_a_submission_is_written_as_a_whole_or_not_at_all(ungraded, monkeypatch):
    grader, save = Grader(ungraded), SaveAutoGrades._add_score

    def break_down(self, cell, resources):
        save(self, cell, resources)
        if cell.metadata.nbgrader.grade_id == "test_half":
            raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(SaveAutoGrades, "_add_score", break_down)
        assert not grader.autograde("1-toy", "right")["success"]
    assert not scores_of(ungraded, "1-toy")
    assert grader.autograde("1-toy", "right")["success"]
    assert sum(scores_of(ungraded, "1-toy").values()) == sum(POINTS.values())


@pytest.mark.filterwarnings("ignore:Object of type <Submitted")  # of nbgrader's own
def test_an_open_gradebook_adds_what_nbgraders_own_adds(tmp_path):
    """All kinds of cells, two notebooks, and a score that is given once a submission is there."""

    def written(kind, name):
        url = make_course(tmp_path / name).directory().db_url
        with Gradebook(url) as gradebook:
            gradebook.add_assignment("lab", duedate="2000-01-01")
            for notebook in ("one", "two"):
                where = notebook, "lab"
                gradebook.add_notebook(*where)
                gradebook.add_grade_cell("test", *where, max_score=2, cell_type="code")
                gradebook.add_solution_cell("answer", *where)
                gradebook.add_task_cell("task", *where, max_score=3, cell_type="markdown")
        ours = kind(url)
        ours.update_or_create_student("ada")
        ours.update_or_create_submission("lab", "ada", timestamp="2000-01-01 12:00:00 UTC")
        ours.find_grade("test", "one", "lab", "ada").auto_score = 1.0
        ours.find_comment("answer", "two", "lab", "ada").auto_comment = "No response."
        assert ours.find_submission("lab", "ada").total_seconds_late == 43_200
        getattr(ours, "save", ours.db.commit)()
        # What is saved is found, and what comes after that is saved too.
        ours.find_submission_notebook("two", "lab", "ada").late_submission_penalty = 0.5
        getattr(ours, "save", ours.db.commit)()
        getattr(ours, "leave", ours.close)()
        with Gradebook(url) as gradebook:
            columns = {Student: ["id"], SubmittedAssignment: ["student_id", "timestamp"]}
            columns[SubmittedNotebook] = ["name", "flagged", "late_submission_penalty"]
            scores = ["auto_score", "manual_score", "extra_credit", "needs_manual_grade"]
            columns[Grade] = ["name", *scores]
            columns[Comment] = ["name", "auto_comment", "manual_comment"]
            return {
                kind: sorted(
                    str([getattr(row, name) for name in (*names, "notebook") if hasattr(row, name)])
                    for row in gradebook.db.query(kind)
                )
                for kind, names in columns.items()
            }

    ours, theirs = written(OpenGradebook, "ours"), written(Gradebook, "theirs")
    assert ours == theirs
    assert [len(rows) for rows in ours.values()] == [1, 1, 2, 4, 4]


def test_an_open_gradebook_sees_what_others_write_meanwhile(ungraded):
    grader = Grader(ungraded)
    assert grader.autograde("1-toy", "signs")["success"]
    with ungraded.api().gradebook as gradebook:
        gradebook.find_grade("test_square_hidden", "toy", "1-toy", "signs").manual_score = 1.0
        gradebook.db.commit()
    assert grader.autograde("1-toy", "signs")["success"]
    assert scores_of(ungraded, "1-toy")["signs", "test_square_hidden"] == 1


@pytest.mark.parametrize("pattern", ["*", "*.py", "a*", ".*", "a.py", ".a.py", "[ab].*", "", "b/*"])
def test_files_are_ignored_as_nbgrader_does(tmp_path, pattern):
    for name in ("a.py", ".a.py", "b"):
        (tmp_path / name).touch()
        path = str(tmp_path / name)
        assert _is_ignored(path, ["*.md", pattern]) == is_ignored(path, ["*.md", pattern])


def test_a_late_submission_is_penalized_by_the_scores_it_has_just_got(ungraded):
    with (ungraded.root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write('c.LateSubmissionPlugin.penalty_method = "zero"\n')
    course = Course(ungraded.root)
    with course.gradebook() as gradebook:
        gradebook.update_or_create_assignment("1-toy", duedate="2000-01-01")
    grader = Grader(course)
    assert grader.autograde("1-toy", "signs")["success"]
    assert grader.autograde("1-toy", "right")["success"]
    with course.gradebook() as gradebook:
        for student, score in (("signs", 6), ("right", sum(POINTS.values()))):
            submission = gradebook.find_submission("1-toy", student)
            assert submission.score == submission.late_submission_penalty == score


def test_the_exported_scores_are_nbgraders_own(graded, tmp_path):
    course, _ = graded
    with course.gradebook() as gradebook:
        gradebook.add_student("absent", last_name="Who")
        CsvExportPlugin(to=str(tmp_path / "theirs.csv")).export(gradebook)
        export(gradebook, tmp_path / "ours.csv")
        gradebook.remove_student("absent")
    theirs = (tmp_path / "theirs.csv").read_text(encoding="utf-8")
    assert (tmp_path / "ours.csv").read_text(encoding="utf-8") == theirs
    assert "absent" in theirs


def test_nothing_is_lost_of_what_is_loaded_on_demand(tmp_path):
    """Each name of a package is what its own `__init__` makes it, and costs only when asked for."""
    program = """
import importlib, os, shutil, sys
from optedu.grading import lean
lean.load_on_demand()
from optedu.grading import pipeline
assert not {"jupyter_server", "requests", "bs4", "setuptools"} & set(sys.modules)
for name in lean.GATHERING:
    package = sys.modules[name]
    early = {key: value for key, value in vars(package).items() if not key.startswith("__")}
    assert "__all__" not in vars(package)
    importlib.reload(package)
    assert all(getattr(package, key) is value for key, value in early.items()), name
    assert all(hasattr(package, key) for key in getattr(package, "__all__", ())), name
from nbgrader.apps import NbGraderApp
from nbgrader.utils import unzip
os.mkdir("unpacked")
shutil.make_archive("packed", "zip", "folder")
unzip("packed.zip", "unpacked")
"""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.txt").write_text("a", encoding="utf-8")
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)
    assert (tmp_path / "unpacked" / "a.txt").read_text(encoding="utf-8") == "a"


def test_scores_are_those_of_nbgraders_own_executor(tmp_path):
    """The reference and 21 wrong solutions; `python -m tests.agreement` takes more of them."""
    theirs, ours = both("2-descent", 3, tmp_path)
    assert ours == theirs
    reference = [score for (student, _), score in ours.items() if student == "reference"]
    assert sum(reference) == 35
    assert sum(ours.values()) < 2 * sum(reference)
