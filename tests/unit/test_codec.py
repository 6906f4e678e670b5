"""The store's encoding loses nothing, and says so where it would."""

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from support.curves import CHANNEL, light_curves, random_curves

from ztfvo.ingest.exposures import orbit_of, recover
from ztfvo.store.codec import LAST_LISTED, decode, encode, join, split, ticks_of
from ztfvo.times import heliocentric_orbit, light_travel_time, unit_vectors


def decoded(curves, encoded):
    """Times and colour coefficients of an encoded file."""
    values = decode(encoded, curves.offsets, curves.ticks_per_day)
    return values["hmjd"], values["clrcoeff"]


def encode_all(curves):
    ticks = ticks_of(curves)
    table = recover(curves, ticks)
    return encode(curves, table, ticks, orbit_of(table, curves.ticks_per_day)[0])


def test_times_and_colour_coefficients_come_back_identical():
    curves = random_curves()
    hmjd, clrcoeff = decoded(curves, encode_all(curves))
    assert np.array_equal(hmjd, curves.hmjd)
    assert np.array_equal(clrcoeff, curves.clrcoeff)


def test_light_curves_of_one_channel_share_one_exposure_set():
    rng = np.random.default_rng(2)
    number, exposures = 300, 50
    ra, dec = rng.uniform(247, 247.9, number), rng.uniform(24.2, 25, number)
    direction = np.stack(
        [
            np.cos(np.radians(dec)) * np.cos(np.radians(ra)),
            np.cos(np.radians(dec)) * np.sin(np.radians(ra)),
            np.sin(np.radians(dec)),
        ]
    )
    starts = np.sort(rng.uniform(58200, 59900, exposures))
    hmjd = np.round(starts[:, None] + heliocentric_orbit(starts)[0] @ direction, 5)
    epochs = [[(t, 18, 0.1, k / 64, 0) for k, t in enumerate(hmjd[:, i])] for i in range(number)]
    curves = light_curves(epochs, ra=ra, dec=dec)
    encoded = encode_all(curves)
    assert encoded.sets.shared == 1
    assert set(encoded.set_of_curve) == {0}
    assert len(encoded.odd) < 0.05 * curves.detections
    assert np.array_equal(decoded(curves, encoded)[0], curves.hmjd)


def test_an_exposure_that_comes_twice_gets_a_set_of_its_own():
    twice = [(58300.1, 15, 0.1, 0.5, 0), (58300.1, 15.1, 0.1, 0.5, 0)]
    once = [(58300.1, 16, 0.1, 0.5, 0), (58310.2, 16, 0.1, 0.6, 0)]
    curves = light_curves([twice, once])
    encoded = encode_all(curves)
    assert encoded.set_of_curve.tolist() == [1, 0]
    hmjd, clrcoeff = decoded(curves, encoded)
    assert np.array_equal(hmjd, curves.hmjd)
    assert np.array_equal(clrcoeff, curves.clrcoeff)


def test_coarse_times_of_dr5_come_back_identical():
    day = np.float32(58348.48).astype(float)
    pair = [(day, 20, 0.1, 0.1, 0), (day, 20.1, 0.1, 0.2, 0)]
    curves = light_curves([pair, pair[:1], pair[1:]], ticks_per_day=256)
    encoded = encode_all(curves)
    hmjd, clrcoeff = decoded(curves, encoded)
    assert len(encoded.sets.channel) == 1
    assert np.array_equal(hmjd, curves.hmjd)
    assert np.array_equal(clrcoeff, curves.clrcoeff)


def test_a_time_off_the_grid_is_refused():
    curves = light_curves([[(58300.123456, 15, 0.1, 0.5, 0)]])
    with pytest.raises(ValueError, match="not a multiple of 1/100000"):
        ticks_of(curves)


@pytest.mark.parametrize(
    "values",
    [
        [18.123456, 18.2, 17.9999],
        [15.999999, 16.0, 16.000002],
        [0.0123456789, 0.02, 0.027],
        [1e-3],
        [7.9, 15.8],
    ],
)
def test_float32_values_are_split_without_loss(values):
    values = np.array(values, np.float32)
    offsets = np.array([0, len(values)])
    planes = split(values, offsets)
    assert not planes.plain.any()
    assert np.array_equal(join(planes, offsets), values)


@pytest.mark.parametrize("values", [[0.01, 1.0], [0.0, 0.1], [-0.5, 0.1], [1e-30, 2e-30]])
def test_values_that_24_bits_cannot_hold_stay_plain(values):
    planes = split(np.array(values, np.float32), np.array([0, len(values)]))
    assert planes.plain.tolist() == [True]


