"""Releases side by side: listed, published, made the default, and dropped."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import pyvo
import requests
from support import service
from support.files import bulk_rows, write_bulk, write_hats
from support.here import ztfvo_here
from support.releases import ztfvo
from support.visitors import CONE, LIGHT_CURVE, TAP, visiting
from test_serve import pids

from ztfvo.db import connect
from ztfvo.settings import get_settings
from ztfvo.site.locks import PAUSE
from ztfvo.store.schemas import set_default

OIDS = [1722107400005560, 1722107400005561]
"""Light curves of the small release; the first is at the place of HZ Her."""


def default() -> str:
    """The name of the default release."""
    ((name,),) = service.rows("SELECT name FROM ztf_store.releases WHERE is_default")
    return name


@pytest.fixture(scope="module")
def other(site, tmp_path_factory):
    """The release dr24, loaded from a made HATS partition and published beside the demo."""
    folder = tmp_path_factory.mktemp("other")
    bulk = write_bulk(folder / "ztf_001722_zg_c07_q4_dr24.parquet", bulk_rows())
    ztfvo("ingest", "dr24", *write_hats([bulk], folder, order=3))
    ztfvo("release", "publish", "dr24")
    yield "dr24"
    if default() != "demo":
        ztfvo("release", "default", "demo")
    ztfvo("release", "drop", "dr24", "--yes")


@pytest.fixture
def doomed(site, tmp_path):
    """The release dr19, published for a test that drops it."""
    ztfvo("ingest", "dr19", write_bulk(tmp_path / "ztf_001722_zg_c07_q4_dr19.parquet", bulk_rows()))
    ztfvo("release", "publish", "dr19")
    yield "dr19"
    ztfvo_here("release", "drop", "dr19", "--yes")  # where the test has not come so far


def oids_in(site, path):
    found = pyvo.dal.SCSService(f"{site}{path}?").search(pos=service.HZ_HER, radius=2 / 3600)
    return sorted(int(row["oid"]) for row in found)


def test_releases_stand_side_by_side_and_one_is_the_default(site, tap, other):
    assert oids_in(site, "/dr24/scs") == OIDS[:1]
    assert oids_in(site, "/scs") == sorted(service.HZ_HER_OIDS)
    (row,) = tap.search("SELECT * FROM ztf.releases WHERE name = 'dr24'")
    assert (row["nlightcurves"], row["ndetections"], row["nexposures"]) == (2, 4, 4)
    listed = ztfvo_here("release", "list").stdout
    assert "dr24" in listed
    assert "demo" in listed


def test_the_default_is_switched_and_switched_back(site, tap, other):
    ztfvo("release", "default", "dr24")
    assert oids_in(site, "/scs") == OIDS[:1]
    rows = tap.search("SELECT oid, mag FROM ztf.lightcurves ORDER BY oid")
    assert [int(row["oid"]) for row in rows] == OIDS
    assert (
        "SIMULATED"
        not in requests.get(f"{site}/tap/tables", timeout=60)
        .text.partition("<name>ztf</name>")[2]
        .partition("</schema>")[0]
    )
    ztfvo("release", "default", "demo")
    assert oids_in(site, "/scs") == sorted(service.HZ_HER_OIDS)


def test_others_see_the_old_default_until_the_switch_is_committed(site, other):
    count = "SELECT count(*) FROM ztf_store.objects"
    with connect() as one, connect() as two:
        before = two.execute("SELECT name FROM ztf_store.releases WHERE is_default").fetchone()
        two.commit()
        set_default(one, "dr24")
        assert one.execute(count).fetchone() == (2,)
        seen = two.execute("SELECT name FROM ztf_store.releases WHERE is_default").fetchone()
        assert seen == before == ("demo",)
        one.rollback()
        assert two.execute(count).fetchone()[0] > 20_000


def test_the_default_release_cannot_be_dropped(site, other):
    result = ztfvo_here("release", "drop", "demo", "--yes")
    assert result.returncode == 1
    assert "First: ztfvo release default OTHER" in " ".join(result.stderr.split())
    assert oids_in(site, "/scs") == sorted(service.HZ_HER_OIDS)


def is_gone_from_every_place(site) -> None:
    """The release dr19 is; the default one is where it was."""
    assert service.rows("SELECT to_regnamespace('dr19_store')") == [(None,)]
    assert "ztf_dr19.objects" not in pyvo.dal.TAPService(f"{site}/tap").tables
    answer = requests.get(f"{site}/dr19/scs?RA=1&DEC=1&SR=0.1", timeout=60)
    assert answer.status_code == 404
    assert oids_in(site, "/scs") == sorted(service.HZ_HER_OIDS)


@pytest.mark.parametrize("verb", ["publish", "default", "drop"])
def test_an_unknown_release_is_reported_with_those_there_are(site, verb):
    result = ztfvo_here("release", verb, "dr99", *(["--yes"] if verb == "drop" else []))
    assert result.returncode == 1
    assert "There is no release 'dr99'. There are: demo" in " ".join(result.stderr.split())


def test_a_release_is_dropped_when_its_query_has_ended_and_nobody_else_waits(site, doomed):
    for path in (CONE, LIGHT_CURVE, TAP) * 4:  # each process reads what was published
        assert requests.get(site + path, timeout=60).status_code == 200
    kdb = set(pids("gunicorn"))
    with psycopg.connect(get_settings().superuser_dsn) as connection:
        connection.execute("SELECT count(*) FROM ztf_dr19.objects, ztf_dr19.detections")
        dropping = subprocess.Popen(
            [Path(sys.executable).parent / "ztfvo", "release", "drop", doomed, "--yes"],
            stderr=subprocess.PIPE,
            text=True,
        )
        with visiting(site, (CONE, LIGHT_CURVE, TAP), patience=3) as answers:
            assert "waiting for its end" in dropping.stderr.readline()
            time.sleep(2 * PAUSE)
            assert dropping.poll() is None
    _, shown = dropping.communicate(timeout=120)
    assert dropping.returncode == 0, shown
    assert set(answers) == {(path, 200) for path in (CONE, LIGHT_CURVE, TAP)}
    assert set(pids("gunicorn")) == kdb != set()
    is_gone_from_every_place(site)
