"""Two at once lose nothing, and faults of the database are reported as its own."""

from __future__ import annotations

import tempfile
from pathlib import Path

import psycopg
import pytest
from support import service
from support.hostile import LEAKS, sentence
from support.releases import ztfvo

from bench.faults.base import Site
from bench.faults.releases import RELEASE, load_twice
from ztfvo.settings import get_settings


@pytest.fixture
def broken(site):
    """The installation as the benchmark of faults breaks it."""
    return Site(get_settings(), [(service.HZ_HER_OIDS[0], *service.HZ_HER)])


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
    shown = {}
    for code in states:
        failing(code)
        answer = query("SELECT name FROM ztf.releases")
        shown[code] = answer.status_code
        assert not LEAKS.search(sentence(answer)), code
    assert shown == states
