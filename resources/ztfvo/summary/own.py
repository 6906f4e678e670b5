"""What this site knows of an object by itself."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import astropy.units as u
from astropy.coordinates import SkyCoord, get_constellation
from psycopg import Connection, sql
from psycopg.rows import dict_row

from ztfvo import records
from ztfvo.addresses import PERIODOGRAM, absolute, analysis, light_curve, view
from ztfvo.analysis import epochs
from ztfvo.analysis.featured import DEFAULT as CURRENT
from ztfvo.bands import BANDS
from ztfvo.dal import Parameters
from ztfvo.db import reading
from ztfvo.errors import HTTPError
from ztfvo.features.build import build
from ztfvo.features.extract import extract
from ztfvo.features.model import MIN_EPOCHS
from ztfvo.features.sets import sets
from ztfvo.links.ofcurve.elsewhere import PAGES
from ztfvo.match.model import Target
from ztfvo.outside.model import State
from ztfvo.releases import find_release
from ztfvo.store.names import schema_of
from ztfvo.summary.model import Fact, Group, Missing, Own

COLOURS = (("g_r", "g - r"), ("r_i", "r - i"))

_OBJECT = """
SELECT o.*, f.period_0, f.period_s_to_n_0 FROM {schema}.objects o
LEFT JOIN {schema}.features f USING (oid) WHERE o.oid = %s
"""
HIGHEST = ("period_0", "period_s_to_n_0")
"""How the names of features begin that are of the highest peak of a periodogram."""
_STAR = "SELECT * FROM {schema}.sources WHERE source_id = %s"
_PEAK = """
SELECT mag_min, filter FROM {schema}.objects WHERE oid = ANY(%s) AND mag_min IS NOT NULL
ORDER BY mag_min LIMIT 1
"""


def read(target: Target, version: str | None = None) -> Own:
    """Return what is known of a light curve and of its star.

    Parameters
    ----------
    target
        With OID and release.
    version
        Name of the set of features that the period is one of; the table of features if None.

    Raises
    ------
    HTTPError
        404 where the release has it no more.
    DatabaseDown
        When the database does not answer.
    """
    with reading() as connection:
        release = find_release(connection, target.release)
        schema = sql.Identifier(schema_of(release.name))
        curve = _one(connection, _OBJECT, schema, int(target.name))
        if curve is None:
            raise HTTPError(404, f"There is no light curve {target.name} at this site.")
        star = _one(connection, _STAR, schema, curve["source_id"]) or {}
        oids = [int(oid) for oid in star.get("oids") or [curve["oid"]]]
        brightest = _one(connection, _PEAK, schema, oids)
    peak = (float(brightest["mag_min"]), brightest["filter"]) if brightest else None
    if version:
        curve |= _computed(target, version)
    experts, missing = _recorded(oids)
    facts = [
        *_identified(curve, star, release.name, oids),
        *_period(curve, release.name, version or CURRENT),
        *_magnitudes(curve, star, peak),
        *_position(target.place.ra, target.place.dec),
        *experts,
        *_pages(target),
    ]
    return Own(target, oids, release.simulated, facts, missing, peak)


def _one(
    connection: Connection, query: str, schema: sql.Identifier, value: Any
) -> dict[str, Any] | None:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(sql.SQL(query).format(schema=schema), (value,)).fetchone()


def _identified(
    curve: dict[str, Any], star: dict[str, Any], release: str, oids: list[int]
) -> list[Fact]:
    oid = curve["oid"]
    about = f"field {curve['fieldid']}, channel {curve['rcid']}, {curve['filter']}"
    facts = [
        Fact(
            Group.IDENTIFICATION,
            "oid",
            str(oid),
            link=absolute(view(release, oid)),
            note=f"{about}, release {release}",
        )
    ]
    if star:
        curves = f"{len(oids)} light curve{'s' if len(oids) != 1 else ''}"
        facts.append(
            Fact(
                Group.IDENTIFICATION,
                "star",
                star["name"],
                link=absolute(view(release, *oids)),
                note=f"source_id {star['source_id']}, {curves}",
            )
        )
    return facts


def _computed(target: Target, version: str) -> dict[str, float | None]:
    """Return the highest peak of the periodogram as a set of features has it."""
    _, (curve,) = epochs.fetch(target.release, [target.name], Parameters())
    if len(curve) < MIN_EPOCHS:
        return dict.fromkeys(HIGHEST)
    which = sets()[version]
    names = [one.name for one in build(which).features]
    (values,) = extract(which, [(curve.time, curve.mag, curve.magerr)])
    at = {peak: next(i for i, one in enumerate(names) if one.startswith(peak)) for peak in HIGHEST}
    return {peak: float(values[place]) for peak, place in at.items()}


def _period(curve: dict[str, Any], release: str, version: str) -> list[Fact]:
    if curve["period_0"] is None:
        return []
    note = (
        f"highest peak of the periodogram in features {version}, signal-to-noise"
        f" {curve['period_s_to_n_0']:.3g}"
    )
    link = absolute(analysis(PERIODOGRAM, release, curve["oid"], "json"))
    value = float(str(curve["period_0"]))
    return [Fact(Group.PERIOD, "period", value, "d", link=link, note=note)]


def _magnitudes(
    curve: dict[str, Any], star: dict[str, Any], peak: tuple[float, str] | None
) -> list[Fact]:
    facts = []
    if curve["mag_mean"] is not None:
        note = f"this light curve, {curve['ngoodobs']} good epochs (AB)"
        facts.append(_mag(f"mean {curve['filter']}", curve["mag_mean"], note))
    for band in BANDS.values():
        letter = band.name[1:]
        if star.get(f"mag_mean_{letter}") is not None:
            note = f"all light curves of the star, {star[f'ngoodobs_{letter}']} good epochs (AB)"
            facts.append(_mag(f"mean {band.name} of the star", star[f"mag_mean_{letter}"], note))
    if peak:
        facts.append(_mag(f"peak {peak[1]}", peak[0], "brightest good epoch of the star (AB)"))
    for column, name in COLOURS:
        if star.get(column) is not None:
            error, pairs = star[f"{column}_err"], star[f"{column}_npairs"]
            spread = "" if error is None else f", error {error:.2g}"
            note = f"{pairs} pairs of epochs close in time{spread} (AB)"
            facts.append(Fact(Group.COLOUR, name, _round(star[column]), "mag", note=note))
    return facts


def _mag(name: str, value: float, note: str) -> Fact:
    return Fact(Group.MAGNITUDE, name, _round(value), "mag", note=note)


def _round(value: float) -> float:
    return round(float(value), 3)


@lru_cache(maxsize=4096)
def _position(ra: float, dec: float) -> tuple[Fact, ...]:
    """Return a place (ICRS, deg) in all notations; the same objects are asked for often."""
    where = SkyCoord(ra, dec, unit="deg")
    galactic = where.galactic
    written = {
        "ICRS": f"{where.ra.deg:.5f} {where.dec.deg:+.5f}",
        "ICRS, sexagesimal": f"{where.ra.to_string(u.hourangle, sep=':', pad=True, precision=2)}"
        f" {where.dec.to_string(u.deg, sep=':', pad=True, precision=1, alwayssign=True)}",
        "galactic": f"{galactic.l.deg:.5f} {galactic.b.deg:+.5f}",
        "constellation": str(get_constellation(where)),
    }
    units = {"ICRS": "deg", "galactic": "deg"}
    return tuple(
        Fact(Group.POSITION, name, text, units.get(name, "")) for name, text in written.items()
    )


def _recorded(oids: list[int]) -> tuple[list[Fact], list[Missing]]:
    found = records.read(oids)
    if found is None:
        return [], []
    title = "knowledge database"
    if found.unavailable:
        return [], [Missing("kdb", title, str(State.UNAVAILABLE), found.unavailable)]
    facts = []
    for oid, one in sorted(found.by_oid.items()):
        said = {"tags": ", ".join(one.tag_names), "description": one.description}
        note = f"OID {oid}, {one.author}, {one.changed_at:%Y-%m-%d}"
        facts += [
            Fact(Group.KNOWLEDGE, name, text, source="kdb", title=title, note=note)
            for name, text in said.items()
            if text
        ]
    return facts, []


def _pages(target: Target) -> list[Fact]:
    release, oid = target.release, target.name
    here = absolute(light_curve(release, oid, "csv"))
    return [
        Fact(Group.LINK, "Light curve as CSV", here, link=here),
        *(
            Fact(
                Group.LINK,
                page.what,
                page.url(target.place.ra, target.place.dec),
                source=page.word or page.name.lower(),
                title=page.name,
                link=page.url(target.place.ra, target.place.dec),
            )
            for page in PAGES
        ),
    ]
