"""JSON: what each feature is, and its values by light curve.

Identifiers are texts, as readers of JSON would round them; a value that there is not is null.
"""

from __future__ import annotations

from dataclasses import asdict

import orjson

from ztfvo.analysis.featured import Featured

NAMES = ("json", "application/json")
EXTENSION = "json"
CONTENT_TYPE = "application/json"
TITLE = "What each feature is, and its values by light curve"
ORDER = 10


def write(answer: Featured) -> bytes:
    """The document."""
    product, which = answer.product, answer.which
    names = [one.name for one in answer.features]
    body = {
        "release": product.release,
        "simulated": product.simulated,
        "set": {
            "version": which.version,
            "title": which.title,
            "differences": list(which.differences),
        },
        "notes": answer.notes,
        "left_out": list(answer.left_out),
        "features": [asdict(one) for one in answer.features],
        "lightcurves": [
            {
                "oid": str(one.curve.oid),
                "filter": one.curve.filter,
                "nepochs": len(one),
                "hmjd_first": one.time[0],
                "hmjd_last": one.time[-1],
                "values": dict(zip(names, row.tolist(), strict=True)),
            }
            for one, row in zip(answer.curves, answer.values, strict=True)
        ],
    }
    return orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY) + b"\n"
