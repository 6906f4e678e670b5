"""Content that is loaded is not loaded again, dry runs look into files, answers are united."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from support.files import SHARED, api_row, channel_file, needs_shared, write_api
from support.releases import ztfvo

from ztfvo.ingest import merged
from ztfvo.settings import get_settings


def actions(outcomes):
    return {outcome.key: outcome.action for outcome in outcomes}


@pytest.mark.parametrize("workers", [1, 2])
def test_the_same_content_under_another_path_is_unchanged(release, workers):
    data = release.root / "data"
    first = channel_file(data, 600)
    for name in ("copy.parquet", "elsewhere/ztf_000600_zg_c07_q4_test.parquet"):
        (data / name).parent.mkdir(exist_ok=True)
        shutil.copy(first, data / name)
    outcomes = release.ingest(workers=workers)
    assert sorted(actions(outcomes).values()) == ["loaded", "unchanged", "unchanged"]
    (key,) = (outcome.key for outcome in outcomes if outcome.action == "loaded")
    for outcome in outcomes:
        if outcome.action == "unchanged":
            assert (outcome.loaded_as, outcome.message) == (key, f"loaded before as {key}")
    assert release.counts() == [1, 2, 2, 4, 1]
    (outcome,) = release.ingest(first.rename(data.parent / "moved.parquet"))
    assert (outcome.key, outcome.action) == ("moved.parquet", "unchanged")


def test_a_dry_run_reads_the_files_and_says_what_would_be_refused(release):
    data = release.root / "data"
    channel_file(data, 600)
    release.ingest()
    channel_file(data, 601)
    channel_file(data, 602, mag=[[13.5, 13.75, 14.125], [float("nan")]])
    twin = channel_file(data.parent / "other", 600, mag=[[13.5, 13.75, 14.25], [20.5]])
    shutil.copy(twin, data / "twin.parquet")
    before = release.content()
    for workers in (1, 2):
        outcomes = {o.key: o for o in release.ingest(dry_run=True, workers=workers)}
        keys = [f"0/field000{n}/ztf_000{n}_zg_c07_q4_test.parquet" for n in (601, 602)]
        assert outcomes[keys[0]].action == "load"
        assert (outcomes[keys[0]].lightcurves, outcomes[keys[0]].detections) == (2, 4)
        assert "mag is nan (epoch 1 of 1)" in outcomes[keys[1]].message
        assert "the release has OID 60010740000556" in outcomes["twin.parquet"].message
        assert sorted(o.action for o in outcomes.values()) == [
            *("load", "refused", "refused", "unchanged")
        ]
    assert release.content() == before


def test_a_dry_run_of_a_release_that_was_never_loaded_makes_nothing(release):
    """The command does not even make the release's tables."""
    name = f"{release.name}_x"
    folder = release.settings.inputs / name
    folder.mkdir()
    shutil.copy(release.settings.inputs / release.name / "release.toml", folder)
    good = channel_file(release.root / "files", 600)
    bad = channel_file(release.root / "files", 601, magerr=[[-1, 0.1, 0.1], [0.1]])
    result = ztfvo(
        "ingest", name, "--dry-run", good, bad, check=False, ZTFVO_ROOT=str(release.root)
    )
    assert result.returncode == 1
    assert f"would load: {good.name}" in result.stderr
    assert f"refused {bad}, row 1 (OID 601107400005560): magerr is -1.0, expected" in result.stderr
    assert "1 load, 1 refused; 2 light curves, 4 detections" in result.stderr
    query = "SELECT count(*) FROM pg_namespace WHERE nspname = %s"
    assert release.rows(query, f"{name}_store") == [(0,)]


def test_a_dry_run_finds_answers_that_contradict_each_other(api_release):
    data = api_release.root / "data"
    write_api(data / "a.csv", api_row())
    write_api(data / "b.csv", api_row(mag="12.5"))
    assert actions(api_release.ingest(dry_run=True)) == {"a.csv": "load", "b.csv": "refused"}
    assert api_release.counts() == [0] * 5


def field_answers(folder):
    """Answers in three channels; two of them share a light curve, two others an exposure."""
    late = {"hjd": "2458310.9", "mjd": "58310.4", "filefracday": 20180711400000}
    red = {"oid": 604203100003189, "filtercode": "zr"}
    other = {"oid": 633107400000001, "field": 633, "ccdid": 7, "qid": 4}
    other |= {"ra": "247.4", "dec": "24.7"}
    return [
        write_api(folder / "a.csv", api_row(), api_row(**late)),
        write_api(folder / "b.csv", api_row(**late), api_row(oid=604103100006999, ra="30.37")),
        write_api(folder / "c.csv", api_row(**red), api_row(**red, **late)),
        write_api(folder / "d.csv", api_row(**other)),
    ]


