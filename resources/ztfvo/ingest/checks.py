"""What must hold for the light curves of a file before any of them is loaded.

The readers have already refused missing columns, wrong types, nulls and lists of the wrong length;
here the values are looked at.  Everything is vectorised, and where a file is good each array is
gone through once or twice, so that the checks cost a small part of reading.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ztfvo.errors import BadFile
from ztfvo.images.products import is_name
from ztfvo.store.lightcurves import LightCurves
from ztfvo.store.times import DOUBLE_TICKS

from .. import oid as oids
from ..grid import Grid, distance_outside
from . import bounds
from .bounds import Bounds

BULK_NAME = re.compile(r"ztf_(?P<field>\d{6})_(?P<filter>z[gri])_c(?P<ccd>\d\d)_q(?P<quadrant>\d)")
"""Beginning of the name of a bulk file."""

HATS_PIXEL = re.compile(r"Norder=(?P<order>\d+)/(?:Dir=\d+/)?Npix=(?P<pixel>\d+)(?:\.parquet$|/)")
"""HEALPix order and pixel (nested) in the path of a HATS partition."""

_FIELD_FOLDER = re.compile(r"field(\d{4,6})")
_PIXEL_MARGIN = 1.0 / 3600.0


def check(curves: LightCurves, path: Path) -> None:
    """Check the light curves of one file.

    Parameters
    ----------
    curves
        What the file's reader made of it.
    path
        The file; field, filter, CCD, quadrant or HEALPix pixel in its name or folder must agree
        with what it holds.

    Raises
    ------
    BadFile
        At the first thing that is wrong, naming the row.
    """
    path = Path(path)
    _check_identifiers(curves, path)
    _check_names(curves, path)
    _check_positions(curves, path)
    _check_pixel(curves, path)
    _check_times(curves, path)
    _check_photometry(curves, path)
    _check_exposures(curves, path)


def _refuse(
    curves: LightCurves, path: Path, index: int, cause: str, remedy: str | None = None
) -> None:
    """Raise for light curve number ``index``."""
    raise BadFile(path, curves.row(index), cause, oid=curves.oid[index], remedy=remedy)


def _refuse_epoch(
    curves: LightCurves, path: Path, detection: int, cause: str, remedy: str | None = None
) -> None:
    """Raise for detection number ``detection``."""
    raise _epoch_refusal(curves, path, detection, cause, remedy)


def _epoch_refusal(
    curves: LightCurves, path: Path, detection: int, cause: str, remedy: str | None = None
) -> BadFile:
    index = curves.curve_of(detection)
    epoch = detection - int(curves.offsets[index]) + 1
    cause = f"{cause} (epoch {epoch} of {curves.nepochs[index]})"
    return BadFile(path, curves.row(index), cause, oid=curves.oid[index], remedy=remedy)


def _first(wrong: np.ndarray | None) -> int | None:
    """Index of the first true element; None where there is none."""
    if wrong is None or not wrong.any():
        return None
    return int(np.argmax(wrong))


def _check_identifiers(curves: LightCurves, path: Path) -> None:
    """Well-formed OIDs, each once, in agreement with the columns beside them."""
    try:
        parts = oids.split(curves.oid)
    except oids.InvalidOID as error:
        index = int(np.argmin(oids.is_valid(curves.oid)))
        raise BadFile(path, curves.row(index), str(error), oid=curves.oid[index]) from error
    for name in ("fieldid", "filterid", "rcid"):
        column, expected = getattr(curves, name), getattr(parts, name)
        index = _first(column != expected)
        if index is not None:
            cause = f"{name} is {column[index]}, the OID says {expected[index]}"
            _refuse(curves, path, index, cause)
    if np.any(curves.oid[1:] <= curves.oid[:-1]):
        order = np.argsort(curves.oid, kind="stable")
        again = np.flatnonzero(curves.oid[order][1:] == curves.oid[order][:-1])
        if again.size:
            first, second = order[again[0]], order[again[0] + 1]
            _refuse(
                curves, path, second, f"OID repeated, it was first in row {curves.row(int(first))}"
            )


def _check_names(curves: LightCurves, path: Path) -> None:
    """Rows agree with the field, filter, CCD and quadrant in the names of file and folder."""
    expected: dict[str, int] = {}
    folder = _FIELD_FOLDER.fullmatch(path.parent.name)
    name = BULK_NAME.match(path.name)
    if name:
        expected["fieldid"] = int(name["field"])
        expected["filterid"] = oids.FILTER_IDS[name["filter"]]
        try:
            expected["rcid"] = oids.rcid_of(int(name["ccd"]), int(name["quadrant"]))
        except oids.InvalidOID as error:
            raise BadFile(path, None, f"the file's name is impossible: {error}") from error
        if folder and int(folder[1]) != expected["fieldid"]:
            raise BadFile(
                path, None, f"a file of field {expected['fieldid']} lies in folder {folder[0]}"
            )
    for column, value in expected.items():
        index = _first(getattr(curves, column) != value)
        if index is not None:
            found = getattr(curves, column)[index]
            _refuse(curves, path, index, f"{column} is {found}, the file's name says {value}")


def _check_positions(curves: LightCurves, path: Path) -> None:
    """Finite positions on the sphere."""
    for name, allowed in (("ra", bounds.RA), ("dec", bounds.DEC)):
        values = getattr(curves, name)
        index = _first(_beyond(values, allowed))
        if index is not None:
            _refuse(curves, path, index, f"{name} is {values[index]}, expected {allowed}")


def _check_pixel(curves: LightCurves, path: Path) -> None:
    """Positions lie in the HEALPix pixel that a HATS partition's path names, to 1 arcsec."""
    named = HATS_PIXEL.search(path.as_posix())
    if not named or not len(curves):
        return
    from astropy_healpix.healpy import ang2pix  # takes half a second to import

    nside, pixel = 2 ** int(named["order"]), int(named["pixel"])
    if pixel >= 12 * nside**2:
        raise BadFile(path, None, f"the folder's name is impossible: no pixel {pixel}")
    outside = ang2pix(nside, curves.ra, curves.dec, nest=True, lonlat=True) != pixel
    for step_ra, step_dec in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        rest = np.flatnonzero(outside)
        if not rest.size:
            return
        dec = curves.dec[rest]
        ra = curves.ra[rest] + step_ra * _PIXEL_MARGIN / np.cos(np.radians(np.minimum(dec, 89.9)))
        dec = np.clip(dec + step_dec * _PIXEL_MARGIN, -90.0, 90.0)
        outside[rest] = ang2pix(nside, ra, dec, nest=True, lonlat=True) != pixel
    index = _first(outside)
    if index is not None:
        where = f"{curves.ra[index]:.5f} {curves.dec[index]:+.5f}"
        cause = f"position {where} is outside HEALPix pixel {pixel} of order {named['order']}"
        _refuse(curves, path, index, cause)


