"""The window function of observations, and periods that it and the sky make."""

from __future__ import annotations

from collections.abc import Sequence

import finufft
import numpy as np

from ztfvo.periods.model import Grid

CYCLES = {
    "day": 1.0,
    "half-day": 2.0,
    "sidereal day": 1.00273790935,
    "month": 1 / 29.530589,
    "year": 1 / 365.25636,
}
"""Frequencies (1/d) that observations from one place have: of the mean solar day, the mean sidereal
day (Explanatory Supplement to the Astronomical Almanac, 3rd ed.), the synodic month and the
sidereal year."""

MULTIPLES = {"day": 10, "sidereal day": 10}
"""So many multiples of a cycle are looked at; of the others only the cycle."""

STRONG = 0.1
"""Power of the window function from which on its peaks are looked at."""
MOST = 10
"""Peaks of the window function."""


def window_power(times: np.ndarray, grid: Grid) -> np.ndarray:
    """Compute the power of the window function, 1 at frequency 0 (float64[grid.number]).

    Parameters
    ----------
    times
        Of all epochs, d.
    """
    since = times - times[0]
    # Frequencies k step of a transform of length 2 n; those of the grid begin at its first.
    strengths = np.exp(2j * np.pi * np.fmod(grid.first * since, 1))
    places = 2 * np.pi * np.fmod(grid.step * since, 1)
    places = np.where(places > np.pi, places - 2 * np.pi, places)
    found = finufft.nufft1d1(
        places, strengths, 2 * grid.number, isign=1, eps=1e-9, modeord=1, nthreads=1
    )
    return np.abs(found[: grid.number] / len(times)) ** 2


def window_peaks(times: np.ndarray, grid: Grid) -> list[float]:
    """Return frequencies (1/d) of the highest peaks of the window function, the highest first."""
    power = window_power(times, grid)
    away = grid.frequencies > 2 / np.ptp(times)
    inner = power[1:-1]
    places = 1 + np.flatnonzero(
        (inner > power[:-2]) & (inner >= power[2:]) & (inner > STRONG) & away[1:-1]
    )
    places = places[np.argsort(power[places], kind="stable")[::-1]]
    return (grid.first + grid.step * places[:MOST]).tolist()


def flags(
    frequency: float, higher: Sequence[float], window: Sequence[float], duration: float
) -> list[str]:
    """Return words for what a peak may be in place of a period of the star.

    Parameters
    ----------
    frequency
        Of the peak, 1/d.
    higher
        Those of higher peaks, the highest first.
    window
        Those of the window function.
    duration
        d; frequencies agree that are less than 2 over it apart, the full width of a peak.
    """
    width = 2 / duration
    found = [
        f"{name} alias"
        for name, cycle in CYCLES.items()
        if any(abs(frequency - n * cycle) < width for n in range(1, MULTIPLES.get(name, 1) + 1))
    ]
    if any(abs(frequency - each) < width for each in window):
        found.append("peak of the window function")
    for number, other in enumerate(higher, start=1):
        for name, cycle in CYCLES.items():
            sums = (other + cycle, abs(other - cycle))
            if cycle > width and any(abs(each - frequency) < width / 2 for each in sums):
                found.append(f"{name} alias of peak {number}")
    return found
