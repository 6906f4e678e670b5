"""When the knowledge database fails, it alone does; when it is back, all is there."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from xml.etree import ElementTree

import httpx
import psycopg
import pytest
import pyvo
from psycopg.conninfo import conninfo_to_dict
from support import kdb as known
from support.experts import API, person
from support.files import ROOT
from support.releases import script
from support.waiting import wait_until
from test_kdb_site import new_oid
from test_serve import light_curve, pids

from ztfvo import records
from ztfvo.settings import get_settings
from ztfvo.site import kdb_tables, knowledge

SENTENCE = "The knowledge database does not answer, so the tables of schema kdb cannot be asked"
SAID = "The knowledge database does not answer: try again in a minute"
MASTER = r"gunicorn kdb\.config\.wsgi"


def superuser(statement: str, database: str = "postgres") -> None:
    with psycopg.connect(known.dsn(database, "postgres"), autocommit=True) as connection:
        connection.execute(statement)


@contextmanager
def stopped_database():
    """The database of the knowledge database takes no connections."""
    superuser("ALTER DATABASE kdb ALLOW_CONNECTIONS false")
    try:
        superuser("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'kdb'")
        yield
    finally:
        superuser("ALTER DATABASE kdb ALLOW_CONNECTIONS true")


@contextmanager
def refused_role():
    """The role that TAP reads with may not log in."""
    superuser("ALTER ROLE kdb_public NOLOGIN")
    try:
        yield
    finally:
        superuser("ALTER ROLE kdb_public LOGIN")


@contextmanager
def closed_views():
    """The role may log in, but not read."""
    superuser("REVOKE SELECT ON ALL TABLES IN SCHEMA kdb_public FROM kdb_public", "kdb")
    try:
        yield
    finally:
        superuser("GRANT SELECT ON ALL TABLES IN SCHEMA kdb_public TO kdb_public", "kdb")


@contextmanager
def silent_database():
    """The database of the knowledge database is at a port that takes connections and is silent."""
    place = conninfo_to_dict(knowledge.reader_dsn(get_settings()))
    alter = "ALTER SERVER kdb OPTIONS (SET host '{}', SET port '{}', SET connect_timeout '{}')"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        superuser(alter.format(*silent.getsockname(), 2), "ztfvo")
        try:
            yield
        finally:
            seconds = kdb_tables.OPTIONS["connect_timeout"]
            superuser(alter.format(place["host"], place["port"], seconds), "ztfvo")


def error_of(text: str) -> str:
    (info,) = ElementTree.fromstring(text).iter("{http://www.ivoa.net/xml/VOTable/v1.3}INFO")
    return info.text


@pytest.mark.parametrize("failure", [stopped_database, refused_role, closed_views])
def test_its_tables_say_so_and_everything_else_goes_on(site, tap, query, ask, failure):
    before = light_curve(tap)
    with failure():
        for table in ("objects", "history", "tags"):
            answer = query(f"SELECT * FROM kdb.{table}")
            assert (answer.status_code, SENTENCE in answer.text) == (503, True)
            assert 'value="ERROR"' in answer.text
        joined = query("SELECT o.oid FROM ztf.objects AS o JOIN kdb.objects AS k ON o.oid = k.oid")
        assert joined.status_code == 503
        cone = ask("/kdb/scs", RA=254.45755, DEC=35.34236, SR=0.001)
        assert (cone.status_code, SENTENCE in cone.text) == (503, True)
        form = ask(
            "/kdb/kdb/cone/form", hscs_pos="254.45755 +35.34236", hscs_sr=1,
            __nevow_form__="genForm",
        )  # fmt: skip
        assert SENTENCE in form.text
        for text in (answer.text, cone.text, form.text):
            assert "PGSQL" not in text
            assert "kdb_public" not in text
        with pytest.raises(pyvo.dal.DALQueryError, match=SENTENCE):
            tap.run_async("SELECT * FROM kdb.tags")
        assert light_curve(tap) == before
        for path in ("/view/680113300005170", "/links?ID=680113300005170"):
            shown = ask(path)
            assert (shown.status_code, SAID in shown.text) == (200, True)
        assert ask("/scs", RA=254.45755, DEC=35.34236, SR=0.001).status_code == 200
        assert ask("/tap/tables").status_code == ask("/tap/examples").status_code == 200
    assert len(tap.search("SELECT name FROM kdb.tags")) >= 56


def test_one_that_never_answers_is_waited_for_once(site, query, monkeypatch):
    monkeypatch.setattr(records, "_pause", records.Pause(10.0))
    person(site).annotate(oid := new_oid(), "EB")
    seconds = []
    with silent_database():
        for _ in range(3):
            began = time.monotonic()
            assert records.read([oid]) == records.Records(unavailable=SAID)
            seconds.append(time.monotonic() - began)
        assert query("SELECT * FROM kdb.tags").status_code == 503
    assert seconds[0] > records.SLOW > 0.1 > max(seconds[1:])
    records._pause.end()
    assert records.read([oid]).by_oid[oid].tag_names == ["EB"]


def test_one_that_fails_at_once_is_asked_again_at_once(site):
    person(site).annotate(oid := new_oid(), "EB")
    with refused_role():
        assert records.read([oid]).unavailable == SAID
    assert records.read([oid]).by_oid[oid].tag_names == ["EB"]


def test_the_service_shows_that_its_database_is_stopped_and_comes_back(site):
    someone, oid = person(site), new_oid()
    with stopped_database():
        answer = someone.http.get("objects/")
        assert answer.status_code == 503
        assert answer.json()["detail"].startswith("The database does not answer")
        shown = subprocess.run(
            [ROOT / "scripts" / "serve", "status"], capture_output=True, text=True, check=False
        )
        assert shown.returncode == 1
        settings = get_settings()
        assert (
            shown.stdout.count("working") == 3 + settings.dachs_processes + settings.app_processes
        )
    assert someone.annotate(oid, "EB")["number"] == 1
    shown = script("serve", "status")
    assert shown.count("working") == 4 + settings.dachs_processes + settings.app_processes


def test_a_stopped_part_has_a_page_and_a_json_answer_and_its_tables_go_on(site, tap):
    someone, oid = person(site), new_oid()
    someone.annotate(oid, "EB")
    script("serve", "stop", "kdb")
    try:
        assert not pids(MASTER)
        page = httpx.get(f"{site}/kdb/")
        assert (page.status_code, page.headers["Content-Type"]) == (503, "text/html")
        assert "Not available now" in page.text
        for answer in (someone.http.get("tags/"), httpx.post(f"{site}{API}annotations/", json={})):
            assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
            assert answer.json()["detail"].startswith("The knowledge database does not answer.")
        (row,) = tap.search(f"SELECT tags FROM kdb.objects WHERE oid = {oid}")
        assert row["tags"] == "EB"
    finally:
        script("serve", "start", "kdb")
    assert someone.http.get("whoami/").status_code == 200
    assert someone.annotate(oid, "EA")["number"] == 2


def test_a_restarted_part_keeps_sessions_and_records(site):
    someone, oid = person(site), new_oid()
    someone.annotate(oid, "EB", description="before")
    before = set(pids(MASTER))
    script("serve", "restart", "kdb")
    assert not before & set(pids(MASTER))
    assert someone.http.get(f"objects/{oid}/").json()["current"]["description"] == "before"
    assert someone.http.get("whoami/").status_code == 200


def test_a_killed_server_comes_back(site):
    someone = person(site)
    before = set(pids(MASTER))
    for victim in before:
        os.kill(victim, signal.SIGKILL)
    wait_until(lambda: someone.http.get("whoami/").status_code == 200, seconds=60)
    assert not before & set(pids(MASTER))


def test_set_up_again_changes_nothing(site, tap):
    def state():
        return sorted(map(str, tap.search("SELECT * FROM kdb.tags").to_table()["name", "retired"]))

    people = person(site, "administrator").http
    before = state(), [row["login"] for row in people.get("users/").json()["results"]]
    shown = script("setup")
    assert "Password" not in shown
    assert "vocabulary" not in shown
    assert before == (state(), [row["login"] for row in people.get("users/").json()["results"]])


def test_set_up_mends_what_it_made(site, tap):
    folder = get_settings().var / "kdb"
    for stamp in ("set-up.sum", "tables.sum"):
        (folder / stamp).unlink()
    superuser("DROP SERVER kdb CASCADE", "ztfvo")
    superuser("REVOKE ALL ON SCHEMA kdb_public FROM kdb_public", "kdb")
    assert "Password" not in script("setup")
    assert len(tap.search("SELECT name FROM kdb.tags")) >= 56
    cone = pyvo.dal.SCSService(f"{site}/kdb/scs").search(pos=(254.45755, 35.34236), radius=0.001)
    assert 680113300005170 in {int(row["oid"]) for row in cone}
