"""The bands of ZTF and their photometric calibration."""

from __future__ import annotations

from typing import NamedTuple


class Band(NamedTuple):
    """One filter of the camera."""

    filterid: int
    name: str
    """As in file names and in IRSA's tables."""
    title: str
    svo_id: str
    """Identifier in the SVO Filter Profile Service."""
    wavelength_eff: float
    """m"""
    edges: tuple[float, float]
    """Where the filter ends: shortest and longest wavelength in m at 1 per cent of the highest
    transmission."""


BANDS = {
    band.filterid: band
    for band in (
        Band(1, "zg", "ZTF g", "Palomar/ZTF.g", 4.746e-7, (4.089e-7, 5.526e-7)),
        Band(2, "zr", "ZTF r", "Palomar/ZTF.r", 6.366e-7, (5.595e-7, 7.312e-7)),
        Band(3, "zi", "ZTF i", "Palomar/ZTF.i", 7.829e-7, (7.030e-7, 8.854e-7)),
    )
}
"""By filterid."""


def name_sql(filterid: str) -> str:
    """Return the SQL for a band's name.

    Parameters
    ----------
    filterid
        SQL for the number of the band.
    """
    names = ", ".join(f"'{band.name}'" for band in BANDS.values())
    return f"(ARRAY[{names}])[{filterid}]"
