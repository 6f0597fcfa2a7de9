"""The two processes of a submission: the student's cells in one, the locked tests in the other.

In the checker the names that the student was asked to define are copies of the student's data, or
stand for the student's functions: calling one sends the arguments across and runs the function on
the other side. A function that a test hands over, such as a gradient to count, stands on the
student's side for the checker's own, and runs in the checker. Neither side holds the other's
objects, so the student's code cannot reach a test, and a test cannot be fooled by an object.
"""

import builtins
import select
import sys
from itertools import chain

import numpy as np
from IPython.core.interactiveshell import InteractiveShell

from . import HIDDEN, plain, shell
from .plain import WireError
from .wire import Line

# Raised by a student, these would mean something to the checker's own code.
_NOT_OURS = {
    "AssertionError",
    "GeneratorExit",
    "KeyboardInterrupt",
    "StopAsyncIteration",
    "StopIteration",
    "SystemExit",
}
_MAX_CALLBACKS = 2_000_000
_MAX_NESTING = 20
_RECURSION = sys.getrecursionlimit()


class StudentError(Exception):
    """What went wrong on the student's side, where no exception of Python's own says it."""


class Stop(BaseException):
    """Ends a student's loop from outside; not an `Exception`, so that it is not swallowed."""


class Side:
    """What both sides have: a line to the host, a line to the other side, and kept objects."""

    def __init__(self, host, other, shell):
        self.host, self.other, self.shell = host, other, shell
        self.kept, self.numbers = {}, {}
        self.held = {}  # namespaces as they were where a test has to wait
        self.line = Line(other, self._keep, self.stand_in, self._number_of, self._find)
        self.receive = self.line.receive

    def stand_in(self, number, kind, name):
        """Return what stands here for an object of the other side."""
        kinds = {"function": RemoteFunction, "iterator": RemoteIterator}
        return kinds.get(kind, RemoteObject)(self, number, name)

    def send(self, **message):
        """Send a message to the other side."""
        self.line.send(message)

    def _keep(self, thing):
        number = self.numbers.get(id(thing))
        if number is None:
            number = self.numbers[id(thing)] = len(self.kept)
            self.kept[number] = thing  # kept alive, so that its id stays its own
        return number

    def _find(self, number):
        return self.kept[number]

    def hold(self, places):
        """Remember what all names stand for, if that is not known of a place already."""
        for place in places:
            self.held.setdefault(place, dict(self.shell.user_ns))

    def go_back(self, place):
        """Let all names stand for what they stood for at a place."""
        held = self.held[place]
        self.shell.user_ns.clear()
        self.shell.user_ns.update(held)

    def _number_of(self, thing):
        mine = type(thing) in (RemoteFunction, RemoteIterator, RemoteObject)
        return thing._number if mine and thing._side is self else None


