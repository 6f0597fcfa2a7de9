"""Linear models, of one score and of several, against closed forms and invariances."""

import numpy as np
import pytest

from optedu.models import Hinge, LeastSquares, Logistic, Softmax

RNG = np.random.default_rng(0)
X = RNG.standard_normal((30, 4))
TARGETS = RNG.standard_normal(30)
CLASSES = (TARGETS > 0).astype(float)
LABELS = np.arange(30) % 3

every_classifier = pytest.mark.parametrize("kind", [Softmax, Hinge])


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

    def test_its_scores_are_its_predictions(self):
        w = RNG.standard_normal(4)
        # One sum of four products, in either order.
        np.testing.assert_allclose(LeastSquares(X, TARGETS).scores(w), X @ w, atol=1e-15)


class TestLogistic:
    def test_without_weights_it_knows_nothing(self):
        model = Logistic(X, CLASSES)
        assert model.loss(model.initial()) == pytest.approx(np.log(2), rel=1e-15)

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

    @pytest.mark.parametrize("score", [30.0, 300.0])
    def test_small_losses_and_slopes_keep_their_digits(self, score):
        # log(1 + e^-30) is e^-30 to 13 digits; 1 + e^-30 alone would keep three of them.
        model, small = Logistic([[1.0]], [1]), np.exp(-score)
        assert model.loss([score]) == pytest.approx(small, rel=1e-12)
        assert model.grad([score]) == pytest.approx(-small, rel=1e-12)
        assert model.hessian([score]) == pytest.approx(small, rel=1e-12)

    def test_curvature_stays_below_a_quarter(self):
        bound = np.linalg.eigvalsh(X.T @ X / 30 / 4)[-1]
        w = RNG.standard_normal((50, 4))
        assert np.linalg.eigvalsh(Logistic(X, CLASSES).hessian(w)).max() <= bound

    def test_separable_data_has_no_minimizer(self):
        model = Logistic([[-2.0], [-1.0], [1.0], [3.0]], [0, 0, 1, 1])
        losses = model.loss(np.array([[1.0], [10.0], [100.0], [700.0]]))
        assert np.all(np.diff(losses) < 0)
        assert losses[-1] > 0

    def test_predicts_the_class_on_its_side(self):
        model = Logistic([[-2.0], [-1.0], [1.0], [3.0]], [0, 0, 1, 0])
        assert model.predict([1.0]).tolist() == [0, 0, 1, 1]
        assert model.accuracy([[1.0], [-1.0]]).tolist() == [0.75, 0.25]

    @pytest.mark.parametrize("y", [[-1, 1], [1, 2], [0, 0.5]])
    def test_refuses_other_classes(self, y):
        with pytest.raises(ValueError, match="classes 0 and 1"):
            Logistic(np.ones((2, 1)), y)


