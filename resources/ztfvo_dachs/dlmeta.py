"""The renderer of links services: DaCHS' own, behind checks, with errors as DALI wants them."""

from __future__ import annotations

from typing import Any

from gavo.svcs import renderers
from gavo.web import vodal

from ztfvo import votable
from ztfvo.dal import shorten
from ztfvo_dachs import faults

MOST = 5_000
"""IDs that one request may have."""

ROWS = 30_000
"""Rows of links after which an answer ends, at the end of an ID's, where MAXREC is not given."""

FORMATS = ("", "votable", "votable/td", votable.MEDIA_TYPE, "text/xml", "application/xml")
"""Names of the one form that links have."""


class LinksRenderer(vodal.DatalinkGetMetaRenderer):
    """Links of the IDs given.

    Without any ID there are none (DataLink 1.1, section 2.1.1); an ID without a value counts as not
    given.  For parameters that cannot be used the answer is an error document with status 400 whose
    message begins as section 3.4 demands.
    """

    name = "dlmeta"

    def __init__(self, request: Any, service: Any) -> None:
        given: dict[str, list[str]] = {}
        for name, values in request.strargs.items():
            if not name.startswith("_"):  # those are for DaCHS' own forms
                given.setdefault(name.upper(), []).extend(str(value) for value in values)
        if "ID" in given:
            given["ID"] = [votable.printable(one) for one in given["ID"] if one.strip()]
        request.strargs.clear()
        request.strargs.update(given)
        super().__init__(request, service)
        if "MAXREC" not in given:
            self.queryMeta["dbLimit"] = ROWS

    def render(self, request: Any) -> Any:
        identifiers = request.strargs.get("ID", [])
        for kind in request.strargs.pop("RESPONSEFORMAT", []):
            if kind.partition(";")[0].strip().lower() not in FORMATS:
                text = f"RESPONSEFORMAT={shorten(kind)} is not possible for links: leave it out, or"
                return faults.refuse(request, 400, f"{text} give votable.")
        if len(identifiers) > MOST:
            return faults.refuse(
                request,
                400,
                f"{len(identifiers)} IDs are too many for one request: give {MOST} at most.",
            )
        return super().render(request)

    def _reportError(self, failure: Any, request: Any) -> Any:
        return faults.refuse(request, *faults.explained(failure))


def install() -> None:
    """Put `LinksRenderer` in place of DaCHS' own renderer."""
    vodal.DatalinkGetMetaRenderer = LinksRenderer
    renderers.getRenderer.cache_clear()
