"""What one visitor's query leaves on a connection does not reach the next one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from astropy.table import Table
from support import service
from support.jobs import SLOW
from support.waiting import wait_until

from ztfvo.settings import get_settings

IDLE = "SELECT pid FROM pg_stat_activity WHERE usename = 'untrusted' AND state = 'idle' ORDER BY 1"
FEW = (1, 2, 3)
"""Connections of ten queries that follow each other; `watch` asks as well, while they do."""

LONG = (
    "SELECT pid FROM pg_stat_activity WHERE usename = 'untrusted' AND state = 'active'"
    " AND clock_timestamp() - query_start > interval '1 s'"
)
TURNS = f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = {0x7A7466}"


@pytest.fixture
def one(site):
    """A function that asks one of the DaCHS processes, whose connections have been closed."""
    service.superuser(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'untrusted'"
    )
    wait_until(lambda: service.superuser(IDLE) == [], 5)

    def ask(query: str, files=None, **parameters) -> requests.Response:
        return requests.post(
            f"http://127.0.0.1:{get_settings().dachs_port}/tap/sync",
            data={"LANG": "ADQL", "QUERY": query, "RESPONSEFORMAT": "csv", **parameters},
            files=files,
            timeout=60,
        )

    return ask


def upload(tmp_path, value: int) -> dict:
    """Parameters of a query with an uploaded table of one number."""
    path = tmp_path / f"{value}.xml"
    Table({"n": [value]}).write(path, format="votable")
    return {"UPLOAD": "mine,param:t", "files": {"t": path.open("rb")}}


def test_queries_that_follow_each_other_share_a_connection(one):
    for _ in range(10):
        assert one("SELECT name FROM ztf.releases WHERE name = 'demo'").text.split() == [
            "name",
            "demo",
        ]
    assert len(service.superuser(IDLE)) in FEW


def test_an_uploaded_table_is_gone_with_its_query(one, tmp_path):
    for value in (3, 4):
        answer = one("SELECT n FROM TAP_UPLOAD.mine", **upload(tmp_path, value))
        assert answer.text.split() == ["n", str(value)]
    assert len(service.superuser(IDLE)) in FEW
    assert one("SELECT n FROM TAP_UPLOAD.mine").status_code == 400


def test_no_lock_is_held_by_a_connection_that_waits(one):
    assert one("SELECT name FROM ztf.releases").status_code == 200
    wait_until(lambda: service.superuser(IDLE) and service.superuser(TURNS) == [(0,)], 5)


def test_a_connection_that_was_lost_while_it_waited_is_no_fault(one):
    assert one("SELECT name FROM ztf.releases").status_code == 200
    lost = service.superuser(IDLE)
    assert lost
    for pid in lost:
        service.superuser("SELECT pg_terminate_backend(%s)", *pid)
    assert one("SELECT name FROM ztf.releases").status_code == 200
    assert set(lost).isdisjoint(service.superuser(IDLE))


def test_a_query_that_fails_takes_its_connection_with_it(one):
    assert one("SELECT name FROM ztf.releases").status_code == 200
    (held,) = service.superuser(IDLE)
    failing = "SELECT 1/(nlightcurves - nlightcurves) AS n FROM ztf.releases"

    def is_gone() -> bool:
        # A connection goes back to the pool after its answer has come: another one may be taken.
        assert one(failing).status_code == 400
        return held not in service.superuser(IDLE)

    wait_until(is_gone, 10)


def test_a_long_query_takes_its_connection_with_it(one):
    with ThreadPoolExecutor(1) as others:
        running = others.submit(one, SLOW, MAXREC="1")
        (slow,) = wait_until(lambda: service.superuser(LONG), 10)
        service.superuser("SELECT pg_cancel_backend(%s)", *slow)
        assert running.result().status_code >= 400
    assert slow not in service.superuser(IDLE)
