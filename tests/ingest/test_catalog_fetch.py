"""Files of hosted catalogs from stand-ins of their publishers, in fair weather and in foul."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from support.archive import Fault, StandIn
from support.catalogs import PROJECT

from ztfvo.catalogs import Catalog, declared, fetch
from ztfvo.errors import BadFile, CannotBeDone
from ztfvo.remote import NoAnswer, Refused
from ztfvo.settings import load_settings

KNOWN = declared(PROJECT)
CONTENT = bytes(range(256)) * 40
MD5 = hashlib.md5(CONTENT).hexdigest()
TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


@pytest.fixture
def publisher():
    """A stand-in of a publisher with one file."""
    with StandIn() as stand_in:
        stand_in.files["/files/vsx.dat"] = CONTENT
        yield stand_in


@pytest.fixture
def settings(tmp_path):
    """Settings of an installation with a key of TNS."""
    return load_settings(var=tmp_path / "var", tns_id=123, tns_name='ztfvo "bot"', tns_key="s&cret")


def at(publisher: StandIn, name: str = "vsx", file: str = "files/vsx.dat", **more) -> Catalog:
    """A project's catalog as the stand-in publishes it."""
    one = KNOWN[name]
    place = one.download.model_copy(update={"url": f"{publisher.url}/{file}", **more})
    return one.model_copy(update={"download": place})


def get(catalog: Catalog, settings) -> tuple[list, list[str], int]:
    """Fetch; returns the files, what was said, and the bytes that came."""
    said, sizes = [], []
    files = fetch.fetch(catalog, settings, sizes.append, said.append)
    return files, said, sum(sizes)


def test_a_file_arrives_whole_below_the_data_folder(publisher, settings):
    (path,), _, size = get(at(publisher), settings)
    assert path == settings.var / "data" / "catalogs" / "vsx" / "vsx.dat"
    assert path.read_bytes() == CONTENT
    assert size == len(CONTENT)
    assert not list(path.parent.glob("*.part*"))


def test_an_interrupted_file_goes_on_where_it_stopped(publisher, settings, waits):
    publisher.faults["/files/vsx.dat"] = [Fault(drop_after=n) for n in (3000, 0, 0, 0, 0)]
    with pytest.raises(NoAnswer):
        get(at(publisher), settings)
    publisher.requests.clear()
    (path,), _, size = get(at(publisher), settings)
    assert path.read_bytes() == CONTENT
    assert [one.get("range") for one in publisher.asked("/files/vsx.dat")] == ["bytes=3000-"]
    assert size == len(CONTENT) - 3000


def test_a_file_that_has_not_changed_is_not_fetched_again(publisher, settings):
    get(at(publisher), settings)
    _, said, size = get(at(publisher), settings)
    assert size == 0
    assert "has not changed" in said[0]
    publisher.files["/files/vsx.dat"] = CONTENT + b"new"
    (path,), said, _ = get(at(publisher), settings)
    assert path.read_bytes() == CONTENT + b"new"
    assert said == []


LISTS = {
    "zenodo": json.dumps({"files": [{"key": "vsx.dat", "checksum": f"md5:{MD5}"}]}),
    "lines": f"{'0' * 32}  other.dat\n{MD5}  ./files/vsx.dat\n",
}


@pytest.mark.parametrize("kind", LISTS)
def test_a_published_checksum_is_compared(publisher, settings, kind):
    publisher.files["/sums"] = LISTS[kind].encode()
    one = at(publisher, checksums=f"{publisher.url}/sums")
    (path,), _, _ = get(one, settings)
    assert path.exists()
    publisher.files["/files/vsx.dat"] = CONTENT[:-1] + b"x"
    path.with_name("vsx.dat.tag").write_text("")
    with pytest.raises(BadFile, match=f"md5 is [0-9a-f]+, and {MD5} is published; it was deleted"):
        get(one, settings)
    assert path.read_bytes() == CONTENT, "the former file stays"
    assert not list(path.parent.glob("*.part*"))


def test_a_declared_checksum_is_compared(publisher, settings):
    ((path,), _, _) = get(at(publisher, checksum=f"md5:{MD5}"), settings)
    path.unlink()
    with pytest.raises(BadFile, match="sha256 is"):
        get(at(publisher, file="files/vsx.dat?x", checksum="sha256:" + "0" * 64), settings)
    assert not path.exists()


def test_a_list_that_lacks_the_file_is_refused(publisher, settings):
    publisher.files["/sums"] = b'{"files": []}'
    with pytest.raises(CannotBeDone, match=r"has no checksum of vsx\.dat"):
        get(at(publisher, checksums=f"{publisher.url}/sums"), settings)


@pytest.mark.parametrize("answer", [b'{"message": "no"}', b'{"files": [1]}', b"{"])
def test_a_record_of_another_form_is_refused(publisher, settings, answer):
    publisher.files["/sums"] = answer
    with pytest.raises(Refused, match="the answer is no record with files"):
        get(at(publisher, checksums=f"{publisher.url}/sums"), settings)


