"""Maps of dust from stand-ins of their archives, in fair weather and in foul."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
from support import dust
from support.archive import Fault, StandIn

from ztfvo.dust import fetching, installing
from ztfvo.dust.maps import maps
from ztfvo.errors import BadFile, CannotBeDone
from ztfvo.remote import NoAnswer, NotFound, Refused
from ztfvo.settings import load_settings

NAMES = ("SFD_dust_4096_ngp.fits", "SFD_dust_4096_sgp.fits")
NORTH = f"/{NAMES[0]}"


@pytest.fixture(scope="module")
def contents(tmp_path_factory):
    """The files of a map like SFD's, by name."""
    return {path.name: path.read_bytes() for path in dust.sfd(tmp_path_factory.mktemp("sfd"))}


@pytest.fixture
def archive(contents):
    """A stand-in of the archive that has them, with its record."""
    with StandIn() as stand_in:
        stand_in.files |= {f"/{name}": content for name, content in contents.items()}
        stand_in.files["/record"] = of_dataverse(contents)
        yield stand_in


@pytest.fixture
def settings(tmp_path):
    """An installation without maps."""
    return load_settings(var=tmp_path / "var")


def md5(content: bytes) -> str:
    """Checksum of a file."""
    return hashlib.md5(content).hexdigest()


def of_dataverse(contents) -> bytes:
    """The record of files as Dataverse has it."""
    files = [
        {"dataFile": {"id": 7, "filename": name, "md5": md5(one), "filesize": len(one)}}
        for name, one in contents.items()
    ]
    return json.dumps({"status": "OK", "data": {"latestVersion": {"files": files}}}).encode()


def at(archive, name="sfd"):
    """A map as the stand-in publishes it."""
    which = maps()[name]
    files = tuple(replace(one, url=f"{archive.url}/{one.name}", md5="") for one in which.files)
    return replace(which, files=files, record=f"{archive.url}/record")


def get(which, settings):
    """Ask for sizes and fetch; returns the files and the bytes that came."""
    sizes = []
    files = fetching.published(which)
    return fetching.fetch(which, files, settings, sizes.append), sum(sizes)


def test_sizes_are_known_before_anything_is_fetched(archive, contents):
    found = fetching.published(at(archive))
    assert [one.bytes for one in found] == [len(contents[name]) for name in NAMES]
    assert [one.md5 for one in found] == [md5(contents[name]) for name in NAMES]
    assert [path for _, path, _ in archive.requests] == ["/record"]


def test_a_map_arrives_and_is_installed(archive, settings, contents):
    paths, size = get(at(archive), settings)
    assert [path.read_bytes() for path in paths] == [contents[name] for name in NAMES]
    assert {path.parent for path in paths} == {settings.data / "dust" / "files" / "sfd"}
    assert size == sum(map(len, contents.values()))
    here = installing.install(settings, paths, "sfd")
    assert here.map.name == "sfd" and here.sources[0] == f"{NAMES[0]} {md5(contents[NAMES[0]])}"


def test_an_interrupted_file_goes_on_where_it_stopped(archive, settings, contents, waits):
    archive.faults[NORTH] = [Fault(drop_after=n) for n in (50_000, 0, 0, 0, 0)]
    with pytest.raises(NoAnswer):
        get(at(archive), settings)
    archive.requests.clear()
    paths, size = get(at(archive), settings)
    assert paths[0].read_bytes() == contents[NAMES[0]]
    assert [one.get("range") for one in archive.asked(NORTH)] == ["bytes=50000-"]
    assert size == sum(map(len, contents.values()))


def test_files_that_are_here_are_not_fetched_again(archive, settings):
    get(at(archive), settings)
    archive.requests.clear()
    get(at(archive), settings)
    assert [path for _, path, _ in archive.requests] == ["/record"]


def test_a_file_with_another_checksum_is_refused_and_deleted(archive, settings, contents):
    changed = bytearray(contents[NAMES[0]])
    changed[9000] ^= 1
    archive.files[NORTH] = bytes(changed)
    with pytest.raises(BadFile, match=f"{md5(changed)}, and {md5(contents[NAMES[0]])} is"):
        get(at(archive), settings)
    assert list((settings.dust / "files" / "sfd").iterdir()) == []
    archive.files[NORTH] = contents[NAMES[0]]
    paths, _ = get(at(archive), settings)
    assert paths[0].read_bytes() == contents[NAMES[0]]


def test_a_record_with_another_checksum_than_declared_is_refused(archive, settings):
    which = at(archive)
    declared = tuple(replace(one, md5="0" * 32) for one in which.files)
    with pytest.raises(CannotBeDone, match=f"{'0' * 32} is declared: the map has changed"):
        fetching.published(replace(which, files=declared))


def test_the_record_of_zenodo_is_read_too(archive):
    content = b"a map"
    files = [{"key": "csfd_ebv.fits", "size": 5, "checksum": f"md5:{md5(content)}"}]
    archive.files["/record"] = json.dumps({"id": 1, "files": files}).encode()
    (found,) = fetching.published(at(archive, "csfd"))
    assert (found.bytes, found.md5) == (5, md5(content))


def test_what_is_no_record_is_refused(archive):
    for text in (b"<html>maintenance", b"[]", b'{"files": [{"key": "x"}]}'):
        archive.files["/record"] = text
        with pytest.raises(Refused, match="answers no record with files but: "):
            fetching.published(at(archive))
    archive.files["/record"] = of_dataverse({})
    with pytest.raises(CannotBeDone, match=f"has no file {NAMES[0]}"):
        fetching.published(at(archive))
    del archive.files["/record"]
    with pytest.raises(NotFound):
        fetching.published(at(archive))


def test_the_declared_checksums_are_those_that_the_archives_state():
    by_name = {file.name: file.md5 for one in maps().values() for file in one.files}
    assert by_name["csfd_ebv.fits"] == "31cd2eec51bcb5f106af84a610ced53c"
    assert by_name["bayestar2019.h5"] == "ab815d2fd3068d1b81a1bd61fb18a722"


def test_the_simulated_map_is_made_here(settings):
    which = maps()["simulated"]
    assert fetching.published(which) == []
    paths = fetching.fetch(which, [], settings, lambda _: None)
    assert installing.install(settings, paths, "simulated").map.simulated
