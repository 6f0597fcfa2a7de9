"""Slopes at t = 0 of functions of one number t, as exactly as arithmetic allows."""

import warnings

import numpy as np

from optedu._validation import call_array, call_number, require_array, require_callable

EPS = np.finfo(float).eps
COMPLEX_STEP = 1e-200
# About a tenth; not a round number, or steps might be whole periods, and a wave would look flat.
FIRST_STEP = 6655 / 65536
# A function that is rough at one size of step may be smooth at a thousandth of it.
WINDOWS = (1.0, 2.0**-10, 2.0**-20)
N_ROWS = 8


def as_double(name, value):
    """Return a new float64 array, finite and not empty."""
    return require_array(name, value).astype(np.float64, order="C")


def require_one_shape(first, one, second, other):
    """Refuse two arrays of different shapes."""
    if one.shape != other.shape:
        raise ValueError(
            f"{first} and {second} must have one shape; got {one.shape} and {other.shape}"
        )


def evaluate(name, function, argument, shape=None):
    """Call a function that must return one number, or an array of this shape, in float64."""
    return in_double(name, require_callable(name, function)(argument), shape)


def in_double(name, result, shape=None):
    """Return the result of a function, which must be one float64 number or such an array."""
    result = np.asarray(result)
    if result.dtype.kind == "f" and result.dtype.itemsize < 8:
        raise ValueError(
            f"{name} must compute in float64; it returned {result.dtype}, whose rounding hides "
            "mistakes. Remove the cast"
        )
    if shape is None:
        return call_number(name, lambda: result)
    return call_array(name, lambda: result, shape).astype(np.float64)


def size(vector):
    """Return the Euclidean norm; squares neither overflow nor vanish on the way."""
    largest = np.max(np.abs(vector), initial=0.0)
    if largest == 0 or not np.isfinite(largest):
        return float(largest)
    return float(largest * np.linalg.norm(np.ravel(vector) / largest))


def typical_unit(x):
    """Return the power of two near the root mean square of `x`, or 1 if all entries are zero."""
    return np.full(x.shape, np.exp2(np.frexp(size(x) / np.sqrt(x.size) or 1.0)[1] - 1.0))


def units(x):
    """Return how large a change of each entry of `x` is; a zero takes the typical size.

    Multiples of a power of two can be added to x almost without rounding.
    """
    return np.where(x == 0, typical_unit(x), np.exp2(np.frexp(x)[1] - 1.0))


def random_direction(unit, rng):
    """Draw entries of both signs, between half a unit and one and a half, in steps of 1/256.

    No entry is near zero, so that a mistake in any single coordinate shows.
    """
    shape = np.shape(unit)
    return unit * rng.choice([-1.0, 1.0], shape) * rng.integers(128, 385, shape) / 256


def moved(x, index, shift):
    """Return a copy of `x` with one entry shifted, perhaps by an imaginary number."""
    x = x.astype(np.result_type(x, shift))
    x[index] += shift
    return x


def complex_slope(function, point, h=COMPLEX_STEP):
    """Return Im f / h at a point shifted by i h, or None where f loses the imaginary part."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        result = np.asarray(function(point))
    return result.imag / h if result.dtype.kind == "c" else None


def refine(row, previous, powers):
    """Extend a row of Neville's table, each entry free of one more power of the step."""
    row = [row]
    for before, power in zip(previous, powers, strict=False):
        row.append(row[-1] + (row[-1] - before) / (2**power - 1))
    return row


