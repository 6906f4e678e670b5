"""Tell faults of the database from those of the query.

DaCHS takes all for faults of the query, shows where the knowledge database's server is, and asks
to exchange catalogues whenever a query took long.
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
        if isinstance(error, base.ReportableError) and isinstance(error.__context__, base.DBError):
            error = error.__context__
        fault = messages.of_database(error) if isinstance(error, base.DBError) else None
        if fault:
            base.ui.notifyWarning(f"The database fails: {error!r}")
            raise fault from error
        original(kind, error, traceback)

    standardcores.mapDBErrors = svcs.mapDBErrors = explain
