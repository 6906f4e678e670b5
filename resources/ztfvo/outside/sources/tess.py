"""TESS: two-minute light curves by simple aperture photometry, all sectors, from LSDB."""

from __future__ import annotations

import math

from ztfvo.outside.filters import TESS
from ztfvo.outside.hats import Layout, catalog
from ztfvo.outside.model import Column
from ztfvo.photometry import ZERO_FLUX
from ztfvo.times import MIDDLE

TMAG = 20.44
"""TESS magnitude (Vega) of 1 electron/s, from the instrument's handbook: 10 for 15000 of them."""
VEGA = 2631.88
"""Jy, of TESS magnitude 0, from the SVO Filter Profile Service."""
AB = TMAG + 2.5 * math.log10(ZERO_FLUX / VEGA)
ORIGIN = 2457000.0
"""Times are BJD less this."""

SOURCE = catalog(
    Layout(
        root="https://data.lsdb.io/hats/tess/tess_lightcurve/tess_lightcurve",
        identifier="ticid",
        position=("ra_obj", "dec_obj"),
        nested="lightcurve",
        of_rows=("sector",),
        time="btjd",
        origin=ORIGIN,
        bands={"": "TESS"},
        flux="sap_flux",
        fluxerr="sap_flux_err",
        zero_point=AB,
        flag="quality",
        notes=("A pixel of TESS is 21 arcsec wide: neighbours are in the flux.",),
    ),
    native=(
        Column("btjd", "float64", "d", "time.epoch", "BJD (TDB) - 2457000", "time"),
        Column(
            "sap_flux", "float64", "s-1", "phot.count;em.opt", "Flux in the aperture, electrons/s"
        ),
        Column(
            "sap_flux_err",
            "float64",
            "s-1",
            "stat.error;phot.count;em.opt",
            "Standard error of sap_flux",
        ),
        Column("sector", "int64", None, "meta.id;obs", "Sector of TESS"),
        Column("quality", "int64", None, "meta.code.qual", "Flags of the pipeline; 0 is good"),
    ),
    title="TESS two-minute light curves",
    order=170,
    about="https://archive.stsci.edu/missions-and-data/tess",
    record="https://exofop.ipac.caltech.edu/tess/target.php?id={id}",
    citation="https://ui.adsabs.harvard.edu/abs/2015JATIS...1a4003R",
    licence="Public domain; acknowledge TESS, MAST and LSDB",
    filters=TESS,
    frames={
        "btjd": {
            "scale": "TDB",
            "reference_position": "BARYCENTER",
            "origin": ORIGIN,
            "unit": "d",
            "point": MIDDLE,
        }
    },
    times="TDB, at the barycentre, of the middle of the exposure, BJD - 2457000",
    photometry="AB magnitudes of simple aperture photometry, from TESS magnitudes (Vega, 2631.88"
    " Jy); advised to be used: quality of 0, and positive flux",
)
