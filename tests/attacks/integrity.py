"""Making a wrong answer pass: patched libraries, objects that lie, forged messages."""

from tests.attacks.attack import Attack

# The object that talks to the grader, found in memory.
SIDE = """\
import gc
side = next(thing for thing in gc.get_objects() if type(thing).__name__ == "StudentSide")
"""


def forged(*lines):
    """Return code that answers the checker's first call itself."""
    body = "\n".join(f"    {line}" for line in lines)
    return f"{SIDE}def square(x):\n{body}\n    return 0"


ATTACKS = [
    Attack(
        "patched-numpy",
        "makes NumPy's comparisons always true",
        """\
import numpy as np, numpy.testing
for name in ("assert_allclose", "assert_array_equal", "assert_equal"):
    setattr(np.testing, name, lambda *args, **kwargs: None)
np.allclose = np.array_equal = np.all = lambda *args, **kwargs: True
def walk(gradient, x, steps):
    return 0""",
        question="walk",
        plain=True,
    ),
    Attack(
        "patched-builtins",
        "makes Python's own functions lie",
        """\
import builtins
builtins.all = builtins.isinstance = lambda *args: True
builtins.abs = builtins.len = lambda *args: 0
square = lambda x: 0""",
        must="Error",
    ),
    Attack(
        "patched-error",
        "replaces the error that a failed test raises",
        """\
import builtins
class AssertionError(BaseException):
    pass
builtins.AssertionError = AssertionError
square = lambda x: 0""",
        plain=True,
    ),
    Attack(
        "no-asserts",
        "takes the asserts out of every cell before it runs",
        """\
import ast
class Strip(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()
get_ipython().ast_transformers.append(Strip())
square = lambda x: 0""",
        plain=True,
    ),
    Attack(
        "rewritten-cells",
        "empties the source of every cell that tests",
        """\
get_ipython().input_transformers_cleanup.append(
    lambda lines: [] if any("assert" in line for line in lines) else lines)
square = lambda x: 0""",
        plain=True,
    ),
    Attack(
        "silent-errors",
        "keeps the shell from showing errors",
        """\
get_ipython().showtraceback = lambda *args, **kwargs: None
get_ipython()._showtraceback = lambda *args, **kwargs: None
square = lambda x: 0""",
    ),
    Attack(
        "custom-handler",
        "handles the test's error itself",
        """\
get_ipython().set_custom_exc((Exception,), lambda *args, **kwargs: None)
square = lambda x: 0""",
        plain=True,
    ),
    Attack(
        "equals-all",
        "returns an object that equals everything",
        """\
class Yes:
    __eq__ = lambda self, other: True
    __hash__ = lambda self: 0
square = lambda x: Yes()""",
        must="StudentError: got a Yes",
        plain=True,
    ),
    Attack(
        "lying-array",
        "returns an array that equals everything",
        """\
import numpy as np
class Lying(np.ndarray):
    def __eq__(self, other):
        return np.True_
    def __array_function__(self, *args, **kwargs):
        return True
    def __array_ufunc__(self, *args, **kwargs):
        return np.True_
def walk(gradient, x, steps):
    for _ in range(steps):
        gradient(8.0)
    return np.zeros(2).view(Lying)""",
        question="walk",
        must="AssertionError|ValueError",
        plain=True,
    ),
    Attack(
        "lying-int",
        "returns a number that equals every number",
        """\
class Int(int):
    __eq__ = lambda self, other: True
    __hash__ = int.__hash__
square = lambda x: Int(0)""",
        plain=True,
    ),
    Attack(
        "lying-float",
        "returns a number whose differences vanish",
        """\
class Float(float):
    __eq__ = __le__ = __lt__ = lambda self, other: True
    __sub__ = __rsub__ = __abs__ = lambda self, *other: Float(0)
    __hash__ = float.__hash__
def walk(gradient, x, steps):
    for _ in range(steps):
        gradient(8.0)
    return Float(0)""",
        question="walk",
        plain=True,
    ),
    Attack(
        "lying-class",
        "returns an object that says it is an integer",
        """\
class Fake:
    __class__ = int
    __eq__ = lambda self, other: True
    __hash__ = lambda self: 0
    __int__ = __index__ = lambda self: 9
square = lambda x: Fake()""",
        earns=2.0,
        plain=True,
    ),
    Attack(
        "lying-function",
        "is an object whose every property says that it is right",
        """\
class Right:
    def __getattr__(self, name):
        return True
    def __call__(self, x):
        return self
    __eq__ = lambda self, other: True
    __hash__ = lambda self: 0
square = Right()""",
        must="Error",
        plain=True,
    ),
    Attack(
        "hostile-object",
        "returns an object that fails whatever it is asked",
        """\
class Hostile:
    def __getattribute__(self, name):
        raise SystemError(name)
square = lambda x: Hostile()""",
        must="Error",
    ),
    Attack(
        "nan",
        "returns a number that no comparison catches",
        "square = lambda x: float('nan')",
        plain=True,
    ),
    Attack(
        "mutated-input",
        "changes its input so that a wrong answer fits",
        """\
def walk(gradient, x, steps):
    for _ in range(steps):
        gradient(8.0)
    try:
        x[...] = 0
    except TypeError:
        pass
    return x""",
        question="walk",
        plain=True,
    ),
    Attack(
        "forged-count",
        "returns the right end without a call of the gradient",
        """\
def walk(gradient, x, steps):
    return 1.0 if steps == 3 else x""",
        question="walk",
        plain=True,
    ),
    Attack(
        "forged-return",
        "sends an answer of its own before the true one",
        forged('side.send(op="returned", value=[9, {}])'),
        must="StudentError|AssertionError",
        earns=2.0,
    ),
    Attack(
        "forged-later",
        "sends one more answer when the test that asked has passed",
        SIDE
        + """\
import time
kind = type(side)
answer = kind.answer
def twice(self, message):
    answer(self, message)
    if message["op"] == "call" and message["value"][0][:1] == [3]:
        time.sleep(0.02)
        self.send(op="returned", value=[9, {}])
kind.answer = twice
square = lambda x: x * x""",
        must="spoke out of turn",
        earns=5.0,
    ),
    Attack(
        "forged-unasked",
        "sends the test names that it did not ask for, such as its own tools",
        SIDE
        + """\
kind = type(side)
answer = kind.answer
def forge(self, message):
    if message["op"] == "names":
        tools = ("np", "print", "AssertionError", "abs", "start", "expected", "points", "gradient")
        value = dict.fromkeys(tools, True) | {"square": lambda x: 0}
        return self.send(op="names", value=value, back=message.get("back"))
    return answer(self, message)
kind.answer = forge
square = lambda x: 0""",
        keeps=(),
        must="AssertionError|NameError",
    ),
    Attack(
        "forged-handle",
        "returns objects of the test's side that do not exist",
        forged(
            "import msgpack",
            "value = [msgpack.ExtType(16, msgpack.packb(n)) for n in (10**9, -1)]",
            'side.other.sendall(msgpack.packb({"op": "returned", "value": value}))',
        ),
        must="StudentError: what came back cannot be read",
    ),
    Attack(
        "forged-callback",
        "calls functions of the test's side by numbers that it was never given",
        forged(
            "for number in range(-2, 50):",
            '    side.send(op="callback", target=number, value=[["import os"], {}])',
            "    print(side.receive())",
        ),
    ),
    Attack(
        "forged-type",
        "sends an array of objects, which would have to be unpickled",
        forged(
            "import msgpack",
            'array = msgpack.packb(["|O", [1], "C", bytes(8)])',
            "value = [msgpack.ExtType(3, array), {}]",
            'side.other.sendall(msgpack.packb({"op": "returned", "value": value}))',
        ),
        must="StudentError: what came back cannot be read",
    ),
    Attack(
        "forged-lengths",
        "announces a text of four gigabytes",
        forged('side.other.sendall(b"\\xdb\\xff\\xff\\xff\\xff" + b"a" * 100)'),
        must="CellTimeoutError|NotRun|ended",  # which the test awaits until the time is over
    ),
    Attack(
        "forged-nesting",
        "sends a message that nests a hundred thousand times",
        forged(
            'side.other.sendall(b"\\x91" * 100_000)',
        ),
        must="StudentError: what came back cannot be read",
    ),
    Attack(
        "forged-without-end",
        "sends a list of lists that never ends",
        forged(
            'million = b"\\xdd" + (1_000_000).to_bytes(4, "big")',
            "side.other.sendall(million)",
            "while True:",
            '    side.other.sendall(million + b"\\x90" * 1_000_000)',
        ),
        must="StudentError: what came back cannot be read|CellTimeoutError|NotRun|ended",
    ),
    Attack(
        "forged-garbage",
        "writes nonsense on every line that it holds",
        """\
import os
def square(x):
    for number in range(3, 64):
        try:
            os.write(number, os.urandom(4096))
        except OSError:
            pass
    return 0""",
        must="Error",
    ),
    Attack(
        "forged-result",
        "tells the grader itself that the test has passed",
        forged(
            "from sandbox import plain",
            'plain.send(side.host, {"ok": True, "outputs": [], "count": 1})',
        ),
    ),
    Attack(
        "forged-outputs",
        "sends the grader outputs that are none",
        SIDE
        + """\
from sandbox import plain
result = {"ok": 7, "outputs": 7, "count": {"a": []}}
plain.send(side.host, {**result, "finished": True, "lost": True})""",
        must="NameError|StudentError|not run|ended",
    ),
    Attack(
        "forged-giants",
        "answers the grader itself, with megabytes for each cell and a count of many digits",
        SIDE
        + """\
class Shell:
    user_ns = side.shell.user_ns
    def run(self, code, output):
        error = {"output_type": "error", "ename": "E" * 10**6, "evalue": "v" * 10**6}
        error["traceback"] = ["t" * 10**6] * 3
        text = {"output_type": "stream", "name": "stdout", "text": "z" * 10**6}
        return {"ok": True, "count": 10**4000, "outputs": [error, *[text] * 5]}
side.shell = Shell()
square = lambda x: 0""",
        keeps=(),
        must="NameError|ended|StudentError",
    ),
    Attack(
        "chatter",
        "has a thread that speaks on every line all the time",
        """\
import os, threading
def chatter():
    while True:
        for number in range(3, 64):
            try:
                os.write(number, bytes(8))
            except OSError:
                pass
threading.Thread(target=chatter, daemon=True).start()
square = lambda x: 0""",
        must="Error|ended",
    ),
    Attack(
        "syntax",
        "raises an error that the shell shows in a way of its own",
        "def square(x):\n    raise SyntaxError('x', ('toy.py', 1, 1, 'x', 1, 1))",
        must="SyntaxError",
    ),
    Attack(
        "forged-proxy",
        "returns the test's own kind of stand-in",
        """\
from sandbox import sides
square = lambda x: sides.RemoteObject(None, 0, "int")""",
        must="Error",
    ),
    Attack(
        "half-a-character",
        "prints and returns half a character, which no file can hold",
        "print(chr(0xD800))\nsquare = lambda x: chr(0xDFFF)",
    ),
    Attack(
        "wrong-count",
        "writes into the shell's own counters and outputs",
        """\
shell = get_ipython()
shell.execution_count = -10**30
shell.outputs = 7
square = lambda x: 0""",
        must="Error|ended",
    ),
    Attack(
        "forged-generator",
        "returns a random generator whose state points outside its memory",
        """\
import numpy as np
class Philox(np.random.Philox):
    @property
    def state(self):
        return super().state | {"buffer_pos": -100_000}
square = lambda x: np.random.Generator(Philox(0))""",
        must="cannot be read",
    ),
    Attack(
        "half-infinite",
        "returns an infinity of half precision, which equals every large number of Python",
        "import numpy as np\nsquare = lambda x: 9 if x == 3 else np.float16('inf')",
        earns=2.0,
    ),
    Attack(
        "right-once",
        "is right until the first check has passed",
        """\
calls = []
def best_learning_rate(smoothness, strong_convexity):
    calls.append(smoothness)
    return 2 / (smoothness + strong_convexity) if len(calls) < 5 else 0.0""",
        question="best",
        earns=2.0,
        must="CheckFailed",
    ),
    Attack(
        "right-until-asked-again",
        "passes the visible check, and is another function under the same number afterwards",
        SIDE
        + """\
def best_learning_rate(smoothness, strong_convexity):
    return 2 / (smoothness + strong_convexity)
def forge(self, message, asked=[], answer=type(side).answer, right=best_learning_rate):
    if message["op"] == "names" and "best_learning_rate" in message["names"]:
        asked.append(message)
        if len(asked) == 2:
            self.kept[self._keep(right)] = lambda *args: 1e-3
    return answer(self, message)
type(side).answer = forge""",
        question="best",
        earns=2.0,
        must="CheckFailed",
    ),
    Attack(
        "replaced-in-a-call",
        "puts another function in its place while a test calls it",
        """\
def square(x):
    global square
    square = lambda x: 0
    return 9""",
        earns=2.0,
    ),
    Attack(
        "answers-ahead",
        "answers what the tests may ask next before they ask, and has a thread go on with it",
        SIDE
        + """\
import threading
def ahead(count):
    for _ in range(count):
        side.send(op="names", value={"square": 9}, back=None)
        side.send(op="returned", value=[0.2, {}])
ahead(20)
threading.Thread(target=ahead, args=(10**9,), daemon=True).start()
""",
        question="best",
        must="NameError",
    ),
    Attack(
        "wrong-kinds",
        "answers with values whose parts are of the wrong kind",
        forged(
            "import msgpack",
            "value = [msgpack.ExtType(15, msgpack.packb([1e999, None, None])), {}]",
            'side.other.sendall(msgpack.packb({"op": "returned", "value": value}))',
        ),
        must="Error",
    ),
    Attack(
        "wrong-names",
        "says of its names what cannot be read",
        SIDE
        + """\
import msgpack
def forge(self, message):
    value = msgpack.ExtType(3, msgpack.packb(5))
    self.other.sendall(msgpack.packb({"op": message["op"], "value": value}))
type(side).answer = forge
square = lambda x: 9""",
        keeps=(),
        must="Error|NotRun|ended",
    ),
    Attack(
        "many-equal-hashes",
        "returns a set of integers that all have one hash, which takes hours to build",
        forged(
            "import msgpack",
            "numbers = [msgpack.packb(str(n * (2**61 - 1))) for n in range(200_000)]",
            "numbers = msgpack.packb([msgpack.ExtType(11, number) for number in numbers])",
            "value = [msgpack.ExtType(8, numbers), {}]",
            'side.other.sendall(msgpack.packb({"op": "returned", "value": value}))',
        ),
        must="CellTimeoutError|NotRun|ended|cannot be sent",
    ),
    Attack(
        "error-within-an-error",
        "raises an error that fails, loops and lies when it is asked what it is",
        """\
class Meta(type):
    __name__ = property(lambda self: 1 / 0)
    def mro(self):
        return [self, ArithmeticError, Exception, BaseException, object]
class Odd(ArithmeticError, metaclass=Meta):
    def __str__(self):
        raise KeyboardInterrupt
    __repr__ = __str__
    @property
    def __cause__(self):
        return self
def square(x):
    raise Odd""",
        must="Error",
    ),
    Attack(
        "error-of-ours",
        "raises errors that have the names of those that end or pass a test",
        """\
names = iter(("AssertionError", "StopIteration", "SystemExit", "GeneratorExit", "CheckFailed"))
def square(x):
    raise type(next(names), (Exception,), {"__module__": "builtins"})("passed")""",
        must="StudentError: AssertionError",
    ),
    Attack(
        "import-hooks",
        "hooks into imports, codecs, exits and garbage, so that whatever is loaded passes",
        """\
import atexit, builtins, codecs, gc, sys
class Hook:
    def find_spec(self, *args):
        raise SystemExit
    def __del__(self):
        side = [thing for thing in gc.get_objects() if type(thing).__name__ == "StudentSide"]
        side[0].send(op="returned", value=[9, {}])
sys.meta_path.insert(0, Hook())
builtins.__import__ = lambda *args, **kwargs: Hook()
codecs.register(lambda name: 1 / 0)
atexit.register(Hook)
gc.callbacks.append(lambda *args: Hook())
best_learning_rate = lambda smoothness, strong_convexity: 0.0""",
        question="best",
        must="CheckFailed|Error|ended",
    ),
]
