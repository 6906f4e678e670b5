"""Models of supernovae fitted to light curves: ``/fit``."""

from __future__ import annotations

from fastapi import APIRouter, Response

from ztfvo.addresses import FIT
from ztfvo.analysis import fitted
from ztfvo.analysis.epochs import CHOOSING
from ztfvo.analysis.fitwriters import writers
from ztfvo.products.parameters import ID
from ztfvo.settings import get_settings
from ztfvo.store.names import DEFAULT
from ztfvo.web import fits, turns
from ztfvo.web.formats import described, wanted
from ztfvo.web.http import ASKING, CHANGING, Reading, respond, serve
from ztfvo.web.openapi import declared_parameters, operation, path_parameter, query_parameter

router = APIRouter(tags=["Analysis"])

_PARAMETERS = (
    query_parameter(
        ID,
        "OIDs of the light curves of one star, several times or with commas between",
        {"type": "string"},
        example="633207400004730",
    ),
    *declared_parameters((*fitted.FITTING, *CHOOSING, *fitted.SHARED)),
    described(writers()),
)
_RELEASE = path_parameter("release", "Name of a release, such as dr24", "demo")
_ANSWERS = {one.CONTENT_TYPE: one.TITLE for one in writers()}
_REFUSALS = (400, 404, 429, 503)


@serve(
    router,
    f"/{FIT}",
    methods=ASKING,
    summary="A model of supernovae fitted to a star of the default release",
    openapi_extra=operation(_PARAMETERS, _ANSWERS, _REFUSALS),
)
@serve(
    router,
    f"/{{release}}/{FIT}",
    methods=ASKING,
    summary="A model of supernovae fitted to a star of a release",
    openapi_extra=operation([_RELEASE, *_PARAMETERS], _ANSWERS, _REFUSALS),
)
async def fit(given: Reading) -> Response:
    """Redshift, time of the peak and other parameters with errors, and the model's light curves."""
    form = wanted(given, writers())
    given.parameters.require_known(fitted.NAMES)
    (release,) = given.around(FIT) or [DEFAULT]
    arguments = (release, [], given.parameters, get_settings())
    asked = await turns.work(given.request, None, fitted.fetch, *arguments)
    with turns.one_of_few(given.request):
        answer = await fits.answer(given.request, asked)
        threads = turns.figures() if form.FIGURE else None
        body = await turns.work(given.request, threads, form.write, answer)
    # Models and maps of dust may be installed meanwhile.
    return respond(given.request, body, form.CONTENT_TYPE, {"Cache-Control": CHANGING})
