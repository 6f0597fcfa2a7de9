"""Follow a function on symbols: what a rule's update, or a gradient, does with its arguments."""

from copy import copy
from dataclasses import fields
from functools import reduce
from inspect import signature
from itertools import count
from operator import mul
from typing import NamedTuple

import numpy as np

from optedu.descent import Rule

# Each coordinate of a gradient becomes lines of its own, so there must be few.
MOST_COORDINATES = 16

# What a function of NumPy is in the text of a loop.
FORMS = {
    "add": "({} + {})",
    "subtract": "({} - {})",
    "multiply": "({} * {})",
    "divide": "({} / {})",
    "power": "({} ** {})",
    "negative": "(-{})",
    "absolute": "abs({})",
    "less": "({} < {})",
    "less_equal": "({} <= {})",
    "greater": "({} > {})",
    "greater_equal": "({} >= {})",
    "equal": "({} == {})",
    "not_equal": "({} != {})",
    "bitwise_and": "({} & {})",
    "bitwise_or": "({} | {})",
    "where": "({1} if {0} else {2})",
}
FORMS |= {
    name: f"np.{name}({', '.join(['{}'] * getattr(np, name).nin)})"
    for name in (
        *("sqrt", "exp", "expm1", "log", "log1p", "sin", "cos", "tan", "arctan", "tanh"),
        *("sinh", "cosh", "cbrt", "sign", "maximum", "minimum", "arctan2", "hypot", "logaddexp"),
    )
}


class NotAFormula(ValueError):
    """Tell a function that cannot be followed from other mistakes."""


class Symbol(np.lib.mixins.NDArrayOperatorsMixin):
    """What stands for a number or an array: it writes down what is done to it.

    `text` names a leaf, `function` what NumPy does with the operands. `each` tells what has a value
    for each element from what has one a step.
    """

    def __init__(self, text="", each=False, function=None, operands=()):
        self.text, self.function, self.operands = text, function, operands
        self.each = each or any(operand.each for operand in operands)

    def __array_ufunc__(self, ufunc, method, *operands, **options):
        name = ufunc.__name__
        if method != "__call__" or options or name not in FORMS:
            raise TypeError(f"np.{name}{'' if method == '__call__' else f'.{method}'} is not known")
        if ufunc is np.power and (expanded := _small_power(*operands)) is not None:
            return expanded
        return type(self)(function=name, operands=[_symbol(operand) for operand in operands])

    def __array_function__(self, function, types, arguments, options):
        if function is np.where and len(arguments) == 3:
            return type(self)(
                function="where", operands=[_symbol(operand) for operand in arguments]
            )
        if function is np.clip and len(arguments) == 3:
            return np.minimum(np.maximum(*arguments[:2]), arguments[2])
        raise TypeError(f"np.{function.__name__} is not known")

    def __bool__(self):
        raise TypeError("it asks whether a value is true; write np.where(condition, a, b)")


def _symbol(value):
    """Return the symbol of an operand, which may be a number in the text."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if isinstance(value, Symbol):
        return value
    if np.ndim(value) != 0 or np.asarray(value).dtype.kind not in "biuf":
        raise TypeError(f"it meets {type(value).__name__} where a number was expected")
    return Symbol(f"({float(value)!r})")


def _small_power(base, exponent):
    """Return x**2, x**3 and x**4 as products and x**0.5 as a root, where x varies by element."""
    if not (isinstance(base, Symbol) and base.each) or isinstance(exponent, Symbol):
        return None
    if exponent in (2, 3, 4):
        return reduce(mul, [base] * int(exponent))
    return np.sqrt(base) if exponent == 0.5 else None


class Formula(NamedTuple):
    """A rule's update: names and values of its numbers, names of its arrays, what it returns."""

    numbers: dict
    arrays: list
    outputs: list

    @property
    def others(self):
        """The numbers but for the learning rate, which comes first and may change by step."""
        return list(self.numbers.values())[1:]

    @property
    def counts(self):
        """How many numbers there are, and how many arrays of state."""
        return len(self.numbers), len(self.arrays) - 2


# Names with a meaning of their own in the text of a loop.
RESERVED = {"params", "grads", "step", "rates", "table", "rows", "start", "i", "j", "k"}
RESERVED |= {"np", "inf", "nan", "float32", "float64", "abs", "min", "len", "range", "apart"}
RESERVED |= {"loop", "careful"}


