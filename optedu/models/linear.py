"""Linear models, whose score is x'w, one an example.

With scores z = Xw, a cost φ(z) for each example, and derivatives taken example by example,

    loss = mean φ(z) + l2/2 ‖w‖²
    grad = X' φ'(z) / N + l2 w
    H v  = X' (φ''(z) Xv) / N + l2 v

A model is its data and its φ. No intercept is added: append a column of ones to X for one.
"""

from dataclasses import dataclass

import numpy as np

from optedu.models import _costs
from optedu.models.objective import Classifier, Objective


class LinearModel(Objective):
    """Score by x'w; a subclass supplies the cost of a score.

    Parameters
    ----------
    X : array_like, shape (N, n)
        One example a row.
    y : array_like, shape (N,)
        What to predict.

    Raises
    ------
    ValueError
        If shapes do not match or a number is not finite.
    """

    def initial(self):
        """Return the weights to start from, all zero.

        Returns
        -------
        ndarray, shape (n_params,)
            Zeros, of the data's type.
        """
        return np.zeros(self.n_params, self.X.dtype)

    def _shapes(self):
        return {"w": (self.X.shape[1],)}

    @property
    def _width(self):
        return 1

    def _first_layer(self, params):
        return params @ self.X.T

    def _later_layers(self, params):
        return []

    def _from_first(self, later, scores):
        return [scores]

    def _pull(self, slopes):
        """Return the sum over examples of x times its slope, X' slopes."""
        return slopes @ self.X

    def _cost_grad(self, params, outputs, slopes):
        return self._pull(slopes) / len(self.X)

    def _example_cost_grads(self, params, outputs, slopes):
        return slopes[..., None] * self.X

    def _cost_hvp(self, params):
        curve = self._cost.curvature(self._first_layer(params), self.y)
        return lambda v: self._pull(curve(self._first_layer(v))) / len(self.X)

    @property
    def _shifted_width(self):
        return self.X.shape[1]

    def _shifted_costs(self, params, shifts):
        scores = self._first_layer(params) + (self.X * shifts).T
        return self._cost.values(scores, self.y).sum(axis=-1)


@dataclass(frozen=True, eq=False)
class LeastSquares(LinearModel):
    """Fit y by Xw in the mean square: 1/(2N) ‖Xw - y‖² + l2/2 ‖w‖².

    Parameters
    ----------
    X : array_like, shape (N, n)
        One example a row.
    y : array_like, shape (N,)
        The numbers to predict.
    l2 : float
        The weight of the penalty, at least 0.

    Raises
    ------
    ValueError
        If shapes do not match, a number is not finite, or `l2` is negative.

    Examples
    --------
    >>> model = LeastSquares([[1.0, 0.0], [0.0, 2.0]], [3.0, 4.0])
    >>> float(model.loss([0.0, 0.0])), model.grad([0.0, 0.0]), model.solution()
    (6.25, array([-1.5, -4. ]), array([3., 2.]))
    """

    l2: float = 0.0

    _cost = _costs.SquaredError()

    def solution(self):
        """Return the minimizer; of several, the one of least norm.

        Gradient descent from 0 converges to this one, since it never leaves the rows' span.

        Returns
        -------
        ndarray, shape (n,)
            The weights.
        """
        N, n = self.X.shape
        # The penalty is least squares too: n more examples that ask for zero weights.
        rows = np.vstack([self.X, np.sqrt(N * self.l2) * np.eye(n)])
        return np.linalg.lstsq(rows, np.concatenate([self.y, np.zeros(n)]))[0]


@dataclass(frozen=True, eq=False)
class Logistic(Classifier, LinearModel):
    """Classify by P(y = 1) = σ(x'w), fitted by the mean negative log-likelihood.

    An example costs log(1 + exp(-s z)), where z = x'w and s = 2y - 1. Scores of any size are
    safe from overflow. Without a penalty, separable data has no minimizer: the weights grow for
    ever.

    Parameters
    ----------
    X : array_like, shape (N, n)
        One example a row.
    y : array_like, shape (N,)
        The classes, 0 or 1.
    l2 : float
        The weight of the penalty l2/2 ‖w‖², at least 0.

    Raises
    ------
    ValueError
        If shapes do not match, a number is not finite, a class is neither 0 nor 1, or `l2` is
        negative.

    Examples
    --------
    >>> model = Logistic([[1.0], [-1.0]], [1, 0])
    >>> round(float(model.loss([0.0])), 4), model.grad([0.0])
    (0.6931, array([-0.5]))
    """

    l2: float = 0.0

    n_classes = 2
    _cost = _costs.LogLoss()

    def _decide(self, scores):
        return (scores > 0).astype(np.intp)

    def _targets(self, y):
        if not np.all((y == 0) | (y == 1)):
            raise ValueError(
                "y must hold the classes 0 and 1; replace -1 by 0, or compare with one class"
            )
        return y.astype(self.X.dtype)
