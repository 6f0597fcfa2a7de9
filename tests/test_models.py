"""What holds of every model: derivatives, batches, reuse, subsets, penalties, bad input."""

from dataclasses import replace

import numpy as np
import pytest

from optedu.models import MLP, Hinge, LeastSquares, Logistic, Softmax, objective

RNG = np.random.default_rng(0)
X = RNG.standard_normal((30, 4))
TARGETS = RNG.standard_normal(30)
CLASSES = (TARGETS > 0).astype(float)
LABELS = np.arange(30) % 3

MODELS = {
    "least squares": LeastSquares(X, TARGETS),
    "least squares, penalty": LeastSquares(X, TARGETS, l2=0.3),
    "logistic": Logistic(X, CLASSES),
    "logistic, penalty": Logistic(X, CLASSES, l2=0.3),
    "softmax": Softmax(X, LABELS),
    "softmax, penalty": Softmax(X, LABELS, l2=0.3),
    "hinge": Hinge(X, LABELS),
    "hinge, penalty, margin": Hinge(X, LABELS, l2=0.3, margin=0.5),
    "no hidden layer": MLP(X, LABELS, hidden=(), l2=0.3),
    "tanh": MLP(X, LABELS, hidden=(5,)),
    "tanh twice": MLP(X, LABELS, hidden=(5, 2), l2=0.3),
    "relu": MLP(X, LABELS, hidden=(5,), activation="relu"),
    "relu twice": MLP(X, LABELS, hidden=(3, 4), activation="relu", l2=0.3),
}
every_model = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
smooth = [name for name in MODELS if not name.startswith(("hinge", "relu"))]
every_smooth_model = pytest.mark.parametrize("model", [MODELS[n] for n in smooth], ids=smooth)


def points(model, *shape):
    """Return random parameters; kinks have probability 0."""
    return RNG.standard_normal((*shape, model.n_params))


@every_model
def test_gradient_and_hessian_are_derivatives(model):
    w, h = points(model), 1e-5
    steps = h * np.eye(model.n_params)
    # Central differences of functions of size 10 err by their third derivatives, some tens here,
    # times h² / 6, and by 1e-15 / h.
    slopes = (model.loss(w + steps) - model.loss(w - steps)) / (2 * h)
    np.testing.assert_allclose(model.grad(w), slopes, atol=5e-9)
    curvatures = (model.grad(w + steps) - model.grad(w - steps)) / (2 * h)
    np.testing.assert_allclose(model.hessian(w), curvatures, atol=5e-9)


@every_smooth_model
def test_complex_steps_agree_to_the_last_digits(model):
    w = points(model)
    step = 1e-200j * np.eye(model.n_params)
    # No difference is taken, so only the rounding of sums of size 10 remains.
    np.testing.assert_allclose(model.loss(w + step).imag / 1e-200, model.grad(w), atol=1e-14)
    np.testing.assert_allclose(model.grad(w + step).imag / 1e-200, model.hessian(w), atol=1e-14)


@every_model
def test_each_block_has_its_own_gradient(model):
    w, h = points(model), 1e-6
    blocks = model.split(model.grad(w))
    assert list(blocks) == list(model.blocks)
    for name, (where, shape) in model.blocks.items():
        direction = np.zeros(model.n_params)
        direction[where] = RNG.standard_normal(np.prod(shape))
        slope = (model.loss(w + h * direction) - model.loss(w - h * direction)) / (2 * h)
        # A difference errs by rounding, 1e-15 / h, and by h² times third derivatives.
        assert np.vdot(blocks[name], direction[where]) == pytest.approx(slope, abs=2e-8)


@every_model
def test_blocks_are_views_that_fill_the_parameters(model):
    w = np.zeros((2, model.n_params))
    for i, (block, (_, shape)) in enumerate(
        zip(model.split(w).values(), model.blocks.values(), strict=True), start=1
    ):
        assert block.shape == (2, *shape)
        block += i
    assert np.all(np.diff(w) >= 0)
    assert set(w.ravel()) == {*range(1, len(model.blocks) + 1)}


@every_model
def test_a_batch_equals_its_points(model):
    batch, n = points(model, 2, 3), model.n_params
    for function, shape in [
        (model.loss, ()),
        (model.grad, (n,)),
        (model.hessian, (n, n)),
        (model.example_grads, (30, n)),
        (model.scores, model.scores(batch[0, 0]).shape),
    ]:
        assert function(batch).shape == (2, 3, *shape)
        single = [[function(w) for w in row] for row in batch]
        # Sums over 30 examples may be taken in another order.
        np.testing.assert_allclose(function(batch), single, rtol=1e-11, atol=1e-13)


