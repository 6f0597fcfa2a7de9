"""The claims of exercise G2: functions, gradients right and wrong, and points.

Each entry of a gradient is of the order of the function, or exactly zero, so that rounding stays
below 1e-9 of it.
"""

import numpy as np

MATRIX = np.array([[3.0, 1.0, -0.5], [1.0, 2.0, 0.4], [-0.5, 0.4, 1.5]])
TARGET = np.array([1.0, -2.0, 0.5])
POINT = np.array([0.7, -1.2, 1.6])
TWELVE = np.array([0.9, -1.1, 0.6, 1.3, -0.7, 0.8, -1.4, 1.0, 0.5, -0.9, 1.2, -0.6])
INTEGERS, SINGLE = np.array([2, -3, 1]), np.array([0.3, -0.8, 1.1], dtype=np.float32)
DATA = np.array([[1.0, 0.5, -1.2], [0.3, -1.5, 0.8], [-1.1, 0.9, 1.4], [1.6, 1.1, 0.2]])
LABELS = np.array([1.0, -1.0, 1.0, -1.0])
WEIGHTS = np.array([1.4, -1.1, 0.8])
# Margins between -0.9 and 2.1, none closer to 1 or 0 than 0.4.
OFF_KINKS = np.array([-0.1, 0.8, 0.9])
SQUARE = np.array([[0.2, -0.3, 0.4], [0.5, 0.1, -0.2], [-0.3, 0.4, 0.1]])


def quadratic(x):
    return 0.5 * x @ MATRIX @ x - TARGET @ x


def quadratic_grad(x):
    return MATRIX @ x - TARGET


def sines(x):
    return np.sum(np.sin(x))


def exponential(x):
    return np.exp(np.sum(np.sin(x)) / 2)


def exponential_grad(x):
    return exponential(x) * np.cos(x) / 2


def product(x):
    return np.prod(x)


def product_grad(x):
    return np.array([x[1] * x[2], x[0] * x[2], x[0] * x[1]])


def rosenbrock(x):
    return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2


def rosenbrock_grad(x):
    slope = 200 * (x[1] - x[0] ** 2)
    return np.array([-2 * (1 - x[0]) - 2 * x[0] * slope, slope])


def least_squares(w, l2=0.1):
    return np.sum((DATA @ w - LABELS) ** 2) / (2 * len(DATA)) + l2 / 2 * w @ w


def least_squares_grad(w, l2=0.1):
    return DATA.T @ (DATA @ w - LABELS) / len(DATA) + l2 * w


def logistic(w):
    return np.mean(np.logaddexp(0, -LABELS * (DATA @ w)))


def logistic_grad(w):
    return -DATA.T @ (LABELS / (1 + np.exp(LABELS * (DATA @ w)))) / len(DATA)


def softmax(w):
    scores = DATA @ w.reshape(3, 2)
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - scores[:, 0])


def softmax_grad(w, right=1.0):
    exponentials = np.exp(DATA @ w.reshape(3, 2))
    shares = exponentials / np.sum(exponentials, axis=1, keepdims=True)
    shares[:, 0] -= right
    return (DATA.T @ shares / len(DATA)).ravel()


def hinge(w):
    return np.mean(np.maximum(0, 1 - LABELS * (DATA @ w)))


def hinge_grad(w, beyond=0.0):
    active = 1 - LABELS * (DATA @ w) > beyond
    return -DATA.T @ (LABELS * active) / len(DATA)


def layered(w):
    return np.sum(np.tanh(w.reshape(3, 3) @ POINT) * TARGET)


def layered_grad(w):
    slopes = (1 - np.tanh(w.reshape(3, 3) @ POINT) ** 2) * TARGET
    return np.outer(slopes, POINT).ravel()


def biased(w):
    """Return the loss of a line with ten weights and two biases."""
    return np.sum(np.sin(w[:10])) + (w[10] + 0.5) ** 2 + (w[11] - 1.5) ** 2


def biased_grad(w):
    return np.concatenate([np.cos(w[:10]), [2 * w[10] + 1, 2 * w[11] - 3]])


def partly(x):
    return x[0] ** 2 + np.sin(x[2])


def partly_grad(x):
    return np.array([2 * x[0], 0.0, np.cos(x[2])])


