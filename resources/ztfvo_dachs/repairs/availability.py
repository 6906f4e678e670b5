"""Say at VOSI availability what is the case; DaCHS says that all is well with the database down."""

from __future__ import annotations

from typing import Any

from ztfvo.health import database_fault


def install_in_server() -> None:
    """Apply the repair, once in a process."""
    from gavo.web import vosi

    def tree(self: Any, request: Any) -> Any:
        fault = database_fault()
        root = vosi.AVL.availability[vosi.AVL.available["false" if fault else "true"]]
        return root[vosi.AVL.note[fault]] if fault else root

    vosi.VOSIAvailabilityRenderer._getTree = tree
