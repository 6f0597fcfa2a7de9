"""Exercise D2: the curvatures of least squares, the rate they give, and the best learning rate."""

import numpy as np

from optedu.checks.exercise import Exercise
from optedu.checks.families import ROUNDING, as_number, as_numbers, same
from optedu.checks.student import CheckFailed, describe

curvature_bounds = Exercise(
    "descent",
    "curvature_bounds",
    "X",
    "Return the extreme eigenvalues of X'X/N, the larger first.",
)
rate = Exercise(
    "descent",
    "rate",
    "learning_rate smoothness strong_convexity",
    "Return the largest |1 - learning_rate λ| over λ from strong_convexity to smoothness.",
)
best_learning_rate = Exercise(
    "descent",
    "best_learning_rate",
    "smoothness strong_convexity",
    "Return the learning rate with the smallest rate.",
)


def spectrum_of(X):
    """Return the eigenvalues of X'X/N, ascending, from the singular values of X."""
    squares = np.linalg.svd(X, compute_uv=False) ** 2 / len(X)
    return np.sort(np.concatenate([squares, np.zeros(X.shape[1] - len(squares))]))


def bounds_of(student, X, case):
    """Return the two numbers that come back."""
    value = student(X, case=case)
    bounds = as_numbers(value, case)
    if bounds.size != 2:
        raise CheckFailed(
            f"{case}, your function returns {describe(value)}.",
            "Two numbers are asked for, L and m.",
            token=f"returns shape {bounds.shape}",
        )
    return bounds.ravel()


def require_bounds(bounds, spectrum, case):
    """Compare L and m with the eigenvalues, and say which is wrong and how."""
    exact = spectrum[[-1, 0]]
    if same(bounds, exact):
        return
    wrong = [
        name
        for name, b, e in zip("Lm", bounds, exact, strict=True)
        if not abs(b - e) <= ROUNDING * exact[0]
    ]
    what = f"{case}, {' and '.join(wrong)} {'are' if len(wrong) > 1 else 'is'} wrong."
    if same(bounds[::-1], exact):
        what = f"{case}, L and m come in the wrong order."
        hint = "L, the larger, comes first. eigvalsh sorts upwards, and eig does not sort."
    elif all(np.any(np.abs(spectrum - b) <= ROUNDING * exact[0]) for b in bounds):
        hint = (
            "Your numbers are eigenvalues of the right matrix, but not the largest and the "
            "smallest. np.linalg.eig does not sort; take max and min, or use eigvalsh."
        )
    else:
        hint = "They are the largest and the smallest eigenvalue of X.T @ X / N."
    raise CheckFailed(what, hint)


# The spectra are computed once, when this module is imported, not in each grading.
random = np.random.RandomState(3)
DIAGONAL, CORRELATED, SQUARE, COLUMN, TALL, WIDE, TWICE, ZEROS, ONCE = (
    (X, spectrum_of(X))
    for X in (
        np.array([[3.0, 0.0], [0.0, 1.0], [3.0, 0.0], [0.0, 1.0]]),
        np.array([[1.0, 2.0], [2.0, 1.0], [0.0, 1.0]]),
        random.randn(4, 4) + 0.5,
        random.randn(7, 1) + 0.5,
        random.randn(50, 6) + 0.5,
        random.randn(3, 5),
        random.randn(9, 2)[:, [0, 1, 0]],
        np.column_stack([random.randn(9, 2), np.zeros(9)]),
        random.randn(8, 3),
    )
)


@curvature_bounds.visible
def reads_a_diagonal(student):
    """EXA: with orthogonal columns the eigenvalues are the columns' mean squares."""
    (X, spectrum), case = DIAGONAL, "For X = [[3, 0], [0, 1], [3, 0], [0, 1]]"
    require_bounds(bounds_of(student, X, case), spectrum, case)


@curvature_bounds.visible
def reads_correlated_columns(student):
    """REF: columns that are not orthogonal."""
    (X, spectrum), case = CORRELATED, "For X = [[1, 2], [2, 1], [0, 1]]"
    require_bounds(bounds_of(student, X, case), spectrum, case)


@curvature_bounds.hidden
def reads_any_matrix(student):
    """REF: tall, square, one column; the singular values of X give the answer another way."""
    for X, spectrum in (SQUARE, COLUMN, TALL):
        rows, columns = X.shape
        case = f"For a matrix with {rows} rows and {columns} column{'s' * (columns > 1)}"
        require_bounds(bounds_of(student, X, case), spectrum, case)


