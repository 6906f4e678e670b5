"""Light curves as one Arrow table, which all writers of plain tables share."""

from __future__ import annotations

import io

import numpy as np
import orjson
import pyarrow as pa
from pyarrow import csv

from ztfvo.products import flat
from ztfvo.products.columns import CITATION, Column
from ztfvo.products.model import Product
from ztfvo.products.notes import notes
from ztfvo.products.request import url
from ztfvo.products.writers import _beside_arrow
from ztfvo.times import HELIOCENTRIC_FRAME


def table(product: Product) -> pa.Table:
    """All rows of all light curves, see `ztfvo.products.flat`.

    Not-a-number is null.  Fields have unit, ucd and description as metadata; the table has
    ``release``, ``request``, ``notes``, ``time``, ``lightcurves`` (the values that a curve has
    once) and others, in JSON.  For those of services outside see `_beside_arrow`.
    """
    if not product.release:
        return _beside_arrow.alone(product, url(product))
    columns = flat.table(product)
    arrays = [_array(column, values) for column, values in columns]
    fields = [
        pa.field(column.name, array.type, metadata=_described(column))
        for (column, _), array in zip(columns, arrays, strict=True)
    ]
    made = pa.Table.from_arrays(arrays, schema=pa.schema(fields, _metadata(product)))
    return _beside_arrow.below(made, product) if product.beside else made


def separated(product: Product, separator: str) -> bytes:
    """All rows of all light curves as lines of text, below a line with the names of columns.

    Numbers have the digits that give the same float32 or float64 again.  Where there is no value,
    nothing is; infinite numbers are ``inf``.  With services outside texts are in quotes.
    """
    made = table(product)
    quoting = "needed" if product.beside else "none"
    buffer = io.BytesIO()
    buffer.write(separator.join(made.column_names).encode() + b"\r\n")
    options = csv.WriteOptions(
        include_header=False, delimiter=separator, eol="\r\n", quoting_style=quoting
    )
    csv.write_csv(made, buffer, options)
    return buffer.getvalue()


def _array(column: Column, values: np.ndarray) -> pa.Array:
    """The values of a column; null where there is none."""
    if values.dtype.kind == "U":
        return pa.array(values.tolist(), pa.string())
    missing = None if column.null is None else values == column.null
    return pa.array(values, mask=missing, from_pandas=True)


def _described(column: Column) -> dict[str, str]:
    unit = {"unit": column.unit} if column.unit else {}
    return unit | {"ucd": column.ucd, "description": column.description}


def _metadata(product: Product) -> dict[str, bytes]:
    return {
        "release": product.release.encode(),
        "title": product.title.encode(),
        "simulated": orjson.dumps(product.simulated),
        "notes": orjson.dumps(notes(product)),
        "request": url(product).encode(),
        "citation": CITATION.encode(),
        "time": orjson.dumps(HELIOCENTRIC_FRAME),
        "lightcurves": orjson.dumps([curve.facts() for curve in product.curves]),
    }
