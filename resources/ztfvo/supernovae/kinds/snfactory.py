"""A packed folder of spectra in FITS, as the Nearby Supernova Factory publishes SN 2011fe."""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from astropy.io import fits

from ztfvo.supernovae.kinds import _grid

load = _grid.load

EXPLOSION = -17.814
"""d before the peak, when there is no light yet: Nugent et al. 2011, as sncosmo has it."""

_PHASE = re.compile(r"([MP])(\d{3})\.fit$")
"""End of a file's name: sign and tenths of a day."""


def prepare(paths: Sequence[Path], folder: Path) -> None:
    """Write the spectra of the one packed folder, by time."""
    (path,) = paths
    found: dict[float, np.ndarray] = {}
    wavelength = None
    with tarfile.open(path) as packed:
        for member in packed:
            match = _PHASE.search(member.name)
            file = packed.extractfile(member) if match and member.isfile() else None
            if not match or file is None:
                continue
            with fits.open(io.BytesIO(file.read())) as opened:
                header, values = opened[0].header, np.array(opened[0].data, float)
            sign = -1 if match[1] == "M" else 1
            found[sign * int(match[2]) / 10] = values
            pixels = np.arange(len(values)) + 1 - header.get("CRPIX1", 1)
            wavelength = header["CRVAL1"] + header["CDELT1"] * pixels
    if wavelength is None:
        raise ValueError("it has no spectra")
    found[EXPLOSION] = np.zeros(len(wavelength))
    phases = sorted(found)
    _grid.write(folder, np.array(phases), wavelength, np.array([found[one] for one in phases]))
