"""Links, faults, and what links are made of."""

from __future__ import annotations

from dataclasses import dataclass

from ztfvo.images.products import Image
from ztfvo.records import Records

HTML = "text/html"

TIMESERIES = "#timeseries"
IMAGE = "#image"
MEASUREMENTS = "#measurements"


@dataclass(frozen=True)
class Link:
    """One row of a links table (DataLink 1.1, section 3.2)."""

    url: str
    """Absolute."""
    semantics: str
    """Term of http://www.ivoa.net/rdf/datalink/core, with its hash."""
    description: str
    """For people."""
    content_type: str | None = None
    content_qualifier: str | None = None
    """Term of http://www.ivoa.net/rdf/product-type, with its hash."""
    local_semantics: str | None = None
    """What the link is, in a word of this site's own; the same for every ID."""
    page: str | None = None
    """Absolute address of a page that shows it to people, where there is one."""


@dataclass(frozen=True)
class Fault:
    """Why there is no link (DataLink 1.1, section 3.4)."""

    kind: str
    """NotFoundFault, UsageFault, TransientFault or FatalFault."""
    message: str
    """For people: the value and the remedy."""


@dataclass(frozen=True)
class Relative:
    """A light curve of the same star."""

    release: str
    """Name of the release it is in."""
    oid: int
    fieldid: int
    rcid: int
    filterid: int
    filter: str
    """zg, zr or zi."""
    nobs: int
    separation: float
    """arcsec."""


@dataclass(frozen=True)
class LightCurve:
    """A light curve with those of the same star."""

    address: str
    """Release as the request named it: its name, or `DEFAULT`."""
    release: str
    """Name of the release."""
    simulated: bool
    oid: int
    ra: float
    dec: float
    """ICRS, deg."""
    fieldid: int
    rcid: int
    filterid: int
    filter: str
    relatives: tuple[Relative, ...]
    """By release and separation, those of the same release first; without itself."""
    records: Records | None
    """What experts recorded on it and its relatives; None where the site has nothing to ask."""

    @property
    def origin(self) -> str:
        """What to say first of the data: nothing, or that they are simulated."""
        return origin_of(self.simulated)


@dataclass(frozen=True)
class ScienceImage:
    """A science image whose name is known."""

    image: Image
    simulated: bool

    @property
    def origin(self) -> str:
        """What to say first of the data: nothing, or that they are simulated."""
        return origin_of(self.simulated)


@dataclass(frozen=True)
class ReferenceImage:
    """The reference image of a channel: field, readout channel and filter."""

    fieldid: int
    rcid: int
    filterid: int


def origin_of(simulated: bool) -> str:
    """What a description of data begins with: nothing, or that they are simulated."""
    return "SIMULATED. " if simulated else ""
