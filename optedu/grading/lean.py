"""Load of nbgrader what grading needs: half of what its packages import is for other commands.

`import nbgrader` loads the server's extensions, every exporter of nbconvert and every command,
because their `__init__` files gather names from everywhere. Grading needs a few of those names.
"""

import ast
import importlib.util
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

GATHERING = (
    "nbgrader",
    "nbgrader.auth",
    "nbgrader.converters",
    "nbgrader.preprocessors",
    "nbconvert",
    "nbconvert.exporters",
    "nbconvert.preprocessors",
)
UNPACKING = "setuptools.archive_util"  # nbgrader unpacks archives, though never to grade them


def load_on_demand():
    """Have nbgrader's packages load what they name when it is asked for, if none is loaded yet.

    Nothing is left out: a name that an `__init__` imports is imported from where that says, and
    to ask for anything else runs the `__init__` after all.
    """
    if "nbgrader" not in sys.modules and "nbconvert" not in sys.modules:
        for name in GATHERING:
            _put_off(name)
        _put_off_functions(UNPACKING)


def _put_off(name):
    spec = importlib.util.find_spec(name)
    if spec is None:
        return  # who imports it is told so
    package = importlib.util.module_from_spec(spec)
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    gathered = {
        alias.asname or alias.name: ("." * node.level + node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }

    def find(attribute):
        if attribute in gathered:
            module, original = gathered[attribute]
            found = getattr(import_module(module, name), original)
        elif importlib.util.find_spec(f"{name}.{attribute}"):
            found = import_module(f"{name}.{attribute}")
        else:
            del package.__getattr__
            spec.loader.exec_module(package)
            return getattr(package, attribute)
        setattr(package, attribute, found)
        return found

    package.__getattr__ = find
    sys.modules[name] = package
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, package)


def _put_off_functions(name):
    """Let functions be imported from a module that is loaded once one of them is called."""
    module = ModuleType(name)

    def find(attribute):
        if attribute.startswith("__"):
            raise AttributeError(attribute)

        def call(*args, **kwargs):
            if sys.modules.get(name) is module:
                del sys.modules[name]
            return getattr(import_module(name), attribute)(*args, **kwargs)

        return call

    module.__getattr__ = find
    sys.modules.setdefault(name, module)
