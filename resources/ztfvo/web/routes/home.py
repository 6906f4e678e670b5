"""The front page."""

from __future__ import annotations

from astropy.time import Time
from fastapi import APIRouter, Response

from ztfvo.db import DatabaseDown, reading
from ztfvo.products.columns import CITATION
from ztfvo.releases import example_of, releases
from ztfvo.settings import get_settings
from ztfvo.web.errors import RETRY_SECONDS, answer_as
from ztfvo.web.http import Reading, respond, serve
from ztfvo.web.pages import HTML, page

router = APIRouter()


@serve(router, "/")
def home(given: Reading) -> Response:
    """Show what the site has."""
    answer_as(given.request, HTML)
    fault, known, example = None, [], None
    try:
        with reading() as connection:
            known = releases(connection)
            example = next((example_of(connection, one) for one in known if one.is_default), None)
    except DatabaseDown as down:
        fault = str(down)
    body = page(
        "home.html",
        title=get_settings().site_name,
        citation=CITATION,
        fault=fault,
        example=example,
        releases=[(one, _day(one.hmjd_first), _day(one.hmjd_last)) for one in known],
        simulated=any(one.is_default and one.simulated for one in known),
    )
    if fault:
        headers = {"Cache-Control": "no-store", "Retry-After": str(RETRY_SECONDS)}
        return respond(given.request, body, HTML, headers, 503)
    return respond(given.request, body, HTML, {"Cache-Control": "public, max-age=60"})


def _day(hmjd: float | None) -> str:
    return "" if hmjd is None else Time(hmjd, format="mjd", scale="utc").strftime("%Y-%m-%d")
