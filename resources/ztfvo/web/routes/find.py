"""Light curves by what is known of them: ``/find``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import httpx
import orjson
from fastapi import APIRouter, Response

from ztfvo import votable
from ztfvo.addresses import FIND
from ztfvo.catalogs import declared
from ztfvo.db import reading
from ztfvo.errors import HTTPError
from ztfvo.find import query
from ztfvo.find.criteria import CRITERIA
from ztfvo.find.query import Found
from ztfvo.products.parameters import FORMAT, SHORT_FORMAT
from ztfvo.releases import find_release
from ztfvo.settings import get_settings
from ztfvo.store.names import DEFAULT
from ztfvo.web import tap, turns
from ztfvo.web.delivery import caching
from ztfvo.web.errors import answer_as
from ztfvo.web.formats import described, wanted
from ztfvo.web.http import ASKING, Given, Reading, respond, serve
from ztfvo.web.openapi import declared_parameters, operation, path_parameter, query_parameter
from ztfvo.web.pages import HTML, finding

router = APIRouter(tags=["Analysis"])

QUERY, STATUS = "X-ADQL", "X-Query-Status"
"""Headers with the query, in one line, and with what TAP says of its end."""


@dataclass(frozen=True)
class Form:
    """A form of an answer, which is one of TAP's."""

    NAMES: tuple[str, ...]
    CONTENT_TYPE: str
    TITLE: str
    rewrite: Callable[[bytes, Found], bytes] = lambda body, found: body


def _with_query(body: bytes, found: Found) -> bytes:
    document = orjson.loads(body)
    return orjson.dumps(
        {
            "adql": found.adql,
            "maxrec": found.maxrec,
            "overflow": document.get("queryStatus") == "OVERFLOW",
            "columns": document["columns"],
            "data": document["data"],
        }
    )


FORMS = (
    Form(("json", "application/json"), "application/json", "JSON", _with_query),
    Form(("votable", votable.MEDIA_TYPE), votable.MEDIA_TYPE, "VOTable"),
    Form(("csv", "text/csv"), "text/csv; charset=utf-8", "CSV"),
)

PAGE = Form(("html", "text/html"), HTML, "Form with the first rows, as browsers get it")
ONLY = Form(("adql", "text/plain"), "text/plain; charset=utf-8", "The query, which is not run")

ALL = (*FORMS, ONLY, PAGE)

_PARAMETERS = (
    *declared_parameters(CRITERIA),
    query_parameter(
        query.NAMED,
        f"Hosted catalogue with an object at the light curve; {query.VARIABLES}, with CLASS, if not"
        " given",
        {"type": "string", "default": query.VARIABLES},
    ),
    query_parameter(
        query.RADIUS,
        "Of a light curve from an object of the catalogue (arcsec)",
        {"type": "number", "maximum": query.LARGEST_RADIUS, "default": query.DEFAULT_RADIUS},
    ),
    query_parameter(
        query.MAXREC,
        "Rows",
        {
            "type": "integer",
            "minimum": 1,
            "maximum": query.MOST_ROWS,
            "default": query.DEFAULT_ROWS,
        },
    ),
    described(ALL),
)
_ANSWERS = {one.CONTENT_TYPE.partition(";")[0]: one.TITLE for one in ALL}
_REFUSALS = (400, 404, 429, 503)


@serve(
    router,
    f"/{FIND}",
    methods=ASKING,
    summary="Light curves of the default release by what is known of them",
    openapi_extra=operation(_PARAMETERS, _ANSWERS, _REFUSALS),
)
@serve(
    router,
    f"/{{release}}/{FIND}",
    methods=ASKING,
    summary="Light curves of a release by what is known of them",
    openapi_extra=operation(
        [path_parameter("release", "Name of a release, such as dr24", "demo"), *_PARAMETERS],
        _ANSWERS,
        _REFUSALS,
    ),
)
async def find(given: Reading) -> Response:
    """Light curves that meet all criteria, in no order, with the query in ADQL that found them."""
    form = _form(given)
    (release,) = given.around(FIND) or [DEFAULT]
    if form is PAGE:
        return await _show(given, release)
    found = await turns.work(given.request, None, _read, given, release)
    headers = {
        "Cache-Control": caching(release),
        "Vary": "Accept",
        QUERY: " ".join(found.adql.split()).encode("ascii", "backslashreplace").decode(),
    }
    if form is ONLY:
        return respond(given.request, f"{found.adql}\n".encode(), form.CONTENT_TYPE, headers)
    answer: httpx.Response = await tap.run(given.request, found.adql, form.NAMES[0], found.maxrec)
    if STATUS in answer.headers:
        headers[STATUS] = answer.headers[STATUS]
    body = form.rewrite(answer.content, found)
    return respond(given.request, body, form.CONTENT_TYPE, headers)


def _form(given: Given) -> Form:
    """Return the form of the answer: a page for browsers that ask for none."""
    named = any(given.parameters.values(name) for name in (FORMAT, SHORT_FORMAT))
    browser = "text/html" in given.request.headers.get("accept", "")
    if browser and not named:
        answer_as(given.request, HTML)
        return PAGE
    return wanted(given, ALL)


async def _show(given: Given, release: str) -> Response:
    """Answer with the form, and the first rows where something is to be found."""
    catalogs, simulated = await turns.work(given.request, None, _offers, release)
    values = {"catalogs": catalogs, "simulated": simulated}
    given = replace(given, parameters=given.parameters.without((FORMAT, SHORT_FORMAT)))
    status, headers = 200, {"Cache-Control": caching(release), "Vary": "Accept"}
    try:
        if given.parameters.pairs():
            found = await turns.work(given.request, None, _read, given, release)
            maxrec = min(found.maxrec, finding.MOST_SHOWN)
            values["found"] = found
            answer = await tap.run(given.request, found.adql, "json", maxrec)
            values["document"] = orjson.loads(answer.content)
    except HTTPError as error:
        values["fault"], status = error.message, error.status
        headers["Cache-Control"] = "no-store"
    body = finding.form(given.parameters, release, **values)
    return respond(given.request, body, HTML, headers, status)


def _offers(release: str) -> tuple[tuple[str, ...], bool]:
    """Return what CATALOG may be, and whether the release is simulated."""
    with reading() as connection:
        return _catalogs(), find_release(connection, release).simulated


def _catalogs() -> tuple[str, ...]:
    known = declared(get_settings().catalogs)
    return query.names([name for name, one in known.items() if one.yields.type])


def _read(given: Given, release: str) -> Found:
    schema = DEFAULT
    if release != DEFAULT:
        with reading() as connection:
            schema = f"{DEFAULT}_{find_release(connection, release).name}"
    return query.read(given.parameters, schema, _catalogs())
