"""Times against astropy's light-travel time and against what archives and surveys print."""

from __future__ import annotations

import subprocess
import sys

import astropy.units as u
import numpy as np
import pyarrow.csv
import pytest
from astropy.coordinates import SkyCoord
from astropy.time import Time
from support.files import SHARED, needs_shared

from ztfvo import times
from ztfvo.times import PALOMAR, heliocentric_orbit, mid_exposure, unit_vectors, whole_seconds

MS = 0.001 / 86400


def heliocentric(mjd, ra, dec, site=PALOMAR, reference="heliocentric"):
    """Astropy's own way, with aberration, nutation and all."""
    time = Time(mjd, format="mjd", scale="utc", location=site)
    return mjd + time.light_travel_time(SkyCoord(ra, dec, unit="deg"), reference).to_value(u.day)


SITES = [
    # telescope; east longitude in deg, then the distances from the Earth's axis and from the plane
    # of the equator in units of 6378.137 km, as the Minor Planet Center lists them (I41, F51)
    (PALOMAR, 243.14022, 0.836325, 0.546877),
    (times.HALEAKALA, 203.74409, 0.936241, 0.351543),
]


@pytest.mark.parametrize("row", SITES, ids=["Palomar", "Haleakala"])
def test_telescopes_stand_within_a_kilometre_of_where_the_minor_planet_center_has_them(row):
    site, longitude, from_axis, from_equator = row
    angle = np.radians(longitude)
    listed = np.array([from_axis * np.cos(angle), from_axis * np.sin(angle), from_equator])
    found = np.array([part.to_value(u.km) for part in site.geocentric])
    assert np.linalg.norm(found - 6378.137 * listed) < 1


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


PALOMAR_ROWS = [
    # ra, dec, start (MJD, UTC), light-travel time (s), hjd of the archive
    (24.7766216, 52.7603146, 58269.4823264, -356.998, 2458269.9783680825),
    (24.7766216, 52.7603146, 58275.4727083, -339.070, 2458275.9689574903),
    (24.7766216, 52.7603146, 58277.4647685, -332.334, 2458277.961095652),
    (24.7766216, 52.7603146, 58279.4679051, -325.182, 2458279.964315024),
    (30.3633011, 23.8314036, 58296.4830440, -256.719, 2458296.9802463101),
]


def test_light_travel_times_and_heliocentric_times_are_those_of_the_archive():
    ra, dec, start, delay, hjd = np.array(PALOMAR_ROWS).T
    found = times.light_travel_time(start + 15 / 86400, ra, dec)
    assert np.abs(found - delay).max() < 0.001
    hmjd = hjd - 2400000.5
    # The archive's own times scatter by up to 1.3 ms in these rows.
    assert np.abs(times.heliocentric_from_start(start, 30, ra, dec) - hmjd).max() < 1.4 * MS
    assert np.abs(times.palomar_middle(hmjd, ra, dec) - start - 15 / 86400).max() < 1.4 * MS
    assert np.array_equal(whole_seconds(times.palomar_start(hmjd, 30, ra, dec)), start)


BROKER_ROWS = [
    # ra, dec, start (MJD, UTC) of alerts, light-travel time (s), hmjd
    (279.904898, -4.8707597, 58288.37787039997, 470.075, 58288.3834847),
    (279.9046345, -4.8710161, 58347.19135419978, 347.580, 58347.1955507),
    (59.7257233, 23.7619434, 61224.49046299979, -395.113, 61224.4860635),
]


def test_starts_of_alerts_become_heliocentric_middles():
    ra, dec, start, delay, hmjd = np.array(BROKER_ROWS).T
    assert np.abs(times.light_travel_time(start + 15 / 86400, ra, dec) - delay).max() < 0.001
    found = times.heliocentric_from_start(start, 30, ra, dec)
    assert np.abs(found - hmjd).max() < 0.51e-7, "seven decimals are given"
    assert np.abs(times.palomar_start(found, 30, ra, dec) - start).max() < MS


def test_the_middle_is_half_of_any_exposure_time_after_the_start():
    exptime = np.array([0, 31, 300.5])
    middle = times.heliocentric_from_start(58269.5, exptime, 10.0, 20.0)
    assert (middle - middle[0]) * 86400 == pytest.approx([0, 15.5, 150.25], abs=0.02)
    starts = times.palomar_start(middle, exptime, 10.0, 20.0)
    assert np.abs(starts - 58269.5).max() < MS


PAN_STARRS_ROWS = [
    # ra, dec, MJD TAI, MJD UTC, light-travel time (s), hmjd of detections of KQ UMa
    (139.3345207, 68.63503577, 55634.4774140, 55634.47702048, 169.817, 55634.47898596),
    (139.33447173, 68.6350534, 55635.4136426, 55635.41324908, 165.375, 55635.41516314),
    (139.3344534, 68.63505904, 55933.5437238, 55933.54333028, 315.232, 55933.54697880),
    (139.33445148, 68.63504807, 56721.4009635, 56721.40055841, 209.458, 56721.40298269),
    (139.33444319, 68.63506375, 56757.2305455, 56757.23014041, 28.801, 56757.23047375),
    (139.33444991, 68.63505759, 56973.6513438, 56973.65093871, 134.669, 56973.65249738),
    (139.33488168, 68.63532273, 55933.5264577, 55933.52606418, 315.215, 55933.52971251),
]


