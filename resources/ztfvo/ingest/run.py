"""Run an ingest: files to workers, outcomes to a report."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
from psycopg import Connection

from ztfvo.db import connect
from ztfvo.errors import BadFile
from ztfvo.ingest.checks import check
from ztfvo.ingest.load import CountMismatch, RepeatedObject, Source, insert_file, load
from ztfvo.ingest.merge import merge
from ztfvo.ingest.plan import Action, Job, decide
from ztfvo.ingest.readers import read_file, reader_for
from ztfvo.settings import Settings
from ztfvo.store.lightcurves import LightCurves
from ztfvo.store.schemas import use_schema

_DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of prctl(2)."""

_KEEP_MEMORY = {-4: 0, -1: 2**31 - 1, -2: 2**28}
"""M_MMAP_MAX, M_TRIM_THRESHOLD and M_TOP_PAD of mallopt(3): keep freed memory for the next array.

Getting every array from the kernel again costs a quarter of a worker's processor time."""


@dataclass(frozen=True)
class Outcome:
    """What became of one file."""

    key: str
    action: str
    """loaded, replaced, unchanged, refused, or in a dry run what would be done."""
    lightcurves: int = 0
    detections: int = 0
    seconds: float = 0.0
    message: str = ""

    def as_dict(self) -> dict[str, str | int | float]:
        """For the report."""
        return asdict(self)


def run(
    release: str,
    jobs: list[Job],
    settings: Settings,
    *,
    replace: bool = False,
    dry_run: bool = False,
    workers: int = 1,
    done: Callable[[Outcome], None] = lambda outcome: None,
) -> list[Outcome]:
    """Load the files of a release, each in a transaction of its own.

    Parameters
    ----------
    release
        Name of a release whose tables exist.
    jobs
        Its files.
    settings
        Record it in the database.
    replace
        Whether a changed file may take the place of the one of its name.
    dry_run
        Only report what would be done.
    workers
        Processes to use.
    done
        Called with each outcome as it comes.

    Returns
    -------
    list of Outcome
        One for each job, in the order of the jobs.
    """
    if dry_run:
        outcomes = _serially(_plan, release, jobs, settings, replace)
    elif any(_merges(job) for job in jobs):
        outcomes = _load_merged(release, jobs, settings, replace)
    elif min(workers, len(jobs)) == 1:
        outcomes = _serially(_load_one, release, jobs, settings, replace)
    else:
        outcomes = _in_parallel(release, jobs, settings, replace, workers)
    found = {}
    for outcome in outcomes:
        done(outcome)
        found[outcome.key] = outcome
    return [found[job.key] for job in jobs]


def _merges(job: Job) -> bool:
    try:
        return reader_for(job.path).MERGES
    except BadFile:
        return False


def _serially(
    work: Callable, release: str, jobs: list[Job], settings: Settings, replace: bool
) -> Iterator[Outcome]:
    with connect(settings, autocommit=True) as connection:
        for job in jobs:
            yield work(connection, release, job, replace)


def _in_parallel(
    release: str, jobs: list[Job], settings: Settings, replace: bool, workers: int
) -> Iterator[Outcome]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        min(workers, len(jobs)), mp_context=context, initializer=_start_worker, initargs=(settings,)
    ) as pool:
        futures = [pool.submit(_work, release, job, replace) for job in jobs]
        try:
            for future in as_completed(futures):
                yield future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


_connection: Connection | None = None


def _start_worker(settings: Settings) -> None:
    """Connect, and see to it that the worker dies when the ingest is killed."""
    libc = ctypes.CDLL(None)
    libc.prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    for option, value in _KEEP_MEMORY.items():
        libc.mallopt(option, value)
    pa.set_memory_pool(pa.system_memory_pool())
    if os.getppid() == 1:
        os._exit(1)
    global _connection
    _connection = connect(settings, autocommit=True)
    # A file that a crash of the machine takes back is not listed as loaded, and is loaded again.
    _connection.execute("SET synchronous_commit = off")


def _work(release: str, job: Job, replace: bool) -> Outcome:
    return _load_one(_connection, release, job, replace)


def _plan(connection: Connection, release: str, job: Job, replace: bool) -> Outcome:
    """What would be done with a file."""
    try:
        with connection.transaction():
            use_schema(connection, release)
            action, _, reason = decide(connection, job, replace)
    except BadFile as error:
        return Outcome(job.key, "refused", message=str(error))
    entry = job.expected
    counts = (entry.rows or 0, entry.detections or 0) if entry else (0, 0)
    verb = "refused" if action is Action.REFUSE else str(action)
    return Outcome(job.key, verb, *counts, message=reason)


