"""Set v0.2 of the SNAD feature service, as in Aleo et al. 2022."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import light_curve as lc

from ztfvo.features.model import FeatureSet
from ztfvo.features.sets import _original as original


def magnitudes() -> Sequence[Any]:
    """Return the features of magnitudes."""
    return [*original.magnitudes(), lc.EtaE(), lc.MaximumSlope()]


def fluxes() -> Sequence[Any]:
    """Return the features of flux densities."""
    return [*original.fluxes(), lc.EtaE()]


SET = FeatureSet(
    version="v0.2",
    title="Features of set v0.2 of the SNAD feature service (Aleo et al. 2022)",
    magnitudes=magnitudes,
    periodogram={
        "peaks": 5,
        "resolution": 10.0,
        "factor": 2.0,
        "nyquist": "average",
        "features": original.of_powers(),
    },
    fluxes=fluxes,
    suffixes=original.SUFFIXES,
    left_out=frozenset({"linear_trend_noise"}),
    differences=(original.PACKAGE, original.GRID, original.TREND),
)
