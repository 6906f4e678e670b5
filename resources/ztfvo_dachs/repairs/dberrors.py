"""Tell faults of the database from those of the query.

DaCHS takes all for faults of the query, shows where the knowledge database's server is, and asks
to exchange catalogues whenever a query took long.
"""

from __future__ import annotations

from typing import Any

from gavo import base, svcs
from gavo.base import sqlsupport
from gavo.svcs import standardcores

from ztfvo_dachs import messages


def install_in_server() -> None:
    """Say in protocols other than TAP what failed, with its status, once in a process.

    Mistakes in parameters have status 200, as their standards say.
    """
    from gavo.web import vodal

    def fail(self: Any, failure: Any, request: Any) -> Any:
        status, text = messages.explain(failure.value)
        if status >= 500:
            base.ui.notifyFailure(failure)
        return self._writeErrorTable(request, text, status if status >= 500 else 200)

    vodal.DALRenderer._handleInputErrors = vodal.DALRenderer._handleRandomFailure = fail


def install() -> None:
    """Apply the repair, once in a process."""
    original = standardcores.mapDBErrors

    def explain(kind: Any, error: BaseException, traceback: Any) -> None:
        fault = messages.of_database(error) if isinstance(error, base.DBError) else None
        if fault:
            base.ui.notifyWarning(f"The database fails: {error!r}")
            raise fault from error
        original(kind, error, traceback)

    standardcores.mapDBErrors = svcs.mapDBErrors = explain
    connect = sqlsupport.getDBConnection

    def connect_or_say(*args: Any, **named: Any) -> Any:
        try:
            return connect(*args, **named)
        except base.ReportableError as error:
            base.ui.notifyWarning(f"No connection to the database: {error}")
            raise messages.Unavailable(messages.DATABASE_DOWN) from error

    sqlsupport.getDBConnection = base.getDBConnection = connect_or_say