def test_what_is_fetched_by_hand_says_how(settings):
    with pytest.raises(CannotBeDone, match=r"Choose all columns.* ztfvo catalog load ogle3 FILE"):
        get(KNOWN["ogle3"], settings)
    with pytest.raises(CannotBeDone, match=r"First: ztfvo catalog fetch vsx"):
        fetch.files_of(KNOWN["vsx"], settings)


def packed(made: str, name: str = "a") -> bytes:
    """A dump of TNS as it is sent."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("tns_public_objects.csv", f'"{made}"\n"objid"\n"{name}"\n')
    return file.getvalue()


DUMP = "files/tns_public_objects.csv.zip"


def days_ago(days: int) -> datetime:
    return TODAY - timedelta(days)


def day_file(days: int) -> str:
    return f"/files/tns_public_objects_{days_ago(days):%Y%m%d}.csv.zip"


@pytest.fixture
def server(publisher):
    """A stand-in of TNS, with a dump of three days ago and an increment of each day since."""
    publisher.files[f"/{DUMP}"] = packed(f"{days_ago(3):%Y-%m-%d %H:%M:%S}")
    for days in (3, 2, 1):
        publisher.files[day_file(days)] = packed(f"{days_ago(days):%Y-%m-%d} 00:00:00 - 23:59:59")
    return publisher


def names(files) -> list[str]:
    return [f"/files/{path.name}" for path in files]


def test_tns_is_asked_as_it_wants_to_be(server, settings):
    get(at(server, "tns", DUMP), settings)
    (headers,) = server.asked(f"/{DUMP}", "POST")
    assert headers["user-agent"] == (
        'tns_marker{"tns_id":123,"type":"bot","name":"ztfvo \\"bot\\""}'
    )
    assert server.forms == [{"api_key": ["s&cret"]}]


def test_after_the_dump_the_days_since_are_fetched_once(server, settings, waits):
    one = at(server, "tns", DUMP)
    files, _, _ = get(one, settings)
    assert names(files) == [f"/{DUMP}"]
    server.requests.clear()
    files, _, _ = get(one, settings)
    assert [path for _, path, _ in server.requests] == [day_file(days) for days in (3, 2, 1)]
    assert names(files) == [f"/{DUMP}", *(day_file(days) for days in (3, 2, 1))]
    server.requests.clear()
    assert names(get(one, settings)[0]) == names(files)
    assert server.requests == []


def test_a_day_that_is_gone_has_the_whole_dump_fetched_again(server, settings, waits):
    one = at(server, "tns", DUMP)
    get(one, settings)
    del server.files[day_file(2)]
    server.files[f"/{DUMP}"] = packed(f"{days_ago(1):%Y-%m-%d %H:%M:%S}", "b")
    files, said, _ = get(one, settings)
    assert names(files) == [f"/{DUMP}"]
    assert "the whole dump is fetched again" in said[0]
    assert not (files[0].parent / day_file(3).rpartition("/")[2]).exists(), "it is in the dump"


def test_an_old_dump_is_fetched_again(server, settings, waits):
    one = at(server, "tns", DUMP)
    server.files[f"/{DUMP}"] = packed(f"{days_ago(fetch.DUMP_DAYS):%Y-%m-%d %H:%M:%S}")
    get(one, settings)
    server.requests.clear()
    get(one, settings)
    assert [path for _, path, _ in server.requests] == [f"/{DUMP}"]


def test_a_dump_of_today_has_no_increments(server, settings):
    server.files[f"/{DUMP}"] = packed(f"{TODAY:%Y-%m-%d %H:%M:%S}")
    one = at(server, "tns", DUMP)
    get(one, settings)
    server.requests.clear()
    assert names(get(one, settings)[0]) == [f"/{DUMP}"]
    assert server.requests == []


def test_an_answer_that_is_no_dump_leaves_the_former_one(server, settings, waits):
    one = at(server, "tns", DUMP)
    ((path,), _, _) = get(one, settings)
    before = path.read_bytes()
    server.files[day_file(2)] = b"<html>please log in</html>"
    with pytest.raises(Refused, match="sends no ZIP file but: <html>please log in</html>"):
        get(one, settings)
    assert path.read_bytes() == before


def test_a_limit_is_reported_with_the_time_it_ends(server, settings, waits):
    server.faults[f"/{DUMP}"] = [Fault(status=429, retry_after="1800")]
    with pytest.raises(NoAnswer, match=r"answers 429 .* asks to come back in 1800 s"):
        get(at(server, "tns", DUMP), settings)
    assert len(server.requests) == 1


@pytest.mark.parametrize("missing", ["tns_id", "tns_name", "tns_key"])
def test_without_its_settings_tns_is_not_asked(server, settings, missing):
    lacking = settings.model_copy(update={missing: None})
    with pytest.raises(CannotBeDone, match="set ZTFVO_TNS_ID, ZTFVO_TNS_NAME and ZTFVO_TNS_KEY"):
        get(at(server, "tns", DUMP), lacking)
    assert server.requests == []
