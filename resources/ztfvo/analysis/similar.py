"""Light curves whose features are like those of one: ``/similar``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from psycopg import Connection, sql

from ztfvo.bands import BANDS
from ztfvo.dal import BadParameter, Parameters, shorten
from ztfvo.db import reading
from ztfvo.errors import HTTPError
from ztfvo.features.declared import declared
from ztfvo.features.model import MIN_EPOCHS, Feature
from ztfvo.features.space import DIMENSIONS, Space
from ztfvo.oid import InvalidOID, parse
from ztfvo.products.parameters import FORMAT, ID, SHORT_FORMAT
from ztfvo.releases import Release, find_release
from ztfvo.store import space as stored
from ztfvo.store.names import schema_of
from ztfvo.store.tables import PLACE, PLACE_INDEX

NUMBER, BAND = "N", "BAND"
NAMES = (ID, NUMBER, BAND, FORMAT, SHORT_FORMAT)
DEFAULT_NUMBER, LARGEST_NUMBER = 20, 200
LETTERS = {band.name[1:]: band for band in BANDS.values()}
MOST_DIFFERENCES = 3
"""Features named of a neighbour, those that differ most."""

_OBJECT = """
SELECT o.filterid, o.ngoodobs, f.oid IS NOT NULL, p.place::double precision[],
  {features}
FROM {schema}.object o LEFT JOIN {schema}.feature f ON f.oid = o.oid
  LEFT JOIN {schema}.feature_place p ON p.oid = o.oid
WHERE o.oid = %s
"""

_NEAREST = f"""
WITH near AS MATERIALIZED (
  SELECT oid, {PLACE} <-> cube(%(place)s::double precision[]) AS distance
  FROM {{schema}}.feature_place WHERE filterid = %(filterid)s::integer AND oid <> %(oid)s
  ORDER BY {PLACE} <-> cube(%(place)s::double precision[]) LIMIT %(number)s)
SELECT n.oid, n.distance, o.ra, o.dec, m.source_id, o.ngoodobs, o.mag_median, {{features}}
FROM near n JOIN {{schema}}.object o ON o.oid = n.oid
  JOIN {{schema}}.feature f ON f.oid = n.oid
  LEFT JOIN {{schema}}.source_member m ON m.oid = n.oid
