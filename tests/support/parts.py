"""The running programs of the test installation's parts."""

from __future__ import annotations

import os
from pathlib import Path

from ztfvo.settings import get_settings

PROGRAMS = {
    "supervisor": "supervisor.supervisord",
    "database": "postgresql.conf",
    "dachs": "serve start",
    "kdb": "gunicorn",
    "nginx": "nginx: master",
}
"""What the command line of each part's first process has."""


def pid_of(part: str) -> int:
    """The first process of a part of the test installation."""
    var = str(get_settings().var)
    for process in sorted(Path("/proc").glob("[0-9]*"), key=lambda path: int(path.name)):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            told = command + (process / "environ").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if PROGRAMS[part] in command and var in told and int(process.name) != os.getpid():
            return int(process.name)
    raise LookupError(part)
