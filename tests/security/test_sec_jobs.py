"""A job ends itself only, and nobody sees jobs that are not theirs."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
import time
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import requests
from support import service
from support.jobs import SLOW, process_of
from support.waiting import wait_for_end

from ztfvo.db import connect_superuser
from ztfvo.settings import get_settings


def of_the_site() -> set[int]:
    """Processes of the installation that a signal to everybody would reach."""
    mark = f"ZTFVO_INSTANCE={get_settings().var}".encode()
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (entry / "environ").read_bytes().split(b"\0"):
                found.add(int(entry.name))
        except OSError:
            continue
    return {pid for pid in found if b"serve\0start" in Path(f"/proc/{pid}/cmdline").read_bytes()}


@contextmanager
def rows(*pids, phase="EXECUTING", destruction=None):
    """Rows of jobs as an earlier version left them."""
    now = datetime(2026, 1, 1)
    names = [f"orphan{number}" for number in range(len(pids))]
    with connect_superuser() as connection:
        for name, pid in zip(names, pids, strict=True):
            connection.execute(
                "INSERT INTO tap_schema.tapjobs (jobid, phase, pid, parameters, creationtime,"
                " destructiontime, executionduration) VALUES (%s, %s, %s, %s, %s, %s, 60)",
                [name, phase, pid, json.dumps({}), now,
                 destruction or datetime(2099, 1, 1)],
            )  # fmt: skip
    try:
        yield names
    finally:
        with connect_superuser() as connection:
            connection.execute("DELETE FROM tap_schema.tapjobs WHERE jobid LIKE 'orphan%'")


def kept():
    """All rows and folders of jobs."""
    folders = (get_settings().var / "dachs" / "state" / "uwsjobs").iterdir()
    rows = service.superuser("SELECT jobid FROM tap_schema.tapjobs ORDER BY 1")
    return [name for (name,) in rows], sorted(folder.name for folder in folders)


def bystander():
    """A process of the service's user that is no runner."""
    user = Path(f"/proc/{next(iter(of_the_site()))}").stat().st_uid
    own = ["setpriv", "--reuid", str(user), "--clear-groups"] if os.getuid() == 0 else []
    return subprocess.Popen([*own, "sleep", "60"])


@pytest.fixture
def innocent(site):
    process = bystander()
    yield process
    process.kill()
    process.wait()


def test_deleting_jobs_signals_no_process_but_their_own(site, innocent):
    before = of_the_site()
    assert len(before) == get_settings().dachs_processes
    with rows(-1, None, 0, 1, innocent.pid) as names:
        for name in names:
            address = f"{site}/tap/async/{name}"
            requests.post(f"{address}/phase", data={"PHASE": "ABORT"}, timeout=30)
            requests.delete(address, timeout=30)
            assert requests.get(address, timeout=30).status_code == 404
    assert of_the_site() == before
    assert innocent.poll() is None


def test_cleaning_up_expired_jobs_signals_no_process(site, innocent):
    before = of_the_site()
    with rows(-1, None, 1, innocent.pid, destruction=datetime(2020, 1, 1)):
        done = service.dachs("adm", "cleantap")
        assert done.returncode == 0, done.stderr
        assert service.superuser(
            "SELECT count(*) FROM tap_schema.tapjobs WHERE jobid LIKE 'orphan%%'", *()
        ) == [(0,)]
    assert of_the_site() == before
    assert innocent.poll() is None


def test_orphans_never_block_jobs(site, innocent, tap):
    with rows(-1, None, 0, 1, innocent.pid, 2**22 - 1, 2**22 - 2, 2**22 - 3) as names:
        job = tap.submit_job("SELECT TOP 1 name FROM ztf.releases")
        began = time.monotonic()
        job.run()
        job.wait(phases=["COMPLETED", "ERROR"], timeout=60)
        assert job.phase == "COMPLETED"
        assert time.monotonic() - began < 30
        shown = requests.get(f"{site}/tap/async/{names[0]}/error", timeout=30)
        assert "has ended" in shown.text
        job.delete()


def test_a_job_that_was_deleted_while_it_waited_keeps_no_other_from_its_start(site, tap):
    with rows(None, None, phase="QUEUED"):  # without folders
        job = tap.submit_job("SELECT TOP 1 name FROM ztf.releases")
        job.run()
        job.wait(phases=["COMPLETED", "ERROR"], timeout=60)
        assert job.phase == "COMPLETED"
        job.delete()


def test_an_asynchronous_job_is_ended_by_its_deletion(site, tap):
    job = tap.submit_job(SLOW)
    job.run()
    pid = process_of(job)
    assert Path(f"/proc/{pid}").exists()
    job.delete()
    wait_for_end(pid, seconds=20)


DELETED_MEANWHILE = """
from pathlib import Path
from gavo import api, base
from gavo.protocols import tap, uws
from ztfvo_dachs import jobserver

api.getRD("//tap")
name = tap.WORKER_SYSTEM.getNewJobId(parameters={})
with tap.WORKER_SYSTEM.changeableJob(name) as job:
    job.change(phase=uws.EXECUTING, pid=None)
with tap.WORKER_SYSTEM.changeableJob(name) as job:
    job.prepareForDestruction()
# Its process had come so far when the folder was there still.
(Path(base.getConfig("uwsWD")) / name).mkdir()
jobserver._run(name)
job = tap.WORKER_SYSTEM.getJob(name)
print(job.phase, job.pid, job.startTime)
tap.WORKER_SYSTEM.destroy(name)
"""


