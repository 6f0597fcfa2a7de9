"""Grade a class: what is new or changed, one submission at a time, none able to stop the rest.

nbgrader runs and records each submission. What was graded is remembered in
`.grading/records/<assignment>/<student>.json` under a digest of everything that the score
depends on, so an unchanged submission costs nothing, a run that was killed is taken up where it
stopped, and a manual score is never touched.
"""

import ctypes
import gc
import hashlib
import json
import multiprocessing
import os
import signal
import stat
import time
import warnings
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path

import optedu
from optedu.grading import execute, gradebook
from optedu.grading.course import GradingError, first_error
from optedu.grading.intake import LARGEST, look_through, only_notebook, why_unfit
from optedu.grading.report import question_of
from optedu.grading.sandbox.limits import Limits

_PR_SET_PDEATHSIG = 1
PATIENCE = 120  # seconds for all that is not a submission's code, which has limits of its own


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
    seconds : float
        How long it took to grade.
    failed : bool
        Whether the grading itself went wrong, so that the next run tries again.
    """

    student: str
    scores: dict
    flags: list
    seconds: float = 0.0
    failed: bool = False

    @property
    def total(self):
        """Return the sum of the scores."""
        return sum(score for score, _ in self.scores.values())


def grade(course, assignment, jobs=None, tell=print, watch=None, pages=True):
    """Grade what is new or changed, write feedback pages and export the grades.

    Parameters
    ----------
    course : Course
        The course; its assignment must be released.
    assignment : str
        The assignment's name.
    jobs : int, optional
        Submissions that are graded at the same time; by default one a processor.
    tell : callable
        Called with a line of text now and then.
    watch : callable, optional
        Wraps the iterator over what is graded, given its length as ``total``, as `tqdm.tqdm` does.
        By default `tell` is told of every submission, and otherwise of those with a flag only.
    pages : bool
        Write the feedback pages too.

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
    failed = set()
    with _Workers(course, assignment, jobs or _processors()) as workers:
        if todo:
            workers.warm_up()
            gradebook.load(release, pages)
        ended = workers.do("autograde", todo)
        seen = watch(ended, total=len(todo)) if watch else ended
        for count, (student, reason, unfit, seconds) in enumerate(seen, 1):
            if reason:
                _set_aside(course, assignment, student, release, reason)
            # Written one by one, so that an interrupted run takes up where it stopped. What went
            # wrong on our side has no digest, so that the next run tries again.
            record = {"seconds": round(seconds, 2)}
            if reason and not unfit:
                failed.add(student)
            else:
                record["digest"] = digests[student]
            _save_record(course, assignment, student, record)
            if reason or not watch:
                why = f": {reason}" if reason else f" ({seconds:.1f} s)"
                tell(f"  {count:>3}/{len(todo)}  {student}{why}")
        with course.gradebook() as book:
            results = _results(course, assignment, students, release, book)
            comments = gradebook.comments(book, assignment)
            gradebook.export(book, course.work / "grades.csv")
        for result in results:
            result.failed = result.student in failed
        if pages:
            _write_feedback(course, assignment, results, comments, release, workers)
    return results


def _processors():
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


class _Workers:
    """Processes that each grade one submission at a time, so that one that dies costs no other's.

    They are forks of this process, which has loaded nbgrader, and start when they are needed. Each
    keeps to one processor with the two it starts for a submission: of the three only one is at
    work at a time, and they hand over faster there.
    """

    def __init__(self, course, assignment, jobs):
        self.course, self.assignment, self.jobs = course, assignment, jobs
        self.limits = Limits(**course.config.RunCells.get("limits", {}))
        self.seconds = 2 * self.limits.total_seconds + PATIENCE
        self.context = multiprocessing.get_context("fork")
        self.idle, self.hired = [], 0

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        for line, process in self.idle:
            with suppress(OSError):
                line.send(None)
            process.join()
        execute.close()

    def warm_up(self):
        """Start what the workers will share, and go on meanwhile."""
        execute.share(self.course.config.RunCells.get("namespaces"), self.limits)

    def do(self, act, students):
        """Do one thing for each student; yield each with what went wrong, if anything.

        Parameters
        ----------
        act : str
            "autograde" or "generate_feedback".
        students : list of str
            For whom.

        Yields
        ------
        student : str
            In the order in which they are done.
        reason : str
            What went wrong; empty if nothing.
        unfit : bool
            Whether that is because the submission cannot be run, and not on our side.
        seconds : float
            How long it took.
        """
        waiting, busy = list(reversed(students)), {}
        while waiting or busy:
            while waiting and len(busy) < self.jobs:
                self.idle = [worker for worker in self.idle if worker[1].is_alive()]
                line, process = self.idle.pop() if self.idle else self._hire()
                busy[line] = process, waiting.pop(), time.monotonic()
                with suppress(OSError):  # it has died just now, as the next look at it will show
                    line.send((act, busy[line][1]))
            longest, _, since = min(busy.values(), key=lambda work: work[2])
            ready = wait(list(busy), max(since + self.seconds - time.monotonic(), 0))
            if not ready:
                longest.kill()
                longest.join()  # which breaks its line
            for line in ready:
                process, student, since = busy.pop(line)
                try:
                    reason, unfit = line.recv()
                    self.idle.append((line, process))
                except (EOFError, ConnectionError):
                    process.join()
                    unfit = False
                    reason = "the process that graded it was killed; run the grading again"
                    if time.monotonic() - since > self.seconds:
                        reason = f"grading it took more than {self.seconds:g} seconds"
                yield student, reason, unfit, time.monotonic() - since

    def _hire(self):
        """Start a worker, and return our end of the line to it."""
        execute.settle()
        ours, theirs = self.context.Pipe()
        arguments = (theirs, self.course, self.assignment, self.hired)
        process = self.context.Process(target=_work, args=arguments, daemon=True)
        self.hired += 1
        with warnings.catch_warnings():
            # Python 3.12 warns of forks beside threads; those of BLAS end before a fork by design.
            warnings.filterwarnings("ignore", message=".*use of fork", category=DeprecationWarning)
            process.start()
        theirs.close()  # so that the line breaks when the worker dies
        return ours, process


