"""CSV answers."""

from __future__ import annotations

import csv
import io
from typing import Any

from rest_framework.renderers import BaseRenderer

LIST_SEPARATOR = "#"
"""Between the tags of one row, as in the VO tables."""


class CSVRenderer(BaseRenderer):
    """One page of a list as CSV (RFC 4180) with a header line; errors as one line of text."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, media_type: Any = None, renderer_context: Any = None) -> str:
        """Return the text of the rows in `data`."""
        context = renderer_context or {}
        if context["response"].exception:
            return f"{data}\r\n"
        rows = data["results"] if isinstance(data, dict) else data
        columns = context["view"].csv_columns
        target = io.StringIO()
        writer = csv.writer(target)
        writer.writerow(columns)
        writer.writerows([_cell(row[column]) for column in columns] for row in rows)
        return target.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return LIST_SEPARATOR.join(map(str, value))
    return "" if value is None else value
