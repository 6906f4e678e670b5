"""Times of ZTF and of the surveys shown beside it, without network.

The project's time is the releases' hmjd: heliocentric MJD (HJD - 2400000.5), UTC, of mid-exposure.
What others give, and how it becomes hmjd:

===========================  =====================================  ===============================
source                       time                                   function
===========================  =====================================  ===============================
ZTF images, alerts, brokers  MJD, UTC, at Palomar, start            `heliocentric_from_start`
Pan-STARRS                   MJD, TAI, at Haleakala, mid-exposure   `utc_from_tai`, `heliocentric`
Gaia                         TCB, at the barycentre, of transit     `utc_from_gaia`,
                                                                    `heliocentric_from_barycentric`
===========================  =====================================  ===============================

Shutters of ZTF open about 1 s after the start that the archive gives, so all times are early by
that much.  Nobody corrects it, nor does this module.

Earth and Sun are those of astropy's built-in ephemeris (ERFA's epv00), and UT1 is taken for UTC,
which moves a telescope by less than a microsecond of light-travel time.
"""

from __future__ import annotations

import erfa
import numpy as np
from astropy.coordinates import EarthLocation
from astropy.time import Time
from astropy.utils import iers
from numpy.typing import ArrayLike

# Leap seconds are those of the installed astropy: a service must not wait for a download.
iers.conf.auto_download = False

PALOMAR = EarthLocation.from_geodetic(lon=-116.863, lat=33.356, height=1706)
"""The Samuel Oschin telescope (degrees, m); a kilometre changes the light-travel time by 3 us."""

HALEAKALA = EarthLocation.from_geodetic(lon=-156.2559, lat=20.7072, height=3068)
"""Pan-STARRS 1 (degrees, m), as the Minor Planet Center lists it under F51."""

GAIA_ORIGIN_MJD = 55197.0
"""2010-01-01: Gaia's times are days of TCB since BJD 2455197.5."""

MJD_ORIGIN = 2400000.5
"""Julian date of MJD 0."""

MIDDLE, START = "middle of the exposure", "start of the exposure"
HELIOCENTRIC_FRAME = {
    "scale": "UTC",
    "reference_position": "HELIOCENTER",
    "origin": MJD_ORIGIN,
    "unit": "d",
    "point": MIDDLE,
}
"""Of hmjd, in all formats."""
PALOMAR_FRAME = HELIOCENTRIC_FRAME | {"reference_position": "TOPOCENTER"}
"""Of the middle of an exposure at the telescope."""

_LIGHT_DAY_M = erfa.CMPS * erfa.DAYSEC
_LIGHT_DAY_AU = _LIGHT_DAY_M / erfa.DAU


