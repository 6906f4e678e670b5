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
from functools import partial
from pathlib import Path
from typing import BinaryIO

PROCESS = "process"
"""File in a job's folder that the job's process has locked as long as it lives."""


def main() -> None:
    """Start jobs until there is no more input, and wait for the last one's end."""
    names = os.fdopen(os.dup(0), "rb", buffering=0)
    ended = os.fdopen(os.dup(1), "wb", buffering=0)
    _use_null(0)
    os.dup2(2, 1)
    _load()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    Server(names, ended).serve()


class Server:
    """Starts jobs and reports their ends.

    Parameters
    ----------
    names, ended
        Where names of jobs come from, and where they go to when their processes have ended.
    """

    def __init__(self, names: BinaryIO, ended: BinaryIO) -> None:
        self._names, self._ended, self._rest = names, ended, b""
        self._watched = selectors.DefaultSelector()
        self._watched.register(names, selectors.EVENT_READ, self._read)

    def serve(self) -> None:
        """Do so until the input and all jobs have ended."""
        while self._watched.get_map():
            for key, _ in self._watched.select():
                key.data()

    def _read(self) -> None:
        read = self._names.read(4096)
        if not read:
            self._watched.unregister(self._names)
        *jobs, self._rest = (self._rest + read).split(b"\n")
        for job in jobs:
            self._start(job.decode())

    def _start(self, job: str) -> None:
        try:
            pid = _fork(job, [self._names, self._ended])
        except OSError as error:  # too many processes
            print(f"Job {job}: {error}", file=sys.stderr)
            self._tell(job)
            return
        handle = os.pidfd_open(pid)
        self._watched.register(handle, selectors.EVENT_READ, partial(self._end, job, pid, handle))

    def _end(self, job: str, pid: int, handle: int) -> None:
        self._watched.unregister(handle)
        os.close(handle)
        os.waitpid(pid, 0)
        self._tell(job)

    def _tell(self, job: str) -> None:
        self._ended.write(f"{job}\n".encode())


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
    """Run a job that was asked for, unless it was aborted or deleted meanwhile."""
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
