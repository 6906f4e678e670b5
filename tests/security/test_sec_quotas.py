"""Jobs, uploads and results have bounds, for each address and in all, and everybody a turn."""

from __future__ import annotations

import shutil
from contextlib import contextmanager

import pytest
import requests
from support import service
from support.jobs import SLOW
from support.waiting import wait_until

from ztfvo.settings import get_settings

QUICK = "SELECT name FROM ztf.releases"


class Visitor:
    """Somebody at an address, who talks to one DaCHS process as nginx does."""

    def __init__(self, address):
        self.base = f"http://127.0.0.1:{get_settings().dachs_port}/tap"
        self.headers = {"X-Real-IP": address}
        self.jobs = []

    def ask(self, query=QUICK):
        return requests.post(
            f"{self.base}/sync", data={"LANG": "ADQL", "QUERY": query}, headers=self.headers,
            timeout=60,
        )  # fmt: skip

    def submit(self, query=QUICK, run=False):
        answer = requests.post(
            f"{self.base}/async", data={"LANG": "ADQL", "QUERY": query}, headers=self.headers,
            timeout=60, allow_redirects=False,
        )  # fmt: skip
        if answer.status_code == 303:
            self.jobs.append(f"{self.base}/async/{answer.headers['Location'].rpartition('/')[2]}")
            if run:
                requests.post(f"{self.jobs[-1]}/phase", data={"PHASE": "RUN"}, timeout=60)
        return answer

    def phases(self):
        return [requests.get(f"{job}/phase", timeout=60).text for job in self.jobs]


@pytest.fixture
def visitors(site):
    made = [Visitor("192.0.2.1"), Visitor("192.0.2.2")]
    yield made
    for visitor in made:
        for job in visitor.jobs:
            requests.delete(job, timeout=60)


@contextmanager
def full(job, megabytes):
    """Let a job's folder look as if so much lay in it."""
    folder = get_settings().var / "dachs" / "state" / "uwsjobs" / job.rpartition("/")[2]
    with (folder / "results").open("wb") as file:
        file.truncate(megabytes * 10**6)
    try:
        yield
    finally:
        (folder / "results").unlink()


def test_an_address_has_so_many_jobs(visitors):
    one, other = visitors
    most = get_settings().jobs_per_address
    statuses = [one.submit().status_code for _ in range(most + 2)]
    assert statuses == [303] * most + [429] * 2
    refused = one.submit()
    assert "delete those you do not need" in refused.text
    assert refused.headers["content-type"].startswith("text/xml")
    assert other.submit().status_code == 303
    requests.delete(one.jobs.pop(), timeout=60)
    assert one.submit().status_code == 303


def test_an_address_whose_results_fill_its_room_can_make_no_more_jobs(visitors):
    one, other = visitors
    settings = get_settings()
    one.submit()
    with full(one.jobs[0], settings.results_mb_per_address):
        refused = one.submit()
        assert refused.status_code == 503
        assert "no room" in refused.text
        assert other.submit().status_code == 303
        assert one.ask().status_code == 200
    with full(one.jobs[0], settings.results_mb):
        assert other.submit().status_code == 503
        assert other.ask().status_code == 200
    assert one.submit().status_code == 303


def test_jobs_of_one_address_leave_turns_to_others(visitors):
    one, other = visitors
    most = get_settings().tap_jobs
    share = get_settings().jobs_of_one
    for _ in range(most):
        one.submit(SLOW, run=True)
    wait_until(lambda: one.phases().count("EXECUTING") >= share)
    assert one.phases().count("EXECUTING") == share
    other.submit(run=True)
    wait_until(lambda: other.phases() == ["COMPLETED"], seconds=60)
    assert one.phases().count("QUEUED") == most - share
    for job in one.jobs[:share]:
        requests.delete(job, timeout=60)
    del one.jobs[:share]
    wait_until(lambda: one.phases().count("EXECUTING") >= share, seconds=90)
    assert one.phases().count("EXECUTING") == share


def test_deleted_jobs_leave_no_query_behind(visitors):
    one, _ = visitors
    running = (
        "SELECT count(*) FROM pg_stat_activity WHERE usename = 'untrusted' AND state = 'active'"
    )
    wait_until(lambda: service.superuser(running) == [(0,)])
    one.submit(SLOW, run=True)
    wait_until(lambda: service.superuser(running) == [(1,)])
    requests.delete(one.jobs.pop(), timeout=60)
    wait_until(lambda: service.superuser(running) == [(0,)], seconds=15)


def test_jobs_that_have_ended_count_as_kept(visitors):
    one, other = visitors
    made = [one.submit() for _ in range(2)]
    assert {answer.status_code for answer in made} == {303}
    folder = get_settings().var / "dachs" / "state" / "uwsjobs"
    ended = [folder / f"ended{number}" for number in range(get_settings().jobs_kept_per_address)]
    try:
        for job in ended[2:]:
            job.mkdir()
            (job / "address").write_text("192.0.2.1")
        refused = one.submit()
        assert refused.status_code == 429
        assert "1000 jobs from your address are kept" in refused.text
        assert other.submit().status_code == 303
        assert one.ask().status_code == 200
        requests.delete(one.jobs.pop(), timeout=60)
        assert one.submit().status_code == 303
    finally:
        for job in ended:
            shutil.rmtree(job, ignore_errors=True)
