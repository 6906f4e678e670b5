"""Times of ZTF: heliocentric MJD and the clock at Palomar, without network."""

from __future__ import annotations

import numpy as np
from astropy import constants, units
from astropy.coordinates import HCRS, EarthLocation
from astropy.time import Time
from astropy.utils import iers

PALOMAR = EarthLocation.from_geodetic(lon=-116.863, lat=33.356, height=1706)
"""The 48-inch Samuel Oschin telescope, degrees and metres; a kilometre changes the light-travel time by 3 us."""

_LIGHT_DAY_M = (constants.c * units.day).to_value(units.m)


def heliocentric_position_days(mjd: np.ndarray) -> np.ndarray:
    """Position of Palomar relative to the Sun's centre.

    Its scalar product with the unit vector to a star is the heliocentric light-travel time as
    `astropy.time.Time.light_travel_time` defines it: heliocentric time minus time at the telescope.

    Parameters
    ----------
    mjd
        Times at Palomar, MJD, UTC, shape (n,).

    Returns
    -------
    numpy.ndarray
        Cartesian ICRS-aligned positions in light days, shape (n, 3).
    """
    with iers.conf.set_temp("auto_download", False), iers.conf.set_temp("iers_degraded_accuracy", "ignore"):
        times = Time(np.asarray(mjd, float), format="mjd", scale="utc")
        position = PALOMAR.get_itrs(times).transform_to(HCRS(obstime=times)).cartesian
    return position.xyz.to_value(units.m).T / _LIGHT_DAY_M


def whole_seconds(mjd: np.ndarray) -> np.ndarray:
    """Round MJD to the nearest whole second of the day, with seven decimals as the archive prints it.

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
