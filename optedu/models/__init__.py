"""Models: data, scores that depend on the parameters, what they cost, and a penalty.

Read `objective` first: it holds what all models share. Then the scores, simplest first: `linear`
(one score an example), `multiclass` (one score a class), `mlp` (layers). What a score costs, with
its derivatives, is in `_costs`. Every gradient is written by hand, as the chapters derive it.
"""

from optedu.models.linear import LeastSquares, LinearModel, Logistic
from optedu.models.mlp import MLP
from optedu.models.multiclass import Hinge, LinearClassifier, Softmax
from optedu.models.objective import Classifier, Objective

__all__ = [
    "MLP",
    "Classifier",
    "Hinge",
    "LeastSquares",
    "LinearClassifier",
    "LinearModel",
    "Logistic",
    "Objective",
    "Softmax",
]
