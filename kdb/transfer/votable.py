"""Export as VOTable: annotations, tags and what became of the tags."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import IO, Any, NamedTuple

import numpy as np
from astropy.io.votable.tree import Field, Resource, TableElement, TimeSys, VOTableFile

from kdb.config.rendering import LIST_SEPARATOR
from kdb.transfer import rows

UTC_ID = "utc"
NEWER = {"version_1_4_or_later": True}
"""What astropy calls a document that may have TIMESYS."""


class Column(NamedTuple):
    """A column; `kind` is a VOTable datatype, or ``text`` or ``time``."""

    name: str
    kind: str
    ucd: str
    description: str


ANNOTATIONS = (
    Column("id", "long", "meta.id;meta.main", "Number of the annotation"),
    Column("oid", "long", "meta.id", "Object identifier (OID)"),
    Column("number", "int", "meta.number", "Place in the history of the OID, from 1"),
    Column("release", "text", "meta.version", "Data release that was looked at"),
    Column("tags", "text", "meta.code.class", "Tags as they are called now, separated by #"),
    Column("given", "text", "meta.code.class", "Tags as they were called then, separated by #"),
    Column("description", "text", "meta.note", "Free text of the author"),
    Column("author", "text", "meta.bib.author", "Public name of the author"),
    Column("changed_at", "time", "time.creation", "When it was recorded (UTC)"),
    Column("public", "boolean", "meta.code", "Whether everyone may read it"),
    Column("deleted", "boolean", "meta.code", "Whether it deletes what was recorded"),
)
TAGS = (
    Column("name", "text", "meta.id;meta.main", "Name of the tag"),
    Column("description", "text", "meta.note", "What it is given to"),
    Column("order", "int", "meta.number", "Place in the vocabulary"),
    Column("group", "text", "meta.code.class", "Group it belongs to"),
    Column("retired", "boolean", "meta.code", "Whether it is no longer given"),
    Column("merged_into", "text", "meta.id.assoc", "Tag it counts as now; empty for itself"),
)
EVENTS = (
    Column("tag", "text", "meta.id", "Name of the tag now"),
    Column("action", "text", "meta.code", "What was done"),
    Column("actor", "text", "meta.bib.author", "Public name of who did it; empty for set-up"),
    Column("at", "time", "time.creation", "When (UTC)"),
    Column("before", "text", "meta.note", "What was before, in JSON"),
    Column("after", "text", "meta.note", "What was after, in JSON"),
)


def write_votable(target: IO[bytes], public_only: bool) -> dict[str, int]:
    """Write everything but accounts as one VOTable 1.4; return the numbers of rows.

    All of it is in memory meanwhile, unlike with `kdb.transfer.lines.write_lines`.

    Parameters
    ----------
    target
        Where to.
    public_only
        Leave out what not everyone may read.
    """
    document = VOTableFile(version="1.4")
    resource = Resource(name="knowledge_database")
    resource.description = "Annotations of ZTF objects by experts, their tags, and the tags' log."
    # Civil times of computers on the ground: the place does not matter to the second.
    resource.time_systems.append(
        TimeSys(ID=UTC_ID, timescale="UTC", refposition="TOPOCENTER", config=NEWER)
    )
    document.resources.append(resource)
    with rows.one_state():
        parts = {
            "annotations": (ANNOTATIONS, list(rows.annotations(public_only))),
            "tags": (TAGS, list(rows.tags())),
            "tag_events": (EVENTS, list(rows.events())),
        }
    for name, (columns, found) in parts.items():
        resource.tables.append(_table(document, name, columns, found))
    document.to_xml(target)
    return {name: len(found) for name, (_, found) in parts.items()}


def _table(
    document: VOTableFile, name: str, columns: Sequence[Column], found: list[dict[str, Any]]
) -> TableElement:
    table = TableElement(document, name=name, nrows=len(found))
    for column in columns:
        table.fields.append(_field(document, name, column))
    table.create_arrays(nrows=len(found))
    for field, column in zip(table.fields, columns, strict=True):
        values = [_cell(row[column.name]) for row in found]
        kind = object if column.kind in ("text", "time") else table.array[field.ID].dtype
        table.array[field.ID] = np.array(values, kind)
        table.array.mask[field.ID] = False
    return table


def _field(document: VOTableFile, table: str, column: Column) -> Field:
    shapes = {
        "text": {"datatype": "unicodeChar", "arraysize": "*"},
        "time": {"datatype": "char", "arraysize": "*", "xtype": "timestamp", "ref": UTC_ID},
    }
    shape = shapes.get(column.kind, {"datatype": column.kind})
    # Names repeat from table to table, which identifiers may not.
    identifier = f"{table}_{column.name}"
    field = Field(document, name=column.name, ID=identifier, ucd=column.ucd, **shape)
    field.description = column.description
    return field


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return LIST_SEPARATOR.join(value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return "" if value is None else value
