"""Values that the survey can hardly have are refused by row, or loaded on request and counted."""

from __future__ import annotations

import time

import numpy as np
import pytest
from support.curves import light_curves
from support.files import ROOT, SHARED, channel_file, needs_shared, place_in

from ztfvo import oid as oids
from ztfvo.errors import CannotBeDone
from ztfvo.grid import distance_outside, read_grid
from ztfvo.ingest import bounds
from ztfvo.ingest.checks import doubts
from ztfvo.ingest.readers import read_file

INPUTS = ROOT / "inputs" / "ztf"
EPOCH = (58300.1, 15.0, 0.02, 0.1, 0)


@pytest.fixture(scope="module")
def grid():
    return read_grid(INPUTS)


def curves(field, rcid, places, epochs=None):
    """Light curves at places of a readout channel."""
    ccd, quadrant = rcid // 4 + 1, rcid % 4 + 1
    number = [oids.join(field, 1, ccd, quadrant, i) for i in range(len(places))]
    ra, dec = zip(*places, strict=True)
    return light_curves(epochs or [[EPOCH]] * len(places), oid=number, ra=ra, dec=dec)


def found(made, grid):
    return doubts(made, ROOT / "file", grid)


@pytest.mark.parametrize("field", [633, 202, 257, 1895, 879, 880])
def test_the_middle_of_every_channel_lies_inside(grid, field):
    """Fields across RA 0, at the pole and in the south."""
    for rcid in (0, 27, 63):
        ra, dec = place_in(field, rcid)
        outside = distance_outside(grid, *(np.array([v]) for v in (field, rcid, ra, dec)))
        low, high, south, north = grid.quadrants[rcid]
        assert outside[0] == pytest.approx(-min(high - low, north - south) / 2, abs=2e-6)
        assert found(curves(field, rcid, [(ra, dec)]), grid).number == 0


@pytest.mark.parametrize(("beyond", "number"), [(0.19, 0), (0.21, 1)])
def test_the_margin_is_kept_on_all_four_sides(grid, beyond, number):
    place = np.flatnonzero(grid.field == 633)[0]
    low, high, south, north = grid.quadrants[27]
    x, y = (low + high) / 2, (south + north) / 2
    for east, depth in (
        *((low - beyond, y), (high + beyond, y)),
        *((x, south - beyond), (x, north + beyond)),
    ):
        ra, dec = from_plane(east, depth, grid.ra[place], grid.dec[place])
        assert found(curves(633, 27, [(ra, dec)]), grid).counts == (
            {"position": number} if number else {}
        )


def from_plane(east, north, ra0, dec0):
    """Right ascension and declination (deg) of a place in a tangent plane."""
    x, y, d = np.radians(east), np.radians(north), np.radians(dec0)
    depth = np.cos(d) - y * np.sin(d)
    ra = ra0 + np.degrees(np.arctan2(x, depth))
    dec = np.degrees(np.arctan2(np.sin(d) + y * np.cos(d), np.hypot(x, depth)))
    return ra % 360, dec


def test_the_refusal_names_row_position_and_channel(grid):
    ra, dec = place_in(633, 27)
    wrong = found(curves(633, 27, [(ra, dec), (dec, -dec), (ra + 180, -dec)]), grid)
    assert wrong.counts == {"position": 2}
    assert (wrong.first.row, wrong.first.oid) == (2, 633107400000001)
    assert wrong.first.cause == (
        f"position {dec:.5f} {-dec:+.5f} is more than 0.2 degrees outside readout channel 27 of"
        " field 633"
    )


def test_positions_of_a_field_that_the_survey_does_not_list_are_not_compared(grid):
    assert 950 not in grid.field
    assert found(curves(950, 27, [(10.0, 10.0)]), grid).number == 0
    assert found(curves(9999, 27, [(10.0, 10.0)]), grid).number == 0


