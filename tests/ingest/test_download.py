"""Downloads from a local stand-in of the archive, in fair weather and in foul."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from types import SimpleNamespace

import httpx
import pytest
from support.archive import DR19, Fault
from support.downloads import (
    HOME,
    INPUTS,
    OTHER,
    ZG,
    ZR,
    Quiet,
    archive_of,
    get,
    paths,
    source_of,
)

from ztfvo.download import run, select
from ztfvo.download.catalogue import RemoteFile
from ztfvo.download.errors import NoSpace, human
from ztfvo.download.select import Wish
from ztfvo.ingest import manifest
from ztfvo.ingest.checks import check
from ztfvo.ingest.readers import read_file
from ztfvo.remote import NoAnswer, resume


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


def test_a_damaged_file_is_fetched_again_when_asked_to_verify(server, made, tmp_path):
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


@pytest.mark.parametrize(
    ("headers", "tag"),
    [
        ({"ETag": '"a1"', "Last-Modified": "Sat, 1 Jan 2022 00:00:00 GMT"}, '"a1"'),
        (
            {"ETag": 'W/"a1"', "Last-Modified": "Sat, 1 Jan 2022 00:00:00 GMT"},
            "Sat, 1 Jan 2022 00:00:00 GMT",
        ),
        ({"ETag": 'W/"a1"'}, ""),
    ],
)
def test_weak_tags_do_not_say_that_parts_belong_together(headers, tag):
    """RFC 9110, section 13.1.5: If-Range takes strong ones only."""
    assert resume._tag(httpx.Response(200, headers=headers)) == tag


def test_bytes_from_another_place_than_asked_for_are_not_taken(server, made, tmp_path):
    part = tmp_path / (ZG + ".part")
    part.parent.mkdir(parents=True)
    part.write_bytes((made / ZG).read_bytes()[:700])
    tag = f'"{hashlib.md5((made / ZG).read_bytes()).hexdigest()[:12]}"'
    part.with_name(part.name + ".tag").write_text(tag)
    server.shifted = 10
    _, outcome = get(server, Wish(fields=(1722,), filters=("zg",)), tmp_path)
    assert "asked for bytes from 700, got from 710" in outcome.failures[0][1]
    assert not (tmp_path / ZG).exists()


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


def test_a_busy_server_is_asked_again_when_it_says(server, tmp_path, waits):
    server.faults[DR19 + ZG] = [Fault(status=503, retry_after="7"), Fault(status=429)]
    _, outcome = get(server, Wish(fields=(1722,), filters=("zg",)), tmp_path)
    assert outcome.failures == []
    assert waits[0] == 7.0 and 0 < waits[1] < 0.01 and len(waits) == 2


def test_a_server_that_wants_too_much_patience_is_left_alone(server, tmp_path):
    server.faults[DR19 + ZG] = [Fault(status=503, retry_after="86400")]
    _, outcome = get(server, Wish(fields=(1722,)), tmp_path)
    assert len(outcome.fetched) == 1
    assert "503 Service Unavailable, and asks to come back in 86400 s" in outcome.failures[0][1]
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
    assert outcome.failures[0][1].endswith(f"{ZG} answers 404 Not Found")


def test_a_server_that_is_down_is_said_to_be_after_three_attempts(waits):
    nowhere = SimpleNamespace(url="http://127.0.0.1:9")
    with archive_of(nowhere) as archive, pytest.raises(NoAnswer, match="does not answer"):
        archive.get(f"{nowhere.url}/")
    assert len(waits) == 2


@pytest.mark.parametrize(
    "location", ["http://example.invalid/a", "https://127.0.0.1/a", "http://127.0.0.1:9/a"]
)
def test_no_other_host_is_ever_contacted(server, tmp_path, location):
    server.faults[DR19 + ZG] = [Fault(status=302, location=location)]
    _, outcome = get(server, Wish(fields=(1722,)), tmp_path)
    assert f"{location}: refused, only {server.url} is contacted" in outcome.failures[0][1]


def test_a_checksum_list_that_breaks_off_is_asked_for_again(server, tmp_path):
    server.faults[DR19 + "checksum.md5"] = [Fault(drop_after=50), Fault(drop_after=0)]
    choice, _ = get(server, Wish(everything=True), tmp_path)
    assert len(choice.files) == 3
    assert len(server.asked(DR19 + "checksum.md5")) == 3


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


def test_the_client_introduces_itself_and_keeps_its_pace(server, tmp_path, waits):
    get(server, Wish(fields=(1722,)), tmp_path, spacing=0.25)
    assert server.requests[0][2]["user-agent"].startswith("ztfvo/")
    assert sum(waits) > 0.25 * (len(server.requests) - 2) - 0.2


def test_what_is_no_light_curve_file_does_not_stay(server, tmp_path):
    server.files[DR19 + ZG] = b"<html>moved</html>"
    server.files.pop(DR19 + "checksum.md5")
    _, outcome = get(server, Wish(fields=(1722,)), tmp_path)
    assert "damaged or unreadable" in outcome.failures[0][1]
    assert not (tmp_path / ZG).exists()


def test_sizes_of_many_files_are_estimated(server, tmp_path, monkeypatch):
    monkeypatch.setattr(run, "SAMPLE", 2)
    with archive_of(server) as archive:
        choice = select.choose(archive, source_of(server), Wish(everything=True), INPUTS)
        todo = run.plan(archive, choice.files, tmp_path)
    total = sum(len(server.files[DR19 + remote.path]) for remote in todo.wanted)
    assert todo.estimated and abs(todo.size - total) < 0.1 * total
    assert sum(method == "HEAD" for method, *_ in server.requests) == 2
