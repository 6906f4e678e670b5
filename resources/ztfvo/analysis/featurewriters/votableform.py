"""VOTable 1.4: a row for each light curve, with unit, UCD and description of each feature."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ztfvo import votable
from ztfvo.analysis.featured import Featured
from ztfvo.times import HELIOCENTRIC_FRAME

NAMES = ("votable", "vot", votable.MEDIA_TYPE, "text/xml")
EXTENSION = "vot"
CONTENT_TYPE = votable.MEDIA_TYPE
TITLE = "A row for each light curve, with what each feature is"
ORDER = 30

_TIMESYS = "heliocentric"


def write(answer: Featured) -> bytes:
    """The document."""
    product, which = answer.product, answer.which
    infos: list[tuple[str, str, str | None]] = [
        ("release", product.release, product.title),
        ("simulated", str(product.simulated).lower(), None),
        ("set", which.version, which.title),
        *(("difference", str(i), text) for i, text in enumerate(which.differences, start=1)),
        *(("note", str(i), text) for i, text in enumerate(answer.notes, start=1)),
        *(("left_out", str(i), text) for i, text in enumerate(answer.left_out, start=1)),
    ]
    document, resource = votable.document(infos, {_TIMESYS: HELIOCENTRIC_FRAME})
    table = votable.NumberTable(document, name="features")
    resource.tables.append(table)
    table.fields.extend(votable.field(document, text, **facts) for text, facts in _fields(answer))
    table.format = "binary"
    table.create_arrays(len(answer.curves))
    for i, (one, row) in enumerate(zip(answer.curves, answer.values, strict=True)):
        facts = (one.curve.oid, one.curve.filter, len(one), one.time[0], one.time[-1])
        table.array.data[i] = (*facts, *row.tolist())
    return votable.as_bytes(document)


def _fields(answer: Featured) -> Iterator[tuple[str, dict[str, Any]]]:
    """Description and attributes of each column."""
    yield "Light curve", {"name": "oid", "datatype": "long", "ucd": "meta.id;meta.main"}
    band = {"name": "filter", "datatype": "char", "ucd": "meta.id;instr.filter", "arraysize": "2"}
    yield "Filter", band
    yield "Number of epochs", {"name": "nepochs", "datatype": "int", "ucd": "meta.number;obs"}
    for name, ucd in (("first", "time.start;obs"), ("last", "time.end;obs")):
        text = f"Time of the {name} epoch used: heliocentric MJD (UTC) of mid-exposure"
        time = {"name": f"hmjd_{name}", "unit": "d", "ucd": ucd, "ref": _TIMESYS}
        yield text, {**time, "datatype": "double"}
    for one in answer.features:
        facts = {"name": one.name, "unit": one.unit or None, "ucd": one.ucd}
        yield f"{one.description} ({one.reference})", {**facts, "datatype": "double"}