def _work(line, course, assignment, number):
    """Do as the line says, until it says that there is no more."""
    if hasattr(os, "sched_getaffinity"):
        # A worker does not outlive the grader, which may be killed, nor take its interruption ill.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        processors = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {processors[number % len(processors)]})
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    grader = gradebook.Grader(course)
    gc.freeze()  # what is loaded stays, and need not be looked through again and again
    gc.set_threshold(50_000)
    release = only_notebook(course, assignment)
    while order := line.recv():
        act, student = order
        folder = course.work / "submitted" / student / assignment
        if act == "autograde" and (reason := why_unfit(folder, release)):
            line.send((reason, True))
            continue
        result = getattr(grader, act)(assignment, student)
        reason = "" if result["success"] else f"nbgrader failed ({first_error(result)})"
        line.send((reason, False))
    execute.close()


def _set_aside(course, assignment, student, release, reason):
    """Record a submission that cannot be run: no points yet, and a page that says why."""
    import nbformat

    folder = course.work / "submitted" / student / assignment
    with course.gradebook() as book:
        book.update_or_create_student(student)
        submission = book.update_or_create_submission(
            assignment, student, timestamp=course.directory().get_existing_timestamp(str(folder))
        )
        for notebook in submission.notebooks:
            for score in notebook.grades:
                score.auto_score = 0.0
                score.needs_manual_grade = True
        book.db.commit()
    nb = nbformat.read(release, as_version=4)
    nb.metadata["optedu"] = {"notes": [f"not graded: {reason}"], "unfit": True}
    path = _autograded(course, assignment, student, release)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    nbformat.write(nb, path)


def _results(course, assignment, students, release, book):
    order = [
        cell["metadata"]["nbgrader"]["grade_id"]
        for cell in json.loads(release.read_text(encoding="utf-8"))["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade")
    ]
    grades, results = gradebook.grades(book, assignment), []
    for student in students:
        scores = {}
        for name in order:
            score, possible = scores.get(question_of(name), (0.0, 0.0))
            more, worth = grades[student, name]
            scores[question_of(name)] = score + more, possible + worth
        path = _autograded(course, assignment, student, release)
        nb = json.loads(path.read_text(encoding="utf-8"))
        flags = nb["metadata"].get("optedu", {}).get("notes", [])
        seconds = _record(course, assignment, student).get("seconds", 0.0)
        results.append(Result(student, scores, flags, seconds))
    return results


def _write_feedback(course, assignment, results, comments, release, workers):
    """Write the pages whose scores, comments or notebook have changed since they were written."""
    template = _digest_of(*Path(__file__).parent.glob("feedback.*"))
    stale, by_student = {}, {result.student: result for result in results}
    for student, result in by_student.items():
        autograded = _autograded(course, assignment, student, release)
        shown = [template, result.scores, comments.get(student, []), _digest_of(autograded)]
        digest = hashlib.sha256(repr(shown).encode()).hexdigest()
        page = course.work / "feedback" / student / assignment / f"{release.stem}.html"
        if not page.exists() or _record(course, assignment, student).get("page") != digest:
            stale[student] = digest
    for student, reason, *_ in workers.do("generate_feedback", list(stale)):
        if reason:
            by_student[student].flags.append("its feedback page could not be written")
            continue
        record = _record(course, assignment, student)
        _save_record(course, assignment, student, {**record, "page": stale[student]})


def _known_students(course, assignment):
    from nbgrader.api import MissingEntry

    with course.gradebook() as book:
        try:
            return {sub.student_id for sub in book.find_assignment(assignment).submissions}
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
        if path.relative_to(package).parts[0] not in ("grading", "bench")
    ]
    source = (course.work / "source" / assignment).glob("*.ipynb")
    shared = _digest_of(course.root / "nbgrader_config.py", *source, *checks)
    digests = {}
    for student in students:
        folder = course.work / "submitted" / student / assignment
        try:
            states = look_through(folder) or {}
            files = [Path(path) for path, state in states.items() if stat.S_ISREG(state.st_mode)]
            small = states and sum(state.st_size for state in states.values()) <= LARGEST
            content = _digest_of(*files) if small else "too large"
        except PermissionError:
            content = "unreadable"
        digests[student] = f"{shared} {content}"
    return digests


def _digest_of(*paths):
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(os.fsencode(path.name) + b"\0" + path.read_bytes() + b"\0")
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
