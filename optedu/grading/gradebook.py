"""nbgrader's bookkeeping, once a submission.

nbgrader opens the gradebook nine times for each submission, commits after every cell, writes each
notebook twice, and checks its own schema each time that it checks a cell by it. Here the gradebook
stays open, and all scores of a submission become visible at once: who reads it, or grades on after
a crash, finds all of them or none. What nbgrader does in between is its own code, unchanged.
"""

import json
from contextlib import contextmanager
from types import SimpleNamespace

import fastjsonschema
import jsonschema
import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import validator
from nbformat.v4.rwbase import strip_transient
from nbgrader.api import BaseCell, Gradebook
from nbgrader.converters import Autograde, BaseConverter, GenerateFeedback, autograde
from nbgrader.nbgraderformat import common
from nbgrader.preprocessors import (
    getgrades,
    latesubmissions,
    overwritecells,
    overwritekernelspec,
    saveautogrades,
)
from nbgrader.utils import capture_log, setenv, temp_attrs
from sqlalchemy.orm import with_polymorphic

# Where nbgrader opens the gradebook while it grades and while it writes feedback.
_OPENERS = (
    autograde,
    overwritekernelspec,
    overwritecells,
    saveautogrades,
    latesubmissions,
    getgrades,
)


def all_cells(gradebook, **which):
    """Read cells of the instructor's whole, and not one by one when they are used.

    Parameters
    ----------
    gradebook : Gradebook
        Where they are.
    **which : object
        Which of them: their columns' values.

    Returns
    -------
    list of BaseCell
        To be kept: what nothing refers to, the gradebook forgets and reads again.
    """
    return gradebook.db.query(with_polymorphic(BaseCell, "*")).filter_by(**which).all()


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
        # A flush would take SQLite's only lock, so it must not come before a student's code runs.
        self.db().autoflush = False
        self._commit, self.db.commit = self.db.commit, self._flush_new
        self._found = {}

    def find_student(self, *names):
        """Find a student, once a submission."""
        return self._once(super().find_student, *names)

    def find_assignment(self, *names):
        """Find an assignment, once a submission."""
        return self._once(super().find_assignment, *names)

    def find_notebook(self, *names):
        """Find a notebook, once a submission; all its cells are read with it."""
        notebook = self._once(super().find_notebook, *names)
        self._once(self._cells_of, notebook)
        return notebook

    def find_submission_notebook(self, *names):
        """Find a student's notebook, once a submission."""
        return self._once(super().find_submission_notebook, *names)

    def find_source_cell(self, name, notebook, assignment):
        """Find a cell of the instructor's; all of a notebook are read together."""
        found = self._once(self._named, self.find_notebook, "source_cells", notebook, assignment)
        return found.get(name) or super().find_source_cell(name, notebook, assignment)

    def find_graded_cell(self, name, notebook, assignment):
        """Find a cell that gives points; all of a notebook are read together."""
        found = self._once(self._named, self.find_notebook, "grade_cells", notebook, assignment)
        return found.get(name) or super().find_graded_cell(name, notebook, assignment)

    def find_grade(self, grade_cell, *names):
        """Find a grade; all of a submission are read together."""
        found = self._once(self._named, self.find_submission_notebook, "grades", *names)
        return found.get(grade_cell) or super().find_grade(grade_cell, *names)

    def find_comment(self, solution_cell, *names):
        """Find a comment; all of a submission are read together."""
        found = self._once(self._named, self.find_submission_notebook, "comments", *names)
        return found.get(solution_cell) or super().find_comment(solution_cell, *names)

    def _once(self, read, *names):
        """Return what is read, and keep it until the submission is saved."""
        key = read.__name__, *names
        if key not in self._found:
            self._found[key] = read(*names)
        return self._found[key]

    def _cells_of(self, notebook):
        return all_cells(self, notebook_id=notebook.id)

    def _named(self, find, kind, *names):
        """Return all entries of a kind that belong to a notebook, by name."""
        return {entry.name: entry for entry in getattr(find(*names), kind)}

    def _flush_new(self):
        """Write what later queries must find; changes of what is there wait for `save`."""
        if self.db.new:
            self.db.flush()

    def close(self):
        """Stay open: the next to ask is given this one again."""

    def save(self):
        """Write everything since the last time, in one transaction."""
        self._commit()
        self._clear()

    def forget(self):
        """Drop what was not saved, and what was read: others write to the gradebook too."""
        self.db.rollback()
        self._clear()

    def leave(self):
        """Close it, without what was not saved."""
        super().close()

    def _clear(self):
        self.db.expunge_all()
        self._found.clear()


