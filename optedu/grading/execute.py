"""Run a submission's cells confined, and the locked tests out of their reach.

`nbgrader_config.py` names the class here as what runs cells, so `nbgrader autograde`, the
formgrader's button and `python -m optedu grade` take the same way.
"""

import atexit
import json
import os
import re
import sys
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import nbformat
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_locked, is_solution
from traitlets import Bool, Dict, TraitError, validate

from optedu.grading import contract, intake, pictures
from optedu.grading.sandbox import walls
from optedu.grading.sandbox.host import OPTEDU, Dead, Zygote
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
        agreed = self._contract(resources["nbgrader"])
        drawing = DRAWING if any(map(_draws, nb.cells)) else set()
        sources = [cell.source for cell in nb.cells if cell.cell_type == "code"]
        students.load(agreed.modules | drawing, agreed.given.intersection(sources))
        checkers.load(agreed.modules, [*agreed.cells, *agreed.tests])
        room = intake.LARGEST
        with Submission(students, checkers, agreed.names, agreed.cells) as submission:
            waiting = []
            for cell in nb.cells:
                if cell["cell_type"] != "code" or not cell["source"].strip():
                    continue
                name, is_test = _name(cell), _is_test(cell)
                own = self.cell_limits.get(name, {})
                if is_test and name in agreed.late:
                    # What it calls a function with, no later cell and no other test may tell.
                    waiting.append((cell, name, own, submission.hold(f"cell {name}")))
                    continue
                act = submission.test if is_test else submission.run
                result = act(cell["source"], f"cell {name}", own)
                room = self._keep(cell, is_test, own, result, sources, room)
            for cell, name, own, held in waiting:
                result = submission.test(cell["source"], f"cell {name}", own, held)
                room = self._keep(cell, True, own, result, sources, room)
            notes += submission.notes
        nb.metadata["language_info"] = nbformat.from_dict(LANGUAGE)
        return nb, resources

    def _keep(self, cell, is_test, own, result, sources, room):
        """Put what came of a cell into the notebook; return the room that is left there."""
        count = result.get("count")
        counted = type(count) is int and 0 <= count < MAX_COUNT
        cell["execution_count"] = count if counted else None
        limit = {**self.limits, **own}.get("output", Limits.output)
        points = cell["metadata"].get("nbgrader", {}).get("points", 0) if is_test else 0
        shown = _safe(result.get("outputs"), is_test, sources, points)
        cell["outputs"], room = _within(room, limit, shown, is_test)
        if is_test:
            cell["metadata"]["optedu"] = {"picture": _picture(result.get("outputs"))}
        return room

    def _contract(self, names):
        course = self.parent.parent.coursedir  # the exporter's converter owns it
        folder = course.format_path(course.source_directory, ".", names["assignment"])
        path = Path(folder) / f"{names['notebook']}.ipynb"
        return contract.read(str(path), path.stat().st_mtime_ns)


_running, _shared = {}, []


def share(namespaces, limits):
    """Start a checker's process for all forks of this one: none runs a student's code.

    Parameters
    ----------
    namespaces : bool or None
        As `RunCells.namespaces`.
    limits : Limits
        What a fork of it may use.
    """
    with suppress(OSError):  # who cannot be walled in is told so when it comes to student code
        _shared.append(Zygote("checker", namespaces is not False, limits))


def settle():
    """Wait until it can fork; if it does not come to that, each process starts its own."""
    for zygote in list(_shared):
        try:
            zygote.wait()
        except Dead:
            _shared.remove(zygote)


def _warm(namespaces, limits):
    """Return this process's warm processes, started anew if one has died or the code has changed.

    The formgrader's server lives long, and the checks may be mended meanwhile.
    """
    key = os.getpid(), namespaces, limits, _newest(OPTEDU, int(time.monotonic()))
    if key not in _running or not all(zygote.is_alive() for zygote in _running[key]):
        _end_own()
        students = walls.behind_walls(limits, namespaces)
        wanted = students.namespaces, limits
        shared = [z for z in _shared if (z.namespaces, z.limits) == wanted and z.is_alive()]
        _running[key] = students, shared[0] if shared else Zygote("checker", *wanted)
    return _running[key]


@atexit.register
def close():
    """End this process's warm processes, and let go of those that it shares."""
    _end_own()
    while _shared:
        _shared.pop().close()


def _end_own():
    for key in list(_running):
        zygotes = _running.pop(key)
        if key[0] == os.getpid():  # a fork has only copies of its parent's
            for zygote in zygotes:
                if zygote not in _shared:
                    zygote.close()


@lru_cache(maxsize=1)
def _newest(folder, _second):
    """Do as `_changed`, once a second: submissions come faster."""
    return _changed(folder)


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


def _safe(outputs, is_test, sources, points=0):
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
            if is_test and kind == "execute_result" and _is_credit(data.get("text/plain"), points):
                yield _output(kind, data=data, metadata={}, execution_count=None)
            elif data:
                yield _output("display_data", data=data, metadata={})


def _is_credit(text, points):
    """Return whether nbgrader reads a test's last value as the part of its points to be given."""
    try:
        return 0 <= float(text) <= points
    except (TypeError, ValueError):
        return False


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
        kind = output["output_type"]
        if kind == "stream":
            output["text"] = output["text"][: max(int(limit) + MAX_LINE, 0)]
            limit -= len(output["text"])
        size = len(json.dumps(output))
        if (is_test and kind == "error") or size <= room:
            kept.append(output)
            room -= size
    return kept, room


def _output(kind, **content):
    return nbformat.from_dict({"output_type": kind, **content})


def _picture(outputs):
    """Return what a failed check shows, if it can be drawn, or None."""
    for output in outputs if isinstance(outputs, list) else []:
        if isinstance(output, dict) and pictures.svg(output.get("picture"), "a check"):
            return output["picture"]
    return None


def _is_test(cell):
    return is_grade(cell) and not is_solution(cell)  # and so locked


def _draws(cell):
    """Return whether a cell of the student's own may draw."""
    draws = cell["cell_type"] == "code" and "matplotlib" in cell["source"]
    return draws and not is_locked(cell)


def _name(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "of the student's own")
