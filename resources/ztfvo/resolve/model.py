"""What a name or position may stand for."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Certainty(StrEnum):
    """How sure it is that what was found is meant."""

    EXACT = "exact"
    """The identifier, or the position itself."""
    NAMED = "named"
    """A catalogue or service has an object of this name."""
    APPROXIMATE = "approximate"
    """The position is in the name, as exact as its digits."""


@dataclass(frozen=True)
class Found:
    """One place that a text stands for."""

    name: str
    """As the one who knows it writes it."""
    ra: float
    dec: float
    """ICRS, deg."""
    certainty: Certainty
    by: str
    """Who knows it: a release, a catalogue or a service."""
    epoch: float | None = None
    """Julian year of the position; None where nobody says."""
    oids: tuple[int, ...] = ()
    """Light curves that are meant, where it is an OID."""
    note: str = ""
    """A sentence on it, without a full stop."""


@dataclass(frozen=True)
class Outcome:
    """What a rule found."""

    found: tuple[Found, ...] = ()
    silent: dict[str, str] = field(default_factory=dict)
    """Why it may know more: reasons by who did not answer."""
