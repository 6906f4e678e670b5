"""Find the stars of a release: cells to workers, and what is checked at the end."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice

from psycopg import Connection

from ztfvo import db
from ztfvo.db import connect
from ztfvo.errors import CannotBeDone
from ztfvo.machine import become_worker
from ztfvo.settings import Settings
from ztfvo.sources.cells import Cell, cells_of, portions
from ztfvo.sources.find import Found, Method, remove
from ztfvo.store.schemas import use_schema
from ztfvo.store.tables import SOURCE_INDEXES

FILES_AT_A_TIME = 1000
WAITING = 4
"""Portions of cells that wait for each worker."""

Work = Callable[[Connection, Sequence[Cell]], Found]
"""What is done to the stars of cells, in a transaction with the release's schema in use."""


@dataclass(frozen=True)
class Plan:
    """What is to be done; both sorted."""

    stale: list[int]
    """Cells whose stars are of other files, or found in another way."""
    todo: list[Cell]
    """Cells whose stars are to be found."""
    whole: bool
    """Whether no cell stays as it is."""


def alone(connection: Connection, release: str) -> AbstractContextManager[None]:
    """Let nobody else find the stars of a release meanwhile.

    Raises
    ------
    CannotBeDone
        If somebody does.
    """
    busy = (
        f"Another command finds the stars of {release}: wait for its end, or end it; what it has"
        " done stays."
    )
    return db.alone(connection, "sources", release, busy)


def plan(connection: Connection, release: str, method: Method, again: bool = False) -> Plan:
    """Compare the stars of a release with its files.

    Parameters
    ----------
    connection
        Not in a transaction.
    again
        Whether all stars are to be found again.
    """
    with connection.transaction():
        use_schema(connection, release)
        cells = cells_of(_files(connection), str(method))
        known = dict(connection.execute("SELECT cell, made_of FROM source_cell ORDER BY cell"))
    wanted = {cell.number: cell.made_of for cell in cells}
    stale = [cell for cell, of in known.items() if again or wanted.get(cell) != of]
    kept = known.keys() - set(stale)
    return Plan(stale, [cell for cell in cells if cell.number not in kept], whole=not kept)


def _files(connection: Connection) -> Iterator[list[tuple[int, list[int], int]]]:
    with connection.cursor("files") as cursor:
        cursor.execute("SELECT id, cells, nlightcurves FROM input_file")
        while some := cursor.fetchmany(FILES_AT_A_TIME):
            yield some


def clear(connection: Connection, release: str) -> None:
    """Take all stars of a release out of the store, in the caller's transaction."""
    use_schema(connection, release)
    connection.execute("TRUNCATE source, source_member, source_cell")


def remove_stale(connection: Connection, release: str, stale: list[int]) -> None:
    """Take the stars of some cells out of the store, each cell in a transaction of its own."""
    for cell in stale:
        with connection.transaction():
            use_schema(connection, release)
            remove(connection, cell)


def run(
    release: str,
    todo: Sequence[Cell],
    work: Work,
    settings: Settings,
    workers: int,
    report: Callable[[Found], None],
) -> None:
    """Work at the stars of cells, some cells in each transaction.

    Parameters
    ----------
    todo
        Sorted by number.
    work
        Such as `find`, with how; it is sent to other processes.
    report
        Called with what there is in the cells of each transaction.

    Raises
    ------
    CannotBeDone
        If a worker was killed.
    """
    if workers == 1:
        with connect(settings, autocommit=True) as connection:
            for cells in portions(todo):
                report(_at_once(connection, release, cells, work))
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        workers, context, initializer=_start_worker, initargs=(settings,)
    ) as pool:
        try:
            _in_parallel(pool, release, todo, work, workers, report)
        except BrokenProcessPool as error:
            raise CannotBeDone(
                "A process of this command was ended, most likely for want of memory. Run the same"
                " command with fewer --workers: what is done stays."
            ) from error
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _in_parallel(
    pool: ProcessPoolExecutor,
    release: str,
    todo: Sequence[Cell],
    work: Work,
    workers: int,
    report: Callable[[Found], None],
) -> None:
    """Keep all workers at work, with a bounded number of portions that wait."""
    rest = portions(todo)
    waiting: set[Future[Found]] = set()
    while True:
        for cells in islice(rest, WAITING * workers - len(waiting)):
            waiting.add(pool.submit(_work, release, cells, work))
        if not waiting:
            return
        done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            report(future.result())


_connection: Connection | None = None


def _start_worker(settings: Settings) -> None:
    become_worker()
    global _connection
    _connection = connect(settings, autocommit=True)
    # Cells that a crash of the machine takes back are not listed, and are done again.
    _connection.execute("SET synchronous_commit = off")


def _work(release: str, cells: Sequence[Cell], work: Work) -> Found:
    return _at_once(_connection, release, cells, work)


def _at_once(connection: Connection, release: str, cells: Sequence[Cell], work: Work) -> Found:
    with connection.transaction():
        use_schema(connection, release)
        # Ranges of cells are looked up in the index also where the planner knows little.
        connection.execute("SET LOCAL enable_seqscan = off")
        return work(connection, cells)


def finish(connection: Connection, release: str, say: Callable[[str], None]) -> tuple[int, int]:
    """Build indexes, and check that every light curve is of one star; returns the numbers of stars
    and of light curves.

    Raises
    ------
    CannotBeDone
        If one is not.
    """
    for name, definition in SOURCE_INDEXES.items():
        with connection.transaction():
            use_schema(connection, release)
            if connection.execute("SELECT to_regclass(%s)", (name,)).fetchone() == (None,):
                connection.execute(f"CREATE INDEX {name} ON source {definition}")
                say(f"index {name}")
    with connection.transaction():
        use_schema(connection, release)
        connection.execute("ANALYZE source, source_member")
    return check(connection, release)


_COUNTS = """
SELECT (SELECT count(*) FROM object), (SELECT count(*) FROM source_member),
  (SELECT count(*) FROM object JOIN source_member USING (oid)),
  (SELECT coalesce(sum(nlightcurves), 0) FROM source),
  (SELECT count(*) FROM source), (SELECT coalesce(sum(nsources), 0) FROM source_cell)
"""


def check(connection: Connection, release: str) -> tuple[int, int]:
    """Count: every light curve of a release has to be of one star.

    Returns
    -------
    sources, lightcurves : int

    Raises
    ------
    CannotBeDone
        If one is not; the message has the numbers.
    """
    with connection.transaction():
        use_schema(connection, release)
        counts = [int(count) for count in connection.execute(_COUNTS).fetchone()]
    curves, members, both, listed, sources, noted = counts
    if not curves == members == both == listed or sources != noted:
        raise CannotBeDone(
            f"The stars of {release} do not have its light curves: {curves} light curves, {members}"
            f" of stars, {both} of them of the release, {listed} in the lists of {sources} stars,"
            f" where {noted} were found. If files were loaded meanwhile: ztfvo sources {release},"
            f" otherwise: ztfvo sources {release} --again."
        )
    return sources, curves
