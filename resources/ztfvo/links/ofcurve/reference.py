"""The reference image that a light curve's source was found in, and its catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from ztfvo.addresses import absolute, archive
from ztfvo.images.products import REFERENCE, reference_path
from ztfvo.links.model import IMAGE, MEASUREMENTS, LightCurve, Link
from ztfvo.oid import ccd_and_quadrant

#: Suffix in the archive, what the product is, and the site's word for it.
PRODUCTS = (
    ("refimg.fits", IMAGE, "reference-image"),
    ("refpsfcat.fits", MEASUREMENTS, "reference-catalogue"),
)


ORDER = 40


def links(curve: LightCurve) -> Iterator[Link]:
    """Links to reference image and catalogue; none of simulated light curves, which have none."""
    if curve.simulated:
        return
    ccdid, qid = ccd_and_quadrant(curve.rcid)
    for suffix, qualifier, word in PRODUCTS:
        path = reference_path(curve.fieldid, curve.filterid, ccdid, qid, suffix)
        yield Link(
            absolute(archive(path)),
            "#progenitor",
            f"{REFERENCE[suffix].description}: field {curve.fieldid}, {curve.filter}, "
            f"CCD {ccdid}, quadrant {qid}",
            REFERENCE[suffix].content_type,
            qualifier,
            word,
        )
