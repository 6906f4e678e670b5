"""Downloads from a local stand-in of the archive, in fair weather and in foul."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer
from support import archive as stand_in_module
from support.archive import DR19, SERVICE, Fault, StandIn, real_archive
from support.files import ROOT, SHARED, api_row, bulk_rows, needs_shared, write_api, write_bulk
from typer.testing import CliRunner

from ztfvo.commands import download as command
from ztfvo.download import catalogue, client, run, select, sky, transfer
from ztfvo.download.catalogue import RemoteFile
from ztfvo.download.client import Archive, Manners
from ztfvo.download.errors import ArchiveUnreachable, DownloadError, NoSpace, human
from ztfvo.download.select import Wish
from ztfvo.download.source import Source, read_source
from ztfvo.ingest import manifest
from ztfvo.ingest.checks import check
from ztfvo.ingest.readers import read_file

QUICK = Manners(attempts=3, pause=0.0, backoff=0.001, timeout=5.0)
INPUTS = ROOT / "inputs" / "ztf"
HOME = "1/field001722/"
ZG = f"{HOME}ztf_001722_zg_c07_q4_dr19.parquet"
ZR = f"{HOME}ztf_001722_zr_c07_q4_dr19.parquet"
OTHER = "0/field000633/ztf_000633_zg_c07_q4_dr19.parquet"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A small published tree: two filters of field 1722, one file of field 633."""
    folder = tmp_path_factory.mktemp("tree")
    write_bulk(folder / ZG)
    for path, shift, field in ((ZR, 10**11, 1722), (OTHER, -1089 * 10**12, 633)):
        rows = bulk_rows()
        rows["objectid"] = [oid + shift for oid in rows["objectid"]]
        rows["fieldid"] = [field] * 2
        rows["filterid"] = [2, 2] if field == 1722 else [1, 1]
        write_bulk(folder / path, rows)
    return folder


@pytest.fixture
def server(made):
    """The stand-in, with one checksum list at the root."""
    with StandIn() as server:
        server.publish(made, DR19)
        server.add_checksums(DR19, "checksum.md5")
        yield server


def source_of(server, layout="bulk-parquet", path=DR19, **more):
    return Source("dr19", layout, server.url, path.lstrip("/"), **more)


def archive_of(server, waits=None, **changes):
    waits = [] if waits is None else waits
    return Archive(server.url, Manners(**(vars(QUICK) | changes)), sleep=waits.append)


class Quiet:
    """Progress that only counts."""

    def __init__(self):
        self.bytes, self.files, self.failures = 0, [], []

    def advance(self, size):
        self.bytes += size

    def done(self, remote):
        self.files.append(remote.path)

    def failed(self, remote, reason):
        self.failures.append(reason)


def get(server, wish, folder, source=None, progress=None, **changes):
    """Choose, plan and run; the choice and the outcome."""
    source = source or source_of(server)
    with archive_of(server, **changes) as archive:
        choice = select.choose(archive, source, wish, INPUTS)
        todo = run.plan(archive, choice.files, folder)
        return choice, run.run(archive, todo, progress or Quiet())


def paths(choice):
    return [remote.path for remote in choice.files]


def test_a_field_arrives_whole_with_its_manifest(server, made, tmp_path):
    progress = Quiet()
    choice, outcome = get(server, Wish(fields=(1722,)), tmp_path, progress=progress)
    assert paths(choice) == [ZG, ZR]
    assert (outcome.failures, choice.missing) == ([], [])
    assert progress.bytes == sum((made / path).stat().st_size for path in (ZG, ZR))
    for path in (ZG, ZR):
        assert (tmp_path / path).read_bytes() == (made / path).read_bytes()
    entries = manifest.read_manifest(tmp_path / manifest.NAME)
    assert [(entry.path, entry.rows, entry.detections) for entry in entries] == [
        (ZG, 2, 4),
        (ZR, 2, 4),
    ]
    for entry in entries:
        path = manifest.verify(entry, tmp_path)
        check(read_file(path)[1], path)
    assert not list(tmp_path.rglob("*.part*"))


