"""Formats of tables that fail in the middle of an answer, or change what they hold."""

from __future__ import annotations

import json
from typing import Any

from gavo import base
from gavo.formats import common as formatscommon
from gavo.formats import csvtable, fitstable, jsontable  # noqa: F401 - registers its writer

LONGEST_FITS_NAME = 68
"""Characters that fit in one card of a header."""


def install() -> None:
    """Apply the repairs, once in a process."""
    _write_json()
    _withdraw_geojson()
    _write_text_as_it_is()
    _check_fits_names()


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


def _write_text_as_it_is() -> None:
    """Write strings into CSV as they are (RFC 4180); DaCHS puts backslashes before some."""
    csvtable._defuseRow = lambda row: row


def _check_fits_names() -> None:
    """Refuse names of columns that FITS cannot have (FITS 4.0, section 4.2.1)."""
    registry = formatscommon.FORMATS_REGISTRY.writerRegistry
    write = registry["fits"]

    def write_checked(data: Any, target: Any, **options: Any) -> None:
        for column in data.getPrimaryTable().tableDef:
            name = str(column.name)
            if not (name.isascii() and name.isprintable()) or len(name) > LONGEST_FITS_NAME:
                raise base.ValidationError(
                    f"FITS has no such column names as {name[:60]!r}: rename it with AS, or ask "
                    "for another format.",
                    "RESPONSEFORMAT",
                )
        write(data, target, **options)

    registry["fits"] = write_checked


def _is_plain(value: object) -> bool:
    try:
        json.dumps(value)
    except TypeError:
        return False
    return True
