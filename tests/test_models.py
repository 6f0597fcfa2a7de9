"""Linear models against complex steps, closed forms and invariances."""

import numpy as np
import pytest

from optedu.models import LeastSquares, Logistic

RNG = np.random.default_rng(0)
X = RNG.standard_normal((30, 4))
TARGETS = RNG.standard_normal(30)
CLASSES = (TARGETS > 0).astype(float)
MODELS = [LeastSquares(X, TARGETS), LeastSquares(X, TARGETS, 0.3)]
MODELS += [Logistic(X, CLASSES), Logistic(X, CLASSES, 0.3)]

every_model = pytest.mark.parametrize("model", MODELS, ids=lambda m: f"{type(m).__name__} {m.l2}")


@every_model
def test_gradient_and_hessian_are_derivatives(model):
    w, h = RNG.standard_normal(4), 1e-5
    steps = h * np.eye(4)
    # Central differences of smooth functions of size 1 err by h² and by 1e-16 / h.
    slopes = (model.loss(w + steps) - model.loss(w - steps)) / (2 * h)
    np.testing.assert_allclose(model.grad(w), slopes, atol=1e-9)
    curvatures = (model.grad(w + steps) - model.grad(w - steps)) / (2 * h)
    np.testing.assert_allclose(model.hessian(w), curvatures, atol=1e-9)


@every_model
def test_a_batch_equals_its_points(model):
    batch = RNG.standard_normal((2, 3, 4))
    for function, shape in [
        (model.loss, (2, 3)),
        (model.grad, (2, 3, 4)),
        (model.hessian, (2, 3, 4, 4)),
    ]:
        assert function(batch).shape == shape
        single = [[function(w) for w in row] for row in batch]
        # Sums over 30 examples may be taken in another order.
        np.testing.assert_allclose(function(batch), single, rtol=1e-12, atol=1e-14)


@every_model
def test_value_and_grad_are_the_loss_and_the_gradient(model):
    w = RNG.standard_normal(4)
    loss, grads = model.value_and_grad(w)
    assert loss == model.loss(w)
    np.testing.assert_array_equal(grads, model.grad(w))


@every_model
def test_every_example_twice_changes_nothing(model):
    twice = type(model)(np.tile(model.X, (2, 1)), np.tile(model.y, 2), model.l2)
    w = RNG.standard_normal(4)
    assert twice.loss(w) == pytest.approx(model.loss(w), rel=1e-13)
    np.testing.assert_allclose(twice.grad(w), model.grad(w), rtol=1e-12)


@every_model
def test_the_penalty_adds_its_own_terms(model):
    w = RNG.standard_normal(4)
    plain = type(model)(model.X, model.y)
    penalty = model.l2
    assert model.loss(w) == pytest.approx(plain.loss(w) + penalty / 2 * w @ w, rel=1e-14)
    np.testing.assert_allclose(model.grad(w), plain.grad(w) + penalty * w, atol=1e-14)
    np.testing.assert_allclose(model.hessian(w), plain.hessian(w) + penalty * np.eye(4), atol=1e-14)


@every_model
def test_data_is_copied_and_locked(model):
    with pytest.raises(ValueError, match="read-only"):
        model.X[0] = 0
    mine = X.copy()
    other = type(model)(mine, model.y)
    mine[:] = 0
    np.testing.assert_array_equal(other.X, X)


@every_model
@pytest.mark.parametrize("bad", [np.ones(5), np.ones((4, 3)), 1.0])
def test_refuses_the_wrong_number_of_weights(model, bad):
    for function in (model.loss, model.grad, model.hessian):
        with pytest.raises(ValueError, match="params must have 4 weights"):
            function(bad)


@pytest.mark.parametrize("kind", [LeastSquares, Logistic])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.ones(3), np.ones(3)), "X must have one example a row"),
        ((np.ones((0, 3)), np.ones(0)), "X must have one example a row"),
        ((np.ones((3, 2)), np.ones(2)), r"y must have one number a row of X, shape \(3,\)"),
        ((np.ones((3, 2)), np.ones((3, 1))), "y must have one number a row"),
        ((np.full((3, 2), np.nan), np.ones(3)), "X must be finite"),
        ((np.ones((3, 2)), [0, 1, np.inf]), "y must be finite"),
        ((np.ones((3, 2)), np.ones(3), -1.0), "l2 must be a finite number of at least 0"),
        ((np.ones((3, 2)), np.ones(3), np.nan), "l2 must be a finite number of at least 0"),
    ],
)
def test_refuses_data_that_does_not_fit(kind, arguments, message):
    with pytest.raises(ValueError, match=message):
        kind(*arguments)


