"""A shell that keeps what cells put out, in the notebook's format, and sends nothing anywhere."""

import ast
import contextlib
import io
import linecache
import re
import sys
import traceback
import warnings
from types import CodeType
from typing import NamedTuple

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell
from traitlets.config import Config

PICTURES = 16 << 20  # characters of pictures a cell
PROMPT = "In ["  # a cell copied with IPython's prompts, which Python takes for an annotation
SHOWN = ["text/plain", "image/png", "image/jpeg"]  # a page of feedback can hold nothing else
MAX_OUTPUTS = 900  # but an error is always kept: without one a test has passed


_AWAITS = re.compile(r"\b(?:await|async)\b")


class Learned(NamedTuple):
    """A cell that is compiled before it is run, and takes the place of what compiles it."""

    file: str
    flags: int
    statements: list[ast.stmt]
    parts: list[CodeType]  # one a statement
    names: set[str]

    def __call__(self, module, file, mode):
        """Return the code of a statement."""
        return self.parts[self.statements.index(module.body[0])]

    def extra_flags(self, flags):
        """Compile nothing in other ways."""
        return contextlib.nullcontext()


class Recorder(InteractiveShell):
    """Run cells as a notebook does, and return their outputs."""

    execution_count = 1  # IPython tells observers of it, of which there are none

    def __init__(self, **kwargs):
        self.outputs, self.room, self.picture_room = [], 0, 0
        self.learned = {}
        self.checks = False  # in the checker alone: it shows pictures, and has no history
        config = Config()
        config.InteractiveShell.colors = "nocolor"  # what colors a syntax error takes long to load
        config.HistoryManager.enabled = False  # no history file, and no thread that writes it
        super().__init__(
            config=config, display_pub_class=_Publisher, displayhook_class=_Hook, **kwargs
        )
        self.display_formatter.active_types = SHOWN
        self.usual = self._habits()

    def init_history(self):
        """Keep what has been run, for `In` and its like."""
        self.history_manager = _History(shell=self, parent=self)
        self.configurables.append(self.history_manager)

    def init_io(self):
        """Leave the streams alone; `run` replaces them for a cell at a time."""

    def init_traceback_handlers(self, custom_exceptions):
        """Tell of an error by the lines that it went through.

        IPython colors them and shows what is around them, twice: that takes longer than most tests.
        """
        super().init_traceback_handlers(custom_exceptions)
        self.InteractiveTB.structured_traceback = lambda _, __, frames, *args, **kwargs: lines_of(
            frames, self.compile._filename_map
        )

    def enable_gui(self, gui=None):
        """Do nothing: there is no window to draw into."""

    def transform_cell(self, raw_cell):
        """Turn a cell into Python; most is Python already, and to look for magics takes longer."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it is compiled again, and warns then
                ast.parse(raw_cell)
        except Exception:
            return super().transform_cell(raw_cell)
        if raw_cell.lstrip().startswith(PROMPT) or self._habits() != self.usual:
            return super().transform_cell(raw_cell)
        return _ended(raw_cell)

    def should_run_async(self, raw_cell, **kwargs):
        """Tell whether a cell awaits something; most do not hold the word, and are not parsed."""
        return bool(_AWAITS.search(raw_cell)) and super().should_run_async(raw_cell, **kwargs)

    def run(self, code, output=200_000):
        """Run a cell.

        Parameters
        ----------
        code : str
            Its source.
        output : int
            Characters that it may print; what comes after them is dropped.

        Returns
        -------
        dict
            ``ok``, ``outputs`` as in a notebook, and ``count``.
        """
        self.outputs, self.room, self.picture_room = [], output, PICTURES
        streams = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = _Stream(self, "stdout"), _Stream(self, "stderr")
        try:
            cell = _ended(code)
            parsed = self._parsed(code, cell)
            if self.checks and parsed and isinstance(parsed[-1], Learned) and ";" not in code:
                success = self._run_check(parsed[-1])
            elif parsed:
                success = self._run_plain(code, cell, parsed).success
            else:
                success = self.run_cell(code, store_history=True).success
        finally:
            sys.stdout, sys.stderr = streams
        return {
            "ok": success,
            "outputs": [_joined(output) for output in self.outputs],
            "count": self.execution_count - 1,
        }

    def learn(self, code):
        """Compile a cell of plain Python ahead, so that no fork has to.

        Parameters
        ----------
        code : str
            Its source.
        """
        self.outputs, flags = [], self.compile.flags
        with warnings.catch_warnings(), contextlib.suppress(SyntaxError):
            warnings.simplefilter("error")  # who has one is told of it when the cell is run
            if parsed := self._parsed(code, _ended(code)):
                statements, file, _ = parsed
                modules = [ast.Module([statement], []) for statement in statements]
                parts = [self.compile(module, file, "exec") for module in modules]
                if isinstance(statements[-1], ast.Expr):
                    parts[-1] = self.compile(ast.Interactive(statements[-1:]), file, "single")
                names = _names_in(ast.Module(statements, []))
                if self.compile.flags == flags:  # it imports nothing from the future
                    self.learned[code] = Learned(file, flags, statements, parts, names)
        self.compile.flags = flags

    def names_in(self, code):
        """Return the names that a cell uses or binds.

        Parameters
        ----------
        code : str
            Its source.

        Returns
        -------
        set of str
            All of them; none if it is no Python.
        """
        if code in self.learned:
            return self.learned[code].names
        try:
            return _names_in(ast.parse(self.transform_cell(code)))
        except SyntaxError:
            return set()

    def _run_check(self, cell):
        """Run a locked test, after which nobody looks for it in IPython's history."""
        self.execution_count += 1
        hook, sys.displayhook = sys.displayhook, self._show_result
        try:
            for part in cell.parts:
                exec(part, self.user_ns)
        except SystemExit:
            self.showtraceback(exception_only=True)
        except BaseException:
            self.showtraceback(running_compiled_code=True)
        else:
            return True
        finally:
            sys.displayhook = hook
        return False

    def _show_result(self, value):
        if value is not None:
            self.keep_shown("execute_result", self.displayhook.compute_format_data(value)[0])

    def _habits(self):
        """Return what makes IPython run plain Python in other ways, if a student sets it."""
        return (
            [*self.ast_transformers, *self.input_transformers_post],
            [*self.input_transformers_cleanup, *self.input_transformer_manager.line_transforms],
            [self.run_cell, self.run_cell_async, self.transform_cell, self.trio_runner],
        )

    def _parsed(self, code, cell):
        """Return a cell's statements, its file's name and what compiles them.

        None if the cell is for IPython to run: magics, coroutines, and whatever Python's parser
        has something to tell of.
        """
        if _AWAITS.search(code) or code.lstrip().startswith(PROMPT) or self._habits() != self.usual:
            return None
        known = self.learned.get(code)
        usual = self.compile.flags, self.ast_node_interactivity
        if known and usual == (known.flags, "last_expr"):
            self.compile._filename_map[known.file] = self.execution_count
            return known.statements, known.file, known
        room = self.room
        try:
            name = self.compile.cache(cell, self.execution_count, code)
            statements = self.compile.ast_parse(cell, name).body
        except Exception:
            return None
        if self.outputs:  # a warning, which IPython will give again
            self.outputs, self.room = [], room
            return None
        return (statements, name, self.compile) if statements else None

    def _run_plain(self, code, cell, parsed):
        """Do what IPython's `run_cell` does with plain Python, but for what nobody here asks for.

        It prepares for magics and coroutines, parses everything again and keeps a second copy of
        the outputs, which takes longer than most cells do.
        """
        result = ExecutionResult(ExecutionInfo(code, True, False, True, None, None, cell))
        result.execution_count = self.execution_count
        self.execution_count += 1
        try:
            self.events.trigger("pre_execute")
            self.events.trigger("pre_run_cell", result.info)
            self.history_manager.store_inputs(result.execution_count, cell, code)
            self.logger.log(cell, code)
            with self.builtin_trap, self.display_trap:
                self.displayhook.exec_result = result
                statements, name, compiler = parsed
                how = self.ast_node_interactivity
                with contextlib.suppress(StopIteration):  # so a coroutine ends
                    self.run_ast_nodes(statements, name, how, compiler, result).send(None)
                self.displayhook.exec_result = None
        except BaseException as error:  # an interrupt may come at any moment
            result.error_in_exec = error
            self.showtraceback(running_compiled_code=True)
        finally:
            self.last_execution_succeeded, self.last_execution_result = result.success, result
            self.events.trigger("post_execute")
            self.events.trigger("post_run_cell", result)
        return result

    def keep_shown(self, kind, data):
        """Keep what is displayed: text in several formats, while there is room for pictures."""
        data = {name: text for name, text in data.items() if isinstance(text, str)}
        self.picture_room -= sum(map(len, data.values()))
        if self.picture_room < 0:
            data = {"text/plain": "(there was no room left for this output)"}
        self.keep({"output_type": kind, "data": data, "metadata": {}})

    def keep(self, output):
        """Keep an output of the cell that runs."""
        if len(self.outputs) < MAX_OUTPUTS or output["output_type"] == "error":
            self.outputs.append(output)

    def keep_text(self, name, text):
        """Keep what is printed, while there is room."""
        kept, self.room = text[: max(self.room, 0)], self.room - len(text)
        if len(kept) < len(text) and kept:
            kept += "\n… (the rest of the output was dropped)\n"
        if not kept:
            return
        if self.outputs and self.outputs[-1].get("name") == name:
            self.outputs[-1]["parts"].append(kept)
        else:
            self.keep({"output_type": "stream", "name": name, "parts": [kept]})

    def _showtraceback(self, etype, evalue, stb):
        # Where it went wrong on the student's side is more use to them than where it came in here.
        cause = evalue
        while cause is not None and not hasattr(cause, "frames"):
            cause = cause.__cause__
        stb = [*stb, *getattr(cause, "frames", [])]
        name = str(getattr(etype, "__name__", etype))
        picture = getattr(evalue, "picture", None) if self.checks else None
        self.keep(
            {
                "output_type": "error",
                "picture": picture,
                "ename": name,
                "evalue": str(evalue)[:10_000],
                "traceback": [str(line)[:10_000] for line in stb][:200],
            }
        )


