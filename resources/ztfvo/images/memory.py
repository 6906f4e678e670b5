"""Keep image names, and give them to the exposures of the releases.

An exposure of a release and an image are the same when they are of one channel (field, readout
channel, filter) and their middles lie within `TOLERANCE` s; of several such images the nearest is
taken.  Times of DR5 are too coarse for that: its exposures get no names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from psycopg import Connection, sql

from ztfvo.db import analyze_grown
from ztfvo.store import copybinary as cb
from ztfvo.store.names import schema_of

TOLERANCE = 2.0
"""s.  The middle of an exposure is known to half a second from times of five decimals; exposures
of a channel begin at least 29 s after one another."""

MANY = 1000
"""Images that come at a time, from which on statistics for the planner may be outdated by them."""

_COLUMNS = ("fieldid", "rcid", "filterid", "filefracday", "obsmjd", "exptime")


@dataclass(frozen=True)
class Images:
    """n image names with their exposures' times; arrays of length n."""

    fieldid: np.ndarray
    rcid: np.ndarray
    filterid: np.ndarray
    filefracday: np.ndarray
    """YYYYMMDDffffff, as in the name."""
    obsmjd: np.ndarray
    """Start of the exposure, MJD, UTC, at Palomar, of whole seconds."""
    exptime: np.ndarray
    """s."""

    def __len__(self) -> int:
        return len(self.filefracday)


def remember(
    connection: Connection, batches: Iterable[Images], source: str, *, simulated: bool
) -> int:
    """Keep names, and give them to the exposures that they match, in the caller's transaction.

    What is known from a listing gives way to what other sources say.

    Parameters
    ----------
    connection
        In a transaction.
    batches
        The images.
    source
        How they are known: ``metadata``, ``irsa`` or ``listing``.
    simulated
        Whether they belong to the simulated releases, or to the others.

    Returns
    -------
    int
        Number of images given.
    """
    connection.execute("DROP TABLE IF EXISTS staged_image")
    connection.execute(
        "CREATE TEMP TABLE staged_image ON COMMIT DROP AS"
        f" SELECT {', '.join(_COLUMNS)} FROM ztf_store.image WITH NO DATA"
    )
    number = 0
    for images in batches:
        number += len(images)
        with connection.cursor().copy(
            f"COPY staged_image ({', '.join(_COLUMNS)}) FROM STDIN (FORMAT binary)"
        ) as copy:
            cb.send(copy, _rows(images))
    connection.execute("ANALYZE staged_image")
    _keep(connection, sql.SQL("staged_image"), source, simulated)
    if number >= MANY:
        analyze_grown(connection, "ztf_store.image")
    touched = sql.SQL(
        "(SELECT s.*, obsmjd + exptime::float8 / 172800 AS middle FROM staged_image s) s"
        " CROSS JOIN LATERAL (SELECT * FROM {}.exposure e"
        "   WHERE (e.fieldid, e.rcid, e.filterid) = (s.fieldid, s.rcid, s.filterid)"
        f"   AND e.mjd_mid BETWEEN s.middle - {TOLERANCE} / 86400"
        f"   AND s.middle + {TOLERANCE} / 86400 OFFSET 0) e"
    )
    for name in releases(connection, simulated=simulated):
        schema = sql.Identifier(schema_of(name))
        _name_exposures(connection, schema, touched.format(schema), simulated)
    return number


def name_channels(
    connection: Connection, release: str, channels: list[tuple[int, int, int]], *, simulated: bool
) -> None:
    """Keep the names that came with a release's light curves, and give its exposures those known.

    Parameters
    ----------
    connection
        In a transaction.
    release
        Name of the release.
    channels
        fieldid, rcid, filterid of the exposures to look at.
    simulated
        Whether the release is.
    """
    if not channels:
        return
    schema = sql.Identifier(schema_of(release))
    columns = zip(*channels, strict=True)
    chosen = sql.SQL(
        "{}.exposure e JOIN unnest({}::smallint[], {}::smallint[], {}::smallint[])"
        " AS c(f, r, b) ON (e.fieldid, e.rcid, e.filterid) = (c.f, c.r, c.b)"
    ).format(schema, *(sql.Literal(list(column)) for column in columns))
    named = sql.SQL(
        "(SELECT e.* FROM {} WHERE e.filefracday IS NOT NULL AND e.obsmjd_source = 'observed'"
        " AND e.exptime_source = 'observed') n"
    ).format(chosen)
    _keep(connection, named, "lightcurve", simulated)
    analyze_grown(connection, "ztf_store.image")
    _name_exposures(connection, schema, chosen, simulated)


