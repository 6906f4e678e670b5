"""Links between the pages of this site."""

from __future__ import annotations

from gavo import base

from ztfvo import addresses
from ztfvo.store.names import DEFAULT


def page(schema: str, oid: int) -> str:
    """Path of the page about one light curve of the release that a schema shows."""
    return base.makeSitePath(addresses.view(_release(schema), int(oid)))


def star(schema: str, name: str) -> str:
    """Path of the page about the light curves of one star of the release that a schema shows."""
    return base.makeSitePath(addresses.star(_release(schema), name))


def _release(schema: str) -> str:
    return schema.removeprefix("ztf").removeprefix("_") or DEFAULT
