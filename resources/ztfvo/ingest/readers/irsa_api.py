"""Answers of IRSA's light-curve service: one row per detection, several OIDs in one file.

Oddities: times are heliocentric Julian dates, rounded here to the five decimals of the bulk files;
``ccdid`` and ``qid`` come as decimal or as hexadecimal text ("0xe"); rows need not be sorted; ra
and dec are those of each detection, so that an object's position is their median; a search that
finds nothing answers with the header alone.  One OID may be in several answers.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from ztfvo.errors import BadFile
from ztfvo.store.lightcurves import ExposureFacts, LightCurves
from ztfvo.store.times import FIVE_DECIMALS

from ... import oid as oids
from . import _answers, _arrow
from ._answers import Rows
from ._preview import Preview

NAME = "irsa-api"
DESCRIPTION = "CSV, TSV, IPAC table or VOTable of IRSA's light-curve service (oid, hjd, mjd, ...)"
SUFFIXES = _answers.SUFFIXES
MERGES = True

MJD_ZERO = 2400000.5
"""Julian date of MJD 0 (d)."""

_COLUMNS = {
    "oid": pa.int64(),
    "hjd": pa.float64(),
    "mjd": pa.float64(),
    "mag": pa.float32(),
    "magerr": pa.float32(),
    "catflags": pa.int32(),
    "filtercode": pa.string(),
    "ra": pa.float64(),
    "dec": pa.float64(),
    "filefracday": pa.int64(),
    "field": pa.int32(),
    "ccdid": pa.string(),
    "qid": pa.string(),
    "clrcoeff": pa.float32(),
    "exptime": pa.float32(),
}
_MARKS = {"oid", "hjd", "catflags", "filtercode"}


def matches(path: Path) -> bool:
    """Whether this is an answer, be it a report of an error as VOTable."""
    return _answers.names(path) == () or has_columns(path)


def has_columns(path: Path) -> bool:
    """Whether this is a table with the service's columns."""
    return set(_answers.names(path) or ()) >= _MARKS


def preview(path: Path) -> Preview:
    """Look at the names of columns."""
    names = _answers.names(path) or ()
    return Preview(dropped=tuple(name for name in names if name not in _COLUMNS))


def read(path: Path) -> LightCurves:
    """Read the light curves of one answer, by OID and time; none when it has only a header.

    Raises
    ------
    BadFile
        When the file is damaged or reports an error, a column is missing, a value is no number, or
        the rows of one OID disagree about field, filter, CCD or quadrant.
    """
    rows = _answers.read(path, _COLUMNS)
    table = rows.table
    column = {name: _column(path, rows, name) for name in _COLUMNS}
    for name, low, high in (("ra", 0.0, 360.0), ("dec", -90.0, 90.0)):
        _check_range(path, rows, column[name], name, low, high)
    ticks = np.rint((column["hjd"] - MJD_ZERO) * FIVE_DECIMALS)
    order = np.lexsort((column["hjd"], column["oid"]))
    oid, first, nepochs = np.unique(column["oid"][order], return_index=True, return_counts=True)
    channel = {
        "fieldid": column["field"],
        "filterid": _coded(path, table["filtercode"], "filtercode", _filter_number),
        "rcid": 4 * (_coded(path, table["ccdid"], "ccdid", _number) - 1)
        + _coded(path, table["qid"], "qid", _number)
        - 1,
    }
    origin = np.minimum.reduceat(order, first) if len(oid) else order
    for name, values in channel.items():
        _check_agreement(
            path, column["oid"], values, values[origin], nepochs, order, name, rows.first
        )
    ra, dec = _median_position(column["ra"][order], column["dec"][order], first, nepochs)
    return LightCurves(
        oid=oid,
        ra=ra,
        dec=dec,
        **{
            name: _arrow.narrow(path, values[origin], name, np.int16)
            for name, values in channel.items()
        },
        offsets=_arrow.offsets_of(nepochs),
        hmjd=(ticks / FIVE_DECIMALS)[order],
        **{name: column[name][order] for name in ("mag", "magerr", "clrcoeff", "catflags")},
        exposures=ExposureFacts(
            obsmjd=column["mjd"][order],
            exptime=column["exptime"][order],
            filefracday=column["filefracday"][order],
        ),
        origin=origin + rows.first,
    )


def _check_range(
    path: Path, rows: Rows, values: np.ndarray, name: str, low: float, high: float
) -> None:
    """Refuse the first row whose value is none of the sphere."""
    wrong = np.flatnonzero(~((values >= low) & (values <= high)))
    if wrong.size:
        row = int(wrong[0])
        cause = f"{name} is {values[row]}, expected {low:g} to {high:g} degrees"
        raise BadFile(path, row + rows.first, cause)


def _column(path: Path, rows: Rows, name: str) -> np.ndarray:
    column = rows.table[name]
    if column.null_count:
        row = int(np.flatnonzero(column.is_null().to_numpy())[0])
        raise BadFile(path, row + rows.first, f"column {name} is empty")
    return column.to_numpy()


def _coded(path: Path, column: pa.ChunkedArray, name: str, decode) -> np.ndarray:
    """Decode a column of few distinct texts, each once."""
    if not len(column):
        return np.empty(0, np.int64)
    encoded = column.combine_chunks().dictionary_encode()
    try:
        values = [decode(text) for text in encoded.dictionary.to_pylist()]
    except (ValueError, KeyError) as error:
        raise BadFile(path, None, f"column {name} holds {error.args[0]!r}") from error
    return np.array(values, np.int64)[encoded.indices.to_numpy()]


def _number(text: str) -> int:
    """A whole number in decimal or in hexadecimal with 0x."""
    try:
        return int(text, 16) if text.lower().startswith("0x") else int(text)
    except ValueError as error:
        raise ValueError(text) from error


def _filter_number(text: str) -> int:
    return oids.FILTER_IDS[text]


def _check_agreement(
    path: Path,
    oid: np.ndarray,
    values: np.ndarray,
    expected: np.ndarray,
    nepochs: np.ndarray,
    order: np.ndarray,
    name: str,
    first: int,
) -> None:
    wrong = order[values[order] != np.repeat(expected, nepochs)]
    if wrong.size:
        row = int(wrong.min())
        cause = f"{name} is {values[row]}, other rows of this OID differ"
        raise BadFile(path, row + first, cause, oid=oid[row])


def _median_position(
    ra: np.ndarray, dec: np.ndarray, first: np.ndarray, nepochs: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Median positions of consecutive groups, right across RA 0 (deg)."""
    reference = np.repeat(ra[first], nepochs)
    offset = (ra - reference + 180.0) % 360.0 - 180.0
    group = np.repeat(np.arange(len(first)), nepochs)
    low, high = first + (nepochs - 1) // 2, first + nepochs // 2
    medians = []
    for values in (offset, dec):
        ordered = values[np.lexsort((values, group))]
        medians.append(0.5 * (ordered[low] + ordered[high]))
    return (ra[first] + medians[0]) % 360.0, medians[1]
