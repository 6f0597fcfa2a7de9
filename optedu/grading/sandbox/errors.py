"""What crosses of an exception: its name, its text, and the lines of cells that it went through."""

import builtins

import numpy as np
from IPython.core.interactiveshell import InteractiveShell

from . import shell

# Raised by a student, these would mean something to the checker's own code.
_NOT_OURS = {
    "AssertionError",
    "GeneratorExit",
    "KeyboardInterrupt",
    "StopAsyncIteration",
    "StopIteration",
    "SystemExit",
}


class StudentError(Exception):
    """What went wrong on the student's side, where no exception of Python's own says it."""


def told(error):
    """Return a message that tells of an exception, and of the lines it went through."""
    cells = InteractiveShell.instance().compile._filename_map
    lines = shell.lines_of(error.__traceback__, cells)
    frames = [line for line in lines if line.startswith("Cell In[")]
    return {
        "op": "raised",
        "name": type(error).__name__,
        "bases": [base.__name__ for base in type(error).__mro__],
        "message": str(error)[:2000],
        "frames": [frame[:500] for frame in frames[-10:]],
    }


def told_nothing(message):
    """Return of an exception in a hidden test no more than which of Python's own it is, and where.

    Its text and the name of its class are the student's, and could say what the test called their
    function with. The host sees to it that the lines are lines of theirs.
    """
    name = str(message.get("name"))
    known = name if hasattr(builtins, name) else "an error of your own"
    return {**message, "name": known, "message": "what your code says here is not shown"}


def as_exception(message):
    """Return an exception of ours that says what the other side's said."""
    name, text = str(message.get("name"))[:80], str(message.get("message"))[:2000]
    bases = message.get("bases")
    for candidate in [name, *(bases if isinstance(bases, list) else [])[:20]]:
        kind = np.linalg.LinAlgError if candidate == "LinAlgError" else None
        kind = kind or getattr(builtins, str(candidate), None)
        ordinary = isinstance(kind, type) and issubclass(kind, Exception)
        if ordinary and candidate not in _NOT_OURS and kind is not Exception:
            try:
                error = kind(text)
            except TypeError:  # UnicodeError and its like need more than a text
                continue
            break
    else:
        error = StudentError(f"{name}: {text}")
    frames = message.get("frames")
    error.frames = [str(frame)[:500] for frame in frames[:10]] if isinstance(frames, list) else []
    return error
