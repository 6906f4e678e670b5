"""What is asked for and what is delivered: the data that the steps of a product hand on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ztfvo.catflags import NOT_TO_BE_USED
from ztfvo.products.columns import FACTS

QUANTITIES = ("mag", "flux", "diffmag", "diffflux")


@dataclass(frozen=True)
class Request:
    """One checked request for light curves; see `ztfvo.products.request` for the parameters."""

    release: str
    """Name of a release, or ``ztf`` for the default one."""
    oids: tuple[int, ...]
    """At least one, each once, in the order asked for."""
    format: str
    """Name of a writer."""
    radius: float = 0.0
    """arcsec; light curves within it of one asked for are added."""
    filters: frozenset[int] = frozenset((1, 2, 3))
    """filterids to deliver."""
    hmjd_min: float = -np.inf
    hmjd_max: float = np.inf
    """Bounds of heliocentric MJD, UTC, both included."""
    window: str | None = None
    """Name of one of the release's windows, in place of the bounds."""
    good_only: bool = False
    """Only epochs with catflags = 0 and magerr > 0."""
    bad_catflags_mask: int | None = None
    """Epochs with any of these bits are left out; see `mask` for what holds without one."""
    quantity: str = "mag"
    """One of `QUANTITIES`."""
    references: dict[int, tuple[float, float]] = field(default_factory=dict)
    """AB magnitude and error of the reference by OID, in place of the catalogue's."""
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
    own: tuple[OwnPhotometry, ...] = ()
    """Photometry sent along, for figures."""

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
    """arcsec from the nearest of the OIDs asked for; 0 for those."""
    refmag: float
    refmagerr: float
    """AB magnitude and error of the reference in use; NaN where there is none."""
    columns: dict[str, np.ndarray]
    """Arrays of one length, ordered by hmjd, or by phase when folded; see
    `ztfvo.products.columns` for names, types and units."""
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
class Product:
    """The answer to a request, ready to be written."""

    request: Request
    release: str
    """True name of the release, also where the default one was asked for."""
    title: str
    """Of the release."""
    simulated: bool
    times: str
    """How exact the release's times are: one of `ztfvo.store.times.TIMES`."""
    curves: tuple[Curve, ...]
    """Those asked for first, in that order, then neighbours by separation."""