def test_a_job_that_is_deleted_while_its_process_is_being_started_does_not_begin(site):
    done = service.with_dachs(DELETED_MEANWHILE)
    assert done.stdout == "ABORTED None None\n", done.stderr


def test_a_synchronous_query_is_no_job(site):
    before = kept()
    began = threading.Event()

    def ask():
        began.set()
        requests.post(
            f"{site}/tap/sync", data={"LANG": "ADQL", "QUERY": SLOW, "MAXREC": 1}, timeout=(5, 4)
        )

    def hang_up():
        with suppress(requests.Timeout):
            ask()

    asking = threading.Thread(target=hang_up)
    asking.start()
    began.wait()
    time.sleep(2)
    assert kept() == before
    asking.join()


def test_jobs_are_known_to_those_who_made_them_only(site, tap):
    job = tap.submit_job("SELECT TOP 1 name FROM ztf.releases")
    try:
        assert requests.get(job.url, timeout=30).status_code == 200
        listed = requests.get(f"{site}/tap/async", timeout=30)
        assert listed.status_code == 200
        assert job.job_id not in listed.text
    finally:
        job.delete()


@pytest.mark.parametrize(
    ("what", "value", "status"),
    [
        ("executionduration", "nan", 400),
        ("executionduration", "-5", 400),
        ("executionduration", "inf", 400),
        ("executionduration", "x", 400),
        ("executionduration", "1e12", 200),
        ("executionduration", "0", 200),
        ("destruction", "soon", 400),
        ("destruction", "2999-01-01T00:00:00Z", 200),
    ],
)
def test_times_of_jobs_have_limits(site, tap, what, value, status):
    settings = get_settings()
    job = tap.submit_job("SELECT TOP 1 name FROM ztf.releases")
    try:
        answer = requests.post(f"{job.url}/{what}", data={what: value}, timeout=30)
        assert answer.status_code == status
        kept = requests.get(f"{job.url}/{what}", timeout=30).text
        if what == "executionduration":
            assert int(kept) == settings.async_seconds
        else:
            latest = datetime.utcnow() + timedelta(days=settings.job_days, minutes=1)
            assert datetime.fromisoformat(kept.rstrip("Z")) < latest
    finally:
        job.delete()


def new_job(site, **properties):
    form = {"LANG": "ADQL", "QUERY": "SELECT TOP 1 name FROM ztf.releases", **properties}
    return requests.post(f"{site}/tap/async", data=form, timeout=30)


def test_a_new_job_takes_the_times_and_the_name_that_its_request_gives(site):
    soon = (datetime.utcnow() + timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    answer = new_job(site, EXECUTIONDURATION="7", DESTRUCTION=soon, RUNID="mine")
    assert answer.status_code == 200
    try:
        for what, value in (("executionDuration", "7"), ("destruction", soon), ("runId", "mine")):
            assert f"<uws:{what}>{value}</uws:{what}>" in answer.text
    finally:
        requests.delete(answer.url, timeout=30)


@pytest.mark.parametrize(
    ("what", "value"),
    [("EXECUTIONDURATION", "x"), ("EXECUTIONDURATION", "-1"), ("DESTRUCTION", "x")],
)
def test_a_new_job_with_a_time_that_is_none_is_refused_and_not_made(site, what, value):
    before = kept()
    answer = new_job(site, **{what: value})
    assert (answer.status_code, kept()) == (400, before)
    assert f"{value} is not a " in answer.text


def test_names_of_jobs_are_random_numbers_of_128_bits(site):
    jobs = [new_job(site).url for _ in range(3)]
    names = [job.rpartition("/")[2] for job in jobs]
    for job in jobs:
        assert requests.delete(job, timeout=30).status_code == 200
    assert all(re.fullmatch("[0-9a-f]{32}", name) for name in names)
    assert len(set(names)) == 3


@pytest.mark.parametrize("action", ["FOO", "delete", None])
def test_a_job_that_is_sent_another_action_refuses_and_stays(site, action):
    job = new_job(site).url
    try:
        answer = requests.post(job, data={"ACTION": action} if action else None, timeout=30)
        assert (answer.status_code, "takes ACTION=DELETE" in answer.text) == (400, True)
        assert requests.get(job, timeout=30).status_code == 200
        assert requests.post(job, data={"ACTION": "DELETE"}, timeout=30).status_code == 200
        assert requests.get(job, timeout=30).status_code == 404
    finally:
        requests.delete(job, timeout=30)


def test_a_restart_under_load_leaves_nothing_behind(site):
    before = kept()

    def ask():
        with suppress(requests.RequestException):
            requests.post(f"{site}/tap/sync", data={"LANG": "ADQL", "QUERY": SLOW}, timeout=20)

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for one in asking:
        one.start()
    time.sleep(1.5)
    for pid in of_the_site():
        os.kill(pid, signal.SIGKILL)
    for one in asking:
        one.join()
    service.wait_for_tap(site)
    assert kept() == before
