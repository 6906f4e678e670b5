"""Jobs come from a process that has loaded all they need, which may end at any time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from support import service
from support.jobs import SLOW, process_of
from support.parts import pid_of
from support.waiting import wait_for_end, wait_until

from ztfvo.settings import get_settings
from ztfvo.site import supervisor
from ztfvo_dachs.jobserver import PROCESS

QUICK = "SELECT TOP 1 name FROM ztf.releases"


def servers() -> dict[int, int]:
    """Processes that jobs are forked from, each with the DaCHS process it belongs to."""
    mark = f"ZTFVO_INSTANCE={get_settings().var}".encode()
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            is_one = b"ztfvo_dachs.jobserver" in (entry / "cmdline").read_bytes().split(b"\0")
            if is_one and mark in (entry / "environ").read_bytes().split(b"\0"):
                found[int(entry.name)] = parent(int(entry.name))
        except OSError:
            continue
    return {pid: above for pid, above in found.items() if above not in found}


def parent(pid: int) -> int:
    """The process that a process was started by."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def running(tap, query: str):
    """A job with its process, once it is at work."""
    job = tap.submit_job(query)
    job.run()
    return job, process_of(job)


def result(tap, query: str = QUICK) -> str:
    """Run a job to its end; the phase it ends in, with the error of one that failed."""
    job = tap.submit_job(query)
    job.run()
    return end(job)


def end(job) -> str:
    """Wait for a job's end, and delete it; the phase it ends in, with its error."""
    job.wait(phases=["COMPLETED", "ERROR", "ABORTED"], timeout=60)
    phase = job.phase
    if phase == "ERROR":
        phase += requests.get(f"{job.url}/error", timeout=30).text
    job.delete()
    return phase


@pytest.fixture
def slow(tap):
    """A job at work, and its process."""
    job, pid = running(tap, SLOW)
    yield job, pid
    job.delete()


def test_a_job_is_a_process_of_its_own_that_is_forked_from_the_server(site, slow):
    job, pid = slow
    assert parent(pid) in servers()
    assert os.getsid(pid) == pid
    lock = get_settings().var / "dachs" / "state" / "uwsjobs" / job.job_id / PROCESS
    assert lock in {Path(os.readlink(link)) for link in Path(f"/proc/{pid}/fd").iterdir()}


def test_the_server_shares_no_connection_with_its_jobs(site, slow):
    server = parent(slow[1])
    open_there = [os.readlink(link) for link in Path(f"/proc/{server}/fd").iterdir()]
    assert [name for name in open_there if name.startswith("socket:")] == []


def test_a_job_lives_through_the_end_of_its_server_and_the_next_one_starts_others(site, tap, slow):
    job, pid = slow
    for server in servers():
        os.kill(server, signal.SIGKILL)
    wait_until(lambda: not set(servers()) - {pid})
    assert result(tap) == "COMPLETED"
    assert job.phase == "EXECUTING"
    job.abort()
    wait_for_end(pid, seconds=30)
    assert job.phase == "ABORTED"


def test_a_job_that_its_server_did_not_come_to_is_started_by_the_next_one(site, tap):
    assert result(tap) == "COMPLETED"
    killed = servers()
    for server in killed:
        os.kill(server, signal.SIGSTOP)
    job = tap.submit_job(QUICK)
    job.run()
    names = "SELECT phase FROM tap_schema.tapjobs WHERE jobid = %s"
    wait_until(lambda: service.superuser(names, job.job_id) == [("EXECUTING",)])
    for server in killed:
        os.kill(server, signal.SIGKILL)
    assert end(job) == "COMPLETED"


def test_a_job_whose_process_is_killed_is_an_error_at_once(site, slow):
    job, pid = slow
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: job.phase == "ERROR", 10)
    assert "has ended" in requests.get(f"{job.url}/error", timeout=30).text


def test_a_job_that_is_aborted_before_it_began_never_begins(site, tap):
    jobs = [tap.submit_job(SLOW) for _ in range(4)]
    for job in jobs:
        requests.post(f"{job.url}/phase", data={"PHASE": "RUN"}, timeout=30, allow_redirects=False)
        requests.post(f"{job.url}/phase", data={"PHASE": "ABORT"}, timeout=30)
    names = [job.job_id for job in jobs]
    shown = "SELECT DISTINCT phase FROM tap_schema.tapjobs WHERE jobid = ANY(%s)"
    wait_until(lambda: service.superuser(shown, names) == [("ABORTED",)])
    assert result(tap) == "COMPLETED"
    pids = service.superuser("SELECT pid FROM tap_schema.tapjobs WHERE jobid = ANY(%s)", names)
    wait_until(lambda: not any(pid and Path(f"/proc/{pid}").exists() for (pid,) in pids))
    assert service.superuser(shown, names) == [("ABORTED",)]
    for job in jobs:
        job.delete()


def test_changed_descriptors_reach_jobs_and_those_at_work_go_on(site, tap, slow):
    job, _ = slow
    former = set(servers())
    for number in range(get_settings().dachs_processes):
        supervisor.send_signal(get_settings(), f"dachs-{number}", "HUP")
    service.wait_for_tap(site)
    assert result(tap) == "COMPLETED"
    assert job.phase == "EXECUTING"
    job.abort()
    wait_until(lambda: not former & set(servers()))


def test_a_server_ends_with_its_dachs_process(site, tap):
    assert result(tap) == "COMPLETED"
    dachs = pid_of("dachs")
    mine = {pid for pid, above in servers().items() if above == dachs}
    os.kill(dachs, signal.SIGKILL)
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in mine))
    service.wait_for_tap(site)


def test_without_its_guards_a_dachs_process_ends():
    broken = (
        "import ztfvo_dachs\n"
        "def install(): raise RuntimeError('a guard is missing')\n"
        "ztfvo_dachs.install = install\n"
        "try: ztfvo_dachs.install_or_end()\n"
        "except BaseException: pass\n"
        "print('serves')"
    )
    done = subprocess.run(
        [sys.executable, "-c", broken], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "a guard is missing" in done.stderr


def test_after_a_change_a_server_is_made_ready_where_one_was_used():
    done = service.in_dachs("""
from ztfvo_dachs.repairs import jobstart

server = jobstart.Server(lambda name: None, lambda name: False)
server.ensure()
unused = server.leave()
server.start("none")
print(unused, server.leave(), server.leave())
""")
    assert done.stdout.split() == ["False", "True", "False"], done.stderr