@curvature_bounds.hidden
def finds_flat_directions(student):
    """DEG: where a direction is flat, m is 0."""
    for (X, spectrum), case in [
        (WIDE, "For a matrix with fewer rows than columns"),
        (TWICE, "For a matrix that holds one column twice"),
        (ZEROS, "For a matrix with a column of zeros"),
    ]:
        bounds = bounds_of(student, X, case)
        if not abs(bounds[1]) <= ROUNDING * abs(bounds[0]):
            raise CheckFailed(
                f"{case}, some direction is flat, but your m is not 0.",
                "m is the smallest of as many eigenvalues as X has columns. Take it as it is.",
            )
        require_bounds(bounds, spectrum, case)


@curvature_bounds.hidden
def follows_the_data(student):
    """INV: rows counted twice change nothing; X times 10 makes the curvature 100 times larger."""
    X = ONCE[0]
    case = "For a matrix, for the same with every row twice, and for 10 times the matrix"
    bounds = bounds_of(student, X, case)
    if not same(bounds_of(student, np.vstack([X, X]), case), bounds):
        raise CheckFailed(
            f"{case}, rows counted twice change your answer.", "The loss is an average over rows."
        )
    if not same(bounds_of(student, 10 * X, case), 100 * bounds):
        raise CheckFailed(
            f"{case}, the curvature does not grow with the square of X.",
            "X enters the Hessian twice.",
        )


def require_rate(student, learning_rate, smoothness, strong_convexity, case):
    """Compare a rate with its definition."""
    got = as_number(student(learning_rate, smoothness, strong_convexity, case=case), case)
    # The largest factor over all between m and L is one at an end: 1 - learning_rate λ is linear.
    want = max(abs(1 - learning_rate * end) for end in (strong_convexity, smoothness))
    # At the best learning rate for κ = 1 the rate is 0, so the tolerance is absolute there.
    if abs(got - want) <= ROUNDING * max(want, 1):
        return
    if not np.isfinite(got):
        hint = "It is not a finite number, and every run has a rate, converging or not."
    elif got < 0:
        hint = "A factor below zero flips the side and still has a size: take absolute values."
    elif got < want:
        hint = "Some eigenvalue between m and L shrinks more slowly than you say. Which is worst?"
    else:
        hint = "No eigenvalue between m and L shrinks so slowly. Which is worst?"
    raise CheckFailed(f"{case}, the rate is wrong.", hint)


@rate.visible
def is_slowest_along_flat_directions(student):
    """EXA: a cautious learning rate leaves the flattest direction behind."""
    require_rate(student, 0.1, 8.0, 1.0, "For learning_rate = 0.1, L = 8, m = 1")


@rate.visible
def overshoots_along_steep_directions(student):
    """EXA: a bold learning rate overshoots along the steepest."""
    require_rate(student, 0.24, 8.0, 1.0, "For learning_rate = 0.24, L = 8, m = 1")


@rate.hidden
def is_the_worst_factor(student):
    """REF: against the definition, on both sides of the best learning rate."""
    for share, smoothness, strong_convexity in [
        (0.3, 3.0, 0.5),
        (1.0, 100.0, 0.01),
        (1.3, 25.0, 1.5),
        (1.3, 0.7, 0.2),
        (1.9, 25.0, 1.5),
        (1.9, 0.7, 0.2),
    ]:
        case = "For a learning rate below 2 / L"
        require_rate(student, share / smoothness, smoothness, strong_convexity, case)


@rate.hidden
def is_above_one_beyond_the_limit(student):
    """REF: a run that diverges has a rate, too."""
    for share, smoothness, strong_convexity in [(2.6, 3.0, 0.5), (7.0, 0.7, 0.2), (2.6, 2.0, 1.5)]:
        case = "For a learning rate above 2 / L"
        require_rate(student, share / smoothness, smoothness, strong_convexity, case)


@rate.hidden
def is_one_at_the_limit(student):
    """DEG: at 2/L, and wherever m = 0, errors stay as they are."""
    require_rate(student, 0.5, 4.0, 1.0, "At learning_rate = 2 / L")
    require_rate(student, 0.1, 4.0, 0.0, "For m = 0, a loss with a flat direction")
    require_rate(student, 0.8, 4.0, 0.0, "For m = 0 and a learning rate beyond 2 / L")


