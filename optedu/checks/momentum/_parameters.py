"""Exercise M4: the best heavy ball, the rate of any, and the momentum at the border between."""

import numpy as np

from optedu.checks.exercise import Exercise
from optedu.checks.families import ROUNDING, as_number, as_numbers, same
from optedu.checks.student import CheckFailed, describe

spectral_radius = Exercise(
    "momentum",
    "spectral_radius",
    "learning_rate momentum curvature",
    "Return the size of the larger root of z² = (1 + momentum - learning_rate λ) z - momentum.",
)
critical_momentum = Exercise(
    "momentum",
    "critical_momentum",
    "learning_rate curvature",
    "Return the momentum at which both roots are equal.",
)
optimal_heavy_ball = Exercise(
    "momentum",
    "optimal_heavy_ball",
    "smoothness strong_convexity",
    "Return the learning rate and the momentum with the best rate from m to L.",
)


def radius(learning_rate, momentum, curvature):
    """Return the spectral radius, from the product and the sum of the roots."""
    p = 1 + momentum - learning_rate * curvature
    if p**2 < 4 * momentum:
        return np.sqrt(momentum)
    return (abs(p) + np.sqrt(p**2 - 4 * momentum)) / 2


def require_radius(student, learning_rate, momentum, curvature, case, tolerance=ROUNDING):
    """Compare a spectral radius with the right one, and say how it is wrong."""
    got = as_number(student(learning_rate, momentum, curvature, case=case), case)
    want = radius(learning_rate, momentum, curvature)
    if same(got, want, tolerance):
        return
    swings = (1 + momentum - learning_rate * curvature) ** 2 < 4 * momentum
    if same(got, want, 2e-3):
        hint = "It is right to a few digits only. Is it rounded, or are close roots taken as equal?"
    elif not np.isfinite(got):
        hint = (
            "It is not a finite number. Under the root stands a negative number here; "
            "np.sqrt takes complex numbers, too, if you give it one."
            if swings
            else "It is finite, also where the run diverges. Is something divided by zero?"
        )
    elif got < 0:
        hint = "A size is not negative: take the absolute value of each root."
    elif swings:
        hint = "The roots are complex here. What is their product, and so the size of each?"
    elif momentum and same(got, np.sqrt(momentum)):
        hint = "The roots are real here, and sqrt(momentum) lies between their sizes."
    elif got < want:
        hint = "The roots are real here, and the other one is larger in size."
    else:
        hint = "The roots are real here. Check p and q of z² = p z + q."
    raise CheckFailed(f"{case}, the spectral radius is wrong.", hint)


@spectral_radius.visible
def reads_complex_roots(student):
    """EXA: where the mode swings, the radius depends on momentum alone."""
    require_radius(student, 0.5, 0.64, 1.0, "For learning_rate = 0.5, momentum = 0.64, λ = 1")


@spectral_radius.visible
def reads_real_roots(student):
    """EXA: where the mode creeps, the larger root decides."""
    require_radius(student, 0.1, 0.2, 1.0, "For learning_rate = 0.1, momentum = 0.2, λ = 1")


@spectral_radius.hidden
def does_not_depend_on_the_learning_rate(student):
    """EXA: in the complex regime."""
    for learning_rate, momentum, curvature in [
        (0.1, 0.81, 1.0), (0.9, 0.81, 1.0), (0.5, 0.81, 6.0), (0.04, 0.5, 20.0), (1.0, 0.99, 3.9),
    ]:  # fmt: skip
        case = "Where the roots are complex, with other numbers"
        require_radius(student, learning_rate, momentum, curvature, case)


@spectral_radius.hidden
def is_the_larger_root(student):
    """REF: real roots, both positive."""
    for learning_rate, momentum, curvature in [
        (0.01, 0.5, 1.0), (0.2, 0.1, 0.7), (0.001, 0.9, 1.5), (0.3, 0.04, 1.2),
    ]:  # fmt: skip
        case = "Where the roots are real and positive, with other numbers"
        require_radius(student, learning_rate, momentum, curvature, case)


@spectral_radius.hidden
def is_the_size_of_a_negative_root(student):
    """REF: real roots, both negative."""
    for learning_rate, momentum, curvature in [
        (1.0, 0.1, 1.9), (0.5, 0.3, 5.0), (2.0, 0.5, 1.48), (1.0, 0.05, 1.7),
    ]:  # fmt: skip
        case = "Where the roots are real and negative"
        require_radius(student, learning_rate, momentum, curvature, case)


@spectral_radius.hidden
def is_above_one_where_the_run_diverges(student):
    """REF: beyond the stability limit, and where the loss curves downwards."""
    for learning_rate, momentum, curvature in [
        (1.0, 0.9, 3.85), (0.5, 0.2, 9.0), (0.1, 0.9, -1.0), (0.4, 0.3, -2.0),
    ]:  # fmt: skip
        case = "Where the run diverges"
        require_radius(student, learning_rate, momentum, curvature, case)


