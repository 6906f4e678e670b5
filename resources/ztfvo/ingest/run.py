"""Run an ingest: files to workers, outcomes to a report."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool

import pyarrow as pa
from psycopg import Connection

from ztfvo.db import connect
from ztfvo.declarations import Declaration
from ztfvo.errors import BadFile
from ztfvo.grid import Grid, read_grid
from ztfvo.ingest.load import CountMismatch, RepeatedObject, Source, insert_file, load
from ztfvo.ingest.merged import load_merged
from ztfvo.ingest.outcome import PLAIN, Options, Outcome, done, refused, unchanged
from ztfvo.ingest.plan import Action, Job, decide
from ztfvo.ingest.readers import readers
from ztfvo.ingest.reading import open_file, read_content, refusing
from ztfvo.ingest.remove import remove_file
from ztfvo.machine import become_worker
from ztfvo.settings import Settings
from ztfvo.store.lightcurves import LightCurves
from ztfvo.store.schemas import use_schema


def run(
    release: Declaration,
    jobs: Sequence[Job],
    settings: Settings,
    options: Options = PLAIN,
    *,
    workers: int = 1,
    report: Callable[[Outcome], None] = lambda outcome: None,
) -> list[Outcome]:
    """Load the files of a release, each whole or not at all.

    Parameters
    ----------
    release
        A release whose tables exist, unless this is a dry run.
    jobs
        Its files.
    settings
        Record it in the database.
    options
        How.
    workers
        Processes to use.
    report
        Called with each outcome as it comes.

    Returns
    -------
    list of Outcome
        One for each job, in the order of the jobs.
    """
    found = {}
    for outcome in _outcomes(release, jobs, settings, options, workers):
        report(outcome)
        found[outcome.key] = outcome
    return [found[job.key] for job in jobs]


def _outcomes(
    release: Declaration, jobs: Sequence[Job], settings: Settings, options: Options, workers: int
) -> Iterator[Outcome]:
    todo = []
    for job in jobs:
        if job.ignored:
            yield Outcome(job.key, "ignored", message=job.ignored)
        elif job.fault:
            yield refused(job, job.fault)
        else:
            todo.append(job)
    grid = read_grid(settings.inputs)
    merges = readers()[release.layout].MERGES
    if min(workers, len(todo)) > 1 and not merges:
        yield from _in_parallel(release, todo, settings, grid, options, workers)
        return
    with connect(settings, autocommit=True) as connection:
        if merges:
            yield from load_merged(connection, release, todo, grid, options)
        else:
            for job in todo:
                yield _load_one(connection, release, job, grid, options)


def _in_parallel(
    release: Declaration,
    jobs: list[Job],
    settings: Settings,
    grid: Grid,
    options: Options,
    workers: int,
) -> Iterator[Outcome]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        min(workers, len(jobs)),
        mp_context=context,
        initializer=_start_worker,
        initargs=(settings, grid),
    ) as pool:
        futures = {pool.submit(_work, release, job, options): job for job in jobs}
        try:
            for future in as_completed(futures):
                try:
                    yield future.result()
                except BrokenProcessPool:
                    yield refused(futures[future], _unfinished(futures[future]))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _unfinished(job: Job) -> BadFile:
    return BadFile(
        job.path,
        None,
        "was not loaded, as a process of this ingest was ended, most likely for want of memory",
        remedy="Run the same command with fewer --workers: what is loaded stays.",
    )


_connection: Connection | None = None
_grid: Grid | None = None


def _start_worker(settings: Settings, grid: Grid) -> None:
    """Connect, and see to it that the worker dies when the ingest is killed."""
    become_worker()
    pa.set_memory_pool(pa.system_memory_pool())
    global _connection, _grid
    _grid = grid
    _connection = connect(settings, autocommit=True)
    # A file that a crash of the machine takes back is not listed as loaded, and is loaded again.
    _connection.execute("SET synchronous_commit = off")


def _work(release: Declaration, job: Job, options: Options) -> Outcome:
    return _load_one(_connection, release, job, _grid, options)


def _load_one(
    connection: Connection, release: Declaration, job: Job, grid: Grid, options: Options
) -> Outcome:
    """Load one file, or say why not."""
    try:
        with refusing(job):
            return _load(connection, release, job, grid, options)
    except BadFile as error:
        return refused(job, error)


def _load(
    connection: Connection, release: Declaration, job: Job, grid: Grid, options: Options
) -> Outcome:
    began = time.monotonic()
    opened = open_file(job, release)
    with connection.transaction():
        use_schema(connection, release.name)
        decision = decide(connection, job, options.replace)
        if decision.action is Action.UNCHANGED:
            return unchanged(job, decision)
        content = read_content(job, opened, grid, allow=options.allow)
        curves = content.curves
        if options.dry_run:
            _find_repeated(connection, job, curves)
        else:
            if decision.action is Action.REPLACE:
                remove_file(connection, job.key)
            source = Source(job.key, job.path.stat().st_size, decision.sha256, opened.reader.NAME)
            file = insert_file(connection, curves, source)
            if len(curves):
                try:
                    load(connection, curves, file)
                except (CountMismatch, RepeatedObject) as error:
                    raise BadFile(job.path, None, str(error)) from error
    seconds = time.monotonic() - began
    return done(job, decision, content, opened, seconds=seconds, dry_run=options.dry_run)


def _find_repeated(connection: Connection, job: Job, curves: LightCurves) -> None:
    """Refuse a file with an OID that the release has from another file."""
    if connection.execute("SELECT to_regclass('lightcurve')").fetchone()[0] is None:
        return
    row = connection.execute(
        "SELECT l.oid FROM lightcurve l JOIN exposure_set s ON s.id = l.exposure_set"
        " JOIN input_file f ON f.id = s.input_file WHERE l.oid = ANY(%s) AND f.path <> %s LIMIT 1",
        (curves.oid.tolist(), job.key),
    ).fetchone()
    if row:
        raise BadFile(job.path, None, str(RepeatedObject(row[0])))
