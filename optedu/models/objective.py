"""What all models share: a mean cost of scores, plus a penalty.

With scores z(params) and a cost φ(z) for each of N examples,

    loss    = 1/N Σ φ(z) + l2/2 ‖params‖²
    grad    = 1/N Σ z'(params)' φ'(z) + l2 params

Parameters are one flat array, so that every method of the course can move them; `split` shows
the blocks in it. Leading axes are independent runs. A model supplies its scores in two parts, the
first linear in the parameters and the second the rest, and the derivatives of both.
"""

from copy import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from math import prod

import numpy as np

from optedu._validation import (
    as_float_array,
    require_array,
    require_count,
    require_finite,
    require_not_negative,
    require_number,
)

# Arrays of about this many numbers stay cached, and are long enough that a call costs little.
_CACHED = 2**18


@dataclass(frozen=True, eq=False)
class Objective:
    """Share what follows from the scores, the cost and the penalty; a subclass supplies them.

    Parameters
    ----------
    X : array_like, shape (N, D)
        One example a row. A float32 array keeps its type; others become float64.
    y : array_like, shape (N,)
        What to predict.

    Raises
    ------
    ValueError
        If shapes do not match or a number is not finite.
    """

    X: np.ndarray
    y: np.ndarray
    l2 = 0.0

    def __post_init__(self):
        """Check the data once, so that no evaluation has to."""
        X = require_finite("X", as_float_array("X", self.X))
        if X.ndim != 2 or X.size == 0:
            raise ValueError(f"X must have one example a row; got shape {X.shape}")
        y = require_finite("y", as_float_array("y", self.y))
        if y.shape != (len(X),):
            raise ValueError(f"y must have one number a row of X, shape ({len(X)},); got {y.shape}")
        self._set("X", X)
        self._set("y", self._targets(y))
        self._set("l2", require_not_negative("l2", require_number("l2", self.l2)))
        for array in (self.X, self.y):
            array.setflags(write=False)

    @cached_property
    def blocks(self):
        """Where each array lies in the flat parameters: name -> (slice, shape), in order."""
        shapes = self._shapes()
        ends = accumulate((prod(shape) for shape in shapes.values()), initial=0)
        where = (slice(start, stop) for start, stop in pairwise(ends))
        return dict(zip(shapes, zip(where, shapes.values(), strict=True), strict=True))

    @cached_property
    def n_params(self):
        """The number of parameters."""
        return sum(prod(shape) for _, shape in self.blocks.values())

    def split(self, params):
        """Show the blocks in flat parameters, as views.

        Parameters
        ----------
        params : array_like, shape (..., n_params)
            The parameters, or a gradient.

        Returns
        -------
        dict of str to ndarray
            The block of each name in `blocks`, with the leading axes of `params`.
        """
        params = self._flat("params", params)
        return {
            name: params[..., where].reshape(params.shape[:-1] + shape)
            for name, (where, shape) in self.blocks.items()
        }

    def scores(self, params):
        """Return what the model says of each example.

        Parameters
        ----------
        params : array_like, shape (..., n_params)
            The parameters.

        Returns
        -------
        ndarray, shape (..., N) or (..., N, C)
            One score an example, or one a class.
        """
        return self._outputs(self._flat("params", params))[-1]

    def loss(self, params):
        """Return the mean cost of the examples, plus the penalty.

        Parameters
        ----------
        params : array_like, shape (..., n_params)
            The parameters, with independent runs along leading axes.

        Returns
        -------
        ndarray, shape (...)
            The losses.
        """
        params = self._flat("params", params)
        costs = self._cost.values(self._outputs(params)[-1], self.y)
        return np.mean(costs, axis=-1) + self.l2 / 2 * np.sum(params**2, axis=-1)

    def grad(self, params):
        """Return the gradient of the loss.

        Parameters
        ----------
        params : array_like, shape (..., n_params)
            The parameters.

        Returns
        -------
        ndarray, shape (..., n_params)
            The gradients.
        """
        return self.value_and_grad(params)[1]

    def value_and_grad(self, params):
        """Return the loss and its gradient from one pass over the data.

        Parameters
        ----------
        params : array_like, shape (..., n_params)
            The parameters.

        Returns
        -------
        loss : ndarray, shape (...)
            The losses.
        grads : ndarray, shape (..., n_params)
            The gradients.
        """
        params = self._flat("params", params)
        outputs = self._outputs(params)
        costs, slopes = self._cost.values_and_slopes(outputs[-1], self.y)
        loss = np.mean(costs, axis=-1) + self.l2 / 2 * np.sum(params**2, axis=-1)
        return loss, self._cost_grad(params, outputs, slopes) + self.l2 * params

    def example_grads(self, params):
        """Return the gradient of each example's own loss; their mean is `grad`.

        Parameters
        ----------
        params : array_like, shape (..., n_params)
            The parameters.

        Returns
        -------
        ndarray, shape (..., N, n_params)
            The gradient of φ(z) + l2/2 ‖params‖² of each example.
        """
        params = self._flat("params", params)
        outputs = self._outputs(params)
        _, slopes = self._cost.values_and_slopes(outputs[-1], self.y)
        grads = self._example_cost_grads(params, outputs, slopes)
        return grads + self.l2 * params[..., None, :]

    def hvp(self, params):
        """Return the function v -> H v, where H is the Hessian of the loss at `params`.

        The product is the exact change of the gradient along v [P94]_. What depends on `params`
        alone is computed once; a product then costs about one gradient. H is never formed.

        Parameters
        ----------
        params : array_like, shape (..., n_params)
            Where the Hessian is taken.

        Returns
        -------
        callable
            Takes directions of shape (..., n_params), many along leading axes, and returns the
            products, of the same shape.

        References
        ----------
        .. [P94] B. A. Pearlmutter, "Fast exact multiplication by the Hessian", Neural
           Computation 6, 1994.

        Examples
        --------
        >>> from optedu.models import LeastSquares
        >>> product = LeastSquares([[1.0, 0.0], [0.0, 2.0]], [3.0, 4.0]).hvp([0.0, 0.0])
        >>> product([1.0, 1.0])
        array([0.5, 2. ])
        """
        cost_hvp = self._cost_hvp(self._flat("params", params))

        def product(v):
            v = self._flat("v", v)
            return cost_hvp(v) + self.l2 * v

        return product

    def hessian(self, params):
        """Return the matrix of second derivatives of the loss, one row a unit direction.

        Parameters
        ----------
        params : array_like, shape (..., n_params)
            Where it is taken.

        Returns
        -------
        ndarray, shape (..., n_params, n_params)
            The Hessians.
        """
        params = self._flat("params", params)
        product = self.hvp(params[..., None, :])
        directions = np.eye(self.n_params, dtype=params.dtype)
        # All at once would need memory for each direction's change of each example's scores.
        few = max(1, _CACHED // (len(self.X) * self._width))
        starts = range(0, self.n_params, few)
        return np.concatenate([product(directions[i : i + few]) for i in starts], axis=-2)

    def shifted_losses(self, params, shifts):
        """Return the loss after each parameter alone is shifted, all from one set of scores.

        A shift of one weight moves one score, or one hidden unit, by the shift times its input.
        So a full gradient check by differences needs no new pass over the data a parameter.

        Parameters
        ----------
        params : array_like, shape (n_params,)
            The point.
        shifts : array_like, shape (n_params,)
            How far to shift each parameter.

        Returns
        -------
        ndarray, shape (n_params,)
            Entry i is the loss at ``params + shifts[i] * e_i``.

        Raises
        ------
        ValueError
            If an argument is not one finite number a parameter.

        Examples
        --------
        >>> from optedu.models import LeastSquares
        >>> model = LeastSquares([[1.0, 0.0], [0.0, 2.0]], [3.0, 4.0])
        >>> model.shifted_losses([0.0, 0.0], [3.0, 2.0])  # one shift mends one example
        array([4.  , 2.25])
        """
        params, shifts = self._point("params", params), self._point("shifts", shifts)
        parts = self._parts(self._shifted_width)
        costs = sum(part._shifted_costs(params, shifts) for part in parts) / len(self.X)
        squares = params @ params + (2 * params + shifts) * shifts
        return costs + self.l2 / 2 * squares

    def plane_losses(self, params, direction1, direction2, alphas, betas):
        """Return the losses on a grid in the plane of two directions.

        The first layer is linear in the parameters, so on the plane it is Z + α Z₁ + β Z₂: three
        products of the data with weights serve the whole grid.

        Parameters
        ----------
        params, direction1, direction2 : array_like, shape (n_params,)
            The origin and the two directions.
        alphas, betas : array_like, shape (A,) and (B,)
            How far to go along each.

        Returns
        -------
        ndarray, shape (A, B)
            Entry (i, j) is the loss at ``params + alphas[i] * direction1 + betas[j] *
            direction2``.

        Raises
        ------
        ValueError
            If an argument has another shape or holds NaN or infinity.

        Examples
        --------
        >>> from optedu.models import LeastSquares
        >>> model = LeastSquares([[1.0, 0.0], [0.0, 2.0]], [3.0, 4.0])
        >>> model.plane_losses([0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 3.0], [0.0, 2.0])
        array([[6.25, 2.25],
               [4.  , 0.  ]])
        """
        alphas, betas = require_array("alphas", alphas, 1), require_array("betas", betas, 1)
        corners = np.stack(
            [
                self._point("params", params),
                self._point("direction1", direction1),
                self._point("direction2", direction2),
            ]
        )
        steps = np.stack(np.broadcast_arrays(1.0, alphas[:, None], betas), axis=-1)
        steps = steps.reshape(-1, 3).astype(corners.dtype)
        parts = self._parts(8 * self._width)
        costs = sum(part._plane_costs(steps, corners) for part in parts) / len(self.X)
        # ‖params + α direction1 + β direction2‖² needs only the products among the three.
        squares = np.einsum("pi,ij,pj->p", steps, corners @ corners.T, steps)
        return (costs + self.l2 / 2 * squares).reshape(len(alphas), len(betas))

    def subset(self, indices):
        """Return the same model on some of the examples, without checking the data again.

        Parameters
        ----------
        indices : slice or array_like of int or bool
            Which examples; an index may come more than once.

        Returns
        -------
        Objective
            A model of the same kind, with the same parameters.

        Raises
        ------
        ValueError
            If an index is not a row of X, or there is none.

        Examples
        --------
        >>> from optedu.models import LeastSquares
        >>> LeastSquares([[1.0], [2.0], [3.0]], [1.0, 1.0, 2.0]).subset([2, 0]).y
        array([2., 1.])
        """
        try:
            part = self._on(indices if isinstance(indices, slice) else np.asarray(indices))
        except IndexError as error:
            raise ValueError(f"indices must be rows of X, whose shape is {self.X.shape}") from error
        if part.y.ndim != 1 or part.y.size == 0:
            raise ValueError("indices must be one sequence that picks at least one example")
        return part

    # A subclass says: its `_cost`; `_shapes`, of its blocks; `_first_layer`, which is linear in the
    # parameters; `_later_layers`, the other arrays that the scores need; `_from_first`, all outputs
    # after the first layer, the scores last (it may write over its second argument); `_cost_grad`,
    # `_example_cost_grads`, `_cost_hvp` and `_shifted_costs`, without the penalty; and how many
    # numbers an example needs in scores (`_width`) and in shifted scores (`_shifted_width`).

    def _outputs(self, params):
        return self._from_first(self._later_layers(params), self._first_layer(params))

    def _plane_costs(self, steps, corners):
        # Examples last, as the scores are stored; a model of one score an example has them so.
        first = np.ascontiguousarray(self._first_layer(corners).swapaxes(1, -1))
        later = self._later_layers(corners)
        few = max(1, _CACHED // first[0].size)
        costs = []
        for i in range(0, len(steps), few):
            points = steps[i : i + few]
            A = np.tensordot(points, first, 1).swapaxes(1, -1)
            outputs = self._from_first([np.tensordot(points, w, 1) for w in later], A)
            costs.append(self._cost.values(outputs[-1], self.y).sum(axis=-1))
        return np.concatenate(costs)

    def _targets(self, y):
        return y.astype(self.X.dtype)

    def _flat(self, name, params):
        params = np.asarray(params)
        if params.dtype.kind not in "fc":
            params = as_float_array(name, params)
        if params.ndim == 0 or params.shape[-1] != self.n_params:
            raise ValueError(
                f"{name} must have {self.n_params} weights along the last axis; "
                f"got shape {params.shape}"
            )
        return params

    def _point(self, name, params):
        return require_array(name, params, shape=(self.n_params,))

    def _on(self, rows):
        part = copy(self)
        part._set("X", self.X[rows])
        part._set("y", self.y[rows])
        return part

    def _parts(self, width):
        """Yield the model on successive examples, whose arrays of `width` columns stay cached."""
        rows = max(1, _CACHED // width)
        return (self._on(slice(i, i + rows)) for i in range(0, len(self.X), rows))

    def _set(self, name, value):
        object.__setattr__(self, name, value)


class Classifier(Objective):
    """Predict one of `n_classes` classes: the one whose score is largest.

    Parameters
    ----------
    X : array_like, shape (N, D)
        One example a row.
    y : array_like, shape (N,)
        The classes, whole numbers from 0 to n_classes - 1.

    Raises
    ------
    ValueError
        If shapes do not match, a number is not finite, or a class is not one of `n_classes`.
    """

    n_classes = None

    def __post_init__(self):
        """Count the classes, if nobody said how many there are."""
        super().__post_init__()
        if self.n_classes is None:
            self._set("n_classes", int(self.y.max()) + 1)
        require_count("n_classes", self.n_classes, at_least=2)
        if np.any(self.y >= self.n_classes):
            raise ValueError(
                f"y must hold classes from 0 to n_classes - 1 = {self.n_classes - 1}; "
                f"got {self.y.max()}"
            )

    def predict(self, params):
        """Return the class of each example.

        Parameters
        ----------
        params : array_like, shape (..., n_params)
            The parameters.

        Returns
        -------
        ndarray of int, shape (..., N)
            The classes; of equal scores, the first class.
        """
        return self._decide(self.scores(params))

    def accuracy(self, params):
        """Return the share of examples whose class is predicted.

        Parameters
        ----------
        params : array_like, shape (..., n_params)
            The parameters.

        Returns
        -------
        ndarray, shape (...)
            Between 0 and 1.
        """
        return np.mean(self.predict(params) == self.y, axis=-1)

    def _decide(self, scores):
        return np.argmax(scores, axis=-1)

    def _targets(self, y):
        if np.any((y < 0) | (y != np.floor(y))):
            raise ValueError("y must hold classes, whole numbers from 0 up; number them so")
        return y.astype(np.intp)
