"""Full disks and two at once: the site says so, and nothing that was there is lost."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import requests
from support import service
from support.hostile import LEAKS, sentence
from support.releases import script, ztfvo

from ztfvo.bench.faults.base import Site
from ztfvo.bench.faults.disks import NotMounted, fill, small_disk, write_wal
from ztfvo.bench.faults.releases import RELEASE, load_twice
from ztfvo.settings import get_settings

QUERY = {"LANG": "ADQL", "QUERY": "SELECT name FROM ztf.releases"}
CONE = "/scs?RA=254.45755&DEC=35.34236&SR=0.001"


@pytest.fixture
def broken(site):
    """The installation as the benchmark of faults breaks it."""
    return Site(get_settings(), [(service.HZ_HER_OIDS[0], *service.HZ_HER)])


@contextmanager
def disk(folder, spare_mib):
    """A small disk for a folder, with the service stopped before and running after.

    TAP takes jobs as long as there is any room.
    """
    script("serve", "stop")
    try:
        with small_disk(folder, spare_mib) as filler:
            try:
                with pytest.MonkeyPatch.context() as environment:
                    environment.setenv("ZTFVO_LEAST_FREE_MB", "0")
                    script("serve", "start")
                yield filler
            finally:
                script("serve", "stop")
    except NotMounted as error:
        pytest.skip(f"this machine lets nobody mount a file system: {error}")
    finally:
        script("serve", "start")
        service.wait_for_tap(get_settings().url)


def test_two_ingests_at_once_give_what_one_gives(broken):
    try:
        with tempfile.TemporaryDirectory() as place:
            statuses, there, expected = load_twice(broken, Path(place))
        assert statuses == [0, 0]
        assert there == expected > 0
        ((files, distinct),) = service.rows(
            f"SELECT count(*), count(DISTINCT path) FROM {RELEASE}_store.input_file"
        )
        assert files == distinct == 4
    finally:
        ztfvo("release", "drop", RELEASE, "--yes")
    assert broken.wrong == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount file systems")
def test_a_full_disk_of_dachs_state_is_told_and_heals(broken, site, ask):
    with disk(get_settings().var / "dachs" / "state", 4) as filler:
        fill(filler)
        answers = [
            requests.post(f"{site}/tap/async", data=QUERY, timeout=60, allow_redirects=False),
            requests.post(f"{site}/tap/sync", data=QUERY, timeout=60),
            ask(CONE),
            ask(f"/lc/{service.HZ_HER_OIDS[0]}.json"),
        ]
        assert [one.status_code for one in answers][2:] == [200, 200]
        for answer in answers:
            assert answer.status_code in (200, 500, 503, 507), sentence(answer)
            assert not LEAKS.search(answer.text), answer.url
        assert answers[0].status_code in (500, 503, 507)
        filler.unlink()
        made = requests.post(f"{site}/tap/async", data=QUERY, timeout=60, allow_redirects=False)
        assert made.status_code == 303, sentence(made)
        assert ask(CONE).status_code == 200


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount file systems")
def test_a_full_disk_of_wal_stops_the_database_and_loses_nothing(broken, site, ask):
    kept = broken.kept()
    with disk(get_settings().var / "postgres" / "pg_wal", 20) as filler:
        said = write_wal(broken, 100)
        assert said
        fill(filler)
        answer = ask(CONE)
        assert answer.status_code in (200, 503), sentence(answer)
        assert not LEAKS.search(answer.text)
        filler.unlink()
        script("serve", "start")
        service.wait_for_tap(site)
        assert broken.kept() == kept
    with psycopg.connect(get_settings().superuser_dsn, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS public.bench_filler")
    assert broken.kept() == kept
    assert shutil.disk_usage(get_settings().var / "postgres" / "pg_wal").total > 2**31


@pytest.fixture
def failing():
    """Let the table ztf.releases fail with a state of the database's own choice."""
    with psycopg.connect(get_settings().superuser_dsn, autocommit=True) as connection:
        ((good,),) = connection.execute("SELECT pg_get_viewdef('ztf.releases'::regclass)")
        good = good.rstrip(";")

        def fail(code):
            connection.execute(
                "CREATE OR REPLACE FUNCTION public.bench_fault() RETURNS boolean LANGUAGE plpgsql"
                f" AS $$ BEGIN RAISE EXCEPTION 'a wall of {code}' USING ERRCODE = '{code}'; END $$"
            )
            connection.execute(
                f"CREATE OR REPLACE VIEW ztf.releases AS SELECT * FROM ({good}) AS q"
                " WHERE public.bench_fault()"
            )

        yield fail
        connection.execute(f"CREATE OR REPLACE VIEW ztf.releases AS {good}")
        connection.execute("DROP FUNCTION IF EXISTS public.bench_fault()")


def test_a_fault_of_the_server_is_never_the_visitors_fault(site, query, failing):
    states = {"53100": 503, "53200": 503, "53300": 503, "58030": 500, "XX000": 500, "XX001": 500}
    told = {}
    for code in states:
        failing(code)
        answer = query("SELECT name FROM ztf.releases")
        told[code] = answer.status_code
        assert not LEAKS.search(sentence(answer)), code
    assert told == states
