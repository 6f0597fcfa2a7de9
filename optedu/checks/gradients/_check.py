"""Exercise G2: a checker of gradients.

The student's function is a tool, judged on claims that are right or wrong by construction (family
MET). One claim is one check. Right ones lie below a relative error of 1e-9 and wrong ones above
4e-6, whatever the norm, so that any threshold between 1e-8 and 1e-6 tells them apart.
"""

from typing import NamedTuple

import numpy as np

from optedu.checks.exercise import Exercise
from optedu.checks.families import as_number
from optedu.checks.student import CheckFailed, Counted, describe

gradient_check = Exercise(
    "gradients",
    "gradient_check",
    "f grad x",
    'Return a dict: "passed", the largest relative "error", and its "index".',
)


class Claim(NamedTuple):
    """A function, what is claimed to be its gradient, a point, and what is true of the claim."""

    f: object
    grad: object
    x: np.ndarray
    right: bool
    case: str
    index: int | None = None  # where the error is, if it is in one entry
    error: float | None = None  # how large it is, if it has one size in all norms


class Report(NamedTuple):
    """What the student's checker says."""

    passed: bool
    error: float
    index: object


def report_of(student, claim, case):
    """Return what the student's checker says, or object to its form."""
    value = student(
        Counted(claim.f, "f", 1000), Counted(claim.grad, "grad", 1000), claim.x, case=case
    )
    if not isinstance(value, dict):
        raise CheckFailed(
            f"{case}, your function returns {describe(value)}.",
            'A dictionary is asked for, {"passed": ..., "error": ..., "index": ...}.',
            token=f"returns {type(value).__name__}",
        )
    missing = [key for key in Report._fields if key not in value]
    if missing:
        raise CheckFailed(
            f'{case}, your dictionary has no entry "{missing[0]}".',
            'Its keys are "passed", "error" and "index".',
            token=f"has no {missing[0]}",
        )
    passed = value["passed"]
    if isinstance(passed, np.ndarray) and passed.size == 1:
        passed = passed.item()
    if not isinstance(passed, bool | np.bool_):
        raise CheckFailed(
            f'{case}, "passed" is {describe(passed)}.',
            "It is True or False, one verdict for the whole gradient.",
            token="has no verdict",
        )
    return Report(bool(passed), as_number(value["error"], case), value["index"])


def index_of(value, case):
    """Return a position as a whole number, whatever it is wrapped in."""
    index = as_number(value, case)
    if index != np.floor(index):
        raise CheckFailed(
            f'{case}, "index" is not a whole number.',
            "np.argmax gives the position of the largest entry.",
            token="returns no index",
        )
    return int(index)


def judged(claim):
    """Return a check of the student's checker on one claim."""
    case = claim.case

    def check(student):
        report = report_of(student, claim, case)
        if claim.right:
            _require_a_pass(report, case)
        else:
            _require_a_failure(report, claim)

    check.__name__ = case
    return check


def _require_a_pass(report, case):
    if not report.passed:
        raise CheckFailed(
            f"{case}, your checker raises a false alarm.",
            "It divides zero by zero, or by something else that makes NaN."
            if not np.isfinite(report.error)
            else "The claim is right. Is the error relative, the difference central, the step "
            "right, and all of it in float64?",
            token="a false alarm",
        )
    if not 0 <= report.error <= 1e-6:
        raise CheckFailed(
            f'{case}, your "error" does not fit your verdict.',
            "It is the largest relative error, which is nearly zero for a right claim.",
            token="error does not fit",
        )


