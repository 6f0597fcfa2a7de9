"""Symmetries of networks, the straight line between two solutions, and alignment."""

from itertools import permutations

import numpy as np
import pytest

from optedu.landscape import (
    align_hidden_units,
    barrier,
    interpolate,
    permute_hidden,
    rescale_relu,
    top_eigenvalue,
)
from optedu.models import MLP, Logistic
from tests.peers import peer


@pytest.fixture
def assignment():
    """Skip where there is no solver of assignment problems."""
    return peer("scipy.optimize").linear_sum_assignment


def network(activation="tanh", hidden=(6, 5)):
    """Return a small network with random data and parameters."""
    stream = np.random.RandomState(0)
    X, y = stream.standard_normal((40, 4)), stream.randint(0, 3, 40)
    model = MLP(X, y, hidden=hidden, activation=activation, n_classes=3)
    return model, stream.standard_normal(model.n_params)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("layer", [1, 2])
def test_reordered_units_are_the_same_function(activation, layer):
    model, params = network(activation)
    order = np.random.RandomState(1).permutation(model.hidden[layer - 1])
    other = permute_hidden(params, model.blocks, order, layer)
    assert not np.array_equal(other, params)
    np.testing.assert_array_equal(np.sort(other), np.sort(params))
    # Sums over units are taken in another order.
    np.testing.assert_allclose(model.scores(other), model.scores(params), atol=1e-13)
    # argsort is the inverse of a permutation.
    np.testing.assert_array_equal(
        permute_hidden(other, model.blocks, np.argsort(order), layer), params
    )


def test_the_new_unit_j_is_the_old_unit_that_the_permutation_names():
    model, params = network()
    other = permute_hidden(params, model.blocks, [3, 0, 1, 2, 5, 4])
    np.testing.assert_array_equal(model.split(other)["W1"][:, 0], model.split(params)["W1"][:, 3])
    np.testing.assert_array_equal(model.split(other)["b1"][4], model.split(params)["b1"][5])
    np.testing.assert_array_equal(model.split(other)["W2"][0], model.split(params)["W2"][3])


@pytest.mark.parametrize("factors", [10.0, [0.1, 1.0, 2.0, 3.0, 4.0, 10.0]], ids=str)
def test_rescaled_relu_units_are_the_same_function(factors):
    model, params = network("relu")
    other = rescale_relu(params, model.blocks, factors)
    # Each product is rounded once more, sums have a dozen terms of size 1 to 10.
    np.testing.assert_allclose(model.scores(other), model.scores(params), atol=1e-12)
    np.testing.assert_allclose(
        rescale_relu(other, model.blocks, 1 / np.array(factors)), params, rtol=1e-15
    )


def test_rescaled_tanh_units_are_another_function():
    model, params = network("tanh")
    other = rescale_relu(params, model.blocks, 10.0)
    assert np.abs(model.scores(other) - model.scores(params)).max() > 0.1


def test_rescaling_sharpens_without_changing_the_function():
    model, params = network("relu", hidden=(6,))
    other = rescale_relu(params, model.blocks, 0.1)
    assert model.loss(other) == pytest.approx(model.loss(params), rel=1e-12)
    before, after = (
        top_eigenvalue(model.hvp(point), model.n_params, np.random.default_rng(0)).value
        for point in (params, other)
    )
    # The block of W1 alone, seen through weights 10 times as large, has curvature 100 times.
    where, _ = model.blocks["W1"]
    corner = np.linalg.eigvalsh(model.hessian(params)[where, where])[-1]
    assert after >= 100 * corner * (1 - 1e-6)  # a block's eigenvalue is a lower bound
    assert after > 10 * before


@pytest.mark.parametrize("change", [permute_hidden, rescale_relu])
def test_what_is_passed_does_not_move(change):
    model, params = network()
    params.setflags(write=False)
    change(params, model.blocks, np.arange(1, 7) if change is rescale_relu else np.arange(6)[::-1])


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4, 4], [1, 2, 3, 4, 5, 6], np.arange(6.0), [0]])
def test_a_permutation_names_every_unit_once(order):
    model, params = network()
    with pytest.raises(ValueError, match="permutation must name each"):
        permute_hidden(params, model.blocks, order)


def test_a_layer_must_be_hidden():
    model, params = network()
    with pytest.raises(ValueError, match="layer must be at most 2"):
        rescale_relu(params, model.blocks, 2.0, layer=3)
    alone = {"W1": (slice(0, 6), (2, 3)), "b1": (slice(6, 9), (3,))}
    with pytest.raises(ValueError, match="blocks must hold W1, b1, W2"):
        permute_hidden(np.ones(9), alone, [0, 1, 2])