class StudentSide(Side):
    """Runs the student's cells, and their functions when a test calls them."""

    def __init__(self, *args):
        super().__init__(*args)
        self.lent = {}  # what an iterator was called with, and goes on to use
        self.lines = select.poll()
        for line in (self.host, self.other):
            self.lines.register(line, select.POLLIN)

    def serve(self):
        """Do what the host and the checker ask for, until both are gone."""
        while True:
            try:
                ready = () if self.line.holds_more() else self.lines.poll()
                # A student's function may have lowered it, and the next cell is another question.
                sys.setrecursionlimit(max(sys.getrecursionlimit(), _RECURSION))
                if any(line == self.host.fileno() for line, _ in ready):
                    order = plain.receive(self.host)
                    self.hold(order.get("hold", ()))
                    plain.send(self.host, self.shell.run(order["code"], order["output"]))
                else:
                    self.answer(self.receive())
            except EOFError:
                return
            except KeyboardInterrupt:
                continue  # it came a moment after the cell that it was meant for had ended

    def answer(self, message):
        """Answer one message of the checker."""
        if message["op"] == "names":
            self.hold(message.get("hold", ()))
            if (place := message.get("back")) is not None:
                if place not in self.held:
                    self.send(op="lost")
                    return
                self.go_back(place)
            found = {
                name: self.shell.user_ns[name]
                for name in message["names"]
                if name in self.shell.user_ns
            }
            self.send(op="names", value=found, back=place)
            return
        shell = self.shell
        shell.outputs, shell.room = [], message.get("output", 20_000)
        streams = sys.stdout, sys.stderr
        sys.stdout = sys.stderr = _Printed(shell)
        try:
            reply = self._do(message)
        except (Exception, SystemExit, KeyboardInterrupt, Stop) as error:
            reply = _told(error)
        finally:
            sys.stdout, sys.stderr = streams
        if shell.outputs:
            parts = (output.get("parts", []) for output in shell.outputs)
            reply["printed"] = "".join(chain.from_iterable(parts))
        try:
            self.line.send(reply)
        except Exception as error:  # an object may raise whatever it likes
            why = error if type(error) is WireError else type(error).__name__
            self.send(**_told(TypeError(f"the result cannot be sent: {why}")))

    def call(self, number, args, kwargs, op="call", attribute=None):
        """Call a function of the checker's."""
        if op != "call":
            raise StudentError("this belongs to the test, and can only be called or handed back")
        line = self.line
        line.send({"op": "callback", "target": number, "value": [list(args), kwargs]})
        while True:
            message = line.receive()
            match message["op"]:
                case "returned":
                    return message["value"]
                case "raised":
                    raise _as_exception(message, StudentError)
                case "stop":
                    raise Stop
                case _:
                    self.answer(message)  # the checker's function has called ours

    def _do(self, message):
        """Call, step or look; say what comes of it, and which arguments are not as they were."""
        op, number = message["op"], message["target"]
        target, args = self._find(number), []
        if op == "get":
            act = lambda: getattr(target, message["attribute"])  # noqa: E731
        elif op == "call":
            args, kwargs = message["value"]
            act = lambda: target(*args, **kwargs)  # noqa: E731
        elif op == "next":
            args = self.lent.get(number, [])
            _copy_back(args, message["value"][0])
            act = lambda: next(target)  # noqa: E731
        else:
            raise WireError(f"unknown request {op!r}")
        before, result = [_digest(arg) for arg in args], None
        try:
            result = act()
            reply = {"op": "returned"}
        except (Exception, SystemExit, KeyboardInterrupt, Stop) as error:
            ended = op == "next" and isinstance(error, StopIteration)
            reply = {"op": "ended"} if ended else _told(error)
        if op == "call" and hasattr(type(result), "__next__"):
            self.lent[self._keep(result)] = args
        changed = {
            place: arg
            for place, arg in enumerate(args)
            if before[place] is not None and _digest(arg) != before[place]
        }
        return reply | {"value": [result, changed]}


