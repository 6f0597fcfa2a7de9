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

from . import HIDDEN, plain
from .errors import StudentError, as_exception, told, told_nothing
from .plain import WireError
from .stand_ins import Gone, RemoteFunction, RemoteIterator, RemoteObject
from .wire import Line

_MAX_CALLBACKS = 2_000_000
_MAX_NESTING = 20
_RECURSION = sys.getrecursionlimit()


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
            reply = told(error)
        finally:
            sys.stdout, sys.stderr = streams
        if shell.outputs:
            parts = (output.get("parts", []) for output in shell.outputs)
            reply["printed"] = "".join(chain.from_iterable(parts))
        try:
            self.line.send(reply)
        except Exception as error:  # an object may raise whatever it likes
            why = error if type(error) is WireError else type(error).__name__
            self.send(**told(TypeError(f"the result cannot be sent: {why}")))

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
                    raise as_exception(message)
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
            reply = {"op": "ended"} if ended else told(error)
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
        self.shell.user_ns.update(dict.fromkeys(self.asked_for, Gone(error)))
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
                        message = told_nothing(message)
                    raise as_exception(message)
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
            self.send(**told(error) | {"frames": []})  # they are lines of the test
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


class _Printed:
    """Collects what a student's function prints while a test calls it."""

    def __init__(self, shell):
        self.shell = shell

    def write(self, text):
        self.shell.keep_text("stdout", str(text))
        return len(text)

    def flush(self):
        pass


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
