"""Exercise G3: the loss of softmax regression, and its gradient."""

import numpy as np

from optedu.checks.exercise import Exercise
from optedu.checks.families import ROUNDING, same
from optedu.checks.gradients._models import (
    digits_of,
    examples,
    fixed_penalty,
    gradient_of,
    log_loss,
    pair_of,
    require_pair,
    share_of,
    slopes_of,
    summary_of,
)
from optedu.checks.student import CheckFailed

softmax_value_and_grad = Exercise(
    "gradients",
    "softmax_value_and_grad",
    "W X y l2",
    "Return the mean cross-entropy plus l2/2 times the sum of squares of W, and its gradient.",
)


def loss_of(W, X, y, l2):
    """Return the loss, as it is defined; W may be complex."""
    return np.mean(log_loss(X @ W, y), axis=-1) + l2 / 2 * np.sum(W**2, axis=(-2, -1))


def require(student, W, X, y, l2, case):
    """Compare a loss and a gradient with the definition."""
    return require_pair(student, loss_of, W, X, y, l2, case=case)


@softmax_value_and_grad.visible
def starts_from_zero(student):
    """EXA: at W = 0 all classes are equally likely, and the loss is log C."""
    X = np.array([[1.0, 2.0], [0.0, 1.0], [1.0, 0.0], [3.0, 1.0]])
    case = (
        "For W = np.zeros((2, 3)), X = [[1, 2], [0, 1], [1, 0], [3, 1]], y = [0, 2, 1, 0] and "
        "l2 = 0"
    )
    require(student, np.zeros((2, 3)), X, np.array([0, 2, 1, 0]), 0.0, case)


@softmax_value_and_grad.visible
def goes_along_the_slope(student):
    """GRA: the gradient is the slope of the loss."""
    X = np.sin(np.arange(20) ** 2).reshape(5, 4)
    W = np.cos(np.arange(12) ** 2).reshape(4, 3)
    case = (
        "For X = np.sin(np.arange(20) ** 2).reshape(5, 4), "
        "W = np.cos(np.arange(12) ** 2).reshape(4, 3), y = [1, 0, 2, 2, 1] and l2 = 0"
    )
    require(student, W, X, np.array([1, 0, 2, 2, 1]), 0.0, case)


@softmax_value_and_grad.visible
def adds_the_penalty(student):
    """GRA: the penalty enters the loss and the gradient once."""
    X = np.sin(np.arange(9) ** 2).reshape(3, 3)
    W = np.cos(np.arange(6) ** 2).reshape(3, 2)
    case = (
        "For X = np.sin(np.arange(9) ** 2).reshape(3, 3), "
        "W = np.cos(np.arange(6) ** 2).reshape(3, 2), y = [1, 1, 0] and l2 = 0.5"
    )
    require(student, W, X, np.array([1, 1, 0]), 0.5, case)


@softmax_value_and_grad.hidden
def fits_any_shape(student):
    """GRA: tall and wide data, two classes and many, as many examples as classes or inputs."""
    shapes = [(9, 2, 5), (4, 6, 4), (5, 5, 2), (3, 3, 3), (7, 1, 4), (2, 4, 6)]
    for seed, shape in enumerate(shapes):
        for l2 in (0.0, 0.3) if seed < 2 else (1.7,):
            case = f"For {shape[0]} examples with {shape[1]} inputs, {shape[2]} classes, l2 = {l2}"
            require(student, *examples(seed, *shape), l2, case)


@softmax_value_and_grad.hidden
def takes_large_scores(student):
    """DEG: scores in the thousands, on either side; exponentials overflow at 710."""
    W, X, y = examples(11, 6, 4, 5)
    case = "For scores in the thousands"
    require(student, 1000.0 * W, X, y, 0.0, case)
    require(student, W, X[:4] + 3000.0 * np.eye(4), y[:4], 1e-7, case)


@softmax_value_and_grad.hidden
def takes_rows_far_apart(student):
    """DEG: one example's scores are far above another's, which must not vanish beside them."""
    W, X, y = examples(12, 5, 3, 3)
    offsets = np.array([[0.0], [2000.0], [-1500.0], [900.0], [0.0]])
    W = np.vstack([W, np.ones((1, 3))])
    case = "For scores that are thousands in one example and small in another"
    require(student, W, np.hstack([X, offsets]), y, 0.0, case)


