"""Loading: whole files or nothing, once, resumable, and with a clear word on each file."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace

import astropy.units as u
import pytest
from mocpy import MOC
from support.files import api_row, channel_file, manifest_of, place_in, write_api
from support.here import ztfvo_here
from support.waiting import wait_until

from ztfvo.declarations import declared
from ztfvo.ingest.manifest import write_manifest
from ztfvo.ingest.state import describe, is_finished
from ztfvo.settings import get_settings


@pytest.fixture
def files(tmp_path):
    """Five good files in the release's folder."""
    return [channel_file(tmp_path / "data", field) for field in range(600, 605)]


def actions(outcomes):
    return [outcome.action for outcome in outcomes]


def test_all_files_of_the_folder_are_loaded_with_their_counts(release, files):
    outcomes = release.ingest()
    assert actions(outcomes) == ["loaded"] * 5
    assert [(o.lightcurves, o.detections) for o in outcomes] == [(2, 4)] * 5
    assert release.rows("SELECT count(*) FROM detections") == [(20,)]
    row = release.rows(
        "SELECT nlightcurves, ndetections, nexposures, files, hmjd_first, hmjd_last"
        " FROM ztf_store.releases WHERE name = %s",
        release.name,
    )
    assert row == [(10, 20, 20, 5, 58204.12345, 59000.5)]


def declare_windows(release, lines: str) -> None:
    """Let the release's declaration end with these lines."""
    path = release.settings.inputs / release.name / "release.toml"
    path.write_text(path.read_text().partition("\n[windows]")[0] + f"\n[windows]\n{lines}\n")


def test_declared_windows_reach_the_database_also_when_they_change(release, files):
    query = "SELECT windows FROM ztf_store.release WHERE name = %s"
    release.ingest()
    assert release.rows(query, release.name) == [({},)]
    declare_windows(release, "short = [58194, 59280.5]")
    changed = declared(release.name, release.settings.inputs)
    assert not is_finished(release.connection, changed)
    release.ingest()
    assert release.rows(query, release.name) == [({"short": [58194.0, 59280.5]},)]
    assert is_finished(release.connection, changed)


def test_changed_texts_reach_the_list_of_releases_without_loading(release, files):
    query = "SELECT title, description, nlightcurves FROM ztf_store.release WHERE name = %s"
    release.ingest()
    path = release.settings.inputs / release.name / "release.toml"
    path.write_text(path.read_text().replace("Made for a test", "Changed").replace("Test ", "T "))
    describe(release.connection, declared(release.name, release.settings.inputs))
    assert release.rows(query, release.name) == [(f"T {release.name}", "Changed", 10)]


@pytest.mark.parametrize(
    "line", ["short = [59280, 58194]", "short = [58194]", "short = 58194", "Short = [1, 2]"]
)
def test_a_window_that_is_none_is_refused_by_name(release, files, line):
    declare_windows(release, line)
    refused = ztfvo_here("ingest", release.name, *files, ZTFVO_ROOT=str(release.root))
    assert refused.returncode != 0
    assert line.split()[0] in refused.stderr + refused.stdout
    assert "short = [58194.0, 59280.0]" in refused.stderr + refused.stdout


def test_the_same_files_again_change_nothing(release, files):
    release.ingest()
    before = release.content(), release.rows("SELECT max(xmin::text) FROM lightcurve")
    outcomes = release.ingest()
    assert actions(outcomes) == ["unchanged"] * 5
    assert (release.content(), release.rows("SELECT max(xmin::text) FROM lightcurve")) == before


def test_files_loaded_in_two_steps_or_by_two_workers_give_the_same_release(release, twin, files):
    release.ingest(*files[:2])
    release.ingest(workers=2)
    twin.ingest(*files)
    both = [r.rows("SELECT oid, hmjd, mag FROM lightcurves ORDER BY oid") for r in (release, twin)]
    assert both[0] == both[1]
    assert release.counts() == twin.counts()


