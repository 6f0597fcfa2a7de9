"""One valid call of each public name of optedu.datasets, for tests/test_bad_input.py."""

import atexit
import shutil
import tempfile
from pathlib import Path

import numpy as np

_FOLDER = Path(tempfile.mkdtemp())
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
(_FOLDER / "batch.bin").write_bytes(bytes(3073))
(_FOLDER / "labels").write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 1, 3]))

CALLS = {
    "standardize": {"X": np.array([[1.0, 2.0], [3.0, 5.0]])},
    "read_cifar10": {"path": _FOLDER / "batch.bin"},
    "read_idx": {"path": _FOLDER / "labels", "classes": 10},
}
ALLOWED = {("standardize", "X", "shape"): "one more row is one more example"}
