"""Processor time, which shows the cost of work also on a machine that others use."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterable
from pathlib import Path

import psycopg

_TICK = os.sysconf("SC_CLK_TCK")
_PARENT, _USER, _CHILDREN_END = 1, 11, 15
"""Fields of /proc/PID/stat after the name: parent, then utime, stime, cutime, cstime."""


def own_seconds() -> float:
    """Processor time (s) of this process with all its threads, and of its ended children."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def database_seconds(connection: psycopg.Connection) -> float | None:
    """Processor time (s) of this connection's backend and of all that have ended.

    Differences are meaningful where nobody else uses the cluster. None where the database runs on
    another machine.
    """
    try:
        backend = _stat(connection.info.backend_pid)
        parent = _stat(int(backend[_PARENT]))
    except OSError:
        return None
    own = sum(map(int, backend[_USER : _USER + 2]))
    ended = sum(map(int, parent[_USER + 2 : _CHILDREN_END]))
    return (own + ended) / _TICK


def children(process: int) -> list[int]:
    """Ids of the processes that a process started and that still run."""
    text = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    return [int(word) for word in text.split()]


def seconds_of(processes: Iterable[int]) -> float:
    """Processor time (s) of running processes of this machine, with all their threads."""
    times = [sum(map(int, _stat(process)[_USER : _USER + 2])) for process in processes]
    return sum(times) / _TICK


def _stat(process: int) -> list[str]:
    """Fields of /proc/PID/stat after the name, which may hold blanks."""
    text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    return text.rpartition(")")[2].split()