def _check_times(curves: LightCurves, path: Path) -> None:
    """At least one epoch each, finite, plausible, sorted, whole numbers of ticks."""
    empty = _first(curves.nepochs == 0)
    if empty is not None:
        _refuse(curves, path, empty, "the light curve has no epochs")
    hmjd = curves.hmjd
    if not len(hmjd):
        return
    where = _first(_beyond(hmjd, bounds.HMJD))
    if where is not None:
        _refuse_epoch(curves, path, where, f"hmjd is {hmjd[where]}, expected {bounds.HMJD}")
    earlier = hmjd[1:] < hmjd[:-1]
    inner = curves.offsets[(curves.offsets > 0) & (curves.offsets < len(hmjd))]
    earlier[inner - 1] = False
    where = _first(earlier)
    if where is not None:
        cause = f"hmjd not sorted: {hmjd[where + 1]} follows {hmjd[where]}"
        _refuse_epoch(curves, path, where + 1, cause)
    ticks = hmjd * curves.ticks_per_day
    np.rint(ticks, out=ticks)
    ticks /= curves.ticks_per_day
    where = _first(ticks != hmjd)
    if where is not None:
        cause = f"hmjd {hmjd[where]} is no multiple of 1/{curves.ticks_per_day} d"
        remedy = (
            'Where the release has HJD in double precision less 2400000.5, write times = "double"'
            " into its release.toml."
            if curves.ticks_per_day < DOUBLE_TICKS
            else None
        )
        _refuse_epoch(curves, path, where, cause, remedy)