def test_a_changed_file_is_refused_and_replaces_the_old_one_only_on_request(release, files):
    release.ingest()
    channel_file(files[0].parents[2], 600, mag=[[10.5, 11.5, 12.5], [19.5]])
    refused = release.ingest(files[0])[0]
    assert refused.action == "refused"
    assert "--replace" in refused.message
    oid = 600107400005560
    assert release.rows("SELECT mag FROM lightcurves WHERE oid = %s", oid) == [
        ([13.5, 13.75, 14.125],)
    ]
    assert actions(release.ingest(files[0], replace=True)) == ["replaced"]
    assert release.rows("SELECT mag FROM lightcurves WHERE oid = %s", oid) == [
        ([10.5, 11.5, 12.5],)
    ]
    assert release.counts() == [5, 10, 10, 20, 5]
    assert release.rows("SELECT mag_mean FROM objects WHERE oid = %s", oid) == [(10.5,)]


def test_a_bad_file_is_refused_with_name_row_and_cause_and_the_others_are_loaded(release, files):
    bad = channel_file(
        files[0].parents[2], 605, hmjd=[[58204.12345, 58204.16346, 59000.5], [float("nan")]]
    )
    result = release.command(*files, bad, check=False)
    assert result.returncode == 1
    shown = " ".join(result.stderr.split())
    assert f"{bad}, row 2 (OID 605107400005561)" in shown
    assert "hmjd" in shown
    assert release.counts() == [5, 10, 10, 20, 5]
    reports = sorted((get_settings().var / "log" / "ingest").glob(f"{release.name}-*.json"))
    refused = [r for r in json.loads(reports[-1].read_text()) if r["action"] == "refused"]
    assert [entry["key"] for entry in refused] == [bad.name]


def test_an_oid_in_two_files_is_refused(release, files, tmp_path):
    other = channel_file(tmp_path / "other", 600, mag=[[13.5, 13.75, 14.25], [20.5]])
    other = other.rename(tmp_path / "ztf_000600_zg_c07_q4_other.parquet")
    release.ingest()
    for dry_run in (True, False):
        (outcome,) = release.ingest(other, dry_run=dry_run)
        assert outcome.action == "refused"
        assert re.search(
            r"other\.parquet: the release has OID 60010740000556[01] already, from another file\.$",
            outcome.message,
        )
    assert release.counts() == [5, 10, 10, 20, 5]


def test_counts_that_differ_from_the_manifests_are_refused_with_three_numbers(release, files):
    folder = files[0].parents[2]
    entries = manifest_of(folder)
    write_manifest(folder / "manifest.csv", [replace(entries[0], rows=3), *entries[1:]])
    outcomes = release.ingest()
    assert actions(outcomes) == ["refused"] + ["loaded"] * 4
    assert "light curves: the manifest says 3, the file has 2." in outcomes[0].message


def test_a_file_that_differs_from_the_manifests_checksum_is_refused(release, files):
    folder = files[0].parents[2]
    write_manifest(folder / "manifest.csv", manifest_of(folder))
    channel_file(folder, 600, mag=[[10.5, 11.5, 12.5], [19.5]])
    outcomes = release.ingest()
    assert actions(outcomes) == ["refused"] + ["loaded"] * 4
    assert "the manifest says" in outcomes[0].message


def test_a_file_of_the_manifest_that_is_missing_is_reported(release, files):
    folder = files[0].parents[2]
    write_manifest(folder / "manifest.csv", manifest_of(folder))
    files[2].unlink()
    outcomes = {o.key: o for o in release.ingest()}
    assert outcomes["0/field000602/ztf_000602_zg_c07_q4_test.parquet"].action == "refused"
    assert sum(o.action == "loaded" for o in outcomes.values()) == 4


def test_a_dry_run_shows_what_would_be_done_and_writes_nothing(release, files):
    release.ingest(files[0])
    before = release.content()
    outcomes = release.ingest(dry_run=True)
    assert actions(outcomes) == ["unchanged"] + ["load"] * 4
    assert release.content() == before


@pytest.mark.parametrize(
    "name", ["DR19", "dr 19", "1dr", "x; DROP SCHEMA ztf_store", "ztf", "a" * 40]
)
def test_a_name_that_cannot_be_a_schema_is_refused(release, name):
    result = ztfvo_here("ingest", name)
    assert result.returncode == 1
    assert "cannot name a release" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_undeclared_release_is_refused_with_the_remedy(release):
    result = ztfvo_here("ingest", "dr99")
    assert result.returncode == 1
    assert "There is no release 'dr99'" in result.stderr
    assert "copy the folder" in " ".join(result.stderr.split())


