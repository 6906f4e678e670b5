"""What is done once a release's files are loaded: exposures, indexes, coverage, counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from psycopg import Connection
from psycopg.types.json import Jsonb

from ztfvo.declarations import Declaration
from ztfvo.images.memory import name_channels
from ztfvo.ingest.load import COVERAGE_ORDER
from ztfvo.ingest.readers import readers
from ztfvo.store import copybinary as cb
from ztfvo.store.schemas import missing_indexes, set_default, use_schema
from ztfvo.store.tables import INDEXES
from ztfvo.store.times import SPLIT_SECONDS

CHANNELS_AT_A_TIME = 500
IDENTIFIER_ORIGIN_MJD = 50000

_EXPOSURE_COLUMNS = (
    *("exposure_id", "fieldid", "rcid", "filterid", "obsmjd", "obsmjd_source", "exptime"),
    *("exptime_source", "mjd_mid", "clrcoeff", "ndetections", "filefracday"),
)


def is_finished(connection: Connection, release: Declaration) -> bool:
    """Whether `finish` has nothing to do."""
    with connection.transaction():
        use_schema(connection, release.name)
        open_files, registered = connection.execute(
            "SELECT EXISTS (SELECT FROM input_file WHERE NOT finished),"
            " EXISTS (SELECT FROM ztf_store.release WHERE name = %s AND windows = %s)",
            (release.name, Jsonb(release.windows)),
        ).fetchone()
        return registered and not open_files and not missing_indexes(connection, release.name)


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
            _write_exposures(connection, some)
            name_channels(connection, release.name, some, simulated=release.simulated)
    say(f"exposures of {len(channels)} channels")
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


def _write_exposures(connection: Connection, channels: list[tuple[int, int, int]]) -> None:
    """Replace the exposures of some channels by those of their exposure sets."""
    keys = list(zip(*channels, strict=True))
    connection.execute(
        "DELETE FROM exposure e USING unnest(%s::smallint[], %s::smallint[], %s::smallint[])"
        " AS c(fieldid, rcid, filterid) WHERE (e.fieldid, e.rcid, e.filterid)"
        " = (c.fieldid, c.rcid, c.filterid)",
        [list(key) for key in keys],
    )
    rows = connection.execute(
        "SELECT s.fieldid, s.rcid, s.filterid, s.mjd_mid, s.obsmjd, s.exptime, s.clrcoeff,"
        " s.ndetections, s.filefracday, s.obsmjd_source, s.exptime_source FROM exposure_set s"
        " JOIN unnest(%s::smallint[], %s::smallint[], %s::smallint[]) AS c(fieldid, rcid, filterid)"
        " USING (fieldid, rcid, filterid) WHERE s.mjd_mid IS NOT NULL",
        [list(key) for key in keys],
    ).fetchall()
    if not rows:
        return
    merged = merge_exposures(rows)
    with connection.cursor().copy(
        f"COPY exposure ({', '.join(_EXPOSURE_COLUMNS)}) FROM STDIN (FORMAT binary)"
    ) as copy:
        cb.send(copy, _exposure_rows(merged))


def merge_exposures(rows: list[tuple]) -> dict[str, np.ndarray]:
    """Unite the exposures of several sets; the same exposure may be in the sets of several files.

    Exposures of one channel with equal clrcoeff whose middles lie within 17 s are one: detections
    are added, and the times of the set with most detections are taken.

    Parameters
    ----------
    rows
        One tuple a set: fieldid, rcid, filterid, then arrays mjd_mid, obsmjd, exptime, clrcoeff,
        ndetections, filefracday of its exposures, obsmjd_source, exptime_source.

    Returns
    -------
    dict of str to numpy.ndarray
        Columns of the table exposure, one element an exposure, without filter names.
    """
    sizes = [len(row[3]) for row in rows]
    names = [
        "fieldid",
        "rcid",
        "filterid",
        "mjd_mid",
        "obsmjd",
        "exptime",
        "clrcoeff",
        "ndetections",
        "filefracday",
    ]
    column = {name: np.repeat([row[i] for row in rows], sizes) for i, name in enumerate(names[:3])}
    for i, name in enumerate(names[3:], start=3):
        column[name] = np.concatenate([row[i] for row in rows])
    column["obsmjd_source"] = np.repeat([row[9] for row in rows], sizes)
    column["exptime_source"] = np.repeat([row[10] for row in rows], sizes)
    order = np.lexsort(
        tuple(column[n] for n in ("mjd_mid", "clrcoeff", "filterid", "rcid", "fieldid"))
    )
    column = {name: values[order] for name, values in column.items()}
    new = np.ones(len(order), bool)
    new[1:] = np.diff(column["mjd_mid"]) > SPLIT_SECONDS / 86400
    for name in ("fieldid", "rcid", "filterid", "clrcoeff"):
        new[1:] |= column[name][1:] != column[name][:-1]
    group = np.cumsum(new) - 1
    best = np.lexsort((-column["ndetections"], group))[
        np.searchsorted(group, np.arange(group[-1] + 1))
    ]
    total = np.bincount(group, column["ndetections"]).astype(np.int64)
    column = {name: values[best] for name, values in column.items()} | {"ndetections": total}
    order = np.lexsort(tuple(column[n] for n in ("mjd_mid", "filterid", "rcid", "fieldid")))
    column = {name: values[order] for name, values in column.items()}
    return column | {"exposure_id": _identifiers(column)}


def _identifiers(column: dict[str, np.ndarray]) -> np.ndarray:
    """Field, filter, readout channel, and the second of the middle since MJD 50000, as one number.

    Exposures of one second (float32 times) get consecutive numbers.
    """
    seconds = np.rint((column["mjd_mid"] - IDENTIFIER_ORIGIN_MJD) * 86400).astype(np.int64)
    channel = (column["fieldid"].astype(np.int64) * 10 + column["filterid"]) * 100 + column["rcid"]
    number = channel * 10**10 + seconds
    place = np.arange(len(number))
    return np.maximum.accumulate(number - place) + place


def _exposure_rows(column: dict[str, np.ndarray]):
    """Tuples of the table exposure."""
    smallints = [column[name].astype(np.int16) for name in ("fieldid", "rcid", "filterid")]
    unknown = column["filefracday"] == 0
    return cb.rows(
        [
            cb.scalars(column["exposure_id"], *smallints, column["obsmjd"]),
            cb.texts(column["obsmjd_source"].tolist()),
            cb.scalars(column["exptime"].astype(np.float32)),
            cb.texts(column["exptime_source"].tolist()),
            cb.scalars(
                column["mjd_mid"],
                column["clrcoeff"].astype(np.float32),
                column["ndetections"].astype(np.int32),
            ),
            cb.nullable_scalar(column["filefracday"].astype(np.int64), unknown),
        ],
        len(_EXPOSURE_COLUMNS),
    )


def describe(connection: Connection, release: Declaration) -> None:
    """Write title and description of a release, as they are declared, to the list of releases."""
    connection.execute(
        "UPDATE ztf_store.release SET title = %s, description = %s WHERE name = %s",
        (release.title, release.description, release.name),
    )


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
