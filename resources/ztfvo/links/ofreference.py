"""The products of a reference image."""

from __future__ import annotations

from collections.abc import Iterator

from ztfvo.addresses import absolute, archive
from ztfvo.images.products import REFERENCE, reference_path
from ztfvo.links.model import IMAGE, MEASUREMENTS, Link, ReferenceImage
from ztfvo.oid import FILTER_NAMES, ccd_and_quadrant

PRODUCTS = {
    "refimg.fits": (IMAGE, "reference-image"),
    "refpsfcat.fits": (MEASUREMENTS, "reference-catalogue"),
    "refsexcat.fits": (MEASUREMENTS, "aperture-catalogue"),
    "refcov.fits": (IMAGE, "coverage"),
    "refunc.fits": (IMAGE, "uncertainty"),
}
"""Qualifier of each product, and the site's word for it, by its suffix in the archive."""

SEMANTICS = {
    "refimg.fits": "#this",
    "refpsfcat.fits": "#derivation",
    "refsexcat.fits": "#derivation",
    "refcov.fits": "#weight",
    "refunc.fits": "#error",
}
"""What each is to the image."""


def links(image: ReferenceImage) -> Iterator[Link]:
    """All links of a reference image, the image itself first."""
    for suffix, semantics in SEMANTICS.items():
        yield link(image, suffix, semantics)


def link(image: ReferenceImage, suffix: str, semantics: str) -> Link:
    """Return the link to one of `PRODUCTS`."""
    ccdid, qid = ccd_and_quadrant(image.rcid)
    qualifier, word = PRODUCTS[suffix]
    return Link(
        absolute(archive(reference_path(image.fieldid, image.filterid, ccdid, qid, suffix))),
        semantics,
        f"{REFERENCE[suffix].description}: field {image.fieldid}, "
        f"{FILTER_NAMES[image.filterid]}, CCD {ccdid}, quadrant {qid}",
        REFERENCE[suffix].content_type,
        qualifier,
        word,
    )
