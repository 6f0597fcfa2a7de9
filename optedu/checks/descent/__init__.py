"""Chapter 2, gradient descent: is it right, and if not, what is the likely mistake?

A module an exercise, each in the same order: the exercise, its fixtures, how a result is judged,
the visible checks, the hidden checks, the probes. Fixtures are quadratics, where every iterate
has a closed form, and sequences whose rate is known by construction.
"""

from optedu.checks.descent._curvature import best_learning_rate, curvature_bounds, rate
from optedu.checks.descent._loop import gradient_descent
from optedu.checks.descent._rates import classify_convergence, measure_rate
from optedu.checks.descent._search import backtracking

__all__ = [
    "backtracking",
    "best_learning_rate",
    "classify_convergence",
    "curvature_bounds",
    "gradient_descent",
    "measure_rate",
    "rate",
]
