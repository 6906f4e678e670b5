"""Benchmark sets: what the files hold."""

import numpy as np
import pytest

from bench import dataset as sets
from bench import skyplan
from ztfvo.ingest.checks import check
from ztfvo.ingest.readers import read_file

WANTED = 40_000


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A set of one area, and what was shown while it was written."""
    said = []
    return sets.dataset(tmp_path_factory.mktemp("bench"), WANTED, 1, said.append), said


@pytest.fixture(scope="module")
def curves(small):
    """The light curves of each file."""
    found = []
    for path in small[0].paths:
        _, read = read_file(path)
        check(read, path)
        found.append(read)
    return found


def test_set_has_about_the_wanted_size(small):
    assert 0.5 * WANTED < small[0].detections < 2 * WANTED
    assert 100 < small[0].detections / small[0].lightcurves < 350


def test_counts_of_the_set_are_those_of_its_files(small, curves):
    data = small[0]
    assert (data.files, data.lightcurves, data.detections) == (
        len(curves),
        sum(len(c) for c in curves),
        sum(c.detections for c in curves),
    )
    assert data.bytes == sum(path.stat().st_size for path in data.paths)


def test_numbers_of_detections_spread_widely(curves):
    counts = np.concatenate([c.nepochs for c in curves])
    low, high = np.percentile(counts, [10, 90])
    assert high > 5 * low


def test_curves_of_a_channel_share_exposures(curves):
    for read in curves:
        longest = read.nepochs.max()
        assert len(np.unique(read.clrcoeff)) < 2 * longest


def test_several_fields_and_filters_see_the_same_stars(curves):
    channels = {(int(c.fieldid[0]), int(c.filterid[0])) for c in curves}
    assert len({field for field, _ in channels}) == 2
    assert len({band for _, band in channels}) == 3
    first, second = (
        np.stack([c.ra * np.cos(np.radians(c.dec)), c.dec], axis=1)
        for c in sorted(curves, key=len)[-2:]
    )
    distance = np.linalg.norm(first[:, None] - second[None], axis=2).min(axis=1) * 3600
    assert np.mean(distance < 1) > 0.3


def test_existing_set_is_not_written_again(small):
    data, said = small
    before = [path.stat().st_mtime_ns for path in data.paths]
    shown = len(said)
    assert sets.dataset(data.folder.parent, WANTED, 1, said.append) == data
    assert [path.stat().st_mtime_ns for path in data.paths] == before
    assert len(said) == shown


def test_unfinished_set_is_completed(small, tmp_path):
    (tmp_path / str(WANTED)).mkdir()
    again = sets.dataset(tmp_path, WANTED, 1, lambda what: None)
    original = small[0]
    assert [p.read_bytes() for p in again.paths] == [p.read_bytes() for p in original.paths]


@pytest.mark.parametrize("detections", [10**6, 10**7, 10**8, 10**9])
def test_no_channel_comes_twice(detections):
    chosen, count = sets.plan(detections)
    channels = [channel for area in chosen for channel in area.channels]
    assert len(set(channels)) == len(channels)
    planned = len(channels) * count * sets.DETECTIONS_OF_CURVE
    assert planned == pytest.approx(detections, rel=0.01)
    assert count <= 1.3 * sets.CURVES_OF_FILE


def test_too_large_set_is_refused():
    with pytest.raises(ValueError, match="too many"):
        sets.plan(10**12)


def test_first_areas_are_seen_by_two_grids():
    assert len(skyplan.areas()[0].channels) == skyplan.CHANNELS_OF_AREA
    assert len(skyplan.areas()) > 2000
