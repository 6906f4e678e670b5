"""One file that cannot be loaded never stops the others, and nothing is passed by in silence."""

from __future__ import annotations

import json
import os
import signal
import warnings
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from astropy_healpix.healpy import ang2pix
from support.files import (
    api_row,
    bulk_rows,
    channel_file,
    manifest_of,
    nested,
    write_api,
    write_hats,
)
from support.releases import let_in, temporary_release

from ztfvo.errors import BadFile
from ztfvo.ingest import run
from ztfvo.ingest.folder import survey
from ztfvo.ingest.manifest import write_manifest
from ztfvo.ingest.plan import jobs
from ztfvo.settings import get_settings


def of(outcomes, action):
    """Keys of the outcomes of one kind, with their messages."""
    return {outcome.key: outcome.message for outcome in outcomes if outcome.action == action}


@pytest.fixture
def data(release):
    """The release's folder with two good files."""
    folder = release.root / "data"
    for field in (600, 601):
        channel_file(folder, field)
    return folder


def test_what_is_no_file_is_refused_by_name_and_the_others_are_loaded(release, data):
    (data / "folder.parquet").mkdir()
    os.mkfifo(data / "pipe.parquet")
    (data / "dangling.parquet").symlink_to(data / "nothing.parquet")
    (data / "circle.parquet").symlink_to(data / "circle.parquet")
    (data / "loop").symlink_to(data)
    (data / "empty.parquet").touch()
    (data / "page.csv").write_text("<html>Service unavailable</html>")
    outcomes = release.ingest()
    assert of(outcomes, "refused") == {
        "folder.parquet": f"{data}/folder.parquet: is a folder, not a file.",
        "pipe.parquet": f"{data}/pipe.parquet: is a pipe, not a file.",
        "dangling.parquet": f"{data}/dangling.parquet: is a link to {data}/nothing.parquet and"
        " leads nowhere: No such file or directory.",
        "circle.parquet": f"{data}/circle.parquet: is a link to {data}/circle.parquet and leads"
        " nowhere: Too many levels of symbolic links.",
        "loop": f"{data}/loop: is a link to a folder that it lies in.",
        "empty.parquet": f"{data}/empty.parquet: the file is empty (0 bytes). Download it again.",
        "page.csv": of(outcomes, "refused")["page.csv"],
    }
    assert of(outcomes, "refused")["page.csv"].startswith(f"{data}/page.csv: unknown layout.")
    assert len(of(outcomes, "loaded")) == 2


def test_named_files_that_are_none_are_refused_and_the_others_are_loaded(release, data, tmp_path):
    good = channel_file(tmp_path / "elsewhere", 602)
    again = channel_file(tmp_path / "again", 602)
    os.mkfifo(tmp_path / "pipe")
    outcomes = release.ingest(tmp_path / "none.parquet", tmp_path, tmp_path / "pipe", good, again)
    assert of(outcomes, "refused") == {
        "none.parquet": f"{tmp_path}/none.parquet: cannot be read: No such file or directory.",
        tmp_path.name: f"{tmp_path}: is a folder, not a file.",
        "pipe": f"{tmp_path}/pipe: is a pipe, not a file.",
        str(again): f"{again}: has the name of {good}. Rename one of the two.",
    }
    assert list(of(outcomes, "loaded")) == [good.name]


def test_links_to_folders_are_followed(release, data, tmp_path):
    channel_file(tmp_path / "store", 602)
    (data / "more").symlink_to(tmp_path / "store")
    key = "more/0/field000602/ztf_000602_zg_c07_q4_test.parquet"
    assert key in of(release.ingest(), "loaded")


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"path,bytes,sha256\n\xff\xfe,1,2\n", "is not UTF-8 (it has a byte 0xff)"),
        (b"path,size\n", "columns bytes, sha256 are missing"),
        (b"path,bytes,sha256\na,1,2\n", "sha256 '2' is not 64 hexadecimal digits"),
        (None, "leads nowhere"),
    ],
)
def test_a_manifest_that_cannot_be_read_is_refused_by_name(release, data, content, cause):
    manifest = data / "manifest.csv"
    if content is None:
        manifest.symlink_to("nowhere")
    else:
        manifest.write_bytes(content)
    outcomes = release.ingest()
    assert cause in of(outcomes, "refused")[str(manifest)]
    assert "The files were loaded without comparing them with it." in outcomes[0].message
    assert len(of(outcomes, "loaded")) == 2


def test_a_manifest_with_a_mark_of_its_byte_order_is_read(release, data):
    write_manifest(data / "manifest.csv", manifest_of(data))
    text = (data / "manifest.csv").read_bytes()
    (data / "manifest.csv").write_bytes(b"\xef\xbb\xbf" + text)
    outcomes = release.ingest()
    assert len(of(outcomes, "loaded")) == len(outcomes) == 2


