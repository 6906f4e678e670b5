"""VOTable 1.4: a table for each catalogue, with its states as INFO.

Positions refer to a COOSYS of the catalogue's epoch.  Rows are binary where nothing needs a mask,
which is written fast, else TABLEDATA.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from astropy.io.votable.tree import CooSys, Field, Info, Resource, TableElement, VOTableFile

from ztfvo import votable
from ztfvo.match import columns
from ztfvo.match.model import PLACE, Compared, Outcome, Wanted
from ztfvo.outside.model import Column

NAMES = ("votable", "vot", votable.MEDIA_TYPE, "text/xml")
CONTENT_TYPE = votable.MEDIA_TYPE
TITLE = "A table for each catalogue, with its states"
ORDER = 20
ONE_CATALOG = False

_TYPES = {"float64": "double", "int64": "long", "bool": "boolean"}
_NONE = {"float64": np.nan, "int64": 0, "bool": False, "str": ""}
"""What stands in rows whose mask says that there is no value."""
ID = Column("id", "str", None, "meta.id", "What the request calls the place, or its OID")
SAID_PLACES = 100
"""Places that are listed as INFO; longer lists are known to who sent them."""


def write(outcome: Outcome) -> bytes:
    """The document."""
    document, resource = votable.document(_infos(outcome), {})
    for wanted in outcome.match.wanted:
        resource.tables.append(_table(document, resource, outcome, wanted))
    return votable.as_bytes(document)


def _infos(outcome: Outcome) -> list[tuple[str, str, str | None]]:
    match = outcome.match
    motion = "Proper motions are taken into account" if match.motion else "As listed"
    infos: list[tuple[str, str, str | None]] = [("motion", str(match.motion).lower(), motion)]
    for target in match.targets if len(match.targets) <= SAID_PLACES else ():
        place = target.place
        what = f"{place.ra!r} {place.dec!r} J{place.epoch:.3f}"
        infos.append(("place", what, f"Place {target.number}{target.name and ': '}{target.name}"))
    infos += [("left_out", sentence, None) for sentence in outcome.left_out]
    return infos


def _table(
    document: VOTableFile, resource: Resource, outcome: Outcome, wanted: Wanted
) -> TableElement:
    source = wanted.catalog.source
    listed, rows = columns.of(wanted), outcome.rows(wanted)
    named = {target.number: target.name for target in outcome.match.targets}
    if any(named.values()):
        listed = [listed[0], ID, *listed[1:]]
        rows = [row | {ID.name: named[row[PLACE]]} for row in rows]
    values = {column.name: [row[column.name] for row in rows] for column in listed}
    is_plain = all(_is_plain(column, values[column.name]) for column in listed)
    kind = votable.NumberTable if is_plain else TableElement
    table = kind(document, ID=source.name, name=source.name)
    table.description = f"{source.title}: objects within {wanted.radius:g} arcsec"
    frame = _frame(resource, source.epoch)
    for column in listed:
        width = _width(column, values[column.name]) if is_plain else None
        ref = frame if column.name in (source.position or ()) else None
        table.fields.append(_field(document, source.name, column, ref, width))
    table.create_arrays(len(rows))
    for field, column in zip(table.fields, listed, strict=True):
        mine = values[column.name]
        filled = [_NONE[column.dtype] if value is None else value for value in mine]
        none = False if is_plain else np.array([value is None for value in mine], bool)
        table.array[field.ID] = np.ma.array(filled, table.array.dtype[field.ID], mask=none)
    table.format = "binary" if is_plain else "tabledata"
    for one in outcome.of(wanted):
        table.infos.append(_state(source.name, one))
    if not all(one.answer.complete for one in outcome.of(wanted)):
        cut = Info(ID=f"cut_{source.name}", name="QUERY_STATUS", value="OVERFLOW")
        table.infos.append(cut)
    said = {"citation": source.citation, "as_of": wanted.catalog.as_of}
    if wanted.catalog.simulated:
        said["simulated"] = "true"
    for name, value in said.items():
        if value:
            table.infos.append(Info(ID=f"{name}_{source.name}", name=name, value=value))
    return table


def _is_plain(column: Column, values: Sequence[Any]) -> bool:
    """Return whether a column can be in rows without masks: NaN or no text is what is missing."""
    if column.dtype == "str":
        return all(value is None or value.isascii() for value in values)
    return column.dtype == "float64" or (column.dtype == "int64" and None not in values)


def _width(column: Column, values: Sequence[Any]) -> int:
    """Return the number of characters of the longest text."""
    texts = (value for value in values if value) if column.dtype == "str" else ()
    return max(map(len, texts), default=1)


def _frame(resource: Resource, epoch: float) -> str:
    """Return the ID of the system of positions at an epoch, which is made where it is missing."""
    name = f"{votable.ICRS}_{epoch:g}".replace(".", "_")
    if name not in {one.ID for one in resource.coordinate_systems}:
        resource.coordinate_systems.append(CooSys(ID=name, system="ICRS", epoch=f"J{epoch:g}"))
    return name


def _field(
    document: VOTableFile, catalog: str, column: Column, ref: str | None, width: int | None
) -> Field:
    """Return a column; texts have a fixed width where one is given, or any and all characters."""
    more: dict[str, Any] = {
        "datatype": _TYPES.get(column.dtype, "char" if width else "unicodeChar")
    }
    if column.dtype not in _TYPES:
        more["arraysize"] = str(width) if width else "*"
    return votable.field(
        document,
        column.description,
        ID=f"{catalog}.{column.name}",
        name=column.name,
        unit=column.unit,
        ucd=column.ucd,
        ref=ref,
        **more,
    )


def _state(catalog: str, one: Compared) -> Info:
    answer = one.answer
    number = one.target.number if one.target else 0
    info = Info(ID=f"state_{catalog}_{number}", name="state", value=str(answer.state))
    place = f"place {number}" if number else "all places"
    times = [
        f"{what} {when}"
        for what, when in (
            ("asked at", answer.asked_at),
            ("since", answer.since),
            ("asked again from", answer.again_at),
        )
        if when
    ]
    info.content = "; ".join([place, *filter(None, [answer.reason]), *times])
    return info