@pytest.mark.parametrize("hidden", [(8,), (6, 5), (5, 6, 4)], ids=str)
@pytest.mark.usefixtures("assignment")
def test_alignment_undoes_a_permutation(hidden):
    model, params = network(hidden=hidden)
    shuffled = params
    for layer, units in enumerate(hidden, start=1):
        order = np.random.RandomState(layer).permutation(units)
        shuffled = permute_hidden(shuffled, model.blocks, order, layer)
    assert np.linalg.norm(shuffled - params) > 1
    aligned = align_hidden_units(shuffled, params, model.blocks)
    np.testing.assert_array_equal(aligned, params)


@pytest.mark.usefixtures("assignment")
def test_alignment_keeps_the_function_and_never_moves_away():
    model, params = network()
    for seed in range(5):
        reference = np.random.RandomState(10 + seed).standard_normal(model.n_params)
        aligned = align_hidden_units(params, reference, model.blocks)
        np.testing.assert_allclose(model.scores(aligned), model.scores(params), atol=1e-13)
        before, after = (np.linalg.norm(point - reference) for point in (params, aligned))
        assert after < before  # units in random order leave something to gain


@pytest.mark.usefixtures("assignment")
def test_with_one_hidden_layer_the_closest_of_all_orders_is_found():
    model, params = network(hidden=(4,))
    for reference in np.random.RandomState(9).standard_normal((10, model.n_params)):
        distances = [
            np.linalg.norm(permute_hidden(params, model.blocks, order) - reference)
            for order in permutations(range(4))
        ]
        aligned = align_hidden_units(params, reference, model.blocks)
        assert np.linalg.norm(aligned - reference) == pytest.approx(min(distances), rel=1e-14)


@pytest.mark.usefixtures("assignment")
def test_units_that_are_equal_are_left_where_they_are():
    model, _ = network()
    same = np.ones(model.n_params)
    np.testing.assert_array_equal(align_hidden_units(same, same, model.blocks), same)


@pytest.mark.usefixtures("assignment")
def test_alignment_takes_down_the_barrier_between_two_copies():
    model, params = network()
    params *= 3  # a confident network, and data on which it is right
    model = MLP(model.X, model.predict(params), hidden=model.hidden, n_classes=3)
    copy = permute_hidden(params, model.blocks, [1, 2, 3, 4, 5, 0])
    assert barrier(interpolate(model.loss, params, copy)) > 0.1
    aligned = align_hidden_units(copy, params, model.blocks)
    # Both ends are one point, up to (1 - t) a + t a.
    assert barrier(interpolate(model.loss, params, aligned)) < 1e-13


def test_both_ends_are_met_exactly():
    model, params = network()
    other = np.random.RandomState(1).standard_normal(model.n_params)
    losses = interpolate(model.loss, params, other, n_points=7)
    assert losses.shape == (7,)
    assert (losses[0], losses[-1]) == (model.loss(params), model.loss(other))
    np.testing.assert_allclose(
        losses, interpolate(model.loss, other, params, n_points=7)[::-1], rtol=1e-12
    )


def test_points_are_evenly_spaced():
    xs = interpolate(lambda x: x[0], [2.0], [6.0], n_points=5)
    np.testing.assert_array_equal(xs, [2, 3, 4, 5, 6])
    # a + (b - a) would lose the 1 on its way.
    assert interpolate(lambda x: x[0], [1e16], [1.0])[-1] == 1


def test_a_convex_loss_has_no_barrier():
    stream = np.random.RandomState(0)
    model = Logistic(stream.standard_normal((30, 3)), stream.randint(0, 2, 30))
    losses = interpolate(model.loss, stream.standard_normal(3), stream.standard_normal(3))
    assert barrier(losses) == 0


def test_a_double_well_has_the_barrier_of_its_hill():
    assert barrier(interpolate(lambda x: (x[0] ** 2 - 1) ** 2, [-1.0], [1.0])) == 1


def test_ends_of_different_height_do_not_count():
    t = np.linspace(0, 1, 21)
    losses = np.sin(np.pi * t) ** 2
    for slope, shift in [(3.0, 0.0), (-2.0, 5.0)]:
        # A straight line added takes a rounding, and is taken off with another.
        assert barrier(losses + slope * t + shift) == pytest.approx(barrier(losses), abs=1e-14)
    assert barrier(-losses) == 0
    assert barrier([1.0, 5.0]) == 0


def test_one_loss_is_no_path():
    with pytest.raises(ValueError, match="losses must hold at least both ends"):
        barrier([1.0])
