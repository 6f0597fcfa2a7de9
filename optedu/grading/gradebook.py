"""nbgrader's bookkeeping, once a submission.

nbgrader sets itself up and opens the gradebook nine times for each submission, commits after every
cell, writes each notebook twice, and checks its own schema each time that it checks a cell by it.
Here it is set up once, the gradebook stays open, and all of a submission becomes visible at once:
who reads it, or grades on after a crash, finds all of its scores or none. What nbgrader does in
between is its own code, unchanged.
"""

import json
import os
from collections import defaultdict
from contextlib import contextmanager
from fnmatch import fnmatch
from functools import cache
from types import SimpleNamespace

import fastjsonschema
import jsonschema
import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat.v4.rwbase import strip_transient
from nbgrader import utils
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    new_uuid,
)
from nbgrader.converters import Autograde, BaseConverter, autograde
from nbgrader.nbgraderformat import MetadataValidator, common
from nbgrader.preprocessors import (
    checkcellmetadata,
    getgrades,
    latesubmissions,
    overwritecells,
    overwritekernelspec,
    saveautogrades,
)
from nbgrader.utils import capture_log, is_ignored, parse_utc, setenv, temp_attrs
from sqlalchemy.orm import undefer, with_polymorphic
from sqlalchemy.orm.attributes import set_committed_value

from optedu.grading import intake

# Where nbgrader opens the gradebook while it grades and while it writes feedback.
_OPENERS = (autograde, overwritekernelspec, overwritecells, saveautogrades, getgrades)
# Cells of the instructor's are read whole, and not one by one when they are used.
_WHOLE_CELL = with_polymorphic(BaseCell, "*")


def grades(gradebook, assignment):
    """Read all grades of an assignment at once.

    Parameters
    ----------
    gradebook : Gradebook
        Where they are.
    assignment : str
        The assignment's name.

    Returns
    -------
    dict of (str, str) to (float, float)
        Score and possible points, by student and cell.
    """
    query = _of_class(gradebook, assignment, Grade, GradeCell.name, Grade.score).join(GradeCell)
    found = query.add_columns(GradeCell.max_score)
    return {(student, name): (score, possible) for student, name, score, possible in found}


def comments(gradebook, assignment):
    """Read all comments on an assignment at once.

    Parameters
    ----------
    gradebook : Gradebook
        Where they are.
    assignment : str
        The assignment's name.

    Returns
    -------
    dict of str to list of str
        Each student's, in the order of the cells' names; None where there is none.
    """
    query = _of_class(gradebook, assignment, Comment, BaseCell.name, Comment.comment).join(BaseCell)
    found = defaultdict(list)
    for student, _, comment in query.order_by(BaseCell.name):
        found[student].append(comment)
    return found


def _of_class(gradebook, assignment, kind, *columns):
    """Return a query for the class's grades or comments, its first column the student."""
    return (
        gradebook.db.query(SubmittedAssignment.student_id, *columns)
        .join(SubmittedAssignment.assignment)
        .join(SubmittedAssignment.notebooks)
        .join(kind)
        .filter(Assignment.name == assignment)
    )


def export(gradebook, path):
    """Write all scores to a file, as ``nbgrader export`` does.

    Parameters
    ----------
    gradebook : Gradebook
        Where they are; nothing else is found in it any more.
    path : Path
        The file.
    """
    from nbgrader.plugins import CsvExportPlugin

    sums = SubmittedAssignment.score, SubmittedAssignment.late_submission_penalty
    found = {
        (submission.assignment.name, submission.student_id): submission
        for submission in gradebook.db.query(SubmittedAssignment).options(*map(undefer, sums))
    }

    def find_submission(*names):
        if names not in found:
            raise MissingEntry(" of ".join(names))
        return found[names]

    gradebook.find_submission = find_submission  # one query for all, and not three for each
    CsvExportPlugin(to=str(path)).export(gradebook)


