"""Names of ZTF alerts: of TNS' internal names, then of the brokers."""

from __future__ import annotations

import re

from ztfvo.outside.ask import Desk
from ztfvo.resolve.hosted import by_value
from ztfvo.resolve.known import first_known
from ztfvo.resolve.model import Outcome
from ztfvo.resolve.rules.transient import TNS

ORDER = 60
TITLE = "the name of a ZTF alert"
EXAMPLE = "ZTF18abqkqdm"
BROKERS = ("antares", "alerce_lightcurve")

_NAME = re.compile(r"ZTF ?(\d\d[a-z]{7})", re.ASCII | re.IGNORECASE)
_AMONG = "%s = ANY (regexp_split_to_array(internal_names, '\\s*,\\s*'))"


def read(text: str) -> str | None:
    """Return the name as brokers write it."""
    match = _NAME.fullmatch(text)
    return f"ZTF{match[1].lower()}" if match else None


async def find(name: str, desk: Desk) -> Outcome:
    """Look a name up in the table of TNS, then ask the brokers."""
    outcome = await by_value("tns", TNS, _AMONG, name, ["name_prefix", "name"])
    return outcome if outcome.found else await first_known(BROKERS, name, desk)
