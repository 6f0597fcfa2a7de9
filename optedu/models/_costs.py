"""What scores cost, with derivatives: squared error, log loss, cross-entropy, violations.

A cost is these functions of the scores and the targets, one entry or row an example:

    values(scores, y)              the cost φ of each example
    values_and_slopes(scores, y)   φ and its derivative φ', sharing what both need
    curvature(scores, y)           the function that takes a change of the scores to φ'' times it
    moved(scores, y, label, moves) φ after the score of one class moves, by each of many moves

Scores of any size are safe from overflow. The smooth costs take complex scores, so that complex
steps find derivatives; comparisons then look at the real part.
"""

from dataclasses import dataclass

import numpy as np


class SquaredError:
    """Half the squared distance of the score to the target."""

    def values(self, scores, y):
        return 0.5 * (scores - y) ** 2

    def values_and_slopes(self, scores, y):
        errors = scores - y
        return 0.5 * errors**2, errors

    def curvature(self, scores, y):
        ones = np.ones_like(scores)
        return lambda change: ones * change


class LogLoss:
    """The negative log-likelihood of the class 0 or 1, log(1 + exp(-s z)) with s = 2y - 1."""

    def values(self, scores, y):
        return softplus((1 - 2 * y) * scores)

    def values_and_slopes(self, scores, y):
        lead = (1 - 2 * y) * scores
        values = softplus(lead)
        return values, (1 - 2 * y) * np.exp(lead - values)  # σ(z) = exp(z - softplus(z))

    def curvature(self, scores, y):
        values = softplus(scores)
        curvatures = np.exp(scores - 2 * values)  # σ(z) σ(-z)
        return lambda change: curvatures * change


class CrossEntropy:
    """The negative log-likelihood of the right class, log Σ exp(z_c) - z_y."""

    def values(self, scores, y):
        return log_sum_exp(scores) - at_label(scores, y)

    def values_and_slopes(self, scores, y):
        log_sum, slopes = log_sum_exp_and_softmax(scores)
        slopes[..., np.arange(len(y)), y] -= 1
        return log_sum - at_label(scores, y), slopes

    def curvature(self, scores, y):
        _, P = log_sum_exp_and_softmax(scores)

        def product(change):
            weighted = P * change
            return weighted - P * weighted.sum(axis=-1, keepdims=True)

        return product

    def moved(self, scores, y, label, moves):
        # With the other scores held, log Σ exp is a softplus of the lead over their log Σ exp.
        others = log_sum_exp(np.delete(scores, label, axis=-1))
        lead = scores[:, label] - others
        right = y == label
        sign = np.where(right, -1, 1).astype(scores.dtype)
        rest = np.where(right, 0, others - at_label(scores, y))
        return softplus(sign * (lead + moves)) + rest


@dataclass(frozen=True)
class SumOfViolations:
    """The sum over wrong classes of max(0, z_c - z_y + margin)."""

    margin: float

    def values(self, scores, y):
        return np.maximum(self._violations(scores, y), 0).sum(axis=-1)

    def values_and_slopes(self, scores, y):
        violations = self._violations(scores, y)
        slopes = (violations > 0).astype(scores.dtype)
        slopes[..., np.arange(len(y)), y] = -slopes.sum(axis=-1)
        return np.maximum(violations, 0).sum(axis=-1), slopes

    def curvature(self, scores, y):
        zeros = np.zeros_like(scores)
        return lambda change: zeros * change

    def moved(self, scores, y, label, moves):
        right = y == label
        violations = self._violations(scores, y)
        others = np.maximum(np.delete(violations, label, axis=-1), 0)
        values = np.maximum(violations[:, label] + moves, 0) + others.sum(axis=-1)
        # A move of the right score moves all violations, the other way.
        shifted = np.delete(violations[right], label, axis=-1) - moves[..., right, None]
        values[..., right] = np.maximum(shifted, 0).sum(axis=-1)
        return values

    def _violations(self, scores, y):
        violations = scores - at_label(scores, y)[..., None] + self.margin
        violations[..., np.arange(len(y)), y] = 0
        return violations


def at_label(scores, y):
    """Return each example's score of its own class."""
    return scores[..., np.arange(len(y)), y]


def softplus(z):
    """Return log(1 + exp(z)), for z of any size."""
    positive = np.maximum(z, 0)
    return positive + np.log1p(np.exp(z - 2 * positive))


def log_sum_exp(scores):
    """Return log Σ exp over the classes; the largest score is taken out first."""
    largest = scores.real.max(axis=-1, keepdims=True)
    return np.log(np.exp(scores - largest).sum(axis=-1)) + largest[..., 0]


def log_sum_exp_and_softmax(scores):
    """Return log Σ exp, and the probabilities exp(z_c) / Σ exp(z)."""
    largest = scores.real.max(axis=-1, keepdims=True)
    P = np.exp(scores - largest)
    total = P.sum(axis=-1, keepdims=True)
    P /= total
    return (np.log(total) + largest)[..., 0], P


def times(X, W):
    """Return X W, stored class by class: sums over a few classes then run along memory."""
    if np.isrealobj(X) and np.iscomplexobj(W):  # NumPy would make a complex copy of all the data
        return times(X, W.real) + 1j * times(X, W.imag)
    return (W.mT @ X.mT).mT


def shifted_costs(cost, scores, y, X, shifts):
    """Return the summed cost after each weight of ``scores = X W`` is shifted alone."""
    costs = np.empty(shifts.shape)
    for label in range(scores.shape[-1]):
        moves = (X * shifts[:, label]).T
        costs[:, label] = cost.moved(scores, y, label, moves).sum(axis=-1)
    return costs
