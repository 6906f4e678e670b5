"""CSV (RFC 4180): one table of all light curves, with a header; see `_arrow.separated`."""

from __future__ import annotations

from ztfvo.products.model import Product
from ztfvo.products.writers import _arrow

NAMES = ("csv", "text/csv", "text/csv;header=present")
EXTENSION = "csv"
CONTENT_TYPE = "text/csv; header=present; charset=utf-8"
TITLE = "The same light curve as CSV"
ORDER = 40
ATTACHMENT = True
FLAT = True


def write(product: Product) -> bytes:
    """The document."""
    return _arrow.separated(product, ",")