BELOW_3 = np.nextafter(np.float32(3), np.float32(0))


@pytest.mark.parametrize(
    ("values", "plain"),
    [
        ([1.0, 2.5], False),
        ([1.0, BELOW_3], False),
        ([1.0, 3.0], True),
        ([2.0**-60, 2.0**-59], False),
        ([np.nextafter(np.float32(2.0**-60), np.float32(0)), 2.0**-60], True),
    ],
)
def test_values_are_plain_from_2_to_the_24_steps_on_and_below_2_to_the_minus_60(values, plain):
    values, offsets = np.array(values, np.float32), np.array([0, 2])
    planes = split(values, offsets)
    assert planes.plain.tolist() == [plain]
    assert join(planes, offsets).tolist() == values.tolist()


def test_planes_are_what_the_views_put_together():
    """1 + 65538 steps of 2**-23 beside 1, and light curves of their own scale."""
    values = np.array([1 + 65538 * 2.0**-23, 1.0, 0.5, 16.0, 0.0, 1.0], np.float32)
    planes = split(values, np.array([0, 2, 3, 4, 6]))
    assert planes.scale.tolist() == [2.0**-23, 2.0**-24, 2.0**-19, 2.0**-23]
    assert planes.base.tolist() == [2**23, 2**23, 2**23, 0]
    assert planes.high.tolist()[:4] == [1, 0, 0, 0]
    assert planes.low.tolist()[:4] == [2, 0, 0, 0]
    assert planes.plain.tolist() == [False, False, False, True]
    dtypes = [array.dtype.str for array in (planes.base, planes.scale, planes.high, planes.low)]
    assert dtypes == ["<i4", "<f4", "|u1", ">u2"]


def test_any_float32_is_split_exactly_or_stays_plain():
    rng = np.random.default_rng(3)
    values = rng.integers(0, 0x7F800000, 100_000, dtype=np.uint32).view(np.float32)
    near = np.nextafter(values, np.float32(np.inf))
    near[~np.isfinite(near)] = 1
    both = np.stack([values, near], axis=1).ravel()
    offsets = np.arange(0, len(both) + 1, 2)
    planes = split(both, offsets)
    assert np.array_equal(join(planes, offsets), both)
    assert planes.plain.tolist() == (np.minimum(values, near) < 2.0**-60).tolist()


def test_a_light_curve_has_a_bit_for_each_exposure_of_its_set():
    for exposures, size in ((8, 1), (9, 2)):
        epochs = [(58300.1 + k, 15, 0.1, k / 64, 0) for k in range(exposures)]
        encoded = encode_all(light_curves([epochs, epochs[1:2], epochs[-1:]]))
        assert encoded.mask_bits.tolist() == [exposures] * 3
        assert encoded.mask_starts.tolist() == [0, size, 2 * size, 3 * size]
        assert np.unpackbits(encoded.mask).reshape(3, -1)[:, :exposures].tolist() == [
            [1] * exposures,
            [0, 1] + [0] * (exposures - 2),
            [0] * (exposures - 1) + [1],
        ]


STEP = 1e-3
"""rad"""


@pytest.mark.parametrize(("lon", "lat"), [(0.0, 0.0), (90.0, 0.0), (30.0, 60.0), (200.0, -89.9)])
def test_places_are_offsets_from_the_channels_mean_in_the_plane_of_the_ecliptic(lon, lat):
    """BarycentricMeanEcliptic has the ecliptic and the equinox of J2000."""
    stars = SkyCoord(
        np.array([lon - 0.1, lon + 0.1, lon, lon]),
        np.array([lat, lat, lat - 0.05, lat + 0.05]),
        unit="deg",
        frame="barycentricmeanecliptic",
    )
    epoch = [(58300.1, 15, 0.1, 0.5, 0)]
    curves = light_curves([epoch] * 4, ra=stars.icrs.ra.deg, dec=stars.icrs.dec.deg)
    place = encode_all(curves).place
    away = stars.cartesian.xyz.value - stars.cartesian.xyz.value.mean(axis=1, keepdims=True)
    assert place.dtype == np.float32
    assert place == pytest.approx(away[:2], abs=3e-9)


