"""Grade a class: what is new or changed, one submission at a time, none able to stop the rest.

nbgrader runs and records each submission. What was graded is remembered in
`.grading/records/<assignment>/<student>.json` under a digest of everything that the score
depends on, so an unchanged submission costs nothing, and a manual score is never touched.
"""

import hashlib
import json
import multiprocessing
import os
from dataclasses import dataclass
from itertools import chain
from multiprocessing.connection import wait
from pathlib import Path

import optedu
from optedu.grading.course import Course, GradingError, first_error
from optedu.grading.feedback import question_of
from optedu.grading.intake import only_notebook, why_unfit


@dataclass
class Result:
    """How a submission stands.

    Parameters
    ----------
    student : str
        Whose it is.
    scores : dict of str to (float, float)
        Score and possible points of each question.
    flags : list of str
        What the instructor should look at; empty if nothing.
    """

    student: str
    scores: dict
    flags: list

    @property
    def total(self):
        """Return the sum of the scores."""
        return sum(score for score, _ in self.scores.values())


def grade(course, assignment, workers=2, tell=print):
    """Grade what is new or changed, write feedback pages and export the grades.

    Parameters
    ----------
    course : Course
        The course; its assignment must be released.
    assignment : str
        The assignment's name.
    workers : int
        Processes that grade at the same time.
    tell : callable
        Called with a line of text now and then.

    Returns
    -------
    list of Result
        One a submission, by student.

    Raises
    ------
    GradingError
        If the assignment is not released, or nobody has submitted.
    """
    release = only_notebook(course, assignment)
    submitted = course.work / "submitted"
    students = sorted(
        path.parent.name for path in submitted.glob(f"*/{assignment}") if path.is_dir()
    )
    if not students:
        raise GradingError(
            f"nobody has submitted {assignment}; `python -m optedu collect` takes submissions in"
        )
    (course.work / "records" / assignment).mkdir(parents=True, exist_ok=True)
    known = _known_students(course, assignment)
    digests = _digests(course, assignment, students)
    todo = [
        student
        for student in students
        if student not in known
        or not _autograded(course, assignment, student, release).exists()
        or _record(course, assignment, student).get("digest") != digests[student]
    ]
    tell(f"{assignment}: {len(students)} submissions, {len(todo)} to grade")

    unfit = {student: why_unfit(submitted / student / assignment, release) for student in todo}
    fit = [student for student in todo if not unfit[student]]
    ended = chain(
        ((student, reason) for student, reason in unfit.items() if reason),
        _autograde(course, assignment, fit, workers),
    )
    for count, (student, reason) in enumerate(ended, 1):
        if reason:
            _set_aside(course, assignment, student, release, reason)
        # Written one by one, so that an interrupted run takes up where it stopped. What went wrong
        # on our side has no digest, so that the next run tries again.
        ours = reason and not unfit[student]
        record = {} if ours else {"digest": digests[student]}
        _save_record(course, assignment, student, record)
        tell(f"  {count:>3}/{len(todo)}  {student}{f': {reason}' if reason else ''}")
    results = _results(course, assignment, students, release)
    _write_feedback(course, assignment, results, release)
    _export(course)
    return results


def _autograde(course, assignment, students, workers):
    """Run nbgrader in worker processes; yield each student and what went wrong, if anything did.

    A worker is given one submission at a time, so one that dies costs nobody else's.
    """
    spawn = multiprocessing.get_context("spawn")
    waiting, idle, busy = list(reversed(students)), [], {}
    while waiting or busy:
        while waiting and len(busy) < workers:
            line = idle.pop() if idle else _hire(spawn, course.root, assignment)
            busy[line] = waiting.pop()
            line.send(busy[line])
        for line in wait(list(busy)):
            student = busy.pop(line)
            try:
                reason = line.recv()
                idle.append(line)
            except (EOFError, ConnectionError):
                reason = "the process that graded it was killed; run the grading again"
            yield student, reason
    for line in idle:
        line.send(None)


def _hire(spawn, root, assignment):
    """Start a worker, and return our end of the line to it."""
    ours, theirs = spawn.Pipe()
    spawn.Process(target=_work, args=(theirs, root, assignment), daemon=True).start()
    theirs.close()  # so that the line breaks when the worker dies
    return ours


def _work(line, root, assignment):
    # Arrays are small and submissions many: one thread each is faster than threads that compete.
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    api = Course(root).api()
    while (student := line.recv()) is not None:
        result = api.autograde(assignment, student)
        line.send("" if result["success"] else f"nbgrader failed ({first_error(result)})")


