"""Set v0.4 of the SNAD feature service."""

from __future__ import annotations

import numpy as np

from ztfvo.features.model import FeatureSet
from ztfvo.features.sets import _original as original

SET = FeatureSet(
    version="v0.4",
    title="Features of set v0.4 of the SNAD feature service",
    magnitudes=original.magnitudes,
    periodogram={
        "peaks": 5,
        "resolution": 10.0,
        "factor": 1.0,
        "nyquist": float(24 * np.pi),
        "features": original.of_powers(),
    },
    fluxes=original.fluxes,
    suffixes=original.SUFFIXES,
    differences=(original.PACKAGE, original.GRID),
)
