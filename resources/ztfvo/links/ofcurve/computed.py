"""What this site computes of a light curve: features and periods."""

from __future__ import annotations

from collections.abc import Iterator

from ztfvo.addresses import FEATURES, PERIODOGRAM, absolute, analysis
from ztfvo.links.model import LightCurve, Link
from ztfvo.votable import MEDIA_TYPE as VOTABLE

ORDER = 15
KINDS = {
    FEATURES: ("features, of 5 good epochs at least", "json"),
    PERIODOGRAM: ("periods, with their false-alarm probabilities and aliases", "png"),
}
"""What each is, and the form that people are shown."""


def links(curve: LightCurve) -> Iterator[Link]:
    """Links to all that is computed of the light curve."""
    for what, (title, shown) in KINDS.items():
        yield Link(
            absolute(analysis(what, curve.address, curve.oid, "votable")),
            "#derivation",
            f"{curve.origin}{title[0].upper()}{title[1:]}: OID {curve.oid}, {curve.filter}",
            VOTABLE,
            local_semantics=what,
            page=absolute(analysis(what, curve.address, curve.oid, shown)),
        )