class OpenGradebook(Gradebook):
    """A gradebook that stays open, and keeps what it is told until `save`.

    Parameters
    ----------
    db_url : str
        Where the database is.
    course_id : str
        Which course of it.
    """

    def __init__(self, db_url, course_id="default_course"):
        super().__init__(db_url, course_id)
        # To write would take SQLite's only lock, so it must not come before a student's code runs.
        self.db().autoflush = self.db().expire_on_commit = False
        self._commit, self.db.commit = self.db.commit, lambda: None
        self._found, self._new = {}, []

    def add_student(self, name, **details):
        """Add a student, whom no query finds until they are written."""
        self._found["find_student", name] = self._add(Student, id=name, **details)
        return self.find_student(name)

    def add_submission(self, assignment, student, timestamp=None):
        """Add a submission as nbgrader does, which no query finds until it is written.

        Its rows know their keys, so that nobody needs to find out which depends on which.
        """
        whole, submitter = self.find_assignment(assignment), self.find_student(student)
        submission = self._add(
            SubmittedAssignment,
            id=new_uuid(),
            assignment_id=whole.id,
            student_id=submitter.id,
            timestamp=parse_utc(timestamp),
        )
        notebooks = [self._add_notebook(submission, notebook) for notebook in whole.notebooks]
        _tie(submission, assignment=whole, student=submitter, notebooks=notebooks)
        self._found["find_submission", assignment, student] = submission
        return submission

    def _add_notebook(self, submission, notebook):
        own = new_uuid()
        keys = {"assignment_id": submission.id, "notebook_id": notebook.id}
        submitted = self._add(SubmittedNotebook, id=own, **keys)
        graded = [*notebook.grade_cells, *notebook.task_cells]
        answered = [*notebook.solution_cells, *notebook.task_cells]
        grades = [self._add(Grade, cell_id=cell.id, notebook_id=own) for cell in graded]
        comments = [self._add(Comment, cell_id=cell.id, notebook_id=own) for cell in answered]
        ties = {"assignment": submission, "notebook": notebook}
        _tie(submitted, grades=grades, comments=comments, **ties)
        return submitted

    def _add(self, kind, **columns):
        self._new.append(kind(**columns))
        return self._new[-1]

    def find_student(self, *names):
        """Find a student, once a submission."""
        return self._once(super().find_student, *names)

    def find_submission(self, assignment, student):
        """Find a submission, once; nobody looks for that of a student who is new."""
        key = "find_submission", assignment, student
        if key not in self._found and self._found.get(("find_student", student)) in self._new:
            raise MissingEntry(f"{student} is new")
        return self._once(super().find_submission, assignment, student)

    def find_assignment(self, *names):
        """Find an assignment, once a submission; all its cells are read with it."""
        return self._once(self._read_assignment, *names)

    def find_notebook(self, name, assignment):
        """Find a notebook of an assignment."""
        found = _named(self.find_assignment(assignment).notebooks)
        return found.get(name) or super().find_notebook(name, assignment)

    def find_submission_notebook(self, name, *names):
        """Find a student's notebook."""
        found = _named(self.find_submission(*names).notebooks)
        return found.get(name) or super().find_submission_notebook(name, *names)

    def find_source_cell(self, name, *names):
        """Find a cell of the instructor's; all of a notebook are read together."""
        found = self._once(self._source_cells, *names)
        return found.get(name) or super().find_source_cell(name, *names)

    def find_graded_cell(self, name, *names):
        """Find a cell that gives points; all of a notebook are read together."""
        found = self._once(self._graded_cells, *names)
        return found.get(name) or super().find_graded_cell(name, *names)

    def find_grade(self, name, *names):
        """Find a grade; all of a submission are read together."""
        found = self._once(self._of_cells, "grades", *names)
        return found.get(name) or super().find_grade(name, *names)

    def find_comment(self, name, *names):
        """Find a comment; all of a submission are read together."""
        found = self._once(self._of_cells, "comments", *names)
        return found.get(name) or super().find_comment(name, *names)

    def _once(self, read, *names):
        """Return what is read, and keep it until the submission is saved."""
        key = read.__name__, *names
        if key not in self._found:
            self._found[key] = read(*names)
        return self._found[key]

    def _read_assignment(self, *names):
        assignment = super().find_assignment(*names)
        for notebook in assignment.notebooks:
            cells = self.db.query(_WHOLE_CELL).filter_by(notebook_id=notebook.id)
            set_committed_value(notebook, "_base_cells", cells.all())
        return assignment

    def _source_cells(self, *names):
        return _named(self.find_notebook(*names).source_cells)

    def _graded_cells(self, *names):
        return _named(self.find_notebook(*names).grade_cells)

    def _of_cells(self, kind, *names):
        """Return a student's grades or comments by the names of their cells.

        Those that are not written yet know their cell's key alone.
        """
        cells = {cell.id: cell.name for cell in self.find_notebook(*names[:-1])._base_cells}
        entries = getattr(self.find_submission_notebook(*names), kind)
        return {cells.get(entry.cell_id): entry for entry in entries}

    def close(self):
        """Stay open: the next to ask is given this one again."""

    def summed(self):
        """Return it; if a submission is late, with its scores where the database can sum them."""
        found = [entry for entry in self._found.values() if isinstance(entry, SubmittedAssignment)]
        if any(submission.total_seconds_late > 0 for submission in found):
            self.db.add_all(self._new)
            self._new.clear()
            self.db.flush()
        return self

    def save(self):
        """Write everything since the last time, in one transaction."""
        self.db.bulk_save_objects(self._new)
        self._commit()
        self.forget()

    def forget(self):
        """Drop what was not saved, and what was read: others write to the gradebook too."""
        self.db.rollback()
        self.db.expunge_all()
        self._found.clear()
        self._new.clear()

    def leave(self):
        """Close it, without what was not saved."""
        super().close()


