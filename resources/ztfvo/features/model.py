"""What a feature and a set of features are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MIN_EPOCHS = 5
"""Good epochs that a light curve needs to have features."""


@dataclass(frozen=True)
class Feature:
    """One number that describes a light curve."""

    name: str
    unit: str
    """As VOUnit writes it; empty where there is none."""
    ucd: str
    description: str
    reference: str
    """Where it is defined."""


@dataclass(frozen=True, eq=False)
class FeatureSet:
    """Features that are computed together, under a name that does not change."""

    version: str
    """By which it is asked for."""
    title: str
    magnitudes: Callable[[], Sequence[Any]]
    """Return the package's features of magnitudes, all but those of the periodogram."""
    periodogram: Mapping[str, Any]
    """What the package's periodogram is made of, see `ztfvo.features.build.periodogram`."""
    fluxes: Callable[[], Sequence[Any]] | None = None
    """Return those of flux densities; none where there are none."""
    zero_point: float = 0.0
    """AB magnitude of flux density 1."""
    suffixes: tuple[str, str] = ("", "")
    """What names of features of magnitudes and flux densities end in."""
    small: bool = False
    """Whether names have small letters only, as columns of tables."""
    left_out: frozenset[str] = field(default=frozenset())
    """The package's names of what it computes beyond the set."""
    differences: tuple[str, ...] = ()
    """Sentences on what differs from the service that the set is of."""
