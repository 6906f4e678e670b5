"""IPAC table: one table of all light curves in columns of fixed width, below four lines with names,
types, units and what stands for no value.

Source: "IPAC Table Format", version 1.5 (IRSA, 2018).  Numbers have the digits that give the same
float32 or float64 again.
"""

from __future__ import annotations

import io

import pyarrow as pa
from pyarrow import compute, csv

from ztfvo.products.columns import CITATION
from ztfvo.products.model import Product
from ztfvo.products.notes import notes
from ztfvo.products.request import url
from ztfvo.products.writers import _arrow

NAMES = ("ipac_table", "ipac", "text/x-ipac-table")
EXTENSION = "tbl"
CONTENT_TYPE = "text/plain; charset=utf-8"
TITLE = "The same light curve as IPAC table"
ORDER = 44
ATTACHMENT = True
FLAT = True

NULL = "null"
ROWS = 50_000
"""Rows that are put together at a time."""

_LINES = csv.WriteOptions(include_header=False, delimiter="\t", quoting_style="none")
_TYPES = {
    pa.int64(): "long",
    pa.int32(): "int",
    pa.float64(): "double",
    pa.float32(): "float",
    pa.string(): "char",
    pa.bool_(): "char",
}


def write(product: Product) -> bytes:
    """The document."""
    table = _arrow.table(product)
    heads, widths = [], []
    for field, values in zip(table.schema, table.columns, strict=True):
        unit = (field.metadata or {}).get(b"unit", b"").decode()
        head = (field.name, _TYPES[field.type], unit, NULL)
        longest = compute.max(compute.utf8_length(_texts(values))).as_py() or 0
        widths.append(max(longest, *map(len, head)))
        heads.append([line.rjust(widths[-1]) for line in head])
    buffer = io.BytesIO()
    for name, value in _keywords(product):
        buffer.write(f"\\{name} = '{value}'\n".encode())
    for line in zip(*heads, strict=True):
        buffer.write(f"|{'|'.join(line)}|\n".encode())
    for start in range(0, table.num_rows, ROWS):
        columns = table.slice(start, ROWS).columns
        padded = [
            compute.utf8_lpad(_texts(values), width)
            for values, width in zip(columns, widths, strict=True)
        ]
        lines = compute.binary_join_element_wise("", *padded, "", " ")
        csv.write_csv(pa.table([lines], names=["line"]), buffer, _LINES)
    return buffer.getvalue()


def _texts(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Values as they stand in a line, which has no way of quoting."""
    texts = compute.fill_null(compute.cast(values, pa.string()), NULL)
    if values.type != pa.string():
        return texts
    single = compute.replace_substring(texts, '"', "'")
    return compute.replace_substring_regex(single, r"[\t\r\n]", " ")


def _keywords(product: Product) -> list[tuple[str, str]]:
    """What is said of the whole; texts have no quotes in them."""
    found = [("request", url(product)), ("release", product.release)]
    found += [("title", product.title), ("citation", CITATION)]
    found += [(f"note{number}", note) for number, note in enumerate(notes(product), 1)]
    if product.simulated:
        found.append(("simulated", "true"))
    return [(name, value.replace("'", "").replace("\n", " ")) for name, value in found]
