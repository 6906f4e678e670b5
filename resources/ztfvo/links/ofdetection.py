"""All links of a detection: the images it was measured in, and what belongs to them.

The detection itself, one epoch of its light curve, is #this. It was measured in the science image
by way of a catalogue: these are its progenitors. What else was made of the same exposure is
coderived.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence

from ztfvo.addresses import absolute, archive, epoch, light_curve, light_curves
from ztfvo.dal import LONGEST_SHOWN
from ztfvo.errors import HTTPError
from ztfvo.images.finder import Found, find
from ztfvo.images.products import SCIENCE, Image, cutout_query, folder, raw_path, science_path
from ztfvo.links.model import (
    HTML,
    IMAGE,
    MEASUREMENTS,
    TIMESERIES,
    Fault,
    Link,
    ScienceImage,
    origin_of,
)
from ztfvo.oid import InvalidOID, parse
from ztfvo.votable import MEDIA_TYPE as VOTABLE

SECONDS = 20.0
"""Time after which no further detection of a request is asked about at the archive."""

FAULTS = {400: "UsageFault", 404: "NotFoundFault", 503: "TransientFault"}
"""Kind of fault for each status that the finder refuses with."""

CUTOUT_ARCSEC = 300

_DETECTION = re.compile(
    r"\s*(\d{15,16})[-/](\d{1,6}(?:\.\d{1,15})?(?:-[1-9]\d{0,4})?)\s*", re.ASCII
)

#: Suffix in the archive, semantics, qualifier, and the site's word, for every product but the
#: science image.
PRODUCTS = (
    ("psfcat.fits", "#progenitor", MEASUREMENTS, "psf-catalogue"),
    ("scimrefdiffimg.fits.fz", "#coderived", IMAGE, "difference-image"),
    ("sexcat.fits", "#coderived", MEASUREMENTS, "aperture-catalogue"),
    ("alerts.tar.gz", "#coderived", None, "alerts"),
    ("mskimg.fits", "#auxiliary", IMAGE, "mask"),
    ("sciimgdao.psf", "#auxiliary", None, "psf-daophot"),
    ("sciimgdaopsfcent.fits", "#auxiliary", IMAGE, "psf"),
    ("diffimgpsf.fits", "#auxiliary", IMAGE, "difference-psf"),
    ("sciimlog.txt", "#documentation", None, "calibration-log"),
    ("diffimlog.txt", "#documentation", None, "subtraction-log"),
    ("log.txt", "#documentation", None, "log"),
)


def look_up(release: str, identifiers: Sequence[str]) -> dict[str, Found | Fault]:
    """Find the exposures of detections by what was sent as their identifiers.

    Where a name has to be asked for at the archive, this takes time; what is left after `SECONDS`
    is looked up in the database only.

    Parameters
    ----------
    release
        Name of a release, or ``ztf`` for the default one.
    identifiers
        As they came in.

    Raises
    ------
    ztfvo.db.DatabaseDown
        If the database cannot be asked.
    """
    end = time.monotonic() + SECONDS
    return {text: _look_up(release, text, time.monotonic() < end) for text in identifiers}


def _look_up(release: str, text: str, ask: bool) -> Found | Fault:
    parts = read(text)
    if isinstance(parts, Fault):
        return parts
    try:
        return find(release, *parts, ask=ask)
    except HTTPError as refused:
        if not ask and refused.status == 404:
            return Fault(
                "TransientFault",
                f"the archive answers too slowly for so many detections: ask for {text} again",
            )
        return Fault(FAULTS.get(refused.status, "FatalFault"), refused.message)


def read(text: str) -> tuple[int, str] | Fault:
    """OID and time that an identifier of a detection is made of, or why it is none."""
    match = _DETECTION.fullmatch(text)
    if not match:
        return Fault(
            "UsageFault",
            f"{text[:LONGEST_SHOWN]!r} is not a detection: give OID and HMJD with a hyphen"
            " between, as in the column detection_id of the table detections",
        )
    try:
        return parse(match[1]), match[2]
    except InvalidOID as error:
        return Fault("UsageFault", str(error))


def links(release: str, found: Found) -> Iterator[Link]:
    """All links of a detection, the detection itself first.

    Parameters
    ----------
    release
        Name of a release, or ``ztf`` for the default one, as the request named it.
    found
        The exposure.
    """
    origin = origin_of(found.simulated)
    yield from _epoch(release, found, origin)
    yield from _images(release, found, origin)
    yield from _products(found.image, origin)


def links_of_image(found: ScienceImage) -> Iterator[Link]:
    """All links of a science image, the image itself first."""
    yield _science_image(found.image, found.origin, "#this")
    yield _raw_image(found.image, found.origin)
    yield from _products(found.image, found.origin)


def _epoch(release: str, found: Found, origin: str) -> Iterator[Link]:
    hmjd, number = found.moment.hmjd, found.moment.number
    given = [("ID", str(found.oid)), ("TIME", f"{hmjd} {hmjd}"), ("NUMBER", str(number))]
    yield Link(
        absolute(light_curves(release, given)),
        "#this",
        f"{origin}The detection: OID {found.oid} at HMJD {found.moment}",
        VOTABLE,
        MEASUREMENTS,
        "detection",
    )
    yield Link(
        absolute(light_curve(release, found.oid, "vot")),
        "#derivation",
        f"{origin}The whole light curve: OID {found.oid}",
        VOTABLE,
        TIMESERIES,
        "light-curve",
    )


def _images(release: str, found: Found, origin: str) -> Iterator[Link]:
    image = archive(science_path(found.image, "sciimg.fits"))
    yield _science_image(found.image, origin, "#progenitor")
    yield from _display(release, found, origin)
    yield Link(
        absolute(f"{image}?{cutout_query(found.ra, found.dec, CUTOUT_ARCSEC)}"),
        "#cutout",
        f"{origin}The archive's cutout of {CUTOUT_ARCSEC} arcsec, with TPV coordinates",
        "image/fits",
        IMAGE,
        "archive-cutout",
    )
    yield _raw_image(found.image, origin)


def _science_image(image: Image, origin: str, semantics: str) -> Link:
    science = SCIENCE["sciimg.fits"]
    return Link(
        absolute(archive(science_path(image, "sciimg.fits"))),
        semantics,
        f"{origin}{science.description}",
        science.content_type,
        IMAGE,
        "science-image",
    )


def _raw_image(image: Image, origin: str) -> Link:
    return Link(
        absolute(archive(raw_path(image))),
        "#progenitor",
        f"{origin}Raw image of the whole CCD",
        "image/fits",
        IMAGE,
        "raw-image",
    )


def _display(release: str, found: Found, origin: str) -> Iterator[Link]:
    """Cutouts that are made here."""
    here = absolute(epoch(release, found.oid, str(found.moment)))
    yield Link(
        f"{here}/cutout.png",
        "#preview",
        f"{origin}The science image around the source",
        "image/png",
        local_semantics="cutout-figure",
    )
    yield Link(
        f"{here}/cutout.fits",
        "#cutout",
        f"{origin}The science image around the source, with plain TAN coordinates",
        "image/fits",
        IMAGE,
        "cutout",
    )


def _products(image: Image, origin: str) -> Iterator[Link]:
    for suffix, semantics, qualifier, word in PRODUCTS:
        kind = SCIENCE[suffix]
        yield Link(
            absolute(archive(science_path(image, suffix))),
            semantics,
            f"{origin}{kind.description}",
            kind.content_type,
            qualifier,
            word,
        )
    yield Link(
        absolute(archive(folder(image))),
        "#documentation",
        f"{origin}Directory of the exposure, all CCDs",
        HTML,
        local_semantics="directory",
    )