def forget(
    connection: Connection, channels: list[tuple[int, int, int]], *, simulated: bool
) -> None:
    """Give up names that came with light curves and that no exposure has any more.

    Parameters
    ----------
    connection
        In a transaction.
    channels
        fieldid, rcid, filterid of the images to look at.
    simulated
        Whether they belong to the simulated releases, or to the others.
    """
    if not channels:
        return
    used = sql.SQL("").join(
        sql.SQL(
            " AND NOT EXISTS (SELECT FROM {}.exposure e WHERE (e.fieldid, e.rcid, e.filterid,"
            " e.filefracday) = (i.fieldid, i.rcid, i.filterid, i.filefracday))"
        ).format(sql.Identifier(schema_of(name)))
        for name in releases(connection, simulated=simulated)
    )
    connection.execute(
        sql.SQL(
            "DELETE FROM ztf_store.image i USING unnest(%s::smallint[], %s::smallint[],"
            " %s::smallint[]) AS c(f, r, b) WHERE (i.fieldid, i.rcid, i.filterid) = (c.f, c.r, c.b)"
            " AND i.source = 'lightcurve' AND i.simulated = %s{}"
        ).format(used),
        [*(list(column) for column in zip(*channels, strict=True)), simulated],
    )


def releases(connection: Connection, *, simulated: bool) -> list[str]:
    """Names of the releases that are simulated, or of those that are not."""
    found = connection.execute(
        "SELECT name FROM ztf_store.release WHERE simulated = %s ORDER BY name", (simulated,)
    )
    return [name for (name,) in found]


def _rows(images: Images):
    channel = [getattr(images, name).astype(np.int16) for name in _COLUMNS[:3]]
    columns = cb.scalars(
        *channel,
        images.filefracday.astype(np.int64),
        images.obsmjd.astype(np.float64),
        images.exptime.astype(np.float32),
    )
    return cb.rows([columns], len(_COLUMNS))


def _keep(connection: Connection, rows: sql.Composable, source: str, simulated: bool) -> None:
    columns = ", ".join(_COLUMNS)
    connection.execute(
        sql.SQL(
            f"INSERT INTO ztf_store.image AS known ({columns}, source, simulated)"
            f" SELECT DISTINCT ON (fieldid, rcid, filterid, filefracday) {columns}, %s, %s"
            " FROM {}"
            " ON CONFLICT (fieldid, rcid, filterid, filefracday, simulated) DO UPDATE"
            " SET (obsmjd, exptime, source) = (excluded.obsmjd, excluded.exptime, excluded.source)"
            " WHERE excluded.source <> 'listing' AND (known.source = 'listing'"
            " OR (known.obsmjd, known.exptime) <> (excluded.obsmjd, excluded.exptime))"
        ).format(rows),
        (source, simulated),
    )


def _name_exposures(
    connection: Connection, schema: sql.Identifier, touched: sql.Composable, simulated: bool
) -> None:
    """Give exposures the nearest image; `touched` is a FROM list in which they are called e."""
    connection.execute(
        sql.SQL(
            "UPDATE {}.exposure e SET filefracday = i.filefracday,"
            " obsmjd = CASE WHEN i.listed THEN e.obsmjd ELSE i.obsmjd END,"
            " obsmjd_source = CASE WHEN i.listed THEN e.obsmjd_source ELSE 'observed' END,"
            " exptime = CASE WHEN i.listed THEN e.exptime ELSE i.exptime END,"
            " exptime_source = CASE WHEN i.listed THEN e.exptime_source ELSE 'observed' END"
            " FROM (SELECT DISTINCT e.exposure_id, e.fieldid, e.rcid, e.filterid, e.mjd_mid FROM {}"
            "   WHERE e.obsmjd_source <> 'coarse') x"
            " CROSS JOIN LATERAL (SELECT i.*, i.source = 'listing' AS listed"
            "   FROM ztf_store.image i WHERE i.simulated = %s"
            "   AND (i.fieldid, i.rcid, i.filterid) = (x.fieldid, x.rcid, x.filterid)"
            f"   AND i.mjd_mid BETWEEN x.mjd_mid - {TOLERANCE} / 86400"
            f"   AND x.mjd_mid + {TOLERANCE} / 86400"
            "   ORDER BY i.source = 'listing', abs(i.mjd_mid - x.mjd_mid) LIMIT 1) i"
            " WHERE e.exposure_id = x.exposure_id AND (e.filefracday IS DISTINCT FROM i.filefracday"
            "   OR NOT i.listed AND (e.obsmjd, e.exptime, e.obsmjd_source, e.exptime_source)"
            "     IS DISTINCT FROM (i.obsmjd, i.exptime, 'observed', 'observed'))"
        ).format(schema, touched),
        (simulated,),
    )
