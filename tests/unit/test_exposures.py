"""Exposures recovered from light curves."""

import numpy as np
from support.curves import light_curves, random_curves

from ztfvo.ingest.exposures import facts, orbit_of, recover
from ztfvo.store.codec import ticks_of


def exposures_of(curves):
    ticks = ticks_of(curves)
    return recover(curves, ticks), ticks


def test_detections_of_one_exposure_are_those_with_its_clrcoeff():
    curves = random_curves(number=60, exposures=80)
    table, _ = exposures_of(curves)
    assert len(table) == len(np.unique(curves.clrcoeff))
    assert np.array_equal(table.clrcoeff[table.of_detection], curves.clrcoeff)
    assert (np.diff(table.ticks) >= 0).all()


def test_equal_clrcoeff_at_another_time_is_another_exposure():
    epoch = (15, 0.1, 0.125, 0)
    curves = light_curves([[(58300.00001, *epoch), (58300.00031, *epoch), (58400.0, *epoch)]])
    table, _ = exposures_of(curves)
    assert len(table) == 3
    assert table.of_detection.tolist() == [0, 1, 2]


def test_times_of_one_exposure_differ_by_up_to_seventeen_seconds():
    epoch = (15, 0.1, 0.125, 0)
    for seconds, exposures in ((12.0, 1), (16.5, 1), (17.6, 2)):
        other = round(58300.00001 + seconds / 86400, 5)
        curves = light_curves([[(58300.00001, *epoch)], [(other, *epoch)]])
        assert len(exposures_of(curves)[0]) == exposures, seconds


def test_channels_do_not_share_exposures():
    epoch = [(58300.5, 15, 0.1, 0.125, 0)]
    curves = light_curves([epoch, epoch], oid=[633207400000001, 633107400000001])
    table, _ = exposures_of(curves)
    assert table.channels.tolist() == [[633, 27, 1], [633, 27, 2]]
    assert table.of_detection.tolist() == [1, 0]


def test_exposures_of_equal_coarse_time_keep_the_order_of_the_light_curves():
    day = 58348.48046875
    first, second = (day, 20, 0.1, 0.9, 0), (day, 20, 0.1, 0.1, 0)
    curves = light_curves([[first, second], [second], [first, second]], ticks_per_day=256)
    table, _ = exposures_of(curves)
    assert table.clrcoeff.tolist() == [np.float32(0.9), np.float32(0.1)]


def test_start_is_half_an_assumed_exposure_before_the_middle_and_marked_as_estimated():
    curves = random_curves(number=30, exposures=20)
    table, ticks = exposures_of(curves)
    known = facts(curves, table, ticks, orbit_of(table, curves.ticks_per_day))
    offset = (known.mjd_mid - known.obsmjd) * 86400
    assert np.abs(offset - 15).max() < 0.51
    seconds = known.obsmjd * 86400
    assert np.abs(seconds - np.rint(seconds)).max() < 0.01
    assert set(known.start_source) == {"estimated"}
    assert set(known.exptime_source) == {"assumed"}
    assert known.ndetections.sum() == curves.detections


def test_starts_from_coarse_times_are_marked_as_such():
    curves = light_curves([[(58348.48046875, 20, 0.1, 0.9, 0)]], ticks_per_day=256)
    table, ticks = exposures_of(curves)
    known = facts(curves, table, ticks, orbit_of(table, curves.ticks_per_day))
    assert known.start_source.tolist() == ["coarse"]
