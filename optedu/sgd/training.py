"""The training loop: an update rule, driven by the gradients of minibatches.

It is `descend` with another example set for each gradient. The loss it reports is that of the
minibatch, which comes for free; the full loss costs a pass over the data, so ask the model for
it when you want it, once an epoch perhaps.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from optedu._running import scheduled, show_progress
from optedu._validation import (
    call_with_grad,
    require_array,
    require_callable,
    require_count,
    require_rng,
)
from optedu.sgd._arguments import count_examples, require_indices
from optedu.sgd.sampling import reshuffle, steps_per_epoch


class TrainingStep(NamedTuple):
    """Where training stands after `step` updates.

    Parameters
    ----------
    step : int
        Updates made so far; the start is step 0.
    epoch : float
        Passes over the data made so far, a whole number at the end of each.
    params : ndarray
        The parameters.
    loss : float or ndarray
        The loss of the minibatch behind the last update, at the parameters before it. NaN at the
        start, where no minibatch has been seen.
    """

    step: int
    epoch: float
    params: np.ndarray
    loss: float | np.ndarray


def train(
    model,
    params,
    rule,
    *,
    batch_size,
    n_epochs,
    rng,
    sampler=reshuffle,
    schedule=None,
    progress=True,
) -> Iterator[TrainingStep]:
    """Run an update rule over the data, minibatch by minibatch.

    An epoch is ceil(N/B) updates, each with one gradient, and nothing else is evaluated. The run
    follows from `rng` alone. With ``batch_size=len(model.y)`` it is `descend` on the full
    loss.

    Parameters
    ----------
    model : model
        With targets ``y``, and ``subset(indices)`` that has ``value_and_grad(params)``.
    params : array_like, shape (..., n)
        The start point. Runs along leading axes see the same minibatches.
    rule : Rule
        The update rule.
    batch_size : int
        Examples in a minibatch; the last of an epoch may have fewer.
    n_epochs : int
        Passes over the data.
    rng : numpy.random.Generator
        Where the minibatches come from.
    sampler : callable
        ``sampler(n_examples, batch_size, rng)`` yields index arrays: `reshuffle`, `shuffle_once`
        or `with_replacement`.
    schedule : callable, optional
        Maps the number of an update, from 1, to its learning rate, which replaces the rule's.
    progress : bool
        Show a progress bar where someone watches, once the run has taken two seconds.

    Returns
    -------
    iterator of TrainingStep
        The start first, then one after each update.

    Raises
    ------
    ValueError
        If a count is not whole and positive, the model has no subsets, or the sampler yields
        anything but indices of examples, or ends.

    Examples
    --------
    >>> from optedu import descent, models
    >>> model = models.LeastSquares([[1.0], [2.0], [3.0]], [2.0, 4.0, 6.0])
    >>> run = train(model, [0.0], descent.GradientDescent(0.1), batch_size=2, n_epochs=20,
    ...             rng=np.random.default_rng(0))
    >>> [round(it.params.item(), 3) for it in run if it.epoch in (0, 1, 20)]
    [0.0, 1.4, 2.0]
    """
    n_examples = count_examples("model", model)
    params = require_array("params", params)
    per_epoch = steps_per_epoch(n_examples, batch_size)
    n_steps = per_epoch * require_count("n_epochs", n_epochs, at_least=1)
    require_rng("rng", rng)
    if schedule is not None:
        require_callable("schedule", schedule)
    draws = require_callable("sampler", sampler)(n_examples, batch_size, rng)
    batches = _checked(draws, n_steps, n_examples)
    run = _updates(model, params, rule, batches, per_epoch, schedule)
    return show_progress(run, n_steps) if progress else run


def _updates(model, params, rule, batches, per_epoch, schedule):
    state = rule.init(params)
    yield TrainingStep(0, 0.0, params, np.nan)
    for step, indices in enumerate(batches, start=1):
        loss, grads = call_with_grad(model.subset(indices).value_and_grad, params)
        if schedule is not None:
            rule = scheduled(rule, schedule, step, params.shape)
        params, *state = rule.update(params, grads, step, *state)
        yield TrainingStep(step, step / per_epoch, params, loss)


def _checked(draws, n_steps, n_examples):
    """Pass on so many minibatches, each a row of indices."""
    if not isinstance(draws, Iterator):
        raise ValueError(f"sampler must yield index arrays; it returned {type(draws).__name__}")
    for step in range(1, n_steps + 1):
        indices = next(draws, None)
        if indices is None:
            raise ValueError(
                f"sampler ended before update {step} of {n_steps}; it must go on for ever, "
                "as reshuffle does"
            )
        yield require_indices("sampler", indices, n_examples)
