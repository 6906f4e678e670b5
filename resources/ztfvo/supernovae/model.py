"""What a model of supernovae is, and what a fit takes and gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ztfvo.errors import CannotBeDone
from ztfvo.remote.published import File


class ModelError(CannotBeDone):
    """A model that is installed and cannot be read; the message says what to do."""


class CannotFit(Exception):
    """Epochs that no fit can be made of; the message says why, and what to ask for."""


@dataclass(frozen=True)
class Template:
    """A model of supernovae, or curves of bands, as they are published."""

    name: str
    """By which commands and requests name it."""
    title: str
    kind: str
    """Name of the module of `ztfvo.supernovae.kinds` that reads it."""
    type: str
    """Of supernovae; empty for curves of bands."""
    free: tuple[str, ...]
    """Parameters of its own that a fit finds, besides redshift and time; empty for bands."""
    citation: str
    files: Sequence[File] = ()
    """Empty where the library carries it."""
    spline: int = 3
    """Degree of the spline between its times."""

    @property
    def command(self) -> str:
        """What an operator enters to have it here."""
        return f"ztfvo models fetch {self.name}"


@dataclass(frozen=True)
class Installed:
    """A model that is here."""

    template: Template
    folder: Path | None
    """None for one that the library carries."""
    edition: str
    """Changes where it is installed again from other files."""
    installed_at: str
    """ISO 8601, UTC; empty for one that the library carries."""
    bytes: int
    sources: tuple[str, ...]
    """Name and MD5 of each file that it was made of."""


@dataclass(frozen=True)
class Job:
    """Epochs to fit a model to, and how; arrays of one length n, in any order."""

    model: Installed
    bands: Installed | None
    """Curves of the bands; None for `ztfvo.supernovae.bandpasses.APPROXIMATE`."""
    time: np.ndarray
    """d, float64"""
    flux: np.ndarray
    """Of the supernova alone, Jy, float64."""
    fluxerr: np.ndarray
    """Without what the epochs of a light curve have in common, above 0, Jy, float64."""
    filterid: np.ndarray
    curve: np.ndarray
    """Number of the light curve, from 0 (int)."""
    common: np.ndarray
    """Error that all epochs of a light curve have in common, by its number (float64[k], Jy)."""
    redshift: tuple[float, float]
    """Bounds; it is fixed where they are the same."""
    ebv: float
    """E(B-V) of the Galaxy, which is fixed (mag)."""
    host: bool = False
    """Whether the dust of the host is free; there is none otherwise."""
    points: int = 200
    """Of the curves of the fitted model."""


@dataclass(frozen=True)
class Value:
    """A parameter of a fitted model."""

    name: str
    value: float
    error: float | None
    """Standard error; None for a parameter that is fixed, and where the fit found none."""
    free: bool


@dataclass(frozen=True)
class Fitted:
    """What came of a fit."""

    values: Sequence[Value]
    covariance: np.ndarray | None
    """float64[m, m] of the free parameters, in their order; None where the fit found none."""
    chi_square: float
    dof: int
    """Number of epochs that were used less that of free parameters."""
    used: np.ndarray
    """Which epochs were (bool[n])."""
    converged: bool
    message: str
    """What is wrong with the fit, a sentence; empty where nothing is."""
    calls: int
    """Times that the model was computed."""
    time: np.ndarray
    """Of the curves (float64[p], d): all that the model has."""
    flux: Mapping[int, np.ndarray]
    """The supernova's, by filterid (float64[p], Jy)."""
    notes: Sequence[str] = ()
    """Sentences on what to think of it."""
