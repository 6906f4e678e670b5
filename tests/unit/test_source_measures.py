"""Magnitudes and colours of stars are those of their good epochs."""

from __future__ import annotations

import numpy as np
import pytest

from ztfvo.sources.measure import measure
from ztfvo.store.unpack import Epochs


def measured(curves, pair_days=0.5):
    """Columns of stars, from (star, filterid, epochs of (hmjd, mag, magerr, catflags))."""
    flat = [epoch for _, _, epochs in curves for epoch in epochs]
    kinds = (float, np.float32, np.float32, np.int32)
    epochs = Epochs(
        np.arange(len(curves)),
        np.concatenate(([0], np.cumsum([len(epochs) for _, _, epochs in curves]))),
        *(
            np.array(values, kind)
            for values, kind in zip(zip(*flat, strict=True), kinds, strict=True)
        ),
    )
    stars, bands = (np.array([curve[place] for curve in curves]) for place in (0, 1))
    return {
        name: values.tolist() for name, values in measure(stars, bands, epochs, pair_days).items()
    }


def test_a_band_has_the_good_epochs_of_all_its_light_curves():
    found = measured(
        [
            (0, 1, [(1, 18.0, 0.1, 0), (2, 18.2, 0.1, 0), (3, 10.0, 0.1, 1)]),
            (0, 1, [(1, 19.0, 0.2, 0), (4, 10.0, 0.0, 0)]),
            (0, 2, [(9, 15.0, 0.1, 0)]),
            (1, 1, [(5, 10.0, 0.1, 32768)]),
        ]
    )
    assert found["ngoodobs_g"] == [3, 0]
    assert found["mag_mean_g"] == pytest.approx([55.2 / 3, np.nan], nan_ok=True, abs=1e-5)
    assert found["mag_median_g"] == pytest.approx([18.2, np.nan], nan_ok=True, abs=1e-5)
    assert found["mag_amplitude_g"] == pytest.approx([0.5, np.nan], nan_ok=True, abs=1e-5)
    assert found["ngoodobs_r"] == [1, 0]
    assert found["mag_median_r"] == pytest.approx([15.0, np.nan], nan_ok=True)
    assert found["g_r_median"] == pytest.approx([3.2, np.nan], nan_ok=True, abs=1e-5)


def test_chi_square_is_against_the_mean_of_each_light_curve():
    found = measured(
        [
            (0, 1, [(1, 18.0, 0.1, 0), (2, 18.2, 0.1, 0)]),
            (0, 1, [(1, 19.0, 0.1, 0), (2, 19.0, 0.1, 0), (3, 19.3, 0.1, 0)]),
            (1, 1, [(1, 19.0, 0.1, 0)]),
        ]
    )
    one, other = 2 * 0.1**2 / 0.01, (2 * 0.1**2 + 0.2**2) / 0.01
    assert found["chi2_red_g"] == pytest.approx([(one + other) / 3, np.nan], nan_ok=True, rel=1e-4)


def test_a_colour_is_of_pairs_near_in_time_of_which_no_epoch_is_in_two():
    g = [(1.0, 18.0, 0.03, 0), (1.1, 18.4, 0.03, 0), (5.0, 18.9, 0.03, 0), (9.0, 18.1, 0.03, 0)]
    r = [(1.05, 17.0, 0.04, 0), (1.11, 17.2, 0.04, 0), (5.6, 17.0, 0.04, 0), (9.5, 17.9, 0.04, 0)]
    found = measured([(0, 1, g), (0, 2, r)])
    assert found["g_r_npairs"] == [3]
    assert found["g_r"] == pytest.approx([0.8], abs=1e-5)  # of 1.0, 1.2 and 0.2, as exact
    scale = np.sqrt((0.2**2 + 0.4**2 + 0.6**2) / 0.05**2 / 2)
    assert found["g_r_err"] == pytest.approx([scale * 0.05 / np.sqrt(3)], rel=1e-4)
    assert found["r_i_npairs"] == [0]
    assert np.isnan(found["r_i"][0]) and np.isnan(found["r_i_err"][0])
    assert measured([(0, 1, g), (0, 2, r)], pair_days=0.49)["g_r_npairs"] == [2]
    assert measured([(0, 1, g), (0, 2, r)], pair_days=0.6)["g_r_npairs"] == [4]


def test_a_colour_is_weighted_and_has_the_error_of_one_pair():
    g, r = (1, 18.0, 0.03, 0), (1.2, 17.0, 0.04, 0)
    one = measured([(0, 1, [g]), (0, 2, [r])])
    assert (one["g_r"], one["g_r_npairs"]) == ([1.0], [1])
    assert one["g_r_err"] == pytest.approx([0.05], rel=1e-5)
    more = [(3, 18.1, 0.06, 0)], [(3, 17.02, 0.08, 0)]
    two = measured([(0, 1, [g, *more[0]]), (0, 2, [r, *more[1]])])
    assert two["g_r"] == pytest.approx([(4 * 1.0 + 1.08) / 5], abs=1e-5)
    assert two["g_r_err"] == pytest.approx([0.05 / np.sqrt(1.25)], rel=1e-4)


def test_epochs_of_different_stars_are_never_a_pair():
    found = measured(
        [
            (0, 2, [(58000.0, 17.0, 0.04, 0)]),
            (0, 3, [(58000.1, 16.5, 0.04, 0)]),
            (1, 1, [(58000.0, 18.0, 0.03, 0)]),
            (2, 2, [(58000.0, 17.0, 0.04, 0)]),
        ]
    )
    assert found["g_r_npairs"] == [0, 0, 0]
    assert found["r_i_npairs"] == [1, 0, 0]
    assert found["r_i"][0] == 0.5


def test_bad_epochs_are_in_no_pair():
    for spoiled in [(1, 17.0, 0.04, 2), (1, 17.0, 0.0, 0)]:
        found = measured([(0, 1, [(1, 18.0, 0.03, 0)]), (0, 2, [spoiled])])
        assert (found["g_r_npairs"], found["ngoodobs_r"]) == ([0], [0])
