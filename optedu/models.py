"""Linear models, whose loss is a mean over examples of a function of the score x'w.

With scores z = Xw and a function φ(z) for each example,

    loss    = mean φ(z) + l2/2 ‖w‖²
    grad    = X' φ'(z) / N + l2 w
    hessian = X' diag φ''(z) X / N + l2 I

A model is its data and its φ. No intercept is added: append a column of ones to X for one.
"""

from dataclasses import dataclass

import numpy as np

from optedu._validation import as_float_array, require_finite


@dataclass(frozen=True, eq=False)
class LinearModel:
    """Share the loss, the gradient and the Hessian; a subclass supplies φ, φ' and φ''.

    Parameters
    ----------
    X : array_like, shape (N, n)
        One example a row.
    y : array_like, shape (N,)
        What to predict.
    l2 : float
        The weight of the penalty l2/2 ‖w‖², at least 0.

    Raises
    ------
    ValueError
        If shapes do not match, a number is not finite, or `l2` is negative.
    """

    X: np.ndarray
    y: np.ndarray
    l2: float = 0.0

    def __post_init__(self):
        """Check the data once, so that no evaluation has to."""
        X, y = (
            require_finite(name, as_float_array(name, getattr(self, name))) for name in ("X", "y")
        )
        if X.ndim != 2 or X.size == 0:
            raise ValueError(f"X must have one example a row; got shape {X.shape}")
        if y.shape != (len(X),):
            raise ValueError(f"y must have one number a row of X, shape ({len(X)},); got {y.shape}")
        if not (np.isfinite(self.l2) and self.l2 >= 0):
            raise ValueError(f"l2 must be a finite number of at least 0; got {self.l2!r}")
        for name, array in (("X", X), ("y", y)):
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def loss(self, params):
        """Return the mean loss of the examples, plus the penalty.

        Parameters
        ----------
        params : array_like, shape (..., n)
            The weights, with independent runs along leading axes.

        Returns
        -------
        ndarray, shape (...)
            The losses.
        """
        params = np.asarray(params)
        return self._loss(params, self._scores(params))

    def grad(self, params):
        """Return the gradient of the loss.

        Parameters
        ----------
        params : array_like, shape (..., n)
            The weights.

        Returns
        -------
        ndarray, shape (..., n)
            The gradients.
        """
        params = np.asarray(params)
        return self._grad(params, self._scores(params))

    def value_and_grad(self, params):
        """Return the loss and its gradient from one pass over the data.

        Parameters
        ----------
        params : array_like, shape (..., n)
            The weights.

        Returns
        -------
        loss : ndarray, shape (...)
            The losses.
        grads : ndarray, shape (..., n)
            The gradients.
        """
        params = np.asarray(params)
        scores = self._scores(params)
        return self._loss(params, scores), self._grad(params, scores)

    def hessian(self, params):
        """Return the matrix of second derivatives of the loss.

        Parameters
        ----------
        params : array_like, shape (..., n)
            The weights.

        Returns
        -------
        ndarray, shape (..., n, n)
            The Hessians.
        """
        curvatures = self._curvatures(self._scores(np.asarray(params)))
        weighted = np.swapaxes(curvatures[..., None] * self.X, -1, -2)
        N, n = self.X.shape
        return weighted @ self.X / N + self.l2 * np.eye(n)

    def _scores(self, params):
        if params.ndim == 0 or params.shape[-1] != self.X.shape[1]:
            raise ValueError(
                f"params must have {self.X.shape[1]} weights along the last axis, "
                f"one a column of X; got shape {params.shape}"
            )
        return params @ self.X.T

    def _loss(self, params, scores):
        return np.mean(self._values(scores), axis=-1) + self.l2 / 2 * np.sum(params**2, axis=-1)

    def _grad(self, params, scores):
        return self._slopes(scores) @ self.X / len(self.X) + self.l2 * params


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

    def _values(self, scores):
        return 0.5 * (scores - self.y) ** 2

    def _slopes(self, scores):
        return scores - self.y

    def _curvatures(self, scores):
        return np.ones_like(scores)

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
class Logistic(LinearModel):
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

    def __post_init__(self):
        """Check the classes too."""
        super().__post_init__()
        if not np.all((self.y == 0) | (self.y == 1)):
            raise ValueError(
                "y must hold the classes 0 and 1; replace -1 by 0, or compare with one class"
            )

    def _values(self, scores):
        return np.logaddexp(0, (1 - 2 * self.y) * scores)

    def _slopes(self, scores):
        return (1 - 2 * self.y) * _sigmoid((1 - 2 * self.y) * scores)

    def _curvatures(self, scores):
        return _sigmoid(scores) * _sigmoid(-scores)


def _sigmoid(z):
    return np.exp(-np.logaddexp(0, -z))
