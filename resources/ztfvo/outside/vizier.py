"""What all tables of VizieR share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ztfvo.outside import tap
from ztfvo.outside.model import Source

HOST = "https://tapvizier.cds.unistra.fr"
SYNC = f"{HOST}/TAPVizieR/tap/sync"
PER_SECOND = 5.0
"""Requests, all tables together would be more: CDS asks for moderation, without a number."""
LICENCE = "Free for scientific use, with a citation of the paper and of VizieR (CDS)"


def table(
    identifier: str,
    *,
    position: tuple[str, str],
    motion: tuple[str, str] | None = None,
    where: str = "",
    key: str = "",
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
    declared
        All else, see `ztfvo.outside.model.Source`.
    """
    catalog = identifier.rpartition("/")[0]
    find = tap.cone(SYNC, f'"{identifier}"', position=position, motion=motion, where=where)
    known: Mapping[str, Any] = {
        "gives": ("cross-match",),
        "hosts": (HOST,),
        "per_second": PER_SECOND,
        "about": f"https://cdsarc.cds.unistra.fr/viz-bin/cat/{catalog}",
        "licence": LICENCE,
        "find": find,
        "record": _record(identifier, key) if key else "",
    }
    return Source(**{**known, **declared})


def _record(identifier: str, key: str) -> str:
    source, column = quote(identifier, safe=""), quote(key, safe="")
    return f"https://vizier.cds.unistra.fr/viz-bin/VizieR-6?-out.form=%2bH&-source={source}&{column}={{{key}}}"
