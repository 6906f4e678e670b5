"""Run synchronous TAP queries without a job.

DaCHS makes a row in its table of jobs and a folder for each, and takes them away when the query
has ended; whoever knew the row could end the query, and everything that stopped the server left
both behind.  A query that lives no longer than its request needs neither.
"""

from __future__ import annotations

import sys
import tempfile
from typing import Any, BinaryIO

from gavo import base, formats, svcs
from gavo.protocols import adqlglue, dali, tap, taprunner, uws

from ztfvo.settings import get_settings
from ztfvo_dachs import messages
from ztfvo_dachs.repairs import connections, hangups, limits, quotas


class Query:
    """What DaCHS wants to know of a job, for a query that is none."""

    jobId = "synchronous"

    def __init__(self, owner: str | None) -> None:
        self.owner = owner


def install() -> None:
    """Apply the repair, once in a process."""
    parse = taprunner._parseTAPParameters

    def parse_rightly(job: str, parameters: dict[str, Any]) -> tuple[str, int]:
        try:
            return parse(job, parameters)
        except uws.UWSError as error:
            raise base.ValidationError(str(error), "LANG") from error

    taprunner._parseTAPParameters = parse_rightly
    taprunner.getQTableFromJob = query_table
    tap.TAPCore.run = run


def install_in_server() -> None:
    """Answer failed queries with statuses and sentences."""
    from gavo.web import syncrender

    def fail(self: Any, failure: Any, request: Any) -> Any:
        error = failure.value
        status, text = messages.explain(error)
        if status >= 500 and not request._disconnected:
            base.ui.notifyFailure(failure)
        hint = getattr(error, "hint", None) if status < 500 else None
        return dali.serveDALIError(request, {"msg": text, "hint": hint, "httpCode": status})

    syncrender.SyncRenderer._handleFailure = fail


def run(self: Any, service: Any, input_table: Any, meta: Any) -> tuple[BinaryIO, str]:
    """Return the result of a query as an open file that has no name, and its media type.

    Raises
    ------
    ValidationError
        When parameters, uploads or query cannot be used.
    Unavailable
        When the database fails or the query takes too long.
    """
    given = {name.lower(): value for name, value in input_table.getParamDict().items()}
    wanted = given.get("responseformat") or given.get("format") or "votable"
    chosen = formats.getKeyFor(wanted)
    owner = meta.getAuthUser() if meta["user_pretend"] else None
    seconds = base.getConfig("async", "defaultExecTimeSync")
    quotas.check_disk()
    file = tempfile.TemporaryFile(dir=quotas.folder())  # noqa: SIM115 - handed on
    bounded = quotas.Bounded(file, get_settings().result_mb * quotas.MEGABYTE)
    try:
        with connections.lent() as connection:
            table = _table(given, Query(owner), connection, seconds, autoClose=False)
            taprunner.writeResultTo(chosen, taprunner._makeDataFor(table), bounded)
    except Exception:
        file.close()
        svcs.mapDBErrors(*sys.exc_info())
    file.seek(0)
    cut = table.tableDef.overflowLimit if table.ztfvo_cut else None
    return file, limits.Media(formats.getMIMEFor(chosen, wanted), cut)


def query_table(parameters: dict[str, Any], job: Any, profile: str, seconds: float) -> Any:
    """Return the table that a query stands for; it is run when its rows are asked for.

    Its connection is closed with it, or when it cannot be made.
    """
    connection = base.getDBConnection(profile)
    try:
        return _table(parameters, job, connection, seconds, autoClose=True)
    except BaseException:
        connection.close()
        raise


def _table(
    parameters: dict[str, Any], job: Any, connection: Any, seconds: float, **how: bool
) -> Any:
    query, most = taprunner._parseTAPParameters(job.jobId, parameters)
    if parameters.get("maxrec") is None:
        most = None  # the query's own TOP may be above the default
    hangups.take_turn(connection)
    taprunner._noteWorkerPID(connection)
    uploads = taprunner._ingestUploads(job, parameters.get("upload"), connection)
    return adqlglue.runTAPQuery(
        query, seconds, connection, uploads, most, forUser=job.owner or "anonymous", **how
    )
