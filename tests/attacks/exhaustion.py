"""Using up what others need: processes, threads, memory, disk, output, time."""

from tests.attacks.attack import Attack, own_cell

TOO_SLOW = "CellTimeoutError"
# A pair that catches what should stop it.
STUBBORN = """\
def square(x):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass"""


def _many_slow_cells(nb):
    nb["cells"] += [own_cell(f"import time; time.sleep(0.6)  # {n}") for n in range(40)]


def _many_values(nb):
    nb["metadata"]["x"] = [{}] * 500_000


def _many_cells(nb):
    nb["cells"] += [own_cell(f"{n}") for n in range(1500)]


def _slow_text(nb):
    nb["cells"] += [own_cell(text * 200_000, "markdown") for text in ("![", "![a](", "!", "<b>")]
    nb["cells"] += [own_cell(text * 2_000, "markdown") for text in ("\\begin{a}", "|a|\n|-|\n")]


ATTACKS = [
    Attack(
        "many-values",
        "fills the notebook's metadata with half a million values, which takes minutes to check",
        keeps=(),
        change=_many_values,
        must="more than 200000 values",
    ),
    Attack(
        "many-cells",
        "hands in fifteen hundred cells",
        keeps=(),
        change=_many_cells,
        must=r"15\d\d cells",
    ),
    Attack(
        "slow-text",
        "writes text on which a pattern or a parser of Markdown takes hours",
        "square = lambda x: 0",
        change=_slow_text,
    ),
    Attack(
        "large-file-beside",
        "hands in a large file beside the notebook",
        keeps=(),
        files=lambda content: {"toy.ipynb": content, "data.bin": bytes(21_000_000)},
        must="larger than 20 MB together",
    ),
    Attack(
        "fork",
        "forks until nothing is left",
        "import os\nwhile True:\n    os.fork()",
        must="PermissionError",
    ),
    Attack(
        "subprocess",
        "runs a program",
        "import subprocess\nsubprocess.run(['sleep', '1000'])",
        must="PermissionError",
    ),
    Attack(
        "shell",
        "runs a command of the shell",
        "!sleep 1000\n%system sleep 1000\nraise OSError",
        must="PermissionError|OSError",
    ),
    Attack(
        "pool",
        "starts a pool of processes",
        "import multiprocessing\nmultiprocessing.get_context('fork').Pool(8)",
        must="PermissionError|OSError",
    ),
    Attack(
        "threads",
        "starts thousands of threads",
        """\
import threading, time
threading.stack_size(32768)
while True:
    threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()""",
        must="RuntimeError: can't start new thread|ended its process",
    ),
    Attack("memory", "takes a terabyte at once", "square = bytearray(1 << 40)", must="MemoryError"),
    Attack(
        "memory-slowly",
        "takes memory bit by bit",
        "kept = []\nwhile True:\n    kept.append(b'x' * (1 << 24))",
        must="MemoryError|ended its process|CellTimeoutError",
    ),
    Attack(
        "large-result",
        "returns more than can be sent",
        "import numpy as np\nsquare = lambda x: np.ones(9_000_000)",
        must="TypeError: the result cannot be sent",
    ),
    Attack(
        "endless-list",
        "returns a list that holds itself",
        "def square(x):\n    mine = []\n    mine.append(mine)\n    return mine",
        must="TypeError: the result cannot be sent",
    ),
    Attack(
        "file",
        "writes one large file",
        "with open('x', 'wb') as file:\n    while True:\n        file.write(bytes(1 << 20))",
        must="OSError|PermissionError",
    ),
    Attack(
        "disk",
        "fills the disk with many files, and unlinks them while they are open",
        """\
import os
files = []
for n in range(200):
    files.append(open(f"{n}", "wb", buffering=0))
    files[-1].write(bytes(20 << 20))
    os.unlink(f"{n}")""",
        must="OSError|PermissionError",
    ),
    Attack(
        "inodes",
        "makes a million empty files",
        """\
for n in range(10**6):
    open(f"{n}", "w").close()""",
        must="ended its process|OSError|PermissionError",
    ),
    Attack(
        "deep-folders",
        "nests folders deeper than what removes them can go",
        "import os\nwhile True:\n    os.mkdir('x')\n    os.chdir('x')",
        must="ended its process|OSError|PermissionError",
    ),
    Attack(
        "locked-folder",
        "leaves a folder that cannot be removed",
        """\
import os
os.umask(0o777)
os.mkdir("x", 0o300)
while True:
    open("x/y", "ab").write(bytes(1 << 20))""",
        must="OSError|PermissionError",
    ),
    Attack(
        "descriptors",
        "opens files without an end",
        "import os\nwhile True:\n    os.dup(0)",
        must="OSError|ended its process",
    ),
    Attack(
        "output",
        "prints without an end",
        "while True:\n    print('x' * 10_000)",
        must="CellTimeoutError|ended its process",
    ),
    Attack(
        "outputs",
        "shows a million small outputs, so that an error has no room",
        "def square(x):\n    for n in range(10**5):\n        display(n)\n    return 1",
        must="AssertionError|CellTimeoutError",
    ),
    Attack("sleep", "sleeps in its cell", "import time\ntime.sleep(10_000)", must=TOO_SLOW),
    Attack(
        "loop",
        "loops when it is called",
        "def square(x):\n    while True:\n        x = x + 1",
        must=TOO_SLOW,
    ),
    Attack("stubborn-loop", "loops, and catches what should stop it", STUBBORN, must=TOO_SLOW),
    Attack(
        "deaf",
        "ignores signals, and loops",
        """\
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
while True:
    pass""",
        must=TOO_SLOW,
    ),
    Attack(
        "in-c",
        "loops where Python cannot interrupt it",
        "square = lambda x: 10 ** 10 ** 10",
        must=TOO_SLOW,
    ),
    Attack(
        "generator",
        "returns a generator without an end",
        "def square(x):\n    while True:\n        yield x",
        must="StudentError",
    ),
    Attack(
        "recursion",
        "calls itself without an end",
        "square = lambda x: square(x)",
        must="RecursionError",
    ),
    Attack(
        "deep-recursion",
        "lifts the limit of recursion and overflows the stack",
        """\
import sys
sys.setrecursionlimit(10**9)
nest = []
for _ in range(10**6):
    nest = [nest]
repr(nest)""",
        must="ended its process|RecursionError|MemoryError|CellTimeoutError",
    ),
    Attack(
        "large-integer",
        "returns an integer of a million digits",
        "square = lambda x: 10 ** 10**6",
        must="TypeError: the result cannot be sent",
    ),
    Attack(
        "large-message",
        "raises a message of a hundred megabytes",
        "def square(x):\n    raise ValueError('x' * 10**8)",
        must="ValueError",
    ),
    Attack(
        "callbacks",
        "calls the function that a test hands over without an end",
        "def walk(gradient, x, steps):\n    while True:\n        gradient(x)",
        question="walk",
        must=TOO_SLOW,
    ),
    Attack(
        "drip",
        "sends the grader one byte at a time, so that no wait is ever too long",
        """\
import os, socket, struct, time
lines = []
for number in range(3, 64):
    try:
        lines.append(socket.socket(fileno=os.dup(number)))
        lines[-1].sendall(struct.pack("!II", 1000, 0))
    except OSError:
        pass
while True:
    time.sleep(0.3)
    for line in lines:
        line.sendall(b" ")""",
        must="CellTimeoutError|ended its process",
    ),
    Attack(
        "many-slow-cells",
        "adds many cells, each just fast enough",
        "square = lambda x: 0",
        must="seconds together",
        change=_many_slow_cells,
    ),
]
