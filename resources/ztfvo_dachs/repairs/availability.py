"""Say at VOSI availability what is the case; DaCHS says that all is well with the database down."""

from __future__ import annotations

from typing import Any

from ztfvo.health import database_fault

OPTIONAL = True


def install_in_server() -> None:
    """Apply the repair, once in a process."""
    from gavo.web import vosi

    def tree(self: Any, request: Any) -> Any:
        return document(vosi.AVL, database_fault())

    vosi.VOSIAvailabilityRenderer._getTree = tree


def document(elements: Any, fault: str | None) -> Any:
    """Return the document of VOSI 1.1, section 5.

    Parameters
    ----------
    elements
        Of its namespace, as DaCHS has them.
    fault
        A sentence; None where all is well.
    """
    root = elements.availability[elements.available["false" if fault else "true"]]
    return root[elements.note[fault]] if fault else root
