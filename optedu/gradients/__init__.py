"""Gradients: what they say, how to measure them, and how to find out that one is wrong.

A gradient is checked by the definition it must satisfy: along any direction d the loss changes at
the rate grads . d. So one random direction tests all coordinates at once, for the price of a few
losses, and only a gradient that fails is searched for the place of the mistake.
"""

from optedu.gradients.check import Coordinate, GradientReport, Kink, gradient_check, hessian_check
from optedu.gradients.differences import (
    best_step,
    difference_error,
    directional_derivative,
    numerical_gradient,
    relative_error,
)
from optedu.gradients.geometry import angle, worst_angle
from optedu.gradients.precise import complex_step_gradient, ridders_gradient
from optedu.gradients.search import SearchResult, random_local_search, random_search

__all__ = [
    "Coordinate",
    "GradientReport",
    "Kink",
    "SearchResult",
    "angle",
    "best_step",
    "complex_step_gradient",
    "difference_error",
    "directional_derivative",
    "gradient_check",
    "hessian_check",
    "numerical_gradient",
    "random_local_search",
    "random_search",
    "relative_error",
    "ridders_gradient",
    "worst_angle",
]
