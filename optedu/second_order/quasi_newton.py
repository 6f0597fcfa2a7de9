"""Quasi-Newton methods: learn the inverse Hessian from what gradients do between two points.

A step s = x⁺ - x changes the gradient by y = g⁺ - g, and on a quadratic y = A s. So the matrix H
that stands for the inverse must satisfy the secant equation H y = s. BFGS changes H as little as
that allows. L-BFGS remembers the last few pairs (s, y) instead of H, and applies the matrix that
they define to a vector.
"""

from collections.abc import Generator

import numpy as np

from optedu._validation import require_array, require_count, require_square
from optedu.descent import Iterate
from optedu.second_order.searches import descend_along


def bfgs_update(inverse_hessian, s, y):
    """Return the symmetric matrix nearest to H that satisfies the secant equation H⁺y = s.

    H⁺ = (I - ρ s y') H (I - ρ y s') + ρ s s' with ρ = 1/(s'y) [F70]_. It is positive definite if H
    is and s'y > 0. Where s'y <= 0 no positive definite matrix satisfies the equation, and H is
    returned as it is.

    Parameters
    ----------
    inverse_hessian : array_like, shape (n, n)
        The current H, symmetric.
    s : array_like, shape (n,)
        The step.
    y : array_like, shape (n,)
        The change of the gradient over the step.

    Returns
    -------
    ndarray, shape (n, n)
        The new H.

    Raises
    ------
    ValueError
        If the matrix is not symmetric and finite, or the shapes do not match.

    References
    ----------
    .. [F70] R. Fletcher, "A new approach to variable metric algorithms", Computer Journal 13, 1970.

    Examples
    --------
    >>> bfgs_update(np.eye(2), s=[1.0, 0.0], y=[4.0, 0.0])
    array([[0.25, 0.  ],
           [0.  , 1.  ]])
    """
    H = require_square("inverse_hessian", inverse_hessian)
    s = require_array("s", s, shape=H.shape[:1])
    y = require_array("y", y, shape=H.shape[:1])
    if s @ y <= 0:
        return H
    rho = 1 / (s @ y)
    left = np.eye(len(s)) - rho * np.outer(s, y)
    return left @ H @ left.T + rho * np.outer(s, s)


def two_loop(grads, pairs):
    """Return H g for the matrix H that L-BFGS keeps as pairs, without ever forming it.

    H is what `bfgs_update` makes of γ I with one pair after the other, γ = s'y / y'y for the
    newest. The first loop runs from the newest pair to the oldest, the second one back [N80]_:
    4 k n multiplications for k pairs.

    Parameters
    ----------
    grads : array_like, shape (n,)
        The vector g.
    pairs : sequence of (s, y), each array_like of shape (n,)
        Steps and changes of the gradient, the oldest first. Without any, H = I.

    Returns
    -------
    ndarray, shape (n,)
        The product; L-BFGS goes along its negative.

    Raises
    ------
    ValueError
        If the shapes do not match, or a pair has s'y <= 0: leave such pairs out.

    References
    ----------
    .. [N80] J. Nocedal, "Updating quasi-Newton matrices with limited storage", Mathematics of
       Computation 35, 1980.

    Examples
    --------
    >>> two_loop([4.0, 4.0], pairs=[([1.0, 0.0], [4.0, 0.0])])
    array([1., 1.])
    """
    q = require_array("grads", grads, ndim=1)
    pairs = list(pairs)
    if pairs:
        pairs = require_array("pairs", pairs)
        if pairs.shape[1:] != (2, q.size):
            raise ValueError(
                f"pairs must hold pairs (s, y) of the shape of grads, {q.shape}; as one array "
                f"they have shape {pairs.shape}"
            )
        if any(s @ y <= 0 for s, y in pairs):
            raise ValueError("pairs must have positive curvature s'y; leave the others out")
    alphas = []
    for s, y in reversed(pairs):
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    if len(pairs):
        s, y = pairs[-1]
        q = (s @ y) / (y @ y) * q
    for s, y in pairs:
        beta = (y @ q) / (s @ y)
        q = q + (alphas.pop() - beta) * s
    return q


def bfgs(value_and_grad, params, *, c1=1e-4, c2=0.9) -> Generator[Iterate, None, str]:
    """Search along -H g, with `bfgs_update` making H from each step.

    H starts as γ I with γ = s'y / y'y of the first step. A step costs one product and one update
    with an n x n matrix, 4 n² multiplications; near a minimum the errors fall superlinearly.

    Parameters
    ----------
    value_and_grad : callable
        Maps parameters to ``(loss, grads)``.
    params : array_like, shape (n,)
        The start point.
    c1, c2 : float
        The constants of `strong_wolfe`.

    Returns
    -------
    str
        Why there is no further step, as the generator's return value.

    Yields
    ------
    Iterate
        The start point first, then the point after each step. Ends where the gradient is exactly
        zero or the search fails, at the latest where rounding hides all progress.

    Raises
    ------
    ValueError
        If an argument is out of range, or `value_and_grad` returns something else.

    Examples
    --------
    >>> from optedu.problems import rosenbrock
    >>> *_, last = bfgs(rosenbrock().value_and_grad, [-1.2, 1.0])
    >>> last.params
    array([1., 1.])
    """
    return (yield from descend_along(value_and_grad, params, _Dense(), c1=c1, c2=c2))


