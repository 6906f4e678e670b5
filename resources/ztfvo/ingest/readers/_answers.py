"""Answers of IRSA's light-curve service in all its forms, as tables of one kind.

The service answers as CSV, TSV, IPAC table or VOTable.  Any of them may be compressed by gzip and
begin with the mark of its byte order; CSV and TSV may be quoted.
"""

from __future__ import annotations

import gzip
import io
import warnings
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyarrow as pa
import pyarrow.csv
from astropy.io import votable
from astropy.table import Column, MaskedColumn, Table

from ztfvo.errors import BadFile

from . import _arrow

SUFFIXES = tuple(
    f"{form}{packed}"
    for form in (".csv", ".tsv", ".tbl", ".ipac", ".vot", ".votable", ".xml")
    for packed in ("", ".gz")
)
"""Ends of the names of answers."""

_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_HEAD = 65536
"""Bytes in which the names of the columns stand, if not in a VOTable."""


@dataclass(frozen=True)
class Rows:
    """The rows of an answer."""

    table: pa.Table
    """Columns of the wanted types; what is missing is null."""
    first: int
    """Number of the first row: of its line in text, of the row in VOTables."""


def names(path: Path) -> tuple[str, ...] | None:
    """Names of the columns of an answer, in its order; None of what is no table in these forms.

    A VOTable without a table has no names.
    """
    try:
        with _opened(path) as file:
            head = file.read(_HEAD).removeprefix(_BOM)
            if _form(head) is _read_votable:
                file.seek(0)
                return _fields(file)
    except (EOFError, zlib.error, gzip.BadGzipFile, ElementTree.ParseError):
        return None
    lines = head.decode("utf-8", "replace").splitlines()
    if _form(head) is _read_ipac:
        line = next((line for line in lines if line.startswith("|")), "")
        return tuple(name.strip() for name in line.strip().strip("|").split("|"))
    separator = _separator(head)
    return tuple(name.strip().strip('"') for name in lines[0].split(separator)) if lines else None


def read(path: Path, types: Mapping[str, pa.DataType]) -> Rows:
    """Read some columns of an answer.

    Parameters
    ----------
    path
        A file of which `names` knows the columns.
    types
        The wanted columns.

    Raises
    ------
    BadFile
        When it is damaged, is the service's report of an error, lacks a column, or a value is none
        of its type.
    """
    try:
        with _opened(path) as file:
            content = file.read().removeprefix(_BOM)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadFile(path, None, f"cannot be unpacked ({error})", remedy=_arrow.DAMAGED) from error
    return _form(content)(path, content, types)


def _opened(path: Path):
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
    return gzip.open(path) if packed else path.open("rb")


def _form(content: bytes):
    """The function that reads content, by its beginning."""
    start = content[:_HEAD].lstrip()
    if start.startswith(b"<"):
        return _read_votable
    return _read_ipac if start.startswith((b"\\", b"|")) else _read_lines


def _separator(content: bytes) -> str:
    return "\t" if b"\t" in content.partition(b"\n")[0] else ","


def _fields(file) -> tuple[str, ...] | None:
    """Names of the fields of a VOTable, read up to its data; None of other XML."""
    found, root = [], None
    for _, element in ElementTree.iterparse(file, events=("start",)):
        tag = element.tag.rpartition("}")[2]
        root = root or tag
        if root != "VOTABLE":
            return None
        if tag == "FIELD":
            found.append(element.get("name", ""))
        elif tag == "DATA":
            break
    return tuple(found) if root else None


def _read_lines(path: Path, content: bytes, types: Mapping[str, pa.DataType]) -> Rows:
    try:
        table = pa.csv.read_csv(
            pa.BufferReader(content),
            pa.csv.ReadOptions(use_threads=False),
            pa.csv.ParseOptions(delimiter=_separator(content)),
            pa.csv.ConvertOptions(
                column_types=dict(types),
                include_columns=list(types),
                null_values=["", "null"],
                strings_can_be_null=True,
            ),
        )
    except KeyError as error:
        raise BadFile(path, None, f"column missing: {error.args[0]}") from error
    except pa.ArrowInvalid as error:
        raise _unparsed(path, error) from error
    return Rows(table, 2)


def _unparsed(path: Path, error: Exception) -> BadFile:
    detail = " ".join(str(error).split())
    return BadFile(path, None, f"cannot be parsed: {detail}", remedy=_arrow.DAMAGED)


def _read_ipac(path: Path, content: bytes, types: Mapping[str, pa.DataType]) -> Rows:
    lines = content.decode("utf-8", "replace").splitlines()
    try:
        with warnings.catch_warnings(action="ignore"):
            table = Table.read(lines, format="ascii.ipac", guess=False)
    except Exception as error:
        raise _unparsed(path, error) from error
    first = next((i for i, line in enumerate(lines, 1) if line[:1] not in ("\\", "|")), 0)
    columns = {name: table[name] for name in table.colnames}
    return Rows(_arranged(path, columns, types, first), first)


def _read_votable(path: Path, content: bytes, types: Mapping[str, pa.DataType]) -> Rows:
    try:
        with warnings.catch_warnings(action="ignore"):
            document = votable.parse(io.BytesIO(content), verify="ignore")
    except Exception as error:
        raise _unparsed(path, error) from error
    infos = [*document.infos, *(info for each in document.resources for info in each.infos)]
    for info in infos:
        if info.value == "ERROR":
            said = " ".join((info.content or "").split()) or "no reason"
            cause = f"the service reports an error: {said}"
            raise BadFile(path, None, cause, remedy="Ask it again.")
    tables = list(document.iter_tables())
    if len(tables) != 1:
        raise BadFile(path, None, f"the VOTable has {len(tables)} tables, expected 1")
    (table,) = tables
    columns = {field.name: table.array[field.ID] for field in table.fields}
    return Rows(_arranged(path, columns, types, 1), 1)


def _arranged(
    path: Path, columns: Mapping[str, Column], types: Mapping[str, pa.DataType], first: int
) -> pa.Table:
    """The wanted columns in their types, with what is masked as null."""
    arrays = {}
    for name, kind in types.items():
        if name not in columns:
            raise BadFile(path, None, f"column missing: {name}")
        arrays[name] = _column(path, name, columns[name], kind, first)
    return pa.table(arrays)


def _column(
    path: Path, name: str, column: MaskedColumn | np.ndarray, kind: pa.DataType, first: int
) -> pa.Array:
    missing = np.ma.getmaskarray(column)
    values = np.asarray(np.ma.getdata(column))
    values = values.astype(values.dtype.newbyteorder("="))
    if pa.types.is_string(kind):
        texts = [None if gone else str(value) for value, gone in zip(values, missing, strict=True)]
        return pa.array([text or None for text in texts], kind)
    try:
        return pa.array(values, mask=missing).cast(kind, safe=kind != pa.float32())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
        wrong = (i for i, gone in enumerate(missing) if not gone and not _fits(values[i], kind))
        row = next(wrong, None)
        shown = f"holds {values[row]!s}, which" if row is not None else f"of {values.dtype}"
        where = None if row is None else first + row
        raise BadFile(path, where, f"column {name} {shown} is no {kind}") from None


def _fits(value: object, kind: pa.DataType) -> bool:
    try:
        pa.array(np.array([value])).cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
        return False
    return True
