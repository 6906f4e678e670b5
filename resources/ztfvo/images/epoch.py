"""Find the epoch that an OID and an HMJD name, its exposure, and what is known of its image."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from psycopg import Connection, sql
from psycopg.rows import namedtuple_row

from ztfvo.dal import shorten
from ztfvo.errors import HTTPError
from ztfvo.images.memory import TOLERANCE
from ztfvo.oid import InvalidOID, parse
from ztfvo.releases import find_release
from ztfvo.store.names import schema_of
from ztfvo.store.times import FIVE_DECIMALS, SPLIT_SECONDS

WORDS = ("first", "last", "peak")
"""What may stand for an HMJD; peak is the brightest good epoch."""

SAME_EPOCH = 1.01e-5
"""days; HMJD have five decimals in the files, and epochs are at least 29 s apart."""

_MOMENT = re.compile(r"([0-9]{1,7}(?:\.[0-9]{0,15})?)(?:-([1-9][0-9]{0,4}))?", re.ASCII)


@dataclass(frozen=True)
class Moment:
    """What distinguishes an epoch from the others of its light curve."""

    hmjd: float
    """Heliocentric MJD, UTC, of mid-exposure."""
    number: int = 1
    """Among the epochs of that time, from 1."""

    @property
    def ending(self) -> str:
        """What follows the time: nothing for the first of the epochs that have it."""
        return "" if self.number == 1 else f"-{self.number}"

    def __str__(self) -> str:
        """As in the column detection_id: the shortest text that is read as the same number, as the
        database prints it, and what follows."""
        return repr(float(self.hmjd)).removesuffix(".0") + self.ending


@dataclass(frozen=True)
class Epoch:
    """One epoch of one light curve; times are MJD, UTC."""

    release: str
    simulated: bool
    oid: int
    ra: float
    dec: float
    """ICRS, deg, of the object."""
    fieldid: int
    rcid: int
    filterid: int
    moment: Moment
    """Heliocentric, of mid-exposure, as the release has it."""
    mjd_mid: float
    """At Palomar, of mid-exposure."""
    obsmjd: float
    """At Palomar, of the start."""
    obsmjd_source: str
    """observed, estimated or coarse, as in the table of exposures."""
    exptime: float
    """s."""
    exptime_source: str
    """observed or assumed."""
    filefracday: int | None
    """Of the image's name, where it is known."""
    source: str | None
    """How the name is known."""


def shown(text: str) -> str:
    """A value of a request in quotes, short enough to be read."""
    return repr(shorten(text))


def read_moment(text: str) -> Moment | str:
    """Read an HMJD, with a number behind it where another epoch has the same, or one of `WORDS`.

    Raises
    ------
    HTTPError
        400 when it is neither.
    """
    if text in WORDS:
        return text
    match = _MOMENT.fullmatch(text)
    if not match:
        raise HTTPError(
            400, f"{shown(text)} is not an HMJD: write a number like 58556.43438, or {_or(WORDS)}."
        )
    return Moment(float(match[1]), int(match[2] or 1))


def read_oid(text: str) -> int:
    """Read an OID.

    Raises
    ------
    HTTPError
        400 when it is none.
    """
    try:
        return parse(shorten(text))
    except InvalidOID as error:
        raise HTTPError(400, f"{error}.") from error


def epoch_of(connection: Connection, release: str, oid: int, asked: Moment | str) -> Epoch:
    """Look up an epoch.

    Parameters
    ----------
    connection
        For reading.
    release
        Name of a release, or ``ztf`` for the default one.
    oid
        Of a light curve.
    asked
        One of its epochs, by a time to within 1e-5 d; or one of `WORDS`.

    Raises
    ------
    HTTPError
        404 when there is no such release, light curve or epoch, when the release's times are too
        coarse to distinguish exposures, and when no epoch is good enough to be the peak.
    """
    cursor = connection.cursor(row_factory=namedtuple_row)
    found = find_release(connection, release)
    name, simulated = found.name, found.simulated
    schema = sql.Identifier(schema_of(name))
    curve = cursor.execute(
        sql.SQL(
            "SELECT o.ra, o.dec, o.ticks_per_day, o.fieldid, o.rcid, o.filterid, l.hmjd, l.mag,"
            " l.magerr, l.catflags, l.exposure_id"
            " FROM {0}.object o JOIN {0}.lightcurves l USING (oid) WHERE o.oid = %s"
        ).format(schema),
        (oid,),
    ).fetchone()
    if curve is None:
        raise HTTPError(404, f"Release {name} has no light curve {oid}.")
    place, moment = _place(name, oid, curve, asked)
    if curve.ticks_per_day < FIVE_DECIMALS:
        raise HTTPError(
            404,
            f"The times of release {name} are too coarse to identify the image: they have steps"
            f" of 1/{curve.ticks_per_day} day. Ask for the light curve in another release.",
        )
    exposure = _exposure(connection, schema, curve.exposure_id[place], simulated)
    if exposure is None:
        raise HTTPError(
            503, f"The exposures of release {name} are being loaded. Try again in some minutes."
        )
    return Epoch(name, simulated, oid, curve.ra, curve.dec, *curve[3:6], moment, *exposure)


