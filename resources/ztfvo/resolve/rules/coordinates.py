"""Positions, in degrees or hours."""

from __future__ import annotations

from ztfvo import position
from ztfvo.outside.ask import Desk
from ztfvo.resolve.model import Certainty, Found, Outcome

ORDER = 30
TITLE = "a position (ICRS)"
DECIMALS = 11
"""Of right ascension in degrees: 24 h are 0."""
EXAMPLE = "254.45755 +35.34236 or 16:57:49.81 +35:20:32.5"


def read(text: str) -> tuple[float, float] | None:
    """Return right ascension and declination of a text, deg."""
    if position.is_name(text):
        return None
    ra, dec = position.read(text)
    if not (-360 <= ra <= 360 and -90 <= dec <= 90):
        raise position.BadPosition(
            f"{text} is not a position: right ascension goes from 0 to 360 and declination from -90"
            f" to 90 degrees. Write e.g. {position.EXAMPLES}."
        )
    return round(ra, DECIMALS) % 360, dec


async def find(place: tuple[float, float], desk: Desk) -> Outcome:
    """Return the position itself."""
    ra, dec = place
    found = Found(f"{ra:.6f} {dec:+.6f}", ra, dec, Certainty.EXACT, "its coordinates")
    return Outcome((found,))
