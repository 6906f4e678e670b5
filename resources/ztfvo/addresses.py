"""The site's public addresses, as paths below its root; `absolute` makes them whole.

Where an address takes a release, it is a release's name or `DEFAULT`, which stands for the default
one and is not written.
"""

from __future__ import annotations

from urllib.parse import urlencode

from ztfvo.settings import Settings, get_settings
from ztfvo.store.names import DEFAULT

TAP, STATUS = "/tap", "/status"
MATCH, OUTSIDE, RESOLVE, SUMMARY = "/match", "/outside", "/resolve", "/summary"
EXTINCTION = "/extinction"
IMAGE = "/image"
"""Page with an image of this site in JS9."""
SEARCH, HELP, ABOUT = "/search", "/help", "/about"
"""Pages for people: results of the search box, how to use the site, and what it is."""
SKY = "/sky"
"""The sky around a place, in Aladin Lite; other pages show it in a frame."""
QUERY_FORM = "/__system__/adql/query/form"
"""The form for queries in ADQL."""
KNOWLEDGE = "/kdb"
"""The knowledge database, unless it has a host name of its own."""
KDB_CONE = "/kdb/scs"
"""Cone search of the knowledge database's tables."""
LONGEST_ADDRESS = 32_000
"""Bytes of an address with its parameters, at most."""
ARCHIVE = "/archive"
"""The caching proxy to the image archive."""
LIGHT_CURVES, VIEW, EPOCH = "lc", "view", "epoch"
ASTEROIDS = "asteroids"
"""Below the address of an epoch."""
FEATURES, PERIODOGRAM, FIND, FIT = "features", "periodogram", "find", "fit"
SIMILAR = "similar"
IRSA_LIGHT_CURVES = "/cgi-bin/ZTF/nph_light_curves"
"""Light curves where IRSA's service has them."""
DATABASE = "/api/v3"
"""Light curves where SNAD's database of ZTF data releases has them."""
CONE, TIME_SERIES, IMAGE_SEARCH, LINKS, IMAGES = "scs", "ssa", "sia2", "links", "images"
STAR_CONE = "sources/scs"

CATALOGS = "catalogs"
"""First segment of the addresses of hosted catalogs."""


def absolute(path: str) -> str:
    """Return the whole address of a path."""
    return get_settings().url + path


def with_parameters(path: str, pairs: list[tuple[str, str]]) -> str:
    """Return an address with parameters, of which there may be none."""
    return f"{path}?{urlencode(pairs)}" if pairs else path


def of_release(release: str, path: str) -> str:
    """Return the address of what a release has.

    Parameters
    ----------
    path
        As below the default release, without opening slash.
    """
    return f"/{path}" if release == DEFAULT else f"/{release}/{path}"


def light_curve(release: str, oid: int | str, extension: str) -> str:
    """Return the address of a light curve as a file."""
    return of_release(release, f"{LIGHT_CURVES}/{oid}.{extension}")


def light_curves(release: str, parameters: list[tuple[str, str]]) -> str:
    """Return the address of light curves by parameters."""
    return f"{of_release(release, LIGHT_CURVES)}?{urlencode(parameters)}"


def analysis(what: str, release: str, oid: int | str, form: str) -> str:
    """Return the address of what is computed of a light curve: `FEATURES` or `PERIODOGRAM`."""
    return f"{of_release(release, what)}?{urlencode({'ID': oid, 'RESPONSEFORMAT': form})}"


def outside_curves(name: str) -> str:
    """Return the address of light curves of a source outside, without parameters."""
    return f"{OUTSIDE}/{name}/{LIGHT_CURVES}"


def outside_curve(name: str, parameters: list[tuple[str, str]]) -> str:
    """Return the address of a light curve of a source outside."""
    return f"{outside_curves(name)}?{urlencode(parameters)}"


def view(release: str, *oids: int | str) -> str:
    """Return the address of the page of light curves."""
    return of_release(release, f"{VIEW}/{','.join(map(str, oids))}")


def star(release: str, source: int | str) -> str:
    """Return the address of the page of a star's light curves, by identifier or name."""
    return f"{of_release(release, VIEW)}?{urlencode({'SOURCE': source})}"


def epoch(release: str, oid: int, hmjd: str) -> str:
    """Return the address of the image of an epoch."""
    return of_release(release, f"{EPOCH}/{oid}/{hmjd}")


def cone(release: str, ra: float, dec: float, radius: float) -> str:
    """Return the address of the cone search around a place (ICRS, deg; radius in deg)."""
    return of_release(release, f"{CONE}?{urlencode({'RA': ra, 'DEC': dec, 'SR': radius})}")


def search(release: str, name: str, radius: str) -> str:
    """Return the address of what is found around a place, position or name; radius in arcsec."""
    return of_release(release, f"search?{urlencode({'NAME': name, 'RADIUS': radius})}")


def find(release: str, pairs: list[tuple[str, str]]) -> str:
    """Return the address of light curves by criteria."""
    return with_parameters(of_release(release, FIND), pairs)


def sky(place: tuple[float, float], view: float, marks: list[tuple[float, float, str]]) -> str:
    """Return the address of the sky around a place.

    Parameters
    ----------
    place
        ICRS, deg.
    view
        Width of the view, deg.
    marks
        Right ascension, declination and label of what is marked.
    """
    pairs = [("RA", f"{place[0]:.6f}"), ("DEC", f"{place[1]:.6f}"), ("FOV", f"{view:.5f}")]
    pairs += [("MARK", f"{ra:.6f},{dec:.6f},{label}") for ra, dec, label in marks]
    return f"{SKY}?{urlencode(pairs)}"


def links(release: str, oid: int | str) -> str:
    """Return the address of a light curve's links."""
    return f"{of_release(release, LINKS)}?ID={oid}"


def catalog_cone(name: str) -> str:
    """Return the address of a hosted catalog's cone search."""
    return f"/{CATALOGS}/{name}/{CONE}"


def knowledge(path: str = "", settings: Settings | None = None) -> str:
    """Return the address of the knowledge database, or of a page of it; whole only where it has a
    host name of its own."""
    host = (settings or get_settings()).kdb_url or ""
    return f"{host}{KNOWLEDGE}{path}"


def record(oid: int) -> str:
    """Return the whole address of the page with what experts recorded on a light curve."""
    settings = get_settings()
    return f"{settings.kdb_url or settings.url}{KNOWLEDGE}/objects/{oid}"


def archive(path: str) -> str:
    """Return the address of a file or folder of the image archive."""
    return f"{ARCHIVE}/{path}"
