"""An HDF5 file with reddening by HEALPix pixel, of several sizes, and distance, as Bayestar has it.

Of its values those that fit best are kept.  The samples beside them, which say how uncertain they
are, take five times as much.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import h5py
import numpy as np
from astropy.coordinates import SkyCoord

from ztfvo.dust import arrays, library

TITLE = "a file of reddening by HEALPix pixel and distance"
PARTS = ("map",)

_RELIABLE = {"DM_reliable_min": np.inf, "DM_reliable_max": -np.inf}
"""Columns of reliable distances, and what stands for none."""


def part(path: Path) -> str | None:
    """Return ``map`` for such a file; None for anything else."""
    if not h5py.is_hdf5(path):
        return None
    with h5py.File(path) as file:
        return "map" if {"pixel_info", "best_fit"} <= file.keys() else None


def prepare(files: Mapping[str, Path], folder: Path) -> None:
    """Write reddening and what is known of pixels, and sort these by size and number."""
    with h5py.File(files["map"]) as file:
        info, best = file["pixel_info"][:], file["best_fit"]
        edges = np.asarray(file["pixel_info"].attrs["DM_bin_edges"], float)
        if best.shape != (len(info), len(edges)):
            raise ValueError(
                f"{best.shape} values are there, of {len(info):,} pixels and {len(edges)} distances"
            )
        arrays.write(folder / "best_fit.npy", best, np.float32)
    for name, none in _RELIABLE.items():
        info[name][~np.isfinite(info[name])] = none
    arrays.write(folder / "pixels.npy", info, info.dtype)
    order = np.lexsort((info["healpix_index"], info["nside"]))
    arrays.write(folder / "rows.npy", order, np.int64)
    arrays.write(folder / "indices.npy", info["healpix_index"][order], np.int64)
    sizes, first = np.unique(info["nside"][order], return_index=True)
    levels = {
        "nsides": sizes.tolist(),
        "bounds": [*first.tolist(), len(order)],
        "moduli": edges.tolist(),
    }
    (folder / "levels.json").write_text(json.dumps(levels), encoding="utf-8")


def load(folder: Path) -> Callable[[SkyCoord], tuple[np.ndarray, np.ndarray]]:
    """Return what gives values at galactic coordinates with distances, and whether the map is
    reliable there."""

    class Distances(library.module("bayestar").BayestarQuery):
        """The map of dustmaps, with arrays that are mapped into memory."""

        def __init__(self) -> None:
            levels = json.loads((folder / "levels.json").read_text(encoding="utf-8"))
            parts = list(map(slice, levels["bounds"][:-1], levels["bounds"][1:]))
            best = arrays.read(folder / "best_fit.npy")
            self._best_fit = best.reshape(len(best), 1, -1)
            self._pixel_info = arrays.read(folder / "pixels.npy")
            self._n_pix, self._n_distances = best.shape
            self._DM_bin_edges = np.array(levels["moduli"])
            self._nside_levels = levels["nsides"]
            indices, rows = (arrays.read(folder / f"{name}.npy") for name in ("indices", "rows"))
            self._hp_idx_sorted = [indices[one] for one in parts]
            self._data_idx = [rows[one] for one in parts]

    pixels = Distances()

    def values(places: SkyCoord) -> tuple[np.ndarray, np.ndarray]:
        value, flags = pixels.query(places, mode="best", return_flags=True)
        return value.astype(float), flags["converged"] & flags["reliable_dist"]

    return values
