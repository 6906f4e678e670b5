"""Sources of Gaia DR3 by their identifiers."""

from __future__ import annotations

import re

from ztfvo.outside.ask import Desk
from ztfvo.position import BadPosition
from ztfvo.resolve.known import by_source
from ztfvo.resolve.model import Outcome

ORDER = 25
TITLE = "a source of Gaia DR3"
EXAMPLE = "Gaia DR3 1338822021487330304"
SOURCE = "gaia_photometry"

_NAME = re.compile(r"Gaia[ _]?(E?DR3) ?(\d{1,19})", re.ASCII | re.IGNORECASE)
_BARE = re.compile(r"\d{18,19}", re.ASCII)


def read(text: str) -> str | None:
    """Return the source_id that a text names; 18 or 19 digits alone are one too."""
    match = _NAME.fullmatch(text)
    digits = match[2] if match else text if _BARE.fullmatch(text) else None
    if digits and int(digits) >= 2**63:
        raise BadPosition(f"{text} is no source of Gaia: its number is above 2^63.")
    return digits


async def find(identifier: str, desk: Desk) -> Outcome:
    """Ask Gaia's archive."""
    return await by_source(SOURCE, identifier, desk)
