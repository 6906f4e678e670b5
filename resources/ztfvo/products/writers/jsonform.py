"""JSON: an object with these members.

- ``release``: name, title and whether it is simulated
- ``request``: address that gives the same again; ``citation``: of the survey's paper
- ``frame``: of positions, times and magnitudes
- ``columns``: dtype, unit, ucd and description of each name below
- ``lightcurves``: a list; each has the single values oid, filter, ra, dec, fieldid, rcid, filterid,
  separation, refmag, refmagerr and nrows, and an array of nrows elements for every other name

JSON has neither infinite numbers nor not-a-number: both are null.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache

import orjson

from ztfvo.products.columns import CITATION, COLUMNS, FACTS
from ztfvo.products.derive import column_names
from ztfvo.products.model import Product
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
        },
        "request": url(product.request),
        "citation": CITATION,
        "frame": orjson.Fragment(_FRAME),
        "columns": orjson.Fragment(_described(column_names(product.request))),
        "lightcurves": [
            curve.facts() | {"nrows": len(curve)} | curve.columns for curve in product.curves
        ],
    }
    return orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)


_FRAME = orjson.dumps({"position": "ICRS", "time": HELIOCENTRIC_FRAME, "magnitudes": "AB"})


@lru_cache(maxsize=64)
def _described(names: tuple[str, ...]) -> bytes:
    described = [*FACTS.values(), *(COLUMNS[name] for name in names)]
    return orjson.dumps({column.name: asdict(column) for column in described})
