"""Statistics of light curves over their good epochs, all light curves of a file at once.

A good epoch has catflags = 0 and magerr > 0.  All sums are made in double precision.
"""

from __future__ import annotations

import numpy as np

from ztfvo.store.lightcurves import LightCurves
from ztfvo.store.unpack import Epochs

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

SIZE_RATIO = 1.25
"""Groups whose sizes differ by less than this are sorted together."""


def good_epochs(curves: LightCurves | Epochs) -> np.ndarray:
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
    running = np.concatenate(([0], np.cumsum(good)))
    count = np.diff(running[curves.offsets])
    some = count > 0
    columns = {name: np.full(len(curves), np.nan) for name in COLUMNS}
    if some.any():
        found = of_groups(curves.mag[good], curves.magerr[good], count[some])
        for name, values in found.items():
            columns[name][some] = values
    return count, columns


def of_groups(mag: np.ndarray, magerr: np.ndarray, count: np.ndarray) -> dict[str, np.ndarray]:
    """Return `COLUMNS` of consecutive groups of `count` good epochs, none of them empty."""
    start = np.cumsum(count) - count
    low, median, high = _order_statistics(mag, start, count)
    error = _order_statistics(magerr, start, count)[1]
    mag, weight = mag.astype(float), magerr.astype(float) ** -2.0
    mean = np.add.reduceat(mag, start) / count
    wmean = np.add.reduceat(mag * weight, start) / np.add.reduceat(weight, start)
    spread = np.add.reduceat((mag - np.repeat(mean, count)) ** 2, start)
    chi2 = np.add.reduceat((mag - np.repeat(wmean, count)) ** 2 * weight, start)
    degrees = np.where(count > 1, count - 1.0, np.nan)
    return {
        "mag_mean": mean,
        "mag_wmean": wmean,
        "mag_median": median,
        "mag_min": low,
        "mag_max": high,
        "mag_std": np.sqrt(spread / degrees),
        "mag_amplitude": (high - low) / 2,
        "magerr_median": error,
        "chi2_red": chi2 / degrees,
    }


def _order_statistics(
    values: np.ndarray, start: np.ndarray, count: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Minimum, median and maximum of consecutive groups of float32 values.

    Groups of similar size are sorted together as the rows of a matrix, which is thirty times
    faster than sorting all by group and value.
    """
    low, median, high = (np.empty(len(count)) for _ in range(3))
    size_class = np.ceil(np.log(count) / np.log(SIZE_RATIO)).astype(int)
    for each in np.unique(size_class):
        groups = np.flatnonzero(size_class == each)
        n = count[groups]
        place = np.arange(n.max())
        matrix = values[np.minimum(start[groups, None] + place, len(values) - 1)]
        matrix[place >= n[:, None]] = np.inf
        matrix.sort(axis=1)
        row = np.arange(len(groups))
        low[groups], high[groups] = matrix[:, 0], matrix[row, n - 1]
        median[groups] = (matrix[row, (n - 1) // 2].astype(float) + matrix[row, n // 2]) / 2
    return low, median, high