def _or(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


def _place(release: str, oid: int, curve: Any, asked: Moment | str) -> tuple[int, Moment]:
    """Index of the epoch in the light curve, and what it is called there."""
    times = np.array(curve.hmjd)
    if asked == "peak":
        good = (np.array(curve.catflags) == 0) & (np.array(curve.magerr) > 0)
        if not good.any():
            raise HTTPError(404, f"Light curve {oid} of release {release} has no good epoch.")
        place = int(np.argmin(np.where(good, curve.mag, np.inf)))
    elif isinstance(asked, str):
        place = 0 if asked == "first" else len(times) - 1
    else:
        place = _place_of(release, oid, times, asked)
    number = 1 + int(np.sum(times[:place] == times[place]))
    return place, Moment(float(times[place]), number)


def _place_of(release: str, oid: int, times: np.ndarray, asked: Moment) -> int:
    nearest = float(times[np.argmin(np.abs(times - asked.hmjd))])
    same = np.flatnonzero(times == nearest)
    if abs(nearest - asked.hmjd) > SAME_EPOCH:
        raise HTTPError(
            404,
            f"Light curve {oid} of release {release} has no epoch at HMJD {asked.hmjd!r};"
            f" the nearest is {nearest!r}.",
        )
    if asked.number > len(same):
        raise HTTPError(
            404,
            f"Light curve {oid} of release {release} has {len(same)} epoch{'s'[: len(same) > 1]} at"
            f" HMJD {nearest!r}, not {asked.number}.",
        )
    return int(same[asked.number - 1])


def _exposure(
    connection: Connection, schema: sql.Identifier, exposure_id: int | None, simulated: bool
) -> tuple | None:
    """An exposure, and its image where known: the last fields of `Epoch`."""
    return connection.execute(
        sql.SQL(
            "SELECT e.mjd_mid, coalesce(i.obsmjd, e.obsmjd),"
            " CASE WHEN i.obsmjd IS NULL THEN e.obsmjd_source ELSE 'observed' END,"
            " coalesce(i.exptime, e.exptime),"
            " CASE WHEN i.exptime IS NULL THEN e.exptime_source ELSE 'observed' END,"
            " i.filefracday, i.source"
            " FROM {}.exposure e"
            " LEFT JOIN LATERAL (SELECT k.filefracday, k.source,"
            "   CASE WHEN k.source <> 'listing' THEN k.obsmjd END AS obsmjd,"
            "   CASE WHEN k.source <> 'listing' THEN k.exptime END AS exptime"
            "   FROM ztf_store.image k WHERE k.simulated = %(simulated)s"
            "   AND (k.fieldid, k.rcid, k.filterid) = (e.fieldid, e.rcid, e.filterid)"
            "   AND k.mjd_mid BETWEEN e.mjd_mid - %(same)s AND e.mjd_mid + %(same)s"
            "   ORDER BY k.filefracday IS DISTINCT FROM e.filefracday, k.source = 'listing',"
            "     abs(k.mjd_mid - e.mjd_mid) LIMIT 1) i ON true"
            " WHERE e.exposure_id = %(exposure)s"
        ).format(schema),
        {"exposure": exposure_id, "same": TOLERANCE / 86400, "simulated": simulated},
    ).fetchone()


def another_exposure(connection: Connection, epoch: Epoch, after: float) -> bool:
    """Whether the epoch's channel has another exposure whose middle is after a time, and earlier.

    Parameters
    ----------
    connection
        For reading.
    epoch
        The epoch.
    after
        MJD, UTC, at Palomar.
    """
    schema = sql.Identifier(schema_of(epoch.release))
    return connection.execute(
        sql.SQL(
            "SELECT EXISTS (SELECT FROM {}.exposure WHERE (fieldid, rcid, filterid) = (%s, %s, %s)"
            " AND mjd_mid > %s AND mjd_mid < %s)"
        ).format(schema),
        (epoch.fieldid, epoch.rcid, epoch.filterid, after, epoch.mjd_mid - SPLIT_SECONDS / 86400),
    ).fetchone()[0]
