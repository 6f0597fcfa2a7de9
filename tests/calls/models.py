"""One valid call of each public name of optedu.models, for tests/test_bad_input.py."""

import numpy as np

X = np.array([[1.0, 2.0], [0.0, 1.0], [3.0, -1.0]])
TARGETS = np.array([1.0, 2.0, 3.0])
LABELS = np.array([0, 2, 1])

CALLS = {
    "Objective": {"X": X, "y": TARGETS},
    "Classifier": {"X": X, "y": LABELS},
    "LinearModel": {"X": X, "y": TARGETS},
    "LinearClassifier": {"X": X, "y": LABELS},
    "LeastSquares": {"X": X, "y": TARGETS, "l2": 0.1},
    "Logistic": {"X": X, "y": np.array([0.0, 1.0, 1.0]), "l2": 0.1},
    "Softmax": {"X": X, "y": LABELS, "n_classes": 3, "l2": 0.1},
    "Hinge": {"X": X, "y": LABELS, "n_classes": 3, "l2": 0.1, "margin": 1.0},
    "MLP": {
        "X": X,
        "y": LABELS,
        "hidden": (4,),
        "activation": "tanh",
        "n_classes": 3,
        "l2": 0.1,
    },
}