@spectral_radius.hidden
def is_that_of_gradient_descent(student):
    """DEG: with momentum = 0 one root is 0 and the other 1 - αλ; with λ = 0 a root is 1."""
    for learning_rate, curvature in [(0.3, 1.0), (0.7, 2.0), (0.9, 3.0), (0.25, -1.0)]:
        require_radius(student, learning_rate, 0.0, curvature, "With momentum = 0")
    require_radius(student, 0.3, 0.7, 0.0, "Where the loss is flat, λ = 0")


@spectral_radius.hidden
def is_the_double_root(student):
    """DEG: at critical damping, where an eigenvalue routine has half of the digits."""
    case = "Where both roots are equal"
    for learning_rate, momentum, curvature in [(0.25, 0.25, 1.0), (1.0, 0.25, 2.25)]:
        require_radius(student, learning_rate, momentum, curvature, case, tolerance=1e-6)


@spectral_radius.hidden
def tells_two_close_roots_apart(student):
    """DEG: next to critical damping the larger root moves away like a square root."""
    case = "Where the roots are close to each other"
    for learning_rate, momentum in [(0.2499, 0.25), (0.249999999, 0.25), (0.2501, 0.25)]:
        require_radius(student, learning_rate, momentum, 1.0, case, tolerance=1e-6)


def require_critical(student, learning_rate, curvature, case):
    """Compare a momentum with the critical one, and say how it is wrong."""
    got = as_number(student(learning_rate, curvature, case=case), case)
    want = (1 - np.sqrt(learning_rate * curvature)) ** 2
    if abs(got - want) <= ROUNDING:
        return
    hint = "The roots of z² = p z - momentum are equal where p² = 4 momentum."
    if abs(got - want) <= 1e-2:
        hint = "It is right to a few digits only. Is it rounded, or found by a search?"
    elif not 0 <= got < 1:
        hint = f"It lies from 0 to 1, 1 left out. {hint}"
    elif got > want:
        hint = f"With yours the mode swings. {hint}"
    else:
        hint = f"With yours the mode does not swing, but one root is slow. {hint}"
    raise CheckFailed(f"{case}, the momentum is not critical.", hint)


@critical_momentum.visible
def damps_critically(student):
    """EXA: αλ a square."""
    require_critical(student, 0.04, 1.0, "For learning_rate = 0.04, λ = 1")


@critical_momentum.visible
def damps_a_steep_mode(student):
    """EXA: only the product of learning rate and curvature counts."""
    require_critical(student, 0.02, 18.0, "For learning_rate = 0.02, λ = 18")


@critical_momentum.hidden
def makes_both_roots_equal(student):
    """REF: the creeping side, αλ below 1."""
    for numbers in [(0.1, 1.0), (0.5, 0.5), (0.001, 7.0), (3.0, 0.3), (1e-3, 1e-3), (0.03, 30.0)]:
        require_critical(student, *numbers, "For other numbers, αλ below 1")


@critical_momentum.hidden
def works_beyond_one(student):
    """REF: the flipping side, αλ from 1 to 4."""
    for numbers in [(0.5, 3.0), (1.0, 2.25), (0.1, 39.0), (2.0, 1.5)]:
        require_critical(student, *numbers, "For αλ between 1 and 4")


@critical_momentum.hidden
def needs_none_in_one_step(student):
    """DEG: at αλ = 1 gradient descent is there in one step."""
    for numbers in [(0.25, 4.0), (1.0, 1.0)]:
        require_critical(student, *numbers, "For αλ = 1")


def require_optimal(student, smoothness, strong_convexity, case):
    """Compare the two numbers with the best ones, and say how they are wrong."""
    value = student(smoothness, strong_convexity, case=case)
    got = as_numbers(value, case)
    if got.size != 2:
        raise CheckFailed(
            f"{case}, your function returns {describe(value)}.",
            "Two numbers are asked for, the learning rate and the momentum.",
            token=f"returns shape {got.shape}",
        )
    got = got.ravel()
    root_L, root_m = np.sqrt(smoothness), np.sqrt(strong_convexity)
    want = 4 / (root_L + root_m) ** 2, ((root_L - root_m) / (root_L + root_m)) ** 2
    # The best momentum may be 0, so its tolerance is absolute.
    right = [same(got[0], want[0]), abs(got[1] - want[1]) <= ROUNDING]
    if all(right):
        return
    names = [n for n, ok in zip(["learning rate", "momentum"], right, strict=True) if not ok]
    what = f"{case}, the {' and the '.join(names)} {'is' if len(names) == 1 else 'are'} not best."
    ends = [max(radius(*got, end) - np.sqrt(want[1]), 0) for end in (strong_convexity, smoothness)]
    if not np.all(np.isfinite(got)):
        hint = "They are not finite numbers. What is divided by what?"
    elif not 0 <= got[1] < 1:
        hint = "The momentum must lie from 0 to 1, 1 left out."
    elif got[0] <= 0:
        hint = "The learning rate must be positive."
    elif not got[0] < 2 * (1 + got[1]) / smoothness:
        hint = "With these numbers the steepest direction diverges."
    elif ends[0] > ROUNDING and ends[0] >= ends[1]:
        hint = "With these numbers the flattest direction is slower than it needs to be."
    elif ends[1] > ROUNDING:
        hint = "With these numbers the steepest direction is slower than it needs to be."
    else:
        hint = "Both ends of the spectrum must be damped critically, by one momentum."
    raise CheckFailed(what, hint)


