"""Slices: what they show, what they must not depend on, and the plane of a path."""

from itertools import islice

import numpy as np
import pytest

from optedu.descent import GradientDescent, descend
from optedu.landscape import (
    filter_normalize,
    path_plane,
    random_direction,
    rescale_relu,
    slice_1d,
    slice_2d,
)
from optedu.models import MLP
from optedu.problems import quadratic, rosenbrock

ALPHAS = np.linspace(-1, 1, 11)
BETAS = np.linspace(-0.5, 0.5, 5)


def network(activation="relu", hidden=(6, 5)):
    """Return a small network with random data and parameters, no bias being zero."""
    stream = np.random.RandomState(0)
    X, y = stream.standard_normal((40, 4)), stream.randint(0, 3, 40)
    model = MLP(X, y, hidden=hidden, activation=activation, n_classes=3)
    return model, stream.standard_normal(model.n_params)


def per_neuron(model, params):
    """Yield the name and the arrays into each neuron, one a column; a bias is a row of them."""
    for name, (where, shape) in model.blocks.items():
        yield name, params[where].reshape(-1, shape[-1])


def test_the_center_is_the_loss_itself():
    model, params = network()
    d1, d2 = np.random.RandomState(1).standard_normal((2, model.n_params))
    assert slice_1d(model.loss, params, d1, ALPHAS)[5] == model.loss(params)
    assert slice_2d(model.loss, params, d1, d2, ALPHAS, BETAS)[5, 2] == model.loss(params)


def test_a_quadratic_along_a_line_is_its_parabola():
    problem = quadratic([[3.0, 1.0], [1.0, 2.0]], [1.0, -1.0])
    x, d = np.array([0.3, -0.7]), np.array([1.0, 2.0])
    parabola = (
        problem.value(x)
        + ALPHAS * (problem.grad(x) @ d)
        + ALPHAS**2 / 2 * (d @ problem.hessian(x) @ d)
    )
    losses = slice_1d(problem.value, x, d, ALPHAS)
    np.testing.assert_allclose(losses, parabola, rtol=1e-13)  # a few roundings


def test_rows_follow_the_first_direction_and_columns_the_second():
    x, d1, d2 = np.array([-1.0, 1.0]), np.array([1.0, 0.5]), np.array([0.0, 2.0])
    value = rosenbrock().value
    grid = slice_2d(value, x, d1, d2, ALPHAS, BETAS)
    assert grid.shape == (11, 5)
    np.testing.assert_array_equal(grid[:, 2], slice_1d(value, x, d1, ALPHAS))
    np.testing.assert_array_equal(grid[5], slice_1d(value, x, d2, BETAS))
    assert grid[0, 4] == value(x - d1 + 0.5 * d2)


def test_the_models_fast_grid_is_the_same_grid():
    model, params = network("tanh")
    d1, d2 = np.random.RandomState(1).standard_normal((2, model.n_params))
    ours = slice_2d(model.loss, params, d1, d2, ALPHAS, BETAS)
    theirs = model.plane_losses(params, d1, d2, ALPHAS, BETAS)
    np.testing.assert_allclose(theirs, ours, rtol=1e-12)  # sums in another order


def test_nothing_that_is_passed_moves():
    def careless(x):
        x *= 0.0
        return float(x.sum())

    arrays = np.random.RandomState(1).standard_normal((3, 4))
    before = arrays.copy()
    slice_1d(careless, arrays[0], arrays[1], ALPHAS)
    slice_2d(careless, *arrays, ALPHAS, BETAS)
    np.testing.assert_array_equal(arrays, before)


def test_what_the_loss_raises_or_returns_comes_through():
    with pytest.raises(ZeroDivisionError):
        slice_1d(lambda x: 1 / 0, [1.0], [1.0], [0.0])
    poles = slice_1d(lambda x: -np.inf if x[0] == 0 else np.nan, [0.0], [1.0], [0.0, 1.0])
    np.testing.assert_array_equal(poles, [-np.inf, np.nan])


def test_integer_points_are_not_rounded_along_the_way():
    assert slice_1d(lambda x: x[0], [1], [1], [0.5]).item() == 1.5


