"""Derivatives to the last digits: a step that is not real, and steps that extrapolate to zero."""

import numpy as np

from optedu._validation import require_number, require_positive
from optedu.gradients._slopes import (
    COMPLEX_STEP,
    as_double,
    complex_slope,
    evaluate,
    moved,
    partials,
    random_direction,
    ridders,
    typical_unit,
    units,
)


def complex_step_gradient(f, x, h=COMPLEX_STEP):
    """Compute the gradient by a step along the imaginary axis, exact to rounding.

    For an analytic f, f(x + i h e_j) = f(x) + i h f_j(x) + O(h²), so the derivative is the
    imaginary part over h. Nothing is subtracted, so nothing cancels [ST98]_, and h may be so small
    that h² is zero. The real parts must not be asked for: no abs, norm or conj; write ``x @ x``,
    not ``np.linalg.norm(x)**2``, and shift exponents by the largest real part.

    Parameters
    ----------
    f : callable
        Maps an array like `x`, with complex entries, to one complex number.
    x : array_like
        The point, of any shape. Integers and float32 become float64.
    h : float
        The step, tiny and positive.

    Returns
    -------
    ndarray
        The gradient, of the shape of `x`.

    Raises
    ------
    ValueError
        If `f` does not take complex numbers, or loses the imaginary part of some of them. The
        result is held against real differences along one direction, so that a lost part is seen.

    References
    ----------
    .. [ST98] W. Squire and G. Trapp, "Using complex variables to estimate derivatives of real
       functions", SIAM Review 40(1), 1998.

    Examples
    --------
    >>> complex_step_gradient(lambda x: np.exp(x) @ x, [0.0, 1.0]) - [1, 2 * np.e]
    array([0., 0.])
    """
    h = require_positive("h", require_number("h", h))
    x = as_double("x", x)
    base = evaluate("f", f, x.copy())
    grads = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        grads[index] = _complex_partial(f, x, index, h)
    _refuse_a_lost_part(f, x, base, grads)
    return grads


def ridders_gradient(f, x):
    """Measure the gradient by central differences that extrapolate to a step of zero.

    The error of a central difference is a series in h². Halving h again and again, Neville's table
    removes one power after the other, and the disagreement of neighbors tells the error [R82]_.
    The first step is a tenth of the coordinate's size; where the function is rough at that scale,
    smaller ones follow.

    Parameters
    ----------
    f : callable
        Maps an array like `x` to one number. About ten evaluations a coordinate, more for a rough
        function.
    x : array_like
        The point, of any shape. Integers and float32 become float64.

    Returns
    -------
    grads : ndarray
        The gradient, of the shape of `x`.
    errors : ndarray
        The error to expect in each entry, usually pessimistic; infinite where `f` was not finite.

    Raises
    ------
    ValueError
        If `f` does not return one float64 number, or is not finite at `x`.

    References
    ----------
    .. [R82] C. J. F. Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", Advances in
       Engineering Software 4(2), 1982.

    Examples
    --------
    >>> grads, errors = ridders_gradient(lambda x: np.sin(x[0]), [1.0])
    >>> bool(abs(grads[0] - np.cos(1)) < 1e-12), bool(errors[0] < 1e-9)
    (True, True)
    """
    x = as_double("x", x)
    base = evaluate("f", f, x.copy())
    if not np.isfinite(base):
        raise ValueError(f"f must be finite at x; it returned {base}. Choose a point of its domain")

    flat = x.ravel()

    def shifted(lanes, shifts):
        points = (moved(flat, i, shift) for i, shift in zip(lanes, shifts, strict=True))
        return [evaluate("f", f, point.reshape(x.shape)) for point in points]

    slopes, errors, _ = partials(shifted, base, units(flat), typical_unit(flat))
    return slopes.reshape(x.shape), errors.reshape(x.shape)


def _complex_partial(f, x, index, h):
    """Return one partial derivative, or say why f has none to give."""
    try:
        slope = complex_slope(f, moved(x, index, 1j * h), h)
    except (TypeError, ValueError, np.exceptions.ComplexWarning) as error:
        raise ValueError(f"f must accept complex numbers; it failed with: {error}") from error
    if slope is None:
        raise ValueError(
            "f must accept complex numbers and return one; its result is real, so it lost the "
            "imaginary part: look for abs, norm, conj, real or a cast to float"
        )
    if np.size(slope) != 1:
        raise ValueError(f"f must return one number; it returned shape {np.shape(slope)}")
    return np.reshape(slope, ())


def _refuse_a_lost_part(f, x, base, grads):
    """Hold the gradient against real differences along one direction."""
    direction = random_direction(units(x), np.random.default_rng(0))

    def line(t, _):
        return np.array([evaluate("f", f, x + t * direction)])

    claimed = np.vdot(grads, direction)
    slope, error, jump = ridders(line, np.array([base]), goal=1e-7)
    if jump == 0 and abs(slope - claimed) > 10 * error + 1e-6 * max(abs(slope), abs(claimed)):
        raise ValueError(
            f"f must be analytic in each entry of x; along one direction the complex step gives "
            f"{claimed:.6g}, real differences give {slope.item():.6g}. Look for abs, norm or conj"
        )
