"""What the camera and the pipeline add: depth, errors, flags and colour coefficients.

The numbers follow the published bulk files: the quoted error is a smooth function of the
magnitude, one curve per channel, whatever the sky of the single exposure; the true scatter is
larger on a bright sky. About a tenth of the detections carries a flag of 32768 or more, nearly
all because a whole exposure of the channel is bad.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .schedule import LIMITING_MAGNITUDE, Exposures

BAD_EXPOSURE = 32768
"""Flag of photometry that should not be used."""

DETECTION_WIDTH = 0.2
"""Magnitudes over which the detection probability falls at the limit (one sigma)."""

_RARE_FLAGS = (
    (1, 8e-4),
    (4, 8e-5),
    (8, 2e-5),
    (16, 1.5e-4),
    (256, 4e-4),
    (512, 4e-5),
    (516, 4e-5),
    (524, 1e-5),
    (32768, 6e-3),
    (32769, 1e-4),
    (32784, 6e-5),
    (33024, 4e-5),
    (65535, 1.1e-3),
)
"""Flag values of single detections, and their frequency."""

_COLOR = {1: (-0.057, 0.023), 2: (0.096, 0.015), 3: (0.012, 0.014)}
"""Mean and scatter of the colour coefficients, by filter number."""

_GRID = np.arange(8.0, 25.0, 0.1)


@dataclass(frozen=True)
class Conditions:
    """How one channel saw its exposures; arrays of shape (exposures,).

    Attributes
    ----------
    limit
        Limiting magnitude.
    clrcoeff
        Colour coefficient, different for each exposure.
    flagged
        Share of the detections of the exposure that are flagged as bad.
    offset
        Error of the photometric calibration in mag.
    error_curve
        Quoted error at the magnitudes `_GRID`, shape (grid,).
    """

    limit: NDArray[np.float64]
    clrcoeff: NDArray[np.float32]
    flagged: NDArray[np.float64]
    offset: NDArray[np.float64]
    error_curve: NDArray[np.float64]

    def quoted_error(self, mag: NDArray) -> NDArray[np.float32]:
        """Error that the pipeline states for a magnitude, full float32."""
        return np.interp(mag, _GRID, self.error_curve).astype(np.float32)


def _error_curve(filterid: int, rng: np.random.Generator) -> NDArray:
    """Scatter against magnitude: calibration floor, saturation above, sky below."""
    floor = 0.0125 + rng.exponential(0.003)
    sky = 0.100 * 10 ** (0.32 * (_GRID - LIMITING_MAGNITUDE[filterid] + 0.6))
    sky *= rng.uniform(0.85, 1.2)
    bright = 0.006 * 10 ** (0.25 * (13.0 - _GRID))
    return np.hypot(floor, bright) + sky / np.sqrt(1 + (sky / 0.24) ** 2)


def _distinct(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Move repeated values up to the next free float32."""
    seen: set[float] = set()
    for position, value in enumerate(values):
        while float(value) in seen:
            value = np.nextafter(value, np.float32(np.inf))
        seen.add(float(value))
        values[position] = value
    return values


def channel_conditions(exposures: Exposures, filterid: int, rng: np.random.Generator) -> Conditions:
    """Draw how one channel sees the exposures of its field."""
    count = len(exposures)
    mean, scatter = _COLOR[filterid]
    color = rng.normal(mean + rng.normal(0, 0.01), scatter, count).astype(np.float32)
    spoilt = exposures.cloudy & (rng.random(count) < 0.9)
    spoilt |= rng.random(count) < 0.05
    partly = rng.random(count) < 0.02
    flagged = np.where(spoilt, 1.0, np.where(partly, rng.random(count), 0.0))
    return Conditions(
        limit=exposures.limit + rng.normal(rng.normal(0, 0.1), 0.06, count),
        clrcoeff=_distinct(color),
        flagged=flagged,
        offset=rng.normal(0, np.where(spoilt, 0.06, 0.008)),
        error_curve=_error_curve(filterid, rng),
    )


def true_scatter(
    mag: NDArray, exposure: NDArray, conditions: Conditions, filterid: int
) -> NDArray[np.float64]:
    """Standard deviation (mag) of single measurements, larger where the exposure is shallow.

    Parameters
    ----------
    mag
        True magnitudes, shape (n,).
    exposure
        Index of each measurement's exposure, shape (n,).
    """
    shallow = LIMITING_MAGNITUDE[filterid] - conditions.limit
    factor = 0.9 * np.clip(1 + 0.6 * shallow, 0.6, 2.0)
    return np.interp(mag, _GRID, conditions.error_curve) * factor[exposure]


def detection_flags(
    exposure: NDArray, conditions: Conditions, rng: np.random.Generator
) -> NDArray[np.int32]:
    """Draw catflags of detections, given the index of their exposure; shape (n,)."""
    count = len(exposure)
    flags = np.zeros(count, np.int32)
    share = conditions.flagged[exposure]
    doubtful = np.flatnonzero(share)
    hit = rng.random(len(doubtful)) < share[doubtful]
    flags[doubtful[hit]] = BAD_EXPOSURE
    for value, frequency in _RARE_FLAGS:
        chosen = rng.integers(0, max(count, 1), rng.poisson(frequency * count))
        flags[chosen] = value
    return flags
