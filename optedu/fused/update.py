"""One update in place: the compiled loop, and the checks in words around it."""

from functools import partial

import numpy as np

from optedu._validation import require_count, require_not_negative, require_number
from optedu.fused._blocks import loop_in_numpy
from optedu.fused._engines import compiled, divider, uses_numba
from optedu.fused._formula import follow_rule
from optedu.fused._text import update_text


def fuse(rule, dtype=np.float64, engine="auto", threads=1):
    """Compile an update rule to a function that changes its arrays in place.

    The hyper-parameters are arguments of the compiled loop, so another rule of the same class
    compiles nothing. Subnormal numbers slow its divisions and roots, as they do in NumPy. Without
    numba it pays for arrays that no cache holds; small ones are faster as the text.

    Parameters
    ----------
    rule : Rule
        The update rule, with one number for each hyper-parameter.
    dtype : {float64, float32}
        The type of the arrays.
    engine : {"auto", "numba", "numpy"}
        By default numba where it is installed; it takes about half a second to compile.
    threads : int
        Parts into which large arrays are divided, to run side by side.

    Returns
    -------
    callable
        ``step(params, grads, step, *state)`` with the arguments of ``rule.update``, and optionally
        ``learning_rate=``, which replaces the rule's. It overwrites `params` and the state and
        returns nothing. The arrays may have any shape, the same for all; they must be contiguous
        and share no memory. The call itself costs least for flat arrays.

    Raises
    ------
    ValueError
        If the rule is no plain elementwise formula, a hyper-parameter is an array, or an option is
        unknown. The returned function raises it for arrays that it cannot change in place.
    ImportError
        If numba is asked for and not installed.

    Examples
    --------
    >>> from optedu.momentum import Momentum
    >>> step = fuse(Momentum(learning_rate=0.5, momentum=0.5), engine="numpy")
    >>> x, v = np.array([4.0]), np.zeros(1)
    >>> step(x, np.array([2.0]), 1, v)
    >>> x, v
    (array([3.]), array([-1.]))
    """
    formula = follow_rule(rule)
    dtype = _require_dtype(dtype)
    divide = divider(threads, at_least=1 << 18)
    if uses_numba(engine):
        kernel = compiled(update_text(formula, dtype, guarded=True), formula.counts, dtype)
        loop = partial(kernel, *formula.others)
    else:
        kernel, loop = None, loop_in_numpy(formula, dtype)

    def step(params, grads, step, *state, learning_rate=rule.learning_rate):
        arrays = _require_in_place(formula.arrays, (params, grads, *state), dtype)
        require_count("step", step, at_least=1)
        if learning_rate is not rule.learning_rate:
            require_not_negative("learning_rate", require_number("learning_rate", learning_rate))
        divide(
            lambda part: loop(step, learning_rate, *(array[part] for array in arrays)), params.size
        )

    return _fast_lane(kernel, step, formula) if kernel and threads == 1 else step


def source(rule, dtype=np.float64):
    """Return the loop that `fuse` compiles, as Python text.

    Parameters
    ----------
    rule : Rule
        The update rule, with one number for each hyper-parameter.
    dtype : {float64, float32}
        The type of the arrays.

    Returns
    -------
    str
        A function of the rule's numbers and of flat arrays.

    Raises
    ------
    ValueError
        If the rule is no plain elementwise formula, or a hyper-parameter is an array.

    Examples
    --------
    >>> from optedu.momentum import Momentum
    >>> print(source(Momentum()))
    def update(momentum, step, learning_rate, params, grads, v):
        c0 = float64(momentum)
        c1 = float64(learning_rate)
        for i in range(params.size):
            a0 = c0 * v[i] - c1 * grads[i]
            params[i] = params[i] + a0
            v[i] = a0
    """
    return update_text(follow_rule(rule), _require_dtype(dtype))


_FAST_LANE = '''
def step(params, grads, step, {state}*, learning_rate=learning_rate):
    """Update params and state in place; `step` counts from 1."""
    try:
        if params.ndim == 1 and loop({others}step, learning_rate, params, grads, {state}):
            return
    except (TypeError, AttributeError):
        pass
    careful(params, grads, step, {state}learning_rate=learning_rate)
'''


def _fast_lane(loop, careful, formula):
    """Return what calls the compiled loop at once; what that refuses is checked in words.

    On two elements the call is all that costs, so its arguments are written out.
    """
    state = "".join(f"{name}, " for name in formula.arrays[2:])
    text = _FAST_LANE.format(state=state, others="".join(f"{x!r}, " for x in formula.others))
    rate = next(iter(formula.numbers.values()))
    scope = {"loop": loop, "careful": careful, "learning_rate": rate, "inf": np.inf, "nan": np.nan}
    exec(text, scope, made := {})
    return made["step"]


def _require_dtype(dtype):
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = None
    if found not in (np.float64, np.float32):
        raise ValueError(f"dtype must be float64 or float32; got {dtype!r}")
    return found


def _require_in_place(names, arrays, dtype):
    """Return the arrays as flat views, unless one cannot be updated where it is."""
    if len(arrays) != len(names):
        raise ValueError(
            f"state must be {len(names) - 2} array(s) of this rule, {', '.join(names[2:])}; "
            f"got {len(arrays) - 2}. Start with rule.init(params)"
        )
    for name, array in zip(names, arrays, strict=True):
        if not isinstance(array, np.ndarray):
            raise ValueError(f"{name} must be a NumPy array; got {type(array).__name__}")
        if array.dtype != dtype:
            raise ValueError(
                f"{name} must have dtype {dtype}, for which the rule was fused; got {array.dtype}"
            )
        if array.shape != arrays[0].shape:
            raise ValueError(
                f"{name} must have the shape of params, {arrays[0].shape}; got {array.shape}"
            )
        if not (array.flags.c_contiguous and array.flags.aligned):
            raise ValueError(f"{name} must be contiguous; pass np.ascontiguousarray({name})")
        if name != "grads" and not array.flags.writeable:
            raise ValueError(f"{name} must be writeable, as it is changed in place; pass a copy")
    for k, name in enumerate(names):
        for j in range(k):
            if np.may_share_memory(arrays[k], arrays[j]):
                raise ValueError(f"{name} must not share memory with {names[j]}; pass a copy")
    return [array.reshape(-1) for array in arrays]
