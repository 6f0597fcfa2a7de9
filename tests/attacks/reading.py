"""Reading what is not theirs: the system, the course, the tests, other students, secrets."""

from tests.attacks.attack import Attack, own_cell

NOT_THERE = "FileNotFoundError|PermissionError"
KEEPS = """\
kept = []
def square(x):
    kept.append(x)
    return 9
"""


def answer(nb, name, source):
    """Put an answer into the cell of another question."""
    for cell in nb["cells"]:
        if cell["id"] == name:
            cell["source"] = source


ATTACKS = [
    Attack(
        "shadow",
        "reads the system's passwords",
        "print(open('/etc/shadow').read())",
        must=NOT_THERE,
    ),
    Attack(
        "course-file",
        "reads a file of the course",
        "print(open('COURSE/secret.txt').read())",
        must=NOT_THERE,
    ),
    Attack(
        "home-file",
        "reads a key in the grader's home folder",
        "print(open('HOMEFOLDER/.ssh/id_canary').read())",
        must=NOT_THERE,
    ),
    Attack(
        "gradebook-read",
        "opens the gradebook to read the others' scores",
        """\
import sqlite3
print(sqlite3.connect("file:COURSE/.grading/gradebook.db?mode=ro", uri=True).execute(
    "select * from grade").fetchall())""",
        must="OperationalError: unable to open",
    ),
    Attack(
        "solution-run",
        "runs the instructor's notebook",
        """\
import json
for cell in json.load(open("COURSE/.grading/source/1-toy/toy.ipynb"))["cells"]:
    if cell["cell_type"] == "code":
        exec("".join(cell["source"]))""",
        must=NOT_THERE,
    ),
    Attack(
        "neighbor-answer",
        "copies another student's answer",
        "exec(open('COURSE/.grading/submitted/a-right/1-toy/toy.ipynb').read())",
        must=NOT_THERE,
    ),
    Attack(
        "neighbor-list",
        "lists who has submitted",
        "import os\nprint(os.listdir('COURSE/.grading/submitted'))",
        must=NOT_THERE,
    ),
    Attack(
        "checks-source",
        "reads the source of the hidden checks",
        "print(open('LIBRARY/checks/descent.py').read())",
        must=NOT_THERE,
    ),
    Attack(
        "reference",
        "takes the guard of imports down and imports the reference",
        """\
import sys
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "Guard"]
sys.path += ["COURSE", "LIBRARY", "LIBRARY/.."]
for name in [name for name in sys.modules if name.startswith("optedu")]:
    del sys.modules[name]
import optedu.descent""",
        must="ModuleNotFoundError|PermissionError",
    ),
    Attack(
        "library",
        "takes the guard down and imports a library that does the exercise",
        """\
import sys
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "Guard"]
from scipy.optimize import minimize
square = lambda x: round(minimize(lambda y: (y - x * x) ** 2, 0.0).x.item())""",
        must="ImportError|ModuleNotFoundError|PermissionError",
    ),
    Attack(
        "history",
        "looks for the tests in the shell's history",
        "def square(x):\n    print(In, Out, get_ipython().user_ns)\n    return 0",
    ),
    Attack(
        "frames",
        "prints every frame and variable on the stack while a test calls it",
        """\
import sys
def square(x):
    frame = sys._getframe(1)
    while frame:
        print(frame.f_code.co_name, frame.f_locals.get("code"), frame.f_locals.get("cell"))
        frame = frame.f_back
    return 0""",
    ),
    Attack(
        "garbage",
        "searches every object in memory for the test's text",
        """\
import gc
def square(x):
    marks = ["hidden tests".upper(), "never " + "negative"]
    print([o for o in gc.get_objects() if isinstance(o, str) and any(m in o for m in marks)])
    print([o for o in gc.get_objects() if isinstance(o, dict) and "test_square_hidden" in o])
    return 0""",
    ),
    Attack(
        "own-memory",
        "searches the memory of its process for the test's text",
        """\
for line in open("/proc/self/maps"):
    low, high = (int(part, 16) for part in line.split()[0].split("-"))
    memory = open("/proc/self/mem", "rb")
    memory.seek(low)
    print(memory.read(high - low).find(b"never negative"))""",
        must=NOT_THERE,
    ),
    Attack(
        "eavesdrop",
        "listens on its own lines to the grader",
        """\
import socket
def square(x):
    for number in range(3, 64):
        try:
            print(number, socket.socket(fileno=number).recv(9999, socket.MSG_PEEK | 0x40))
        except OSError:
            pass
    return 0""",
        must="StudentError|AssertionError",
    ),
    Attack(
        "callback-source",
        "asks for the source and the variables of a function that a test hands over",
        """\
def walk(gradient, x, steps):
    print(gradient.__code__, gradient.__globals__, gradient.__closure__)""",
        question="walk",
        must="AttributeError",
    ),
    Attack(
        "callback-error",
        "makes a test's function fail, and reads its traceback",
        """\
import traceback
def walk(gradient, x, steps):
    try:
        gradient("nonsense")
    except Exception as error:
        text = "".join(traceback.format_exception(error)) + repr(vars(error))
    global seen
    seen = text
    return 0""",
        question="walk",
        change=lambda nb: nb["cells"].append(own_cell("print(seen)")),
    ),
    Attack(
        "environment",
        "prints the environment of its process and of others",
        """\
import ctypes, os
print(os.environ, ctypes.string_at(ctypes.c_void_p.in_dll(ctypes.CDLL(None), "environ").value))
print(open("/proc/1/environ").read(), open(f"/proc/{os.getppid()}/environ").read())""",
        must=NOT_THERE,
    ),
    Attack(
        "told-in-print",
        "prints what a hidden test calls it with",
        "def square(x):\n    if x != 3:\n        print('called with', x)\n    return 9",
        earns=2.0,
    ),
    Attack(
        "told-in-error",
        "raises what a hidden test calls it with",
        "def square(x):\n    if x == 3:\n        return 9\n    raise ValueError(f'got {x}')",
        must="ValueError",
        earns=2.0,
    ),
    Attack(
        "told-in-name",
        "names an error by what a hidden test calls it with",
        """\
def square(x):
    if x == 3:
        return 9
    raise type(f"Got_{-x}", (Exception,), {})()""",
        must="StudentError",
        earns=2.0,
    ),
    Attack(
        "told-in-type",
        "returns an object whose type is named by what a hidden test calls it with",
        """\
def square(x):
    return 9 if x == 3 else type(f"Got_{-x}", (), {})()""",
        must="StudentError",
        earns=2.0,
    ),
    Attack(
        "told-in-call",
        "returns nonsense that the reader of the line repeats",
        """\
import gc
import msgpack
side = next(thing for thing in gc.get_objects() if type(thing).__name__ == "StudentSide")
def square(x):
    if x == 3:
        return 9
    value = [msgpack.ExtType(16, msgpack.packb(-x)), {}]
    side.other.sendall(msgpack.packb({"op": "returned", "value": value}))""",
        must="StudentError",
        earns=2.0,
    ),
    Attack(
        "told-in-lines",
        "says in the lines that an error went through what a hidden test calls it with",
        """\
import linecache
getline = linecache.getline
def square(x):
    if x == 3:
        return 9
    linecache.getline = lambda *place: f"called with {-x}"
    raise ValueError""",
        must="ValueError",
        earns=2.0,
    ),
    Attack(
        "kept-to-print",
        "keeps what a hidden test calls it with, for a later cell to print",
        KEEPS,
        earns=2.0,
        change=lambda nb: nb["cells"].append(own_cell("print(kept)")),
    ),
    Attack(
        "kept-to-raise",
        "keeps what a hidden test calls it with, for a later test to be told",
        KEEPS,
        earns=2.0,
        keeps=("walk", "best"),
        change=lambda nb: answer(nb, "half", "def half(x):\n    raise ValueError(str(kept))"),
    ),
    Attack(
        "kept-to-show",
        "keeps what a hidden test calls it with, and waits on a thread for a cell to show it in",
        KEEPS
        + """
import threading, time
def wait():
    while len(kept) < 2:
        time.sleep(0.01)
    for _ in range(300):
        print(kept)
        time.sleep(0.01)
threading.Thread(target=wait, daemon=True).start()""",
        earns=2.0,
        change=lambda nb: nb["cells"].append(own_cell("import time\ntime.sleep(1)")),
    ),
]
