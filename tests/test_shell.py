"""The grader's shell: its short way with plain cells against IPython's own way with all of them."""

import gc
import random
import re
import sys
import warnings

import pytest
from IPython.core.interactiveshell import InteractiveShell

from optedu.grading.sandbox.shell import Recorder

PLAIN = [
    "x = 1",
    "x = 2\nx",
    "'a text'",
    "x, 'two';",
    "x = 3; x",
    "if True:\n    7",
    "a = 1000\nb = 1000\na is b",
    "'one'\n'two'\n__doc__",
    "ä = 'größe'\nprint(ä)\nä",
    "print('to one'); import sys; print('to the other', file=sys.stderr)\n5",
    "def f(n):\n    '''Say it.'''\n    return 1 / n",
    "f(0)",
    "import inspect\ninspect.getsource(f)",
    "f",
    "try:\n    f(0)\nexcept ZeroDivisionError as error:\n    raise ValueError('again') from error",
    "from __future__ import annotations\ndef g(x: nothing): return x\ng.__annotations__",
    "def h(x: nothing_either): return x",
    "_, __, ___, _i, _ii",
    "Out, In[-1], len(In), get_ipython().execution_count",
    "[name for name in dir() if name.startswith('_i') or name.startswith('_1')]",
    "_ = 'mine'",
    "5",
    "_",
    "del x\nx",
    "None",
    "class Odd:\n    def __repr__(self): raise ValueError('no words')\nOdd()",
    "class Own(Exception):\n    def _render_traceback_(self): return ['its own']\nraise Own('so')",
    "raise SystemExit(3)",
    "raise KeyboardInterrupt",
    "raise StopIteration(4)",
    "raise SyntaxError('made up')",
    "raise ExceptionGroup('both', [ValueError(1), TypeError(2)])",
    "import bdb\nraise bdb.BdbQuit",
    "import warnings\nwarnings.warn('watch out')",
    "from IPython.display import display\ndisplay({'a': 1})\ndisplay('b')",
    "sys.displayhook(3)\nsys.displayhook is get_ipython().displayhook, sys.excepthook.__name__",
    "get_ipython().run_cell('y = 8\\ny')\ny",
    "eval('exit'), get_ipython().last_execution_succeeded",
    "z = 1\nz.nothing\nz = 2",
    "[k for k in range(3)]\n",
    "globals() is locals(), __name__",
    "\n\n3  # with a comment",
    "print('before')\nreturn 5\nprint('behind')",
    "print('before')\n1 is 1",
    "import sys\nsys.settrace(None)\nbreak",
    "kept.stdout",
    "exit",
    "f'{x!r}' if 'x' in dir() else f'none'",
]
SPECIAL = [
    "",
    "# nothing but a comment",
    "%who_ls int",
    "%%capture kept\nprint('quiet')",
    "!echo from outside",
    "x = !echo lines",
    "f?",
    "In [3]: x = 5",
    "x ==",
    "  x = 1",
    "x = 1\n\treturn x",
    "'\\d'",
    "x = (1,\n",
    "\0",
]
CHANGES = [
    "%config InteractiveShell.ast_node_interactivity = 'all'",
    "get_ipython().ast_transformers.append(Plus())",
    "get_ipython().set_custom_exc((ZeroDivisionError,), lambda *_: print('divided'))",
    "get_ipython().input_transformers_post.append(shout)",
    "for event in ('pre_run_cell', 'post_run_cell'): get_ipython().events.register(event, told)",
    "get_ipython().run_cell = quiet",
    "get_ipython().events.register('post_execute', fails)",
]
BEFORE = """
import ast, types
class Plus(ast.NodeTransformer):
    def visit_Constant(self, node):
        return ast.Constant(node.value + 1) if type(node.value) is int else node
def shout(lines): return [line.replace("'a text'", "'A TEXT'") for line in lines]
def told(about): print(type(about).__name__, getattr(about, 'success', about))
def fails(): 1 / 0
def quiet(code, **kwargs): return types.SimpleNamespace(success=True)
"""


