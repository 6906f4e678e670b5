"""What all tables of VizieR share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from ztfvo.outside import tap
from ztfvo.outside.client import Asker
from ztfvo.outside.model import Find, Place, Source

HOST = "https://tapvizier.cds.unistra.fr"
SYNC = f"{HOST}/TAPVizieR/tap/sync"
PER_SECOND = 10.0
BURST = 20
"""Requests of all tables together, and at once: CDS asks for moderation, without a number.  One
visitor who asks for all tables waits for none of them."""
LICENCE = "Free for scientific use, with a citation of the paper and of VizieR (CDS)"


def table(
    identifier: str,
    *,
    position: tuple[str, str],
    motion: tuple[str, str] | None = None,
    where: str = "",
    key: str = "",
    made: Collection[str] = (),
    shape: Callable[[dict[str, Any]], None] | None = None,
    **declared: Any,
) -> Source:
    """Return a table of VizieR as a source.

    Parameters
    ----------
    identifier
        Such as II/246/out.
    position, motion
        Its columns of position and, if it has them, proper motion (mas/yr), as ADQL has them.
    where
        A further condition.
    key
        Column that names a row, from which the address of its record is made.
    made
        Columns that the table has not.
    shape
        Changes a row as it came, before its columns are read.
    declared
        All else, see `ztfvo.outside.model.Source`.
    """
    catalog = identifier.rpartition("/")[0]
    find = tap.cone(
        SYNC, f'"{identifier}"', position=position, motion=motion, where=where, made=made
    )
    known: Mapping[str, Any] = {
        "gives": ("cross-match",),
        "hosts": (HOST,),
        "per_second": PER_SECOND,
        "burst": BURST,
        "about": f"https://cdsarc.cds.unistra.fr/viz-bin/cat/{catalog}",
        "licence": LICENCE,
        "find": _shaped(find, shape) if shape else find,
        "record": record(identifier, key, key) if key else "",
    }
    return Source(**{**known, **declared})


def _shaped(find: Find, shape: Callable[[dict[str, Any]], None]) -> Find:
    async def shaped(
        asker: Asker, source: Source, place: Place, radius: float
    ) -> Sequence[Mapping[str, Any]]:
        rows = await find(asker, source, place, radius)
        for row in rows:
            shape(row)
        return rows

    return shaped


def record(identifier: str, column: str, ours: str) -> str:
    """Return the address of a row's full record, with a name in braces.

    Parameters
    ----------
    identifier
        Of the table.
    column, ours
        Column that names a row, as VizieR calls it and as rows here have it.
    """
    table, column = quote(identifier, safe=""), quote(column, safe="")
    return (
        "https://vizier.cds.unistra.fr/viz-bin/VizieR-6?-out.form=%2bH"
        f"&-source={table}&{column}={{{ours}}}"
    )
