"""The simulation of the demo release: geometry, times, schedule, shapes, noise."""

import sys
from pathlib import Path

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import EarthLocation, SkyCoord
from astropy.time import Time
from astropy.utils import iers

DEMO = Path(__file__).parents[2] / "inputs/ztf/demo"
sys.path.insert(0, str(DEMO))

from skysim import channel, geometry, noise, observatory, schedule, shapes  # noqa: E402

FIELD = (680, 2)


@pytest.fixture(scope="module")
def exposures():
    """Exposures of three fields in all filters."""
    pairs = [(field, band) for field in (680, 783, 1722) for band in (1, 2, 3)]
    return schedule.make_schedule(pairs, 5, {FIELD: ((58300.25, 60),)})


@pytest.fixture(scope="module")
def bright_curves(exposures):
    """Sources of one channel from bright to faint, and their light curves."""
    chip = geometry.Channel(680, 2, 13, 3)
    rng = np.random.default_rng(3)
    ra, dec = geometry.random_positions(chip, 400, rng)
    sources = channel.Sources.constant(np.arange(400) * 7, ra, dec, np.linspace(14, 21, 400))
    return sources, channel.observe(sources, exposures[FIELD], 2, np.random.default_rng(4))


@pytest.mark.parametrize(
    ("oid", "ra", "dec"),
    [
        (633207400004730, 247.45543, 24.77282),
        (758205100001118, 219.83787, 47.40378),
        (783109400002438, 121.02564, 55.26591),
        (1819104300001242, 121.02564, 55.26591),
        (718211400012193, 208.28069, 40.80206),
        (1722107400005560, 254.45755, 35.34236),
        (281213300185594, 267.57425, -22.2145),
    ],
)
def test_known_objects_fall_on_their_quadrant(oid, ra, dec):
    assert geometry.contains(geometry.channel_of_oid(oid), ra, dec)
    other = geometry.channel_of_oid(oid + 2 * 10**9)
    assert not geometry.contains(other, ra, dec)


def test_oid_arithmetic():
    chip = geometry.channel_of_oid(1722107400005560)
    assert chip == geometry.Channel(1722, 1, 7, 4)
    assert (chip.rcid, chip.first_oid) == (27, 1722107400000000)


def test_projection_is_inverted():
    ra, dec = geometry.deproject(680, np.array([-3.0, 0.0, 2.5]), np.array([3.0, 0.0, -1.5]))
    east, north = geometry.project(680, ra, dec)
    assert east == pytest.approx([-3.0, 0.0, 2.5], abs=1e-9)
    assert north == pytest.approx([3.0, 0.0, -1.5], abs=1e-9)


@pytest.mark.parametrize(("ra", "dec"), [(254.45755, 35.34236), (24.0, -31.0), (97.0, 79.0)])
def test_light_travel_time_is_that_of_astropy(ra, dec):
    mjd = np.linspace(schedule.FIRST_NIGHT, schedule.LAST_NIGHT, 200) + 0.3
    site = EarthLocation.from_geodetic(
        observatory.LONGITUDE, observatory.LATITUDE, observatory.HEIGHT
    )
    with iers.conf.set_temp("auto_download", False):
        moments = Time(mjd, format="mjd", scale="utc", location=site)
        expected = moments.light_travel_time(SkyCoord(ra, dec, unit=u.deg), "heliocentric").sec
    vectors = observatory.heliocentric_vectors(mjd)
    seconds = observatory.to_heliocentre(vectors, geometry.unit_vectors(ra, dec)) * 86400
    assert np.abs(seconds - expected).max() < 1e-4


def test_light_travel_time_of_real_observations():
    middle = np.array([58269.4823264, 58275.4727083, 58277.4647685]) + 15 / 86400
    real_hjd = np.array([58269.9783680825, 58275.9689574903, 58277.961095652]) - 0.5
    unit = geometry.unit_vectors(24.7766216, 52.7603146)
    travel = observatory.to_heliocentre(observatory.heliocentric_vectors(middle), unit)
    assert middle + travel == pytest.approx(real_hjd, abs=0.003 / 86400)


def test_hmjd_is_mid_exposure_at_the_heliocentre(exposures, bright_curves):
    sources, curves = bright_curves
    middle = exposures[FIELD].middle
    for index in (0, 57):
        row = np.flatnonzero(curves.number == sources.number[index])[0]
        hmjd = curves.hmjd[curves.offsets[row] : curves.offsets[row + 1]]
        travel = observatory.to_heliocentre(
            exposures[FIELD].vectors, geometry.unit_vectors(sources.ra[index], sources.dec[index])
        )
        nearest = np.abs(hmjd[:, None] - (middle + travel)[None]).min(axis=1)
        assert nearest.max() <= 0.5e-5 + 1e-9


