"""Explorers for a live kernel: move a slider, and see your own function at work.

One experiment is run twice, with your function and with the course's, and both results are drawn:
yours in a color of its own, the other dashed and gray. Explorers are called like the checks, by
chapter and exercise: ``interactive.momentum.heavy_ball(heavy_ball)``. They need ipywidgets alone,
and do nothing where it is missing or where work is graded.
"""

from optedu.interactive import descent, gradients, momentum, sgd

__all__ = ["descent", "gradients", "momentum", "sgd"]
