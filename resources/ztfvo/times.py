"""Times of ZTF: heliocentric MJD and the clock at Palomar, without network."""

from __future__ import annotations

import erfa
import numpy as np
from astropy.coordinates import EarthLocation
from astropy.time import Time

PALOMAR = EarthLocation.from_geodetic(lon=-116.863, lat=33.356, height=1706)
"""The Samuel Oschin telescope (degrees, m); a kilometre changes the light-travel time by 3 us."""

_LIGHT_DAY_M = erfa.CMPS * erfa.DAYSEC
_LIGHT_DAY_AU = _LIGHT_DAY_M / erfa.DAU


def heliocentric_orbit(mjd: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Position and velocity of Palomar relative to the Sun's centre.

    The scalar product of the position with the unit vector to a star is the heliocentric
    light-travel time as `astropy.time.Time.light_travel_time` has it: heliocentric time minus time
    at the telescope.  Earth comes from the ERFA routine epv00; precession of the telescope's
    geocentric position (0.05 ms) is left out.

    Parameters
    ----------
    mjd
        Times at Palomar, MJD, UTC, shape (n,).

    Returns
    -------
    position : numpy.ndarray
        Cartesian, ICRS axes, in light days, shape (n, 3).
    velocity : numpy.ndarray
        Of the Earth's centre, in light days per day, shape (n, 3).
    """
    times = Time(np.asarray(mjd, float), format="mjd", scale="utc")
    tt = times.tt
    earth, _ = erfa.epv00(tt.jd1, tt.jd2)
    site = PALOMAR.to_geodetic()
    rotation = erfa.era00(times.jd1, times.jd2)
    telescope = erfa.pvtob(site.lon.rad, site.lat.rad, site.height.value, 0.0, 0.0, 0.0, rotation)
    position = earth["p"] / _LIGHT_DAY_AU + telescope["p"] / _LIGHT_DAY_M
    return position, earth["v"] / _LIGHT_DAY_AU


def mid_exposure(
    hmjd: np.ndarray, direction: np.ndarray, orbit: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """Time at Palomar of a heliocentric time.

    Parameters
    ----------
    hmjd
        Heliocentric MJD, UTC, shape (n,).
    direction
        Cartesian unit vectors to the stars, ICRS, shape (n, 3).  As the light-travel time is linear
        in it, the mean of several directions gives the mean time.
    orbit
        `heliocentric_orbit` of `hmjd`, or of times within seconds of it.

    Returns
    -------
    numpy.ndarray
        MJD, UTC, shape (n,), exact to 1 ms.
    """
    position, velocity = orbit
    delay = np.sum(position * direction, axis=1)
    return hmjd - np.sum((position - velocity * delay[:, None]) * direction, axis=1)


def whole_seconds(mjd: np.ndarray) -> np.ndarray:
    """Round MJD to whole seconds of the day, with seven decimals as the archive prints them.

    Parameters
    ----------
    mjd
        MJD in days, any shape.

    Returns
    -------
    numpy.ndarray
        MJD in days.
    """
    return np.round(np.rint(np.asarray(mjd) * 86400) / 86400, 7)
