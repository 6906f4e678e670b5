"""The map of Chiang (2023): that of SFD without the light of galaxies that is in it."""

from __future__ import annotations

from ztfvo.dust.model import File, Known, Map

ORDER = 10

MAP = Map(
    name="csfd",
    title="CSFD, corrected SFD, Chiang 2023",
    kind="healpix",
    to_ebv=1.0,
    recalibration=0.86,
    scale="E(B-V) of SFD; times 0.86 it is that of Schlafly & Finkbeiner (2011)",
    footprint="the whole sky",
    resolution="6 arcmin, in HEALPix pixels of 1.7 arcmin",
    licence="as its record states: https://doi.org/10.5281/zenodo.8207175",
    citation="https://ui.adsabs.harvard.edu/abs/2023ApJ...958..118C",
    record="https://zenodo.org/api/records/8207175",
    files=(
        File(
            "csfd_ebv.fits",
            "https://zenodo.org/records/8207175/files/csfd_ebv.fits",
            403,
            "31cd2eec51bcb5f106af84a610ced53c",
        ),
    ),
    known=(Known(83.6331, 22.0145, 0.5432, 1e-4, "the Crab Nebula, SNAD's service of dust maps"),),
)