def test_killed_at_any_moment_and_run_again_gives_the_undisturbed_result(release, twin, tmp_path):
    """Kill the ingest after ever longer times; then compare with a release never disturbed."""
    files = [channel_file(tmp_path / "many", field) for field in range(600, 760)]
    run = "from ztfvo.cli import main; main()"  # without the script that changes the user
    command = [sys.executable, "-I", "-c", run, "ingest", release.name, *files]
    environment = os.environ | {"ZTFVO_ROOT": str(release.root)}
    loaded, before_all = [], release.backends()
    for delay in (0.0, 0.1, 0.4):
        before = release.rows("SELECT count(*) FROM input_file")[0][0]
        with subprocess.Popen(
            command, env=environment, stderr=subprocess.DEVNULL, start_new_session=True
        ) as process:
            wait_until(
                lambda before=before, process=process: (
                    release.rows("SELECT count(*) FROM input_file")[0][0] != before
                    or process.poll() is not None
                ),
                seconds=60,
                pause=0.01,
            )
            time.sleep(delay)
            process.send_signal(signal.SIGKILL)
        loaded.append(release.rows("SELECT count(*) FROM input_file")[0][0])
    assert loaded[0] < len(files), "the first kill came too late to test anything"
    wait_until(lambda: release.backends() <= before_all)  # no worker outlives its ingest
    release.command(*files)
    twin.ingest(*files)
    assert release.content() == twin.content()


def test_answers_that_share_an_oid_are_united(api_release, tmp_path):
    first = write_api(
        tmp_path / "data" / "a.csv", api_row(), api_row(hjd="2458300.9", mjd="58300.4")
    )
    later = api_row(hjd="2458310.9", mjd="58310.4", mag="17.5")
    second = write_api(tmp_path / "data" / "b.csv", later, api_row())
    write_api(tmp_path / "data" / "empty.csv")
    outcomes = api_release.ingest()
    assert actions(outcomes) == ["loaded"] * 3
    assert api_release.rows("SELECT oid, nobs FROM objects") == [(604103100006917, 3)]
    assert api_release.rows("SELECT hmjd FROM detections ORDER BY 1") == [
        (58296.48025,),
        (58300.4,),
        (58310.4,),
    ]
    assert actions(api_release.ingest(first, second)) == ["unchanged"] * 2


def test_the_facts_of_an_answer_become_its_exposures(api_release, tmp_path):
    api_release.ingest(write_api(tmp_path / "a.csv", api_row()))
    assert api_release.rows(
        "SELECT fieldid, rcid, ccdid, qid, filter, obsmjd, obsmjd_source, exptime, exptime_source,"
        " filefracday, ndetections FROM exposures"
    ) == [(604, 8, 3, 1, "zg", 58296.483044, "observed", 30.0, "observed", 20180627483032, 1)]


def test_contradicting_answers_are_refused_and_nothing_of_them_is_loaded(api_release, tmp_path):
    good = write_api(tmp_path / "a.csv", api_row())
    api_release.ingest(good)
    other = write_api(tmp_path / "b.csv", api_row(mag="12.5"))
    result = api_release.command(good, other, check=False)
    assert result.returncode == 1
    shown = " ".join(result.stderr.split())
    assert "a.csv" in shown
    assert "b.csv" in shown
    assert "Traceback" not in shown
    assert api_release.rows("SELECT mag FROM detections") == [(pytest.approx(16.917614),)]


def test_coverage_holds_every_object_and_little_more(release, files):
    release.ingest()
    footprint = release.rows(
        "SELECT footprint FROM ztf_store.release WHERE name = %s", release.name
    )[0][0]
    moc = MOC.from_string(footprint, "ascii")
    assert moc.max_order == 8
    for field in range(600, 605):
        ra, dec = place_in(field, 27)
        assert moc.contains_lonlat([ra, ra + 0.05] * u.deg, [dec, dec - 0.05] * u.deg).all()
    assert not moc.contains_lonlat([place_in(605, 27)[0]] * u.deg, [dec] * u.deg).any()
    assert moc.sky_fraction < 1e-5
