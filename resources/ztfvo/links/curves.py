"""Light curves and those of the same star, from the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from astropy.coordinates import angular_separation
from psycopg import Connection, sql
from psycopg.rows import dict_row

from ztfvo import records
from ztfvo.db import reading
from ztfvo.links.model import LightCurve, Relative
from ztfvo.releases import NoRelease
from ztfvo.settings import get_settings
from ztfvo.store.names import DEFAULT, schema_of

_COLUMNS = """
SELECT {name} AS in_release, o.oid AS asked, o.ra AS asked_ra, o.dec AS asked_dec,
  n.oid, n.ra, n.dec, n.fieldid, n.rcid, n.filterid, n.filter, n.nobs
FROM asked o
"""

_NEAR = """spoint_dwithin(
  spoint(radians(o.ra), radians(o.dec)), spoint(radians(n.ra), radians(n.dec)), {radius})"""

_FOUND = (
    _COLUMNS
    + """JOIN {store}.source_member m ON m.source_id = o.source_id
  JOIN {store}.objects n ON n.oid = m.oid
UNION ALL
"""
    + _COLUMNS
    + "JOIN {store}.objects n ON "
    + _NEAR
    + " WHERE o.source_id IS NULL"
)
"""In the release that has the light curves: those of the same sources, and those around a light
curve that is of none."""

_NEAREST = (
    """CROSS JOIN LATERAL (SELECT n.source_id FROM {store}.objects n WHERE """
    + _NEAR
    + """
  ORDER BY spoint(radians(n.ra), radians(n.dec)) <-> spoint(radians(o.ra), radians(o.dec)), n.oid
  LIMIT 1) s
"""
)

_FOUND_ELSEWHERE = (
    _COLUMNS
    + _NEAREST
    + """JOIN {store}.source_member m ON m.source_id = s.source_id
  JOIN {store}.objects n ON n.oid = m.oid
UNION ALL
"""
    + _COLUMNS
    + _NEAREST
    + "JOIN {store}.objects n ON "
    + _NEAR
    + " WHERE s.source_id IS NULL"
)
"""In another release: those of the source that the nearest light curve is of; those around where
that is of none."""

_ASKED = (
    "WITH asked AS MATERIALIZED"
    " (SELECT oid, ra, dec, source_id FROM {store}.objects WHERE oid = ANY({}))"
)


def read(release: str, oids: Sequence[int]) -> dict[int, LightCurve]:
    """Light curves of a release by OID, with those of the same stars in all comparable releases.

    Those of the same star are those of its source, and those around it where the release has no
    sources.  One statement finds them all.  Observed and simulated releases are never related to
    each other.

    Parameters
    ----------
    release
        Name of a release, or ``ztf`` for the default one.
    oids
        Any number; those that the release does not have are missing in the answer.

    Raises
    ------
    ztfvo.releases.NoRelease
        If the release is not loaded.
    ztfvo.db.DatabaseDown
        If there is no connection to be had.
    """
    with reading() as connection:
        name, simulated, others = _comparable(connection, release)
        with connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(statement(name, others), (list(oids),)).fetchall()
    return _gather(release, name, simulated, rows)


def _comparable(connection: Connection, release: str) -> tuple[str, bool, list[str]]:
    """Name of a release, whether it is simulated, and the names of the others of its kind."""
    known = connection.execute(
        "SELECT name, simulated, is_default FROM ztf_store.release"
        " WHERE to_regclass(quote_ident(name || '_store') || '.object_position') IS NOT NULL"
        " ORDER BY name"
    ).fetchall()
    for name, simulated, is_default in known:
        if name == release or (release == DEFAULT and is_default):
            others = [other for other, kind, _ in known if kind == simulated and other != name]
            return name, simulated, others
    raise NoRelease(release, [name for name, _, _ in known])


def statement(name: str, others: Sequence[str]) -> sql.Composed:
    """SQL with one parameter, an array of OIDs: what is of the same stars in these releases.

    Parameters
    ----------
    name
        Release that has the OIDs.
    others
        Releases to look in besides.
    """
    radius = float(np.radians(get_settings().source_radius / 3600))
    asked = sql.SQL(_ASKED).format(sql.Placeholder(), store=_store(name))
    parts = [
        sql.SQL(found).format(
            name=sql.Literal(each), store=_store(each), radius=sql.Literal(radius)
        )
        for found, each in [(_FOUND, name), *((_FOUND_ELSEWHERE, other) for other in others)]
    ]
    return asked + sql.SQL(" UNION ALL ").join(parts)


def _store(release: str) -> sql.Identifier:
    return sql.Identifier(schema_of(release))


def _gather(
    address: str, name: str, simulated: bool, rows: Sequence[dict]
) -> dict[int, LightCurve]:
    """Put the rows of each OID together."""
    if not rows:
        return {}
    corners = ("asked_ra", "asked_dec", "ra", "dec")
    degrees = np.array([[row[corner] for corner in corners] for row in rows])
    separation = np.degrees(angular_separation(*np.radians(degrees).T)) * 3600
    own: dict[int, dict] = {}
    relatives: dict[int, list[Relative]] = defaultdict(list)
    for row, arcsec in zip(rows, separation.tolist(), strict=True):
        if row["in_release"] == name and row["oid"] == row["asked"]:
            own[row["oid"]] = row
            continue
        kept = ("oid", "fieldid", "rcid", "filterid", "filter", "nobs")
        relatives[row["asked"]].append(
            Relative(row["in_release"], *(row[key] for key in kept), arcsec)
        )
    recorded = records.read(row["oid"] for row in rows)
    return {
        oid: LightCurve(
            address,
            name,
            simulated,
            *(row[key] for key in ("oid", "ra", "dec", "fieldid", "rcid", "filterid", "filter")),
            tuple(sorted(relatives[oid], key=lambda one: _order(name, one))),
            recorded,
        )
        for oid, row in own.items()
    }


def _order(name: str, one: Relative) -> tuple:
    return one.release != name, one.release, one.separation, one.oid
