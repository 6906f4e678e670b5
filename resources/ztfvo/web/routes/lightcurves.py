"""Light curves as files and figures: ``/lc``, and their pages: ``/view``."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from fastapi import APIRouter, Request, Response

from ztfvo.products import parameters, produce, request
from ztfvo.products.model import Product
from ztfvo.products.writers import Writer, writers
from ztfvo.store.names import DEFAULT
from ztfvo.web import turns
from ztfvo.web.errors import answer_as
from ztfvo.web.http import ASKING, CHANGING, NAMED_RELEASE, Given, Reading, respond, serve
from ztfvo.web.openapi import operation, path_parameter, query_parameter
from ztfvo.web.pages import lightcurve

router = APIRouter(tags=["Light curves"])

_OIDS = path_parameter(
    "name",
    "One OID or several with commas between, and an extension for the format, such as"
    " 680113300005170.json",
    "680113300005170.json",
)
_RELEASE = path_parameter("release", "Name of a release, such as dr24", "demo")


def _described(*path: dict[str, Any], named: bool) -> dict[str, Any]:
    """Return what OpenAPI shows of an address."""
    identifier = query_parameter(
        parameters.ID,
        "OIDs, several times or with commas between",
        {"type": "string"},
        required=not named,
        example="680113300005170",
    )
    given = [
        query_parameter(
            one.name, f"{one.description}{f' ({one.unit})' if one.unit else ''}", one.schema()
        )
        for one in parameters.PARAMETERS
    ]
    formats = query_parameter(
        parameters.FORMAT,
        "Form of the answer, also by its media type; VOTable if not given",
        {"type": "string", "enum": [writer.names[0] for writer in (*writers(), lightcurve.WRITER)]},
    )
    return operation(
        parameters=[*path, identifier, *given, formats],
        answers={writer.content_type.partition(";")[0]: writer.title for writer in writers()},
        refusals=(400, 404, 413, 415, 503),
    )


@serve(
    router,
    "/lc",
    methods=ASKING,
    summary="Light curves by ID",
    openapi_extra=_described(named=False),
)
@serve(
    router,
    "/lc/{name}",
    methods=ASKING,
    summary="Light curves by address",
    openapi_extra=_described(_OIDS, named=True),
)
@serve(
    router,
    "/{release}/lc",
    methods=ASKING,
    summary="Light curves of a named release by ID",
    openapi_extra=_described(_RELEASE, named=False),
)
@serve(
    router,
    "/{release}/lc/{name}",
    methods=ASKING,
    summary="Light curves of a named release by address",
    openapi_extra=_described(_RELEASE, _OIDS, named=True),
)
@serve(router, "/lc/{path:path}", methods=ASKING)
@serve(router, "/{release}/lc/{path:path}", methods=ASKING)
async def light_curves(given: Reading) -> Response:
    """Light curves as delivered by the release, as flux, difference, folded or binned; a POST may
    send own photometry along as JSON, to see it in a figure."""
    path = given.around("lc")
    if given.segments[0] == "lc" and len(path) == 1 and not _names(given):
        path = [DEFAULT, *path]  # what is no OID here is no release either
    return await _answer(given, path)


def _names(given: Given) -> list[str]:
    """Return the light curves named by parameters."""
    return [*given.parameters.words(parameters.ID), *given.parameters.words("OID")]


@serve(router, "/view")
@serve(router, "/{release}/view")
def named(given: Reading) -> Response:
    """Lead to the page of the light curves that a form names."""
    given.parameters.require_known([parameters.ID])
    oids = parameters.oids(given.parameters.words(parameters.ID))
    path = "/".join([*given.around("view"), "view", ",".join(map(str, oids))])
    return Response(status_code=303, headers={"Location": f"/{path}"})


@serve(router, "/view/{oids}", methods=ASKING)
@serve(router, "/{release}/view/{oids}", methods=ASKING)
async def view(given: Reading) -> Response:
    """Show the page of light curves."""
    *release, oids = given.around("view")
    return await _answer(given, [*release, f"{oids}.{lightcurve.WRITER.extension}"])


async def _answer(given: Reading, path: Sequence[str]) -> Response:
    asked = request.Asked(path, given.parameters, given.body, given.content_type)
    product, writer = await turns.work(given.request, None, _fetch, given.request, asked)
    rows = produce.rows(product)
    is_large = rows > (turns.LARGE_POINTS if writer.figure else turns.LARGE_ROWS)
    threads = turns.figures() if writer.figure else turns.large() if is_large else None
    line = turns.in_line(given.request) if writer.figure else nullcontext()
    with turns.one_of_few(given.request) if is_large else nullcontext():
        async with line:
            body = await turns.work(given.request, threads, produce.write, product, writer)
    return respond(given.request, body, writer.content_type, _headers(product, writer))


def _fetch(sent: Request, asked: request.Asked) -> tuple[Product, Writer]:
    answer_as(sent, writers()[0].content_type)
    writer = request.wanted(asked, [lightcurve.WRITER])
    answer_as(sent, writer.content_type)
    return produce.fetch(request.read(asked, writer)), writer


def _headers(product: Product, writer: Writer) -> dict[str, str]:
    first, *others = product.request.oids
    several = f"_and_{len(others)}_more" if others else ""
    name = f"ztf_{product.release}_{first}{several}.{writer.extension}"
    return {
        "Cache-Control": CHANGING if product.request.release == DEFAULT else NAMED_RELEASE,
        "Content-Disposition": f"{'attachment' if writer.attachment else 'inline'};"
        f' filename="{name}"',
    }
