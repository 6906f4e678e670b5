"""ALeRCE: alerts of ZTF, with their non-detections."""

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

HOST = "https://api.alerce.online"
OBJECTS = f"{HOST}/ztf/v1/objects"
MOST_OBJECTS = 100
NOT_VALID = 100.0
"""sigmapsf_corr where there is none."""

NATIVE = (
    Column("candid", "str", None, "meta.id", "Identifier of the alert", may_lack=True),
    alerts.RAW_TIME,
    Column("fid", "int64", None, "meta.code;instr.filter", "1 for zg, 2 for zr, 3 for zi"),
    Column("ra", "float64", "deg", "pos.eq.ra", "Right ascension (ICRS)", may_lack=True),
    Column("dec", "float64", "deg", "pos.eq.dec", "Declination (ICRS)", may_lack=True),
    Column(
        "isdiffpos",
        "str",
        None,
        "meta.code",
        "1 where science minus reference is positive, -1 where it is negative",
        may_lack=True,
    ),
    Column(
        "magpsf", "float64", "mag", "phot.mag", "Magnitude (AB) of the difference", may_lack=True
    ),
    Column(
        "sigmapsf",
        "float64",
        "mag",
        "stat.error;phot.mag",
        "Standard error of magpsf",
        may_lack=True,
    ),
    Column(
        "magpsf_corr",
        "float64",
        "mag",
        "phot.mag",
        "Magnitude (AB) with the light of the reference source",
        nulls=(NOT_VALID,),
        may_lack=True,
    ),
    Column(
        "sigmapsf_corr",
        "float64",
        "mag",
        "stat.error;phot.mag",
        "Standard error of magpsf_corr for point sources",
        nulls=(NOT_VALID,),
        may_lack=True,
    ),
    Column(
        "sigmapsf_corr_ext",
        "float64",
        "mag",
        "stat.error;phot.mag",
        "Standard error of magpsf_corr for extended sources",
        nulls=(NOT_VALID,),
        may_lack=True,
    ),
    Column("corrected", "bool", None, "meta.code", "Whether magpsf_corr is valid", may_lack=True),
    Column("dubious", "bool", None, "meta.code.qual", "Whether that is doubtful", may_lack=True),
    Column("diffmaglim", "float64", "mag", "phot.mag;stat.max", "5-sigma limit of the image (AB)"),
)
DETECTED = ("candid", "ra", "dec", "isdiffpos", "magpsf", "sigmapsf", "corrected")
"""Columns that a detection has to have; non-detections have mjd, fid and diffmaglim."""


async def _find(
    asker: Asker, source: Source, place: Place, radius: float
) -> Sequence[Mapping[str, Any]]:
    reply = await asker.get(
        OBJECTS,
        {
            "ra": repr(place.ra),
            "dec": repr(place.dec),
            "radius": repr(radius),
            "page_size": str(MOST_OBJECTS),
            "count": "false",
        },
    )
    answer = reply.json()
    items = answer.get("items") if isinstance(answer, dict) else None
    if not isinstance(items, list):
        raise Malformed("the JSON has no member items", reply.body)
    rows = [one if isinstance(one, dict) else {} for one in items]
    # An object comes once for each of its classes.
    return list({one.get("oid"): one for one in rows}.values())


async def _look(asker: Asker, source: Source, name: str) -> Sequence[Mapping[str, Any]]:
    if not re.fullmatch(r"ZTF\d\d[a-z]{7}", name, re.ASCII):
        return []
    reply = await asker.get(f"{OBJECTS}/{name}", also=(404,))
    if reply.status == 404:
        return []
    answer = reply.json()
    if not isinstance(answer, dict):
        raise Malformed("the JSON is not an object", reply.body)
    return [answer]


async def _fetch(asker: Asker, source: Source, row: Row) -> LightCurve | None:
    reply = await asker.get(f"{OBJECTS}/{row['oid']}/lightcurve")
    return await to_thread.run_sync(_curve, source, row, reply)


def _curve(source: Source, row: Row, reply: Reply) -> LightCurve:
    answer = reply.json()
    kinds = ("detections", "non_detections")
    if not isinstance(answer, dict) or not all(isinstance(answer.get(k), list) for k in kinds):
        raise Malformed("the JSON has not the members detections and non_detections", reply.body)
    detections, others = (answer[kind] for kind in kinds)
    for name in DETECTED:
        if any(name not in one for one in detections):
            raise Malformed(f"column {name} is missing in a detection", reply.body)
    native = read_native(NATIVE, [*detections, *others])
    limit = np.arange(len(native["fid"])) >= len(detections)
    sign = np.array(
        [
            1 if none else alerts.sign_of(value)
            for none, value in zip(limit.tolist(), native["isdiffpos"].tolist(), strict=True)
        ],
        float,
    )
    total = native["corrected"] & np.isfinite(native["magpsf_corr"])
    place = row["ra"], row["dec"]
    flux, fluxerr = ab_to_jansky(native["magpsf"], native["sigmapsf"])
    error = np.where(
        np.isnan(native["sigmapsf_corr"]), native["sigmapsf_corr_ext"], native["sigmapsf_corr"]
    )
    whole, whole_error = ab_to_jansky(native["magpsf_corr"], error)
    measured = np.where(sign > 0, native["magpsf"], np.nan)
    mag = np.where(total, native["magpsf_corr"], measured)
    magerr = np.where(total, error, np.where(sign > 0, native["sigmapsf"], np.nan))
    return light_curve(
        source,
        identifier=row["oid"],
        position=place,
        hmjd=alerts.hmjd_of(native["mjd_start"], native["ra"], native["dec"], place),
        filter=alerts.filters_of(native["fid"]),
        mag=np.where(limit, native["diffmaglim"], mag),
        magerr=magerr,
        flux=np.where(total, whole, sign * flux),
        fluxerr=np.where(total, whole_error, fluxerr),
        limit=limit,
        difference=~total,
        good=~native["dubious"],
        native=native,
        notes=(alerts.ASSUMED,),
    )


SOURCE = alerts.broker(
    title="ALeRCE light curve",
    order=140,
    hosts=(HOST,),
    about="https://alerce.science",
    record="https://alerce.online/object/{oid}",
    citation="https://ui.adsabs.harvard.edu/abs/2021AJ....161..242F",
    find=_find,
    fetch=_fetch,
    look=_look,
    keys=("oid",),
    columns=(
        Column("oid", "str", None, "meta.id;meta.main", "Name in ZTF's alerts"),
        Column("ra", "float64", "deg", "pos.eq.ra;meta.main", "Mean right ascension", "meanra"),
        Column("dec", "float64", "deg", "pos.eq.dec;meta.main", "Mean declination", "meandec"),
        Column("ndet", "int64", None, "meta.number", "Number of detections"),
    ),
    yields=Yields(name="oid"),
    native=NATIVE,
    photometry="AB magnitudes with the light of the reference source where ALeRCE corrects for it,"
    " else of the difference, by PSF fit, and 5-sigma limits; advised to be used: what is not"
    " dubious",
)
