"""Chapter 3, minibatch SGD: is it right, and if not, what is the likely mistake?

A module an exercise, each in the same order as in chapter 2. Chance is kept out: a fixture's
randomness is seeded, and where an expected value is asked for, all outcomes are enumerated.
"""

from optedu.checks.sgd._averages import exponential_average, uniform_average
from optedu.checks.sgd._batches import minibatches
from optedu.checks.sgd._data import data_batches
from optedu.checks.sgd._loop import sgd
from optedu.checks.sgd._noise import gradient_variance, minibatch_gradient
from optedu.checks.sgd._schedules import cosine, inverse_power, step_decay, warmup

__all__ = [
    "cosine",
    "data_batches",
    "exponential_average",
    "gradient_variance",
    "inverse_power",
    "minibatch_gradient",
    "minibatches",
    "sgd",
    "step_decay",
    "uniform_average",
    "warmup",
]
