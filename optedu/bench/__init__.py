"""How fast the reference is, beside the libraries that people use.

`python -m optedu bench` times each pair of peers in a process of its own, first with one thread
and then with two, and records ratios in a file that a page of the book shows.
"""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

from optedu.bench.pairs import PAIRS

RECORD = Path("book/reference/speed.json")

_ONE_POOL = ("OMP", "OPENBLAS", "MKL", "NUMBA", "VECLIB")


def run(names=None, record=RECORD, tell=print) -> dict:
    """Time the pairs, each in its own process, and write the record.

    Parameters
    ----------
    names : list of str, optional
        The pairs to time; by default all. What the record holds of others stays.
    record : path-like
        Where the results go.
    tell : callable
        Is given a line of text a pair.

    Returns
    -------
    dict
        The record: ``machine``, ``date`` and ``rows``.
    """
    record = Path(record)
    results = json.loads(record.read_text(encoding="utf-8")) if record.exists() and names else {}
    rows = [row for row in results.get("rows", []) if row["pair"] not in (names or PAIRS)]
    for name in names or PAIRS:
        for threads in PAIRS[name].threads:
            tell(f"{name}, {threads} thread{'s' if threads > 1 else ''} …")
            found = _in_a_process(name, threads)
            results["machine"] = found["machine"]
            rows += found["rows"]
            for row in found["rows"]:
                result = f"{row['ratio']:.2f} (to reach {row['target']:.2f})"
                tell(f"  {row['work']}, {row['detail']}: {result}")
    order = list(PAIRS)
    results["rows"] = sorted(rows, key=lambda row: (order.index(row["pair"]), row["threads"]))
    results["date"] = date.today().isoformat()
    record.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return results


def _in_a_process(name, threads):
    """Time one pair in a fresh process, whose libraries read their number of threads at import."""
    environment = os.environ | {f"{pool}_NUM_THREADS": str(threads) for pool in _ONE_POOL}
    if threads == 1:
        environment["XLA_FLAGS"] = (
            "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        )
    command = [sys.executable, "-m", "optedu.bench.pairs", name, str(threads)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"timing {name} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])
