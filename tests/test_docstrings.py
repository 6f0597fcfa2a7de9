"""Public names say what they do, in numpydoc's form."""

import importlib
import inspect
import pkgutil
import re
import textwrap

import pytest
from numpydoc.validate import validate

import optedu

# What a student or a teacher imports; grading and bench are programs, and document their commands.
MODULES = [
    name
    for _, name, _ in pkgutil.walk_packages(optedu.__path__, "optedu.")
    if not any(part.startswith("_") for part in name.split("."))
    and not name.startswith(("optedu.grading", "optedu.bench"))
]

# GL08 no docstring, SS* the summary: there, capital, period, imperative, one line,
# PR* parameters: all documented, none invented, in order, with type and description,
# RT01 RT03 YD01 what comes back, GL03 no double blank lines, GL07 sections in order.
SUMMARY = {"GL08", "SS01", "SS02", "SS03", "SS04", "SS05", "SS06"}
SECTIONS = {"GL03", "GL06", "GL07", "RT01", "RT03", "YD01"}
SECTIONS |= {"PR01", "PR02", "PR03", "PR04", "PR06", "PR07", "PR08", "PR09", "PR10"}


def public_names():
    """Yield the full names of the modules, functions, classes and methods that we show."""
    for module_name in MODULES:
        yield module_name
        module = importlib.import_module(module_name)
        for name, thing in vars(module).items():
            ours = getattr(thing, "__module__", None) == module_name
            if name.startswith("_") or not ours or not callable(thing):
                continue
            yield f"{module_name}.{name}"
            if inspect.isclass(thing):
                yield from (
                    f"{module_name}.{name}.{method}"
                    for method, body in vars(thing).items()
                    if inspect.isfunction(body) and not method.startswith("_")
                )


NAMES = list(public_names())
FUNCTIONS = [name for name in NAMES if name not in MODULES]
# The functions inside the checks are read by those who write checks, beside the code.
PUBLIC = [name for name in FUNCTIONS if not name.startswith("optedu.checks.")]


def resolve(name):
    module = max((m for m in MODULES if name.startswith(f"{m}.")), key=len)
    thing = importlib.import_module(module)
    for part in name.removeprefix(f"{module}.").split("."):
        thing = getattr(thing, part)
    return thing


@pytest.mark.parametrize("name", FUNCTIONS)
def test_docstring_is_complete(name):
    wanted = SUMMARY | SECTIONS if name in PUBLIC else SUMMARY
    if is_one_formula(resolve(name)):
        wanted -= {"PR01", "RT01"}
    assert not [problem for problem in validate(name)["errors"] if problem[0] in wanted]


@pytest.mark.parametrize("name", MODULES)
def test_module_says_its_idea(name):
    first = (importlib.import_module(name).__doc__ or "").strip().split("\n")[0]
    assert first.endswith((".", ":", ",")) or len(first) > 60  # a sentence, perhaps a long one


@pytest.mark.parametrize("name", PUBLIC)
def test_errors_raised_are_documented(name):
    thing = resolve(name)
    body = textwrap.dedent(inspect.getsource(thing))
    if inspect.isclass(thing):
        body = "".join(re.findall(r"(?ms)^    def __post_init__.*?(?=^    def |\Z)", body))
    raises = re.search(r"^\s+raise \w*Error\(|\brequire_\w+\(", body, re.MULTILINE)
    if raises and "NotImplementedError" not in raises[0]:
        assert re.search(r"^\s*Raises\n\s*------", thing.__doc__, re.MULTILINE)


def is_one_formula(thing):
    """Tell a rule's init and update, which its base class documents, from other methods."""
    owner, _, name = getattr(thing, "__qualname__", "").rpartition(".")
    return name in ("init", "update") and owner != "Rule"
