"""Critical points: what curvature says where the gradient is zero, and how to leave a saddle.

At a critical point the loss changes by 1/2 d'Hd for a small step d. Along an eigenvector of H that
is half the eigenvalue times the squared step, so the signs of the eigenvalues decide. The diagonal
does not: [[1, 2], [2, 1]] has a positive diagonal and the eigenvalues 3 and -1.
"""

from collections.abc import Iterator
from itertools import count

import numpy as np

from optedu._validation import (
    call_with_grad,
    require_array,
    require_count,
    require_fraction,
    require_not_negative,
    require_number,
    require_positive,
    require_rng,
    require_square,
)
from optedu.descent import Iterate


def inertia(hessian, tol=1e-8):
    """Count the negative, the zero and the positive eigenvalues of a symmetric matrix.

    The first count is the index of the critical point: the number of independent ways down.

    Parameters
    ----------
    hessian : array_like, shape (n, n)
        A symmetric matrix; asymmetry of the size of rounding is averaged away.
    tol : float
        An eigenvalue counts as zero within `tol` times the largest one in size, so that the
        counts do not depend on the units of the loss.

    Returns
    -------
    negative, zero, positive : int
        The three counts, which add up to n.

    Raises
    ------
    ValueError
        If the matrix is not square, symmetric and finite, or `tol` is not in [0, 1).

    Examples
    --------
    >>> inertia([[1.0, 2.0], [2.0, 1.0]])
    (1, 0, 1)
    """
    hessian = require_square("hessian", hessian)
    require_fraction("tol", require_number("tol", tol))
    eigenvalues = np.linalg.eigvalsh(hessian / 2 + hessian.T / 2)
    n = len(eigenvalues)
    # The eigenvalues of any solver carry this much rounding, whatever was asked for.
    rounding = n * np.finfo(hessian.dtype).eps
    zero = max(tol, rounding) * np.abs(eigenvalues).max()
    negative = int(np.sum(eigenvalues < -zero))
    positive = int(np.sum(eigenvalues > zero))
    return negative, n - negative - positive, positive


def classify_critical_point(hessian, tol=1e-8) -> str:
    """Name the kind of a critical point from the signs of its Hessian's eigenvalues.

    Two signs make a saddle, whatever else there is. Otherwise a zero eigenvalue leaves the
    question open: x⁴ has a minimum at 0, -x⁴ a maximum and x³ neither, all with the Hessian 0.

    Parameters
    ----------
    hessian : array_like, shape (n, n)
        The second derivatives at a point where the gradient is zero.
    tol : float
        An eigenvalue counts as zero within `tol` times the largest one in size.

    Returns
    -------
    str
        ``"minimum"``, ``"maximum"``, ``"saddle"`` or ``"degenerate"``.

    Raises
    ------
    ValueError
        If the matrix is not square, symmetric and finite, or `tol` is not in [0, 1).

    Examples
    --------
    >>> classify_critical_point([[1.0, 2.0], [2.0, 1.0]])
    'saddle'
    >>> classify_critical_point([[2.0, 0.0], [0.0, 0.0]])
    'degenerate'
    """
    negative, zero, positive = inertia(hessian, tol)
    if negative and positive:
        return "saddle"
    if zero:
        return "degenerate"
    return "minimum" if positive else "maximum"


def goe(n, rng, n_draws=None):
    """Draw random symmetric matrices, the model behind "most critical points are saddles".

    This is the Gaussian orthogonal ensemble: entries of variance 1 off the diagonal and 2 on it,
    which makes the law the same in every orthonormal basis. All eigenvalues are positive with a
    probability that falls like exp(-n² log(3) / 4), far faster than 2⁻ⁿ [DM06]_. The Hessian of a
    loss follows no such law where the loss is low: there its spectrum is shifted up.

    Parameters
    ----------
    n : int
        The number of rows.
    rng : numpy.random.Generator
        Where the numbers come from.
    n_draws : int, optional
        How many matrices to draw; by default one, without the leading axis.

    Returns
    -------
    ndarray, shape (n, n) or (n_draws, n, n)
        The matrices.

    Raises
    ------
    ValueError
        If a count is not a whole number of at least 1, or `rng` is no generator.

    References
    ----------
    .. [DM06] D. S. Dean and S. N. Majumdar, "Large deviations of extreme eigenvalues of random
       matrices", Physical Review Letters 97, 160201, 2006.
    """
    n = require_count("n", n, at_least=1)
    shape = () if n_draws is None else (require_count("n_draws", n_draws, at_least=1),)
    square = require_rng("rng", rng).standard_normal((*shape, n, n))
    return (square + np.swapaxes(square, -1, -2)) / np.sqrt(2)


