"""A file that is taken out leaves a release as one that never had it."""

from __future__ import annotations

import pytest
from support.files import api_row, bulk_rows, channel_file, place_in, write_api, write_bulk
from support.images import forgotten
from support.releases import TABLES

from ztfvo.errors import CannotBeDone
from ztfvo.ingest.unload import left, unload

REGISTERED = (
    "SELECT nlightcurves, ndetections, nexposures, hmjd_first, hmjd_last, files, footprint"
    " FROM ztf_store.release WHERE name = %s"
)


def state(release):
    """All that is known of a release, apart from running numbers and the time of loading."""
    return {
        "content": release.content(),
        "rows": dict(zip(TABLES, release.counts(), strict=True)),
        "registered": release.rows(REGISTERED, release.name),
        "sets": release.rows(
            "SELECT fieldid, rcid, filterid, ticks, clrcoeff, mjd_mid, ndetections"
            " FROM exposure_set ORDER BY 1, 2, 3, 4"
        ),
        "files": release.rows("SELECT path, cells, quadrants FROM input_file ORDER BY 1"),
        "images": release.rows(
            "SELECT fieldid, rcid, filterid, filefracday FROM ztf_store.image"
            " WHERE simulated ORDER BY 1, 2, 3, 4"
        ),
    }


def take_out(release, file):
    return unload(release.connection, release.declared, file, release.root / "data")


def second_file(folder):
    """A file of the channel of `channel_file` in field 601, with an exposure of that one's."""
    rows = bulk_rows()
    first = channel_file(folder, 601)
    rows["objectid"] = [601107400005570, 601107400005571]
    rows["fieldid"] = [601, 601]
    rows["clrcoeff"] = [[-0.05, -0.06, -0.09], [-0.08]]
    ra, dec = place_in(601, 27)
    rows |= {"objra": [ra, ra], "objdec": [dec, dec + 0.01]}
    return first, write_bulk(first.with_name("second.parquet"), rows)


def test_a_file_of_a_channel_of_its_own_leaves_nothing(release, twin):
    for each in (release, twin):
        channel_file(each.root / "data", 600)
    twin.ingest()
    channel_file(release.root / "data", 700)
    release.ingest()
    assert state(release) != state(twin)
    assert take_out(release, "ztf_000700_zg_c07_q4_test.parquet") == (
        "0/field000700/ztf_000700_zg_c07_q4_test.parquet"
    )
    assert state(release) == state(twin)


def test_a_file_that_shares_a_channel_leaves_the_others_exposures(release, twin):
    for each in (release, twin):
        _, second = second_file(each.root / "data")
        if each is twin:
            second.unlink()
        each.ingest()
    assert release.rows("SELECT sum(ndetections) FROM exposures") == [(8,)]
    take_out(release, str(release.root / "data/0/field000601/second.parquet"))
    assert state(release) == state(twin)
    assert release.rows("SELECT sum(ndetections) FROM exposures") == [(4,)]


def test_the_last_file_leaves_an_empty_release_that_can_be_loaded_again(release):
    channel_file(release.root / "data", 600)
    release.ingest()
    before = state(release)
    take_out(release, "0/field000600/ztf_000600_zg_c07_q4_test.parquet")
    assert release.counts() == [0] * 5
    assert release.rows(REGISTERED, release.name) == [(0, 0, 0, None, None, 0, "8/")]
    release.ingest()
    assert state(release) == before


def answers(folder):
    """Three answers: two share an OID, two an exposure of one channel."""
    first = api_row()
    later = api_row(hjd="2458310.9", mjd="58310.4", mag="17.5", filefracday=20180711400000)
    other = api_row(oid=604103100006999, mag="15.5", ra="30.37")
    lone = api_row(hjd="2458320.9", mjd="58320.4", mag="17.0", filefracday=20180721400000)
    write_api(folder / "a.csv", first, later)
    write_api(folder / "b.csv", first, other, lone)
    write_api(
        folder / "c.csv",
        api_row(oid=604203100003189, filtercode="zr", filefracday=20180627483033),
    )


@pytest.fixture
def remembered_images(database):
    """No names of images but those of this test."""
    with forgotten() as connection:
        yield connection


@pytest.mark.parametrize("file", ["a.csv", "b.csv", "c.csv"])
def test_an_answer_leaves_what_the_others_say(api_release, api_twin, remembered_images, file):
    answers(api_release.root / "data")
    api_release.ingest()
    answers(api_twin.root / "data")
    (api_twin.root / "data" / file).unlink()
    images = state(api_release)["images"]
    take_out(api_release, file)
    mine = state(api_release)
    assert mine["images"] != images
    remembered_images.execute("DELETE FROM ztf_store.image")
    api_twin.ingest()
    assert mine == state(api_twin)


def test_an_answer_is_taken_out_only_while_those_that_share_its_channel_are_there(api_release):
    data = api_release.root / "data"
    answers(data)
    api_release.ingest()
    before = state(api_release)
    (data / "b.csv").rename(data / "b.moved")
    with pytest.raises(CannotBeDone, match=r"a\.csv shares channels with another file\. b\.csv: "):
        take_out(api_release, "a.csv")
    (data / "b.csv").write_text("changed")
    with pytest.raises(CannotBeDone, match=r"b\.csv: has changed since it was loaded\. Put it"):
        take_out(api_release, "a.csv")
    assert state(api_release) == before
    take_out(api_release, "c.csv")


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (
            "ztf_000600_zg_c07_q5_test.parquet",
            r"No file .* which has 2\. Similar",
        ),
        ("x", r"No file x is loaded into t\d+_\d+, which has 2\.$"),
        ("same.parquet", r"Several files are called same.parquet: a/same.*, b/same.*\. Give the"),
        ("'; DROP TABLE object --", "No file '; DROP TABLE object -- is loaded"),
    ],
)
def test_a_file_that_is_not_loaded_is_an_error_with_similar_names(release, file, message):
    data = release.root / "data"
    for place, field in (("a", 600), ("b", 601)):
        path = channel_file(data, field)
        if file == "same.parquet":
            (data / place).mkdir()
            path.rename(data / place / "same.parquet")
    release.ingest()
    with pytest.raises(CannotBeDone, match=message):
        take_out(release, file)
    assert release.counts() == [2, 4, 4, 8, 2]


def test_an_interrupted_removal_changes_nothing(release, monkeypatch):
    """Removal and what follows from it are one transaction."""
    from ztfvo.ingest import unload as module

    channel_file(release.root / "data", 600)
    release.ingest()
    before = state(release)
    monkeypatch.setattr(module, "forget", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        take_out(release, "ztf_000600_zg_c07_q4_test.parquet")
    assert state(release) == before


def test_files_that_left_the_folder_are_reported(release):
    data = release.root / "data"
    paths = [channel_file(data, field) for field in (600, 601, 602)]
    release.ingest()
    paths[0].unlink()
    moved = paths[1].rename(data / "moved.parquet")
    outcomes = release.ingest()
    assert {outcome.key: outcome.action for outcome in outcomes} == {
        "moved.parquet": "unchanged",
        "0/field000602/ztf_000602_zg_c07_q4_test.parquet": "unchanged",
    }
    assert outcomes[1].message == (
        "loaded before as 0/field000601/ztf_000601_zg_c07_q4_test.parquet"
    )
    gone = left(release.connection, release.declared, data, outcomes)
    assert [(outcome.key, outcome.action) for outcome in gone] == [
        ("0/field000600/ztf_000600_zg_c07_q4_test.parquet", "left")
    ]
    assert moved.is_file()