@pytest.mark.parametrize("order", ["abcd", "dcba", "bdac"])
def test_answers_that_come_one_by_one_give_the_same_release(
    api_release, api_twin, monkeypatch, order
):
    files = {path.stem: path for path in field_answers(api_release.root / "data")}
    field_answers(api_twin.root / "data")
    api_twin.ingest()
    kept = api_release.root / "kept"
    kept.mkdir()
    for path in files.values():
        path.rename(kept / path.name)
    for name in order:
        shutil.copy(kept / f"{name}.csv", files[name])
        assert "refused" not in actions(api_release.ingest()).values()
    assert api_release.content() == api_twin.content()
    assert api_release.rows("SELECT sum(ndetections) FROM exposures") == [(6,)]


def test_only_answers_of_the_same_channels_are_read_again(api_release, monkeypatch):
    files = {path.stem: path for path in field_answers(api_release.root / "data")}
    api_release.ingest(*(files[name] for name in "acd"))
    read = []
    monkeypatch.setattr(
        merged, "read_file", lambda path, plain=merged.read_file: read.append(path) or plain(path)
    )
    rows_of_d = "SELECT oid, xmin::text FROM lightcurve WHERE oid = 633107400000001"
    before = api_release.rows(rows_of_d)
    assert actions(api_release.ingest()) == {
        **dict.fromkeys(["a.csv", "c.csv", "d.csv"], "unchanged"),
        "b.csv": "loaded",
    }
    assert read == [files["a"]]
    assert api_release.rows(rows_of_d) == before


def test_answers_are_loaded_in_parts_that_are_complete_each(api_release, api_twin, monkeypatch):
    field_answers(api_twin.root / "data")
    api_twin.ingest()
    field_answers(api_release.root / "data")
    monkeypatch.setattr(merged, "AT_A_TIME", 1)
    unite = merged._unite

    def interrupted(connection, new, *others):
        if new[0].key > "c":
            raise KeyboardInterrupt
        return unite(connection, new, *others)

    monkeypatch.setattr(merged, "_unite", interrupted)
    with pytest.raises(KeyboardInterrupt):
        api_release.ingest()
    assert api_release.rows("SELECT path FROM input_file ORDER BY 1") == [("a.csv",), ("b.csv",)]
    monkeypatch.setattr(merged, "_unite", unite)
    outcomes = api_release.ingest()
    assert list(actions(outcomes).values()) == ["unchanged"] * 2 + ["loaded"] * 2
    assert api_release.content() == api_twin.content()


def test_an_answer_that_changed_takes_the_place_of_its_former_self(api_release, api_twin):
    data = api_release.root / "data"
    field_answers(data)
    api_release.ingest()
    write_api(data / "a.csv", api_row(oid=604103100007000))
    assert actions(api_release.ingest())["a.csv"] == "refused"
    assert actions(api_release.ingest(replace=True))["a.csv"] == "replaced"
    shutil.copytree(data, api_twin.root / "data")
    api_twin.ingest()
    assert api_release.content() == api_twin.content()


def test_an_answer_is_refused_where_one_of_its_channel_is_not_at_hand(api_release):
    files = {path.stem: path for path in field_answers(api_release.root / "data")}
    api_release.ingest(files["a"])
    files["a"].rename(files["a"].with_suffix(".moved"))
    outcomes = {outcome.key: outcome for outcome in api_release.ingest()}
    assert {key: o.action for key, o in outcomes.items() if o.action != "ignored"} == {
        "b.csv": "refused",
        "c.csv": "loaded",
        "d.csv": "loaded",
    }
    assert outcomes["b.csv"].message == (
        f"{files['b']}: shares channels with a.csv, which is loaded and cannot be read again:"
        " a.csv: is not among the files given. Put it back into the release's folder, or name it"
        " too."
    )


