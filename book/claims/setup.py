"""Chapter 0: the running examples and the two signs of a loss."""

from itertools import islice

import numpy as np

from book.claims import claim
from optedu.datasets import load_breast_cancer, load_digits, standardize
from optedu.descent import GradientDescent, classify_convergence, descend, minimize
from optedu.models import LeastSquares, Logistic

SEQUENCES = {
    "linear": 0.8 ** np.arange(60),
    "sublinear": 1 / np.arange(1, 61),
    "superlinear": 0.5**2.0 ** np.arange(6),
}


@claim(
    "The data sets of the running examples: rows and columns.",
    expected={"digits N": 1797, "digits n": 64, "cancer N": 569, "cancer n": 30},
    reason="what scikit-learn ships; a change there must show here",
)
def data_sizes():
    sizes = {}
    for name, load in (("digits", load_digits), ("cancer", load_breast_cancer)):
        sizes[f"{name} N"], sizes[f"{name} n"] = load()[0].shape
    return sizes


@claim(
    "The three textbook sequences are named right: 1 means that it is.",
    expected=dict.fromkeys(SEQUENCES, 1),
    reason="the definitions of the three kinds",
)
def kinds_of_convergence():
    return {kind: classify_convergence(errors) == kind for kind, errors in SEQUENCES.items()}


@claim(
    "Drop the minus sign of the negative log-likelihood, and twenty steps untrain the model.",
    expected={"right sign falls": 1, "wrong sign rises": 1},
    reason="the first step already moves along or against the gradient",
)
def sign_of_the_loss():
    X, y = load_breast_cancer()
    model = Logistic(standardize(X), y)
    start = np.zeros(X.shape[1])

    def after(sign):
        def value_and_grad(params):
            loss, grads = model.value_and_grad(params)
            return sign * loss, sign * grads

        run = descend(value_and_grad, start, GradientDescent(0.1))
        return sign * next(islice(run, 20, None)).loss

    first = model.loss(start)
    return {"right sign falls": after(1) < first, "wrong sign rises": after(-1) > first}


@claim(
    "Gaussian noise turns the negative log-likelihood into the mean squared error over 2σ², "
    "plus a constant: the same minimizer, another scale of the gradient.",
    expected={"distance of the minimizers": 0, "ratio of the gradients": 1 / (2 * 0.1**2)},
    rtol=1e-9,
    atol=1e-7,
    reason="algebra; the runs stop at a gradient norm of 1e-10",
)
def gaussian_likelihood():
    generator = np.random.RandomState(1)
    x = np.linspace(0, 1, 10)
    y = 0.6 * x + 0.3 + 0.1 * generator.randn(10)
    model = LeastSquares(np.stack([x, np.ones(10)], axis=1), y)  # half the mean squared error

    def mse(params):
        loss, grads = model.value_and_grad(params)
        return 2 * loss, 2 * grads

    def nll(params):
        loss, grads = mse(params)
        scale = 2 * 0.1**2
        return loss / scale + 0.5 * np.log(np.pi * scale), grads / scale

    ends = [
        minimize(f, [0.0, 0.0], GradientDescent(rate), max_steps=20_000, grad_tol=1e-10).params[-1]
        for f, rate in ((mse, 0.5), (nll, 0.5 * 2 * 0.1**2))
    ]
    probe = np.array([1.0, -1.0])
    return {
        "distance of the minimizers": np.linalg.norm(ends[0] - ends[1]),
        "ratio of the gradients": nll(probe)[1][0] / mse(probe)[1][0],
    }