class TestLeastSquares:
    @pytest.mark.parametrize("l2", [0.0, 0.3])
    def test_solution_has_no_gradient(self, l2):
        model = LeastSquares(X, TARGETS, l2)
        # The data is well conditioned, so the solution is good to a few roundings.
        np.testing.assert_allclose(model.grad(model.solution()), 0, atol=1e-14)

    def test_solution_of_too_few_examples_is_the_shortest(self):
        model = LeastSquares(X[:2], TARGETS[:2])
        w = model.solution()
        assert model.loss(w) == pytest.approx(0, abs=1e-28)  # the square of rounding
        _, _, rows = np.linalg.svd(X[:2])
        np.testing.assert_allclose(rows[2:] @ w, 0, atol=1e-14)  # nothing outside the rows' span

    def test_a_vanishing_penalty_leads_to_the_shortest_solution(self):
        shortest = LeastSquares(X[:2], TARGETS[:2]).solution()
        nearly = LeastSquares(X[:2], TARGETS[:2], 1e-8).solution()
        # The penalty moves the solution by about itself over the smallest curvature.
        np.testing.assert_allclose(nearly, shortest, rtol=1e-6)

    def test_hessian_does_not_depend_on_the_weights(self):
        model = LeastSquares(X, TARGETS)
        np.testing.assert_allclose(model.hessian(np.ones(4)), X.T @ X / 30, rtol=1e-13, atol=1e-15)
        np.testing.assert_array_equal(model.hessian(np.ones(4)), model.hessian(np.zeros(4)))


class TestLogistic:
    def test_without_weights_it_knows_nothing(self):
        assert Logistic(X, CLASSES).loss(np.zeros(4)) == pytest.approx(np.log(2), rel=1e-15)

    def test_swapping_the_classes_turns_the_weights_around(self):
        w = RNG.standard_normal(4)
        model, swapped = Logistic(X, CLASSES), Logistic(X, 1 - CLASSES)
        assert model.loss(w) == pytest.approx(swapped.loss(-w), rel=1e-14)
        np.testing.assert_allclose(model.grad(w), -swapped.grad(-w), atol=1e-15)

    @pytest.mark.parametrize("score", [-1e4, -800.0, 800.0, 1e4])
    def test_huge_scores_are_safe_and_exact(self, score):
        right, wrong = Logistic([[1.0]], [score > 0]), Logistic([[1.0]], [score < 0])
        assert right.loss([score]) == 0.0
        assert right.grad([score]) == 0.0
        assert wrong.loss([score]) == abs(score)
        assert wrong.grad([score]) == np.sign(score)
        assert right.hessian([score]) == 0.0

    def test_small_losses_keep_their_digits(self):
        # log(1 + e^-30) is e^-30 to 13 digits; 1 + e^-30 alone would keep three of them.
        assert Logistic([[1.0]], [1]).loss([30.0]) == pytest.approx(np.exp(-30.0), rel=1e-12)

    def test_curvature_stays_below_a_quarter(self):
        bound = np.linalg.eigvalsh(X.T @ X / 30 / 4)[-1]
        w = RNG.standard_normal((50, 4))
        assert np.linalg.eigvalsh(Logistic(X, CLASSES).hessian(w)).max() <= bound

    def test_separable_data_has_no_minimizer(self):
        model = Logistic([[-2.0], [-1.0], [1.0], [3.0]], [0, 0, 1, 1])
        losses = model.loss(np.array([[1.0], [10.0], [100.0], [700.0]]))
        assert np.all(np.diff(losses) < 0)
        assert losses[-1] > 0

    @pytest.mark.parametrize("y", [[-1, 1], [1, 2], [0, 0.5]])
    def test_refuses_other_classes(self, y):
        with pytest.raises(ValueError, match="classes 0 and 1"):
            Logistic(np.ones((2, 1)), y)
