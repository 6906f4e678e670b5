"""CSV (RFC 4180): a line for each neighbour, nearest first."""

from __future__ import annotations

import csv
import io
import math
from typing import Any

from ztfvo.analysis.similar import Similar
from ztfvo.analysis.similarcolumns import columns, rows

NAMES = ("csv", "text/csv", "text/csv;header=present")
EXTENSION = "csv"
CONTENT_TYPE = "text/csv; header=present; charset=utf-8"
TITLE = "A line for each neighbour"
ORDER = 20


def write(answer: Similar) -> bytes:
    """The document."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([column.name for column in columns(answer)])
    writer.writerows([_plain(value) for value in row.values()] for row in rows(answer))
    return buffer.getvalue().encode()


def _plain(value: Any) -> Any:
    return "" if value is None or (isinstance(value, float) and math.isnan(value)) else value