def escape_steps(offset, learning_rate, curvature, distance=1.0):
    """Return the steps gradient descent needs to leave a saddle along its way down.

    There a step multiplies the offset from the ridge by 1 + αλ, so an offset of 10⁻ᵏ reaches 1
    after k log 10 / log(1 + αλ) steps. From the ridge itself the run never leaves.

    Parameters
    ----------
    offset : float or ndarray
        The distance from the ridge at the start, positive.
    learning_rate, curvature : float or ndarray
        The step size α, and λ > 0 where the Hessian's eigenvalue along the way down is -λ.
    distance : float or ndarray
        How far from the ridge counts as having left.

    Returns
    -------
    float or ndarray
        The number of steps, in general not whole: the run has left at the next whole number. It
        is 0 or less for an offset that has left already.

    Raises
    ------
    ValueError
        If an argument is not positive and finite.

    Examples
    --------
    >>> [round(escape_steps(10.0**-k, learning_rate=0.1, curvature=1.0), 1) for k in (2, 4, 8)]
    [48.3, 96.6, 193.3]
    """
    require_positive("offset", offset)
    require_positive("learning_rate", learning_rate)
    require_positive("curvature", curvature)
    require_positive("distance", distance)
    growth = np.log1p(np.multiply(learning_rate, curvature))
    steps = np.log(np.divide(distance, offset)) / growth
    return float(steps) if np.ndim(steps) == 0 else steps


def perturbed_gradient_descent(
    value_and_grad,
    params,
    learning_rate,
    rng,
    radius=0.01,
    grad_tol=1e-3,
    wait=100,
    min_decrease=None,
) -> Iterator[Iterate]:
    """Run gradient descent that shakes itself loose from saddles [JGNKJ17]_.

    Where the gradient is small, the run jumps to a random point within `radius`. From a saddle
    the jump has a part along the way down, which the next steps magnify; if after `wait` steps
    the loss has hardly fallen, there was no way down, and the run ends where it stood before the
    jump. Jin et al. prove that a smooth function is left with a gradient of at most `grad_tol`
    and no curvature below -sqrt(ρ grad_tol), with high probability, for constants they give.

    Parameters
    ----------
    value_and_grad : callable
        Maps parameters to ``(loss, grads)``.
    params : array_like
        The start point.
    learning_rate : float
        The step size; 1/L is safe.
    rng : numpy.random.Generator
        Where the jumps come from.
    radius : float
        The jumps are uniform in the ball of this radius.
    grad_tol : float
        A jump is made only where the gradient's norm is at most this.
    wait : int
        The steps after a jump before its success is judged, and before another. To notice a
        curvature of -λ it must exceed ``escape_steps(radius, learning_rate, λ)``.
    min_decrease : float, optional
        The fall of the loss that counts as an escape; by default ``grad_tol * radius``, which is
        what a slope of `grad_tol` alone could give within the radius.

    Yields
    ------
    Iterate
        The start point first, then the point after each step; a jump is a step. The last one
        takes back the jump that led nowhere.

    Raises
    ------
    ValueError
        If the gradient's shape is not that of the parameters, a hyper-parameter is not positive,
        or `rng` is no generator.

    References
    ----------
    .. [JGNKJ17] C. Jin, R. Ge, P. Netrapalli, S. M. Kakade and M. I. Jordan, "How to escape saddle
       points efficiently", ICML 2017, algorithm 1.
    """
    params = require_array("params", params)
    require_positive("learning_rate", require_number("learning_rate", learning_rate))
    require_rng("rng", rng)
    require_positive("radius", require_number("radius", radius))
    require_positive("grad_tol", require_number("grad_tol", grad_tol))
    require_count("wait", wait, at_least=1)
    if min_decrease is None:
        min_decrease = grad_tol * radius
    require_not_negative("min_decrease", require_number("min_decrease", min_decrease))
    before_jump = None
    for step in count():
        loss, grads = call_with_grad(value_and_grad, params)
        here = Iterate(step, params, loss, grads)
        yield here
        if before_jump is not None and step == before_jump.step + 1 + wait:
            if loss > before_jump.loss - min_decrease:
                yield before_jump._replace(step=step + 1)
                return
            before_jump = None
        if before_jump is None and np.linalg.norm(grads) <= grad_tol:
            before_jump = here
            params = params + _in_ball(params.shape, radius, rng)
        else:
            params = params - learning_rate * grads


def _in_ball(shape, radius, rng):
    """Return a point drawn uniformly from the ball around 0."""
    direction = rng.standard_normal(shape)
    # The share of the ball within r is (r / radius)^n.
    length = radius * rng.random() ** (1 / direction.size)
    return length / np.linalg.norm(direction) * direction
