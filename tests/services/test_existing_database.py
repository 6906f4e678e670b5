"""A site on an existing PostgreSQL: another private cluster plays it."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import httpx
import psycopg
import pytest
import pyvo
from support import service
from support.files import ROOT, bulk_rows, write_bulk
from support.releases import let_in

from ztfvo.settings import get_settings, load_settings
from ztfvo.site.config import make_folders
from ztfvo.site.errors import SiteError
from ztfvo.site.identity import endings, user_of
from ztfvo.site.kdb import make_database
from ztfvo.site.postgres import make_cluster


def script(environment: dict[str, str], name: str, *words: str) -> str:
    result = subprocess.run(
        [name, *words], env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def let_the_guest_in(var: Path) -> None:
    """Let all parts of the guest use one role, as its connection string says."""
    settings = get_settings()
    users = {user_of(settings, part).pw_name for part in endings(ROOT)}
    lines = "".join(f"ztfvo {user} postgres\n" for user in sorted(users))
    (var / "pg_ident.local.conf").write_text(lines)


@pytest.fixture
def installations(tmp_path_factory):
    """Environments of a cluster that has no site, and of a site without one that knows of it."""
    folder = Path("/var/tmp") if os.getuid() == 0 else tmp_path_factory.mktemp("sites")
    port = get_settings().port
    made = []
    for name, offset in (("owner", 20), ("guest", 40)):
        var = folder / f"ztfvo-test-{name}-{port}"
        var.mkdir(exist_ok=True)
        let_the_guest_in(var)
        link = var / "venv"
        if not link.exists():
            link.symlink_to((get_settings().var / "venv").resolve())
        environment = os.environ | {
            "ZTFVO_VAR": str(var),
            "ZTFVO_PORT": str(port + offset),
            "ZTFVO_DACHS_PORT": str(port + offset + 1),
            "ZTFVO_POSTGRES_PORT": str(port + offset + 9),
            "ZTFVO_DACHS_PROCESSES": "1",
            "ZTFVO_APP_PROCESSES": "1",
            "ZTFVO_KDB_WORKERS": "1",
        }
        made.append(environment)
    yield made
    for environment in reversed(made):
        subprocess.run([ROOT / "scripts" / "serve", "stop"], env=environment, check=False)
        subprocess.run(["rm", "-rf", environment["ZTFVO_VAR"]], check=True)


def start_cluster(environment: dict[str, str]) -> str:
    """Make a cluster with an empty database, and start it; returns its connection string."""
    settings = load_settings(
        var=environment["ZTFVO_VAR"], postgres_port=int(environment["ZTFVO_POSTGRES_PORT"])
    )
    make_folders(settings)
    make_cluster(settings)
    script(environment, ROOT / "scripts" / "serve", "start", "database")
    connection = psycopg.connect(settings.superuser_dsn, dbname="postgres", autocommit=True)
    with connection:
        connection.execute("CREATE DATABASE guest")
    return settings.superuser_dsn.replace("dbname=ztfvo", "dbname=guest")


def test_a_site_with_a_dsn_uses_that_database_and_makes_none(installations, tmp_path):
    owner, guest = installations
    guest["ZTFVO_DSN"] = start_cluster(owner)
    shown = script(guest, ROOT / "scripts" / "setup")
    assert not (Path(guest["ZTFVO_VAR"]) / "postgres").exists()
    ztfvo = Path(guest["ZTFVO_VAR"]) / "venv" / "bin" / "ztfvo"
    rows = bulk_rows()
    rows["objra"] = [service.HZ_HER[0], 254.4]
    path = write_bulk(tmp_path / "ztf_001722_zg_c07_q4_dr19.parquet", rows)
    let_in(path)
    script(guest, ztfvo, "ingest", "dr19", path)
    script(guest, ztfvo, "release", "publish", "dr19")
    script(guest, ROOT / "scripts" / "serve", "start")
    tap = pyvo.dal.TAPService(f"http://localhost:{guest['ZTFVO_PORT']}/tap")
    found = tap.search("SELECT hmjd, mag FROM ztf.detections WHERE oid = 1722107400005560")
    assert [float(row["hmjd"]) for row in found] == rows["hmjd"][0]
    assert [float(row["mag"]) for row in found] == rows["mag"][0]
    check_knowledge_database(guest, tap, shown)


def check_knowledge_database(guest, tap, shown):
    """Set-up made one there, with an administrator whose password it showed."""
    (password,) = re.findall(r"Password, shown this once: (\S+)", shown)
    api = f"http://localhost:{guest['ZTFVO_PORT']}/kdb/api/v1/"
    with httpx.Client(base_url=api, timeout=30) as client:
        for path, body in (
            ("login/", {"login": "admin", "password": password}),
            ("annotations/", {"oid": 1722107400005560, "release": "dr19", "tags": ["EA"]}),
        ):
            headers = {"X-CSRFToken": client.get("login/").json()["csrf_token"]}
            answer = client.post(path, json=body, headers=headers)
            assert answer.is_success, answer.text
    (row,) = tap.search("SELECT oid, tags, author FROM kdb.objects")
    assert (int(row["oid"]), row["tags"], row["author"]) == (1722107400005560, "EA", "Admin")
    stranger = Path(guest["ZTFVO_VAR"]) / "stranger"
    settings = load_settings(var=stranger, dsn=guest["ZTFVO_DSN"])
    with pytest.raises(SiteError, match="a role 'kdb' that this site did not make"):
        make_database(settings)
