"""Exercise G1: a gradient measured by differences.

What is asked for is a difference quotient, so a result is compared with the same quotient and not
with the true gradient: with a long step the two are far apart, and the scheme shows.
"""

import numpy as np

from optedu.checks.exercise import Exercise
from optedu.checks.families import as_numbers, same
from optedu.checks.gradients._points import Typed, require_floats
from optedu.checks.student import CheckFailed, Counted, describe

numerical_gradient = Exercise(
    "gradients",
    "numerical_gradient",
    "f x h scheme",
    "Return the difference quotients of f along every entry of x, in the shape of x.",
)

# Rounding in f, about 1e-16, is divided by the step, 1e-5; ten values add up in f.
QUOTIENT = 1e-8
# The error of a forward difference with the default step, and more than that of any shorter one.
SHORT = 3e-5


def wave(x):
    """Return a function of all entries, different in each, that no difference gets right."""
    weights = 1 + np.arange(x.size).reshape(x.shape) / 3
    return float(np.sum(np.exp(weights * x) / weights) + np.prod(np.cos(x)))


def bowl(x):
    """Return a quadratic, on which the central quotient is the derivative for any step."""
    weights = 1 + np.arange(x.size).reshape(x.shape)
    return float(np.sum(weights * x**2) / 2 + np.sum(x))


def cubic(x):
    """Return a polynomial; sums and products round alike on all machines."""
    a, b = float(x[0]), float(x[1])
    return a * a * a + 2 * a * b


def two_powers(x):
    """Return a function on which the step shows in each entry and the schemes differ in both."""
    return float(x[0] ** 3 + 3 * x[1] ** 2)


def magnified(x):
    """Return a function of which the quotients at 1 show the step: (h / 1e-5)² and h / 1e-5."""
    a, b = (float(entry) - 1 for entry in x)
    return 1e10 * a * a * a + 1e5 * b * b


def shaped(f, shape):
    """Return f counted, insisting on points of a shape."""

    def insists(point):
        if point.shape != shape:
            raise TypeError(f"f takes an array of shape {shape}; it got shape {point.shape}")
        return f(point)

    return Counted(insists, "f", 1000)


def quotients(f, x, h=1e-5, scheme="central"):
    """Return the difference quotients, for entries of at most 1, where all accepted steps agree."""
    x = np.array(x, dtype=float)
    slopes = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[index] = h
        if scheme == "forward":
            slopes[index] = (f(x + step) - f(x)) / h
        else:
            slopes[index] = (f(x + step) - f(x - step)) / (2 * h)
    return slopes


def slopes_of(student, f, x, *options, case):
    """Return the slopes that come back, in the shape of x."""
    value = student(shaped(f, x.shape), x, *options, case=case)
    slopes = as_numbers(value, case)
    if slopes.shape == x.shape:
        return slopes
    raise CheckFailed(
        f"{case}, your function returns {describe(value)}, and x has the shape {x.shape}.",
        "Make the result with np.zeros(x.shape), and fill it index by index.",
        token=f"returns shape {slopes.shape}",
    )


def require_slopes(student, f, x, h, scheme, case):
    """Compare what comes back with the difference quotients, and say how it is wrong."""
    got = slopes_of(student, f, x, h, scheme, case=case)
    want = quotients(f, x, h, scheme)
    if same(got, want, QUOTIENT):
        return
    other = quotients(f, x, h, "forward" if scheme == "central" else "central")
    limit = quotients(f, x)
    wrong = ~(np.abs(got - want) <= QUOTIENT * np.max(np.abs(want)))
    if not np.all(np.isfinite(got)):
        hint = "Some entries are not finite. What do you divide by, and can that be zero?"
    elif not np.any(got):
        hint = (
            "Everything is zero. Does the step reach the point that f is given? In an array of "
            "integers it is lost."
        )
    elif same(got, limit, SHORT) and not same(want, limit, SHORT):
        hint = (
            "That is nearly the derivative. Two points as far apart as h says give another number."
        )
    elif same(got, other, QUOTIENT):
        hint = "It is the other of the two schemes. Which difference is scheme to choose?"
    elif same(got, 2 * want, QUOTIENT) or same(got, want / 2, QUOTIENT):
        hint = "How long is the way from one point to the other: h, or 2 h?"
    elif same(got, -want, QUOTIENT):
        hint = "The sign is wrong: which point lies ahead?"
    elif got.shape == got.T.shape and same(got, want.T, QUOTIENT):
        hint = "They are transposed: the slope of x[i, j] belongs at [i, j]."
    elif not np.all(wrong):
        hint = "Some entries are right. Does the loop reach each of them, and move it alone?"
    elif same(got, want, 1e-2):
        hint = "It is right to a few digits only. Keep all numbers in float64, and the step at h."
    else:
        hint = "Move one entry by h, leave the others where they are, and divide by the way."
    raise CheckFailed(f"{case}, the slopes are wrong.", hint)


