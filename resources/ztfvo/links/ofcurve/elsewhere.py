"""Pages of other services on the place of a light curve.  Nothing is asked of them here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from ztfvo.links.model import HTML, LightCurve, Link

RADIUS = 3.0
"""arcsec around the position in which other services are to look."""


@dataclass(frozen=True)
class Page:
    """A page of another service on a position."""

    name: str
    what: str
    """What it shows."""
    url: Callable[[float, float], str]
    """Its address for a position, ICRS, deg."""
    word: str = ""
    """Local semantics; its name if not given."""


def _alerce(ra: float, dec: float) -> str:
    asked = {"ra": f"{ra:.7f}", "dec": f"{dec:.7f}", "radius": f"{RADIUS:g}", "page": 1}
    return f"https://alerce.online/?{urlencode(asked)}"


def _antares(ra: float, dec: float) -> str:
    field = {
        "distance": f"{RADIUS / 3600:.9f} degree",
        "htm16": {"center": f"{ra:.7f} {dec:.7f}"},
    }
    text = f"Within {RADIUS:g} arcsec of {ra:.5f} {dec:+.5f}"
    query = {"filters": [{"type": "sky_distance", "field": field, "text": text}]}
    return f"https://antares.noirlab.edu/loci?{urlencode({'query': json.dumps(query)})}"


def _fink(ra: float, dec: float) -> str:
    asked = {
        "action": "conesearch",
        "ra": f"{ra:.7f}",
        "dec": f"{dec:.7f}",
        "radius": f"{RADIUS:g}",
    }
    return f"https://ztf.fink-portal.org/?{urlencode(asked)}"


def _lasair(ra: float, dec: float) -> str:
    return f"https://lasair-ztf.lsst.ac.uk/search/{quote(f'{ra:.7f},{dec:.7f},{RADIUS:g}')}"


def _simbad(ra: float, dec: float) -> str:
    asked = {"Coord": f"{ra:.7f} {dec:+.7f}", "Radius": f"{RADIUS:g}", "Radius.unit": "arcsec"}
    return f"https://simbad.cds.unistra.fr/simbad/sim-coo?{urlencode(asked)}"


def _vizier(ra: float, dec: float) -> str:
    asked = {"-c": f"{ra:.7f} {dec:+.7f}", "-c.rs": f"{RADIUS:g}"}
    return f"https://vizier.cds.unistra.fr/viz-bin/VizieR-4?{urlencode(asked)}"


def _irsa(ra: float, dec: float) -> str:
    asked = {"POS": f"{ra:.7f},{dec:.7f}", "ct": "html"}
    return f"https://irsa.ipac.caltech.edu/ibe/search/ztf/products/sci?{urlencode(asked, safe=',')}"


PAGES = (
    Page("ALeRCE", "Alerts and classifications", _alerce),
    Page("ANTARES", "Alerts", _antares, "antares-page"),  # antares is its light curve
    Page("Fink", "Alerts and classifications", _fink),
    Page("Lasair", "Alerts", _lasair),
    Page("SIMBAD", "Known objects", _simbad),
    Page("VizieR", "All catalogues", _vizier),
    Page("IRSA", "ZTF images that cover the position", _irsa),
)


ORDER = 50


def links(curve: LightCurve) -> Iterator[Link]:
    """Links to the pages of other services on the light curve's position."""
    note = " (observed; the light curve is simulated)" if curve.simulated else ""
    for page in PAGES:
        yield Link(
            page.url(curve.ra, curve.dec),
            "#counterpart",
            f"{page.what} at {page.name}{note}",
            HTML,
            local_semantics=page.word or page.name.lower(),
        )