def test_random_directions_are_independent_and_repeatable():
    rng = np.random.default_rng(0)
    d1, d2 = random_direction(10_000, rng), random_direction((10_000,), rng)
    cosine = d1 @ d2 / np.linalg.norm(d1) / np.linalg.norm(d2)
    assert abs(cosine) < 6 / 100  # its standard deviation is 1 / sqrt(n)
    np.testing.assert_array_equal(d1, random_direction(10_000, np.random.default_rng(0)))
    assert random_direction((3, 2), rng).shape == (3, 2)


@pytest.mark.parametrize("biases", ["zero", "scale"])
def test_each_neuron_gets_its_own_length(biases):
    model, params = network()
    direction = np.random.RandomState(1).standard_normal(model.n_params)
    ours = filter_normalize(direction, params, model.blocks, biases)
    for (name, d), (_, w), (_, raw) in zip(
        per_neuron(model, ours),
        per_neuron(model, params),
        per_neuron(model, direction),
        strict=True,
    ):
        if name.startswith("b") and biases == "zero":
            assert not d.any()
            continue
        norms = np.linalg.norm(w, axis=0)
        np.testing.assert_allclose(np.linalg.norm(d, axis=0), norms, rtol=1e-14)  # two roundings
        cosines = np.sum(d * raw, axis=0) / norms / np.linalg.norm(raw, axis=0)
        np.testing.assert_allclose(cosines, 1, rtol=1e-14)  # its direction is kept, sign and all


def test_the_length_of_the_raw_direction_does_not_matter():
    model, params = network()
    direction = np.random.RandomState(1).standard_normal(model.n_params)
    stretched = direction.copy()
    where, shape = model.blocks["W1"]
    stretched[where] = (stretched[where].reshape(shape) * np.arange(1, 7)).ravel()
    np.testing.assert_allclose(
        filter_normalize(stretched, params, model.blocks),
        filter_normalize(direction, params, model.blocks),
        rtol=1e-14,  # two roundings
    )


def test_normalizing_twice_changes_nothing_more():
    model, params = network()
    direction = np.random.RandomState(1).standard_normal(model.n_params)
    once = filter_normalize(direction, params, model.blocks, "scale")
    twice = filter_normalize(once, params, model.blocks, "scale")
    np.testing.assert_allclose(twice, once, rtol=1e-14)  # two roundings


def test_a_neuron_without_weights_or_direction_stands_still():
    model, params = network()
    direction = np.random.RandomState(1).standard_normal(model.n_params)
    where, shape = model.blocks["W1"]
    params[where].reshape(shape)[:, 2] = 0
    direction[where].reshape(shape)[:, 3] = 0
    normalized = filter_normalize(direction, params, model.blocks)[where].reshape(shape)
    assert not normalized[:, [2, 3]].any()
    assert np.all(np.isfinite(normalized))
    assert normalized[:, [0, 1, 4, 5]].all()


@pytest.mark.parametrize("biases", ["zero", "scale"])
@pytest.mark.parametrize("layer", [1, 2])
def test_rescaling_a_relu_layer_changes_raw_slices_alone(layer, biases):
    model, params = network()
    same = rescale_relu(params, model.blocks, 10.0, layer)
    direction = np.random.RandomState(1).standard_normal(model.n_params)

    def picture(point, direction):
        return slice_1d(model.loss, point, direction, ALPHAS)

    ours = picture(params, filter_normalize(direction, params, model.blocks, biases))
    again = picture(same, filter_normalize(direction, same, model.blocks, biases))
    np.testing.assert_allclose(again, ours, rtol=1e-12)  # multiplying by 10 rounds
    raw, other = picture(params, direction), picture(same, direction)
    assert np.abs(raw - other).max() > 1


