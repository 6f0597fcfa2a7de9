"""The guard between a check and a student's function: every mishap becomes a message."""

import io
import re
import warnings
from contextlib import contextmanager, nullcontext, redirect_stdout
from contextvars import ContextVar

import numpy as np

_QUIET = ContextVar("quiet", default=False)  # while a hidden check runs
_BAD_CALL = re.compile(r"([\w.<>]+)\(\) (?:missing \d|takes |got )")


class CheckFailed(AssertionError):
    """What a student reads when a check fails.

    A notebook shows the message alone: the traceback would lead into our code, not into theirs.

    Parameters
    ----------
    what : str
        What was tried and what came of it, a sentence.
    hint : str
        What is likely wrong and where to look; a diagnosis replaces it.
    token : str
        What happened in a few stable words, of which fingerprints are made.
    misconception : str, optional
        The mistake that the message names, as in the bank.
    """

    def __init__(self, what, hint="", token="wrong", misconception=None):
        super().__init__(f"{what} {hint}".strip())
        self.what = what
        self.hint = hint
        self.token = token
        self.misconception = misconception
        self.picture = None  # what a page may show beside the message

    @property
    def kind(self):
        """Return what sort of failure this is: the token without its details."""
        for sort in ("raises", "changes", "returns shape"):
            if self.token.startswith(sort):
                return sort
        return self.token

    def _render_traceback_(self):
        return [f"CheckFailed: {self}"]


class OutOfBudget(BaseException):
    """Raised out of a callback that has been called far too often.

    Not an `Exception`, so that a student's ``except Exception`` does not swallow it.
    """


class Counted:
    """A function handed to the student, which keeps the points and stops a loop without end.

    Parameters
    ----------
    function : callable
        What is counted; takes one point.
    name : str
        What the exercise calls it.
    budget : int
        Calls after which the student's loop is taken to have no end.
    """

    def __init__(self, function, name, budget=1000):
        self.function = function
        self.__name__ = name
        self.budget = budget
        self.points = []

    def __call__(self, *args):
        """Return the function's value at a copy of the point, and keep the point."""
        if len(args) != 1:
            raise TypeError(f"{self.__name__} takes one argument, the point; it got {len(args)}")
        if len(self.points) >= self.budget:
            raise OutOfBudget
        try:
            point = np.array(args[0], dtype=float)
        except (TypeError, ValueError):
            raise TypeError(f"{self.__name__} takes a point; it got {describe(args[0])}") from None
        self.points.append(point)
        return self.function(point.copy())

    @property
    def calls(self):
        """Return how often the function was called."""
        return len(self.points)


class Student:
    """A student's function behind a guard.

    Parameters
    ----------
    fn : callable
        The function.
    parameters : tuple of str
        What the exercise calls its arguments.
    lenient : bool
        Do not object to changed arguments; `changed` still tells.
    """

    def __init__(self, fn, parameters, *, lenient=False):
        self.fn = fn
        self.parameters = parameters
        self.lenient = lenient
        self.changed = []

    def __call__(self, *args, case):
        """Return what the function returns.

        Parameters
        ----------
        *args : object
            Its arguments. Arrays are passed as copies.
        case : str
            What is tried, with a capital letter and without a comma at the end.

        Returns
        -------
        object
            Whatever came back.

        Raises
        ------
        CheckFailed
            If the function raises, does not stop, is not written yet or changes its arguments.
        """
        given = [arg.copy() if isinstance(arg, np.ndarray) else arg for arg in args]
        result, error = self.attempt(*given)
        # Asked of the counter, too: the exception may have been swallowed on its way.
        for arg in args:
            if isinstance(arg, Counted) and arg.calls >= arg.budget:
                raise CheckFailed(
                    f"{case}, your function calls {arg.__name__} without an end; we stopped it "
                    f"after {arg.budget} calls.",
                    "What makes your loop end?",
                    token="does not stop",
                )
        unwritten = result is Ellipsis or result is NotImplemented
        if unwritten or isinstance(error, NotImplementedError):
            raise CheckFailed("this function is not written yet.", token="unwritten")
        if error is not None:
            raise self._explain(error, len(args), case) from error
        for name, now, then in zip(self.parameters, given, args, strict=False):
            if now is not then and not _is_unchanged(now, then):  # only arrays were copied
                self.changed.append(name)
                if not self.lenient:
                    raise CheckFailed(
                        f"{case}, your function changes {name}, which belongs to the caller.",
                        f"Work on a copy: {name} is changed by -= and by assigning into it.",
                        token=f"changes {name}",
                    )
        return result

    def attempt(self, *args):
        """Call the function with these very arguments, not with copies.

        Parameters
        ----------
        *args : object
            Its arguments.

        Returns
        -------
        result : object
            What came back; None if the function raised.
        error : BaseException or None
            What it raised.
        """
        try:
            return self.fn(*args), None
        except (Exception, SystemExit, OutOfBudget) as error:
            return None, error

    def _explain(self, error, n_args, case):
        """Return what to tell about an exception."""
        kind = type(error).__name__
        text = str(error).strip().partition("\n")[0][:200]
        said = f"{kind}: {text}" if text else kind
        order = f"The arguments come in this order: {', '.join(self.parameters[:n_args])}."
        bad_call = _BAD_CALL.match(text) if isinstance(error, TypeError) else None
        if bad_call and bad_call[1].split(".")[-1] == getattr(self.fn, "__name__", None):
            return CheckFailed(
                f"your function does not take the {n_args} arguments it is called with. "
                f"Python says: {said}.",
                order,
                token="raises a signature error",
            )
        return CheckFailed(
            f"{case}, your function raises {said}.",
            order if "Counted" in text else "",
            token=f"raises {kind}",
        )


@contextmanager
def hushed(quiet):
    """Let nobody read of warnings, the student's or NumPy's: they change no score.

    Parameters
    ----------
    quiet : bool
        Drop what the student's function prints, too, and let messages tell less of what it
        returns: it could say what it was called with.

    Yields
    ------
    None
        Control, to the checks.
    """
    heard, before = redirect_stdout(io.StringIO()) if quiet else nullcontext(), _QUIET.set(quiet)
    try:
        with heard, np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        _QUIET.reset(before)


def _is_unchanged(now, then):
    return now.tobytes() == then.tobytes() or np.array_equal(now, then, equal_nan=True)


def describe(value):
    """Return what `value` is, in words that fit after "it is"."""
    if value is None:
        return "None"
    if isinstance(value, str):
        return "text"
    name = "array" if isinstance(value, np.ndarray) else type(value).__name__
    if name == "array" and not _QUIET.get():
        return f"an array of shape {value.shape}"
    if isinstance(value, list | tuple) and not _QUIET.get():
        return f"a {name} of length {len(value)}"
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def number_of(things, one, many):
    """Return how many things came back, in words; in a hidden check only that it is not right."""
    if _QUIET.get():
        return f"another number of {many}"
    return f"{len(things)} {one if len(things) == 1 else many}"


def quoted(text):
    """Return what stands for a student's text in a message: in a hidden check no word of it."""
    return "a text that is not shown" if _QUIET.get() else repr(str(text)[:100])