def lines_of(frames, cells):
    """Describe the lines that an error went through.

    Parameters
    ----------
    frames : traceback
        The error's.
    cells : dict of str to int
        The numbers of the cells, by the names that IPython gives their files.

    Returns
    -------
    list of str
        Where each line stands, and a cell's line itself; the shell's own are left out.
    """
    lines = []
    for frame, number in traceback.walk_tb(frames):
        path, name = frame.f_code.co_filename, frame.f_code.co_name
        if path in cells:
            line = linecache.getline(path, number).strip()
            lines.append(f"Cell In[{cells[path]}], line {number}, in {name}\n    {line}")
        elif "/IPython/" not in path:
            lines.append(f"File {path}, line {number}, in {name}")  # to read the file takes long
    return lines


class _Stream(io.TextIOBase):
    encoding = "utf-8"

    def __init__(self, shell, name):
        self.shell, self.stream = shell, name

    def writable(self):
        return True

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() takes text; got {type(text).__name__}")
        self.shell.keep_text(self.stream, text)
        return len(text)


class _History(HistoryManager):
    _i = _ii = _iii = _i00 = ""  # IPython tells observers of these, too


class _Publisher(DisplayPublisher):
    def publish(self, data, metadata=None, **kwargs):
        self.shell.keep_shown("display_data", data)

    def clear_output(self, wait=False):
        self.shell.outputs.clear()


class _Hook(DisplayHook):
    exec_result = None

    def quiet(self):
        """Tell whether a semicolon hides the result; most cells have none, and are not parsed."""
        return ";" in self.shell.history_manager.input_hist_parsed[-1] and super().quiet()

    def compute_format_data(self, result):
        """Return what shows a result; text, such as the word of a check, is shown by itself."""
        if type(result).__repr__ in (str.__repr__, str.__str__):
            return {"text/plain": repr(result)}, {}
        return super().compute_format_data(result)

    def write_output_prompt(self):
        pass

    def write_format_data(self, format_dict, md_dict=None):
        self.shell.keep_shown("execute_result", format_dict)

    def finish_displayhook(self):
        pass

    def start_displayhook(self):
        pass


def _ended(code):
    return code if code.endswith("\n") else code + "\n"


def _names_in(tree):
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _joined(output):
    if "parts" not in output:
        return output
    return {"output_type": "stream", "name": output["name"], "text": "".join(output["parts"])}
