"""Numerical gradients beside those of SciPy and of automatic differentiation."""

import numpy as np
import pytest

from optedu.gradients import (
    complex_step_gradient,
    gradient_check,
    numerical_gradient,
    relative_error,
    ridders_gradient,
)
from tests.peers import peer

scipy_differentiate = peer("scipy.differentiate")
scipy_optimize = peer("scipy.optimize")
torch = peer("torch")

X = np.random.default_rng(0).normal(size=(30, 4))
Y = np.arange(30) % 3
WEIGHTS = np.random.default_rng(1).normal(size=(4, 3))


def cross_entropy(W):
    Z = np.tanh(X @ W)
    return np.mean(np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(30), Y])


def torch_gradient(W):
    W = torch.tensor(W, requires_grad=True)
    scores = torch.tanh(torch.tensor(X) @ W)
    torch.nn.functional.cross_entropy(scores, torch.tensor(Y)).backward()
    return W.grad.numpy()


def test_automatic_differentiation_agrees_to_the_last_digits():
    expected = torch_gradient(WEIGHTS)
    assert relative_error(complex_step_gradient(cross_entropy, WEIGHTS), expected) < 1e-14
    assert relative_error(ridders_gradient(cross_entropy, WEIGHTS)[0], expected) < 1e-11
    assert relative_error(numerical_gradient(cross_entropy, WEIGHTS), expected) < 1e-9
    assert gradient_check(cross_entropy, torch_gradient, WEIGHTS).passed


@pytest.mark.parametrize("h", [1e-3, 1e-8])
def test_forward_differences_are_those_of_scipy(h):
    ours = numerical_gradient(cross_entropy, WEIGHTS, h, "forward").ravel()
    theirs = scipy_optimize.approx_fprime(
        WEIGHTS.ravel(), lambda w: cross_entropy(w.reshape(4, 3)), h
    )
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=4e-16 / h)  # two roundings of the loss


def test_extrapolation_is_as_good_as_that_of_scipy():
    x = np.linspace(0.5, 3, 7)
    slopes, _ = ridders_gradient(lambda x: np.sum(np.exp(np.sin(x))), x)
    theirs = scipy_differentiate.derivative(lambda x: np.exp(np.sin(x)), x)
    expected = np.exp(np.sin(x)) * np.cos(x)
    # The sum of seven terms is rounded more coarsely than one term, so allow ten times as much.
    assert np.max(np.abs(slopes - expected)) < 10 * np.max(np.abs(theirs.df - expected)) + 1e-12
