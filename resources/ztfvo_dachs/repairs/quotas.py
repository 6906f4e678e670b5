"""Bound what asynchronous jobs and results take of disk, queue and time.

DaCHS takes as many jobs and results as anybody sends, runs them in the order of their
destruction, and fills the disk.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from gavo import base
from gavo.protocols import tap, uws

from ztfvo import votable
from ztfvo.settings import get_settings
from ztfvo_dachs import messages
from ztfvo_dachs.repairs import hangups, jobs

ADDRESS = "address"
"""File in a job's folder that holds the address it came from."""

STARTED = "started"
"""File in a job's folder that is as old as its process."""

SECONDS_OF_A_START = 30
"""After so many the process of a job has its name."""

MEGABYTE = 10**6
CHECK_EVERY = 16 * MEGABYTE
"""Bytes after which the free disk is looked at again."""

FULL = (
    "There is no room for more results at this site now: try again later, or ask for fewer rows or "
    "columns."
)

PROPERTIES = (
    ("runid", "runId", votable.printable),
    ("executionduration", "executionDuration", jobs.duration),
    ("destruction", "destructionTime", jobs.moment),
)
"""Parameters that a new job takes beside those of its query: with its attribute and how each is
read."""

_starting = threading.Lock()


launch: Callable[[str], None] | None = None
"""Runs a job whose phase says that it is at work; processes without a server have none."""


def install() -> None:
    """Apply the repairs, once in a process."""
    original = uws.UWSJobWithWD.openResult

    def open_result(self: Any, kind: str, name: str) -> Bounded:
        # What is there is counted once; other jobs of the address may grow in the meantime.
        return Bounded(original(self, kind, name), room_for(_address(self.jobId)))

    uws.UWSJobWithWD.openResult = open_result
    tap.TAPUWS.getNewIdFromRequest = make_job
    tap.TAPUWS._processQueue = start_jobs
    tap.TAPUWS.countQueuedJobs = leave_to_start_jobs
    destroy = tap.TAPUWS.destroy

    def destroy_and_start(self: Any, name: str) -> None:
        destroy(self, name)
        start_jobs(self)

    tap.TAPUWS.destroy = destroy_and_start


class Bounded:
    """A file that takes no more than it may."""

    def __init__(self, file: BinaryIO, room: int) -> None:
        self._file, self._room = file, room
        self._written = self._looked = 0

    def write(self, data: bytes) -> int:
        """Write, unless the result or the disk is full by now.

        Raises
        ------
        ValidationError
            When the result is larger than it may be.
        Unavailable
            When the disk is nearly full.
        """
        self._written += len(data)
        if self._written > self._room:
            raise base.ValidationError(
                f"The result is larger than {self._room // MEGABYTE} MB, which is what results may "
                "have here: ask for fewer rows or columns, or delete jobs that you do not need.",
                "QUERY",
            )
        if self._written - self._looked > CHECK_EVERY:
            self._looked = self._written
            check_disk()
        return self._file.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def folder() -> Path:
    """Where folders of jobs and results are."""
    path = Path(base.getConfig("uwsWD"))
    path.mkdir(mode=0o750, exist_ok=True)
    return path


def check_disk() -> None:
    """Check that there is room for results.

    Raises
    ------
    Unavailable
        When less is free than the site wants to keep.
    """
    if shutil.disk_usage(folder()).free < get_settings().least_free_mb * MEGABYTE:
        raise messages.Unavailable(FULL)


def room_for(address: str, is_job: bool = False) -> int:
    """Bytes that one more result of an address may have.

    Parameters
    ----------
    is_job
        Whether a job is to be made for it.

    Raises
    ------
    Unavailable
        When all room is taken, or the address keeps as many jobs as it may.
    """
    check_disk()
    settings = get_settings()
    taken: Counter[str] = Counter()
    kept = 0
    for job in folder().iterdir():
        if job.is_dir():
            owner = _address(job.name)
            taken[owner] += _size(job)
            kept += owner == address
    if is_job and kept >= settings.jobs_kept_per_address:
        raise messages.Unavailable(
            f"{kept} jobs from your address are kept here, and no more can be made: delete those "
            "that you do not need, or wait until they are deleted at the end of their time.",
            429,
        )
    room = min(
        settings.results_mb_per_address * MEGABYTE - taken[address],
        settings.results_mb * MEGABYTE - taken.total(),
        settings.result_mb * MEGABYTE,
    )
    if room <= 0:
        raise messages.Unavailable(FULL)
    return room


