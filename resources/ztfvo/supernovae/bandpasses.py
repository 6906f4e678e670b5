"""Transmission of the bands of ZTF: by installed curves, or approximately."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ztfvo.supernovae.kinds import bands
from ztfvo.supernovae.model import Installed

APPROXIMATE: Mapping[int, tuple[tuple[int, float], ...]] = {
    1: (
        (4080, 0),
        (4120, 0.15),
        (4190, 0.9),
        (4400, 0.94),
        (5000, 0.98),
        (5420, 0.97),
        (5450, 0.85),
        (5500, 0.05),
        (5540, 0),
    ),
    2: (
        (5600, 0),
        (5630, 0.1),
        (5690, 0.92),
        (5900, 0.98),
        (6900, 0.95),
        (7100, 0.9),
        (7200, 0.56),
        (7240, 0.16),
        (7320, 0),
    ),
    3: (
        (7050, 0),
        (7130, 0.1),
        (7190, 0.32),
        (7280, 1),
        (8670, 0.51),
        (8740, 0.24),
        (8790, 0.06),
        (8840, 0),
    ),
}
"""Corners of lines by filterid: wavelength (Angstrom), and transmission in units of the highest.

They follow the curves that `ztfvo.supernovae.declared.BANDS` has, without their ripples; magnitudes
of supernovae of type Ia differ by some thousandths (``scripts/bench fit`` prints it where the
curves are installed).
"""

APPROXIMATION = (
    "Bands of ZTF are approximate: straight lines that follow their curves without the ripples."
    " Operators enter, for the curves: ztfvo models fetch ztf-bands"
)


def curves(here: Installed | None) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """Return wavelengths (Angstrom) and transmissions of the bands, by filterid.

    Parameters
    ----------
    here
        Installed curves; None for approximate ones.

    Raises
    ------
    ModelError
        Where they cannot be read.
    """
    if here is not None:
        return bands.load(here.folder)
    lines = {name: np.array(corners, float).T for name, corners in APPROXIMATE.items()}
    return {name: (each[0], each[1]) for name, each in lines.items()}
