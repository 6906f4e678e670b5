"""The statements that a request for light curves executes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
from psycopg import sql

from ztfvo.products.model import Request
from ztfvo.store.names import COMMON, DEFAULT, schema_of

MAX_CURVES = 500
"""Light curves in one answer."""

_CHOSEN = """
o.nobs >= %(nobs_min)s AND (o.mag_median BETWEEN %(mag_min)s AND %(mag_max)s
  OR %(mag_min)s = '-Infinity'::float8 AND %(mag_max)s = 'Infinity'::float8)
"""
"""Whether what is known of a light curve is what the request asks for; null where a magnitude is
asked for of one that has none."""

_CURVES = """
SELECT r.name, r.title, r.simulated, r.times, r.windows, c.*
FROM ztf_store.release r LEFT JOIN (
  SELECT o.oid, o.ra, o.dec, o.fieldid, o.rcid, o.filterid, o.filter, o.refmag, o.refmagerr,
    {chosen} AS chosen, l.hmjd, l.mag, l.magerr, l.clrcoeff, l.catflags{exposure_id}
  FROM {schema}.objects o JOIN {schema}.lightcurves l ON l.oid = o.oid
  WHERE o.oid = ANY(%(oids)s)) c ON true
WHERE {release}
"""

_EXPOSURES = """
SELECT {columns} FROM {schema}.exposures WHERE exposure_id = ANY(%(exposures)s)
"""

_NEIGHBOURS = """
SELECT n.oid, n.filterid, n.ra, n.dec, a.ra, a.dec
FROM {schema}.objects a JOIN {schema}.objects n ON spoint_dwithin(
  spoint(radians(a.ra), radians(a.dec)), spoint(radians(n.ra), radians(n.dec)),
  %(radius)s::double precision)
WHERE a.oid = ANY(%(oids)s)
"""

_CIRCLE = """
SELECT o.oid, o.ra, o.dec FROM {schema}.objects o
WHERE spoint_dwithin(spoint(radians(o.ra), radians(o.dec)),
    spoint(%(ra)s::double precision, %(dec)s::double precision), %(radius)s::double precision)
  AND o.filterid = ANY(%(filters)s) AND {chosen}
LIMIT %(most)s
"""

_PLACES = """
SELECT oid, ra, dec FROM {schema}.objects WHERE oid = ANY(%(oids)s) AND ngoodobs >= %(good)s
"""


def neighbour_query(request: Request) -> tuple[str, dict[str, Any]]:
    """Statement and values that find light curves within the radius."""
    values = {"oids": list(request.oids), "radius": math.radians(request.radius / 3600)}
    return in_schema(_NEIGHBOURS, request), values


def curve_query(request: Request, oids: Iterable[int]) -> tuple[str, dict[str, Any]]:
    """Statement and values that fetch light curves."""
    query = in_schema(_CURVES, request, exposure_id=", l.exposure_id" if request.columns else "")
    return query, {"oids": list(oids), "release": request.release} | _wishes(request)


def circle_query(request: Request) -> tuple[str, dict[str, Any]]:
    """Statement and values that find light curves within the circle, one more than can be."""
    values = {
        "ra": math.radians(request.circle.ra),
        "dec": math.radians(request.circle.dec),
        "radius": math.radians(request.circle.radius),
        "filters": sorted(request.filters),
        "most": MAX_CURVES + 1,
    }
    return in_schema(_CIRCLE, request), values | _wishes(request)


def _wishes(request: Request) -> dict[str, float]:
    low, high = request.magnitudes
    return {"nobs_min": request.nobs_min, "mag_min": low, "mag_max": high}


def exposure_query(request: Request, exposures: np.ndarray) -> tuple[str, dict[str, Any]]:
    """Statement and values that fetch what is asked for of exposures."""
    names = ("exposure_id", *(name for name in request.columns if name != "exposure_id"))
    columns = sql.SQL(", ").join(map(sql.Identifier, names)).as_string()
    return in_schema(_EXPOSURES, request, columns=columns), {"exposures": exposures.tolist()}


def in_schema(query: str, request: Request, **parts: str) -> str:
    """Return a statement on the tables of a request's release.

    Parameters
    ----------
    parts
        Statements' parts that stand for the other names in braces.
    """
    return _in_schema(query, request.release, tuple(parts.items()))


@lru_cache(maxsize=256)
def _in_schema(query: str, release: str, parts: tuple[tuple[str, str], ...]) -> str:
    """A statement is made once: requests differ in values."""
    default = release == DEFAULT
    schema = COMMON if default else schema_of(release)
    statement = sql.SQL(query).format(
        schema=sql.Identifier(schema),
        release=sql.SQL("r.is_default" if default else "r.name = %(release)s"),
        chosen=sql.SQL(_CHOSEN),
        **{name: sql.SQL(part) for name, part in parts},
    )
    return statement.as_string()


def place_query(release: str, oids: Iterable[int], good: int) -> tuple[str, dict[str, Any]]:
    """Statement and values that fetch OID, RA and Dec of light curves.

    Parameters
    ----------
    good
        Least number of good epochs.
    """
    query = sql.SQL(_PLACES).format(schema=sql.Identifier(schema_of(release)))
    return query, {"oids": list(oids), "good": good}
