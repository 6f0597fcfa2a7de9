"""Seccomp: the list of system calls that a student's process may make; all others fail.

An allow-list fails closed: a call that a later kernel adds is refused until somebody has thought
about it. libseccomp knows the numbers of each architecture.
"""

import ctypes
import errno
import os
import sys

from . import landlock

_ALLOW, _FAIL = 0x7FFF0000, 0x00050000
_NOT_EQUAL, _EQUAL, _MASKED_EQUAL = 1, 4, 7
_CLONE_THREAD = 0x10000
_ACCESS = os.O_RDONLY | os.O_WRONLY | os.O_RDWR
# Asking about a terminal, how much there is to read, and not to block.
_IOCTLS = (0x5401, 0x5413, 0x541B, 0x5421)
_PR_SET_NAME, _PR_GET_NAME = 15, 16
_PR_SET_SECCOMP, _FILTER, _INSTRUCTION = 22, 2, 8
_SIGNALS = ("kill", "tgkill", "tkill")
_MSG_OOB = 1
_SOMEBODY = 0x5AFEB0D1  # the number of no process: each job puts its own in its place

# What Python, NumPy and Matplotlib need once they are loaded: memory, open files and folders
# (Landlock says which), time, threads, signals to themselves, sockets that are already open.
ALLOWED = """
    read write readv writev pread64 pwrite64 lseek close close_range dup dup2 dup3 pipe pipe2
    creat stat fstat lstat newfstatat statx statfs fstatfs access faccessat faccessat2
    readlink readlinkat getdents getdents64 getcwd chdir fchdir rmdir unlink unlinkat
    rename renameat renameat2 ftruncate fallocate fsync fdatasync flock
    copy_file_range sendfile fadvise64
    mmap munmap mremap mprotect madvise brk
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait sigaltstack
    futex futex_waitv set_robust_list get_robust_list rseq membarrier set_tid_address
    sched_yield sched_getaffinity sched_getparam sched_getscheduler getcpu
    nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time times alarm pause
    getitimer setitimer timer_create timer_settime timer_gettime timer_delete
    getpid gettid getppid getpgrp getpgid getsid getuid geteuid getgid getegid getgroups
    getresuid getresgid getrlimit getrusage sysinfo uname getrandom arch_prctl restart_syscall
    select pselect6 poll ppoll epoll_create1 epoll_ctl epoll_wait epoll_pwait eventfd2
    shutdown getsockopt getsockname getpeername
    exit exit_group wait4 waitid
"""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


class _Comparison(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("a", ctypes.c_uint64),
        ("b", ctypes.c_uint64),
    )


def available():
    """Return whether libseccomp can be loaded."""
    try:
        _library()
    except OSError:
        return False
    return True


def prepare():
    """Compile what every job may do, which takes as long as a short test, once for all of them.

    Returns
    -------
    list of bytes
        The filters, for `restrict`.

    Raises
    ------
    OSError
        If libseccomp is missing.
    """

    def rules(seccomp, filter_):
        for name in (*ALLOWED.split(), *_SIGNALS):
            _allow(seccomp, filter_, name)
        # A thread, not a process. glibc tries clone3 first, whose flags lie where no filter sees
        # them, and falls back on clone if it is told that the kernel has no such call.
        _allow(
            seccomp, filter_, "clone", _Comparison(0, _MASKED_EQUAL, _CLONE_THREAD, _CLONE_THREAD)
        )
        _rule(seccomp, filter_, _FAIL | errno.ENOSYS, "clone3")
        # Before its third version Landlock does not mind truncating what may only be read.
        for name, flags in (("open", 1), ("openat", 2)):
            _allow(seccomp, filter_, name, _Comparison(flags, _MASKED_EQUAL, os.O_TRUNC, 0))
            for mode in (os.O_WRONLY, os.O_RDWR):
                _allow(seccomp, filter_, name, _Comparison(flags, _MASKED_EQUAL, _ACCESS, mode))
        # A pair of datagram sockets could be used to write to any address.
        pair = _Comparison(0, _EQUAL, 1, 0), _Comparison(1, _MASKED_EQUAL, 0xF, 1)
        _allow(seccomp, filter_, "socketpair", *pair)
        # What is sent out of turn, the kernel has kept badly more than once; nothing here needs it.
        for name, flags in (("sendto", 3), ("sendmsg", 2), ("recvfrom", 3), ("recvmsg", 2)):
            _allow(seccomp, filter_, name, _Comparison(flags, _MASKED_EQUAL, _MSG_OOB, 0))
        for name, mode in (("mkdir", 1), ("mkdirat", 2)):  # nothing that we could not remove
            _allow(seccomp, filter_, name, _Comparison(mode, _MASKED_EQUAL, 0o700, 0o700))
        _allow(seccomp, filter_, "prlimit64", _Comparison(2, _EQUAL, 0, 0))  # read, not set
        for request in _IOCTLS:
            _allow(seccomp, filter_, "ioctl", _Comparison(1, _EQUAL, request, 0))
        _rule(seccomp, filter_, _FAIL | errno.ENOTTY, "ioctl")
        for option in (_PR_SET_NAME, _PR_GET_NAME):
            _allow(seccomp, filter_, "prctl", _Comparison(0, _EQUAL, option, 0))
        # What to duplicate, whether to block: all but leases and signals to other processes.
        for command in (0, 1, 2, 3, 4, 1030, 5, 6, 7, 1032):
            _allow(seccomp, filter_, "fcntl", _Comparison(1, _EQUAL, command, 0))

    def to_itself(seccomp, filter_):
        for name in _SIGNALS:
            others = _Comparison(0, _NOT_EQUAL, _SOMEBODY, 0)
            _rule(seccomp, filter_, _FAIL | errno.EPERM, name, others)

    # Of two filters the stricter one decides; the first has to leave room for the second.
    return [_compiled(_ALLOW, to_itself), _compiled(_FAIL | errno.EPERM, rules)]


