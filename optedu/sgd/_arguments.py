"""Say what is wrong with counts, indices and models."""

import numpy as np


def require_counts(name, value, at_least=0):
    """Return `value`, a whole number or an array of them, as an array of integers."""
    numbers = np.asarray(value)
    if numbers.dtype.kind not in "iu" or numbers.size == 0 or numbers.min() < at_least:
        raise ValueError(f"{name} must hold whole numbers of at least {at_least}; got {value!r}")
    return numbers.astype(np.int64)


def require_indices(name, value, n_examples):
    """Return `value` as an array unless it is not a row of indices of examples."""
    indices = require_counts(name, value)
    if indices.ndim != 1 or indices.max() >= n_examples:
        raise ValueError(
            f"{name} must give one-dimensional arrays of indices below {n_examples}; got {value!r}"
        )
    return indices


def count_examples(name, model):
    """Return the number of a model's examples, unless minibatches cannot be taken of it."""
    if not (hasattr(model, "y") and hasattr(model, "subset")):
        raise ValueError(
            f"{name} must have its targets y and subset(indices), as those in optedu.models; "
            f"got {type(model).__name__}"
        )
    return len(model.y)
