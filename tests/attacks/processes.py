"""Harming other processes, becoming another, or ending its own in a way that passes for success."""

from tests.attacks.attack import Attack

REFUSED = "PermissionError"
ENDED = "ended its process|ended or confused"


def called(*calls):
    """Return code that makes calls of the C library, of which none may succeed."""
    lines = [f"refuse(libc.{call})" for call in calls]
    return "\n".join([_CALLER, *lines, "raise PermissionError(1, 'all of them')"])


_CALLER = """\
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def refuse(result):
    if result != -1 or ctypes.get_errno() != 1:
        raise SystemError(f"{result}, {ctypes.get_errno()}")"""

ATTACKS = [
    Attack(
        "kill-grader",
        "kills the grader",
        "import os\nos.kill(GRADER, 9)",
        must="PermissionError|ProcessLookupError",
    ),
    Attack(
        "kill-parent",
        "kills the process that forked it",
        "import os\nos.kill(os.getppid(), 9)",
        must=REFUSED,
    ),
    Attack("kill-all", "kills everything that it may", "import os\nos.kill(-1, 9)", must=REFUSED),
    Attack(
        "kill-group", "kills its group of processes", "import os\nos.killpg(0, 9)", must=REFUSED
    ),
    Attack(
        "kill-by-timer",
        "has a timer signal another process's thread",
        """\
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
if libc.pthread_kill and libc.tgkill(os.getppid(), os.getppid(), 9):
    raise PermissionError(os.strerror(ctypes.get_errno()))""",
        must=REFUSED,
    ),
    Attack(
        "trace",
        "attaches to its parent as a debugger",
        """\
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
if libc.ptrace(16, os.getppid(), None, None) == -1:
    raise OSError(ctypes.get_errno(), "ptrace")""",
        must=REFUSED,
    ),
    Attack(
        "memory-of-another",
        "reads its parent's memory",
        """\
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
if libc.process_vm_readv(os.getppid(), None, 0, None, 0, 0) == -1:
    raise OSError(ctypes.get_errno(), "process_vm_readv")""",
        must=REFUSED,
    ),
    Attack(
        "memory-file",
        "writes into its parent's memory",
        "import os\nopen(f'/proc/{os.getppid()}/mem', 'r+b')",
        must="PermissionError|FileNotFoundError",
    ),
    Attack(
        "daemon",
        "leaves a process that raises its score later",
        """\
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(1000)""",
        must=REFUSED,
    ),
    Attack(
        "exec",
        "becomes another program",
        "import os\nos.execv('/bin/sh', ['sh', '-c', 'sleep 1000'])",
        must=REFUSED,
    ),
    Attack("set-user", "becomes root", "import os\nos.setuid(0)", must=REFUSED),
    Attack("change-root", "moves to another root", "import os\nos.chroot('.')", must=REFUSED),
    Attack(
        "namespaces",
        "makes a namespace of its own, where it would be root",
        """\
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
if libc.unshare(0x10000000):
    raise OSError(ctypes.get_errno(), "unshare")""",
        must=REFUSED,
    ),
    Attack(
        "mount",
        "mounts a file system",
        """\
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
if libc.mount(b"proc", b".", b"proc", 0, None):
    raise OSError(ctypes.get_errno(), "mount")""",
        must=REFUSED,
    ),
    Attack(
        "more-memory",
        "lifts its own limits",
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
        must="PermissionError|ValueError",
    ),
    Attack(
        "old-calls",
        "calls the kernel in the manner of 32-bit programs, which the list does not name",
        """\
import ctypes, mmap
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page.write(bytes.fromhex("b802000000cd80c3"))  # fork, by interrupt 0x80
address = ctypes.addressof(ctypes.c_char.from_buffer(page))
print(ctypes.CFUNCTYPE(ctypes.c_int)(address)())""",
        must=ENDED,
    ),
    Attack(
        "x32-calls",
        "calls the kernel by the numbers of a third kind of programs; where there is none, leaves",
        """\
import ctypes, os, platform
if platform.machine() != "x86_64":
    os._exit(0)
ctypes.CDLL(None).syscall(0x40000000 + 57)  # fork""",
        must=ENDED,
    ),
    Attack(
        "new-calls",
        "asks for a ring of requests, which the kernel carries out behind the list's back",
        called("syscall(425, 8, bytes(256))"),
        must=f"{REFUSED}.*all of them",
    ),
    Attack(
        "new-mounts",
        "mounts by the newer calls",
        called("syscall(430, b'proc', 0)", "syscall(428, -100, b'/', 1)"),
        must=f"{REFUSED}.*all of them",
    ),
    Attack(
        "steal-descriptor",
        "takes an open file from its parent, or signals it, by a descriptor of the process",
        called(
            "syscall(434, os.getppid(), 0)", "syscall(438, 3, 3, 0)", "syscall(424, 3, 9, 0, 0)"
        ),
        must=f"{REFUSED}.*all of them",
    ),
    Attack(
        "file-by-handle",
        "opens a file by its number on the disk, past every folder",
        called("open_by_handle_at(-100, bytes(64), 0)", "name_to_handle_at(-100, b'/', 0, 0, 0)"),
        must=f"{REFUSED}.*all of them",
    ),
    Attack(
        "outlives-it",
        "leaves memory, queues and counters in the kernel that outlive it",
        called("shmget(7, 4096, 0o1666)", "msgget(7, 0o1666)", "semget(7, 1, 0o1666)"),
        must=f"{REFUSED}.*all of them",
    ),
    Attack(
        "other-machine",
        "asks to be run without random addresses, watched by others, and to adopt orphans",
        called("personality(0x0040000)", "prctl(4, 1, 0, 0, 0)", "prctl(36, 1, 0, 0, 0)"),
        must=f"{REFUSED}.*all of them",
    ),
    Attack(
        "file-in-memory",
        "makes a program in memory and runs it",
        """\
import os
number = os.memfd_create("x")
os.write(number, b"#!/bin/sh\\nsleep 1000")
os.execve(number, ["x"], {})""",
        must=REFUSED,
    ),
    Attack(
        "signal-by-line",
        "has the kernel signal its parent when its line to the grader is written to",
        """\
import fcntl, os
for number in range(3, 64):
    try:
        os.fstat(number)
    except OSError:
        continue
    fcntl.fcntl(number, fcntl.F_SETOWN, os.getppid())
    fcntl.fcntl(number, fcntl.F_SETSIG, 9)""",
        must=REFUSED,
    ),
    Attack(
        "fork-in-thread",
        "forks in a thread, where another filter might hold",
        """\
import os, threading
failed = []
def fork():
    try:
        os.fork()
    except OSError as error:
        failed.append(error)
thread = threading.Thread(target=fork)
thread.start()
thread.join()
raise failed[0]""",
        must=REFUSED,
    ),
    Attack("exit-cell", "ends its process in its cell", "import os\nos._exit(0)", must=ENDED),
    Attack(
        "exit-call",
        "ends its process when a test calls it",
        "import os\ndef square(x):\n    os._exit(0)",
        must=ENDED,
    ),
    Attack(
        "sys-exit",
        "leaves when a test calls it, as if all were well",
        "import sys\ndef square(x):\n    sys.exit(0)",
        must="StudentError: SystemExit",
    ),
    Attack(
        "interrupt",
        "raises what interrupts",
        "def square(x):\n    raise KeyboardInterrupt",
        must="StudentError: KeyboardInterrupt",
    ),
    Attack(
        "stop-iteration",
        "raises what ends a loop of the test",
        "def square(x):\n    raise StopIteration",
        must="StudentError: StopIteration|RuntimeError",
    ),
    Attack(
        "assertion",
        "raises the error of a failed test",
        "def square(x):\n    raise AssertionError",
        must="StudentError: AssertionError",
    ),
    Attack("crash", "reads at address zero", "import ctypes\nctypes.string_at(0)", must=ENDED),
    Attack(
        "crash-call",
        "crashes when a test calls it",
        "import ctypes\nsquare = lambda x: ctypes.string_at(0)",
        must=ENDED,
    ),
    Attack("kill-itself", "kills itself", "import os\nos.kill(os.getpid(), 9)", must=ENDED),
    Attack(
        "open-after-its-end",
        "sends its end of the grader's line away, so that the line stays open when it has ended",
        """\
import os, socket
lines = []
for number in range(3, 64):
    try:
        lines.append(socket.socket(fileno=os.dup(number)))
    except OSError:
        pass
for line in lines:
    for other in lines:
        try:
            socket.send_fds(line, [b"x"], [other.fileno()])
        except OSError:
            pass
os._exit(0)""",
        must=f"CellTimeoutError|{ENDED}",
    ),
    Attack(
        "gifts",
        "sends open files to the grader and to the tests, more than they may have",
        """\
import os, socket
def square(x):
    for number in range(3, 64):
        try:
            line = socket.socket(fileno=os.dup(number))
            for _ in range(300):
                socket.send_fds(line, [b"\\0"], [0] * 200)
        except OSError:
            pass
    return 0""",
        must="Error|ended",
    ),
    Attack(
        "crossed-lines",
        "makes one line of its two, so that the grader speaks to the tests",
        """\
import os, socket
kept = []
for number in range(3, 64):
    try:
        socket.socket(fileno=os.dup(number)).detach()
        kept.append(number)
    except OSError:
        pass
spare = os.dup(kept[0])
os.dup2(kept[1], kept[0])
os.dup2(spare, kept[1])
square = lambda x: 9""",
        must="Error|ended|NotRun",
    ),
    Attack(
        "alarms",
        "has a signal arrive every millisecond, and raises wherever it arrives",
        """\
import signal
def ring(*args):
    raise StopIteration
signal.signal(signal.SIGALRM, ring)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
square = lambda x: 0""",
        keeps=None,  # the first one may arrive before the cell ends or after it
        must="Error|ended|NotRun",
    ),
    Attack(
        "audit",
        "watches every step of its process, and ends it at the first that is not its own",
        """\
import os, sys, threading
def watch(frame, event, arg):
    if frame.f_code.co_name in ("receive", "answer", "_told"):
        frame.f_locals.get("self")
        raise SystemExit
    return watch
sys.settrace(watch)
threading.settrace(watch)
sys.setprofile(watch)
sys.addaudithook(lambda event, args: os._exit(0) if event == "compile" else None)
square = lambda x: 0""",
        must="Error|ended|NotRun",
    ),
    Attack(
        "no-recursion",
        "lowers the limit of recursion, so that what speaks for it fails",
        """\
import sys
def square(x):
    for depth in range(1, 100):
        try:
            sys.setrecursionlimit(depth)
            return 0
        except RecursionError:
            pass""",
        must="Error|ended|NotRun",
    ),
    Attack(
        "close-all", "closes every line that it has", "import os\nos.closerange(3, 256)", must=ENDED
    ),
]
