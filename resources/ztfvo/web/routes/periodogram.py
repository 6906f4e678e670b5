"""Periods of light curves: ``/periodogram``."""

from __future__ import annotations

from fastapi import APIRouter, Response

from ztfvo.addresses import PERIODOGRAM
from ztfvo.analysis import periodic
from ztfvo.analysis.epochs import CHOOSING
from ztfvo.analysis.periodwriters import writers
from ztfvo.products.parameters import ID
from ztfvo.store.names import DEFAULT
from ztfvo.web import turns
from ztfvo.web.delivery import caching
from ztfvo.web.formats import described, wanted
from ztfvo.web.http import ASKING, Reading, respond, serve
from ztfvo.web.openapi import declared_parameters, operation, path_parameter, query_parameter

router = APIRouter(tags=["Analysis"])

_PARAMETERS = (
    query_parameter(
        ID,
        "OIDs of the light curves of one star, several times or with commas between",
        {"type": "string"},
        example="680113300005170",
    ),
    *declared_parameters((*periodic.SEARCHING, *CHOOSING)),
    described(writers()),
)
_RELEASE = path_parameter("release", "Name of a release, such as dr24", "demo")
_ANSWERS = {one.CONTENT_TYPE: one.TITLE for one in writers()}
_REFUSALS = (400, 404, 429, 503)


@serve(
    router,
    f"/{PERIODOGRAM}",
    methods=ASKING,
    summary="Periods of a star of the default release",
    openapi_extra=operation(_PARAMETERS, _ANSWERS, _REFUSALS),
)
@serve(
    router,
    f"/{{release}}/{PERIODOGRAM}",
    methods=ASKING,
    summary="Periods of a star of a release",
    openapi_extra=operation([_RELEASE, *_PARAMETERS], _ANSWERS, _REFUSALS),
)
async def periodogram(given: Reading) -> Response:
    """Peaks of the periodogram of a light curve, or of all those of a star together."""
    form = wanted(given, writers())
    given.parameters.require_known(periodic.NAMES)
    (release,) = given.around(PERIODOGRAM) or [DEFAULT]
    asked = await turns.work(given.request, None, periodic.fetch, release, [], given.parameters)
    with turns.one_of_few(given.request):
        answer = await turns.work(given.request, turns.large(), periodic.compute, asked)
        threads = turns.figures() if form.FIGURE else None
        body = await turns.work(given.request, threads, form.write, answer)
    headers = {"Cache-Control": caching(release)}
    return respond(given.request, body, form.CONTENT_TYPE, headers)