def test_rescaling_neurons_by_different_factors_changes_even_normalized_slices():
    """The columns of the next layer change their shape, not only their length."""
    model, params = network()
    same = rescale_relu(params, model.blocks, [10.0, 1.0, 1.0, 1.0, 1.0, 0.1])
    direction = np.random.RandomState(1).standard_normal(model.n_params)
    ours, again = (
        slice_1d(model.loss, point, filter_normalize(direction, point, model.blocks), ALPHAS)
        for point in (params, same)
    )
    assert ours[5] == pytest.approx(again[5], rel=1e-12)  # one function
    assert np.abs(ours - again).max() > 0.01  # two pictures


@pytest.mark.parametrize("blocks", [None, {}, [("W1", (slice(0, 2), (2, 1)))]])
def test_blocks_must_be_those_of_a_model(blocks):
    with pytest.raises(ValueError, match="blocks must map names"):
        filter_normalize([1.0, 2.0], [1.0, 2.0], blocks)


def spiral(rng, n=30, k=40):
    """Return a path in a random plane of n dimensions."""
    basis, _ = np.linalg.qr(rng.standard_normal((n, 2)))
    t = np.linspace(0, 3, k)
    in_plane = np.exp(-t)[:, None] * np.column_stack([3 * np.cos(4 * t), np.sin(4 * t)])
    return rng.standard_normal(n) + in_plane @ basis.T


def test_a_flat_path_is_drawn_whole():
    path = spiral(np.random.RandomState(0))
    plane = path_plane(path)
    # All three up to rounding of numbers of size 1, a dozen of them.
    assert plane.explained.sum() == pytest.approx(1, abs=1e-13)
    np.testing.assert_allclose(
        plane.origin + plane.coordinates @ plane.directions, path, atol=1e-13
    )
    np.testing.assert_allclose(plane.directions @ plane.directions.T, np.eye(2), atol=1e-13)


def test_the_drawing_ends_at_the_origin_and_begins_on_the_positive_side():
    plane = path_plane(spiral(np.random.RandomState(0)))
    np.testing.assert_array_equal(plane.coordinates[-1], [0, 0])
    assert np.all(plane.coordinates[0] >= 0)


def test_the_shares_are_those_of_the_covariance():
    run = descend(rosenbrock().value_and_grad, [-1.2, 1.0], GradientDescent(1e-3))
    bent = np.array([[*it.params, *np.sin(it.params)] for it in islice(run, 200)])
    plane = path_plane(bent)
    variances = np.linalg.eigvalsh(np.cov(bent.T))[::-1]
    np.testing.assert_allclose(plane.explained, (variances / variances.sum())[:2], rtol=1e-10)
    assert plane.explained[0] > plane.explained[1]
    assert plane.explained.sum() < 1
    # The shadow's variance is what the plane explains.
    np.testing.assert_allclose(plane.coordinates.var(axis=0, ddof=1), variances[:2], rtol=1e-10)


def test_turning_the_axes_turns_the_plane_with_them():
    rng = np.random.RandomState(0)
    path = np.cumsum(rng.standard_normal((20, 6)), axis=0)
    turn, _ = np.linalg.qr(rng.standard_normal((6, 6)))
    plane, turned = path_plane(path), path_plane(path @ turn)
    np.testing.assert_allclose(turned.coordinates, plane.coordinates, atol=1e-12)  # roundings
    np.testing.assert_allclose(turned.directions, plane.directions @ turn, atol=1e-12)


def test_the_plane_is_where_slices_can_be_taken():
    problem = quadratic(np.diag([1.0, 2.0, 3.0]))
    run = descend(problem.value_and_grad, [1.0, 1.0, 0.0], GradientDescent(0.1))
    path = np.array([it.params for it in islice(run, 30)])
    plane = path_plane(path)
    for (a, b), point in zip(plane.coordinates, path, strict=True):
        drawn = slice_2d(problem.value, plane.origin, *plane.directions, [a], [b])
        # The third coordinate never moves, so this path lies in its plane.
        assert drawn.item() == pytest.approx(problem.value(point), abs=1e-13)


@pytest.mark.parametrize("path", [np.ones((5, 3)), np.ones((2, 3)), np.arange(5.0)[:, None]])
def test_a_path_without_a_plane_is_refused(path):
    with pytest.raises(ValueError, match="path must"):
        path_plane(path)
