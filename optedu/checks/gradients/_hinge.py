"""Exercise G4: the multiclass hinge loss, and a subgradient of it."""

import numpy as np

from optedu.checks.exercise import Exercise
from optedu.checks.families import ROUNDING, same
from optedu.checks.gradients._models import (
    digits_of,
    examples,
    fixed_penalty,
    gradient_of,
    pair_of,
    require_loss,
    require_pair,
    slopes_of,
    summary_of,
)
from optedu.checks.student import CheckFailed

hinge_value_and_grad = Exercise(
    "gradients",
    "hinge_value_and_grad",
    "W X y l2 margin",
    "Return the mean over examples of the sum of max(0, z_c - z_y + margin) over wrong classes, "
    "plus l2/2 times the sum of squares of W, and a subgradient of it.",
)


def loss_of(W, X, y, l2, margin):
    """Return the loss, as it is defined; W may be complex, and slopes at kinks are 0."""
    scores = X @ W
    violations = scores - scores[..., np.arange(len(y)), y][..., None] + margin
    wrong = np.arange(W.shape[-1]) != y[:, None]
    costs = np.where(wrong & (violations.real > 0), violations, 0)
    return np.sum(costs, axis=(-2, -1)) / len(X) + l2 / 2 * np.sum(W**2, axis=(-2, -1))


def require(student, W, X, y, l2, margin, case):
    """Compare a loss and a gradient with the definition."""
    return require_pair(student, loss_of, W, X, y, l2, margin, case=case)


@hinge_value_and_grad.visible
def counts_violations(student):
    """EXA: one input of size 1, so that the weights are the scores; one class of two violates."""
    W, case = np.array([[2.0, 2.5, 0.5]]), "For W = [[2, 2.5, 0.5]], X = [[1]], y = [0], l2 = 0"
    require(student, W, np.array([[1.0]]), np.array([0]), 0.0, 1.0, f"{case} and margin = 1")


@hinge_value_and_grad.visible
def starts_from_zero(student):
    """EXA: at W = 0 every wrong class violates by the margin."""
    X = np.array([[1.0, 2.0], [0.0, 1.0], [1.0, 0.0], [3.0, 1.0]])
    case = (
        "For W = np.zeros((2, 3)), X = [[1, 2], [0, 1], [1, 0], [3, 1]], y = [0, 2, 1, 0], "
        "l2 = 0 and margin = 1"
    )
    require(student, np.zeros((2, 3)), X, np.array([0, 2, 1, 0]), 0.0, 1.0, case)


@hinge_value_and_grad.visible
def goes_along_the_slope(student):
    """GRA: away from kinks the gradient is the slope of the loss."""
    X = np.sin(np.arange(20) ** 2).reshape(5, 4)
    W = np.cos(np.arange(12) ** 2).reshape(4, 3)
    case = (
        "For X = np.sin(np.arange(20) ** 2).reshape(5, 4), "
        "W = np.cos(np.arange(12) ** 2).reshape(4, 3), y = [2, 0, 0, 2, 1], l2 = 0 and margin = 1"
    )
    require(student, W, X, np.array([2, 0, 0, 2, 1]), 0.0, 1.0, case)


@hinge_value_and_grad.visible
def adds_the_penalty(student):
    """GRA: the penalty enters the loss and the gradient once."""
    X = np.sin(np.arange(9) ** 2).reshape(3, 3)
    W = np.cos(np.arange(6) ** 2).reshape(3, 2)
    case = (
        "For X = np.sin(np.arange(9) ** 2).reshape(3, 3), "
        "W = np.cos(np.arange(6) ** 2).reshape(3, 2), y = [0, 1, 1], l2 = 0.5 and margin = 1"
    )
    require(student, W, X, np.array([0, 1, 1]), 0.5, 1.0, case)


@hinge_value_and_grad.hidden
def fits_any_shape(student):
    """GRA: tall and wide data, two classes and many, rows with few violations and with many."""
    shapes = [(9, 2, 5), (4, 6, 4), (5, 5, 2), (3, 3, 3), (7, 1, 4), (2, 4, 6)]
    for seed, shape in enumerate(shapes):
        for l2 in (0.0, 0.3) if seed < 2 else (1.7,):
            case = f"For {shape[0]} examples with {shape[1]} inputs, {shape[2]} classes, l2 = {l2}"
            require(student, *examples(seed, *shape), l2, 1.0, case)


@hinge_value_and_grad.hidden
def takes_any_margin(student):
    """GRA: the margin is an argument."""
    for seed, margin in [(11, 0.25), (12, 2.0), (13, 30.0), (14, 5)]:
        require(student, *examples(seed, 6, 4, 4), 0.1, margin, "For a margin that is not 1")