class CheckerSide(Side):
    """Runs the locked tests; student code never enters this process."""

    def __init__(self, *args):
        super().__init__(*args)
        self.shell.checks = True
        self.asked_for, self.nesting, self.hidden, self.astray = set(), 0, False, False
        self.found, self.verdicts = {}, {}

    def serve(self):
        """Do what the host asks for, until it is gone."""
        while True:
            try:
                order = plain.receive(self.host)
            except EOFError:
                return
            if order["op"] == "prepare":
                self.asked_for = set(order["names"])
                plain.send(
                    self.host, {"results": [self.shell.run(code) for code in order["cells"]]}
                )
            else:
                # With another cell of the student's, another function may stand for a name.
                self.verdicts = self.found.setdefault(order["cells_run"], {})
                self.hold(order.get("hold", ()))
                late = order.get("place"), order.get("theirs", ())
                plain.send(self.host, self.test(order["code"], order["output"], *late))

    def test(self, code, output, place=None, theirs=()):
        """Run a locked test, with the student's side of each name that it uses.

        Parameters
        ----------
        code : str
            Its source.
        output : int
            Characters that it may print.
        place : int, optional
            Where it stands, if it runs later.
        theirs : list of int
            The places that the student's side is at just now.

        Returns
        -------
        dict
            As the shell has it, and whether the student's side went ``astray``; or just ``lost``
            if it had gone so before, or does not find the place again.
        """
        self.hidden = HIDDEN in code
        if place is None:
            self._ask_for(code)
        else:
            self.go_back(place)
            self._ask_for(code, hold=list(theirs), back=place)
        if self.astray:
            return {"lost": True}
        result = self.shell.run(code, output)
        quiet = result["ok"] and self.line.is_silent()
        if not quiet and self._exchange() != {}:  # it does more than it is asked
            self.astray = True
        return result | {"astray": self.astray}

    def _ask_for(self, code, **also):
        """Let the names that a test uses stand for what is the student's."""
        wanted = self._wanted(code)
        for name in self.asked_for:
            self.shell.user_ns.pop(name, None)
        found = self._exchange(wanted, **also)
        self.shell.user_ns.update((name, found[name]) for name in wanted if name in found)

    def _exchange(self, names=(), **also):
        """Ask the student's side for what is theirs; if it does not say, nothing of it is left."""
        back = also.get("back")
        try:
            self.send(op="names", names=list(names), **also)
            reply = self.receive()
            fits = reply["op"] == "names" and type(reply["value"]) is dict
            # And it was not sent ahead; an array would not say whether it is equal.
            if fits and type(reply["back"]) is type(back) and reply["back"] == back:
                return reply["value"]
            error = WireError("no answer to what is asked")
        except (EOFError, OSError, KeyError, WireError) as gone:
            error = gone
        self.astray = True
        self.shell.user_ns.update(dict.fromkeys(self.asked_for, _Gone(error)))
        return {}

    def stand_in(self, number, kind, name):
        """Return what stands here for an object; its name could tell of a hidden test."""
        return super().stand_in(number, kind, "value of your own" if self.hidden else name)

    def call(self, number, args, kwargs, op="call", attribute=None):
        """Ask the student's side to call a function, step an iterator or read an attribute."""
        try:
            return self._ask(number, args, kwargs, op, attribute)
        except (EOFError, OSError) as error:
            if hasattr(error, "frames"):  # raised over there, and told
                raise
            raise StudentError("the process that ran your code has ended") from error
        except (WireError, LookupError, TypeError, ValueError, AttributeError) as error:
            if hasattr(error, "frames"):
                raise
            self.astray = True
            raise StudentError(f"what came back cannot be read: {error}") from error

    def _ask(self, number, args, kwargs, op, attribute):
        # An iterator has its arguments already; what the test has drawn meanwhile it has not.
        value = [_generators(args) if op == "next" else list(args), kwargs]
        self.send(op=op, target=number, attribute=attribute, value=value)
        stopped = None
        for _ in range(_MAX_CALLBACKS):
            message = self.receive()
            if message["op"] == "callback":
                stopped = self._call_back(message) or stopped
                continue
            if not self.hidden and (printed := message.get("printed")):
                sys.stdout.write(str(printed)[:100_000])
            if stopped is not None:
                raise stopped  # the test ended the student's loop, whatever the loop made of it
            result, changed = message.get("value", (None, {}))
            if type(changed) is not dict:
                raise WireError("what has changed is malformed")
            _copy_back(args, changed)
            match message["op"]:
                case "ended":
                    raise StopIteration
                case "raised":
                    if self.hidden:
                        message = _told_nothing(message)
                    raise _as_exception(message, StudentError)
                case "returned":
                    if type(result) is RemoteIterator:
                        result._lent = args
                    return result
            raise WireError("no answer to what is asked")
        raise WireError("too many calls")

    def _call_back(self, message):
        """Run a function of a test for the student; return what must end the student's loop."""
        if self.nesting > _MAX_NESTING:
            raise WireError("calls nest too deeply")
        self.nesting += 1
        try:
            function = self._find(message["target"])
            args, kwargs = message["value"]
            value = function(*args, **kwargs)
        except Exception as error:
            self.send(**_told(error) | {"frames": []})  # they are lines of the test
        except BaseException as error:
            self.send(op="stop")
            return error
        else:
            self.line.send({"op": "returned", "value": value})
        finally:
            self.nesting -= 1
        return None

    def _wanted(self, code):
        """Return the names in a test that the student's side must supply."""
        mine = self.shell.user_ns
        return sorted(
            name
            for name in self.shell.names_in(code)
            if name in self.asked_for or (name not in mine and not hasattr(builtins, name))
        )


class RemoteFunction:
    """Stands for a function of the other side."""

    def __init__(self, side, number, name):
        self._side, self._number, self.__name__ = side, number, name

    @property
    def verdicts(self):
        """What checks have found of it since the student's last cell."""
        return self._side.verdicts.setdefault(self._number, {})

    def __call__(self, *args, **kwargs):
        """Call it, over there."""
        return self._side.call(self._number, args, kwargs)

    def __repr__(self):
        """Say what it stands for."""
        return f"<function {self.__name__} of the other side>"


