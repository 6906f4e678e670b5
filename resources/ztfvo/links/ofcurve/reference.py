"""The reference image that a light curve's source was found in, and its catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from ztfvo.links import ofreference
from ztfvo.links.model import LightCurve, Link, ReferenceImage

ORDER = 40

SUFFIXES = ("refimg.fits", "refpsfcat.fits")
"""Of the products that a light curve comes from."""


def links(curve: LightCurve) -> Iterator[Link]:
    """Links to reference image and catalogue; none of simulated light curves, which have none."""
    if curve.simulated:
        return
    image = ReferenceImage(curve.fieldid, curve.rcid, curve.filterid)
    for suffix in SUFFIXES:
        yield ofreference.link(image, suffix, "#progenitor")