def lbfgs(value_and_grad, params, memory=10, *, c1=1e-4, c2=0.9) -> Generator[Iterate, None, str]:
    """Search along -H g, with H known from the last `memory` steps only.

    It is `bfgs` for many parameters: a step costs 8 memory n multiplications. The directions are
    those of `two_loop`.

    Parameters
    ----------
    value_and_grad : callable
        Maps parameters to ``(loss, grads)``.
    params : array_like, shape (n,)
        The start point.
    memory : int
        How many pairs (s, y) to keep.
    c1, c2 : float
        The constants of `strong_wolfe`.

    Returns
    -------
    str
        Why there is no further step, as the generator's return value.

    Yields
    ------
    Iterate
        The start point first, then the point after each step. Ends where the gradient is exactly
        zero or the search fails, at the latest where rounding hides all progress.

    Raises
    ------
    ValueError
        If an argument is out of range, or `value_and_grad` returns something else.

    Examples
    --------
    >>> from optedu.problems import rosenbrock
    >>> *_, last = lbfgs(rosenbrock().value_and_grad, [-1.2, 1.0])
    >>> last.params
    array([1., 1.])
    """
    direction = _Compact(require_count("memory", memory, at_least=1))
    return (yield from descend_along(value_and_grad, params, direction, c1=c1, c2=c2))


class _Secant:
    """A direction -H g, with a matrix H that learns from each step and its change of gradient."""

    params = grads = None

    def __call__(self, params, grads):
        """Learn from the step that led here, and return the direction of the next."""
        direction = None if self.params is None else self.direction(params, grads)
        if direction is None:
            # At the start, and where rounding ate the curvature that Wolfe's conditions promise.
            self.start(params)
            direction = grads * (-1 / max(1.0, float(np.linalg.norm(grads))))
        self.params, self.grads = params, grads
        return direction


class _Dense(_Secant):
    """Keep H itself."""

    def start(self, params):
        self.H = None

    def direction(self, params, grads):
        s, y = params - self.params, grads - self.grads
        sy, yy = float(s @ y), float(y @ y)
        if not min(sy, yy) > np.finfo(s.dtype).tiny:
            return None
        if self.H is None:
            self.H = np.eye(s.size, dtype=s.dtype) * (sy / yy)
        # bfgs_update multiplied out: what it adds to H is s w' + w s'.
        Hy = self.H @ y
        w = ((1 + float(y @ Hy) / sy) / (2 * sy)) * s - Hy / sy
        self.H += np.column_stack((s, w)) @ np.stack((w, s))
        return -(self.H @ grads)


class _Compact(_Secant):
    """Keep the last m pairs as the rows of S and Y, and H as a small matrix between them [BNS94]_.

    With R the upper triangle of S Y', in the order in which the pairs came, and D its diagonal,

        H = γ I + [S' γY'] [R⁻ᵀ (D + γ Y Y') R⁻¹   -R⁻ᵀ] [ S]
                           [       -R⁻¹              0 ] [γY].

    A step reads S and Y twice: for their products with the gradient, and to add up the direction.
    Their products with y are what those with the gradient changed by. The pairs may stand in any
    order, since a permutation of all rows changes nothing: the newest takes the oldest one's place.

    References
    ----------
    .. [BNS94] R. H. Byrd, J. Nocedal and R. B. Schnabel, "Representations of quasi-Newton matrices
       and their use in limited memory methods", Mathematical Programming 63, 1994, theorem 2.2.
    """

    def __init__(self, memory):
        self.memory = memory

    def start(self, params):
        m, dtype = self.memory, params.dtype
        self.pairs = np.zeros((2 * m, params.size), dtype)  # S above Y
        self.products, self.weights = np.zeros((2, 2 * m), dtype)  # pairs g; direction by pairs
        self.R_inverse, self.YY = np.zeros((2, m, m), dtype)
        self.D = np.zeros(m, dtype)
        self.newest = -1

    def direction(self, params, grads):
        m, R_inverse, YY, D = self.memory, self.R_inverse, self.YY, self.D
        i = self.newest = (self.newest + 1) % m
        s, y = self.pairs[i::m]
        np.subtract(params, self.params, out=s)
        np.subtract(grads, self.grads, out=y)
        sy, yy = float(s.dot(y)), float(y.dot(y))
        if not min(sy, yy) > np.finfo(s.dtype).tiny:
            return None
        gamma = sy / yy
        products = self.pairs.dot(grads)
        change = products - self.products
        self.products = products
        # The new column of R⁻¹; the oldest pair leaves with its row and column.
        column = R_inverse.dot(change[:m]) / -sy
        column[i] = 1 / sy
        R_inverse[i], R_inverse[:, i] = 0, column
        change[m + i] = yy
        YY[i] = YY[:, i] = change[m:]
        D[i] = sy
        # Minus H g, from the right: first the small matrix, then the long rows.
        a = R_inverse.dot(products[:m])
        b = gamma * (products[m:] - YY.dot(a)) - D * a
        b.dot(R_inverse, out=self.weights[:m])
        np.multiply(a, gamma, out=self.weights[m:])
        direction = self.weights.dot(self.pairs)
        direction -= gamma * grads
        return direction
