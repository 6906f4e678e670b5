"""Find an image's name in the archive's directory listings, by its time.

The name of an image bears a moment before its exposure's start, by up to 118 s in 36,558 recorded
cases (in 99 per cent, by less than 31 s), and never one before the exposure that preceded it.  The
names that follow are those of the next commands, at least 18 s after this exposure's middle.  So
the latest name not after the middle is the right one, whatever the exposure time is; the start as
a bound is not safe, because most names are rounded and because the exposure time may be assumed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ztfvo.images.products import (
    Image,
    folder,
    name_mjd,
    night_folder,
    parse_science,
)
from ztfvo.remote import Client, NoAnswer, NotFound, Pause

SECONDS = 20.0
"""The archive has several mirrors to be tried, and writes listings slowly."""

MOST_BYTES = 4_000_000
"""The listing of a night has 100 kB."""

FURTHEST = 330.0
"""s before the middle: half of the longest exposure, and 180 s."""

NEAR = 44.0
"""s before the middle.  Exposures begin at least 29 s after one another, so that no name of an
earlier exposure of 30 s lies between this and the middle."""

pause = Pause(30.0)
"""After a failure, in this process."""

_FOLDER = re.compile(r"""href=["'](?:[^"']*/)?([0-9]{6})/?["']""", re.IGNORECASE)
_FILE = re.compile(r"""href=["'](?:[^"']*/)?(ztf_[0-9a-z_.]+)["']""", re.IGNORECASE)


@dataclass(frozen=True)
class Listed:
    """An image found by listing."""

    image: Image
    sure: bool
    """Whether no other exposure can have the name."""


def look(archive: str, fieldid: int, rcid: int, filterid: int, mjd_mid: float) -> Listed | None:
    """Find the image of an exposure in the listing of its night.

    Parameters
    ----------
    archive
        Address of the archive's root, without closing slash.
    fieldid, rcid, filterid
        Channel of the exposure.
    mjd_mid
        Its middle, MJD, UTC, at Palomar.

    Returns
    -------
    Listed or None
        None when the night's latest name before the middle is too early for this exposure, or its
        folder holds no file of this channel.

    Raises
    ------
    Failure
        When the archive does not answer, or not with a listing.
    """
    night = night_folder(mjd_mid)
    latest = choose(night, _page(archive, night), mjd_mid)
    if latest is None:
        return None
    image = Image(fieldid, rcid, filterid, latest)
    if not holds(_page(archive, folder(image)), image):
        return None
    return Listed(image, sure=(mjd_mid - name_mjd(latest)) * 86400 < NEAR)


def choose(night: str, page: str, mjd_mid: float) -> int | None:
    """Take the latest name of a night not after the middle of an exposure.

    Parameters
    ----------
    night
        Folder of the UTC day; no night of Palomar has two.
    page
        Its listing.
    mjd_mid
        MJD, UTC, at Palomar.

    Returns
    -------
    int or None
        filefracday; None when the night has none, or it is too early to be of this exposure.
    """
    day = int(night[4:8] + night[9:13])
    names = [day * 10**6 + int(millionths) for millionths in _FOLDER.findall(page)]
    latest = max((name for name in names if name_mjd(name) <= mjd_mid), default=None)
    if latest is None or (mjd_mid - name_mjd(latest)) * 86400 > FURTHEST:
        return None
    return latest


def holds(page: str, image: Image) -> bool:
    """Whether the listing of an exposure's folder has any product of an image."""
    for name in _FILE.findall(page):
        try:
            if parse_science(name)[0] == image:
                return True
        except ValueError:
            continue
    return False


def _page(archive: str, path: str) -> str:
    """A listing; empty when there is no such folder."""
    with pause:
        try:
            body = _client(archive).get(path).decode("utf-8", "replace")
        except NotFound:
            return ""
        if "href" not in body.lower():
            raise NoAnswer("The archive answers without a listing")
    return body


@lru_cache(maxsize=1)
def _client(archive: str) -> Client:
    return Client(archive, name="The archive", seconds=SECONDS, most_bytes=MOST_BYTES)