@optimal_heavy_ball.visible
def damps_both_ends(student):
    """CER: both ends are critically damped."""
    require_optimal(student, 16.0, 1.0, "For L = 16, m = 1")


@optimal_heavy_ball.visible
def damps_other_ends(student):
    """CER: it is not m = 1 that makes it right."""
    require_optimal(student, 9.0, 4.0, "For L = 9, m = 4")


@optimal_heavy_ball.hidden
def damps_any_ends(student):
    """CER: both ends are critically damped, whatever the numbers."""
    for ends in [(3.0, 0.5), (25.0, 4.0), (0.7, 0.2), (1000.0, 0.01), (10, 3)]:
        require_optimal(student, *ends, "For other numbers")


@optimal_heavy_ball.hidden
def needs_no_momentum_in_a_round_bowl(student):
    """DEG: for L = m the learning rate is 1/L and the momentum 0."""
    for curvature in (4.0, 0.3):
        require_optimal(student, curvature, curvature, "For L = m, a round bowl")


@optimal_heavy_ball.hidden
def follows_the_scale(student):
    """INV: a loss ten times as steep needs a tenth of the learning rate and the same momentum."""
    case = "For a loss, and for ten times that loss"
    one, ten = (as_numbers(student(*ends, case=case), case) for ends in [(5.0, 0.7), (50.0, 7.0)])
    if one.size != 2 or not same(ten.ravel(), one.ravel() * [0.1, 1.0]):
        raise CheckFailed(f"{case}, the numbers do not scale as they should.")


def probe_number(*numbers):
    """Return a probe that keeps the one number that comes back."""
    return lambda student: [as_number(student(*numbers, case=""), "")]


def probe_pair(*numbers):
    """Return a probe that keeps the two numbers that come back."""

    def probe(student):
        got = as_numbers(student(*numbers, case=""), "").ravel()
        return [got.size, *got[:2]]

    return probe


for numbers in [
    (0.5, 0.64, 1.0),
    (0.5, 0.81, 6.0),
    (1.0, 0.99, 3.9),
    (0.1, 0.2, 1.0),
    (0.2, 0.1, 0.7),
    (0.5, 0.3, 5.0),
    (1.0, 0.9, 3.85),
    (0.4, 0.3, -2.0),
    (0.7, 0.0, 2.0),
    (0.9, 0.0, 3.0),
    (0.3, 0.7, 0.0),
    (2.0, 0.5, 1.48),
]:
    spectral_radius.probe(probe_number(*numbers))
for numbers in [
    (0.04, 1.0),
    (0.02, 18.0),
    (0.1, 1.0),
    (3.0, 0.3),
    (0.5, 3.0),
    (1.0, 2.25),
    (0.1, 39.0),
    (0.25, 4.0),
]:
    critical_momentum.probe(probe_number(*numbers))
for numbers in [(16.0, 1.0), (9.0, 4.0), (3.0, 0.5), (25.0, 4.0), (0.7, 0.2), (4.0, 4.0), (10, 3)]:
    optimal_heavy_ball.probe(probe_pair(*numbers))


@spectral_radius.probe
def probe_close_roots(student):
    """Say whether two roots that are close are told apart."""
    got = as_number(student(0.2499, 0.25, 1.0, case=""), "")
    return ["as if equal" if same(got, 0.5, 1e-3) else "apart"]


@critical_momentum.probe
def probe_digits(student):
    """Say whether the momentum has all its digits."""
    got, want = as_number(student(0.03, 1.0, case=""), ""), (1 - np.sqrt(0.03)) ** 2
    return ["right" if same(got, want) else "nearly" if same(got, want, 1e-3) else "wrong"]


@optimal_heavy_ball.probe
def probe_rate_digits(student):
    """Say whether the learning rate has all its digits."""
    got = as_numbers(student(7.0, 3.0, case=""), "").ravel()[0]
    want = 4 / (np.sqrt(7.0) + np.sqrt(3.0)) ** 2
    return ["right" if same(got, want) else "nearly" if same(got, want, 1e-6) else "wrong"]
