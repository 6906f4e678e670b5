"""Search hosted catalogs around a position, nearest first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from astropy.coordinates import angular_separation
from psycopg import Connection, sql
from psycopg.rows import dict_row

from ztfvo.catalogs import store
from ztfvo.catalogs.declaration import Catalog, Column, find
from ztfvo.errors import CannotBeDone
from ztfvo.settings import get_settings
from ztfvo.store.names import CATALOGS

ARCSEC = 3600.0


class NotLoaded(CannotBeDone):
    """A catalog that is declared, and of which this site has no rows."""


@dataclass(frozen=True)
class Match:
    """A row of a catalog, and what it says in the terms of all catalogs."""

    separation: float
    """From the position that was asked for (arcsec)."""
    values: dict[str, Any]
    """By names of columns; None where the catalog has no value."""
    name: str | None
    type: str | None
    period: float | None
    """In d."""
    redshift: float | None
    record: str | None
    """Address of the full record elsewhere."""


@dataclass(frozen=True)
class Found:
    """The answer of one catalog."""

    catalog: Catalog
    columns: tuple[Column, ...]
    """Of the values, in their order, with unit, UCD and description."""
    state: store.Loaded
    """How many rows the catalog has here, of when they are, and whether they are simulated."""
    rows: list[Match]
    """Nearest first."""


def cone(
    connection: Connection,
    name: str,
    ra: float,
    dec: float,
    radius_arcsec: float | None = None,
    limit: int = 100,
) -> Found:
    """Return the rows of a catalog around a position, nearest first.

    Parameters
    ----------
    connection
        It may read the store, as those of `ztfvo.db.reading` may.
    name
        Of a declared catalog.
    ra, dec
        Position, ICRS (deg).
    radius_arcsec
        By default the catalog's own (arcsec).
    limit
        Rows at most.

    Raises
    ------
    CannotBeDone
        If there is no such catalog.
    NotLoaded
        If it is not loaded here.
    ValueError
        If the position is not on the sky, or the radius or the limit is negative.
    """
    catalog = find(name, get_settings().catalogs)
    radius = catalog.radius if radius_arcsec is None else radius_arcsec
    if not (0 <= ra <= 360 and -90 <= dec <= 90):
        raise ValueError(f"RA {ra}, Dec {dec} deg is not on the sky")
    if not 0 <= radius < math.inf or limit < 0:
        raise ValueError(f"a radius of {radius} arcsec and a limit of {limit} cannot be")
    state = store.loaded(connection).get(name)
    if state is None:
        raise NotLoaded(f"The catalog {name} ({catalog.title}) is not loaded at this site.")
    here = sql.SQL("spoint(radians(%(ra)s), radians(%(dec)s))")
    query = sql.SQL(
        "SELECT {columns} FROM {view} WHERE"
        " spoint_dwithin(spoint(radians(ra), radians(dec)), {here}, radians(%(radius)s))"
        " ORDER BY spoint(radians(ra), radians(dec)) <-> {here}, ra, dec LIMIT %(limit)s"
    ).format(
        columns=sql.SQL(", ").join(sql.Identifier(one.name) for one in catalog.published),
        view=sql.Identifier(CATALOGS, name),
        here=here,
    )
    asked = {"ra": float(ra), "dec": float(dec), "radius": radius / ARCSEC, "limit": limit}
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = [_match(catalog, one, ra, dec) for one in cursor.execute(query, asked)]
    rows.sort(key=lambda one: one.separation)
    return Found(catalog, catalog.published, state, rows)


def separation(ra1: float, dec1: float, ra2: float, dec2: float) -> float:
    """Return the angle between two positions (all deg; the result in arcsec)."""
    angles = (math.radians(angle) for angle in (ra1, dec1, ra2, dec2))
    return math.degrees(angular_separation(*angles)) * ARCSEC


def _match(catalog: Catalog, values: dict[str, Any], ra: float, dec: float) -> Match:
    yields = catalog.yields
    words = [str(values[name]) for name in yields.name if values[name] is not None]
    return Match(
        separation=separation(ra, dec, values["ra"], values["dec"]),
        values=values,
        name=" ".join(words) or None,
        type=values.get("type") if yields.type else None,
        period=values.get("period") if yields.period else None,
        redshift=values[yields.redshift] if yields.redshift else None,
        record=catalog.link(values),
    )
