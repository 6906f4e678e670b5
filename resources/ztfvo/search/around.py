"""Light curves of a release around places, grouped by star."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from astropy.coordinates import angular_separation
from psycopg import Connection, sql
from psycopg.rows import dict_row

from ztfvo.products.choosing import MAX_CIRCLE
from ztfvo.releases import Release
from ztfvo.store.names import schema_of

LARGEST_RADIUS = float(math.floor(MAX_CIRCLE * 3600))
"""arcsec; light curves in larger circles are not delivered together either."""
MOST_CURVES = 20_000
"""Of one search."""
NEAREST_RADII = (60.0, 600.0, 3600.0)
"""arcsec, in which the nearest light curve is looked for, one after the other."""

_AROUND = """
SELECT p.place, o.oid, o.filter, o.ra, o.dec, o.ngoodobs, o.duration, o.mag_mean,
  o.mag_amplitude, o.source_id, s.name
FROM unnest(%(ra)s::float8[], %(dec)s::float8[], %(place)s::integer[]) AS p(ra, dec, place)
JOIN {objects} o ON spoint_dwithin(
  spoint(radians(o.ra), radians(o.dec)), spoint(radians(p.ra), radians(p.dec)), %(radius)s)
LEFT JOIN {sources} s ON s.source_id = o.source_id
ORDER BY p.place, spoint(radians(o.ra), radians(o.dec)) <-> spoint(radians(p.ra), radians(p.dec))
LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Curve:
    """A light curve that was found."""

    oid: int
    filter: str
    """zg, zr or zi."""
    ra: float
    dec: float
    """ICRS, deg."""
    separation: float
    """arcsec from the place."""
    ngoodobs: int
    duration: float
    """d, from first to last epoch."""
    mag_mean: float | None
    mag_amplitude: float | None
    """AB; mean, and half of the range, of good epochs; None without any."""
    source_id: int | None
    name: str | None
    """Of the star; both are None where the stars of the release were not found yet."""


@dataclass(frozen=True)
class Star:
    """The light curves of a star that were found, the nearest first."""

    curves: tuple[Curve, ...]

    @property
    def name(self) -> str:
        """The star's, or that of its only light curve."""
        return self.nearest.name or str(self.nearest.oid)

    @property
    def oids(self) -> list[int]:
        """Those of its light curves."""
        return [curve.oid for curve in self.curves]

    @property
    def nearest(self) -> Curve:
        """The light curve nearest to the place."""
        return self.curves[0]


@dataclass(frozen=True)
class Around:
    """What is around one place."""

    stars: tuple[Star, ...] = ()
    """The nearest first."""

    @property
    def curves(self) -> list[Curve]:
        """All light curves, by star."""
        return [curve for star in self.stars for curve in star.curves]


def around(
    connection: Connection, release: Release, places: Sequence[tuple[float, float]], radius: float
) -> tuple[list[Around], bool]:
    """Return what is around each of some places, and whether there is more than `MOST_CURVES`.

    Where there is more, places that come later lack it, and of one place what is further away.

    Parameters
    ----------
    places
        Right ascension and declination, ICRS, deg.
    radius
        arcsec
    """
    values = {
        "ra": [ra for ra, _ in places],
        "dec": [dec for _, dec in places],
        "place": list(range(len(places))),
        "radius": math.radians(radius / 3600),
        "limit": MOST_CURVES + 1,
    }
    schema = schema_of(release.name)
    views = {name: sql.Identifier(schema, name) for name in ("objects", "sources")}
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(sql.SQL(_AROUND).format(**views), values).fetchall()
    cut = len(rows) > MOST_CURVES
    found: list[list[Curve]] = [[] for _ in places]
    for row, separation in zip(rows, _separations(rows, places), strict=True):
        found[row.pop("place")].append(Curve(separation=float(separation), **row))
    return [_grouped(curves) for curves in found], cut


def nearest(
    connection: Connection, release: Release, ra: float, dec: float
) -> tuple[Curve | None, float]:
    """Return the light curve nearest to a place, and the radius that was searched, arcsec."""
    for radius in NEAREST_RADII:
        (found,), _ = around(connection, release, [(ra, dec)], radius)
        if found.stars:
            return found.stars[0].nearest, radius
    return None, NEAREST_RADII[-1]


def _separations(rows: Sequence[dict], places: Sequence[tuple[float, float]]) -> np.ndarray:
    """Separations of rows from their places, arcsec."""
    here = np.radians([places[row["place"]] for row in rows]).reshape(-1, 2).T
    there = np.radians([(row["ra"], row["dec"]) for row in rows]).reshape(-1, 2).T
    return np.degrees(angular_separation(*here, *there)) * 3600


def _grouped(curves: Iterable[Curve]) -> Around:
    """Group light curves by star; one whose star was not found yet stands alone."""
    groups: dict[int, list[Curve]] = {}
    for curve in sorted(curves, key=lambda one: (one.separation, one.oid)):
        groups.setdefault(-curve.oid if curve.source_id is None else curve.source_id, []).append(
            curve
        )
    return Around(tuple(Star(tuple(group)) for group in groups.values()))
