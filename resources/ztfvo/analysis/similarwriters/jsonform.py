"""JSON: the object, the space, and each neighbour with the features that differ most.

Identifiers are texts, as readers of JSON would round them; a value that there is not is null.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import orjson

from ztfvo.analysis.similar import Neighbour, Similar

NAMES = ("json", "application/json")
EXTENSION = "json"
CONTENT_TYPE = "application/json"
TITLE = "The object, the space, and each neighbour with the features that differ most"
ORDER = 10


def write(answer: Similar) -> bytes:
    """The document."""
    space, release = answer.space, answer.release
    names = space.features
    body = {
        "release": release.name,
        "simulated": release.simulated,
        "notes": answer.notes,
        "space": {
            "edition": space.edition,
            "features": [
                asdict(one) | {"scale": scale, "median": median, "spread": spread, "weights": each}
                for one, scale, median, spread, each in zip(
                    answer.features,
                    space.scales,
                    space.medians.tolist(),
                    space.spreads.tolist(),
                    space.weights.tolist(),
                    strict=True,
                )
            ],
        },
        "object": {
            "oid": str(answer.oid),
            "filter": answer.own_band,
            "coordinates": answer.place.tolist(),
            "missing": answer.missing,
            "values": _values(names, answer.values),
        },
        "band": answer.band,
        "neighbours": [_neighbour(names, answer.band, one) for one in answer.neighbours],
    }
    return orjson.dumps(body) + b"\n"


def _neighbour(names: tuple[str, ...], band: str, one: Neighbour) -> dict[str, Any]:
    return {
        "oid": str(one.oid),
        "filter": band,
        "distance": one.distance,
        "ra": one.ra,
        "dec": one.dec,
        "source_id": None if one.source_id is None else str(one.source_id),
        "ngoodobs": one.ngoodobs,
        "mag_median": one.mag_median,
        "differs": [asdict(each) for each in one.differences],
        "values": _values(names, one.values),
    }


def _values(names: tuple[str, ...], values: np.ndarray) -> dict[str, float | None]:
    pairs = zip(names, values.tolist(), strict=True)
    return {name: None if np.isnan(value) else value for name, value in pairs}
