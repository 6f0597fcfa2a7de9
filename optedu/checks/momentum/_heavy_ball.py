"""Exercise M1: a step of the heavy ball."""

import numpy as np

from optedu.checks.exercise import Exercise
from optedu.checks.momentum._steps import add_properties, require_run
from optedu.checks.momentum._walk import Method, bowl
from optedu.momentum import Momentum, optimal_heavy_ball

heavy_ball = Exercise(
    "momentum",
    "heavy_ball",
    "x g state learning_rate momentum",
    "Return the new point, and the state that the next call needs.",
)
HEAVY_BALL = Method("the heavy ball", Momentum, False, optimal_heavy_ball, 3.8)


@heavy_ball.visible
def makes_two_steps_by_hand(student):
    """EXA: the second step remembers three quarters of the first."""
    case = "On f(x) = x² from x = [4.0] with learning_rate = 0.2, momentum = 0.75"
    require_run(student, HEAVY_BALL, bowl(2.0), np.array([4.0]), 0.2, 0.75, 2, case)


@heavy_ball.visible
def is_gradient_descent_without_momentum(student):
    """DEG: with momentum = 0 nothing is remembered."""
    case = "With momentum = 0, on f(x) = (x₁² + 4 x₂²)/2 from x = [3.0, -1.0], learning_rate = 0.1"
    args = bowl(np.array([1.0, 4.0])), np.array([3.0, -1.0]), 0.1, 0.0, 4, case
    require_run(student, HEAVY_BALL, *args)


@heavy_ball.visible
def builds_up_speed(student):
    """EXA: three steps in two coordinates."""
    case = "On f(x) = (x₁² + 4 x₂²)/2 from x = [3.0, -1.0], learning_rate = 0.1, momentum = 0.8"
    args = bowl(np.array([1.0, 4.0])), np.array([3.0, -1.0]), 0.1, 0.8, 3, case
    require_run(student, HEAVY_BALL, *args)


add_properties(heavy_ball, HEAVY_BALL)
