"""What a submission may use; `nbgrader_config.py` sets other numbers."""

import resource
from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """The most that a student's process may use of everything.

    Parameters
    ----------
    seconds : float
        Of wall time, a cell or a test.
    total_seconds : float
        Of wall time, a submission; as much again the hidden tests that run last.
    cpu_seconds : int
        Of processor time, a submission.
    memory, file_size, disk : int
        Bytes of address space, of one file, of all files together.
    files : int
        Files and folders together.
    open_files, threads : int
        At the same time.
    output : int
        Characters that one cell may print.
    """

    seconds: float = 20.0
    total_seconds: float = 600.0
    cpu_seconds: int = 120
    memory: int = 2048 * MIB
    file_size: int = 32 * MIB
    disk: int = 64 * MIB
    files: int = 1000
    open_files: int = 256
    threads: int = 64
    output: int = 200_000

    def __post_init__(self):
        """Refuse limits that nothing could run under."""
        for name, value in vars(self).items():
            if not (isinstance(value, int | float) and value > 0):
                raise ValueError(f"{name} must be a positive number; got {value!r}")

    def impose(self):
        """Set the limits that the kernel keeps for a process, for this one and for good."""
        for kind, value in (
            (resource.RLIMIT_AS, self.memory),
            (resource.RLIMIT_CPU, self.cpu_seconds),
            (resource.RLIMIT_FSIZE, self.file_size),
            (resource.RLIMIT_NOFILE, self.open_files),
            (resource.RLIMIT_NPROC, self.threads),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_MEMLOCK, 0),
            (resource.RLIMIT_MSGQUEUE, 0),
        ):
            _, most = resource.getrlimit(kind)
            value = int(value) if most == resource.RLIM_INFINITY else min(int(value), most)
            resource.setrlimit(kind, (value, value))
