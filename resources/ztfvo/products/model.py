"""What is asked for and what is delivered: the data that the steps of a product hand on."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ztfvo.catflags import NOT_TO_BE_USED
from ztfvo.products.columns import FACTS

if TYPE_CHECKING:
    from ztfvo.products.beside import Beside
    from ztfvo.products.dereddening import Extinction

QUANTITIES = ("mag", "flux", "diffmag", "diffflux")


class Circle(NamedTuple):
    """A circle on the sky, ICRS, deg."""

    ra: float
    dec: float
    radius: float


@dataclass(frozen=True)
class Request:
    """One checked request for light curves; see `ztfvo.products.request` for the parameters."""

    release: str
    """Name of a release, or ``ztf`` for the default one."""
    oids: tuple[int, ...]
    """Each once, in the order asked for; at least one unless there is a circle or star."""
    format: str
    """Name of a writer."""
    circle: Circle | None = None
    """In place of OIDs: all light curves within it are asked for."""
    star: int | str | None = None
    """In place of OIDs: source_id or name of a star, all of whose light curves are asked for."""
    nobs_min: int = 0
    """Least number of epochs, of any quality and time, of a light curve."""
    magnitudes: tuple[float, float] = (-math.inf, math.inf)
    """Range of the median AB magnitude of the good epochs of a light curve, bounds included."""
    radius: float = 0.0
    """arcsec; light curves within it of one asked for are added."""
    filters: frozenset[int] = frozenset((1, 2, 3))
    """filterids to deliver."""
    hmjd_min: float = -np.inf
    hmjd_max: float = np.inf
    """Bounds of heliocentric MJD, UTC, both included."""
    window: str | None = None
    """Name of one of the release's windows, in place of the bounds."""
    number: int | None = None
    """Of epochs of one time only the one with this number, from 1."""
    good_only: bool = False
    """Only epochs with catflags = 0 and magerr > 0."""
    bad_catflags_mask: int | None = None
    """Epochs with any of these bits are left out; see `mask` for what holds without one."""
    quantity: str = "mag"
    """One of `QUANTITIES`."""
    references: dict[int, tuple[float, float]] = field(default_factory=dict)
    """AB magnitude and error of the reference by OID, in place of the catalogue's."""
    deredden: str | None = None
    """Name of the map of dust whose extinction is corrected for, or ``yes`` for that which the site
    prefers; None where none is."""
    period: float | None = None
    """days; light curves are folded where it is given."""
    epoch: float = 0.0
    """Heliocentric MJD of phase zero, and of an edge of the bins."""
    cycles: int = 1
    """How often a folded light curve is repeated; its phases go from 0 to this number."""
    bin: float | None = None
    """Width in days of the bins that epochs are averaged in."""
    columns: tuple[str, ...] = ()
    """Optional columns, see `ztfvo.products.columns.OPTIONAL`."""
    title: str | None = None
    """Of figures; by default the OIDs."""
    caption: bool = True
    """Whether figures say where the data come from."""
    model: str | None = None
    """Name of a model of supernovae that is fitted, and drawn into figures."""
    z_min: float | None = None
    z_max: float | None = None
    """Bounds of its redshift; those of `ztfvo.products.modelling` if None."""
    ebv: float | None = None
    """E(B-V) of the Galaxy for it, mag; that of the installed map of dust if None."""
    host_dust: bool = False
    """Whether the dust of its galaxy is found too."""
    own: tuple[OwnPhotometry, ...] = ()
    """Photometry sent along, for figures."""
    layout: str | None = None
    """Name of one of `ztfvo.products.layouts`, for tables with other columns."""
    lenient: bool = False
    """Whether OIDs that the release has not are left out, and not refused."""
    beside: tuple[str, ...] = ()
    """Names of the sources outside whose light curves are added."""
    wait: float | None = None
    """Seconds to wait for them; the site's limit if None or larger."""

    def asks_for(self, oid: int) -> bool:
        """Whether a light curve of the answer was asked for, and is not a neighbour of one."""
        return self.circle is not None or oid in self.oids

    @property
    def mask(self) -> int:
        """Bits of catflags that no epoch has which is delivered, or averaged in a bin."""
        if self.bad_catflags_mask is not None:
            return self.bad_catflags_mask
        return 0 if self.bin is None else NOT_TO_BE_USED


@dataclass(frozen=True)
class OwnPhotometry:
    """One label's points of photometry sent along with a request; arrays of one length."""

    label: str
    filter: str
    """Name of the filter as given; not necessarily one of ZTF."""
    hmjd: np.ndarray
    mag: np.ndarray
    magerr: np.ndarray


@dataclass(frozen=True)
class Curve:
    """One light curve as delivered."""

    release: str
    oid: int
    ra: float
    dec: float
    """ICRS, deg."""
    fieldid: int
    rcid: int
    filterid: int
    filter: str
    """zg, zr or zi."""
    separation: float
    """arcsec from the nearest of the OIDs asked for, 0 for those; or from the circle's centre."""
    refmag: float
    refmagerr: float
    """AB magnitude and error of the reference in use; NaN where there is none."""
    columns: dict[str, np.ndarray]
    """Arrays of one length, ordered by hmjd, or by phase when folded; see
    `ztfvo.products.columns` for names, types and units."""
    extinction: Extinction | None = None
    """What is corrected for; None where nothing is."""
    averaged: int | None = None
    """Number of epochs that the bins are averages of; None where there are no bins."""
    left_out: int = 0
    """Number of epochs that no bin has, for their flags or error."""

    def __len__(self) -> int:
        return len(self.columns["hmjd"])

    def facts(self) -> dict[str, int | float | str]:
        """The values of `ztfvo.products.columns.FACTS`."""
        return {name: getattr(self, name) for name in FACTS}


@dataclass(frozen=True)
class Line:
    """What a model has for a light curve, as figures show it; arrays of one length."""

    curve: Curve
    """That it is of."""
    hmjd: np.ndarray
    """Ascending."""
    values: dict[str, np.ndarray]
    """By quantity, one of `QUANTITIES`: mag or Jy; not finite where there is none."""


@dataclass(frozen=True)
class Product:
    """The answer to a request, ready to be written."""

    request: Request
    release: str
    """True name of the release, also where the default one was asked for; empty where all is of
    services outside."""
    title: str
    """Of the release."""
    simulated: bool
    times: str
    """How exact the release's times are: one of `ztfvo.store.times.TIMES`."""
    curves: tuple[Curve, ...]
    """Those asked for first, in that order, then the others by separation."""
    place: tuple[float, float] | None = None
    """Position of the first light curve asked for, ICRS, deg."""
    bounds: tuple[float, float] = (-np.inf, np.inf)
    """First and last heliocentric MJD asked for, UTC."""
    windows: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Named windows of the release: first and last heliocentric MJD, UTC."""
    beside: tuple[Beside, ...] = ()
    """What services outside gave."""
    lines: tuple[Line, ...] = ()
    """Models that figures show with the light curves."""
    warnings: tuple[str, ...] = ()
    """Sentences on what was asked for and could not be had."""
    address: str | None = None
    """Whole address that gives the same, where it is not that of the request."""
