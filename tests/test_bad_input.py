"""Every public function refuses bad input in words that name the argument.

`tests/calls` holds one valid call of each function and class. The test replaces one argument at a
time by what a student or a script might pass by mistake.
"""

import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import MISSING, fields

import numpy as np
import pytest

from optedu.descent import Rule
from tests.test_docstrings import FUNCTIONS, MODULES, resolve

# Drawing, checks and grading speak to people in other ways, which their own tests hold.
WALKED = [
    name
    for name in FUNCTIONS
    if name.split(".")[1] not in ("plotting", "interactive", "checks", "bench")
]
POSITIVE = {"learning_rate", "smoothness", "initial_step", "radius", "scale", "curvature"}
NOT_NEGATIVE = {"eps", "weight_decay", "l2", "strong_convexity", "tol", "grad_tol", "step_tol"}
BELOW_ONE = {"momentum", "beta1", "beta2", "c", "c1", "c2", "shrink"}


def calls_of(stem):
    """Return the valid calls, the exceptions and the records that `tests/calls` states."""
    try:
        module = importlib.import_module(f"tests.calls.{stem}")
    except ModuleNotFoundError:
        return {}, {}, {}
    return module.CALLS, getattr(module, "ALLOWED", {}), getattr(module, "RECORDS", {})


def public():
    """Yield the stem and the name of each function and class that can be called by mistake."""
    for full in WALKED:
        thing = resolve(full)
        is_method = any(full.startswith(f"{other}.") for other in WALKED)
        if is_method or thing is Rule or issubclass_of(thing, tuple | Exception):
            continue
        if inspect.signature(thing).parameters:
            yield full.split(".")[1], full.rpartition(".")[2], thing


def issubclass_of(thing, kind):
    return inspect.isclass(thing) and issubclass(thing, kind)


def valid_call(stem, name, thing):
    """Return the arguments of a valid call; those of a rule are its defaults."""
    calls, _, _ = calls_of(stem)
    if name in calls or not issubclass_of(thing, Rule):
        return calls.get(name)
    return {field.name: field.default for field in fields(thing) if field.default is not MISSING}


def bad_values(argument, value):
    """Yield kinds of mistakes with what would be passed, judged by what is right there."""
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, str):
        yield from [("not_text", "nonsense"), ("not_text", 3)]
    elif isinstance(value, int | np.integer):
        yield from [("negative", -1), ("fraction", 2.5), ("object", "a")]
    elif isinstance(value, float):
        yield from [("nan", np.nan), ("inf", np.inf), ("object", "a"), ("complex", 1j)]
        if argument in POSITIVE | NOT_NEGATIVE | BELOW_ONE:
            yield "negative", -1.0
        if argument in POSITIVE:
            yield "zero", 0.0
        if argument in BELOW_ONE:
            yield "above_one", 1.5
    elif isinstance(value, np.ndarray) or (isinstance(value, list) and np.ndim(value) > 0):
        array = np.array(value)
        yield "object", np.full(array.shape, "a", dtype=object)
        yield "shape", np.stack([array, array, array])
        if array.ndim > 0:
            yield "empty", array[:0]
            yield "shape", np.concatenate([array, array[:1]])
        if array.dtype.kind == "f":
            yield "complex", array + 1j
            for kind, bad in (("nan", np.nan), ("inf", np.inf)):
                spoiled = array.copy()
                spoiled.flat[-1] = bad
                yield kind, spoiled
    elif isinstance(value, np.random.Generator):
        yield "object", "a"
    elif callable(value) and not hasattr(value, "value_and_grad"):
        yield "not_callable", 3.0
        yield "wrong_return", lambda *args, **kwargs: None
        yield "wrong_return", lambda *args, **kwargs: np.ones((2, 3, 5))


def call(thing, arguments):
    """Call a function, and let a generator begin."""
    with np.errstate(all="ignore"):
        result = thing(**arguments)
        if isinstance(result, Iterator):
            next(result, None)
            next(result, None)


CASES = list(public())
IDS = [f"{stem}.{name}" for stem, name, _ in CASES]


@pytest.mark.parametrize(("stem", "name", "thing"), CASES, ids=IDS)
def test_bad_input_is_refused_by_name(stem, name, thing):
    _, allowed, records = calls_of(stem)
    if name in records:
        return
    arguments = valid_call(stem, name, thing)
    assert arguments is not None, f"add a valid call of {name} to tests/calls/{stem}.py"
    call(thing, arguments)
    missed = []
    for argument, value in arguments.items():
        for kind, bad in bad_values(argument, value):
            if (name, argument, kind) in allowed:
                continue
            try:
                call(thing, arguments | {argument: bad})
            except (ValueError, TypeError) as error:
                if not re.search(rf"\b{argument}\b", str(error)):
                    missed.append(f"{argument}, {kind}: the message is: {error}")
            except Exception as error:
                missed.append(f"{argument}, {kind}: {type(error).__name__}: {error}")
            else:
                missed.append(f"{argument}, {kind}: accepted")
    assert not missed, "\n".join([f"{stem}.{name}", *missed])


@pytest.mark.parametrize("stem", sorted({module.split(".")[1] for module in MODULES[1:]}))
def test_what_is_stated_exists(stem):
    """A call, an exception or a record that names nothing has outlived what it was about."""
    calls, allowed, records = calls_of(stem)
    names = {name for other, name, _ in CASES if other == stem}
    assert {*calls, *records} <= names
    assert all(name in calls and argument in calls[name] for name, argument, _ in allowed)
