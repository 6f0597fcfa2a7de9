"""The import of every chapter's module, against NumPy's own import and 50 ms more."""

import subprocess
import sys
from functools import partial
from pathlib import Path

import optedu
from optedu.bench.timing import Case

NOT_CHAPTERS = {"bench", "checks", "grading", "interactive", "plotting"}


def against_numpy(threads):
    """Yield cases: a Python that imports the package, and one that imports all of it."""
    del threads
    root = Path(optedu.__file__).parent
    modules = sorted(
        path.stem
        for path in root.iterdir()
        if not path.name.startswith("_")
        and path.stem not in NOT_CHAPTERS
        and (path.suffix == ".py" or path.is_dir())
    )
    for what, program in (
        ("optedu", "import optedu"),
        (f"its {len(modules)} modules", "; ".join(f"import optedu.{name}" for name in modules)),
    ):
        yield Case(
            "import, against NumPy's and 50 ms",
            what,
            partial(_python, program),
            partial(_python, "import numpy, time; time.sleep(0.05)"),
            1.0,
            rounds=15,
            wall=True,
        )


def _python(program):
    subprocess.run([sys.executable, "-c", program], check=True)
