"""The families of checks: ways to know that a result is right, shared by all chapters.

API  what comes back has the right form        EXA  equals a closed form
DEG  degenerate cases hold                     REF  equals the reference over many steps
RAT  converges at the rate theory gives        REC  satisfies a recurrence
GRA  equals a difference quotient              INV  follows a change of the input
ENU  holds on average over all outcomes        CER  carries a certificate
MET  the student's tool is right on a bank     CNT  costs what it should
STA  holds within six standard errors

A check names its family in its docstring. What several checks share is here; every comparison is
written so that NaN fails it.
"""

from collections.abc import Iterator

import numpy as np

from optedu.checks.student import CheckFailed, describe
from optedu.descent import measure_rate

# Two ways to write one formula differ by some 1e-16 of its largest term, and a few dozen steps
# add these up; a result that went through float32 is off by 1e-8 or more.
ROUNDING = 1e-9

_PLAIN = float, np.float64  # what comes back most often, and needs no second look
_RANDOM = np.random.RandomState(0)


def seeded(seed):
    """Return the generator of a fixture's numbers, started anew; a new one would take long.

    Parameters
    ----------
    seed : int
        Where its stream begins, which is that of ``RandomState(seed)``.

    Returns
    -------
    RandomState
        The generator, always the same object: draw at once, and do not keep it.
    """
    _RANDOM.seed(seed)
    return _RANDOM


def as_numbers(value, case):
    """Return what a student's function returned as a float array, whatever holds the numbers.

    Parameters
    ----------
    value : object
        A number, or numbers nested in lists, tuples and arrays.
    case : str
        What was tried.

    Returns
    -------
    ndarray
        The numbers.

    Raises
    ------
    CheckFailed
        If they are not real numbers, or differ in shape.
    """
    if value is None:
        raise CheckFailed(
            f"{case}, your function returns nothing.",
            "Does it end with a return?",
            token="returns None",
        )
    if type(value) in _PLAIN:
        return np.array(value)
    array, blame = _to_array(value)
    if array is None:
        raise CheckFailed(
            f"{case}, your function returns {describe(value)}, and numbers are asked for.",
            blame,
            token=f"returns {type(value).__name__}",
        )
    if array.dtype.kind == "c":
        raise CheckFailed(
            f"{case}, your function returns complex numbers, and the answer is real.",
            "They come from eigenvalues of a matrix that is not symmetric, or from the root of a "
            "negative number.",
            token="returns complex numbers",
        )
    return array.astype(float)


def as_number(value, case):
    """Return what a student's function returned as a float; one entry of an array will do.

    Parameters
    ----------
    value : object
        One number in any wrapping.
    case : str
        What was tried.

    Returns
    -------
    float
        The number.

    Raises
    ------
    CheckFailed
        If it is not one real number.
    """
    if type(value) in _PLAIN:
        return float(value)
    array = as_numbers(value, case)
    if array.size != 1:
        raise CheckFailed(
            f"{case}, your function returns {describe(value)}, and one number is asked for.",
            token=f"returns shape {array.shape}",
        )
    return array.item()


def same(got, want, rtol=ROUNDING):
    """Return whether numbers agree up to `rtol` of the largest; NaN agrees with nothing.

    Parameters
    ----------
    got, want : array_like
        What came, and what is right.
    rtol : float
        The tolerance, as a fraction of the largest right number.

    Returns
    -------
    bool
        Whether they agree.
    """
    if type(got) in _PLAIN and type(want) in _PLAIN:
        return bool(abs(got - want) <= rtol * abs(want))
    got, want = np.asarray(got, dtype=float), np.asarray(want, dtype=float)
    if got.shape != want.shape:
        return False
    return bool((abs(got - want) <= rtol * abs(want).max(initial=0)).all())


def has_rate(errors, rate, rtol):
    """Return whether errors shrink at a given linear rate (family RAT).

    Logarithms are compared, log(measured) / log(rate): they are proportional to the number of
    steps that a run needs.

    Parameters
    ----------
    errors : array_like, shape (n,)
        Distances to the minimizer, in order.
    rate : float
        The factor a step.
    rtol : float
        The tolerance of the ratio of logarithms.

    Returns
    -------
    bool
        Whether they do.
    """
    try:
        measured = measure_rate(errors)
    except ValueError:
        return False
    return abs(np.log(measured) / np.log(rate) - 1) <= rtol


def require_value_error(student, *args, case, why):
    """Pass if the student's function raises `ValueError`, as it should for these arguments.

    Parameters
    ----------
    student : Student
        The function.
    *args : object
        Its arguments.
    case, why : str
        What is tried, and a sentence why this is refused.

    Raises
    ------
    CheckFailed
        If it returns, or raises something else.
    """
    try:
        value = student(*args, case=case)
    except CheckFailed as failure:
        if isinstance(failure.__cause__, ValueError):
            return
        if failure.kind == "raises":
            raise CheckFailed(
                failure.what, f"A ValueError is asked for: {why}", failure.token
            ) from None
        raise
    raise CheckFailed(
        f"{case}, your function returns {describe(value)}, and must raise ValueError: {why}"
    )


def _to_array(value):
    """Return an array of numbers and "", or None and what is to blame."""
    if isinstance(value, list) and any(entry is value for entry in value):
        return None, "The list holds itself: append a point to it, not the list."
    try:
        array = np.asarray(value)
        if array.dtype == object:
            array = array.astype(float)
    except Exception:
        array = None
    if array is not None and array.dtype.kind in "iufc":
        return array, ""
    if isinstance(value, Iterator):
        return None, "Put list(...) around it."
    if callable(value):
        return None, "Call it, and return what it returns."
    if isinstance(value, list | tuple):
        if any(entry is None for entry in value):
            return None, "One of its entries is None."
        if any(isinstance(entry, str) for entry in value):
            return None, "One of its entries is text."
        return None, (
            "Its entries are not numbers of one shape. If they come from several calls, a list is "
            "left over from an earlier one."
        )
    return None, ""
