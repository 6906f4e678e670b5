"""Say what REQUEST and TOP of SSAP have to be, and list light curves in the forms of FORMAT.

DaCHS says that REQUEST is missing or invalid, and keeps the hint to itself; it fails on a negative
TOP.
"""

from __future__ import annotations

from typing import Any

from gavo.protocols import ssap

from ztfvo.dal import shorten
from ztfvo_dachs import messages, ssa

KNOWN = ("QUERYDATA", "GETTARGETNAMES")
EXAMPLE = "REQUEST=queryData&POS=254.45755,35.34236&SIZE=0.001"


def install() -> None:
    """Apply the repair, once in a process."""
    original = ssap.SSAPCore.run

    def run(self: Any, service: Any, parameters: Any, meta: Any) -> Any:
        wanted = parameters.getParam("REQUEST") or service.getProperty("defaultRequest", "")
        if wanted.upper() not in KNOWN:
            fault = (
                f"REQUEST={shorten(wanted)} is not known here" if wanted else "REQUEST is missing"
            )
            raise messages.Refused(f"{fault}: give REQUEST=queryData, e.g. {EXAMPLE}.", "REQUEST")
        top = parameters.getParam("TOP")
        if top is not None and top < 0:
            raise messages.Refused(f"TOP={top} is negative: give a number of rows.", "TOP")
        _require_size(meta.ctxArgs.get("SIZE"), parameters.getParam("SIZE"))
        found = original(self, service, parameters, meta)
        if wanted.upper() == "QUERYDATA":
            ssa.in_forms(found, ssa.forms(parameters.getParam("FORMAT")), meta["dbLimit"])
        return found

    ssap.SSAPCore.run = run


def _require_size(raw: Any, read: float | None) -> None:
    """Refuse a SIZE that is no number, such as NaN, which DaCHS takes for none given."""
    text = str(raw[0] if isinstance(raw, list) and raw else raw or "").strip()
    if text and read is None:
        raise messages.Refused(
            f"SIZE={shorten(text)} is not a number: give a diameter of 0 to 180 degrees.", "SIZE"
        )