def test_the_same_again_fetches_nothing(server, tmp_path):
    get(server, Wish(everything=True), tmp_path)
    before = len(server.asked(DR19 + ZG))
    choice, outcome = get(server, Wish(everything=True), tmp_path)
    assert len(choice.files) == 3 and outcome.fetched == []
    assert len(server.asked(DR19 + ZG)) == before == 1


def test_a_file_that_arrived_before_its_entry_is_kept(server, tmp_path):
    get(server, Wish(fields=(1722,)), tmp_path)
    (tmp_path / manifest.NAME).unlink()
    _, outcome = get(server, Wish(fields=(1722,)), tmp_path)
    assert outcome.fetched == []
    assert len(manifest.read_manifest(tmp_path / manifest.NAME)) == 2


def test_a_damaged_file_is_fetched_anew_when_asked_to_verify(server, made, tmp_path):
    get(server, Wish(fields=(1722,)), tmp_path)
    content = bytearray((tmp_path / ZG).read_bytes())
    content[100] ^= 1
    (tmp_path / ZG).write_bytes(content)
    with archive_of(server) as archive:
        choice = select.choose(archive, source_of(server), Wish(fields=(1722,)), INPUTS)
        assert run.plan(archive, choice.files, tmp_path).wanted == []
        todo = run.plan(archive, choice.files, tmp_path, verify=True)
        assert [remote.path for remote in todo.wanted] == [ZG]
        run.run(archive, todo, Quiet())
    assert (tmp_path / ZG).read_bytes() == (made / ZG).read_bytes()


def test_a_dropped_connection_goes_on_where_it_stopped(server, made, tmp_path):
    server.faults[DR19 + ZG] = [Fault(drop_after=1000), Fault(drop_after=500)]
    progress = Quiet()
    _, outcome = get(server, Wish(fields=(1722,), filters=("zg",)), tmp_path, progress=progress)
    assert outcome.failures == []
    assert (tmp_path / ZG).read_bytes() == (made / ZG).read_bytes()
    asked = [headers.get("range") for headers in server.asked(DR19 + ZG)]
    assert asked == [None, "bytes=1000-", "bytes=1500-"]
    assert progress.bytes == (made / ZG).stat().st_size


def test_an_interrupted_download_resumes_in_the_next_run(server, made, tmp_path):
    server.faults[DR19 + ZG] = [Fault(drop_after=n) for n in (700, 0, 0, 0)]
    _, outcome = get(server, Wish(fields=(1722,)), tmp_path)
    assert [remote.path for remote, _ in outcome.failures] == [ZG]
    assert [remote.path for remote in outcome.fetched] == [ZR]
    assert (tmp_path / (ZG + ".part")).stat().st_size == 700
    server.faults.clear()
    server.requests.clear()
    with archive_of(server) as archive:
        choice = select.choose(archive, source_of(server), Wish(fields=(1722,)), INPUTS)
        todo = run.plan(archive, choice.files, tmp_path)
        assert todo.size == (made / ZG).stat().st_size - 700
        run.run(archive, todo, Quiet())
    assert [headers["range"] for headers in server.asked(DR19 + ZG)] == ["bytes=700-"]
    assert (tmp_path / ZG).read_bytes() == (made / ZG).read_bytes()
    assert len(manifest.read_manifest(tmp_path / manifest.NAME)) == 2


def test_parts_of_two_versions_are_never_joined(server, made, tmp_path):
    part = tmp_path / (ZG + ".part")
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x" * 700)
    part.with_name(part.name + ".tag").write_text('"another version"')
    _, outcome = get(server, Wish(fields=(1722,)), tmp_path)
    assert outcome.failures == []
    assert (tmp_path / ZG).read_bytes() == (made / ZG).read_bytes()


def test_a_server_without_ranges_sends_all_again(server, made, tmp_path):
    server.ranges = False
    server.faults[DR19 + ZG] = [Fault(drop_after=1000)]
    progress = Quiet()
    _, outcome = get(server, Wish(fields=(1722,), filters=("zg",)), tmp_path, progress=progress)
    assert outcome.failures == []
    assert progress.bytes == (made / ZG).stat().st_size
    assert (tmp_path / ZG).read_bytes() == (made / ZG).read_bytes()


