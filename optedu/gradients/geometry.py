"""Where the negative gradient points: at right angles to the level set, not at the minimum.

Along a tangent of the level set the loss does not change, so grads . tangent = 0. Among all
directions of one length the loss rises fastest along the gradient, by Cauchy and Schwarz.
"""

import numpy as np

from optedu._validation import require_positive
from optedu.gradients._slopes import as_double, require_one_shape, size


def angle(u, v):
    """Return the angle between two vectors, in degrees.

    Parameters
    ----------
    u, v : array_like
        Two arrays of one shape, neither of them zero.

    Returns
    -------
    float
        Between 0 and 180; small angles keep their digits.

    Raises
    ------
    ValueError
        If the shapes differ or a vector is zero: zero has no direction.

    Examples
    --------
    >>> round(angle([1.0, 0.0], [1.0, 1.0]), 9)
    45.0
    """
    u, v = as_double("u", u), as_double("v", v)
    require_one_shape("u", u, "v", v)
    for name, vector in (("u", u), ("v", v)):
        if not np.any(vector):
            raise ValueError(f"{name} must not be zero; a zero vector has no direction")
    u, v = u / size(u), v / size(v)
    # The arc cosine of u . v would lose half the digits of a small angle.
    return float(np.degrees(2 * np.arctan2(size(u - v), size(u + v))))


def worst_angle(smoothness, strong_convexity):
    """Return the largest angle between -grads and the ray to the minimum, on a quadratic.

    With condition number κ = L/m the cosine is never below 2 sqrt(κ) / (1 + κ), an inequality of
    Kantorovich's kind. It is attained where the two extreme modes share the loss equally.

    Parameters
    ----------
    smoothness, strong_convexity : float
        The largest and the smallest eigenvalue of the Hessian, L >= m > 0.

    Returns
    -------
    float
        The angle, in degrees.

    Raises
    ------
    ValueError
        If the bounds are not positive, or in the wrong order.

    Examples
    --------
    >>> round(worst_angle(smoothness=10.0, strong_convexity=1.0), 1)
    54.9
    """
    require_positive("smoothness", smoothness)
    require_positive("strong_convexity", strong_convexity)
    if not np.all(np.asarray(strong_convexity) <= smoothness):
        raise ValueError(
            f"strong_convexity must not exceed smoothness; got {strong_convexity} > {smoothness}"
        )
    root = np.sqrt(np.divide(smoothness, strong_convexity))
    return float(np.degrees(2 * np.arctan2(root - 1, root + 1)))
