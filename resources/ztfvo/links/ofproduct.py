"""What ObsCore lists, to be linked: light curves and images, by publisher's identifier."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from ztfvo.db import reading
from ztfvo.images.products import parse_reference, parse_science
from ztfvo.links import ofcurve
from ztfvo.links.model import Fault, LightCurve, ReferenceImage, ScienceImage
from ztfvo.releases import NoRelease
from ztfvo.settings import get_settings
from ztfvo.store.discovery import (
    IMAGES,
    REFERENCE_IMAGES,
    SIMULATED_IMAGES,
    identifier_of,
)

_PARTS = re.compile(r"(?P<collection>[a-z][a-z0-9_-]{0,40})/(?P<name>\w{1,60})", re.ASCII)

_KNOWN = """
SELECT filefracday, fieldid, rcid, filterid, simulated FROM ztf_store.image
WHERE (filefracday, fieldid, rcid, filterid, simulated) IN (SELECT * FROM unnest(
  %s::bigint[], %s::integer[], %s::integer[], %s::integer[], %s::boolean[]))
"""
_KNOWN_REFERENCES = """
SELECT fieldid, rcid, filterid FROM ztf_store.reference_image
WHERE (fieldid, rcid, filterid) IN (
  SELECT * FROM unnest(%s::integer[], %s::integer[], %s::integer[]))
"""

Product = LightCurve | ScienceImage | ReferenceImage


def find(identifiers: Sequence[str]) -> dict[str, Product | Fault]:
    """Look up products by their publisher's identifiers.

    Parameters
    ----------
    identifiers
        As they came in; those of ObsCore's obs_publisher_did are found.

    Returns
    -------
    dict
        Product or fault of each identifier.

    Raises
    ------
    ztfvo.db.DatabaseDown
        If the database cannot be asked.
    """
    found: dict[str, Product | Fault] = {}
    curves: dict[str, dict[str, str]] = defaultdict(dict)
    images: dict[str, ScienceImage | ReferenceImage] = {}
    for text in identifiers:
        parts = _parts(text)
        if parts is None:
            found[text] = Fault(
                "UsageFault",
                f"{text[: ofcurve.LONGEST]!r} is not an identifier of this site: give one as in"
                " the column obs_publisher_did of ivoa.obscore",
            )
        elif parts[0] in (IMAGES, SIMULATED_IMAGES, REFERENCE_IMAGES):
            named = _image(*parts)
            (found if isinstance(named, Fault) else images)[text] = named
        else:
            curves[parts[0]][text] = parts[1]
    for release, names in curves.items():
        found |= _curves(release, names)
    return found | _known(images)


def _parts(text: str) -> tuple[str, str] | None:
    """Collection and name that an identifier of this site ends with."""
    prefix = identifier_of(get_settings(), "")
    match = _PARTS.fullmatch(text.removeprefix(prefix)) if text.startswith(prefix) else None
    return (match["collection"], match["name"]) if match else None


def _curves(release: str, names: dict[str, str]) -> dict[str, LightCurve | Fault]:
    try:
        found = ofcurve.find(release, list(names.values()))
    except (NoRelease, ValueError):
        fault = Fault("NotFoundFault", f"there is no release {release} at this site")
        return dict.fromkeys(names, fault)
    return {text: found[name] for text, name in names.items()}


def _image(collection: str, name: str) -> ScienceImage | ReferenceImage | Fault:
    """The image that is called so, whether or not it is known here."""
    if collection == REFERENCE_IMAGES:
        try:
            return ReferenceImage(*parse_reference(name))
        except ValueError as error:
            return Fault("UsageFault", str(error))
    try:
        image, _ = parse_science(f"{name}_sciimg.fits")
    except ValueError:
        return Fault("UsageFault", f"{name} is not the name of a science image")
    return ScienceImage(image, collection == SIMULATED_IMAGES)


def _known(images: dict[str, ScienceImage | ReferenceImage]) -> dict[str, Product | Fault]:
    """Those images that are known, all looked up at once, and faults for the others."""
    rows = {text: _row(one) for text, one in images.items()}
    known = set()
    for query, kind in ((_KNOWN, ScienceImage), (_KNOWN_REFERENCES, ReferenceImage)):
        wanted = [row for text, row in rows.items() if isinstance(images[text], kind)]
        if wanted:
            with reading() as connection:
                columns = [list(column) for column in zip(*wanted, strict=True)]
                known |= set(connection.execute(query, columns).fetchall())
    return {
        text: one
        if rows[text] in known
        else Fault("NotFoundFault", f"the image {text.rpartition('/')[2]} is not known here")
        for text, one in images.items()
    }


def _row(one: ScienceImage | ReferenceImage) -> tuple[int, ...]:
    if isinstance(one, ReferenceImage):
        return one.fieldid, one.rcid, one.filterid
    image = one.image
    return image.filefracday, image.fieldid, image.rcid, image.filterid, one.simulated