@rate.hidden
def is_zero_in_a_round_bowl(student):
    """DEG: where L = m, the learning rate 1/L gets there in one step."""
    require_rate(student, 0.25, 4.0, 4.0, "For L = m and learning_rate = 1 / L")
    require_rate(student, 0.1, 4.0, 4.0, "For L = m")


def require_best(student, smoothness, strong_convexity, case):
    """Ask whether the steepest and the flattest direction shrink equally."""
    got = as_number(student(smoothness, strong_convexity, case=case), case)
    if same(got, 2 / (smoothness + strong_convexity)):
        return
    if not 0 < got <= 2 / smoothness * (1 + ROUNDING):
        hint = "It must lie between 0 and 2 / L, or the run diverges."
    elif got > 2 / (smoothness + strong_convexity):
        hint = "It is too large: the steepest direction overshoots more than it needs to."
    else:
        hint = "It is too small: the flattest direction is slower than it needs to be."
    raise CheckFailed(f"{case}, your learning rate is not the best.", hint)


@best_learning_rate.visible
def balances_both_ends(student):
    """CER: both ends of the spectrum shrink equally."""
    require_best(student, 9.0, 1.0, "For L = 9, m = 1")


@best_learning_rate.hidden
def balances_any_ends(student):
    """CER: both ends shrink equally, whatever the numbers."""
    for ends in [(0.7, 0.2), (1000.0, 0.01), (5, 2)]:
        require_best(student, *ends, "For other numbers")


@best_learning_rate.hidden
def balances_a_flat_direction(student):
    """DEG: where m = 0 the rate is 1, or worse beyond 2/L, so each of these is the best."""
    case = "For m = 0, a loss with a flat direction"
    got = as_number(student(4.0, 0.0, case=case), case)
    if not 0 < got <= 0.5 * (1 + ROUNDING):
        raise CheckFailed(
            f"{case}, your learning rate is not the best.",
            "It must lie between 0 and 2 / L, or the run diverges.",
        )


@best_learning_rate.hidden
def balances_a_round_bowl(student):
    """DEG: L = m."""
    require_best(student, 4.0, 4.0, "For L = m, a round bowl")


def probe_matrix(X):
    """Return a probe that keeps L and m, or whatever comes."""

    def probe(student):
        bounds = as_numbers(student(X, case=""), "").ravel()
        return [bounds.size, *bounds[:2]]

    return probe


DATA = np.random.RandomState(7).randn(6, 3) + 0.4
for X in (
    DATA[:, :2],
    DATA,
    DATA[:2],
    DATA[:3],
    DATA[:, :1],
    np.column_stack([DATA[:5, :2], DATA[:5, 0]]),
    np.column_stack([DATA[:5, :2], np.zeros(5)]),
    np.diag([1.0, 3.0, 2.0]),
):
    curvature_bounds.probe(probe_matrix(X))


def probe_numbers(*numbers):
    """Return a probe that keeps the one number that comes back."""
    return lambda student: [as_number(student(*numbers, case=""), "")]


for numbers in [
    (0.1, 8.0, 1.0),
    (0.2, 8.0, 1.0),
    (0.24, 8.0, 1.0),
    (0.3, 8.0, 1.5),
    (0.35, 3.0, 0.5),
    (0.61, 3.0, 0.5),
    (1.7, 2.0, 0.3),
    (1.5, 2.0, 1.0),
    (0.123456, 7.0, 0.9),
    (0.5, 4.0, 0.0),
    (0.2, 4.0, 4.0),
]:
    rate.probe(probe_numbers(*numbers))

for numbers in [(9.0, 1.0), (3.0, 0.5), (0.7, 0.2), (4.0, 0.0), (4.0, 4.0), (5, 2), (25.0, 4.0)]:
    best_learning_rate.probe(probe_numbers(*numbers))


@best_learning_rate.probe
def probe_decimals(student):
    """Say whether the result is nearly right, as a rounded one is."""
    got, want = as_number(student(25.0, 4.0, case=""), ""), 2 / 29
    return ["right" if same(got, want) else "nearly" if same(got, want, 0.1) else "wrong"]
