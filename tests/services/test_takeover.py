"""The service outlives its supervisor, and takes new settings over while it goes on."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import httpx
import psycopg
import pytest
import requests
from support.files import ROOT
from support.hostile import sentence, upload
from support.parts import pid_of
from support.releases import script
from support.visitors import KDB, PATHS, visiting
from support.waiting import wait_for_end, wait_until
from test_serve import light_curve

from ztfvo.settings import get_settings
from ztfvo.site.supervisor import names

PARTS = ("database", "dachs", "kdb", "nginx", "watch")
CATALOG = "gcvs"
"""A catalog that no visitor asks."""


def variables(part: str) -> dict[str, str]:
    """What a part's first process was started with."""
    text = Path(f"/proc/{pid_of(part)}/environ").read_bytes().decode()
    return dict(pair.split("=", 1) for pair in text.split("\0") if "=" in pair)


def kdb_status(host: str) -> int:
    """How the knowledge database answers to the name of a host."""
    transport = httpx.HTTPTransport(uds=str(get_settings().kdb_socket))
    with httpx.Client(transport=transport, timeout=10) as client:
        return client.get(f"http://kdb{KDB}", headers={"Host": host}).status_code


def successor(part: str, seconds: float = 60) -> int:
    """Wait until a part has a process again."""
    return wait_until(lambda: pid_of(part), seconds, unless=(LookupError,))


def test_a_killed_supervisor_is_followed_by_one_that_takes_over(site):
    before = {part: pid_of(part) for part in PARTS}
    former = pid_of("supervisor")
    with visiting(site) as answers:
        os.kill(former, signal.SIGKILL)
        wait_for_end(former)
        status = subprocess.run([ROOT / "scripts/serve", "status"], capture_output=True, text=True)
        assert status.returncode == 1
        assert status.stdout.count("unwatched") == len(names(get_settings()))
        script("serve", "start")
    assert {part: pid_of(part) for part in PARTS} == before
    assert pid_of("supervisor") != former
    assert set(answers) == {(path, 200) for path in PATHS}
    assert "unwatched" not in script("serve", "status")


def test_the_next_supervisor_starts_what_ends(site):
    """The one of the test before did not start these processes."""
    for part in ("kdb", "dachs"):
        victim = pid_of(part)
        os.kill(victim, signal.SIGKILL)
        wait_for_end(victim)
        assert successor(part) != victim
    script("serve", "start")
    assert requests.get(site + KDB, timeout=10).status_code == 200


@pytest.fixture(scope="module")
def stopped(site, tap):
    """The service was stopped by a supervisor that did not start it, and has other settings since.

    What a light curve was before, and whether anything answered in between.
    """
    before = light_curve(tap)
    processes = [pid_of(part) for part in PARTS]
    script("serve", "stop")
    for pid in processes:
        wait_for_end(pid, seconds=5)
    with socket.socket() as probe:
        answered = probe.connect_ex(("127.0.0.1", get_settings().port)) == 0
    with pytest.MonkeyPatch.context() as changed:
        changed.setenv("ZTFVO_DACHS_THREADS", str(get_settings().dachs_threads - 1))
        changed.setenv("ZTFVO_UPLOAD_URLS", "true")
        changed.setenv("ZTFVO_UPLOAD_SECONDS", "3")
        changed.setenv("KDB_HOSTS", '["127.0.0.1", "records.example"]')
        script("serve", "start")
    yield SimpleNamespace(light_curve=before, answered=answered)
    if variables("dachs")["ZTFVO_THREADS"] != str(get_settings().dachs_threads):
        script("serve", "restart")


def test_the_next_supervisor_stops_what_it_did_not_start_and_nothing_is_lost(site, tap, stopped):
    assert not stopped.answered
    assert light_curve(tap) == stopped.light_curve
    assert stopped.light_curve[0] == 336
    assert requests.get(site + KDB, timeout=10).status_code == 200


def only_public_addresses_are_asked_for_uploads(site: str) -> None:
    """Try those of this machine and its network: each gets the same answer, and no visit."""
    methods = requests.get(f"{site}/tap/capabilities", timeout=30).text
    assert set(re.findall(r"#(upload-\w+)", methods)) == {
        "upload-inline",
        "upload-http",
        "upload-https",
    }
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(1)
        port = server.getsockname()[1]
        shown = set()
        for host in (
            f"127.0.0.1:{port}",
            "127.0.0.1:1",
            "[::1]",
            "169.254.169.254",
            "nowhere.test",
        ):
            place = f"http://{host}/x"
            answer = upload(site, b"", place=place)
            assert answer.status_code == 400
            shown.add(sentence(answer).replace(place, "PLACE"))
        assert len(shown) == 1, shown
        assert "could not be fetched: it has to be a document of at most 20 MB" in shown.pop()
        with pytest.raises(TimeoutError):
            server.accept()


@contextmanager
def held(catalog: str):
    """Queries of a catalog wait until the block ends."""
    with psycopg.connect(get_settings().superuser_dsn) as connection:
        ((table,),) = connection.execute(
            "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relname ~ %s"
            " AND relnamespace = 'catalogs_store'::regnamespace",
            [f"^{catalog}__[0-9]+$"],
        )
        connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield


def test_settings_are_taken_over_while_visitors_and_jobs_go_on(site, tap, stopped):
    query = f"SELECT COUNT(*) AS n FROM catalogs.{CATALOG}"
    there = tap.search(query)["n"][0]
    only_public_addresses_are_asked_for_uploads(site)
    with held(CATALOG):
        job = tap.submit_job(query)
        job.run()
        wait_until(lambda: job.phase == "EXECUTING")
        assert kdb_status("records.example") == 200
        with visiting(site) as answers:
            shown = script("serve", "start")
            assert "goes on as it was configured" in shown
            assert variables("dachs")["ZTFVO_THREADS"] == str(get_settings().dachs_threads - 1)
            script("serve", "restart")
        assert job.phase == "EXECUTING"
    assert set(answers) == {(path, 200) for path in PATHS}
    assert variables("dachs")["ZTFVO_THREADS"] == str(get_settings().dachs_threads)
    assert kdb_status("records.example") == 400
    job.wait(timeout=120)
    assert job.phase == "COMPLETED"
    assert job.fetch_result()["n"][0] == there > 0
