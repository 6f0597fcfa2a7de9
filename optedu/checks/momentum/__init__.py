"""Chapter 4, momentum: is it right, and if not, what is the likely mistake?

A module an exercise. A step is judged by the points it leads to: whatever a solution keeps in its
state, and however it writes the velocity, its runs must be the right ones.
"""

from optedu.checks.momentum._conventions import (
    convert,
    convert_velocity,
    effective_learning_rate,
)
from optedu.checks.momentum._heavy_ball import heavy_ball
from optedu.checks.momentum._nesterov import nesterov, nesterov_look_ahead, points_ahead
from optedu.checks.momentum._parameters import (
    critical_momentum,
    optimal_heavy_ball,
    spectral_radius,
)

__all__ = [
    "convert",
    "convert_velocity",
    "critical_momentum",
    "effective_learning_rate",
    "heavy_ball",
    "nesterov",
    "nesterov_look_ahead",
    "optimal_heavy_ball",
    "points_ahead",
    "spectral_radius",
]
