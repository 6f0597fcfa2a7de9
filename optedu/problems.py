"""Test functions of one shape: a value, its gradient and its Hessian, side by side.

Parameters have shape (..., n): the last axis is the point, leading axes are independent points.
Functions of the plane are written in x and y, separable ones as a sum of one term a coordinate,
so that a line of code is the line of the formula. Where a function allows it, the formulas take
complex numbers too, which lets a complex step check every derivative to rounding.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from optedu._validation import (
    call_array,
    call_number,
    require_array,
    require_count,
    require_square,
)


@dataclass(frozen=True, eq=False)
class Problem:
    """Hold a function to minimize, with its derivatives and what is known about its minimum.

    Parameters
    ----------
    name : str
        What to call it in a title.
    value : callable
        Maps params of shape (..., n) to values of shape (...).
    grad : callable
        Maps params of shape (..., n) to gradients of the same shape.
    hessian : callable
        Maps params of shape (..., n) to matrices of shape (..., n, n).
    start : array_like, shape (n,)
        A usual start point.
    minimizer : array_like of shape (n,), optional
        Where the global minimum is, or one of the places; None if there is none.
    bounds : array_like, shape (n, 2)
        The smallest and the largest coordinate worth drawing, along each axis.

    Attributes
    ----------
    minimum : float or None
        The value at the minimizer.

    Raises
    ------
    ValueError
        If the start, the minimizer, the bounds and what the functions return do not go together.

    Examples
    --------
    >>> loss, grads = rosenbrock().value_and_grad([0.0, 0.0])
    >>> float(loss), grads
    (1.0, array([-2.,  0.]))
    """

    name: str
    value: Callable
    grad: Callable
    hessian: Callable
    start: np.ndarray
    minimizer: np.ndarray | None
    bounds: np.ndarray
    minimum: float | None = field(init=False)

    def __post_init__(self):
        """Turn points into arrays that nobody can change, and try the functions once."""
        start = require_array("start", self.start, ndim=1)
        n = start.size
        points = {"start": start, "bounds": require_array("bounds", self.bounds, shape=(n, 2))}
        if self.minimizer is not None:
            points["minimizer"] = require_array("minimizer", self.minimizer, shape=(n,))
        for name, array in points.items():
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        call_number("value", self.value, start)
        call_array("grad", self.grad, (n,), start)
        call_array("hessian", self.hessian, (n, n), start)
        minimum = None if self.minimizer is None else float(self.value(self.minimizer))
        object.__setattr__(self, "minimum", minimum)

    def value_and_grad(self, params):
        """Return the value and the gradient, the form `optedu.descent.descend` takes.

        Parameters
        ----------
        params : array_like, shape (..., n)
            One point, or independent points along leading axes.

        Returns
        -------
        value : ndarray, shape (...)
            The values.
        grads : ndarray, shape (..., n)
            The gradients.
        """
        return self.value(params), self.grad(params)


def quadratic(A, b=None) -> Problem:
    """Return the quadratic 1/2 x'Ax - b'x, whose gradient is Ax - b and whose Hessian is A.

    Parameters
    ----------
    A : array_like, shape (n, n)
        A symmetric matrix.
    b : array_like of shape (n,), optional
        The linear term, zero by default.

    Returns
    -------
    Problem
        The quadratic. It starts at 0, or at ones if `b` is not given. The minimizer is the one
        of least norm, or None if the quadratic is unbounded below.

    Raises
    ------
    ValueError
        If `A` is not square, symmetric and finite, or `b` does not match it.

    Examples
    --------
    >>> quadratic([[2.0, 0.0], [0.0, 1.0]], b=[2.0, 3.0]).minimizer
    array([1., 3.])
    """
    A = require_square("A", A)
    n = len(A)
    start = np.ones(n) if b is None else np.zeros(n)
    b = require_array("b", np.zeros(n) if b is None else b, shape=(n,))

    def value(params):
        params = _points(params, n)
        return 0.5 * np.sum(params * (params @ A), axis=-1) - params @ b

    def grad(params):
        return _points(params, n) @ A - b

    def hessian(params):
        return np.broadcast_to(A, (*_points(params, n).shape, n)).copy()

    minimizer = _lowest_point(A, b)
    center = np.zeros(n) if minimizer is None else minimizer
    reach = 1.5 * max(1.0, np.abs(start - center).max())
    bounds = np.stack([center - reach, center + reach], axis=-1)
    return Problem("Quadratic", value, grad, hessian, start, minimizer, bounds)


def diagonal_quadratic(eigenvalues) -> Problem:
    """Return the quadratic 1/2 Σ λᵢ xᵢ², whose level sets are ellipses along the axes.

    Parameters
    ----------
    eigenvalues : array_like, shape (n,)
        The curvature along each axis.

    Returns
    -------
    Problem
        The quadratic, starting at ones.

    Raises
    ------
    ValueError
        If the eigenvalues are not one finite sequence.

    Examples
    --------
    >>> float(diagonal_quadratic([1.0, 10.0]).value([1.0, 1.0]))
    5.5
    """
    return quadratic(np.diag(require_array("eigenvalues", eigenvalues, ndim=1)))


def bootcamp_quadratic() -> Problem:
    """Return a fixed quadratic in three dimensions, with eigenvalues 0.400, 1.210 and 2.432 [C15]_.

    A = (GG' + 2I) / 5 with Gaussian G and b. Gradient descent converges below 2/L = 0.822.

    Returns
    -------
    Problem
        The quadratic, starting at 0.

    References
    ----------
    .. [C15] Stanford CME 252, "Introduction to optimization", ICME bootcamp, 2015.

    Examples
    --------
    >>> np.linalg.eigvalsh(bootcamp_quadratic().hessian(np.zeros(3))).round(3)
    array([0.4  , 1.21 , 2.432])
    """
    stream = np.random.RandomState(1)  # the legacy stream never changes, Generator's may
    G = stream.randn(3, 3)
    return quadratic((G @ G.T + 2 * np.eye(3)) / 5, stream.randn(3))


def rosenbrock() -> Problem:
    """Return Rosenbrock's curved valley, (1 - x)² + 100 (y - x²)² [R60]_.

    Easy to enter, slow to follow: at the minimum the condition number is about 2500.

    Returns
    -------
    Problem
        The function, starting at (-1.2, 1).

    References
    ----------
    .. [R60] H. H. Rosenbrock, "An automatic method for finding the greatest or least value of a
       function", Computer Journal 3, 1960.
    """
    return _plane(
        "Rosenbrock",
        lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
        lambda x, y: (-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)),
        lambda x, y: ((2 - 400 * y + 1200 * x**2, -400 * x), (-400 * x, 200)),
        start=(-1.2, 1),
        minimizer=(1, 1),
        bounds=((-2, 2), (-1, 3)),
    )


def himmelblau() -> Problem:
    """Return Himmelblau's function, (x² + y - 11)² + (x + y² - 7)², with four equal minima.

    Returns
    -------
    Problem
        The function, starting at 0; of its minimizers it names (3, 2).
    """
    return _plane(
        "Himmelblau",
        lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
        lambda x, y: (
            4 * x * (x**2 + y - 11) + 2 * (x + y**2 - 7),
            2 * (x**2 + y - 11) + 4 * y * (x + y**2 - 7),
        ),
        lambda x, y: (
            (12 * x**2 + 4 * y - 42, 4 * x + 4 * y),
            (4 * x + 4 * y, 12 * y**2 + 4 * x - 26),
        ),
        start=(0, 0),
        minimizer=(3, 2),
        bounds=((-5, 5), (-5, 5)),
    )


def booth() -> Problem:
    """Return Booth's quadratic, (x + 2y - 7)² + (2x + y - 5)², with condition number 9.

    Returns
    -------
    Problem
        The function, starting at (-4, 6).
    """
    return _plane(
        "Booth",
        lambda x, y: (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2,
        lambda x, y: (10 * x + 8 * y - 34, 8 * x + 10 * y - 38),
        lambda x, y: ((10, 8), (8, 10)),
        start=(-4, 6),
        minimizer=(1, 3),
        bounds=((-10, 10), (-10, 10)),
    )


def beale() -> Problem:
    """Return Beale's function, Σ (cᵢ - x (1 - yⁱ))² with c = (1.5, 2.25, 2.625) [B58]_.

    A flat middle between steep walls: one learning rate does not suit both.

    Returns
    -------
    Problem
        The function, starting at (1, 1).

    References
    ----------
    .. [B58] E. M. L. Beale, "On an iterative method for finding a local minimum of a function of
       more than one variable", Princeton Statistical Techniques Research Group TR 25, 1958.
    """
    c = (1.5, 2.25, 2.625)

    def residuals(x, y):
        return [c[i - 1] - x * (1 - y**i) for i in (1, 2, 3)]

    def grad(x, y):
        a, b, d = residuals(x, y)
        return (
            2 * (a * (y - 1) + b * (y**2 - 1) + d * (y**3 - 1)),
            2 * x * (a + 2 * b * y + 3 * d * y**2),
        )

    def hessian(x, y):
        a, b, d = residuals(x, y)
        mixed = a + 2 * b * y + 3 * d * y**2
        mixed = 2 * (mixed + x * ((y - 1) + 2 * y * (y**2 - 1) + 3 * y**2 * (y**3 - 1)))
        return (
            (2 * ((y - 1) ** 2 + (y**2 - 1) ** 2 + (y**3 - 1) ** 2), mixed),
            (mixed, 2 * x * (2 * b + 6 * d * y + x * (1 + 4 * y**2 + 9 * y**4))),
        )

    return _plane(
        "Beale",
        lambda x, y: sum(r**2 for r in residuals(x, y)),
        grad,
        hessian,
        start=(1, 1),
        minimizer=(3, 0.5),
        bounds=((-4.5, 4.5), (-4.5, 4.5)),
    )


def plain_saddle() -> Problem:
    """Return the plain saddle, (x² - y²) / 2, unbounded below.

    Returns
    -------
    Problem
        The function, starting near the ridge y = 0.
    """
    return _plane(
        "Plain saddle",
        lambda x, y: 0.5 * (x**2 - y**2),
        lambda x, y: (x, -y),
        lambda x, y: ((1, 0), (0, -1)),
        start=(1, 0.01),
        minimizer=None,
        bounds=((-1.5, 1.5), (-1.5, 1.5)),
    )


def saddle() -> Problem:
    """Return a saddle between two minima, (x² - y²) / 2 + y⁴ / 4.

    Near 0 it is the plain saddle; the quartic stops the fall at (0, ±1).

    Returns
    -------
    Problem
        The function, starting near the ridge y = 0; of its minimizers it names (0, 1).
    """
    return _plane(
        "Saddle",
        lambda x, y: 0.5 * (x**2 - y**2) + 0.25 * y**4,
        lambda x, y: (x, y**3 - y),
        lambda x, y: ((1, 0), (0, 3 * y**2 - 1)),
        start=(1, 0.01),
        minimizer=(0, 1),
        bounds=((-1.5, 1.5), (-1.5, 1.5)),
    )


def monkey_saddle() -> Problem:
    """Return the monkey saddle, x³ - 3xy², with three ways down and a zero Hessian at 0.

    Returns
    -------
    Problem
        The function, starting at (1, 0.1).
    """
    return _plane(
        "Monkey saddle",
        lambda x, y: x**3 - 3 * x * y**2,
        lambda x, y: (3 * x**2 - 3 * y**2, -6 * x * y),
        lambda x, y: ((6 * x, -6 * y), (-6 * y, -6 * x)),
        start=(1, 0.1),
        minimizer=None,
        bounds=((-1.5, 1.5), (-1.5, 1.5)),
    )


def branin() -> Problem:
    """Return Branin's function, (y - bx² + cx - 6)² + 10 (1 - 1/8π) cos x + 10 [B72]_.

    With b = 5.1/4π² and c = 5/π, three minima share one value, 10/8π.

    Returns
    -------
    Problem
        The function, starting at (2, 10); of its minimizers it names (π, 2.275).

    References
    ----------
    .. [B72] F. H. Branin, "Widely convergent method for finding multiple solutions of
       simultaneous nonlinear equations", IBM J. Res. Dev. 16, 1972.
    """
    b, c, amplitude = 5.1 / (4 * np.pi**2), 5 / np.pi, 10 * (1 - 1 / (8 * np.pi))

    def bend(x, y):
        return y - b * x**2 + c * x - 6

    return _plane(
        "Branin",
        lambda x, y: bend(x, y) ** 2 + amplitude * np.cos(x) + 10,
        lambda x, y: (2 * bend(x, y) * (c - 2 * b * x) - amplitude * np.sin(x), 2 * bend(x, y)),
        lambda x, y: (
            (
                2 * (c - 2 * b * x) ** 2 - 4 * b * bend(x, y) - amplitude * np.cos(x),
                2 * (c - 2 * b * x),
            ),
            (2 * (c - 2 * b * x), 2),
        ),
        start=(2, 10),
        minimizer=(np.pi, 2.275),
        bounds=((-5, 10), (0, 15)),
    )


def mixed_partials() -> Problem:
    """Return Peano's function, xy (x² - y²) / (x² + y²), whose Hessian at 0 is not symmetric.

    The second partials exist everywhere but jump at 0, where ∂²f/∂y∂x = -1 and ∂²f/∂x∂y = +1.
    Row i of the Hessian holds the derivatives of the i-th partial.

    Returns
    -------
    Problem
        The function, starting at (1, 0.5).
    """

    def at_zero(x, y):
        return (x == 0) & (y == 0)

    def square(x, y):
        return np.where(at_zero(x, y), 1, x**2 + y**2)  # any number but 0: numerators vanish there

    def hessian(x, y):
        cube = square(x, y) ** 3
        mixed = (x**6 + 9 * x**4 * y**2 - 9 * x**2 * y**4 - y**6) / cube
        return (
            (4 * x * y**3 * (3 * y**2 - x**2) / cube, np.where(at_zero(x, y), -1, mixed)),
            (np.where(at_zero(x, y), 1, mixed), 4 * x**3 * y * (y**2 - 3 * x**2) / cube),
        )

    return _plane(
        "Mixed partials",
        lambda x, y: x * y * (x**2 - y**2) / square(x, y),
        lambda x, y: (
            y * (x**4 + 4 * x**2 * y**2 - y**4) / square(x, y) ** 2,
            x * (x**4 - 4 * x**2 * y**2 - y**4) / square(x, y) ** 2,
        ),
        hessian,
        start=(1, 0.5),
        minimizer=None,
        bounds=((-1, 1), (-1, 1)),
    )


def two_gaussians() -> Problem:
    """Return a wide shallow well beside a narrow deep one, on a plain that flattens out.

    The loss is 1 - w(x + 1.5, y, 0.6, 1) - w(x - 1.5, y, 1, 0.4), where the well
    w(x, y, h, s) = h exp(-(x² + y²) / 2s²). The start decides which well catches a run.

    Returns
    -------
    Problem
        The function, starting at (0, 1), from where the shallow well wins.
    """
    wells = ((-1.5, 0.6, 1.0), (1.5, 1.0, 0.4))

    def terms(x, y):
        for center, height, width in wells:
            u, v = (x - center) / width, y / width
            yield u, v, height * np.exp(-(u**2 + v**2) / 2), width

    def hessian(x, y):
        xx, xy, yy = (
            sum(w / s**2 * factor(u, v) for u, v, w, s in terms(x, y))
            for factor in (lambda u, v: 1 - u**2, lambda u, v: -u * v, lambda u, v: 1 - v**2)
        )
        return (xx, xy), (xy, yy)

    return _plane(
        "Two Gaussians",
        lambda x, y: 1 - sum(w for _, _, w, _ in terms(x, y)),
        lambda x, y: (
            sum(w / s * u for u, _, w, s in terms(x, y)),
            sum(w / s * v for _, v, w, s in terms(x, y)),
        ),
        hessian,
        start=(0, 1),
        minimizer=(1.4968, 0),
        bounds=((-4, 4), (-3, 3)),
        polish=True,
    )


def rastrigin(dimension=2) -> Problem:
    """Return Rastrigin's egg carton, Σ 10 + x² - 10 cos 2πx, with a minimum in every cell.

    Parameters
    ----------
    dimension : int
        The number of coordinates.

    Returns
    -------
    Problem
        The function, starting in a cell that is not the lowest.

    Raises
    ------
    ValueError
        If the dimension is not a whole number of at least 1.
    """
    require_count("dimension", dimension, at_least=1)
    return _separable(
        "Rastrigin",
        lambda x: 10 + x**2 - 10 * np.cos(2 * np.pi * x),
        lambda x: 2 * x + 20 * np.pi * np.sin(2 * np.pi * x),
        lambda x: 2 + 40 * np.pi**2 * np.cos(2 * np.pi * x),
        start=[1.8] * dimension,
        minimizer=[0] * dimension,
        bounds=[(-5.12, 5.12)] * dimension,
    )


def michalewicz(dimension=2) -> Problem:
    """Return Michalewicz's function, -Σ sin x (sin(i x² / π))²⁰: narrow valleys on a flat plain.

    Parameters
    ----------
    dimension : int
        The number of coordinates; the minimizer is known for 1 and 2.

    Returns
    -------
    Problem
        The function, starting at 2 in each coordinate.

    Raises
    ------
    ValueError
        If the dimension is not a whole number of at least 1.
    """
    require_count("dimension", dimension, at_least=1)
    i = np.arange(1, dimension + 1)

    def wave(x):
        angle = i * x**2 / np.pi
        return np.sin(angle), np.cos(angle), 2 * i * x / np.pi

    def term(x):
        s, _, _ = wave(x)
        return -np.sin(x) * s**20

    def slope(x):
        s, c, speed = wave(x)
        return -np.cos(x) * s**20 - 20 * np.sin(x) * s**19 * c * speed

    def curvature(x):
        s, c, speed = wave(x)
        return (
            np.sin(x) * s**20
            - 40 * np.cos(x) * s**19 * c * speed
            - 20 * np.sin(x) * s**18 * (19 * c**2 - s**2) * speed**2
            - 40 * np.sin(x) * s**19 * c * i / np.pi
        )

    return _separable(
        "Michalewicz",
        term,
        slope,
        curvature,
        start=[2] * dimension,
        minimizer=(2.2029, np.pi / 2)[:dimension] if dimension <= 2 else None,
        bounds=[(0, np.pi)] * dimension,
        polish=True,
    )


def soft_absolute() -> Problem:
    """Return √(1 + x²), on which Newton's step is x <- -x³: it diverges from beyond 1.

    Returns
    -------
    Problem
        The function of one variable, starting at 1.1.
    """
    return _separable(
        "Soft absolute value",
        lambda x: np.sqrt(1 + x**2),
        lambda x: x / np.sqrt(1 + x**2),
        lambda x: (1 + x**2) ** -1.5,
        start=[1.1],
        minimizer=[0],
        bounds=[(-3, 3)],
    )


def cosine() -> Problem:
    """Return cos x, on which Newton's method from 0.5 climbs to the maximum at 0.

    Returns
    -------
    Problem
        The function of one variable, starting at 0.5; of its minimizers it names π.
    """
    return _separable(
        "Cosine",
        np.cos,
        lambda x: -np.sin(x),
        lambda x: -np.cos(x),
        start=[0.5],
        minimizer=[np.pi],
        bounds=[(-np.pi, 2 * np.pi)],
    )


def log_sum() -> Problem:
    """Return log(1 + eˣ) + log(1 + e⁻²ˣ), smooth, strictly convex, and nearly straight far away.

    Its minimizer is log u, where u³ = u + 2.

    Returns
    -------
    Problem
        The function of one variable, starting at 2.
    """

    def sigmoid(x):
        return np.exp(-np.logaddexp(0, -x))  # no overflow at either end

    root = np.sqrt(26 / 27)
    return _separable(
        "Log-sum",
        lambda x: np.logaddexp(0, x) + np.logaddexp(0, -2 * x),
        lambda x: sigmoid(x) - 2 * sigmoid(-2 * x),
        lambda x: sigmoid(x) * sigmoid(-x) + 4 * sigmoid(2 * x) * sigmoid(-2 * x),
        start=[2],
        minimizer=[np.log(np.cbrt(1 + root) + np.cbrt(1 - root))],
        bounds=[(-3, 4)],
    )


def lessard() -> Problem:
    """Return a strongly convex function on which well-tuned momentum cycles for ever [LRP16]_.

    The slope is 25x up to 1, x + 24 up to 2, and 25x - 24 beyond: L = 25 and m = 1. The heavy
    ball with the best parameters for these, 1/9 and 4/9, falls into a cycle of length 3.

    Returns
    -------
    Problem
        The function of one variable, starting at 3.3.

    References
    ----------
    .. [LRP16] L. Lessard, B. Recht, A. Packard, "Analysis and design of optimization algorithms
       via integral quadratic constraints", SIAM J. Optim. 26, 2016.
    """

    def pieces(x, below, between, above):
        return np.where(x < 1, below, np.where(x < 2, between, above))

    return _separable(
        "Lessard-Recht-Packard",
        lambda x: pieces(x, 12.5 * x**2, 0.5 * x**2 + 24 * x - 12, 12.5 * x**2 - 24 * x + 36),
        lambda x: pieces(x, 25 * x, x + 24, 25 * x - 24),
        lambda x: pieces(x, 25.0, 1.0, 25.0),
        start=[3.3],
        minimizer=[0],
        bounds=[(-3, 4)],
    )


def cubic() -> Problem:
    """Return x³, whose critical point 0 is no minimum.

    Returns
    -------
    Problem
        The function of one variable, starting at 1.
    """
    return _separable(
        "Cubic",
        lambda x: x**3,
        lambda x: 3 * x**2,
        lambda x: 6 * x,
        start=[1],
        minimizer=None,
        bounds=[(-1.5, 1.5)],
    )


def quartic() -> Problem:
    """Return x⁴, convex but not strongly: gradient descent is sublinear on it.

    Returns
    -------
    Problem
        The function of one variable, starting at 1.
    """
    return _separable(
        "Quartic",
        lambda x: x**4,
        lambda x: 4 * x**3,
        lambda x: 12 * x**2,
        start=[1],
        minimizer=[0],
        bounds=[(-1.5, 1.5)],
    )


def exponential() -> Problem:
    """Return eˣ, convex and bounded below, yet without a minimizer.

    Returns
    -------
    Problem
        The function of one variable, starting at 1.
    """
    return _separable(
        "Exponential", np.exp, np.exp, np.exp, start=[1], minimizer=None, bounds=[(-5, 2)]
    )


def exp_sin() -> Problem:
    """Return exp(sin x), smooth with derivatives of every order: made to test difference formulas.

    Returns
    -------
    Problem
        The function of one variable, starting at 1; of its minimizers it names -π/2.
    """
    return _separable(
        "Exponential of the sine",
        lambda x: np.exp(np.sin(x)),
        lambda x: np.cos(x) * np.exp(np.sin(x)),
        lambda x: (np.cos(x) ** 2 - np.sin(x)) * np.exp(np.sin(x)),
        start=[1],
        minimizer=[-np.pi / 2],
        bounds=[(-np.pi, np.pi)],
    )


PROBLEMS = {
    factory.__name__: factory
    for factory in (
        bootcamp_quadratic,
        rosenbrock,
        himmelblau,
        booth,
        beale,
        plain_saddle,
        saddle,
        monkey_saddle,
        branin,
        mixed_partials,
        two_gaussians,
        rastrigin,
        michalewicz,
        soft_absolute,
        cosine,
        log_sum,
        lessard,
        cubic,
        quartic,
        exponential,
        exp_sin,
    )
}


def _plane(name, value, grad, hessian, *, start, minimizer, bounds, polish=False):
    """Make a problem from functions of x and y: a number, a pair, and two rows."""

    def coordinates(params):
        return np.moveaxis(_points(params, 2), -1, 0)

    def stacked_grad(params):
        return np.stack(np.broadcast_arrays(*grad(*coordinates(params))), axis=-1)

    def stacked_hessian(params):
        x, y = coordinates(params)
        (xx, xy), (yx, yy) = hessian(x, y)
        entries = np.broadcast_arrays(xx, xy, yx, yy, x)[:4]
        return np.stack(entries, axis=-1).reshape(*x.shape, 2, 2).astype(x.dtype)

    if polish:
        minimizer = _polish(stacked_grad, stacked_hessian, minimizer)
    return Problem(
        name,
        lambda params: value(*coordinates(params)),
        stacked_grad,
        stacked_hessian,
        start,
        minimizer,
        bounds,
    )


def _separable(name, term, slope, curvature, *, start, minimizer, bounds, polish=False):
    """Make a problem that is a sum of one term a coordinate, so its Hessian is diagonal."""
    n = len(start)

    def grad(params):
        return slope(_points(params, n))

    def hessian(params):
        return curvature(_points(params, n))[..., None] * np.eye(n)

    if polish and minimizer is not None:
        minimizer = _polish(grad, hessian, minimizer)
    return Problem(
        name,
        lambda params: np.sum(term(_points(params, n)), axis=-1),
        grad,
        hessian,
        start,
        minimizer,
        bounds,
    )


def _points(params, n):
    """Return params as an array of floats, complex numbers or symbols, n coordinates a point."""
    params = np.asarray(params)
    if params.ndim == 0 or params.shape[-1] != n:
        raise ValueError(
            f"params must have {n} coordinate{'s' if n > 1 else ''} along the last axis; "
            f"got shape {params.shape}"
        )
    return params if params.dtype.kind in "fcO" else params.astype(float)


def _polish(grad, hessian, near):
    """Move a rounded minimizer to the nearest critical point by a few Newton steps."""
    x = np.array(near, dtype=float)
    for _ in range(5):
        x = x - np.linalg.solve(hessian(x), grad(x))
    return x


def _lowest_point(A, b):
    """Return the minimizer of 1/2 x'Ax - b'x with the least norm, or None if there is none."""
    eigenvalues, vectors = np.linalg.eigh(A)
    rounding = len(A) * np.finfo(float).eps * np.abs(eigenvalues).max()
    if eigenvalues[0] < -rounding:
        return None
    flat = eigenvalues <= rounding
    coordinates = vectors.T @ b
    if np.any(np.abs(coordinates[flat]) > len(A) * np.finfo(float).eps * np.linalg.norm(b)):
        return None
    coordinates[flat] = 0
    coordinates[~flat] /= eigenvalues[~flat]
    return vectors @ coordinates
