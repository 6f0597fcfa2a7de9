"""The Hessian, and its product with a vector, from differences of gradients.

Along v the gradient changes at the rate H v. So one product costs about two gradients and no
matrix, and the whole matrix costs two gradients a column. The models of `optedu.models` have exact
products, ``model.hvp(params)``; the functions here check them, and serve where there are none.
"""

import numpy as np

from optedu._validation import call_array, require_array, require_callable, require_choice

# How far to go, relative to the size of the parameters, in powers of the rounding unit: there the
# errors of the formula and of rounding are equal. A complex step has no rounding to fear.
_POWERS = {"central": 1 / 3, "forward": 1 / 2, "complex": 3}


def hessian(grad, params, method="central"):
    """Return the matrix of second derivatives, from differences of the gradient.

    Column i is (grad(x + h e_i) - grad(x - h e_i)) / 2h with h = (1 + ``abs(x_i)``) times the cube
    root of the rounding unit. The result is made symmetric, which also halves the rounding. Where
    second derivatives are not continuous the true matrix may not be.

    Parameters
    ----------
    grad : callable
        Maps parameters of shape (n,) to the gradient.
    params : array_like, shape (n,)
        Where to take the Hessian.
    method : str
        ``"central"``, ``"forward"`` or ``"complex"``, as for `hvp`.

    Returns
    -------
    ndarray, shape (n, n)
        The Hessian.

    Raises
    ------
    ValueError
        If the gradient does not have the shape of the parameters, or is not complex at complex
        parameters for ``"complex"``.

    Examples
    --------
    >>> hessian(lambda x: x**3, [1.0, 2.0], method="complex")
    array([[ 3.,  0.],
           [ 0., 12.]])
    """
    params = require_array("params", params, ndim=1)
    require_choice("method", method, _POWERS)
    columns = [
        _difference(grad, params, unit, 1 + abs(x), method)
        for unit, x in zip(np.eye(params.size, dtype=params.dtype), params, strict=True)
    ]
    return (np.array(columns) + np.transpose(columns)) / 2


def hvp(grad, params, vector, method="central"):
    """Return the Hessian times a vector, from two gradients.

    H v ≈ (grad(x + h v) - grad(x - h v)) / 2h. The step h v has the length (1 + ‖x‖) times the cube
    root of the rounding unit, whatever the length of v.

    Parameters
    ----------
    grad : callable
        Maps parameters to the gradient, of the same shape.
    params : array_like, shape (...)
        Where to take the Hessian.
    vector : array_like, shape (...)
        What to multiply, shaped like `params`.
    method : str
        ``"central"``, with errors near 1e-10; ``"forward"``, (grad(x + h v) - grad(x)) / h, near
        1e-8; or ``"complex"``, Im grad(x + i h v) / h, exact to rounding with one gradient that
        must accept complex numbers.

    Returns
    -------
    ndarray, shape (...)
        The product; zero for a zero vector.

    Raises
    ------
    ValueError
        If the shapes differ, or the gradient is not complex at complex parameters.

    Examples
    --------
    >>> hvp(lambda x: x**3, [1.0, 2.0], vector=[1.0, 1.0], method="complex")
    array([ 3., 12.])
    """
    params, vector = require_array("params", params), require_array("vector", vector)
    require_choice("method", method, _POWERS)
    require_callable("grad", grad)
    if params.shape != vector.shape:
        raise ValueError(
            f"vector must have the shape of params, {params.shape}; got {vector.shape}"
        )
    scale = float(np.abs(vector).max())
    if scale == 0:
        return np.zeros_like(params)
    vector = vector / scale
    reach = (1 + float(np.linalg.norm(params))) / float(np.linalg.norm(vector))
    return scale * _difference(grad, params, vector, reach, method)


def _difference(grad, params, vector, reach, method):
    """Return the derivative of the gradient along a vector, from a small part of `reach`."""
    h = reach * float(np.finfo(params.dtype).eps) ** _POWERS[method]
    if method == "complex":
        return _complex_grad(grad, params + 1j * h * vector).imag / h
    ahead = call_array("grad", grad, params.shape, params + h * vector)
    if method == "forward":
        return (ahead - call_array("grad", grad, params.shape, params)) / h
    return (ahead - call_array("grad", grad, params.shape, params - h * vector)) / (2 * h)


def _complex_grad(grad, params):
    grads = np.asarray(require_callable("grad", grad)(params))
    if grads.shape != params.shape or grads.dtype.kind != "c":
        raise ValueError(
            f"grad must return complex numbers of shape {params.shape} for complex params; it "
            f"returned dtype {grads.dtype} of shape {grads.shape}. Use method='central' if it "
            "cannot"
        )
    return grads
