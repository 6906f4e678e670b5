"""Light curves as one Arrow table, which the CSV and Parquet writers share."""

from __future__ import annotations

import numpy as np
import orjson
import pyarrow as pa

from ztfvo.products.columns import CITATION, FACTS, Column
from ztfvo.products.model import Product
from ztfvo.products.notes import columns_of, notes
from ztfvo.products.request import url
from ztfvo.times import HELIOCENTRIC_FRAME

KEYS = ("oid", "filter")
"""Columns that name the light curve of a row; they stand first."""


def table(product: Product) -> pa.Table:
    """All rows of all light curves, curve by curve.

    Not-a-number is null.  Fields have unit, ucd and description as metadata; the table has
    ``release``, ``request``, ``notes``, ``time``, ``lightcurves`` (the values that a curve has
    once) and others, in JSON.
    """
    curves = product.curves
    sizes = [len(curve) for curve in curves]
    keys = [
        pa.array(np.repeat(np.array([curve.oid for curve in curves], np.int64), sizes)),
        pa.array(np.repeat(np.array([curve.filter for curve in curves], "U2"), sizes)),
    ]
    columns = columns_of(product)
    arrays = [_array(one, [curve.columns[one.name] for curve in curves]) for one in columns]
    described = [*(FACTS[name] for name in KEYS), *columns]
    fields = [
        pa.field(column.name, array.type, metadata=_described(column))
        for column, array in zip(described, keys + arrays, strict=True)
    ]
    return pa.Table.from_arrays(keys + arrays, schema=pa.schema(fields, _metadata(product)))


def _array(column: Column, values: list[np.ndarray]) -> pa.Array:
    """The values of a column; null where there is none."""
    joined = np.concatenate([np.empty(0, column.dtype), *values])
    if column.width:
        return pa.array(joined.tolist(), pa.string())
    absent = None if column.null is None else joined == column.null
    return pa.array(joined, mask=absent, from_pandas=True)


def _described(column: Column) -> dict[str, str]:
    unit = {"unit": column.unit} if column.unit else {}
    return unit | {"ucd": column.ucd, "description": column.description}


def _metadata(product: Product) -> dict[str, bytes]:
    return {
        "release": product.release.encode(),
        "title": product.title.encode(),
        "simulated": orjson.dumps(product.simulated),
        "notes": orjson.dumps(notes(product)),
        "request": url(product.request).encode(),
        "citation": CITATION.encode(),
        "time": orjson.dumps(HELIOCENTRIC_FRAME),
        "lightcurves": orjson.dumps([curve.facts() for curve in product.curves]),
    }
