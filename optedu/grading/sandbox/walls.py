"""Which walls this system has, found out by trying to climb them."""

import shutil
import socket
import sys

from . import landlock, seccomp
from .host import Dead, Zygote
from .limits import Limits

# What a student's code must not be able to do; each is tried in a fork, and must raise.
TRIALS = {
    "read the course's files": "open({course!r}).read()",
    "read other files": "open('/etc/shadow').read()",
    "write outside its folder": "open('/usr/optedu-was-here', 'w')",
    "start a process": "import os; os.fork()",
    "run a program": "import os; os.execv('/bin/true', ['true'])",
    "open a socket": "import socket; socket.socket()",
    "signal another process": "import os; os.kill(1, 0)",
    "take more memory than it may": "bytearray(1 << 40)",
    "import the reference": "import optedu.descent",
}


class NoWalls(Exception):
    """Student code cannot be confined here; the message says what is missing."""


def missing(namespaces):
    """List what this system lacks for confinement.

    Parameters
    ----------
    namespaces : bool
        For the first tier, bubblewrap in namespaces of its own; otherwise the second, without.

    Returns
    -------
    list of str
        What to install or to change; empty if nothing.
    """
    if not sys.platform.startswith("linux"):
        return [f"this is {sys.platform}, and confinement needs Linux: grade in a container"]
    lacks = []
    if not landlock.version():
        lacks.append("the kernel has no Landlock: it needs Linux 5.13 with it switched on")
    if not seccomp.available():
        lacks.append("libseccomp is missing; on Debian: apt-get install libseccomp2")
    if namespaces and shutil.which("bwrap") is None:
        lacks.append("bubblewrap is missing; on Debian: apt-get install bubblewrap")
    return lacks


def try_to_escape(namespaces, limits=None):
    """Fork a student's process and try what it must not be able to do.

    Parameters
    ----------
    namespaces : bool
        Which tier to try.
    limits : Limits, optional
        The limits to try it with.

    Returns
    -------
    list of str
        What it was able to do; empty if the walls hold.

    Raises
    ------
    NoWalls
        If the process cannot be started.
    """
    zygote = _start(namespaces, limits or Limits())
    try:
        return _climbed(zygote)
    finally:
        zygote.close()


def behind_walls(limits, namespaces=None):
    """Start a warm process for student code behind walls that hold.

    Parameters
    ----------
    limits : Limits
        What each submission may use.
    namespaces : bool, optional
        Which tier; by default the first if it holds here, else the second.

    Returns
    -------
    Zygote
        The process, from which nothing forked was able to escape.

    Raises
    ------
    NoWalls
        If no tier holds; student code must not run then.
    """
    reasons = []
    for tier in (True, False) if namespaces is None else (namespaces,):
        which = f"{'with' if tier else 'without'} namespaces"
        try:
            zygote = _start(tier, limits)
        except NoWalls as error:
            reasons.append(f"{which}: {error}")
            continue
        try:
            able = _climbed(zygote)
        except NoWalls as error:
            able = [str(error)]
        if not able:
            return zygote
        zygote.close()
        reasons.append(f"{which}: student code was able to {', '.join(able)}")
    raise NoWalls(
        "Student code cannot be confined on this system, so nothing was run. "
        + ". ".join(reasons)
        + ". `python -m optedu doctor` says more."
    )


def _start(namespaces, limits):
    if lacks := missing(namespaces):
        raise NoWalls("; ".join(lacks))
    try:
        zygote = Zygote("student", namespaces, limits)
        zygote.wait()
    except (Dead, OSError) as error:
        raise NoWalls(f"a confined process does not start: {error}") from None
    return zygote


def _climbed(zygote):
    """Return what a fork was able to do that it must not."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        job = zygote.fork(ours.fileno())
        able = []
        try:
            for what, code in TRIALS.items():
                code = code.format(course=__file__)
                answer, _ = job.ask(10, op="run", code=code, output=1000)
                if answer.get("ok"):
                    able.append(what)
        except Dead as error:
            raise NoWalls(f"a confined process ended by itself: {error}") from None
        job.end()
    return able
