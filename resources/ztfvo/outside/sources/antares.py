"""ANTARES: alerts of ZTF, with upper limits, from NOIRLab."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from anyio import to_thread

from ztfvo.outside import alerts
from ztfvo.outside.client import Asker, NotFound, Reply
from ztfvo.outside.curves import light_curve, read_csv, read_native
from ztfvo.outside.model import Column, LightCurve, Malformed, Place, Row, Source, Yields

HOST = "https://api.antares.noirlab.edu"
V1, V2 = f"{HOST}/v1/loci", f"{HOST}/v2/loci"
MOST_LOCI = 20
DETECTION, LIMIT = 1, 2
"""Values of ant_survey for ZTF; others are of other surveys."""
BANDS = {"g": "zg", "R": "zr", "i": "zi"}

NATIVE = (
    Column("alert_id", "str", None, "meta.id", "Identifier of the alert"),
    replace(alerts.RAW_TIME, native="ant_mjd"),
    Column("ant_survey", "int64", None, "meta.code", "1 for detections, 2 for upper limits"),
    Column("ant_ra", "float64", "deg", "pos.eq.ra", "Right ascension of the detection (ICRS)"),
    Column("ant_dec", "float64", "deg", "pos.eq.dec", "Declination of the detection (ICRS)"),
    Column("ant_passband", "str", None, "instr.bandpass", "g, R or i"),
    Column("ant_mag", "float64", "mag", "phot.mag", "Magnitude (AB) of the difference"),
    Column("ant_magerr", "float64", "mag", "stat.error;phot.mag", "Standard error of ant_mag"),
    Column("ant_maglim", "float64", "mag", "phot.mag;stat.max", "5-sigma limit of the image (AB)"),
)


async def _get(
    asker: Asker, path: str, second: dict[str, str] | None, first: dict[str, str] | None
) -> Reply:
    """Ask the second generation of the API, and the first where there is no second."""
    try:
        return await asker.get(V2 + path, second)
    except NotFound:
        return await asker.get(V1 + path, first)


async def _find(
    asker: Asker, source: Source, place: Place, radius: float
) -> Sequence[Mapping[str, Any]]:
    point, degrees = f"{place.ra!r} {place.dec!r}", f"{radius / 3600:.9f} degree"
    return await _loci(
        asker,
        {"sky_distance": {"radius": degrees, "location": point}},
        {"sky_distance": {"distance": degrees, "htm16": {"center": point}}},
    )


async def _look(asker: Asker, source: Source, name: str) -> Sequence[Mapping[str, Any]]:
    if name.startswith("ZTF"):
        term = {"term": {"properties.ztf_object_id": name}}
        return await _loci(asker, term, term)
    if not (name.isascii() and name.isalnum() and name.startswith("ANT")):
        return []
    try:
        reply = await _get(asker, f"/{name}", None, None)
    except NotFound:
        return []
    return [_locus(_member(reply, "data", dict), reply)]


async def _loci(
    asker: Asker, second: dict[str, Any], first: dict[str, Any]
) -> list[Mapping[str, Any]]:
    def query(condition: dict[str, Any]) -> str:
        return json.dumps({"query": {"bool": {"filter": condition}}})

    reply = await _get(
        asker,
        "",
        {"limit": str(MOST_LOCI), "elasticsearch_query": query(second)},
        {
            "sort": "-properties.newest_alert_observation_time",
            "elasticsearch_query[locus_listing]": query(first),
        },
    )
    return [_locus(one, reply) for one in _member(reply, "data", list)]


def _member(reply: Reply, name: str, kind: type) -> Any:
    answer = reply.json()
    value = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(value, kind):
        raise Malformed(f"the JSON has no member {name} of the declared kind", reply.body)
    return value


def _locus(item: Any, reply: Reply) -> dict[str, Any]:
    """Return a locus of either generation, with its properties beside its position."""
    if not isinstance(item, dict):
        raise Malformed("a locus is not an object of JSON", reply.body)
    told = item.get("attributes", item)
    properties: dict[str, Any] = {}
    for name in ("properties", "internal_properties"):
        properties |= told.get(name) or {}
    return {**properties, **told, "id": item.get("id")}


async def _fetch(asker: Asker, source: Source, row: Row) -> LightCurve | None:
    reply = await _get(asker, f"/{row['locus_id']}", None, None)
    locus = _locus(_member(reply, "data", dict), reply)
    if not isinstance(locus.get("lightcurve"), str):
        raise Malformed("the locus has no member lightcurve", reply.body)
    return await to_thread.run_sync(_curve, source, row, locus["lightcurve"].encode())


def _curve(source: Source, row: Row, body: bytes) -> LightCurve | None:
    rows = read_csv(body, NATIVE)
    every = read_native(NATIVE, rows)
    ztf = np.isin(every["ant_survey"], (DETECTION, LIMIT))
    native = {name: values[ztf] for name, values in every.items()}
    unknown = set(native["ant_passband"].tolist()) - set(BANDS)
    if unknown:
        raise Malformed(f"column ant_passband has {min(unknown)!r}, which is not one of ZTF", body)
    place = row["ra"], row["dec"]
    limit = native["ant_survey"] == LIMIT
    notes = [alerts.ASSUMED, UNSIGNED]
    if not ztf.all():
        notes.append(f"{int((~ztf).sum())} measurements of other surveys than ZTF are left out.")
    return light_curve(
        source,
        identifier=row["locus_id"],
        position=place,
        hmjd=alerts.hmjd_of(native["mjd_start"], native["ant_ra"], native["ant_dec"], place),
        filter=[BANDS[band] for band in native["ant_passband"].tolist()],
        mag=np.where(limit, native["ant_maglim"], native["ant_mag"]),
        magerr=native["ant_magerr"],
        limit=limit,
        difference=True,
        native=native,
        notes=notes,
    )


UNSIGNED = "ANTARES does not say which differences are negative: all are given as if positive."

SOURCE = alerts.broker(
    title="ANTARES",
    order=110,
    hosts=(HOST,),
    about="https://antares.noirlab.edu",
    record="https://antares.noirlab.edu/loci/{locus_id}",
    citation="https://ui.adsabs.harvard.edu/abs/2021AJ....161..107M",
    find=_find,
    fetch=_fetch,
    look=_look,
    keys=("locus_id", "ztf_object_id"),
    columns=(
        Column("locus_id", "str", None, "meta.id;meta.main", "Identifier of the locus", "id"),
        Column("ztf_object_id", "str", None, "meta.id", "Name in ZTF's alerts", may_lack=True),
        Column("ra", "float64", "deg", "pos.eq.ra;meta.main", "Right ascension"),
        Column("dec", "float64", "deg", "pos.eq.dec;meta.main", "Declination"),
        Column("num_mag_values", "int64", None, "meta.number", "Number of detections"),
    ),
    yields=Yields(name="ztf_object_id"),
    native=NATIVE,
    photometry="AB magnitudes of differences from ZTF's reference images, by PSF fit, and 5-sigma"
    " limits; signs of differences are not given",
)
