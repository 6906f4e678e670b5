"""Distances, and absolute magnitudes where a distance is good enough for them.

Everything here is arithmetic: what is known comes in, and what follows from it goes out, with the
reason where nothing follows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from astropy.cosmology import FlatLambdaCDM
from numpy.typing import ArrayLike

COSMOLOGY = FlatLambdaCDM(H0=70, Om0=0.3)
"""H0 in km/s/Mpc."""

LEAST_REDSHIFT = 0.002
"""Below it the velocities of galaxies among each other, some 300 km/s, are half of that of the
expansion or more, and stars of the Galaxy have such redshifts too."""
LARGEST_REDSHIFT = 20.0
NARROW = 0.1
"""Width of the interval of a distance from a parallax, 16 to 84 per cent, in units of the distance,
below which absolute magnitudes are made of it."""

_UNITS = (("Gpc", 1e9), ("Mpc", 1e6), ("kpc", 1e3), ("pc", 1.0))


class Method(StrEnum):
    """How a distance was measured, from that which decides where it is there."""

    REDSHIFT = "redshift"
    PHOTOMETRY = "redshift from photometry"
    PARALLAX = "parallax"


@dataclass(frozen=True)
class Distance:
    """A distance that a catalogue has, or that follows from its redshift."""

    pc: float
    method: Method
    source: str
    """Who says so."""
    low: float | None = None
    high: float | None = None
    """pc, 16 and 84 per cent."""
    redshift: float | None = None

    @property
    def modulus(self) -> float:
        """Distance modulus, mag."""
        return float(modulus(self.pc))

    @property
    def width(self) -> float | None:
        """Width of the interval in units of the distance; None where there is no interval."""
        if self.low is None or self.high is None:
            return None
        return (self.high - self.low) / self.pc

    @property
    def weakness(self) -> str | None:
        """Why no absolute magnitude is made of it, a clause; None where it is good enough."""
        if self.method is not Method.PARALLAX:
            if self.redshift is not None and self.redshift < LEAST_REDSHIFT:
                return f"a redshift of {self.redshift:g} says little of the distance"
            return None
        if self.width is None:
            return "it has no interval"
        if not self.width < NARROW:
            return f"its interval is {self.width:.0%} of it wide, {NARROW:.0%} are the limit"
        return None


@dataclass(frozen=True)
class Absolute:
    """An absolute magnitude, or why there is none."""

    mag: float | None
    """AB"""
    distance: Distance | None
    """That which it is made of."""
    extinction: float | None
    """mag that the apparent magnitude was made brighter by; None where none is known."""
    notes: tuple[str, ...]
    """Sentences for people: which distances were not used, and what was left out."""


def luminosity_distance(redshift: ArrayLike) -> np.ndarray:
    """Return the luminosity distance (pc) of redshifts, in `COSMOLOGY`.

    Parameters
    ----------
    redshift
        float of any shape; what is not above 0, or is not known, has NaN.
    """
    z = np.asarray(redshift, float)
    known = np.isfinite(z) & (z > 0)
    found = np.full(z.shape, np.nan)
    found[known] = COSMOLOGY.luminosity_distance(z[known]).to_value("pc")
    return found


def modulus(pc: ArrayLike) -> np.ndarray:
    """Return the distance modulus (mag) of distances (pc); NaN for what is not above 0."""
    pc = np.asarray(pc, float)
    return 5 * np.log10(np.where(pc > 0, pc, np.nan)) - 5


def of_redshift(redshift: float, source: str, photometric: bool = False) -> Distance | None:
    """Return the luminosity distance of a redshift; None for what is no redshift of a galaxy."""
    if not 0 < redshift <= LARGEST_REDSHIFT:
        return None
    method = Method.PHOTOMETRY if photometric else Method.REDSHIFT
    return Distance(float(luminosity_distance(redshift)), method, source, redshift=float(redshift))


def of_parallax(
    pc: float | None, low: float | None, high: float | None, source: str
) -> Distance | None:
    """Return a distance from a parallax, with its interval; None where there is none.

    Parameters
    ----------
    pc, low, high
        Median, and bounds at 16 and 84 per cent, as `ztfvo.outside.sources.gaia_distances` has
        them.  Bounds that are missing, or do not enclose the median, are none.
    """
    if pc is None or not 0 < pc < math.inf:
        return None
    bounds = (low, high) if None not in (low, high) and 0 < low <= pc <= high else (None, None)
    return Distance(float(pc), Method.PARALLAX, source, *bounds)


def best(distances: Iterable[Distance]) -> Distance | None:
    """Return the distance that decides: a redshift before a parallax, the narrowest first.

    What has a redshift far from 0 is no star: a parallax of it is noise, however narrow its
    interval may be.
    """
    usable = [one for one in distances if one.weakness is None]
    return min(usable, key=_rank, default=None)


def _rank(one: Distance) -> tuple[int, float]:
    return list(Method).index(one.method), one.width or 0.0


def absolute(mag: float, extinction: float | None, distances: Iterable[Distance]) -> Absolute:
    """Return the absolute magnitude of an apparent one, from the distance that decides.

    Parameters
    ----------
    mag
        Apparent magnitude (AB), such as that of the peak.
    extinction
        In the same band, mag; None where it is not known, so that it stays in.
    distances
        All that catalogues have.

    Returns
    -------
    Absolute
        Without a magnitude where no distance is good enough.  There is no K correction.
    """
    distances = list(distances)
    chosen = best(distances)
    notes = [
        f"The {one.method} of {one.source} is not used: {one.weakness}."
        for one in distances
        if one.weakness
    ]
    if chosen is None or not math.isfinite(mag):
        return Absolute(None, None, None, tuple(notes))
    notes += [
        f"The {one.method} of {one.source} is not used: the {chosen.method} of {chosen.source}"
        " decides."
        for one in distances
        if one is not chosen and not one.weakness and one.method is not chosen.method
    ]
    if chosen.redshift is not None:
        notes.append("There is no K correction.")
    if extinction is None or not math.isfinite(extinction):
        extinction = None
        notes.append("Extinction is not known, and not taken into account.")
    corrected = mag - (extinction or 0.0) - chosen.modulus
    return Absolute(corrected, chosen, extinction, tuple(notes))


def words(pc: float) -> str:
    """Return a distance for people: two decimals in pc, kpc, Mpc or Gpc, above 0.1 of them."""
    for unit, size in _UNITS:
        if pc > 0.1 * size:
            return f"{pc / size:.2f} {unit}"
    return f"{pc:.2f} pc"
