"""Exposures recovered from light curves."""

import numpy as np
import pytest
from support.curves import light_curves, random_curves

from ztfvo.ingest.exposures import facts, orbit_of, recover
from ztfvo.ingest.unite import merge_exposures, nearest
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


MIDDLE = 58300.25
SECOND = 1 / 86400


def exposure_set(
    seconds, detections, clrcoeff=0.5, channel=(633, 27, 2), sources=("estimated", "assumed")
):
    """A set of one exposure that begins 15 s before its middle, which is seconds after MIDDLE."""
    middle = MIDDLE + seconds * SECOND
    one = (middle, middle - 15 * SECOND, 30.0, clrcoeff, detections, 20180701249000 + seconds)
    return (*channel, *(np.array([value]) for value in one), *sources)


@pytest.mark.parametrize("turn", [1, -1])
def test_what_is_known_of_an_exposure_is_from_the_file_with_most_of_its_detections(turn):
    """Its middle is a mean of detections; the mean of more is better."""
    sets = [
        exposure_set(0, 7),
        exposure_set(4, 40, sources=("observed", "observed")),
        exposure_set(8, 12),
    ]
    merged, place = merge_exposures(sets[::turn])
    assert place.tolist() == [0, 0, 0]
    assert {name: values.tolist() for name, values in merged.items() if name != "exposure_id"} == {
        "fieldid": [633],
        "rcid": [27],
        "filterid": [2],
        "mjd_mid": [MIDDLE + 4 * SECOND],
        "obsmjd": [MIDDLE + 4 * SECOND - 15 * SECOND],
        "exptime": [30.0],
        "clrcoeff": [0.5],
        "ndetections": [59],
        "filefracday": [20180701249004],
        "obsmjd_source": ["observed"],
        "exptime_source": ["observed"],
    }


@pytest.mark.parametrize(
    ("other", "exposures"),
    [
        (exposure_set(16, 1), 1),
        (exposure_set(18, 1), 2),
        (exposure_set(0, 1, clrcoeff=0.25), 2),
        (exposure_set(0, 1, channel=(634, 27, 2)), 2),
        (exposure_set(0, 1, channel=(633, 28, 2)), 2),
        (exposure_set(0, 1, channel=(633, 27, 1)), 2),
    ],
)
def test_exposures_of_two_files_are_one_in_channel_time_and_colour_coefficient(other, exposures):
    merged, place = merge_exposures([exposure_set(0, 2), other])
    assert len(set(place.tolist())) == exposures
    assert merged["mjd_mid"][place[0]] == MIDDLE
    assert len(merged["mjd_mid"]) == len(set(merged["exposure_id"])) == exposures
    assert sorted(merged["ndetections"].tolist()) == ([3] if exposures == 1 else [1, 2])


def test_each_exposure_of_the_sets_has_its_place_in_the_table():
    """The table is sorted by channel and time, the sets are not."""
    later, earlier = exposure_set(600, 2), exposure_set(0, 3, clrcoeff=0.25)
    merged, place = merge_exposures(
        [later, earlier, exposure_set(5, 1, channel=(632, 27, 2)), later]
    )
    assert place.tolist() == [2, 1, 0, 2]
    assert merged["fieldid"].tolist() == [632, 633, 633]
    assert merged["clrcoeff"][place].tolist() == [0.5, 0.25, 0.5, 0.5]
    # 2018-07-01 6h: 8300.25 d after MJD 50000
    assert merged["exposure_id"][place].tolist() == [
        633227 * 10**10 + 8300 * 86400 + 21600 + 600,
        633227 * 10**10 + 8300 * 86400 + 21600,
        632227 * 10**10 + 8300 * 86400 + 21600 + 5,
        633227 * 10**10 + 8300 * 86400 + 21600 + 600,
    ]


@pytest.mark.parametrize(
    ("key", "time", "expected"),
    [
        (1, 10.4, 0),
        (1, 10.6, 2),
        (1, -5.0, 0),
        (1, 99.0, 2),
        (2, 10.6, 1),
        (2, 50.1, 3),
        (7, 10.6, 4),
    ],
)
def test_what_is_nearest_in_time_is_so_among_those_of_its_key(key, time, expected):
    known = np.array([1, 2, 1, 2, 7]), 58000 + np.array([10.0, 10.6, 11.0, 50.0, 300.0])
    assert nearest(np.array([key]), np.array([58000 + time]), *known).tolist() == [expected]
