"""Light curves by OID in the JSON of SNAD's database of ZTF data releases.

Source: Malanchev et al. 2023, PASP 135, 024503.  Times, ``mjd``, are heliocentric (UTC).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import h3.api.basic_int as h3
import numpy as np
import orjson

from ztfvo.products.model import Curve, Product

H3_RESOLUTION = 10


def full(product: Product, all_epochs: bool) -> bytes:
    """Facts and epochs of each light curve.

    Parameters
    ----------
    product
        As it was fetched.
    all_epochs
        Whether epochs and light curves that are not good are there, and flags with them.
    """
    return orjson.dumps(
        {
            str(curve.oid): {
                "meta": _facts(curve, good),
                "lc": orjson.Fragment(_epochs(curve, good, all_epochs)),
            }
            for curve, good in _shown(product, all_epochs)
        }
    )


def meta(product: Product, all_epochs: bool) -> bytes:
    """Facts of each light curve, see `full`."""
    return orjson.dumps(
        {str(curve.oid): _facts(curve, good) for curve, good in _shown(product, all_epochs)}
    )


def _shown(product: Product, all_epochs: bool) -> Iterable[tuple[Curve, np.ndarray]]:
    """Light curves, and which of their epochs are good."""
    for curve in product.curves:
        good = (curve.columns["catflags"] == 0) & (curve.columns["magerr"] > 0)
        if all_epochs or good.any():
            yield curve, good


def _facts(curve: Curve, good: np.ndarray) -> dict[str, Any]:
    times = curve.columns["hmjd"][good]
    return {
        "nobs": len(curve),
        "ngoodobs": int(good.sum()),
        "duration": float(times[-1] - times[0]) if len(times) else 0.0,
        "filter": curve.filter,
        "fieldid": curve.fieldid,
        "rcid": curve.rcid,
        "coord": {"ra": curve.ra, "dec": curve.dec},
        "h3": {str(H3_RESOLUTION): h3.latlng_to_cell(curve.dec, curve.ra, H3_RESOLUTION)},
    }


def _epochs(curve: Curve, good: np.ndarray, all_epochs: bool) -> bytes:
    """The epochs as a list of objects, put together from the numbers of each column as written."""
    sources = {"mjd": "hmjd", "mag": "mag", "magerr": "magerr", "clrcoeff": "clrcoeff"}
    if all_epochs:
        sources["catflags"] = "catflags"
    columns = [
        curve.columns[name] if all_epochs else curve.columns[name][good]
        for name in sources.values()
    ]
    texts = (
        orjson.dumps(column, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].split(b",")
        for column in columns
    )
    epoch = b"{%s}" % b",".join(b'"%s":%%b' % name.encode() for name in sources)
    rows = map(epoch.__mod__, zip(*texts, strict=True)) if len(columns[0]) else ()
    return b"[%s]" % b",".join(rows)
