"""The map of Schlegel, Finkbeiner & Davis (1998)."""

from __future__ import annotations

from ztfvo.dust.model import File, Known, Map

ORDER = 20

_SERVER = "https://dataverse.harvard.edu/api"
_FILE = f"{_SERVER}/access/datafile/:persistentId?persistentId=doi:10.7910/DVN/EWCNL5"
_DUSTMAPS = "https://dustmaps.readthedocs.io"

MAP = Map(
    name="sfd",
    title="Schlegel, Finkbeiner & Davis 1998",
    kind="lambert",
    to_ebv=1.0,
    recalibration=0.86,
    scale="E(B-V) of SFD; times 0.86 it is that of Schlafly & Finkbeiner (2011)",
    footprint="the whole sky",
    resolution="6 arcmin, in pixels of 2.4 arcmin, linear between their centres",
    licence="as its record states: https://doi.org/10.7910/DVN/EWCNL5",
    citation="https://ui.adsabs.harvard.edu/abs/1998ApJ...500..525S",
    record=f"{_SERVER}/datasets/:persistentId?persistentId=doi:10.7910/DVN/EWCNL5",
    files=(
        File("SFD_dust_4096_ngp.fits", f"{_FILE}/JOV0CM", 67),
        File("SFD_dust_4096_sgp.fits", f"{_FILE}/XTLXX5", 67),
    ),
    known=(
        Known(75.0, 30.0, 0.483961, 1e-4, _DUSTMAPS),
        Known(12.03029637, -26.45576239, 0.0146584, 1e-4, _DUSTMAPS),  # l = 75, b = -89
        Known(35.46042225, 71.62011767, 0.97695869, 1e-4, _DUSTMAPS),  # l = 130, b = 10
    ),
)
