"""What an operator is shown of an installation, and the restart after an update of PostgreSQL."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import UTC, datetime
from functools import partial

import psycopg
import pytest
from rich.filesize import decimal
from support import service
from support.files import ROOT
from support.parts import pid_of
from support.releases import script, ztfvo
from support.waiting import wait_until

from ztfvo.backup.trial import OUTCOME
from ztfvo.settings import get_settings
from ztfvo.site import updates
from ztfvo.site.supervisor import names
from ztfvo.status.facts import facts


def shown(**changed: object) -> dict[str, list[tuple[str, str]]]:
    """State and sentence of the facts, by what they are about."""
    found: dict[str, list[tuple[str, str]]] = {}
    for what, state, sentence in facts(get_settings().model_copy(update=changed)):
        found.setdefault(what, []).append((state, sentence))
    return found


@pytest.fixture
def outcome():
    """The file of the last trial of a backup, which is put back afterwards."""
    path = get_settings().var / OUTCOME
    before = path.read_bytes() if path.exists() else None
    yield path
    if before is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(before)


def test_programs_get_the_status_as_json_from_both_commands(site):
    for answer in (script("serve", "status", "--json"), ztfvo("status", "--json").stdout):
        found = json.loads(answer)
        assert [row["name"] for row in found["programs"]] == sorted(names(get_settings()))
        assert {row["state"] for row in found["programs"]} == {"working"}
        assert [row["address"] for row in found["mirrors"]] == list(get_settings().archive_mirrors)
        sizes = [row["sentence"] for row in found["facts"] if row["about"] == "sizes"]
        ((size,),) = service.superuser("SELECT pg_database_size('ztfvo')")
        assert f"database ztfvo: {decimal(size)}" in sizes


def test_jobs_are_counted_by_phase(site, tap):
    ((before,),) = service.superuser(
        "SELECT count(*) FROM tap_schema.tapjobs WHERE phase = 'PENDING'"
    )
    job = tap.submit_job("SELECT name FROM ztf.releases")
    try:
        ((state, sentence),) = shown()["TAP jobs"]
        assert state == "good"
        assert f"{before + 1} pending" in sentence
    finally:
        job.delete()


def test_too_little_disk_is_reported_with_the_remedy(site):
    free = shutil.disk_usage(get_settings().var).free // 10**6
    assert [state for state, _ in shown()["disk"]] == ["good"]
    ((state, sentence),) = shown(least_free_mb=free * 2)["disk"]
    assert state == "bad"
    assert "ZTFVO_LEAST_FREE_MB" in sentence


def test_the_last_trial_of_a_backup_is_reported_and_a_damaged_note_stops_nothing(site, outcome):
    now = datetime.now(UTC).isoformat()
    outcome.write_text(
        json.dumps({"when": now, "backup": "b", "ok": False, "sentence": "too short", "seconds": 1})
    )
    assert shown()["test restore"] == [("bad", "0 h ago: too short")]
    outcome.write_text("{")
    found = shown()
    ((state, sentence),) = found["test restore"]
    assert state == "bad"
    assert OUTCOME in sentence
    assert found["database"][0][0] == "good"


def test_without_a_database_the_other_facts_are_reported(site):
    script("serve", "stop", "database")
    try:
        done = subprocess.run([ROOT / "scripts/serve", "status"], capture_output=True, text=True)
    finally:
        script("serve", "start")
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert "TAP jobs: unknown: the database does not answer" in done.stdout
    assert f"disk: {get_settings().var}" in done.stdout


def test_the_running_postgresql_is_the_installed_one(site):
    running, installed = updates.versions(get_settings())
    assert running == installed
    with psycopg.connect(get_settings().superuser_dsn) as connection:
        assert connection.info.server_version // 10000 == int(running.split(".")[0])


@pytest.fixture
def updated(monkeypatch):
    """An update of PostgreSQL that the running server does not have."""
    running, _ = updates.versions(get_settings())
    monkeypatch.setattr(updates, "versions", lambda _: (running, "99.9"))


def test_an_updated_database_is_not_restarted_while_a_query_or_a_job_is_at_work(site, updated):
    before = pid_of("database")
    with psycopg.connect(get_settings().superuser_dsn) as connection:
        connection.execute("SELECT 1")  # a transaction that stays open
        sentence = updates.take_over(get_settings())
    assert "something is at work" in sentence
    assert pid_of("database") == before
    assert shown()["database"][0][0] == "note"


def test_an_updated_database_is_restarted_at_a_quiet_moment_and_everything_heals(
    site, ask, updated
):
    before = pid_of("database")
    restarted = partial(updates.take_over, get_settings())
    wait_until(lambda: restarted().endswith("to 99.9"), seconds=60)  # the site's own work goes on
    service.wait_for_tap(site)
    assert pid_of("database") != before
    assert ask("/lc/680113300005170.json").status_code == 200
    assert ask("/health").status_code == 200