class RemoteObject:
    """Stands for any other object: its attributes can be read, and it never passes for data."""

    def __init__(self, side, number, name):
        self._side, self._number, self._name = side, number, name

    def __getattr__(self, name):
        """Read a public attribute, over there."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self._side.call(self._number, (), {}, op="get", attribute=name)

    def __repr__(self):
        """Say what it stands for."""
        return f"<{self._name} of the other side>"

    def _refuse(self, *args, **kwargs):
        raise StudentError(f"got a {self._name} where plain data is expected")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = _refuse
    __bool__ = __len__ = __float__ = __int__ = __index__ = __array__ = __iter__ = _refuse


class RemoteIterator(RemoteObject):
    """Stands for an iterator, of which values are fetched one by one.

    What it does to its arguments, such as drawing from a random generator, it does to the test's.
    """

    _lent = ()
    __len__ = None  # what Python asks for before it makes a list, and may do without

    def __iter__(self):
        """Return itself."""
        return self

    def __next__(self):
        """Fetch the next value."""
        return self._side.call(self._number, self._lent, {}, op="next")


class _Gone:
    """Stands for everything that a student defined, once their process has ended."""

    def __init__(self, error):
        self.error = error

    def __call__(self, *args, **kwargs):
        raise StudentError("the process that ran your code has ended") from self.error


class _Printed:
    """Collects what a student's function prints while a test calls it."""

    def __init__(self, shell):
        self.shell = shell

    def write(self, text):
        self.shell.keep_text("stdout", str(text))
        return len(text)

    def flush(self):
        pass


def _told(error):
    """Return a message that tells of an exception, and of the lines it went through."""
    cells = InteractiveShell.instance().compile._filename_map
    lines = shell.lines_of(error.__traceback__, cells)
    frames = [line for line in lines if line.startswith("Cell In[")]
    return {
        "op": "raised",
        "name": type(error).__name__,
        "bases": [base.__name__ for base in type(error).__mro__],
        "message": str(error)[:2000],
        "frames": [frame[:500] for frame in frames[-10:]],
    }


def _told_nothing(message):
    """Return of an exception in a hidden test no more than which of Python's own it is, and where.

    Its text and the name of its class are the student's, and could say what the test called their
    function with. The host sees to it that the lines are lines of theirs.
    """
    name = str(message.get("name"))
    known = name if hasattr(builtins, name) else "an error of your own"
    return {**message, "name": known, "message": "what your code says here is not shown"}


def _as_exception(message, otherwise):
    """Return an exception of ours that says what the other side's said."""
    name, text = str(message.get("name"))[:80], str(message.get("message"))[:2000]
    bases = message.get("bases")
    for candidate in [name, *(bases if isinstance(bases, list) else [])[:20]]:
        kind = np.linalg.LinAlgError if candidate == "LinAlgError" else None
        kind = kind or getattr(builtins, str(candidate), None)
        ordinary = isinstance(kind, type) and issubclass(kind, Exception)
        if ordinary and candidate not in _NOT_OURS and kind is not Exception:
            try:
                error = kind(text)
            except TypeError:  # UnicodeError and its like need more than a text
                continue
            break
    else:
        error = otherwise(f"{name}: {text}")
    frames = message.get("frames")
    error.frames = [str(frame)[:500] for frame in frames[:10]] if isinstance(frames, list) else []
    return error


def _digest(value):
    """Return what tells whether an argument has been changed; None if nothing can."""
    if isinstance(value, np.ndarray):
        return value.tobytes(), value.shape, value.dtype.str
    if isinstance(value, np.random.Generator):
        return repr(value.bit_generator.state)
    if isinstance(value, list | dict):
        return repr(value)
    return None


def _generators(args):
    return {place: arg for place, arg in enumerate(args) if isinstance(arg, np.random.Generator)}


def _copy_back(args, changed):
    """Make the student's changes to their copies of the arguments visible in ours."""
    for place, new in changed.items():
        mine = args[place]
        if isinstance(mine, np.ndarray) and isinstance(new, np.ndarray):
            if mine.shape == new.shape and mine.dtype == new.dtype and mine.flags.writeable:
                mine[...] = new
        elif isinstance(mine, list) and isinstance(new, list):
            mine[:] = new
        elif isinstance(mine, dict) and isinstance(new, dict):
            mine.clear()
            mine.update(new)
        elif isinstance(mine, np.random.Generator) and isinstance(new, np.random.Generator):
            mine.bit_generator.state = new.bit_generator.state