def test_a_part_that_was_complete_is_taken(server, made, tmp_path):
    part = tmp_path / (ZG + ".part")
    part.parent.mkdir(parents=True)
    shutil.copyfile(made / ZG, part)
    tag = hashlib.md5((made / ZG).read_bytes()).hexdigest()[:12]
    part.with_name(part.name + ".tag").write_text(f'"{tag}"')
    progress = Quiet()
    _, outcome = get(server, Wish(fields=(1722,), filters=("zg",)), tmp_path, progress=progress)
    assert (outcome.failures, progress.bytes) == ([], 0)
    assert (tmp_path / ZG).read_bytes() == (made / ZG).read_bytes()


def test_a_busy_server_is_asked_again_when_it_says(server, tmp_path):
    server.faults[DR19 + ZG] = [Fault(status=503, retry_after="7"), Fault(status=429)]
    waits = []
    _, outcome = get(server, Wish(fields=(1722,), filters=("zg",)), tmp_path, waits=waits)
    assert outcome.failures == []
    assert waits[0] == 7.0 and 0 < waits[1] < 0.01


def test_a_server_that_wants_too_much_patience_is_left_alone(server, tmp_path):
    server.faults[DR19 + ZG] = [Fault(status=503, retry_after="86400")]
    _, outcome = get(server, Wish(fields=(1722,)), tmp_path)
    assert len(outcome.fetched) == 1
    assert "asks to come back in 86400 s (503" in outcome.failures[0][1]
    assert len(server.asked(DR19 + ZG)) == 1


def test_a_wrong_checksum_removes_the_file_and_others_go_on(server, tmp_path):
    broken = server.files[DR19 + ZG][:-1] + b"x"
    server.files[DR19 + ZG] = broken
    _, outcome = get(server, Wish(everything=True), tmp_path)
    assert [remote.path for remote in outcome.fetched] == [OTHER, ZR] or len(outcome.fetched) == 2
    (remote, reason) = outcome.failures[0]
    assert remote.path == ZG
    assert f"md5 is {hashlib.md5(broken).hexdigest()}, the archive's list says" in reason
    assert not list((tmp_path / HOME).glob("*zg*"))
    assert len(manifest.read_manifest(tmp_path / manifest.NAME)) == 2


def test_a_listed_file_that_is_gone_is_reported_and_others_go_on(server, tmp_path):
    del server.files[DR19 + ZG]
    _, outcome = get(server, Wish(fields=(1722,)), tmp_path)
    assert len(outcome.fetched) == 1
    assert outcome.failures[0][1].endswith(f"{ZG}: the archive has no such file (404)")


def test_a_server_that_is_down_is_said_to_be():
    nowhere = "http://127.0.0.1:9"
    with (
        Archive(nowhere, QUICK, sleep=lambda _: None) as archive,
        pytest.raises(ArchiveUnreachable, match="no answer after 3 attempts"),
    ):
        archive.text(f"{nowhere}/")


@pytest.mark.parametrize("location", ["http://example.invalid/a", "https://127.0.0.1/a"])
def test_no_other_host_is_ever_contacted(server, tmp_path, location):
    server.faults[DR19 + ZG] = [Fault(status=302, location=location)]
    _, outcome = get(server, Wish(fields=(1722,)), tmp_path)
    assert f"{location}: refused, only {server.url} is contacted" in outcome.failures[0][1]


def test_a_redirect_within_the_host_is_followed(server, made, tmp_path):
    server.files["/moved/file"] = server.files[DR19 + ZG]
    server.faults[DR19 + ZG] = [Fault(status=301, location="/moved/file")]
    _, outcome = get(server, Wish(fields=(1722,)), tmp_path)
    assert outcome.failures == []
    assert (tmp_path / ZG).read_bytes() == (made / ZG).read_bytes()


