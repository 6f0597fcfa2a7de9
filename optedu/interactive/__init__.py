"""Explorers for a live kernel: move a slider, and see your own function at work.

One experiment is run twice, with your function and with the course's, and both results are drawn:
yours in a color of its own, the other dashed and gray. Explorers are called like the checks, by
chapter and exercise: ``interactive.momentum.heavy_ball(heavy_ball)``. They need ipywidgets alone,
and do nothing where it is missing or where work is graded.
"""

from importlib import import_module

__all__ = ["descent", "gradients", "momentum", "sgd"]


def __getattr__(name):
    """Load a chapter when it is asked for: a notebook asks for one of them."""
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
