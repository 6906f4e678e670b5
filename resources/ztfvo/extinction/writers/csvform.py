"""CSV (RFC 4180): a line for each place and map."""

from __future__ import annotations

import csv
import io
from typing import Any

from ztfvo.extinction.answering import Answer
from ztfvo.extinction.columns import COLUMNS, rows

NAMES = ("csv", "text/csv", "text/csv;header=present")
CONTENT_TYPE = "text/csv; header=present; charset=utf-8"
TITLE = "A line for each place and map"
ORDER = 20


def write(answer: Answer) -> bytes:
    """The document."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([column.name for column in COLUMNS])
    writer.writerows([_plain(value) for value in row.values()] for row in rows(answer))
    return buffer.getvalue().encode()


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else value