def _require_a_failure(report, claim):
    if report.passed:
        raise CheckFailed(
            f"{claim.case}, your checker says that the gradient is right.",
            _why_missed(claim),
            token="a miss",
        )
    if report.error <= 1e-6:
        raise CheckFailed(
            f'{claim.case}, your "error" does not fit your verdict.',
            "It is the largest relative error, which is not small for a wrong claim.",
            token="error does not fit",
        )
    # A sum in the denominator halves the error; random directions scatter it a little more.
    if claim.error is not None and not 0.4 * claim.error < report.error < 1.2 * claim.error:
        raise CheckFailed(
            f'{claim.case}, your "error" has the wrong size.',
            "It is the largest difference, divided by the larger of the two numbers compared.",
            token="another error",
        )
    if claim.index is not None:
        index = index_of(report.index, claim.case)
        if index not in (claim.index, claim.index - len(claim.x)):
            raise CheckFailed(
                f'{claim.case}, your "index" leads to another entry.',
                "It is the position of the largest error, counted from 0.",
                token="another index",
            )


def _why_missed(claim):
    claimed = claim.grad(np.array(claim.x, dtype=float))
    if not np.all(np.isfinite(claimed)) or np.isnan(claim.f(claim.x)):
        return "NaN compares as false with everything: write error <= tol, not the opposite."
    if not np.any(claimed):
        return "A zero is as wrong as any other number where the function changes."
    if claim.index is not None and claim.index >= 10:
        return "Every entry counts, the last ones, too."
    if np.max(np.abs(claimed)) < 1e-5:
        return "All numbers are small here, so a small difference is large: is the error relative?"
    return "Compare every entry, with its sign, and let the worst one decide."


# The functions. Each entry of a gradient is of the order of the function, or exactly zero, so
# that rounding stays below 1e-9 of it.

MATRIX = np.array([[3.0, 1.0, -0.5], [1.0, 2.0, 0.4], [-0.5, 0.4, 1.5]])
TARGET = np.array([1.0, -2.0, 0.5])
POINT = np.array([0.7, -1.2, 1.6])
TWELVE = np.array([0.9, -1.1, 0.6, 1.3, -0.7, 0.8, -1.4, 1.0, 0.5, -0.9, 1.2, -0.6])
DATA = np.array([[1.0, 0.5, -1.2], [0.3, -1.5, 0.8], [-1.1, 0.9, 1.4], [1.6, 1.1, 0.2]])
LABELS = np.array([1.0, -1.0, 1.0, -1.0])
WEIGHTS = np.array([1.4, -1.1, 0.8])
# Margins between -0.9 and 2.1, none closer to 1 or 0 than 0.4.
OFF_KINKS = np.array([-0.1, 0.8, 0.9])
SQUARE = np.array([[0.2, -0.3, 0.4], [0.5, 0.1, -0.2], [-0.3, 0.4, 0.1]])


def quadratic(x):
    return 0.5 * x @ MATRIX @ x - TARGET @ x


def quadratic_grad(x):
    return MATRIX @ x - TARGET


def sines(x):
    return np.sum(np.sin(x))


def exponential(x):
    return np.exp(np.sum(np.sin(x)) / 2)


def exponential_grad(x):
    return exponential(x) * np.cos(x) / 2


def product(x):
    return np.prod(x)


def product_grad(x):
    return np.array([x[1] * x[2], x[0] * x[2], x[0] * x[1]])


def rosenbrock(x):
    return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2


def rosenbrock_grad(x):
    slope = 200 * (x[1] - x[0] ** 2)
    return np.array([-2 * (1 - x[0]) - 2 * x[0] * slope, slope])


def least_squares(w, l2=0.1):
    return np.sum((DATA @ w - LABELS) ** 2) / (2 * len(DATA)) + l2 / 2 * w @ w


def least_squares_grad(w, l2=0.1):
    return DATA.T @ (DATA @ w - LABELS) / len(DATA) + l2 * w


def logistic(w):
    return np.mean(np.logaddexp(0, -LABELS * (DATA @ w)))


def logistic_grad(w):
    return -DATA.T @ (LABELS / (1 + np.exp(LABELS * (DATA @ w)))) / len(DATA)


def softmax(w):
    scores = DATA @ w.reshape(3, 2)
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - scores[:, 0])


