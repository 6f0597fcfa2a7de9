"""What the exercises about models share: examples, slopes of a loss, and how a pair is judged.

Each loss is written down once more as it is defined, for complex weights, of which there may be
many along a first axis. Its slopes come from complex steps, which are right to the last digit. So
no derivative by hand is trusted here.
"""

import numpy as np

from optedu.checks.families import ROUNDING, as_number, as_numbers, same, seeded
from optedu.checks.picture import showing
from optedu.checks.student import CheckFailed, describe

STEP = 1e-200  # nothing is subtracted, so nothing is lost, however small the step


def examples(seed, n_examples, n_inputs, n_classes):
    """Return random weights, examples and labels of a linear model."""
    random = seeded(seed)
    W, X = random.randn(n_inputs, n_classes), random.randn(n_examples, n_inputs)
    return W, X, random.randint(n_classes, size=n_examples)


def log_loss(scores, y):
    """Return each example's -log P of its class, as log Σ exp(z_c - z_y); scores may be complex."""
    leads = scores - scores[..., np.arange(len(y)), y][..., None]
    largest = leads.real.max(axis=-1, keepdims=True)
    return np.log(np.exp(leads - largest).sum(axis=-1)) + largest[..., 0]


def slopes_of(loss, weights):
    """Return the gradient of a function of an array: a step along each entry, all at once."""
    steps = 1j * STEP * np.eye(weights.size).reshape(-1, *weights.shape)
    return loss(weights + steps).imag.reshape(weights.shape) / STEP


def pair_of(student, *args, case):
    """Return the loss that comes back, a number, and the gradient as it is."""
    value = student(*args, case=case)
    if value is None:
        as_numbers(value, case)
    if not (isinstance(value, tuple | list) and len(value) == 2):
        raise CheckFailed(
            f"{case}, your function returns {describe(value)}.",
            "A pair is asked for: return loss, grads.",
            token=f"returns {type(value).__name__}",
        )
    loss, grads = value
    if _is_number(grads) and not _is_number(loss):
        raise CheckFailed(
            f"{case}, your function returns the gradient before the loss.",
            "The loss comes first: return loss, grads.",
            token="returns the gradient first",
        )
    return as_number(loss, f"{case}, as the loss"), grads


def gradient_of(grads, weights, name, case):
    """Return a gradient as an array; it must be shaped like the weights."""
    array = as_numbers(grads, f"{case}, as the gradient of {name}")
    if array.shape != weights.shape:
        hint = f"It must be shaped like {name}."
        if array.shape == weights.shape[::-1]:
            hint += " Yours is its transpose."
        raise CheckFailed(
            f"{case}, as the gradient of {name} your function returns {describe(array)}.",
            hint,
            token=f"returns shape {array.shape}",
        )
    return array


def require_loss(got, want, case):
    """Compare a loss with its definition, and say how it is wrong."""
    if same(got, want):
        return
    if not np.isfinite(got):
        what = "the loss is not finite"
        hint = "Which number is too large for an exponential, or is 0 in a logarithm?"
    elif got < 0:
        what, hint = "the loss is negative", "No example and no penalty costs less than 0."
    elif same(got, want, 1e-4):
        what = "the loss is right to a few digits only"
        hint = "Is something small added, or kept as float32?"
    else:
        what = f"the loss is too {'large' if got > want else 'small'}"
        hint = "Compute the cost of each example by hand, then the mean, then the penalty."
    raise CheckFailed(f"{case}, {what}.", hint, token="wrong loss")


def require_slopes(got, want, name, case):
    """Compare a gradient with the slopes of the loss, and say how they part."""
    if same(got, want):
        return
    curves = {"slopes of the loss": _drawn(want), f"your gradient of {name}": _drawn(got)}
    what, hint = _compare(got, want)
    with showing(f"entry of {name}, row by row", "slope", curves):
        what = f"{case}, the loss is right, but your gradient of {name} {what}."
        raise CheckFailed(what, hint, token="wrong gradient")


def require_pair(student, loss_of, W, *rest, case):
    """Compare loss and gradient at W with the definition of the loss."""
    loss, grads = pair_of(student, W, *rest, case=case)
    require_loss(loss, loss_of(W, *rest), case)
    grads = gradient_of(grads, W, "W", case)
    require_slopes(grads, slopes_of(lambda V: loss_of(V, *rest), W), "W", case)
    return loss, grads


def summary_of(grads):
    """Return three numbers that change with any entry of a gradient: it times three directions."""
    phases = np.array([[0.0], [1.0], [2.0]])
    return list(np.cos(np.arange(grads.size) ** 2 + phases) @ grads.ravel())


def digits_of(got, want):
    """Return how many digits of a gradient are right, in a word."""
    return "all" if same(got, want) else "a few" if same(got, want, 1e-4) else "none"


def share_of(got, want):
    """Return a loss as a share of the right one, or a word where its size is an accident."""
    if not np.isfinite(got):
        return "not finite"
    return "cut off" if 0 <= got < 0.1 * want else got / want


def fixed_penalty(loss, grads, weights):
    """Say whether what is added to loss and gradient at l2 = 0 is a penalty all the same."""
    l2, squares = np.vdot(grads, weights) / np.vdot(weights, weights), np.vdot(weights, weights)
    fixed = l2 > ROUNDING and same(grads, l2 * weights, 1e-6) and same(loss, l2 / 2 * squares, 1e-6)
    return "a penalty" if fixed else "no penalty"


def _is_number(value):
    try:
        return np.asarray(value, dtype=float).size == 1
    except Exception:  # an object may raise whatever it likes
        return False


def _drawn(array):
    return np.column_stack([np.arange(array.size), array.ravel()])


def _compare(got, want):
    """Return how a gradient is wrong, and why it may be."""
    if not np.all(np.isfinite(got)):
        return "holds infinity or NaN", "What is divided by what, and can that be zero?"
    factor = np.vdot(got, want) / max(np.vdot(want, want), 1e-300)
    if not same(got, factor * want, 1e-6) or not factor:
        return "is not its slope", "Differentiate the loss term by term."
    if factor < 0:
        return "points downhill", "A gradient points uphill. Check its sign."
    if abs(factor - 1) < 6e-3:
        return "is right to a few digits only", "Is it rounded, or kept as float32?"
    return f"is {factor:.3g} times its slope", "Check what multiplies it."
