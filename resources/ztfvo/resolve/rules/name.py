"""All other names: those of hosted catalogs, then those that SIMBAD, NED or VizieR know, by Sesame
of CDS."""

from __future__ import annotations

from dataclasses import replace

from ztfvo.outside.ask import Desk
from ztfvo.resolve.hosted import by_name
from ztfvo.resolve.known import by_source
from ztfvo.resolve.model import Outcome

ORDER = 90
TITLE = "a name that a catalogue here, SIMBAD, NED or VizieR knows"
EXAMPLE = "HZ Her"


def read(text: str) -> str | None:
    """Return a text that has a letter."""
    return text if any(letter.isalpha() for letter in text) else None


async def find(name: str, desk: Desk) -> Outcome:
    """Look a name up in the hosted catalogs, then ask Sesame."""
    here = await by_name(name)
    if here.found:
        return here
    outside = await by_source("sesame", name, desk)
    return replace(outside, silent=here.silent | outside.silent)
