"""Palomar: night sky, local time and the light travel time to the Sun.

Everything is computed from formulas without tables that change, so that the same seed gives the
same bytes on any machine: UT1 is taken as UTC (0.9 s, which is 2 microseconds of light travel).
"""

import erfa
import numpy as np
from numpy.typing import NDArray

LONGITUDE, LATITUDE, HEIGHT = -116.863, 33.356, 1706.0
"""Site of the 48-inch telescope: degrees east, degrees north, metres."""

SECONDS_PER_DAY = 86400

_MJD_ZERO = 2400000.5
_DYNAMICAL_MINUS_UTC = 69.184
"""Terrestrial (and to 2 ms barycentric dynamical) time minus UTC since 2017, in seconds."""

_LIGHT_SECONDS_PER_AU = 499.004783836
_SPEED_OF_LIGHT = 299792458.0
_NEW_MOON = 58194.55
_LUNATION = 29.530588
_TWILIGHT = np.radians(-12.0)


def sidereal_degrees(mjd: NDArray) -> NDArray:
    """Local mean sidereal time at Palomar in degrees, for UTC days."""
    return (280.46061837 + 360.98564736629 * (mjd - 51544.5) + LONGITUDE) % 360.0


def moon_illumination(mjd: NDArray) -> NDArray:
    """Lit fraction of the Moon's disc, from the mean lunation."""
    return (1 - np.cos(2 * np.pi * (mjd - _NEW_MOON) / _LUNATION)) / 2


def dark_windows(nights: NDArray) -> tuple[NDArray, NDArray]:
    """Find when the Sun is 12 degrees below the horizon.

    Parameters
    ----------
    nights
        MJD numbers of the UTC days; a Palomar night lies within one.

    Returns
    -------
    start, end
        MJD (UTC) of the ends of each night.
    """
    days = nights + 0.32 - 51544.5
    anomaly = np.radians(357.528 + 0.9856003 * days)
    longitude = np.radians(280.46 + 0.9856474 * days + 1.915 * np.sin(anomaly))
    declination = np.arcsin(0.397777 * np.sin(longitude))
    right_ascension = np.degrees(np.arctan2(0.917482 * np.sin(longitude), np.cos(longitude)))
    latitude = np.radians(LATITUDE)
    cosine = np.sin(_TWILIGHT) - np.sin(latitude) * np.sin(declination)
    cosine /= np.cos(latitude) * np.cos(declination)
    half = (180.0 - np.degrees(np.arccos(cosine))) / 360.0
    middle = nights + 0.3246
    anti_solar = (right_ascension + 180.0 - sidereal_degrees(middle) + 180.0) % 360.0 - 180.0
    middle = middle + anti_solar / 360.9856
    return middle - half, middle + half


def altitude_sine(ra: float, dec: float, mjd: NDArray) -> NDArray:
    """Sine of the altitude of a position (deg) over Palomar at UTC days."""
    hour_angle = np.radians(sidereal_degrees(mjd) - ra)
    lat, dec = np.radians(LATITUDE), np.radians(dec)
    return np.sin(lat) * np.sin(dec) + np.cos(lat) * np.cos(dec) * np.cos(hour_angle)


def heliocentric_vectors(mjd: NDArray) -> NDArray:
    """Place Palomar relative to the Sun.

    The Earth comes from the ERFA series (the built-in ephemeris of astropy), the site from its
    geodetic position turned by sidereal time and precession.

    Parameters
    ----------
    mjd
        UTC days, shape (n,).

    Returns
    -------
    vectors
        Shape (n, 3), in light days along the ICRS axes. The product with a star's unit vector is
        the time to add to bring a moment at Palomar to the heliocentre.
    """
    dynamical = mjd + _DYNAMICAL_MINUS_UTC / SECONDS_PER_DAY
    heliocentric, _ = erfa.epv00(_MJD_ZERO, dynamical)
    site = erfa.gd2gc(1, np.radians(LONGITUDE), np.radians(LATITUDE), HEIGHT)
    sidereal = erfa.gmst06(_MJD_ZERO, mjd, _MJD_ZERO, dynamical)
    east = site[0] * np.cos(sidereal) - site[1] * np.sin(sidereal)
    north = site[0] * np.sin(sidereal) + site[1] * np.cos(sidereal)
    of_date = np.stack([east, north, np.full_like(east, site[2])], axis=-1)
    from_date = np.swapaxes(erfa.pmat06(_MJD_ZERO, dynamical), -1, -2)
    geocentric = (from_date * of_date[:, None, :]).sum(axis=-1)
    seconds = heliocentric["p"] * _LIGHT_SECONDS_PER_AU + geocentric / _SPEED_OF_LIGHT
    return seconds / SECONDS_PER_DAY


def to_heliocentre(vectors: NDArray, unit: NDArray) -> NDArray:
    """Light travel time in days: the dot product, the same in every order of evaluation.

    Parameters
    ----------
    vectors, unit
        Arrays whose last axis holds x, y, z; the other axes broadcast.
    """
    product = vectors[..., 0] * unit[..., 0]
    product = product + vectors[..., 1] * unit[..., 1]
    return product + vectors[..., 2] * unit[..., 2]
