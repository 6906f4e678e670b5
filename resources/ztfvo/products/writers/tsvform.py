"""Text with tabs between columns: one table of all light curves, with a header; see
`_arrow.separated`."""

from __future__ import annotations

from ztfvo.products.model import Product
from ztfvo.products.writers import _arrow

NAMES = ("tsv", "text/tab-separated-values")
EXTENSION = "tsv"
CONTENT_TYPE = "text/tab-separated-values; charset=utf-8"
TITLE = "The same light curve as TSV"
ORDER = 42
ATTACHMENT = True
FLAT = True


def write(product: Product) -> bytes:
    """The document."""
    return _arrow.separated(product, "\t")
