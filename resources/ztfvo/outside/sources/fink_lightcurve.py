"""Fink: alerts of ZTF, with upper limits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from anyio import to_thread

from ztfvo.outside import alerts
from ztfvo.outside.client import Asker, Reply
from ztfvo.outside.curves import light_curve, read_native
from ztfvo.outside.model import Column, LightCurve, Malformed, Place, Row, Source, Yields
from ztfvo.photometry import ab_to_jansky
from ztfvo.times import MJD_ORIGIN

HOST = "https://api.ztf.fink-portal.org"
API = f"{HOST}/api/v1"
MOST_OBJECTS = 100
NO_VALUE = (-999, -999.0, -1, -1.0, "None", "null", "nan", "Unknown", "Fail 503", "\ufffd")
LIMIT, BAD, VALID = "upperlim", "badquality", "valid"
"""Values of d:tag."""

NATIVE = (
    Column("candid", "str", None, "meta.id", "Identifier of the alert", "i:candid", NO_VALUE, True),
    Column(
        "jd_start",
        "float64",
        "d",
        "time.start;obs.exposure",
        "JD (UTC, topocentric at Palomar) of the start of the exposure, as the alert has it",
        "i:jd",
    ),
    Column("fid", "int64", None, "meta.code;instr.filter", "1 for zg, 2 for zr, 3 for zi", "i:fid"),
    Column("ra", "float64", "deg", "pos.eq.ra", "Right ascension (ICRS)", "i:ra", (-999.0,), True),
    Column("dec", "float64", "deg", "pos.eq.dec", "Declination (ICRS)", "i:dec", (-999.0,), True),
    Column(
        "exptime",
        "float64",
        "s",
        "time.duration;obs.exposure",
        "Exposure time",
        "i:exptime",
        NO_VALUE,
        True,
    ),
    Column(
        "isdiffpos",
        "str",
        None,
        "meta.code",
        "t where science minus reference is positive, f where it is negative",
        "i:isdiffpos",
        NO_VALUE,
        True,
    ),
    Column(
        "magpsf",
        "float64",
        "mag",
        "phot.mag",
        "Magnitude (AB) of the difference",
        "i:magpsf",
        NO_VALUE,
        True,
    ),
    Column(
        "sigmapsf",
        "float64",
        "mag",
        "stat.error;phot.mag",
        "Standard error of magpsf",
        "i:sigmapsf",
        NO_VALUE,
        True,
    ),
    Column(
        "diffmaglim",
        "float64",
        "mag",
        "phot.mag;stat.max",
        "5-sigma limit of the image (AB)",
        "i:diffmaglim",
        NO_VALUE,
    ),
    Column(
        "magnr",
        "float64",
        "mag",
        "phot.mag",
        "Magnitude (AB) of the nearest reference source",
        "i:magnr",
        NO_VALUE,
        True,
    ),
    Column(
        "sigmagnr",
        "float64",
        "mag",
        "stat.error;phot.mag",
        "Standard error of magnr",
        "i:sigmagnr",
        NO_VALUE,
        True,
    ),
    Column(
        "distnr",
        "float64",
        "pix",
        "pos.angDistance",
        "Distance of that source",
        "i:distnr",
        NO_VALUE,
        True,
    ),
    Column(
        "tag", "str", None, "meta.code.qual", "valid, badquality, or upperlim", "d:tag", (), True
    ),
)
DETECTED = ("i:candid", "i:ra", "i:dec", "i:isdiffpos", "i:magpsf", "i:sigmapsf")
"""Columns that a detection has to have."""


async def _rows(asker: Asker, path: str, asked: Mapping[str, str]) -> list[dict[str, Any]]:
    reply = await asker.get(f"{API}/{path}", {**asked, "output-format": "json"})
    return _listed(reply)


def _listed(reply: Reply) -> list[dict[str, Any]]:
    rows = reply.json()
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Malformed("the JSON is not a list of rows", reply.body)
    return rows


async def _find(
    asker: Asker, source: Source, place: Place, radius: float
) -> Sequence[Mapping[str, Any]]:
    return await _rows(
        asker,
        "conesearch",
        {
            "ra": repr(place.ra),
            "dec": repr(place.dec),
            "radius": repr(radius),
            "n": str(MOST_OBJECTS),
            "columns": ",".join(column.key for column in source.columns),
        },
    )


async def _look(asker: Asker, source: Source, name: str) -> Sequence[Mapping[str, Any]]:
    if not re.fullmatch(r"ZTF\d\d[a-z]{7}", name, re.ASCII):
        return []
    columns = ",".join(column.key for column in source.columns)
    newest_first = await _rows(asker, "objects", {"objectId": name, "columns": columns})
    return newest_first[:1]


async def _fetch(asker: Asker, source: Source, row: Row) -> LightCurve | None:
    asked = {
        "objectId": row["objectId"],
        "withupperlim": "True",
        "columns": ",".join(column.key for column in NATIVE if column.name != "tag"),
    }
    rows = await _rows(asker, "objects", asked)
    return await to_thread.run_sync(_curve, source, row, rows) if rows else None


def _curve(source: Source, row: Row, rows: Sequence[Mapping[str, Any]]) -> LightCurve:
    for name in DETECTED:
        if any(name not in one for one in rows if one.get("d:tag", VALID) == VALID):
            raise Malformed(f"column {name} is missing in a detection")
    native = read_native(NATIVE, rows)
    tag = native["tag"]
    limit = (tag == LIMIT) | ((tag != "") & np.isnan(native["magpsf"]))
    signs = zip(limit.tolist(), native["isdiffpos"].tolist(), strict=True)
    sign = np.array([1 if none else alerts.sign_of(value) for none, value in signs], float)
    place = row["ra"], row["dec"]
    exptime = np.where(np.isnan(native["exptime"]), alerts.EXPTIME, native["exptime"])
    flux, fluxerr = ab_to_jansky(native["magpsf"], native["sigmapsf"])
    positive = sign > 0
    return light_curve(
        source,
        identifier=row["objectId"],
        position=place,
        hmjd=alerts.hmjd_of(
            native["jd_start"] - MJD_ORIGIN, native["ra"], native["dec"], place, exptime
        ),
        filter=alerts.filters_of(native["fid"]),
        mag=np.where(limit, native["diffmaglim"], np.where(positive, native["magpsf"], np.nan)),
        magerr=np.where(positive, native["sigmapsf"], np.nan),
        flux=sign * flux,
        fluxerr=fluxerr,
        limit=limit,
        difference=True,
        good=tag != BAD,
        native=native,
        notes=(alerts.ASSUMED,) if np.isnan(native["exptime"]).any() else (),
    )


SOURCE = alerts.broker(
    title="Fink light curve",
    order=150,
    hosts=(HOST,),
    about="https://fink-portal.org",
    record="https://ztf.fink-portal.org/{objectId}",
    citation="https://ui.adsabs.harvard.edu/abs/2021MNRAS.501.3272M",
    find=_find,
    fetch=_fetch,
    look=_look,
    keys=("objectId",),
    columns=(
        Column("objectId", "str", None, "meta.id;meta.main", "Name in ZTF's alerts", "i:objectId"),
        Column("ra", "float64", "deg", "pos.eq.ra;meta.main", "Right ascension", "i:ra"),
        Column("dec", "float64", "deg", "pos.eq.dec;meta.main", "Declination", "i:dec"),
    ),
    yields=Yields(name="objectId"),
    native=NATIVE,
    frames={"jd_start": alerts.FRAME | {"origin": 0.0}},
    times=f"JD, {alerts.TIMES}",
    photometry="AB magnitudes of differences from ZTF's reference images, by PSF fit, and 5-sigma"
    " limits; advised to be used: what Fink does not tag as of bad quality",
)
