"""A warm process: it loads what submissions need once, then forks a child for each.

It runs with the host's line and a JSON object as arguments, as a module of ``sandbox``, so that
nothing else of the course need be there. A fork takes a few milliseconds where a new Python takes
a second. The zygote itself never runs a student's code; it has no threads, so that a fork is safe.
"""

import contextlib
import gc
import importlib
import json
import os
import re
import select
import signal
import socket
import struct
import sys

from . import landlock
from .limits import Limits

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_KEEPCAPS = 1, 4, 8
_CAPABILITIES_V3, _CAP_DAC_READ_SEARCH = 0x20080522, 2
_NOBODY = 65534
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")
# They load what shows a result, a text and a traceback, and what every cell makes use of.
_REHEARSED = ("def f(x):\n    return 1 / x", "f(2)", "'a text'", "print(f(1))", "f(0)")
# Seconds between looks at what no limit of the kernel's bounds; a checker runs no student's code.
_PULSE = {"student": 0.05, "checker": 0.5}


def main():
    """Load, say that it is ready, and fork on request until the host is gone."""
    host, config = socket.socket(fileno=int(sys.argv[1])), json.loads(sys.argv[2])
    os.setsid()  # so that a terminal's interrupt comes to none of us, nor to what we fork
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # In each fork what is loaded below would make its locks anew; there is no thread to hold one.
    os.register_at_fork = lambda **when: None
    from . import seccomp, shell, sides

    config["side"] = {"student": sides.StudentSide, "checker": sides.CheckerSide}[config["role"]]
    config["restrict"] = seccomp.restrict
    if config["role"] == "student":
        from . import modules

        modules.install(config["optedu"])
    _load(config["preload"])
    recorder = shell.Recorder.instance()
    recorder.builtin_trap.__enter__()  # for good: to change built-in names slows down what uses any
    sys._clear_type_cache()  # a fork copies two pages to replace a name in it, and one to add it
    for cell in _REHEARSED:
        recorder.run(cell)
    recorder.reset(new_session=True)
    # Without a dump flag no process of the same user can trace this one or read its memory.
    landlock._libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    config["calls"] = seccomp.prepare()
    # What is written to a disk, and not to a folder in memory, no limit bounds in sum.
    writable = [config["folder"]] if config["alone"] else []
    config["paths"] = landlock.prepare(config["readable"], config["listed"], [*writable, *_DEVICES])
    gc.freeze()
    _tell(host, event="ready")
    _serve(host, config, recorder)


def _serve(host, config, recorder):
    children, pulse = {}, _PULSE[config["role"]]
    awake, wake = os.pipe()
    for end in (awake, wake):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        ready, _, _ = select.select([host, awake], [], [], pulse if children else None)
        if awake in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(awake, 512)
        for job, (pid, limits) in list(children.items()):
            if _has_ended(pid) or _takes_too_much(pid, limits, config):
                _end(job, children, config)
        if host in ready:
            try:
                text, descriptors, _, _ = socket.recv_fds(host, 1 << 16, 2)
            except OSError:
                text = b""
            if not text:
                break
            order = json.loads(text)
            if order["op"] == "load":
                _load(order["names"])
                gc.freeze()
                _tell(host, event="loaded")
            elif order["op"] == "learn":
                recorder.learn(order["cell"])
                if config["role"] == "checker":
                    _load_checks(order["cell"])
            elif order["op"] == "fork":
                limits = Limits(**order["limits"])
                pid = os.fork()
                if pid == 0:
                    signal.set_wakeup_fd(-1)
                    for end in (host.fileno(), awake, wake):
                        os.close(end)
                    os.sched_setaffinity(0, order["processors"])  # those of who asks
                    _become(order["job"], limits, descriptors, config, recorder)
                children[order["job"]] = pid, limits
                for descriptor in descriptors:
                    os.close(descriptor)
            elif order["op"] == "signal" and order["job"] in children:
                if order["number"] == signal.SIGKILL:
                    _end(order["job"], children, config)  # before the next fork
                else:
                    os.kill(children[order["job"]][0], order["number"])
    for job in list(children):
        _end(job, children, config)
    _remove(config["folder"])
    os._exit(0)


def _load(names):
    """Import modules, so that no fork has to; whoever needs one that fails is told there."""
    for name in names:
        with contextlib.suppress(Exception, SystemExit):
            importlib.import_module(name)


def _load_checks(code):
    """Load the chapters whose checks are called, and what these tell mistakes by."""
    from optedu.checks import fingerprint

    for chapter in re.findall(r"\bchecks\.(\w+)", code):
        _load([f"optedu.checks.{chapter}"])
        fingerprint.read(chapter)


def _has_ended(pid):
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _takes_too_much(pid, limits, config):
    """Return whether a job has more threads or files than it may.

    The kernel does not limit the threads of root, nor the number of files in a folder in memory.
    """
    threads = os.stat(f"/proc/{pid}/task").st_nlink - 2
    place = os.statvfs(config["folder"])
    files = place.f_files - place.f_ffree if config["alone"] else 0
    return threads > limits.threads or files > limits.files


def _end(job, children, config):
    """End a job and leave nothing of it behind."""
    pid, _ = children.pop(job)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    if config["alone"] and not children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)  # in a namespace of its own: whatever else there is
    _remove(_folder(config, job))


def _remove(folder):
    try:
        os.rmdir(folder)
    except FileNotFoundError:
        pass
    except OSError:  # folders may nest deeper than Python's recursion goes
        import subprocess

        subprocess.run(["rm", "-rf", folder], stderr=subprocess.DEVNULL)


def _become(job, limits, descriptors, config, recorder):
    """Turn this fork into one side of a submission; never return."""
    try:
        folder = _folder(config, job)
        os.mkdir(folder)
        os.chdir(folder)
        os.environ["HOME"] = os.environ["TMPDIR"] = folder
        _close_all_but([*descriptors, config["paths"]])
        _drop_root()
        landlock._libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
        landlock._libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        limits.impose()
        landlock.restrict(config["paths"])
        if config["alone"]:  # there is nothing of other jobs to read, but a place to leave things
            landlock.restrict(landlock.prepare(writable=[folder, *_DEVICES], changes_alone=True))
        config["restrict"](config["calls"])
        lines = [socket.socket(fileno=descriptor) for descriptor in descriptors]
        gc.set_threshold(10_000)  # it has little time, and its memory has a limit
        gc.enable()
        config["side"](*lines, recorder).serve()
        os._exit(0)
    finally:
        os._exit(70)


def _drop_root():
    """Become nobody, but for reading what Landlock lets through; Python may lie in root's home."""
    if os.getuid() != 0:
        return
    landlock._libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(_NOBODY, _NOBODY, _NOBODY)
    os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    kept = 1 << _CAP_DAC_READ_SEARCH
    header = struct.pack("Ii", _CAPABILITIES_V3, 0)
    if landlock._libc.capset(header, struct.pack("6I", kept, kept, 0, 0, 0, 0)):
        raise OSError("capset: the privileges of root cannot be given up")


def _tell(host, **event):
    host.send(json.dumps(event).encode())


def _folder(config, job):
    return f"{config['folder']}/{job}"


def _close_all_but(descriptors):
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    kept = sorted({0, 1, 2, *descriptors})
    for low, high in zip(kept, [*kept[1:], 1 << 16], strict=True):
        os.closerange(low + 1, high)
