"""An exercise: the checks that teach, the checks that decide, and the probes that diagnose.

A check is a function of a `Student`. It calls the student's function through the guard, compares
what comes back with something known, and raises `CheckFailed` with a message that teaches. A
probe calls it in the same way and returns a few numbers that tell one mistake from another.
"""

from optedu.checks import fingerprint
from optedu.checks.student import CheckFailed, Student, describe, hushed, quoted


class Passed(str):
    """A line that says how many checks passed; a notebook shows it without quotation marks."""

    __slots__ = ()

    __repr__ = str.__str__


class Exercise:
    """An exercise: call it with the student's function to check that function.

    Parameters
    ----------
    chapter, name : str
        Where it belongs: the chapter's stem, and the function's name.
    parameters : str
        The function's arguments, separated by spaces.
    doc : str
        What a right solution does, in a sentence.
    """

    def __init__(self, chapter, name, parameters, doc):
        self.chapter = chapter
        self.name = self.__name__ = name
        self.parameters = tuple(parameters.split())
        self.__doc__ = doc
        self.visible_checks, self.hidden_checks, self.probes = [], [], []

    def visible(self, check):
        """Add a check that the student can run."""
        self.visible_checks.append(check)
        return check

    def hidden(self, check):
        """Add a check that runs when the work is graded."""
        self.hidden_checks.append(check)
        return check

    def probe(self, probe):
        """Add a probe, which returns numbers and words."""
        self.probes.append(probe)
        return probe

    def __call__(self, fn, hidden=False):
        """Check a student's function.

        Parameters
        ----------
        fn : callable
            The function.
        hidden : bool
            Run the checks that decide after those that teach.

        Returns
        -------
        Passed
            How many checks passed.

        Raises
        ------
        CheckFailed
            If one does not; the message names the likely misconception.
        """
        if not callable(fn):
            raise CheckFailed(
                f"{self.name} must be a function, but it is {describe(fn)}.",
                f"Has a later line used the name {self.name} for something else?",
            )
        # When work is graded, what was found of a function holds until more of the work has run.
        found = fn.verdicts if hasattr(type(fn), "verdicts") else {}
        self._require(self.visible_checks, fn, found, quiet=False)
        count = len(self.visible_checks)
        if hidden:
            # What a student prints helps with a visible check; a hidden one tells nothing.
            self._require(self.hidden_checks, fn, found, quiet=True)
            count += len(self.hidden_checks)
        return Passed(f"{self.name}: {count} check{'s' * (count > 1)} passed")

    def failing(self, fn):
        """Return which checks a function fails, and how.

        Parameters
        ----------
        fn : callable
            The function.

        Returns
        -------
        dict of str to str
            The kind of failure by the check's name.
        """
        checks = self.visible_checks + self.hidden_checks
        with hushed(quiet=True):
            failures = {check.__name__: self._run(check, fn) for check in checks}
        return {name: failure.kind for name, failure in failures.items() if failure}

    def __repr__(self):
        """Show the call that the exercise checks."""
        return f"<check of {self.name}({', '.join(self.parameters)})>"

    def _require(self, checks, fn, found, quiet):
        """Run the checks of which nothing was found yet; raise the first failure."""
        with hushed(quiet):
            for check in checks:
                key = self.name, check.__name__
                if key not in found:
                    failure = self._run(check, fn)
                    found[key] = failure and self._explain(fn, check, failure)
                if found[key] is not None:
                    raise found[key].with_traceback(None)

    def _run(self, check, fn):
        """Return the failure of one check, or None."""
        try:
            check(Student(fn, self.parameters))
        except CheckFailed as failure:
            return failure
        except Exception as error:  # a result so odd that no check has thought of it
            return CheckFailed(
                "what your function returns cannot be read as an answer "
                f"({type(error).__name__}: {quoted(error)}).",
                token="returns something odd",
            )
        return None

    def _explain(self, fn, check, failure):
        """Return the failure with the mistake named, if it is a known one."""
        cause = failure.__cause__  # what the student's function raised, and where
        picture = failure.picture if check in self.visible_checks else None
        if failure.token != "unwritten":
            failure = fingerprint.diagnose(self, fn, check.__name__, failure)
        explained = CheckFailed(
            f"{self.name}: {failure.what}", failure.hint, failure.token, failure.misconception
        )
        explained.__cause__, explained.picture = cause, picture
        return explained
