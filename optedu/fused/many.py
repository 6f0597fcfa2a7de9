"""Many runs at once: a rule and a gradient in one loop, all steps of a run before the next."""

from functools import partial

import numpy as np

from optedu._validation import (
    call_array,
    call_number,
    require_array,
    require_count,
    require_not_negative,
)
from optedu.fused._blocks import loop_in_numpy
from optedu.fused._engines import compiled, divider, uses_numba
from optedu.fused._formula import NotAFormula, follow_rule
from optedu.fused._text import run_text

# Numbers of a block of points in NumPy; the gradient makes temporaries of its own.
POINTS = 1 << 14


def trajectories(rule, grad, starts, n_steps, schedule=None, *, engine="auto", threads=1):
    """Run an update rule from many starts, each of a few coordinates, to where the runs end.

    A block of runs makes all its steps before the next block begins, so no run leaves the cache.
    For numba the gradient is followed on symbols like the rule, and both become one loop.

    Parameters
    ----------
    rule : Rule
        The update rule, with one number for each hyper-parameter.
    grad : callable
        Maps params of shape (..., n) to gradients of that shape, by NumPy operators on its
        coordinates such as ``params[..., 0]``.
    starts : array_like, shape (..., n)
        The start points.
    n_steps : int
        The number of updates.
    schedule : callable, optional
        Maps the number of an update, from 1, to its learning rate, which replaces the rule's.
    engine : {"auto", "numba", "numpy"}
        By default numba, where it is installed and the gradient can be followed.
    threads : int
        Parts into which the runs are divided, to go on side by side.

    Returns
    -------
    ndarray, shape (..., n)
        The parameters after the last update. A run that diverges ends in infinity or NaN.

    Raises
    ------
    ValueError
        If the rule is no plain elementwise formula, or numba is asked for and the gradient is no
        formula of at most 16 coordinates.
    ImportError
        If numba is asked for and not installed.

    Examples
    --------
    >>> from optedu.descent import GradientDescent
    >>> starts = [[1.0, 2.0], [4.0, 0.0]]
    >>> trajectories(GradientDescent(0.25), lambda x: 2 * x, starts, n_steps=3, engine="numpy")
    array([[0.125, 0.25 ],
           [0.5  , 0.   ]])
    """
    formula = follow_rule(rule)
    ends = np.atleast_1d(require_array("starts", starts))
    points = ends.reshape(-1, ends.shape[-1])
    call_array("grad", grad, points[:1].shape, points[:1])
    rates = _rates(rule, schedule, require_count("n_steps", n_steps))
    divide = divider(threads, at_least=1 << 10)
    run = None
    if uses_numba(engine):
        try:
            text = run_text(grad, rule, formula, points.shape[-1], points.dtype)
            run = partial(compiled(text, formula.counts, points.dtype), *formula.others)
        except NotAFormula:
            if engine == "numba":
                raise
    run = run or partial(_run_in_numpy, grad, loop_in_numpy(formula, points.dtype))
    arrays = (points, *(np.array(array, points.dtype) for array in rule.init(points)))
    divide(lambda part: run(rates, *(array[part] for array in arrays)), len(points))
    return ends


def _run_in_numpy(grad, loop, rates, params, *state):
    """Make all steps of a block of runs, then those of the next."""
    runs = max(1, POINTS // params.shape[-1])
    for start in range(0, len(params), runs):
        block, *memory = (array[start : start + runs] for array in (params, *state))
        flat = [array.reshape(-1) for array in memory]
        with np.errstate(over="ignore", invalid="ignore"):
            for step, rate in enumerate(rates.tolist(), 1):
                # A copy, as a gradient may be the very array of the parameters.
                grads = np.array(call_array("grad", grad, block.shape, block), params.dtype)
                loop(step, rate, block.reshape(-1), grads.reshape(-1), *flat)


def _rates(rule, schedule, n_steps):
    """Return the learning rate of each update."""
    if schedule is None:
        return np.full(n_steps, float(rule.learning_rate))
    rates = [call_number("schedule", schedule, step) for step in range(1, n_steps + 1)]
    require_not_negative("schedule", [0.0, *rates])
    return np.array(rates, dtype=np.float64)
