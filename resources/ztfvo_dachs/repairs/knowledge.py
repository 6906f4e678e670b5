"""Answer 503 with a sentence when the server behind the foreign tables does not answer.

DaCHS takes it for a fault of the query, and shows where that server is.
"""

from __future__ import annotations

from typing import Any

from gavo import base, svcs
from gavo.svcs import standardcores

from ztfvo_dachs import messages


def install() -> None:
    """Apply the repair, once in a process."""
    original = standardcores.mapDBErrors

    def explain(kind: Any, error: BaseException, traceback: Any) -> None:
        if isinstance(error, base.DBError) and messages.is_knowledge_down(error):
            base.ui.notifyWarning(f"The knowledge database does not answer: {error}")
            raise messages.KnowledgeDown from error
        original(kind, error, traceback)

    standardcores.mapDBErrors = svcs.mapDBErrors = explain
