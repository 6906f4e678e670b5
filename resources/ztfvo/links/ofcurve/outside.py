"""Light curves of the place from services outside, by this site.  Nothing is asked of them here."""

from __future__ import annotations

from collections.abc import Iterator

from ztfvo.addresses import absolute, outside_curve, view
from ztfvo.links.model import TIMESERIES, LightCurve, Link
from ztfvo.products.beside import curve_sources
from ztfvo.store.names import DEFAULT
from ztfvo.votable import MEDIA_TYPE as VOTABLE

ORDER = 45


def links(curve: LightCurve) -> Iterator[Link]:
    """Links to the nearest light curve of every source."""
    note = " (observed; the light curve is simulated)" if curve.simulated else ""
    asked = [("ID", str(curve.oid))]
    if curve.address != DEFAULT:
        asked.append(("RELEASE", curve.address))
    for name, source in curve_sources().items():
        yield Link(
            absolute(outside_curve(name, asked)),
            "#counterpart",
            f"{source.title}: light curve of the nearest object within {source.radius:g} arcsec, if"
            f" there is one{note}",
            VOTABLE,
            TIMESERIES,
            name,
            absolute(f"{view(curve.address, curve.oid)}?WITH={name}"),
        )
