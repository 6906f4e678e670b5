"""Bad moments pass: what fails is found, reported and mended, and takes nothing else with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from support import service
from support.hostile import LEAKS, sentence
from support.parts import pid_of
from support.releases import script, ztfvo
from support.visitors import CONE, LIGHT_CURVE, TAP, visiting
from support.waiting import wait_for_answer, wait_for_end, wait_until

from ztfvo.settings import get_settings

OID = service.HZ_HER_OIDS[0]


def test_health_is_reported_with_what_the_database_says(ask):
    answer = ask("/health")
    assert answer.status_code == 200
    assert answer.json() == {"healthy": True, "database": "answers"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<avl:available>true</avl:available>" in ask("/tap/availability").text


@pytest.fixture
def without_database(site):
    script("serve", "stop", "database")
    yield
    script("serve", "start")
    service.wait_for_tap(site)


def everything_says_so(ask, query):
    healthy = ask("/health")
    assert (healthy.status_code, healthy.json()["healthy"]) == (503, False)
    availability = ask("/tap/availability")
    assert availability.status_code == 200
    assert availability.headers["Content-Type"].startswith("text/xml")
    assert "<avl:available>false</avl:available>" in availability.text
    assert "does not answer" in availability.text
    for answer in (
        ask(CONE),
        ask(LIGHT_CURVE),
        ask(f"/links?ID={OID}"),
        ask("/ssa?REQUEST=queryData&POS=254.45755,35.34236&SIZE=0.01"),
        query("SELECT name FROM ztf.releases"),
    ):
        assert answer.status_code == 503 or "TransientFault" in answer.text, answer.url
        assert "database does not answer" in sentence(answer), answer.url
        assert not LEAKS.search(answer.text), answer.url
    form = ask("/ztf/ztf/cone/form", __nevow_form__="genForm", hscs_pos="1 1", hscs_sr="5")
    assert not LEAKS.search(form.text)


def test_without_a_database_everything_says_so_and_heals(without_database, site, ask, query):
    everything_says_so(ask, query)
    script("serve", "reload")  # the descriptors have to be read again, which needs the database
    everything_says_so(ask, query)
    for page in (ask("/"), ask("/ztf/ztf/cone/form"), ask("/ztf/demo/cone/form")):
        assert page.status_code == 503
        assert "database does not answer" in page.text
        assert "bug" not in page.text
    for document in (ask("/tap/capabilities"), ask("/tap/tables"), ask("/oai.xml?verb=Identify")):
        assert document.status_code == 503
        assert "database does not answer" in sentence(document)
    script("serve", "start")
    service.wait_for_tap(site)
    for _ in range(4):  # each process reads each descriptor again
        assert ask(CONE).status_code == 200
        assert ask("/demo" + CONE).status_code == 200
    assert ask(LIGHT_CURVE).status_code == 200
    assert ask("/health").status_code == 200


def test_a_descriptor_that_was_read_while_the_database_went_is_read_again(site):
    done = service.in_dachs(
        "from gavo import api, base\n"
        "from ztfvo_dachs import facts, messages\n"
        "def down(*_): raise messages.Unavailable(messages.DATABASE_DOWN)\n"
        "ask, facts.rows = facts.rows, down\n"
        "try: base.caches.getRD('ztf/demo')\n"
        "except messages.Unavailable as error: print(error)\n"
        "facts.rows = ask\n"
        "print(base.caches.getRD('ztf/demo').sourceId)\n"
    )
    assert done.stdout.splitlines() == [
        "The database does not answer: try again in a minute.",
        "ztf/demo",
    ], done.stderr


def test_connections_that_the_database_ended_are_noticed_before_they_are_used(site, ask, query):
    for path in (CONE, LIGHT_CURVE):
        assert ask(path).status_code == 200
    service.superuser(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE usename IN ('gavo', 'untrusted', 'gavoadmin', 'ztfvo_pages')"
    )
    time.sleep(1.1)
    answers = [ask(path).status_code for path in (CONE, LIGHT_CURVE, CONE, CONE) * 3]
    assert answers == [200] * 12
    assert query("SELECT name FROM ztf.releases").status_code == 200


def test_a_killed_process_of_the_database_is_an_outage_of_seconds_and_no_bug(site):
    of_dachs = "SELECT pid FROM pg_stat_activity WHERE usename = 'gavo' ORDER BY pid"
    with visiting(site) as answers:
        for _ in range(2):
            (pid, *_) = service.superuser(of_dachs)[0]
            os.kill(pid, signal.SIGKILL)  # which ends all connections
            time.sleep(3)
            service.wait_for_tap(site)
        wait_until(lambda: {status for _, status in answers[-20:]} == {200}, seconds=20)
    assert {status for _, status in answers} <= {200, 503}


def test_a_killed_master_of_nginx_leaves_nothing_in_the_way(site):
    killed = pid_of("nginx")
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: pid_of("nginx") != killed, unless=(LookupError,))
    wait_for_answer(f"{site}/tap/availability")
    master = pid_of("nginx")
    time.sleep(3)
    assert pid_of("nginx") == master
    assert "FATAL" not in script("serve", "status").upper()


def test_a_process_that_hangs_is_found_and_restarted(site, ask):
    hung = pid_of("dachs")
    os.kill(hung, signal.SIGSTOP)
    try:
        wait_for_end(hung, seconds=150)
    finally:
        if Path(f"/proc/{hung}").exists():
            os.kill(hung, signal.SIGCONT)
    service.wait_for_tap(site)
    log = (get_settings().var / "log" / "watch.log").read_text()
    assert "(3 of 3)" in log
    assert log.rstrip().endswith("restarted")


def test_switching_releases_waits_for_a_query_and_keeps_nobody_else_waiting(site):
    settings = get_settings()
    with psycopg.connect(settings.superuser_dsn) as connection:
        connection.execute("SELECT count(*) FROM ztf.objects")  # the lock stays until the end
        connection.execute("SELECT count(*) FROM ztf_store.timeseries WHERE oid = 1")
        switching = subprocess.Popen(
            [Path(sys.executable).parent / "ztfvo", "release", "default", "demo"],
            stderr=subprocess.PIPE,
            text=True,
        )
        with visiting(site, (CONE, LIGHT_CURVE, TAP), patience=3) as answers:
            time.sleep(8)
            assert switching.poll() is None
    _, shown = switching.communicate(timeout=120)
    assert switching.returncode == 0, shown
    assert "waiting for its end" in shown
    assert set(answers) == {(path, 200) for path in (CONE, LIGHT_CURVE, TAP)}


def test_commands_that_change_nothing_wait_for_no_query(site):
    with psycopg.connect(get_settings().superuser_dsn) as connection:
        connection.execute("SELECT (SELECT count(*) FROM ztf.filters), count(*) FROM ztf.releases")
        connection.execute("SELECT count(*) FROM ztf.reference_sources")
        done = ztfvo("release", "list")
    assert "demo" in done.stdout
    assert done.stderr == ""


def test_a_vocabulary_that_cannot_be_read_is_written_again(site):
    folder = get_settings().var / "dachs" / "cache"
    path = next(folder.glob("*uat*"))
    good = path.read_bytes()
    path.write_bytes(b"\x00 not JSON")
    script("serve", "start")
    assert path.read_bytes() == good
