"""The table of exposures, made of the exposure sets of all files, and which of them each one is."""

from __future__ import annotations

import numpy as np
from psycopg import Connection

from ztfvo.store import copybinary as cb
from ztfvo.store.times import SPLIT_SECONDS, TICK_ORIGIN_MJD

IDENTIFIER_ORIGIN_MJD = 50000

_EXPOSURE_COLUMNS = (
    *("exposure_id", "fieldid", "rcid", "filterid", "obsmjd", "obsmjd_source", "exptime"),
    *("exptime_source", "mjd_mid", "clrcoeff", "ndetections", "filefracday"),
)

_SETS = """
FROM exposure_set s JOIN unnest(%s::smallint[], %s::smallint[], %s::smallint[])
  AS c(fieldid, rcid, filterid) USING (fieldid, rcid, filterid)
"""

_MS_BITS = 43
"""Bits of a time in ms since 1858, which are 278 years."""

Channel = tuple[int, int, int]
"""fieldid, rcid and filterid."""


def write_exposures(connection: Connection, channels: list[Channel]) -> None:
    """Replace the exposures of some channels by those of their exposure sets.

    Every exposure of a set gets the identifier of the one that it is in the table.

    Parameters
    ----------
    connection
        In a transaction, with the release's schema first in its search path.
    channels
        Those of the sets that have changed.
    """
    keys = [list(key) for key in zip(*channels, strict=True)]
    connection.execute(
        "DELETE FROM exposure e USING unnest(%s::smallint[], %s::smallint[], %s::smallint[])"
        " AS c(fieldid, rcid, filterid) WHERE (e.fieldid, e.rcid, e.filterid)"
        " = (c.fieldid, c.rcid, c.filterid)",
        keys,
    )
    rows = connection.execute(
        "SELECT s.fieldid, s.rcid, s.filterid, s.mjd_mid, s.obsmjd, s.exptime, s.clrcoeff,"
        " s.ndetections, s.filefracday, s.obsmjd_source, s.exptime_source, s.id, s.ticks_per_day,"
        f" s.ticks {_SETS} WHERE s.mjd_mid IS NOT NULL",
        keys,
    ).fetchall()
    if not rows:
        return
    merged, place = merge_exposures([row[:11] for row in rows])
    with connection.cursor().copy(
        f"COPY exposure ({', '.join(_EXPOSURE_COLUMNS)}) FROM STDIN (FORMAT binary)"
    ) as copy:
        cb.send(copy, _exposure_rows(merged))
    identifiers = merged["exposure_id"][place]
    bounds = np.cumsum([len(row[3]) for row in rows])[:-1]
    found = dict(zip((row[11] for row in rows), np.split(identifiers, bounds), strict=True))
    alone = connection.execute(
        "SELECT s.id, s.fieldid, s.rcid, s.filterid, s.clrcoeff, s.ticks_per_day, s.ticks"
        f" {_SETS} WHERE s.mjd_mid IS NULL",
        keys,
    ).fetchall()
    if alone:
        shared = [(row[11], *row[:3], row[6], *row[12:]) for row in rows]
        found |= _identify(alone, shared, identifiers)
    _write_identifiers(connection, found)


def _identify(
    alone: list[tuple], shared: list[tuple], identifiers: np.ndarray
) -> dict[int, np.ndarray]:
    """Identifiers for the sets of light curves that stand alone.

    Their exposures are those of the channels' sets with the same clrcoeff that are nearest in
    heliocentric time, which differs by the light-travel time within the channel alone.

    Parameters
    ----------
    alone, shared
        One tuple a set: id, fieldid, rcid, filterid, then arrays clrcoeff and, after the number of
        ticks in a day, ticks.
    identifiers
        Of the exposures of `shared`, int64.
    """
    keys = [_exposure_keys(rows) for rows in (alone, shared)]
    _, number = np.unique(np.concatenate(keys), axis=0, return_inverse=True)
    number, known = np.split(number, [len(keys[0])])
    time, known_time = (
        np.concatenate([TICK_ORIGIN_MJD + np.asarray(row[6]) / row[5] for row in rows])
        for rows in (alone, shared)
    )
    found = identifiers[nearest(number, time, known, known_time)]
    bounds = np.cumsum([len(row[4]) for row in alone])[:-1]
    return dict(zip((row[0] for row in alone), np.split(found, bounds), strict=True))


