"""The store's encoding loses nothing, and says so where it would."""

import numpy as np
import pytest
from support.curves import light_curves, random_curves

from ztfvo.ingest.exposures import orbit_of, recover
from ztfvo.store.codec import decode, encode, join, split, ticks_of
from ztfvo.times import heliocentric_orbit


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
