"""The layout of an export in JSON lines, and its reader.

The first line has the kind `HEAD`, the last one the kind `END` with the numbers of the others, so
that a file which is not whole is noticed.  Between them are lines of the kinds ``tag``, ``tag
event`` and ``annotation``, each kind in the order in which its rows came about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kdb.tags.models import TagEvent
from kdb.transfer.records import (
    BadFile,
    BadRow,
    Content,
    Defaults,
    Record,
    read_record,
    read_time,
)

HEAD = "kdb export"
END = "end"
VERSION = 1
TAG = ("name", "description", "order", "group", "retired", "merged_into")
EVENT = ("tag", "action", "actor", "at", "before", "after")
ANNOTATION = (
    "id", "oid", "number", "release", "tags", "given", "description", "author", "changed_at",
    "public", "deleted",
)  # fmt: skip
_TYPES = {
    "name": str, "description": str, "order": int, "group": str, "retired": bool,
    "merged_into": str | None, "tag": str, "action": str, "actor": str | None, "before": dict,
    "after": dict, "at": str, "id": int, "number": int,
}  # fmt: skip


def read(
    head: Mapping[str, Any],
    rows: Iterator[tuple[str, Any]],
    collect: Callable[..., list[Record]],
) -> Content:
    """Read the lines after the first.

    Parameters
    ----------
    head
        The first line.
    rows
        Place and value of the others.
    collect
        Makes a record of each row, given rows and the function for one of them.

    Raises
    ------
    BadFile
        When the version is unknown, a line is malformed, or lines are missing.
    """
    if head.get("version") != VERSION:
        raise BadFile(f"line 1: version {head.get('version')!r} is not known; {VERSION} is")
    content = Content(ordered=True)
    ends: list[Mapping[str, Any]] = []

    def others() -> Iterator[tuple[str, Any]]:
        for place, row in rows:
            kind = row.get("kind") if isinstance(row, Mapping) else None
            if ends:
                raise BadFile(f"{place}: comes after the end")
            if kind == "tag":
                content.tags.append(_tag(place, row))
            elif kind == "tag event":
                content.events.append(_event(place, row))
            elif kind == END:
                ends.append(row)
            else:
                yield place, row

    content.records = collect(others(), _annotation)
    found = {
        "tags": len(content.tags),
        "tag_events": len(content.events),
        "annotations": len(content.records),
    }
    if not ends:
        raise BadFile("there is no last line: the file is not whole")
    if wrong := [name for name, number in found.items() if ends[0].get(name) != number]:
        stated, number = ends[0].get(wrong[0]), found[wrong[0]]
        raise BadFile(f"the last line says {stated!r} {wrong[0]}, but there are {number}")
    return content


def _annotation(place: str, row: Any) -> Record:
    if not isinstance(row, Mapping) or row.get("kind") != "annotation":
        raise BadRow("is neither tag, tag event nor annotation")
    _check(row, ANNOTATION)
    if not row["author"] or not row["changed_at"]:
        raise BadRow("author and changed_at must be given")
    given = {name: row[name] for name in ANNOTATION}
    given |= {"time": row["changed_at"], "key": row["id"]}
    return read_record(place, given, Defaults())


def _tag(place: str, row: Mapping[str, Any]) -> dict[str, Any]:
    try:
        _check(row, TAG)
    except BadRow as error:
        raise BadFile(f"{place}: {error}") from error
    return {name: row[name] for name in TAG}


def _event(place: str, row: Mapping[str, Any]) -> dict[str, Any]:
    try:
        _check(row, EVENT)
        if row["action"] not in TagEvent.Action.values:
            raise BadRow(f"the action {row['action']!r} is not known")
        if (time := read_time(row["at"])) is None:
            raise BadRow("the time is empty")
        return {name: row[name] for name in EVENT} | {"at": time}
    except BadRow as error:
        raise BadFile(f"{place}: {error}") from error


def _check(row: Mapping[str, Any], names: tuple[str, ...]) -> None:
    if missing := [name for name in names if name not in row]:
        raise BadRow(f"{missing[0]!r} is missing")
    for name in names:
        wanted, value = _TYPES.get(name, object), row[name]
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise BadRow(f"{name} {value!r} is malformed")
