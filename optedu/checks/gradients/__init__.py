"""Chapter 1, gradients: is it right, and if not, what is the likely mistake?

A module an exercise, each in the same order: the exercise, its fixtures, how a result is judged,
the visible checks, the hidden checks, the probes. What is long or shared has a room beside them:
the claims for a checker, the outcomes of a search, the losses of models, the types of points. A
measured gradient is compared with the same difference quotients, a derived one with its function,
and a checker with claims known to be right or wrong.
"""

from optedu.checks.gradients._check import gradient_check
from optedu.checks.gradients._hinge import hinge_value_and_grad
from optedu.checks.gradients._mlp import mlp_value_and_grad
from optedu.checks.gradients._numerical import numerical_gradient
from optedu.checks.gradients._search import random_local_search, random_search
from optedu.checks.gradients._softmax import softmax_value_and_grad

__all__ = [
    "gradient_check",
    "hinge_value_and_grad",
    "mlp_value_and_grad",
    "numerical_gradient",
    "random_local_search",
    "random_search",
    "softmax_value_and_grad",
]
