"""Several OIDs: light curves that are shown together."""

from __future__ import annotations

import re
from dataclasses import replace

from anyio import to_thread

from ztfvo.db import reading
from ztfvo.oid import InvalidOID, parse
from ztfvo.outside.ask import Desk
from ztfvo.position import BadPosition
from ztfvo.releases import places_of
from ztfvo.resolve.model import Certainty, Found, Outcome
from ztfvo.resolve.rules import oid

ORDER = 11
TITLE = "several OIDs"
EXAMPLE = "680113300005170, 680213300009232"

_SEVERAL = re.compile(
    rf"{oid.WRITTEN}(?:(?:\s*[,;]\s*|\s+){oid.WRITTEN})+", re.ASCII | re.IGNORECASE
)


def read(text: str) -> tuple[int, ...] | None:
    """Return the OIDs that a text has, each once."""
    if not _SEVERAL.fullmatch(text):
        return None
    try:
        return tuple(dict.fromkeys(map(parse, re.findall(r"\d+", text))))
    except InvalidOID as error:
        raise BadPosition(str(error)) from error


async def find(oids: tuple[int, ...], desk: Desk) -> Outcome:
    """Look OIDs up in the default release, then in the others; the first is where they are."""
    return await to_thread.run_sync(_find, oids)


def _find(oids: tuple[int, ...]) -> Outcome:
    with reading() as connection:
        known = places_of(connection, oids)
    if not known:
        return Outcome()
    here = [one for one in oids if one in known]
    first, lacking = known[here[0]], [str(one) for one in oids if one not in known]
    found = Found(
        ", ".join(map(str, here)),
        first.ra,
        first.dec,
        Certainty.EXACT,
        f"release {first.release}",
        oids=tuple(here),
    )
    if lacking:
        found = replace(found, note=f"No release here has {', '.join(lacking)}")
    return Outcome((found,))
