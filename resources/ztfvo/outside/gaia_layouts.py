"""The three layouts in which ESA's archive gives epoch photometry of Gaia DR3.

long
    one row for each transit and band: ``band``, ``time``, ``flux``; until the end of 2024
wide
    one row for each transit, with columns of three bands: ``g_transit_time``, ``bp_obs_time``
raw
    one row for each source, with arrays: ``n_transits``, as in the bulk files

Whatever else comes, such as the layout of another release, is malformed.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ztfvo.outside.curves import missing
from ztfvo.outside.model import Malformed

MEMBER = "EPOCH_PHOTOMETRY"
"""What the name begins with of the member of a ZIP."""
MOST_MEMBER = 50_000_000
"""Bytes."""
BANDS = ("G", "BP", "RP")
_VALUES = ("time", "flux", "flux_error", "mag")
_STEMS = {"G": "g_transit_", "BP": "bp_", "RP": "rp_"}

LONG = (
    *("source_id", "transit_id", "band", "time", "mag", "flux", "flux_error"),
    *("rejected_by_photometry", "rejected_by_variability"),
)


def _column(band: str, value: str) -> str:
    """Name in the layouts wide and raw of a value of a band."""
    if value == "time" and band != "G":
        value = "obs_time"
    return _STEMS[band] + value


def _reject(band: str) -> str:
    return f"variability_flag_{band.lower()}_reject"


WIDE = (
    *("source_id", "transit_id", "rejected_by_photometry"),
    *(_column(band, value) for band in BANDS for value in _VALUES),
    *map(_reject, BANDS),
)
RAW = (
    *("source_id", "n_transits", "transit_id"),
    *(_column(band, value) for band in BANDS for value in _VALUES),
    *map(_reject, BANDS),
)


def read(body: bytes, source_id: str) -> list[dict[str, Any]]:
    """Return the measurements of a source.

    Parameters
    ----------
    body
        CSV or ECSV, or a ZIP with one of them.

    Returns
    -------
    list of dict
        With the names of `LONG`; none where the source has no epoch photometry.

    Raises
    ------
    Malformed
        When it has none of the three layouts.
    """
    if body.startswith(b"PK"):
        body = _unpacked(body)
    lines = [
        line
        for line in body.decode("utf-8", "replace").splitlines()
        if line.strip() and not line.startswith("#")
    ]
    if not lines:
        return []
    rows = csv.DictReader(lines)
    names = rows.fieldnames or []
    found = [layout for layout in _LAYOUTS if layout.mark in names]
    if not found:
        raise Malformed(
            "the layout is none of the three of Gaia DR3's epoch photometry; there are columns "
            + ", ".join(names)[:300],
            body,
        )
    for name in found[0].columns:
        if name not in names:
            raise Malformed(missing(name, names), body)
    every = list(rows)
    mine = [row for row in every if row["source_id"] == source_id]
    if every and not mine:
        raise Malformed(f"column source_id has {every[0]['source_id']!r}, not {source_id}", body)
    return [one for row in mine for one in found[0].split(row, body)]


def _unpacked(body: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            found = [one for one in archive.infolist() if one.filename.startswith(MEMBER)]
            if not found:
                return b""
            if found[0].file_size > MOST_MEMBER:
                raise Malformed(f"{found[0].filename} has {found[0].file_size:,} bytes", body)
            return archive.read(found[0])
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise Malformed(f"the answer is not a ZIP: {error}", body) from error


def _long(row: Mapping[str, str], body: bytes) -> Iterator[dict[str, Any]]:
    if row["band"] not in BANDS:
        raise Malformed(f"column band has {row['band'][:20]!r}, which is not one of Gaia", body)
    yield {name: row[name] for name in LONG}


def _wide(row: Mapping[str, str], body: bytes) -> Iterator[dict[str, Any]]:
    for band in BANDS:
        if row[_column(band, "time")]:
            yield _measurement(row, band, row["rejected_by_photometry"])


def _raw(row: Mapping[str, str], body: bytes) -> Iterator[dict[str, Any]]:
    try:
        count = int(row["n_transits"])
        arrays = {name: _array(row[name]) for name in RAW[2:]}
    except ValueError as error:
        raise Malformed(f"an array is not JSON: {error}", body) from error
    for name, values in arrays.items():
        if len(values) != count:
            raise Malformed(f"column {name} has {len(values)} values for {count} transits", body)
    for place in range(count):
        one = {name: values[place] for name, values in arrays.items()}
        one["source_id"] = row["source_id"]
        for band in BANDS:
            if one[_column(band, "time")] is not None:
                yield _measurement(one, band, False)


def _array(text: str) -> Sequence[Any]:
    """Return an array as ECSV has it, in JSON, with numbers as they are written."""
    return json.loads(text, parse_float=str, parse_int=str, parse_constant=lambda _: None)


def _measurement(row: Mapping[str, Any], band: str, by_photometry: Any) -> dict[str, Any]:
    return {
        "source_id": row["source_id"],
        "transit_id": row["transit_id"],
        "band": band,
        **{value: row[_column(band, value)] for value in _VALUES},
        "rejected_by_photometry": by_photometry,
        # As a text also where it is an element of an array: "False" would be true otherwise.
        "rejected_by_variability": row[_reject(band)],
    }


class _Layout(NamedTuple):
    mark: str
    """Column that no other layout has."""
    columns: Sequence[str]
    split: Callable[[Mapping[str, str], bytes], Iterator[dict[str, Any]]]
    """Makes measurements of a row."""


_LAYOUTS = (
    _Layout("n_transits", RAW, _raw),
    _Layout("g_transit_time", WIDE, _wide),
    _Layout("band", LONG, _long),
)
