"""What a process gives up: memory, core files, descriptors, and a life of its own. Linux does all of it."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def end_with_parent(signal_number: int = signal.SIGKILL) -> None:
    """This process gets the signal when the thread that forked it ends, however that happens (Linux, prctl(2))."""
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    if os.getppid() != parent:  # it had ended before we asked
        os.kill(os.getpid(), signal_number)


def limit_memory(megabytes: int) -> None:
    """At most so many mebibytes on top of what this process has now, and no core file when it dies."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_descriptors(most: int, ever: int | None = None) -> None:
    """No descriptor may be opened whose number is ``most`` or more; nor, after another call, ``ever`` or more."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most if ever is None else ever))
