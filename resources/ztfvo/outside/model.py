"""What a service outside is, what it is asked, and what came of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from ztfvo.outside.client import Asker

GIVES = ("light curve", "cross-match", "names", "classification", "minor planets")
"""What a source may give."""

Row = dict[str, Any]
"""Values by names of columns; None where there is none."""


class State(StrEnum):
    """What came of a question."""

    FOUND = "found"
    EMPTY = "empty"
    """The source has nothing there."""
    UNAVAILABLE = "unavailable"
    """The source did not answer, or refused."""
    MALFORMED = "malformed"
    """What it answered is not as declared."""


@dataclass(frozen=True)
class Column:
    """One column of a source's rows."""

    name: str
    dtype: Literal["float64", "int64", "str", "bool"]
    unit: str | None
    ucd: str
    description: str
    native: str | None = None
    """Name that the source has for it, where that is another one."""
    nulls: tuple[Any, ...] = ()
    """Values that mean none, besides null, not-a-number and the empty text."""
    may_lack: bool = False
    """Whether rows without it are as declared: the source leaves it out where it has no value."""

    @property
    def key(self) -> str:
        """Name in the source's rows."""
        return self.native or self.name


@dataclass(frozen=True)
class Yields:
    """Names of the columns that have what all sources are asked for; None where there is none.

    Distances are in pc; proper motions in mas/yr, that of right ascension times cos(dec).
    """

    name: str | None = None
    type: str | None = None
    period: str | None = None
    distance: str | None = None
    distance_low: str | None = None
    distance_high: str | None = None
    redshift: str | None = None
    probabilities: Mapping[str, str] = field(default_factory=dict)
    """Columns of probabilities, by the classes that they are of."""
    pmra: str | None = None
    pmdec: str | None = None


@dataclass(frozen=True)
class Place:
    """Where a source is asked: a position, ICRS."""

    ra: float
    dec: float
    """deg"""
    epoch: float = 2020.0
    """Julian year at which the object was there."""


@dataclass(frozen=True)
class Filter:
    """A filter that a survey measures in."""

    svo_id: str
    """Identifier in the SVO Filter Profile Service."""
    wavelength_eff: float
    """m"""


@dataclass(frozen=True, kw_only=True)
class LightCurve:
    """Photometry of one object outside; arrays of one length, ordered by time.

    What is not there is NaN.  `ztfvo.outside.curves.light_curve` makes it.
    """

    object: str
    """The source's identifier."""
    ra: float
    dec: float
    """ICRS, deg."""
    hmjd: np.ndarray
    """Heliocentric MJD, UTC, of the middle of the exposure, or of transit."""
    mag: np.ndarray
    """AB; none where the flux is not positive."""
    magerr: np.ndarray
    """None for limits."""
    flux: np.ndarray
    """Jy; none for limits."""
    fluxerr: np.ndarray
    filter: np.ndarray
    """Names of filters, those of `Source.filters`."""
    limit: np.ndarray
    """Whether nothing brighter than mag was seen (bool)."""
    difference: np.ndarray
    """Whether the flux is that of a difference from a reference image (bool)."""
    good: np.ndarray
    """Whether the source advises to use it (bool)."""
    native: dict[str, np.ndarray]
    """Columns as the source has them, by the names of `Source.native`."""
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.hmjd)


Find = Callable[["Asker", "Source", Place, float], Awaitable[Sequence[Mapping[str, Any]]]]
"""Asks for rows around a place, within a radius in arcsec; rows have the source's own names."""

Fetch = Callable[["Asker", "Source", Row], Awaitable[LightCurve | None]]
"""Asks for the light curve of a row that was found; None where there is none."""

Look = Callable[["Asker", "Source", str], Awaitable[Sequence[Mapping[str, Any]]]]
"""Asks for rows of a name or identifier."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A service outside, as its module in ``outside/sources/`` declares it, or a catalog."""

    title: str
    gives: tuple[str, ...]
    """Some of `GIVES`."""
    hosts: tuple[str, ...]
    """Schemes and hosts that may be asked, such as https://simbad.cds.unistra.fr."""
    radius: float
    """arcsec, by default."""
    largest_radius: float
    """arcsec"""
    columns: tuple[Column, ...]
    about: str
    """Address of a page that says what it is."""
    citation: str
    """What those who use it cite: an address, or a sentence."""
    licence: str
    find: Find | None = None
    """How rows around a place are asked for; None where the source knows names only."""
    record: str = ""
    """Address of the full record, with names of columns in braces."""
    yields: Yields = Yields()
    position: tuple[str, str] | None = ("ra", "dec")
    """Columns of right ascension and declination, ICRS, deg; None where rows have no place of their
    own."""
    epoch: float = 2000.0
    """Julian year of its positions."""
    order: float = 50
    """Number by which lists are sorted."""
    fetch: Fetch | None = None
    """How light curves are asked for."""
    look: Look | None = None
    """How names are."""
    keys: tuple[str, ...] = ()
    """Columns of which one has the identifier that `look` asks for, in all rows; none where a name
    may be another one than that of the row."""
    filters: Mapping[str, Filter] = field(default_factory=dict)
    """By the names that they have in light curves."""
    native: tuple[Column, ...] = ()
    """Columns of light curves beside those that all have."""
    frames: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What native columns of times refer to, as `ztfvo.times` has it, by their names."""
    times: str = ""
    """Scale, place and point of exposure of its own times, for people."""
    photometry: str = ""
    """What its magnitudes are, and which of them it advises to use, for people."""
    seconds: float = 10.0
    """For an answer with all requests that it takes."""
    connect_seconds: float = 4.0
    per_second: float | None = None
    """Requests that the service allows, over all processes here; None where it does not say."""
    burst: int = 1
    """Requests that may start at once after a pause, where there is such a limit."""
    most_bytes: int = 20_000_000
    account: str = ""
    """Name of the setting without which nobody is answered; none where anybody is."""
    days: float = 7.0
    """That answers are kept."""
    example: tuple[float, float] | None = None
    """Right ascension and declination (deg) at which it has something; None where none is known."""
    name: str = ""
    """That of its module, or of the catalog."""
    label: str = ""
    """What sentences call it; its title if not given."""


class Cut(list[Any]):
    """Rows of which there are more: the nearest ones."""


@dataclass(frozen=True)
class Answer:
    """What a source gave, or why it gave nothing."""

    source: str
    """Its name."""
    state: State
    rows: tuple[Row, ...] = ()
    """With separation and position_angle, nearest first."""
    curve: LightCurve | None = None
    reason: str = ""
    """Why there is nothing, or not all, a sentence without a full stop."""
    complete: bool = True
    """False where there are more rows, further away."""
    asked_at: str = ""
    """ISO 8601, UTC: when the source was asked."""
    since: str = ""
    """ISO 8601, UTC: since when it does not answer."""
    again_at: str = ""
    """ISO 8601, UTC: when it will be asked again at the earliest."""
    seconds: float = 0.0
    """That it took."""


class Malformed(Exception):
    """An answer that is not as declared.

    Parameters
    ----------
    message
        Which column or type, for people.
    body
        The answer, of which the beginning is logged.
    """

    def __init__(self, message: str, body: bytes = b"") -> None:
        super().__init__(message)
        self.body = body
