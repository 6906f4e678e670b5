"""Formats of tables that fail in the middle of an answer, or change what they hold."""

from __future__ import annotations

import contextlib
import json
import math
from datetime import UTC, datetime
from typing import Any

import numpy as np
from astropy.io import fits
from gavo import base, formats, utils
from gavo.formats import common as formatscommon
from gavo.formats import csvtable, fitstable, jsontable
from gavo.web import htmltable  # noqa: F401 - registers its writer
from twisted.web.error import FlattenerError

LONGEST_FITS_NAME = 68
"""Characters that fit in one card of a header."""

MOST_FITS_VALUES = 10_000_000
"""Values of a FITS table, all of which are in memory at once; a row itself counts as four."""

WIDEST_FITS_TEXT, MOST_FITS_TEXT = 20_000, 200_000_000
"""Bytes of one text in FITS, and of a column: each row has the room of the longest one."""

MOST_JSON_INTEGER = 2**53
"""What a double holds exactly (RFC 8259, section 6)."""

FITS_TYPES = {
    "short": np.int16,
    "int": np.int32,
    "long": np.int64,
    "float": np.float32,
    "double": np.float64,
}
"""Types of the elements of arrays."""


def install() -> None:
    """Apply the repairs, once in a process."""
    _name_media_types()
    _write_json()
    _withdraw_geojson()
    _write_text_as_it_is()
    _check_fits_names()
    _bound_fits()
    _raise_what_failed_in_html()


def _name_media_types() -> None:
    """Send the media type of a format, whatever name of it was asked for."""
    registry = formatscommon.FORMATS_REGISTRY
    original = registry.getMIMEFor

    def media_type(name: str, wanted: str | None = None) -> str:
        with contextlib.suppress(formatscommon.CannotSerializeIn):
            name = registry.getKeyFor(name)
        return original(name, wanted)

    formats.getMIMEFor = formatscommon.getMIMEFor = media_type


def _write_json() -> None:
    """Keep what only matters inside DaCHS out of JSON, and integers exact.

    The cone search marks its columns with Python types and functions, on which the
    JSON writer breaks in the middle of the answer, with a traceback in it.

    Readers of JSON take numbers for doubles: a column with an integer beyond 2^53 is text, and so
    is always one whose property ``json`` says so.  JSON has no numbers that are not finite: they
    are null.
    """
    names, structure = jsontable._getJSONColumns, jsontable._getJSONStructure

    def columns(manager: Any) -> list[dict[str, Any]]:
        return [
            {key: value for key, value in column.items() if _is_plain(value)}
            | {"json": "text" if found.original.getProperty("json", None) == "text" else "value"}
            for column, found in zip(names(manager), manager, strict=True)
        ]

    def exact(*args: Any, **named: Any) -> dict[str, Any]:
        made = structure(*args, **named)
        for place, column in enumerate(made["columns"]):
            if column["datatype"] == "long":
                values = [row[place] for row in made["data"]]
                if column["json"] == "text" or any(map(_is_rounded, values)):
                    column["json"] = "text"
                    _replace(made["data"], place, [_text(value) for value in values])
            elif column["datatype"] in ("float", "double"):
                values = [_finite(row[place]) for row in made["data"]]
                _replace(made["data"], place, values)
        return made

    jsontable._getJSONColumns = columns
    jsontable._getJSONStructure = exact


def _is_rounded(value: Any) -> bool:
    return isinstance(value, int) and abs(value) > MOST_JSON_INTEGER


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _finite(value: Any) -> Any:
    """A number, or an array of numbers, without those that are not finite."""
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _replace(rows: list[Any], place: int, values: list[Any]) -> None:
    """Put others in the place of a column's values."""
    for number, value in enumerate(values):
        if value is not rows[number][place]:
            row = list(rows[number])
            row[place] = value
            rows[number] = row


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


def _bound_fits() -> None:
    """Read the rows of FITS tables within bounds, and before others have to wait.

    DaCHS runs the query while it keeps all other FITS tables waiting.
    """
    texts = fitstable._makeCharArray

    def make(data: Any, acquireSamples: bool = False) -> fits.HDUList:
        tables = [_read(base.SerManager(table)) for table in data.tables.values()]
        with utils.fitsLock():
            primary = fits.PrimaryHDU()
            primary.header["DATE"] = (f"{datetime.now(UTC):%Y-%m-%d}", "Date file was written")
            return fits.HDUList([primary, *map(fitstable._makeExtension, tables)])

    def make_texts(values: list[Any], place: int, column: Any) -> Any:
        widest = max((len(row[place] or "") for row in values), default=0)
        if widest > WIDEST_FITS_TEXT or widest * len(values) > MOST_FITS_TEXT:
            raise _too_much(f"{len(values)} rows with texts of up to {widest} characters")
        return texts(values, place, column)

    values = fitstable._makeValueArray

    def make_values(rows: list[Any], place: int, column: Any) -> Any:
        length, code = fitstable._computeTypeCode(column)
        if length is not None:
            return values(rows, place, column)
        kind = FITS_TYPES[column["datatype"]]
        missing = np.nan if issubclass(kind, np.floating) else np.iinfo(kind).min
        arrays = np.empty(len(rows), dtype=object)
        for number, row in enumerate(rows):
            found = (missing if value is None else value for value in row[place] or ())
            arrays[number] = np.array(list(found), dtype=kind)
        return code, arrays

    fitstable._makeValueArray = make_values
    fitstable.makeFITSTable = make
    fitstable._makeCharArray = fitstable._makeStringArray = make_texts


def _read(table: base.SerManager) -> base.SerManager:
    """Read the rows of a table into memory."""
    rows, number = [], 0
    for row in table.getMappedTuples():
        number += 4 + sum(len(value) if isinstance(value, list | tuple) else 1 for value in row)
        if number > MOST_FITS_VALUES:
            raise _too_much(f"more than {len(rows)} rows")
        rows.append(row)
    table.getMappedTuples = lambda: rows
    return table


def _too_much(what: str) -> base.ValidationError:
    return base.ValidationError(
        f"The result has {what}, too much for FITS here: ask for fewer, or for another format.",
        "RESPONSEFORMAT",
    )


def _raise_what_failed_in_html() -> None:
    """Raise the error of a query itself, and not that a page could not be written for it."""
    registry = formatscommon.FORMATS_REGISTRY.writerRegistry
    write = registry["html"]

    def write_or_raise(*args: Any, **named: Any) -> None:
        try:
            write(*args, **named)
        except FlattenerError as error:
            raise error.args[0] from error

    registry["html"] = write_or_raise


def _is_plain(value: object) -> bool:
    try:
        json.dumps(value)
    except TypeError:
        return False
    return True
