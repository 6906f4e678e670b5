"""What is asked of catalogues, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from psycopg import sql

from ztfvo.outside.model import Answer, Place, Row, Source

OBJECTS = "ztf"
"""Name of the objects of the default release among catalogues."""
PLACE, RECORD = "place", "record"
"""Names of what every row gets: the number of its place, and the address of its full record."""


@dataclass(frozen=True)
class Target:
    """A place that is asked about."""

    number: int
    """From 1, in the order of the request."""
    place: Place
    name: str
    """OID, or what a list calls it; empty for a bare position."""
    release: str = ""
    """Where the OID was found."""


@dataclass(frozen=True)
class Catalog:
    """A catalogue that places are compared with."""

    source: Source
    relation: sql.Composable | None = None
    """The table that this site's database has it in; None where a service outside is asked."""
    as_of: str = ""
    """ISO 8601, UTC: of when the rows are that this site hosts."""
    simulated: bool = False
    """Whether the rows that this site hosts are made up."""

    @property
    def name(self) -> str:
        """By which requests name it."""
        return self.source.name

    @property
    def here(self) -> bool:
        """Whether this site hosts it."""
        return self.relation is not None


@dataclass(frozen=True)
class Wanted:
    """A catalogue, and how far from a place its objects may be."""

    catalog: Catalog
    radius: float
    """arcsec"""


@dataclass(frozen=True)
class Match:
    """A checked request."""

    targets: Sequence[Target]
    wanted: Sequence[Wanted]
    motion: bool
    """Whether proper motions are taken into account."""
    wait: float
    """Seconds for all answers."""


@dataclass(frozen=True)
class Compared:
    """What a catalogue has at one place, or at those of a list."""

    wanted: Wanted
    answer: Answer
    """Its rows have `PLACE` and `RECORD`."""
    target: Target | None = None
    """None for all places of a list."""


@dataclass(frozen=True)
class Outcome:
    """All that came of a request."""

    match: Match
    compared: Sequence[Compared]
    left_out: Sequence[str] = field(default=())
    """Sentences on places of a list that could not be used."""

    def of(self, wanted: Wanted) -> list[Compared]:
        """Return what one catalogue has, by places."""
        mine = [one for one in self.compared if one.wanted is wanted]
        return sorted(mine, key=lambda one: one.target.number if one.target else 0)

    def rows(self, wanted: Wanted) -> list[Row]:
        """Return the rows of one catalogue, nearest first for each place."""
        return [row for one in self.of(wanted) for row in one.answer.rows]
