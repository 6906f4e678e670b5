"""What this site hosts itself, in the form of sources: objects of the default release, catalogs."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NoReturn

import psycopg
from psycopg import Connection, sql
from psycopg.rows import dict_row

from ztfvo import addresses
from ztfvo.catalogs import Catalog as Declaration
from ztfvo.catalogs import declared, store
from ztfvo.db import DatabaseDown, reading
from ztfvo.errors import HTTPError
from ztfvo.match.model import OBJECTS, PLACE, Catalog
from ztfvo.outside.ask import found
from ztfvo.outside.catalogs import described
from ztfvo.outside.columns import number, position, text, whole
from ztfvo.outside.model import Answer, Cut, Place, Row, Source, State, Yields
from ztfvo.outside.rows import AS_LISTED, SEPARATION, around, set_distances
from ztfvo.releases import find_release, releases
from ztfvo.settings import get_settings
from ztfvo.store.names import CATALOGS, DEFAULT, schema_of

_log = logging.getLogger(__name__)

LARGEST_RADIUS = 600.0
"""arcsec, unless a catalog's own is larger."""
MOST_ROWS = 200
"""At one place."""
MOST_LISTED = 200_000
"""Rows for a list of places."""

_MOMENT = "to_char({0}, 'YYYY-MM-DD\"T\"HH24:MI:SS.MS') AS {0}"

_FOUND = """
SELECT p.place, {columns} FROM unnest(%(ra)s::float8[], %(dec)s::float8[], %(place)s::integer[])
  AS p(ra, dec, place) JOIN {relation} c ON spoint_dwithin(
    spoint(radians(c.ra), radians(c.dec)), spoint(radians(p.ra), radians(p.dec)), %(radius)s)
ORDER BY p.place, spoint(radians(c.ra), radians(c.dec)) <-> spoint(radians(p.ra), radians(p.dec))
LIMIT %(limit)s
"""


async def _not_asked(*_: Any) -> NoReturn:
    raise AssertionError("what this site hosts is read from its database")


def _objects() -> Source:
    band = "instr.bandpass;em.opt"
    return Source(
        name=OBJECTS,
        title="ZTF objects at this site",
        order=1,
        gives=("cross-match", "light curve"),
        hosts=(),
        radius=1.5,
        largest_radius=600.0,
        epoch=2020.0,
        about=addresses.absolute("/"),
        record=addresses.absolute(f"/{addresses.VIEW}/{{oid}}"),
        citation="https://ui.adsabs.harvard.edu/abs/2019PASP..131a8003M",
        licence="Public; see the release",
        find=_not_asked,
        columns=(
            whole("oid", "meta.id;meta.main", "Identifier of the light curve (OID)"),
            *position(),
            text("filter", f"meta.id;{band}", "Filter: zg, zr or zi"),
            whole("nobs", "meta.number;obs", "Epochs"),
            whole("ngoodobs", "meta.number;obs", "Good epochs: catflags is 0"),
            number("mag_median", "mag", "phot.mag;em.opt;stat.median", "Median (AB)"),
            number("mag_amplitude", "mag", "phot.mag;em.opt;arith.diff", "Half of the range (AB)"),
            number("chi2_red", None, "stat.fit.chi2", "Reduced chi-square about a constant"),
        ),
        yields=Yields(name="oid"),
    )


def known() -> dict[str, Catalog]:
    """Return what this site hosts, by name; where the database is down, its objects only."""
    objects = Catalog(_objects(), sql.Identifier(DEFAULT, "objects"))
    try:
        with reading() as connection:
            loaded = store.loaded(connection)
            default = [one for one in releases(connection) if one.is_default]
    except DatabaseDown:
        return {OBJECTS: objects}
    for release in default:
        made = _iso(release.loaded_at)
        objects = replace(objects, as_of=made, simulated=release.simulated)
    catalogs = declared(get_settings().catalogs)
    return {OBJECTS: objects} | {
        name: catalog_of(catalogs[name], state)
        for name, state in loaded.items()
        if name in catalogs
    }