def restrict(prepared):
    """Let this process, from now on, make only the calls of the list.

    Parameters
    ----------
    prepared : list of bytes
        What `prepare` has returned.

    Raises
    ------
    OSError
        If the kernel refuses.
    """
    landlock.no_new_privileges()
    signals, calls = prepared
    somebody, me = (number.to_bytes(4, sys.byteorder) for number in (_SOMEBODY, os.getpid()))
    if somebody not in signals:
        raise OSError(errno.EINVAL, "seccomp: the filter of signals names no process")
    for program in (signals.replace(somebody, me), calls):
        _load(program)


def _compiled(otherwise, add_rules):
    """Return the program that libseccomp makes of some rules."""
    seccomp = _library()
    filter_ = seccomp.seccomp_init(otherwise)
    program = os.memfd_create("filter")
    try:
        add_rules(seccomp, filter_)
        if number := -seccomp.seccomp_export_bpf(filter_, program):
            raise OSError(number, f"seccomp: {os.strerror(number)}")
        return os.pread(program, 1 << 20, 0)
    finally:
        os.close(program)
        seccomp.seccomp_release(filter_)


def _load(program):
    """Hand a program to the kernel, which applies it from now on."""
    text = ctypes.create_string_buffer(program, len(program))
    filter_ = _Program(len(program) // _INSTRUCTION, ctypes.addressof(text))
    if landlock._libc.prctl(_PR_SET_SECCOMP, _FILTER, ctypes.byref(filter_), 0, 0):
        number = ctypes.get_errno()
        raise OSError(number, f"seccomp: {os.strerror(number)}")


def _library():
    library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_init.argtypes = [ctypes.c_uint32]
    library.seccomp_export_bpf.argtypes = [ctypes.c_void_p, ctypes.c_int]
    library.seccomp_release.argtypes = [ctypes.c_void_p]
    library.seccomp_syscall_resolve_name.argtypes = [ctypes.c_char_p]
    library.seccomp_rule_add_array.argtypes = [
        ctypes.c_void_p,
        ctypes.c_uint32,
        ctypes.c_int,
        ctypes.c_uint,
        ctypes.POINTER(_Comparison),
    ]
    return library


def _allow(seccomp, filter_, name, *comparisons):
    _rule(seccomp, filter_, _ALLOW, name, *comparisons)


def _rule(seccomp, filter_, action, name, *comparisons):
    number = seccomp.seccomp_syscall_resolve_name(name.encode())
    if number < 0:
        return  # this architecture has no such call, as aarch64 has no open
    array = (_Comparison * len(comparisons))(*comparisons)
    error = -seccomp.seccomp_rule_add_array(filter_, action, number, len(comparisons), array)
    if error:
        raise OSError(error, f"seccomp, {name}: {os.strerror(error)}")
