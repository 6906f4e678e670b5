"""OTTER: the open catalogue of transients at all wavelengths."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from ztfvo.outside.client import Asker, Refused
from ztfvo.outside.columns import number, position, text
from ztfvo.outside.model import Malformed, Place, Source, Yields

HOST = "https://otter.idies.jhu.edu"
CURSOR = f"{HOST}/api/_db/otter/_api/cursor"
GUEST = base64.b64encode(b"user-guest:test").decode()
"""The login that the project publishes for everybody."""
QUERY = (
    "FOR t IN transients"
    " FILTER t._dec >= @dec - @sep AND t._dec <= @dec + @sep"
    " FILTER ASTRO::CONE_SEARCH(t._ra, t._dec, @ra, @dec, @sep)"
    ' RETURN KEEP(t, "name", "_ra", "_dec", "classification", "distance", "date_reference")'
)


async def _find(
    asker: Asker, source: Source, place: Place, radius: float
) -> Sequence[Mapping[str, Any]]:
    asked = {
        "query": QUERY,
        "batchSize": 200,
        "bindVars": {"ra": place.ra, "dec": place.dec, "sep": radius / 3600},
    }
    headers = {"Authorization": f"Basic {GUEST}"}
    reply = await asker.post(CURSOR, json=asked, headers=headers, also=(201,))
    answer = reply.json()
    if isinstance(answer, dict) and answer.get("error"):
        raise Refused(f"{source.title} says: {str(answer.get('errorMessage'))[:200]}")
    found = answer.get("result") if isinstance(answer, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Malformed("the JSON has not the member result, a list of transients", reply.body)
    return [_row(one) for one in found]


def _row(document: Mapping[str, Any]) -> dict[str, Any]:
    row = {name: document[name] for name in ("_ra", "_dec") if name in document}
    name = document.get("name")
    if isinstance(name, dict) and "default_name" in name:
        row["name"] = name["default_name"]
    classes = document.get("classification") or []
    best = _default(classes.get("value", []) if isinstance(classes, dict) else classes)
    redshifts = _of_kind(document.get("distance"), "distance_type", "redshift")
    dates = _of_kind(document.get("date_reference"), "date_type", "discovery")
    return row | {
        "class": best.get("object_class"),
        "redshift": _default(redshifts).get("value"),
        "discovery_date": _default(dates).get("value"),
    }


def _of_kind(values: Any, key: str, kind: str) -> list[Any]:
    listed = values if isinstance(values, list) else []
    return [one for one in listed if isinstance(one, dict) and one.get(key) == kind]


def _default(values: Sequence[Any]) -> Mapping[str, Any]:
    """Return the value that the catalogue prefers: the one called so, or the first."""
    listed = [one for one in values if isinstance(one, dict)]
    return next((one for one in listed if one.get("default")), listed[0] if listed else {})


SOURCE = Source(
    title="OTTER",
    order=94,
    example=(151.711964, 1.692795),
    gives=("cross-match", "classification"),
    hosts=(HOST,),
    radius=5.0,
    largest_radius=600.0,
    about=HOST,
    record=f"{HOST}/transient/{{name}}",
    citation="https://github.com/astro-otter",
    licence="Public; the data have the terms of their sources",
    find=_find,
    columns=(
        text("name", "meta.id;meta.main", "Name of the transient"),
        *position("_ra", "_dec"),
        text("class", "src.class", "Class that the catalogue prefers"),
        number("redshift", None, "src.redshift", "Redshift that the catalogue prefers"),
        text("discovery_date", "time.epoch;obs", "Date of discovery, as the catalogue has it"),
    ),
    yields=Yields(name="name", type="class", redshift="redshift"),
)
