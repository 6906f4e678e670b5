"""Features of light curves: ``/features``, and at the address of the SNAD Viewer."""

from __future__ import annotations

from fastapi import APIRouter, Response

from ztfvo.addresses import FEATURES
from ztfvo.analysis import featured
from ztfvo.analysis.epochs import CHOOSING
from ztfvo.analysis.featurewriters import csvform, writers
from ztfvo.dal import Parameters
from ztfvo.features.sets import sets
from ztfvo.products.parameters import EPOCHS, ID
from ztfvo.releases import as_elsewhere
from ztfvo.store.names import DEFAULT
from ztfvo.web import turns
from ztfvo.web.delivery import caching
from ztfvo.web.formats import described, wanted
from ztfvo.web.http import ASKING, Given, Reading, respond, serve
from ztfvo.web.openapi import curve_parameters, operation, path_parameter, query_parameter

router = APIRouter(tags=["Analysis"])

FEW = 5
"""Light curves whose features are computed at once; more wait for their turn."""

_VERSIONS = [*sets(), featured.LATEST]
_VERSION = query_parameter(
    featured.VERSION,
    f"Set of features; {featured.DEFAULT} if not given. {featured.LATEST} is"
    f" {featured.LATEST_SET}, the newest of SNAD's service",
    {"type": "string", "enum": _VERSIONS},
)
_PARAMETERS = (
    query_parameter(
        ID,
        "OIDs, several times or with commas between",
        {"type": "string"},
        example="680113300005170",
    ),
    _VERSION,
    *curve_parameters(one.name for one in CHOOSING),
    described(writers()),
)
_RELEASE = path_parameter("release", "Name of a release, such as dr24", "demo")
_ANSWERS = {one.CONTENT_TYPE.partition(";")[0]: one.TITLE for one in writers()}
_REFUSALS = (400, 404, 429, 503)


@serve(
    router,
    f"/{FEATURES}",
    methods=ASKING,
    summary="Features of light curves of the default release",
    openapi_extra=operation(_PARAMETERS, _ANSWERS, _REFUSALS),
)
@serve(
    router,
    f"/{{release}}/{FEATURES}",
    methods=ASKING,
    summary="Features of light curves of a release",
    openapi_extra=operation([_RELEASE, *_PARAMETERS], _ANSWERS, _REFUSALS),
)
async def features(given: Reading) -> Response:
    """Features of light curves, which need 5 epochs."""
    form = wanted(given, writers())
    given.parameters.require_known(featured.NAMES)
    (release,) = given.around(FEATURES) or [DEFAULT]
    answer = await _answer(given, release, [], given.parameters)
    headers = {"Cache-Control": caching(answer.product.request.release)}
    return respond(given.request, form.write(answer), form.CONTENT_TYPE, headers)


@serve(
    router,
    f"/{{dr}}/{FEATURES}/{{oid}}",
    summary="Features of a light curve as CSV, by name",
    tags=["Drop-in"],
    openapi_extra=operation(
        [
            path_parameter("dr", "Name of a release, or latest for the default one", "latest"),
            path_parameter("oid", "A light curve", "680113300005170"),
            query_parameter(
                "version",
                "Set of features; latest if not given",
                {"type": "string", "enum": _VERSIONS},
            ),
            query_parameter("min_mjd", "First time, heliocentric MJD (UTC)", {"type": "number"}),
            query_parameter("max_mjd", "Last time, heliocentric MJD (UTC)", {"type": "number"}),
        ],
        {"text/csv": "feature and value, sorted by feature"},
        _REFUSALS,
    ),
)
async def by_name(given: Reading) -> Response:
    """Features of the good epochs of a light curve: feature and value."""
    low, high = (given.parameters.number(name, *EPOCHS) for name in ("MIN_MJD", "MAX_MJD"))
    asked = [("TIME", f"{_bound(low, '-Inf')} {_bound(high, 'Inf')}")]
    version = given.parameters.text(featured.VERSION)
    asked.append((featured.VERSION, version or featured.LATEST))
    release = as_elsewhere(given.request.path_params["dr"])
    oid = given.request.path_params["oid"]
    answer = await _answer(given, release, [oid], Parameters(asked))
    headers = {
        "Cache-Control": caching(release),
        "Content-Disposition": f'attachment; filename="{answer.curves[0].curve.oid}_features.csv"',
    }
    body = csvform.by_feature(answer)
    return respond(given.request, body, csvform.CONTENT_TYPE, headers)


def _bound(value: float | None, none: str) -> str:
    return none if value is None else repr(value)


async def _answer(
    given: Given, release: str, words: list[str], parameters: Parameters
) -> featured.Featured:
    fetched = await turns.work(given.request, None, featured.fetch, release, words, parameters)
    threads = turns.large() if len(fetched[-1]) > FEW else None
    return await turns.work(given.request, threads, featured.compute, *fetched)
