"""Leave links out of DaCHS' pages that lead to what this site does not serve.

They lead to registry records and administration by addresses that are not served, to another
site's statistics, and to the examples of TAP where they are not.
"""

from __future__ import annotations

import io
import re
from typing import Any

from gavo import base

from ztfvo_dachs.repairs import reloading

NOT_SERVED = rb"/(?:getRR|seffe)/"
PARAGRAPH = re.compile(
    rb"<p\b[^>]*>(?:(?!</p>).)*?" + NOT_SERVED + rb"(?:(?!</p>).)*</p>", re.DOTALL
)
"""A paragraph of a template with such a link."""

MOVED = {"__system__/tap/run/tap/examples": "tap/examples"}
"""Addresses by what DaCHS' own texts call them."""

UNRELATED = "/logs/"
"""Beginning of an address that DaCHS' own site has."""


def install() -> None:
    """Correct addresses in texts, once in a process."""
    from gavo.base import macros

    original = macros.StandardMacroMixin.macro_internallink

    def internallink(self: Any, path: str) -> str:
        return original(self, MOVED.get(path, path))

    macros.StandardMacroMixin.macro_internallink = internallink


def install_in_server() -> None:
    """Leave such links out of templates and of the list of services, once in a process."""
    from gavo.formal import nevowc

    def load(self: Any) -> Any:
        with open(self._path, "rb") as file:
            return nevowc._flatsaxParse(io.BytesIO(PARAGRAPH.sub(b"", file.read())))

    nevowc.XMLFile._loadDoc = load
    _show_what_is_served()
    _forget_statistics()
    reloading.after.append(_forget_statistics)


def _show_what_is_served() -> None:
    """List services that are for everyone, and tables that TAP has."""
    from gavo.web import metarender

    services = metarender.RDInfoPage.data_services
    others = metarender.MetaRenderer.data_otherServices
    tables = metarender.RDInfoPage.data_tables

    def of_everyone(self: Any, request: Any, tag: Any) -> list[Any]:
        return [one for one in services(self, request, tag) if not one.limitTo]

    def others_of_everyone(self: Any, request: Any, tag: Any) -> list[Any]:
        closed = {one.getURL("info") for one in self.describingRD.services if one.limitTo}
        return [one for one in others(self, request, tag) if one["infoURL"] not in closed]

    def of_tap(self: Any, request: Any, tag: Any) -> list[Any]:
        return [one for one in tables(self, request, tag) if one.adql]

    metarender.RDInfoPage.data_services = of_everyone
    metarender.MetaRenderer.data_otherServices = others_of_everyone
    metarender.RDInfoPage.data_tables = of_tap
    # Records of the registry that are no services have no pages.
    metarender.RDInfoPage.data_otherrecs = lambda self, request, tag: []


def _forget_statistics() -> None:
    overview = base.caches.getRD("//services").getById("overview")
    related = list(overview.iterMeta("_related"))
    overview.delMeta("_related")
    for one in related:
        if not one.content.startswith(UNRELATED):
            overview.addMeta("_related", one)