class TestSoftmax:
    def test_without_weights_all_classes_are_equally_likely(self):
        model = Softmax(X, LABELS)
        assert model.loss(model.initial()) == pytest.approx(np.log(3), rel=1e-15)

    def test_gradient_is_the_data_times_probabilities_minus_truth(self):
        model, w = Softmax(X, LABELS, l2=0.3), RNG.standard_normal(12)
        powers = np.exp(X @ w.reshape(4, 3))
        P, Y = powers / powers.sum(axis=1, keepdims=True), np.eye(3)[LABELS]
        grad = X.T @ (P - Y) / 30 + 0.3 * w.reshape(4, 3)
        np.testing.assert_allclose(model.split(model.grad(w))["W"], grad, atol=1e-15)

    def test_two_classes_are_logistic_regression_of_their_difference(self):
        W = RNG.standard_normal((4, 2))
        softmax, logistic = Softmax(X, CLASSES), Logistic(X, CLASSES)
        difference = W[:, 1] - W[:, 0]
        assert softmax.loss(W.ravel()) == pytest.approx(logistic.loss(difference), rel=1e-13)
        grad = softmax.split(softmax.grad(W.ravel()))["W"]
        np.testing.assert_allclose(grad[:, 1], logistic.grad(difference), atol=1e-15)

    def test_adding_the_same_to_every_class_changes_nothing(self):
        model, W = Softmax(X, LABELS), RNG.standard_normal((4, 3))
        moved = W + RNG.standard_normal((4, 1))
        # Scores of size 10 round at 1e-15.
        assert model.loss(moved.ravel()) == pytest.approx(model.loss(W.ravel()), rel=1e-14)
        np.testing.assert_allclose(model.grad(moved.ravel()), model.grad(W.ravel()), atol=1e-14)

    def test_the_gradient_sums_to_zero_over_the_classes(self):
        model = Softmax(X, LABELS)
        grad = model.split(model.grad(RNG.standard_normal(12)))["W"]
        np.testing.assert_allclose(grad.sum(axis=1), 0, atol=1e-15)

    def test_permuting_the_classes_permutes_the_gradient(self):
        W, order = RNG.standard_normal((4, 3)), np.array([2, 0, 1])
        grad = Softmax(X, LABELS).grad(W.ravel()).reshape(4, 3)
        permuted = Softmax(X, np.argsort(order)[LABELS]).grad(W[:, order].ravel())
        np.testing.assert_allclose(permuted.reshape(4, 3), grad[:, order], atol=1e-15)

    @pytest.mark.parametrize("score", [1e3, -1e3, 1e6])
    def test_huge_scores_are_safe_and_exact(self, score):
        model = Softmax([[1.0]], [0], n_classes=2)
        loss, grads = model.value_and_grad([score, 0.0])
        assert loss == max(0.0, -score)
        np.testing.assert_array_equal(grads, [0, 0] if score > 0 else [-1, 1])
        shifted = model.shifted_losses([score, 0.0], [-2 * score, 2 * score])
        assert shifted == pytest.approx([max(0.0, score)] * 2, rel=1e-15)
        assert np.all(model.hessian([score, 0.0]) == 0)

    def test_curvature_stays_below_a_half(self):
        # The Hessian of log Σ exp is diag(p) - p p', whose largest eigenvalue is at most 1/2.
        bound = np.linalg.eigvalsh(X.T @ X / 30 / 2)[-1] + 0.3
        model = Softmax(X, LABELS, l2=0.3)
        curvatures = np.linalg.eigvalsh(model.hessian(RNG.standard_normal((50, 12))))
        assert curvatures.max() <= bound
        a, b = RNG.standard_normal((2, 50, 12))
        distances = np.linalg.norm(a - b, axis=-1)
        assert np.all(np.linalg.norm(model.grad(a) - model.grad(b), axis=-1) <= bound * distances)

    def test_an_alternative_class_costs_its_share(self):
        # A class that has no example still takes probability.
        few, more = Softmax(X, LABELS), Softmax(X, LABELS, n_classes=4)
        assert more.loss(more.initial()) == pytest.approx(np.log(4), rel=1e-15)
        assert (few.n_params, more.n_params) == (12, 16)