def test_files_of_other_kinds_are_listed_as_ignored(release, data):
    for name in ("notes.md", "a.parquet.part", ".hidden.parquet", "checksum.md5", "x.fits"):
        (data / name).write_text("x")
    outcomes = release.ingest()
    assert list(of(outcomes, "ignored")) == [
        *(".hidden.parquet", "a.parquet.part", "notes.md", "x.fits"),
    ]
    assert len(of(outcomes, "loaded")) == len(outcomes) - 4


def test_the_command_goes_on_beside_an_unreadable_file_and_writes_a_report(release, data):
    """The command reads as another user than root."""
    folder = get_settings().data / release.name
    folder.mkdir(parents=True)
    try:
        good = channel_file(folder, 603)
        closed = channel_file(folder, 604)
        (folder / "notes.md").write_text("x")
        let_in(release.root)
        for name, mode in (("hidden", 0), ("listed", 0o444)):
            channel_file(folder / name, 605)
            (folder / name).chmod(mode)
        closed.chmod(0)
        result = release.command(check=False)
        assert result.returncode == 1
        shown = result.stderr
        refusal = f"refused {closed}: cannot be read by the user 'ztfvo', whose rights"
        assert refusal in shown
        assert "Ignored, as their names are not those of files of light curves: notes.md" in shown
        assert f"refused {folder}/hidden: cannot be listed: Permission denied." in shown
        assert f"refused {folder}/listed" in shown
        assert "1 ignored, 1 loaded, 3 refused; 2 light curves, 4 detections" in shown
        assert "Traceback" not in shown
        report = Path(shown.rpartition("Report: ")[2].splitlines()[0])
        found = {entry["key"]: entry["action"] for entry in json.loads(report.read_text())}
        assert found == {
            good.relative_to(folder).as_posix(): "loaded",
            closed.relative_to(folder).as_posix(): "refused",
            "notes.md": "ignored",
            "hidden": "refused",
            "listed/0": "refused",
        }
    finally:
        for path in sorted(folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        folder.rmdir()


def test_a_fault_of_a_reader_refuses_the_file_only(release, data, monkeypatch):
    from ztfvo.ingest.readers import bulk_parquet

    read = bulk_parquet.read

    def fail(path):
        if "600" in path.name:
            raise ZeroDivisionError("by chance")
        return read(path)

    monkeypatch.setattr(bulk_parquet, "read", fail)
    outcomes = release.ingest()
    (message,) = of(outcomes, "refused").values()
    assert (
        "cannot be loaded (ZeroDivisionError: by chance). This is a fault of the program" in message
    )
    assert len(of(outcomes, "loaded")) == 1


def test_times_to_come_are_loaded_without_a_librarys_warning(release):
    """Which leap seconds the year 2037 has nobody knows."""
    channel_file(release.root / "data", 600, hmjd=[[58204.5, 58205.5, 65000.5], [65001.5]])
    with warnings.catch_warnings(action="error"):
        outcomes = release.ingest()
    assert of(outcomes, "loaded") == {outcomes[0].key: ""}


@pytest.mark.parametrize(
    ("cause", "message"),
    [
        ("it ends so.", "a.csv: it ends so."),
        ("it ends so", "a.csv: it ends so."),
        ("it ends so. ", "a.csv: it ends so."),
    ],
)
def test_a_refusal_ends_with_one_full_stop(cause, message):
    assert str(BadFile("a.csv", None, cause)) == message
    assert str(BadFile("a.csv", None, cause, remedy="Do that.")) == f"{message} Do that."


def dying(release, job, options):
    """Work of a process that is killed at one file."""
    if "600" in job.key:
        os.kill(os.getpid(), signal.SIGKILL)
    return run._load_one(run._connection, release, job, run._grid, options)


def test_a_process_that_is_killed_ends_in_refusals_and_the_next_run_loads_the_rest(
    release, data, monkeypatch
):
    for field in range(602, 606):
        channel_file(data, field)
    with monkeypatch.context() as patched:
        patched.setattr(run, "_work", dying)
        outcomes = release.ingest(workers=2)
    unfinished = of(outcomes, "refused")
    key = "0/field000600/ztf_000600_zg_c07_q4_test.parquet"
    assert unfinished[key] == (
        f"{data}/{key}: was not loaded, as a process of this ingest was ended, most likely for want"
        " of memory. Run the same command with fewer --workers: what is loaded stays."
    )
    assert len(outcomes) == 6
    assert "refused" not in {outcome.action for outcome in release.ingest(workers=2)}
    assert release.counts() == [6, 12, 12, 24, 6]


def test_the_screen_names_some_of_many_refused_files_and_the_report_all(release):
    folder = release.root / "many"
    folder.mkdir()
    files = [folder / f"{i}.parquet" for i in range(30)]
    for path in files:
        path.touch()
    result = release.command(*files, check=False)
    assert result.stderr.count("the file is empty (0 bytes)") == 20
    assert "30 refused" in result.stderr
    report = Path(result.stderr.rpartition("Report: ")[2].strip())
    assert [entry["action"] for entry in json.loads(report.read_text())] == ["refused"] * 30
    assert "No file was loaded, so there is still no release" in result.stderr
    assert not release.rows("SELECT FROM ztf_store.release WHERE name = %s", release.name)
    dry = release.command(*files, "--dry-run", check=False)
    assert dry.stderr.count("the file is empty (0 bytes)") == 30


def test_a_release_stays_when_later_files_are_refused(release, data, tmp_path):
    release.command(*data.rglob("*600_*.parquet"))
    before = release.content()
    (bad := tmp_path / "empty.parquet").touch()
    result = release.command(bad, check=False)
    assert (result.returncode, "still no release" in result.stderr) == (1, False)
    assert release.rows("SELECT nlightcurves FROM ztf_store.release WHERE name = %s", release.name)
    assert release.content() == before


def test_a_collections_own_files_are_known(tmp_path):
    """Partitions are loaded; thumbnails, margins and metadata are neither that nor named."""
    collection = tmp_path / "ztf_dr24"
    catalog, margin = collection / "ztf_dr24_lc-hats", collection / "ztf_dr24_lc_10arcs"
    rows = channel_file(tmp_path / "bulk", 633)
    (part,) = write_hats([rows], catalog)
    (copy,) = write_hats([rows], margin)
    (catalog / "hats.properties").write_text("#HATS\ndataproduct_type = object\nhats_order=5\n")
    (margin / "hats.properties").write_text("dataproduct_type=margin\n")
    (collection / "collection.properties").write_text("obs_collection=ztf\n")
    for name in ("_metadata", "_common_metadata"):
        (catalog / "dataset" / name).write_bytes(b"x")
    pq.write_table(nested(bulk_rows()), catalog / "dataset" / "data_thumbnail.parquet")
    for name in ("partition_info.csv", "skymap.fits", "properties", "md5sums.txt"):
        (catalog / name).write_text("x")
    contents = survey(collection)
    assert contents.files == [part]
    assert (contents.ignored, contents.faults) == ([], [])
    assert copy.is_file()


def test_a_folder_without_light_curves_is_an_error_that_names_the_suffixes(tmp_path):
    (tmp_path / "notes.md").write_text("x")
    with pytest.raises(Exception, match=r"holds no data files.* end with \.csv, .*\.parquet"):
        jobs(tmp_path, tmp_path, [])


def test_each_of_thousands_of_files_gets_its_entry_of_the_manifest(tmp_path):
    sha256 = "0" * 64
    lines = ["path,bytes,sha256", *(f"a/{i}.parquet,1,{sha256}" for i in range(5000))]
    (tmp_path / "manifest.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "b").mkdir()
    for i in range(3000):
        (tmp_path / "b" / f"{i}.parquet").touch()
    listed = jobs(tmp_path, tmp_path / "none", [])
    assert len(listed) == 8000
    assert sum(job.fault is not None for job in listed) == 5000
    assert all(job.expected.path == f"a/{job.path.name}" for job in listed)


def test_a_contradicting_answer_is_refused_alone(api_release):
    data = api_release.root / "data"
    write_api(data / "a.csv", api_row())
    write_api(data / "b.csv", api_row(mag="12.5"), api_row(hjd="2458299.5", mjd="58298.9"))
    write_api(data / "c.csv", api_row(hjd="2458300.9", mjd="58300.4", mag="17.5"))
    write_api(data / "d.csv", api_row(hjd="2458300.9", mjd="58300.4", mag="18.5"))
    (data / "page.csv").write_text("<html>")
    channel_file(data, 600)
    outcomes = api_release.ingest()
    assert list(of(outcomes, "loaded")) == ["a.csv", "c.csv"]
    refused = of(outcomes, "refused")
    assert f"mag is 12.5 at hmjd 58296.48025, but 16.917614 in {data}/a.csv." in refused["b.csv"]
    assert f"mag is 18.5 at hmjd 58300.40000, but 17.5 in {data}/c.csv." in refused["d.csv"]
    assert "unknown layout" in refused["page.csv"]
    assert "is of layout bulk-parquet" in refused["0/field000600/ztf_000600_zg_c07_q4_test.parquet"]
    assert api_release.rows("SELECT hmjd, mag FROM detections ORDER BY 1") == [
        (58296.48025, pytest.approx(16.917614)),
        (58300.4, 17.5),
    ]
    assert api_release.rows("SELECT path FROM input_file ORDER BY 1") == [("a.csv",), ("c.csv",)]


def test_partitions_of_a_collection_are_loaded_from_its_folder(database, tmp_path):
    rows = channel_file(tmp_path / "bulk", 633)
    with temporary_release(f"coll{os.getpid()}", tmp_path / "root", "hats") as release:
        catalog = release.root / "data" / "catalog"
        (part,) = write_hats([rows], catalog)
        (catalog / "partition_info.csv").write_text("Norder,Npix\n5,1\n")
        (outcome,) = release.ingest()
        assert (outcome.action, outcome.detections) == ("loaded", 4)
        ra, dec = (float(v) for v in release.rows("SELECT ra, dec FROM objects LIMIT 1")[0])
        assert f"Npix={int(ang2pix(32, ra, dec, nest=True, lonlat=True))}/" in part.as_posix()
        assert np.isfinite([ra, dec]).all()