@hinge_value_and_grad.hidden
def takes_large_scores(student):
    """GRA: violations grow without a bound."""
    W, X, y = examples(22, 6, 4, 5)
    require(student, 1000.0 * W, X, y, 0.0, 1.0, "For scores in the thousands")


@hinge_value_and_grad.hidden
def is_content_beyond_the_margin(student):
    """DEG: where every right score leads by more than the margin, only the penalty is left."""
    W, X, y = np.eye(3, 4), 5.0 * np.eye(3), np.arange(3)
    for l2 in (0.0, 0.5):
        case = f"Where every right score leads by more than the margin, at l2 = {l2}"
        require(student, W, X, y, l2, 1.0, case)


@hinge_value_and_grad.hidden
def takes_one_example(student):
    """DEG: a batch of one."""
    for seed, shape in [(15, (1, 4, 3)), (16, (1, 1, 2))]:
        require(student, *examples(seed, *shape), 0.2, 1.0, "For one example")


@hinge_value_and_grad.hidden
def takes_absent_classes(student):
    """DEG: W knows how many classes there are, the labels of a batch do not."""
    W, X, _ = examples(17, 6, 3, 7)
    case = "Where some classes have no example"
    require(student, W, X, np.array([1, 4, 4, 1, 2, 4]), 0.1, 1.0, case)


@hinge_value_and_grad.hidden
def takes_small_labels(student):
    """API: labels of one byte, as images have them; a byte does not count 300 scores."""
    W, X, y = examples(18, 100, 2, 3)
    case = "For 100 examples, 3 classes and labels of the type uint8, which counts to 255"
    require(student, W, X, y.astype(np.uint8), 0.1, 1.0, case)


@hinge_value_and_grad.hidden
def takes_integers(student):
    """API: whole numbers as weights and as examples; the violations and the gradient are floats."""
    W, X = np.array([[1, 0, 2], [-2, 1, 0]]), np.array([[2, 1], [0, 3], [1, -1]])
    for margin, case in [
        (2, "For W, X and a margin that are integers"),
        (0.75, "For W and X that hold integers, and margin = 0.75"),
    ]:
        require(student, W, X, np.array([1, 0, 2]), 0.5, margin, case)


@hinge_value_and_grad.hidden
def takes_any_subgradient_at_a_kink(student):
    """CER: a term exactly at its kink may count in full, in part or not at all."""
    W = np.array([[3.0, 2.0, 0.0, 4.0], [1.0, 0.0, 5.0, 4.0], [-2.0, -2.0, -1.0, -2.0]])
    X, y, kinks = np.eye(3), np.array([0, 2, 2]), [(0, 1), (1, 3)]
    X[2], y[2] = [0.0, 0.0, 2.0], 2
    case = "Where a score is exactly one margin below the right one"
    loss, grads = pair_of(student, W, X, y, 0.5, 1.0, case=case)
    require_loss(loss, loss_of(W, X, y, 0.5, 1.0), case)
    grads = gradient_of(grads, W, "W", case)
    unit = np.eye(4)
    moves = [np.outer(X[i], unit[c] - unit[y[i]]).ravel() / len(X) for i, c in kinks]
    missing = (grads - slopes_of(lambda V: loss_of(V, X, y, 0.5, 1.0), W)).ravel()
    parts = np.array([move @ missing / (move @ move) for move in moves])
    between = np.all((parts >= -ROUNDING) & (parts <= 1 + ROUNDING))
    if not (between and np.abs(missing - parts @ moves).max() <= ROUNDING):
        raise CheckFailed(
            f"{case}, your gradient is no subgradient.",
            "That class may count or not, but then for both: its own column of the gradient, and "
            "that of the right class.",
        )


@hinge_value_and_grad.hidden
def scales_with_the_scores(student):
    """INV: scores and margin times 4 make the loss 4 times as large, through W or through X."""
    W, X, y = examples(19, 6, 3, 6)
    case = "For W and margin, for 4 W and 4 margin, and for 4 X and 4 margin, at l2 = 0"
    loss, grads = require(student, W, X, y, 0.0, 1.0, case)
    for weights, data, steeper in [(4 * W, X, 1), (W, 4 * X, 4)]:
        larger, slopes = require(student, weights, data, y, 0.0, 4.0, case)
        if not (same(larger, 4 * loss) and same(slopes, steeper * grads)):
            raise CheckFailed(
                f"{case}, your results do not scale.", "Every violation is 4 times as large."
            )


@hinge_value_and_grad.hidden
def starts_afresh(student):
    """API: nothing is left over from an earlier call."""
    case = "Called several times, with other numbers of the same shapes"
    for seed in (20, 21, 20):
        require(student, *examples(seed, 4, 5, 3), 0.1, 1.0, case)


