"""The set that the tables of releases have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import light_curve as lc
import numpy as np

from ztfvo.features.model import FeatureSet

HIGHEST_FREQUENCY = 16.0
"""1/d.  The package takes 2^k + 1 frequencies, k being the largest for which they do not go beyond,
so that a light curve's own highest is 8 to 16 per day."""


def magnitudes() -> Sequence[Any]:
    """Return features of magnitudes that take microseconds."""
    return [
        lc.Amplitude(),
        lc.AndersonDarlingNormal(),
        lc.BeyondNStd(1),
        lc.BeyondNStd(2),
        lc.Cusum(),
        lc.Eta(),
        lc.EtaE(),
        lc.ExcessVariance(),
        lc.InterPercentileRange(0.02),
        lc.InterPercentileRange(0.1),
        lc.InterPercentileRange(0.25),
        lc.Kurtosis(),
        lc.LinearFit(),
        lc.LinearTrend(),
        lc.MagnitudePercentageRatio(0.4, 0.05),
        lc.MagnitudePercentageRatio(0.2, 0.05),
        lc.MaximumSlope(),
        lc.Mean(),
        lc.Median(),
        lc.MedianAbsoluteDeviation(),
        lc.MedianBufferRangePercentage(0.1),
        lc.OtsuSplit(),
        lc.PercentAmplitude(),
        lc.PercentDifferenceMagnitudePercentile(0.05),
        lc.ReducedChi2(),
        lc.Skew(),
        lc.StandardDeviation(),
        lc.StetsonK(),
        lc.WeightedMean(),
    ]


SET = FeatureSet(
    version="current",
    title="Features of magnitudes with the best period, as the tables of releases have them",
    magnitudes=magnitudes,
    small=True,
    periodogram={
        "peaks": 1,
        "resolution": 3.0,
        "factor": 1.0,
        "nyquist": float(2 * np.pi * HIGHEST_FREQUENCY),
    },
)
