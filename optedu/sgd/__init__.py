"""Stochastic gradient descent: the gradient of a few examples in place of all of them.

A minibatch drawn at random gives the full gradient on average, plus noise whose variance falls
with the batch size. Everything here follows from that sentence: how to draw (`sampling`), what
the noise is worth (`noise`), how to anneal it away (`schedules`) or average it out
(`averaging`), and the loop over epochs that puts them together (`training`).
"""

from optedu.sgd.averaging import exponential_average, uniform_average
from optedu.sgd.noise import (
    critical_batch_size,
    gradient_covariance,
    gradient_variance,
    minibatch_gradient,
    noise_floor,
    scale_learning_rate,
)
from optedu.sgd.sampling import (
    minibatches,
    reshuffle,
    shuffle_once,
    steps_per_epoch,
    with_replacement,
)
from optedu.sgd.schedules import (
    Constant,
    Cosine,
    CosineRestarts,
    ExponentialDecay,
    InverseSqrt,
    InverseTime,
    Join,
    Linear,
    Schedule,
    StepDecay,
    Warmup,
)
from optedu.sgd.training import TrainingStep, train

__all__ = [
    "Constant",
    "Cosine",
    "CosineRestarts",
    "ExponentialDecay",
    "InverseSqrt",
    "InverseTime",
    "Join",
    "Linear",
    "Schedule",
    "StepDecay",
    "TrainingStep",
    "Warmup",
    "critical_batch_size",
    "exponential_average",
    "gradient_covariance",
    "gradient_variance",
    "minibatch_gradient",
    "minibatches",
    "noise_floor",
    "reshuffle",
    "scale_learning_rate",
    "shuffle_once",
    "steps_per_epoch",
    "train",
    "uniform_average",
    "with_replacement",
]
