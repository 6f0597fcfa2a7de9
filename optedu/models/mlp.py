"""A multilayer perceptron: affine layers with a bend between them, softmax on the last.

With H₀ = X, one example a row, and D the slopes of the examples' costs:

    forward    A_l = H_{l-1} W_l + b_l        H_l = s(A_l)         the last A holds the scores
    backward   D_last = P - Y                 D_{l-1} = (D_l W_l') * s'(A_{l-1})
    gradient   dW_l = H_{l-1}' D_l / N        db_l = mean of D_l over the examples

Outputs are computed once for loss and gradient, and s' is found from the output. The product with
the Hessian differentiates these lines once more, along a direction of the parameters.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from optedu._validation import require_choice, require_count, require_rng
from optedu.models import _costs
from optedu.models._costs import times
from optedu.models.objective import Classifier


class _Activation(NamedTuple):
    """A bend s, its first two derivatives as functions of H = s(A), and its start's variance."""

    apply: Callable
    slope: Callable
    curvature: Callable
    gain: float


_ACTIVATIONS = {
    "tanh": _Activation(np.tanh, lambda H: 1 - H**2, lambda H: -2 * H * (1 - H**2), 1.0),
    "relu": _Activation(
        lambda A, out=None: np.maximum(A, 0, out=out),
        lambda H: (H > 0).astype(H.dtype),
        np.zeros_like,
        2.0,
    ),
}