def test_atomic_times_of_pan_starrs_become_heliocentric_utc():
    ra, dec, tai, utc, delay, hmjd = np.array(PAN_STARRS_ROWS).T
    found = times.utc_from_tai(tai)
    assert np.abs(found - utc).max() < MS
    assert np.abs(times.light_travel_time(found, ra, dec, times.HALEAKALA) - delay).max() < 0.001
    assert np.abs(times.heliocentric(found, ra, dec, times.HALEAKALA) - hmjd).max() < MS


GAIA_ROWS = [
    # days (TCB) as in the archive, MJD UTC, both at the barycentre
    (1756.8137006432394, 56953.812708944),
    (1756.8139941058444, 56953.813002407),
    (1756.8140820892297, 56953.813090390),
    (1808.3702083380067, 57005.369215828),
    (1820.8582445068785, 57017.85725180),
    (2013.824262814028, 57210.82325554),
]


def test_gaias_coordinate_times_become_utc():
    days, utc = np.array(GAIA_ROWS).T
    found = times.utc_from_gaia(days)
    assert np.abs(found - utc).max() < MS
    assert np.abs(times.utc_from_tcb(times.GAIA_ORIGIN_MJD + days) - found).max() < MS
    offset = (times.GAIA_ORIGIN_MJD + days - found) * 86400
    assert offset[[0, 3]] == pytest.approx([85.683, 85.753], abs=0.001)


def test_dynamical_time_is_ahead_of_utc_by_the_leap_seconds():
    mjd = np.array([56953.8, 57005.4, 57500.0, 58000.0])
    ahead = (mjd - times.utc_from_tdb(mjd)) * 86400
    assert ahead[:2] == pytest.approx([67.182, 67.183], abs=0.001)
    assert ahead[2:] == pytest.approx([68.184, 69.184], abs=0.002)


def test_atomic_time_steps_at_leap_seconds():
    tai = Time(["2012-06-30", "2012-07-02", "2015-07-02", "2017-01-02"], scale="tai").mjd
    assert (tai - times.utc_from_tai(tai)) * 86400 == pytest.approx([34, 35, 36, 37], abs=1e-5)


def test_the_sun_stands_off_the_barycentre_by_a_second_and_more():
    """Gaia source 10655814178816, first G and second RP transit."""
    utc = np.array([57017.85725180, 57210.82325554])
    moved = times.heliocentric_from_barycentric(utc, 45.176533, 0.260830) - utc
    assert moved * 86400 == pytest.approx([-0.7239, -1.3120], abs=0.0001)


@pytest.mark.parametrize(("ra", "dec"), [(0, 0), (90, 0), (271.5, 45), (10, 90), (359.9999, -90)])
def test_barycentric_times_agree_with_astropys_two_light_travel_times(ra, dec):
    mjd = np.linspace(56800, 61000, 50)
    centre = heliocentric(mjd, ra, dec, reference="barycentric")
    expected = heliocentric(mjd, ra, dec)
    assert np.abs(times.heliocentric_from_barycentric(centre, ra, dec) - expected).max() < MS


def test_times_broadcast_and_take_single_numbers_and_nothing():
    row = times.light_travel_time(58269.5, [0.0, 90.0, 180.0], [[0.0], [60.0]])
    assert row.shape == (2, 3)
    assert row[1, 2] == times.light_travel_time(58269.5, 180.0, 60.0)
    moved = times.heliocentric_from_barycentric(58269.5, [0.0, 90.0, 180.0], [[0.0], [60.0]])
    assert moved.shape == (2, 3)
    assert moved[1, 2] == times.heliocentric_from_barycentric(58269.5, 180.0, 60.0)
    column = times.palomar_middle(np.full(3, 58269.5), 10.0, 20.0)
    assert column.tolist() == [float(times.palomar_middle(58269.5, 10.0, 20.0))] * 3
    assert times.palomar_start([], 30, [], []).size == times.utc_from_gaia([]).size == 0


@needs_shared
def test_every_real_start_follows_from_its_time_of_five_decimals():
    pairs = pyarrow.csv.read_csv(SHARED / "ztf-images" / "derived" / "fits_name_pairs.csv.gz")
    assert len(pairs) == 23935
    columns = (pairs[name].to_numpy() for name in ("hmjd", "exptime", "ra", "dec"))
    found = whole_seconds(times.palomar_start(*columns))
    assert np.abs(found - pairs["obsmjd_start"].to_numpy()).max() < MS


OFFLINE = """
import socket, sys
def refuse(*place, **options):
    print("asked for", place[1:] or place)
    raise OSError("no network here")
socket.getaddrinfo = socket.socket.connect = refuse
from astropy.time import Time
from astropy.utils import iers
iers.LeapSeconds._today = classmethod(lambda cls: Time("2060-01-01", scale="tai"))
from ztfvo import times
for mjd in (50000.0, 58269.5, 75000.0):
    times.palomar_start(times.heliocentric_from_start(mjd, 30, 10, 20), 30, 10, 20)
    times.heliocentric_from_barycentric(times.utc_from_gaia(mjd - 55197), 10, 20)
    times.utc_from_tai(mjd), times.utc_from_tdb(mjd)
"""


def test_nothing_is_downloaded_even_when_leap_seconds_and_earth_rotation_have_expired(tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", OFFLINE],
        env={"HOME": str(tmp_path), "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
