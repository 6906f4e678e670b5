"""Text with a wavelength (Angstrom) and a transmission on each line, a file for each band."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ztfvo.bands import BANDS
from ztfvo.supernovae.model import ModelError

FARTHEST = 200.0
"""Angstrom that the mean wavelength of a curve is from the effective one of its band at most: the
former is without atmosphere and weights by no star."""


def prepare(paths: Sequence[Path], folder: Path) -> None:
    """Write curves, by the order of the bands."""
    for band, path in zip(BANDS.values(), paths, strict=True):
        wavelength, transmission = np.loadtxt(path, unpack=True, ndmin=2)
        if not (np.diff(wavelength) > 0).all() or not (np.abs(transmission) <= 1).all():
            raise ValueError(f"{path.name} is no curve of a band")
        mean = float(np.average(wavelength, weights=transmission))
        if abs(mean - band.wavelength_eff * 1e10) > FARTHEST:
            raise ValueError(f"{path.name} has {mean:.0f} Angstrom, which is not {band.title}")
        np.save(folder / f"{band.name}.npy", np.stack([wavelength, transmission]))


def load(folder: Path) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """Return wavelengths (Angstrom) and transmissions, by filterid."""
    found = {}
    for band in BANDS.values():
        path = folder / f"{band.name}.npy"
        try:
            wavelength, transmission = np.load(path, allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise ModelError(f"{path} cannot be read: {error}") from error
        found[band.filterid] = (wavelength, transmission)
    return found
