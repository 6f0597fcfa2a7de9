"""Turn arguments into float arrays, or say which one is wrong, what came, and what to change."""

import numpy as np


def as_float_array(name, value):
    """Return `value` as a new float array; a float32 array stays float32."""
    try:
        array = np.array(value)
    except ValueError as error:
        raise ValueError(
            f"{name} must be one array of numbers; its rows differ in length"
        ) from error
    if array.dtype == np.float32 or array.dtype == np.float64:
        return array
    if array.dtype.kind not in "iufb":
        raise ValueError(f"{name} must hold real numbers; got dtype {array.dtype}")
    return array.astype(np.float64)


def require_finite(name, array):
    """Return `array` unless it holds a NaN or an infinity."""
    if not np.all(np.isfinite(array)):
        raise ValueError(f"{name} must be finite; it holds NaN or infinity")
    return array


def require_positive(name, value):
    """Return `value` (a number, or an array of them) unless an entry is not positive and finite."""
    numbers = as_float_array(name, value)
    if numbers.size == 0 or not np.all(np.isfinite(numbers) & (numbers > 0)):
        raise ValueError(f"{name} must be positive and finite; got {value!r}")
    return value


def require_fraction(name, value):
    """Return `value` (a number, or an array of them) unless an entry is outside [0, 1)."""
    numbers = as_float_array(name, value)
    if numbers.size == 0 or not np.all((numbers >= 0) & (numbers < 1)):
        raise ValueError(f"{name} must be at least 0 and below 1; got {value!r}")
    return value


def require_not_negative(name, value):
    """Return `value` (a number, or an array of them) unless an entry is negative or not finite."""
    numbers = as_float_array(name, value)
    if numbers.size == 0 or not np.all(np.isfinite(numbers) & (numbers >= 0)):
        raise ValueError(f"{name} must be at least 0 and finite; got {value!r}")
    return value


def require_between(name, value, low, high):
    """Return the number `value` unless it lies outside the open interval (`low`, `high`)."""
    if not low < value < high:
        raise ValueError(f"{name} must lie strictly between {low} and {high}; got {value!r}")
    return value


def require_square(name, matrix):
    """Return `matrix` as a float array unless it is not a symmetric, finite, square matrix."""
    matrix = require_finite(name, as_float_array(name, matrix))
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.size == 0:
        raise ValueError(f"{name} must be a square matrix; got shape {matrix.shape}")
    # Rounding leaves products like X.T @ X asymmetric by a few units in the last place.
    if not np.allclose(matrix, matrix.T, rtol=1e-8, atol=1e-12 * np.abs(matrix).max()):
        raise ValueError(f"{name} must be symmetric; use ({name} + {name}.T) / 2 if you mean that")
    return matrix
