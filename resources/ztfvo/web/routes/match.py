"""Cross-match with catalogues, at places or for lists of positions: ``/match``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from types import ModuleType

from anyio import to_thread
from fastapi import APIRouter, Response

from ztfvo.addresses import MATCH
from ztfvo.errors import HTTPError
from ztfvo.match import catalogs, gather, lists, places, request
from ztfvo.match.model import Catalog, Match, Outcome
from ztfvo.match.writers import jsonform, writers
from ztfvo.outside.ask import Desk
from ztfvo.web import outside, streams, turns
from ztfvo.web.desk import desk_of
from ztfvo.web.http import ASKING, Given, Reading, serve
from ztfvo.web.openapi import operation, path_parameter, query_parameter

router = APIRouter(tags=["Outside"])

HEADERS = {"Cache-Control": "no-store"}

_NAME = path_parameter("name", "A catalogue, as /outside names it", "simbad")
_FORMAT = streams.described(writers(), " csv is for one catalogue;")
_CATALOG = query_parameter(
    request.CATALOG,
    "Catalogues, several times or with commas between; all services outside if not given",
    {"type": "string"},
    example="simbad,gaia",
)
_PARAMETERS = (
    query_parameter(
        places.ID,
        "OIDs, several times or with commas between: places and middle epochs of light curves",
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
        places.EPOCH,
        "Julian year at which the object was there; the middle of the light curve, or 2020, if not"
        " given",
        {"type": "number", "minimum": places.FIRST_EPOCH, "maximum": places.LAST_EPOCH},
    ),
    query_parameter(
        request.RADIUS,
        "arcsec: for all catalogues, or name:arcsec for one; may be repeated or have commas",
        {"type": "string"},
        example="gaia:1",
    ),
    query_parameter(
        request.MOTION,
        "Whether proper motions are taken into account: yes or no; yes if not given",
        {"type": "string"},
    ),
    outside.WAITING,
    _FORMAT,
)
_ANSWERS = {
    **{one.CONTENT_TYPE.partition(";")[0]: one.TITLE for one in writers()},
    streams.LINES: "A line of JSON for places and catalogues, then one for each answer as it comes",
    streams.EVENTS: "The same as server-sent events: begin, answer, end",
}


@serve(
    router,
    MATCH,
    methods=ASKING,
    summary="What catalogues have at the places of light curves, or any others",
    openapi_extra=operation([*_PARAMETERS, _CATALOG], _ANSWERS, (400, 404, 413, 415, 503)),
)
@serve(
    router,
    f"{MATCH}/{{name}}",
    methods=ASKING,
    summary="What one catalogue has there",
    openapi_extra=operation([_NAME, *_PARAMETERS], _ANSWERS, (400, 404, 413, 415, 503)),
)
async def match(given: Reading) -> Response:
    """What catalogues have at a place: found, empty, unavailable or malformed, for each of them. A
    POST may send a list of positions (VOTable or CSV), which is compared with what this site hosts.
    """
    form = streams.form_of(given, writers())
    _, *path = given.segments
    name = path[0] if path else None
    known = await turns.work(given.request, None, catalogs.known)
    sent = _sent(given)
    if sent:
        return await _list(given, form, known, name, *sent)
    asked = await turns.work(given.request, None, request.read, given.parameters, known, name)
    _require_room(form, asked)
    desk = desk_of(given.request)
    if isinstance(form, str):
        return streams.respond(form, HEADERS, partial(_stream, asked, desk))
    outcome = await gather.all_answers(desk, asked)
    return await _written(form, outcome)


def _sent(given: Given) -> tuple[bytes, str] | None:
    """Return the list that a POST sends, and its type; None where it sends none."""
    if len(given.files) > 1:
        raise HTTPError(400, f"{len(given.files)} files are sent: send one list at a time.")
    for file in given.files:
        return file.body, lists.type_of(file.name, file.content_type)
    if given.body or (given.request.method == "POST" and given.content_type in lists.MEDIA_TYPES):
        return given.body, given.content_type
    return None


async def _list(
    given: Given,
    form: ModuleType | str,
    known: dict[str, Catalog],
    name: str | None,
    body: bytes,
    content_type: str,
) -> Response:
    if isinstance(form, str):
        raise HTTPError(400, f"{request.FORMAT}={form} is not for lists: use json, votable or csv.")
    with turns.one_of_few(given.request):
        outcome = await turns.work(
            given.request,
            turns.large(),
            lists.compare,
            given.parameters,
            known,
            name,
            body,
            content_type,
        )
        _require_room(form, outcome.match)
        return await _written(form, outcome)


async def _written(form: ModuleType, outcome: Outcome) -> Response:
    body = await to_thread.run_sync(form.write, outcome)
    return Response(body, headers=HEADERS, media_type=form.CONTENT_TYPE)


def _require_room(form: ModuleType | str, asked: Match) -> None:
    if not isinstance(form, str) and form.ONE_CATALOG and len(asked.wanted) > 1:
        raise HTTPError(
            400,
            f"{request.FORMAT}={form.NAMES[0]} has room for one catalogue, {len(asked.wanted)} are"
            f" asked: name one in {request.CATALOG}, or use json or votable.",
        )


async def _stream(asked: Match, desk: Desk, write: streams.Write) -> AsyncIterator[bytes]:
    """Give places and catalogues, then each answer as it comes, and last how many there were."""
    known = [jsonform.catalog(wanted) for wanted in asked.wanted]
    yield write("begin", {**jsonform.heading(asked), "catalogs": known})
    count = 0
    async for one in gather.answers(desk, asked):
        count += 1
        yield write("answer", {"catalog": one.wanted.catalog.name} | jsonform.answer(one))
    yield write("end", {"answers": count})
