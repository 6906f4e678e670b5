"""Names asked of the catalogs that this site hosts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from anyio import to_thread
from astropy.coordinates import angular_separation
from psycopg import sql
from psycopg.rows import dict_row

from ztfvo.catalogs import Catalog, declared, store
from ztfvo.db import DatabaseDown, reading
from ztfvo.resolve.model import Certainty, Found, Outcome
from ztfvo.settings import get_settings
from ztfvo.store.names import CATALOGS

MOST = 5
"""Objects of one name."""
SAME = 10.0
"""arcsec within which catalogs mean the same object by a name."""

_NUMBERED = re.compile(r"v(\d{3})(?=[a-z]{3}$)", re.ASCII)


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


async def by_name(text: str) -> Outcome:
    """Return the objects that any hosted catalog has by a name, of the first in rank first.

    Names are compared without regard to case and blanks; those of numbered variable stars with or
    without the leading 0 of GCVS, and all with or without SIMBAD's ``V*`` or the catalog's own name
    before them.
    """
    try:
        return await to_thread.run_sync(_by_name, text)
    except DatabaseDown as error:
        return Outcome(silent={"Hosted catalogs": str(error).rstrip(".")})


def _by_name(text: str) -> Outcome:
    known = declared(get_settings().catalogs)
    with reading() as connection:
        here = [one for one in store.loaded(connection) if one in known]
        catalogs = sorted((known[one] for one in here), key=lambda one: one.rank)
        if not catalogs:
            return Outcome()
        query = sql.SQL(" UNION ALL ").join(map(_named, catalogs))
        values = [part for one in catalogs for part in (one.name, _ways(one, text))]
        rows = connection.execute(query, values).fetchall()
    return Outcome(_joined([_of(known[name], *rest) for name, *rest in rows]))


def _named(catalog: Catalog) -> sql.Composable:
    """A query for the rows of a catalog with a name; its parameters: the catalog, the ways."""
    return sql.SQL(
        f"(SELECT %s::text, {{}}, ra, dec FROM {{}} WHERE {{}} = ANY(%s)"
        f" ORDER BY ra, dec LIMIT {MOST})"
    ).format(store.name_of(catalog), sql.Identifier(CATALOGS, catalog.name), store.written(catalog))


def _ways(catalog: Catalog, text: str) -> list[str]:
    """The ways in which a catalog may have written a name."""
    plain = "".join(text.lower().split())
    names = [plain]
    for before in ("V*", catalog.label, catalog.name):
        word = "".join(before.lower().split())
        if plain.startswith(word) and plain != word:
            names.append(plain.removeprefix(word))
    return sorted({*names, *(_NUMBERED.sub(r"v0\1", one) for one in names)})


def _of(catalog: Catalog, name: str, ra: float, dec: float) -> Found:
    full = f"{catalog.label} {name}" if name.isdecimal() else name
    return Found(full, ra, dec, Certainty.NAMED, catalog.label, 2000.0)


def _joined(found: Sequence[Found]) -> tuple[Found, ...]:
    """One of all that are at the same place; the first says where the others are."""
    places: list[Found] = []
    for one in found:
        near = [at for at, other in enumerate(places) if _separation(one, other) <= SAME]
        if not near:
            places.append(one)
        elif one.by not in places[near[0]].by.split(", "):
            former = places[near[0]]
            places[near[0]] = replace(former, by=f"{former.by}, {one.by}")
    if len(places) > 1:
        first, *rest = places
        far = ", ".join(f"{_shown(_separation(first, one))} away in {one.by}" for one in rest)
        places[0] = replace(first, note=f"There is another of this name {far}")
    return tuple(places)


def _separation(one: Found, other: Found) -> float:
    """Separation of two places, arcsec."""
    here, there = (np.radians((place.ra, place.dec)) for place in (one, other))
    return float(np.degrees(angular_separation(*here, *there)) * 3600)


def _shown(separation: float) -> str:
    return f"{separation:.0f}″" if separation < 3600 else f"{separation / 3600:.1f}°"


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
