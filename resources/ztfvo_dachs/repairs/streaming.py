"""Hand results on in small pieces, and no further than anybody reads them.

DaCHS holds a hundred thousand rows at a time, or all of them where a query groups, however wide
they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gavo import base, rsc

from ztfvo_dachs import messages
from ztfvo_dachs.repairs import hangups

MOST_ROWS = 20_000
"""Rows of one piece."""

MOST_ROWS_WITH_TEXT = 200
"""Rows of one piece that has texts or arrays: those that follow may be far longer."""

_OF_ANY_LENGTH = str | bytes | list

PIECE = 4_000_000
"""Bytes of one piece, about."""

WIDEST = 20_000_000
"""Bytes of one row."""


def install() -> None:
    """Apply the repair, once in a process."""
    rsc.QueryTable.__iter__ = rows
    rsc.QueryTable.ztfvo_cut = False


def rows(self: Any) -> Iterator[dict[str, Any]]:
    """Yield the rows of a query; they can be had once.

    Raises
    ------
    ValidationError
        When a row is wider than any client reads.
    Unavailable
        When the client has hung up.
    """
    number, most = 0, getattr(self.tableDef, "overflowLimit", None)
    try:
        start(self)
        make_row = self.tableDef.makeRowFromTuple
        with self.ztfvo_cursor as cursor:
            for piece in _pieces(cursor, self.ztfvo_first):
                kept = piece if most is None else piece[: most - number]
                for row in kept:
                    yield make_row(row)
                number += len(kept)
                if len(kept) < len(piece):
                    self.ztfvo_cut = True
                    self.setMeta("_queryStatus", "OVERFLOW")
                    break
    finally:
        self.cleanup()


def start(table: Any) -> Sequence[Any]:
    """Run the query of a table, unless that was done.

    Returns
    -------
    sequence of psycopg2.extensions.Column
        What the database says of the columns.
    """
    if table.connection is None:
        raise base.ReportableError("QueryTable already exhausted.")
    if not hasattr(table, "ztfvo_cursor"):
        cursor = table.connection.cursor(f"cursor{id(table):x}")
        cursor.execute(table.query)
        table.ztfvo_cursor, table.ztfvo_first = cursor, cursor.fetchmany(1)
    return table.ztfvo_cursor.description


def _pieces(cursor: Any, piece: list[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    count = 1
    while piece:
        work = hangups.current()
        if work and work.ended:
            raise messages.Unavailable("The client has hung up.")
        width = max(_width(piece[0]), _width(piece[-1]), 1)
        if width > WIDEST:
            raise base.ValidationError(
                f"A row of the result has {width // 10**6} MB, and {WIDEST // 10**6} are possible: "
                "ask for less text or shorter arrays.",
                "QUERY",
            )
        yield piece
        most = MOST_ROWS_WITH_TEXT if any(map(_varies, piece[0])) else MOST_ROWS
        count = min(max(PIECE // width, 1), most, count * 10)
        piece = cursor.fetchmany(count)


def _varies(value: Any) -> bool:
    return value is None or isinstance(value, _OF_ANY_LENGTH)


def _width(row: tuple[Any, ...]) -> int:
    """Bytes of a row, about: texts and arrays count, all else has few."""
    return sum(
        len(value) * (8 if isinstance(value, list) else 1)
        if isinstance(value, _OF_ANY_LENGTH)
        else 16
        for value in row
    )
