"""Heliocentric times against astropy's light travel time."""

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.time import Time
from astropy.utils import iers

from ztfvo.times import PALOMAR, heliocentric_orbit, mid_exposure, whole_seconds


def unit_vectors(ra, dec):
    ra, dec = np.radians(ra), np.radians(dec)
    return np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)], axis=1)


def heliocentric(mjd, ra, dec):
    with iers.conf.set_temp("auto_download", False):
        time = Time(mjd, format="mjd", scale="utc", location=PALOMAR)
        return mjd + time.light_travel_time(SkyCoord(ra, dec, unit="deg"), "heliocentric").to_value(
            u.day
        )


@pytest.mark.parametrize(
    ("dec_low", "dec_high"), [(-90, -89.9), (-30, 30), (89.9, 90)], ids=["south", "middle", "north"]
)
def test_mid_exposure_undoes_astropys_light_travel_time_to_a_millisecond(dec_low, dec_high):
    rng = np.random.default_rng(7)
    mjd = rng.uniform(58000, 61000, 200)
    ra = np.concatenate(([0.0, 359.99999], rng.uniform(0, 360, 198)))
    dec = rng.uniform(dec_low, dec_high, 200)
    hmjd = heliocentric(mjd, ra, dec)
    found = mid_exposure(hmjd, unit_vectors(ra, dec), heliocentric_orbit(hmjd))
    assert np.abs(found - mjd).max() * 86400 < 0.001


def test_mid_exposure_agrees_with_rows_of_the_archive():
    """Start and heliocentric time of two positions, as the light-curve service printed them."""
    start = np.array([58269.4823264, 58296.4830440])
    hjd = np.array([2458269.9783680825, 2458296.9802463101])
    direction = unit_vectors(np.array([24.7766216, 30.3633011]), np.array([52.7603146, 23.8314036]))
    hmjd = hjd - 2400000.5
    middle = mid_exposure(hmjd, direction, heliocentric_orbit(hmjd))
    assert np.abs((middle - start) * 86400 - 15).max() < 0.01


def test_whole_seconds_gives_the_archives_start_from_any_time_within_half_a_second():
    starts = np.array([58269.4823264, 58275.4727083, 58277.4647685, 58556.4326157])
    for offset in (-0.45, 0.0, 0.45):
        assert whole_seconds(starts + offset / 86400).tolist() == starts.tolist()
