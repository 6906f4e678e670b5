"""Box least squares, for eclipses that are short: astropy's BoxLeastSquares.

The light curves of a star are shifted to mean 0 and taken together, as eclipses have similar depths
in all bands; dips are those of brightness.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from astropy.timeseries import BoxLeastSquares

from ztfvo.periods.model import Grid, Series

NAME = "box"
TITLE = "Box least squares"
REFERENCE = "Kovacs et al. 2002, A&A 391, 369; astropy.timeseries.BoxLeastSquares"
FALSE_ALARM = ""
ORDER = 20
FEWEST = 10
MOST = 500_000

DURATIONS = (0.03, 0.06, 0.12, 0.2)
"""Of the eclipse, over the period."""


def powers(series: Sequence[Series], grid: Grid) -> np.ndarray:
    """Compute the statistic.

    Parameters
    ----------
    series
        Light curves of at least `FEWEST` epochs each.
    grid
        Frequencies.

    Returns
    -------
    numpy.ndarray
        Share of the chi-square of constants that the best box removes (float64[grid.number]).
    """
    time, bright, error = _together(series)
    chi2 = float(((bright / error) ** 2).sum())
    found = np.zeros(grid.number)
    if chi2 == 0:
        return found
    model = BoxLeastSquares(time, bright, error)
    frequency = grid.frequencies
    # Durations are those of an octave's shortest period, as the package takes them in days.
    octave = np.floor(np.log2(frequency / frequency[0])).astype(int)
    for each in np.unique(octave):
        places = np.flatnonzero(octave == each)
        periods = 1 / frequency[places]
        widths = np.array(DURATIONS) * periods.min()
        result = model.power(periods, widths, objective="likelihood", oversample=3)
        found[places] = result.depth_snr**2 / chi2
    return np.nan_to_num(found)


def _together(series: Sequence[Series]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times, deviations towards the bright side and errors of all epochs, by time."""
    time = np.concatenate([one.time - series[0].time[0] for one in series])
    bright = [np.average(one.mag, weights=one.magerr**-2) - one.mag for one in series]
    order = time.argsort(kind="stable")
    error = np.concatenate([one.magerr for one in series])
    return time[order], np.concatenate(bright)[order], error[order]
