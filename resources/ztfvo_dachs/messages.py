"""What people are shown when a query fails inside DaCHS."""

from __future__ import annotations

import re

import psycopg2
from gavo import base, formats, svcs

from ztfvo.addresses import CATALOGS
from ztfvo.settings import get_settings

KDB_DOWN = (
    "The knowledge database does not answer, so the tables of schema kdb cannot be asked now; all "
    "other tables can. Try again in a minute."
)

DATABASE_DOWN = "The database does not answer: try again in a minute."

TOO_LONG = (
    "The query took too long and was stopped: ask for less (a smaller cone, fewer rows, columns "
    "with an index), or send it to /tap/async, which has a longer limit."
)

_CANCELED = "57014"
"""SQLSTATE of a query that was stopped, by its time limit or by hand."""

_DOWN = ("08", "53", "57")
"""Classes of SQLSTATE: connections, resources, operators (PostgreSQL, appendix A)."""

_OF_GEOMETRY = {
    *("box.c", "circle.c", "ellipse.c", "euler.c", "line.c", "moc.c", "path.c", "point.c"),
    *("polygon.c", "sparse.y"),
}
"""Sources of pgSphere, which calls what it cannot take an internal error."""

_BROKEN = ("58", "F0", "XX")
"""Classes of SQLSTATE: system, configuration and internal errors."""

_KDB_FAILS = re.compile(
    r'could not connect to server "kdb"'
    r"|(?:terminating connection|connection unexpectedly|permission denied|does not exist"
    r"|no connection to the server).*remote SQL command",
    re.DOTALL | re.IGNORECASE,
)
_INTERVAL = re.compile(r"Field (?P<name>\w+): Bad parameter literal \['(?P<value>[^']*)'\]")
_IN_SQL = re.compile(r"\n(?:LINE \d+|CONTEXT):.*", re.DOTALL)
"""Where in the SQL that a query became the database found a mistake."""

_MISSING = re.compile(r'relation "(?P<schema>\w+)\.\w+" does not exist')


def failed() -> str:
    """What to say of a fault of the service's own."""
    return (
        "The service failed on this request. Try again; if it fails again, please report the "
        f"address you used and the time to {get_settings().whom_to_ask}."
    )


class Refused(base.ValidationError):
    """A parameter that cannot be used; the sentence names it, so that nothing is put before it."""

    def __str__(self) -> str:
        return str(self.msg)


class Unavailable(base.ValidationError):
    """Something behind this service does not answer, or took too long.

    It is not the query's fault, but forms show those beside the query, and others as a bug.

    Parameters
    ----------
    sentence
        For people.
    status
        HTTP status.
    """

    def __init__(self, sentence: str, status: int = 503) -> None:
        super().__init__(sentence, "query")
        self.sentence = sentence
        self.httpCode = status

    def __str__(self) -> str:
        return self.sentence


def is_knowledge_down(error: BaseException) -> bool:
    """Whether an error of the database is that of the server behind the foreign tables."""
    return bool(_KDB_FAILS.search(str(error)))


def is_of_geometry(error: BaseException) -> bool:
    """Whether an error of the database is that of a geometry that is none."""
    return getattr(error.diag, "source_file", None) in _OF_GEOMETRY


def of_database(error: BaseException) -> Unavailable | None:
    """What to say of an error of the database; None where the query is at fault.

    Parameters
    ----------
    error
        Of psycopg2.  Without SQLSTATE it is one of the connection.
    """
    if is_knowledge_down(error):
        return Unavailable(KDB_DOWN)
    state = getattr(error, "pgcode", None)
    if isinstance(error, base.QueryCanceledError) or state == _CANCELED:
        return Unavailable(TOO_LONG)
    if state is None:
        # A connection that ends within a query is an error of no kind.
        lost = type(error) is psycopg2.DatabaseError or isinstance(
            error, psycopg2.OperationalError | psycopg2.InterfaceError
        )
        return Unavailable(DATABASE_DOWN) if lost else None
    if state[:2] in _DOWN:
        return Unavailable(DATABASE_DOWN)
    if state[:2] not in _BROKEN or is_of_geometry(error):
        return None
    return Unavailable(failed(), 500)


def explain(error: Exception) -> tuple[int, str]:
    """HTTP status and sentence for an exception; never a traceback or a piece of one."""
    if isinstance(error, base.DBError) and (fault := of_database(error)):
        error = fault
    if isinstance(error, Unavailable):
        return error.httpCode, str(error)
    text = _IN_SQL.sub("", str(error).strip())
    missing = _MISSING.search(text)
    if missing and missing["schema"] == CATALOGS:
        return 404, (
            "This catalog is not loaded at this site: see the tables of schema catalogs in TAP for "
            "those that are."
        )
    if missing:
        return 404, (
            f"The tables of {missing['schema']} are not loaded at this site: see ztf.releases "
            "in TAP for the releases that are."
        )
    interval = _INTERVAL.match(text)
    if interval:
        name, value = interval["name"].upper(), interval["value"]
        return 400, f"{name}={value} is not a range: give two numbers, e.g. {name}=10 100."
    if isinstance(error, base.ValidationError | formats.CannotSerializeIn):
        return getattr(error, "httpCode", 400), text
    if isinstance(error, svcs.UnknownURI | svcs.BadMethod | svcs.ForbiddenURI):
        return error.httpCode, text
    if isinstance(error, base.NotFoundError):
        return 404, text
    return 500, failed()
