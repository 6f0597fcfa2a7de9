"""Say which argument of the lab's tools is wrong, where `optedu._validation` has no word for it."""

import numpy as np

from optedu._validation import (
    as_float_array,
    call_array,
    call_number,
    call_with_grad,
    require_array,
    require_callable,
    require_not_negative,
    require_number,
    require_positive,
)


def require_points(name, value):
    """Return `value` as a float array of points along the last axis."""
    points = require_array(name, value)
    if points.ndim == 0:
        raise ValueError(f"{name} must have at least one dimension; got the number {value!r}")
    return points


def require_positive_number(name, value):
    """Return `value` as a float unless it is not one positive, finite number."""
    return require_positive(name, require_number(name, value))


def require_broadcast(name, value, shape):
    """Return `value` as a float, or an array, unless it does not broadcast to `shape`."""
    array = as_float_array(name, value)
    if array.size == 0 or np.any(np.isnan(array)):
        raise ValueError(f"{name} must be a number, or an array without NaN; got {value!r}")
    ahead = (1,) * (len(shape) - array.ndim) + array.shape
    if len(ahead) != len(shape) or any(
        ours not in (1, theirs) for ours, theirs in zip(ahead, shape, strict=True)
    ):
        raise ValueError(
            f"{name} must be a number, or an array that broadcasts to {tuple(shape)}; "
            f"got shape {array.shape}"
        )
    return array if array.ndim else array.item()  # a plain float keeps the points' precision


def require_steps(name, value, shape, smallest=require_not_negative):
    """Return a step for each entry of `shape`, or one for all, unless one is out of range."""
    smallest(name, value)
    return require_broadcast(name, value, shape)


def require_system(A, b):
    """Return the matrix and the right-hand side of Ax = b as float arrays of matching shapes."""
    A, b = require_array("A", A, ndim=2), require_array("b", b)
    if b.shape != (len(A),):
        raise ValueError(f"b must have one number a row of A, shape ({len(A)},); got {b.shape}")
    return A, b


def call_smooth(value_and_grad, params):
    """Return the loss as a float, and the gradient, of one run."""
    loss, grads = call_with_grad(value_and_grad, params)
    loss = call_number("value_and_grad's loss", lambda: loss)
    return loss, call_array("value_and_grad's grads", lambda: grads, params.shape)


def apply_operator(operator, adjoint, x):
    """Return Kx, once ‖Kp‖² = p'K'Kp at a point p without symmetries says the two belong together.

    A wrong adjoint would make every residual of a run wrong as well.
    """
    p = np.cos(np.arange(1.0, x.size + 1)).reshape(x.shape)
    Kp = np.asarray(require_callable("operator", operator)(p))
    call_array("operator", lambda: Kp, Kp.shape)
    back = call_array("adjoint, on what operator returned,", adjoint, x.shape, Kp)
    forth, back = np.vdot(Kp, Kp), np.vdot(p, back)
    if not abs(forth - back) <= 1e-6 * forth:
        raise ValueError(
            "adjoint must be the adjoint of operator, (Kx)·y = x·(K'y) for all x and y; "
            f"at y = Kx these are {forth:.6g} and {back:.6g}"
        )
    return call_array("operator", operator, Kp.shape, x)
