"""Bodies of the solar system near an epoch: ``/epoch/OID/HMJD/asteroids``."""

from __future__ import annotations

from fastapi import APIRouter, Response

from ztfvo.addresses import ASTEROIDS, EPOCH
from ztfvo.dal import Parameters
from ztfvo.images.epoch import read_oid
from ztfvo.match import asteroids, gather, passing, passingwriters, request
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
_NAMES = (request.RADIUS, request.WAIT, FORMAT, SHORT_FORMAT)

ALL = "all"
"""Stands for the epochs of a light curve that may be of a body."""
SIGMAS, NUMBER = "SIGMAS", "N"

_RELEASE = path_parameter("release", "Name of a release, such as dr24", "demo")
_OID = path_parameter("oid", "A light curve", "680113300005170")
_RADIUS = query_parameter(
    request.RADIUS,
    f"arcsec beyond {asteroids.SIGMAS:g} times the uncertainty of a body's place;"
    f" {asteroids.RADIUS:g} if not given",
    {"type": "number", "maximum": asteroids.LARGEST_RADIUS, "default": asteroids.RADIUS},
)
_PARAMETERS = (
    _OID,
    path_parameter("hmjd", "An epoch, as /epoch/OID/HMJD has it", "last"),
    _RADIUS,
    outside.WAITING,
    described(writers()),
)
_OF_ALL = (
    _OID,
    query_parameter(
        SIGMAS,
        "How far an epoch stands off the median, in its error and the scatter;"
        f" {passing.SIGMAS:g} if not given",
        {
            "type": "number",
            "minimum": passing.BOUNDS[0],
            "maximum": passing.BOUNDS[1],
            "default": passing.SIGMAS,
        },
    ),
    query_parameter(
        NUMBER,
        f"Epochs that SkyBoT is asked about, those that stand off most; {passing.DEFAULT_MOST} if"
        " not given",
        {
            "type": "integer",
            "minimum": 1,
            "maximum": passing.MOST,
            "default": passing.DEFAULT_MOST,
        },
    ),
    _RADIUS,
    outside.WAITING,
    described(passingwriters.writers()),
)
_ANSWERS, _ANSWERS_OF_ALL = (
    {one.CONTENT_TYPE.partition(";")[0]: one.TITLE for one in known}
    for known in (writers(), passingwriters.writers())
)
_REFUSALS = (400, 404, 503)


@serve(
    router,
    f"/{EPOCH}/{{oid}}/{ALL}/{ASTEROIDS}",
    methods=ASKING,
    summary="Epochs of a light curve that may be of a body of the solar system",
    openapi_extra=operation(_OF_ALL, _ANSWERS_OF_ALL, _REFUSALS),
)
@serve(
    router,
    f"/{{release}}/{EPOCH}/{{oid}}/{ALL}/{ASTEROIDS}",
    methods=ASKING,
    summary="Epochs of a light curve of a named release that may be of a body of the solar system",
    openapi_extra=operation([_RELEASE, *_OF_ALL], _ANSWERS_OF_ALL, _REFUSALS),
)
async def along_curve(given: Reading) -> Response:
    """Epochs that are too bright, which no other confirms, with the bodies that SkyBoT knows near
    the object at each."""
    form = wanted(given, passingwriters.writers())
    parameters = given.parameters
    parameters.require_known((SIGMAS, NUMBER, *_NAMES))
    sigmas = parameters.number(SIGMAS, *passing.BOUNDS) or passing.SIGMAS
    most = parameters.whole(NUMBER, 1, passing.MOST) or passing.DEFAULT_MOST
    radius, wait = _radius(parameters), request.read_wait(parameters)
    *release, oid, _, _ = [one for one in given.segments if one != EPOCH]
    asked = await turns.work(
        given.request,
        None,
        passing.ask,
        next(iter(release), DEFAULT),
        read_oid(oid),
        sigmas,
        most,
        wait,
    )
    outcome = None
    if asked.match:
        outcome = await gather.all_answers(desk_of(given.request), asked.match)
    body = form.write(passing.passing(asked, outcome, radius))
    return respond(given.request, body, form.CONTENT_TYPE, HEADERS)


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
    parameters.require_known(_NAMES)
    radius, wait = _radius(parameters), request.read_wait(parameters)
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


def _radius(parameters: Parameters) -> float:
    return parameters.number(request.RADIUS, 0.1, asteroids.LARGEST_RADIUS) or asteroids.RADIUS
