"""Stars of a release: which light curves are of one, at every place of the sky, in every order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import partial

import numpy as np
import pytest
from astropy_healpix.healpy import ang2pix, pix2ang
from support.here import ztfvo_here
from support.stars import EPOCHS, METHOD, find_stars, random_field, stars_of, write_stars
from support.waiting import wait_until

from ztfvo.dust.reading import preferred
from ztfvo.errors import CannotBeDone
from ztfvo.sources import cells, find
from ztfvo.sources.cells import ORDER, Cell, around, bounds, cell_of, cells_of, portions
from ztfvo.sources.find import Method
from ztfvo.sources.run import alone, check, plan, run

HZ_HER = (
    (680113300005170, 254.45755, 35.34236),
    (680213300009232, 254.4575772, 35.3423461),
    (1722107400005560, 254.4575126, 35.3423767),
    (1722207400009164, 254.457567, 35.3423933),
)
TWINS = ((794208200041246, 230.4537229, 54.3358423), (794208200022136, 230.4537229, 54.3359395))
ARCSEC = 1 / 3600
ALL = "SELECT * FROM sources ORDER BY source_id"


def edge() -> tuple[float, float]:
    """A place on the edge of a cell, away from its corners."""
    inner, _ = bounds(int(ang2pix(1 << ORDER, 180.3, 10.2, nest=True, lonlat=True)))
    side = 1 << 29 - ORDER
    south = inner + sum(1 << 2 * bit for bit in range(29 - ORDER) if side // 2 >> bit & 1)
    ra, dec = pix2ang(1 << 29, south, nest=True, lonlat=True)
    return float(ra), float(dec)


PLACES = {
    "north pole": (0.0, 90.0),
    "south pole": (0.0, -90.0),
    "right ascension 0": (0.0, 35.3),
    "edge of a cell": edge(),
    "corner of cells": (45.0, 0.0),
}
OIDS = [
    field * 10**12 + band * 10**11 + 101_100_000_001 % 10**11
    for field in (501, 502)
    for band in (1, 2)
]


def beside(place, arcsec_ra, arcsec_dec):
    """A position so many arcsec from another."""
    ra, dec = np.radians(place)
    up = np.array([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)])
    east = np.array([-np.sin(ra), np.cos(ra), 0.0])
    moved = up + np.radians(ARCSEC) * (arcsec_ra * east + arcsec_dec * np.cross(up, east))
    ra = np.degrees(np.arctan2(moved[1], moved[0])) % 360
    return float(ra), float(np.degrees(np.arctan2(moved[2], np.hypot(*moved[:2]))))


def load(release, curves, again=False):
    files = write_stars(release.root / "files", curves)
    outcomes = release.ingest(*files, allow=True, replace=again)
    assert {outcome.action for outcome in outcomes} <= {"loaded", "replaced", "unchanged"}
    return [outcome.key for outcome in outcomes]


def test_light_curves_of_a_star_are_one_source_and_those_2_arcsec_away_another(release):
    """At the poles, where right ascension begins, and across the edges of cells."""
    curves, expected = [], []
    for number, place in enumerate(PLACES.values()):
        for shift, name in ((-1.0, 1), (1.0, 2)):
            oids = [oid + 10 * number + name for oid in OIDS]
            # float32 positions have steps of 0.11 arcsec in right ascension at most
            places = [beside(place, shift, 0.3 * (i % 2)) for i in range(len(oids))]
            curves += [(oid, *at, EPOCHS) for oid, at in zip(oids, places, strict=True)]
            expected.append(set(oids))
    load(release, curves)
    find_stars(release)
    assert sorted(map(sorted, stars_of(release))) == sorted(map(sorted, expected))
    (row,) = release.rows("SELECT count(*), sum(nlightcurves) FROM source_cell WHERE nsources > 0")
    assert row >= (len(PLACES), len(curves))


def test_a_source_has_what_its_light_curves_have(release):
    """HZ Her in two bands and two fields, with values that can be computed by hand."""
    g = [((58300.25, 13.5, 0.01, 0), (58301.25, 13.7, 0.01, 0)), ((58310.0, 13.6, 0.02, 0),)]
    r = [((58300.5, 13.8, 0.01, 0), (58302.0, 9.0, 0.01, 32768)), ((58309.75, 13.9, 0.02, 0),)]
    load(
        release,
        [(*curve, epochs) for curve, epochs in zip(HZ_HER, (g[0], r[0], g[1], r[1]), strict=True)],
    )
    find_stars(release)
    names = [
        *("source_id", "name", "ra", "dec", "nlightcurves", "oids", "hmjd_first", "hmjd_last"),
        *("ngoodobs_g", "mag_mean_g", "mag_median_g", "mag_amplitude_g", "chi2_red_g"),
        *("ngoodobs_r", "mag_mean_r", "ngoodobs_i", "mag_mean_i"),
        *("g_r", "g_r_err", "g_r_npairs", "g_r_median", "r_i", "r_i_npairs"),
    ]
    (row,) = release.rows(f"SELECT {', '.join(names)} FROM sources")
    source = dict(zip(names, row, strict=True))
    oids, ra, dec, nobs, healpix, ids = zip(
        *release.rows("SELECT oid, ra, dec, nobs, healpix_29, source_id FROM objects ORDER BY 1"),
        strict=True,
    )
    assert source["oids"] == list(oids)
    assert source["ra"] == pytest.approx(np.average(ra, weights=nobs), abs=1e-9)
    assert source["dec"] == pytest.approx(np.average(dec, weights=nobs), abs=1e-9)
    assert {source["source_id"], healpix[0]} == set(ids)
    assert source["name"] == "ZTF J165749.81+352032.5"
    assert (source["nlightcurves"], source["hmjd_first"], source["hmjd_last"]) == (
        4,
        58300.25,
        58310,
    )
    assert (source["ngoodobs_g"], source["ngoodobs_r"], source["ngoodobs_i"]) == (3, 2, 0)
    assert source["mag_mean_g"] == pytest.approx(13.6, abs=1e-5)
    assert source["mag_median_g"] == pytest.approx(13.6, abs=1e-5)
    assert source["mag_amplitude_g"] == pytest.approx(0.1, abs=1e-5)
    assert source["chi2_red_g"] == pytest.approx(2 * 0.1**2 / 0.01**2, rel=1e-4)
    assert source["mag_mean_r"] == pytest.approx(13.85, abs=1e-5)
    assert source["mag_mean_i"] is None
    # 58300.25 with 58300.5, and 58310.0 with 58309.75: -0.3, each with its weight
    assert source["g_r_npairs"] == 2
    assert source["g_r"] == pytest.approx(-0.3, abs=1e-5)
    assert source["g_r_err"] == pytest.approx((1 / 0.0002 + 1 / 0.0008) ** -0.5, rel=1e-4)
    assert source["g_r_median"] == pytest.approx(13.6 - 13.85, abs=1e-5)
    assert (source["r_i"], source["r_i_npairs"]) == (None, 0)


def test_twins_of_the_pipeline_are_one_source(release):
    load(release, [(*twin, EPOCHS) for twin in TWINS])
    find_stars(release)
    assert stars_of(release) == [{oid for oid, _, _ in TWINS}]


def test_sources_do_not_depend_on_the_order_of_loading(release, twin):
    curves = random_field(150)
    load(release, curves)
    find_stars(release)
    for part in (curves[2::3], curves[::3], curves[1::3]):
        load(twin, part)
    find_stars(twin)
    assert release.rows(ALL) == twin.rows(ALL)
    assert len({cell_of(np.int64(source[0])) for source in release.rows(ALL)}) == 4


def test_sources_that_grow_keep_their_identifiers(release, twin):
    """With light curves of more fields, and after these are taken out again; where cells are done
    again, others stay as they are."""
    curves = random_field(150)
    far = (9_00_1_01_1 * 10**8 + 1, 100.0, 20.0, EPOCHS)
    load(release, [*curves[::3], far])
    assert find_stars(release) == 5
    first = dict(release.rows("SELECT oid, source_id FROM objects"))
    load(release, curves[1::3])
    assert find_stars(release) == 4
    grown = dict(release.rows("SELECT oid, source_id FROM objects"))
    assert all(grown[oid] == source for oid, source in first.items())
    assert max(release.rows("SELECT max(nlightcurves) FROM sources")) >= (2,)
    load(twin, [*curves[::3], *curves[1::3], far])
    find_stars(twin)
    assert release.rows(ALL) == twin.rows(ALL)


def test_done_again_nothing_changes(release):
    load(release, random_field(60))
    assert find_stars(release) > 0
    before = release.rows(ALL)
    assert find_stars(release) == 0
    assert find_stars(release, again=True) > 0
    assert release.rows(ALL) == before


def test_small_portions_give_the_same(release, twin, monkeypatch):
    curves = random_field(100)
    load(release, curves)
    load(twin, curves)
    find_stars(release)
    monkeypatch.setattr(find, "AT_A_TIME", 7)
    find_stars(twin)
    assert release.rows(ALL) == twin.rows(ALL)


def test_a_group_of_neighbours_that_reaches_far_is_read_whole(release, twin, monkeypatch):
    """A row of stars 1.2 arcsec apart that leads across the edge of a cell, and far from it."""
    place = edge()
    curves = [
        (OIDS[0] + (number % 2) * 10**12 + number, *beside(place, 0.0, 1.2 * (number - 60)), EPOCHS)
        for number in range(120)
    ]
    load(release, curves)
    load(twin, curves)
    find_stars(release)
    monkeypatch.setattr(find, "FIRST_RINGS", 16)
    find_stars(twin)
    assert release.rows(ALL) == twin.rows(ALL)
    assert 1 < max(len(star) for star in stars_of(release)) <= 3


def test_another_radius_finds_all_stars_again(release):
    load(release, [(OIDS[0], 10.0, 20.0, EPOCHS), (OIDS[1], 10.0, 20.0 + 1.2 / 3600, EPOCHS)])
    find_stars(release)
    assert len(stars_of(release)) == 1
    assert find_stars(release, method=Method(0.5, METHOD.pair_days)) == 1
    assert len(stars_of(release)) == 2


def test_counts_that_do_not_agree_are_shown_with_the_remedy(release):
    load(release, random_field(5))
    find_stars(release)
    assert check(release.connection, release.name)[1] == 15
    release.rows("DELETE FROM source_member WHERE oid = (SELECT min(oid) FROM object) RETURNING 1")
    with pytest.raises(CannotBeDone, match=r"15 light curves, 14 of stars, .* --again"):
        check(release.connection, release.name)


def test_one_command_at_a_time_finds_the_stars_of_a_release(release, twin):
    with (
        alone(release.connection, release.name),
        pytest.raises(CannotBeDone, match="Another command finds the stars"),
        alone(twin.connection, release.name),
    ):
        pass
    with alone(twin.connection, release.name):
        pass


def test_cells_are_done_whole_or_not_at_all(release, monkeypatch):
    monkeypatch.setattr(cells, "CELLS_AT_A_TIME", 1)
    load(release, random_field(60))
    done = []

    def stop(found):
        done.append(found.cells)
        raise KeyboardInterrupt

    todo = plan(release.connection, release.name, METHOD)
    finding = partial(find.find, method=METHOD)
    with pytest.raises(KeyboardInterrupt):
        run(release.name, todo.todo, finding, release.settings, 1, stop)
    left = plan(release.connection, release.name, METHOD)
    assert (left.todo, left.stale, done) == (todo.todo[1:], [], [1])
    assert find_stars(release) == len(todo.todo) - 1


def test_portions_are_bounded_and_in_order(monkeypatch):
    monkeypatch.setattr(cells, "CELLS_AT_A_TIME", 3)
    monkeypatch.setattr(cells, "CURVES_AT_A_TIME", 10)
    numbers = [4.0, 6.0, 1.0, 1.0, 1.0, 1.0, 90.0, 2.0]
    some = [Cell(number, 0, curves) for number, curves in enumerate(numbers)]
    divided = [[cell.number for cell in portion] for portion in portions(some)]
    assert divided == [[0, 1], [2, 3, 4], [5], [6], [7]]


def test_what_a_cell_is_made_of_changes_with_the_files_around_it():
    place = int(ang2pix(1 << ORDER, 100, 20, nest=True, lonlat=True))
    beside_it, far = place + 1, place + 1000
    alone_there = {cell.number: cell.made_of for cell in cells_of([[(1, [place, far], 6)]], "m")}
    assert {cell.lightcurves for cell in cells_of([[(1, [place, far], 6)]], "m")} == {3}
    with_it = cells_of([[(2, [beside_it], 1), (1, [place, far], 6)]], "m")
    changed = {cell.number for cell in with_it if alone_there.get(cell.number) != cell.made_of}
    assert changed == {place, beside_it}
    assert cells_of([[(1, [place, far], 6)], [(2, [beside_it], 1)]], "m") == with_it
    other = {cell.made_of for cell in cells_of([[(1, [place, far], 6)]], "n")}
    assert other.isdisjoint(alone_there.values())


def test_a_region_is_its_cells_with_whole_rings_around_them():
    for some in ([0], [12345], [12344, 12345], [(12 << 2 * ORDER) - 1]):
        region = around(np.array(some), 2)
        low, high = np.array(region.low), np.array(region.high)
        for cell in some:
            first, end = bounds(cell)
            assert ((low <= first) & (high >= end)).any()
        area = int((high - low).sum()) >> 2 * (29 - 14)
        ring = area - len(some) * 64 * 64
        around_it = 4 * 64 if len(some) == 1 else 6 * 64
        assert 2 * around_it <= ring <= 2 * around_it + 16
        assert around_it <= len(region.last) <= around_it + 12
        assert not np.isin(region.last >> 12, some).any()


def test_killed_and_run_again_leaves_no_source_double_or_missing(release, twin):
    """The command works with several processes, and one that is killed takes them along."""
    chance = np.random.default_rng(9)
    curves = []
    for star in range(900):
        ra, dec = chance.uniform(20, 30), chance.uniform(20, 30)
        curves += [(oid + star, *beside((ra, dec), i / 5, 0), EPOCHS) for i, oid in enumerate(OIDS)]
    for each in (release, twin):
        load(each, curves)
    run = "from ztfvo.cli import main; main()"  # without the script that changes the user
    command = [sys.executable, "-I", "-c", run, "sources", release.name]
    environment = os.environ | {"ZTFVO_ROOT": str(release.root), "ZTFVO_WORKERS": "2"}
    done, before = "SELECT count(*) FROM source_cell", release.backends()
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        wait_until(lambda: release.rows(done) > [(0,)], seconds=60, pause=0.01)
        process.send_signal(signal.SIGKILL)
    wait_until(lambda: release.backends() <= before)
    ((ready, listed, sources),) = release.rows(
        "SELECT count(*), sum(nsources), (SELECT count(*) FROM source) FROM source_cell"
    )
    assert 0 < ready < len(plan(twin.connection, twin.name, METHOD).todo)
    assert listed == sources
    dust = preferred(release.settings, simulated=True)  # as the command, where there is a map
    left = len(plan(twin.connection, twin.name, METHOD).todo) - ready
    assert find_stars(release, dust=dust) == left
    find_stars(twin, dust=dust)
    assert release.rows(ALL) == twin.rows(ALL)


def test_the_command_refuses_what_is_not_loaded(database):
    unknown = ztfvo_here("sources", "dr99")
    assert (unknown.returncode, "no release 'dr99'" in unknown.stderr) == (1, True)
