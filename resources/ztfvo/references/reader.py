"""Read reference catalogues: FITS files ``ztf_FFFFFF_zX_cCC_qQ_refpsfcat.fits`` of the archive.

The primary header names the quadrant and gives the zero point; the first extension has one row a
source, with instrumental magnitudes.  See the ZTF Science Data System Explanatory Supplement,
section on reference-image products.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.utils.exceptions import AstropyUserWarning

from ztfvo.errors import BadFile
from ztfvo.oid import FILTER_IDS, InvalidOID, join

SUFFIX = "_refpsfcat.fits"
SOURCES_PER_QUADRANT = 10**8
"""The last eight digits of an OID are the source's number in its quadrant."""

_NAME = re.compile(r"ztf_(\d{6})_(zg|zr|zi)_c(\d\d)_q([1-4])" + re.escape(SUFFIX), re.ASCII)
_KEYS = ("FIELDID", "FILTERID", "CCDID", "QID")
_COLUMNS = ("sourceid", "ra", "dec", "mag", "sigmag", "snr", "chi", "sharp", "flags")


@dataclass(frozen=True)
class Catalogue:
    """One quadrant's reference catalogue, ordered by OID; arrays have shape (sources,)."""

    path: Path
    quadrant: int
    """OID without its last eight digits."""
    magzp: float
    """Zero point: AB magnitude less instrumental magnitude."""
    magzprms: float
    """Scatter of the zero point, mag."""
    infobits: int
    oid: np.ndarray
    """int64."""
    ra: np.ndarray
    """ICRS, deg, float64."""
    dec: np.ndarray
    mag: np.ndarray
    """AB magnitude, float32, nan where the catalogue has none."""
    magerr: np.ndarray
    """Its standard error, mag, float32: of the fit and of the zero point in quadrature."""
    snr: np.ndarray
    chi: np.ndarray
    sharp: np.ndarray
    flags: np.ndarray
    """int16."""


def quadrant_of(path: Path) -> int:
    """OID without its last eight digits of the sources in a file of this name.

    Raises
    ------
    BadFile
        If the name is not that of a reference catalogue.
    """
    match = _NAME.fullmatch(path.name)
    cause = "the name is not like ztf_000633_zr_c07_q4_refpsfcat.fits"
    if not match:
        raise BadFile(path, None, cause)
    field, name, ccd, quadrant = match.groups()
    try:
        first = join(int(field), FILTER_IDS[name], int(ccd), int(quadrant), 0)
    except InvalidOID as error:
        raise BadFile(path, None, f"the name is of no quadrant: {error}") from error
    return first // SOURCES_PER_QUADRANT


def read(path: Path) -> Catalogue:
    """Read and check a reference catalogue.

    Raises
    ------
    BadFile
        If the file cannot be read whole, is not what its name says, or holds what cannot be.
    """
    quadrant = quadrant_of(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", AstropyUserWarning)
            with fits.open(path, memmap=False) as units:
                header = dict(units[0].header)
                table = {name: np.array(units[1].data[name]) for name in _COLUMNS}
    except (OSError, AstropyUserWarning, ValueError, TypeError, AttributeError) as error:
        raise BadFile(
            path, None, f"not a whole FITS file ({error})", remedy="Fetch it again."
        ) from error
    except (IndexError, KeyError) as error:
        raise BadFile(path, None, f"not a reference catalogue ({error.args[0]})") from error
    _check_header(path, quadrant, header, len(table["sourceid"]))
    _check_rows(path, table)
    return _calibrated(path, quadrant, header, table)


def _check_header(path: Path, quadrant: int, header: dict, rows: int) -> None:
    missing = [
        key for key in (*_KEYS, "MAGZP", "MAGZPRMS", "INFOBITS", "NSOURCES") if key not in header
    ]
    if missing:
        raise BadFile(path, None, f"the header has no {', '.join(missing)}")
    named = (quadrant // 10**4, quadrant // 10**3 % 10, quadrant // 10 % 100, quadrant % 10)
    for key, expected in zip(_KEYS, named, strict=True):
        if header[key] != expected:
            raise BadFile(
                path, None, f"{key} is {header[key]} in the header and {expected} in the name"
            )
    if header["NSOURCES"] != rows:
        raise BadFile(path, None, f"{rows} rows, but NSOURCES is {header['NSOURCES']}")
    for key in ("MAGZP", "MAGZPRMS"):
        if not isinstance(header[key], int | float):
            raise BadFile(path, None, f"{key} is {header[key]!r}, not a number")


def _check_rows(path: Path, table: dict[str, np.ndarray]) -> None:
    number, ra, dec = table["sourceid"], table["ra"], table["dec"]
    for bad, cause in (
        ((number < 0) | (number >= SOURCES_PER_QUADRANT), "sourceid {sourceid} is not possible"),
        (~((ra >= 0) & (ra < 360) & (np.abs(dec) <= 90)), "no position: ra {ra}, dec {dec}"),
        (_repeated(number), "sourceid {sourceid} occurs twice"),
    ):
        if bad.any():
            row = int(np.argmax(bad))
            values = {name: column[row] for name, column in table.items()}
            raise BadFile(path, row + 1, cause.format(**values))


def _repeated(number: np.ndarray) -> np.ndarray:
    """Where a number has occurred before."""
    again = np.ones(len(number), bool)
    again[np.unique(number, return_index=True)[1]] = False
    return again


def _calibrated(path: Path, quadrant: int, header: dict, table: dict) -> Catalogue:
    order = np.argsort(table["sourceid"])
    table = {name: column[order] for name, column in table.items()}
    single = {name: table[name].astype(np.float32) for name in ("snr", "chi", "sharp")}
    return Catalogue(
        path=path,
        quadrant=quadrant,
        magzp=float(header["MAGZP"]),
        magzprms=float(header["MAGZPRMS"]),
        infobits=int(header["INFOBITS"]),
        oid=quadrant * SOURCES_PER_QUADRANT + table["sourceid"].astype(np.int64),
        ra=table["ra"].astype(np.float64),
        dec=table["dec"].astype(np.float64),
        mag=(table["mag"].astype(np.float64) + header["MAGZP"]).astype(np.float32),
        magerr=np.hypot(table["sigmag"].astype(np.float64), header["MAGZPRMS"]).astype(np.float32),
        flags=table["flags"].astype(np.int16),
        **single,
    )