def parts_of(student, W, X, y, l2, margin):
    """Return the loss and the gradient."""
    loss, grads = pair_of(student, W, X, y, l2, margin, case="")
    return loss, gradient_of(grads, W, "W", "")


def probe_loss(*args):
    """Return a probe that keeps the loss."""
    return lambda student: [pair_of(student, *args, case="")[0]]


def probe_grads(*args):
    """Return a probe that keeps the gradient."""
    return lambda student: summary_of(parts_of(student, *args)[1])


WHOLE = np.array([[1, 0, 3], [-1, 2, 0]])
PROBED = [
    (*examples(31, 6, 3, 5), 0.0, 1.0),
    (*examples(32, 5, 2, 4), 0.0, 1.5),
    (*examples(33, 4, 3, 2), 0.7, 1.0),
    (*examples(34, 3, 2, 3), 0.3, 0.5),
    (*examples(35, 1, 4, 3), 0.0, 1.0),
    (*examples(36, 3, 3, 3), 0.0, 1.0),
    (*examples(37, 5, 3, 5)[:2], np.array([1, 1, 0, 2, 0]), 0.0, 1.0),
    (WHOLE, np.array([[1, 2], [0, 1], [3, -1]]), np.array([2, 0, 1]), 0.0, 2),
    (*examples(38, 4, 1, 2), 0.0, 1.0),
    (np.eye(4, 3), 5 * np.eye(3, 4), np.arange(3), 0.0, 1.0),
    (WHOLE, np.array([[1, 2], [0, 1], [3, -1]]), np.array([2, 0, 1]), 0.0, 0.75),
]
# No two calls in a row have weights of one shape, so what is left over from a call shows only
# where it is looked for.
for probe in (probe_loss, probe_grads):
    for case in PROBED:
        hinge_value_and_grad.probe(probe(*case))


@hinge_value_and_grad.probe
def probe_penalty(student):
    """Return what l2 adds to the loss, and to each row of the gradient, in units of the penalty."""
    W, X, y = examples(39, 4, 2, 5)
    (loss, grads), (more, steeper) = (parts_of(student, W, X, y, l2, 1.0) for l2 in (0.0, 0.4))
    return [(more - loss) / (0.2 * np.sum(W**2)), *np.mean((steeper - grads) / (0.4 * W), axis=1)]


@hinge_value_and_grad.probe
def probe_fixed_penalty(student):
    """Say whether there is a penalty at l2 = 0."""
    W, X, y = examples(46, 4, 4, 2)
    loss, grads = parts_of(student, W, X, y, 0.0, 1.0)
    slopes = slopes_of(lambda V: loss_of(V, X, y, 0.0, 1.0), W)
    return [fixed_penalty(loss - loss_of(W, X, y, 0.0, 1.0), grads - slopes, W)]


@hinge_value_and_grad.probe
def probe_margin(student):
    """Return how loss and gradient change with the margin."""
    W, X, y = examples(40, 5, 1, 4)
    (loss, grads), (more, steeper) = (parts_of(student, W, X, y, 0.0, m) for m in (0.1, 0.8))
    return [more - loss, *summary_of(steeper - grads)]


@hinge_value_and_grad.probe
def probe_small_labels(student):
    """Return the loss for labels of one byte."""
    W, X, y = examples(42, 5, 3, 3)
    return [parts_of(student, W, X, y.astype(np.uint8), 0.0, 1.0)[0]]


@hinge_value_and_grad.probe
def probe_kink(student):
    """Say for which classes a class exactly at the margin counts."""
    W, X, y = np.array([[3.0, 2.0, 0.0]]), np.array([[1.0]]), np.array([0])
    grads = parts_of(student, W, X, y, 0.0, 1.0)[1][0]
    if abs(grads.sum()) <= ROUNDING:
        return ["for both or none"]
    for word, slopes in [("for itself alone", [0, 1, 0]), ("for the right one alone", [-1, 0, 0])]:
        if same(grads, slopes):
            return [word]
    return ["otherwise"]


@hinge_value_and_grad.probe
def probe_second_call(student):
    """Return how loss and gradient change from a call to the next."""
    (loss, grads), (again, same_grads) = (
        parts_of(student, *examples(seed, 4, 2, 3), 0.0, 1.0) for seed in (43, 44)
    )
    return [again - loss, *summary_of(same_grads - grads)]


@hinge_value_and_grad.probe
def probe_digits(student):
    """Say whether the gradient has the digits of a float64."""
    W, X, y = examples(45, 3, 4, 3)
    exact = slopes_of(lambda V: loss_of(V, X, y, 0.7, 1.0), W)
    return [digits_of(parts_of(student, W, X, y, 0.7, 1.0)[1], exact)]
