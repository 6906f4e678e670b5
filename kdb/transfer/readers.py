"""Readers of the file layouts that can be imported; each returns what all of its rows say.

=========================  =================================================================
``.csv``                   a header line with ``oid`` and ``tags``, and any of ``description``,
                           ``author``, ``time``, ``release`` and ``public``; tags are separated by
                           ``|`` or ``#``
``.json``                  a list of objects as the original's API gives them, states of its log
                           among them: ``oid``, ``description``, ``simbadid``, ``tags``,
                           ``changed_by`` and ``changed_at``
``.jsonl``                 such objects one after the other, or an export of this service
=========================  =================================================================
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kdb.transfer import layout
from kdb.transfer.records import BadFile, BadRow, Content, Defaults, Record, read_record

CSV_NEEDED = ("oid", "tags")
CSV_KNOWN = (*CSV_NEEDED, "description", "author", "time", "release", "public")
ORIGINAL = {
    "oid": "oid",
    "description": "description",
    "tags": "tags",
    "changed_by": "author",
    "changed_at": "time",
}
"""Names of the original, and those of `read_record`; ``simbadid`` joins the description."""

Rows = Iterator[tuple[str, Any]]
"""Place and value of each row."""


def read(path: Path, defaults: Defaults) -> Content:
    """Read a file.

    Raises
    ------
    BadFile
        When it is not readable or has bad rows: all of them are reported.
    """
    reader = {".csv": _read_csv, ".json": _read_json, ".jsonl": _read_json}.get(path.suffix.lower())
    if reader is None:
        raise BadFile(
            f"{path}: the layout is not known; the name must end in .csv, .json or .jsonl"
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadFile(f"{path} cannot be read: it is no text in UTF-8") from error
    try:
        return reader(text, defaults)
    except BadFile as error:
        raise BadFile(*(f"{path}, {fault}" for fault in error.faults)) from error


def _collect(rows: Rows, make: Callable[[str, Any], Record]) -> list[Record]:
    """Make a record of each row, and report all that fail."""
    records, faults = [], []
    for place, row in rows:
        try:
            records.append(make(place, row))
        except BadRow as error:
            faults.append(f"{place}: {error}")
    if faults:
        raise BadFile(*faults)
    return records


def _read_csv(text: str, defaults: Defaults) -> Content:
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = next(lines, [])
    if missing := [name for name in CSV_NEEDED if name not in header]:
        raise BadFile(f"line 1: there is no column {missing[0]!r}")
    if strange := [name for name in header if name not in CSV_KNOWN]:
        known = ", ".join(CSV_KNOWN)
        raise BadFile(f"line 1: the column {strange[0]!r} is not known; there are {known}")

    def make(place: str, cells: list[str]) -> Record:
        if len(cells) != len(header):
            raise BadRow(f"{len(cells)} cells, but the header has {len(header)}")
        row: dict[str, Any] = dict(zip(header, cells, strict=True))
        row["tags"] = [name.strip() for name in re.split("[|#]", row["tags"]) if name.strip()]
        if "public" in row:
            row["public"] = {"true": True, "false": False}.get(row["public"], row["public"])
        return read_record(place, row, defaults)

    return Content(records=_collect(_csv_rows(lines), make))


def _csv_rows(lines: Any) -> Rows:
    number = lines.line_num + 1
    try:
        for cells in lines:
            if cells:
                yield f"line {number}", cells
            number = lines.line_num + 1
    except csv.Error as error:
        raise BadFile(f"line {number}: {error}") from error


def _read_json(text: str, defaults: Defaults) -> Content:
    rows = _json_values(text)
    first = next(rows, None)
    if first is None:
        return Content()
    if isinstance(first[1], Mapping) and first[1].get("kind") == layout.HEAD:
        return layout.read(first[1], rows, _collect)

    def every() -> Rows:
        yield first
        yield from rows

    return Content(records=_collect(every(), lambda place, row: _original(place, row, defaults)))


def _original(place: str, row: Any, defaults: Defaults) -> Record:
    if not isinstance(row, Mapping):
        raise BadRow("is not an object")
    if strange := sorted(set(row) - {*ORIGINAL, "simbadid"}):
        raise BadRow(f"the field {strange[0]!r} is not known")
    given = {name: row[old] for old, name in ORIGINAL.items() if old in row}
    if simbad := row.get("simbadid"):
        given["description"] = f"{given.get('description') or ''}\nSIMBAD: {simbad}".strip()
    return read_record(place, given, defaults)


def _json_values(text: str) -> Rows:
    """Values of a list, or of a sequence, each with the line it begins in."""
    decoder = json.JSONDecoder()
    at, line, counted, number = 0, 1, 0, 0
    listed = text[:1000].lstrip().startswith("[")
    skip = re.compile(r"[\s,\[\]]*" if listed else r"\s*")
    while (at := skip.match(text, at).end()) < len(text):
        line, counted, number = line + text.count("\n", counted, at), at, number + 1
        place = f"record {number} in line {line}"
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise BadFile(f"{place}: is not JSON ({error})") from error
        yield place, value
    if listed and not text.rstrip().endswith("]"):
        raise BadFile(f"record {number + 1}: the list has no end; the file is not whole")
