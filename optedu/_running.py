"""What every loop over updates shares: schedules, and a progress bar for long runs."""

import time
from copy import copy

import numpy as np

from optedu._validation import require_callable


def scheduled(rule, schedule, step, shape):
    """Copy the rule with the learning rate of this step; 0 is allowed, for schedules that end."""
    learning_rate = require_callable("schedule", schedule)(step)
    numbers = np.asarray(learning_rate)
    if (
        numbers.dtype.kind not in "iuf"
        or not np.all(np.isfinite(numbers) & (numbers >= 0))
        or any(
            ours not in (1, theirs)
            for ours, theirs in zip(numbers.shape[::-1], shape[::-1], strict=False)
        )
        or numbers.ndim > len(shape)
    ):
        raise ValueError(
            f"schedule({step}) must be a finite learning rate of at least 0, or an array of them "
            f"that broadcasts over params of shape {shape}; got {learning_rate!r}"
        )
    rule = copy(rule)
    object.__setattr__(rule, "learning_rate", learning_rate)
    return rule


def show_progress(iterates, total, delay=2.0):
    """Pass iterates on, with a progress bar from the moment the run has taken `delay` seconds."""
    started, bar = time.monotonic(), None
    try:
        for it in iterates:
            if bar is None and time.monotonic() - started > delay:
                from tqdm.auto import tqdm  # only long runs pay for the import

                bar = tqdm(total=total, initial=it.step, disable=None, leave=False)
            yield it
            if bar is not None:
                bar.update()
    finally:
        if bar is not None:
            bar.close()
