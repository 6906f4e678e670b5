"""Queries end with their requests, and nobody's queries stop those of others."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import requests
from support import service
from support.jobs import SLOW
from support.waiting import wait_until

from ztfvo.settings import get_settings

TURNS = f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = {0x7A7466}"
"""Queries that count for their visitors."""

RUNNING = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'untrusted' AND state = 'active'"


def slow(seconds, address="127.0.0.1"):
    """Ask something slow and hang up; returns the status, 0 where there was none."""
    transport = httpx.HTTPTransport(local_address=address)
    with httpx.Client(transport=transport, timeout=httpx.Timeout(seconds, connect=5)) as client:
        try:
            query = {"LANG": "ADQL", "QUERY": SLOW}
            return client.post(f"{get_settings().local_url}/tap/sync", data=query).status_code
        except httpx.TimeoutException:
            return 0


def wait_until_idle(seconds=10):
    """Wait until no query of a visitor runs or counts."""
    wait_until(lambda: service.superuser(RUNNING) == service.superuser(TURNS) == [(0,)], seconds)


def test_a_query_ends_when_its_client_hangs_up(site):
    wait_until_idle()
    assert slow(1.5) == 0
    wait_until_idle(5)


def test_a_result_that_its_format_refuses_takes_no_turn(site, query):
    wait_until_idle()
    statuses = set()
    for name in ("日本", "a\nb", "x" * 60):
        asked = f'SELECT TOP 1 nlightcurves AS "{name}" FROM ztf.releases'
        statuses.add(query(asked, RESPONSEFORMAT="fits").status_code)
        wait_until_idle(0.5)
    assert 400 in statuses


def test_visitors_are_answered_while_somebody_hangs_up_on_seventy_queries(site, ask):
    took = []
    with ThreadPoolExecutor(35) as others:
        hanging = [others.submit(slow, 0.5, "127.0.0.11") for _ in range(70)]
        for _ in range(4):
            for path in ("/scs?RA=254.45755&DEC=35.34236&SR=0.001", "/lc/680113300005170.json"):
                began = time.monotonic()
                assert ask(path).status_code == 200
                took.append(time.monotonic() - began)
        shown = {one.result() for one in hanging}
    assert shown <= {0, 429}
    assert max(took) < 10
    wait_until_idle()


def test_an_address_has_so_many_queries_at_a_time_until_they_have_ended(site):
    most = get_settings().sync_per_address
    wait_until_idle()
    with ThreadPoolExecutor(most) as others:
        waiting = [others.submit(slow, 4) for _ in range(most)]
        time.sleep(2)
        assert service.superuser(RUNNING) == [(most,)]
        refused = requests.post(
            f"http://127.0.0.1:{get_settings().dachs_port}/tap/sync",
            data={"LANG": "ADQL", "QUERY": "SELECT name FROM ztf.releases"},
            headers={"X-Real-IP": "127.0.0.1"},
            timeout=30,
        )
        another = requests.post(
            f"http://127.0.0.1:{get_settings().dachs_port}/tap/sync",
            data={"LANG": "ADQL", "QUERY": "SELECT name FROM ztf.releases"},
            headers={"X-Real-IP": "192.0.2.7"},
            timeout=30,
        )
        assert {one.result() for one in waiting} == {0}
    assert refused.status_code == 429
    assert "/tap/async" in refused.text
    assert another.status_code == 200
    wait_until_idle()
    assert slow(1) == 0