class TestHinge:
    def test_without_weights_every_wrong_class_costs_the_margin(self):
        model = Hinge(X, LABELS, margin=0.5)
        assert model.loss(model.initial()) == pytest.approx(2 * 0.5, rel=1e-15)

    def test_gradient_counts_the_violations(self):
        model, W = Hinge(X, LABELS), RNG.standard_normal((4, 3))
        grad = np.zeros((4, 3))
        for x, y in zip(X, LABELS, strict=True):
            for c in {0, 1, 2} - {y}:
                if x @ W[:, c] - x @ W[:, y] + 1 > 0:
                    grad[:, c] += x / 30
                    grad[:, y] -= x / 30
        np.testing.assert_allclose(model.grad(W.ravel()).reshape(4, 3), grad, atol=1e-15)

    def test_a_margin_met_exactly_has_a_subgradient(self):
        model, w, h = Hinge([[1.0]], [0], n_classes=2), np.array([1.0, 0.0]), 1e-3
        assert model.loss(w) == 0
        # One-sided slopes along each axis; linear pieces, so that only rounding is lost.
        ahead = (model.loss(w + h * np.eye(2)) - model.loss(w)) / h
        behind = (model.loss(w) - model.loss(w - h * np.eye(2))) / h
        assert np.all((behind - 1e-12 <= model.grad(w)) & (model.grad(w) <= ahead + 1e-12))

    def test_scaling_weights_and_margin_scales_the_loss(self):
        w = RNG.standard_normal(12)
        plain, scaled = Hinge(X, LABELS), Hinge(X, LABELS, margin=4.0)
        assert scaled.loss(4 * w) == 4 * plain.loss(w)  # powers of 2 do not round
        np.testing.assert_array_equal(scaled.grad(4 * w), plain.grad(w))

    def test_adding_the_same_to_every_class_changes_nothing(self):
        model, W = Hinge(X, LABELS), RNG.standard_normal((4, 3))
        moved = W + RNG.standard_normal((4, 1))
        assert model.loss(moved.ravel()) == pytest.approx(model.loss(W.ravel()), rel=1e-14)
        np.testing.assert_allclose(model.grad(W.ravel()).reshape(4, 3).sum(axis=1), 0, atol=1e-15)

    def test_it_is_flat_but_for_the_penalty(self):
        model = Hinge(X, LABELS, l2=0.3)
        np.testing.assert_array_equal(model.hessian(RNG.standard_normal(12)), 0.3 * np.eye(12))

    @pytest.mark.parametrize("margin", [0.0, -1.0, np.nan, "a", [1.0, 2.0]])
    def test_refuses_a_margin_that_is_none(self, margin):
        with pytest.raises(ValueError, match="margin must"):
            Hinge(X, LABELS, margin=margin)


@every_classifier
class TestClasses:
    def test_labels_of_any_whole_type_are_the_same(self, kind):
        w = RNG.standard_normal(12)
        expected = kind(X, LABELS).grad(w)
        for dtype in (np.uint8, np.int8, np.uint64, float):
            np.testing.assert_array_equal(kind(X, LABELS.astype(dtype)).grad(w), expected)

    def test_a_subset_without_the_last_class_keeps_it(self, kind):
        model = kind(X, LABELS).subset(np.flatnonzero(LABELS < 2))
        assert model.n_classes == 3
        assert model.grad(RNG.standard_normal(12)).shape == (12,)

    def test_predicts_the_largest_score(self, kind):
        model = kind(X, LABELS)
        W = RNG.standard_normal((4, 3))
        np.testing.assert_array_equal(model.predict(W.ravel()), np.argmax(X @ W, axis=1))
        assert model.accuracy(W.ravel()) == np.mean(np.argmax(X @ W, axis=1) == LABELS)
        assert model.accuracy(RNG.standard_normal((5, 2, 12))).shape == (5, 2)
        assert model.accuracy(model.initial()) == np.mean(LABELS == 0)  # of equals, the first

    @pytest.mark.parametrize("y", [[0, -1], [0, 1.5]])
    def test_refuses_what_is_no_class(self, kind, y):
        with pytest.raises(ValueError, match="y must hold classes, whole numbers"):
            kind(np.ones((2, 1)), y)

    def test_refuses_more_classes_than_there_are(self, kind):
        with pytest.raises(ValueError, match="y must hold classes from 0 to n_classes - 1 = 2"):
            kind(X, LABELS + 1, n_classes=3)

    @pytest.mark.parametrize("n_classes", [1, 0, 2.5, "a", True])
    def test_refuses_a_number_of_classes_that_is_none(self, kind, n_classes):
        with pytest.raises(ValueError, match="n_classes must be a whole number of at least 2"):
            kind(X, LABELS, n_classes=n_classes)

    def test_one_class_is_no_choice(self, kind):
        with pytest.raises(ValueError, match="n_classes must be a whole number of at least 2"):
            kind(X, np.zeros(30))
