"""What is done once a release's files are loaded: exposures, indexes, coverage, counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from psycopg import Connection
from psycopg.types.json import Jsonb

from ztfvo.db import analyze_grown
from ztfvo.declarations import Declaration
from ztfvo.images.memory import name_channels
from ztfvo.ingest.load import COVERAGE_ORDER
from ztfvo.ingest.readers import readers
from ztfvo.ingest.repeats import number_repeats
from ztfvo.ingest.unite import write_exposures
from ztfvo.store.schemas import missing_indexes, set_default, use_schema
from ztfvo.store.tables import INDEXES

CHANNELS_AT_A_TIME = 500


def finish(connection: Connection, release: Declaration, say: Callable[[str], None]) -> None:
    """Complete a release after its files were loaded; may be repeated at any time.

    Parameters
    ----------
    connection
        Not in a transaction.
    release
        The release.
    say
        Called with what is done, for a person.
    """
    with _step(connection, release):
        files = [
            row[0] for row in connection.execute("SELECT id FROM input_file WHERE NOT finished")
        ]
        channels = connection.execute(
            "SELECT DISTINCT fieldid, rcid, filterid FROM exposure_set WHERE input_file = ANY(%s)"
            " ORDER BY 1, 2, 3",
            (files,),
        ).fetchall()
    for part in range(0, len(channels), CHANNELS_AT_A_TIME):
        with _step(connection, release):
            some = channels[part : part + CHANNELS_AT_A_TIME]
            write_exposures(connection, some)
            analyze_grown(connection, "exposure")
            name_channels(connection, release.name, some, simulated=release.simulated)
    say(f"exposures of {len(channels)} channels")
    if release.times == "float32":
        with _step(connection, release):
            number_repeats(connection)
    for name in missing_indexes(connection, release.name):
        with _step(connection, release):
            connection.execute(f"CREATE INDEX IF NOT EXISTS {name} ON object {INDEXES[name]}")
        say(f"index {name}")
    with _step(connection, release):
        connection.execute("SELECT brin_summarize_new_values('lightcurve_set')")
        connection.execute("ANALYZE object, lightcurve, exposure, exposure_set")
    say("statistics for the query planner")
    with _step(connection, release):
        connection.execute("UPDATE input_file SET finished = true WHERE id = ANY(%s)", (files,))
        _register(connection, release)


@contextmanager
def _step(connection: Connection, release: Declaration) -> Iterator[None]:
    """A transaction in the release's schema, one at a time for each release."""
    with connection.transaction():
        connection.execute(
            "SELECT pg_advisory_xact_lock(hashtext('finish'), hashtext(%s))", (release.name,)
        )
        use_schema(connection, release.name)
        yield


def _register(connection: Connection, release: Declaration) -> None:
    """Write counts, time range and coverage to the list of releases; the first is the default."""
    merged = readers()[release.layout].MERGES
    curves = (
        "SELECT count(*), sum(nobs) FROM object"
        if merged
        else ("SELECT sum(nlightcurves), sum(ndetections) FROM input_file")
    )
    counts = connection.execute(
        "SELECT f.*, (SELECT count(*) FROM exposure), coalesce(c.n, 0), coalesce(c.m, 0)"
        " FROM (SELECT count(*), min(hmjd_first), max(hmjd_last) FROM input_file) f,"
        f" ({curves}) c(n, m)"
    ).fetchone()
    files, first, last, nexposures, ncurves, ndetections = counts
    values = {
        "name": release.name,
        "title": release.title,
        "description": release.description,
        "simulated": release.simulated,
        "layout": release.layout,
        "times": release.times,
        "nlightcurves": ncurves,
        "ndetections": ndetections,
        "nexposures": nexposures,
        "hmjd_first": first,
        "hmjd_last": last,
        "files": files,
        "footprint": footprint(connection),
        "windows": Jsonb(release.windows),
    }
    names = ", ".join(values)
    connection.execute(
        f"INSERT INTO ztf_store.release ({names}) VALUES ({', '.join(['%s'] * len(values))})"
        f" ON CONFLICT (name) DO UPDATE SET loaded_at = now(), ({names}) ="
        f" ({', '.join(f'excluded.{name}' for name in values)})",
        list(values.values()),
    )
    if not connection.execute("SELECT 1 FROM ztf_store.release WHERE is_default").fetchone():
        set_default(connection, release.name)
        use_schema(connection, release.name)


def footprint(connection: Connection) -> str:
    """Sky coverage of the release's files as an ASCII MOC (MOC 2.0, section 4.3.2)."""
    from mocpy import MOC  # takes a second to import and only this needs it

    cells = [cell for cells in _cells(connection) for cell in cells]
    moc = MOC.from_healpix_cells(
        np.array(cells, np.uint64), np.full(len(cells), COVERAGE_ORDER, np.uint8), COVERAGE_ORDER
    )
    return " ".join(moc.to_string("ascii").split())


def _cells(connection: Connection) -> Iterator[list[int]]:
    for (cells,) in connection.execute("SELECT cells FROM input_file"):
        yield cells
