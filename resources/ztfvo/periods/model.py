"""What a search for periods takes and gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Series:
    """Epochs that share a mean and a scale of errors: one light curve; arrays of one length."""

    name: str
    """Of the light curve, for people."""
    time: np.ndarray
    """d, ascending"""
    mag: np.ndarray
    magerr: np.ndarray
    """Above 0."""

    def __len__(self) -> int:
        return len(self.time)


@dataclass(frozen=True)
class Grid:
    """Equidistant frequencies."""

    first: float
    """1/d"""
    step: float
    """1/d"""
    number: int

    @property
    def frequencies(self) -> np.ndarray:
        """All of them, 1/d (float64[number])."""
        return self.first + self.step * np.arange(self.number)

    @property
    def last(self) -> float:
        """1/d"""
        return self.first + self.step * (self.number - 1)


@dataclass(frozen=True)
class Alternative:
    """Twice or half the period of a peak."""

    period: float
    """d"""
    factor: float
    """2 or 0.5"""
    preferred: bool
    reason: str


@dataclass(frozen=True)
class Peak:
    """A maximum of a periodogram."""

    frequency: float
    """1/d"""
    power: float
    s_to_n: float
    """Power less the mean power, over the standard deviation of all powers."""
    fap: float | None
    """Probability that noise makes a peak as high anywhere; None where no method is known."""
    error: float
    """Standard error of the period, d."""
    flags: Sequence[str] = ()
    """Words for what it may be in place of a period of the star."""
    alternatives: Sequence[Alternative] = ()

    @property
    def period(self) -> float:
        """d"""
        return 1 / self.frequency


@dataclass(frozen=True)
class Spectrum:
    """A periodogram."""

    frequency: np.ndarray
    """1/d, ascending (float64[n])."""
    power: np.ndarray
    """Of one length; larger is better."""


@dataclass(frozen=True)
class Search:
    """What came of a search."""

    method: str
    grid: Grid
    spectrum: Spectrum
    peaks: Sequence[Peak]
    """The highest first."""
    duration: float
    """From the first to the last epoch, d."""
    window: Sequence[float] = field(default=())
    """Frequencies of the highest peaks of the window function, 1/d, the highest first."""
