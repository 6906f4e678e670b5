"""Parquet: one table of all light curves; see `ztfvo.products.writers._arrow`."""

from __future__ import annotations

import pyarrow as pa
from pyarrow import parquet

from ztfvo.products.model import Product
from ztfvo.products.writers import _arrow

NAMES = ("parquet", "application/vnd.apache.parquet", "application/x-parquet")
EXTENSION = "parquet"
CONTENT_TYPE = "application/vnd.apache.parquet"
TITLE = "The same light curve as Parquet"
ORDER = 60
ATTACHMENT = True
FLAT = True


def write(product: Product) -> bytes:
    """The file."""
    buffer = pa.BufferOutputStream()
    parquet.write_table(_arrow.table(product), buffer)
    return buffer.getvalue().to_pybytes()
