"""Extinction in the bands of ZTF from E(B-V).

The coefficients are those of the law of Fitzpatrick (1999) for R_V = 3.1, in the bands' effective
wavelengths, as the SNAD ZTF Viewer has them: A = 3.1 E(B-V) times 1.21, 0.848 and 0.622.  They go
with E(B-V) on the scale of Schlafly & Finkbeiner (2011), who found that that of Schlegel et al.
(1998) is to be multiplied by 0.86: see `Map.recalibration`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from ztfvo.bands import BANDS

R_V = 3.1
DIGITS = 6
"""Decimals of magnitudes that are shown, and corrected for: maps have single precision."""

RELATIVE = {"zg": 1.21, "zr": 0.848, "zi": 0.622}
"""A / A_V by band."""

COEFFICIENTS: Mapping[str, float] = {
    band.name: round(R_V * RELATIVE[band.name], 4) for band in BANDS.values()
}
"""A / E(B-V) by band, for E(B-V) on the scale of Schlafly & Finkbeiner (2011)."""


def extinctions(ebv: ArrayLike, recalibration: float) -> dict[str, np.ndarray]:
    """Return the extinction in each band of ZTF.

    Parameters
    ----------
    ebv
        E(B-V) on the scale of the map's authors (any shape, mag); NaN gives NaN.
    recalibration
        E(B-V) on the scale of Schlafly & Finkbeiner (2011) for one of that: `Map.recalibration`.

    Returns
    -------
    dict of str to numpy.ndarray
        float64 of the same shape, mag, by name of the band.
    """
    recalibrated = recalibration * np.asarray(ebv, float)
    return {name: each * recalibrated for name, each in COEFFICIENTS.items()}