def _tie(row, **others):
    """Tell a row of those that it belongs with, which its keys say already."""
    for name, other in others.items():
        set_committed_value(row, name, other)


def _named(entries):
    return {entry.name: entry for entry in entries}


class OwnNotebook(NotebookExporter):
    """nbconvert's exporter for a notebook that nobody else holds, so that none is copied."""

    def from_file(self, file_stream, resources=None, **kwargs):
        """Read what intake has looked at, without looking again."""
        nb = intake.read(file_stream.read())
        return self.from_notebook_node(nb, resources=resources, **kwargs)

    def from_notebook_node(self, nb, resources=None, **kwargs):
        """Run the preprocessors, and write what comes of them without looks: few ever see it.

        It was valid when it came in, and what repair and the run put into it is valid by itself.
        """
        resources = self._init_resources(resources)
        for preprocessor in self._preprocessors:
            nb, resources = preprocessor(nb, resources)
        resources["output_suffix"] = ".nbconvert"
        return json.dumps(strip_transient(intake.with_ids(nb))) + "\n", resources


class AutogradeAtOnce(Autograde):
    """nbgrader's autograder, with one transaction a submission."""

    gradebook = own_exporter = None

    def exporter_class(self, **kwargs):
        """Return the exporter, set up once for the whole class."""
        if self.own_exporter is None:
            self.own_exporter = OwnNotebook(**kwargs)
            # What both end with, a check of what no run changes, is done once, before the run.
            both = *self.sanitize_preprocessors, *self.autograde_preprocessors
            for preprocessor in dict.fromkeys(both):
                self.own_exporter.register_preprocessor(preprocessor)
        return self.own_exporter

    def convert_single_notebook(self, notebook_filename):
        """Repair, run and score a notebook in one go, and save the scores once it is written."""
        with setenv(NBGRADER_EXECUTION="autograde"):
            BaseConverter.convert_single_notebook(self, notebook_filename)
        self.gradebook.save()


