"""Have DaCHS call its services by their short addresses, wherever it names one.

nginx sends them where DaCHS has them (``etc/nginx/nginx.conf``).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from gavo.svcs import service

from ztfvo import addresses
from ztfvo.store.names import DEFAULT

SERVICES = {
    "cone": ("scs.xml", addresses.CONE),
    "starcone": ("scs.xml", addresses.STAR_CONE),
    "ssa": ("ssap.xml", addresses.TIME_SERIES),
    "sia": ("siap2.xml", addresses.IMAGE_SEARCH),
    "links": ("dlmeta", addresses.LINKS),
    "images": ("dlmeta", addresses.IMAGES),
}
"""Renderer and short address of each service of a release, by its name in the descriptor."""

ABOUT = {
    "capabilities": "capabilities",
    "availability": "availability",
    "tableMetadata": "tables",
}
"""Renderers of what is said of a service (VOSI 1.1), and what their addresses end with."""

OF_TAP = ABOUT | {name: name for name in ("sync", "async", "examples", "info", "howtocite")}


def path(descriptor: str, name: str, renderer: str) -> str | None:
    """Return the short address of a service as a path; None where it has none.

    Parameters
    ----------
    descriptor
        As DaCHS calls it, such as ``ztf/dr19``.
    name
        Of the service in it.
    renderer
        What it is asked with.
    """
    if (descriptor, name) == ("__system__/tap", "run"):
        return f"{addresses.TAP}/{OF_TAP[renderer]}" if renderer in OF_TAP else None
    folder, _, release = descriptor.partition("/")
    protocol, short = SERVICES.get(name, (None, ""))
    if descriptor == "kdb/kdb" and name == "cone":
        base = addresses.KDB_CONE
    elif folder == addresses.CATALOGS and name == "cone":
        base = addresses.catalog_cone(release)
    elif folder == DEFAULT and protocol:
        base = addresses.of_release(release, short)
    else:
        return None
    if renderer == protocol:
        return base
    return f"{base}/{ABOUT[renderer]}" if renderer in ABOUT else None


def install() -> None:
    """Put the short addresses in the place of DaCHS' own."""
    original = service.GetURLMixin.getURL

    def get_url(
        self: Any,
        renderer: str,
        absolute: bool = True,
        canonical: bool = False,
        **parameters: Any,
    ) -> str:
        short = path(self.rd.sourceId, self.id, renderer)
        if short is None:
            return original(self, renderer, absolute, canonical, **parameters)
        query = urlencode(parameters)
        # Protocols of before DALI have the sign in their addresses already.
        mark = "?" if query or renderer.endswith(".xml") else ""
        return f"{addresses.absolute(short) if absolute else short}{mark}{query}"

    service.GetURLMixin.getURL = get_url
