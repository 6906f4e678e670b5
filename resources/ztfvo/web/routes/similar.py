"""Light curves whose features are like those of one: ``/similar``."""

from __future__ import annotations

from fastapi import APIRouter, Response

from ztfvo.addresses import SIMILAR
from ztfvo.analysis import similar
from ztfvo.analysis.similarwriters import writers
from ztfvo.products.parameters import ID
from ztfvo.store.names import DEFAULT
from ztfvo.web import turns
from ztfvo.web.delivery import caching
from ztfvo.web.formats import described, wanted
from ztfvo.web.http import ASKING, Reading, respond, serve
from ztfvo.web.openapi import operation, path_parameter, query_parameter

router = APIRouter(tags=["Analysis"])

_PARAMETERS = (
    query_parameter(
        ID, "OID of the light curve", {"type": "string"}, required=True, example="680113300005170"
    ),
    query_parameter(
        similar.NUMBER,
        "Number of neighbours",
        {
            "type": "integer",
            "minimum": 1,
            "maximum": similar.LARGEST_NUMBER,
            "default": similar.DEFAULT_NUMBER,
        },
    ),
    query_parameter(
        similar.BAND,
        "Band of the neighbours; that of the light curve if not given",
        {"type": "string", "enum": list(similar.LETTERS)},
    ),
    described(writers()),
)
_RELEASE = path_parameter("release", "Name of a release, such as dr24", "demo")
_ANSWERS = {one.CONTENT_TYPE.partition(";")[0]: one.TITLE for one in writers()}
_REFUSALS = (400, 404, 503)


@serve(
    router,
    f"/{SIMILAR}",
    methods=ASKING,
    summary="Light curves of the default release that are like one",
    openapi_extra=operation(_PARAMETERS, _ANSWERS, _REFUSALS),
)
@serve(
    router,
    f"/{{release}}/{SIMILAR}",
    methods=ASKING,
    summary="Light curves of a release that are like one",
    openapi_extra=operation([_RELEASE, *_PARAMETERS], _ANSWERS, _REFUSALS),
)
async def neighbours(given: Reading) -> Response:
    """Nearest neighbours in the space of features, with the features that differ most."""
    form = wanted(given, writers())
    given.parameters.require_known(similar.NAMES)
    (release,) = given.around(SIMILAR) or [DEFAULT]
    answer = await turns.work(given.request, None, similar.find, release, given.parameters)
    headers = {"Cache-Control": caching(release)}
    return respond(given.request, form.write(answer), form.CONTENT_TYPE, headers)
