"""The columns that rows of all catalogues have, around those of the catalogue itself."""

from __future__ import annotations

from ztfvo.match.model import PLACE, RECORD, Wanted
from ztfvo.outside.columns import number, text, whole
from ztfvo.outside.model import Column
from ztfvo.outside.rows import ANGLE, AS_LISTED, SEPARATION

_BEFORE = (whole(PLACE, "meta.number", "Number of the place, in the order of the request"),)
_DISTANCES = (
    number(
        SEPARATION,
        "arcsec",
        "pos.angDistance",
        "Distance from the place, at its epoch where the catalogue has proper motions",
    ),
    number(
        ANGLE,
        "deg",
        "pos.posAng",
        "Direction from the place to the object, from North over East",
    ),
    number(
        AS_LISTED,
        "arcsec",
        "pos.angDistance",
        "Distance from the place to where the catalogue lists the object, without proper motion",
    ),
)
_BEHIND = (text(RECORD, "meta.ref.url", "Address of the full record"),)


def of(wanted: Wanted) -> tuple[Column, ...]:
    """Return the columns of a catalogue's table."""
    source = wanted.catalog.source
    distances = _DISTANCES if source.position else ()
    return (*_BEFORE, *distances, *source.columns, *_BEHIND)
