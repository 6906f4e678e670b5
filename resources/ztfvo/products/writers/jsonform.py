"""JSON: ``release``, ``request``, ``columns`` and ``lightcurves``.

Each light curve has its identifiers and, by the names of ``columns``, arrays of one length.  JSON
has no infinite numbers and no not-a-number: both are null.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson

from ztfvo.products.columns import COLUMNS, TIME_FRAME
from ztfvo.products.derive import column_names
from ztfvo.products.model import Curve, Product

NAMES = ("json", "application/json")
EXTENSION = "json"
CONTENT_TYPE = "application/json"


def write(product: Product) -> bytes:
    """The document, in UTF-8."""
    request = product.request
    document = {
        "release": {
            "name": product.release,
            "title": product.title,
            "simulated": product.simulated,
        },
        "request": {
            "id": request.oids,
            "radius": request.radius,
            "quantity": request.quantity,
            "period": request.period,
            "epoch": request.epoch,
            "cycles": request.cycles,
            "bin": request.bin,
        },
        "frame": orjson.Fragment(_FRAME),
        "columns": orjson.Fragment(_described(column_names(request))),
        "lightcurves": [_curve(curve) for curve in product.curves],
    }
    return orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)


def _curve(curve: Curve) -> dict[str, Any]:
    return {
        "oid": curve.oid,
        "filter": curve.filter,
        "ra": curve.ra,
        "dec": curve.dec,
        "fieldid": curve.fieldid,
        "rcid": curve.rcid,
        "filterid": curve.filterid,
        "separation": curve.separation,
        "refmag": curve.refmag,
        "refmagerr": curve.refmagerr,
        "nrows": len(curve),
        **curve.columns,
    }


_FRAME = orjson.dumps(
    {
        "position": "ICRS",
        "position_unit": "deg",
        "separation_unit": "arcsec",
        "time": TIME_FRAME,
        "magnitudes": "AB",
    }
)


@lru_cache(maxsize=64)
def _described(names: tuple[str, ...]) -> bytes:
    described = {
        name: {
            "unit": COLUMNS[name].unit,
            "datatype": COLUMNS[name].dtype,
            "ucd": COLUMNS[name].ucd,
            "description": COLUMNS[name].description,
        }
        for name in names
    }
    return orjson.dumps(described)