def make_job(self: Any, request: Any) -> str:
    """Make a job, where its visitor and the site have room for one, with the name and the times
    that its request gives (UWS 1.1, sections 2.1.3 and 2.2.3.1).

    Raises
    ------
    ValidationError
        When a time is none.
    Unavailable
        When too many jobs wait, or results take all the room.
    """
    settings, address = get_settings(), hangups.address_of(request)
    room_for(address, is_job=True)
    waiting = Counter(_address(row["jobid"]) for row in _unfinished())
    if waiting[address] >= settings.jobs_per_address:
        raise messages.Unavailable(
            f"{waiting[address]} jobs from your address wait or run, and no more can be made: "
            "wait for some of them to end, or delete those you do not need.",
            429,
        )
    if waiting.total() >= settings.jobs:
        raise messages.Unavailable("Too many jobs wait at this site now: try again later.")
    wanted = {
        attribute: read(request.uwsArgs[key])
        for key, attribute, read in PROPERTIES
        if request.uwsArgs.get(key)
    }
    name = self.getNewIdFromArgs(
        request.uwsArgs,
        self.parameterGrammar.parseStrargs(request.strargs, ensureRequired=False),
        request.getAuthUser(),
    )
    (folder() / name / ADDRESS).write_text(address, "utf-8")
    if wanted:
        with self.changeableJob(name) as job:
            job.change(**wanted)
    return name


def start_jobs(self: Any) -> None:
    """Start waiting jobs, of visitors with fewest at work first; end those that nobody runs."""
    if launch is None or not _starting.acquire(blocking=False):
        return
    try:
        _start(self, _unfinished())
    except Exception as error:
        base.ui.notifyError(f"The queue of jobs could not be worked on: {error!r}")
    finally:
        _starting.release()


def leave_to_start_jobs(self: Any) -> int:
    """Answer DaCHS' own function for this, of which a timer has hold, that nothing waits."""
    start_jobs(self)
    return 0


def _start(self: Any, rows: list[dict[str, Any]]) -> None:
    at_work: Counter[str] = Counter()
    for row in rows:
        if row["phase"] == uws.EXECUTING:
            if jobs.runs(row["pid"], row["jobid"]) or _is_starting(row["jobid"]):
                at_work[_address(row["jobid"])] += 1
            else:
                with suppress(uws.JobNotFound):  # deleted meanwhile
                    jobs.end_orphan(self, row["jobid"])
    queued = [row["jobid"] for row in rows if row["phase"] == uws.QUEUED]
    share: Callable[[str], int] = lambda name: at_work[_address(name)]  # noqa: E731
    while queued and at_work.total() < self.runcountGoal:
        name = min(queued, key=share)
        if share(name) >= get_settings().jobs_of_one:
            return
        queued.remove(name)
        try:
            (folder() / name / STARTED).touch()
            # Of several servers one makes the change, and runs the job.
            if uws.UWS.changeToPhase(self, name, uws.EXECUTING):
                launch(name)
        except (uws.JobNotFound, FileNotFoundError):  # deleted meanwhile
            continue
        at_work[_address(name)] += 1


def _is_starting(name: str) -> bool:
    try:
        began = (folder() / name / STARTED).stat().st_mtime
    except OSError:
        return False
    return time.time() - began < SECONDS_OF_A_START


def _unfinished() -> list[dict[str, Any]]:
    """Jobs that are made, wait or run, the oldest first."""
    query = (
        "SELECT jobid, phase, pid FROM tap_schema.tapjobs"
        " WHERE phase IN ('PENDING', 'QUEUED', 'EXECUTING') ORDER BY creationtime"
    )
    with base.getTableConn() as connection:
        return list(connection.queryToDicts(query))


def _address(name: str) -> str:
    try:
        return (folder() / name / ADDRESS).read_text("utf-8")
    except OSError:
        return ""


def _size(path: Path) -> int:
    try:
        return sum(one.stat().st_size for one in path.rglob("*") if one.is_file())
    except OSError:
        return 0
