"""Light-curve shapes: magnitude offsets of variable stars at given times.

Periodic shapes are templates with zero mean and unit half range over a cycle; the others
(transients, flares, stochastic light) are functions of time seeded by the star, so that a star
has one history in all fields and filters.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

_PHASES = np.arange(1024) / 1024


@dataclass(frozen=True)
class Shape:
    """How a star varies.

    Attributes
    ----------
    kind
        Class of the star: a key of `PERIODIC` or `EVENTFUL`.
    amplitude
        In mag: half range of periodic stars in their reference filter; height of transients,
        outbursts and flares; standard deviation of stochastic light.
    period
        Days between repetitions; for contact binaries the orbital period, with two minima.
    epochs
        MJD of phase zero, or of the maxima of transients, outbursts and flares.
    seed
        Number that fixes the star's random history.
    reference
        Filter number in which the amplitude holds.
    """

    kind: str
    amplitude: float
    period: float = 1.0
    epochs: tuple[float, ...] = (58000.0,)
    seed: int = 0
    reference: int = 2

    def offset(self, mjd: NDArray, filterid: int) -> NDArray[np.float64]:
        """Magnitudes to add to the mean at heliocentric times, in one filter."""
        if self.kind in PERIODIC:
            phase = ((mjd - self.epochs[0]) / self.period) % 1.0
            scale = self.amplitude * _scale(self.kind, filterid, self.reference)
            return scale * np.interp(phase, _PHASES, _template(self.kind), period=1.0)
        return EVENTFUL[self.kind](self, mjd, filterid)


_BAND_FACTOR = {1: 1.25, 2: 1.0, 3: 0.8}
_GREY = {"EW", "EB", "EA", "XRB"}


def _scale(kind: str, filterid: int, reference: int) -> float:
    """Amplitude in a filter over that in the reference filter; eclipses are grey."""
    return 1.0 if kind in _GREY else _BAND_FACTOR[filterid] / _BAND_FACTOR[reference]


@cache
def _template(kind: str) -> NDArray[np.float64]:
    """Magnitude over one cycle, zero mean and unit half range, shape (1024,)."""
    raw = PERIODIC[kind](_PHASES)
    raw = raw - raw.mean()
    return raw / ((raw.max() - raw.min()) / 2)


def _pulsation(rise: float, sharpness: float) -> Callable[[NDArray], NDArray]:
    """Light of a pulsator: a rise lasting a share of the cycle, then a slowing decline."""

    def magnitude(phase: NDArray) -> NDArray:
        climb = 0.5 * (1 + np.cos(np.pi * np.clip((phase - 1 + rise) / rise, 0, 1)))
        decline = 1 - np.exp(-sharpness * phase)
        decline = decline / (1 - np.exp(-sharpness * (1 - rise)))
        return np.where(phase > 1 - rise, climb, decline)

    return magnitude


def _eclipses(width: float, secondary: float, ellipsoidal: float) -> Callable[[NDArray], NDArray]:
    """Two eclipses of Gaussian profile on an ellipsoidal wave; width in phase."""

    def magnitude(phase: NDArray) -> NDArray:
        first = (phase + 0.5) % 1.0 - 0.5
        second = phase - 0.5
        dips = np.exp(-0.5 * (first / width) ** 2)
        dips = dips + secondary * np.exp(-0.5 * (second / width) ** 2)
        return dips + ellipsoidal * np.cos(4 * np.pi * phase)

    return magnitude


def _irradiated(phase: NDArray) -> NDArray:
    """HZ Her: a donor lit by its neutron star, faintest when the dark side faces us."""
    lit = (0.5 * (1 - np.cos(2 * np.pi * phase))) ** 1.4
    away = (phase + 0.5) % 1.0 - 0.5
    return -2.5 * np.log10(0.25 + lit) + 0.1 * np.exp(-0.5 * (away / 0.04) ** 2)


def _rotation(phase: NDArray) -> NDArray:
    """Two groups of star spots."""
    return np.cos(2 * np.pi * phase) + 0.3 * np.cos(4 * np.pi * phase + 1.0)


def _mira(phase: NDArray) -> NDArray:
    """A long-period giant: a sine that rises faster than it falls."""
    return -np.cos(2 * np.pi * phase) + 0.2 * np.sin(4 * np.pi * phase)


PERIODIC: dict[str, Callable[[NDArray], NDArray]] = {
    "RRAB": _pulsation(0.15, 2.5),
    "RRC": _pulsation(0.42, 0.6),
    "DCEP": _pulsation(0.3, 1.2),
    "DSCT": _pulsation(0.4, 0.5),
    "EW": _eclipses(0.07, 0.94, 0.35),
    "EB": _eclipses(0.06, 0.5, 0.15),
    "EA": _eclipses(0.018, 0.4, 0.01),
    "XRB": _irradiated,
    "ROT": _rotation,
    "LPV": _mira,
}
"""Magnitude as a function of phase, before normalisation."""


def _brighten(flux: NDArray, height: float) -> NDArray:
    """Magnitude change when `flux` (1 at its peak) lifts the star by `height` mag there."""
    return -2.5 * np.log10(1 + flux * (10 ** (0.4 * height) - 1))


def _burst(age: NDArray, rise: float, fall: float) -> NDArray:
    """Flux of an event: Gaussian rise before age 0, exponential fall after; days."""
    before = np.exp(-0.5 * (np.minimum(age, 0) / rise) ** 2)
    return before * np.exp(-np.maximum(age, 0) / fall)


def _supernova(shape: Shape, mjd: NDArray, filterid: int) -> NDArray:
    """A rise of two weeks and a decline that is slower in red light."""
    age = mjd - shape.epochs[0]
    fall = (22.0, 32.0, 40.0)[filterid - 1]
    return _brighten(_burst(age, 7.0, fall), shape.amplitude)


def _nova(shape: Shape, mjd: NDArray, filterid: int) -> NDArray:
    """A nova: up within a day, down by two magnitudes in three weeks."""
    return _brighten(_burst(mjd - shape.epochs[0], 0.8, 12.0), shape.amplitude)


def _outbursts(shape: Shape, mjd: NDArray, filterid: int) -> NDArray:
    """Dwarf-nova outbursts at the epochs, then flickering in quiescence."""
    flux = np.zeros_like(mjd)
    for epoch in shape.epochs:
        age = mjd - epoch
        plateau = (np.abs(age - 5.0) < 5.0).astype(float)
        flux = np.maximum(flux, plateau * (1 - 0.05 * age))
        flux = np.maximum(flux, _burst(age, 0.7, 0.05))
        flux = np.maximum(flux, 0.5 * _burst(age - 10.0, 0.05, 1.6) * (age > 10.0))
    return _brighten(np.clip(flux, 0, 1), shape.amplitude) + 0.1 * _modes(shape.seed, mjd, 0.05, 1)


def _flares(shape: Shape, mjd: NDArray, filterid: int) -> NDArray:
    """M-dwarf flares at the epochs: up in two minutes, down in ten, bluer than the star."""
    flux = np.zeros_like(mjd)
    for epoch in shape.epochs:
        flux = flux + _burst(mjd - epoch, 0.0012, 0.007)
    height = shape.amplitude * (1.6, 1.0, 0.6)[filterid - 1]
    return _brighten(flux, height) + 0.01 * _modes(shape.seed, mjd, 2.0, 20.0)


def _modes(seed: int, mjd: NDArray, shortest: float, damping: float) -> NDArray:
    """Red noise of unit variance: a damped random walk as a sum of 96 random waves.

    Parameters
    ----------
    shortest
        Shortest time scale in days.
    damping
        Time scale in days beyond which the power is flat.
    """
    rng = np.random.default_rng([seed, 77])
    edges = np.geomspace(1 / 6000.0, 1 / shortest, 97)
    rate = np.sqrt(edges[1:] * edges[:-1])
    power = np.diff(edges) / (1 + (2 * np.pi * rate * damping) ** 2)
    height = np.sqrt(2 * power / power.sum())
    angle = 2 * np.pi * (np.outer(mjd - 58000.0, rate) + rng.random(96))
    return (height * np.cos(angle)).sum(axis=1)


def _active_nucleus(shape: Shape, mjd: NDArray, filterid: int) -> NDArray:
    """A damped random walk with a time scale of 200 d, stronger in blue light."""
    blue = _BAND_FACTOR[filterid] / _BAND_FACTOR[shape.reference]
    return shape.amplitude * blue * _modes(shape.seed, mjd, 3.0, 200.0)


def _young_star(shape: Shape, mjd: NDArray, filterid: int) -> NDArray:
    """Irregular fading by dust, in days and weeks."""
    walk = _modes(shape.seed, mjd, 1.0, 15.0)
    return shape.amplitude * _BAND_FACTOR[filterid] * (walk + 0.6 * np.maximum(walk - 0.5, 0))


def _semiregular(shape: Shape, mjd: NDArray, filterid: int) -> NDArray:
    """A giant whose period wanders: a sine and red noise of the same strength."""
    wave = np.cos(2 * np.pi * (mjd - shape.epochs[0]) / shape.period)
    return (
        shape.amplitude
        * _BAND_FACTOR[filterid]
        * (0.8 * wave + 0.4 * _modes(shape.seed, mjd, 20.0, 150.0))
    )


EVENTFUL: dict[str, Callable[[Shape, NDArray, int], NDArray]] = {
    "SN": _supernova,
    "NOVA": _nova,
    "CV": _outbursts,
    "M_dwarf_flare": _flares,
    "AGN": _active_nucleus,
    "YSO": _young_star,
    "SR": _semiregular,
}
"""Magnitude offset as a function of time, for stars without a strict period."""