class OwnNotebook(NotebookExporter):
    """nbconvert's exporter for a notebook that nobody else holds, so that none is copied."""

    def from_notebook_node(self, nb, resources=None, **kwargs):
        """Run the preprocessors, and write what comes of them without looks: few ever see it."""
        resources = self._init_resources(resources)
        _, nb = validator.normalize(nb)
        for preprocessor in self._preprocessors:
            nb, resources = preprocessor(nb, resources)
        nbformat.validate(nb, relax_add_props=True)
        resources["output_suffix"] = ".nbconvert"
        return json.dumps(strip_transient(nb)) + "\n", resources


class AutogradeAtOnce(Autograde):
    """nbgrader's autograder, with one transaction for who submitted and one for all scores."""

    gradebook = None
    exporter_class = OwnNotebook

    def init_destination(self, assignment_id, student_id):
        """Begin a submission with nothing read before."""
        self.gradebook.forget()
        return super().init_destination(assignment_id, student_id)

    def init_assignment(self, assignment_id, student_id):
        """Save that there is a submission."""
        super().init_assignment(assignment_id, student_id)
        self.gradebook.save()

    def convert_single_notebook(self, notebook_filename):
        """Repair, run and score a notebook in one go, and save the scores once it is written."""
        self.exporter._preprocessors = []
        for preprocessor in (*self.sanitize_preprocessors, *self.autograde_preprocessors):
            self.exporter.register_preprocessor(preprocessor)
        with setenv(NBGRADER_EXECUTION="autograde"):
            BaseConverter.convert_single_notebook(self, notebook_filename)
        self.gradebook.save()


class Grader:
    """nbgrader at work on one course, with the gradebook open.

    Parameters
    ----------
    api : NbGraderAPI
        nbgrader, set up for the course.
    """

    def __init__(self, api):
        self.api = api
        self.gradebook = OpenGradebook(api.coursedir.db_url, api.coursedir.course_id)

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
        return self._run(GenerateFeedback, assignment, student)

    def _run(self, converter, assignment, student):
        course = self.api.coursedir
        self.gradebook.forget()
        with (
            _once(self.gradebook),
            temp_attrs(course, assignment_id=assignment, student_id=student),
        ):
            app = converter(coursedir=course, parent=self.api)
            app.gradebook, app.force = self.gradebook, True
            return capture_log(app)


@contextmanager
def _once(gradebook):
    """Give nbgrader the open gradebook, and a validator that trusts nbgrader's own schema."""
    for module in _OPENERS:
        module.Gradebook = lambda *args, **kwargs: gradebook
    common.jsonschema = SimpleNamespace(validate=_validate)
    try:
        yield
    finally:
        for module in _OPENERS:
            module.Gradebook = Gradebook
        common.jsonschema = jsonschema


def _validate(instance, schema):
    """Do what `jsonschema.validate` does, compiled; it is asked itself only where that objects."""
    key = json.dumps(schema, sort_keys=True)
    if key not in _VALIDATORS:
        _VALIDATORS[key] = fastjsonschema.compile(schema)
    try:
        _VALIDATORS[key](instance)
    except fastjsonschema.JsonSchemaException:
        jsonschema.validate(instance, schema)
        raise


_VALIDATORS = {}
