"""Light curves by what is known of them: ``/find``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import httpx
import orjson
from fastapi import APIRouter, Response

from ztfvo import votable
from ztfvo.addresses import FIND
from ztfvo.catalogs import declared
from ztfvo.db import reading
from ztfvo.find import query
from ztfvo.find.criteria import CRITERIA
from ztfvo.find.query import Found
from ztfvo.releases import find_release
from ztfvo.settings import get_settings
from ztfvo.store.names import DEFAULT
from ztfvo.web import tap, turns
from ztfvo.web.delivery import caching
from ztfvo.web.formats import described, wanted
from ztfvo.web.http import ASKING, Given, Reading, respond, serve
from ztfvo.web.openapi import declared_parameters, operation, path_parameter, query_parameter

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

ONLY = Form(("adql", "text/plain"), "text/plain; charset=utf-8", "The query, which is not run")

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
    described((*FORMS, ONLY)),
)
_ANSWERS = {one.CONTENT_TYPE.partition(";")[0]: one.TITLE for one in (*FORMS, ONLY)}
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
    form = wanted(given, (*FORMS, ONLY))
    (release,) = given.around(FIND) or [DEFAULT]
    found = await turns.work(given.request, None, _read, given, release)
    headers = {
        "Cache-Control": caching(release),
        QUERY: " ".join(found.adql.split()).encode("ascii", "backslashreplace").decode(),
    }
    if form is ONLY:
        return respond(given.request, f"{found.adql}\n".encode(), form.CONTENT_TYPE, headers)
    answer: httpx.Response = await tap.run(given.request, found.adql, form.NAMES[0], found.maxrec)
    if STATUS in answer.headers:
        headers[STATUS] = answer.headers[STATUS]
    body = form.rewrite(answer.content, found)
    return respond(given.request, body, form.CONTENT_TYPE, headers)


def _read(given: Given, release: str) -> Found:
    schema = DEFAULT
    if release != DEFAULT:
        with reading() as connection:
            schema = f"{DEFAULT}_{find_release(connection, release).name}"
    classes = [name for name, one in declared(get_settings().catalogs).items() if one.yields.type]
    return query.read(given.parameters, schema, query.names(classes))
