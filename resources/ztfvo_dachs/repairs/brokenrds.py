"""Read a descriptor again that could not be read for want of the database.

DaCHS keeps the failure until the descriptor's file changes: what a process met while the database
was starting, it said for ever.
"""

from __future__ import annotations

from typing import Any

from ztfvo_dachs import messages

OPTIONAL = True

UNAVAILABLE = 503


def install() -> None:
    """Apply the repair, once in a process."""
    from gavo.rscdesc import CachedException

    original = CachedException.isDirty

    def is_dirty(self: Any) -> bool:
        return original(self) or messages.explain(self.exception)[0] == UNAVAILABLE

    CachedException.isDirty = is_dirty
