"""Statistics of good epochs against their definitions, one light curve at a time."""

import numpy as np
import pytest
from support.curves import light_curves, random_curves

from ztfvo.ingest.statistics import COLUMNS, statistics


def by_definition(mag, err):
    wmean = np.sum(mag / err**2) / np.sum(1 / err**2)
    many = len(mag) > 1
    return {
        "mag_mean": np.mean(mag),
        "mag_wmean": wmean,
        "mag_median": np.median(mag),
        "mag_min": np.min(mag),
        "mag_max": np.max(mag),
        "mag_std": np.std(mag, ddof=1) if many else np.nan,
        "mag_amplitude": (np.max(mag) - np.min(mag)) / 2,
        "magerr_median": np.median(err),
        "chi2_red": np.sum(((mag - wmean) / err) ** 2) / (len(mag) - 1) if many else np.nan,
    }


def test_every_statistic_equals_its_definition():
    curves = random_curves(number=200, exposures=40)
    count, columns = statistics(curves)
    for i in range(len(curves)):
        part = slice(curves.offsets[i], curves.offsets[i + 1])
        good = (curves.catflags[part] == 0) & (curves.magerr[part] > 0)
        assert count[i] == good.sum()
        if good.any():
            expected = by_definition(
                curves.mag[part][good].astype(float), curves.magerr[part][good].astype(float)
            )
            for name in COLUMNS:
                np.testing.assert_allclose(columns[name][i], expected[name], rtol=1e-12)


def test_flagged_epochs_and_errors_of_zero_do_not_count():
    curves = light_curves(
        [[(58300.1, 15, 0.1, 0, 0), (58301.1, 9, 0.1, 0, 32768), (58302.1, 25, 0.0, 0, 0)]]
    )
    count, columns = statistics(curves)
    assert count.tolist() == [1]
    assert columns["mag_mean"].tolist() == [15.0]
    assert columns["mag_amplitude"].tolist() == [0.0]
    assert np.isnan(columns["chi2_red"]).tolist() == [True]


def test_a_light_curve_without_good_epochs_has_no_statistics():
    curves = light_curves([[(58300.1, 15, 0.1, 0, 1)], [(58300.1, 16, 0.1, 0, 0)]])
    count, columns = statistics(curves)
    assert count.tolist() == [0, 1]
    assert all(np.isnan(columns[name][0]) for name in COLUMNS)
    assert columns["mag_median"][1] == 16


@pytest.mark.parametrize(("mags", "median"), [([-1, 2, 5], 2), ([-3, -1], -2), ([0, 0, 1, 9], 0.5)])
def test_the_median_orders_numbers_of_both_signs(mags, median):
    curves = light_curves([[(58300.1 + i, m, 0.1, 0, 0) for i, m in enumerate(mags)]])
    assert statistics(curves)[1]["mag_median"].tolist() == [median]
