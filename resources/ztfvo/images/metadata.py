"""Read tables of image metadata as IRSA gives them: CSV, VOTable or Parquet.

Wanted of each science image are obsjd (start, JD, UTC, whole seconds), exptime (s), filefracday,
field, ccdid and qid (or rcid) and fid (or filtercode).  Other columns are ignored.  Whole
numbers may be written in hexadecimal, like 0x3, as some of IRSA's services do.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
from astropy.io.votable import parse as parse_votable

from ztfvo.errors import BadFile
from ztfvo.images.memory import Images
from ztfvo.images.products import FIRST_NAME, LAST_NAME, night_mjd
from ztfvo.oid import FIELD_MAX, FILTER_IDS
from ztfvo.times import whole_seconds

JD_OF_MJD_ZERO = 2400000.5
ROWS_AT_A_TIME = 500_000
FURTHEST_NAME = 0.5
"""days that a name and a start may be apart; more is a mistake in the table."""

_RANGES = {
    "field": (1, FIELD_MAX),
    "ccdid": (1, 16),
    "qid": (1, 4),
    "rcid": (0, 63),
    "fid": (1, 3),
    "filefracday": (FIRST_NAME, LAST_NAME),
}
_REAL = ("obsjd", "exptime")
_READABLE = (*_RANGES, *_REAL, "filtercode")
_LONGEST = 3600.0
"""s, of an exposure."""
_LONGEST_HEADER = 65536
_WHOLE = r"^(?:[0-9]{1,18}|0x[0-9a-fA-F]{1,15})$"
_NUMBER = r"^[0-9]{1,8}(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,2})?$"


def read(path: Path) -> Iterator[Images]:
    """Read a table of image metadata part by part.

    Parameters
    ----------
    path
        A file; its first bytes show the format.  CSV may be compressed with gzip.

    Raises
    ------
    BadFile
        When a column is missing, or a value is missing, no number or out of range; the message
        names the row (the line in CSV) and the cause.
    """
    with path.open("rb") as file:
        start = file.read(4)
    if start == b"PAR1":
        parts, first = _parquet(path), 1
    elif start.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<"):
        parts, first = _votable(path), 1
    else:
        parts, first = _csv(path), 2
    for part in parts:
        yield _images(path, part, first)
        first += len(part)


def _parquet(path: Path) -> Iterator[pa.Table]:
    try:
        file = pq.ParquetFile(path)
        names = _wanted(path, file.schema_arrow.names)
        for batch in file.iter_batches(ROWS_AT_A_TIME, columns=list(names)):
            yield _renamed(pa.Table.from_batches([batch]), names)
    except (pa.ArrowException, OSError) as error:
        raise BadFile(path, None, f"cannot be read as Parquet ({error})") from error


def _votable(path: Path) -> Iterator[pa.Table]:
    try:
        document = parse_votable(path)
    except Exception as error:  # astropy raises whatever its parsers do
        raise BadFile(path, None, f"cannot be read as VOTable ({error})") from error
    for info in (info for resource in document.resources for info in resource.infos):
        if info.name == "QUERY_STATUS" and info.value == "ERROR":
            said = " ".join((info.content or "").split())
            raise BadFile(path, None, f"is the error message of a service: {said}")
    try:
        array = document.get_first_table().array
    except IndexError as error:
        raise BadFile(path, None, "holds no table") from error
    names = _wanted(path, array.dtype.names or ())
    columns = {}
    for name in names:
        column = np.ma.asarray(array[name])
        columns[name] = pa.array(column.filled(None) if column.dtype == object else column.data)
        missing = pa.array(np.broadcast_to(np.ma.getmaskarray(column), len(column)))
        columns[name] = pc.if_else(missing, None, columns[name])
    yield _renamed(pa.table(columns), names)


def _csv(path: Path) -> Iterator[pa.Table]:
    try:
        with pa.input_stream(str(path)) as stream:
            header = stream.read(_LONGEST_HEADER).decode("utf-8-sig", "replace").splitlines()[:1]
        names = _wanted(path, next(csv.reader(header), []))
        with pa.input_stream(str(path)) as stream:
            reader = pa.csv.open_csv(
                stream,
                pa.csv.ReadOptions(block_size=1 << 24, use_threads=False),
                convert_options=pa.csv.ConvertOptions(
                    include_columns=list(names), column_types=dict.fromkeys(names, pa.string())
                ),
            )
            for batch in reader:
                yield _renamed(pa.Table.from_batches([batch]), names)
    except (pa.ArrowException, OSError, csv.Error) as error:
        raise BadFile(path, None, f"cannot be read as CSV ({error})") from error


def _wanted(path: Path, names: Iterable[str]) -> dict[str, str]:
    """The readable columns: our name by the file's."""
    found = {name: name.strip().lower() for name in names}
    found = {name: known for name, known in found.items() if known in _READABLE}
    present = set(found.values())
    if len(present) < len(found):
        raise BadFile(path, None, f"has a column twice: {', '.join(found)}")
    missing = {"obsjd", "exptime", "filefracday", "field"} - present
    missing |= set() if "rcid" in present else {"ccdid", "qid"} - present
    missing |= set() if present & {"fid", "filtercode"} else {"fid"}
    if missing:
        raise BadFile(
            path,
            None,
            f"has no column {', '.join(sorted(missing))}",
            remedy="Ask for obsjd, exptime, filefracday, field, ccdid, qid, fid.",
        )
    return found


