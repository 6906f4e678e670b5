"""Light curves at the addresses and in the JSON of SNAD's database of ZTF data releases.

Source: Malanchev et al. 2023, PASP 135, 024503.  Epochs are the good ones (catflags = 0
and magerr > 0) and light curves without any are left out, as there; with ``all=1`` all come, and
epochs have their catflags.  Parameters that there are not are not looked at, as there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import orjson
from fastapi import APIRouter, Response

from ztfvo.addresses import DATABASE
from ztfvo.dal import WHOLE, Parameters, shorten
from ztfvo.db import reading
from ztfvo.errors import HTTPError
from ztfvo.products import byoid, produce
from ztfvo.products.model import Circle, Product, Request
from ztfvo.products.parameters import MAX_OIDS, MAX_RADIUS
from ztfvo.products.queries import place_query
from ztfvo.releases import as_elsewhere, find_release, releases
from ztfvo.store.names import DEFAULT, LATEST
from ztfvo.web import turns
from ztfvo.web.delivery import caching, written
from ztfvo.web.http import CHANGING, READING, Given, Reading, respond, serve
from ztfvo.web.openapi import operation, path_parameter, query_parameter

router = APIRouter(tags=["Drop-in"])

JSON = "application/json"
DATA = f"{DATABASE}/data/{{dr}}"
MAX_PLACES = 10_000
"""OIDs whose positions are asked for at a time."""
YES, NO = ("1", "true", "yes"), ("0", "false", "no")

_DR = path_parameter("dr", "Name of a release, or latest for the default one", LATEST)
_OID = query_parameter(
    "oid", "A light curve; several times", {"type": "integer"}, True, "680113300005170"
)
_ALL = query_parameter(
    "all", "1 for all epochs, good or not, with their catflags", {"type": "integer", "enum": [0, 1]}
)
_CIRCLE = (
    query_parameter("ra", "Right ascension (ICRS, deg)", {"type": "number"}, True, "254.45755"),
    query_parameter("dec", "Declination (ICRS, deg)", {"type": "number"}, True, "35.34236"),
    query_parameter(
        "radius_arcsec",
        f"Radius (arcsec), above 0 and at most {MAX_RADIUS:g}",
        {"type": "number"},
        True,
        "1",
    ),
)
_REFUSALS = (400, 404, 429, 503)


@serve(
    router,
    f"{DATABASE}/dr/list/json",
    summary="Names of releases",
    openapi_extra=operation([], {JSON: "Names"}, (503,)),
)
def names(given: Reading) -> Response:
    """Names of the releases, and latest, which is the default one."""
    with reading() as connection:
        known = [one.name for one in releases(connection)]
    return _respond(given, orjson.dumps([*known, LATEST]), DEFAULT)


@serve(router, f"{DATABASE}/help")
def explain(given: Reading) -> Response:
    """Lead to the description of all addresses."""
    headers = {"Location": "/api/docs", "Cache-Control": CHANGING}
    return Response(status_code=303, headers=headers)


@serve(
    router,
    f"{DATA}/oid/full/json",
    summary="Facts and epochs of light curves",
    openapi_extra=operation([_DR, _OID, _ALL], {JSON: "meta and lc by OID"}, _REFUSALS),
)
async def full(given: Reading) -> Response:
    """Facts and good epochs of light curves by OID; mjd is heliocentric (UTC)."""
    asked = _request(given, oids=_some(_oids(given), MAX_OIDS))
    return await _answer(given, asked, byoid.full)


@serve(
    router,
    f"{DATA}/oid/meta/json",
    summary="Facts of light curves",
    openapi_extra=operation([_DR, _OID, _ALL], {JSON: "Facts by OID"}, _REFUSALS),
)
async def meta(given: Reading) -> Response:
    """Facts of light curves by OID: numbers of epochs, duration of the good ones (d), band, field,
    readout channel, position (ICRS, deg), cell of H3."""
    asked = _request(given, oids=_some(_oids(given), MAX_OIDS))
    return await _answer(given, asked, byoid.meta)


@serve(
    router,
    f"{DATA}/circle/full/json",
    summary="Facts and epochs of light curves within a circle",
    openapi_extra=operation([_DR, *_CIRCLE, _ALL], {JSON: "meta and lc by OID"}, _REFUSALS),
)
async def circle(given: Reading) -> Response:
    """The same of all light curves within a circle, the nearest first."""
    ra = _number(given.parameters, "ra", -360, 360) % 360
    dec = _number(given.parameters, "dec", -90, 90)
    radius = _number(given.parameters, "radius_arcsec", 0, MAX_RADIUS)
    if not radius:
        raise HTTPError(400, f"radius_arcsec=0 is not above 0, and at most {MAX_RADIUS:g}.")
    asked = _request(given, circle=Circle(ra, dec, radius / 3600))
    return await _answer(given, asked, byoid.full)


@serve(
    router,
    f"{DATA}/oid/coord/json",
    methods=READING,
    summary="Positions of light curves",
    openapi_extra=operation([_DR, _OID, _ALL], {JSON: "Positions by OID"}, _REFUSALS),
)
@serve(router, f"{DATA}/oid/coord/json", methods=("POST",))
async def coord(given: Reading) -> Response:
    """Positions (ICRS, deg) of light curves by OID; a POST may have a list of objects with oid."""
    oids = _some(_listed(given.body) if given.body else _oids(given), MAX_PLACES)
    release, all_epochs = _release(given), _all_epochs(given)
    found = await turns.work(given.request, None, _places, release, oids, all_epochs)
    return _respond(given, orjson.dumps(found), release)


def _release(given: Given) -> str:
    return as_elsewhere(given.request.path_params["dr"])


def _request(given: Given, **chosen: Any) -> Request:
    asked = {"release": _release(given), "oids": (), "format": "json", "lenient": True}
    return Request(**asked | chosen)


def _number(parameters: Parameters, name: str, least: float, most: float) -> float:
    number = parameters.number(name.upper(), least, most)
    if number is None:
        raise HTTPError(400, f"{name} is missing: give ra, dec and radius_arcsec.")
    return number


def _oids(given: Given) -> list[str]:
    words = given.parameters.values("OID")
    if not words:
        raise HTTPError(400, "No light curve is named: give oid, as in oid=680113300005170.")
    return words


def _listed(body: bytes) -> list[str]:
    """OIDs of a list that was sent."""
    try:
        objects = orjson.loads(body)
        return [str(one["oid"]) for one in objects]
    except (orjson.JSONDecodeError, TypeError, KeyError) as error:
        raise HTTPError(
            400,
            'The body is not a list of light curves: send JSON like [{"oid": 680113300005170}].',
        ) from error


def _some(words: Sequence[str], most: int) -> tuple[int, ...]:
    """OIDs, each once; numbers that are none are of no light curve."""
    for word in words:
        if not WHOLE.fullmatch(word):
            raise HTTPError(400, f"oid={shorten(word)} is not a whole number.")
    found = tuple(dict.fromkeys(map(int, words)))
    if len(found) > most:
        raise HTTPError(
            400, f"{len(found)} light curves are named, {most} are the limit: ask several times."
        )
    return found


def _all_epochs(given: Given) -> bool:
    return given.parameters.choice("ALL", (*YES, *NO)) in YES


async def _answer(
    given: Given, asked: Request, write: Callable[[Product, bool], bytes]
) -> Response:
    all_epochs = _all_epochs(given)
    product = await turns.work(given.request, None, produce.fetch, asked)
    body = await written(given.request, product, partial(write, all_epochs=all_epochs))
    return _respond(given, body, asked.release)


def _respond(given: Given, body: bytes, release: str) -> Response:
    return respond(given.request, body, JSON, {"Cache-Control": caching(release)})


def _places(release: str, oids: tuple[int, ...], all_epochs: bool) -> dict[str, dict[str, float]]:
    with reading() as connection:
        name = find_release(connection, release).name
        rows = connection.execute(*place_query(name, oids, 0 if all_epochs else 1)).fetchall()
    found = {oid: {"ra": ra, "dec": dec} for oid, ra, dec in rows}
    return {str(oid): found[oid] for oid in oids if oid in found}
