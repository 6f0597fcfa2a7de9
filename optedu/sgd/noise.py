"""What a minibatch's gradient is worth: no bias, and a variance that has a formula.

Let g_i be the gradients of the N examples, g their mean and Σ their covariance (divided by N).
The mean of B of them, drawn at random, is g on average, and its covariance is Σ/B. Drawn without
replacement it is Σ/B · (N - B)/(N - 1), which is 0 for the whole data. So noise costs dear:
ten times less of it takes a hundred times the examples.
"""

import numpy as np

from optedu._validation import (
    require_array,
    require_choice,
    require_count,
    require_not_negative,
    require_positive,
)
from optedu.sgd._arguments import count_examples, require_counts, require_indices


def minibatch_gradient(model, params, indices):
    """Return the gradient of the loss on some of the examples.

    It is the mean over the minibatch, not over all N; the penalty counts in full.

    Parameters
    ----------
    model : model
        With targets ``y``, and ``subset(indices)`` that has ``grad(params)``.
    params : array_like, shape (..., n)
        The parameters.
    indices : array_like of int, shape (B,)
        The examples, where repetitions count.

    Returns
    -------
    ndarray, shape (..., n)
        The estimate of the full gradient.

    Raises
    ------
    ValueError
        If the indices are not whole numbers from 0 to N - 1, or there are none.

    Examples
    --------
    >>> from optedu.models import LeastSquares
    >>> model = LeastSquares([[1.0], [2.0], [3.0]], [1.0, 1.0, 1.0])
    >>> minibatch_gradient(model, [0.0], [0, 1]), model.grad([0.0])
    (array([-1.5]), array([-2.]))
    """
    indices = require_indices("indices", indices, count_examples("model", model))
    return model.subset(indices).grad(require_array("params", params))


def gradient_covariance(example_grads, batch_size, replacement=False):
    """Return the covariance of the gradient of a random minibatch, Σ/B or Σ/B · (N - B)/(N - 1).

    Without replacement the draws are tied: what one example adds, the rest must lack. The
    factor (N - B)/(N - 1) holds for each minibatch of a shuffled epoch.

    Parameters
    ----------
    example_grads : array_like, shape (N, n)
        The gradient of each example, as from ``model.example_grads(params)``.
    batch_size : int
        The number B.
    replacement : bool
        Whether an example may be drawn twice.

    Returns
    -------
    ndarray, shape (n, n)
        The covariance matrix. Its diagonal holds the variance of each coordinate.

    Raises
    ------
    ValueError
        If the gradients are not finite, or more than N are drawn without replacement.

    Examples
    --------
    >>> gradient_covariance([[1.0], [-1.0], [3.0], [-3.0]], batch_size=2, replacement=True)
    array([[2.5]])
    """
    deviations = _deviations(example_grads)
    share = _share_of_noise(len(deviations), batch_size, replacement)
    return share * (deviations.T @ deviations) / len(deviations)


def gradient_variance(example_grads, batch_size, replacement=False):
    """Return the mean squared distance of a minibatch's gradient from the full one.

    It is the trace of `gradient_covariance`, without the n × n matrix.

    Parameters
    ----------
    example_grads : array_like, shape (N, n)
        The gradient of each example, as from ``model.example_grads(params)``.
    batch_size : int
        The number B.
    replacement : bool
        Whether an example may be drawn twice.

    Returns
    -------
    float
        The variance, summed over the coordinates.

    Raises
    ------
    ValueError
        If the gradients are not finite, or more than N are drawn without replacement.

    Examples
    --------
    >>> round(gradient_variance([[1.0], [-1.0], [3.0], [-3.0]], batch_size=2), 4)
    1.6667
    """
    deviations = _deviations(example_grads)
    share = _share_of_noise(len(deviations), batch_size, replacement)
    return float(share * np.sum(deviations**2) / len(deviations))


def critical_batch_size(example_grads):
    """Return the batch size at which the noise is as large as the gradient, tr Σ / ‖g‖².

    Call it C. Where the curvature is the same in all directions, the best step along a
    minibatch's gradient gains B/(B + C) of what the best step along g gains. So below C twice
    the examples help nearly twice as much, and far above it more examples are wasted. C grows on
    the way to the minimizer, where g vanishes and the noise does not [MKAT18]_.

    Parameters
    ----------
    example_grads : array_like, shape (N, n)
        The gradient of each example, as from ``model.example_grads(params)``.

    Returns
    -------
    float
        The batch size, rarely a whole number; infinity where only noise is left.

    Raises
    ------
    ValueError
        If the gradients are not a finite matrix.

    References
    ----------
    .. [MKAT18] S. McCandlish, J. Kaplan, D. Amodei and the OpenAI Dota Team, "An empirical model
       of large-batch training", arXiv:1812.06162.

    Examples
    --------
    >>> critical_batch_size([[1.0], [0.0]])
    1.0
    """
    grad = np.mean(require_array("example_grads", example_grads, ndim=2), axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.divide(gradient_variance(example_grads, 1, True), grad @ grad))


