"""Losses and gradients against PyTorch's, found by its automatic differentiation."""

import numpy as np
import pytest

from optedu.models import MLP, Hinge, Logistic, Softmax
from tests.peers import peer

torch = peer("torch")

RNG = np.random.default_rng(0)
X = RNG.standard_normal((30, 4))
LABELS = np.arange(30) % 3
functional = torch.nn.functional


def value_and_grad(loss, params):
    """Return a loss and its gradient as PyTorch finds them."""
    w = torch.tensor(params, requires_grad=True)
    value = loss(w)
    value.backward()
    return value.item(), w.grad.numpy()


def assert_agrees(model, loss):
    data = torch.tensor(X)
    for w in RNG.standard_normal((5, model.n_params)):
        ours, grads = model.value_and_grad(w)
        theirs, their_grads = value_and_grad(lambda p: loss(p, data) + 0.15 * (p @ p), w)
        # The same sums of 30 terms, in other orders.
        assert ours == pytest.approx(theirs, rel=1e-13)
        np.testing.assert_allclose(grads, their_grads, atol=1e-14)


def test_logistic_is_binary_cross_entropy():
    y = torch.tensor(LABELS == 0, dtype=torch.float64)
    assert_agrees(
        Logistic(X, LABELS == 0, l2=0.3),
        lambda w, data: functional.binary_cross_entropy_with_logits(data @ w, y),
    )


def test_softmax_is_cross_entropy():
    y = torch.tensor(LABELS)
    assert_agrees(
        Softmax(X, LABELS, l2=0.3),
        lambda w, data: functional.cross_entropy(data @ w.reshape(4, 3), y),
    )


def test_hinge_is_the_multi_margin_loss_times_the_number_of_classes():
    # PyTorch divides the sum over the classes by their number; the course does not.
    y = torch.tensor(LABELS)
    assert_agrees(
        Hinge(X, LABELS, l2=0.3, margin=0.5),
        lambda w, data: 3 * functional.multi_margin_loss(data @ w.reshape(4, 3), y, margin=0.5),
    )


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("hidden", [(5,), (5, 2)])
def test_network_gradients(activation, hidden):
    model, y = MLP(X, LABELS, hidden, activation, l2=0.3), torch.tensor(LABELS)

    def loss(w, H):
        blocks = [w[where].reshape(shape) for where, shape in model.blocks.values()]
        for W, b in zip(blocks[:-2:2], blocks[1:-2:2], strict=True):
            H = getattr(torch, activation)(H @ W + b)
        return functional.cross_entropy(H @ blocks[-2] + blocks[-1], y)

    assert_agrees(model, loss)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_network_hessian_products(activation):
    model, y = MLP(X, LABELS, (5,), activation), torch.tensor(LABELS)
    w, v = RNG.standard_normal((2, model.n_params))

    def loss(w):
        W1, b1, W2, b2 = (w[where].reshape(shape) for where, shape in model.blocks.values())
        H = getattr(torch, activation)(torch.tensor(X) @ W1 + b1)
        return functional.cross_entropy(H @ W2 + b2, y)

    product = torch.autograd.functional.hvp(loss, torch.tensor(w), torch.tensor(v))[1]
    np.testing.assert_allclose(model.hvp(w)(v), product.numpy(), atol=1e-13)  # other orders of sums