def softmax_grad(w, right=1.0):
    exponentials = np.exp(DATA @ w.reshape(3, 2))
    shares = exponentials / np.sum(exponentials, axis=1, keepdims=True)
    shares[:, 0] -= right
    return (DATA.T @ shares / len(DATA)).ravel()


def hinge(w):
    return np.mean(np.maximum(0, 1 - LABELS * (DATA @ w)))


def hinge_grad(w, beyond=0.0):
    active = 1 - LABELS * (DATA @ w) > beyond
    return -DATA.T @ (LABELS * active) / len(DATA)


def layered(w):
    return np.sum(np.tanh(w.reshape(3, 3) @ POINT) * TARGET)


def layered_grad(w):
    slopes = (1 - np.tanh(w.reshape(3, 3) @ POINT) ** 2) * TARGET
    return np.outer(slopes, POINT).ravel()


def biased(w):
    """Return the loss of a line with ten weights and two biases."""
    return np.sum(np.sin(w[:10])) + (w[10] + 0.5) ** 2 + (w[11] - 1.5) ** 2


def biased_grad(w):
    return np.concatenate([np.cos(w[:10]), [2 * w[10] + 1, 2 * w[11] - 3]])


def partly(x):
    return x[0] ** 2 + np.sin(x[2])


def partly_grad(x):
    return np.array([2 * x[0], 0.0, np.cos(x[2])])


def times(factor, function):
    """Return a function multiplied by a number."""
    return lambda x: factor * function(x)


def stretched(function, length, power=0):
    """Return x -> f(x / length) / length**power, which varies over lengths like `length`."""
    return lambda x: function(x / length) / length**power


def with_entry(grad, index, value):
    """Return a gradient with one entry set: to a number, or to a function of what it was."""

    def spoiled(x):
        claimed = np.array(grad(x), dtype=float)
        claimed[index] = value(claimed[index]) if callable(value) else value
        return claimed

    return spoiled


