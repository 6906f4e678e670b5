"""Positions, in degrees or hours."""

from __future__ import annotations

from ztfvo import position
from ztfvo.outside.ask import Desk
from ztfvo.resolve.model import Certainty, Found, Outcome

ORDER = 30
TITLE = "a position (ICRS)"
EXAMPLE = "254.45755 +35.34236 or 16:57:49.81 +35:20:32.5"


def read(text: str) -> tuple[float, float] | None:
    """Return right ascension and declination of a text, deg."""
    return None if position.is_name(text) else position.read(text)


async def find(place: tuple[float, float], desk: Desk) -> Outcome:
    """Return the position itself."""
    ra, dec = place
    found = Found(f"{ra:.6f} {dec:+.6f}", ra, dec, Certainty.EXACT, "its coordinates")
    return Outcome((found,))
