"""VOTable 1.4: a row for each place and map, with units, UCDs and descriptions."""

from __future__ import annotations

import numpy as np
from astropy.io.votable.tree import TableElement

from ztfvo import votable
from ztfvo.dust.extinction import COEFFICIENTS
from ztfvo.extinction.answering import Answer
from ztfvo.extinction.columns import COLUMNS, rows

NAMES = ("votable", "vot", votable.MEDIA_TYPE, "text/xml")
CONTENT_TYPE = votable.MEDIA_TYPE
TITLE = "A row for each place and map, with what each column is"
ORDER = 30

_TYPES = {"float64": "double", "int64": "int", "bool": "boolean", "str": "char"}
_NONE = {"float64": np.nan, "int64": 0, "bool": False, "str": ""}


def write(answer: Answer) -> bytes:
    """The document."""
    document, resource = votable.document(_infos(answer), {})
    table = TableElement(document, name="extinction")
    table.description = "E(B-V) and extinction in the bands of ZTF by place and map of dust"
    resource.tables.append(table)
    for column in COLUMNS:
        ref = votable.ICRS if column.name in ("ra", "dec") else None
        facts = {"name": column.name, "unit": column.unit, "ucd": column.ucd, "ref": ref}
        facts["datatype"] = _TYPES[column.dtype]
        table.fields.append(votable.field(document, column.description, **facts))
    listed = list(rows(answer))
    table.create_arrays(len(listed))
    for column in COLUMNS:
        values = [row[column.name] for row in listed]
        filled = [_NONE[column.dtype] if value is None else value for value in values]
        kind = table.array.dtype[column.name]
        none = np.array([value is None for value in values], bool)
        table.array[column.name] = np.ma.array(filled, kind, mask=none)
    return votable.as_bytes(document)


def _infos(answer: Answer) -> list[tuple[str, str, str | None]]:
    infos: list[tuple[str, str, str | None]] = []
    for one in answer.of_maps:
        infos.append(("map", one.map.name, f"{one.map.title}: {one.map.scale}"))
        infos.append(("simulated", str(one.map.simulated).lower(), f"The map {one.map.name}"))
        if one.map.citation:
            infos.append(("citation", one.map.citation, f"Of the map {one.map.name}"))
        if one.reason:
            infos.append(("reason", one.reason, f"Why {one.map.name} has no values"))
    for name, value in COEFFICIENTS.items():
        infos.append((f"A_per_ebv_sf11_{name}", f"{value:g}", f"Extinction in {name} for ebv_sf11"))
    return infos
