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
# What a submission may use. A cell or a test that asks for more costs its own points only. These
# are for each cell and each test:
c.RunCells.limits = {
    "seconds": cell_seconds,  # on the clock; a loop that never ends is stopped then
    "output": 200_000,  # characters printed; the rest is dropped
    # For each process that runs cells, so for the submission:
    "total_seconds": 600,  # on the clock, all cells and tests together
    "cpu_seconds": 120,  # of processor time
    "memory": 2 << 30,  # bytes of address space, with NumPy's and Matplotlib's own
    "threads": 64,  # at once; other processes cannot be started at all
    "open_files": 256,  # at once
    "file_size": 32 << 20,  # bytes of one file
    "disk": 64 << 20,  # bytes of all files, which lie in memory
    "files": 1000,  # files and folders
}

# One cell or test may have more time, or more to print: {"test_mlp": {"seconds": 60}}.
c.RunCells.cell_limits = {}

# A notebook is checked against its format when it is done, and not after each of ten steps.
c.Exporter.optimistic_validation = True

c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "optedu.grading.feedback.TidyFeedback",
]
c.GenerateFeedback.exporter_class = "optedu.grading.feedback.FeedbackPage"
