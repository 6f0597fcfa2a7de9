"""What is right, and how a student learns what is wrong.

One module a chapter, one check an exercise: ``checks.descent.gradient_descent(fn)`` runs the
checks that teach, ``hidden=True`` adds those that decide. A check rests on returned values alone,
so it may run in another process than the student's function.
"""

from importlib import import_module

from optedu.checks.exercise import CheckFailed, Exercise, Passed

__all__ = ["CheckFailed", "Exercise", "Passed", "descent", "gradients", "momentum", "sgd"]


def __getattr__(name):
    """Load a chapter when it is asked for: a notebook asks for one of them."""
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
