"""Single facts on an object, and the whole of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ztfvo.distance import Distance
from ztfvo.match.model import Compared, Target

HERE = "ztf"
"""Source of what this site computes or has by itself."""


class Group(StrEnum):
    """What facts are about, in the order in which they are shown."""

    IDENTIFICATION = "identification"
    NAME = "name"
    TYPE = "type"
    CLASS = "class"
    """By a classifier, with its probability."""
    PERIOD = "period"
    DISTANCE = "distance"
    REDSHIFT = "redshift"
    EXTINCTION = "extinction"
    MAGNITUDE = "magnitude"
    COLOUR = "colour"
    ABSOLUTE = "absolute magnitude"
    POSITION = "position"
    KNOWLEDGE = "knowledge"
    """By the experts of the knowledge database."""
    LINK = "link"


@dataclass(frozen=True)
class Fact:
    """One value, and who says so."""

    group: Group
    name: str
    value: str | float
    unit: str = ""
    """As VOUnits writes it."""
    source: str = HERE
    """Name of a catalogue as /match has it, of a map of dust, or `HERE`."""
    title: str = "ZTF"
    """Its source for people."""
    separation: float | None = None
    """arcsec, of the catalogue's object from the place."""
    link: str | None = None
    """Address of the full record, or of the page that is meant."""
    note: str = ""
    """What belongs to it, in words."""
    label: str = ""
    """What sentences call its source; its title if not given."""


@dataclass(frozen=True)
class Missing:
    """What is not known here, and why."""

    source: str
    title: str
    state: str
    reason: str


@dataclass(frozen=True)
class Own:
    """What this site knows by itself; it waits for nobody else."""

    target: Target
    oids: Sequence[int]
    """Light curves of the star."""
    simulated: bool
    facts: Sequence[Fact]
    missing: Sequence[Missing]
    peak: tuple[float, str] | None
    """Brightest good epoch of the star (mag, AB) with its band."""


@dataclass(frozen=True)
class Part:
    """What one catalogue says."""

    compared: Compared
    facts: Sequence[Fact]
    distances: Sequence[Distance] = ()


@dataclass(frozen=True)
class Last:
    """What follows from all parts."""

    facts: Sequence[Fact]
    sentence: str
    notes: Sequence[str] = field(default=())
    """On what was not used."""


@dataclass(frozen=True)
class Summary:
    """All of it."""

    own: Own
    parts: Sequence[Part]
    last: Last

    @property
    def facts(self) -> list[Fact]:
        """All facts, by their groups; within a group in the order of their sources."""
        every = [*self.own.facts, *(one for part in self.parts for one in part.facts)]
        order = list(Group)
        return sorted([*every, *self.last.facts], key=lambda one: order.index(one.group))
