"""The grader's end: warm processes behind walls, and a submission's two sides forked from them."""

import compileall
import contextlib
import functools
import importlib.util
import itertools
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from . import modules, plain

HERE = Path(__file__).resolve().parent
OPTEDU = HERE.parents[1]
# What any Python needs to see; what is missing on a system is left out.
SYSTEM = ["/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/fonts"]
PRELOAD = {"student": ["numpy.random"], "checker": ["numpy.random", "optedu.checks"]}
# What is loaded stays; to look through it again and again for garbage takes a fifth of the start.
START = "import gc; gc.disable(); from sandbox import zygote; zygote.main()"
START_SECONDS = 60
GRACE_SECONDS = 2.0
LONGEST_LEARNED = 10_000  # characters of a cell, of which JSON may make six times as many bytes


class Dead(Exception):
    """A process that should answer has ended."""


class TooSlow(Exception):
    """A process did not answer in time, and had to be ended."""


class Zygote:
    """A warm process of one role, alone in its namespaces where the system has them.

    Parameters
    ----------
    role : str
        "student" or "checker".
    namespaces : bool
        Put bubblewrap around it; otherwise Landlock and seccomp alone confine what it forks.
    limits : Limits
        What each fork may use.
    """

    def __init__(self, role, namespaces, limits):
        _compile()
        self.role, self.namespaces, self.limits = role, namespaces, limits
        self.owner = os.getpid()
        self.names = itertools.count(1)
        self.folder = None if namespaces else tempfile.mkdtemp(prefix="optedu-")
        self.line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        readable, listed = _split([*SYSTEM, *_prefixes()], _withheld(role))
        if role == "checker":
            readable.append("/app" if namespaces else str(OPTEDU))
        config = {
            "role": role,
            "preload": PRELOAD[role],
            "alone": namespaces,
            "folder": "/box" if namespaces else self.folder,
            "readable": readable,
            "listed": listed,
            "optedu": "/app/leaves" if namespaces else str(OPTEDU),
        }
        command = [sys.executable, "-P", "-c", START, str(theirs.fileno()), json.dumps(config)]
        if namespaces:
            command = [*_bubblewrap(role, limits), *command]
        else:
            os.mkdir(f"{self.folder}/matplotlib")
            for path in _font_lists():
                shutil.copy(path, f"{self.folder}/matplotlib")
        with theirs:
            self.process = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                env=_environment(role, self.folder),
                stdin=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        self.loaded, self.ready = set(), False

    def wait(self):
        """Wait until it can fork; raise Dead if it does not come to that."""
        if not self.ready:
            self._await("start")
            self.ready = True

    def load(self, names, cells=()):
        """Have modules imported and cells compiled before the next fork, if they have not been."""
        self.wait()
        names = set(names) - self.loaded
        cells = {cell for cell in cells if len(cell) < LONGEST_LEARNED} - self.loaded
        for cell in cells:
            self.line.send(json.dumps({"op": "learn", "cell": cell}).encode())
        if names or cells:
            self.line.send(json.dumps({"op": "load", "names": sorted(names)}).encode())
            self._await("load what is imported")
            self.loaded |= names | cells

    def fork(self, *others):
        """Fork a job, handing it open descriptors beside its line to us."""
        self.wait()
        job = f"j{os.getpid()}-{next(self.names)}"  # forks of the grader may share it
        ours, theirs = socket.socketpair()
        order = {"op": "fork", "job": job, "limits": asdict(self.limits)}
        order["processors"] = sorted(os.sched_getaffinity(0))
        with theirs:
            socket.send_fds(
                self.line, [json.dumps(order).encode()], [theirs.fileno(), *map(int, others)]
            )
        return Job(self, job, ours)

    def signal(self, job, number):
        """Send a signal to a job, if it is still there."""
        with contextlib.suppress(OSError):
            self.line.send(json.dumps({"op": "signal", "job": job, "number": number}).encode())

    def is_alive(self):
        """Return whether it can fork."""
        line = select.poll()
        line.register(self.line, 0)  # hang-ups are told of unasked
        return not line.poll(0)

    def close(self):
        """End it, and with it everything it has forked; a fork of its owner only lets go of it."""
        self.line.close()
        if self.owner != os.getpid():
            return
        try:
            self.process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stderr.close()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _await(self, what):
        """Wait until it says that it is ready again."""
        if not select.select([self.line], [], [], START_SECONDS)[0] or not self.line.recv(1 << 16):
            self.process.kill()
            said = self.process.stderr.read().decode(errors="replace")
            self.close()
            raise Dead(f"the {self.role}'s process did not {what}: {said[-2000:]}")