def test_a_full_disk_stops_the_download(server, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(run, "fetch", full)
    with archive_of(server) as archive:
        archive.connections = 1
        choice = select.choose(archive, source_of(server), Wish(everything=True), INPUTS)
        outcome = run.run(archive, run.plan(archive, choice.files, tmp_path), Quiet())
    assert "No space left on device" in outcome.failures[0][1]
    assert (len(outcome.failures), len(outcome.untried)) == (1, 2)


def test_what_does_not_fit_is_refused_with_both_numbers(tmp_path):
    todo = run.Plan(tmp_path / "a" / "b", [], [RemoteFile("x", "y")], 10**18, False, {})
    with pytest.raises(NoSpace, match=r"1000000\.0 TB are needed and \d.* are free"):
        run.check_space(todo)
    assert [human(n) for n in (999, 1500, 2.6e6, 3e9)] == [
        "999 bytes",
        "1.5 kB",
        "2.6 MB",
        "3.0 GB",
    ]


def test_the_client_introduces_itself_and_keeps_its_pace(server, tmp_path):
    waits = []
    get(server, Wish(fields=(1722,)), tmp_path, waits=waits, pause=0.25)
    assert server.requests[0][2]["user-agent"].startswith("ztfvo/")
    assert sum(waits) > 0.25 * (len(server.requests) - 2) - 0.2


@pytest.mark.parametrize("name", ["checksum.md5", "checksums.md5", "md5sums.txt"])
@pytest.mark.parametrize("by_folder", [False, True])
def test_every_place_and_name_of_checksum_lists_is_found(made, tmp_path, name, by_folder):
    with StandIn() as server:
        server.publish(made, DR19)
        if by_folder:
            server.add_folder_checksums(DR19, name)
        else:
            server.add_checksums(DR19, name)
        choice, outcome = get(server, Wish(fields=(1722,)), tmp_path)
        assert paths(choice) == [ZG, ZR]
        assert [file.checksum for file in choice.files] == [
            hashlib.md5((made / path).read_bytes()).hexdigest() for path in (ZG, ZR)
        ]
        assert outcome.failures == []
        assert not server.asked(f"{DR19}0/field000633/")


def test_without_any_checksum_list_the_listings_serve(made, tmp_path):
    with StandIn() as server:
        server.publish(made, DR19)
        choice, outcome = get(server, Wish(everything=True), tmp_path)
        assert paths(choice) == [OTHER, ZG, ZR]
        assert {file.checksum for file in choice.files} == {None}
        assert len(outcome.fetched) == 3


def test_a_listing_gives_only_what_lies_in_the_folder():
    html = (
        '<a href="?C=M;O=A">x</a><a href="/data/">up</a><a href="../">up</a>'
        '<a href="https://example.org/a">out</a><a href="field000202/">f</a>'
        '<a href="a%20b.parquet">a</a><a href="field000202/">again</a><a href="x/../../y">no</a>'
    )
    assert catalogue.parse_listing(html) == ["field000202/", "a b.parquet"]


def test_checksum_lines_are_parsed_and_paths_kept_inside():
    text = (
        "# comment\n"
        f"{'A' * 32}  ./0//field000202/x.parquet\n"
        f"{'b' * 64} *1/y.parquet\n"
        f"{'c' * 32}  ../../etc/passwd\n"
        "not a line\n"
    )
    assert catalogue.parse_checksums(text) == {
        "0/field000202/x.parquet": "a" * 32,
        "1/y.parquet": "b" * 64,
    }


def test_an_unknown_field_is_missing_and_the_others_come(server, tmp_path):
    choice, outcome = get(server, Wish(fields=(1722, 9999)), tmp_path)
    assert len(outcome.fetched) == 2
    assert choice.missing == ["Field 9999 is not in release dr19; it lists 2 fields, 633 to 1722."]


def test_oids_lead_to_their_files(server, tmp_path):
    wish = Wish(oids=(1722207400009164, 633107400004730, 633207400004730))
    choice, _ = get(server, wish, tmp_path)
    assert paths(choice) == [OTHER, ZR]
    assert choice.missing == [
        "OID 633207400004730: release dr19 has no file of field 633, zr, CCD 7, quadrant 4."
    ]


def test_a_cone_leads_to_the_quadrants_it_touches(server, tmp_path):
    choice, _ = get(server, Wish(cone=(254.45755, 35.34236, 0.01)), tmp_path)
    assert paths(choice) == [ZG, ZR]
    choice, _ = get(server, Wish(cone=(254.45755, 35.34236, 0.01), filters=("zr",)), tmp_path)
    assert paths(choice) == [ZR]
    choice, _ = get(server, Wish(cone=(10.0, -20.0, 0.01)), tmp_path)
    assert paths(choice) == []
    assert choice.missing == ["Release dr19 has nothing within 0.01 degrees of 10 -20."]


KNOWN_PLACES = [
    # ra, dec, field, rcid: objects whose OID and position are known
    (247.45543, 24.77282, 633, 27),
    (245.05375, 28.38220, 633, 62),
    (219.83787, 47.40378, 758, 16),
    (121.02564, 55.26591, 783, 35),
    (253.15763, 25.82260, 634, 28),
    (205.97232, 61.55479, 821, 24),
    (208.28069, 40.80206, 718, 43),
    (254.45755, 35.34236, 680, 50),
    (254.45755, 35.34236, 1722, 27),
    (267.574250, -22.214500, 281, 50),
]


@pytest.mark.parametrize("place", KNOWN_PLACES, ids=lambda place: f"{place[2]}-{place[3]}")
def test_known_objects_lie_in_their_quadrants(place):
    ra, dec, field, rcid = place
    grid = sky.read_grid(INPUTS)
    found = sky.quadrants_in_cone(grid, ra, dec, 1 / 3600)
    assert (field, rcid) in found
    assert len(found) <= 8
    assert (field, rcid) in sky.quadrants_in_cone(grid, ra, dec + 0.5, 0.51)


@needs_shared
def test_all_real_objects_lie_in_their_quadrants():
    grid = sky.read_grid(INPUTS)
    for path in sorted((SHARED / "ztf-lc-api").glob("*/*.csv")):
        _, curves = read_file(path)
        for ra, dec, field, rcid in zip(
            curves.ra, curves.dec, curves.fieldid, curves.rcid, strict=True
        ):
            assert (field, rcid) in sky.quadrants_in_cone(grid, ra, dec, 1 / 3600)
    for path in sorted((SHARED / "ztf-dr-bulk").glob("lc_*/*/*/*.parquet")):
        _, curves = read_file(path)
        for index in range(0, len(curves), 97):
            found = sky.quadrants_in_cone(grid, curves.ra[index], curves.dec[index], 1 / 3600)
            assert (curves.fieldid[index], curves.rcid[index]) in found


def test_cones_at_the_pole_and_across_ra_zero():
    grid = sky.read_grid(INPUTS)
    assert {field for field, _ in sky.quadrants_in_cone(grid, 77.0, 90.0, 0.1)} >= {1894, 1895}
    west = sky.quadrants_in_cone(grid, 359.9999, 20.0, 0.3)
    east = sky.quadrants_in_cone(grid, 0.0001, 20.0, 0.3)
    assert west == east and west
    assert sky.pixels_in_cone(5, 359.9999, 20.0, 0.3) == sky.pixels_in_cone(5, 0.0001, 20.0, 0.3)


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        (Wish(), "Give one of --field, --cone, --oid and --all"),
        (Wish(fields=(1,), everything=True), "Give one of"),
        (Wish(fields=(1722,), filters=("g",)), "There is no filter 'g'"),
        (Wish(cone=(361.0, 0.0, 1.0)), "Position 361 0 is not on the sky"),
        (Wish(cone=(0.0, -91.0, 1.0)), "Position 0 -91 is not on the sky"),
        (Wish(cone=(0.0, 0.0, 0.0)), "Radius 0 is out of range: above 0, at most 10"),
        (Wish(cone=(float("nan"), 0.0, 1.0)), "Position nan 0"),
    ],
)
def test_impossible_wishes_are_refused(server, tmp_path, wish, message):
    with pytest.raises(DownloadError, match=message):
        get(server, wish, tmp_path)


