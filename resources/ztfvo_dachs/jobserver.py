"""Run TAP jobs, each in a process that is forked from one which has loaded all they need.

``python -m ztfvo_dachs.jobserver`` reads names of jobs, one a line, and writes each when its
process has ended.  When its input ends, it does after the last of its jobs; those go on without it.
"""

from __future__ import annotations

import fcntl
import os
import selectors
import signal
import sys
from pathlib import Path
from typing import BinaryIO

PROCESS = "process"
"""File in a job's folder that the job's process has locked as long as it lives."""


def main() -> None:
    """Start jobs until there is no more input."""
    names = os.fdopen(os.dup(0), "rb", buffering=0)
    ended = os.fdopen(os.dup(1), "wb", buffering=0)
    _use_null(0)
    os.dup2(2, 1)
    _load()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    watched = selectors.DefaultSelector()
    watched.register(names, selectors.EVENT_READ)
    rest = b""
    while watched.get_map():
        for key, _ in watched.select():
            if key.fileobj is not names:
                watched.unregister(key.fileobj)
                os.waitpid(key.data[0], 0)
                os.close(key.fd)
                ended.write(key.data[1] + b"\n")
                continue
            read = names.read(4096)
            if not read:
                watched.unregister(names)
                break
            *jobs, rest = (rest + read).split(b"\n")
            for job in jobs:
                pid = _fork(job.decode(), [names, ended])
                watched.register(os.pidfd_open(pid), selectors.EVENT_READ, (pid, job))


def _load() -> None:
    """Load the code, and the descriptors of all tables; keep no connection to the database."""
    os.umask(0o002)
    from gavo import base, rscdesc  # noqa: F401 - the second has descriptors loaded
    from gavo.base import sqlsupport
    from gavo.protocols import taprunner  # noqa: F401
    from gavo.user import logui, plainui

    logui.LoggingUI(base.ui)
    plainui.StingyPlainUI(base.ui)
    with base.getTableConn() as connection:
        found = connection.query("SELECT DISTINCT sourcerd FROM tap_schema.tables ORDER BY 1")
        descriptors = [name for (name,) in found]
    for name in ("//tap", *descriptors):
        try:
            base.caches.getRD(name)
        except Exception as error:
            base.ui.notifyError(f"{name} is not loaded for jobs: {error}")
    for lender in vars(sqlsupport).values():
        pools = getattr(lender, "pool", None)
        while isinstance(pools, list) and pools:
            pools.pop().closeall()


def _fork(job: str, files: list[BinaryIO]) -> int:
    """Start a job in a process of its own; return its number."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        for file in files:
            file.close()
        status = _run(job)
    except BaseException as error:
        print(f"Job {job}: {error!r}", file=sys.stderr)
    finally:
        sys.stderr.flush()
        os._exit(status)


def _run(job: str) -> int:
    """Run a job that has been told to, unless it was aborted or deleted meanwhile."""
    from gavo import base
    from gavo.protocols import tap, taprunner, uws

    try:
        lock = (Path(base.getConfig("uwsWD")) / job / PROCESS).open("wb")
        fcntl.flock(lock, fcntl.LOCK_EX)
        with tap.WORKER_SYSTEM.changeableJob(job) as row:
            if row.phase != uws.EXECUTING:
                return 0
            row.change(pid=os.getpid())
    except (FileNotFoundError, uws.JobNotFound):
        return 0
    sys.argv = ["dachs taprun", job]
    try:
        taprunner.main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def _use_null(number: int) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, number)
    os.close(null)


if __name__ == "__main__":
    main()
