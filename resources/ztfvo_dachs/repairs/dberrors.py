"""Distinguish faults of the database from those of the query.

DaCHS takes all for faults of the query, shows where the knowledge database's server is, and asks
to exchange catalogues whenever a query took long.
"""

from __future__ import annotations

from typing import Any

from gavo import base, svcs, utils
from gavo.base import sqlsupport
from gavo.protocols import dali
from gavo.svcs import standardcores

from ztfvo_dachs import messages
from ztfvo_dachs.repairs import availability

DOWN = 503
"""HTTP status of what is not there now."""

PROTOCOLS = (
    *("scs.xml", "ssap.xml", "siap2.xml", "dlmeta", "sync", "async", "tables", "capabilities"),
    *("tableMetadata", "oai.xml", "pubreg.xml"),
)
"""Last segments of addresses whose errors are documents of DALI."""


def install_in_server() -> None:
    """Say in protocols other than TAP what failed, with its status, once in a process.

    Mistakes in parameters have status 200, as their standards say.
    """
    from gavo.web import vodal

    _say_while_descriptors_are_read()

    def fail(self: Any, failure: Any, request: Any) -> Any:
        status, text = messages.explain(failure.value)
        if status >= 500:
            base.ui.notifyFailure(failure)
        return self._writeErrorTable(request, text, status if status >= 500 else 200)

    vodal.DALRenderer._handleInputErrors = vodal.DALRenderer._handleRandomFailure = fail


def _say_while_descriptors_are_read() -> None:
    """Answer 503 where a descriptor cannot be read for want of its tables, and not as for a bug."""
    from gavo.web import vosi, weberrors
    from twisted.python.failure import Failure
    from twisted.web import server

    original = weberrors.getDCErrorPage

    class DownPage(weberrors.ErrorPage):
        titleMessage = "Not available now"
        beforeMessage = "This page needs something that is not there now:"
        afterMessage = ""

        def render(self, request: Any) -> Any:
            self.status, text = messages.explain(self.flr.value)
            last = request.path.decode("utf-8", "replace").rpartition("/")[2]
            if last == "availability":
                request.setHeader("content-type", "text/xml")
                utils.xmlwrite(availability.document(vosi.AVL, text), request)
                request.finish()
                return server.NOT_DONE_YET
            if last in PROTOCOLS or request.path.startswith(b"/tap/async"):
                return dali.serveDALIError(request, text, httpStatus=self.status)
            return super().render(request)

    def page(failure: Any) -> Any:
        failure = failure or Failure()
        is_down = messages.explain(failure.value)[0] == DOWN
        return DownPage(failure) if is_down else original(failure)

    weberrors.getDCErrorPage = page


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
