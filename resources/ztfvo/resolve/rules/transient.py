"""Transients by their IAU names, of the Transient Name Server."""

from __future__ import annotations

import re

from ztfvo.outside.ask import Desk
from ztfvo.resolve.hosted import by_value
from ztfvo.resolve.model import Outcome
from ztfvo.resolve.rules import name as names

ORDER = 50
TITLE = "a transient's IAU name"
EXAMPLE = "AT2018lwh"
TNS = "Transient Name Server"

_NAME = re.compile(r"(?:(AT|SN|TDE|FRB)[ _-]?)?((?:1[0-9]|20)\d\d ?[A-Za-z]{1,5})", re.ASCII | re.I)


def read(text: str) -> tuple[str, str] | None:
    """Return prefix, if there is one, and name, as TNS writes them."""
    match = _NAME.fullmatch(text)
    if not match:
        return None
    year, letters = match[2][:4], match[2][4:].strip()
    known = letters.upper() if len(letters) == 1 else letters.lower()
    return (match[1] or "").upper(), year + known


async def find(named: tuple[str, str], desk: Desk) -> Outcome:
    """Look a name up in the table of TNS, then where all names are known."""
    prefix, name = named
    outcome = await by_value("tns", TNS, "name = %s", name, ["name_prefix", "name"])
    if outcome.found:
        return outcome
    # That TNS is not installed is no reason to try again later.
    return await names.find(f"{prefix} {name}".strip(), desk)