@pytest.mark.parametrize(
    ("layout", "wish", "message"),
    [
        ("hats", Wish(fields=(1722,)), "divided by position on the sky.*--cone"),
        ("hats", Wish(oids=(1722207400009164,)), "divided by position"),
        ("irsa-api", Wish(everything=True), "positions and OIDs only"),
        ("irsa-api", Wish(fields=(1722,)), "positions and OIDs only"),
    ],
)
def test_layouts_are_asked_only_what_they_can_answer(server, tmp_path, layout, wish, message):
    with pytest.raises(DownloadError, match=message):
        get(server, wish, tmp_path, source_of(server, layout))


def test_lists_of_oids_are_read(tmp_path):
    file = tmp_path / "oids.txt"
    file.write_text("# my stars\n633207400004730\n\n 1722207400009164 # HZ Her\n633207400004730\n")
    assert select.read_oids(file) == (633207400004730, 1722207400009164)
    file.write_text("name,OID\nSNAD101,633207400004730\n")
    assert select.read_oids(file) == (633207400004730,)
    for content, message in (("abc\n", "line 1: 'abc' is not"), ("# none\n", "holds no OID")):
        file.write_text(content)
        with pytest.raises(DownloadError, match=message):
            select.read_oids(file)
    with pytest.raises(DownloadError, match="cannot be read"):
        select.read_oids(tmp_path / "missing")


