"""Whether the period of a peak is half the star's, or twice: do even and odd cycles differ?"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ztfvo.periods.model import Alternative, Series

HARMONICS = 4
"""Of the shorter of two periods that are compared."""

STRONG = 10.0
"""Difference of BIC from which on it is very strong evidence (Kass & Raftery 1995, J. Am. Stat.
Assoc. 90, 773)."""


def gain(series: Sequence[Series], period: float) -> float | None:
    """Return how much better twice a period fits than the period itself.

    Fourier series of the period with `HARMONICS` are compared with those of twice the period with
    twice as many, which can have other even than odd cycles.

    Parameters
    ----------
    series
        Light curves; each has its own Fourier series.
    period
        d

    Returns
    -------
    float or None
        Bayesian information criterion of the period less that of twice the period: above 0 where
        even and odd cycles differ by more than noise.  None where all have too few epochs.
    """
    usable = [one for one in series if len(one) > 2 + 4 * HARMONICS + 2]
    if not usable:
        return None
    once = sum(_misfit(one, period, HARMONICS) for one in usable)
    twice = sum(_misfit(one, 2 * period, 2 * HARMONICS) for one in usable)
    number = sum(map(len, usable))
    more = 2 * HARMONICS * len(usable)
    if twice <= 0:
        return None
    return number * math.log(once / twice) - more * math.log(number)


def _misfit(one: Series, period: float, harmonics: int) -> float:
    """Chi-square of the Fourier series that fits best."""
    angle = 2 * np.pi * np.outer(one.time - one.time[0], np.arange(1, harmonics + 1)) / period
    model = np.hstack([np.ones((len(one), 1)), np.cos(angle), np.sin(angle)]) / one.magerr[:, None]
    wanted = (one.mag - one.mag.mean()) / one.magerr
    fit, *_ = np.linalg.lstsq(model, wanted, rcond=1e-10)
    return float(((wanted - model @ fit) ** 2).sum())


def alternatives(series: Sequence[Series], period: float) -> list[Alternative]:
    """Return twice and half a period, each with the reason for or against it.

    Parameters
    ----------
    period
        Of a peak, d.
    """
    twice, half = gain(series, period), gain(series, period / 2)
    return [
        Alternative(2 * period, 2.0, twice is not None and twice > STRONG, _of_twice(twice)),
        Alternative(period / 2, 0.5, half is not None and half < -STRONG, _of_half(half)),
    ]


def _of_twice(better: float | None) -> str:
    if better is None:
        return "There are too few epochs to compare even and odd cycles."
    shown = f"BIC of twice the period is lower by {better:.0f}"
    if better > STRONG:
        return f"Even and odd cycles differ ({shown}), as eclipses of two depths do."
    return (
        f"Even and odd cycles do not differ ({shown}); it is the orbital period if the star is a"
        " contact binary (EW) or ellipsoidal, whose two halves are alike."
    )


def _of_half(better: float | None) -> str:
    if better is None:
        return "There are too few epochs to compare the halves of the cycle."

    if better < -STRONG:
        return f"The halves of the cycle do not differ (BIC of half is lower by {-better:.0f})."
    return f"The halves of the cycle differ (BIC of half the period is higher by {better:.0f})."
