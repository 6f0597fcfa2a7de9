"""Dependencies point one way, and `import optedu` costs NumPy."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import optedu

ROOT = Path(optedu.__file__).parent
FILES = {
    ".".join(("optedu", *path.relative_to(ROOT).with_suffix("").parts)): path
    for path in sorted(ROOT.rglob("*.py"))
}

LEAVES = {"_validation", "_running", "problems", "models", "datasets"}
# What each room may import from optedu; a chapter module is any that is not named here.
MAY_IMPORT = {
    "leaf": {"_validation"},
    "chapter": {*LEAVES, "descent"},
    "plotting": LEAVES,
    "interactive": {*LEAVES, "chapter", "plotting"},
    "checks": {*LEAVES, "chapter", "checks"},
    "grading": {"_validation", "checks", "grading", "bench"},
    "bench": {*LEAVES, "chapter", "bench", "plotting", "grading"},
    "__main__": {"grading", "checks"},
}
HEAVY = {"matplotlib", "sklearn", "ipywidgets", "tqdm", "numba", "nbgrader", "scipy", "IPython"}
HEAVY |= {"torch", "jax", "optax"}


def room(module):
    """Return the kind of room a module of optedu belongs to."""
    name = module.split(".")[1] if "." in module else module
    if name in LEAVES:
        return "leaf"
    return name if name in {*MAY_IMPORT, "__init__", "optedu"} else "chapter"


def imports(module, everywhere=True):
    """Yield the modules that a file imports; with everywhere=False, those it imports at once."""
    tree = ast.parse(FILES[module].read_text(encoding="utf-8"))
    inside_functions = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    package = module.rsplit(".", 1)[0]
    for node in ast.walk(tree):
        if not everywhere and id(node) in inside_functions:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level]
            base = ".".join([*above, node.module or ""] if node.level else [node.module]).strip(".")
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield inner if inner in FILES or f"{inner}.__init__" in FILES else base


@pytest.mark.parametrize("module", FILES)
def test_a_room_imports_only_what_lies_below_it(module):
    kind = room(module)
    if module == "optedu.__init__":
        assert not [name for name in imports(module) if name.startswith("optedu")]
        return
    for imported in imports(module):
        if not imported.startswith("optedu.") or imported.endswith(".__init__"):
            continue
        names = {imported.split(".")[1], room(imported)}
        own = {module.split(".")[1]}  # the rooms of one package may lean on each other
        assert names & (MAY_IMPORT[kind] | own), f"{module} ({kind}) imports {imported}"


@pytest.mark.parametrize("module", [name for name in FILES if room(name) != "grading"])
def test_what_is_heavy_is_imported_where_it_is_used(module):
    at_once = {name.split(".")[0] for name in imports(module, everywhere=False)}
    assert not at_once & HEAVY


@pytest.mark.parametrize("module", [name for name in FILES if room(name) in ("leaf", "chapter")])
def test_leaves_and_chapters_need_numpy_alone(module):
    at_once = {name.split(".")[0] for name in imports(module, everywhere=False)}
    assert at_once <= {"optedu", "numpy", *sys.stdlib_module_names}


LIGHT = [name.removesuffix(".__init__") for name in FILES if room(name) in ("leaf", "chapter")]


@pytest.mark.parametrize("modules", ["optedu", ", ".join(LIGHT)], ids=["optedu", "chapters"])
def test_importing_costs_numpy(modules):
    program = f"import json, sys, {modules}; print(json.dumps(sorted(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT.parent
    )
    loaded = {name.split(".")[0] for name in json.loads(run.stdout)}
    assert not loaded & HEAVY


def test_the_reader_of_imports_sees_all_kinds(tmp_path, monkeypatch):
    source = tmp_path / "rooms.py"
    source.write_text(
        "import numpy as np\n"
        "from . import problems\n"
        "from .grading.runner import run\n"
        "from optedu.descent import descend\n"
        "from optedu import plotting\n"
        "def lazily():\n"
        "    import sklearn.datasets\n"
    )
    monkeypatch.setitem(FILES, "optedu.rooms", source)
    expected = ["numpy", "optedu.problems", "optedu.grading.runner", "optedu.descent"]
    expected += ["optedu.plotting", "sklearn.datasets"]
    assert list(imports("optedu.rooms")) == expected
    assert list(imports("optedu.rooms", everywhere=False)) == expected[:-1]
