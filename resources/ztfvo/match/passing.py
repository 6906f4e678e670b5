"""Epochs of a light curve that may be of a body of the solar system that passed the object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ztfvo.catflags import NOT_TO_BE_USED
from ztfvo.errors import HTTPError
from ztfvo.features.model import MIN_EPOCHS
from ztfvo.images.epoch import Moment
from ztfvo.match import asteroids
from ztfvo.match.model import Catalog, Match, Outcome, Target, Wanted
from ztfvo.outside.model import Answer, Place
from ztfvo.outside.rows import julian_year
from ztfvo.outside.sources import sources
from ztfvo.products import produce
from ztfvo.products.model import Product, Request
from ztfvo.store.times import FIVE_DECIMALS, TIMES
from ztfvo.times import palomar_middle

SIGMAS, BOUNDS = 5.0, (3.0, 100.0)
"""How far an epoch stands off, by default; at least and at most."""
MOST, DEFAULT_MOST = 10, 5
"""Epochs that the service is asked about, at most and by default: it takes one a second."""
PASSED = 0.01
"""d: in these 14 minutes a body of the main belt, at 30 arcsec/h, leaves the object.  The nearest
epochs further away, before and after, show whether it is the object that is bright."""
SHARE = 0.5
"""Of an epoch's excess, which one of those has to have to confirm it."""
NOT_CHECKED = "not checked"
_MAD = 1.4826


@dataclass(frozen=True)
class Suspect:
    """An epoch that is too bright, which no other confirms."""

    moment: Moment
    mag: float
    magerr: float
    catflags: int
    excess: float
    """mag brighter than the median."""
    sigmas: float
    """The same over its error and the scatter of the light curve, added in quadrature."""
    mjd_mid: float
    """MJD, UTC, at Palomar."""


@dataclass(frozen=True)
class Asked:
    """A light curve, and what is to be asked about it."""

    product: Product
    median: float
    scatter: float
    """Of its good epochs, mag: 1.4826 times the median absolute deviation."""
    nepochs: int
    """Epochs that were looked at."""
    sigmas: float
    suspects: Sequence[Suspect]
    """By time."""
    checked: Mapping[int, Suspect]
    """Those that the service is asked about, by number of the place: they stand off most."""
    match: Match | None
    """The questions; None where there are none."""


@dataclass(frozen=True)
class Passing:
    """What came of it."""

    asked: Asked
    answers: Mapping[Moment, Answer]
    """Of those that were checked, with the bodies that are near enough."""


def stand_out(
    time: np.ndarray, mag: np.ndarray, magerr: np.ndarray, good: np.ndarray, sigmas: float
) -> tuple[np.ndarray, np.ndarray, float, float]:
    """Find the epochs that are too bright, which no other confirms.

    Parameters
    ----------
    time, mag, magerr
        float[n], d, mag and mag, ordered by time.
    good
        bool[n]: epochs that median and scatter are of; at least one.
    sigmas
        How far an epoch has to stand off.

    Returns
    -------
    tuple
        int[m], their indexes; float[n], how far each epoch stands off, in its error and the
        scatter; median and scatter, mag.
    """
    median = float(np.median(mag[good]))
    scatter = float(_MAD * np.median(np.abs(mag[good] - median)))
    excess = median - mag
    away = excess / np.hypot(magerr, scatter)
    found = []
    for i in np.flatnonzero(away >= sigmas):
        before = np.searchsorted(time, time[i] - PASSED) - 1
        after = np.searchsorted(time, time[i] + PASSED, side="right")
        beside = [at for at in (before, after) if 0 <= at < len(time)]
        if not (excess[beside] >= SHARE * excess[i]).any():
            found.append(i)
    return np.array(found, int), away, median, scatter


