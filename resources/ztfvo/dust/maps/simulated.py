"""A map that this program makes: a smooth disc of dust, for the demonstration and for tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from astropy.io import fits

from ztfvo.dust.model import Known, Map

ORDER = 90

AT_POLES, IN_PLANE = 0.03, 1.5
"""E(B-V) at the galactic poles and in the plane, but for `NORTH` and clouds."""
NORTH = 0.2
"""Share that the northern pole has more, and the southern less."""
PIXELS = 256
"""Of each side, a hemisphere wide."""


def ebv(longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """Return E(B-V) of the disc (mag, on SFD's scale).

    Parameters
    ----------
    longitude, latitude
        Galactic (rad, any shape).
    """
    through = 1 / (np.abs(np.sin(latitude)) + AT_POLES / IN_PLANE)
    waves = 0.3 * np.sin(3 * longitude + 1) + 0.1 * np.sin(7 * longitude) * np.cos(4 * latitude)
    clouds = 1 + np.cos(latitude) ** 2 * waves
    north = 1 + NORTH * np.sin(latitude)
    return AT_POLES * (1 + AT_POLES / IN_PLANE) * through * clouds * north


def make(folder: Path) -> Sequence[Path]:
    """Write the files of the map and return them."""
    return write_hemispheres(folder, "simulated", PIXELS)


def write_hemispheres(folder: Path, name: str, pixels: int) -> Sequence[Path]:
    """Write the disc in files like SFD's, north and south, so many pixels wide; return them."""
    paths = []
    for part, pole in (("ngp", 1), ("sgp", -1)):
        axis = (np.arange(pixels) - (pixels - 1) / 2) / (pixels / 2)
        x, y = np.meshgrid(axis, axis)
        sine = np.clip(1 - x**2 - y**2, 0, None)
        values = ebv(np.arctan2(-pole * y, x), pole * np.arcsin(sine))
        hdu = fits.PrimaryHDU(values.astype(">f4"))
        hdu.header.update(_cards(pole, pixels))
        paths.append(folder / f"{name}_{part}.fits")
        hdu.writeto(paths[-1], overwrite=True)
    return paths


def _cards(pole: int, pixels: int) -> dict[str, str | float | int]:
    """Header cards, as SFD's files have them."""
    degrees = np.degrees(np.sqrt(2)) / (pixels / 2)
    return {
        "OBJECT": "E(B-V), simulated",
        "BUNIT": "mag",
        "CRPIX1": (pixels + 1) / 2,
        "CRVAL1": 90.0,
        "CTYPE1": "GLON-ZEA",
        "CRPIX2": (pixels + 1) / 2,
        "CRVAL2": 90.0 * pole,
        "CTYPE2": "GLAT-ZEA",
        "CD1_1": -degrees,
        "CD1_2": 0.0,
        "CD2_1": 0.0,
        "CD2_2": degrees,
        "LONPOLE": 180,
        "LAM_NSGP": pole,
        "LAM_SCAL": pixels // 2,
    }


MAP = Map(
    name="simulated",
    title="Simulated dust, made by this program",
    kind="lambert",
    to_ebv=1.0,
    recalibration=0.86,
    scale="like that of SFD, times 0.86",
    footprint="the whole sky",
    resolution="0.6 degrees",
    licence="CC0 1.0",
    citation="",
    known=(
        Known(192.859508, 27.128336, AT_POLES * (1 + NORTH), 1e-4, "its formula, north"),
        Known(12.859508, -27.128336, AT_POLES * (1 - NORTH), 1e-4, "its formula, south"),
        Known(266.404997, -28.936178, 1.38, 0.01, "its formula, centre"),
    ),
    simulated=True,
    make=make,
)