def _set_aside(course, assignment, student, release, reason):
    """Record a submission that cannot be run: no points yet, and a page that says why."""
    import nbformat

    api = course.api()
    with api.gradebook as gradebook:
        gradebook.update_or_create_student(student)
        submission = gradebook.update_or_create_submission(
            assignment, student, timestamp=api.get_submitted_timestamp(assignment, student)
        )
        for notebook in submission.notebooks:
            for score in notebook.grades:
                score.auto_score = 0.0
                score.needs_manual_grade = True
        gradebook.db.commit()
    nb = nbformat.read(release, as_version=4)
    nb.metadata["optedu"] = {"notes": [f"not graded: {reason}"], "unfit": True}
    path = _autograded(course, assignment, student, release)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    nbformat.write(nb, path)


def _results(course, assignment, students, release):
    order = [
        cell["metadata"]["nbgrader"]["grade_id"]
        for cell in json.loads(release.read_text(encoding="utf-8"))["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade")
    ]
    results = []
    with course.api().gradebook as gradebook:
        for student in students:
            submission = gradebook.find_submission(assignment, student)
            grades = {grade.name: grade for nb in submission.notebooks for grade in nb.grades}
            scores = {}
            for name in order:
                score, possible = scores.get(question_of(name), (0.0, 0.0))
                scores[question_of(name)] = (
                    score + grades[name].score,
                    possible + grades[name].max_score,
                )
            path = _autograded(course, assignment, student, release)
            nb = json.loads(path.read_text(encoding="utf-8"))
            flags = nb["metadata"].get("optedu", {}).get("notes", [])
            results.append(Result(student, scores, flags))
    return results


def _write_feedback(course, assignment, results, release):
    """Write the pages whose scores, comments or notebook have changed since they were written."""
    api = course.api()
    with api.gradebook as gradebook:
        comments = {
            result.student: [
                comment.comment
                for notebook in gradebook.find_submission(assignment, result.student).notebooks
                for comment in sorted(notebook.comments, key=lambda comment: comment.name)
            ]
            for result in results
        }
    template = _digest_of(*Path(__file__).parent.glob("feedback.*"))
    for result in results:
        autograded = _autograded(course, assignment, result.student, release)
        shown = [template, result.scores, comments[result.student], _digest_of(autograded)]
        digest = hashlib.sha256(repr(shown).encode()).hexdigest()
        page = course.work / "feedback" / result.student / assignment / f"{release.stem}.html"
        record = _record(course, assignment, result.student)
        if page.exists() and record.get("page") == digest:
            continue
        outcome = api.generate_feedback(assignment, result.student)
        if not outcome["success"]:
            result.flags.append("its feedback page could not be written")
            continue
        _save_record(course, assignment, result.student, {**record, "page": digest})


def _export(course):
    from nbgrader.plugins import CsvExportPlugin

    with course.api().gradebook as gradebook:
        CsvExportPlugin(to=str(course.work / "grades.csv")).export(gradebook)


def _known_students(course, assignment):
    from nbgrader.api import MissingEntry

    with course.api().gradebook as gradebook:
        try:
            return {sub.student_id for sub in gradebook.find_assignment(assignment).submissions}
        except MissingEntry:
            raise GradingError(
                f"{assignment} is not in the gradebook; run `python -m optedu exercises`"
            ) from None


def _digests(course, assignment, students):
    """Digest, for each student, everything that the score depends on."""
    package = Path(optedu.__file__).parent
    checks = [
        path
        for kind in ("*.py", "*.json")
        for path in package.rglob(kind)
        if path.relative_to(package).parts[0] != "grading"
    ]
    source = (course.work / "source" / assignment).glob("*.ipynb")
    shared = _digest_of(course.root / "nbgrader_config.py", *source, *checks)
    digests = {}
    for student in students:
        folder = course.work / "submitted" / student / assignment
        files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
        digests[student] = f"{shared} {_digest_of(*files)}"
    return digests


def _digest_of(*paths):
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _autograded(course, assignment, student, release):
    return course.work / "autograded" / student / assignment / release.name


def _record(course, assignment, student):
    path = course.work / "records" / assignment / f"{student}.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}


def _save_record(course, assignment, student, record):
    """Write the record in one move, so that an interrupted run leaves the old one or the new."""
    path = course.work / "records" / assignment / f"{student}.json"
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(record), encoding="utf-8")
    draft.replace(path)
