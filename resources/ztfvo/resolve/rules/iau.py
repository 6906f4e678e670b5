"""Names that are made of a position, as the IAU recommends: J165749.8+352032."""

from __future__ import annotations

import re

from astropy.coordinates import jparser

from ztfvo.outside.ask import Desk
from ztfvo.position import BadPosition
from ztfvo.resolve.model import Certainty, Found, Outcome

ORDER = 27
TITLE = "a name made of a position"
EXAMPLE = "J165749.8+352032"

_NAME = re.compile(
    r"((?:[A-Z0-9][\w.+-]*? ?)??J)?(\d{6}(?:\.?\d{1,4})?[+-]\d{6}(?:\.?\d{1,4})?)", re.ASCII
)


def read(text: str) -> tuple[str, float, float] | None:
    """Return a name, with its right ascension and declination in degrees."""
    plain = text.replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-")
    match = _NAME.fullmatch(plain)
    if not match:
        return None
    try:
        place = jparser.to_skycoord(f"J{match[2]}")
    except ValueError as error:
        raise BadPosition(f"{text} is made of a position that cannot be: {error}.") from error
    return plain, float(place.ra.deg), float(place.dec.deg)


async def find(named: tuple[str, float, float], desk: Desk) -> Outcome:
    """Return the position that is in the name."""
    name, ra, dec = named
    note = "The position is that in the name, as exact as its digits"
    return Outcome((Found(name, ra, dec, Certainty.APPROXIMATE, "its digits", 2000.0, note=note),))
