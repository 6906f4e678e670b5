"""A FITS table with a value for each HEALPix pixel of the sky, as CSFD has it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from astropy.coordinates import SkyCoord
from astropy.io import fits

from ztfvo.dust import arrays, library

TITLE = "a table of E(B-V) by HEALPix pixel in galactic coordinates"
PARTS = ("map",)

_COLUMN = "T"


def part(path: Path) -> str | None:
    """Return ``map`` for such a table; None for anything else."""
    if not arrays.is_fits(path):
        return None
    with fits.open(path) as opened:
        table = opened[1] if len(opened) > 1 else None
        is_map = isinstance(table, fits.BinTableHDU) and _COLUMN in table.columns.names
        return "map" if is_map else None


def prepare(files: Mapping[str, Path], folder: Path) -> None:
    """Write values by pixel, and their order."""
    path = files["map"]
    with fits.open(path, memmap=True) as opened:
        table = opened[1]
        arrays.require_whole(path, table)
        values = table.data[_COLUMN].reshape(-1)
        if len(values) not in {12 * 4**order for order in range(14)}:
            raise ValueError(f"{len(values):,} pixels are not those of HEALPix")
        arrays.write(folder / "map.npy", values, np.float32)
        nested = str(table.header.get("ORDERING", "RING")).strip() == "NESTED"
        (folder / "order.json").write_text(json.dumps({"nested": nested}), encoding="utf-8")


def load(folder: Path) -> Callable[[SkyCoord], tuple[np.ndarray, None]]:
    """Return what gives values at galactic coordinates: those of the pixels there."""
    nested = json.loads((folder / "order.json").read_text(encoding="utf-8"))["nested"]
    query = library.module("healpix_map").HEALPixQuery
    pixels = query(arrays.read(folder / "map.npy"), nested, "galactic")

    def values(places: SkyCoord) -> tuple[np.ndarray, None]:
        return np.asarray(pixels.query(places), float), None

    return values