def _load_one(connection: Connection, release: str, job: Job, replace: bool) -> Outcome:
    """Load one file, or say why not."""
    began = time.monotonic()
    try:
        with connection.transaction():
            use_schema(connection, release)
            connection.execute(
                "SELECT pg_advisory_xact_lock(hashtext(%s))", (f"{release} {job.key}",)
            )
            action, sha256, reason = decide(connection, job, replace)
            if action is Action.UNCHANGED:
                return Outcome(job.key, "unchanged", message=reason)
            if action is Action.REFUSE:
                return Outcome(job.key, "refused", message=f"{job.path}: {reason}.")
            reader, curves = _read(job)
            if action is Action.REPLACE:
                _remove(connection, job.key)
            source = Source(job.key, job.path.stat().st_size, sha256, reader.NAME)
            file = insert_file(connection, curves, source)
            if len(curves):
                load(connection, curves, file)
    except (BadFile, CountMismatch, RepeatedObject) as error:
        return Outcome(job.key, "refused", message=_explain(job, error))
    verb = "replaced" if action is Action.REPLACE else "loaded"
    return Outcome(job.key, verb, len(curves), curves.detections, time.monotonic() - began)


def _explain(job: Job, error: Exception) -> str:
    return str(error) if isinstance(error, BadFile) else f"{job.path}: {error}."


def _read(job: Job) -> tuple[object, LightCurves]:
    """Read and check a file, and compare its counts with the manifest's."""
    reader, curves = read_file(job.path)
    check(curves, job.path)
    if job.expected:
        for what, expected, read in (
            ("light curves", job.expected.rows, len(curves)),
            ("detections", job.expected.detections, curves.detections),
        ):
            if expected is not None and expected != read:
                raise CountMismatch(what, expected, read, 0)
    return reader, curves


def _remove(connection: Connection, key: str) -> None:
    """Delete what was loaded from a file; its exposures go with those of its channels."""
    file = connection.execute(
        "DELETE FROM input_file WHERE path = %s RETURNING id", (key,)
    ).fetchone()[0]
    connection.execute(
        "DELETE FROM exposure e USING exposure_set s WHERE s.input_file = %s"
        " AND (e.fieldid, e.rcid, e.filterid) = (s.fieldid, s.rcid, s.filterid)",
        (file,),
    )
    connection.execute(
        "UPDATE input_file SET finished = false WHERE id IN"
        " (SELECT o.input_file FROM exposure_set o JOIN exposure_set s"
        " USING (fieldid, rcid, filterid) WHERE s.input_file = %s)",
        (file,),
    )
    connection.execute(
        "DELETE FROM object o USING lightcurve l, exposure_set s WHERE s.input_file = %s"
        " AND l.exposure_set = s.id AND o.oid = l.oid",
        (file,),
    )
    connection.execute(
        "DELETE FROM lightcurve l USING exposure_set s WHERE s.input_file = %s"
        " AND l.exposure_set = s.id",
        (file,),
    )
    connection.execute("DELETE FROM exposure_set WHERE input_file = %s", (file,))


def _load_merged(release: str, jobs: list[Job], settings: Settings, replace: bool) -> list[Outcome]:
    """Load files whose OIDs may occur in several of them.

    The release is the union of its files, so it is made again, in one transaction, from those that
    are loaded and those that are to be; answers of the light-curve API are small.
    """
    outcomes, parts = [], []
    with connect(settings, autocommit=True) as connection, connection.transaction():
        use_schema(connection, release)
        connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (release,))
        for job in jobs:
            try:
                action, sha256, reason = decide(connection, job, replace)
                if action is Action.REFUSE:
                    raise BadFile(job.path, None, reason)
                reader, curves = _read(job)
                source = Source(job.key, job.path.stat().st_size, sha256, reader.NAME)
                parts.append((job, source, curves))
                verb = {Action.LOAD: "loaded", Action.REPLACE: "replaced"}.get(action, "unchanged")
                outcomes.append(Outcome(job.key, verb, len(curves), curves.detections, 0.0, reason))
            except (BadFile, CountMismatch) as error:
                outcomes.append(Outcome(job.key, "refused", message=_explain(job, error)))
        if any(outcome.action in ("loaded", "replaced") for outcome in outcomes):
            _rewrite(connection, parts)
    return outcomes


def _rewrite(connection: Connection, parts: list[tuple[Job, Source, LightCurves]]) -> None:
    """Replace all content of a release by the union of `parts`.

    Raises
    ------
    BadFile
        If a loaded file is not among them, or they contradict each other.
    """
    given = [source.path for _, source, _ in parts]
    lost = connection.execute(
        "SELECT path FROM input_file WHERE path <> ALL(%s)", (given,)
    ).fetchall()
    if lost:
        raise BadFile(
            Path(lost[0][0]),
            None,
            f"is loaded but not among the files given, as are {len(lost)} in all",
            remedy="Files of this layout are united: put all into the release's folder.",
        )
    connection.execute("TRUNCATE input_file, exposure_set, lightcurve, object, exposure")
    merged = merge([curves for _, _, curves in parts], [job.path for job, _, _ in parts])
    files = [insert_file(connection, curves, source) for _, source, curves in parts]
    if len(merged):
        load(connection, merged, files[0])
