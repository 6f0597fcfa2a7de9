"""One valid call of each public name of optedu.fused, for tests/test_bad_input.py."""

import numpy as np

from optedu.momentum import Momentum

CALLS = {
    "fuse": {"rule": Momentum(), "dtype": "float64", "engine": "numpy", "threads": 1},
    "source": {"rule": Momentum(), "dtype": "float32"},
    "trajectories": {
        "rule": Momentum(),
        "grad": lambda params: 2 * params,
        "starts": np.array([[1.0, 2.0], [3.0, 4.0]]),
        "n_steps": 3,
        "schedule": lambda step: 0.1 / step,
        "engine": "numpy",
        "threads": 1,
    },
}

ALLOWED = {
    ("trajectories", "starts", "shape"): "any number of starts, along any leading axes",
}
