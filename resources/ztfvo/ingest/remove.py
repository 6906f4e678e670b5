"""Take out of the store what was loaded from a file."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from psycopg import Connection

from ztfvo import oid as oids

_OF_CHANNELS = (
    "unnest(%s::smallint[], %s::smallint[], %s::smallint[]) AS c(fieldid, rcid, filterid)"
)


def loaded_quadrants(connection: Connection, key: str) -> frozenset[int]:
    """The channels in which a loaded file has light curves, as OIDs without the last eight digits.

    Of a file that an earlier version loaded they are not known; all of the release's are returned.
    """
    (known,) = connection.execute(
        "SELECT coalesce(quadrants, (SELECT array_agg(DISTINCT fieldid * 10000 + filterid * 1000"
        " + (rcid / 4 + 1) * 10 + mod(rcid, 4::smallint) + 1) FROM exposure_set), '{}')"
        " FROM input_file WHERE path = %s",
        (key,),
    ).fetchone()
    return frozenset(known)


def channels_of(quadrants: Collection[int]) -> list[tuple[int, int, int]]:
    """fieldid, rcid and filterid of channels that are given as OIDs without the last digits."""
    parts = oids.split(np.array(sorted(quadrants), np.int64) * 10**8)
    columns = (getattr(parts, name).tolist() for name in ("fieldid", "rcid", "filterid"))
    return list(zip(*columns, strict=True))


def remove_file(connection: Connection, key: str) -> None:
    """Delete the light curves of a file of a layout in which each is in one file only.

    The exposures of its channels go with it; those files that share a channel with it are marked
    as unfinished, so that `ztfvo.ingest.finish` writes their exposures again.

    Parameters
    ----------
    connection
        In a transaction, with the release's schema first in its search path.
    key
        Name of the file in the database, where it must be.
    """
    (file,) = connection.execute(
        "DELETE FROM input_file WHERE path = %s RETURNING id", (key,)
    ).fetchone()
    connection.execute(
        "UPDATE input_file SET finished = false WHERE id IN"
        " (SELECT o.input_file FROM exposure_set o JOIN exposure_set s"
        " USING (fieldid, rcid, filterid) WHERE s.input_file = %s)",
        (file,),
    )
    _delete(connection, "s.input_file = %s", (file,))


def remove_channels(connection: Connection, quadrants: Collection[int]) -> None:
    """Delete all light curves of some channels, with their exposures.

    Parameters
    ----------
    connection
        In a transaction, with the release's schema first in its search path.
    quadrants
        OIDs of the channels without their last eight digits.
    """
    if not quadrants:
        return
    channels = tuple(list(column) for column in zip(*channels_of(quadrants), strict=True))
    of_sets = f"(s.fieldid, s.rcid, s.filterid) IN (SELECT c.* FROM {_OF_CHANNELS})"
    _delete(connection, of_sets, channels)


def _delete(connection: Connection, of_sets: str, values: tuple) -> None:
    """Delete exposure sets, what refers to them, and the exposures of their channels."""
    connection.execute(
        f"DELETE FROM exposure e USING exposure_set s WHERE {of_sets}"
        " AND (e.fieldid, e.rcid, e.filterid) = (s.fieldid, s.rcid, s.filterid)",
        values,
    )
    connection.execute(
        f"DELETE FROM object o USING lightcurve l, exposure_set s WHERE {of_sets}"
        " AND l.exposure_set = s.id AND o.oid = l.oid",
        values,
    )
    connection.execute(
        f"DELETE FROM lightcurve l USING exposure_set s WHERE {of_sets} AND l.exposure_set = s.id",
        values,
    )
    connection.execute(f"DELETE FROM exposure_set s WHERE {of_sets}", values)
