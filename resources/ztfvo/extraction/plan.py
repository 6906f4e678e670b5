"""Which light curves of a release have to get features.

A quadrant is done again when it has other files, or the set of features is another one; of its
light curves those are computed that are new or have changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from psycopg import Connection

from ztfvo.features.model import MIN_EPOCHS

CHUNK = 500
"""Light curves that are computed and written at a time."""

SOURCES = 10**8
"""OIDs of a quadrant."""

_STALE = """
WITH held AS (
  SELECT q.quadrant, array_agg(f.id ORDER BY f.id) AS files
  FROM input_file f, LATERAL unnest(coalesce(f.quadrants, (
    SELECT array_agg(DISTINCT s.fieldid * 10000 + s.filterid * 1000 + (s.rcid / 4 + 1) * 10
      + mod(s.rcid, 4::smallint) + 1) FROM exposure_set s WHERE s.input_file = f.id))) q(quadrant)
  GROUP BY 1)
SELECT coalesce(h.quadrant, q.quadrant), h.files
FROM held h FULL JOIN feature_quadrant q ON q.quadrant = h.quadrant
WHERE q.quadrant IS NULL OR h.quadrant IS NULL
  OR NOT (q.finished AND q.edition = %s AND q.files = h.files)
ORDER BY 1
"""

_ENDS = """
SELECT oid FROM (
  SELECT oid, row_number() OVER (ORDER BY oid) AS n FROM object
  WHERE oid > %(first)s AND oid <= %(last)s AND ngoodobs >= %(good)s) o
WHERE n %% %(chunk)s = 0 ORDER BY oid
"""


@dataclass(frozen=True)
class Chunk:
    """Light curves that are computed and written together."""

    quadrant: int
    first: int
    last: int
    """OIDs above `first`, up to `last`."""


def stale(connection: Connection, edition: str) -> list[tuple[int, list[int] | None]]:
    """Return the quadrants that are to be done, each with its files; None for one that is gone.

    Parameters
    ----------
    connection
        With the release's schema first in its search path, as all functions here take it.
    edition
        Of the set of features, see `ztfvo.features.build.Built`.
    """
    return connection.execute(_STALE, (edition,)).fetchall()


def forget(connection: Connection, quadrant: int) -> None:
    """Delete the features of a quadrant that the release no longer has."""
    ends = (quadrant * SOURCES, (quadrant + 1) * SOURCES)
    for table in ("feature", "feature_place"):
        connection.execute(f"DELETE FROM {table} WHERE oid >= %s AND oid < %s", ends)
    connection.execute("DELETE FROM feature_quadrant WHERE quadrant = %s", (quadrant,))


def chunks(connection: Connection, quadrant: int, files: list[int], edition: str) -> list[Chunk]:
    """Begin a quadrant, or go on with it, and return what is left of it to be done.

    Parameters
    ----------
    connection
        In a transaction.
    """
    (done,) = connection.execute(
        "INSERT INTO feature_quadrant AS q (quadrant, edition, files) VALUES (%s, %s, %s)"
        " ON CONFLICT (quadrant) DO UPDATE SET edition = excluded.edition, files = excluded.files,"
        " finished = false, done = CASE WHEN q.edition = excluded.edition"
        " AND q.files = excluded.files THEN q.done ELSE '{}' END RETURNING done",
        (quadrant, edition, files),
    ).fetchone()
    return [chunk for chunk in cut(connection, quadrant) if chunk.last not in set(done)]


def cut(connection: Connection, quadrant: int) -> Iterator[Chunk]:
    """Yield the chunks of a quadrant; they depend on its light curves only."""
    first, end = quadrant * SOURCES - 1, (quadrant + 1) * SOURCES - 1
    bounds = {"first": first, "last": end, "good": MIN_EPOCHS, "chunk": CHUNK}
    for (last,) in connection.execute(_ENDS, bounds).fetchall():
        yield Chunk(quadrant, first, last)
        first = last
    yield Chunk(quadrant, first, end)


def finish(connection: Connection, quadrant: int) -> None:
    """Note that all of a quadrant is done."""
    connection.execute(
        "UPDATE feature_quadrant SET finished = true, done = '{}', nfeatures ="
        " (SELECT count(*) FROM feature WHERE oid >= %s AND oid < %s) WHERE quadrant = %s",
        (quadrant * SOURCES, (quadrant + 1) * SOURCES, quadrant),
    )
