"""Statistics of light curves over their good epochs, all light curves of a file at once.

A good epoch has catflags = 0 and magerr > 0.  All sums are made in double precision.
"""

from __future__ import annotations

import numpy as np

from ztfvo.ingest.lightcurves import LightCurves

COLUMNS = (
    "mag_mean",
    "mag_wmean",
    "mag_median",
    "mag_min",
    "mag_max",
    "mag_std",
    "mag_amplitude",
    "magerr_median",
    "chi2_red",
)


def good_epochs(curves: LightCurves) -> np.ndarray:
    """Where catflags = 0 and magerr > 0, bool[m]."""
    return (curves.catflags == 0) & (curves.magerr > 0)


def statistics(curves: LightCurves) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Compute the statistics of n light curves.

    Parameters
    ----------
    curves
        Light curves, any number of detections each.

    Returns
    -------
    ngoodobs : numpy.ndarray
        Number of good epochs, int64[n].
    columns : dict of str to numpy.ndarray
        float64[n] arrays named as `COLUMNS`, in mag (chi2_red without unit), NaN where there are
        too few good epochs: none, or fewer than two for mag_std and chi2_red.  mag_wmean is
        weighted by magerr**-2; mag_std is the sample standard deviation (n - 1); mag_amplitude
        is half of maximum less minimum; chi2_red = sum(((mag - mag_wmean) / magerr)**2) / (n - 1).
    """
    good = good_epochs(curves)
    curve = np.repeat(np.arange(len(curves)), curves.nepochs)[good]
    mag, err = curves.mag[good].astype(float), curves.magerr[good].astype(float)
    count = np.bincount(curve, minlength=len(curves))
    weight = err**-2
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = _sums(curve, mag, count) / count
        wmean = _sums(curve, mag * weight, count) / _sums(curve, weight, count)
        spread = _sums(curve, (mag - mean[curve]) ** 2, count)
        chi2 = _sums(curve, ((mag - wmean[curve]) / err) ** 2, count)
        degrees = np.where(count > 1, count - 1.0, np.nan)
        low, median, high = _order_statistics(curve, curves.mag[good], count)
        columns = {
            "mag_mean": mean,
            "mag_wmean": wmean,
            "mag_median": median,
            "mag_min": low,
            "mag_max": high,
            "mag_std": np.sqrt(spread / degrees),
            "mag_amplitude": (high - low) / 2,
            "magerr_median": _order_statistics(curve, curves.magerr[good], count)[1],
            "chi2_red": chi2 / degrees,
        }
    return count, columns


def _sums(curve: np.ndarray, values: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Sum of `values` over each light curve, NaN where it has none."""
    return np.where(count > 0, np.bincount(curve, values, minlength=len(count)), np.nan)


def _order_statistics(
    curve: np.ndarray, values: np.ndarray, count: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Minimum, median and maximum of float32 values of each light curve.

    Light curve and value are sorted as one 64-bit number: the bits of a float32 sort like the
    number when those of negative ones are complemented and the sign bit of others is set.
    """
    bits = values.view(np.uint32)
    keys = np.where(bits >> 31, ~bits, bits | np.uint32(1 << 31)).astype(np.uint64)
    keys |= curve.astype(np.uint64) << np.uint64(32)
    keys.sort()
    keys = keys.astype(np.uint32)
    ordered = (
        np.where(keys >> 31, keys & np.uint32(0x7FFFFFFF), ~keys).view(np.float32).astype(float)
    )
    ordered = np.append(ordered, np.nan)
    start = np.concatenate(([0], np.cumsum(count)[:-1]))
    none = count == 0

    def pick(place: np.ndarray) -> np.ndarray:
        return np.where(none, np.nan, ordered[np.where(none, -1, start + place)])

    median = (pick((count - 1) // 2) + pick(count // 2)) / 2
    return pick(0), median, pick(count - 1)
