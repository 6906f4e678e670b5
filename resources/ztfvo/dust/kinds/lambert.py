"""A FITS image of each galactic hemisphere, as SFD has them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS

from ztfvo.dust import arrays, library

TITLE = "an image of a galactic hemisphere in the projection ZEA"
PARTS = ("ngp", "sgp")


def part(path: Path) -> str | None:
    """Return the pole that an image is of; None where it is no such image."""
    if not arrays.is_fits(path):
        return None
    header = fits.getheader(path)
    if header.get("NAXIS") != 2 or header.get("CTYPE1") != "GLON-ZEA":
        return None
    return {90.0: "ngp", -90.0: "sgp"}.get(header.get("CRVAL2"))


def prepare(files: Mapping[str, Path], folder: Path) -> None:
    """Write images and headers, in this machine's order of bytes."""
    for pole, path in files.items():
        with fits.open(path, memmap=True) as opened:
            (hdu, *_) = opened
            arrays.require_whole(path, hdu)
            arrays.write(folder / f"{pole}.npy", hdu.data, np.float32)
            hdu.header.totextfile(folder / f"{pole}.txt")


def load(folder: Path) -> Callable[[SkyCoord], tuple[np.ndarray, None]]:
    """Return what gives values at galactic coordinates, linear between the centres of pixels."""

    class Hemispheres(library.module("sfd").SFDBase):
        """The maps of dustmaps, with images that are mapped into memory."""

        def __init__(self) -> None:
            self._data = {pole: [arrays.read(folder / f"{pole}.npy"), _wcs(pole)] for pole in PARTS}

    def _wcs(pole: str) -> WCS:
        return WCS(fits.Header.fromtextfile(folder / f"{pole}.txt"))

    images, lock = Hemispheres(), threading.Lock()

    def values(places: SkyCoord) -> tuple[np.ndarray, None]:
        with lock:  # WCSLIB keeps its state in the object
            return images.query(places).astype(float), None

    return values
