"""The store's encoding loses nothing, and says so where it would."""

import numpy as np
import pytest
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


@pytest.mark.parametrize(("ra", "dec"), [(247.4, 24.7), (0.0, -30.0), (130.0, 88.0)])
def test_places_are_offsets_to_the_east_and_north_of_the_channels_mean(ra, dec):
    east = STEP / np.cos(np.radians(dec))
    curves = light_curves(
        [[(58300.1, 15, 0.1, 0.5, 0)]] * 4,
        ra=ra + np.degrees([east, -east, 0, 0]),
        dec=dec + np.degrees([0, 0, STEP, -STEP]),
    )
    place = encode_all(curves).place
    assert place.dtype == np.float32
    assert place == pytest.approx(STEP * np.array([[1, -1, 0, 0], [0, 0, 1, -1]]), abs=2e-5)


@pytest.mark.parametrize(("side", "east"), [(1, 1), (-1, -1)])
def test_places_around_a_pole_have_axes_too(side, east):
    curves = light_curves(
        [[(58300.1, 15, 0.1, 0.5, 0)]] * 4,
        ra=[0, 90, 180, 270],
        dec=np.full(4, side * (90 - np.degrees(STEP))),
    )
    expected = STEP * np.array([[east, 0, -east, 0], [0, 1, 0, -1]])
    assert encode_all(curves).place == pytest.approx(expected, abs=1e-8)


def test_near_a_pole_the_first_axis_lies_in_the_plane_of_the_meridian_0():
    epoch = [(58300.1, 15, 0.1, 0.5, 0)]
    place = encode_all(light_curves([epoch] * 2, ra=[10, 350], dec=[89.5, 89.5])).place
    across = np.cos(np.radians(89.5)) * np.sin(np.radians(10))
    assert place == pytest.approx(np.array([[0, 0], [across, -across]]), abs=1e-8)


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


def test_gradients_are_the_change_of_light_travel_time_with_the_place():
    epochs = [(58300.1 + 30 * k, 15, 0.1, k / 64, 0) for k in range(9)]
    curves = light_curves([epochs] * 2, ra=[247.4, 247.4], dec=[24.7, 24.7])
    encoded = encode_all(curves)
    gradient = encoded.sets.gradient
    mjd = curves.hmjd[:9]
    east = times_after(mjd, 247.4 + np.degrees(STEP) / np.cos(np.radians(24.7)), 24.7)
    north = times_after(mjd, 247.4, 24.7 + np.degrees(STEP))
    here = times_after(mjd, 247.4, 24.7)
    assert gradient.dtype == np.float32
    assert gradient[0] == pytest.approx((east - here) / STEP, abs=2)
    assert gradient[1] == pytest.approx((north - here) / STEP, abs=2)
    assert np.abs(gradient).max() > 200


def times_after(mjd, ra, dec):
    """Heliocentric light-travel times in ticks of five decimals."""
    return light_travel_time(mjd, ra, dec) / 86400 * 1e5


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