def ridders(line, base, goal, windows=WINDOWS, claim=None):
    """Return the slopes at 0 of several lanes, their errors, and the jumps of the slopes.

    `line(t, lanes)` returns the values of those lanes at t, and `base` holds their values at 0.
    Steps shrink until the errors are at most `goal` times the slopes, or no more than rounding. A
    jump is 0 unless the slopes from the right and from the left differ. With a `claim`, slopes
    and a relative tolerance, a lane that agrees is settled, and nobody looks for its jump.
    """
    slope, error, jump = np.zeros(len(base)), np.full(len(base), np.inf), np.zeros(len(base))
    lanes = np.arange(len(base))
    for window in windows:
        slopes, jumps, unsettled = [], [], np.ones(len(lanes), dtype=bool)
        for row in range(N_ROWS):
            t, here = FIRST_STEP * window / 2**row, base[lanes]
            with np.errstate(all="ignore"):
                rise, fall = line(t, lanes) - here, here - line(-t, lanes)
                # Both the value and what f first makes of x are rounded.
                rounding = EPS * np.max(np.abs([here, rise / t, fall / t]), axis=0) / t
                # Central differences hold even powers of t, jumps hold odd ones.
                last_slopes, slopes = slopes, refine((rise + fall) / (2 * t), slopes, (2, 4, 6, 8))
                last_jumps, jumps = jumps, refine((rise - fall) / t, jumps, (1, 3, 5))
                for order in range(1, len(slopes)):
                    new = slopes[order]
                    doubt = rounding + np.maximum(
                        np.abs(new - slopes[order - 1]), np.abs(new - last_slopes[order - 1])
                    )
                    # Long steps may agree on what short ones refute: a fast wave looks flat. But
                    # slopes made of noise grow as steps shrink, and do not agree.
                    apart = np.abs(new - slope[lanes]) > 3 * (doubt + error[lanes])
                    refuted = apart & (doubt < 1e-3 * np.abs(new))
                    better = unsettled & ((doubt < error[lanes]) | refuted)  # never for a NaN
                    slope[lanes[better]], error[lanes[better]] = new[better], doubt[better]
                if row > 0:
                    jump[lanes], doubtful = _steady(jumps, last_jumps, rounding, slope[lanes])
                    wanted = np.maximum(goal * np.abs(slope[lanes]), 4 * rounding)
                    unsettled &= (error[lanes] > wanted) | doubtful
                if claim is not None:
                    claimed, tol = claim[0][lanes], claim[1]
                    agrees = np.abs(slopes[-1] - claimed) <= tol * np.abs(claimed) + 10 * rounding
                    agrees &= unsettled
                    slope[lanes[agrees]], error[lanes[agrees]] = (
                        slopes[-1][agrees],
                        rounding[agrees],
                    )
                    unsettled &= ~agrees
            if not np.any(unsettled):
                return slope, error, jump
        lanes = lanes[unsettled]
    # What never settled is noise, of which the best of many tries looks better than it is.
    error[lanes] *= 10
    return slope, error, jump


def _steady(jumps, last_jumps, rounding, slope):
    """Return the jumps that stay as the step shrinks, 0 for the others, and which are in doubt."""
    jump = jumps[-1]
    change = np.maximum(np.abs(jump - jumps[-2]), np.abs(jump - last_jumps[-1]))
    negligible = np.abs(jump) <= 1e-5 * np.abs(slope) + 100 * rounding
    steady = np.abs(jump) > 10 * change
    return np.where(steady & ~negligible, jump, 0.0), ~(steady | negligible)


def partials(shifted, base, unit, typical, goal=1e-11):
    """Return slopes, errors and jumps along each coordinate, by Ridders' method.

    `shifted(lanes, shifts)` returns f with coordinate ``lanes[k]`` moved by ``shifts[k]``.
    """
    columns = _along(shifted, base, np.arange(len(unit)), unit, goal)
    # An entry that is small by chance says nothing about the lengths over which f varies.
    small = np.flatnonzero((unit < typical) & (columns[1] > goal * np.abs(columns[0])))
    if small.size:
        again = _along(shifted, base, small, typical[small], goal)
        better = (again[1] < columns[1][small]) & (again[1] < 1e-6 * np.abs(again[0]))
        for column, new in zip(columns, again, strict=True):
            column[small[better]] = new[better]
    return columns


def confirm_partials(shifted, base, unit, typical, claimed, tol):
    """Return slopes, errors and jumps like `partials`, in fewer steps where a claim agrees."""
    # One step, short enough for most functions and long against rounding, settles most entries.
    windows, longer = (2.0**-7, *WINDOWS), np.maximum(unit, typical / 64)
    claim = claimed, tol
    everywhere = np.arange(len(unit))
    columns = _along(shifted, base, everywhere, longer, 1e-10, windows, claim)
    gap = np.abs(columns[0] - claimed)
    rest = np.flatnonzero(~(gap <= tol * np.abs(claimed) + 10 * columns[1]) & (unit < longer))
    if rest.size:
        again = _along(shifted, base, rest, unit[rest], 1e-10, windows, claim)
        for column, new in zip(columns, again, strict=True):
            column[rest] = new
    return columns


def _along(shifted, base, lanes, scale, goal, windows=WINDOWS, claim=None):
    def line(t, active):
        return np.asarray(shifted(lanes[active], t * scale[active]))

    if claim is not None:
        claim = claim[0][lanes] * scale, claim[1]
    measured = ridders(line, np.full(len(lanes), base), goal, windows, claim)
    return [column / scale for column in measured]
