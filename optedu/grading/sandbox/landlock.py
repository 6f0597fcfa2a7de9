"""Landlock: this process, and all it starts, sees only the folders it is given.

The kernel keeps the promise, without any privilege, and a process cannot take it back. See
landlock(7) for the three calls and for what each version of the interface can restrict.
"""

import ctypes
import os
import struct

_libc = ctypes.CDLL(None, use_errno=True)
_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same numbers on every architecture
_PR_SET_NO_NEW_PRIVS = 38

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_TRUNCATE = 1 << 14
_READ = _EXECUTE | _READ_FILE | _READ_DIR


def version():
    """Return the version of the kernel's interface; 0 if it has none."""
    return max(0, _libc.syscall(_CREATE, None, 0, 1))


def prepare(readable=(), listed=(), writable=(), changes_alone=False):
    """Write down which paths are open, once for all processes that shall see them alike.

    Parameters
    ----------
    readable, listed, writable : iterable of str
        Folders and files to read and run, folders of which only names are seen, and those to do
        anything with. What is not there is left out.
    changes_alone : bool
        Say only what may be changed, and nothing of what may be read, nor of the network.

    Returns
    -------
    int
        A descriptor, for `restrict`.

    Raises
    ------
    OSError
        If the kernel refuses.
    """
    abi = version()
    if not abi:
        raise OSError("this kernel has no Landlock; it needs Linux 5.13 or newer")
    # Each version adds kinds of access: 2 moving files, 3 truncating, 4 TCP, 5 devices, 6 signals.
    files = (1 << (13 + (abi >= 2) + (abi >= 3) + (abi >= 5))) - 1
    network, scopes = (3 if abi >= 4 else 0), (3 if abi >= 6 else 0)
    if changes_alone:
        files, network, scopes = files & ~_READ, 0, 0
    attributes = struct.pack("QQQ", files, network, scopes)
    attributes = attributes[: 24 if abi >= 6 else 16 if abi >= 4 else 8]
    rules = _called(_CREATE, attributes, len(attributes), 0)
    for paths, granted in ((readable, _READ), (listed, _READ_DIR), (writable, files)):
        for path in paths:
            access = granted
            try:
                place = os.open(path, os.O_PATH | os.O_CLOEXEC)
            except FileNotFoundError:
                continue
            if not os.path.isdir(path):
                access &= _EXECUTE | _WRITE_FILE | _READ_FILE | (_TRUNCATE if abi >= 3 else 0)
            _called(_ADD, rules, 1, struct.pack("=Qi", access, place), 0)
            os.close(place)
    return rules


def restrict(rules):
    """Deny this process, from now on, every path but these, and every network port.

    Parameters
    ----------
    rules : int
        What `prepare` has returned; it is closed here.

    Raises
    ------
    OSError
        If the kernel refuses.
    """
    no_new_privileges()
    _called(_RESTRICT, rules, 0)
    os.close(rules)


def no_new_privileges():
    """Give up what a set-user-id program could give; the kernel asks for it before a filter."""
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def _called(*arguments):
    result = _libc.syscall(*arguments)
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"Landlock: {os.strerror(number)}")
    return result