@pytest.mark.parametrize(
    ("mag", "magerr", "counts"),
    [
        (7.0, 3.0, {}),
        (26.0, 0.001, {}),
        (6.99, 0.1, {"mag": 1}),
        (26.01, 0.1, {"mag": 1}),
        (-99.0, 99.0, {"mag": 1, "magerr": 1}),
        (15.0, 0.0, {"magerr": 1}),
        (15.0, -0.1, {"magerr": 1}),
        (15.0, 3.1, {"magerr": 1}),
    ],
)
def test_bounds_of_magnitudes_and_errors_are_kept(grid, mag, magerr, counts):
    ra, dec = place_in(633, 27)
    epochs = [[EPOCH, (58301.1, mag, magerr, 0.1, 0)]]
    wrong = found(curves(633, 27, [(ra, dec)], epochs), grid)
    assert wrong.counts == counts
    if counts:
        name = next(iter(counts))
        shown = str(np.float32({"mag": mag, "magerr": magerr}[name]))
        allowed = {"mag": "7 to 26 mag", "magerr": "0.0001 to 3 mag"}[name]
        assert wrong.first.cause == f"{name} is {shown}, expected {allowed} (epoch 2 of 2)"


def test_a_file_is_refused_by_its_first_doubt_and_loaded_with_allow(release):
    path = channel_file(
        release.root / "data", 600, mag=[[13.5, 5.5, 44.0], [20.5]], magerr=[[0.1, 0.1, 0.1], [0]]
    )
    (outcome,) = release.ingest()
    assert (outcome.action, outcome.doubtful) == ("refused", 0)
    assert outcome.message == (
        f"{path}, row 1 (OID 600107400005560): mag is 5.5, expected 7 to 26 mag (epoch 2 of 3);"
        " in all 2 of mag, 1 of magerr. If that is right, load it with --allow."
    )
    assert release.counts() == [0] * 5
    (outcome,) = release.ingest(allow=True)
    assert (outcome.action, outcome.doubtful) == ("loaded", 3)
    assert outcome.message == "hardly possible: 2 of mag, 1 of magerr"
    assert outcome.as_dict()["doubtful"] == 3
    query = "SELECT mag FROM lightcurves ORDER BY oid LIMIT 1"
    assert release.rows(query) == [([13.5, 5.5, 44.0],)]


def test_the_command_reports_and_counts_what_was_allowed(release):
    path = channel_file(release.root / "files", 600, objra=[10.0, 11.0])
    result = release.command(path, check=False)
    assert result.returncode == 1
    assert "position 10.00000" in result.stderr
    result = release.command(path, "--allow")
    lines = result.stderr.splitlines()
    assert f"loaded {path.name}: hardly possible: 2 of position" in lines
    assert any(line.endswith("4 detections, 2 values that are hardly possible") for line in lines)
    assert release.counts() == [1, 2, 2, 4, 1]


def test_what_cannot_be_stored_is_refused_also_with_allow(release):
    channel_file(release.root / "data", 600, mag=[[13.5, float("nan"), 14.0], [20.5]])
    channel_file(release.root / "data", 601, objdec=[95.0, 20.0])
    assert {outcome.action for outcome in release.ingest(allow=True)} == {"refused"}


@needs_shared
def test_real_files_raise_no_doubt(grid):
    paths = [
        *(SHARED / "ztf-dr-bulk").glob("lc_*/*/*/*.parquet"),
        *(SHARED / "ztf-lc-api").glob("*/*.csv"),
    ]
    worst = -np.inf
    for path in paths:
        made = read_file(path)[1]
        assert found(made, grid).counts == {}, path
        places = (made.fieldid, made.rcid, made.ra, made.dec)
        worst = max(worst, distance_outside(grid, *places).max(initial=-np.inf))
    assert len(paths) == 20
    assert 0.02 < worst < 0.03 < bounds.OUTSIDE.high


@needs_shared
def test_doubts_cost_little(grid):
    path = max((SHARED / "ztf-dr-bulk").glob("lc_*/*/*/*.parquet"), key=lambda p: p.stat().st_size)
    _, made = read_file(path)
    start = time.perf_counter()
    for _ in range(20):
        found(made, grid)
    rate = 20 * made.detections / (time.perf_counter() - start)
    assert rate > 1e7, f"{rate:.3g} detections/s"


def test_a_grid_that_is_missing_is_named(tmp_path):
    with pytest.raises(CannotBeDone, match=f"fields cannot be read from {tmp_path}/fields.csv"):
        read_grid(tmp_path)
