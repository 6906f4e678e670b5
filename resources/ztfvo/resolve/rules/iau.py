"""Names that are made of a position, as the IAU recommends: J165749.8+352032.

Those that a star of the default release has are of it.
"""

from __future__ import annotations

import re

from anyio import to_thread
from psycopg import sql

from ztfvo import designation, position
from ztfvo.db import reading
from ztfvo.outside.ask import Desk
from ztfvo.position import BadPosition
from ztfvo.releases import releases
from ztfvo.resolve.model import Certainty, Found, Outcome
from ztfvo.store.names import schema_of

ORDER = 27
TITLE = "a name made of a position"
EXAMPLE = "J165749.8+352032"

_NAME = re.compile(
    r"(?:(?:[A-Z0-9][\w.+-]*? ?)??J)?(\d{6}(?:\.?\d{1,4})?)([+-]\d{6}(?:\.?\d{1,4})?)", re.ASCII
)
_ANGLE = re.compile(r"([+-]?\d\d)(\d\d)(\d\d)\.?(\d*)", re.ASCII)


def read(text: str) -> tuple[str, float, float] | None:
    """Return a name, with its right ascension and declination in degrees."""
    plain = text.replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-")
    match = _NAME.fullmatch(plain)
    if not match:
        return None
    try:
        place = position.read(" ".join(_ANGLE.sub(r"\1:\2:\3.\4", one) for one in match.groups()))
    except BadPosition as error:
        raise BadPosition(f"{text} is made of a position that cannot be: {error}") from error
    return plain, *place


async def find(named: tuple[str, float, float], desk: Desk) -> Outcome:
    """Return the star of the default release that has the name, or the position that is in it."""
    name, ra, dec = named
    if star := designation.read(name):
        found = await to_thread.run_sync(_stars, star)
        if found:
            return Outcome(found)
    note = "The position is that in the name, as exact as its digits"
    return Outcome((Found(name, ra, dec, Certainty.APPROXIMATE, "its digits", 2000.0, note=note),))


def _stars(name: str) -> tuple[Found, ...]:
    with reading() as connection:
        default = [one.name for one in releases(connection) if one.is_default]
        for release in default:
            query = sql.SQL("SELECT ra, dec, oids FROM {} WHERE name = %s").format(
                sql.Identifier(schema_of(release), "sources")
            )
            rows = connection.execute(query, (name,)).fetchall()
            by = f"release {release}"
            return tuple(
                Found(name, ra, dec, Certainty.EXACT, by, oids=tuple(oids))
                for ra, dec, oids in rows
            )
    return ()
