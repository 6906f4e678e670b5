"""The light-curve service, and the command as a user calls it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.archive import DR19, SERVICE, Fault, StandIn, real_archive
from support.downloads import (
    INPUTS,
    ZG,
    ZR,
    get,
    source_of,
)
from support.files import SHARED, api_row, needs_shared, write_api
from support.waiting import wait_until
from typer.testing import CliRunner

from ztfvo import cli
from ztfvo.download.errors import DownloadError
from ztfvo.download.select import Wish
from ztfvo.ingest import manifest
from ztfvo.ingest.checks import check
from ztfvo.ingest.readers import read_file


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
        result = CliRunner().invoke(cli.app, ["download", *map(str, arguments)])
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


def test_the_command_shows_what_it_would_do(server, shell):
    code, output, data = shell(server, "dr19", "--all", "--dry-run")
    assert code == 0
    assert f"{server.url}{DR19}{ZG}\n" in output
    assert not data.exists()


def test_the_command_fails_clearly(server, shell):
    server.faults[DR19 + ZG] = [Fault(status=403)]
    code, output, data = shell(server, "dr19", "--field", 1722, 9999)
    assert code == 1
    assert f"Failed: {server.url}{DR19}{ZG} answers 403 Forbidden" in output
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
    other = part.parent / Path(ZR).name
    wait_until(lambda: part.exists() and part.stat().st_size == 900 and other.exists(), pause=0.02)
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
