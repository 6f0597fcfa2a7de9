"""Slices: the loss along a line or over a plane through a point of many parameters.

A picture of params + a d1 + b d2 says as much about d1 and d2 as about the loss. Random directions
depend on the scale of the weights, which for a ReLU network is arbitrary; normalizing them neuron
by neuron takes it out. The plane that a run's path spans best shows the run, and says how much of
it lies elsewhere.
"""

from typing import NamedTuple

import numpy as np

from optedu._validation import (
    call_number,
    require_array,
    require_choice,
    require_count,
    require_rng,
)
from optedu.landscape._arguments import require_blocks


def random_direction(shape, rng):
    """Draw a direction, every one equally likely.

    Two of them are nearly orthogonal in many dimensions: their cosine is about 1 / sqrt(n).

    Parameters
    ----------
    shape : int or tuple of int
        The shape of the parameters.
    rng : numpy.random.Generator
        Where the numbers come from. Draw both directions of a plane from one generator: two
        generators with one seed give one direction twice.

    Returns
    -------
    ndarray
        Independent standard normal numbers.

    Raises
    ------
    ValueError
        If the shape holds anything but whole numbers of at least 1, or `rng` is no generator.
    """
    sizes = shape if isinstance(shape, tuple | list) else (shape,)
    sizes = tuple(require_count("shape", size, at_least=1) for size in sizes)
    return require_rng("rng", rng).standard_normal(sizes)


def filter_normalize(direction, params, blocks, biases="zero"):
    """Give each neuron's part of a direction the length of that neuron's weights [LXTSG18]_.

    A filter is what leads into one neuron, a column w_j of a weight matrix:
    d_j <- d_j ‖w_j‖ / ‖d_j‖. In a ReLU network a layer can be scaled up and the next one down
    without any effect; the slice along a normalized direction then stays the same too, while a
    raw one changes. Factors that differ from neuron to neuron still change it, because they
    reshape the columns of the next layer.

    Parameters
    ----------
    direction, params : array_like, shape (n_params,)
        The direction and the point it starts from.
    blocks : dict
        Names to (slice, shape), as the `blocks` of a model: matrices of shape (in, out), and
        biases with one axis.
    biases : str
        ``"zero"`` keeps biases fixed along the direction. ``"scale"`` takes each bias for a
        filter of one number, which keeps the sign of its direction and gets the bias's size.

    Returns
    -------
    ndarray, shape (n_params,)
        The direction, zero for a neuron whose weights are zero.

    Raises
    ------
    ValueError
        If lengths differ from what `blocks` describes, numbers are not finite, or `biases` is
        unknown.

    References
    ----------
    .. [LXTSG18] H. Li, Z. Xu, G. Taylor, C. Studer and T. Goldstein, "Visualizing the loss
       landscape of neural nets", NeurIPS 2018, section 4.

    Examples
    --------
    >>> filter_normalize([3.0, 4.0], [0.0, 1.0], {"W1": (slice(0, 2), (2, 1))})
    array([0.6, 0.8])
    """
    params = require_blocks("params", params, blocks)
    direction = require_array("direction", direction, shape=params.shape)
    require_choice("biases", biases, ("zero", "scale"))
    normalized = np.zeros_like(params)
    for where, shape in blocks.values():
        if len(shape) == 1 and biases == "zero":
            continue
        into_neuron = tuple(range(len(shape) - 1))  # all axes but that of the neurons
        d, w = direction[where].reshape(shape), params[where].reshape(shape)
        d_norm = np.sqrt(np.sum(d**2, axis=into_neuron))
        w_norm = np.sqrt(np.sum(w**2, axis=into_neuron))
        scale = np.divide(w_norm, d_norm, out=np.zeros_like(d_norm), where=d_norm > 0)
        normalized[where] = (d * scale).ravel()
    return normalized


