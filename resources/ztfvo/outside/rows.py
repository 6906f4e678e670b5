"""Rows of sources: checked against what is declared, with their distance from the place."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import erfa
import numpy as np
from astropy.coordinates import angular_separation, position_angle

from ztfvo.outside.model import Column, Malformed, Place, Row, Source

SEPARATION, ANGLE, AS_LISTED = "separation", "position_angle", "separation_as_listed"
"""Names of what every row gets: distance (arcsec) and position angle (deg, from North over East)
of the source's object at the epoch of the place, and its distance where its motion is left out."""

ARCSEC = math.degrees(1) * 3600
JULIAN_YEAR_0 = 2451545.0 - 2000 * 365.25
MJD_0 = 2400000.5

_TRUE, _FALSE = ("true", "t", "1", "1.0"), ("false", "f", "0", "0.0")


def read_rows(source: Source, raw: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Return rows with the declared names, types and nulls.

    Raises
    ------
    Malformed
        When a declared column is missing, or has a value of another type.
    """
    return [_row(source.columns, one) for one in raw]


def _row(columns: Sequence[Column], raw: Mapping[str, Any]) -> Row:
    if not isinstance(raw, Mapping):
        raise Malformed(f"a row is {_quoted(raw)}, not names with values")
    row: Row = {}
    for column in columns:
        if column.key not in raw and not column.may_lack:
            there = ", ".join(sorted(map(str, raw))) or "none"
            raise Malformed(f"column {column.key} is missing; there are: {there[:300]}")
        row[column.name] = value_of(column, raw.get(column.key))
    return row


def value_of(column: Column, value: Any) -> Any:
    """Return a value of a column, None for each that means none.

    Raises
    ------
    Malformed
        When it has another type than declared.
    """
    if isinstance(value, np.generic):
        value = None if value is np.ma.masked else value.item()
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, str):
        value = value.strip()
    if value is None or value is np.ma.masked or value in ("", *column.nulls):
        return None
    if isinstance(value, float) and math.isnan(value):
        return None
    try:
        return _CONVERT[column.dtype](value)
    except (TypeError, ValueError, OverflowError):
        raise Malformed(
            f"column {column.key} has {_quoted(value)}, which is not {_KINDS[column.dtype]}"
        ) from None


def _float(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError
    number = float(value)
    return None if math.isnan(number) else number


def _int(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError
    if isinstance(value, float):
        if not value.is_integer() or abs(value) > 2**53:
            raise ValueError
        return int(value)
    number = int(value)
    if not -(2**63) <= number < 2**63:
        raise OverflowError
    return number


def _str(value: Any) -> str:
    if not isinstance(value, int | float | str):
        raise TypeError
    return str(value)


def _bool(value: Any) -> bool:
    text = str(value).lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ValueError


_CONVERT = {"float64": _float, "int64": _int, "str": _str, "bool": _bool}
_KINDS = {
    "float64": "a number",
    "int64": "a whole number",
    "str": "a text",
    "bool": "true or false",
}


def _quoted(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."


def around(source: Source, rows: list[Row], place: Place, radius: float) -> list[Row]:
    """Return the rows within a radius of a place, nearest first, with their distances.

    Rows without a place of their own keep their order, and have no distances.  The motion of an
    object from the epoch of its position to that of the place is taken into account where the
    source has proper motions (`erfa.pmsafe`).

    Parameters
    ----------
    radius
        arcsec

    Raises
    ------
    Malformed
        When a row has no position.
    """
    if not rows:
        return []
    if source.position is None:
        return [row | dict.fromkeys((SEPARATION, ANGLE, AS_LISTED)) for row in rows]
    set_distances(source, rows, [place] * len(rows))
    near = [row for row in rows if min(row[SEPARATION], row[AS_LISTED]) <= radius]
    return sorted(near, key=lambda row: row[SEPARATION])


def set_distances(source: Source, rows: Sequence[Row], places: Sequence[Place]) -> None:
    """Give each row its distances from a place: `SEPARATION`, `ANGLE` and `AS_LISTED`.

    Parameters
    ----------
    places
        One for each row.

    Raises
    ------
    Malformed
        When a row has no position.
    """
    ra, dec = (_numbers(rows, name) for name in source.position)
    if not (np.isfinite(ra).all() and np.isfinite(dec).all() and (np.abs(dec) <= 90).all()):
        raise Malformed(f"a row has no position in {' and '.join(source.position)}")
    ra, dec = np.radians(ra), np.radians(dec)
    here = np.radians([[place.ra, place.dec] for place in places]).reshape(-1, 2).T
    listed = angular_separation(*here, ra, dec) * ARCSEC
    if source.yields.pmra and source.yields.pmdec:
        motion = (_numbers(rows, name) for name in (source.yields.pmra, source.yields.pmdec))
        epochs = np.array([place.epoch for place in places])
        ra, dec = moved(ra, dec, *motion, source.epoch, epochs)
    separation = angular_separation(*here, ra, dec) * ARCSEC
    angle = np.degrees(position_angle(*here, ra, dec).value)
    for row, *values in zip(rows, separation, angle, listed, strict=True):
        row.update(zip((SEPARATION, ANGLE, AS_LISTED), map(float, values), strict=True))


def moved(
    ra: np.ndarray,
    dec: np.ndarray,
    pmra: np.ndarray,
    pmdec: np.ndarray,
    epoch: float,
    to_epoch: np.ndarray | float,
) -> tuple[np.ndarray, np.ndarray]:
    """Carry positions along by their proper motions.

    Parameters
    ----------
    ra, dec
        rad, shape (n,).
    pmra, pmdec
        mas/yr, that of right ascension times cos(dec); NaN counts as 0.
    epoch, to_epoch
        Julian years.

    Returns
    -------
    ra, dec : numpy.ndarray
        rad
    """
    rate = np.radians(1 / 3.6e6)
    with np.errstate(divide="ignore", invalid="ignore"):
        along = np.nan_to_num(pmra) * rate / np.maximum(np.cos(dec), 1e-9)
    up = np.nan_to_num(pmdec) * rate
    start, end = map(julian_date, (epoch, to_epoch))
    # The function that does not warn of each star whose distance is not known.
    new_ra, new_dec, *_ = erfa.ufunc.pmsafe(ra, dec, along, up, 0.0, 0.0, start, 0.0, end, 0.0)
    return new_ra, new_dec


def julian_year(mjd: float) -> float:
    """Return the Julian year of a MJD."""
    return (mjd + MJD_0 - JULIAN_YEAR_0) / 365.25


def julian_date(year: float) -> float:
    """Return the Julian date of a Julian year."""
    return JULIAN_YEAR_0 + 365.25 * year


def _numbers(rows: Sequence[Row], name: str) -> np.ndarray:
    return np.array([np.nan if row[name] is None else row[name] for row in rows], float)