@numerical_gradient.visible
def looks_to_both_sides(student):
    """EXA: the central quotient of x³ is 3 x² + h²; that of 3 x² is its derivative."""
    case = 'On f(x) = x₀³ + 3 x₁² at x = [0.5, 1.0] with h = 0.1, scheme = "central"'
    require_slopes(student, two_powers, np.array([0.5, 1.0]), 0.1, "central", case)


@numerical_gradient.visible
def looks_ahead(student):
    """EXA: the forward quotient of x³ is 3 x² + 3 x h + h², and that of 3 x² is 6 x + 3 h."""
    case = 'On f(x) = x₀³ + 3 x₁² at x = [0.5, 1.0] with h = 0.1, scheme = "forward"'
    require_slopes(student, two_powers, np.array([0.5, 1.0]), 0.1, "forward", case)


@numerical_gradient.visible
def has_an_order(student):
    """RAT: half the step, a quarter of the central error, half of the forward one.

    The next term of the error is a twentieth of h² or h here, far less than a tenth.
    """
    x, truth = np.array([1.0]), np.cos(1.0)
    for scheme, order in [("central", 2), ("forward", 1)]:
        case = f'On f(x) = sin(x₀) at x = [1.0] with h = 0.1 and h = 0.05, scheme = "{scheme}"'
        long, short = (
            abs(
                slopes_of(student, lambda x: float(np.sin(x[0])), x, h, scheme, case=case)[0]
                - truth
            )
            for h in (0.1, 0.05)
        )
        if not (0 < short < long < 1 and abs(np.log2(long / short) - order) < 0.1):
            raise CheckFailed(
                f"{case}, the error does not shrink like h{'²' if order == 2 else ''}.",
                "Both points of a central difference are h away from x, on two sides of it.",
            )


@numerical_gradient.visible
def keeps_the_shape(student):
    """API: a matrix of parameters has a matrix of slopes."""
    x = np.array([[0.1, -0.4, 0.7], [1.0, 0.0, -0.9]])
    require_slopes(student, bowl, x, 0.1, "central", "For a matrix x, with 2 rows and 3 columns")


@numerical_gradient.visible
def gives_each_answer_its_own_array(student):
    """API: a later call leaves an earlier answer alone. Arrays that cross a wire are copies."""
    case = "Called twice, at x = [0.5, 1.0] and at x = [-0.5, 0.0]"
    first = student(shaped(bowl, (2,)), np.array([0.5, 1.0]), 0.1, "central", case=case)
    kept = as_numbers(first, case)
    slopes_of(student, bowl, np.array([-0.5, 0.0]), 0.1, "central", case=case)
    if not np.array_equal(as_numbers(first, case), kept, equal_nan=True):
        raise CheckFailed(
            f"{case}, the second call changes what the first has returned.",
            "Make the array for the slopes inside the function.",
            token="changes an earlier answer",
        )


