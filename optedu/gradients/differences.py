"""Derivatives by differences, and how far to trust them.

A difference errs twice: the step is too long for the curve, and too short for the arithmetic,

    forward   e(h) = ε abs(f)/h + h abs(f'')/2       best h = sqrt(2 ε abs(f)/abs(f''))
    central   e(h) = ε abs(f)/h + h² abs(f''')/6     best h = cbrt(3 ε abs(f)/abs(f'''))

so there is a best step, and no step makes it exact.
"""

import numpy as np

from optedu._validation import (
    require_callable,
    require_choice,
    require_number,
    require_positive,
)
from optedu.gradients._slopes import as_double, evaluate, require_one_shape, size

SCHEMES = ("forward", "central")


def numerical_gradient(f, x, h=1e-5, scheme="central"):
    """Measure the gradient of a function, one coordinate at a time.

    The forward scheme is (f(x + h e_i) - f(x)) / h, with n + 1 evaluations and an error of order
    h. The central one is (f(x + h e_i) - f(x - h e_i)) / (2 h), with 2n evaluations and an error
    of order h². Away from kinks: at a kink the central scheme returns the mean of two slopes.

    Parameters
    ----------
    f : callable
        Maps an array like `x` to one number. It is given copies, so `x` stays as it is.
    x : array_like
        The point, of any shape; a number gives a derivative. Integers and float32 become float64,
        since a difference of float32 numbers would keep hardly a digit.
    h : float
        The step. 1e-5 suits the central scheme and numbers near 1; see `best_step`.
    scheme : str
        "central" or "forward".

    Returns
    -------
    ndarray
        The gradient, of the shape of `x`, in float64.

    Raises
    ------
    ValueError
        If `f` does not return one float64 number, or `h` is not positive or so small that x + h
        rounds to x.

    Examples
    --------
    >>> numerical_gradient(lambda x: x[0] ** 2 + 3 * x[1], [2.0, 1.0]).round(6)
    array([4., 3.])
    """
    require_choice("scheme", scheme, SCHEMES)
    h = require_positive("h", require_number("h", h))
    x = as_double("x", x)
    grads = np.empty(x.shape)
    start = evaluate("f", f, x.copy()) if scheme == "forward" else None
    for index in np.ndindex(x.shape):
        ahead, behind = x.copy(), x.copy()
        ahead[index] += h
        behind[index] -= h if scheme == "central" else 0
        # x + h is rounded, so the step taken is not quite the step asked for.
        width = ahead[index] - behind[index]
        if width == 0:
            raise ValueError(
                f"h must be large enough to change x; {h:g} is lost in {x[index]:g}. "
                f"Take about {best_step(scheme) * abs(x[index]):.0e}"
            )
        after = evaluate("f", f, ahead)
        grads[index] = (after - (evaluate("f", f, behind) if start is None else start)) / width
    return grads


def directional_derivative(f, x, direction, h=1e-5, scheme="central"):
    """Measure the slope of t -> f(x + t direction) at 0, which is grads . direction.

    Parameters
    ----------
    f : callable
        Maps an array like `x` to one number.
    x : array_like
        The point.
    direction : array_like
        Where to go, of the shape of `x`. Its length counts: twice as long, twice the slope.
    h : float
        The step in t.
    scheme : str
        "central" or "forward".

    Returns
    -------
    float
        The slope, from two evaluations.

    Raises
    ------
    ValueError
        If the shapes differ, `f` does not return one float64 number, or `h` is not positive.

    Examples
    --------
    >>> round(directional_derivative(lambda x: x @ x, [1.0, 0.0], [0.6, 0.8]), 6)
    1.2
    """
    require_callable("f", f)
    x = as_double("x", x)
    direction = as_double("direction", direction)
    require_one_shape("direction", direction, "x", x)
    return float(numerical_gradient(lambda t: f(x + t * direction), 0.0, h, scheme))


