"""What runs a loop: numba where it is installed, and threads on request."""

from functools import lru_cache
from importlib.util import find_spec

import numpy as np

from optedu._validation import require_choice, require_count


def uses_numba(engine):
    """Tell whether an option, which may be "auto", means numba."""
    require_choice("engine", engine, ("auto", "numba", "numpy"))
    installed = find_spec("numba") is not None
    if engine == "numba" and not installed:
        raise ImportError("engine='numba' needs numba: pip install numba, or take engine='numpy'")
    return installed and engine != "numpy"


@lru_cache
def compiled(text, counts, dtype):
    """Return a compiled text, for arrays of one type alone; equal texts are compiled once."""
    import numba

    n_numbers, n_state = counts
    real, number = numba.from_dtype(dtype), numba.float64
    if text.startswith("def update"):
        written, read = real[::1], numba.types.Array(real, 1, "C", readonly=True)
        kind = numba.boolean(*[number] * (1 + n_numbers), written, read, *[written] * n_state)
    else:
        kind = numba.void(*[number] * (n_numbers - 1), number[::1], *[real[:, ::1]] * (1 + n_state))
    scope = {"np": np, "inf": np.inf, "nan": np.nan, "apart": _compiled_apart()}
    exec(text, scope | {"float32": numba.float32, "float64": numba.float64}, made := {})
    # NumPy's division by zero, and other threads go on meanwhile.
    return numba.njit(kind, error_model="numpy", nogil=True)(*made.values())


@lru_cache
def _compiled_apart():
    import numba

    return numba.njit(_apart)


def _apart(size, *addresses):
    """Tell whether pieces of memory of one size in bytes are disjoint."""
    for k in range(len(addresses)):
        for j in range(k):
            if abs(addresses[k] - addresses[j]) < size:
                return False
    return True


def divider(threads, at_least):
    """Return what calls ``work(slice)`` for the parts of 0 to size, side by side.

    Below `at_least` there is one part: it would be done before another thread has begun.
    """
    if require_count("threads", threads, at_least=1) == 1:
        return lambda work, size: work(slice(0, size))
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(threads - 1)

    def divide(work, size):
        parts = threads if size >= at_least else 1
        edges = [size * k // parts for k in range(parts + 1)]
        first, *others = map(slice, edges[:-1], edges[1:])
        waiting = [pool.submit(work, part) for part in others]
        work(first)
        for result in waiting:
            result.result()

    return divide
