"""What each feature is: unit, UCD, description and reference, by the name that the package has.

Percentages and numbers of a name stand in the description.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ztfvo.features.model import Feature

DISANTO = "D'Isanto et al. 2016, MNRAS 457, 3119"
KIM = "Kim et al. 2014, A&A 566, A43"
MALANCHEV = "Malanchev et al. 2021, MNRAS 502, 5147"
STETSON = "Stetson 1996, PASP 108, 851"
LOMB = "Lomb 1976, Ap&SS 39, 447; Scargle 1982, ApJ 263, 835"
BAZIN = "Bazin et al. 2009, A&A 499, 653"
OTSU = "Otsu 1979, IEEE Trans. SMC 9, 62"
STEPHENS = "Stephens 1974, J. Am. Stat. Assoc. 69, 730"
SANCHEZ = "Sanchez et al. 2017, ApJ 849, 110"


class _Kind(NamedTuple):
    """Features of one kind; ``{u}`` is the unit of the values, other braces parts of the name."""

    pattern: str
    unit: str
    ucd: str
    description: str
    reference: str


_KINDS = tuple(
    _Kind(*each)
    for each in (
        (
            "amplitude",
            "{u}",
            "src.var.amplitude",
            "Half of maximum less minimum",
            DISANTO,
        ),
        (
            "anderson_darling_normal",
            "",
            "stat.fit.goodness",
            "Anderson-Darling statistic A^2 of a normal distribution with the sample's mean and"
            " variance, times 1 + 4/n - 25/n^2",
            STEPHENS,
        ),
        (
            r"beyond_(?P<n>\d+)_std",
            "",
            "stat.value;arith.ratio",
            "Share of epochs more than {n} standard deviations from the mean",
            DISANTO,
        ),
        (
            "cusum",
            "",
            "src.var.index",
            "Range of the cumulative sums of the deviations from the mean, over n times the"
            " standard deviation",
            KIM,
        ),
        (
            "eta",
            "",
            "src.var.index",
            "Von Neumann's eta: mean square of successive differences over the variance",
            KIM,
        ),
        (
            "eta_e",
            "",
            "src.var.index",
            "Eta for uneven times: successive differences are divided by their times, and the"
            " result is scaled by the duration",
            KIM,
        ),
        (
            "excess_variance",
            "",
            "src.var.index",
            "Variance less mean square of the errors, over the square of the mean",
            SANCHEZ,
        ),
        (
            r"inter_percentile_range_(?P<q>\d+)",
            "{u}",
            "src.var.amplitude",
            "Range between the percentiles {q} and 100 - {q}",
            MALANCHEV,
        ),
        (
            "kurtosis",
            "",
            "stat.param",
            "Excess kurtosis G2, free of bias",
            KIM,
        ),
        (
            "linear_fit_slope",
            "{u}/d",
            "stat.fit.param;src.var",
            "Slope of the line fitted with the errors as weights",
            MALANCHEV,
        ),
        (
            "linear_fit_slope_sigma",
            "{u}/d",
            "stat.error;stat.fit.param",
            "Standard error of linear_fit_slope",
            MALANCHEV,
        ),
        (
            "linear_fit_reduced_chi2",
            "",
            "stat.fit.chi2",
            "Reduced chi-square of the line fitted with the errors as weights",
            MALANCHEV,
        ),
        (
            "linear_trend",
            "{u}/d",
            "stat.fit.param;src.var",
            "Slope of the line fitted without errors",
            DISANTO,
        ),
        (
            "linear_trend_sigma",
            "{u}/d",
            "stat.error;stat.fit.param",
            "Standard error of linear_trend",
            DISANTO,
        ),
        (
            "linear_trend_noise",
            "{u}",
            "stat.fit.residual",
            "Standard deviation about the line fitted without errors",
            DISANTO,
        ),
        (
            r"magnitude_percentage_ratio_(?P<a>\d+)_(?P<b>\d+)",
            "",
            "stat.value;arith.ratio",
            "Range between the percentiles {a} and 100 - {a} over that between {b} and 100 - {b}",
            DISANTO,
        ),
        (
            "maximum_slope",
            "{u}/d",
            "arith.rate;src.var;stat.max",
            "Largest absolute slope between successive epochs",
            DISANTO,
        ),
        (
            "mean",
            "{u}",
            "{v};stat.mean",
            "Mean without weights",
            MALANCHEV,
        ),
        (
            "mean_variance",
            "",
            "src.var.index",
            "Standard deviation over the mean",
            KIM,
        ),
        (
            "median",
            "{u}",
            "{v};stat.median",
            "Median",
            MALANCHEV,
        ),
        (
            "median_absolute_deviation",
            "{u}",
            "stat.stdev",
            "Median of the absolute deviations from the median",
            DISANTO,
        ),
        (
            r"median_buffer_range_percentage_(?P<q>\d+)",
            "",
            "stat.value;arith.ratio",
            "Share of epochs within {q} per cent of half the range around the median",
            DISANTO,
        ),
        (
            "otsu_mean_diff",
            "{u}",
            "src.var.amplitude",
            "Difference of the means of the two parts that Otsu's threshold makes",
            OTSU,
        ),
        (
            "otsu_std_lower",
            "{u}",
            "stat.stdev",
            "Standard deviation of the part below Otsu's threshold",
            OTSU,
        ),
        (
            "otsu_std_upper",
            "{u}",
            "stat.stdev",
            "Standard deviation of the part above Otsu's threshold",
            OTSU,
        ),
        (
            "otsu_lower_to_all_ratio",
            "",
            "stat.value;arith.ratio",
            "Share of epochs below Otsu's threshold",
            OTSU,
        ),
        (
            "percent_amplitude",
            "{u}",
            "src.var.amplitude",
            "Largest absolute deviation from the median",
            DISANTO,
        ),
        (
            r"percent_difference_magnitude_percentile_(?P<q>\d+)",
            "",
            "src.var.amplitude;arith.ratio",
            "Range between the percentiles {q} and 100 - {q} over the median",
            DISANTO,
        ),
        (
            r"period_(?P<k>\d+)",
            "d",
            "time.period",
            "Period of peak {k}, counted from 0 for the highest, of the Lomb-Scargle periodogram",
            LOMB,
        ),
        (
            r"period_s_to_n_(?P<k>\d+)",
            "",
            "stat.snr",
            "Power of peak {k} of the periodogram, counted from 0 for the highest, less the mean"
            " power, over the standard deviation of the powers",
            MALANCHEV,
        ),
        (
            "chi2",
            "",
            "stat.fit.chi2;src.var",
            "Reduced chi-square of a constant, the weighted mean",
            MALANCHEV,
        ),
        (
            "skew",
            "",
            "stat.asymmetry",
            "Skewness G1, free of bias",
            KIM,
        ),
        (
            "standard_deviation",
            "{u}",
            "stat.stdev",
            "Standard deviation of the sample",
            MALANCHEV,
        ),
        (
            "stetson_k",
            "",
            "src.var.index",
            "Stetson's K: mean over root mean square of the absolute deviations from the weighted"
            " mean in units of the errors",
            STETSON,
        ),
        (
            "weighted_mean",
            "{u}",
            "{v};stat.mean",
            "Mean weighted by the inverse squares of the errors",
            MALANCHEV,
        ),
        (
            "bazin_fit_mag_full_amplitude",
            "mag",
            "src.var.amplitude;stat.fit.param",
            "Full amplitude of Bazin's function as magnitude: 8.9 - 2.5 log10(2 A)",
            BAZIN,
        ),
        (
            "bazin_fit_baseline_amplitude_ratio",
            "",
            "stat.fit.param;arith.ratio",
            "Baseline of Bazin's function over its amplitude A",
            BAZIN,
        ),
        (
            "bazin_fit_rise_time",
            "d",
            "time.duration;stat.fit.param",
            "Time of rise of Bazin's function",
            BAZIN,
        ),
        (
            "bazin_fit_fall_time",
            "d",
            "time.duration;stat.fit.param",
            "Time of fall of Bazin's function",
            BAZIN,
        ),
        (
            "bazin_fit_reduced_chi2",
            "",
            "stat.fit.chi2",
            "Reduced chi-square of the fit of Bazin's function",
            BAZIN,
        ),
    )
)

_TRANSFORMED = {
    "ln1p_": "ln(1 + x) of x: ",
    "lg_": "Decimal logarithm of: ",
    "clipped_lg_": "Decimal logarithm, where there is one, of: ",
    "arcsinh_": "Inverse hyperbolic sine of: ",
}
_BINS = "bins_window1.0_offset0.0_"
_POWERS = "periodogram_"
_PERIODS = ("periodogram_period_", "period_")
"""How the package names what is found in a periodogram, and how the sets do."""


def declared(name: str, values: str = "mag", suffix: str = "") -> Feature:
    """Return what a feature is.

    Parameters
    ----------
    name
        By which the package names it.
    values
        Unit of what it is a feature of.
    suffix
        What its name in the set ends in.

    Raises
    ------
    LookupError
        If no kind of features has such a name.
    """
    shown = name.replace(*_PERIODS, 1) if name.startswith(_PERIODS[0]) else name
    before, rest, powers = "", shown, False
    if rest.startswith(_BINS):
        before, rest = "Of averages of a day, weighted by the errors: ", rest.removeprefix(_BINS)
    if rest.startswith(_POWERS):
        before, powers = "Of the powers of the periodogram: ", True
        rest = rest.removeprefix(_POWERS)
    transformed = next((each for each in _TRANSFORMED if rest.startswith(each)), "")
    rest = rest.removeprefix(transformed)
    for kind in _KINDS:
        if found := re.fullmatch(kind.pattern, rest.lower()):
            unit = "" if powers or transformed else kind.unit.replace("{u}", values)
            text = before + _TRANSFORMED.get(transformed, "") + kind.description
            return Feature(
                name=shown + suffix,
                unit=unit,
                ucd=kind.ucd.replace("{v}", "phot.mag;em.opt" if values == "mag" else "phot.flux"),
                description=text.format(**found.groupdict()),
                reference=kind.reference,
            )
    raise LookupError(f"No feature is declared by the name {name!r}.")