class Job:
    """A forked process, asked one thing at a time."""

    def __init__(self, zygote, name, line):
        self.zygote, self.name, self.line = zygote, name, line
        self.alive = True

    def ask(self, seconds, interrupt=None, **order):
        """Send an order and wait for the answer.

        Parameters
        ----------
        seconds : float
            How long; then the job to interrupt is interrupted, and ended if that does not help.
        interrupt : Job, optional
            Whose code it is that takes so long; by default this job's.
        **order : object
            What to do.

        Returns
        -------
        answer : dict
            What it says; not to be trusted from a student's side.
        late : bool
            Whether it had to be interrupted.

        Raises
        ------
        Dead
            If it ended.
        TooSlow
            If it did not answer even so, and was ended.
        """
        guilty = interrupt or self
        late = False
        try:
            self.line.settimeout(seconds)
            plain.send(self.line, order)
            for wait, act in (
                (seconds, lambda: guilty.zygote.signal(guilty.name, signal.SIGINT)),
                (GRACE_SECONDS, guilty.end),
                (GRACE_SECONDS, self.end),
            ):
                try:
                    return plain.receive(self.line, time.monotonic() + wait), late
                except TimeoutError:
                    late = True
                    act()
                    if not self.alive:
                        raise TooSlow from None
        except (EOFError, OSError, plain.WireError) as error:
            self.end()
            raise Dead(str(error)) from None
        raise TooSlow

    def end(self):
        """Kill it."""
        self.alive = False
        self.zygote.signal(self.name, signal.SIGKILL)
        self.line.close()


@functools.cache
def _compile():
    """Write what Python makes of our modules: who runs behind walls cannot, and compiles anew."""
    if not sys.dont_write_bytecode:
        compileall.compile_dir(OPTEDU, quiet=2)


def _prefixes():
    return sorted({sys.prefix, sys.base_prefix})


def _withheld(role):
    """Return the folders that a student's code must not read although they lie among others."""
    if role == "checker":
        return []
    folders = [OPTEDU]
    for name in modules.WITHHELD_LIBRARIES:
        top, *inner = name.split(".")
        spec = importlib.util.find_spec(top)
        for place in (spec and spec.submodule_search_locations) or ():
            folders.append(Path(place, *inner).resolve())
    return folders


def _split(folders, withheld):
    """Return what to read so that all of some folders is seen but what is withheld, and listed."""
    readable, listed = [], []
    withheld = [f"{hidden}/" for hidden in withheld]
    waiting = [(folder, f"{os.path.realpath(folder)}/") for folder in folders]
    while waiting:
        folder, place = waiting.pop()
        if not any(hidden.startswith(place) for hidden in withheld):
            readable.append(folder)
        elif place not in withheld:
            listed.append(folder)
            with os.scandir(folder) as entries:
                inner = [entry for entry in entries if not entry.is_symlink()]
            waiting += [(entry.path, f"{place}{entry.name}/") for entry in inner]
    return readable, listed


def _environment(role, folder):
    """Return all that a zygote, and so a student's code, sees of the environment."""
    root = str(HERE.parent) if folder else "/app"
    paths = [root, str(OPTEDU.parent)] if folder and role == "checker" else [root]
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": "/nonexistent",
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONDONTWRITEBYTECODE": "1",
        "MPLCONFIGDIR": f"{folder or '/tmp'}/matplotlib",
        "NBGRADER_EXECUTION": "autograde",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        **dict.fromkeys(
            ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
        ),
        **{name: os.environ[name] for name in ("OPENBLAS_CORETYPE",) if name in os.environ},
    }


def _font_lists():
    """Return the list of fonts that Matplotlib has kept for this user, which takes it a second."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(os.environ.get("MPLCONFIGDIR") or Path(cache, "matplotlib"))
    return sorted(folder.glob("fontlist-v*.json"))


def _bubblewrap(role, limits):
    """Return the command that puts a process into namespaces of its own.

    It sees the system's programs, this Python and the files of its role; it has no network, no
    other processes, no other user, and two small folders in memory to write to.
    """
    command = ["bwrap", "--unshare-all", "--unshare-user", "--uid", "65534", "--gid", "65534"]
    command += ["--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "sandbox"]
    command += ["--proc", "/proc", "--dev", "/dev"]
    for folder in ("/tmp", "/box"):
        command += ["--size", str(limits.disk), "--tmpfs", folder]
    for path in [*SYSTEM, *_prefixes()]:
        if os.path.islink(path):
            command += ["--symlink", os.readlink(path), path]
        else:
            command += ["--ro-bind-try", path, path]
    for path in _withheld(role):
        if path.is_dir() and any(path.is_relative_to(Path(p).resolve()) for p in _prefixes()):
            command += ["--tmpfs", str(path)]
    command += ["--ro-bind", str(HERE), "/app/sandbox"]
    if role == "checker":
        command += ["--ro-bind", str(OPTEDU), "/app/optedu"]
    else:
        for name in modules.HARMLESS:
            command += ["--ro-bind", f"{OPTEDU}/{name}.py", f"/app/leaves/{name}.py"]
    for path in _font_lists():
        command += ["--ro-bind", str(path), f"/tmp/matplotlib/{path.name}"]
    return [*command, "--chdir", "/box", "--"]
