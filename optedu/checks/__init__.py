"""What is right, and how a student learns what is wrong.

One module a chapter, one check an exercise: ``checks.descent.gradient_descent(fn)`` runs the
checks that teach, ``hidden=True`` adds those that decide. A check rests on returned values alone,
so it may run in another process than the student's function.
"""

from optedu.checks import descent, gradients, momentum, sgd
from optedu.checks.exercise import CheckFailed, Exercise, Passed

__all__ = ["CheckFailed", "Exercise", "Passed", "descent", "gradients", "momentum", "sgd"]
