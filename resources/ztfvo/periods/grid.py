"""The frequencies at which periods are looked for."""

from __future__ import annotations

import math

from ztfvo.periods.model import Grid


class TooFine(ValueError):
    """A grid would have too many frequencies, or none; the message has the remedy."""


def regular(
    duration: float, shortest: float, longest: float | None, oversampling: float, most: int
) -> Grid:
    """Return a grid whose step is the width of a peak, 1 over the duration, over `oversampling`.

    Parameters
    ----------
    duration
        From the first to the last epoch, d.
    shortest, longest
        Bounds of the period, d; the longest is the duration where it is None.
    oversampling
        Frequencies in the width of a peak.
    most
        Frequencies, at most.

    Raises
    ------
    TooFine
        When there are more than `most`, or the longest period is not above the shortest.
    """
    first, last = 1 / (longest or duration), 1 / shortest
    if not first < last:
        raise TooFine(
            f"No period is between {shortest:g} and {longest or duration:g} d: give a shorter"
            " MIN_PERIOD or a longer MAX_PERIOD."
        )
    step = 1 / (duration * oversampling)
    number = math.ceil((last - first) / step) + 1
    if number > most:
        raise TooFine(
            f"{number:,} frequencies are asked for, {most:,} are the limit: give a longer"
            " MIN_PERIOD, a shorter TIME or less OVERSAMPLING."
        )
    return Grid(first, step, number)
