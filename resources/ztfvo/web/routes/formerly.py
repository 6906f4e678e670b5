"""Pages at the addresses that the SNAD Viewer has for them, which lead to this site's."""

from __future__ import annotations

import math

from fastapi import APIRouter, Response
from starlette.exceptions import HTTPException

from ztfvo import addresses
from ztfvo.dal import Parameters
from ztfvo.db import reading
from ztfvo.errors import HTTPError
from ztfvo.products import produce, request
from ztfvo.products.beside import curves_of
from ztfvo.products.derive import derive
from ztfvo.products.parameters import EPOCHS, oids
from ztfvo.releases import PUBLIC, NoRelease, as_elsewhere, releases
from ztfvo.settings import get_settings
from ztfvo.store.names import DEFAULT, LATEST
from ztfvo.web.http import CHANGING, Given, Reading, serve

router = APIRouter()

OLD = ("MIN_MJD", "MAX_MJD", "LC", "FITS")
"""Parameters of the Viewer's page of a light curve, which this site's page has not."""
FITS = ("first", "last", "peak")
KNOWLEDGE = {"/tags": "/tags", "/anomalies": "/", "/akb": "/", "/login": "/login"}
"""Pages of the knowledge database by the Viewer's addresses."""


@serve(router, *KNOWLEDGE)
def knowledge(given: Reading) -> Response:
    """Lead to the knowledge database's pages."""
    settings = get_settings()
    if not settings.kdb_workers:
        raise HTTPError(404, "This site has no knowledge database: see / for what there is.")
    path = KNOWLEDGE[given.request.url.path]
    return _to(addresses.knowledge(path))


@serve(router, f"{addresses.SEARCH}/{{name}}/{{radius}}")
@serve(router, f"/{{release}}{addresses.SEARCH}/{{name}}/{{radius}}")
def search(given: Reading) -> Response:
    """Lead to what is around a place."""
    parts = given.request.path_params
    return _to(addresses.search(_release(given), parts["name"], parts["radius"]))


@serve(router, "/view/{oids}/short")
@serve(router, "/{release}/view/{oids}/short")
def short(given: Reading) -> Response:
    """Lead to the page of a light curve in the release's window of that name."""
    return _to(_view(given, [("TIME", "short")]))


@serve(router, "/view/{oids}/")
@serve(router, "/{release}/view/{oids}/")
def slash(given: Reading) -> Response:
    """Lead to the page of light curves, whose address has no slash behind it."""
    query = given.request.url.query
    return _to(f"{given.request.url.path.rstrip('/')}{f'?{query}' if query else ''}")


@serve(router, "/{release}/")
def start(given: Reading) -> Response:
    """Lead from the front page of a release to that of the site, or to its search where the release
    is not the default one."""
    name = given.request.path_params["release"]
    with reading() as connection:
        known = releases(connection)
    if name == LATEST or any(one.name == name and one.is_default for one in known):
        return _to("/")
    if any(one.name == name for one in known):
        return _to(addresses.of_release(name, addresses.SEARCH.removeprefix("/")))
    if PUBLIC.fullmatch(name):
        raise NoRelease(name, [one.name for one in known])
    raise HTTPException(404)


def is_of_viewer(given: Given) -> bool:
    """Return whether a request has parameters of the Viewer's page."""
    return any(given.parameters.values(name) for name in OLD)


def lead(given: Given) -> Response:
    """Lead from the Viewer's parameters of the page of a light curve to this site's.

    Raises
    ------
    HTTPError
        400 where one of them cannot be used.
    """
    parameters = given.parameters
    pairs = [(name, value) for name, value in parameters.pairs() if name not in OLD]
    low, high = (parameters.number(name, *EPOCHS) for name in ("MIN_MJD", "MAX_MJD"))
    low, high = -math.inf if low is None else low, math.inf if high is None else high
    if low > high:
        raise HTTPError(400, f"min_mjd={low} is later than max_mjd={high}.")
    bounds = f"{low} {high}".replace("inf", "Inf")
    if math.isfinite(low) or math.isfinite(high):
        pairs.append(("TIME", bounds))
    others = [word for word in parameters.words("LC") if curves_of(word)]
    if others:
        pairs.append(("WITH", ",".join(others)))
    word = parameters.text("FITS")
    if word in FITS and (epoch := _epoch(given, word, bounds)):
        pairs.append(("SHOW", epoch))
    return _to(_view(given, pairs))


def _epoch(given: Given, word: str, bounds: str) -> str | None:
    """Return the identifier of the first, last or brightest good epoch within bounds."""
    path = [_release(given), ",".join(map(str, _oids(given)))]
    chosen = Parameters([("QUALITY", "good"), ("TIME", bounds)])
    asked = request.Asked(path, chosen)
    fetched = produce.fetch(request.read(asked, request.wanted(asked)))
    (curve, *_) = derive(fetched).curves
    if not len(curve):
        return None
    at = {"first": 0, "last": -1, "peak": int(curve.columns["mag"].argmin())}[word]
    return f"{curve.oid}-{curve.columns['hmjd'][at]:.5f}"


def _view(given: Given, pairs: list[tuple[str, str]]) -> str:
    return addresses.with_parameters(addresses.view(_release(given), *_oids(given)), pairs)


def _oids(given: Given) -> tuple[int, ...]:
    return oids(given.request.path_params["oids"].split(","))


def _release(given: Given) -> str:
    named = given.request.path_params.get("release")
    return DEFAULT if named is None else as_elsewhere(named)


def _to(address: str) -> Response:
    return Response(status_code=301, headers={"Location": address, "Cache-Control": CHANGING})