@dataclass(frozen=True, eq=False)
class MLP(Classifier):
    """Classify by layers: scores = s(... s(X W1 + b1) ...) W + b, fitted by the cross-entropy.

    The parameters lie in the order W1, b1, W2, b2, ...; the penalty l2/2 ‖params‖² counts the
    biases too. The slope of "relu" at 0 is taken as 0. With no hidden layer it is softmax
    regression with an intercept.

    Parameters
    ----------
    X : array_like, shape (N, D)
        One example a row.
    y : array_like, shape (N,)
        The classes, whole numbers from 0 to n_classes - 1.
    hidden : sequence of int
        The number of units of each hidden layer.
    activation : {"tanh", "relu"}
        The bend s after each hidden layer.
    n_classes : int or None
        How many classes there are, at least 2; None counts up to the largest in `y`.
    l2 : float
        The weight of the penalty, at least 0.

    Raises
    ------
    ValueError
        If shapes do not match, a number is not finite, a class is not one of `n_classes`, a layer
        has no unit, the activation is unknown, or `l2` is negative.

    Examples
    --------
    >>> model = MLP([[0.0, 1.0], [1.0, 0.0]], [0, 1], hidden=(3,))
    >>> {name: shape for name, (_, shape) in model.blocks.items()}
    {'W1': (2, 3), 'b1': (3,), 'W2': (3, 2), 'b2': (2,)}
    >>> round(float(model.loss(np.zeros(model.n_params))), 4)  # log 2: no class is preferred
    0.6931
    """

    hidden: tuple[int, ...] = (32,)
    activation: str = "tanh"
    n_classes: int | None = None
    l2: float = 0.0

    _cost = _costs.CrossEntropy()

    def __post_init__(self):
        """Check the layers too."""
        super().__post_init__()
        if not isinstance(self.hidden, tuple | list):
            raise ValueError(f"hidden must list the units of each layer; got {self.hidden!r}")
        self._set("hidden", tuple(require_count("hidden", units, 1) for units in self.hidden))
        require_choice("activation", self.activation, _ACTIVATIONS)

    def initial(self, rng):
        """Return a random start that keeps signals at their size from layer to layer.

        Weights are normal with variance 1/fan_in for "tanh" [GB10]_ and 2/fan_in for "relu"
        [HZRS15]_; biases are 0.

        Parameters
        ----------
        rng : numpy.random.Generator
            Where the weights come from.

        Returns
        -------
        ndarray, shape (n_params,)
            The parameters, of the data's type.

        Raises
        ------
        ValueError
            If `rng` is not a generator.

        References
        ----------
        .. [GB10] X. Glorot and Y. Bengio, "Understanding the difficulty of training deep
           feedforward neural networks", AISTATS 2010.
        .. [HZRS15] K. He et al., "Delving deep into rectifiers", ICCV 2015.
        """
        require_rng("rng", rng)
        params = np.zeros(self.n_params, self.X.dtype)
        for W, _ in self._layers(params):
            W[:] = rng.normal(0, np.sqrt(self._activation.gain / len(W)), W.shape)
        return params

    @property
    def _activation(self):
        return _ACTIVATIONS[self.activation]

    @property
    def _sizes(self):
        return [self.X.shape[1], *self.hidden, self.n_classes]

    @property
    def _width(self):
        return max(self._sizes[1:])

    def _shapes(self):
        shapes = {}
        for layer, (fan_in, fan_out) in enumerate(pairwise(self._sizes), start=1):
            shapes[f"W{layer}"] = (fan_in, fan_out)
            shapes[f"b{layer}"] = (fan_out,)
        return shapes

    def _layers(self, params):
        """Return the pairs (W, b) of all layers."""
        arrays = iter(self.split(params).values())
        return list(zip(arrays, arrays, strict=True))

    def _first_layer(self, params):
        W, b = self._layers(params)[0]
        return _affine(self.X, W, b)

    def _later_layers(self, params):
        return list(self.split(params).values())[2:]

    def _from_first(self, later, A):
        outputs = []
        for W, b in zip(later[::2], later[1::2], strict=True):
            outputs.append(self._activation.apply(A, out=A))
            A = _affine(outputs[-1], W, b)
        return [*outputs, A]

    def _deltas(self, params, outputs, slopes):
        """Return the slopes D of the costs, layer by layer: backpropagation."""
        deltas = [slopes]
        for (W, _), H in zip(self._layers(params)[:0:-1], outputs[-2::-1], strict=True):
            deltas.append(times(deltas[-1], W.mT) * self._activation.slope(H))
        return deltas[::-1]

    def _cost_grad(self, params, outputs, slopes):
        deltas = self._deltas(params, outputs, slopes)
        grads = []
        for H, D in zip([self.X, *outputs[:-1]], deltas, strict=True):
            grads += [H.mT @ D / len(self.X), D.mean(axis=-2)]
        return self._join(params.shape[:-1], grads)

    def _example_cost_grads(self, params, outputs, slopes):
        deltas = self._deltas(params, outputs, slopes)
        grads = []
        for H, D in zip([self.X, *outputs[:-1]], deltas, strict=True):
            grads += [H[..., :, None] * D[..., None, :], D]
        return self._join(deltas[-1].shape[:-1], grads)

    def _cost_hvp(self, params):
        outputs = self._outputs(params)
        scores, hidden = outputs[-1], outputs[:-1]
        _, slopes = self._cost.values_and_slopes(scores, self.y)
        deltas = self._deltas(params, outputs, slopes)
        # Of each hidden layer: its output H, the next layer's W and D, s', and s'' D W'.
        cached = [
            (H, W, D, self._activation.slope(H), self._activation.curvature(H) * times(D, W.mT))
            for H, (W, _), D in zip(hidden, self._layers(params)[1:], deltas[1:], strict=True)
        ]
        curve = self._cost.curvature(scores, self.y)

        def product(v):
            # Forward: how A and H change along v = (V, c, ...). The data does not change.
            (V, c), *later = self._layers(v)
            dA, changes = _affine(self.X, V, c), []
            for (V, c), (H, W, _, slope, _) in zip(later, cached, strict=True):
                dH = slope * dA
                changes.append((dA, dH))
                dA = times(dH, W) + _affine(H, V, c)
            # Backward: how D and the gradients change.
            dD, grads = curve(dA), []
            steps = list(zip(later, cached, changes, strict=True))
            for (V, _), (H, W, D, slope, curved), (dA, dH) in reversed(steps):
                grads += [dD.sum(axis=-2), H.mT @ dD + dH.mT @ D]
                dD = slope * (times(dD, W.mT) + times(D, V.mT)) + curved * dA
            grads += [dD.sum(axis=-2), self.X.T @ dD]
            return self._join(dD.shape[:-2], grads[::-1]) / len(self.X)

        return product

    @property
    def _shifted_width(self):
        sizes = self._sizes
        return max((a + 1) * c for a, c in zip(sizes, sizes[2:] or [1], strict=False))

    def _shifted_costs(self, params, shifts):
        layers, outputs = self._layers(params), self._outputs(params)
        later = self._later_layers(params)
        # A bias is the weight of an input that is always 1.
        inputs = [np.column_stack([H, np.ones(len(H))]) for H in (self.X, *outputs[:-1])]
        shifts = [np.vstack(layer) for layer in self._layers(shifts)]
        costs = [np.empty(array.shape) for array in shifts]
        for layer, H in enumerate(outputs[:-1]):
            A = inputs[layer] @ np.vstack(layers[layer])
            W, b, *rest = later[2 * layer :]
            A_next = _affine(H, W, b)
            for unit in range(H.shape[1]):
                moves = (inputs[layer] * shifts[layer][:, unit]).T
                change = self._activation.apply(A[:, unit] + moves) - H[:, unit]
                # One unit of this layer moves the next by a product of rank one.
                moved = (A_next.mT + W[unit][:, None] * change[:, None, :]).mT
                scores = self._from_first(rest, moved)[-1]
                costs[layer][:, unit] = self._cost.values(scores, self.y).sum(axis=-1)
        costs[-1] = _costs.shifted_costs(self._cost, outputs[-1], self.y, inputs[-1], shifts[-1])
        return self._join((), costs)

    def _join(self, leading, arrays):
        """Return one flat array of blocks that have these leading axes; `split` undoes it."""
        return np.concatenate([array.reshape(*leading, -1) for array in arrays], axis=-1)


def _affine(H, W, b):
    A = times(H, W)
    A += b[..., None, :]
    return A