@every_model
def test_value_and_grad_are_the_loss_and_the_gradient(model):
    w = points(model)
    loss, grads = model.value_and_grad(w)
    assert loss == model.loss(w)
    np.testing.assert_array_equal(grads, model.grad(w))


@every_model
def test_nothing_is_left_behind_by_an_evaluation(model):
    w = points(model)
    kept = w.copy()
    first = model.grad(w)
    model.value_and_grad(points(model))
    np.testing.assert_array_equal(model.grad(w), first)
    np.testing.assert_array_equal(w, kept)


@every_model
def test_hessian_is_symmetric(model):
    hessian = model.hessian(points(model))
    np.testing.assert_allclose(hessian, hessian.T, atol=1e-14)  # rounding of entries of size 1


@every_model
def test_products_with_the_hessian(model):
    w, directions = points(model), points(model, 2, 3)
    product = model.hvp(w)
    # The same sums in another order.
    np.testing.assert_allclose(product(directions), directions @ model.hessian(w), atol=1e-12)
    np.testing.assert_allclose(product(directions)[1, 2], product(directions[1, 2]), atol=1e-13)
    many = model.hvp(directions)(directions[0])
    single = model.hvp(directions[1, 2])(directions[0, 2])
    np.testing.assert_allclose(many[1, 2], single, atol=1e-13)


@every_model
def test_hessian_does_not_depend_on_how_many_directions_fit(model, monkeypatch):
    w = points(model)
    whole = model.hessian(w)
    monkeypatch.setattr(objective, "_CACHED", 100)
    np.testing.assert_allclose(model.hessian(w), whole, atol=1e-13)  # other orders of sums


@every_model
def test_example_gradients_have_the_gradient_as_mean(model):
    w = points(model)
    grads = model.example_grads(w)
    np.testing.assert_allclose(grads.mean(axis=0), model.grad(w), atol=1e-14)
    np.testing.assert_allclose(grads[7], model.subset([7]).grad(w), atol=1e-14)


@every_model
@pytest.mark.parametrize("indices", [[3, 0, 3, 29], slice(5, 20), np.arange(30) < 4])
def test_a_subset_is_the_model_of_those_examples(model, indices):
    part, whole = model.subset(indices), replace(model, X=model.X[indices], y=model.y[indices])
    w = points(model)
    assert type(part) is type(model)
    assert part.loss(w) == whole.loss(w)
    np.testing.assert_array_equal(part.grad(w), whole.grad(w))


@every_model
@pytest.mark.parametrize("bad", [[30], [-31], [], [0.5], [[0, 1]], 3, [True, False], "a"])
def test_refuses_to_pick_what_is_not_there(model, bad):
    with pytest.raises(ValueError, match="indices must be"):
        model.subset(bad)


@every_model
@pytest.mark.parametrize("cached", [objective._CACHED, 50])
def test_shifted_losses_are_losses_at_shifted_points(model, cached, monkeypatch):
    monkeypatch.setattr(objective, "_CACHED", cached)  # 50 numbers: one example at a time
    w, shifts = points(model), 3 * points(model)
    loop = [model.loss(w + shift) for shift in np.diag(shifts)]
    # The same scores of size 10, summed in another order.
    np.testing.assert_allclose(model.shifted_losses(w, shifts), loop, rtol=1e-13)


@every_model
@pytest.mark.parametrize("cached", [objective._CACHED, 50])
def test_plane_losses_are_losses_on_the_plane(model, cached, monkeypatch):
    monkeypatch.setattr(objective, "_CACHED", cached)
    w, *directions = points(model, 3)
    alphas, betas = np.linspace(-1, 1, 4), np.array([0.0, 2.0, -0.5])
    losses = model.plane_losses(w, *directions, alphas, betas)
    loop = [[model.loss(w + a * directions[0] + b * directions[1]) for b in betas] for a in alphas]
    # Scores are sums of three products instead of one: a few roundings.
    np.testing.assert_allclose(losses, loop, rtol=1e-12)


@every_model
def test_every_example_twice_changes_nothing(model):
    twice = replace(model, X=np.tile(model.X, (2, 1)), y=np.tile(model.y, 2))
    w = points(model)
    assert twice.loss(w) == pytest.approx(model.loss(w), rel=1e-13)
    np.testing.assert_allclose(twice.grad(w), model.grad(w), rtol=1e-11, atol=1e-14)


