"""What is known of an object, here and elsewhere: ``/summary``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

from anyio import to_thread
from fastapi import APIRouter, Response

from ztfvo.addresses import SUMMARY
from ztfvo.analysis.featured import VERSION
from ztfvo.features.sets import sets
from ztfvo.match import catalogs, places
from ztfvo.match import request as matching
from ztfvo.match.model import Match
from ztfvo.outside.ask import Desk
from ztfvo.products.parameters import STAR
from ztfvo.settings import get_settings
from ztfvo.summary import gather, own, request
from ztfvo.summary.model import Own
from ztfvo.summary.writers import jsonform, writers
from ztfvo.web import outside, streams, turns
from ztfvo.web.desk import desk_of
from ztfvo.web.http import ASKING, Reading, serve
from ztfvo.web.openapi import operation, query_parameter

router = APIRouter(tags=["Analysis"])

HEADERS = {"Cache-Control": "no-store"}

_TEXT = {"type": "string"}
_PARAMETERS = (
    query_parameter(places.ID, "A light curve", _TEXT, example="680113300005170"),
    query_parameter(STAR.name, "A star, by its source_id or name, in place of ID", _TEXT),
    query_parameter(
        matching.CATALOG, "Catalogues, with commas between; all that /match has if not given", _TEXT
    ),
    query_parameter(matching.RADIUS, "arcsec: for all catalogues, or name:arcsec for one", _TEXT),
    query_parameter(
        matching.MOTION, "Whether proper motions are taken into account: yes or no", _TEXT
    ),
    outside.WAITING,
    query_parameter(
        VERSION,
        "Set of features that the light curve's period is one of; that of the table of features"
        " if not given",
        {"type": "string", "enum": list(sets())},
    ),
    streams.described(writers()),
)
_ANSWERS = {
    **{one.CONTENT_TYPE.partition(";")[0]: one.TITLE for one in writers()},
    streams.LINES: "A line of JSON for what is here, one for each catalogue as it comes, and last"
    " one for what follows",
    streams.EVENTS: "The same as server-sent events: begin, part, end",
}


@serve(
    router,
    SUMMARY,
    methods=ASKING,
    summary="What is known of an object, here and elsewhere",
    openapi_extra=operation(_PARAMETERS, _ANSWERS, (400, 404, 503)),
)
async def summary(given: Reading) -> Response:
    """Names, types, periods, distances, extinction, magnitudes and more, each with who says so, and
    one sentence that a person would say first."""
    form = streams.form_of(given, writers())
    known = await turns.work(given.request, None, catalogs.known)
    asked = await turns.work(given.request, None, request.read, given.parameters, known)
    version = request.read_version(given.parameters)
    here = turns.work(given.request, None, own.read, asked.targets[0], version)
    desk = desk_of(given.request)
    if isinstance(form, str):
        return streams.respond(form, HEADERS, partial(_stream, await here, asked, desk))
    found = await gather.all_of_it(here, desk, asked, get_settings())
    body = await to_thread.run_sync(form.write, found)
    return Response(body, headers=HEADERS, media_type=form.CONTENT_TYPE)


async def _stream(
    here: Own, asked: Match, desk: Desk, write: streams.Write
) -> AsyncIterator[bytes]:
    """Give what is here at once, then each catalogue as it comes, and last what follows."""
    yield write("begin", jsonform.begin(here))
    found = []
    async for part in gather.parts(desk, asked):
        found.append(part)
        yield write("part", jsonform.part(part))
    here, last = await gather.finish(here, found, get_settings())
    yield write("end", jsonform.end(last, list(here.missing)))
