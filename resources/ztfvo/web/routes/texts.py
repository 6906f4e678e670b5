"""Pages of texts: what the site is, ``/about``, and how it is used, ``/help``."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Response

from ztfvo import addresses
from ztfvo.db import DatabaseDown, reading
from ztfvo.match import catalogs
from ztfvo.outside.sources import sources
from ztfvo.products.columns import CITATION
from ztfvo.releases import EXAMPLE, Release, example_of, releases
from ztfvo.settings import get_settings
from ztfvo.web.errors import answer_as
from ztfvo.web.http import CHANGING, Reading, respond, serve
from ztfvo.web.pages import HTML, page

router = APIRouter()

LIBRARIES = {
    "uplot": ("uPlot", "MIT", "LICENSE"),
    "aladin-lite": ("Aladin Lite", "GPL-3.0", "LICENSE"),
    "js9": ("JS9", "MIT", "LICENSE"),
    "sampjs": ("samp.js", "CC0", ""),
}
"""Of the pages, by their names in the registry: title, licence, and the file with its text."""
LOCK = Path("etc") / "libraries.lock"


@serve(router, addresses.ABOUT)
def about(given: Reading) -> Response:
    """Say what data the site has, how to cite them, and on which terms they may be used."""
    answer_as(given.request, HTML)
    fault, known, hosted = "", [], {}
    try:
        with reading() as connection:
            known = releases(connection)
        hosted = {name: one for name, one in catalogs.known().items() if one.here}
    except DatabaseDown as down:
        fault = str(down)
    body = page(
        "about.html",
        title="About",
        here=addresses.ABOUT,
        releases=known,
        fault=fault,
        citation=CITATION,
        simulated=any(one.is_default and one.simulated for one in known),
        hosted=[one.source for one in hosted.values()],
        outside=[one for name, one in sources().items() if name not in hosted],
        libraries=_libraries(),
    )
    return respond(given.request, body, HTML, {"Cache-Control": "no-store" if fault else CHANGING})


@serve(router, addresses.HELP)
def how(given: Reading) -> Response:
    """Show how the site is used from programs, with its own addresses."""
    answer_as(given.request, HTML)
    default: Release | None = None
    oid, stars = EXAMPLE, True
    try:
        with reading() as connection:
            default = next((one for one in releases(connection) if one.is_default), None)
            oid = (default and example_of(connection, default)) or EXAMPLE
    except DatabaseDown:
        stars = False  # the page is of use without the release's own example
    body = page(
        "help.html",
        title="Help",
        here=addresses.HELP,
        oid=oid,
        simulated=bool(default and default.simulated),
    )
    return respond(given.request, body, HTML, {"Cache-Control": CHANGING if stars else "no-store"})


def _libraries() -> list[tuple[str, str, str, str]]:
    """Return title, version, licence and place of its text of each library of the pages."""
    found = []
    for line in (get_settings().root / LOCK).read_text().splitlines():
        name, *rest = line.split() or [""]
        if name in LIBRARIES:
            title, licence, file = LIBRARIES[name]
            found.append((title, rest[0], licence, f"{name}/{file}" if file else ""))
    return found
