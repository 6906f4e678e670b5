"""From an epoch of a light curve to the name of its image.

The name is taken from what is known already; else IRSA is asked once, and what it says is kept;
else it is read from the archive's listings, and kept where no other exposure can have it.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, fields, replace

import numpy as np
from psycopg import Connection

from ztfvo.addresses import ARCHIVE
from ztfvo.db import connect_pages, reading
from ztfvo.errors import HTTPError
from ztfvo.images import irsa, listing
from ztfvo.images.epoch import Epoch, Moment, another_exposure, epoch_of, read_moment, read_oid
from ztfvo.images.memory import Images, remember
from ztfvo.images.products import Image, name_mjd
from ztfvo.remote import Failure
from ztfvo.settings import Settings, get_settings

ASKING = threading.BoundedSemaphore(8)
"""Outside servers are asked by so many threads of a process at a time."""

SECONDS_OF_PATIENCE = 5.0
"""That a request waits for its turn to ask."""

SECONDS_UNKNOWN = 600.0
MANY = 10_000

_unknown: dict[tuple, float] = {}
"""Exposures that neither IRSA nor the archive knew, and until when they are not asked again."""


@dataclass(frozen=True)
class Found:
    """An epoch and its image; times are MJD, UTC."""

    release: str
    simulated: bool
    oid: int
    ra: float
    dec: float
    """ICRS, deg, of the object."""
    moment: Moment
    """Heliocentric, of mid-exposure, as the release has it."""
    mjd_mid: float
    """At Palomar, of mid-exposure."""
    obsmjd: float
    """At Palomar, of the start."""
    obsmjd_source: str
    """observed or estimated."""
    exptime: float
    """s."""
    exptime_source: str
    """observed or assumed."""
    image: Image
    source: str
    """How the name is known: from imported image ``metadata``, from the ``lightcurve`` service's
    answers, by asking ``irsa``, or from the archive's ``listing``."""


def find(release: str, oid: int | str, moment: float | str, ask: bool = True) -> Found:
    """Find the image on which an epoch was measured.

    Parameters
    ----------
    release
        Name of a release, or ``ztf`` for the default one.
    oid
        Of a light curve.
    moment
        One of its epochs: heliocentric MJD, UTC, to within 1e-5 d, with - and a number behind it
        where other epochs have the same; or first, last, peak.
    ask
        Whether IRSA and the archive may be asked.

    Raises
    ------
    HTTPError
        400 for what is no OID or HMJD; 404 for an unknown release, light curve or epoch, or an
        image that is not known; 503 when it is not known and nobody answers.
    DatabaseDown
        When the database does not answer.
    """
    number, asked = read_oid(str(oid)), read_moment(str(moment))
    with reading() as connection:
        epoch = epoch_of(connection, release, number, asked)
    if epoch.filefracday is not None:
        return _known(epoch)
    if epoch.simulated:
        raise HTTPError(
            404,
            f"The image of {_said(epoch)} is not known. Release {epoch.release} is simulated:"
            " it has images only where simulated ones were imported.",
        )
    if not ask:
        raise HTTPError(404, f"The image of {_said(epoch)} is not known yet.")
    return _ask(epoch, get_settings())


def _known(epoch: Epoch) -> Found:
    value = {one.name: getattr(epoch, one.name) for one in fields(epoch)}
    channel = [value.pop(name) for name in ("fieldid", "rcid", "filterid", "filefracday")]
    return Found(image=Image(*channel), **value)


def _said(epoch: Epoch) -> str:
    return f"OID {epoch.oid}, HMJD {epoch.moment}"


def _key(epoch: Epoch) -> tuple[int, ...]:
    """The exposure, as all its stars in a release share it."""
    return epoch.fieldid, epoch.rcid, epoch.filterid, round(epoch.mjd_mid * 86400)


def _ask(epoch: Epoch, settings: Settings) -> Found:
    """Ask others, one thread of the site for each exposure."""
    key = _key(epoch)
    if _unknown.get(key, 0.0) > time.monotonic():
        raise _no_image(epoch)
    reasons = [pause.reason for pause in (irsa.pause, listing.pause)]
    if all(reasons):
        raise _nobody(epoch, reasons)
    if not ASKING.acquire(timeout=SECONDS_OF_PATIENCE):
        raise _nobody(epoch, ["many such requests are under way"])
    try:
        with connect_pages(settings) as connection, connection.transaction():
            connection.execute(
                "SELECT pg_advisory_xact_lock(hashtext('images'), hashtext(%s))", (repr(key),)
            )
            epoch = epoch_of(connection, epoch.release, epoch.oid, epoch.moment)
            if epoch.filefracday is not None:
                return _known(epoch)
            return _found_out(connection, epoch, settings)
    finally:
        ASKING.release()


def _found_out(connection: Connection, epoch: Epoch, settings: Settings) -> Found:
    channel = epoch.fieldid, epoch.rcid, epoch.filterid
    failures = []
    try:
        match = irsa.ask(settings.irsa_url, *channel, epoch.mjd_mid)
    except Failure as failure:
        failures.append(str(failure))
    else:
        if match:
            _keep(connection, match.image, match.obsmjd, match.exptime, "irsa")
            return _known(
                replace(
                    epoch,
                    filefracday=match.image.filefracday,
                    source="irsa",
                    obsmjd=match.obsmjd,
                    obsmjd_source="observed",
                    exptime=match.exptime,
                    exptime_source="observed",
                )
            )
    archive = settings.local_url + ARCHIVE
    try:
        listed = listing.look(archive, *channel, epoch.mjd_mid)
    except Failure as failure:
        raise _nobody(epoch, [*failures, str(failure)]) from failure
    if listed is None or (
        not listed.sure and another_exposure(connection, epoch, name_mjd(listed.image.filefracday))
    ):
        if not failures:
            _note_unknown(epoch)
        raise _no_image(epoch)
    if listed.sure:
        _keep(connection, listed.image, epoch.obsmjd, epoch.exptime, "listing")
    return _known(replace(epoch, filefracday=listed.image.filefracday, source="listing"))


def _keep(connection: Connection, image: Image, obsmjd: float, exptime: float, source: str) -> None:
    """Remember one image of a release that is not simulated."""
    one = Images(
        *(
            np.array([value])
            for value in (image.fieldid, image.rcid, image.filterid, image.filefracday)
        ),
        obsmjd=np.array([obsmjd]),
        exptime=np.array([exptime]),
    )
    remember(connection, [one], source, simulated=False)


def _note_unknown(epoch: Epoch) -> None:
    if len(_unknown) >= MANY:
        _unknown.clear()
    _unknown[_key(epoch)] = time.monotonic() + SECONDS_UNKNOWN


def _no_image(epoch: Epoch) -> HTTPError:
    return HTTPError(404, f"The archive lists no image of {_said(epoch)}.")


def _nobody(epoch: Epoch, reasons: list[str]) -> HTTPError:
    return HTTPError(
        503,
        f"The image of {_said(epoch)} is not known here, and the archive cannot be asked now"
        f" ({'; '.join(reasons)}). Try again in some minutes.",
    )
