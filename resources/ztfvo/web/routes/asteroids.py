"""Bodies of the solar system near an epoch: ``/epoch/OID/HMJD/asteroids``."""

from __future__ import annotations

from fastapi import APIRouter, Response

from ztfvo.addresses import ASTEROIDS, EPOCH
from ztfvo.match import asteroids, gather, request
from ztfvo.match.writers import writers
from ztfvo.products.parameters import FORMAT, SHORT_FORMAT
from ztfvo.store.names import DEFAULT
from ztfvo.web import outside, turns
from ztfvo.web.desk import desk_of
from ztfvo.web.formats import described, wanted
from ztfvo.web.http import ASKING, Reading, respond, serve
from ztfvo.web.openapi import operation, path_parameter, query_parameter

router = APIRouter(tags=["Images"])

HEADERS = {"Cache-Control": "no-store"}

_RELEASE = path_parameter("release", "Name of a release, such as dr24", "demo")
_PARAMETERS = (
    path_parameter("oid", "A light curve", "680113300005170"),
    path_parameter("hmjd", "An epoch, as /epoch/OID/HMJD has it", "last"),
    query_parameter(
        request.RADIUS,
        f"arcsec beyond {asteroids.SIGMAS:g} times the uncertainty of a body's place;"
        f" {asteroids.RADIUS:g} if not given",
        {"type": "number", "maximum": asteroids.LARGEST_RADIUS, "default": asteroids.RADIUS},
    ),
    outside.WAITING,
    described(writers()),
)
_ANSWERS = {one.CONTENT_TYPE.partition(";")[0]: one.TITLE for one in writers()}
_REFUSALS = (400, 404, 503)


@serve(
    router,
    f"/{EPOCH}/{{oid}}/{{hmjd}}/{ASTEROIDS}",
    methods=ASKING,
    summary="Bodies of the solar system near an epoch",
    openapi_extra=operation(_PARAMETERS, _ANSWERS, _REFUSALS),
)
@serve(
    router,
    f"/{{release}}/{EPOCH}/{{oid}}/{{hmjd}}/{ASTEROIDS}",
    methods=ASKING,
    summary="Bodies of the solar system near an epoch of a named release",
    openapi_extra=operation([_RELEASE, *_PARAMETERS], _ANSWERS, _REFUSALS),
)
async def near_epoch(given: Reading) -> Response:
    """Minor planets, comets and planets that were near the object in the middle of the exposure, as
    SkyBoT computes them for Palomar."""
    form = wanted(given, writers())
    parameters = given.parameters
    parameters.require_known((request.RADIUS, request.WAIT, FORMAT, SHORT_FORMAT))
    radius = parameters.number(request.RADIUS, 0.1, asteroids.LARGEST_RADIUS) or asteroids.RADIUS
    wait = request.read_wait(parameters)
    *release, oid, hmjd, _ = [one for one in given.segments if one != EPOCH]
    _, match = await turns.work(
        given.request,
        None,
        asteroids.ask,
        next(iter(release), DEFAULT),
        oid,
        hmjd,
        wait,
    )
    outcome = await gather.all_answers(desk_of(given.request), match)
    body = form.write(asteroids.near(outcome, radius))
    return respond(given.request, body, form.CONTENT_TYPE, HEADERS)
