"""Zubercal: recalibrated photometry of ZTF DR20, for objects of Pan-STARRS, from LSDB."""

from __future__ import annotations

import re

from ztfvo.outside.filters import ZTF
from ztfvo.outside.hats import Layout, catalog
from ztfvo.outside.model import Column, Place
from ztfvo.times import MIDDLE, MJD_ORIGIN

ZONE = 1 / 120
"""deg: height of the zones of declination that identifiers of Pan-STARRS count."""


def _locate(name: str) -> Place | None:
    """Where an object of Pan-STARRS is: its identifier has the zone and the right ascension."""
    if not re.fullmatch(r"\d{15,18}", name, re.ASCII):
        return None
    digits = name.zfill(18)
    dec = int(digits[:5]) * ZONE - 90 + ZONE / 2
    return Place(int(digits[5:14]) / 1e6, dec) if dec < 90 else None


SOURCE = catalog(
    Layout(
        root="https://data.lsdb.io/hats/ztf_dr20/zubercal/zubercal",
        identifier="objectid",
        position=("objra", "objdec"),
        time="mjd_tdb",
        origin=MJD_ORIGIN,
        band="band",
        bands={"g": "zg", "r": "zr", "i": "zi"},
        mag="mag_zubercal",
        magerr="magerr_count",
        magerr_unit=1e-4,
        locate=_locate,
        locate_radius=16.0,
        notes=(
            "Zubercal gives times in TDB and does not say where: they are taken for those at the"
            " barycentre; were they those at the telescope, hmjd would be wrong by up to 500 s.",
        ),
    ),
    native=(
        Column("mjd_tdb", "float64", "d", "time.epoch", "MJD (TDB) as the catalog has it", "mjd"),
        Column("band", "str", None, "instr.bandpass", "g, r or i"),
        Column("mag_zubercal", "float64", "mag", "phot.mag;em.opt", "Magnitude (AB)", "mag"),
        Column(
            "magerr_count", "int64", None, "stat.error;phot.mag", "Error in 0.0001 mag", "magerr"
        ),
    ),
    title="Zubercal (ZTF DR20)",
    order=160,
    about="https://irsa.ipac.caltech.edu/data/ZTF/zubercal/Fields/ReadMe.txt",
    record="https://catalogs.mast.stsci.edu/panstarrs/detections.html?objID={id}",
    citation="https://ui.adsabs.harvard.edu/abs/2019PASP..131a8003M",
    licence="ZTF public data; acknowledge ZTF, IRSA and LSDB",
    filters=ZTF,
    frames={
        "mjd_tdb": {
            "scale": "TDB",
            "reference_position": "UNKNOWN",
            "origin": MJD_ORIGIN,
            "unit": "d",
            "point": MIDDLE,
        }
    },
    times="TDB; the place is not said, and taken for the barycentre",
    photometry="AB magnitudes by PSF fit, of objects of Pan-STARRS",
)
