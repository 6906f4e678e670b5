"""All other names: those that SIMBAD, NED or VizieR know, by Sesame of CDS."""

from __future__ import annotations

from ztfvo.outside.ask import Desk
from ztfvo.resolve.known import by_source
from ztfvo.resolve.model import Outcome

ORDER = 90
TITLE = "a name that SIMBAD, NED or VizieR know"
EXAMPLE = "HZ Her"


def read(text: str) -> str | None:
    """Return a text that has a letter."""
    return text if any(letter.isalpha() for letter in text) else None


async def find(name: str, desk: Desk) -> Outcome:
    """Ask Sesame."""
    return await by_source("sesame", name, desk)
