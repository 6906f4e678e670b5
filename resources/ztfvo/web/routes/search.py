"""What is around a place that people name, and around the places of a list: ``/search``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Response

from ztfvo import addresses
from ztfvo.addresses import SEARCH
from ztfvo.dal import BadParameter
from ztfvo.db import reading
from ztfvo.errors import HTTPError
from ztfvo.match.lists import type_of
from ztfvo.releases import Release, find_release, places_of
from ztfvo.resolve import Resolved, all_rules, resolve
from ztfvo.resolve.model import Found
from ztfvo.search import lists
from ztfvo.search.around import LARGEST_RADIUS, Around, around, nearest
from ztfvo.search.coverage import covers
from ztfvo.store.names import DEFAULT
from ztfvo.web import turns
from ztfvo.web.delivery import caching
from ztfvo.web.desk import desk_of
from ztfvo.web.errors import RETRY_SECONDS, answer_as
from ztfvo.web.http import ASKING, Given, Reading, respond, serve
from ztfvo.web.pages import HTML, SEARCH_RADIUS, page, results

router = APIRouter()

NAME, RADIUS, TEXT = "NAME", "RADIUS", "TEXT"
LEAST_RADIUS = 0.01
"""arcsec"""


@serve(router, SEARCH, f"/{{release}}{SEARCH}", methods=ASKING)
async def search(given: Reading) -> Response:
    """Show what is around a place, or around those of a list."""
    answer_as(given.request, HTML)
    (asked,) = given.around("search") or [DEFAULT]
    release = await turns.work(given.request, None, _release, asked)
    if given.request.method == "POST":
        return await _list(given, asked, release)
    given.parameters.require_known([NAME, RADIUS])
    if given.parameters.text(NAME) is None:
        body = page("search.html", title="Search", **_common(given, asked, release))
        return respond(given.request, body, HTML, {"Cache-Control": caching(asked)})
    return await _around(given, asked, release)


async def _around(given: Given, asked: str, release: Release) -> Response:
    """Answer with what is around what NAME stands for."""
    text = given.parameters.text(NAME) or ""
    common = _common(given, asked, release)
    try:
        radius = _radius(given)
        result = await resolve(text, desk_of(given.request))
    except BadParameter as error:
        return _refuse(common, 400, "Cannot be read", fault=error.message, ways=_ways())
    if not result.found:
        return _unknown(common, result)
    if result.rule in ("oid", "oids"):
        return await turns.work(given.request, None, _lead_to, asked, result.found[0])
    place = result.found[0]
    found, cut, near = await turns.work(given.request, None, _read, release, place, radius)
    values = common | {
        "result": result,
        "place": place,
        "others": [(one, _again(asked, one, given)) for one in result.found[1:]],
        "description": f"Light curves within {radius:g} arcsec of {result.text} in {release.title}",
    }
    if not found.stars:
        return _refuse(values, 404, f"Nothing at {result.text}", near=near)
    values |= results.around(asked, place, radius, found, cut)
    body = page("search.html", title=f"Around {result.text}", **values)
    return respond(given.request, body, HTML, {"Cache-Control": caching(asked)})


async def _list(given: Given, asked: str, release: Release) -> Response:
    """Answer with what is around the places of a list that was sent."""
    common = _common(given, asked, release)
    try:
        given.parameters.require_known([TEXT, RADIUS])
        radius = _radius(given)
        entries = await _entries(given)
    except HTTPError as error:
        return _refuse(common, error.status, "The list cannot be read", list_fault=error.message)
    placed = [one for one in entries if one.place]
    with turns.one_of_few(given.request):
        found, cut = await turns.work(
            given.request,
            turns.large(),
            _read_all,
            release,
            [one.place for one in placed],
            radius,
        )
    by_number = {one.number: each for one, each in zip(placed, found, strict=True)}
    values = common | results.of_list(asked, entries, by_number, radius, cut)
    body = page("search-list.html", title="Results of the list", **values)
    return Response(body, headers={"Cache-Control": "no-store"}, media_type=HTML)


async def _entries(given: Given) -> list[lists.Entry]:
    """Return what a list has that was sent as a file or pasted."""
    text = given.parameters.text(TEXT)
    files = [one for one in given.files if one.body]
    if len(files) + bool(text) > 1:
        raise HTTPError(400, "A file and a pasted list were sent: send one list at a time.")
    if files:
        kind = type_of(files[0].name, files[0].content_type)
        if kind != "text/plain":
            return await turns.work(given.request, None, lists.of_file, files[0].body, kind)
        text = _decoded(files[0].body)
    text = text or ""
    if lists.is_table(text):
        return await turns.work(given.request, None, lists.of_file, text.encode(), "text/csv")
    return await lists.of_lines(text, desk_of(given.request))


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise HTTPError(400, "The list is not a text in UTF-8: save it as UTF-8.") from None


def _release(asked: str) -> Release:
    with reading() as connection:
        return find_release(connection, asked)


def _read(
    release: Release, place: Found, radius: float
) -> tuple[Around, bool, dict[str, Any] | None]:
    """Return what is around a place, whether there is more, and, where nothing is, what is near."""
    with reading() as connection:
        (found,), cut = around(connection, release, [(place.ra, place.dec)], radius)
        if found.stars:
            return found, cut, None
        curve, searched = nearest(connection, release, place.ra, place.dec)
        covered = covers(connection, release, place.ra, place.dec)
    return found, cut, {"curve": curve, "searched": searched, "covered": covered}


def _read_all(
    release: Release, places: Sequence[tuple[float, float]], radius: float
) -> tuple[list[Around], bool]:
    if not places:
        return [], False
    with reading() as connection:
        return around(connection, release, places, radius)


def _lead_to(asked: str, found: Found) -> Response:
    """Lead to the page of light curves, in the release asked for if it has them."""
    release = asked
    if asked == DEFAULT:
        with reading() as connection:
            has = places_of(connection, found.oids)[found.oids[0]].release
            if has != find_release(connection, DEFAULT).name:
                release = has
    return Response(status_code=303, headers={"Location": addresses.view(release, *found.oids)})


def _radius(given: Given) -> float:
    return given.parameters.number(RADIUS, LEAST_RADIUS, LARGEST_RADIUS) or SEARCH_RADIUS


def _common(given: Given, asked: str, release: Release) -> dict[str, Any]:
    """What the page always shows."""
    radius = " ".join(given.parameters.values(RADIUS)[:1]) or f"{SEARCH_RADIUS:g}"
    return {
        "release": release,
        "simulated": release.simulated,
        "searched": " ".join(given.parameters.values(NAME)[:1]),
        "searched_radius": radius,
        "text": "\n".join(given.parameters.values(TEXT)[:1]),
        "largest_radius": LARGEST_RADIUS,
        "action": addresses.of_release(asked, SEARCH.removeprefix("/")),
        "view": lambda curve: addresses.view(asked, curve.oid),
    }


def _unknown(common: dict[str, Any], result: Resolved) -> Response:
    """Say that nobody knows a name, or that who may know it does not answer."""
    silent = result.outcome.silent
    values = common | {"result": result, "silent": silent}
    if not silent:
        return _refuse(values, 404, f"{result.text} is not known", unknown=True, ways=_ways())
    return _refuse(values, 503, f"{result.text} cannot be looked up now", unknown=True)


def _refuse(common: dict[str, Any], status: int, title: str, **values: Any) -> Response:
    body = page("search.html", title=title, status=status, **(common | values))
    headers = {"Cache-Control": "no-store"}
    if status == 503:
        headers["Retry-After"] = str(RETRY_SECONDS)
    return Response(body, status, headers, HTML)


def _ways() -> list[tuple[str, list[str]]]:
    """What can be read, with examples."""
    return [(rule.TITLE, rule.EXAMPLE.split(" or ")) for rule in all_rules().values()]


def _again(asked: str, place: Found, given: Given) -> str:
    """Address of the same search at another place."""
    position = f"{place.ra:.6f} {place.dec:+.6f}"
    return addresses.search(asked, position, given.parameters.text(RADIUS) or f"{SEARCH_RADIUS:g}")
