"""Time two ways to do the same work, side by side in one process.

Shared machines drift, so absolute times mean little. The two take turns in random order, the
shortest time of each counts, and only their ratio is kept. One thread is timed on the
processor's clock, which stands still while another program runs; several threads on the wall's.
"""

import os
import platform
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Case:
    """Two functions that do the same work.

    Parameters
    ----------
    work : str
        What is done, and against whom; cases of one work share a line of the plot.
    detail : str
        Which variant: the rule, the precision.
    ours, peer : callable
        Take no arguments; called many times.
    target : float
        How many times as fast as the peer ours shall be.
    note : str
        What else the reader should know, such as counts of evaluations.
    rounds : int
        Turns each of the two takes.
    wall : bool
        Read the wall's clock even with one thread, as for work that waits for other processes.
    share : float
        The part of the work that one call of the peer does, where the whole would take minutes;
        its time is divided by it.
    """

    work: str
    detail: str
    ours: Callable
    peer: Callable
    target: float
    note: str = ""
    rounds: int = 9
    wall: bool = False
    share: float = 1.0


def compare(case, threads=1, seed=0) -> dict:
    """Time a case and return how many times as fast as the peer ours is.

    Parameters
    ----------
    case : Case
        What to time.
    threads : int
        How many threads both may use.
    seed : int
        Seeds the order of turns.

    Returns
    -------
    dict
        The case's texts, and ``ratio`` of the minima with the quartiles of the ratios of each
        round, ``low`` and ``high``.
    """
    clock = time.process_time if threads == 1 and not case.wall else time.perf_counter
    works = {"ours": case.ours, "peer": case.peer}
    repeats = {name: _repeats(work, clock) for name, work in works.items()}
    turns = {name: [] for name in works}
    order = random.Random(seed)
    for _ in range(case.rounds):
        for name in order.sample(sorted(works), 2):
            turns[name].append(_time(works[name], repeats[name], clock))
    turns["peer"] = [turn / case.share for turn in turns["peer"]]
    ratios = [peer / ours for ours, peer in zip(turns["ours"], turns["peer"], strict=True)]
    low, _, high = statistics.quantiles(ratios, n=4)
    return {
        "work": case.work,
        "detail": case.detail,
        "threads": threads,
        "ratio": min(turns["peer"]) / min(turns["ours"]),
        "low": low,
        "high": high,
        "target": case.target,
        "note": case.note,
    }


def machine() -> dict:
    """Name the machine and the libraries that were timed.

    Returns
    -------
    dict
        Text by what it names.
    """
    from importlib.metadata import PackageNotFoundError, version

    from threadpoolctl import threadpool_info

    names = ("numpy", "numba", "scipy", "torch", "jax", "optax")
    versions = []
    for name in names:
        try:
            versions.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            versions.append(f"no {name}")
    kernels = {info.get("architecture", "?") for info in threadpool_info() if "blas" in str(info)}
    return {
        "processor": f"{_processor()}, {os.cpu_count()} processors, {platform.machine()}",
        "system": f"{platform.system()}, Python {platform.python_version()}",
        "libraries": ", ".join(versions),
        "BLAS kernels": ", ".join(sorted(kernels)),
    }


def _repeats(work, clock, at_least=0.02):
    """Return how often to call `work` in one turn, so that the clock's own grain is small."""
    work()
    repeats = 1
    while True:
        if (elapsed := _time(work, repeats, clock) * repeats) >= at_least:
            return repeats
        repeats = max(2 * repeats, int(repeats * at_least / max(elapsed, 1e-6)))


def _time(work, repeats, clock):
    start = clock()
    for _ in range(repeats):
        work()
    return (clock() - start) / repeats


def _processor():
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"
