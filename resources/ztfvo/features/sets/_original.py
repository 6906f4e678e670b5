"""What the sets of the SNAD feature service have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import light_curve as lc

SUFFIXES = ("_magn", "_flux")

PACKAGE = (
    "Computed by today's release of the package light-curve and not by the one of the set's time."
)
GRID = (
    "The package takes 2^k + 1 frequencies, so that the highest is between half of the stated one"
    " and the stated one."
)
TREND = (
    "linear_trend_noise, which today's package computes too, is left out; linear_trend_sigma is"
    " that of today's package."
)


def magnitudes() -> Sequence[Any]:
    """Return the features of magnitudes that sets v0.2 and v0.4 share."""
    return [
        lc.Amplitude(),
        lc.AndersonDarlingNormal(),
        lc.BeyondNStd(1),
        lc.BeyondNStd(2),
        lc.Cusum(),
        lc.InterPercentileRange(0.02),
        lc.InterPercentileRange(0.1),
        lc.InterPercentileRange(0.25),
        lc.Kurtosis(),
        lc.LinearFit(),
        lc.LinearTrend(),
        lc.MagnitudePercentageRatio(0.4, 0.05),
        lc.MagnitudePercentageRatio(0.2, 0.05),
        lc.Mean(),
        lc.MedianAbsoluteDeviation(),
        lc.MedianBufferRangePercentage(0.1),
        lc.MedianBufferRangePercentage(0.2),
        lc.PercentAmplitude(),
        lc.PercentDifferenceMagnitudePercentile(0.05),
        lc.PercentDifferenceMagnitudePercentile(0.1),
        lc.ReducedChi2(),
        lc.Skew(),
        lc.StandardDeviation(),
        lc.StetsonK(),
        lc.WeightedMean(),
    ]


def fluxes() -> Sequence[Any]:
    """Return the features of flux densities that sets v0.2 and v0.4 share."""
    return [
        lc.AndersonDarlingNormal(),
        lc.Cusum(),
        lc.ExcessVariance(),
        lc.Kurtosis(),
        lc.MeanVariance(),
        lc.ReducedChi2(),
        lc.Skew(),
        lc.StetsonK(),
    ]


def of_powers() -> tuple[Any, ...]:
    """Return the features of the periodogram's powers that sets v0.2 and v0.4 share."""
    return (lc.Amplitude(), lc.BeyondNStd(2), lc.BeyondNStd(3), lc.StandardDeviation())
