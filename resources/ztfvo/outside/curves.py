"""Light curves of sources, made of the rows that they send."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ztfvo.outside.model import Column, LightCurve, Malformed, Source
from ztfvo.outside.rows import value_of
from ztfvo.photometry import ab_to_jansky

_KINDS = {"float64": float, "int64": np.int64, "bool": bool, "str": str}
_NONE = {"float64": np.nan, "str": ""}


def read_csv(body: bytes, columns: Iterable[Column]) -> list[dict[str, Any]]:
    """Return the rows of a CSV document with a header.

    Parameters
    ----------
    columns
        That it has to have, also where it has no rows; others are left as they are.

    Raises
    ------
    Malformed
        When one is missing, or a row has fewer or more fields than the header.
    """
    text = body.decode("utf-8", "replace")
    lines = csv.DictReader(io.StringIO(text, newline=""), restkey="", restval=None, strict=True)
    try:
        rows = list(lines)
    except csv.Error as error:
        raise Malformed(f"the answer is not CSV: {error}", body) from error
    names = lines.fieldnames or []
    for column in columns:
        if column.key not in names and not column.may_lack:
            raise Malformed(missing(column.key, names), body)
    for number, row in enumerate(rows, 1):
        if "" in row or None in row.values():
            raise Malformed(f"row {number} of the answer has not the fields of its header", body)
    return rows


def missing(name: str, there: Iterable[str]) -> str:
    """Return what is said of a column that is not there."""
    return f"column {name} is missing; there are: {', '.join(there)[:300] or 'none'}"


def read_native(
    columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]
) -> dict[str, np.ndarray]:
    """Return the columns of rows as declared.

    Returns
    -------
    dict
        Arrays by name; not-a-number, empty texts, and false where a truth may be left out, where
        there is no value.

    Raises
    ------
    Malformed
        When a column is missing, has a value of another type, or none where there has to be one.
    """
    found = {}
    for column in columns:
        values = []
        for row in rows:
            if column.key not in row and not column.may_lack:
                raise Malformed(missing(column.key, map(str, row)))
            value = value_of(column, row.get(column.key))
            if value is None:
                value = _none(column)
            values.append(value)
        found[column.name] = np.array(values, _KINDS[column.dtype])
    return found


def _none(column: Column) -> Any:
    """Return what stands for no value in a column."""
    if column.dtype == "bool" and column.may_lack:
        return False
    if column.dtype not in _NONE:
        raise Malformed(f"column {column.key} has no value in a row")
    return _NONE[column.dtype]


def light_curve(
    source: Source,
    *,
    identifier: str,
    position: tuple[float, float],
    hmjd: ArrayLike,
    filter: ArrayLike,
    mag: ArrayLike,
    magerr: ArrayLike,
    native: Mapping[str, np.ndarray],
    flux: ArrayLike | None = None,
    fluxerr: ArrayLike | None = None,
    limit: ArrayLike = False,
    difference: ArrayLike = False,
    good: ArrayLike = True,
    notes: Iterable[str] = (),
) -> LightCurve:
    """Return a light curve, ordered by time.

    Parameters
    ----------
    position
        ICRS, deg.
    hmjd
        Heliocentric MJD, UTC, of mid-exposure, shape (n,); it and all else broadcast.
    mag, magerr
        AB; not finite where there is none.
    flux, fluxerr
        Jy; those of mag and magerr if not given.

    Raises
    ------
    Malformed
        When a time or a position is none.
    """
    if not (np.isfinite(hmjd).all() and np.isfinite(position).all()):
        raise Malformed("a measurement has no time or position")
    size = np.shape(hmjd)
    limit = np.broadcast_to(np.asarray(limit, bool), size)
    if flux is None:
        flux, fluxerr = ab_to_jansky(mag, magerr)
    numbers = {"mag": mag, "magerr": magerr, "flux": flux, "fluxerr": fluxerr}
    order = np.argsort(hmjd, kind="stable")
    arrays = {
        name: np.broadcast_to(np.where(np.isfinite(values), values, np.nan), size)[order]
        for name, values in numbers.items()
    }
    for name in ("magerr", "flux", "fluxerr"):
        arrays[name] = np.where(limit[order], np.nan, arrays[name])
    flags = {"limit": limit, "difference": difference, "good": good}
    return LightCurve(
        object=identifier,
        ra=float(position[0]),
        dec=float(position[1]),
        hmjd=np.asarray(hmjd, float)[order],
        filter=np.broadcast_to(np.asarray(filter, str), size)[order],
        **arrays,
        **{name: np.broadcast_to(np.asarray(v, bool), size)[order] for name, v in flags.items()},
        native={name: np.asarray(values)[order] for name, values in native.items()},
        notes=tuple(notes),
    )
