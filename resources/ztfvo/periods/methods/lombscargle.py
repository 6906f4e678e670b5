"""Generalised Lomb-Scargle periodograms of one light curve or several of a star.

With several, the frequency is common, and each light curve has its own mean, amplitude, phase and
scale of errors: the multi-phase model of VanderPlas & Ivezic 2015, ApJ 812, 18, section 5.  The
errors of each are scaled so that its reduced chi-square against a constant is 1, so that the powers
are averaged with weights of n - 1, n being its number of epochs: neither the band with the smallest
errors nor that with the largest amplitude outweighs the others.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import nifty_ls
import numpy as np

from ztfvo.periods.model import Grid, Series

NAME = "lombscargle"
TITLE = "Generalised Lomb-Scargle periodogram, with floating means"
REFERENCE = (
    "Zechmeister & Kuerster 2009, A&A 496, 577; Garrison et al. 2024, RNAAS 8, 250 (nifty-ls)"
)
FALSE_ALARM = (
    "Upper bound of Baluev 2008, MNRAS 385, 1279; for several light curves with the expected number"
    " of peaks of a chi-square process of 2 degrees of freedom for each (Davies 1987, Biometrika"
    " 74, 33)"
)
ORDER = 10
MOST = 2_000_000
FEWEST = 5
"""Epochs of a light curve: its own mean, sine and cosine leave two."""


def powers(series: Sequence[Series], grid: Grid) -> np.ndarray:
    """Compute the periodogram with floating means.

    Parameters
    ----------
    series
        Light curves of at least `FEWEST` epochs each.
    grid
        Frequencies.

    Returns
    -------
    numpy.ndarray
        Share of the chi-square of constants that sines remove, 0 to 1 (float64[grid.number]).
    """
    total = np.zeros(grid.number)
    for one in series:
        total += (len(one) - 1) * _of_one(one, grid)
    return total / sum(len(one) - 1 for one in series)


def _of_one(one: Series, grid: Grid) -> np.ndarray:
    if np.ptp(one.mag) == 0:
        return np.zeros(grid.number)
    found = nifty_ls.lombscargle(
        one.time - one.time[0],
        one.mag,
        dy=one.magerr,
        fmin=grid.first,
        fmax=grid.last,
        Nf=grid.number,
        nthreads=1,
        backend="finufft",
    )
    return np.clip(found.power, 0, 1)


def false_alarm(power: float, series: Sequence[Series], grid: Grid) -> float:
    """Return the probability that noise makes a peak as high anywhere in the grid.

    At one frequency, the power of Gaussian noise has a beta distribution.  The number of peaks
    above a power is that of Baluev 2008, MNRAS 385, 1279; with k light curves, the expected one of
    a chi-square process of 2 k degrees of freedom (Davies 1987, Biometrika 74, 33).  It is an upper
    bound, near the truth where it is small.

    Parameters
    ----------
    power
        Of the peak, 0 to 1.
    series
        k light curves with n epochs: 2 k parameters of sines, and n - 3 k degrees of freedom.
    """
    k, number = len(series), sum(map(len, series))
    half = (number - 3 * k) / 2
    if half <= 0 or power <= 0:
        return 1.0
    if power >= 1:
        return 0.0
    log_single = min(0.0, _log_sum([_log_term(power, half, j) for j in range(k)]))
    spread = sum(len(one) * one.time.var() for one in series) / number
    width = (grid.last - grid.first) * math.sqrt(4 * math.pi * spread)
    log_peaks = (
        math.log(width)
        + (half - 0.5) * math.log1p(-power)
        + (k - 0.5) * math.log((number - k) * power / 2)
        - math.lgamma(k)
    )
    if log_peaks > 5:  # exp(-exp(5)) is 0
        return 1.0
    # 1 - (1 - single) exp(-peaks), without loss where both are small.
    single, peaks = math.exp(log_single), math.exp(log_peaks)
    return single * math.exp(-peaks) - math.expm1(-peaks)


def _log_term(power: float, half: float, j: int) -> float:
    """Logarithm of a term of the beta distribution's tail, (1 - z)^b sum of z^j (b)_j / j!."""
    rising = math.lgamma(half + j) - math.lgamma(half) - math.lgamma(j + 1)
    return half * math.log1p(-power) + rising + j * math.log(power)


def _log_sum(logs: Sequence[float]) -> float:
    top = max(logs)
    return top if top == -math.inf else top + math.log(sum(math.exp(each - top) for each in logs))


def period_error(period: float, power: float, series: Sequence[Series], duration: float) -> float:
    """Return the standard error of the period of a sine in white noise, d.

    From Montgomery & O'Donoghue 1999, Delta Scuti Star Newsletter 13, 28: the error of the
    frequency is sqrt(6 / n) sigma / (pi T a); the amplitude a and the scatter sigma about the sine
    are those of the power p = (a^2 / 2) / (a^2 / 2 + sigma^2).  An alias is not allowed for.
    """
    number = sum(map(len, series))
    if power <= 0 or power >= 1:
        return 0.0 if power >= 1 else math.inf
    ratio = math.sqrt((1 - power) / (2 * power))
    return period**2 * math.sqrt(6 / number) * ratio / (math.pi * duration)
