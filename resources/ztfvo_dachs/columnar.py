"""Results of queries as Parquet with VOTable metadata (VOParquet 1.0), and as an Arrow stream."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Callable
from typing import Any, BinaryIO

import pyarrow as pa
from gavo import base, rsc
from gavo.formats import common as formatscommon
from gavo.formats import votablewrite
from pyarrow import parquet

ROWS = 50_000
"""Of one piece of a file."""

TYPES = {
    "boolean": pa.bool_(),
    "unsignedByte": pa.uint8(),
    "short": pa.int16(),
    "int": pa.int32(),
    "long": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "char": pa.string(),
    "unicodeChar": pa.string(),
}
"""Types of Arrow by those of VOTable."""

_TEXTS = ("char", "unicodeChar")
_DATA = re.compile(rb"<DATA>.*</DATA>|<DATA ?/>", re.DOTALL)


class Target(io.RawIOBase):
    """What takes written bytes, as pyarrow wants it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._written = file, 0

    def writable(self) -> bool:
        """Return that it takes bytes."""
        return True

    def write(self, data: Any) -> int:
        """Hand bytes on."""
        self._file.write(bytes(data))
        self._written += len(data)
        return len(data)

    def tell(self) -> int:
        """Return how many came."""
        return self._written


def install() -> None:
    """Offer both formats wherever DaCHS writes tables, once in a process."""
    for key, write, media, label, aliases in (
        ("parquet", write_parquet, "application/vnd.apache.parquet", "Parquet",
         ("application/x-parquet",)),
        ("arrow", write_arrow, "application/vnd.apache.arrow.stream", "Arrow stream", ()),
    ):  # fmt: skip
        formatscommon.registerDataWriter(key, write, media, label, f".{key}", *aliases)


def write_parquet(data: Any, file: BinaryIO, **_: Any) -> None:
    """Write a table as Parquet.

    Raises
    ------
    ValidationError
        When a column has values that are not of its type.
    """
    _write(data, file, parquet.ParquetWriter)


def write_arrow(data: Any, file: BinaryIO, **_: Any) -> None:
    """Write a table as a stream of record batches in Arrow's IPC format.

    Raises
    ------
    ValidationError
        When a column has values that are not of its type.
    """
    _write(data, file, pa.ipc.new_stream)


def _write(data: Any, file: BinaryIO, make: Callable[[Any, pa.Schema], Any]) -> None:
    table = data.getPrimaryTable() if isinstance(data, rsc.Data) else data
    columns = base.SerManager(table, acquireSamples=False)
    fields = [pa.field(str(one["name"]), _type(one), metadata=_described(one)) for one in columns]
    content = {
        "IVOA.VOTable-Parquet.version": "1.0",
        "IVOA.VOTable-Parquet.content": _votable(data, table),
    }
    schema = pa.schema(fields, content)
    rows = columns.getMappedTuples()
    with make(pa.PythonFile(Target(file), "w"), schema) as writer:
        while piece := list(itertools.islice(rows, ROWS)):
            writer.write_batch(_batch(piece, schema))


def _batch(rows: list[tuple[Any, ...]], schema: pa.Schema) -> pa.RecordBatch:
    arrays = []
    for values, field in zip(zip(*rows, strict=True), schema, strict=True):
        try:
            arrays.append(pa.array(values, field.type))
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
            raise base.ValidationError(
                f"Column {field.name} has values that this format cannot have ({error}): ask for"
                " another format.",
                "RESPONSEFORMAT",
            ) from error
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _type(column: Any) -> pa.DataType:
    kind = TYPES[column["datatype"]]
    single = column["datatype"] in _TEXTS or column["arraysize"] in (None, "", "1")
    return kind if single else pa.list_(kind)


def _described(column: Any) -> dict[str, str]:
    found = {name: column[name] for name in ("unit", "ucd", "description")}
    return {name: str(value) for name, value in found.items() if value}


def _votable(data: Any, table: Any) -> bytes:
    """Return a VOTable of the table's metadata, without the element of its data."""
    empty = rsc.TableForDef(table.tableDef)
    empty.meta_ = table.meta_
    described = rsc.wrapTable(empty)
    if isinstance(data, rsc.Data):
        described.contributingMetaCarriers.extend(data.contributingMetaCarriers)
        described.meta_ = data.meta_
    buffer = io.BytesIO()
    context = votablewrite.VOTableContext(tablecoding="td", acquireSamples=False)
    votablewrite.writeAsVOTable(described, buffer, context)
    return _DATA.sub(b"", buffer.getvalue())