def noise_floor(learning_rate, curvature, noise_variance, batch_size=1):
    """Return the variance on which SGD settles around the minimizer, at a constant learning rate.

    On 1/2 λ x² a step is x <- (1 - αλ) x - α ε, where the noise ε has the variance s²/B.
    Squared, on average, that is v <- (1 - αλ)² v + α² s²/B. It stands still at

        v = α s² / (B λ (2 - αλ)),

    where the loss is λ v / 2 above its minimum. Twice the batch size halves the floor and half
    the learning rate more than halves it. Neither removes it: a learning rate that falls to 0
    does.

    Parameters
    ----------
    learning_rate, curvature, noise_variance : float or ndarray
        The numbers α, λ and s², the last for a single example. For a quadratic in many
        dimensions pass its eigenvalues, and the variance along each eigenvector.
    batch_size : int or ndarray of int
        The number B, drawn with replacement or from far more examples.

    Returns
    -------
    float or ndarray
        The stationary variance of x; infinity where αλ >= 2, since there is none.

    Raises
    ------
    ValueError
        If the learning rate, the curvature or the batch size is not positive, or the variance
        is negative.

    Examples
    --------
    >>> noise_floor(learning_rate=0.5, curvature=1.0, noise_variance=3.0, batch_size=10)
    0.1
    """
    require_positive("learning_rate", learning_rate)
    require_positive("curvature", curvature)
    require_not_negative("noise_variance", noise_variance)
    batch_size = require_counts("batch_size", batch_size, at_least=1)
    rate = np.multiply(learning_rate, curvature)
    with np.errstate(divide="ignore", invalid="ignore"):
        floor = np.multiply(learning_rate, noise_variance) / (batch_size * curvature * (2 - rate))
    floor = np.where(rate < 2, floor, np.inf)
    return float(floor) if floor.ndim == 0 else floor


def scale_learning_rate(learning_rate, batch_size, base_batch_size, rule="linear"):
    """Return the learning rate for another batch size, in proportion to it or to its root.

    B times the examples have 1/B of the variance, so a learning rate B times as large keeps the
    noise floor where it was [GDG17]_; for rules that divide by the size of the gradient, such as
    Adam, it is the root [MLPA22]_. Neither holds for ever: the learning rate must stay below
    2/L, and beyond the critical batch size noise is not what limits it.

    Parameters
    ----------
    learning_rate : float or ndarray
        One that works at `base_batch_size`.
    batch_size, base_batch_size : int
        The new and the old number of examples in a minibatch.
    rule : {"linear", "sqrt"}
        What the learning rate is proportional to: the batch size or its root.

    Returns
    -------
    float or ndarray
        The learning rate to begin with at `batch_size`.

    Raises
    ------
    ValueError
        If a number is not positive, or there is no such rule.

    References
    ----------
    .. [GDG17] P. Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1 hour",
       arXiv:1706.02677, section 2.1.
    .. [MLPA22] S. Malladi, K. Lyu, A. Panigrahi and S. Arora, "On the SDEs and scaling rules for
       adaptive gradient algorithms", NeurIPS 2022.

    Examples
    --------
    >>> scale_learning_rate(0.5, batch_size=64, base_batch_size=16)
    2.0
    >>> scale_learning_rate(0.5, batch_size=64, base_batch_size=16, rule="sqrt")
    1.0
    """
    require_positive("learning_rate", learning_rate)
    require_count("batch_size", batch_size, at_least=1)
    require_count("base_batch_size", base_batch_size, at_least=1)
    power = {"linear": 1.0, "sqrt": 0.5}[require_choice("rule", rule, ("linear", "sqrt"))]
    return learning_rate * (batch_size / base_batch_size) ** power


def _deviations(example_grads):
    example_grads = require_array("example_grads", example_grads, ndim=2)
    return example_grads - np.mean(example_grads, axis=0)


def _share_of_noise(n_examples, batch_size, replacement):
    """Return what a minibatch keeps of the covariance of single examples."""
    require_count("batch_size", batch_size, at_least=1)
    if replacement:
        return 1 / batch_size
    if batch_size > n_examples:
        raise ValueError(
            f"batch_size must be at most the {n_examples} examples; got {batch_size}. "
            "Or draw with replacement=True"
        )
    # One example alone is the whole data, and 0/0 would hide that.
    return (n_examples - batch_size) / (batch_size * max(n_examples - 1, 1))
