"""Search for periods: the periodogram, its highest peaks, and what to think of them."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType

import numpy as np

from ztfvo.periods.grid import regular
from ztfvo.periods.halves import alternatives
from ztfvo.periods.methods import lombscargle
from ztfvo.periods.model import Grid, Peak, Search, Series, Spectrum
from ztfvo.periods.window import flags, window_peaks


def search(
    series: Sequence[Series],
    method: ModuleType,
    *,
    shortest: float,
    longest: float | None,
    oversampling: float,
    number: int,
) -> Search:
    """Look for the period that light curves of a star have in common.

    Parameters
    ----------
    series
        Light curves of at least the method's FEWEST epochs each.
    method
        One of `ztfvo.periods.methods`.
    shortest, longest
        Bounds of the period, d; the longest is the duration where it is None.
    oversampling
        Frequencies in the width of a peak.
    number
        Of peaks, at most.

    Raises
    ------
    TooFine
        When the grid would have too many frequencies, or none.
    """
    times = np.sort(np.concatenate([one.time for one in series]))
    duration = float(np.ptp(times))
    grid = regular(duration, shortest, longest, oversampling, method.MOST)
    power = method.powers(series, grid)
    window = window_peaks(times, grid)
    peaks: list[Peak] = []
    for frequency, height in _highest(power, grid, duration, number):
        period = 1 / frequency
        judged = method is lombscargle
        peaks.append(
            Peak(
                frequency=frequency,
                power=height,
                s_to_n=float((height - power.mean()) / power.std()),
                fap=lombscargle.false_alarm(height, series, grid) if judged else None,
                error=lombscargle.period_error(period, height, series, duration)
                if judged
                else period**2 / duration / 2,
                flags=flags(frequency, [one.frequency for one in peaks], window, duration),
                alternatives=alternatives(series, period),
            )
        )
    spectrum = Spectrum(grid.frequencies, power)
    return Search(method.NAME, grid, spectrum, peaks, duration, window)


def _highest(
    power: np.ndarray, grid: Grid, duration: float, number: int
) -> list[tuple[float, float]]:
    """Frequency and power of the highest peaks, none nearer to a higher one than a peak's width."""
    padded = np.concatenate(([-np.inf], power, [-np.inf]))
    middle = padded[1:-1]
    maxima = np.flatnonzero((middle > padded[:-2]) & (middle >= padded[2:]) & (middle > 0))
    found: list[tuple[float, float]] = []
    for place in maxima[np.argsort(power[maxima], kind="stable")[::-1]]:
        frequency, height = _vertex(power, grid, int(place))
        if all(abs(frequency - other) >= 1 / duration for other, _ in found):
            found.append((frequency, height))
        if len(found) == number:
            break
    return found


def _vertex(power: np.ndarray, grid: Grid, place: int) -> tuple[float, float]:
    """Vertex of the parabola through a maximum and its neighbours."""
    at = grid.first + grid.step * place
    if not 0 < place < len(power) - 1:
        return at, float(power[place])
    before, top, after = power[place - 1 : place + 2]
    bend = before - 2 * top + after
    if bend == 0:
        return at, float(top)
    shift = 0.5 * (before - after) / bend
    return float(at + shift * grid.step), float(min(1.0, top - 0.25 * (before - after) * shift))


def outline(spectrum: Spectrum, bins: int) -> Spectrum:
    """Return the highest power in each of so many equal ranges of frequency, where it is.

    Parameters
    ----------
    bins
        Ranges; a spectrum with fewer frequencies is returned as it is.
    """
    number = len(spectrum.power)
    if number <= bins:
        return spectrum
    starts = np.linspace(0, number, bins, endpoint=False).astype(int)
    tops = np.maximum.reduceat(spectrum.power, starts)
    sizes = np.diff(np.append(starts, number))
    is_top = spectrum.power == np.repeat(tops, sizes)
    places = np.flatnonzero(is_top)
    owner = np.searchsorted(starts, places, side="right") - 1
    places = places[np.unique(owner, return_index=True)[1]]
    return Spectrum(spectrum.frequency[places], spectrum.power[places])
