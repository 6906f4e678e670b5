"""What the machine offers."""

from __future__ import annotations

import ctypes
import os
import signal
from pathlib import Path

_DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of prctl(2)."""

_KEEP_MEMORY = {-4: 0, -1: 2**31 - 1, -2: 2**28}
"""M_MMAP_MAX, M_TRIM_THRESHOLD and M_TOP_PAD of mallopt(3): keep freed memory for the next array.

Getting every array from the kernel again costs a quarter of a worker's processor time."""


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0))


def memory() -> int:
    """Return the memory (MB) that this machine, or its container, may use."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        text = Path("/sys/fs/cgroup/memory.max").read_text("ascii").strip()
    except OSError:
        text = "max"
    return min(physical, int(text) if text.isdigit() else physical) // 2**20


def become_worker() -> None:
    """Have this process die when its parent is killed, and keep the memory that it frees."""
    libc = ctypes.CDLL(None)
    libc.prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    for option, value in _KEEP_MEMORY.items():
        libc.mallopt(option, value)
    if os.getppid() == 1:
        os._exit(1)
