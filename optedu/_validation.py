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
    if not low < require_number(name, value) < high:
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


def require_array(name, value, ndim=None, shape=None):
    """Return `value` as a new, finite, non-empty float array of the dimensions asked for."""
    array = require_finite(name, as_float_array(name, value))
    if array.size == 0:
        raise ValueError(f"{name} must not be empty; got shape {array.shape}")
    if ndim is not None and array.ndim != ndim:
        what = ("one number", "one sequence of numbers", "a matrix")[ndim]
        raise ValueError(f"{name} must be {what}; got shape {array.shape}")
    if shape is not None and array.shape != tuple(shape):
        raise ValueError(f"{name} must have shape {tuple(shape)}; got {array.shape}")
    return array


def require_probability(name, value):
    """Return `value` (a number, or an array of them) unless an entry is outside [0, 1]."""
    numbers = as_float_array(name, value)
    if numbers.size == 0 or not np.all((numbers >= 0) & (numbers <= 1)):
        raise ValueError(f"{name} must lie between 0 and 1; got {value!r}")
    return value


def require_number(name, value):
    """Return `value` as a float unless it is not one finite real number."""
    number = as_float_array(name, value)
    if number.ndim != 0 or not np.isfinite(number):
        raise ValueError(f"{name} must be one finite number; got {value!r}")
    return float(number)


def require_count(name, value, at_least=0):
    """Return `value` as an int unless it is not a whole number of at least `at_least`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < at_least:
        raise ValueError(f"{name} must be a whole number of at least {at_least}; got {value!r}")
    return int(value)


def require_choice(name, value, choices):
    """Return `value` unless it is not one of `choices`."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}; got {value!r}")
    return value


def require_rng(name, value):
    """Return `value` unless it is not one of NumPy's random generators."""
    if not isinstance(value, np.random.Generator):
        raise ValueError(
            f"{name} must be a random generator; make one with np.random.default_rng(seed), "
            f"got {type(value).__name__}"
        )
    return value


def require_callable(name, value):
    """Return `value` unless it cannot be called."""
    if not callable(value):
        raise ValueError(
            f"{name} must be a function, passed without calling it; got {type(value).__name__}"
        )
    return value


def call_number(name, function, *arguments):
    """Call a function that must return one real number, finite or not."""
    result = np.asarray(require_callable(name, function)(*arguments))
    if result.size != 1 or result.dtype.kind not in "iufb":
        raise ValueError(
            f"{name} must return one real number; it returned "
            f"dtype {result.dtype} of shape {result.shape}"
        )
    return float(result.reshape(()))


def call_array(name, function, shape, *arguments):
    """Call a function that must return an array of real numbers of this shape."""
    result = np.asarray(require_callable(name, function)(*arguments))
    if result.shape != tuple(shape) or result.dtype.kind not in "iufb":
        raise ValueError(
            f"{name} must return real numbers of shape {tuple(shape)}; "
            f"it returned dtype {result.dtype} of shape {result.shape}"
        )
    return result


def call_with_grad(value_and_grad, params):
    """Return the loss and the gradient at `params`, whose shapes must match."""
    result = require_callable("value_and_grad", value_and_grad)(params)
    if not (isinstance(result, tuple | list) and len(result) == 2):
        raise ValueError(
            f"value_and_grad must return (loss, grads); it returned {type(result).__name__}"
        )
    loss, grads = result
    if np.shape(grads) != params.shape:
        raise ValueError(
            f"grads must have the shape of params, {params.shape}; "
            f"value_and_grad returned {np.shape(grads)}"
        )
    return loss, np.asarray(grads)