def _exposure_keys(rows: list[tuple]) -> np.ndarray:
    """fieldid, rcid, filterid and clrcoeff of the exposures of some sets, float64[m, 4]."""
    sizes = [len(row[4]) for row in rows]
    clrcoeff = np.concatenate([row[4] for row in rows])
    return np.column_stack((np.repeat([row[1:4] for row in rows], sizes, axis=0), clrcoeff))


def _write_identifiers(connection: Connection, found: dict[int, np.ndarray]) -> None:
    """Write the identifiers of exposures (int64) to their sets, by the sets' ids."""
    connection.execute(
        "CREATE TEMP TABLE identified (id integer, exposure_id bigint[]) ON COMMIT DROP"
    )
    bounds = np.concatenate(([0], np.cumsum([len(one) for one in found.values()])))
    columns = [
        cb.scalars(np.array(list(found), np.int32)),
        cb.arrays(np.concatenate(list(found.values())), bounds, cb.INT8),
    ]
    with connection.cursor().copy("COPY identified FROM STDIN (FORMAT binary)") as copy:
        cb.send(copy, cb.rows(columns, 2))
    connection.execute(
        "UPDATE exposure_set s SET exposure_id = i.exposure_id FROM identified i"
        " WHERE s.id = i.id AND s.exposure_id IS DISTINCT FROM i.exposure_id"
    )
    connection.execute("DROP TABLE identified")


def nearest(
    key: np.ndarray, time: np.ndarray, known_key: np.ndarray, known_time: np.ndarray
) -> np.ndarray:
    """Find what is known of the same key and nearest in time.

    Parameters
    ----------
    key, time
        Whole numbers (int64[n]), each of which is among `known_key`; and MJD (float64[n]).
    known_key, known_time
        The same of what is known, shape (m,).

    Returns
    -------
    numpy.ndarray
        Indices into what is known, int64[n].
    """
    names, number = np.unique(known_key, return_inverse=True)
    order = np.lexsort((known_time, number))
    known = _joint(number[order], known_time[order])
    code = np.searchsorted(names, key)
    after = np.searchsorted(known, _joint(code, time))
    before = np.maximum(after - 1, 0)
    after = np.minimum(after, len(known) - 1)
    number, known_time = number[order], known_time[order]
    later = np.abs(known_time[after] - time) < np.abs(known_time[before] - time)
    later = np.where(number[after] != code, False, later | (number[before] != code))
    return order[np.where(later, after, before)]


def _joint(code: np.ndarray, time: np.ndarray) -> np.ndarray:
    return code.astype(np.int64) << _MS_BITS | np.rint(time * 86_400_000).astype(np.int64)


def merge_exposures(rows: list[tuple]) -> tuple[dict[str, np.ndarray], np.ndarray]:
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
    merged : dict of str to numpy.ndarray
        Columns of the table exposure, one element an exposure, without filter names.
    place : numpy.ndarray
        Which of them each exposure of the sets is, in the order of `rows` (int64).
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
    sorting = np.lexsort(
        tuple(column[n] for n in ("mjd_mid", "clrcoeff", "filterid", "rcid", "fieldid"))
    )
    column = {name: values[sorting] for name, values in column.items()}
    new = np.ones(len(sorting), bool)
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
    place = np.empty(len(sorting), np.int64)
    place[sorting] = np.argsort(order)[group]
    return column | {"exposure_id": _identifiers(column)}, place


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