def test_an_exposure_of_one_star_alone_is_timed_by_where_the_star_stands():
    ra, dec = np.array([247.0, 247.8]), np.array([24.7, 24.7])
    starts = np.array([58300.0, 58340.0, 58380.0])
    hmjd = np.round(starts[:, None] + heliocentric_orbit(starts)[0] @ unit_vectors(ra, dec).T, 5)
    first, second = ([(t, 15, 0.1, k / 64, 0) for k, t in enumerate(times)] for times in hmjd.T)
    curves = light_curves([first, second[:2]], ra=ra, dec=dec)
    encoded = encode_all(curves)
    assert encoded.set_of_curve.tolist() == [0, 0]
    assert encoded.odd.tolist() == []
    away = 0.5 * (hmjd[2, 1] - hmjd[2, 0]) * 1e5
    centre = (hmjd[2, 0] - 58000) * 1e5 + away
    assert encoded.sets.ticks[2] == pytest.approx(centre, abs=1)
    assert abs(away) > 3


def test_gradients_are_light_travel_times_of_stars_on_the_two_axes():
    epochs = [(58300.1 + 30 * k, 15, 0.1, k / 64, 0) for k in range(9)]
    curves = light_curves([epochs] * 2, ra=[247.4, 247.4], dec=[24.7, 24.7])
    gradient = encode_all(curves).sets.gradient
    axes = SkyCoord([0, 90], [0, 0], unit="deg", frame="barycentricmeanecliptic").icrs
    mjd = curves.hmjd[:9]
    assert gradient.dtype == np.float32
    for axis, (ra, dec) in enumerate(zip(axes.ra.deg, axes.dec.deg, strict=True)):
        ticks = light_travel_time(mjd, ra, dec) / 86400 * 1e5
        assert gradient[axis] == pytest.approx(ticks, abs=0.01)
    assert np.abs(gradient).max() > 400


FULL = 1 << 31


def full_times(*late):
    """One star at three exposures, as often as there are lists of ticks (2**-31 d) that it is late
    in them, and twelve times on time."""
    rows = [
        [(58300.0 + k + ticks / FULL, 15, 0.1, k / 64, 0) for k, ticks in enumerate(row)]
        for row in (*late, *[[0, 0, 0]] * 12)
    ]
    number = len(rows)
    return light_curves(rows, ra=[247.4] * number, dec=[24.7] * number, ticks_per_day=FULL)


def test_times_of_double_precision_have_a_byte_for_each_epoch():
    curves = full_times([1, -1, 0], [-128, 127, 12])
    encoded = encode_all(curves)
    assert encoded.late.dtype == np.uint8
    # less the means of each exposure: -9, 9 and 1
    assert (encoded.late[:6].astype(int) - 128).tolist() == [10, -10, -1, -119, 118, 11]
    assert encoded.late_starts.tolist() == list(range(0, 3 * len(curves) + 1, 3))
    assert encoded.odd.tolist() == []
    assert np.array_equal(decoded(curves, encoded)[0], curves.hmjd)


def test_times_that_a_byte_cannot_hold_stand_alone():
    """The means of the first and last exposure are 18 and -18 ticks."""
    curves = full_times([146, 0, 0], [0, 0, -147], [145, 0, 0], [0, 0, -146])
    encoded = encode_all(curves)
    assert encoded.set_of_curve.tolist() == [1, 2] + [0] * 14
    assert encoded.late_starts.tolist() == [0, 0, *range(0, 3 * 14 + 1, 3)]
    assert encoded.late[[0, 5]].tolist() == [255, 0]
    assert np.array_equal(decoded(curves, encoded)[0], curves.hmjd)


@pytest.mark.parametrize("dec", [-89.7, -23.4, 0.0, 61.2])
def test_a_whole_quadrants_light_travel_times_are_predicted_to_a_millisecond(dec):
    """The corners of 0.87 degrees, at exposures through a year, with positions as float32."""
    rng = np.random.default_rng(8)
    ra, dec = (
        10 + rng.uniform(-0.5, 0.5, 60) / np.cos(np.radians(dec)),
        dec + rng.uniform(-0.5, 0.5, 60) % 0.29,
    )
    ra, dec = (np.float32(values).astype(float) for values in (ra % 360, dec))
    starts = 58300 + 20 * np.arange(18.0)
    travel = heliocentric_orbit(starts)[0] @ unit_vectors(ra, dec).T
    hmjd = np.rint((starts[:, None] + travel) * FULL) / FULL
    epochs = [[(t, 18, 0.1, k / 64, 0) for k, t in enumerate(hmjd[:, i])] for i in range(60)]
    curves = light_curves(epochs, ra=ra, dec=dec, ticks_per_day=FULL)
    encoded = encode_all(curves)
    assert encoded.sets.shared == len(encoded.sets.channel) == 1
    assert np.abs(encoded.late.astype(int) - 128).max() <= 1e-3 / 86400 * FULL
    assert np.array_equal(decoded(curves, encoded)[0], curves.hmjd)


