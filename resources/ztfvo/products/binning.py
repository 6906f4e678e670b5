"""Averages of light curves in bins of time or of folded time."""

from __future__ import annotations

import numpy as np

from ztfvo.photometry import jansky_to_ab


def average(
    columns: dict[str, np.ndarray], width: float, period: float | None, epoch: float
) -> dict[str, np.ndarray]:
    """Average a light curve in bins; bins without epochs are left out.

    Flux densities are averaged with weights 1 / fluxerr**2, and times and phases with the same
    weights; magnitudes are those of the averages.  Epochs whose error is not positive, or infinite,
    have no weight and are left out.  catflags have every bit that an epoch of the bin has; clrcoeff
    is not a number.

    Parameters
    ----------
    columns
        hmjd, flux, fluxerr and catflags of one length, and phase where `period` is given.
    width
        Of the bins, days.
    period
        days; bins are then those of folded time, which is phase times period, and the last may be
        narrower.
    epoch
        Heliocentric MJD of an edge of the bins; with a period that is phase 0.

    Returns
    -------
    dict of str to numpy.ndarray
        The same columns with mag, magerr, clrcoeff and npoints, one element a bin, in the bins'
        order.
    """
    error = columns["fluxerr"]
    usable = (error > 0) & np.isfinite(error)
    columns = {name: values[usable] for name, values in columns.items()}
    time = columns["hmjd"] - epoch if period is None else columns["phase"] * period
    _, bins = np.unique(np.floor(time / width), return_inverse=True)
    weights = columns["fluxerr"] ** -2.0
    total = np.bincount(bins, weights)
    number = np.bincount(bins)
    flags = np.zeros(len(number), columns["catflags"].dtype)
    np.bitwise_or.at(flags, bins, columns["catflags"])
    means = {
        name: _mean(columns[name], weights, bins, total)
        for name in ("hmjd", "phase", "flux")
        if name in columns
    }
    fluxerr = total**-0.5
    mag, magerr = jansky_to_ab(means["flux"], fluxerr)
    return means | {
        "fluxerr": fluxerr,
        "mag": mag,
        "magerr": magerr,
        "clrcoeff": np.full(len(number), np.nan),
        "catflags": flags,
        "npoints": number,
    }


def _mean(
    values: np.ndarray, weights: np.ndarray, bins: np.ndarray, total: np.ndarray
) -> np.ndarray:
    """Weighted mean in each bin, summed from its first value: times would lose digits."""
    first = np.zeros(len(total))
    first[bins[::-1]] = values[::-1]
    return first + np.bincount(bins, weights * (values - first[bins])) / total
