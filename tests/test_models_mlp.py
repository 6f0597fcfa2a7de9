"""Multilayer perceptrons: invariances of hidden units, dead units, the random start."""

import numpy as np
import pytest

from optedu.models import MLP, Softmax

RNG = np.random.default_rng(0)
X = RNG.standard_normal((30, 4))
LABELS = np.arange(30) % 3

every_activation = pytest.mark.parametrize("activation", ["tanh", "relu"])


def flat(blocks):
    """Return one array of all blocks, in order."""
    return np.concatenate([block.ravel() for block in blocks.values()])


@every_activation
def test_scores_are_what_the_layers_say(activation):
    model = MLP(X, LABELS, (5, 2), activation)
    w = RNG.standard_normal(model.n_params)
    bend = {"tanh": np.tanh, "relu": lambda A: np.maximum(A, 0)}[activation]
    p = model.split(w)
    H = bend(bend(X @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"])
    # The same products in another order.
    np.testing.assert_allclose(model.scores(w), H @ p["W3"] + p["b3"], atol=1e-14)


def test_without_hidden_layers_it_is_softmax_with_an_intercept():
    network = MLP(X, LABELS, hidden=(), l2=0.3)
    linear = Softmax(np.column_stack([X, np.ones(30)]), LABELS, l2=0.3)
    w = RNG.standard_normal(15)
    assert network.loss(w) == pytest.approx(linear.loss(w), rel=1e-14)
    np.testing.assert_allclose(network.grad(w), linear.grad(w), atol=1e-15)


@every_activation
def test_permuting_hidden_units_permutes_their_gradients(activation):
    model, order = MLP(X, LABELS, (5,), activation), np.array([3, 1, 4, 0, 2])
    p = model.split(RNG.standard_normal(model.n_params))

    def permuted(blocks):
        W1, b1, W2, b2 = blocks.values()
        return flat({"W1": W1[:, order], "b1": b1[order], "W2": W2[order], "b2": b2})

    assert model.loss(permuted(p)) == pytest.approx(model.loss(flat(p)), rel=1e-14)
    grads = permuted(model.split(model.grad(flat(p))))
    np.testing.assert_allclose(model.grad(permuted(p)), grads, atol=1e-15)


def test_turning_a_tanh_unit_around_changes_no_score():
    model = MLP(X, LABELS, (5,))
    p = model.split(RNG.standard_normal(model.n_params))
    before = model.scores(flat(p))
    p["W1"][:, 2] *= -1
    p["b1"][2] *= -1
    p["W2"][2] *= -1
    np.testing.assert_allclose(model.scores(flat(p)), before, atol=1e-15)


def test_scaling_a_relu_unit_in_and_out_changes_no_score():
    model = MLP(X, LABELS, (5,), "relu")
    p = model.split(RNG.standard_normal(model.n_params))
    before = model.scores(flat(p))
    p["W1"][:, 2] *= 8  # a power of 2 does not round
    p["b1"][2] *= 8
    p["W2"][2] /= 8
    np.testing.assert_array_equal(model.scores(flat(p)), before)


def test_a_dead_unit_learns_nothing():
    model = MLP(X, LABELS, (5,), "relu")
    p = model.split(RNG.standard_normal(model.n_params))
    p["b1"][2] = -100.0
    grads = model.split(model.grad(flat(p)))
    for block in (grads["W1"][:, 2], grads["b1"][2], grads["W2"][2]):
        assert np.all(block == 0)
    others = [0, 1, 3, 4]
    assert np.all(grads["b1"][others] != 0)


def test_at_the_kink_of_relu_the_slope_is_zero():
    model = MLP(X, LABELS, (5,), "relu")
    grads = model.split(model.grad(np.zeros(model.n_params)))
    assert np.all(grads["W1"] == 0)
    assert np.all(grads["b1"] == 0)


@every_activation
def test_bias_gradients_are_means_of_the_slopes(activation):
    model = MLP(X, LABELS, (5,), activation)
    w = RNG.standard_normal(model.n_params)
    Z = model.scores(w)
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    slopes = (P - np.eye(3)[LABELS]).mean(axis=0)
    np.testing.assert_allclose(model.split(model.grad(w))["b2"], slopes, atol=1e-15)


@every_activation
def test_huge_weights_are_safe(activation):
    model = MLP(X, LABELS, (5,), activation)
    w = 1e4 * RNG.standard_normal(model.n_params)
    loss, grads = model.value_and_grad(w)
    assert np.isfinite(loss)
    assert np.all(np.isfinite(grads))
    assert np.all(np.isfinite(model.hvp(w)(w)))


def test_the_penalty_counts_the_biases():
    model, plain = MLP(X, LABELS, (5,), l2=0.5), MLP(X, LABELS, (5,))
    w = np.zeros(model.n_params)
    model.split(w)["b1"][:] = 2.0
    assert model.loss(w) - plain.loss(w) == pytest.approx(0.25 * 5 * 4, rel=1e-14)


@pytest.mark.parametrize(("activation", "gain"), [("tanh", 1.0), ("relu", 2.0)])
def test_the_start_keeps_signals_at_their_size(activation, gain):
    model = MLP(RNG.standard_normal((2, 400)), [0, 1], (300, 200), activation)
    start = model.split(model.initial(np.random.default_rng(1)))
    for name in ("W1", "W2"):
        W = start[name]
        # The variance of n normal numbers is known to sqrt(2 / n), 0.6 % here; five times that.
        assert W.var() == pytest.approx(gain / len(W), rel=0.03)
    assert all(np.all(start[name] == 0) for name in ("b1", "b2", "b3"))


def test_the_start_depends_on_the_generator_alone():
    model = MLP(X, LABELS)
    starts = [model.initial(np.random.default_rng(seed)) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(starts[0], starts[1])
    assert np.any(starts[0] != starts[2])
    with pytest.raises(ValueError, match="rng must"):
        model.initial(1)


def test_training_by_hand_separates_what_a_line_cannot():
    corners = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
    model = MLP(corners, [0, 1, 1, 0], (8,))
    params = model.initial(np.random.default_rng(0))
    for _ in range(300):
        params = params - 0.5 * model.grad(params)
    assert model.accuracy(params) == 1.0
    assert Softmax(corners, [0, 1, 1, 0]).accuracy(np.zeros(4)) == 0.5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"hidden": 32}, "hidden must list the units of each layer"),
        ({"hidden": (0,)}, "hidden must be a whole number of at least 1"),
        ({"hidden": (2.5,)}, "hidden must be a whole number of at least 1"),
        ({"hidden": "ab"}, "hidden must list"),
        ({"activation": "sigmoid"}, "activation must be one of 'tanh', 'relu'"),
        ({"activation": np.tanh}, "activation must be one of"),
        ({"n_classes": 2}, "y must hold classes from 0 to n_classes - 1 = 1"),
    ],
)
def test_refuses_networks_that_are_none(arguments, message):
    with pytest.raises(ValueError, match=message):
        MLP(X, LABELS, **arguments)
