"""Links between the pages of this site."""

from __future__ import annotations

from gavo import base


def page(schema: str, oid: int) -> str:
    """Path of the page about one light curve of the release that a schema shows."""
    release = schema.removeprefix("ztf").removeprefix("_")
    return base.makeSitePath(f"/{release}/view/{int(oid)}" if release else f"/view/{int(oid)}")