@pytest.fixture
def service(tmp_path):
    """The stand-in's light-curve service with two made light curves."""
    other = {"oid": 604203100003189, "filtercode": "zr"}
    answers = write_api(
        tmp_path / "all.csv", api_row(), api_row(hjd="2458300.96"), api_row(**other)
    )
    with StandIn() as server:
        server.serve_answers([answers])
        yield server


def service_source(server):
    return source_of(server, "irsa-api", SERVICE, collection="ztf_dr24", max_radius=0.1667)


def test_oids_are_asked_of_the_service_one_by_one(service, tmp_path):
    wish = Wish(oids=(604103100006917, 604203100003189, 604203100003190))
    choice, outcome = get(service, wish, tmp_path / "data", service_source(service))
    assert outcome.failures == []
    entries = manifest.read_manifest(tmp_path / "data" / manifest.NAME)
    assert [(entry.path, entry.rows, entry.detections) for entry in entries] == [
        ("oid_604103100006917.csv", 1, 2),
        ("oid_604203100003189.csv", 1, 1),
        ("oid_604203100003190.csv", 0, 0),
    ]
    assert "COLLECTION=ztf_dr24" in choice.files[0].url
    assert get(service, wish, tmp_path / "data", service_source(service))[1].fetched == []


def test_a_cone_is_asked_of_the_service_at_once(service, tmp_path):
    wish = Wish(cone=(30.3633, 23.8314, 0.001))
    _, outcome = get(service, wish, tmp_path / "data", service_source(service))
    (remote,) = outcome.fetched
    _, curves = read_file(tmp_path / "data" / remote.path)
    assert remote.path == "cone_30.36330_+23.83140_0.00100.csv"
    assert curves.oid.tolist() == [604103100006917, 604203100003189]
    with pytest.raises(DownloadError, match=r"at most 0\.1667"):
        get(service, Wish(cone=(30.0, 23.0, 0.2)), tmp_path, service_source(service))


def test_the_passing_errors_of_the_service_are_outlasted(service, tmp_path):
    service.faults[SERVICE] = [Fault(status=400), Fault(drop_after=300)]
    wish = Wish(oids=(604103100006917,))
    _, outcome = get(service, wish, tmp_path / "data", service_source(service))
    assert outcome.failures == []
    assert len(read_file(tmp_path / "data" / "oid_604103100006917.csv")[1].hmjd) == 2
    assert all("range" not in headers for headers in service.asked(SERVICE))


def test_an_error_document_in_place_of_a_table_is_refused(service, tmp_path):
    service.answer = lambda _: b'<VOTABLE><INFO value="ERROR">too busy</INFO></VOTABLE>'
    wish = Wish(oids=(604103100006917,))
    _, outcome = get(service, wish, tmp_path / "data", service_source(service))
    assert "the service answers no table but: <VOTABLE>" in outcome.failures[0][1]
    assert list((tmp_path / "data").glob("*.csv*")) == []


def test_what_is_no_light_curve_file_does_not_stay(server, tmp_path):
    server.files[DR19 + ZG] = b"<html>moved</html>"
    server.files.pop(DR19 + "checksum.md5")
    _, outcome = get(server, Wish(fields=(1722,)), tmp_path)
    assert "damaged or unreadable" in outcome.failures[0][1]
    assert not (tmp_path / ZG).exists()


