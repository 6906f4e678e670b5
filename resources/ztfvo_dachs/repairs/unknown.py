"""Serve the site's descriptors and what they need of DaCHS, and nothing else.

DaCHS serves its tests, its administration and any descriptor it can find; and it says in HTML that
there is no such cone search.
"""

from __future__ import annotations

import re
from typing import Any

from gavo import base
from gavo.protocols import dali
from gavo.svcs import common

STATICS = ("static", "favicon.png", "favicon.ico")
"""First segments of addresses that lead to pages outside descriptors."""

_DESCRIPTORS = re.compile(
    r"((?:ztf|catalogs)/[a-z][a-z0-9_]*|kdb/kdb|__system__/(adql|dc_tables|obscore|services|tap))"
)


def install_in_server() -> None:
    """Apply the repair, once in a process."""
    from gavo.web import grend, root
    from twisted.web import template

    service = root.ArchiveService
    for name in set(service.statics) - set(STATICS):
        del service.statics[name]
    original = service._locateResourceBasedChild

    def locate(self: Any, request: Any, segments: list[str]) -> Any:
        try:
            if not _DESCRIPTORS.fullmatch("/".join(segments[:2])):
                raise common.UnknownURI("There is nothing at this address.")
            return original(self, request, segments)
        except (common.UnknownURI, base.NotFoundError):
            if not segments[-1].endswith(".xml"):
                raise
            path = "/".join(segments)
            message = f"There is no service at /{path} here: see / for the services there are."
            return dali.DALIErrorResource(message, httpStatus=404), []

    service._locateResourceBasedChild = locate
    # Nobody logs in to DaCHS here, so that its pages offer it to nobody.
    grend.GavoRenderMixin.authinfo = template.renderer(lambda self, request, tag: "")