ONE_LARGE = np.array([10.0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
RIGHT = [
    (sines, np.cos, np.array([0.4]), "For a right gradient of one number"),
    (exponential, exponential_grad, POINT / 2, "For a right gradient of an exponential"),
    (rosenbrock, rosenbrock_grad, np.array([-1.2, 1.0]), "For a right gradient in a curved valley"),
    (product, product_grad, POINT, "For a right gradient of a product"),
    (least_squares, least_squares_grad, WEIGHTS, "For a right gradient of least squares"),
    (logistic, logistic_grad, WEIGHTS, "For a right gradient of a logistic loss"),
    (softmax, softmax_grad, TWELVE[:6], "For a right gradient of a softmax loss"),
    (hinge, hinge_grad, OFF_KINKS, "For a right gradient of hinges, off the kinks"),
    (layered, layered_grad, SQUARE.ravel(), "For a right gradient of a layer"),
    (biased, biased_grad, TWELVE, "For a right gradient of twelve numbers"),
    (times(1e-8, exponential), times(1e-8, exponential_grad), POINT / 2,
     "For a right gradient that is tiny"),
    (times(1e8, exponential), times(1e8, exponential_grad), POINT / 2,
     "For a right gradient that is huge"),
    (stretched(exponential, 1e8), stretched(exponential_grad, 1e8, 1), 1e8 * POINT,
     "For a right gradient where x is about 1e8"),
    (lambda x: np.sum(np.exp(x)), np.exp, np.array([1e-8, -2e-8, 0.0]),
     "For a right gradient where x is nearly zero"),
    (lambda x: 2.5, np.zeros_like, POINT, "For the zero gradient of a constant"),
    (lambda x: np.sum(np.cos(x)) - x @ x, np.zeros_like, np.zeros(3),
     "For the zero gradient at the top of a hill"),
    (partly, partly_grad, POINT, "For a right gradient with one entry that is zero"),
    (quadratic, quadratic_grad, np.array([2, -3, 1]), "For a right gradient at integers"),
]  # fmt: skip

WRONG = [
    (sines, lambda x: -np.cos(x), TWELVE[:4], "For a gradient of the wrong sign", None, 2.0),
    (exponential, times(0.5, exponential_grad), POINT / 2, "For half the gradient", None, 0.5),
    (least_squares, lambda w: least_squares_grad(w, 0.0), WEIGHTS,
     "For a gradient without the derivative of the penalty", None, None),
    (least_squares, lambda w: least_squares_grad(w, 0.2), WEIGHTS,
     "For a gradient with the penalty counted twice", None, None),
    (logistic, times(4, logistic_grad), WEIGHTS, "For a gradient that is not divided by N",
     None, 0.75),
    (layered, lambda w: layered_grad(w).reshape(3, 3).T.ravel(), SQUARE.ravel(),
     "For a gradient with rows and columns exchanged", None, None),
    (exponential, times(1.01, exponential_grad), POINT / 2, "For a gradient 1 % too large",
     None, 0.01 / 1.01),
    (exponential, times(1.0001, exponential_grad), POINT / 2, "For a gradient 1e-4 too large",
     None, 1e-4),
    (exponential, times(1 + 5e-6, exponential_grad), POINT / 2, "For a gradient 5e-6 too large",
     None, 5e-6),
    (sines, with_entry(np.cos, 2, lambda entry: entry * (1 + 1e-4)), TWELVE[:4],
     "For a gradient with one entry that is 1e-4 too large", 2, None),
    (product, with_entry(product_grad, 1, 0.0), POINT,
     "For a gradient with one entry left at zero", 1, None),
    (biased, with_entry(biased_grad, 11, lambda entry: entry - 0.1), TWELVE,
     "For twelve numbers, of which the last entry is wrong", 11, None),
    (biased, with_entry(biased_grad, 10, 0.0), TWELVE,
     "For twelve numbers, of which a bias is wrong", 10, None),
    (lambda x: ONE_LARGE @ np.sin(x / 9), with_entry(lambda x: ONE_LARGE * np.cos(x / 9) / 9, 0,
                                                    lambda entry: -entry), TWELVE,
     "For twelve numbers, of which the first and largest has the wrong sign", 0, 2.0),
    (logistic, lambda w: -DATA[:2].T @ (LABELS[:2] / (1 + np.exp(LABELS[:2] * (DATA[:2] @ w)))) / 4,
     WEIGHTS, "For a gradient that leaves one of two batches out", None, None),
    (softmax, lambda w: softmax_grad(w, 0.0), TWELVE[:6],
     "For a softmax gradient without its labels", None, None),
    (hinge, lambda w: hinge_grad(w, 1.0), OFF_KINKS,
     "For a hinge gradient with the wrong margin", None, None),
    (exponential, lambda x: np.exp(np.sum(np.sin(x)) / 2) * np.ones(3) / 2, POINT / 2,
     "For a gradient without the chain rule's inner factor", None, None),
    (rosenbrock, lambda x: rosenbrock_grad(x)[::-1], np.array([-1.2, 1.0]),
     "For a gradient with two entries exchanged", None, None),
    (product, lambda x: np.abs(product_grad(x)), POINT, "For a gradient that has lost its signs",
     None, 2.0),
    (sines, lambda x: np.cos(x) + 1e-3, POINT, "For a gradient with something added to every entry",
     None, None),
    (sines, lambda x: np.linalg.norm(np.cos(x)) * np.array([0.6, 0.0, 0.8]), POINT,
     "For a gradient that is right in length but not in direction", None, None),
    (times(1e-8, exponential), times(-1e-8, exponential_grad), POINT / 2,
     "For a tiny gradient of the wrong sign", None, 2.0),
    (times(1e-8, exponential), times(1.001e-8, exponential_grad), POINT / 2,
     "For a tiny gradient 0.1 % too large", None, 1e-3),
    (times(1e8, exponential), times(1.0001e8, exponential_grad), POINT / 2,
     "For a huge gradient 1e-4 too large", None, 1e-4),
    (stretched(exponential, 1e8), stretched(times(2, exponential_grad), 1e8, 1), 1e8 * POINT,
     "For a gradient twice too large where x is about 1e8", None, 0.5),
    (sines, np.zeros_like, POINT, "For a zero gradient where the function changes", None, 1.0),
    (lambda x: 2.5, np.ones_like, POINT, "For a gradient of ones where the function is constant",
     None, 1.0),
    (partly, with_entry(partly_grad, 1, 0.5), POINT,
     "For a gradient with an entry that should be zero", 1, None),
    (sines, with_entry(np.cos, 1, np.nan), POINT, "For a gradient with a NaN in the middle",
     1, None),
    (sines, lambda x: np.full(3, np.nan), POINT, "For a gradient of NaN", 0, None),
    (sines, with_entry(np.cos, 2, np.inf), POINT, "For a gradient with an infinity", None, None),
    (lambda x: np.nan, np.cos, POINT, "Where the function is NaN", None, None),
    (quadratic, times(2, quadratic_grad), np.array([2, -3, 1]),
     "For a gradient twice too large at integers", None, 0.5),
]  # fmt: skip

SINGLE = np.array([0.3, -0.8, 1.1], dtype=np.float32)

VISIBLE = [
    Claim(sines, np.cos, np.array([0.5, 1.0]), True,
          "For f(x) = sin(x₀) + sin(x₁) and its gradient at x = [0.5, 1.0]"),
    Claim(lambda x: x @ x, lambda x: x, np.array([1.0, -2.0, 3.0]), False,
          "For f(x) = x · x and the claim x, without the factor 2, at x = [1.0, -2.0, 3.0]",
          None, 0.5),
    Claim(lambda x: x @ x, lambda x: 2 * x * [1, 1, -1], np.array([1.0, -2.0, 3.0]), False,
          "For f(x) = x · x and a claim with the wrong sign in the last entry", 2, None),
    Claim(lambda x: x @ x, lambda x: 2 * x, np.zeros(3), True,
          "For f(x) = x · x at x = [0.0, 0.0, 0.0], where the gradient is zero"),
    Claim(times(1e6, sines), times(1e6, np.cos), np.array([0.5, 1.0]), True,
          "For f(x) = 1e6 (sin(x₀) + sin(x₁)) and its gradient"),
    Claim(sines, lambda x: 1.001 * np.cos(x), np.array([0.5, 1.0]), False,
          "For f(x) = sin(x₀) + sin(x₁) and a claim 0.1 % too large", None, 1e-3),
]  # fmt: skip

for claim in VISIBLE:
    gradient_check.visible(judged(claim))
for f, grad, x, case in RIGHT:
    gradient_check.hidden(judged(Claim(f, grad, x, True, case)))
for f, grad, x, *truth in WRONG:
    gradient_check.hidden(judged(Claim(f, grad, x, False, *truth)))


@gradient_check.hidden
def takes_single_precision(student):
    """API: float32 is made float64, or refused."""
    case = "For a right gradient at numbers of single precision"
    try:
        report = report_of(student, Claim(sines, np.cos, SINGLE, True, case), case)
    except CheckFailed as failure:
        if isinstance(failure.__cause__, ValueError | TypeError):
            return
        raise
    _require_a_pass(report, case)


@gradient_check.hidden
def asks_for_the_gradient_at_x(student):
    """API: the claim is made at x, and no step of the differences has moved it."""
    grad, case = Counted(np.cos, "grad", 1000), "For a right gradient"
    student(Counted(sines, "f", 1000), grad, POINT, case=case)
    if not any(np.array_equal(point, POINT) for point in grad.points):
        raise CheckFailed(
            f"{case}, your function never asks for grad(x).",
            "Call grad at x itself, not at a point that has been moved.",
            token="asks elsewhere",
        )


def cubic(x):
    """Return a polynomial; sums and products round alike on all machines, so probes use it."""
    x = [float(entry) for entry in x]
    return sum(a * a * a / 3 + a * b / 2 + a for a, b in zip(x, [*x[1:], x[0]], strict=True))


def cubic_grad(x):
    """Return its gradient."""
    return x * x + 1 + (np.roll(x, -1) + np.roll(x, 1)) / 2


def even(x):
    """Return a function that is level at zero."""
    return sum(float(entry) * float(entry) for entry in x)


def probe_claim(f, grad, x):
    """Return a probe that keeps the verdict, two digits of the error, and the index."""

    def probe(student):
        report = report_of(student, Claim(f, grad, x, True, ""), "")
        error = float(f"{report.error:.1e}") if not report.error < 1e-6 else 0.0
        verdict = "passes" if report.passed else "fails"
        if error == 0 or not np.isfinite(error):
            return [verdict, error]
        return [verdict, error, index_of(report.index, "")]

    return probe


THREE, SIX, INTEGERS = POINT[[0, 2, 1]], TWELVE[:6] + 0.25, np.array([2, -3, 1])
LARGE = np.array([30.0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]) * np.sign(TWELVE)
for f, grad, x in [
    (cubic, cubic_grad, THREE),
    (cubic, cubic_grad, TWELVE),
    (cubic, times(-1, cubic_grad), SIX),
    (cubic, times(0.5, cubic_grad), THREE),
    (cubic, times(2, cubic_grad), THREE),
    (cubic, times(4, cubic_grad), SIX),
    (cubic, times(1.01, cubic_grad), THREE),
    (cubic, times(1.001, cubic_grad), SIX),
    (cubic, times(1.0001, cubic_grad), THREE),
    (cubic, times(0.9999, cubic_grad), THREE),
    (cubic, with_entry(cubic_grad, 1, lambda entry: entry * (1 + 5e-6)), THREE),
    (cubic, lambda x: cubic_grad(x) - 0.25 * x, SIX),
    (cubic, lambda x: cubic_grad(x)[::-1], SIX),
    (cubic, lambda x: np.abs(cubic_grad(x)) * [1, -1, 1], THREE),
    (cubic, with_entry(cubic_grad, 1, 0.0), THREE),
    (cubic, with_entry(cubic_grad, 2, lambda entry: 1.5 * entry), SIX),
    (cubic, with_entry(cubic_grad, 0, lambda entry: -entry), LARGE),
    (cubic, with_entry(cubic_grad, 10, 0.0), TWELVE),
    (cubic, with_entry(cubic_grad, 11, lambda entry: entry + 0.1), TWELVE),
    (cubic, with_entry(cubic_grad, 1, np.nan), THREE),
    (cubic, with_entry(cubic_grad, 2, np.inf), THREE),
    (cubic, lambda x: np.full(3, np.nan), THREE),
    (lambda x: np.nan, cubic_grad, THREE),
    (cubic, np.zeros_like, SIX),
    (times(1e-8, cubic), times(1e-8, cubic_grad), THREE),
    (times(1e-8, cubic), times(-1e-8, cubic_grad), THREE),
    (times(1e-8, cubic), times(1.01e-8, cubic_grad), THREE),
    (times(1e8, cubic), times(1e8, cubic_grad), THREE),
    (times(1e8, cubic), times(1.0001e8, cubic_grad), THREE),
    (stretched(cubic, 1e8), stretched(cubic_grad, 1e8, 1), 1e8 * THREE),
    (stretched(cubic, 1e8), stretched(times(2, cubic_grad), 1e8, 1), 1e8 * THREE),
    (even, times(2, np.array), np.zeros(3)),
    (even, times(2, np.array), np.array([1.0, 0.0, -2.0])),
    (even, lambda x: 2 * x + [0, 0.5, 0], np.array([1.0, 0.0, -2.0])),
    (lambda x: 2.5, np.zeros_like, THREE),
    (lambda x: 2.5, np.ones_like, THREE),
    (cubic, cubic_grad, INTEGERS),
    (cubic, times(2, cubic_grad), INTEGERS),
    (cubic, cubic_grad, SINGLE),
]:
    gradient_check.probe(probe_claim(f, grad, x))
