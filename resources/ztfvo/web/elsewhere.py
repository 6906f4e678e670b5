"""Where an address that cannot be answered may lead: to the same of a release that is here, or to
pages that help."""

from __future__ import annotations

from fastapi import Request

from ztfvo import addresses
from ztfvo.db import DatabaseDown, reading
from ztfvo.errors import HTTPError
from ztfvo.oid import InvalidOID, parse
from ztfvo.releases import PUBLIC, NoRelease, places_of, releases
from ztfvo.store.names import DEFAULT, LATEST

_FILES = ("csv", "features", "figure")
"""Addresses of the Viewer that need a release."""


def address(request: Request, error: NoRelease) -> str | None:
    """Return the same address of the default release, where one of the Viewer names a public
    release that is not here, and the default one has its light curves."""
    release, what, *rest = [part for part in request.url.path.split("/") if part] + ["", ""]
    if release != error.name or not PUBLIC.fullmatch(release):
        return None
    if what == "search":
        return _with_query(request, addresses.SEARCH)
    if what not in (addresses.VIEW, *_FILES) or not rest[0]:
        return None
    default, where = _places(rest[0])
    if not where or set(where.values()) != {default}:
        return None
    path = "/".join([what, *filter(None, rest)])
    return _with_query(request, f"/{LATEST}/{path}" if what in _FILES else f"/{path}")


def links(request: Request, error: HTTPError) -> list[tuple[str, str]]:
    """Return titles and addresses of what the reader of an error may look for; it waits for the
    database."""
    path, found = request.url.path, []
    _, is_page, oids = path.partition(f"/{addresses.VIEW}/")
    if is_page and error.status == 400 and request.url.query:
        found.append(("This page without parameters", path))
    if is_page and error.status == 404:
        default, where = _places(oids.partition("/")[0])
        for oid, release in where.items():
            page = addresses.view(DEFAULT if release == default else release, oid)
            found.append((f"Light curve {oid} in release {release}", page))
    if isinstance(error, NoRelease):
        found += [(f"Search release {one}", f"/{one}{addresses.SEARCH}") for one in error.known]
    return found


def _with_query(request: Request, path: str) -> str:
    return f"{path}?{request.url.query}" if request.url.query else path


def _places(words: str) -> tuple[str, dict[int, str]]:
    """The default release, and the release of each of some light curves; nothing where one is in
    none, is no OID, or the database is away."""
    try:
        oids = list(map(parse, words.split(",")))
        with reading() as connection:
            default = next((one.name for one in releases(connection) if one.is_default), "")
            known = places_of(connection, oids)
    except (InvalidOID, DatabaseDown):
        return "", {}
    return default, {oid: known[oid].release for oid in oids} if len(known) == len(
        set(oids)
    ) else {}
