"""The columns of the tables of features: those of the set `ztfvo.features.sets.current`, named here
so that what makes and describes the tables does without the package that computes them."""

from __future__ import annotations

from ztfvo.features.declared import declared
from ztfvo.features.model import Feature

NAMES = (
    *("period_0", "period_s_to_n_0"),
    *("amplitude", "anderson_darling_normal", "beyond_1_std", "beyond_2_std", "cusum", "eta"),
    *("eta_e", "excess_variance", "inter_percentile_range_2", "inter_percentile_range_10"),
    *("inter_percentile_range_25", "kurtosis", "linear_fit_slope", "linear_fit_slope_sigma"),
    *("linear_fit_reduced_chi2", "linear_trend", "linear_trend_sigma", "linear_trend_noise"),
    *("magnitude_percentage_ratio_40_5", "magnitude_percentage_ratio_20_5", "maximum_slope"),
    *("mean", "median", "median_absolute_deviation", "median_buffer_range_percentage_10"),
    *("otsu_mean_diff", "otsu_std_lower", "otsu_std_upper", "otsu_lower_to_all_ratio"),
    *("percent_amplitude", "percent_difference_magnitude_percentile_5", "chi2", "skew"),
    *("standard_deviation", "stetson_k", "weighted_mean"),
)
"""New ones go last: PostgreSQL can then replace views that others are made of."""


def columns() -> list[Feature]:
    """Return what each column is."""
    return [declared(name) for name in NAMES]
