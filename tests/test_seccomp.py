"""The list of system calls, on the architecture that this machine is not as well.

libseccomp compiles the filter for either, and to run a filter takes no kernel: it is a program of
a few comparisons.
"""

import ctypes
import errno
import operator
import os
import struct

import pytest

from optedu.grading.sandbox import seccomp

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
NEVER = -1  # what libseccomp says of a name that no architecture has; others' have numbers below
# What only x86_64 has, and by what the C library does the same on aarch64.
INSTEAD = {
    "access": "faccessat",
    "alarm": "setitimer",
    "creat": "openat",
    "dup2": "dup3",
    "epoll_wait": "epoll_pwait",
    "getdents": "getdents64",
    "getpgrp": "getpgid",
    "lstat": "newfstatat",
    "mkdir": "mkdirat",
    "open": "openat",
    "pause": "ppoll",
    "pipe": "pipe2",
    "poll": "ppoll",
    "readlink": "readlinkat",
    "rename": "renameat",
    "rmdir": "unlinkat",
    "select": "pselect6",
    "stat": "newfstatat",
    "time": "gettimeofday",
    "unlink": "unlinkat",
}
ONLY_X86 = {"arch_prctl"}  # where a thread's variables lie; aarch64 has a register for it

# What starts, becomes, watches or reaches something else, or goes round the list.
DANGEROUS = """
    fork vfork execve execveat ptrace process_vm_readv process_vm_writev kexec_load bpf
    socket connect bind listen accept accept4 mount umount2 chroot pivot_root unshare setns
    io_uring_setup io_uring_enter userfaultfd perf_event_open memfd_create shmget msgget semget
    open_by_handle_at name_to_handle_at pidfd_open pidfd_getfd pidfd_send_signal keyctl add_key
    chmod fchmod fchmodat chown fchown fchownat setuid setresuid capset truncate personality
    link linkat symlink symlinkat mknod mknodat utimensat rt_sigqueueinfo rt_tgsigqueueinfo
    process_madvise openat2 fsopen move_mount init_module finit_module modify_ldt
"""
LACKED = "fork vfork chmod chown link symlink mknod modify_ldt"  # by aarch64


@pytest.fixture
def named(monkeypatch):
    """Return the calls that the filter has rules for."""
    if not seccomp.available():
        pytest.skip("libseccomp is not installed")
    names, rule = set(), seccomp._rule

    def noted(library, filter_, action, name, *comparisons):
        names.add(name)
        return rule(library, filter_, action, name, *comparisons)

    monkeypatch.setattr(seccomp, "_rule", noted)
    assert seccomp.prepare()
    return names


def number(name, architecture):
    """Return the number of a call on an architecture; below zero if it has none."""
    resolve = ctypes.CDLL("libseccomp.so.2").seccomp_syscall_resolve_name_arch
    return resolve(ctypes.c_uint32(ARCHITECTURES[architecture]), name.encode())


def test_every_name_is_one_that_libseccomp_knows(named):
    assert [name for name in named if number(name, "x86_64") == NEVER] == []


def test_what_aarch64_lacks_is_allowed_there_under_its_other_name(named):
    lacking = {name for name in named if number(name, "aarch64") < 0}
    assert lacking == INSTEAD.keys() | ONLY_X86
    for other in INSTEAD.values():
        assert other in named
        assert number(other, "aarch64") >= 0


@pytest.fixture(params=ARCHITECTURES)
def asked(request, monkeypatch):
    """Return a function that asks the filter of an architecture about a call."""
    if not seccomp.available():
        pytest.skip("libseccomp is not installed")
    library, architecture = seccomp._library, ARCHITECTURES[request.param]

    def of_that_architecture():
        seccomp_ = library()
        init, native = seccomp_.seccomp_init, seccomp_.seccomp_arch_native()
        for act in (seccomp_.seccomp_arch_add, seccomp_.seccomp_arch_remove):
            act.argtypes = [ctypes.c_void_p, ctypes.c_uint32]

        def init_and_change(action):
            filter_ = init(action)
            if native % 2**32 != architecture:
                assert seccomp_.seccomp_arch_add(filter_, architecture) == 0
                assert seccomp_.seccomp_arch_remove(filter_, native % 2**32) == 0
            return filter_

        seccomp_.seccomp_init = init_and_change
        return seccomp_

    monkeypatch.setattr(seccomp, "_library", of_that_architecture)
    calls = seccomp.prepare()[-1]

    def ask(name, *arguments, by=architecture):
        call = number(name, request.param)
        return None if call < 0 else run(calls, call, by, arguments)

    return ask


def run(program, call, architecture, arguments):
    """Return what a filter says of a call, by the rules of bpf(4) as far as filters use them."""
    arguments = [*arguments, *[0] * 6][:6]
    data = struct.pack("=IIQ6Q", call, architecture, 0, *(value % 2**64 for value in arguments))
    jumps = {0x15: operator.eq, 0x25: operator.gt, 0x35: operator.ge, 0x45: operator.and_}
    steps = list(struct.iter_unpack("=HBBI", program))
    value = place = 0
    while True:
        code, if_true, if_false, constant = steps[place]
        place += 1
        if code == 0x20:
            (value,) = struct.unpack_from("=I", data, constant)
        elif code == 0x54:
            value &= constant
        elif code == 0x05:
            place += constant
        elif code == 0x06:
            return constant
        else:
            place += if_true if jumps[code](value, constant) else if_false


ALLOW, REFUSE = 0x7FFF0000, 0x00050000  # and with the second, the error


def test_what_is_on_the_list_is_allowed_and_nothing_dangerous_is(asked):
    answers = {name: asked(name) for name in seccomp.ALLOWED.split()}
    assert set(answers.values()) <= {ALLOW, None}
    refused = {name: asked(name) for name in DANGEROUS.split()}
    assert set(refused.values()) <= {REFUSE | errno.EPERM, None}
    assert {name for name, answer in refused.items() if answer is None} <= {*LACKED.split()}


def test_threads_start_and_processes_do_not(asked):
    signal_of_its_end, thread = 17, 0x3D0F00  # what fork asks for, and what glibc's threads do
    assert asked("clone", signal_of_its_end) == REFUSE | errno.EPERM
    assert asked("clone", thread) == ALLOW
    assert asked("clone3") == REFUSE | errno.ENOSYS


def test_what_may_only_be_read_is_not_emptied(asked):
    here = -100
    assert asked("openat", here, 0, os.O_RDONLY) == ALLOW
    assert asked("openat", here, 0, os.O_RDONLY | os.O_TRUNC) == REFUSE | errno.EPERM


def test_who_speaks_for_another_architecture_is_ended(asked):
    assert asked("read", by=0x40000003) == 0  # 32 bits
