"""Where the parts of a course lie, and nbgrader set up for them."""

import copy
import re
import warnings
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from traitlets.config import Config, PyFileConfigLoader


class GradingError(Exception):
    """Something the instructor can put right; the message says how."""


@dataclass
class Course:
    """A folder that holds `nbgrader_config.py`, `solutions/` and `exercises/`.

    Parameters
    ----------
    root : Path
        The folder.
    config : Config, optional
        nbgrader's configuration; by default what the folder's `nbgrader_config.py` says.

    Raises
    ------
    GradingError
        If the folder holds no `nbgrader_config.py`: run from the course's folder.
    """

    root: Path
    config: Config = field(default=None, repr=False)

    def __post_init__(self):
        """Load the configuration."""
        self.root = Path(self.root).resolve()
        if self.config is None:
            if not (self.root / "nbgrader_config.py").exists():
                raise GradingError(
                    f"{self.root} holds no nbgrader_config.py; run this from the course's folder"
                )
            self.config = PyFileConfigLoader("nbgrader_config.py", str(self.root)).load_config()

    @property
    def work(self):
        """Return the folder of what belongs to one class: submissions, grades, feedback."""
        return self.root / ".grading"

    @contextmanager
    def alone(self):
        """Keep every other command that writes away from the class meanwhile.

        Raises
        ------
        GradingError
            If another one is at work, or the lock cannot be written.
        """
        import sqlite3  # its lock holds where that of the gradebook does

        self.work.mkdir(parents=True, exist_ok=True)
        path = self.work / "lock"
        with ExitStack() as held:
            try:
                connection = sqlite3.connect(path, timeout=0, isolation_level=None)
                held.enter_context(closing(connection)).execute("BEGIN EXCLUSIVE")
            except sqlite3.Error as error:
                why = f"{path} cannot be locked ({error}): may you write there? If so, remove it"
                if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                    why = f"another command is at work on {self.work}; wait until it ends"
                raise GradingError(why) from None
            yield

    def elsewhere(self, root):
        """Return the same course with its work in another folder, and no gradebook.

        Parameters
        ----------
        root : Path
            An empty folder.

        Returns
        -------
        Course
            A course that shares only the configuration.
        """
        config = copy.deepcopy(self.config)
        config.CourseDirectory.root = str(Path(root).resolve())
        config.GenerateAssignment.no_database = True
        config.SaveCells.enabled = False
        return Course(root, config)

    def notebooks(self, assignment):
        """Return the released notebooks of an assignment, by stem.

        Parameters
        ----------
        assignment : str
            The assignment's name.

        Returns
        -------
        dict of str to Path
            Empty if the assignment is not released.
        """
        folder = self.work / "release" / assignment
        return {path.stem: path for path in sorted(folder.glob("*.ipynb"))}

    def api(self):
        """Return nbgrader's own API for this course."""
        from nbgrader.apps import NbGraderAPI  # slow to import, and `--help` should not be

        self._prepare()
        return NbGraderAPI(config=self.config)

    def directory(self):
        """Return where nbgrader finds the course's files, as its API has it."""
        from nbgrader.coursedir import CourseDirectory  # much faster to import than the API

        self._prepare()
        return CourseDirectory(config=self.config)

    def gradebook(self):
        """Return nbgrader's gradebook, opened, as its API does."""
        from nbgrader.api import Gradebook

        directory = self.directory()
        return Gradebook(directory.db_url, directory.course_id)

    def _prepare(self):
        # nbgrader's own use of SQLAlchemy, and cells copied by hand: nothing to act on.
        for message in ("Object of type <Submitted", "Non-unique cell id", "Cell is missing an id"):
            warnings.filterwarnings("ignore", message=message)
        self.work.mkdir(parents=True, exist_ok=True)


def first_error(result):
    """Return the first error that nbgrader logged; those after it are its consequences.

    Parameters
    ----------
    result : dict
        What nbgrader's API returned for a run that failed.

    Returns
    -------
    str
        The error's name and message.

    Examples
    --------
    >>> first_error({"error": "x", "log": "[ERROR] Traceback\\n  a.b.KeyError: 'c'\\n"})
    "KeyError: 'c'"
    """
    log = result.get("log", "") + "\n" + result["error"]
    found = re.search(r"^\s*(?:\w+\.)*(\w*(?:Error|Exception|Entry): .+)", log, flags=re.MULTILINE)
    return found[1] if found else log.strip().splitlines()[-1]
