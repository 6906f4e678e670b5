"""Filters that surveys outside measure in, with effective wavelengths of the SVO Filter Profile
Service."""

from __future__ import annotations

from ztfvo.bands import BANDS
from ztfvo.outside.model import Filter

ZTF = {band.name: Filter(band.svo_id, band.wavelength_eff) for band in BANDS.values()}
ZTF_BY_FID = {band.filterid: band.name for band in BANDS.values()}

PANSTARRS = {
    f"ps_{letter}": Filter(f"PAN-STARRS/PS1.{letter}", wavelength)
    for letter, wavelength in (
        ("g", 4.81016e-7),
        ("r", 6.15547e-7),
        ("i", 7.50303e-7),
        ("z", 8.66836e-7),
        ("y", 9.61360e-7),
    )
}
GAIA = {
    "G": Filter("GAIA/GAIA3.G", 5.82239e-7),
    "BP": Filter("GAIA/GAIA3.Gbp", 5.03575e-7),
    "RP": Filter("GAIA/GAIA3.Grp", 7.61996e-7),
}
TESS = {"TESS": Filter("TESS/TESS.Red", 7.45264e-7)}
