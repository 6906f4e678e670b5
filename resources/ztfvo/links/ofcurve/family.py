"""The other light curves of the same star."""

from __future__ import annotations

from collections.abc import Iterator

from ztfvo.addresses import absolute, light_curve, view
from ztfvo.links.model import (
    TIMESERIES,
    LightCurve,
    Link,
    Relative,
)
from ztfvo.store.names import DEFAULT
from ztfvo.votable import MEDIA_TYPE as VOTABLE

WORDS = {
    "same-channel": "Light curve of a second source within the same channel, perhaps the same star",
    "other-field": "Light curve of the same star in another field or channel",
    "other-band": "Light curve of the same star in another band",
    "other-release": "Light curve of the same star in another release",
}
"""What each local semantics means."""


def kind(curve: LightCurve, relative: Relative) -> str:
    """Key of `WORDS`: the first of release, band, field and channel in which the two differ."""
    if relative.release != curve.release:
        return "other-release"
    if relative.filterid != curve.filterid:
        return "other-band"
    if (relative.fieldid, relative.rcid) != (curve.fieldid, curve.rcid):
        return "other-field"
    return "same-channel"


ORDER = 20


def links(curve: LightCurve) -> Iterator[Link]:
    """Links to every other light curve of the same star."""
    for one in curve.relatives:
        word = kind(curve, one)
        default = curve.address == DEFAULT and one.release == curve.release
        address = DEFAULT if default else one.release
        yield Link(
            absolute(light_curve(address, one.oid, "vot")),
            "#coderived",
            f"{curve.origin}{WORDS[word]}: OID {one.oid}, {one.filter}, field {one.fieldid}, "
            f"release {one.release}, {one.nobs} epochs, {one.separation:.2f} arcsec away",
            VOTABLE,
            TIMESERIES,
            word,
            absolute(view(address, one.oid)),
        )
