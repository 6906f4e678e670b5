"""Say in a VOTable, not in HTML, that there is no such cone search."""

from __future__ import annotations

from typing import Any

from gavo import base
from gavo.protocols import dali
from gavo.svcs import common


def install_in_server() -> None:
    """Apply the repair, once in a process."""
    from gavo.web import root

    service = root.ArchiveService
    original = service._locateResourceBasedChild

    def locate(self: Any, request: Any, segments: list[str]) -> Any:
        try:
            return original(self, request, segments)
        except (common.UnknownURI, base.NotFoundError):
            if not segments[-1].endswith(".xml"):
                raise
            path = "/".join(segments)
            message = f"There is no service at /{path} here: see / for the services there are."
            return dali.DALIErrorResource(message, httpStatus=404), []

    service._locateResourceBasedChild = locate
