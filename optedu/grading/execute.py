"""Run a submission's cells confined, and the locked tests out of their reach.

`nbgrader_config.py` names the class here as what runs cells, so `nbgrader autograde`, the
formgrader's button and `python -m optedu grade` take the same way.
"""

import ast
import atexit
import json
import os
import re
import sys
from functools import cache
from pathlib import Path

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_locked, is_solution
from traitlets import Bool, Dict, TraitError, validate

from optedu.grading import intake, pictures
from optedu.grading.sandbox import walls
from optedu.grading.sandbox.host import OPTEDU, Zygote
from optedu.grading.sandbox.limits import Limits
from optedu.grading.sandbox.submission import Submission

# What a page can show without running it. HTML, scripts and widgets are a student's to see alone.
SAFE_TYPES = ("text/plain", "image/png", "image/jpeg")
MAX_IMAGE = 2 << 20
MAX_MESSAGE, MAX_FRAMES, MAX_LINE = 10_000, 200, 1000
MAX_COUNT = 1_000_000
# Matplotlib takes longer to load than most submissions to run, and few need it.
DRAWING = {"matplotlib.pyplot", "matplotlib_inline.backend_inline"}
LANGUAGE = {
    "name": "python",
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "codemirror_mode": {"name": "ipython", "version": 3},
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
    "version": ".".join(map(str, sys.version_info[:3])),
}


class RunCells(NbGraderPreprocessor):
    """Run the student's cells in one confined process, and the locked tests in another."""

    limits = Dict(help="What a submission may use: see optedu.grading.sandbox.limits.").tag(
        config=True
    )
    cell_limits = Dict(
        help="Other limits of single cells and tests, by grade_id: seconds and output."
    ).tag(config=True)
    namespaces = Bool(
        None,
        allow_none=True,
        help="True: bubblewrap and all other walls. False: the walls that need no namespaces. "
        "None: the first if it holds here, else the second.",
    ).tag(config=True)

    @validate("cell_limits")
    def _only_what_a_cell_has(self, proposal):
        for name, limits in proposal["value"].items():
            if not isinstance(limits, dict) or not limits.keys() <= {"seconds", "output"}:
                raise TraitError(f"cell_limits[{name!r}] can set seconds and output; got {limits}")
        return proposal["value"]

    def preprocess(self, nb, resources):
        """Run a notebook.

        Parameters
        ----------
        nb : NotebookNode
            The notebook, its locked cells already those of the instructor.
        resources : dict
            nbgrader's, with the names of the assignment and the notebook.

        Returns
        -------
        nb, resources
            The notebook with outputs; ``metadata.optedu.notes`` says where it went wrong.
        """
        notes = nb.metadata.setdefault("optedu", {}).setdefault("notes", [])
        students, checkers = _warm(self.namespaces, Limits(**self.limits))
        names, cells, modules = self._contract(resources["nbgrader"])
        students.load(modules | (DRAWING if any(map(_draws, nb.cells)) else set()))
        checkers.load(modules)
        room = intake.LARGEST
        sources = [cell.source for cell in nb.cells if cell.cell_type == "code"]
        with Submission(students, checkers, names, cells) as submission:
            for cell in nb.cells:
                if cell.cell_type == "code" and cell.source.strip():
                    act = submission.test if _is_test(cell) else submission.run
                    name = _name(cell)
                    result = act(cell.source, f"cell {name}", self.cell_limits.get(name))
                    count = result.get("count")
                    counted = type(count) is int and 0 <= count < MAX_COUNT
                    cell.execution_count = count if counted else None
                    limit = self.cell_limits.get(name, {}).get("output", students.limits.output)
                    shown = _safe(result.get("outputs"), _is_test(cell), sources)
                    cell.outputs, room = _within(room, limit, shown, _is_test(cell))
                    if _is_test(cell):
                        picture = _picture(result.get("outputs"))
                        cell.metadata["optedu"] = nbformat.from_dict({"picture": picture})
            notes += submission.notes
        nb.metadata["language_info"] = nbformat.from_dict(LANGUAGE)
        return nb, resources

    def _contract(self, names):
        course = self.parent.parent.coursedir  # the exporter's converter owns it
        folder = course.format_path(course.source_directory, ".", names["assignment"])
        path = Path(folder) / f"{names['notebook']}.ipynb"
        return _contract(str(path), path.stat().st_mtime_ns)


_running = {}


def _warm(namespaces, limits):
    """Return this process's warm processes, started anew if one has died or the code has changed.

    The formgrader's server lives long, and the checks may be mended meanwhile.
    """
    key = os.getpid(), namespaces, limits, _changed(OPTEDU)
    if key not in _running or not all(zygote.is_alive() for zygote in _running[key]):
        close()
        students = walls.behind_walls(limits, namespaces)
        _running[key] = students, Zygote("checker", students.namespaces, limits)
    return _running[key]


@atexit.register
def close():
    """End this process's warm processes."""
    for key in list(_running):
        zygotes = _running.pop(key)
        if key[0] == os.getpid():  # a fork has only copies of its parent's
            for zygote in zygotes:
                zygote.close()