@numerical_gradient.hidden
def measures_any_function(student):
    """REF: long steps and short ones, a dozen entries, zeros among them."""
    for scheme in ("central", "forward"):
        case = f"With the {scheme} scheme, on a function of twelve numbers"
        require_slopes(student, wave, np.linspace(-1, 1, 12), 0.3, scheme, case)
        case = f"With the {scheme} scheme and a short step"
        require_slopes(student, wave, np.array([0.9, -0.4]), 1e-3, scheme, case)
        case = f"With the {scheme} scheme, where an entry is zero"
        require_slopes(student, wave, np.array([0.0, 0.6]), 0.05, scheme, case)


@numerical_gradient.hidden
def takes_any_shape(student):
    """API: a number, one entry, a column, a square matrix, a stack of matrices."""
    for shape in [(), (1,), (3, 1), (2, 2), (2, 1, 2)]:
        x = np.resize([0.7, -0.2, 0.4, 0.9], shape)
        require_slopes(student, wave, x, 0.2, "central", f"For x of shape {shape}")
    for shape in [(), (1, 3)]:
        x = np.resize([0.7, -0.2, 0.4], shape)
        require_slopes(student, wave, x, 0.2, "forward", f"For x of shape {shape}")


@numerical_gradient.hidden
def takes_large_entries(student):
    """API: a step that is stretched is divided by, stretched.

    The central quotient of a parabola is its derivative. The forward one errs by half of h times
    the second derivative, times abs(x) if stretched: 4e-3 at most.
    """
    x = np.array([40.0, -3.0, 250.0])
    for scheme in ("central", "forward"):
        case = f"For entries larger than 1, with the {scheme} scheme"
        got = slopes_of(student, bowl, x, 1e-5, scheme, case=case)
        if not np.all(np.abs(got - [41.0, -5.0, 751.0]) < 1e-2):
            raise CheckFailed(
                f"{case}, the slopes are wrong.",
                "If you stretch the step, divide by the stretched step, too.",
            )


@numerical_gradient.hidden
def takes_integers(student):
    """API: a step of 1e-5 from integers leads to floats."""
    x = np.array([4, -3, 0])
    for scheme in ("central", "forward"):
        case = f"For an array of integers, with the {scheme} scheme"
        got = slopes_of(student, bowl, x, 1e-5, scheme, case=case)
        # The forward error is half of h times the second derivative, times abs(x) if stretched.
        if not np.all(np.abs(got - [5.0, -5.0, 1.0]) < 1e-3):
            raise CheckFailed(
                f"{case}, the slopes are wrong.",
                "An array of integers keeps no step: begin with x = np.array(x, dtype=float).",
            )


@numerical_gradient.hidden
def gives_f_floats(student):
    """API: at x itself, too, where no step has made floats of integers."""
    for scheme in ("central", "forward"):
        f, case = Typed(bowl, "f"), f"For an array of integers, with the {scheme} scheme"
        student(f, np.array([4, -3, 0]), 1e-5, scheme, case=case)
        require_floats(f, case, "Begin with x = np.array(x, dtype=float), and use that x alone.")


@numerical_gradient.hidden
def has_a_good_default(student):
    """EXA: eight digits of a derivative with the step and the scheme left out; and that very step.

    The error of the central quotient is h²/6 times a third derivative of order ten, and that of
    rounding 1e-11; the forward quotient errs by 1e-5.
    """
    x, case = np.array([1.0, -0.5]), "With h and scheme left out"
    got = slopes_of(student, lambda x: float(np.exp(np.sum(np.sin(x)))), x, case=case)
    step = slopes_of(student, magnified, np.ones(2), case=case)
    digits = same(got, np.exp(np.sum(np.sin(x))) * np.cos(x), 3e-9)
    if not (digits and same(step, [1.0, 0.0], 1e-6)):
        raise CheckFailed(
            f"{case}, your slopes are those of another step or scheme.",
            'The defaults are h=1e-5 and scheme="central".',
        )


