"""What a failed check can show beside its message: a few curves, as plain numbers.

A check says what to draw, and `optedu.grading.pictures` draws it. Only checks that the student can
run show anything: their inputs stand in the message, so the picture gives away no hidden number.
"""

from contextlib import contextmanager

import numpy as np

from optedu.checks.student import CheckFailed

MOST_POINTS = 120  # of a curve; more are not seen at the size of a picture


@contextmanager
def showing(x, y, curves, log=False):
    """Let a check that fails inside show curves.

    Parameters
    ----------
    x, y : str
        What the axes hold.
    curves : dict of str to array of shape (n, 2)
        By what each is, its points; those of the student begin with "your".
    log : bool
        Whether the vertical axis is logarithmic.

    Yields
    ------
    None
        Control, to the checks.
    """
    try:
        yield
    except CheckFailed as failure:
        failure.picture = {
            "x": x,
            "y": y,
            "curves": {name: _plain(points, log) for name, points in curves.items()},
        }
        raise


def _plain(points, log):
    """Return points as numbers that any format can hold; those without a place are left out."""
    points = np.array(points, dtype=float)
    if log:
        with np.errstate(all="ignore"):
            points[:, 1] = np.log10(points[:, 1])
    points = points[np.all(np.abs(points) < 1e30, axis=1)]
    every = -(-len(points) // MOST_POINTS)
    return points[:: max(every, 1)].tolist()
