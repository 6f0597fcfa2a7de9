"""What exercises of this chapter share: functions that yield, and noise without chance."""

from collections.abc import Iterator
from itertools import islice

import numpy as np

from optedu.checks.student import Student

# The noise of 64 runs: a Hadamard matrix without its row of ones. Over the runs, each row has the
# mean 0, the variance 1 and no correlation with another, exactly. So a mean square over the runs
# is what theory expects of random noise, and not a number is drawn.
NOISE = np.array([[(-1.0) ** (i & j).bit_count() for j in range(64)] for i in range(1, 64)])


def stepped(student, most):
    """Return a guard of the same function that runs what it yields to the end.

    So a mishap on the way becomes a message, and a changed argument shows.

    Parameters
    ----------
    student : Student
        The function.
    most : int
        Items after which to stop.

    Returns
    -------
    Student
        The guard, which returns a list where the function yields.
    """

    def run(*args):
        result = student.fn(*args)
        return list(islice(result, most)) if isinstance(result, Iterator) else result

    run.__name__ = getattr(student.fn, "__name__", "")
    guard = Student(run, student.parameters, lenient=student.lenient)
    guard.changed = student.changed
    return guard
