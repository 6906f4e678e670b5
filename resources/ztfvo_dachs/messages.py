"""What people are told when a query fails inside DaCHS."""

from __future__ import annotations

import re

from gavo import base

FAILED = (
    "The service failed on this request. Try again; if it fails again, please tell the "
    "operators the address you used and the time."
)

KDB_DOWN = (
    "The knowledge database does not answer, so the tables of schema kdb cannot be asked now; all "
    "other tables can. Try again in a minute."
)

_KDB_FAILS = re.compile(
    r'could not connect to server "kdb"'
    r"|(?:terminating connection|connection unexpectedly|permission denied|does not exist"
    r"|no connection to the server).*remote SQL command",
    re.DOTALL | re.IGNORECASE,
)
_INTERVAL = re.compile(r"Field (?P<name>\w+): Bad parameter literal \['(?P<value>[^']*)'\]")
_MISSING = re.compile(r'relation "(?P<schema>\w+)\.\w+" does not exist')


class KnowledgeDown(base.ValidationError):
    """The foreign tables of the knowledge database cannot be read.

    It is none of the query's faults, but forms show those beside the query, and others as a bug.
    """

    httpCode = 503

    def __init__(self) -> None:
        super().__init__(KDB_DOWN, "query")

    def __str__(self) -> str:
        return KDB_DOWN


def is_knowledge_down(error: BaseException) -> bool:
    """Whether an error of the database is that of the server behind the foreign tables."""
    return bool(_KDB_FAILS.search(str(error)))


def explain(error: Exception) -> tuple[int, str]:
    """HTTP status and sentence for an exception; never a traceback or a piece of one."""
    if isinstance(error, KnowledgeDown) or is_knowledge_down(error):
        return KnowledgeDown.httpCode, KDB_DOWN
    text = str(error).strip()
    missing = _MISSING.search(text)
    if missing:
        return 404, (
            f"The tables of {missing['schema']} are not loaded at this site: see ztf.releases "
            "in TAP for the releases that are."
        )
    interval = _INTERVAL.match(text)
    if interval:
        name, value = interval["name"].upper(), interval["value"]
        return 400, f"{name}={value} is not a range: give two numbers, e.g. {name}=10 100."
    if isinstance(error, base.QueryCanceledError) or "timed out" in text:
        return 503, "The query took too long and was stopped: ask for a smaller cone, or use TAP."
    if isinstance(error, base.ValidationError):
        return 400, text
    if isinstance(error, base.ReportableError):
        return 500, text
    return 500, FAILED
