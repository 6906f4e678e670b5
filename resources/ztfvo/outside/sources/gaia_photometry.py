"""Gaia DR3 epoch photometry, from ESA's archive."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from anyio import to_thread

from ztfvo.outside import gaia_layouts, tap
from ztfvo.outside.client import Asker
from ztfvo.outside.curves import light_curve, read_native
from ztfvo.outside.filters import GAIA
from ztfvo.outside.model import Column, LightCurve, Malformed, Row, Source, Yields
from ztfvo.photometry import ab_to_jansky
from ztfvo.times import GAIA_ORIGIN_MJD, MJD_ORIGIN, heliocentric_from_barycentric, utc_from_gaia

HOST = "https://gea.esac.esa.int"
SYNC, DATA = f"{HOST}/tap-server/tap/sync", f"{HOST}/data-server/data"
TABLE = "gaiadr3.gaia_source"
RELEASE = "Gaia DR3"

AB = {
    "G": (25.8010446445, 0.0027590522),
    "BP": (25.3539555559, 0.0023065687),
    "RP": (25.1039837393, 0.0015800349),
}
"""AB magnitude of 1 e-/s and its standard error."""
VEGA = {"G": 25.6873668671, "BP": 25.3385422158, "RP": 24.7478955012}
"""Magnitude of 1 e-/s in the system of the archive's own ones."""
FURTHEST = 1e-3
"""mag by which the archive's magnitudes may differ from those of its fluxes."""
_POGSON = 2.5 / np.log(10)

NATIVE = (
    Column("source_id", "str", None, "meta.id;meta.main", "Identifier of the source"),
    Column("transit_id", "str", None, "meta.id;obs", "Identifier of the transit"),
    Column("band", "str", None, "instr.bandpass", "G, BP or RP"),
    Column(
        "time",
        "float64",
        "d",
        "time.epoch",
        "Time of the transit, TCB at the barycentre, days since BJD 2455197.5",
    ),
    Column("flux_es", "float64", "s-1", "phot.count;em.opt", "Flux in electrons/s", "flux"),
    Column(
        "flux_es_error",
        "float64",
        "s-1",
        "stat.error;phot.count;em.opt",
        "Standard error of flux_es",
        "flux_error",
    ),
    Column("mag_vega", "float64", "mag", "phot.mag;em.opt", "Its own magnitude (Vega)", "mag"),
    Column(
        "rejected_by_photometry",
        "bool",
        None,
        "meta.code.qual",
        "Whether photometry rejects it",
    ),
    Column(
        "rejected_by_variability",
        "bool",
        None,
        "meta.code.qual",
        "Whether the analysis of variability rejects it",
    ),
)


async def _look(asker: Asker, source: Source, name: str) -> Sequence[Mapping[str, Any]]:
    found = re.fullmatch(r"(?:Gaia DR3 )?(\d{1,19})", name, re.ASCII)
    return await _equal(asker, source, found[1]) if found else []


_equal = tap.equal(SYNC, TABLE, "source_id", pattern=r"\d{1,19}", number=True)


async def _fetch(asker: Asker, source: Source, row: Row) -> LightCurve | None:
    if not row["has_epoch_photometry"]:
        return None
    asked = {
        "RETRIEVAL_TYPE": "EPOCH_PHOTOMETRY",
        "ID": f"{RELEASE} {row['source_id']}",
        "DATA_STRUCTURE": "INDIVIDUAL",
        "FORMAT": "CSV",
        "RELEASE": RELEASE,
        "VALID_DATA": "false",
    }
    reply = await asker.get(DATA, asked)
    return await to_thread.run_sync(_curve, source, row, reply.body)


def _curve(source: Source, row: Row, body: bytes) -> LightCurve | None:
    rows = gaia_layouts.read(body, row["source_id"])
    if not rows:
        return None
    every = read_native(NATIVE, rows)
    measured = np.isfinite(every["time"]) & np.isfinite(every["flux_es"])
    native = {name: values[measured] for name, values in every.items()}
    band, flux, error = native["band"], native["flux_es"], native["flux_es_error"]
    zero, zero_error = (np.array([AB[one][place] for one in band.tolist()]) for place in (0, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        mag = zero - 2.5 * np.log10(flux)
        magerr = np.hypot(_POGSON * error / flux, zero_error)
        vega = mag - zero + np.array([VEGA[one] for one in band.tolist()])
    if np.nanmax(np.abs(vega - native["mag_vega"]), initial=0.0) > FURTHEST:
        raise Malformed("columns flux and mag do not belong together as they do in DR3", body)
    scale, _ = ab_to_jansky(zero, 0.0)
    jansky = flux * scale
    hmjd = utc_from_gaia(native["time"]) if len(flux) else flux
    if len(flux):
        hmjd = heliocentric_from_barycentric(hmjd, row["ra"], row["dec"])
    return light_curve(
        source,
        identifier=row["source_id"],
        position=(row["ra"], row["dec"]),
        hmjd=hmjd,
        filter=band,
        mag=mag,
        magerr=magerr,
        flux=jansky,
        fluxerr=np.hypot(error * scale, jansky * zero_error / _POGSON),
        good=~(native["rejected_by_photometry"] | native["rejected_by_variability"]) & (flux > 0),
        native=native,
    )


SOURCE = Source(
    title="Gaia DR3 epoch photometry",
    order=130,
    gives=("light curve",),
    hosts=(HOST,),
    radius=5.0,
    largest_radius=60.0,
    about="https://www.cosmos.esa.int/web/gaia/dr3",
    record=f"{HOST}/data-server/datalink/links?ID=Gaia+DR3+{{source_id}}",
    citation="https://ui.adsabs.harvard.edu/abs/2023A%26A...674A...1G",
    licence="Free for use with the acknowledgement of Gaia, ESA and DPAC",
    find=tap.cone(SYNC, TABLE, position=("ra", "dec"), motion=("pmra", "pmdec")),
    fetch=_fetch,
    look=_look,
    keys=("source_id",),
    seconds=30.0,
    days=30.0,
    epoch=2016.0,
    columns=(
        Column("source_id", "str", None, "meta.id;meta.main", "Identifier of the source"),
        Column("ra", "float64", "deg", "pos.eq.ra;meta.main", "Right ascension"),
        Column("dec", "float64", "deg", "pos.eq.dec;meta.main", "Declination"),
        Column("pmra", "float64", "mas/yr", "pos.pm;pos.eq.ra", "Proper motion, times cos(dec)"),
        Column("pmdec", "float64", "mas/yr", "pos.pm;pos.eq.dec", "Proper motion"),
        Column("phot_g_mean_mag", "float64", "mag", "phot.mag;em.opt", "Mean G (Vega)"),
        Column(
            "has_epoch_photometry", "bool", None, "meta.code", "Whether there is epoch photometry"
        ),
    ),
    yields=Yields(name="source_id", pmra="pmra", pmdec="pmdec"),
    filters=GAIA,
    native=NATIVE,
    frames={
        "time": {
            "scale": "TCB",
            "reference_position": "BARYCENTER",
            "origin": MJD_ORIGIN + GAIA_ORIGIN_MJD,
            "unit": "d",
            "point": "transit",
        }
    },
    times="TCB, at the barycentre, of the transit, days since BJD 2455197.5",
    photometry="AB magnitudes of the archive's fluxes; its own are in the system of Vega; advised"
    " to be used: what neither photometry nor analysis of variability rejects",
)
