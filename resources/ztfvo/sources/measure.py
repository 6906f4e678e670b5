"""What is measured of stars: magnitudes in each band, and colours, from good epochs.

A good epoch has catflags = 0 and magerr > 0, as everywhere.  A band's epochs are those of all of a
star's light curves in it.  Their chi-square is that of each light curve against its own weighted
mean: what calibrations of fields and channels differ by is no variability.

Colours are of pairs of epochs in two bands of which each is the nearest in time to the other, so
that no epoch counts twice.
"""

from __future__ import annotations

import numpy as np

from ztfvo.ingest.statistics import good_epochs, of_groups
from ztfvo.store.tables import BAND_COLUMNS, BAND_LETTERS, COLORS
from ztfvo.store.unpack import Epochs

_DAY_MS = 86_400_000


def measure(
    star: np.ndarray, filterid: np.ndarray, epochs: Epochs, pair_days: float
) -> dict[str, np.ndarray]:
    """Return the columns of the table source that come from epochs.

    Parameters
    ----------
    star
        Number of the star that each light curve is of: from 0, each at least once, ordered
        (int64[n]).
    filterid
        Of the light curves, which are ordered by it within a star.
    epochs
        Those of the light curves.
    pair_days
        Days that the two epochs of a colour are apart at most.

    Returns
    -------
    dict of str to numpy.ndarray
        By name of the column: numbers int64, others float64 in mag (chi-square without unit), NaN
        where there are too few epochs.
    """
    nstars = int(star[-1]) + 1
    good = good_epochs(epochs)
    curve = np.repeat(np.arange(len(star)), np.diff(epochs.offsets))[good]
    mag, magerr, hmjd = epochs.mag[good], epochs.magerr[good], epochs.hmjd[good]
    chi2, degrees = _chi2(curve, mag, magerr, len(star))
    columns: dict[str, np.ndarray] = {}
    for number, letter in enumerate(BAND_LETTERS, start=1):
        mine = filterid[curve] == number
        found = _of_band(star[curve[mine]], mag[mine], magerr[mine], nstars)
        of_band = filterid == number
        sums = [_sums(star[of_band], each[of_band], nstars) for each in (chi2, degrees)]
        found["chi2_red"] = sums[0] / np.where(sums[1] > 0, sums[1], np.nan)
        columns |= {f"{name}_{letter}": found[name] for name in BAND_COLUMNS}
    for color, bands in COLORS.items():
        parts = [filterid[curve] == band for band in bands]
        columns |= _color(
            color,
            *((star[curve[part]], hmjd[part], mag[part], magerr[part]) for part in parts),
            pair_days,
            nstars,
        )
        medians = [columns[f"mag_median_{BAND_LETTERS[band - 1]}"] for band in bands]
        columns[f"{color}_median"] = medians[0] - medians[1]
    return columns


def _of_band(
    star: np.ndarray, mag: np.ndarray, magerr: np.ndarray, nstars: int
) -> dict[str, np.ndarray]:
    """`BAND_COLUMNS` but chi-square, of good epochs of one band ordered by star."""
    count = np.bincount(star, minlength=nstars)
    some = count > 0
    found = {name: np.full(nstars, np.nan) for name in BAND_COLUMNS} | {"ngoodobs": count}
    if some.any():
        values = of_groups(mag, magerr, count[some])
        for name in ("mag_mean", "mag_median", "mag_amplitude"):
            found[name][some] = values[name]
    return found


def _chi2(
    curve: np.ndarray, mag: np.ndarray, magerr: np.ndarray, ncurves: int
) -> tuple[np.ndarray, np.ndarray]:
    """Chi-square of each light curve against its weighted mean, and its degrees of freedom."""
    weight, mag = magerr.astype(float) ** -2.0, mag.astype(float)
    count = np.bincount(curve, minlength=ncurves)
    mean = _sums(curve, weight * mag, ncurves) / np.where(
        count > 0, _sums(curve, weight, ncurves), 1
    )
    return _sums(curve, weight * (mag - mean[curve]) ** 2, ncurves), np.maximum(count - 1, 0)


def _sums(group: np.ndarray, values: np.ndarray, ngroups: int) -> np.ndarray:
    """Sum of the values of each group, in double precision."""
    return np.bincount(group, values, ngroups).astype(float)


Points = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Star, hmjd, mag and magerr of epochs of one band."""


def _color(
    color: str, first: Points, second: Points, days: float, nstars: int
) -> dict[str, np.ndarray]:
    """Colour, its error, and the number of pairs, of each star.

    The colour is the mean of the differences, weighted by their errors; its error is that of the
    weighted mean, times the square root of the reduced chi-square where this is above 1.
    """
    one, other = _pairs(first, second, days)
    star = first[0][one]
    difference = first[2][one].astype(float) - second[2][other]
    weight = 1 / (first[3][one].astype(float) ** 2 + second[3][other].astype(float) ** 2)
    count = np.bincount(star, minlength=nstars)
    total = np.where(count > 0, _sums(star, weight, nstars), np.nan)
    mean = _sums(star, weight * difference, nstars) / total
    chi2 = _sums(star, weight * (difference - mean[star]) ** 2, nstars)
    scale = np.sqrt(np.maximum(chi2 / np.maximum(count - 1, 1), 1))
    return {color: mean, f"{color}_err": scale / np.sqrt(total), f"{color}_npairs": count}


def _pairs(first: Points, second: Points, days: float) -> tuple[np.ndarray, np.ndarray]:
    """Places of epochs of which each is the nearest to the other; of two as near, the earlier."""
    if not len(first[0]) or not len(second[0]):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    origin = min(first[1].min(), second[1].min())
    times = [np.rint((each[1] - origin) * _DAY_MS).astype(np.int64) for each in (first, second)]
    apart = round(days * _DAY_MS)
    span = max(time.max() for time in times) + apart + 1  # no epochs of two stars are near
    keys = [each[0] * span + time for each, time in zip((first, second), times, strict=True)]
    orders = [np.argsort(key, kind="stable") for key in keys]
    one, other = (key[order] for key, order in zip(keys, orders, strict=True))
    nearest = _nearest(one, other)
    back = _nearest(other, one)
    place = np.arange(len(one))
    pairs = np.flatnonzero((back[nearest] == place) & (np.abs(other[nearest] - one) <= apart))
    return orders[0][pairs], orders[1][nearest[pairs]]


def _nearest(keys: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Which of the sorted `others` is the nearest to each key; of two as near, the smaller."""
    after = np.searchsorted(others, keys)
    before = np.maximum(after - 1, 0)
    after = np.minimum(after, len(others) - 1)
    return np.where(np.abs(others[after] - keys) < np.abs(keys - others[before]), after, before)