ORDER BY n.distance, n.oid
"""


@dataclass(frozen=True)
class Difference:
    """A feature in which a neighbour differs."""

    feature: str
    difference: float
    """Standardised value of the neighbour less that of the object."""


@dataclass(frozen=True)
class Neighbour:
    """A light curve that is like the one asked about; k features."""

    oid: int
    distance: float
    ra: float
    dec: float
    """ICRS, deg."""
    source_id: int | None
    """Its star, where stars were found."""
    ngoodobs: int
    mag_median: float | None
    values: np.ndarray
    """float64[k]; NaN where there is none."""
    differences: Sequence[Difference]
    """Those features that differ most, first the most."""


@dataclass(frozen=True)
class Similar:
    """What came of a request; k features."""

    release: Release
    space: Space
    oid: int
    own_band: str
    band: str
    """Of the neighbours."""
    values: np.ndarray
    """float64[k], of the object; NaN where there is none."""
    place: np.ndarray
    """float64[`DIMENSIONS`]: its coordinates."""
    neighbours: Sequence[Neighbour]
    """Nearest first."""

    @property
    def features(self) -> list[Feature]:
        """What the values are."""
        return [declared(name) for name in self.space.features]

    @property
    def missing(self) -> list[str]:
        """Features that the object does not have, which count as the median."""
        return [
            name
            for name, value in zip(self.space.features, self.values, strict=True)
            if np.isnan(value)
        ]

    @property
    def notes(self) -> list[str]:
        """Sentences on how it was found."""
        return [
            f"Distances are of {DIMENSIONS} principal components of"
            f" {len(self.space.features)} features, standardised by medians and spreads of release"
            f" {self.release.name} (space {self.space.edition}).",
            "A feature that there is not counts as the median of the release.",
        ]


def find(release: str, given: Parameters) -> Similar:
    """Return the nearest neighbours of a light curve.

    Raises
    ------
    HTTPError
        400 for parameters that cannot be used, 404 for an unknown light curve and one without
        features or place, 503 where the operator had the release's light curves not placed.
    DatabaseDown
        When the database does not answer.
    """
    oid = _oid(given)
    number = given.whole(NUMBER, 1, LARGEST_NUMBER) or DEFAULT_NUMBER
    letter = given.choice(BAND, tuple(LETTERS))
    with reading() as connection:
        found = find_release(connection, release)
        space = _ready(connection, found)
        schema = sql.Identifier(schema_of(found.name))
        features = sql.SQL(", ").join(sql.Identifier("f", name) for name in space.features)
        parts = {"schema": schema, "features": features}
        row = connection.execute(sql.SQL(_OBJECT).format(**parts), (oid,)).fetchone()
        filterid, place, values = _object(found, oid, row)
        band = LETTERS[letter] if letter else BANDS[filterid]
        rows = connection.execute(
            sql.SQL(_NEAREST).format(**parts),
            {
                "oid": oid,
                "filterid": band.filterid,
                "place": place,
                "number": number,
            },
        ).fetchall()
    own = space.standardise(values[None])[0]
    neighbours = [_neighbour(space, own, each) for each in rows]
    return Similar(
        found,
        space,
        oid,
        BANDS[filterid].name,
        band.name,
        values,
        np.array(place),
        neighbours,
    )


def _oid(given: Parameters) -> int:
    words = given.words(ID)
    if len(words) != 1:
        raise BadParameter(
            ID,
            f"{len(words)} light curves are named: give one, as in {ID}=680113300005170.",
        )
    try:
        return parse(shorten(words[0]))
    except InvalidOID as error:
        raise BadParameter(ID, f"{ID}: {error}.") from error


def _ready(connection: Connection, release: Release) -> Space:
    """The space of a release whose light curves can be looked up by nearness."""
    schema = schema_of(release.name)
    (there,) = connection.execute(
        "SELECT to_regclass(%s) IS NOT NULL", (f"{schema}.{PLACE_INDEX}",)
    ).fetchone()
    space = stored.read(connection, schema) if there else None
    if space is None:
        raise HTTPError(
            503,
            f"Similar light curves of release {release.name} are not computed at this site yet."
            f" {_remedy(release)}",
        )
    return space


def _object(
    release: Release, oid: int, row: tuple[Any, ...] | None
) -> tuple[int, list[float], np.ndarray]:
    """Filter, coordinates and features of the light curve asked about."""
    if row is None:
        raise HTTPError(404, f"Release {release.name} has no light curve {oid}.")
    filterid, good, has_features, place, *values = row
    if good < MIN_EPOCHS:
        raise HTTPError(
            404,
            f"Light curve {oid} has {good} good epochs: without {MIN_EPOCHS} it has no features,"
            " and nothing is like it.",
        )
    if place is None:
        lacks = "place among the others" if has_features else "features"
        raise HTTPError(
            404,
            f"Similar light curves are not computed for {oid} at this site: it has no {lacks} in"
            f" release {release.name} yet. {_remedy(release)}",
        )
    return filterid, place, np.array(values, float)


def _remedy(release: Release) -> str:
    return (
        f"The site's operator computes them with ztfvo features {release.name}, then ztfvo similar"
        f" {release.name}."
    )


def _neighbour(space: Space, own: np.ndarray, row: tuple[Any, ...]) -> Neighbour:
    *facts, values = (*row[:7], np.array(row[7:], float))
    away = space.standardise(values[None])[0] - own
    order = np.argsort(-np.abs(np.nan_to_num(away, nan=0.0)), kind="stable")
    differences = [
        Difference(space.features[i], float(away[i]))
        for i in order[:MOST_DIFFERENCES]
        if np.isfinite(away[i]) and away[i] != 0
    ]
    return Neighbour(*facts, values, differences)
