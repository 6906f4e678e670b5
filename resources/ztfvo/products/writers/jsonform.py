"""JSON: an object with these members.

- ``release``: name, title and whether it is simulated
- ``request``: address that gives the same again; ``citation``: of the survey's paper
- ``frame``: of positions, times and magnitudes
- ``notes``: a list of sentences on all light curves
- ``columns``: dtype, unit, ucd and description of each name below
- ``lightcurves``: a list; each has the single values oid, filter, ra, dec, fieldid, rcid, filterid,
  separation, refmag, refmagerr and nrows, and an array of nrows elements for every other name; in
  bins also the numbers of epochs averaged and left_out

JSON has neither infinite numbers nor not-a-number: both are null.  Numbers of exposures are texts:
readers take numbers for doubles.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import orjson

from ztfvo.products.columns import CITATION, COLUMNS, FACTS, Column
from ztfvo.products.model import Curve, Product
from ztfvo.products.notes import columns_of, notes
from ztfvo.products.request import url
from ztfvo.times import HELIOCENTRIC_FRAME

NAMES = ("json", "application/json")
EXTENSION = "json"
CONTENT_TYPE = "application/json"
TITLE = "The same light curve as JSON"
ORDER = 50


def write(product: Product) -> bytes:
    """The document, in UTF-8."""
    document = {
        "release": {
            "name": product.release,
            "title": product.title,
            "simulated": product.simulated,
            "times": product.times,
        },
        "request": url(product.request),
        "citation": CITATION,
        "frame": orjson.Fragment(_FRAME),
        "notes": notes(product),
        "columns": orjson.Fragment(_described(tuple(columns_of(product)))),
        "lightcurves": [
            curve.facts() | {"nrows": len(curve)} | _binned(curve) | _arrays(curve)
            for curve in product.curves
        ],
    }
    return orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)


_FRAME = orjson.dumps({"position": "ICRS", "time": HELIOCENTRIC_FRAME, "magnitudes": "AB"})


def _arrays(curve: Curve) -> dict[str, Any]:
    return {name: _sent(COLUMNS[name], values) for name, values in curve.columns.items()}


def _sent(column: Column, values: np.ndarray) -> np.ndarray | list[Any]:
    """The values of a column as orjson writes them."""
    if column.beyond_doubles:
        return [None if value == column.null else str(value) for value in values.tolist()]
    if column.null is not None:
        return [None if value == column.null else value for value in values.tolist()]
    return values.tolist() if column.width else values


def _binned(curve: Curve) -> dict[str, int]:
    if curve.averaged is None:
        return {}
    return {"averaged": curve.averaged, "left_out": curve.left_out}


_SAID = ("name", "dtype", "unit", "ucd", "description")
"""What is said of a column."""


@lru_cache(maxsize=64)
def _described(columns: tuple[Column, ...]) -> bytes:
    described = [*FACTS.values(), *columns]
    return orjson.dumps(
        {column.name: {fact: getattr(column, fact) for fact in _SAID} for column in described}
    )