def test_release_descriptions_are_read_and_faults_named(tmp_path):
    source = read_source(INPUTS, "dr19", "https://archive.example/")
    assert source.url("a") == "https://archive.example/data/ZTF/lc/lc_dr19/a"
    assert read_source(INPUTS, "dr24", "https://archive.example").server.endswith("amazonaws.com")
    with pytest.raises(DownloadError, match=r"no release 'dr99'; known are: .*dr19.*dr5"):
        read_source(INPUTS, "dr99", "https://archive.example")
    file = tmp_path / "x" / "release.toml"
    file.parent.mkdir()
    for text, message in (
        ('layout = "text"', r"no table \[download\]"),
        ('[download]\npath = "a"', "layout is missing"),
        ('layout = "text"\n[download]\n', "path is missing"),
        ('layout = "text"\n[download]\npath = "a"\nserver = "ftp://b"', "not the address"),
        ("layout", "cannot be read"),
    ):
        file.write_text(text)
        with pytest.raises(DownloadError, match=message):
            read_source(tmp_path, "x", "https://archive.example")


def test_sizes_of_many_files_are_estimated(server, tmp_path, monkeypatch):
    monkeypatch.setattr(run, "SAMPLE", 2)
    with archive_of(server) as archive:
        choice = select.choose(archive, source_of(server), Wish(everything=True), INPUTS)
        todo = run.plan(archive, choice.files, tmp_path)
    total = sum(len(server.files[DR19 + remote.path]) for remote in todo.wanted)
    assert todo.estimated and abs(todo.size - total) < 0.1 * total
    assert sum(method == "HEAD" for method, *_ in server.requests) == 2


def test_constants_name_what_the_stand_in_serves():
    assert stand_in_module.DR19.strip("/") == read_source(INPUTS, "dr19", "http://a").path.strip(
        "/"
    )
    assert stand_in_module.DR24.strip("/") == read_source(INPUTS, "dr24", "http://a").path.strip(
        "/"
    )
    assert SERVICE.strip("/") == read_source(INPUTS, "irsa", "http://a").path
    assert client.RETRIED < transfer.RETRIED_ANSWERS


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """Call the command as a user does; gives exit status and what was printed."""
    from ztfvo import settings

    root = tmp_path / "root"
    shutil.copytree(INPUTS, root / "inputs" / "ztf", ignore=shutil.ignore_patterns("demo"))

    def call(server, *arguments):
        for file in (root / "inputs" / "ztf").glob("*/release.toml"):
            text = file.read_text().replace("https://ipac-irsa-ztf.s3.amazonaws.com", server.url)
            file.write_text(text)
        monkeypatch.setenv("ZTFVO_ROOT", str(root))
        monkeypatch.setenv("ZTFVO_VAR", str(tmp_path / "var"))
        monkeypatch.setenv("ZTFVO_IRSA_URL", server.url)
        settings.get_settings.cache_clear()
        app = typer.Typer()
        app.command("other")(lambda: None)
        command.register(app)
        result = CliRunner().invoke(app, ["download", *map(str, arguments)])
        settings.get_settings.cache_clear()
        return result.exit_code, result.output, tmp_path / "var" / "data"

    return call


def test_the_command_takes_several_fields(server, shell):
    code, output, data = shell(server, "dr19", "--field", 1722, 633)
    assert code == 0
    assert f"dr19: files chosen: 3, already here: 0, to fetch from {server.url}: 3, " in output
    assert "Files fetched: 3, failed: 0." in output
    assert len(manifest.read_manifest(data / "dr19" / manifest.NAME)) == 3
    code, output, _ = shell(server, "dr19", "--field", 1722, 633)
    assert code == 0 and "already here: 3" in output


def test_the_command_tells_what_it_would_do(server, shell):
    code, output, data = shell(server, "dr19", "--all", "--dry-run")
    assert code == 0
    assert f"{server.url}{DR19}{ZG}\n" in output
    assert not data.exists()


