"""OIDs: light curves of the releases that are loaded here."""

from __future__ import annotations

import re

from anyio import to_thread

from ztfvo.db import reading
from ztfvo.oid import InvalidOID, parse
from ztfvo.outside.ask import Desk
from ztfvo.position import BadPosition
from ztfvo.releases import places_of
from ztfvo.resolve.model import Certainty, Found, Outcome

ORDER = 10
TITLE = "an OID of 15 or 16 digits"
EXAMPLE = "680113300005170"

WRITTEN = r"(?:ZTF )?(?:OIDs? ?[:=]? ?)?(?:\d{13,17})"
"""Pattern of what may be one, with the words that people write before it."""

_WRITTEN = re.compile(WRITTEN, re.ASCII | re.IGNORECASE)


def read(text: str) -> int | None:
    """Return the OID that a text is."""
    if not _WRITTEN.fullmatch(text):
        return None
    try:
        return parse("".join(re.findall(r"\d+", text)))
    except InvalidOID as error:
        raise BadPosition(str(error)) from error


async def find(oid: int, desk: Desk) -> Outcome:
    """Look an OID up in the default release, then in the others."""
    return await to_thread.run_sync(_find, oid)


def _find(oid: int) -> Outcome:
    with reading() as connection:
        known = places_of(connection, [oid]).get(oid)
    if known is None:
        return Outcome()
    where = f"release {known.release}"
    return Outcome((Found(str(oid), known.ra, known.dec, Certainty.EXACT, where, oids=(oid,)),))
