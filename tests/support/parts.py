"""The running programs of the test installation's parts."""

from __future__ import annotations

from ztfvo.settings import get_settings
from ztfvo.site import keep, supervisor

PROGRAMS = ("supervisor", "database", "dachs", "app", "kdb", "nginx")
"""Parts with a process of their own."""


def pid_of(part: str) -> int:
    """The first process of a part of the test installation."""
    settings = get_settings()
    if part == "supervisor":
        return int((settings.run / "supervisord.pid").read_text("ascii"))
    name = supervisor.processes(settings, part)[0]
    pid = keep.running(supervisor.pids(settings), name)
    if pid is None:
        raise LookupError(part)
    return pid