@every_model
def test_the_penalty_adds_its_own_terms(model):
    w, n = points(model), model.n_params
    plain, l2 = replace(model, l2=0.0), model.l2
    assert model.loss(w) == pytest.approx(plain.loss(w) + l2 / 2 * w @ w, rel=1e-14)
    np.testing.assert_allclose(model.grad(w), plain.grad(w) + l2 * w, atol=1e-14)
    np.testing.assert_allclose(model.hessian(w), plain.hessian(w) + l2 * np.eye(n), atol=1e-14)


@every_model
def test_data_is_copied_and_locked(model):
    for array in (model.X, model.y):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    mine = X.copy()
    other = replace(model, X=mine)
    mine[:] = 0
    np.testing.assert_array_equal(other.X, X)


@every_model
def test_single_precision_stays_single(model):
    single = replace(model, X=X.astype(np.float32))
    w = points(model).astype(np.float32)
    double = model.grad(w.astype(float))
    for value in (single.loss(w), single.grad(w), single.hessian(w), single.hvp(w)(w)):
        assert value.dtype == np.float32
    # Sums of 30 products of size 10, each rounded to 6e-8; no kink lies as near as that.
    np.testing.assert_allclose(single.grad(w), double, atol=1e-4)


@every_model
def test_integers_are_numbers_too(model):
    w, whole = np.ones(model.n_params, int), replace(model, X=np.round(X).astype(int))
    assert whole.X.dtype == np.float64
    np.testing.assert_array_equal(whole.grad(w), whole.grad(w.astype(float)))
    np.testing.assert_array_equal(whole.grad(w.tolist()), whole.grad(w))


@every_model
def test_one_example_is_enough(model):
    one, w = model.subset([5]), points(model)
    loss, grads = one.value_and_grad(w)
    assert np.isfinite(loss)
    np.testing.assert_allclose(grads, model.example_grads(w)[5], atol=1e-14)


@every_model
@pytest.mark.parametrize("bad", [np.ones(50), np.ones((4, 3)), 1.0])
def test_refuses_the_wrong_number_of_weights(model, bad):
    w = points(model)
    message = f"must have {model.n_params} weights along the last axis"
    for function in (model.loss, model.grad, model.hessian, model.split, model.example_grads):
        with pytest.raises(ValueError, match=f"params {message}"):
            function(bad)
    with pytest.raises(ValueError, match=f"v {message}"):
        model.hvp(w)(bad)


@every_model
@pytest.mark.parametrize("bad", ["a", "nan", "shape", "complex"])
def test_refuses_shifts_and_planes_that_are_none(model, bad):
    w, lines = points(model), np.ones(2)
    wrong = {
        "a": np.full(model.n_params, "a"),
        "nan": np.full(model.n_params, np.nan),
        "shape": np.stack([w, w]),
        "complex": w + 1j,
    }[bad]
    for arguments in ({"params": wrong, "shifts": w}, {"params": w, "shifts": wrong}):
        with pytest.raises(ValueError, match="params must" if arguments["shifts"] is w else "shif"):
            model.shifted_losses(**arguments)
    good = {"params": w, "direction1": w, "direction2": w, "alphas": lines, "betas": lines}
    for name in good:
        with pytest.raises(ValueError, match=f"{name} must"):
            model.plane_losses(**good | {name: wrong})


@every_model
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"X": np.ones(3)}, "X must have one example a row"),
        ({"X": np.ones((0, 3)), "y": np.ones(0)}, "X must have one example a row"),
        ({"y": np.ones(2)}, r"y must have one number a row of X, shape \(30,\)"),
        ({"y": np.ones((30, 1))}, "y must have one number a row"),
        ({"X": np.full((30, 4), np.nan)}, "X must be finite"),
        ({"y": [*[0] * 29, np.inf]}, "y must be finite"),
        ({"y": ["a"] * 30}, "y must hold real numbers"),
        ({"l2": -1.0}, "l2 must be at least 0"),
        ({"l2": np.nan}, "l2 must be one finite number"),
        ({"l2": np.ones(2)}, "l2 must be one finite number"),
    ],
)
def test_refuses_data_that_does_not_fit(model, arguments, message):
    with pytest.raises(ValueError, match=message):
        replace(model, **arguments)
