"""Light curves as one table, for the formats that have one: its columns and their values."""

from __future__ import annotations

import numpy as np

from ztfvo.products.columns import FACTS, Column
from ztfvo.products.layouts import Layout, layouts
from ztfvo.products.model import Product
from ztfvo.products.notes import columns_of, described

KEYS = ("oid", "filter")
"""Columns that name the light curve of a row; they stand first."""

Table = list[tuple[Column, np.ndarray]]


def table(product: Product) -> Table:
    """All rows of all light curves: in the request's layout, otherwise curve by curve.

    Returns
    -------
    list of tuple
        Columns with their values, arrays of one length.  Where there is no value they have the
        column's `null`, not-a-number or an empty text.
    """
    if product.request.layout:
        return _laid_out(product, layouts()[product.request.layout])
    curves = product.curves
    sizes = [len(curve) for curve in curves]
    oids = np.repeat(np.array([curve.oid for curve in curves], np.int64), sizes)
    filters = np.repeat(np.array([curve.filter for curve in curves], "U2"), sizes)
    keys = zip((FACTS[name] for name in KEYS), (oids, filters), strict=True)
    return [
        *keys,
        *(
            (column, _joined(column, [curve.columns[column.name] for curve in curves]))
            for column in columns_of(product)
        ),
    ]


def _laid_out(product: Product, layout: Layout) -> Table:
    parts = [layout.values(curve) for curve in product.curves]
    length = sum(map(len, product.curves))
    found = {
        column.name: _joined(column, [part[column.name] for part in parts])
        if all(column.name in part for part in parts)
        else absent(column, length)
        for column in layout.columns
    }
    order = np.lexsort([found[name] for name in reversed(layout.order)])
    return [
        (described(column, product) if column.name in layout.frames else column, array[order])
        for column, array in zip(layout.columns, found.values(), strict=True)
    ]


def absent(column: Column, length: int) -> np.ndarray:
    """Return a column without values."""
    if column.width:
        return np.full(length, "", f"U{column.width}")
    return np.full(length, np.nan if column.null is None else column.null, column.dtype)


def _joined(column: Column, arrays: list[np.ndarray]) -> np.ndarray:
    dtype = f"U{column.width}" if column.width else column.dtype
    return np.concatenate([np.empty(0, dtype), *arrays]).astype(dtype, copy=False)
