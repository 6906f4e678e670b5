"""Which light curves are of a star that a request names."""

from __future__ import annotations

from typing import NamedTuple

from psycopg import Connection, sql

from ztfvo.errors import HTTPError
from ztfvo.releases import find_release
from ztfvo.store.names import schema_of

_MEMBERS = """
SELECT s.source_id, o.oid FROM {schema}.sources s JOIN {schema}.objects o USING (source_id)
WHERE {condition} ORDER BY o.oid
"""

_STAR = """
SELECT s.name, s.ra, s.dec FROM {schema}.objects o JOIN {schema}.sources s USING (source_id)
WHERE o.oid = %s
"""


class Star(NamedTuple):
    """A star of a release."""

    name: str
    """As `ztfvo.designation` writes it."""
    ra: float
    dec: float
    """ICRS, deg."""


def star_of(connection: Connection, release: str, oid: int) -> Star | None:
    """Return the star that a light curve is of; None where stars were not found yet.

    Parameters
    ----------
    connection, release
        As of `members`.

    Raises
    ------
    HTTPError
        404 where there is no such release.
    """
    schema = sql.Identifier(schema_of(find_release(connection, release).name))
    found = connection.execute(sql.SQL(_STAR).format(schema=schema), (oid,)).fetchone()
    return Star(*found) if found else None


def members(connection: Connection, release: str, star: int | str) -> tuple[int, ...]:
    """Return the OIDs of a star, in ascending order.

    Parameters
    ----------
    connection
        One that reads.
    release
        Name of a release, or ``ztf`` for the default one.
    star
        Its source_id, or its name as `ztfvo.designation` writes it.

    Raises
    ------
    HTTPError
        404 where there is no such release or star, 400 where several have the name.
    """
    name = find_release(connection, release).name
    schema = sql.Identifier(schema_of(name))
    condition = sql.SQL("s.name = %s" if isinstance(star, str) else "s.source_id = %s")
    query = sql.SQL(_MEMBERS).format(schema=schema, condition=condition)
    rows = connection.execute(query, (star,)).fetchall()
    sources = sorted({source for source, _ in rows})
    if not sources:
        raise _unknown(connection, schema, name, star)
    if len(sources) > 1:
        raise HTTPError(
            400,
            f"SOURCE={star} names {len(sources)} stars: give the source_id of one of them, as in"
            f" {' or '.join(f'SOURCE={source}' for source in sources)}.",
        )
    return tuple(oid for _, oid in rows)


def _unknown(
    connection: Connection, schema: sql.Identifier, release: str, star: int | str
) -> HTTPError:
    query = sql.SQL("SELECT EXISTS (SELECT FROM {}.sources)").format(schema)
    (some,) = connection.execute(query).fetchone()
    if some:
        return HTTPError(404, f"Release {release} has no star {star}.")
    return HTTPError(
        404,
        f"Release {release} has no star {star}, as its stars were not found yet: name light curves"
        " by ID, or ask for those around a place by POS.",
    )
