"""What can be imported beside a student's code: not what the assignment asks them to write.

The student's process cannot read the course's folder. What it needs of `optedu` is loaded before
the fork, and everything else of it is refused in a sentence; so are libraries that would do the
exercise.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types

HARMLESS = ("_validation", "problems", "datasets", "plotting")
WITHHELD_LIBRARIES = ("torch", "jax", "optax", "tensorflow", "keras", "scipy.optimize", "autograd")


class Guard(importlib.abc.MetaPathFinder):
    """Refuse what is withheld, before any other finder is asked."""

    def __init__(self, libraries=WITHHELD_LIBRARIES):
        self.libraries = libraries

    def find_spec(self, fullname, path=None, target=None):
        """Raise for what is withheld, and leave the rest to other finders."""
        if fullname == "optedu" or fullname.startswith("optedu."):
            raise ImportError(
                f"{fullname} is not there when your work is graded: it holds what the exercise "
                "asks you to write"
            )
        if any(fullname == name or fullname.startswith(f"{name}.") for name in self.libraries):
            raise ImportError(f"{fullname} is not there when your work is graded; use NumPy")


class _Anything:
    """Stands for a module whose every attribute can be called and does nothing."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Anything()

    def __call__(self, *args, **kwargs):
        return None

    def __repr__(self):
        return "<runs when your work is graded>"


def install(folder):
    """Load what is harmless of `optedu` from its folder, and withhold the rest.

    Parameters
    ----------
    folder : path-like
        Where the package `optedu` lies.
    """
    package = types.ModuleType("optedu")
    package.__path__ = []
    sys.modules["optedu"] = package
    for name in HARMLESS:
        spec = importlib.util.spec_from_file_location(f"optedu.{name}", f"{folder}/{name}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        setattr(package, name, module)
        for entry in ("__file__", "__cached__"):
            vars(module).pop(entry, None)
    # The checks that a student's own cells call have their say when the locked tests run.
    package.checks = package.interactive = _Anything()
    sys.modules["optedu.checks"], sys.modules["optedu.interactive"] = (
        package.checks,
        package.interactive,
    )
    sys.meta_path.insert(0, Guard())