@softmax_value_and_grad.hidden
def takes_one_example(student):
    """DEG: a batch of one."""
    for seed, shape in [(13, (1, 4, 3)), (14, (1, 1, 2))]:
        require(student, *examples(seed, *shape), 0.2, "For one example")


@softmax_value_and_grad.hidden
def takes_absent_classes(student):
    """DEG: W knows how many classes there are, the labels of a batch do not."""
    W, X, _ = examples(15, 6, 3, 7)
    require(student, W, X, np.array([1, 4, 4, 1, 2, 4]), 0.1, "Where some classes have no example")


@softmax_value_and_grad.hidden
def takes_small_labels(student):
    """API: labels of one byte, as images have them; a byte does not count 300 scores."""
    W, X, y = examples(16, 100, 2, 3)
    case = "For 100 examples, 3 classes and labels of the type uint8, which counts to 255"
    require(student, W, X, y.astype(np.uint8), 0.1, case)


@softmax_value_and_grad.hidden
def takes_integers(student):
    """API: whole numbers as weights and as examples; the gradient is in floats."""
    W, X = np.array([[1, 0], [-2, 1], [0, 3]]), np.array([[2, 1, 0], [0, 1, -1]])
    require(student, W, X, np.array([1, 0]), 0.5, "For W and X that hold integers")


@softmax_value_and_grad.hidden
def knows_only_differences(student):
    """INV: one vector added to all columns of W moves no probability, so no slope goes that way."""
    W, X, y = examples(17, 6, 4, 3)
    case = "For W, and for W with one vector added to each column, at l2 = 0"
    loss, grads = require(student, W, X, y, 0.0, case)
    moved = require(student, W + np.array([[2.0], [-3.0], [0.5], [7.0]]), X, y, 0.0, case)
    if not (same(moved[0], loss) and same(moved[1], grads, 1e-8)):
        raise CheckFailed(f"{case}, your results differ.", "Only differences of scores matter.")
    if not np.abs(grads.sum(axis=1)).max() <= ROUNDING:
        raise CheckFailed(
            f"{case}, the columns of your gradient do not sum to zero.",
            "The probabilities of an example sum to 1, and so does its row of labels.",
        )


@softmax_value_and_grad.hidden
def is_as_smooth_as_theory_says(student):
    """CER: the gradient changes by at most ½ ‖X‖²/N + l2 times the change of W."""
    W, X, y = examples(18, 7, 3, 4)
    far, l2, case = W + examples(19, 7, 3, 4)[0], 0.2, "Between two points"
    bound = 0.5 * np.linalg.norm(X, 2) ** 2 / len(X) + l2
    change = require(student, far, X, y, l2, case)[1] - require(student, W, X, y, l2, case)[1]
    if not np.linalg.norm(change) <= bound * np.linalg.norm(far - W):
        raise CheckFailed(
            f"{case}, your gradient changes by more than the curvature allows.",
            "The curvature is at most half the largest eigenvalue of X.T @ X / N, plus l2.",
        )


@softmax_value_and_grad.hidden
def starts_afresh(student):
    """API: nothing is left over from an earlier call."""
    case = "Called several times, with other numbers of the same shapes"
    for seed in (20, 21, 20):
        require(student, *examples(seed, 4, 5, 3), 0.1, case)


def parts_of(student, W, X, y, l2):
    """Return the loss and the gradient."""
    loss, grads = pair_of(student, W, X, y, l2, case="")
    return loss, gradient_of(grads, W, "W", "")


def probe_loss(*args):
    """Return a probe that keeps the loss."""
    return lambda student: [pair_of(student, *args, case="")[0]]


def probe_grads(*args):
    """Return a probe that keeps the gradient."""
    return lambda student: summary_of(parts_of(student, *args)[1])


