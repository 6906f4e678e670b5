"""Which services outside are asked, and how they answer now."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson
from anyio import to_thread
from fastapi import APIRouter, Response

from ztfvo.addresses import OUTSIDE
from ztfvo.outside.ask import iso
from ztfvo.outside.cache import Cache, Figures
from ztfvo.outside.model import Source
from ztfvo.outside.sources import sources
from ztfvo.web.desk import desk_of
from ztfvo.web.forms import FORMAT, FORMAT_PARAMETER, JSON, form_of
from ztfvo.web.http import Reading, serve
from ztfvo.web.openapi import operation
from ztfvo.web.pages import HTML, page

router = APIRouter(tags=["Outside"])


@serve(
    router,
    OUTSIDE,
    summary="Services outside: what they give, and how they answer now",
    openapi_extra=operation(
        [FORMAT_PARAMETER],
        {JSON: "All sources with their states", "text/html": "The same as a page"},
        (400,),
    ),
)
async def outside(given: Reading) -> Response:
    """List all sources, their states and the figures of the last day."""
    given.parameters.require_known([FORMAT])
    content_type = form_of(given)
    found = await to_thread.run_sync(describe, desk_of(given.request).cache)
    body = (
        page("outside.html", title="Services outside", sources=found)
        if content_type == HTML
        else orjson.dumps({"sources": found}) + b"\n"
    )
    return Response(
        body, headers={"Cache-Control": "no-store", "Vary": "Accept"}, media_type=content_type
    )


def describe(cache: Cache) -> list[dict[str, Any]]:
    """Return what is known of each source."""
    figures, silences = cache.figures(), cache.silences()
    return [
        _described(source)
        | {
            "works": None if name not in figures else name not in silences,
            "reason": silences[name].reason if name in silences else None,
            "since": iso(silences[name].since) if name in silences else None,
            "again_at": iso(silences[name].again) if name in silences else None,
            "last_day": asdict(figures.get(name, Figures())),
        }
        for name, source in sources().items()
    ]


def _described(source: Source) -> dict[str, Any]:
    plain = ("name", "title", "gives", "hosts", "radius", "largest_radius", "about", "times")
    return {one: getattr(source, one) for one in (*plain, "citation", "licence")} | {
        "columns": [
            {one: getattr(column, one) for one in ("name", "dtype", "unit", "ucd", "description")}
            for column in source.columns
        ]
    }
