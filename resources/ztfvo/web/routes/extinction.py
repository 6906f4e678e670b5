"""Extinction by interstellar dust at the places of light curves, or any others: ``/extinction``."""

from __future__ import annotations

from anyio import to_thread
from fastapi import APIRouter, Response

from ztfvo.addresses import EXTINCTION
from ztfvo.dust.maps import maps
from ztfvo.extinction import answering
from ztfvo.extinction.writers import writers
from ztfvo.match import places
from ztfvo.settings import get_settings
from ztfvo.web import turns
from ztfvo.web.formats import described, wanted
from ztfvo.web.http import ASKING, CHANGING, Reading, respond, serve
from ztfvo.web.openapi import operation, query_parameter

router = APIRouter(tags=["Analysis"])

_PARAMETERS = (
    query_parameter(
        places.ID,
        "OIDs, several times or with commas between",
        {"type": "string"},
        example="680113300005170",
    ),
    query_parameter(
        places.POS,
        "Right ascension and declination in degrees (ICRS) with a comma between; may be repeated",
        {"type": "string"},
        example="254.4575,35.3424",
    ),
    query_parameter(
        answering.MAP,
        f"Maps of dust, several times or with commas between: {', '.join(maps())}; all if not"
        " given",
        {"type": "string"},
        example="csfd,bayestar2019",
    ),
    query_parameter(
        answering.DISTANCE,
        "Dust up to this distance in pc counts, in maps that know it; all if not given",
        {"type": "number", "minimum": answering.NEAREST, "maximum": answering.FARTHEST},
    ),
    described(writers()),
)
_ANSWERS = {one.CONTENT_TYPE.partition(";")[0]: one.TITLE for one in writers()}


@serve(
    router,
    EXTINCTION,
    methods=ASKING,
    summary="Extinction in the bands of ZTF by maps of dust",
    openapi_extra=operation(_PARAMETERS, _ANSWERS, (400, 404, 503)),
)
async def extinction(given: Reading) -> Response:
    """E(B-V) and extinction in zg, zr and zi: found, empty, unavailable or malformed by map."""
    form, settings = wanted(given, writers()), get_settings()
    asked = await turns.work(given.request, None, answering.read, given.parameters, settings)
    answer = await turns.work(given.request, None, answering.answer, asked, settings)
    body = await to_thread.run_sync(form.write, answer)
    return respond(given.request, body, form.CONTENT_TYPE, {"Cache-Control": CHANGING})