def times(factor, function):
    """Return a function multiplied by a number."""
    return lambda x: factor * function(x)


def stretched(function, length, power=0):
    """Return x -> f(x / length) / length**power, which varies over lengths like `length`."""
    return lambda x: function(x / length) / length**power


def with_entry(grad, index, value):
    """Return a gradient with one entry set: to a number, or to a function of what it was."""

    def spoiled(x):
        claimed = np.array(grad(x), dtype=float)
        claimed[index] = value(claimed[index]) if callable(value) else value
        return claimed

    return spoiled


UNEVEN = np.array([1.0, 1e8, 1.0])
ONE_LARGE = np.array([10.0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
RIGHT = [
    (sines, np.cos, np.array([0.4]), "For a right gradient of one number"),
    (exponential, exponential_grad, POINT / 2, "For a right gradient of an exponential"),
    (rosenbrock, rosenbrock_grad, np.array([-1.2, 1.0]), "For a right gradient in a curved valley"),
    (product, product_grad, POINT, "For a right gradient of a product"),
    (least_squares, least_squares_grad, WEIGHTS, "For a right gradient of least squares"),
    (logistic, logistic_grad, WEIGHTS, "For a right gradient of a logistic loss"),
    (softmax, softmax_grad, TWELVE[:6], "For a right gradient of a softmax loss"),
    (hinge, hinge_grad, OFF_KINKS, "For a right gradient of hinges, off the kinks"),
    (layered, layered_grad, SQUARE.ravel(), "For a right gradient of a layer"),
    (biased, biased_grad, TWELVE, "For a right gradient of twelve numbers"),
    (times(1e-8, exponential), times(1e-8, exponential_grad), POINT / 2,
     "For a right gradient that is tiny"),
    (times(1e8, exponential), times(1e8, exponential_grad), POINT / 2,
     "For a right gradient that is huge"),
    (stretched(exponential, 1e8), stretched(exponential_grad, 1e8, 1), 1e8 * POINT,
     "For a right gradient where x is about 1e8"),
    (lambda x: sines(x / UNEVEN), lambda x: np.cos(x / UNEVEN) / UNEVEN, POINT * UNEVEN,
     "For a right gradient where one entry of x is 1e8 and the others are 1"),
    (lambda x: np.sum(np.exp(x)), np.exp, np.array([1e-8, -2e-8, 0.0]),
     "For a right gradient where x is nearly zero"),
    (lambda x: 2.5, np.zeros_like, POINT, "For the zero gradient of a constant"),
    (lambda x: np.sum(np.cos(x)) - x @ x, np.zeros_like, np.zeros(3),
     "For the zero gradient at the top of a hill"),
    (partly, partly_grad, POINT, "For a right gradient with one entry that is zero"),
    (quadratic, quadratic_grad, INTEGERS, "For a right gradient at integers"),
]  # fmt: skip

WRONG = [
    (sines, lambda x: -np.cos(x), TWELVE[:4], "For a gradient of the wrong sign", None, 2.0),
    (exponential, times(0.5, exponential_grad), POINT / 2, "For half the gradient", None, 0.5),
    (least_squares, lambda w: least_squares_grad(w, 0.0), WEIGHTS,
     "For a gradient without the derivative of the penalty", None, None),
    (least_squares, lambda w: least_squares_grad(w, 0.2), WEIGHTS,
     "For a gradient with the penalty counted twice", None, None),
    (logistic, times(4, logistic_grad), WEIGHTS, "For a gradient that is not divided by N",
     None, 0.75),
    (layered, lambda w: layered_grad(w).reshape(3, 3).T.ravel(), SQUARE.ravel(),
     "For a gradient with rows and columns exchanged", None, None),
    (exponential, times(1.01, exponential_grad), POINT / 2, "For a gradient 1 % too large",
     None, 0.01 / 1.01),
    (exponential, times(1.0001, exponential_grad), POINT / 2, "For a gradient 1e-4 too large",
     None, 1e-4),
    (exponential, times(1 + 5e-6, exponential_grad), POINT / 2, "For a gradient 5e-6 too large",
     None, 5e-6),
    (sines, with_entry(np.cos, 2, lambda entry: entry * (1 + 1e-4)), TWELVE[:4],
     "For a gradient with one entry that is 1e-4 too large", 2, None),
    (sines, lambda x: np.cos(x) * [1.001, 1, -1, 1], TWELVE[:4],
     "For a gradient with a small error first and a large one later", 2, None),
    (product, with_entry(product_grad, 1, 0.0), POINT,
     "For a gradient with one entry left at zero", 1, None),
    (biased, with_entry(biased_grad, 11, lambda entry: entry - 0.1), TWELVE,
     "For twelve numbers, of which the last entry is wrong", 11, None),
    (biased, with_entry(biased_grad, 10, 0.0), TWELVE,
     "For twelve numbers, of which a bias is wrong", 10, None),
    (lambda x: ONE_LARGE @ np.sin(x / 9), with_entry(lambda x: ONE_LARGE * np.cos(x / 9) / 9, 0,
                                                    lambda entry: -entry), TWELVE,
     "For twelve numbers, of which the first and largest has the wrong sign", 0, 2.0),
    (logistic, lambda w: -DATA[:2].T @ (LABELS[:2] / (1 + np.exp(LABELS[:2] * (DATA[:2] @ w)))) / 4,
     WEIGHTS, "For a gradient that leaves one of two batches out", None, None),
    (softmax, lambda w: softmax_grad(w, 0.0), TWELVE[:6],
     "For a softmax gradient without its labels", None, None),
    (hinge, lambda w: hinge_grad(w, 1.0), OFF_KINKS,
     "For a hinge gradient with the wrong margin", None, None),
    (exponential, lambda x: np.exp(np.sum(np.sin(x)) / 2) * np.ones(3) / 2, POINT / 2,
     "For a gradient without the chain rule's inner factor", None, None),
    (rosenbrock, lambda x: rosenbrock_grad(x)[::-1], np.array([-1.2, 1.0]),
     "For a gradient with two entries exchanged", None, None),
    (product, lambda x: np.abs(product_grad(x)), POINT, "For a gradient that has lost its signs",
     None, 2.0),
    (sines, lambda x: np.cos(x) + 1e-3, POINT, "For a gradient with something added to every entry",
     None, None),
    (sines, lambda x: np.linalg.norm(np.cos(x)) * np.array([0.6, 0.0, 0.8]), POINT,
     "For a gradient that is right in length but not in direction", None, None),
    (times(1e-8, exponential), times(-1e-8, exponential_grad), POINT / 2,
     "For a tiny gradient of the wrong sign", None, 2.0),
    (times(1e-8, exponential), times(1.001e-8, exponential_grad), POINT / 2,
     "For a tiny gradient 0.1 % too large", None, 1e-3),
    (times(1e8, exponential), times(1.0001e8, exponential_grad), POINT / 2,
     "For a huge gradient 1e-4 too large", None, 1e-4),
    (stretched(exponential, 1e8), stretched(times(2, exponential_grad), 1e8, 1), 1e8 * POINT,
     "For a gradient twice too large where x is about 1e8", None, 0.5),
    (sines, np.zeros_like, POINT, "For a zero gradient where the function changes", None, 1.0),
    (lambda x: 2.5, np.ones_like, POINT, "For a gradient of ones where the function is constant",
     None, 1.0),
    (lambda x: 2.5, lambda x: np.full(3, 1e-8), POINT,
     "For a tiny gradient where the function is constant", None, 1.0),
    (times(1e-8, exponential), np.zeros_like, POINT / 2,
     "For a zero gradient where a function of 1e-8 changes", None, 1.0),
    (partly, with_entry(partly_grad, 1, 0.5), POINT,
     "For a gradient with an entry that should be zero", 1, None),
    (sines, with_entry(np.cos, 1, np.nan), POINT, "For a gradient with a NaN in the middle",
     1, None),
    (sines, lambda x: np.full(3, np.nan), POINT, "For a gradient of NaN", 0, None),
    (sines, with_entry(np.cos, 2, np.inf), POINT, "For a gradient with an infinity", None, None),
    (lambda x: np.nan, np.cos, POINT, "Where the function is NaN", None, None),
    (quadratic, times(2, quadratic_grad), INTEGERS,
     "For a gradient twice too large at integers", None, 0.5),
]  # fmt: skip
