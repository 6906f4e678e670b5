"""What the machine offers."""

from __future__ import annotations

import os
from pathlib import Path


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
