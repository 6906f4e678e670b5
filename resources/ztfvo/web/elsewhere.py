"""Where an address that cannot be answered may lead: to the same of a release that is here, or to
pages that help."""

from __future__ import annotations

import re

from fastapi import Request

from ztfvo import addresses
from ztfvo.db import reading
from ztfvo.oid import InvalidOID, parse
from ztfvo.releases import NoRelease, places_of, releases
from ztfvo.store.names import LATEST

_PUBLIC = re.compile(r"dr\d+", re.ASCII)
"""Names of the public releases, in addresses of other services too."""
_OF_CURVES = ("csv", "figure")


def address(request: Request, error: NoRelease) -> str | None:
    """Return the same address of the default release, where one of the Viewer names a public
    release that is not here, and the default one has its light curves."""
    release, what, *rest = [part for part in request.url.path.split("/") if part] + ["", ""]
    if release != error.name or not _PUBLIC.fullmatch(release):
        return None
    if what == "search":
        return _with_query(request, addresses.SEARCH)
    if what not in (addresses.VIEW, *_OF_CURVES) or not _has(rest[0].split(",")):
        return None
    path = "/".join([what, *filter(None, rest)])
    return _with_query(request, f"/{LATEST}/{path}" if what in _OF_CURVES else f"/{path}")


def links(request: Request, error: Exception | None) -> list[tuple[str, str]]:
    """Return titles and addresses of what the reader of an error may look for."""
    found = []
    path = request.url.path
    if f"/{addresses.VIEW}/" in path and request.url.query:
        found.append(("This page without parameters", path))
    if isinstance(error, NoRelease):
        found += [(f"Search release {one}", f"/{one}{addresses.SEARCH}") for one in error.known]
    return found


def _with_query(request: Request, path: str) -> str:
    return f"{path}?{request.url.query}" if request.url.query else path


def _has(words: list[str]) -> bool:
    """Whether the default release has all light curves of some."""
    try:
        oids = list(map(parse, words))
    except InvalidOID:
        return False
    with reading() as connection:
        default = [one.name for one in releases(connection) if one.is_default]
        known = places_of(connection, oids)
    return all(one in known and known[one].release in default for one in oids)