def difference_error(h, scheme="central", value=1.0, derivative=1.0, dtype="float64"):
    """Return the model of a difference's error, rounding plus truncation.

    It is ε abs(f)/h + h abs(f'')/2 for the forward scheme, ε abs(f)/h + h² abs(f''')/6 for the
    central one: a V on logarithmic axes, of slopes -1 and the scheme's order.

    Parameters
    ----------
    h : float or ndarray
        The steps.
    scheme : str
        "central" or "forward".
    value : float
        The size of f near the point.
    derivative : float
        The size of f'' (forward) or f''' (central) near the point.
    dtype : str
        "float64" or "float32", in which f computes.

    Returns
    -------
    float or ndarray
        The error to expect, in the unit of f'.

    Raises
    ------
    ValueError
        If a size or a step is not positive, or a name is unknown.

    Examples
    --------
    >>> float(f"{difference_error(1e-5):.1e}")
    3.9e-11
    """
    require_positive("h", h)
    rounding = _rounding(scheme, value, derivative, dtype)
    h = np.asarray(h, dtype=float)
    truncation = h * derivative / 2 if scheme == "forward" else h**2 * derivative / 6
    return (rounding / h + truncation)[()]


def best_step(scheme="central", value=1.0, derivative=1.0, dtype="float64"):
    """Return the step with the least `difference_error`.

    Setting its slope to 0 gives sqrt(2 ε abs(f)/abs(f'')) for the forward scheme, about 1e-8, and
    cbrt(3 ε abs(f)/abs(f''')) for the central one, about 1e-5. For numbers x far from 1 multiply
    by abs(x), as long as f varies over lengths like x.

    Parameters
    ----------
    scheme : str
        "central" or "forward".
    value : float
        The size of f near the point.
    derivative : float
        The size of f'' (forward) or f''' (central) near the point.
    dtype : str
        "float64" or "float32", in which f computes.

    Returns
    -------
    float
        The step. In float32 it is near 1e-2 for the central scheme, where 1e-5 is useless.

    Raises
    ------
    ValueError
        If a size is not positive, or a name is unknown.

    Examples
    --------
    >>> float(f"{best_step('forward'):.1e}"), float(f"{best_step('central'):.1e}")
    (2.1e-08, 8.7e-06)
    """
    rounding = _rounding(scheme, value, derivative, dtype)
    if scheme == "forward":
        return float(np.sqrt(2 * rounding / derivative))
    return float(np.cbrt(3 * rounding / derivative))


def relative_error(a, b):
    """Return how far two arrays are apart, ‖a - b‖ / max(‖a‖, ‖b‖).

    It does not change when both are multiplied by one number, so one threshold serves all scales.
    Two zeros agree, so 0/0 counts as 0; a zero against anything else is off by 1.

    Parameters
    ----------
    a, b : array_like
        Two arrays of one shape, such as a gradient and what was measured.

    Returns
    -------
    float
        Between 0 and 2.

    Raises
    ------
    ValueError
        If the shapes differ or a number is not finite.

    Examples
    --------
    >>> relative_error([2.0, 0.0], [1.0, 0.0]), relative_error([0.0], [0.0])
    (0.5, 0.0)
    """
    a, b = as_double("a", a), as_double("b", b)
    require_one_shape("a", a, "b", b)
    larger = max(np.abs(a).max(), np.abs(b).max())
    if larger == 0:
        return 0.0
    # Scaled first, for numbers whose difference or squares would leave the range.
    a, b = a / larger, b / larger
    return size(a - b) / max(size(a), size(b))


def _rounding(scheme, value, derivative, dtype):
    require_choice("scheme", scheme, SCHEMES)
    require_choice("dtype", dtype, ("float64", "float32"))
    require_positive("value", require_number("value", value))
    require_positive("derivative", require_number("derivative", derivative))
    return float(np.finfo(dtype).eps) * value
