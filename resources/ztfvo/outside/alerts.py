"""What all brokers of ZTF alerts share: filters, times and signs of differences."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ztfvo.outside.filters import ZTF, ZTF_BY_FID
from ztfvo.outside.model import Column, Malformed, Source
from ztfvo.times import PALOMAR_FRAME, START, heliocentric_from_start

EXPTIME = 30.0
"""s, of nearly all alerts; brokers that say it are believed."""
FRAME = PALOMAR_FRAME | {"point": START}
"""Of the times that alerts have."""
FILTERS = ZTF
TIMES = "UTC, at Palomar, of the start of the exposure"
LICENCE = "ZTF public alerts; acknowledge ZTF and the broker"
ASSUMED = (
    f"An exposure time of {EXPTIME:g} s is assumed where the broker does not give it: other ones"
    " would move hmjd by half their difference."
)
SIGNS = {"t": 1, "1": 1, "true": 1, "f": -1, "0": -1, "-1": -1, "false": -1}
"""Of isdiffpos, as packets and brokers write it: whether science minus reference is positive."""

RAW_TIME = Column(
    "mjd_start",
    "float64",
    "d",
    "time.start;obs.exposure",
    "MJD (UTC, topocentric at Palomar) of the start of the exposure, as the alert has it",
    "mjd",
)


def broker(**declared: Any) -> Source:
    """Return a broker's light curves as a source, of which all brokers share the rest."""
    shared: dict[str, Any] = {
        "gives": ("light curve",),
        "radius": 5.0,
        "largest_radius": 60.0,
        "licence": LICENCE,
        "filters": FILTERS,
        "frames": {"mjd_start": FRAME},
        "times": TIMES,
        "seconds": 20.0,
        "days": 1.0,
    }
    return Source(**shared | declared)


def filters_of(fids: np.ndarray) -> np.ndarray:
    """Return names of filters by their numbers in alerts.

    Raises
    ------
    Malformed
        When one is none of ZTF's.
    """
    unknown = set(fids.tolist()) - set(ZTF_BY_FID)
    if unknown:
        raise Malformed(f"column fid has {min(unknown)}, which is not a number of ZTF's filters")
    return np.array([ZTF_BY_FID[fid] for fid in fids.tolist()], str)


def sign_of(value: Any) -> int:
    """Return 1 for a positive difference and -1 for a negative one.

    Raises
    ------
    Malformed
        For what is neither.
    """
    word = str(value).lower().removesuffix(".0")
    if word not in SIGNS:
        raise Malformed(f"column isdiffpos has {str(value)[:20]!r}, which is not a sign")
    return SIGNS[word]


def hmjd_of(
    start: np.ndarray,
    ra: np.ndarray,
    dec: np.ndarray,
    place: tuple[float, float],
    exptime: ArrayLike = EXPTIME,
) -> np.ndarray:
    """Return heliocentric MJD, UTC, of the middle of exposures.

    Parameters
    ----------
    start
        MJD, UTC, at Palomar.
    ra, dec
        ICRS, deg, of each detection; NaN where there is none.
    place
        Of the object, for those.
    exptime
        s
    """
    ra, dec = (np.where(np.isnan(a), b, a) for a, b in zip((ra, dec), place, strict=True))
    return heliocentric_from_start(start, exptime, ra, dec) if len(start) else start