def catalog_of(catalog: Declaration, state: store.Loaded) -> Catalog:
    """Return a hosted catalog in the form of the others."""
    source = Source(
        hosts=(),
        largest_radius=max(LARGEST_RADIUS, catalog.radius),
        about=catalog.reference,
        licence=catalog.licence,
        find=_not_asked,
        **described(catalog),
    )
    listed = sql.SQL(", ").join(
        sql.SQL(_MOMENT if one.sql == "timestamp" else "{0}").format(sql.Identifier(one.name))
        for one in catalog.published
    )
    relation = sql.SQL("(SELECT {} FROM {})").format(listed, sql.Identifier(CATALOGS, catalog.name))
    return Catalog(source, relation, _iso(state.as_of or state.loaded_at), state.simulated)


def _iso(moment: datetime) -> str:
    utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return utc.isoformat(timespec="seconds")


def answer(catalog: Catalog, place: Place, radius: float) -> Answer:
    """Return what a hosted catalogue has around a place; it waits for the database.

    Parameters
    ----------
    radius
        arcsec
    """
    try:
        with reading() as connection:
            return found(catalog.name, near(connection, catalog, place, radius))
    except psycopg.Error:
        _log.exception("%s: the database refuses", catalog.name)
        reason = f"the database refuses a query of {catalog.source.title}, which was logged"
        return Answer(catalog.name, State.UNAVAILABLE, reason=reason)
    except (DatabaseDown, HTTPError) as error:
        return Answer(catalog.name, State.UNAVAILABLE, reason=str(error).rstrip("."))


def near(connection: Connection, catalog: Catalog, place: Place, radius: float) -> Sequence[Row]:
    """Return the rows of a hosted catalogue around a place, nearest first.

    Parameters
    ----------
    radius
        arcsec
    """
    raw = _read(connection, catalog, [(1, place)], radius, MOST_ROWS + 1)
    rows = around(catalog.source, raw, place, radius)
    return Cut(rows[:MOST_ROWS]) if len(raw) > MOST_ROWS else rows


def listed(
    catalog: Catalog, places: Sequence[tuple[int, Place]], radius: float
) -> list[tuple[int, Row]]:
    """Return what a hosted catalogue has around many places, with their numbers.

    Rows are ordered by place, nearest first.

    Raises
    ------
    HTTPError
        400 for more than `MOST_LISTED` rows.
    DatabaseDown
        When the database does not answer, or takes too long.
    """
    with reading() as connection:
        raw = _read(connection, catalog, places, radius, MOST_LISTED + 1)
    if len(raw) > MOST_LISTED:
        raise HTTPError(
            400,
            f"{catalog.name} has more than {MOST_LISTED} rows within {radius:g} arcsec of these"
            " places: give a smaller RADIUS, or fewer places.",
        )
    numbers = [row[PLACE] for row in raw]
    rows = [{name: value for name, value in row.items() if name != PLACE} for row in raw]
    by_number = dict(places)
    set_distances(catalog.source, rows, [by_number[one] for one in numbers])
    kept = [
        (one, row)
        for one, row in zip(numbers, rows, strict=True)
        if min(row[SEPARATION], row[AS_LISTED]) <= radius
    ]
    return sorted(kept, key=lambda one: (one[0], one[1][SEPARATION]))


def _read(
    connection: Connection,
    catalog: Catalog,
    places: Iterable[tuple[int, Place]],
    radius: float,
    limit: int,
) -> list[dict[str, Any]]:
    """Rows with their places; where a release was never loaded, the error names that."""
    relation = catalog.relation
    if catalog.name == OBJECTS:
        release = find_release(connection, DEFAULT)
        relation = sql.Identifier(schema_of(release.name), "objects")
    numbers, asked = zip(*places, strict=True)
    columns = [
        sql.SQL("c.{} AS {}").format(sql.Identifier(one.key), sql.Identifier(one.name))
        for one in catalog.source.columns
    ]
    query = sql.SQL(_FOUND).format(columns=sql.SQL(", ").join(columns), relation=relation)
    values = {
        "ra": [place.ra for place in asked],
        "dec": [place.dec for place in asked],
        "place": list(numbers),
        "radius": math.radians(radius / 3600),
        "limit": limit,
    }
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, values).fetchall()
