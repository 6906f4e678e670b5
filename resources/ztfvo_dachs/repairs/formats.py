"""Formats of tables that fail in the middle of an answer."""

from __future__ import annotations

import json
from typing import Any

from gavo.formats import common as formatscommon
from gavo.formats import jsontable


def install() -> None:
    """Apply the repairs, once in a process."""
    _write_json()
    _withdraw_geojson()


def _write_json() -> None:
    """Keep what only matters inside DaCHS out of JSON.

    The cone search marks its columns with Python types and functions, on which the
    JSON writer breaks in the middle of the answer, with a traceback in it.
    """
    original = jsontable._getJSONColumns

    def columns(manager: Any) -> list[dict[str, Any]]:
        return [
            {key: value for key, value in column.items() if _is_plain(value)}
            for column in original(manager)
        ]

    jsontable._getJSONColumns = columns


def _withdraw_geojson() -> None:
    """Offer GeoJSON no more: it fails in the middle of the answer for ordinary tables."""
    registry = formatscommon.FORMATS_REGISTRY
    registry.writerRegistry.pop("geojson", None)
    for mime in [mime for mime, key in registry.mimeToKey.items() if key == "geojson"]:
        del registry.mimeToKey[mime]


def _is_plain(value: object) -> bool:
    try:
        json.dumps(value)
    except TypeError:
        return False
    return True
