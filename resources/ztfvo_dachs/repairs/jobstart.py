"""Start TAP jobs at once.

DaCHS starts a Python for each job, which reads all code and descriptors again: four seconds of work
for the smallest query.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from gavo import base
from gavo.protocols import tap, uws

from ztfvo_dachs import jobserver
from ztfvo_dachs.repairs import jobs, quotas, reloading

TRIES, PAUSE = 30, 1.0
"""How often, and after how many seconds, a job's end is noted again where the database is down."""

AHEAD = 60.0
"""Seconds after a start, or a change of descriptors, in which no job server is needed by itself.
After a change it is not needed then either where nobody had started a job."""


def install() -> None:
    """Keep DaCHS from starting processes for jobs, once in a process."""

    def start(self: Any, phase: str, job: Any, ignored: Any) -> bool:
        job.change(pid=None, phase=uws.EXECUTING)
        return True

    tap.TAPTransitions.startJob = start


def install_in_server() -> None:
    """Apply the repair, once in a process."""
    from twisted.internet import reactor

    server = Server(_ended, _has_no_process)

    def ahead() -> None:
        reactor.callLater(AHEAD, reactor.callInThread, server.ensure)

    def renew() -> None:
        if server.leave():
            ahead()

    # Once the phase can be seen by others, which are the job's process.
    quotas.launch = server.start
    reloading.after.append(renew)
    reactor.callWhenRunning(ahead)


class Server:
    """The process that jobs are forked from; there is one when one is needed.

    Parameters
    ----------
    ended
        Called with the name of a job whose process has ended, in a thread of its own.
    is_left
        Whether a job that was given to a server, which has ended itself, has still to be started.
    """

    def __init__(self, ended: Callable[[str], None], is_left: Callable[[str], bool]) -> None:
        self._ended, self._is_left = ended, is_left
        self._given: set[str] = set()
        self._process: subprocess.Popen[str] | None = None
        self._used = False
        self._lock = threading.Lock()

    def ensure(self) -> None:
        """Have one ready, so that no job waits until it has loaded."""
        with self._lock:
            self._get()

    def start(self, job: str) -> None:
        """Have a job started.

        Raises
        ------
        OSError
            When no process can be started.
        """
        with self._lock:
            self._used = True
            try:
                self._give(job)
            except BrokenPipeError:  # it has just been killed
                self._given.discard(job)
                self._process = None
                self._give(job)

    def leave(self) -> bool:
        """Let the one that is there end when its jobs have; the next one loads all again.

        Returns
        -------
        bool
            Whether it had any, so that the next one is worth having ready.
        """
        with self._lock:
            if self._process:
                self._process.stdin.close()
                self._process = None
            used, self._used = self._used, False
        return used

    def _give(self, job: str) -> None:
        process = self._get()
        self._given.add(job)
        print(job, file=process.stdin, flush=True)

    def _get(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-W", "ignore", "-m", jobserver.__name__],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            self._given = set()
            listening = threading.Thread(
                target=self._listen, args=(self._process, self._given), daemon=True
            )
            listening.start()
        return self._process

    def _listen(self, process: subprocess.Popen[str], given: set[str]) -> None:
        for line in process.stdout:
            given.discard(line.strip())
            self._ended(line.strip())
        process.wait()
        # One that is killed has names still in the pipe that it read from.
        for job in filter(self._is_left, given):
            self.start(job)


def _ended(name: str) -> None:
    """See to it that a job without a process is not at work, and start those that wait."""
    for _ in range(TRIES):
        try:
            _note_end(name)
            break
        except Exception as error:
            base.ui.notifyWarning(f"The end of job {name} could not be noted: {error!r}")
            time.sleep(PAUSE)
    quotas.start_jobs(tap.WORKER_SYSTEM)


def _has_no_process(name: str) -> bool:
    """Return whether a job that should be at work was never begun."""
    try:
        job = tap.WORKER_SYSTEM.getJob(name)
    except uws.JobNotFound:
        return False
    return job.phase == uws.EXECUTING and job.pid is None


def _note_end(name: str) -> None:
    system = tap.WORKER_SYSTEM
    with suppress(uws.JobNotFound):
        if system.getJob(name).phase == uws.EXECUTING:
            jobs.end_orphan(system, name)
