"""VOTable 1.4: a row for each neighbour, nearest first, with units, UCDs and descriptions."""

from __future__ import annotations

import numpy as np
from astropy.io.votable.tree import TableElement

from ztfvo import votable
from ztfvo.analysis.similar import Similar
from ztfvo.analysis.similarcolumns import columns, rows

NAMES = ("votable", "vot", votable.MEDIA_TYPE, "text/xml")
EXTENSION = "vot"
CONTENT_TYPE = votable.MEDIA_TYPE
TITLE = "A row for each neighbour, with what each column is"
ORDER = 30

_TYPES = {"float64": "double", "int64": "long", "str": "char"}
_NONE = {"float64": np.nan, "int64": 0, "str": ""}


def write(answer: Similar) -> bytes:
    """The document."""
    release = answer.release
    infos: list[tuple[str, str, str | None]] = [
        ("release", release.name, release.title),
        ("simulated", str(release.simulated).lower(), None),
        ("object", str(answer.oid), f"The light curve that these are like, in {answer.own_band}"),
        *(("missing", name, "It does not have this feature") for name in answer.missing),
        *(("note", str(i), text) for i, text in enumerate(answer.notes, start=1)),
    ]
    document, resource = votable.document(infos, {})
    table = TableElement(document, name="similar")
    table.description = f"Light curves in {answer.band} that are like {answer.oid}, nearest first"
    resource.tables.append(table)
    listed, values = columns(answer), list(rows(answer))
    for column in listed:
        ref = votable.ICRS if column.name in ("ra", "dec") else None
        facts = {"name": column.name, "unit": column.unit, "ucd": column.ucd, "ref": ref}
        facts["datatype"] = _TYPES[column.dtype]
        table.fields.append(votable.field(document, column.description, **facts))
    table.create_arrays(len(values))
    for column in listed:
        mine = [row[column.name] for row in values]
        filled = [_NONE[column.dtype] if value is None else value for value in mine]
        kind = table.array.dtype[column.name]
        none = np.array([value is None for value in mine], bool)
        table.array[column.name] = np.ma.array(filled, kind, mask=none)
    return votable.as_bytes(document)
