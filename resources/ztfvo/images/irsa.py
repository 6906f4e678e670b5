"""Ask IRSA's TAP service for the name of one image."""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass
from functools import lru_cache

from ztfvo.images.memory import TOLERANCE
from ztfvo.images.metadata import JD_OF_MJD_ZERO
from ztfvo.images.products import Image
from ztfvo.oid import ccd_and_quadrant
from ztfvo.remote import Client, NoAnswer, Pause
from ztfvo.times import whole_seconds

SECONDS = 10.0
MOST_BYTES = 4_000_000
LONGEST_EXPOSURE = 302.0
"""s; the longest exposures of the survey have 300 s."""

pause = Pause(60.0)
"""After a failure, in this process."""

_COLUMNS = ("filefracday", "obsjd", "exptime")


@dataclass(frozen=True)
class Match:
    """An image as IRSA's metadata have it."""

    image: Image
    obsmjd: float
    """Start of the exposure, MJD, UTC, at Palomar."""
    exptime: float
    """s."""


def ask(server: str, fieldid: int, rcid: int, filterid: int, mjd_mid: float) -> Match | None:
    """Find the image of an exposure in the metadata of all science images.

    Parameters
    ----------
    server
        Address of IRSA.
    fieldid, rcid, filterid
        Channel of the exposure.
    mjd_mid
        Its middle, MJD, UTC, at Palomar.

    Returns
    -------
    Match or None
        None when IRSA knows no image whose middle is within `TOLERANCE` s.

    Raises
    ------
    Failure
        When IRSA does not answer, or not with a table.
    """
    query = question(fieldid, rcid, filterid, mjd_mid)
    parameters = {"REQUEST": "doQuery", "LANG": "ADQL", "FORMAT": "csv", "QUERY": query}
    with pause:
        body = _client(server).get("TAP/sync", parameters, SECONDS)
        return choose(body.decode("utf-8", "replace"), fieldid, rcid, filterid, mjd_mid)


@lru_cache(maxsize=1)
def _client(server: str) -> Client:
    return Client(server, name="IRSA", seconds=SECONDS, most_bytes=MOST_BYTES)


def question(fieldid: int, rcid: int, filterid: int, mjd_mid: float) -> str:
    """ADQL for the images of a channel that began within half the longest exposure of a time."""
    ccdid, qid = ccd_and_quadrant(rcid)
    jd_mid = mjd_mid + JD_OF_MJD_ZERO
    return (
        f"SELECT {', '.join(_COLUMNS)} FROM ztf.ztf_current_meta_sci WHERE field = {fieldid:d}"
        f" AND ccdid = {ccdid:d} AND qid = {qid:d} AND fid = {filterid:d} AND obsjd"
        f" BETWEEN {jd_mid - LONGEST_EXPOSURE / 2 / 86400:.7f} AND {jd_mid:.7f}"
    )


def choose(body: str, fieldid: int, rcid: int, filterid: int, mjd_mid: float) -> Match | None:
    """Take the image from the CSV that answers `question`; see `ask`."""
    found = []
    for filefracday, obsjd, exptime in _table(body):
        obsmjd = float(whole_seconds(obsjd - JD_OF_MJD_ZERO))
        distance = abs(obsmjd + exptime / 2 / 86400 - mjd_mid) * 86400
        if distance <= TOLERANCE:
            found.append((distance, filefracday, obsmjd, exptime))
    if not found:
        return None
    _, filefracday, obsmjd, exptime = min(found)
    try:
        return Match(Image(fieldid, rcid, filterid, filefracday), obsmjd, exptime)
    except ValueError as error:
        raise NoAnswer(f"IRSA answers with a name that cannot be one ({error})") from error


def _table(body: str) -> list[tuple[int, float, float]]:
    """Rows of an answer.  Errors come with status 200 and as VOTable, whatever was asked for."""
    lines = csv.reader(body.splitlines())
    header = [name.strip().lower() for name in next(lines, [])]
    if not set(_COLUMNS) <= set(header):
        said = re.search(r"<INFO[^>]*QUERY_STATUS[^>]*>([^<]*)", body)
        detail = f": {' '.join(said[1].split())[:300]}" if said else ""
        raise NoAnswer(f"IRSA answers without a table{detail}")
    rows = []
    try:
        for line in lines:
            value = dict(zip(header, line, strict=True))
            row = int(value["filefracday"]), float(value["obsjd"]), float(value["exptime"])
            if not all(map(math.isfinite, row)):
                raise ValueError(f"{line} is not finite")
            rows.append(row)
    except ValueError as error:
        raise NoAnswer(f"IRSA answers with a table that cannot be read ({error})") from error
    return rows
