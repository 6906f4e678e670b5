"""Minor planets, comets and planets near an object at one of its epochs."""

from __future__ import annotations

from dataclasses import replace

from ztfvo.db import reading
from ztfvo.images.epoch import Epoch, epoch_of, read_moment, read_oid
from ztfvo.match.model import Catalog, Compared, Match, Outcome, Target, Wanted
from ztfvo.outside.model import Place, State
from ztfvo.outside.rows import SEPARATION, julian_year
from ztfvo.outside.sources import sources

SOURCE, ERROR = "skybot", "uncertainty"
"""The service, and its column of the uncertainty of places (arcsec)."""

RADIUS, LARGEST_RADIUS = 15.0, 120.0
"""arcsec, beyond the uncertainty: by default, and at most."""
SIGMAS = 3.0
"""Times the uncertainty that a body may be further away."""
MARGIN = SIGMAS * 120.0
"""arcsec: of bodies whose place is as uncertain as the service gives any."""


def ask(release: str, oid: str, moment: str, wait: float) -> tuple[Epoch, Match]:
    """Return an epoch, and what is to be asked about it.

    Parameters
    ----------
    release, oid, moment
        As `ztfvo.images.epoch.epoch_of` has them, as they were written.
    wait
        Seconds for the answer.

    Raises
    ------
    HTTPError
        400 or 404, where there is no such epoch.
    DatabaseDown
        When the database does not answer.
    """
    with reading() as connection:
        found = epoch_of(connection, release, read_oid(oid), read_moment(moment))
    place = Place(found.ra, found.dec, julian_year(found.mjd_mid))
    target = Target(1, place, f"{found.oid}-{found.moment}", found.release)
    # Within the largest radius, so that another one is answered from what is kept.
    wanted = Wanted(Catalog(sources()[SOURCE]), LARGEST_RADIUS + MARGIN)
    return found, Match([target], [wanted], motion=True, wait=wait)


def near(outcome: Outcome, radius: float) -> Outcome:
    """Leave of an outcome what is near enough.

    Parameters
    ----------
    radius
        arcsec; `SIGMAS` times its uncertainty a body may be further away.
    """
    (one,) = outcome.compared
    rows = tuple(
        row for row in one.answer.rows if row[SEPARATION] <= radius + SIGMAS * (row[ERROR] or 0.0)
    )
    empty = one.answer.state == State.FOUND and not rows
    answer = replace(one.answer, rows=rows, state=State.EMPTY if empty else one.answer.state)
    wanted = replace(one.wanted, radius=radius)
    match = replace(outcome.match, wanted=[wanted])
    return Outcome(match, [Compared(wanted, answer, one.target)], outcome.left_out)
