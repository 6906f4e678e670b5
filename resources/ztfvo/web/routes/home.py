"""The front page."""

from __future__ import annotations

from typing import Any

from astropy.time import Time
from fastapi import APIRouter, Response

from ztfvo import addresses
from ztfvo.db import DatabaseDown, reading
from ztfvo.products.columns import CITATION
from ztfvo.releases import releases
from ztfvo.search.coverage import footprint
from ztfvo.search.examples import Example, examples
from ztfvo.settings import get_settings
from ztfvo.store.names import DEFAULT
from ztfvo.web.desk import desk_of
from ztfvo.web.errors import RETRY_SECONDS, answer_as
from ztfvo.web.http import Reading, respond, serve
from ztfvo.web.pages import HTML, coverage, page
from ztfvo.web.routes.outside import describe, said

router = APIRouter()


@serve(router, "/")
def home(given: Reading) -> Response:
    """Show what the site has."""
    answer_as(given.request, HTML)
    fault, known, shown, covered = None, [], [], ""
    try:
        with reading() as connection:
            known = releases(connection)
            for one in known:
                if one.is_default:
                    shown, covered = examples(connection, one), footprint(connection, one)
    except DatabaseDown as down:
        fault = str(down)
    body = page(
        "home.html",
        title=get_settings().site_name,
        here="/",
        citation=CITATION,
        fault=fault,
        examples=[(one, _page(one), _picture(one)) for one in shown],
        releases=[(one, _day(one.hmjd_first), _day(one.hmjd_last)) for one in known],
        default=next((one for one in known if one.is_default), None),
        map=coverage.picture(covered) if covered else "",
        sources=[_state(one) for one in describe(desk_of(given.request))],
        simulated=any(one.is_default and one.simulated for one in known),
    )
    if fault:
        headers = {"Cache-Control": "no-store", "Retry-After": str(RETRY_SECONDS)}
        return respond(given.request, body, HTML, headers, 503)
    return respond(given.request, body, HTML, {"Cache-Control": "public, max-age=60"})


def _page(example: Example) -> str:
    address = addresses.view(DEFAULT, example.oid)
    return f"{address}?PERIOD={example.period}" if example.period else address


def _picture(example: Example) -> str:
    address = addresses.light_curve(DEFAULT, example.oid, "svg")
    return f"{address}?PERIOD={example.period}" if example.period else address


def _state(source: dict[str, Any]) -> dict[str, str]:
    """What the page says of a service outside."""
    kind, words = said(source)
    return {"title": source["title"], "about": source["about"], "kind": kind, "said": words}


def _day(hmjd: float | None) -> str:
    return "" if hmjd is None else Time(hmjd, format="mjd", scale="utc").strftime("%Y-%m-%d")
