"""Pan-STARRS DR2: single detections, from MAST."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from anyio import to_thread

from ztfvo.outside import mast
from ztfvo.outside.client import Asker
from ztfvo.outside.curves import light_curve, read_native
from ztfvo.outside.filters import PANSTARRS
from ztfvo.outside.model import Column, LightCurve, Malformed, Place, Row, Source, Yields
from ztfvo.photometry import jansky_to_ab
from ztfvo.times import HALEAKALA, MIDDLE, MJD_ORIGIN, heliocentric, utc_from_tai

PERFECT = 0.9
"""Least psfQfPerfect that MAST advises to use."""
MOST_DETECTIONS = 5000
BANDS = dict(enumerate(PANSTARRS, 1))
"""Names of filters by filterID."""
NO_VALUE = (-999, -999.0, "None", "-999")

NATIVE = (
    Column("detectID", "str", None, "meta.id;meta.main", "Identifier of the detection"),
    Column("filterID", "int64", None, "meta.code;instr.filter", "1 to 5 for g, r, i, z, y"),
    Column(
        "obsTime",
        "float64",
        "d",
        "time.epoch",
        "MJD (TAI, topocentric at Haleakala) of the middle of the exposure",
    ),
    Column("ra", "float64", "deg", "pos.eq.ra", "Right ascension of the detection (ICRS)"),
    Column("dec", "float64", "deg", "pos.eq.dec", "Declination of the detection (ICRS)"),
    Column(
        "psfFlux", "float64", "Jy", "phot.flux.density;em.opt", "Flux by PSF fit", nulls=NO_VALUE
    ),
    Column(
        "psfFluxErr",
        "float64",
        "Jy",
        "stat.error;phot.flux.density;em.opt",
        "Standard error of psfFlux",
        nulls=NO_VALUE,
    ),
    Column(
        "psfQfPerfect",
        "float64",
        None,
        "meta.code.qual",
        "Share of the PSF's weight on unmasked pixels",
        nulls=NO_VALUE,
    ),
    Column("infoFlag", "int64", None, "meta.code.qual", "Flags of the detection"),
    Column("infoFlag2", "int64", None, "meta.code.qual", "More flags"),
    Column("infoFlag3", "int64", None, "meta.code.qual", "More flags"),
)
OBJECT = ("objID", "objName", "raMean", "decMean", "nDetections")


async def _find(
    asker: Asker, source: Source, place: Place, radius: float
) -> Sequence[Mapping[str, Any]]:
    around = {"ra": repr(place.ra), "dec": repr(place.dec), "radius": f"{radius / 3600:.9f}"}
    return await mast.ask(asker, "dr2/mean", around, OBJECT)


async def _look(asker: Asker, source: Source, name: str) -> Sequence[Mapping[str, Any]]:
    if not re.fullmatch(r"\d{15,19}", name, re.ASCII):
        return []
    return await mast.ask(asker, "dr2/mean", {"objID": name}, OBJECT)


async def _fetch(asker: Asker, source: Source, row: Row) -> LightCurve | None:
    asked = {"objID": row["objID"], "pagesize": str(MOST_DETECTIONS)}
    names = tuple(column.key for column in NATIVE)
    rows = await mast.ask(asker, "dr2/detection", asked, names)
    return await to_thread.run_sync(_curve, source, row, rows) if rows else None


def _curve(source: Source, row: Row, rows: Sequence[Mapping[str, Any]]) -> LightCurve:
    every = read_native(NATIVE, rows)
    measured = np.isfinite(every["psfFlux"])
    native = {name: values[measured] for name, values in every.items()}
    unknown = set(native["filterID"].tolist()) - set(BANDS)
    if unknown:
        raise Malformed(f"column filterID has {min(unknown)}, which is not one of Pan-STARRS")
    mag, magerr = jansky_to_ab(native["psfFlux"], native["psfFluxErr"])
    hmjd = native["obsTime"]
    if len(hmjd):
        hmjd = heliocentric(utc_from_tai(hmjd), native["ra"], native["dec"], HALEAKALA)
    return light_curve(
        source,
        identifier=row["objID"],
        position=(row["raMean"], row["decMean"]),
        hmjd=hmjd,
        filter=[BANDS[number] for number in native["filterID"].tolist()],
        mag=mag,
        magerr=magerr,
        flux=native["psfFlux"],
        fluxerr=native["psfFluxErr"],
        good=(native["psfQfPerfect"] >= PERFECT) & (native["psfFlux"] > 0),
        native=native,
    )


SOURCE = Source(
    title="Pan-STARRS DR2 detections",
    order=120,
    gives=("light curve",),
    hosts=(mast.HOST,),
    radius=5.0,
    largest_radius=60.0,
    about="https://outerspace.stsci.edu/display/PANSTARRS/PS1+Detection+table+fields",
    record=f"{mast.HOST}/panstarrs/detections.html?objID={{objID}}",
    citation="https://ui.adsabs.harvard.edu/abs/2020ApJS..251....7F",
    licence="Public domain; acknowledge Pan-STARRS1 and MAST",
    find=_find,
    fetch=_fetch,
    look=_look,
    keys=("objID",),
    seconds=60.0,
    connect_seconds=10.0,
    days=30.0,
    epoch=2012.0,
    position=("raMean", "decMean"),
    columns=(
        Column("objID", "str", None, "meta.id;meta.main", "Identifier of the object"),
        Column("objName", "str", None, "meta.id", "Name, from the position"),
        Column("raMean", "float64", "deg", "pos.eq.ra;meta.main", "Mean right ascension"),
        Column("decMean", "float64", "deg", "pos.eq.dec;meta.main", "Mean declination"),
        Column("nDetections", "int64", None, "meta.number", "Number of detections"),
    ),
    yields=Yields(name="objName"),
    filters=PANSTARRS,
    native=NATIVE,
    frames={
        "obsTime": {
            "scale": "TAI",
            "reference_position": "TOPOCENTER",
            "origin": MJD_ORIGIN,
            "unit": "d",
            "point": MIDDLE,
        }
    },
    times="TAI, at Haleakala, of the middle of the exposure",
    photometry="AB magnitudes by PSF fit; advised to be used: psfQfPerfect of"
    f" {PERFECT:g} and above, and positive flux",
)
