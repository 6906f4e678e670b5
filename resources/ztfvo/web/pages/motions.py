"""Arrows for proper motions, as long as they can be seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from astropy.coordinates import offset_by

YEARS = (10_000, 3_000, 1_000, 300, 100, 30, 10, 3, 1)
"""Times that arrows may be of."""
LONGEST = 0.25
"""Share of the view that the longest is of, at most."""


@dataclass(frozen=True)
class Arrows:
    """Where objects go."""

    years: int
    ends: Sequence[tuple[float, float, float, float]]
    """Right ascension and declination (ICRS, deg) now, and after these years."""


def arrows(motions: Sequence[tuple[float, float, float, float]], view: float) -> Arrows:
    """Return where objects go, along great circles.

    Parameters
    ----------
    motions
        Right ascension and declination (ICRS, deg), and proper motion in both (mas/yr; that in
        right ascension times cos(dec)).
    view
        Width of what is seen, deg.
    """
    ra, dec, east, north = np.array(motions, float).reshape(-1, 4).T
    motion = np.hypot(east, north) / 3.6e6
    fastest = motion.max(initial=0.0)
    years = next((one for one in YEARS if fastest * one <= LONGEST * view), YEARS[-1])
    ra_then, dec_then = (
        each.to_value("deg")
        for each in offset_by(
            np.radians(ra), np.radians(dec), np.arctan2(east, north), np.radians(motion * years)
        )
    )
    return Arrows(years, np.stack([ra, dec, ra_then % 360, dec_then], axis=1).tolist())
