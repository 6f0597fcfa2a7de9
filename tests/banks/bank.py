"""A bank: wrong solutions, each one small edit of the model solution, and right ones in any style.

The model solutions are read from the notebook source in ``solutions/``, so a bank can never drift
from what students are shown.
"""

import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np

from optedu import checks

HERE = Path(__file__).parent
SOLUTIONS = HERE.parents[1] / "solutions"
_CELL = re.compile(r"```\{code-cell\} ipython3\n---\n(.*?)\n---\n(.*?)```", re.DOTALL)
_MARK = re.compile(r"^ *### (BEGIN|END) SOLUTION\n", re.MULTILINE)


@dataclass(frozen=True)
class Wrong:
    """A wrong solution.

    Parameters
    ----------
    exercise, name : str
        The exercise, and the misconception.
    kind : str
        Its class: sign, scale, missing term, wrong point, stale state, aliasing, off by one,
        hard-coded, axis, dtype, boundary, order, formula, or form.
    when : str
        What the student did, to follow "when" or "as if".
    look : str
        Where to look, a sentence.
    fn : callable
        The solution.
    survives_visible : bool
        Whether only the hidden checks may see it.
    """

    exercise: str
    name: str
    kind: str
    when: str
    look: str
    fn: object
    survives_visible: bool


class Bank:
    """The wrong and the right solutions of a chapter's exercises.

    Parameters
    ----------
    stem : str
        The chapter's name in ``optedu.checks``.
    folder : str
        Its folder in ``solutions/``.
    """

    def __init__(self, stem, folder):
        self.stem = stem
        text = (SOLUTIONS / folder / f"{stem}.md").read_text(encoding="utf-8")
        self.model = {
            re.search(r"grade_id: (\w+)", head)[1]: _MARK.sub("", source)
            for head, source in _CELL.findall(text)
            if "solution: true" in head
        }
        self.exercises = {name: getattr(getattr(checks, stem), name) for name in self.model}
        self.wrong = []
        self.restyled = []
        self.held_out_wrong, self.held_out_good = [], []
        self.right = [(name, "model", _define(name, source)) for name, source in self.model.items()]

    @property
    def model_solutions(self):
        """Return the model solution of every exercise."""
        return {exercise: fn for exercise, name, fn in self.right if name == "model"}

    def mistakes(self, exercise):
        """Return a function that adds a wrong solution of `exercise`, made by one edit.

        Its arguments are the misconception's name and class, the words of the model solution
        that the edit replaces (they occur once) and the new ones (or two tuples of words, if it
        takes more than one place), what the student did, and where to look.
        """

        def add(name, kind, old, new, when, look, survives_visible=False):
            source = self.model[exercise]
            edits = [(old, new)] if isinstance(old, str) else zip(old, new, strict=True)
            for there, instead in edits:
                if source.count(there) != 1:
                    raise ValueError(
                        f"{exercise}/{name}: {there!r} must occur once in the solution"
                    )
                source = source.replace(there, instead)
            fn = _define(exercise, source)
            self.wrong.append(Wrong(exercise, name, kind, when, look, fn, survives_visible))

        return add

    def same_mistake(self, exercise, name):
        """Return a decorator that adds another coding of a known mistake."""

        def add(fn):
            self.restyled.append((exercise, name, fn))
            return fn

        return add

    def accept(self, exercise):
        """Return a decorator that adds a right solution of `exercise`."""

        def add(fn):
            self.right.append((exercise, fn.__name__, fn))
            return fn

        return add

    def held_out(self, exercise, *names):
        """Return a decorator that adds a wrong solution written without a look at the checks.

        `names` are the known mistakes that it makes; there are none if the bank knows none.
        """

        def add(fn):
            self.held_out_wrong.append((exercise, names, fn))
            return fn

        return add

    def held_out_right(self, exercise):
        """Return a decorator that adds a right solution written without a look at the checks."""

        def add(fn):
            self.held_out_good.append((exercise, fn.__name__, fn))
            return fn

        return add


def all_banks():
    """Return the bank of every chapter that has one."""
    chapters = sorted(set(checks.__all__) & {path.stem for path in HERE.glob("*.py")})
    banks = []
    for stem in chapters:
        banks.append(import_module(f"tests.banks.{stem}").BANK)
        for rest in sorted(HERE.glob(f"{stem}_*.py")):
            import_module(f"tests.banks.{rest.stem}")
    return banks


def _define(exercise, source):
    namespace = {"np": np}
    exec(source, namespace)
    return namespace[exercise]