@numerical_gradient.hidden
def calls_f_as_often_as_it_must(student):
    """CNT: two values an entry, or one an entry and one at x."""
    x = np.full((2, 2), 0.5)
    for scheme, calls in [("central", 2 * x.size), ("forward", x.size + 1)]:
        f, case = shaped(wave, x.shape), f"With the {scheme} scheme"
        student(f, x, 1e-2, scheme, case=case)
        if f.calls > calls:
            raise CheckFailed(
                f"{case}, your function calls f more often than it needs to.",
                "A value that is needed again can be kept: f(x) does not change."
                if scheme == "forward"
                else "A central difference needs two values, and f(x) is none of them.",
                token="calls f too often",
            )


@numerical_gradient.hidden
def takes_a_value_in_an_array(student):
    """API: what f returns may be an array without axes."""
    x, case = np.array([0.5, -1.0]), "Where f returns its number as an array of shape ()"
    for scheme in ("central", "forward"):
        value = student(shaped(lambda x: np.array(bowl(x)), (2,)), x, 0.1, scheme, case=case)
        if not same(as_numbers(value, case), quotients(bowl, x, 0.1, scheme), QUOTIENT):
            raise CheckFailed(f"{case}, the slopes are wrong.", "It is a number all the same.")


@numerical_gradient.hidden
def measures_steep_and_flat(student):
    """REF: slopes of any size, up to rounding in f."""
    for scale in (1e-8, 1e8):
        case = "Where the slopes are very small or very large"
        x = np.array([0.3, -0.8])
        require_slopes(student, lambda x, c=scale: c * wave(x), x, 0.1, "central", case)


@numerical_gradient.hidden
def leaves_x_alone_when_f_raises(student):
    """API: an exception passes, and leaves x where it was. The array itself is passed, no copy."""
    case = "Where f raises an exception at its third call"
    for scheme in ("central", "forward"):
        x = np.array([0.5, -1.0, 0.25])
        changed, swallowed = after_an_exception(student, x, scheme)
        if changed:
            raise CheckFailed(
                f"{case}, x stays changed, which belongs to the caller.",
                "Change a copy of x, not x itself.",
                token="changes x when f raises",
            )
        if swallowed:
            raise CheckFailed(
                f"{case}, your function returns as if nothing had happened.",
                "Let the exception pass: the caller must know that f has no value there.",
                token="swallows an exception",
            )


@numerical_gradient.hidden
def takes_a_transposed_matrix(student):
    """API: a view whose rows do not lie one after the other. A wire puts them in order."""
    case = "For x = matrix.T, a view of another array"
    matrix = np.array([[0.1, -0.4, 0.7], [1.0, 0.0, -0.9]])
    got = as_numbers(as_it_is(student, shaped(bowl, (3, 2)), matrix.T, 0.1, "central"), case)
    if not same(got, quotients(bowl, matrix.T, 0.1), QUOTIENT):
        raise CheckFailed(
            f"{case}, the slopes are wrong.",
            "There x.ravel() and x.reshape(-1) are copies: what you write into them is not in x.",
        )


def as_it_is(student, *args):
    """Return what the function returns for these very arrays, or raise what it raises."""
    value, error = student.attempt(*args)
    if error is not None:
        raise CheckFailed(
            "For x = matrix.T, a view of another array, your function raises an exception.",
            "A view has a shape like any array.",
            token=f"raises {type(error).__name__}",
        )
    return value


def after_an_exception(student, x, scheme):
    """Return whether x has changed after a call in which f raises, and whether nobody hears."""
    calls, before = [], x.copy()

    def breaks(point):
        calls.append(point)
        if len(calls) >= 3:
            raise ArithmeticError("f has no value here")
        return bowl(point)

    _, error = student.attempt(breaks, x, 0.1, scheme)
    return not np.array_equal(x, before), error is None


def probe_slopes(f, x, *options):
    """Return a probe that keeps the slopes, or the shape of what comes, or that h is not used."""

    def probe(student):
        value = student(shaped(f, x.shape), x, *options, case="")
        slopes = as_numbers(value, "")
        if slopes.shape == x.shape and options and options[0] >= 0.1:
            limit = quotients(f, x)
            if same(slopes, limit, SHORT) and not same(quotients(f, x, *options), limit, SHORT):
                return ["derivative"]
        return [f"shape {slopes.shape}", *slopes.ravel()[:6]]

    return probe