def shown(value):
    """Return what tells values apart in two shells."""
    try:
        return repr(value)
    except ValueError:
        return type(value).__name__


def new_shell():
    """Return a shell of ours, whichever was there."""
    for kind in (Recorder, InteractiveShell):
        kind.clear_instance()
    return Recorder.instance()


@pytest.fixture
def run_all(monkeypatch, tmp_path):
    """Return a function that runs cells in a new shell, and says what each has left behind."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])  # IPython takes its place
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))

    def run(cells, way):
        gc.collect()  # what others left behind may warn, and shall not do so in the midst of a cell
        shell = new_shell()
        if way == "IPython's":
            shell._parsed = lambda code, cell: None
        if way == "learned":
            for cell in cells:
                shell.learn(cell)
        told = []
        for cell in cells:
            result = shell.run(cell)
            names = {name: shown(value) for name, value in shell.user_ns.items()}
            names.pop("__warningregistry__", None)  # holds the number of changes to the filters
            told.append((cell, result, names))
        # A file that was named before its cell was run has another number in its name.
        return [re.sub(r" at (0x)?[0-9a-f]+|(?<=input-)\d+", "", repr(entry)) for entry in told]

    def tell(message, category, filename, lineno, file=None, line=None):
        sys.stderr.write(warnings.formatwarning(message, category, filename, lineno, line))

    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.showwarning = tell  # not pytest's
        gc.disable()
        yield run
        gc.enable()
    Recorder.clear_instance()


@pytest.mark.parametrize("way", ["short", "learned"])
@pytest.mark.parametrize("order", range(4))
def test_the_short_way_leaves_what_ipythons_own_leaves(run_all, order, way):
    cells = [*PLAIN, *SPECIAL]
    if order:
        random.Random(order).shuffle(cells)
    for short, own in zip(run_all(cells, way), run_all(cells, "IPython's"), strict=True):
        assert short == own


@pytest.mark.parametrize("way", ["short", "learned"])
@pytest.mark.parametrize("change", CHANGES)
def test_what_a_student_sets_in_ipython_holds_for_plain_cells_too(run_all, change, way):
    cells = [BEFORE, "x = 1\nx\n2", change, "'a text'", "def f(n): return 1 / n", "f(0)", "x\nx"]
    told = run_all(cells, way)
    assert told == run_all(cells, "IPython's")
    assert told[3:] != run_all([*cells[:2], "pass", *cells[3:]], way)[3:]


def test_plain_cells_take_the_short_way_and_only_they(run_all):
    shell, asked = new_shell(), []
    shell._run_plain = lambda code, cell, parsed: asked.append(code) or shell.run_cell("")
    for cell in [*PLAIN, *SPECIAL]:
        shell.run(cell)
    assert asked == PLAIN
    # Not run here: a browser's test may have an event loop running, and there can be but one.
    assert shell._parsed("await later()", "await later()\n") is None


def test_what_compiles_in_silence_is_learned_whatever_has_run_before(run_all):
    def compiles(cell):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                return bool(compile(cell, "cell", "exec"))
            except SyntaxError:
                return False

    shell = new_shell()
    shell.run("1 / 0")
    for cell in [*PLAIN, *SPECIAL]:
        shell.learn(cell)
    of_today = [cell for cell in PLAIN if "__future__" not in cell]
    assert list(shell.learned) == list(filter(compiles, of_today))


def test_an_interrupt_outside_of_a_cells_statements_is_told_of(run_all):
    shell = new_shell()
    shell.run("def late(): raise KeyboardInterrupt\nget_ipython().logger.log = lambda *_: late()")
    result = shell.run("x = 1")
    assert not result["ok"]
    assert result["outputs"][-1]["ename"] == "KeyboardInterrupt"
