"""One valid call of each public name of optedu.sgd, for tests/test_bad_input.py."""

from typing import NamedTuple

import numpy as np

from optedu.descent import GradientDescent
from optedu.models import LeastSquares
from optedu.sgd import Constant, reshuffle


class Point(NamedTuple):
    """An iterate, as far as an average looks at it."""

    params: np.ndarray


MODEL = LeastSquares(np.array([[1.0], [2.0], [3.0]]), np.array([1.0, 3.0, 2.0]))
EXAMPLE_GRADS = np.array([[1.0, 0.0], [2.0, 3.0], [0.0, 1.0]])
SAMPLER = {"n_examples": 10, "batch_size": 3, "rng": np.random.default_rng(0)}

CALLS = {
    "steps_per_epoch": {"n_examples": 10, "batch_size": 3},
    "minibatches": SAMPLER | {"drop_last": False},
    "with_replacement": SAMPLER,
    "shuffle_once": SAMPLER,
    "reshuffle": SAMPLER,
    "minibatch_gradient": {
        "model": MODEL,
        "params": np.array([1.0]),
        "indices": np.array([0, 2]),
    },
    "gradient_covariance": {"example_grads": EXAMPLE_GRADS, "batch_size": 2, "replacement": True},
    "gradient_variance": {"example_grads": EXAMPLE_GRADS, "batch_size": 2, "replacement": True},
    "critical_batch_size": {"example_grads": EXAMPLE_GRADS},
    "noise_floor": {
        "learning_rate": 0.1,
        "curvature": 1.0,
        "noise_variance": 2.0,
        "batch_size": 4,
    },
    "scale_learning_rate": {
        "learning_rate": 0.1,
        "batch_size": 64,
        "base_batch_size": 16,
        "rule": "linear",
    },
    "Constant": {"learning_rate": 0.1},
    "StepDecay": {"learning_rate": 0.1, "every": 10, "factor": 0.5},
    "ExponentialDecay": {"learning_rate": 0.1, "factor": 0.5},
    "InverseTime": {"learning_rate": 0.1, "scale": 10.0},
    "InverseSqrt": {"learning_rate": 0.1, "scale": 10.0},
    "Linear": {"learning_rate": 0.1, "n_steps": 10, "final": 0.01},
    "Cosine": {"learning_rate": 0.1, "n_steps": 10, "final": 0.01},
    "CosineRestarts": {"learning_rate": 0.1, "n_steps": 10, "final": 0.01, "multiplier": 2},
    "Warmup": {"schedule": Constant(0.1), "n_steps": 10},
    "Join": {"schedules": (Constant(0.1), Constant(0.01)), "lengths": [10]},
    "uniform_average": {"iterates": iter([Point(np.ones(2))]), "burn_in": 1},
    "exponential_average": {"iterates": iter([Point(np.ones(2))]), "decay": 0.9},
    "train": {
        "model": MODEL,
        "params": np.array([1.0]),
        "rule": GradientDescent(0.1),
        "batch_size": 2,
        "n_epochs": 3,
        "rng": np.random.default_rng(0),
        "sampler": reshuffle,
        "schedule": Constant(0.1),
        "progress": False,
    },
}
SWEEP = "an array of learning rates is a sweep"
RUNS = "more points are more runs"
MORE = "one more example is one more example"
ALLOWED = {
    ("Warmup", "schedule", "wrong_return"): SWEEP,
    ("gradient_covariance", "example_grads", "shape"): MORE,
    ("gradient_variance", "example_grads", "shape"): MORE,
    ("critical_batch_size", "example_grads", "shape"): MORE,
    ("train", "params", "shape"): RUNS,
    ("minibatch_gradient", "params", "shape"): RUNS,
    ("minibatch_gradient", "indices", "shape"): "an example may be drawn twice",
}
