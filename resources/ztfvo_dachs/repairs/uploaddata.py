"""Read the data of uploads as VOTable 1.5 has them, and refuse what does not fit the columns.

DaCHS passes over cells that have no column and letters that are not base64, ends a stream that is
cut within a row as if nothing were missing, and refuses bits, blank booleans and tables that have
no data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from gavo import rsc, votable
from gavo.formats import votableread
from gavo.votable import V, dec_binary, tableparser
from gavo.votable.common import VOTableError

BITS = {b"\0": False}
"""Bytes of bits; all others are true."""

NO_DATA = "Cannot parse VOTable (or no table contained)"
"""What DaCHS says of a document in which no table has data."""

LEAST = {"smallint": (-(2**15), "integer"), "integer": (-(2**31), "bigint")}
"""Least numbers of types of columns, with types that have less."""

_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]")
_PLACE = re.compile(r"At [^\n]*?, \((\d+), (\d+)\): (.)")


def install() -> None:
    """Apply the repair, once in a process."""
    tableparser.TableDataIterator = Cells
    tableparser._StreamData = Stream
    tableparser.BinaryIteratorBase.__iter__ = rows
    dec_binary.BINENCBOOL.update({b" ": None, b"\0": None})
    dec_binary.BITS = BITS
    dec_binary._decoders["boolean"] = boolean


def as_boolean(field: Any) -> None:
    """Make a column of bits one of booleans."""
    field.datatype, field.ztfvo_bits = "boolean", True


def boolean(field: Any) -> list[str]:
    """Return the lines of Python that decode a boolean of a stream."""
    if getattr(field, "ztfvo_bits", False):
        return ["row.append(BITS.get(inF.read(1), True))"]
    return ["row.append(BINENCBOOL[inF.read(1)])"]


class Cells(tableparser.TableDataIterator):
    """Rows in TABLEDATA, each with a cell for every column."""

    def __init__(self, definition: Any, events: Any) -> None:
        super().__init__(definition, events)
        self._columns, self._row = len(list(definition.iterChildrenOfType(V.FIELD))), 0

    def _getRawRow(self) -> list[str] | None:
        cells = super()._getRawRow()
        self._row += 1
        if cells is not None and len(cells) != self._columns:
            raise VOTableError(
                f"row {self._row} has {len(cells)} cells, and there are {self._columns} columns"
            )
        return cells


class Stream(tableparser._StreamData):
    """Data of a stream, which are base64 to the last letter and end between two rows."""

    row = 0
    is_within = False
    """Whether something of the row was read."""

    def _decodeBase64(self, input: bytes) -> None:
        if _NO_BASE64.search(input):
            raise VOTableError("its stream is not base64")
        super()._decodeBase64(input)

    def begin(self) -> None:
        """Note that a row begins."""
        self.row += 1
        self.is_within = False

    def read(self, nBytes: int) -> bytes:
        """Return so many bytes.

        Raises
        ------
        OSError
            When there are none any more.
        VOTableError
            When there are fewer, or a row is not complete.
        """
        try:
            data = super().read(nBytes)
        except OSError:
            if self.is_within or self.fPos < len(self.curChunk):
                raise VOTableError(f"its stream ends within row {self.row}") from None
            raise
        self.is_within = True
        return data


def rows(self: Any) -> Iterator[list[Any]]:
    """Yield the rows of a stream.

    Raises
    ------
    VOTableError
        When it is not in base64, or ends within a row.
    """
    others = (event for event in self.nodeIterator if event[0] != "data")
    kind, tag, attributes = next(others, ("end", "", None))
    if (kind, tag) != ("start", "STREAM") or attributes.get("encoding") != "base64":
        raise VOTableError('its stream is not in base64: use <STREAM encoding="base64">')
    stream = Stream(self.nodeIterator)
    while not stream.atEnd():
        stream.begin()
        row = self._decodeRawRow(stream)
        if row is not None:
            yield row


def without_data(name: str, file: Any, connection: Any, **named: Any) -> Any:
    """Make the temporary table of a document in which the first table has no data.

    Returns
    -------
    gavo.rsc.DBTable or None
        None when there is no table at all.
    """
    for table in votable.parse(file, [V.TABLE], raiseOnInvalid=False):
        definition = votableread.makeTableDefForVOTable(
            name, table, onDisk=True, temporary=True, **named
        )
        return rsc.TableForDef(definition, connection=connection, create=True)
    return None


def settle(table: Any) -> None:
    """Have columns of an upload declared so that results can give all that is in them.

    The least number of a type is what null is written as where nothing else is declared, and no
    text of ASCII has other letters.

    Parameters
    ----------
    table : gavo.rsc.DBTable
        The temporary table; types of its columns, there and in its definition, are changed.
    """
    doubtful = {column: found for column in table.tableDef if (found := _doubt(column))}
    if not doubtful:
        return
    tests = ", ".join(f"bool_or({test})" for test, _ in doubtful.values())
    ((*results,),) = table.connection.query(f"SELECT {tests} FROM {table.tableName}")
    for (column, (_, wider)), is_so in zip(doubtful.items(), results, strict=True):
        if not is_so:
            continue
        column.type = wider
        if wider != "unicode":
            change = f"ALTER COLUMN {column.name} TYPE {wider}"
            table.connection.execute(f"ALTER TABLE {table.tableName} {change}")


def _doubt(column: Any) -> tuple[str, str] | None:
    """Return a condition of SQL on a column's values, and the type it needs where one meets it."""
    name = str(column.name)
    if column.type in LEAST and not (column.values and column.values.nullLiteral):
        least, wider = LEAST[column.type]
        return f"{name} = {least}", wider
    if column.type == "text" or column.type.startswith("char("):
        return f"octet_length({name}) > length({name})", "unicode"
    return None


def in_words(error: Exception) -> str:
    """Return what a fault of a document is, in one line without names of this program."""
    text = " ".join(str(error).split()).removeprefix("(internal source) ")
    return _PLACE.sub(lambda found: f"line {found[1]}, column {found[2]}: {found[3].lower()}", text)