def _renamed(table: pa.Table, names: dict[str, str]) -> pa.Table:
    return table.select(list(names)).rename_columns(list(names.values()))


def _images(path: Path, table: pa.Table, first: int) -> Images:
    """Convert and check; `first` is the row number of the first row."""
    value = {
        name: _numbers(path, table[name], name, first)
        for name in table.column_names
        if name != "filtercode"
    }
    if "fid" not in value:
        value["fid"] = _filters(path, table["filtercode"], first)
    for name, (low, high) in _RANGES.items():
        if name in value:
            good = (value[name] >= low) & (value[name] <= high)
            _check(
                path,
                good,
                table[name if name in table.column_names else "filtercode"],
                first,
                f"{name} is not in {low} to {high}",
            )
    good = (value["exptime"] > 0) & (value["exptime"] <= _LONGEST)
    _check(path, good, table["exptime"], first, f"exptime is not in 0 to {_LONGEST:g} s")
    start = value["obsjd"] - JD_OF_MJD_ZERO
    far = np.abs(start - _moments(path, table["filefracday"], value["filefracday"], first))
    _check(
        path,
        far <= FURTHEST_NAME,
        table["obsjd"],
        first,
        "obsjd is not the Julian date of the start: it is far from the filefracday of its row",
    )
    if "ccdid" in value and "qid" in value:
        rcid = 4 * (value["ccdid"] - 1) + value["qid"] - 1
    else:
        rcid = value["rcid"]
    return Images(
        fieldid=value["field"],
        rcid=rcid,
        filterid=value["fid"],
        filefracday=value["filefracday"],
        obsmjd=whole_seconds(start),
        exptime=value["exptime"].astype(np.float32),
    )


def _numbers(path: Path, column: pa.ChunkedArray, name: str, first: int) -> np.ndarray:
    """A column as float64 or int64."""
    column = column.combine_chunks()
    real = name in _REAL
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = pc.utf8_trim_whitespace(column)
        good = pc.match_substring_regex(column, _NUMBER if real else _WHOLE)
        _check(path, _true(good), column, first, f"{name} is no number")
        if not real and pc.any(pc.starts_with(column, "0x")).as_py():
            column = pa.array([_whole(text) for text in column.to_pylist()], pa.int64())
    if name == "obsjd" and column.type in (pa.float32(), pa.float16()):
        raise BadFile(path, None, f"obsjd is {column.type}, which cannot hold seconds")
    _check(path, _true(column.is_valid()), column, first, f"{name} is missing")
    try:
        return column.cast(pa.float64() if real else pa.int64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid as error:
        raise BadFile(path, None, f"{name} does not hold whole numbers ({error})") from error


def _whole(text: str) -> int:
    return int(text, 16) if text.startswith("0x") else int(text)


def _filters(path: Path, column: pa.ChunkedArray, first: int) -> np.ndarray:
    """filterid by name."""
    numbers = np.array([FILTER_IDS.get(str(name).strip(), 0) for name in column.to_pylist()], int)
    _check(path, numbers > 0, column, first, "filtercode is not zg, zr or zi")
    return numbers


def _moments(
    path: Path, column: pa.ChunkedArray, filefracday: np.ndarray, first: int
) -> np.ndarray:
    """Moments in the names, MJD."""
    days, place = np.unique(filefracday // 10**6, return_inverse=True)
    mjd = np.full(len(days), np.nan)
    for i, day in enumerate(days):
        with suppress(ValueError):
            mjd[i] = night_mjd(f"{day:08d}")
    _check(path, ~np.isnan(mjd[place]), column, first, "filefracday does not begin with a date")
    return mjd[place] + filefracday % 10**6 / 1e6


def _true(mask: pa.Array) -> np.ndarray:
    return pc.fill_null(mask, False).to_numpy(zero_copy_only=False)


def _check(path: Path, good: np.ndarray, column: pa.Array, first: int, cause: str) -> None:
    """Refuse the file at the first row that is not good, with its value."""
    if not np.all(good):
        row = int(np.argmin(good))
        raise BadFile(path, first + row, f"{cause} ({column[row].as_py()!r})")
