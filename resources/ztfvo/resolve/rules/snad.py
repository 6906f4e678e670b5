"""Transients that SNAD found in the ZTF releases."""

from __future__ import annotations

import re

from ztfvo.outside.ask import Desk
from ztfvo.resolve.hosted import by_value
from ztfvo.resolve.model import Outcome

ORDER = 20
TITLE = "a transient of SNAD"
EXAMPLE = "SNAD101"

_NAME = re.compile(r"SNAD[ -]?0*(\d{1,4})", re.ASCII | re.IGNORECASE)


def read(text: str) -> str | None:
    """Return the name as the catalogue writes it."""
    match = _NAME.fullmatch(text)
    return f"SNAD{int(match[1]):03d}" if match else None


async def find(name: str, desk: Desk) -> Outcome:
    """Look a name up in SNAD's catalogue."""
    return await by_value("snad", "SNAD's catalogue", "name = %s", name, ["name"], "oid")
