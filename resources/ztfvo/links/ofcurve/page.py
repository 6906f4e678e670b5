"""The page about the light curve."""

from __future__ import annotations

from collections.abc import Iterator

from ztfvo.addresses import absolute, view
from ztfvo.links.model import HTML, LightCurve, Link

ORDER = 30


def links(curve: LightCurve) -> Iterator[Link]:
    """The link to the page about the light curve."""
    yield Link(
        absolute(view(curve.address, curve.oid)),
        "#documentation",
        f"{curve.origin}Page about OID {curve.oid}",
        HTML,
        local_semantics="page",
    )
