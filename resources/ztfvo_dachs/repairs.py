"""Repairs of faults in DaCHS 2.11 that would reach users.

Each function says what goes wrong without it; a test in ``tests/services`` fails then.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gavo import base, formats, svcs
from gavo.formats import common as formatscommon
from gavo.formats import jsontable, votablewrite
from gavo.protocols import dali, tap, taprunner
from gavo.svcs import common, standardcores

from ztfvo_dachs import messages


def install() -> None:
    """Apply all repairs, once in a process."""
    if getattr(common.QueryMeta, "ztfvo_repaired", False):
        return
    common.QueryMeta.ztfvo_repaired = True
    _bound_query_options()
    _close_test_queries()
    _run_jobs_here()
    _write_json()
    _withdraw_geojson()
    _blame_rightly()
    _tell_of_the_knowledge_database()
    _describe_services_once()


def install_in_server() -> None:
    """Apply the repairs that only a process with a web server needs."""
    from gavo.web import root

    if hasattr(root.ArchiveService, "ztfvo_repaired"):
        return
    root.ArchiveService.ztfvo_repaired = True
    _answer_unknown_services(root.ArchiveService)
    _cache_bodies_only()
    _accept_any_body()


def _bound_query_options() -> None:
    """Keep requests from setting their own time limit or asking for rows without end.

    In DaCHS ``_TIMEOUT=1e9`` lifts the limit of any service, ``_DBOPTIONS_DIR=x`` is a
    traceback in HTML, ``MAXREC=-1`` goes into the SQL, and nothing caps MAXREC.
    """
    original = common.QueryMeta._fillDbOptions
    most = base.getConfig("ivoa", "dalHardLimit")

    def fill(self: Any, args: Any) -> None:
        kept = {
            name: value
            for name, value in args.items()
            if name.upper() not in ("_TIMEOUT", "_DBOPTIONS_DIR")
        }
        direction = str(args.get("_DBOPTIONS_DIR", "ASC")).upper()
        kept["_DBOPTIONS_DIR"] = "DESC" if direction == "DESC" else "ASC"
        original(self, type(args)(kept))
        if self["dbLimit"] < 0:
            self["dbLimit"] = self.defaultLimit
        self["dbLimit"] = min(self["dbLimit"], most)

    common.QueryMeta._fillDbOptions = fill


def _close_test_queries() -> None:
    """Drop the magic TAP queries that hold a thread for a minute or crash a job on purpose."""
    taprunner._hangIfMagic = lambda jobId, parameters, timeout: None


def _run_jobs_here() -> None:
    """Run asynchronous TAP jobs by this Python, not by the first ``dachs`` on the PATH."""
    program = Path(sys.executable).parent / "dachs"

    def command(self: Any, job: Any) -> tuple[str, list[str]]:
        words = ["-s", str(program), "--ui", "stingy", "taprun", "--", str(job.jobId)]
        return sys.executable, [sys.executable, *words]

    tap.TAPTransitions.getCommandLine = command


def _write_json() -> None:
    """Keep what only matters inside DaCHS out of JSON.

    The cone search marks its columns with Python types and functions, on which the
    JSON writer breaks in the middle of the answer, with a traceback in it.
    """
    original = jsontable._getJSONColumns

    def columns(manager: Any) -> list[dict[str, Any]]:
        return [
            {key: value for key, value in column.items() if _is_plain(value)}
            for column in original(manager)
        ]

    jsontable._getJSONColumns = columns


def _withdraw_geojson() -> None:
    """Offer GeoJSON no more: it fails in the middle of the answer for ordinary tables."""
    registry = formatscommon.FORMATS_REGISTRY
    registry.writerRegistry.pop("geojson", None)
    for mime in [mime for mime, key in registry.mimeToKey.items() if key == "geojson"]:
        del registry.mimeToKey[mime]


def _is_plain(value: object) -> bool:
    try:
        json.dumps(value)
    except TypeError:
        return False
    return True


def _blame_rightly() -> None:
    """Answer 400, not 500, when the fault is in the user's query.

    DaCHS keeps only the message of a failed job and takes every failure for its own.
    """
    base.ValidationError.httpCode = 400
    formats.CannotSerializeIn.httpCode = 400
    seen = threading.local()
    run_job, run_core = taprunner.runTAPJobNoState, tap.TAPCore.run

    def noting(*args: Any) -> None:
        try:
            run_job(*args)
        except Exception as error:
            seen.status = getattr(error, "httpCode", 500)
            raise

    def blaming(self: Any, *args: Any) -> Any:
        seen.status = 500
        try:
            return run_core(self, *args)
        except base.Error as error:
            if not hasattr(error, "httpCode"):
                error.httpCode = seen.status
            raise

    taprunner.runTAPJobNoState = noting
    tap.TAPCore.run = blaming


def _tell_of_the_knowledge_database() -> None:
    """Answer 503 with a sentence when the server behind the foreign tables does not answer.

    DaCHS takes it for a fault of the query, and shows where that server is.
    """
    original = standardcores.mapDBErrors

    def explain(kind: Any, error: BaseException, traceback: Any) -> None:
        if isinstance(error, base.DBError) and messages.is_knowledge_down(error):
            base.ui.notifyWarning(f"The knowledge database does not answer: {error}")
            raise messages.KnowledgeDown from error
        original(kind, error, traceback)

    standardcores.mapDBErrors = svcs.mapDBErrors = explain


def _describe_services_once() -> None:
    """Describe each links service once in results of joins.

    DaCHS describes it again for each of the tables that it belongs to.
    """
    original = votablewrite._iterDatalinkResources

    def resources(context: Any, data: Any) -> Iterator[Any]:
        seen = set()
        for element in original(context, data):
            written = element.render()
            if written not in seen:
                seen.add(written)
                yield element

    votablewrite._iterDatalinkResources = resources


def _cache_bodies_only() -> None:
    """Keep the transfer's headers out of cached pages.

    The first answer goes out in chunks; DaCHS keeps its headers and sends the page whole
    under them from then on, which clients and proxies refuse.
    """
    from gavo.web import caching

    original = caching.CachedPage.__init__

    def make(self: Any, content: bytes, headers: Any, last_modified: Any) -> None:
        headers.removeHeader("transfer-encoding")
        original(self, content, headers, last_modified)

    caching.CachedPage.__init__ = make


def _accept_any_body() -> None:
    """Let handlers read bodies that are no form; DaCHS hangs up on any POST with one.

    Its parser of forms refuses all other content types, so it must not see them.
    """
    from gavo.web.common import Request

    original = Request.requestReceived
    forms = (b"application/x-www-form-urlencoded", b"multipart/form-data")

    def receive(self: Any, command: bytes, path: bytes, version: bytes) -> None:
        sent = self.requestHeaders.getRawHeaders(b"content-type")
        if sent and sent[0].partition(b";")[0].strip().lower() not in forms:
            process = self.process

            def process_with_type() -> None:
                self.requestHeaders.setRawHeaders(b"content-type", sent)
                process()

            self.requestHeaders.removeHeader(b"content-type")
            self.process = process_with_type
        original(self, command, path, version)

    Request.requestReceived = receive


def _answer_unknown_services(service: type) -> None:
    """Say in a VOTable, not in HTML, that there is no such cone search."""
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
