"""The epochs of light curves that a request for an analysis is about."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy.coordinates import angular_separation

from ztfvo.dal import Parameters
from ztfvo.errors import HTTPError
from ztfvo.products import produce
from ztfvo.products.kinds import Parameter
from ztfvo.products.model import Curve, Product, Request
from ztfvo.products.parameters import ID, PARAMETERS, STAR, oids
from ztfvo.products.request import require_no_more_than_a_star

MASK = "BAD_CATFLAGS_MASK"
CHOOSING: tuple[Parameter, ...] = tuple(
    one for one in PARAMETERS if one.name in (STAR.name, "TIME", MASK)
)
"""Parameters that name a star in place of light curves, and those that choose epochs."""
FARTHEST = 5.0
"""arcsec from the first light curve, of those of one star."""
NAMES = (ID, "OID", *(one.name for one in CHOOSING))


@dataclass(frozen=True)
class Epochs:
    """Epochs of one light curve that are used, ordered by time; arrays of one length."""

    curve: Curve
    time: np.ndarray
    """Heliocentric MJD, UTC (d)."""
    mag: np.ndarray
    """AB magnitude."""
    magerr: np.ndarray
    """Its error, above 0."""

    def __len__(self) -> int:
        return len(self.time)


def fetch(
    release: str, words: Sequence[str], given: Parameters, more: Sequence[Parameter] = ()
) -> tuple[Product, list[Epochs]]:
    """Fetch the light curves that are named, and choose their epochs.

    Epochs have catflags = 0, or with BAD_CATFLAGS_MASK none of its bits; and magerr > 0.

    Parameters
    ----------
    words
        OIDs as the path has them; there may be others in the parameters.
    more
        Parameters of light curves that are read besides.

    Raises
    ------
    HTTPError
        400 for parameters that cannot be used, 404 for what there is not.
    DatabaseDown
        When the database does not answer.
    """
    attributes: dict[str, Any] = {}
    for parameter in (*CHOOSING, *more):
        attributes |= parameter.read(given)
    named = [*words, *given.words(ID), *given.words("OID")]
    star = attributes.pop("star", None)
    if star is not None:
        require_no_more_than_a_star(given, named)
    wanted = oids(named) if star is None else produce.members(release, star)
    request = Request(release=release, oids=wanted, format="", **attributes)
    product = produce.fetch(request)
    return product, [chosen(curve, request) for curve in product.curves]


def chosen(curve: Curve, request: Request) -> Epochs:
    """Return the epochs of a light curve that analyses use, see `fetch`."""
    columns, mask = curve.columns, request.bad_catflags_mask
    flags = columns["catflags"] if mask is None else columns["catflags"] & mask
    good = (flags == 0) & (columns["magerr"] > 0)
    time, mag, magerr = (columns[name][good].astype(float) for name in ("hmjd", "mag", "magerr"))
    return Epochs(curve, time, mag, magerr)


def require_one_star(curves: Sequence[Epochs]) -> None:
    """Check that light curves are of one star.

    Raises
    ------
    HTTPError
        400, where one is too far from the first.
    """
    first = curves[0].curve
    for one in (each.curve for each in curves):
        places = np.radians([first.ra, first.dec, one.ra, one.dec])
        apart = math.degrees(angular_separation(*places)) * 3600
        if apart > FARTHEST:
            raise HTTPError(
                400,
                f"Light curves {first.oid} and {one.oid} are {apart:.1f} arcsec apart, of one star"
                f" they are at most {FARTHEST:g}: ask for those of each star by themselves.",
            )


def selection(request: Request) -> str:
    """Return in words which epochs are used."""
    mask = request.bad_catflags_mask
    flags = "catflags = 0" if mask is None else f"none of the bits {mask} in catflags"
    return f"{flags}, magerr > 0"
