"""Light curves as files and figures: ``/lc``, and their pages: ``/view``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Response

from ztfvo.products import parameters, produce, request
from ztfvo.products.writers import writers
from ztfvo.store.names import DEFAULT
from ztfvo.web import turns
from ztfvo.web.delivery import UNLISTED, asking, caching, deliver
from ztfvo.web.errors import answer_as
from ztfvo.web.http import ASKING, Given, Reading, respond, serve
from ztfvo.web.openapi import curve_parameters, operation, path_parameter, query_parameter
from ztfvo.web.pages import HTML, lightcurve, submission
from ztfvo.web.routes import formerly

router = APIRouter(tags=["Light curves"])

_OIDS = path_parameter(
    "name",
    "One OID or several with commas between, and an extension for the format, such as"
    " 680113300005170.json",
    "680113300005170.json",
)
_RELEASE = path_parameter("release", "Name of a release, such as dr24", "demo")
_SHORT_FORMAT = query_parameter(
    parameters.SHORT_FORMAT, f"The same as {parameters.FORMAT}", {"type": "string"}
)


def _described(*path: dict[str, Any]) -> dict[str, Any]:
    """Return what OpenAPI shows of an address."""
    identifier = query_parameter(
        parameters.ID,
        "OIDs, several times or with commas between; required where the address has none and POS is"
        " not given",
        {"type": "string"},
        example="680113300005170",
    )
    formats = query_parameter(
        parameters.FORMAT,
        "Form of the answer, also by its media type; VOTable if not given",
        {"type": "string", "enum": [writer.names[0] for writer in (*writers(), *UNLISTED)]},
    )
    return operation(
        parameters=[*path, identifier, *curve_parameters(), formats, _SHORT_FORMAT],
        answers={writer.content_type.partition(";")[0]: writer.title for writer in writers()},
        refusals=(400, 404, 413, 415, 503),
    )


@serve(
    router,
    "/lc",
    methods=ASKING,
    summary="Light curves by ID",
    openapi_extra=_described(),
)
@serve(
    router,
    "/lc/{name}",
    methods=ASKING,
    summary="Light curves by address",
    openapi_extra=_described(_OIDS),
)
@serve(
    router,
    "/{release}/lc",
    methods=ASKING,
    summary="Light curves of a named release by ID",
    openapi_extra=_described(_RELEASE),
)
@serve(
    router,
    "/{release}/lc/{name}",
    methods=ASKING,
    summary="Light curves of a named release by address",
    openapi_extra=_described(_RELEASE, _OIDS),
)
@serve(router, "/lc/{path:path}", methods=ASKING)
@serve(router, "/{release}/lc/{path:path}", methods=ASKING)
async def light_curves(given: Reading) -> Response:
    """Light curves as delivered by the release, as flux, difference, folded or binned; a POST may
    send own photometry along as JSON, to see it in a figure."""
    path = given.around("lc")
    if given.segments[0] == "lc" and len(path) == 1 and not _names(given):
        path = [DEFAULT, *path]  # what is no OID here is no release either
    return await deliver(given.request, asking(given, path))


def _names(given: Given) -> list[str]:
    """Return the light curves named by parameters."""
    return [*given.parameters.words(parameters.ID), *given.parameters.words("OID")]


@serve(router, "/view")
@serve(router, "/{release}/view")
def named(given: Reading) -> Response:
    """Lead to the page of the light curves, or of all of the star, that a form names."""
    given.parameters.require_known([parameters.ID, parameters.STAR.name])
    star = parameters.STAR.read(given.parameters)
    words = given.parameters.words(parameters.ID)
    if star:
        request.require_no_more_than_a_star(given.parameters, words)
        release = next(iter(given.around("view")), DEFAULT)
        oids = produce.members(release, star["star"])
    else:
        oids = parameters.oids(words)
    path = "/".join([*given.around("view"), "view", ",".join(map(str, oids))])
    return Response(status_code=303, headers={"Location": f"/{path}"})


@serve(router, "/view/{oid}/vsx")
@serve(router, "/{release}/view/{oid}/vsx")
def new_variable(given: Reading) -> Response:
    """Show what a submission of the star to VSX needs."""
    answer_as(given.request, HTML)
    given.parameters.require_known(["PERIOD", "EPOCH"])
    period = given.parameters.number("PERIOD", *parameters.SPANS)
    epoch = given.parameters.number("EPOCH", *parameters.EPOCHS)
    release = given.request.path_params.get("release", DEFAULT)
    (oid,) = parameters.oids([given.request.path_params["oid"]])
    body = submission.write(release, oid, period, epoch)
    return respond(given.request, body, HTML, {"Cache-Control": caching(release)})


@serve(router, "/view/{oids}", methods=ASKING)
@serve(router, "/{release}/view/{oids}", methods=ASKING)
async def view(given: Reading) -> Response:
    """Show the page of light curves."""
    if formerly.is_of_viewer(given):
        return await turns.work(given.request, None, formerly.lead, given)
    *release, oids = given.around("view")
    path = [*release, f"{oids}.{lightcurve.WRITER.extension}"]
    lightcurve.require_own(given.parameters)
    of_curves = replace(given, parameters=given.parameters.without(lightcurve.OWN))
    return await deliver(given.request, asking(of_curves, path))
