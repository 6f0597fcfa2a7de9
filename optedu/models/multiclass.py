"""Linear models of several classes: one column of weights a class, scores Z = XW.

With the cost φ of a row of scores and its slopes D = φ'(Z), one row an example,

    loss = mean φ(Z) + l2/2 ‖W‖²
    grad = X' D / N + l2 W

Softmax has D = P - Y: the probabilities, minus 1 at the right class. The multiclass hinge has a 1
at each violating class, and minus their number at the right one. W is flattened row by row, so
that the weights of one input lie side by side. No intercept is added: append a column of ones.
"""

from dataclasses import dataclass

from optedu._validation import require_number, require_positive
from optedu.models import _costs
from optedu.models.linear import LinearModel
from optedu.models.objective import Classifier


class LinearClassifier(Classifier, LinearModel):
    """Score each class by its column of W; a subclass supplies the cost of a row of scores.

    Parameters
    ----------
    X : array_like, shape (N, D)
        One example a row.
    y : array_like, shape (N,)
        The classes, whole numbers from 0.

    Raises
    ------
    ValueError
        If shapes do not match, a number is not finite, or a class is not a whole number.
    """

    def _shapes(self):
        return {"W": (self.X.shape[1], self.n_classes)}

    @property
    def _width(self):
        return self.n_classes

    def _first_layer(self, params):
        return _costs.times(self.X, self.split(params)["W"])

    def _pull(self, slopes):
        grads = self.X.T @ slopes
        return grads.reshape(*grads.shape[:-2], self.n_params)

    def _example_cost_grads(self, params, outputs, slopes):
        grads = self.X[:, :, None] * slopes[..., None, :]
        return grads.reshape(*grads.shape[:-2], self.n_params)

    def _shifted_costs(self, params, shifts):
        scores = self._first_layer(params)
        shifts = self.split(shifts)["W"]
        return _costs.shifted_costs(self._cost, scores, self.y, self.X, shifts).reshape(-1)


@dataclass(frozen=True, eq=False)
class Softmax(LinearClassifier):
    """Classify by softmax regression: the mean of log Σ exp(z_c) - z_y, plus l2/2 ‖W‖².

    Scores of any size are safe from overflow: the largest is subtracted first, which changes no
    probability. Without a penalty the loss is constant along equal steps in all classes.

    Parameters
    ----------
    X : array_like, shape (N, D)
        One example a row.
    y : array_like, shape (N,)
        The classes, whole numbers from 0 to n_classes - 1.
    n_classes : int or None
        How many classes there are, at least 2; None counts up to the largest in `y`.
    l2 : float
        The weight of the penalty, at least 0.

    Raises
    ------
    ValueError
        If shapes do not match, a number is not finite, a class is not one of `n_classes`, or
        `l2` is negative.

    Examples
    --------
    >>> model = Softmax([[1.0], [3.0]], [0, 1], n_classes=3)
    >>> loss, grads = model.value_and_grad(model.initial())
    >>> round(float(loss), 4), grads.round(4)  # log 3: the classes are equally likely
    (1.0986, array([ 0.1667, -0.8333,  0.6667]))
    """

    n_classes: int | None = None
    l2: float = 0.0

    _cost = _costs.CrossEntropy()


@dataclass(frozen=True, eq=False)
class Hinge(LinearClassifier):
    """Classify by the multiclass hinge: the mean of Σ max(0, z_c - z_y + margin), plus l2/2 ‖W‖².

    The sum runs over the wrong classes [WW99]_. Where a term is exactly at its kink, its slope is
    taken as 0.

    Parameters
    ----------
    X : array_like, shape (N, D)
        One example a row.
    y : array_like, shape (N,)
        The classes, whole numbers from 0 to n_classes - 1.
    n_classes : int or None
        How many classes there are, at least 2; None counts up to the largest in `y`.
    l2 : float
        The weight of the penalty, at least 0.
    margin : float
        By how much the right score must exceed each other, positive.

    Raises
    ------
    ValueError
        If shapes do not match, a number is not finite, a class is not one of `n_classes`, `l2`
        is negative, or `margin` is not positive.

    References
    ----------
    .. [WW99] J. Weston and C. Watkins, "Support vector machines for multi-class pattern
       recognition", ESANN 1999.

    Examples
    --------
    >>> model = Hinge([[1.0]], [0], n_classes=3)
    >>> loss, grads = model.value_and_grad([2.0, 0.5, 1.5])
    >>> float(loss), grads  # only the last class comes within the margin
    (0.5, array([-1.,  0.,  1.]))
    """

    n_classes: int | None = None
    l2: float = 0.0
    margin: float = 1.0

    def __post_init__(self):
        """Check the margin too."""
        super().__post_init__()
        margin = require_positive("margin", require_number("margin", self.margin))
        self._set("_cost", _costs.SumOfViolations(margin))
