"""What nbgrader needs to know about this course; `python -m optedu` reads it too.

Everything that belongs to one class (submissions, grades, feedback) lies in `.grading/`, which
git ignores. `exercises/` is written by `python -m optedu exercises`, never by nbgrader itself.
"""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821  (nbgrader defines it)
root = Path(__file__).resolve().parent
cell_seconds = 20

# nbgrader calls alembic by its bare name, which a virtual environment that is not activated hides.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

c.CourseDirectory.root = str(root)
c.CourseDirectory.source_directory = ".grading/source"
c.CourseDirectory.release_directory = ".grading/release"
c.CourseDirectory.submitted_directory = ".grading/submitted"
c.CourseDirectory.autograded_directory = ".grading/autograded"
c.CourseDirectory.feedback_directory = ".grading/feedback"
# Two workers and the formgrader may write at once; SQLite makes them queue, for up to a minute.
c.CourseDirectory.db_url = f"sqlite:///{(root / '.grading/gradebook.db').as_posix()}?timeout=60"
# nbgrader copies whatever lies beside a notebook: text sources would carry the answers along.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "__pycache__", "*.pyc", "*.md", "*.py"]

c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "optedu.grading.repair.RepairCells",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# The first entry runs the student's code: this line decides where and how confined.
c.Autograde.autograde_preprocessors = [
    "optedu.grading.execute.RunCells",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Execute.timeout = cell_seconds
# Kernels warn of every connection that is not encrypted; these stay on this machine.
c.Execute.extra_arguments = ["--log-level=ERROR"]

c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "optedu.grading.feedback.TidyFeedback",
]
c.GenerateFeedback.exporter_class = "optedu.grading.feedback.FeedbackPage"