for x, *options in [
    (np.array([0.5, -0.3, 1.0]), 0.3, "central"),
    (np.array([0.5, -0.3, 1.0]), 0.3, "forward"),
    (np.array([0.4, 0.9]), 0.7, "central"),
    (np.array([0.4, 0.9]), 0.7, "forward"),
    (np.array([0.7, 0.0, -0.6]), 0.1, "central"),
    (np.array([[0.1, -0.4, 0.7], [1.0, 0.0, -0.9]]), 0.2, "central"),
    (np.array([[0.5, -0.8], [0.3, 0.9]]), 0.2, "forward"),
    (np.array(0.6), 0.2, "central"),
    (np.array([0.8]), 0.25, "central"),
]:
    numerical_gradient.probe(probe_slopes(wave, x, *options))

numerical_gradient.probe(probe_slopes(bowl, np.array([2, -1, 1]), 1e-3, "central"))
numerical_gradient.probe(probe_slopes(bowl, np.array([2, -1, 1]), 0.5, "central"))
numerical_gradient.probe(probe_slopes(cubic, np.array([0.8, -0.5])))
numerical_gradient.probe(probe_slopes(magnified, np.ones(2)))


@numerical_gradient.probe
def probe_number(student):
    """Return the shape of the slope at a number, where f takes it in any shape."""
    value = student(Counted(bowl, "f", 1000), np.array(0.6), 0.2, "central", case="")
    return [f"shape {as_numbers(value, '').shape}"]


def probe_calls(scheme, shape):
    """Return a probe that keeps how often f is called."""

    def probe(student):
        f, needed = shaped(wave, shape), {"central": 2, "forward": 1}[scheme] * int(np.prod(shape))
        student(f, np.full(shape, 0.5), 1e-2, scheme, case="")
        return ["too often" if f.calls > needed + (scheme == "forward") else "as needed"]

    return probe


for scheme in ("central", "forward"):
    numerical_gradient.probe(probe_calls(scheme, (4,)))


@numerical_gradient.probe
def probe_precision(student):
    """Say whether the slopes are numbers of single precision, or rounded."""
    slopes = slopes_of(student, wave, np.array([0.3, -0.7]), 0.1, "central", case="")
    if np.array_equal(slopes, np.float32(slopes)):
        return ["single precision"]
    return ["rounded" if np.array_equal(slopes, np.round(slopes, 9)) else "all digits"]


@numerical_gradient.probe
def probe_exception(student):
    """Say whether x stays changed after an exception, and whether the exception passes."""
    runs = [
        after_an_exception(student, np.array([0.5, -1.0, 0.25]), scheme)
        for scheme in ("central", "forward")
    ]
    moved, swallowed = (any(words) for words in zip(*runs, strict=True))
    return [
        "x stays changed" if moved else "x as it was",
        "nobody hears" if swallowed else "the exception passes",
    ]


@numerical_gradient.probe
def probe_types(student):
    """Say what f is given where x holds integers."""
    f = Typed(bowl, "f")
    student(f, np.array([2, -1, 1]), 0.5, "forward", case="")
    return [f.kind]


@numerical_gradient.probe
def probe_view(student):
    """Return the slopes of a view."""
    matrix = np.array([[0.1, -0.4, 0.7], [1.0, 0.0, -0.9]])
    value = as_it_is(student, shaped(wave, (3, 2)), matrix.T, 0.1, "central")
    slopes = as_numbers(value, "")
    return [f"shape {slopes.shape}", *slopes.ravel()[:6]]


@numerical_gradient.probe
def probe_second_answer(student):
    """Say whether the second answer overwrites the first."""
    first = student(shaped(bowl, (2,)), np.array([0.5, 1.0]), 0.1, "central", case="")
    kept = as_numbers(first, "")
    student(shaped(bowl, (2,)), np.array([-0.5, 0.0]), 0.1, "central", case="")
    return ["kept" if np.array_equal(as_numbers(first, ""), kept) else "overwritten"]
