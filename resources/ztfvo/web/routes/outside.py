"""Which services outside are asked, and how they answer now."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from anyio import to_thread
from fastapi import APIRouter, Response

from ztfvo.addresses import OUTSIDE
from ztfvo.match import catalogs
from ztfvo.outside.ask import Desk, iso
from ztfvo.outside.cache import Figures
from ztfvo.outside.model import Source
from ztfvo.outside.sources import sources
from ztfvo.web.desk import desk_of
from ztfvo.web.forms import FORMAT, FORMAT_PARAMETER, JSON, form_of
from ztfvo.web.http import Reading, serve
from ztfvo.web.openapi import operation
from ztfvo.web.pages import HTML, page

RECENT_MINUTES = 15
"""After which an answer says little about now."""

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
    found = await to_thread.run_sync(describe, desk_of(given.request))
    body = (
        page("outside.html", title="Services outside", sources=found, said=said)
        if content_type == HTML
        else orjson.dumps({"sources": found}) + b"\n"
    )
    return Response(
        body, headers={"Cache-Control": "no-store", "Vary": "Accept"}, media_type=content_type
    )


def describe(desk: Desk) -> list[dict[str, Any]]:
    """Return what is known of each source; it waits for the database."""
    figures, silences = desk.cache.figures(), desk.cache.silences()
    here = {name for name, catalog in catalogs.known().items() if catalog.here}
    missing = {name: reason for name, one in sources().items() if (reason := desk.missing(one))}
    reasons = missing | {name: silence.reason for name, silence in silences.items()}
    return [
        _described(source)
        | {
            "hosted": name in here,
            "works": False if name in reasons else True if name in figures else None,
            "reason": reasons.get(name),
            "since": iso(silences[name].since) if name in silences else None,
            "again_at": iso(silences[name].again) if name in silences else None,
            "asked_at": iso(figures[name].last) if name in figures else None,
            "last_day": _day(figures.get(name, Figures())),
        }
        for name, source in sources().items()
    ]


def said(source: dict[str, Any]) -> tuple[str, str]:
    """Return a kind (good, bad or none) and words for the state of a source, behind its title."""
    if source["hosted"]:
        return "good", "hosted here"
    if source["reason"]:
        return "bad", source["reason"].removeprefix(source["title"]).strip()
    if source["asked_at"] is None:
        return "", "not asked lately"
    age = datetime.now(UTC) - datetime.fromisoformat(source["asked_at"])
    minutes = age // timedelta(minutes=1)
    if minutes < RECENT_MINUTES:
        return "good", "answers"
    hours, rest = divmod(minutes, 60)
    return "", f"answered {hours} h ago" if hours else f"answered {rest} min ago"


def _day(figures: Figures) -> dict[str, Any]:
    return {name: value for name, value in asdict(figures).items() if name != "last"}


def _described(source: Source) -> dict[str, Any]:
    plain = ("name", "title", "gives", "hosts", "radius", "largest_radius", "about", "times")
    return {one: getattr(source, one) for one in (*plain, "citation", "licence")} | {
        "columns": [
            {one: getattr(column, one) for one in ("name", "dtype", "unit", "ucd", "description")}
            for column in source.columns
        ]
    }
