"""The class at a glance: one page for the instructor, in one file, that asks nothing of any server.

It tells how the points of each question fell, which misconceptions were met and by whom, what was
flagged, what ran long, and which answers are nearly the same. Points come from the gradebook; the
rest comes from the graded notebooks. The mistake that a failed check names is read off its message,
which holds the bank's own sentence: what no student may see never leaves the checks.
"""

import json
import re
import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import jinja2

from optedu.checks import fingerprint
from optedu.grading import similarity
from optedu.grading.course import GradingError
from optedu.grading.feedback import question_of
from optedu.grading.intake import only_notebook

MOST_PAIRS = 40
MOST_SLOW = 10
LONGEST = 6000  # characters of an answer
# What a test ends with where no check of ours spoke.
ENDINGS = {"CellTimeoutError": "the code did not finish in time", "NotRun": "the process had ended"}
# Zero bytes and the like are no HTML; marks of direction could make code read as what it is not.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass
class Standing:
    """What is known of one submission.

    Parameters
    ----------
    student : str
        Whose it is.
    scores : dict of str to (float, float)
        Score and possible points of each question.
    notes : list of str
        Why it was flagged; empty if it was not.
    graded : bool
        Whether it was run.
    failures : dict of str to set of (str, str)
        By question, the misconceptions met: their names, or an empty text, and what happened.
    answers : dict of str to str
        The sources of the answer cells.
    seconds : float or None
        How long grading took, if it is known.
    """

    student: str
    scores: dict
    notes: list = field(default_factory=list)
    graded: bool = True
    failures: dict = field(default_factory=dict)
    answers: dict = field(default_factory=dict)
    seconds: float | None = None

    @property
    def total(self):
        """Return the sum of the scores."""
        return sum(score for score, _ in self.scores.values())


def write(course, assignment):
    """Write the page of an assignment.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment's name; its submissions must be graded.

    Returns
    -------
    Path
        The page, `.grading/report/<assignment>.html`.

    Raises
    ------
    GradingError
        If the assignment is not released, or no submission is graded.
    """
    release = only_notebook(course, assignment)
    starters = _answers(_read(release))
    text = page(assignment, standings(course, assignment), starters)
    path = course.work / "report" / f"{assignment}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
    return path


def standings(course, assignment):
    """Return how every submission stands.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment's name.

    Returns
    -------
    list of Standing
        By student.

    Raises
    ------
    GradingError
        If no submission is graded.
    """
    release = only_notebook(course, assignment)
    questions = list(dict.fromkeys(map(question_of, filter(None, map(_test, _read(release))))))
    found = []
    for student, points in _points(course, assignment).items():
        path = course.work / "autograded" / student / assignment / release.name
        if not path.exists():
            continue
        content = json.loads(path.read_text(encoding="utf-8"))
        report = content["metadata"].get("optedu", {})
        standing = Standing(student, {name: points.get(name, (0.0, 0.0)) for name in questions})
        standing.notes = report.get("notes", [])
        standing.graded = not report.get("unfit", False)
        if standing.graded:
            standing.failures = _failures(content["cells"])
            standing.answers = _answers(content["cells"])
            standing.seconds = _seconds(course, assignment, student)
        found.append(standing)
    if not found:
        raise GradingError(
            f"no submission of {assignment} is graded; run `python -m optedu grade {assignment}`"
        )
    return found


def page(assignment, class_, starters):
    """Render the page.

    Parameters
    ----------
    assignment : str
        The assignment's name.
    class_ : list of Standing
        The submissions; at least one.
    starters : dict of str to str
        The answer cells as released.

    Returns
    -------
    str
        HTML.
    """
    graded = [standing for standing in class_ if standing.graded]
    by_student = {standing.student: standing for standing in graded}
    pairs, common = similarity.compare(
        {standing.student: standing.answers for standing in graded}, starters
    )
    timed = sorted(
        (standing for standing in graded if standing.seconds is not None),
        key=lambda standing: -standing.seconds,
    )
    return _template().render(
        assignment=assignment,
        class_=class_,
        graded=graded,
        possible=sum(points for _, points in class_[0].scores.values()),
        totals=[standing.total for standing in graded],
        rows=_rows(graded),
        failures=_by_question(graded),
        flagged=sorted((s for s in class_ if s.notes), key=lambda s: s.graded),
        slow=timed[:MOST_SLOW],
        usual=statistics.median([s.seconds for s in timed]) if timed else None,
        pairs=[
            (pair, [(cell, [by_student[who].answers[cell] for who in pair.students])
                    for cell in pair.alike])
            for pair in pairs[:MOST_PAIRS]
        ],
        n_pairs=len(pairs),
        common=common,
    )  # fmt: skip


