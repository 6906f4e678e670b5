"""Links of what ObsCore lists: light curves and science images, by publisher's identifier."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from ztfvo.db import reading
from ztfvo.images.products import Image, parse_science
from ztfvo.ingest.discovery import IMAGES, SIMULATED_IMAGES, identifier_of
from ztfvo.links import ofcurve, ofdetection
from ztfvo.links.curves import UnknownRelease
from ztfvo.links.model import Fault, LightCurve, Link, ScienceImage
from ztfvo.settings import get_settings

_PARTS = re.compile(r"(?P<collection>[a-z][a-z0-9_-]{0,40})/(?P<name>\w{1,60})", re.ASCII)

_KNOWN = """
SELECT EXISTS (SELECT FROM ztf_store.image WHERE filefracday = %s AND fieldid = %s AND rcid = %s
  AND filterid = %s AND simulated = %s)
"""


def links(found: LightCurve | ScienceImage) -> Iterator[Link]:
    """All links of a product, itself first."""
    if isinstance(found, LightCurve):
        return ofcurve.links(found)
    return ofdetection.links_of_image(found)


def find(identifiers: Sequence[str]) -> dict[str, LightCurve | ScienceImage | Fault]:
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
    found: dict[str, LightCurve | ScienceImage | Fault] = {}
    curves: dict[str, dict[str, str]] = defaultdict(dict)
    for text in identifiers:
        parts = _parts(text)
        if parts is None:
            found[text] = Fault(
                "UsageFault",
                f"{text[: ofcurve.LONGEST]!r} is not an identifier of this site: give one as in"
                " the column obs_publisher_did of ivoa.obscore",
            )
        elif parts[0] in (IMAGES, SIMULATED_IMAGES):
            found[text] = _image(parts[1], parts[0] == SIMULATED_IMAGES)
        else:
            curves[parts[0]][text] = parts[1]
    for release, names in curves.items():
        found |= _curves(release, names)
    return found


def _parts(text: str) -> tuple[str, str] | None:
    """Collection and name that an identifier of this site ends with."""
    prefix = identifier_of(get_settings(), "")
    match = _PARTS.fullmatch(text.removeprefix(prefix)) if text.startswith(prefix) else None
    return (match["collection"], match["name"]) if match else None


def _curves(release: str, names: dict[str, str]) -> dict[str, LightCurve | Fault]:
    try:
        found = ofcurve.find(release, list(names.values()))
    except (UnknownRelease, ValueError):
        fault = Fault("NotFoundFault", f"there is no release {release} at this site")
        return dict.fromkeys(names, fault)
    return {text: found[name] for text, name in names.items()}


def _image(stem: str, simulated: bool) -> ScienceImage | Fault:
    try:
        image, _ = parse_science(f"{stem}_sciimg.fits")
    except ValueError:
        return Fault("UsageFault", f"{stem} is not the name of a science image")
    if not _is_known(image, simulated):
        return Fault("NotFoundFault", f"the image {stem} is not known here")
    return ScienceImage(image, simulated)


def _is_known(image: Image, simulated: bool) -> bool:
    name = image.filefracday, image.fieldid, image.rcid, image.filterid, simulated
    with reading() as connection:
        return connection.execute(_KNOWN, name).fetchone()[0]
