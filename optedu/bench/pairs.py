"""What is compared with what: the list of pairs, and the process that times one of them."""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from optedu.bench.timing import compare, machine


@dataclass(frozen=True)
class Pair:
    """Where the cases of a pair are.

    Parameters
    ----------
    room, function : str
        The module of `optedu.bench`, and its function from a number of threads to cases.
    threads : tuple of int
        The numbers of threads to time with.
    """

    room: str
    function: str
    threads: tuple = (1, 2)

    @property
    def cases(self) -> Callable:
        """Return the function, importing what it compares only now."""
        return getattr(import_module(f"optedu.bench.{self.room}"), self.function)


PAIRS = {
    "torch": Pair("steps", "against_torch"),
    "optax": Pair("steps", "against_optax"),
    "memory": Pair("steps", "against_memory"),
    "text": Pair("steps", "against_text", threads=(1,)),
    "jax": Pair("trajectories", "against_jax"),
    "scipy": Pair("second_order", "against_scipy"),
    "loops": Pair("loops", "against_loops"),
    "import": Pair("importing", "against_numpy", threads=(1,)),
}


def time_pair(name, threads):
    """Time all cases of a pair.

    Parameters
    ----------
    name : str
        The pair.
    threads : int
        How many threads both may use.

    Returns
    -------
    dict
        ``machine`` and ``rows``.
    """
    if hasattr(os, "sched_setaffinity"):
        processors = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, processors[-threads:])
    rows = [{"pair": name, **compare(case, threads)} for case in PAIRS[name].cases(threads)]
    return {"machine": machine(), "rows": rows}


if __name__ == "__main__":
    json.dump(time_pair(sys.argv[1], int(sys.argv[2])), sys.stdout)
