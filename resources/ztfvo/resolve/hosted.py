"""Names asked of the catalogs that this site hosts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from anyio import to_thread
from psycopg import sql
from psycopg.rows import dict_row

from ztfvo.catalogs import store
from ztfvo.db import reading
from ztfvo.resolve.model import Certainty, Found, Outcome
from ztfvo.store.names import CATALOGS

MOST = 5
"""Objects of one name."""


async def by_value(
    catalog: str,
    title: str,
    condition: str,
    value: str,
    name: Sequence[str],
    oid: str | None = None,
) -> Outcome:
    """Return the objects of a hosted catalog that have a name.

    Parameters
    ----------
    catalog
        Its name.
    title
        What people call it.
    condition
        SQL on its columns, with %s for the value.
    name
        Columns whose words, joined, are an object's name.
    oid
        Column with the OID of its light curve, if there is one.
    """
    return await to_thread.run_sync(_by_value, catalog, title, condition, value, name, oid)


def _by_value(
    catalog: str, title: str, condition: str, value: str, name: Sequence[str], oid: str | None
) -> Outcome:
    with reading() as connection:
        if catalog not in store.loaded(connection):
            return Outcome(silent={title: f"{title} is not installed at this site"})
        view = sql.Identifier(CATALOGS, catalog)
        query = sql.SQL(f"SELECT * FROM {{}} WHERE {condition} LIMIT {MOST}").format(view)
        with connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(query, (value,)).fetchall()
    return Outcome(tuple(_found(row, title, name, oid) for row in rows))


def _found(row: dict[str, Any], title: str, name: Sequence[str], oid: str | None) -> Found:
    words = [row[column] for column in name if row[column]]
    return Found(
        "".join(words),
        row["ra"],
        row["dec"],
        Certainty.NAMED,
        title,
        2000.0,
        oids=(row[oid],) if oid and row[oid] else (),
    )
