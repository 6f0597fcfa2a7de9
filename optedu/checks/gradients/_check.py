"""Exercise G2: a checker of gradients.

The student's function is a tool, judged on claims that are right or wrong by construction (family
MET). One claim is one check, and those of the hidden checks are in a room of their own. Right ones
lie below a relative error of 1e-9 and wrong ones above 4e-6, whatever the norm, so that any
threshold between 1e-8 and 1e-6 tells them apart.
"""

from typing import NamedTuple

import numpy as np

from optedu.checks.exercise import Exercise
from optedu.checks.families import as_number
from optedu.checks.gradients._claims import (
    INTEGERS,
    POINT,
    RIGHT,
    SINGLE,
    TWELVE,
    WRONG,
    sines,
    stretched,
    times,
    with_entry,
)
from optedu.checks.gradients._points import Typed, require_floats
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
                "It is the position of the largest error, counted from 0."
                if _is_finite(claim)
                else "It is the position of the first NaN, counted from 0.",
                token="another index",
            )


def _is_finite(claim):
    return np.all(np.isfinite(claim.grad(np.array(claim.x, dtype=float))))


def _why_missed(claim):
    claimed = claim.grad(np.array(claim.x, dtype=float))
    if not _is_finite(claim) or np.isnan(claim.f(claim.x)):
        return "NaN compares as false with everything: write error <= tol, not the opposite."
    if not np.any(claimed):
        return "A zero is as wrong as any other number where the function changes."
    if claim.index is not None and claim.index >= 10:
        return "Every entry counts, the last ones, too."
    if np.max(np.abs(claimed)) < 1e-5:
        return "All numbers are small here, so a small difference is large: is the error relative?"
    return "Compare every entry, with its sign, and let the worst one decide."


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
def asks_in_double_precision(student):
    """API: f and grad are given floats of 16 digits, whatever x holds; float32 may be refused."""
    for x, case in [(INTEGERS, "For integers"), (SINGLE, "For numbers of single precision")]:
        functions = Typed(sines, "f"), Typed(np.cos, "grad")
        try:
            student(*functions, x, case=case)
        except CheckFailed as failure:
            if isinstance(failure.__cause__, ValueError | TypeError) and x is SINGLE:
                return
            raise
        for function in functions:
            require_floats(
                function, case, "Begin with x = np.array(x, dtype=float), and use that x alone."
            )


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
    """Return a probe that keeps two digits of the error, the verdict, and the index.

    The number comes first: a word that did would count as the mark of one mistake.
    """

    def probe(student):
        report = report_of(student, Claim(f, grad, x, True, ""), "")
        error = float(f"{report.error:.1e}") if not report.error < 1e-6 else 0.0
        verdict = "passes" if report.passed else "fails"
        if error == 0 or not np.isfinite(error):
            return [error, verdict]
        return [error, verdict, index_of(report.index, "")]

    return probe


THREE, SIX = POINT[[0, 2, 1]], TWELVE[:6] + 0.25
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
    (cubic, lambda x: cubic_grad(x) * [1.01, 1, -1, 1, 1, 1], SIX),
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


@gradient_check.probe
def probe_types(student):
    """Say what grad is given where x holds integers."""
    grad = Typed(cubic_grad, "grad")
    student(Counted(cubic, "f"), grad, INTEGERS, case="")
    return [grad.kind]