def _changed(folder):
    """Return when the newest Python file of a folder was written."""
    newest = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                newest = max(newest, _changed(entry.path))
            elif entry.name.endswith(".py"):
                newest = max(newest, entry.stat().st_mtime_ns)
    return newest


@cache
def _contract(path, _changed):
    """Read an instructor's notebook: what students define, and what tests need before them.

    The names are those that the solution cells bind. The tests need the imports, the functions
    and the constants of the cells that are neither solutions nor tests. Last come the modules
    that are imported there.
    """
    names, cells, modules = set(), [], set()
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type != "code" or (is_grade(cell) and not is_solution(cell)):
            continue
        tree = ast.parse(TransformerManager().transform_cell(cell.source))
        if is_solution(cell):
            names |= {name for statement in tree.body for name in _bound(statement)}
        else:
            kept = [s for s in tree.body if isinstance(s, _PREPARES) and not _used(s) & names]
            cells.append("\n".join(map(ast.unparse, kept)))
            modules |= {module for statement in kept for module in _imported(statement)}
    return sorted(names), [cell for cell in cells if cell], modules


_PREPARES = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign)


def _bound(statement):
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return {statement.name}
    return {
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _imported(statement):
    """Return what a statement may import; some of it may be names in a module."""
    if isinstance(statement, ast.Import):
        return {alias.name for alias in statement.names}
    if isinstance(statement, ast.ImportFrom) and not statement.level:
        names = {f"{statement.module}.{alias.name}" for alias in statement.names}
        return names | {statement.module}
    return set()


def _used(statement):
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}


def _safe(outputs, is_test, sources):
    """Yield the outputs that a page may show, each rebuilt from what is known of its kind."""
    for output in (outputs if isinstance(outputs, list) else [])[:1000]:
        kind = output.get("output_type") if isinstance(output, dict) else None
        if kind == "stream" and output.get("name") in ("stdout", "stderr"):
            # nbgrader reads a warning on stderr as a failed test.
            if not (is_test and output["name"] == "stderr"):
                yield _output(kind, name=output["name"], text=str(output.get("text", "")))
        elif kind == "error":
            frames = output.get("traceback")
            frames = [
                str(frame)[:MAX_LINE]
                for frame in (frames[:MAX_FRAMES] if isinstance(frames, list) else [])
            ]
            if is_test:
                frames = [frame for frame in frames if _is_in(sources, frame)]
            yield _output(
                kind,
                ename=str(output.get("ename"))[:MAX_LINE],
                evalue=str(output.get("evalue"))[:MAX_MESSAGE],
                traceback=frames,
            )
        elif kind in ("display_data", "execute_result") and isinstance(output.get("data"), dict):
            data = {
                name: text
                for name, text in output["data"].items()
                if name in SAFE_TYPES and isinstance(text, str) and len(text) <= MAX_IMAGE
            }
            if data:
                yield _output("display_data", data=data, metadata={})


def _is_in(sources, frame):
    """Return whether a line that an error went through is one of the notebook's, if of a cell's.

    A student's process tells of its own lines, and could tell of a hidden test instead.
    """
    if not frame.startswith("Cell In["):
        return True
    parts = _FRAME.fullmatch(frame)
    if parts is None or int(parts["cell"]) > 2 * len(sources):
        return False
    number, name, text = int(parts["line"]), parts["name"], parts["text"]
    return any(
        name in (*_UNNAMED, *re.findall(r"\w+", source))
        and [line.strip() for line in source.splitlines()[number - 1 : number]] == [text]
        for source in sources
    )


_FRAME = re.compile(
    r"Cell In\[(?P<cell>\d{1,4})\], line (?P<line>\d{1,6}), in (?P<name>\S+)\n {4}(?P<text>.*)"
)
_UNNAMED = ("<module>", "<lambda>", "<listcomp>", "<dictcomp>", "<setcomp>", "<genexpr>")


def _within(room, limit, outputs, is_test):
    """Return the outputs that there is room for, and the room that is left in the notebook.

    The student's process has limits of its own, but who speaks for it may be the student's code.
    A test's error is always kept: without one it has passed.
    """
    kept = []
    for output in outputs:
        if output.output_type == "stream":
            output.text = output.text[: max(int(limit) + MAX_LINE, 0)]
            limit -= len(output.text)
        size = len(json.dumps(output))
        if (is_test and output.output_type == "error") or size <= room:
            kept.append(output)
            room -= size
    return kept, room


def _output(kind, **content):
    """Return an output; the notebook is checked against its format as a whole."""
    return nbformat.from_dict({"output_type": kind, **content})


def _picture(outputs):
    """Return what a failed check shows, if it can be drawn, or None."""
    for output in outputs if isinstance(outputs, list) else []:
        if isinstance(output, dict) and pictures.svg(output.get("picture"), "a check"):
            return output["picture"]
    return None


def _is_test(cell):
    return is_grade(cell) and is_locked(cell) and not is_solution(cell)


def _draws(cell):
    """Return whether a cell of the student's own may draw."""
    return cell.cell_type == "code" and not is_locked(cell) and "matplotlib" in cell.source


def _name(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id", "of the student's own")