def follow_rule(rule):
    """Return the formula of a rule's update, or say what it does that no formula does."""
    if not isinstance(rule, Rule):
        raise ValueError(f"rule must be an update rule such as Adam(); got {rule!r}")
    taken = set(RESERVED)
    numbers = {distinct(name, taken): float(value) for name, value in _numbers(rule).items()}
    parameters = list(signature(rule.update).parameters)[3:]
    state = [
        distinct(parameters[k] if k < len(parameters) else "state", taken)
        for k in range(len(rule.init(np.zeros(1))))
    ]
    arrays = ["params", "grads", *state]
    outputs = follow_update(rule, numbers, [Symbol(f"{name}[i]", each=True) for name in arrays])
    return Formula(numbers, arrays, outputs)


def follow_update(rule, numbers, arrays):
    """Return what a rule's update makes of symbols."""
    symbolic = copy(rule)
    for field, name in zip(_numbers(rule), numbers, strict=True):
        object.__setattr__(symbolic, field, Symbol(name))
    params, grads, *state = arrays
    who = f"rule must be a plain elementwise formula, but {type(rule).__name__}.update"
    outputs = _follow(who, symbolic.update, params, grads, Symbol("step"), *state)
    if not isinstance(outputs, tuple) or len(outputs) != 1 + len(state):
        raise NotAFormula(f"{who} does not return a tuple of params and its {len(state)} states")
    return [_follow(who, _symbol, output) for output in outputs]


def _follow(who, function, *arguments):
    try:
        return function(*arguments)
    except Exception as error:
        raise NotAFormula(f"{who} cannot be followed: {error}") from error


def _numbers(rule):
    """Return a rule's numbers, the learning rate first; its other fields choose the formula."""
    numbers = {}
    for field in fields(rule):
        value = getattr(rule, field.name)
        if np.ndim(value) != 0:
            raise ValueError(
                f"rule must have one number for {field.name}; got shape {np.shape(value)}. "
                "Fuse one rule for each value: nothing is compiled twice"
            )
        if isinstance(value, int | float | np.number | np.ndarray) and not isinstance(value, bool):
            numbers[field.name] = value
    return {"learning_rate": numbers.pop("learning_rate"), **numbers}


def distinct(name, taken):
    """Return `name`, with what makes it unlike those taken, and take it."""
    name = next(f"{name}{'_' * n}" for n in count() if f"{name}{'_' * n}" not in taken)
    taken.add(name)
    return name


def follow_grad(grad, texts):
    """Return the symbols of a point whose coordinates have these texts, and of its gradient."""
    n, who = len(texts), "grad must be a formula of the coordinates, but it"
    if n > MOST_COORDINATES:
        raise NotAFormula(f"grad must have at most {MOST_COORDINATES} coordinates; got {n}")
    point = np.empty(n, dtype=object)
    point[:] = [_Coordinate(text, each=True) for text in texts]
    grads = np.asarray(_follow(who, grad, point.view(_Point)), dtype=object)
    if grads.shape != (n,):
        raise NotAFormula(f"{who} returns shape {grads.shape} for one point of shape {(n,)}")
    return list(point), [_follow(who, _symbol, entry) for entry in grads]


class _Coordinate(Symbol):
    """One coordinate of a point: as it is a single number, NumPy may stack and sum it."""

    def __array_function__(self, function, types, arguments, options):
        try:
            return super().__array_function__(function, types, arguments, options)
        except TypeError:
            return function(*_as_objects(arguments), **options)

    def __getattr__(self, name):
        # NumPy applies a function to an array of objects by calling their method of its name.
        if name not in FORMS:
            raise AttributeError(f"it asks for .{name}")
        return lambda: getattr(np, name)(self)


def _as_objects(value):
    if isinstance(value, list | tuple):
        return [_as_objects(entry) for entry in value]
    return np.array(value, dtype=object) if isinstance(value, Symbol) else value


class _Point(np.ndarray):
    """A point whose coordinates are symbols; taking one out of it gives the symbol."""

    def __getitem__(self, key):
        part = super().__getitem__(key)
        return part.item() if isinstance(part, np.ndarray) and part.ndim == 0 else part
