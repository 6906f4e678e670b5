"""OIDs: light curves of the releases that are loaded here."""

from __future__ import annotations

import re

from anyio import to_thread
from psycopg import sql

from ztfvo.db import reading
from ztfvo.oid import InvalidOID, parse
from ztfvo.outside.ask import Desk
from ztfvo.position import BadPosition
from ztfvo.releases import releases
from ztfvo.resolve.model import Certainty, Found, Outcome
from ztfvo.store.names import schema_of

ORDER = 10
TITLE = "an OID of 15 or 16 digits"
EXAMPLE = "680113300005170"

_DIGITS = re.compile(r"(?:ZTF )?(?:OID )?(\d{13,17})", re.ASCII | re.IGNORECASE)


def read(text: str) -> int | None:
    """Return the OID that a text is."""
    match = _DIGITS.fullmatch(text)
    if not match:
        return None
    try:
        return parse(match[1])
    except InvalidOID as error:
        raise BadPosition(str(error)) from error


async def find(oid: int, desk: Desk) -> Outcome:
    """Look an OID up in the default release, then in the others."""
    return await to_thread.run_sync(_find, oid)


def _find(oid: int) -> Outcome:
    with reading() as connection:
        known = sorted(releases(connection), key=lambda one: (not one.is_default, one.name))
        for release in known:
            query = sql.SQL("SELECT ra, dec FROM {} WHERE oid = %s").format(
                sql.Identifier(schema_of(release.name), "object")
            )
            row = connection.execute(query, (oid,)).fetchone()
            if row:
                found = Found(
                    str(oid), *row, Certainty.EXACT, f"release {release.name}", oids=(oid,)
                )
                return Outcome((found,))
    return Outcome()
