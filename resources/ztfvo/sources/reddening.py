"""E(B-V) of stars from a map of dust, for stars that were found before the map was here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from psycopg import Connection

from ztfvo.dust import reading
from ztfvo.dust.reading import Installed
from ztfvo.sources.cells import Cell, bounds
from ztfvo.sources.find import Found, edition_of
from ztfvo.store.schemas import use_schema

_PLACES = """
SELECT source_id, ra, dec
FROM unnest(%s::bigint[], %s::bigint[]) AS r(low, high)
  JOIN source ON source_id >= low AND source_id < high
"""
_UPDATE = """
UPDATE source s SET ebv = nullif(n.ebv, 'NaN'), ebv_map = %s
FROM unnest(%s::bigint[], %s::real[]) AS n(source_id, ebv) WHERE s.source_id = n.source_id
"""


def stale(connection: Connection, release: str, dust: Installed | None) -> list[Cell]:
    """Return the cells whose stars have no E(B-V) of a map, sorted by number; none without a map.

    Parameters
    ----------
    connection
        Not in a transaction.
    """
    if dust is None:
        return []
    with connection.transaction():
        use_schema(connection, release)
        rows = connection.execute(
            "SELECT cell, made_of, nlightcurves FROM source_cell"
            " WHERE dust IS DISTINCT FROM %s ORDER BY cell",
            (edition_of(dust),),
        ).fetchall()
    return [Cell(*row) for row in rows]


def fill(connection: Connection, cells: Sequence[Cell], dust: Installed) -> Found:
    """Write the E(B-V) of the stars of cells; the caller's transaction and schema are used."""
    numbers = [cell.number for cell in cells]
    low, high = zip(*map(bounds, numbers), strict=True)
    cursor = connection.cursor(binary=True).execute(_PLACES, (list(low), list(high)))
    rows = np.array(cursor.fetchall(), [("source_id", "i8"), ("ra", "f8"), ("dec", "f8")])
    ebv = reading.at(dust, rows["ra"], rows["dec"]).ebv
    connection.execute(_UPDATE, (dust.map.name, rows["source_id"].tolist(), ebv.tolist()))
    connection.execute(
        "UPDATE source_cell SET dust = %s WHERE cell = ANY(%s)", (edition_of(dust), numbers)
    )
    return Found(len(cells), len(rows), round(sum(cell.lightcurves for cell in cells)), 0)