SPREAD = np.array([[0.0], [2000.0], [-1500.0], [900.0]])
WHOLE = np.array([[1, 0, 2], [-1, 1, 0]])
PROBED = [
    (*examples(31, 6, 3, 5), 0.0),
    (*examples(32, 5, 2, 4), 0.0),
    (*examples(33, 4, 3, 2), 0.7),
    (*examples(34, 3, 2, 3), 0.3),
    (*examples(35, 1, 4, 3), 0.0),
    (*examples(36, 3, 3, 3), 0.0),
    (*examples(37, 5, 3, 5)[:2], np.array([1, 1, 0, 2, 0]), 0.0),
    (WHOLE, np.array([[1, 2], [0, 1], [2, -1]]), np.array([2, 0, 1]), 0.0),
    (*examples(38, 4, 1, 2), 0.0),
]
# No two calls in a row have weights of one shape, so what is left over from a call shows only
# where it is looked for.
for probe in (probe_loss, probe_grads):
    for case in PROBED:
        softmax_value_and_grad.probe(probe(*case))


@softmax_value_and_grad.probe
def probe_penalty(student):
    """Return what l2 adds to the loss, and to each row of the gradient, in units of the penalty."""
    W, X, y = examples(39, 4, 2, 5)
    (loss, grads), (more, steeper) = (parts_of(student, W, X, y, l2) for l2 in (0.0, 0.4))
    return [(more - loss) / (0.2 * np.sum(W**2)), *np.mean((steeper - grads) / (0.4 * W), axis=1)]


@softmax_value_and_grad.probe
def probe_large_scores(student):
    """Return the loss where scores are large."""
    W, X, y = examples(40, 5, 2, 3)
    loss = pair_of(student, 1000.0 * W, X, y, 0.0, case="")[0]
    return [share_of(loss, loss_of(1000.0 * W, X, y, 0.0))]


def probe_scores(scores, label):
    """Return a probe that keeps the loss of one example with given scores."""
    W, X, y = np.array([scores]), np.array([[1.0]]), np.array([label])
    want = loss_of(W, X, y, 0.0)
    return lambda student: [share_of(pair_of(student, W, X, y, 0.0, case="")[0], want)]


# Which of these overflow, and which lose a logarithm, depends on what is subtracted from scores.
for scores, label in [
    ([600.0, -600.0, 0.0], 2),
    ([1000.0, 999.0, 0.0, 0.0], 1),
    ([1000.0, 1000.0, -2000.0], 1),
    ([300.0, -600.0, 0.0, 200.0], 1),
]:
    softmax_value_and_grad.probe(probe_scores(scores, label))


@softmax_value_and_grad.probe
def probe_rows_far_apart(student):
    """Return the loss where one example's scores are far above another's."""
    W, X, y = examples(41, 4, 1, 3)
    W, X = np.vstack([W, np.ones((1, 3))]), np.hstack([X, SPREAD])
    loss = pair_of(student, W, X, y, 0.0, case="")[0]
    return [share_of(loss, loss_of(W, X, y, 0.0))]


@softmax_value_and_grad.probe
def probe_fixed_penalty(student):
    """Say whether there is a penalty at l2 = 0."""
    W, X, y = examples(46, 4, 4, 2)
    loss, grads = parts_of(student, W, X, y, 0.0)
    slopes = slopes_of(lambda V: loss_of(V, X, y, 0.0), W)
    return [fixed_penalty(loss - loss_of(W, X, y, 0.0), grads - slopes, W)]


@softmax_value_and_grad.probe
def probe_small_labels(student):
    """Return the loss for labels of one byte."""
    W, X, y = examples(42, 5, 3, 3)
    return [parts_of(student, W, X, y.astype(np.uint8), 0.0)[0]]


@softmax_value_and_grad.probe
def probe_second_call(student):
    """Return how loss and gradient change from a call to the next."""
    (loss, grads), (again, same_grads) = (
        parts_of(student, *examples(seed, 4, 2, 3), 0.0) for seed in (43, 44)
    )
    return [again - loss, *summary_of(same_grads - grads)]


@softmax_value_and_grad.probe
def probe_digits(student):
    """Say whether loss and gradient have the digits of a float64."""
    W, X, y = examples(45, 3, 4, 3)
    loss, grads = parts_of(student, W, X, y, 0.0)
    exact = slopes_of(lambda V: loss_of(V, X, y, 0.0), W)
    return [digits_of(loss, loss_of(W, X, y, 0.0)), digits_of(grads, exact)]
