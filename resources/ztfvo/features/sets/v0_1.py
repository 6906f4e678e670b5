"""Set v0.1 of the SNAD feature service, as in Malanchev et al. 2021."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import light_curve as lc

from ztfvo.features.model import FeatureSet
from ztfvo.features.sets import _original as original


def magnitudes() -> Sequence[Any]:
    """Return the features of magnitudes."""
    return [
        lc.Amplitude(),
        lc.BeyondNStd(1),
        lc.BeyondNStd(2),
        lc.Cusum(),
        lc.Eta(),
        lc.EtaE(),
        lc.InterPercentileRange(0.25),
        lc.InterPercentileRange(0.1),
        lc.Kurtosis(),
        lc.LinearFit(),
        lc.LinearTrend(),
        lc.MagnitudePercentageRatio(0.4, 0.05),
        lc.MagnitudePercentageRatio(0.2, 0.1),
        lc.MaximumSlope(),
        lc.Mean(),
        lc.MedianAbsoluteDeviation(),
        lc.MedianBufferRangePercentage(0.05),
        lc.PercentAmplitude(),
        lc.PercentDifferenceMagnitudePercentile(0.05),
        lc.PercentDifferenceMagnitudePercentile(0.2),
        lc.ReducedChi2(),
        lc.Skew(),
        lc.StandardDeviation(),
        lc.StetsonK(),
        lc.WeightedMean(),
    ]


def of_powers() -> tuple[Any, ...]:
    """Return the features of the periodogram's powers."""
    return (
        lc.Amplitude(),
        lc.BeyondNStd(1),
        lc.BeyondNStd(2),
        lc.Cusum(),
        lc.Eta(),
        lc.InterPercentileRange(0.25),
        lc.StandardDeviation(),
        lc.PercentAmplitude(),
    )


SET = FeatureSet(
    version="v0.1",
    title="Features of set v0.1 of the SNAD feature service (Malanchev et al. 2021)",
    magnitudes=magnitudes,
    periodogram={
        "peaks": 3,
        "resolution": 10.0,
        "factor": 2.0,
        "nyquist": "median",
        "features": of_powers(),
    },
    left_out=frozenset({"linear_trend_noise"}),
    differences=(
        original.PACKAGE,
        original.GRID,
        original.TREND,
        "The resolution of the periodogram, 10 frequencies in the width of a peak, and the quantile"
        " of the inter-percentile range of its powers, 0.25, are those of the later sets and of"
        " the package, as those of the set are not known.",
    ),
)