def slice_1d(loss, params, direction, alphas):
    """Return the loss at params + alpha * direction for each alpha.

    Parameters
    ----------
    loss : callable
        Maps parameters to a number.
    params, direction : array_like
        The point and the direction, of one shape; neither is written to.
    alphas : array_like, shape (A,)
        Where to look; at 0 stands the loss at `params` itself, exactly.

    Returns
    -------
    ndarray, shape (A,)
        The losses; infinity and NaN are kept.

    Raises
    ------
    ValueError
        If shapes differ, numbers are not finite, or the loss is not one number.

    Examples
    --------
    >>> slice_1d(lambda x: x @ x, [1.0, 0.0], [0.0, 2.0], [-1.0, 0.0, 1.0])
    array([5., 1., 5.])
    """
    params, direction = _same_shape(params, direction=direction)
    alphas = require_array("alphas", alphas, ndim=1)
    return np.array([call_number("loss", loss, params + a * direction) for a in alphas])


def slice_2d(loss, params, direction1, direction2, alphas, betas):
    """Return the loss over the plane params + alpha * direction1 + beta * direction2.

    Any loss will do. The networks of `optedu.models` have the same grid as ``plane_losses``,
    several times faster, since their first layer is affine in (alpha, beta).

    Parameters
    ----------
    loss : callable
        Maps parameters to a number.
    params, direction1, direction2 : array_like
        The point and the two directions, of one shape; none is written to.
    alphas, betas : array_like, shapes (A,) and (B,)
        Where to look along either direction.

    Returns
    -------
    ndarray, shape (A, B)
        The losses. A contour plot with alphas along the horizontal axis wants the transpose.

    Raises
    ------
    ValueError
        If shapes differ, numbers are not finite, or the loss is not one number.

    Examples
    --------
    >>> slice_2d(lambda x: x[0] - x[1], [0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [0.0, 2.0])
    array([[ 0., -2.],
           [ 1., -1.]])
    """
    params, direction1, direction2 = _same_shape(
        params, direction1=direction1, direction2=direction2
    )
    alphas = require_array("alphas", alphas, ndim=1)
    betas = require_array("betas", betas, ndim=1)
    return np.array(
        [
            [call_number("loss", loss, params + a * direction1 + b * direction2) for b in betas]
            for a in alphas
        ]
    )


class PathPlane(NamedTuple):
    """The plane that fits a path best.

    Parameters
    ----------
    origin : ndarray, shape (n,)
        The end of the path, through which the plane goes.
    directions : ndarray, shape (2, n)
        Orthonormal directions, the one of more variance first, turned to where the path began.
    explained : ndarray, shape (2,)
        The share of the path's variance along each. What is missing from 1 happens outside the
        picture.
    coordinates : ndarray, shape (k, 2)
        The path's shadow on the plane, which ends at (0, 0).
    """

    origin: np.ndarray
    directions: np.ndarray
    explained: np.ndarray
    coordinates: np.ndarray


def path_plane(path) -> PathPlane:
    """Find the plane that holds most of a path's variance, by principal components.

    The path lies beside the plane, so contours drawn on it are not the losses that the run saw.
    Compare both before you read anything from the picture.

    Parameters
    ----------
    path : array_like, shape (k, n)
        Points of a run in order, three or more, such as the params of a `Trace`.

    Returns
    -------
    PathPlane
        Its ``origin`` and ``directions`` are what `slice_2d` asks for.

    Raises
    ------
    ValueError
        If there are fewer than three points or two coordinates, or all points are the same.

    Examples
    --------
    >>> path_plane([[2.0, 2.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]).explained.sum().round(6)
    np.float64(1.0)
    """
    path = require_array("path", path, ndim=2)
    if path.shape[0] < 3 or path.shape[1] < 2:
        raise ValueError(
            f"path must hold at least 3 points of at least 2 coordinates; got shape {path.shape}"
        )
    if not np.any(path != path[0]):
        raise ValueError("path must move; all its points are the same")
    _, sizes, directions = np.linalg.svd(path - path.mean(axis=0), full_matrices=False)
    origin = path[-1]
    shadow = (path - origin) @ directions[:2].T
    # A principal direction has no sign of its own.
    signs = np.where(shadow[0] < 0, -1.0, 1.0)
    explained = sizes[:2] ** 2 / np.sum(sizes**2)
    return PathPlane(origin, signs[:, None] * directions[:2], explained, shadow * signs)


def _same_shape(params, **directions):
    params = require_array("params", params)
    checked = [params]
    for name, direction in directions.items():
        direction = require_array(name, direction)
        if direction.shape != params.shape:
            raise ValueError(
                f"{name} must have the shape of params, {params.shape}; got {direction.shape}"
            )
        checked.append(direction)
    return checked
