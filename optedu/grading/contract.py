"""What an assignment agrees on: what students define, and what its tests need of each other."""

import ast
from dataclasses import dataclass
from functools import cache

import nbformat
from nbgrader.utils import is_grade, is_solution

from optedu.grading.sandbox import HIDDEN

_PREPARES = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign)


@dataclass(frozen=True)
class Contract:
    """What is read from an instructor's notebook.

    Parameters
    ----------
    names : list of str
        What the solution cells bind, and so what a student is asked to define.
    cells : list of str
        What the tests need: the imports, functions and constants of the cells that are neither
        solutions nor tests.
    modules : set of str
        What is imported there; some of it may be names in a module.
    given : set of str
        The sources of the cells that are neither solutions nor tests, whole.
    tests : list of str
        The sources of the tests.
    late : set of str
        The hidden tests, by grade_id, that can run after all else: no later test builds upon them.
    """

    names: list
    cells: list
    modules: set
    given: set
    tests: list
    late: set


@cache
def read(path, _changed):
    """Read an instructor's notebook.

    Parameters
    ----------
    path : str
        Where it is.
    _changed : int
        When it was written, so that it is read again once it is.

    Returns
    -------
    Contract
        What it agrees on.
    """
    names, cells, modules, given, tests = set(), [], set(), set(), []
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        body = _statements(cell.source)
        if is_grade(cell) and not is_solution(cell):
            tests.append((cell.metadata.nbgrader.grade_id, cell.source, body))
        elif is_solution(cell):
            names |= {name for statement in body for name in _bound(statement)}
        else:
            given.add(cell.source)
            kept = [s for s in body if isinstance(s, _PREPARES) and not _loaded(s) & names]
            cells.append("\n".join(map(ast.unparse, kept)))
            modules |= {module for statement in kept for module in _imported(statement)}
    cells = [cell for cell in cells if cell]
    sources = [source for _, source, _ in tests]
    return Contract(sorted(names), cells, modules, given, sources, _late(tests))


def _statements(source):
    try:
        return ast.parse(source).body
    except SyntaxError:  # IPython's own: magics, and commands of the shell
        from IPython.core.inputtransformer2 import TransformerManager

        return ast.parse(TransformerManager().transform_cell(source)).body


def _late(tests):
    late = set()
    for place, (name, source, body) in enumerate(tests):
        made = {made for statement in body for made in _bound(statement) | _aliases(statement)}
        if HIDDEN in source and not any(
            made & _needed(later) for _, _, later in tests[place + 1 :]
        ):
            late.add(name)
    return late


def _needed(body):
    """Return the names that some statements use before they bind them."""
    needed, bound = set(), set()
    for statement in body:
        own = _bound(statement)
        used = _loaded(statement) - bound
        simple = isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign)
        needed |= used if simple else used - own
        if isinstance(statement, ast.AugAssign):
            needed |= own - bound
        bound |= own | _aliases(statement)
    return needed


def _bound(statement):
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return {statement.name}
    return {
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _loaded(statement):
    return {
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store)
    }


def _aliases(statement):
    """Return the names that the imports in a statement bind."""
    return {
        alias.asname or alias.name.partition(".")[0]
        for node in ast.walk(statement)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }


def _imported(statement):
    """Return what a statement may import; some of it may be names in a module."""
    if isinstance(statement, ast.Import):
        return {alias.name for alias in statement.names}
    if isinstance(statement, ast.ImportFrom) and not statement.level:
        names = {f"{statement.module}.{alias.name}" for alias in statement.names}
        return names | {statement.module}
    return set()