class Grader:
    """nbgrader at work on one course, with the gradebook open.

    Parameters
    ----------
    course : Course
        The course.
    """

    def __init__(self, course):
        self.config, self.directory = course.config, course.directory()
        self.gradebook = OpenGradebook(self.directory.db_url, self.directory.course_id)
        self.converters = {}

    def autograde(self, assignment, student):
        """Do what ``nbgrader autograde`` does for one submission.

        Parameters
        ----------
        assignment, student : str
            Which.

        Returns
        -------
        dict
            ``success``, ``error`` and ``log``, as nbgrader's API has them.
        """
        return self._run(AutogradeAtOnce, assignment, student)

    def generate_feedback(self, assignment, student):
        """Do what ``nbgrader generate_feedback`` does for one submission.

        Parameters
        ----------
        assignment, student : str
            Which.

        Returns
        -------
        dict
            ``success``, ``error`` and ``log``, as nbgrader's API has them.
        """
        return self._run(_load_feedback(), assignment, student)

    def _run(self, converter, assignment, student):
        if converter not in self.converters:
            app = self.converters[converter] = converter(
                coursedir=self.directory, config=self.config
            )
            app.gradebook, app.force = self.gradebook, True
        with (
            _once(self.gradebook),
            temp_attrs(self.directory, assignment_id=assignment, student_id=student),
        ):
            result = capture_log(self.converters[converter])
        self.gradebook.forget()
        if not result["success"]:
            self.converters.clear()  # the next starts afresh
        return result


def load(release, pages):
    """Load what takes long and is first needed in a worker: all of them are forks of this process.

    Parameters
    ----------
    release : Path
        A released notebook.
    pages : bool
        Whether feedback will be written.
    """
    nbformat.read(release, as_version=4)  # compiles the format's schema
    from optedu.grading import repair  # noqa: F401  (nbgrader imports it by its name)

    if pages:
        _load_feedback()


def _load_feedback():
    from nbgrader.converters import GenerateFeedback

    from optedu.grading import feedback  # noqa: F401  (nbgrader imports it by its name)

    return GenerateFeedback


@contextmanager
def _once(gradebook):
    """Give nbgrader the open gradebook, and a validator that trusts nbgrader's own schema."""
    for module in _OPENERS:
        module.Gradebook = lambda *args, **kwargs: gradebook
    latesubmissions.Gradebook = lambda *args, **kwargs: gradebook.summed()
    common.jsonschema = SimpleNamespace(validate=_validate)
    utils.is_ignored = _is_ignored
    checkcellmetadata.MetadataValidator = _metadata_validator
    try:
        yield
    finally:
        for module in (*_OPENERS, latesubmissions):
            module.Gradebook = Gradebook
        common.jsonschema, utils.is_ignored = jsonschema, is_ignored
        checkcellmetadata.MetadataValidator = MetadataValidator


def _is_ignored(path, patterns):
    """Do what nbgrader does by a list of the folder a pattern: `path` is known to be there."""
    name = os.path.basename(path)
    fitting = (pattern for pattern in patterns if name[:1] != "." or pattern[:1] == ".")
    return any(fnmatch(name, pattern) for pattern in fitting)


def _validate(instance, schema):
    """Do what `jsonschema.validate` does, compiled; it is asked itself only where that objects."""
    if _last["schema"] is not schema:
        _last["schema"], _last["check"] = schema, _compiled(json.dumps(schema, sort_keys=True))
    try:
        _last["check"](instance)
    except fastjsonschema.JsonSchemaException:
        jsonschema.validate(instance, schema)
        raise


@cache
def _metadata_validator():
    """Return nbgrader's validator, which reads its schema once."""
    return MetadataValidator()


_last = {"schema": None}


@cache
def _compiled(schema):
    return fastjsonschema.compile(json.loads(schema))