def test_an_answer_that_moved_is_read_where_it_is_now(api_release, api_twin):
    files = {path.stem: path for path in field_answers(api_release.root / "data")}
    api_release.ingest(files["a"])
    files["a"].rename(files["a"].with_name("z.csv"))
    assert actions(api_release.ingest()) == {
        **dict.fromkeys(["b.csv", "c.csv", "d.csv"], "loaded"),
        "z.csv": "unchanged",
    }
    field_answers(api_twin.root / "data")
    api_twin.ingest()
    assert api_release.content() == api_twin.content()


def test_an_answer_that_cannot_be_stored_is_refused_alone(api_release, monkeypatch):
    """Others that were to be stored with it are stored without it."""
    field_answers(api_release.root / "data")
    load = merged.load

    def fail(connection, curves, file):
        if 604203100003189 in curves.oid:
            raise OverflowError("too large")
        load(connection, curves, file)

    monkeypatch.setattr(merged, "load", fail)
    outcomes = {outcome.key: outcome for outcome in api_release.ingest()}
    assert {key: outcome.action for key, outcome in outcomes.items()} == {
        **dict.fromkeys(["a.csv", "b.csv", "d.csv"], "loaded"),
        "c.csv": "refused",
    }
    assert "c.csv: cannot be loaded (OverflowError: too large)" in outcomes["c.csv"].message
    assert api_release.rows("SELECT count(*) FROM input_file") == [(3,)]


def test_files_of_an_earlier_version_get_their_channels_when_another_comes(api_release, api_twin):
    files = {path.stem: path for path in field_answers(api_release.root / "data")}
    api_release.ingest(*(files[name] for name in "acd"))
    api_release.connection.execute(
        f"UPDATE {api_release.name}_store.input_file SET quadrants = NULL"
    )
    api_release.ingest()
    field_answers(api_twin.root / "data")
    api_twin.ingest()
    assert api_release.content() == api_twin.content()
    query = "SELECT path, quadrants FROM input_file ORDER BY 1"
    assert api_release.rows(query) == api_twin.rows(query)
    assert api_twin.rows(query)[0] == ("a.csv", [6041031])


def test_the_same_answer_twice_is_loaded_once(api_release):
    first, *_ = field_answers(api_release.root / "data")
    shutil.copy(first, first.with_name("copy.csv"))
    outcomes = api_release.ingest()
    assert actions(outcomes)["copy.csv"] == "unchanged"
    assert api_release.rows("SELECT count(*) FROM input_file") == [(4,)]


@needs_shared
def test_real_answers_one_by_one_give_what_all_at_once_give(api_release, api_twin, monkeypatch):
    for each in (api_release, api_twin):
        (each.root / "data").mkdir(parents=True)
        for path in (SHARED / "ztf-lc-api").glob("*/*.csv"):
            shutil.copy(path, each.root / "data")
    api_twin.ingest()
    monkeypatch.setattr(merged, "AT_A_TIME", 1)
    outcomes = api_release.ingest()
    assert [o.message for o in outcomes if o.action != "loaded"] == []
    assert api_release.content() == api_twin.content()
    assert api_release.rows("SELECT count(*), sum(nobs) FROM objects") == [(56, 23935)]
    assert np.unique(api_release.rows("SELECT ticks_per_day FROM exposure_set")) == [100_000]


def test_the_command_says_once_what_is_not_kept(api_release):
    field_answers(api_release.root / "files")
    result = api_release.command(*sorted((api_release.root / "files").iterdir()))
    line = (
        "Columns that are not kept: expid, chi, sharp, limitmag, magzp, magzprms, clrcounc,"
        " airmass, programid"
    )
    assert result.stderr.count("Columns that are not kept") == 1
    assert line in result.stderr.splitlines()


def test_the_command_reports_files_that_left_and_takes_one_out(api_release):
    folder = get_settings().data / api_release.name
    try:
        field_answers(folder)
        api_release.command()
        (folder / "d.csv").unlink()
        result = api_release.command()
        assert (
            "Loaded, but not in the folder (to take one out: ztfvo release unload"
            f" {api_release.name} FILE): d.csv"
        ) in result.stderr.splitlines()
        root = str(api_release.root)
        done = ztfvo("release", "unload", api_release.name, "d.csv", ZTFVO_ROOT=root)
        assert f"d.csv is no longer in {api_release.name}" in done.stderr.splitlines()
        assert api_release.rows("SELECT path FROM input_file ORDER BY 1") == [
            *[("a.csv",), ("b.csv",), ("c.csv",)],
        ]
        assert "d.csv" not in api_release.command().stderr
    finally:
        shutil.rmtree(folder)
