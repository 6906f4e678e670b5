"""ZTF light-curve identifiers (OIDs) and the numbers they carry.

An OID of the ZTF data releases is a decimal number of 15 or 16 digits::

    OID = fieldid * 10**12 + filterid * 10**11 + ccdid * 10**9 + qid * 10**8 + source

so 633207400004730 is source 4730 of field 633, filter 2 (zr), CCD 7, quadrant 4.  The readout
channel numbers the 64 quadrants of the camera: rcid = 4 * (ccdid - 1) + qid - 1.

Every function takes one number or an array of numbers and answers likewise.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ztfvo.bands import BANDS

FILTER_NAMES = {band.filterid: band.name for band in BANDS.values()}
"""Filter name by filterid, as used in file names and in IRSA's tables."""

FILTER_IDS = {name: number for number, name in FILTER_NAMES.items()}
"""filterid by filter name."""

FIELD_MIN = 100
"""Smallest field number of a 15-digit OID."""

FIELD_MAX = 9999
"""Largest field number a 16-digit OID can carry; the survey's own numbers end near 1900."""

_FIELD = 10**12
_FILTER = 10**11
_CCD = 10**9
_QUADRANT = 10**8


class InvalidOID(ValueError):
    """A number that is not an OID, or parts that do not make one."""


class OIDParts(NamedTuple):
    """What an OID says; plain integers, or int64 arrays of one length."""

    fieldid: Any
    """Survey field."""
    filterid: Any
    """1 zg, 2 zr, 3 zi."""
    ccdid: Any
    """CCD of the camera, 1 to 16."""
    qid: Any
    """Quadrant of the CCD, 1 to 4."""
    source: Any
    """Source number in the quadrant's reference catalogue, eight digits."""
    rcid: Any
    """Readout channel, 0 to 63."""


def split(oid: Any) -> OIDParts:
    """Take an OID apart.

    Parameters
    ----------
    oid
        One OID or an array of them.

    Raises
    ------
    InvalidOID
        When a number has not 15 or 16 digits, or its filter, CCD or quadrant does not exist.
        The message names the first such number.
    """
    number = _whole(oid, "OID")
    parts = _split(number)
    good = _valid(parts)
    if not np.all(good):
        value = int(np.atleast_1d(number)[~np.atleast_1d(good)][0])
        raise InvalidOID(f"{value} is not a ZTF OID: {_reason(value)}")
    if np.ndim(number) == 0:
        return OIDParts(*(int(part) for part in parts))
    return parts


def join(fieldid: Any, filterid: Any, ccdid: Any, qid: Any, source: Any) -> Any:
    """Make the OID of these parts: an integer, or an int64 array when a part is an array.

    Raises
    ------
    InvalidOID
        When a part is out of its range; the message names part and value.
    """
    ranges = (
        ("fieldid", fieldid, FIELD_MIN, FIELD_MAX),
        ("filterid", filterid, 1, 3),
        ("ccdid", ccdid, 1, 16),
        ("qid", qid, 1, 4),
        ("source", source, 0, _QUADRANT - 1),
    )
    field, filt, ccd, quadrant, number = (
        _in_range(value, name, low, high) for name, value, low, high in ranges
    )
    oid = field * _FIELD + filt * _FILTER + ccd * _CCD + quadrant * _QUADRANT + number
    return int(oid) if np.ndim(oid) == 0 else oid


def rcid_of(ccdid: Any, qid: Any) -> Any:
    """Readout channel (0 to 63) of a CCD (1 to 16) and a quadrant (1 to 4)."""
    rcid = 4 * (_in_range(ccdid, "ccdid", 1, 16) - 1) + _in_range(qid, "qid", 1, 4) - 1
    return int(rcid) if np.ndim(rcid) == 0 else rcid


def ccd_and_quadrant(rcid: Any) -> tuple[Any, Any]:
    """CCD (1 to 16) and quadrant (1 to 4) of a readout channel (0 to 63)."""
    channel = _in_range(rcid, "rcid", 0, 63)
    ccdid, qid = channel // 4 + 1, channel % 4 + 1
    return (int(ccdid), int(qid)) if np.ndim(channel) == 0 else (ccdid, qid)


def is_valid(oid: Any) -> Any:
    """Whether a number is a well-formed OID: a bool, or a bool array."""
    good = _valid(_split(_whole(oid, "OID")))
    return bool(good) if np.ndim(good) == 0 else good


def parse(text: str) -> int:
    """Read an OID as people write it, with blanks around it allowed.

    Raises
    ------
    InvalidOID
        When the text is not a whole number or the number is not an OID.
    """
    stripped = text.strip()
    if not (stripped.isascii() and stripped.isdigit()):
        raise InvalidOID(f"{text!r} is not a ZTF OID: expected a number of 15 or 16 digits")
    if len(stripped) not in (15, 16) or stripped.startswith("0"):
        raise InvalidOID(f"{stripped} is not a ZTF OID: expected 15 or 16 digits, none leading 0")
    oid = int(stripped)
    split(oid)
    return oid


def _split(number: np.ndarray) -> OIDParts:
    ccdid = number // _CCD % 100
    qid = number // _QUADRANT % 10
    return OIDParts(
        number // _FIELD,
        number // _FILTER % 10,
        ccdid,
        qid,
        number % _QUADRANT,
        4 * (ccdid - 1) + qid - 1,
    )


def _valid(parts: OIDParts) -> np.ndarray:
    field, filt, ccd, quadrant = parts[:4]
    return (
        (field >= FIELD_MIN)
        & (field <= FIELD_MAX)
        & (filt >= 1)
        & (filt <= 3)
        & (ccd >= 1)
        & (ccd <= 16)
        & (quadrant >= 1)
        & (quadrant <= 4)
    )


def _reason(value: int) -> str:
    if value < FIELD_MIN * _FIELD or value >= (FIELD_MAX + 1) * _FIELD:
        digits = "a minus sign" if value < 0 else f"{len(str(value))} digits"
        return f"expected 15 or 16 digits, it has {digits}"
    parts = _split(np.int64(value))
    for name, part, high in (("filter", parts.filterid, 3), ("CCD", parts.ccdid, 16)):
        if not 1 <= part <= high:
            return f"{name} {int(part)} is not in 1 to {high}"
    return f"quadrant {int(parts.qid)} is not in 1 to 4"


def _whole(value: Any, name: str) -> np.ndarray:
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise InvalidOID(f"{value!r} is not a ZTF {name}: {error}") from error
    if array.dtype.kind not in "iu":
        raise InvalidOID(f"{value!r} is not a whole number, as a ZTF {name} must be")
    if array.dtype.kind == "u" and array.size and array.max() > np.iinfo(np.int64).max:
        raise InvalidOID(f"{array.max()} is not a ZTF {name}: it is larger than 64 bits hold")
    return array.astype(np.int64, copy=False)


def _in_range(value: Any, name: str, low: int, high: int) -> np.ndarray:
    array = _whole(value, name)
    good = (array >= low) & (array <= high)
    if not np.all(good):
        wrong = int(np.atleast_1d(array)[~np.atleast_1d(good)][0])
        raise InvalidOID(f"{name} {wrong} is not in {low} to {high}")
    return array