def heliocentric_orbit(
    mjd: np.ndarray, site: EarthLocation = PALOMAR
) -> tuple[np.ndarray, np.ndarray]:
    """Position and velocity of a telescope relative to the Sun's centre.

    The scalar product of the position with the unit vector to a star is the heliocentric
    light-travel time as `astropy.time.Time.light_travel_time` has it: heliocentric time minus time
    at the telescope.  Earth comes from the ERFA routine epv00; precession of the telescope's
    geocentric position (0.05 ms) is left out.

    Parameters
    ----------
    mjd
        Times at the telescope, MJD, UTC, any shape (here n).
    site
        The telescope.

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
    place = site.to_geodetic()
    rotation = erfa.era00(times.jd1, times.jd2)
    telescope = erfa.pvtob(
        place.lon.rad, place.lat.rad, place.height.value, 0.0, 0.0, 0.0, rotation
    )
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
    delay = np.sum(position * direction, axis=-1)
    return hmjd - np.sum((position - velocity * delay[..., None]) * direction, axis=-1)


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


def unit_vectors(ra: ArrayLike, dec: ArrayLike) -> np.ndarray:
    """Cartesian unit vectors of positions (ICRS, deg), along a last axis of 3."""
    ra, dec = np.radians(np.asarray(ra, float)), np.radians(np.asarray(dec, float))
    return np.stack(
        np.broadcast_arrays(np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)),
        axis=-1,
    )


def light_travel_time(
    mjd: ArrayLike, ra: ArrayLike, dec: ArrayLike, site: EarthLocation = PALOMAR
) -> np.ndarray:
    """Heliocentric light-travel time: heliocentric time minus time at the telescope.

    Parameters
    ----------
    mjd
        Time at the telescope, MJD, UTC.
    ra, dec
        Position of the source, ICRS, deg; all shapes broadcast.
    site
        The telescope.

    Returns
    -------
    numpy.ndarray
        In s, exact to 0.1 ms.
    """
    position, _ = heliocentric_orbit(np.asarray(mjd, float), site)
    return np.sum(position * unit_vectors(ra, dec), axis=-1) * erfa.DAYSEC


def heliocentric(
    mjd: ArrayLike, ra: ArrayLike, dec: ArrayLike, site: EarthLocation = PALOMAR
) -> np.ndarray:
    """Heliocentric MJD, UTC, of times at a telescope; parameters as of `light_travel_time`."""
    return np.asarray(mjd, float) + light_travel_time(mjd, ra, dec, site) / erfa.DAYSEC


def heliocentric_from_start(
    start: ArrayLike,
    exptime: ArrayLike,
    ra: ArrayLike,
    dec: ArrayLike,
    site: EarthLocation = PALOMAR,
) -> np.ndarray:
    """Heliocentric MJD, UTC, of the middle of exposures.

    Parameters
    ----------
    start
        Start of the exposure at the telescope, MJD, UTC.
    exptime
        Exposure time, s.
    ra, dec
        Position of the source, ICRS, deg; all shapes broadcast.
    site
        The telescope.
    """
    middle = np.asarray(start, float) + np.asarray(exptime, float) / 2 / erfa.DAYSEC
    return heliocentric(middle, ra, dec, site)


def palomar_middle(hmjd: ArrayLike, ra: ArrayLike, dec: ArrayLike) -> np.ndarray:
    """Time at Palomar of the middle of exposures, the inverse of `heliocentric`.

    Parameters
    ----------
    hmjd
        Heliocentric MJD, UTC, of mid-exposure.
    ra, dec
        Position of the source, ICRS, deg; all shapes broadcast.

    Returns
    -------
    numpy.ndarray
        MJD, UTC, exact to 1 ms.
    """
    hmjd = np.asarray(hmjd, float)
    return mid_exposure(hmjd, unit_vectors(ra, dec), heliocentric_orbit(hmjd))


def palomar_start(hmjd: ArrayLike, exptime: ArrayLike, ra: ArrayLike, dec: ArrayLike) -> np.ndarray:
    """Start of exposures at Palomar, the inverse of `heliocentric_from_start`.

    The archive's starts are whole seconds: `whole_seconds` of the result is one exactly, also where
    hmjd has but five decimals.

    Parameters
    ----------
    hmjd
        Heliocentric MJD, UTC, of mid-exposure.
    exptime
        Exposure time, s.
    ra, dec
        Position of the source, ICRS, deg; all shapes broadcast.

    Returns
    -------
    numpy.ndarray
        MJD, UTC, not rounded.
    """
    return palomar_middle(hmjd, ra, dec) - np.asarray(exptime, float) / 2 / erfa.DAYSEC


def utc_from_tai(mjd: ArrayLike) -> np.ndarray:
    """MJD, UTC, of MJD, TAI: UTC was 34 s behind TAI from 2009, 35 s from 2012-07, 37 s now."""
    return _utc(mjd, 0.0, "tai")


def utc_from_tdb(mjd: ArrayLike) -> np.ndarray:
    """MJD, UTC, of MJD, TDB, at the same place."""
    return _utc(mjd, 0.0, "tdb")


def utc_from_tcb(mjd: ArrayLike) -> np.ndarray:
    """MJD, UTC, of MJD, TCB, at the same place (IAU 2006 resolution B3 for TCB to TDB)."""
    return _utc(mjd, 0.0, "tcb")


def utc_from_gaia(days: ArrayLike) -> np.ndarray:
    """Barycentric MJD, UTC, of Gaia's times, days of TCB since BJD 2455197.5."""
    return _utc(GAIA_ORIGIN_MJD, days, "tcb")


def heliocentric_from_barycentric(mjd: ArrayLike, ra: ArrayLike, dec: ArrayLike) -> np.ndarray:
    """Heliocentric time of times at the solar system's barycentre; they differ by up to 5 s.

    Parameters
    ----------
    mjd
        Barycentric MJD, UTC.
    ra, dec
        Position of the source, ICRS, deg; all shapes broadcast.

    Returns
    -------
    numpy.ndarray
        Heliocentric MJD, UTC.
    """
    mjd = np.asarray(mjd, float)
    tt = Time(mjd, format="mjd", scale="utc").tt
    from_sun, from_barycentre = erfa.epv00(tt.jd1, tt.jd2)
    sun = (from_barycentre["p"] - from_sun["p"]) / _LIGHT_DAY_AU
    return mjd - np.sum(sun * unit_vectors(ra, dec), axis=-1)


def _utc(origin: ArrayLike, days: ArrayLike, scale: str) -> np.ndarray:
    time = Time(np.asarray(origin, float), np.asarray(days, float), format="mjd", scale=scale)
    return np.asarray(time.utc.mjd)
