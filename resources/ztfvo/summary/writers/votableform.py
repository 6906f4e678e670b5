"""VOTable 1.4: facts as one table, the states of all sources as another, the sentence as INFO."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from astropy.io.votable.tree import TableElement, VOTableFile

from ztfvo import votable
from ztfvo.summary.model import Summary
from ztfvo.summary.writers import jsonform

NAMES = ("votable", "vot", votable.MEDIA_TYPE, "text/xml")
CONTENT_TYPE = votable.MEDIA_TYPE
TITLE = "A table of facts, and one of the states of sources"
ORDER = 20

FACTS = (
    ("group", "meta.code.class", None, "What the fact is about"),
    ("name", "meta.title", None, "What the value is"),
    ("value", "meta.note", None, "The value, as text"),
    ("number", "stat.value", None, "The value, where it is a number, in the unit of the row"),
    ("unit", "meta.unit", None, "Unit of the value"),
    ("source", "meta.id", None, "Who says so, by the name that /match has"),
    ("title", "meta.title", None, "The same for people"),
    ("separation", "pos.angDistance", "arcsec", "Distance of the catalogue's object"),
    ("link", "meta.ref.url", None, "Address of the full record"),
    ("note", "meta.note", None, "What belongs to the value"),
)
STATES = (
    ("source", "meta.id", None, "Name of the source"),
    ("title", "meta.title", None, "The same for people"),
    ("state", "meta.code.status", None, "found, empty, unavailable or malformed"),
    ("radius", "pos.angDistance", "arcsec", "How far objects may be away"),
    ("reason", "meta.note", None, "Why there is nothing, or not all"),
    ("citation", "meta.bib", None, "What those who use it cite"),
)
NUMBERS = ("number", "separation", "radius")


def write(summary: Summary) -> bytes:
    """The document."""
    own = summary.own
    infos = [
        ("sentence", summary.last.sentence, None),
        ("id", own.target.name, f"Release {own.target.release}"),
        ("place", f"{own.target.place.ra!r} {own.target.place.dec!r}", "ICRS, deg"),
    ]
    if own.simulated:
        infos.append(("simulated", "true", "The light curve is simulated"))
    infos += [("note", note, None) for note in summary.last.notes]
    document, resource = votable.document(infos, {})
    facts = [jsonform.fact(one) for one in summary.facts]
    for one in facts:
        one["number"] = one["value"] if isinstance(one["value"], float) else None
        one["value"] = str(one["value"])
    missing = [vars(one) for one in own.missing]
    states = [*(jsonform.state(one) for one in summary.parts), *missing]
    resource.tables.append(_table(document, "facts", "What is known", FACTS, facts))
    resource.tables.append(_table(document, "sources", "Who was asked", STATES, states))
    return votable.as_bytes(document)


def _table(
    document: VOTableFile,
    name: str,
    description: str,
    columns: Sequence[tuple[str, str, str | None, str]],
    rows: Sequence[dict[str, Any]],
) -> TableElement:
    table = TableElement(document, ID=name, name=name)
    table.description = description
    for column, ucd, unit, text in columns:
        more = (
            {"datatype": "double"}
            if column in NUMBERS
            else {"datatype": "unicodeChar", "arraysize": "*"}
        )
        table.fields.append(
            votable.field(
                document, text, ID=f"{name}.{column}", name=column, unit=unit, ucd=ucd, **more
            )
        )
    table.create_arrays(len(rows))
    for field, (column, *_) in zip(table.fields, columns, strict=True):
        values = [row.get(column) for row in rows]
        if column in NUMBERS:
            filled = np.array([np.nan if value is None else value for value in values], float)
            table.array[field.ID] = np.ma.array(filled, mask=np.isnan(filled))
        else:
            table.array[field.ID] = [value or "" for value in values]
    table.format = "tabledata"
    return table
