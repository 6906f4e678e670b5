"""Set v0.5 of the SNAD feature service, which is its latest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import light_curve as lc

from ztfvo.features.model import FeatureSet
from ztfvo.features.sets import _original as original

AMPLITUDES = (1e-4, 1e6)
"""Bounds of the amplitude of Bazin's function, uJy."""
TIMES = (1e-4, 3e4)
"""Bounds of its times of rise and fall, d."""


def magnitudes() -> Sequence[Any]:
    """Return the features of magnitudes."""
    of_bins = [
        lc.Cusum(),
        lc.EtaE(transform=True),
        lc.LinearFit(),
        lc.LinearTrend(),
        lc.MaximumSlope(transform=True),
    ]
    return [
        lc.BeyondNStd(1),
        lc.BeyondNStd(2),
        lc.Bins(of_bins, window=1.0, offset=0.0),
        lc.InterPercentileRange(0.02),
        lc.InterPercentileRange(0.25),
        lc.InterPercentileRange(0.1),
        lc.Kurtosis(transform=True),
        lc.OtsuSplit(),
        lc.ReducedChi2(transform=True),
        lc.Skew(transform=True),
        lc.StetsonK(),
        lc.WeightedMean(),
    ]


def fluxes() -> Sequence[Any]:
    """Return the features of flux densities."""
    bazin = lc.BazinFit(
        "mcmc-lmsder",
        mcmc_niter=128,
        lmsder_niter=20,
        bounds=[AMPLITUDES, (None, None), (None, None), TIMES, TIMES],
        transform=True,
    )
    return [lc.AndersonDarlingNormal(transform="ln1p"), bazin, lc.ExcessVariance()]


SET = FeatureSet(
    version="v0.5",
    title="Features of set v0.5 of the SNAD feature service, its latest",
    magnitudes=magnitudes,
    periodogram={"peaks": 5, "resolution": 10.0, "factor": 2.0, "nyquist": "median"},
    fluxes=fluxes,
    zero_point=23.9,
    suffixes=original.SUFFIXES,
    differences=(
        original.PACKAGE,
        original.GRID,
        "The highest frequency is not above that of a spacing of 300 s, as in v0.1.",
        "Values are transformed as today's package does by default for each feature; names begin"
        " with the transformation.",
        "The Bazin function is fitted by 128 steps of MCMC and 20 of LMSDER; its amplitude is"
        " bounded to 1e-4 to 1e6 uJy, as the bounds of the set are not known. Its magnitude is of"
        " the package's zero point 8.9.",
    ),
)
