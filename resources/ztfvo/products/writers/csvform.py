"""CSV (RFC 4180): one table of all light curves, with a header.

Numbers have the digits that give the same float32 or float64 again.  Where there is no value, the
field is empty; infinite numbers are ``inf``.
"""

from __future__ import annotations

import io

from pyarrow import csv

from ztfvo.products.model import Product
from ztfvo.products.writers import _arrow

NAMES = ("csv", "text/csv", "text/csv;header=present")
EXTENSION = "csv"
CONTENT_TYPE = "text/csv; header=present; charset=utf-8"
TITLE = "The same light curve as CSV"
ORDER = 40
ATTACHMENT = True


def write(product: Product) -> bytes:
    """The document."""
    table = _arrow.table(product)
    buffer = io.BytesIO()
    buffer.write(",".join(table.column_names).encode() + b"\r\n")
    options = csv.WriteOptions(include_header=False, eol="\r\n", quoting_style="none")
    csv.write_csv(table, buffer, options)
    return buffer.getvalue()