def histogram(scores, possible):
    """Count scores in equal parts of the scale, or point by point where that is as fine.

    Parameters
    ----------
    scores : list of float
        The scores.
    possible : float
        The largest.

    Returns
    -------
    list of (str, int)
        For each part its name and how many scores lie in it; the last one includes its end.

    Examples
    --------
    >>> histogram([0, 2, 2, 3], 3)
    [('0', 1), ('1', 0), ('2', 2), ('3', 1)]
    >>> histogram([0.5, 19, 20], 20)[-1]
    ('18 to 20', 2)
    """
    if possible <= 10 and all(float(score).is_integer() for score in [*scores, possible]):
        counts = Counter(map(int, scores))
        return [(str(score), counts[score]) for score in range(int(max([possible, *scores])) + 1)]
    width = max([possible, *scores]) / 10
    counts = Counter(min(int(score / width), 9) for score in scores)
    return [(f"{width * i:g} to {width * (i + 1):g}", counts[i]) for i in range(10)]


def _rows(graded):
    """Return, for each question and for all, its name, scores, possible points and histogram."""
    if not graded:
        return []
    rows = []
    for question, (_, possible) in graded[0].scores.items():
        scores = [standing.scores[question][0] for standing in graded]
        rows.append((question, scores, possible))
    if len(rows) > 1:
        rows.append(
            ("All questions", [s.total for s in graded], sum(possible for *_, possible in rows))
        )
    return [(*row, histogram(*row[1:])) for row in rows]


def _by_question(graded):
    """Return, by question, each failure with the students who met it."""
    students = defaultdict(lambda: defaultdict(list))
    for standing in graded:
        for question, failures in standing.failures.items():
            for failure in failures:
                students[question][failure].append(standing.student)
    return {
        question: sorted(students[question].items(), key=_named_and_frequent_first)
        for question in graded[0].scores
        if question in students
    } if graded else {}  # fmt: skip


def _named_and_frequent_first(item):
    (name, what), students = item
    return not name, -len(students), what


def _points(course, assignment):
    """Return, by student and question, the score and the possible points."""
    from optedu.grading import gradebook  # loads nbgrader

    with course.gradebook() as book:
        found = gradebook.grades(book, assignment)
    points = defaultdict(lambda: defaultdict(lambda: (0.0, 0.0)))
    for (student, name), (score, possible) in sorted(found.items()):
        before = points[student][question_of(name)]
        points[student][question_of(name)] = before[0] + score, before[1] + possible
    return points


def _failures(cells):
    """Return, by question, what the failed tests say."""
    broken = {
        _nbgrader(cell).get("grade_id"): error["ename"]
        for cell in cells
        if _nbgrader(cell).get("solution")
        for error in _errors(cell)
    }
    failures = defaultdict(set)
    for cell in cells:
        if _test(cell):
            question = question_of(_test(cell))
            for error in _errors(cell)[:1]:
                failures[question].add(_failure(error, broken.get(question)))
    return dict(failures)


def _failure(error, broken):
    """Return the misconception's name, if one is named, and what happened in a sentence."""
    name, message = error["ename"], error["evalue"].strip()
    if name in ENDINGS:
        return "", ENDINGS[name]
    if name == "NameError" and broken:
        return "", ENDINGS.get(broken, f"the answer's cell fails with {broken}")
    if name == "CheckFailed":
        misconception, when = fingerprint.named_in(message)
        if misconception:
            return misconception, when
        message = message.partition(": ")[2] or message
    elif name != "AssertionError":
        message = f"{name}: {message}"
    sentence = re.match(r".*?[.?!](?=\s+[A-Z]|$)|.*", message)[0]
    return "", sentence[:300].removesuffix(".") or "a check without a message"


def _seconds(course, assignment, student):
    path = course.work / "records" / assignment / f"{student}.json"
    try:
        return float(json.loads(path.read_text(encoding="utf-8"))["seconds"])
    except (FileNotFoundError, KeyError, TypeError, ValueError):
        return None


def _read(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def _nbgrader(cell):
    return cell["metadata"].get("nbgrader", {})


def _test(cell):
    """Return the name of a cell that carries points, or None."""
    return _nbgrader(cell).get("grade_id") if _nbgrader(cell).get("grade") else None


def _answers(cells):
    return {
        _nbgrader(cell)["grade_id"]: "".join(cell["source"])
        for cell in cells
        if _nbgrader(cell).get("solution") and cell["cell_type"] == "code"
    }


def _errors(cell):
    return [output for output in cell.get("outputs", []) if output["output_type"] == "error"]


def _printable(value):
    return UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", value) if type(value) is str else value


def _clipped(text):
    return text if len(text) <= LONGEST else text[:LONGEST] + "\n…"


def _template():
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, finalize=_printable
    )
    environment.filters |= {
        "number": lambda value: f"{round(float(value), 1):g}",
        "clipped": _clipped,
        "mean": statistics.fmean,
        "median": statistics.median,
    }
    path = Path(__file__).with_name("overview.html")
    return environment.from_string(path.read_text(encoding="utf-8"))