def same_place(*epochs):
    """Light curves of stars that stand together, with these times; 12 more are at whole days."""
    usual = [58300.0, 58301.0, 58302.0]
    rows = [
        [(time, 15, 0.1, round(time) / 64, 0) for time in times]
        for times in (*epochs, *[usual] * 12)
    ]
    return light_curves(rows, ra=[247.4] * len(rows), dec=[24.7] * len(rows))


def test_epochs_a_tick_late_or_early_are_listed_and_later_ones_stand_alone():
    curves = same_place(
        [58300.0, 58301.00001, 58302.0],
        [58300.00001, 58301.0, 58301.99999],
        [58301.0, 58302.00002],
        [58299.99998, 58301.0],
    )
    encoded = encode_all(curves)
    assert encoded.odd.tolist() == [2, 1, -3]
    assert encoded.odd.dtype == np.int16
    assert encoded.odd_starts.tolist() == [0, 1] + [3] * (len(curves) - 1)
    assert encoded.set_of_curve.tolist() == [0, 0, 1, 2] + [0] * 12
    assert encoded.sets.shared == 1
    assert encoded.sets.starts.tolist() == [0, 3, 5, 7]
    assert encoded.sets.channel.tolist() == [0, 0, 0]
    assert np.array_equal(decoded(curves, encoded)[0], curves.hmjd)


def test_sets_name_their_channels():
    first, second = CHANNEL * 10**8, (CHANNEL + 1) * 10**8
    twice = [(58300.1, 15, 0.1, 0.5, 0)] * 2
    curves = light_curves([twice[:1], twice, twice[:1], twice], oid=[second, second, first, first])
    encoded = encode_all(curves)
    assert encoded.set_of_curve.tolist() == [1, 2, 0, 3]
    assert encoded.sets.channel.tolist() == [0, 1, 1, 0]
    assert encoded.sets.shared == 2
    assert np.array_equal(decoded(curves, encoded)[0], curves.hmjd)


def test_light_curves_count_the_exposures_of_their_own_channel_alone():
    epochs = [(58300.1 + k, 15, 0.1, k / 64, 0) for k in range(5)]
    oid = [channel * 10**8 + number for channel in (CHANNEL, CHANNEL + 1) for number in range(2)]
    curves = light_curves([epochs, epochs[:2], epochs[1:], epochs[3:4]], oid=oid)
    encoded = encode_all(curves)
    bits = np.unpackbits(encoded.mask).reshape(4, 8).tolist()
    assert encoded.sets.starts.tolist() == [0, 5, 9]
    assert [row[:5] for row in bits[:2]] == [[1, 1, 1, 1, 1], [1, 1, 0, 0, 0]]
    assert [row[:4] for row in bits[2:]] == [[1, 1, 1, 1], [0, 0, 1, 0]]
    assert np.array_equal(decoded(curves, encoded)[0], curves.hmjd)


def test_a_light_curve_in_another_order_than_its_channel_stands_alone():
    day = np.float32(58348.48).astype(float)
    pair = [(day, 20, 0.1, 0.1, 0), (day, 20.1, 0.1, 0.2, 0)]
    curves = light_curves([pair, pair, pair[::-1]], ticks_per_day=256)
    encoded = encode_all(curves)
    assert encoded.set_of_curve.tolist() == [0, 0, 1]
    assert np.array_equal(decoded(curves, encoded)[1], curves.clrcoeff)


@pytest.mark.parametrize(
    ("epochs", "late", "alone"),
    [(LAST_LISTED, 1, False), (LAST_LISTED + 1, 1, True), (LAST_LISTED + 1, 2, True)],
)
def test_a_light_curve_longer_than_the_list_can_number_stands_alone(epochs, late, alone):
    assert np.iinfo(np.int16).max == LAST_LISTED
    times = 58000 + np.arange(epochs) / 10
    row = list(zip(times, *([value] * epochs for value in (15, 0.1, 0.5, 0)), strict=True))
    other = [*row[:-1], (times[-1] + late * 1e-5, *row[-1][1:])]
    curves = light_curves([*[row[-2:]] * 4, row, other], ra=[247.4] * 6, dec=[24.7] * 6)
    ticks = ticks_of(curves)
    table = recover(curves, ticks)
    encoded = encode(curves, table, ticks, orbit=np.zeros((len(table), 3)))
    assert encoded.set_of_curve.tolist() == [0] * 4 + ([1, 2] if alone else [0, 0])
    assert encoded.odd.tolist() == ([] if alone else [LAST_LISTED])
    assert np.array_equal(decoded(curves, encoded)[0], curves.hmjd)
