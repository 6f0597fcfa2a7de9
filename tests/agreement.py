"""Grade the same class with nbgrader's own executor and with ours, and compare every score.

``python -m tests.agreement 25`` makes a class of the reference and 25 submissions that answer
every question wrongly, each with other mistakes of the bank, and prints where the scores differ.
They may differ where nbgrader is itself wrong: it takes a warning on stderr for a failed test, and
gives nothing for what comes after a cell that ended the kernel.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

from optedu.bench.grading import VANILLA
from optedu.grading import intake, pipeline, release
from optedu.grading.course import Course
from tests.banks import bank as banks
from tests.toy_course import ROOT, answered


def wrong_sources(stem):
    """Return, for each exercise of a chapter, the sources of its wrong solutions."""
    sources, define = {}, banks._define

    def keep(exercise, source):
        fn = define(exercise, source)
        sources[fn] = source
        return fn

    modules = [stem, *(path.stem for path in sorted(banks.HERE.glob(f"{stem}_*.py")))]
    for module in modules:
        sys.modules.pop(f"tests.banks.{module}", None)
    banks._define = keep
    try:
        for module in modules:
            __import__(f"tests.banks.{module}")
    finally:
        banks._define = define
    bank = sys.modules[f"tests.banks.{stem}"].BANK
    return bank.model, {
        exercise: [sources[wrong.fn] for wrong in bank.wrong if wrong.exercise == exercise]
        for exercise in bank.exercises
    }


def class_of(folder, assignment, count):
    """Write a course with the reference and `count` submissions that are wrong throughout."""
    (stem,) = (path.stem for path in (ROOT / "solutions" / assignment).glob("*.md"))
    folder.mkdir()
    shutil.copytree(ROOT / "solutions" / assignment, folder / "solutions" / assignment)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    course = Course(folder)
    release.write(course)
    text = intake.only_notebook(course, assignment).read_text(encoding="utf-8")
    model, wrong = wrong_sources(stem)
    answers = {"reference": model}
    for number in range(count):
        answers[f"wrong{number:03}"] = {
            exercise: sources[number % len(sources)] for exercise, sources in wrong.items()
        }
    for student, cells in answers.items():
        notebook = json.dumps(answered(text, **cells)).encode()
        intake.take_in(course, assignment, student, {f"{stem}.ipynb": notebook})
    return course


def scores_of(course, assignment):
    """Return the score of every test of every student."""
    with course.api().gradebook as gradebook:
        return {
            (submission.student.id, grade.name): grade.score
            for submission in gradebook.assignment_submissions(assignment)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def both(assignment, count, folder):
    """Return the scores by nbgrader's executor, and by ours.

    Parameters
    ----------
    assignment : str
        Which.
    count : int
        How many wrong submissions.
    folder : Path
        Where to work.

    Returns
    -------
    theirs, ours : dict of (str, str) to float
        The score of each student's tests.
    """
    course = class_of(folder / "ours", assignment, count)
    peer = shutil.copytree(course.root, folder / "theirs")
    with (peer / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(VANILLA)
    api = Course(peer).api()
    for student in sorted(path.name for path in (course.work / "submitted").iterdir()):
        assert api.autograde(assignment, student)["success"]
    pipeline.grade(course, assignment, tell=lambda _: None, pages=False)
    return scores_of(Course(peer), assignment), scores_of(course, assignment)


if __name__ == "__main__":
    for path in sorted((ROOT / "solutions").iterdir()):
        with tempfile.TemporaryDirectory() as place:
            theirs, ours = both(path.name, int(sys.argv[1]), Path(place))
        differ = [test for test in theirs if theirs[test] != ours[test]]
        lines = [f"{path.name}: {len(theirs)} scores, {len(differ)} differ"]
        lines += [f"  {test}: nbgrader {theirs[test]:g}, ours {ours[test]:g}" for test in differ]
        sys.stdout.write("\n".join(lines) + "\n")
