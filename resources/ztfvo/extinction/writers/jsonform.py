"""JSON: places, and for each map what it is and what it has there.

Identifiers are texts, as readers of JSON would round them; a value that there is not is null.
"""

from __future__ import annotations

from typing import Any

import orjson

from ztfvo.dust.extinction import COEFFICIENTS, R_V
from ztfvo.extinction.answering import Answer, OfMap, Value

NAMES = ("json", "application/json")
CONTENT_TYPE = "application/json"
TITLE = "Places, and for each map its state and values"
ORDER = 10


def write(answer: Answer) -> bytes:
    """The document."""
    request = answer.request
    body = {
        "distance_pc": request.distance,
        "R_V": R_V,
        "A_per_ebv_sf11": dict(COEFFICIENTS),
        "places": [
            {
                "number": one.number,
                "id": one.name or None,
                "release": one.release or None,
                "ra": one.place.ra,
                "dec": one.place.dec,
            }
            for one in request.targets
        ],
        "maps": [_map(one) for one in answer.of_maps],
    }
    return orjson.dumps(body) + b"\n"


def _map(one: OfMap) -> dict[str, Any]:
    return {
        "name": one.map.name,
        "title": one.map.title,
        "simulated": one.map.simulated,
        "scale": one.map.scale,
        "recalibration": one.map.recalibration,
        "by_distance": one.map.distances,
        "footprint": one.map.footprint,
        "resolution": one.map.resolution,
        "licence": one.map.licence,
        "citation": one.map.citation or None,
        "installed_at": one.here.installed_at if one.here else None,
        "reason": one.reason or None,
        "answers": [_value(value) for value in one.values],
    }


def _value(value: Value) -> dict[str, Any]:
    return {
        "place": value.target.number,
        "state": value.state,
        "ebv": value.ebv,
        "ebv_sf11": value.ebv_sf11,
        "extinction": value.extinction,
        "reliable": value.reliable,
    }