def _check_photometry(curves: LightCurves, path: Path) -> None:
    """Finite magnitudes, errors and colour coefficients, and flags of 16 bits.

    Exposures are recognised by their colour coefficients, so that one without would be none.
    """
    for name in ("mag", "magerr", "clrcoeff"):
        values = getattr(curves, name)
        where = _first(~np.isfinite(values))
        if where is not None:
            _refuse_epoch(curves, path, where, f"{name} is {values[where]!s}")
    flags = curves.catflags
    where = _first(_beyond(flags, bounds.CATFLAGS))
    if where is not None:
        _refuse_epoch(
            curves, path, where, f"catflags is {flags[where]}, expected {bounds.CATFLAGS}"
        )


def _check_exposures(curves: LightCurves, path: Path) -> None:
    """Possible starts and lengths of exposures, and names that images can have, where given."""
    facts = curves.exposures
    if facts is None:
        return
    for name, values, allowed in (
        ("mjd", facts.obsmjd, bounds.HMJD),
        ("exptime", facts.exptime, bounds.EXPTIME),
    ):
        where = _first(_beyond(values, allowed))
        if where is not None:
            _refuse_epoch(curves, path, where, f"{name} is {values[where]!s}, expected {allowed}")
    names, number = np.unique(facts.filefracday, return_inverse=True)
    where = _first(np.array([not is_name(int(name)) for name in names], bool)[number])
    if where is not None:
        cause = f"filefracday is {facts.filefracday[where]}, expected a date and six digits"
        _refuse_epoch(curves, path, where, cause)


@dataclass(frozen=True)
class Doubts:
    """Values of a file that can be stored but that the survey can hardly have."""

    counts: dict[str, int]
    """How many, by what they are; only of what there is."""
    first: BadFile | None
    """The refusal of the first."""

    @property
    def number(self) -> int:
        """How many there are."""
        return sum(self.counts.values())

    def __str__(self) -> str:
        return ", ".join(f"{number:,} of {what}" for what, number in self.counts.items())


def doubts(curves: LightCurves, path: Path, grid: Grid) -> Doubts:
    """Look for positions outside their quadrants, and for impossible magnitudes and errors.

    Parameters
    ----------
    curves
        Checked light curves.
    path
        Their file, for the refusal.
    grid
        Fields and quadrants; positions of fields that it does not have are not compared.
    """
    counts: dict[str, int] = {}
    first = None
    outside = distance_outside(grid, curves.fieldid, curves.rcid, curves.ra, curves.dec)
    wrong = outside > bounds.OUTSIDE.high
    if wrong.any():
        counts["position"] = int(np.count_nonzero(wrong))
        index = int(np.argmax(wrong))
        cause = (
            f"position {curves.ra[index]:.5f} {curves.dec[index]:+.5f} is more than"
            f" {bounds.OUTSIDE.high:g} {bounds.OUTSIDE.unit} outside readout channel"
            f" {curves.rcid[index]} of field {curves.fieldid[index]}"
        )
        first = BadFile(path, curves.row(index), cause, oid=curves.oid[index])
    for name, allowed in (("mag", bounds.MAG), ("magerr", bounds.MAGERR)):
        values = getattr(curves, name)
        wrong = _beyond(values, allowed)
        if wrong is None:
            continue
        counts[name] = int(np.count_nonzero(wrong))
        where = int(np.argmax(wrong))
        cause = f"{name} is {values[where]!s}, expected {allowed}"
        first = first or _epoch_refusal(curves, path, where, cause)
    return Doubts(counts, first)


def _beyond(values: np.ndarray, allowed: Bounds) -> np.ndarray | None:
    """Which values are not within bounds, NaN included; None, found faster, where all are."""
    if not len(values) or (values.min() >= allowed.low and values.max() <= allowed.high):
        return None
    return ~((values >= allowed.low) & (values <= allowed.high))