def ask(release: str, oid: int, sigmas: float, most: int, wait: float) -> Asked:
    """Return the epochs of a light curve that may be of a body, and what is to be asked.

    Parameters
    ----------
    sigmas
        How far an epoch has to stand off.
    most
        Epochs that the service may be asked about.
    wait
        Seconds for all answers.

    Raises
    ------
    HTTPError
        404 where there is no such light curve, and where times are too coarse; 400 where it has too
        few good epochs.
    DatabaseDown
        When the database does not answer.
    """
    product = produce.fetch(Request(release=release, oids=(oid,), format=""))
    if TIMES[product.times].ticks_per_day < FIVE_DECIMALS:
        raise HTTPError(
            404,
            f"The times of release {product.release} are too coarse to say where bodies of the"
            " solar system were. Ask for the light curve in another release.",
        )
    (curve,) = product.curves
    time, mag, magerr, flags = (
        curve.columns[name] for name in ("hmjd", "mag", "magerr", "catflags")
    )
    used = (magerr > 0) & (flags & NOT_TO_BE_USED == 0)
    time, flags = time[used], flags[used]
    mag, magerr = (values[used].astype(float) for values in (mag, magerr))
    good = flags == 0
    if good.sum() < MIN_EPOCHS:
        raise HTTPError(
            400,
            f"Light curve {oid} has {good.sum()} good epochs: without {MIN_EPOCHS} nothing stands"
            " out of it. /epoch/OID/HMJD/asteroids asks about one epoch.",
        )
    indexes, away, median, scatter = stand_out(time, mag, magerr, good, sigmas)
    middles = palomar_middle(time[indexes], curve.ra, curve.dec)
    all_times = curve.columns["hmjd"]
    suspects = [
        Suspect(
            Moment(float(time[i]), _number(all_times, used, i)),
            float(mag[i]),
            float(magerr[i]),
            int(flags[i]),
            float(median - mag[i]),
            float(away[i]),
            float(middle),
        )
        for i, middle in zip(indexes.tolist(), middles.tolist(), strict=True)
    ]
    checked = dict(enumerate(_chosen(suspects, most), start=1))
    match = _questions(product, checked, wait) if checked else None
    return Asked(product, median, scatter, len(time), sigmas, suspects, checked, match)


def _questions(product: Product, checked: Mapping[int, Suspect], wait: float) -> Match:
    """What the service is asked about the epochs of the only light curve of a product."""
    (curve,) = product.curves
    targets = [
        Target(
            number,
            Place(curve.ra, curve.dec, julian_year(one.mjd_mid)),
            f"{curve.oid}-{one.moment}",
            product.release,
        )
        for number, one in checked.items()
    ]
    # Within the largest radius, as of one epoch, so that what is kept answers both.
    radius = asteroids.LARGEST_RADIUS + asteroids.MARGIN
    wanted = Wanted(Catalog(sources()[asteroids.SOURCE]), radius)
    return Match(targets, [wanted], motion=True, wait=wait)


def _chosen(suspects: Sequence[Suspect], most: int) -> list[Suspect]:
    """Those that stand off most, by time, one of each time that a body takes to pass."""
    chosen: list[Suspect] = []
    for one in sorted(suspects, key=lambda one: -one.sigmas):
        if len(chosen) < most and all(
            abs(one.mjd_mid - other.mjd_mid) > PASSED for other in chosen
        ):
            chosen.append(one)
    return sorted(chosen, key=lambda one: one.mjd_mid)


def _number(times: np.ndarray, used: np.ndarray, place: int) -> int:
    """Number, among those of its time, of the epoch that is at a place among the used ones."""
    at = int(np.flatnonzero(used)[place])
    return 1 + int(np.sum(times[:at] == times[at]))


def passing(asked: Asked, outcome: Outcome | None, radius: float) -> Passing:
    """Return what came, with the bodies that are near enough.

    Parameters
    ----------
    radius
        arcsec, see `ztfvo.match.asteroids.near`.
    """
    answers: dict[Moment, Answer] = {}
    for one in outcome.compared if outcome else ():
        alone = asteroids.near(replace(outcome, compared=[one]), radius)
        answers[asked.checked[one.target.number].moment] = alone.compared[0].answer
    return Passing(asked, answers)