def test_the_command_fails_clearly(server, shell):
    server.faults[DR19 + ZG] = [Fault(status=403)]
    code, output, data = shell(server, "dr19", "--field", 1722, 9999)
    assert code == 1
    assert f"Failed: {server.url}{DR19}{ZG}: the archive answers 403 Forbidden" in output
    assert "Missing: Field 9999 is not in release dr19" in output
    assert "Files fetched: 1, failed: 1." in output
    assert (data / "dr19" / ZR).is_file()
    for arguments, message in (
        (("dr99", "--all"), "There is no release 'dr99'"),
        (("dr19",), "Give one of --field"),
        (("dr19", 1722), "What is 1722? Field numbers come after --field."),
        (("dr19", "--cone", 10, -95, 1), "Position 10 -95 is not on the sky"),
    ):
        code, output, _ = shell(server, *arguments)
        assert code == 1 and message in output
        assert "Traceback" not in output


def test_a_killed_download_goes_on_without_loss(server, made, tmp_path):
    root = tmp_path / "root"
    shutil.copytree(INPUTS, root / "inputs" / "ztf", ignore=shutil.ignore_patterns("demo"))
    environment = os.environ | {
        "ZTFVO_ROOT": str(root),
        "ZTFVO_VAR": str(tmp_path / "var"),
        "ZTFVO_IRSA_URL": server.url,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    program = "from ztfvo.commands import download as c; import typer; typer.run(c.download)"
    line = [sys.executable, "-c", program, "dr19", "--field", "1722"]
    server.faults[DR19 + ZG] = [Fault(hold_after=900)]
    part = tmp_path / "var" / "data" / "dr19" / (ZG + ".part")
    process = subprocess.Popen(line, env=environment, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    other = part.parent / Path(ZR).name
    while not (part.exists() and part.stat().st_size == 900 and other.exists()):
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.02)
    process.kill()
    process.wait()
    server.go.set()
    subprocess.run(line, env=environment, check=True, capture_output=True)
    assert [headers.get("range") for headers in server.asked(DR19 + ZG)] == [None, "bytes=900-"]
    assert len(server.asked(DR19 + ZR)) == 1
    entries = manifest.read_manifest(tmp_path / "var" / "data" / "dr19" / manifest.NAME)
    assert [entry.path for entry in entries] == [ZG, ZR]
    for entry in entries:
        manifest.verify(entry, tmp_path / "var" / "data" / "dr19")


@needs_shared
def test_real_files_arrive_under_their_real_paths(tmp_path, shell):
    with real_archive(tmp_path / "hats") as server:
        code, output, data = shell(server, "dr19", "--field", 1518)
        assert code == 0, output
        code, output, _ = shell(server, "dr5", "--cone", 41.667, -26.23, 0.01)
        assert code == 0, output
        code, output, _ = shell(server, "dr24", "--cone", 177.2, 5.7, 0.2)
        assert code == 0, output
        code, output, _ = shell(server, "irsa", "--cone", 30.3633, 23.8314, 0.001)
        assert code == 0, output
        oids = tmp_path / "oids.txt"
        oids.write_text("1510467090935595\n")
        assert shell(server, "irsa", "--oid", oids)[0] == 1
        oids.write_text("532109200004278\n532209200006396\n")
        code, output, _ = shell(server, "irsa", "--oid", oids)
        assert code == 0, output
    for release, folder in (("dr19", "lc_dr19"), ("dr5", "lc_dr5")):
        shipped = {
            entry.path: entry for entry in manifest.read_manifest(INPUTS / release / "manifest.csv")
        }
        got = manifest.read_manifest(data / release / manifest.NAME)
        assert got and all(shipped[entry.path] == entry for entry in got)
        for entry in got:
            real = SHARED / "ztf-dr-bulk" / folder / entry.path
            assert (data / release / entry.path).read_bytes() == real.read_bytes()
    curves = 0
    for entry in manifest.read_manifest(data / "dr24" / manifest.NAME):
        path = manifest.verify(entry, data / "dr24")
        _, part = read_file(path)
        check(part, path)
        curves += len(part)
    assert curves == 6122 + 9513
    _, cone = read_file(data / "irsa" / "cone_30.36330_+23.83140_0.00100.csv")
    assert (len(cone), cone.detections) == (4, 1608)
    _, single = read_file(data / "irsa" / "oid_532109200004278.csv")
    assert single.oid.tolist() == [532109200004278]
    assert Path(data / "irsa" / "oid_532209200006396.csv").is_file()
