"""Epochs of one time, in releases that a version loaded which did not number them."""

from __future__ import annotations

from psycopg import Connection

_NUMBERED = """
WITH epochs AS (
  SELECT oid, i::integer, row_number() OVER (PARTITION BY oid, time ORDER BY i) AS number
  FROM lightcurves, unnest(hmjd) WITH ORDINALITY AS u(time, i)
), repeats AS (
  SELECT oid, array_agg(i ORDER BY i) || array_agg(-number::integer ORDER BY i) AS again
  FROM epochs WHERE number > 1 GROUP BY oid
)
UPDATE lightcurve l SET again = r.again FROM repeats r WHERE r.oid = l.oid
"""


def number_repeats(connection: Connection) -> None:
    """Number the epochs that have the time of an earlier one, where none is numbered.

    Loading does it by itself; where there are coarse times, it has found some.

    Parameters
    ----------
    connection
        In a transaction, with the release's schema first in its search path.
    """
    (numbered,) = connection.execute(
        "SELECT EXISTS (SELECT FROM lightcurve WHERE again IS NOT NULL)"
    ).fetchone()
    if not numbered:
        connection.execute(_NUMBERED)
