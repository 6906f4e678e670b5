"""Give a release its features, by processes of this machine or by a Dask cluster."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field

from psycopg import Connection, sql

from ztfvo.db import alone, analyze_grown, connect
from ztfvo.errors import CannotBeDone
from ztfvo.extraction import plan
from ztfvo.extraction.compute import CURRENT, Done, work
from ztfvo.extraction.plan import Chunk
from ztfvo.features.build import build
from ztfvo.features.sets import sets
from ztfvo.machine import become_worker
from ztfvo.settings import Settings
from ztfvo.store.names import schema_of
from ztfvo.store.schemas import use_schema

AHEAD = 4
"""Chunks handed out for each worker, so that none waits for another and memory is bounded."""


@dataclass
class Outcome:
    """What a run did."""

    quadrants: int = 0
    curves: int = 0
    computed: int = 0
    failures: list[str] = field(default_factory=list)
    """Sentences on chunks that could not be done; the next run tries them again."""


@dataclass
class _Started:
    """A quadrant that is being done."""

    chunks: int
    left: int


Quadrants = list[tuple[int, list[int] | None]]
"""Quadrants with the files that their light curves came from; None for those that are gone."""


def due(connection: Connection, release: str, only: Sequence[int] | None = None) -> Quadrants:
    """Return the quadrants of a release that are to be done.

    Parameters
    ----------
    only
        Of these; of all if None or empty.
    """
    with connection.transaction():
        use_schema(connection, release)
        found = plan.stale(connection, build(sets()[CURRENT]).edition)
    return [each for each in found if not only or each[0] in only]


def run(
    settings: Settings,
    release: str,
    quadrants: Quadrants,
    executor: Executor,
    workers: int,
    report: Callable[[Outcome, float], None] = lambda outcome, share: None,
) -> Outcome:
    """Compute what is due.

    Parameters
    ----------
    release
        Name of a release whose tables exist.
    quadrants
        From `due`.
    executor
        Calls functions elsewhere.
    workers
        How many of them at a time.
    report
        Called after each chunk with what was done so far, and the share of a quadrant that is new.

    Raises
    ------
    CannotBeDone
        While another run is at the same release, and when a worker was killed.
    """
    outcome = Outcome()
    busy = f"Features of {release} are being computed already: wait for that run."
    with (
        connect(settings, autocommit=True) as connection,
        alone(connection, "ztfvo features", release, busy),
    ):
        started: dict[int, _Started] = {}
        waiting: dict[Future[Done], Chunk] = {}
        at = (connection, release, waiting, started, outcome, report)
        for chunk in _planned(connection, release, quadrants, started, outcome):
            waiting[executor.submit(work, settings, release, chunk)] = chunk
            while len(waiting) >= AHEAD * workers:
                _collect(*at)
        while waiting:
            _collect(*at)
        table = sql.Identifier(schema_of(release), "feature").as_string(connection)
        analyze_grown(connection, table)
    return outcome


def _planned(
    connection: Connection,
    release: str,
    quadrants: Quadrants,
    started: dict[int, _Started],
    outcome: Outcome,
) -> Iterator[Chunk]:
    edition = build(sets()[CURRENT]).edition
    for quadrant, files in quadrants:
        outcome.quadrants += 1
        with connection.transaction():
            use_schema(connection, release)
            if files is None:
                plan.forget(connection, quadrant)
                continue
            planned = plan.chunks(connection, quadrant, files, edition)
            if not planned:
                plan.finish(connection, quadrant)
        started[quadrant] = _Started(len(planned), len(planned))
        yield from planned


def _collect(
    connection: Connection,
    release: str,
    waiting: dict[Future[Done], Chunk],
    started: dict[int, _Started],
    outcome: Outcome,
    report: Callable[[Outcome, float], None],
) -> None:
    ready, _ = wait(waiting, return_when=FIRST_COMPLETED)
    for future in ready:
        chunk = waiting.pop(future)
        try:
            done = future.result()
        except BrokenProcessPool as error:
            raise CannotBeDone(
                "A process of this run was ended, most likely for want of memory. Run the same"
                " command with fewer --workers: what is written stays."
            ) from error
        except Exception as error:
            where = f"OIDs {chunk.first + 1} to {chunk.last}"
            outcome.failures.append(f"{where}: {type(error).__name__}: {error}")
            continue
        outcome.curves += done.curves
        outcome.computed += done.computed
        quadrant = started[chunk.quadrant]
        quadrant.left -= 1
        if not quadrant.left:
            del started[chunk.quadrant]
            with connection.transaction():
                use_schema(connection, release)
                plan.finish(connection, chunk.quadrant)
        report(outcome, 1 / quadrant.chunks)


@contextmanager
def processes(workers: int) -> Iterator[Executor]:
    """Give processes of this machine, which end with this one however it ends."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=become_worker) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@contextmanager
def dask_cluster(address: str, patience: float = 10.0) -> Iterator[tuple[Executor, int]]:
    """Give a Dask cluster and its number of threads.

    Parameters
    ----------
    address
        Of its scheduler.
    patience
        Seconds to wait for it.

    Raises
    ------
    CannotBeDone
        Without the package, and when no cluster answers at the address.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise CannotBeDone(
            "Dask is not installed here: pip install 'ztfvo[dask]' in the environment of this"
            " program, or leave --dask out."
        ) from error
    try:
        client = Client(address, timeout=patience)
    except (OSError, ValueError, TimeoutError) as error:
        raise CannotBeDone(f"No Dask scheduler answers at {address} ({error}).") from error
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise CannotBeDone(f"The Dask cluster at {address} has no workers: start some.")
        yield client.get_executor(retries=2), threads