def test_exposures_do_not_overlap(exposures):
    start = np.concatenate([plan.start for plan in exposures.values()])
    exptime = np.concatenate([plan.exptime for plan in exposures.values()])
    order = np.argsort(start)
    assert start.dtype == np.int64
    assert (np.diff(start[order]) >= exptime[order][:-1] + schedule.READOUT_SECONDS).all()
    assert np.diff(start[order]).min() == 38
    assert 0 < (exptime != 30).mean() < 0.01


def test_exposures_are_at_night_above_the_horizon(exposures):
    for (field, _), plan in exposures.items():
        night = np.floor(plan.middle)
        begin, end = observatory.dark_windows(night)
        assert (plan.middle > begin - 0.001).all() and (plan.middle < end + 0.01).all()
        sine = observatory.altitude_sine(*geometry.field_centers()[field], plan.middle)
        assert np.degrees(np.arcsin(sine)).min() > 15


def test_cadence(exposures):
    primary, secondary, red = (exposures[k] for k in ((680, 2), (1722, 2), (680, 3)))
    assert len(primary) > 2 * len(secondary) > 100
    nights, visits = np.unique(np.floor(primary.middle), return_counts=True)
    assert visits.max() >= 60
    assert 1 <= np.median(np.diff(nights)) <= 4
    assert np.diff(nights).max() > 60
    assert observatory.moon_illumination(red.middle).min() > 0.25


def test_detection_falls_at_the_limit(exposures, bright_curves):
    sources, curves = bright_curves
    counts = np.zeros(400)
    counts[curves.number // 7] = np.diff(curves.offsets)
    share = counts / len(exposures[FIELD])
    assert share[sources.mag < 17].mean() > 0.97
    assert 0.2 < share[(sources.mag > 20) & (sources.mag < 20.5)].mean() < 0.8
    assert share[sources.mag > 20.9].mean() < 0.25


def test_quoted_error_is_a_function_of_magnitude(bright_curves):
    _, curves = bright_curves
    error = np.interp(curves.mag, np.sort(curves.mag), curves.magerr[np.argsort(curves.mag)])
    assert curves.magerr == pytest.approx(error, abs=1e-5)
    for mag, low, high in ((15, 0.01, 0.03), (18, 0.02, 0.06), (20, 0.08, 0.2)):
        near = np.abs(curves.mag - mag) < 0.1
        assert low < np.median(curves.magerr[near]) < high


def test_scatter_follows_the_quoted_error(bright_curves):
    sources, curves = bright_curves
    row = np.flatnonzero(curves.number == 7 * 200)[0]
    part = slice(curves.offsets[row], curves.offsets[row + 1])
    keep = curves.catflags[part] == 0
    deviation = np.std(curves.mag[part][keep] - sources.mag[200])
    assert deviation == pytest.approx(np.median(curves.magerr[part]), rel=0.4)


def test_color_coefficients_are_distinct(exposures):
    conditions = noise.channel_conditions(exposures[FIELD], 2, np.random.default_rng(8))
    assert len(np.unique(conditions.clrcoeff)) == len(exposures[FIELD])
    assert conditions.clrcoeff.dtype == np.float32


@pytest.mark.parametrize("kind", sorted(shapes.PERIODIC))
def test_periodic_shapes_repeat_and_have_their_amplitude(kind):
    shape = shapes.Shape(kind, 0.4, 0.73, (58000.0,), reference=2)
    mjd = 58000.0 + np.arange(7300) / 10000
    offset = shape.offset(mjd, 2)
    assert np.ptp(offset) / 2 == pytest.approx(0.4, rel=0.01)
    assert offset.mean() == pytest.approx(0.0, abs=1e-3)
    assert shape.offset(mjd + 1000 * 0.73, 2) == pytest.approx(offset, abs=1e-4)


@pytest.mark.parametrize("kind", sorted(shapes.EVENTFUL))
def test_other_shapes_are_one_history_in_all_bands(kind):
    shape = shapes.Shape(kind, 1.0, 90.0, (58500.0,), seed=11)
    mjd = np.linspace(58450, 58600, 3001)
    assert (shape.offset(mjd, 2) == shape.offset(mjd, 2)).all()
    assert np.corrcoef(shape.offset(mjd, 1), shape.offset(mjd, 3))[0, 1] > 0.85
    assert np.isfinite(shape.offset(mjd, 2)).all()


def test_random_walk_has_the_stated_scatter():
    shape = shapes.Shape("AGN", 0.2, seed=4)
    spread = [
        np.std(shapes.Shape("AGN", 0.2, seed=s).offset(np.linspace(50000, 70000, 4000), 2))
        for s in range(20)
    ]
    assert np.mean(spread) == pytest.approx(shape.amplitude, rel=0.2)
