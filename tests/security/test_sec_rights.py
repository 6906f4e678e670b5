"""What code can do that runs in one part of the service: a short list for each.

The tests run a program with the rights and the environment of a running service, which tries the
rest: the other parts' files, database, sockets and processes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.files import ROOT
from support.parts import PROGRAMS, pid_of

from ztfvo.settings import get_settings
from ztfvo.site.identity import as_user, has_walls

pytestmark = pytest.mark.skipif(
    not has_walls(get_settings()), reason="each part has a user only where root sets up"
)

INTRUDER = ROOT / "tests" / "support" / "intruder.py"
ROLES = ["postgres", "ztfvo", "ztfvo_pages", "gavoadmin", "gavo", "untrusted", "kdb", "kdb_public"]
#: Files of which each is somebody's alone.
CLOSED = [
    "secrets/*", "kdb/environment", "app/settings.env", "settings.env", "dachs/etc/*",
    "postgres/*", "postgres",
    "run/*.conf", "cache/archive", "home/*/*", "log/nginx/*", "log/dachs-0/*", "backup/*",
]  # fmt: skip
HIDDEN = [
    "run/supervisor.sock", "run/database", "run/app", "run/kdb", "run/nginx",
    "run/supervisord.conf",
    "run/pg_ident.conf", "run/nginx.conf", "secrets/kdb-secret-key",
    "secrets/kdb-public-password", "secrets/dachs-admin-password",
]  # fmt: skip


def environment_of(part: str) -> dict[str, str]:
    """What a process of the part was started with; no process loads data, so that of DaCHS."""
    pid = pid_of("dachs" if part == "data" else part)
    pairs = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


@pytest.fixture(scope="module")
def tries(site):
    """A function that lets somebody try in a part, and returns what succeeded."""
    settings = get_settings()
    given = {
        "var": str(settings.var),
        "programs": [str(ROOT / name) for name in ("scripts", "resources", "kdb", "etc", "inputs")]
        + [sys.prefix],
        "run": str(settings.run),
        "port": settings.postgres_port,
        "roles": ROLES,
        "databases": ["ztfvo", "kdb", "postgres", "template1"],
        "files": CLOSED,
        "hidden": HIDDEN,
        "pids": {part: pid_of(part) for part in PROGRAMS},
    }

    def run(part: str) -> dict[str, list[str]]:
        # nginx overwrites its environment.
        known = {"PATH": os.environ["PATH"]} if part == "nginx" else environment_of(part)
        done = subprocess.run(
            as_user(settings, part, [sys.executable, "-I", "-", json.dumps(given)]),
            input=INTRUDER.read_text(),
            capture_output=True,
            text=True,
            env=known,
            cwd="/",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        shown = json.loads(done.stdout)
        print(json.dumps(shown, indent=1))
        return shown

    return run


def test_code_in_dachs_reaches_what_dachs_serves_and_nothing_else(tries):
    shown = tries("dachs")
    assert shown["enters"] == [f"{role} in ztfvo" for role in ROLES[2:6]]
    assert shown["does"] == [
        "ztfvo_pages in ztfvo: reads the store",
        "ztfvo_pages in ztfvo: keeps names of images",
        "gavoadmin in ztfvo: reads the public records",
        "gavoadmin in ztfvo: reads the store",
    ]
    assert shown["changes"] == [
        "dachs/cache", "dachs/inputs", "dachs/state", "dachs/tmp", "home/dachs",
        *(f"log/dachs-{number}" for number in range(get_settings().dachs_processes)),
    ]  # fmt: skip
    assert shown["changes programs"] == []
    assert shown["lists secrets"] == []
    assert {name.rpartition("/")[0] for name in shown["reads"]} <= {
        "dachs/etc", "home/dachs", "log/dachs-0", "run",
    }  # fmt: skip
    # It names users and roles, and is for those who may talk to the database.
    assert [name for name in shown["reads"] if name.startswith("run/")] == ["run/pg_ident.conf"]
    assert shown["talks to"] == ["database"]
    assert {words.split()[-1] for words in shown["processes"]} <= {"dachs"}


def test_code_in_the_application_reads_the_stores_and_changes_nothing_of_others(tries):
    shown = tries("app")
    assert shown["enters"] == ["ztfvo_pages in ztfvo"]
    assert shown["does"] == [
        "ztfvo_pages in ztfvo: reads the store",
        "ztfvo_pages in ztfvo: keeps names of images",
    ]
    assert shown["changes"] == ["home/app", "run/app"]
    assert shown["changes programs"] == []
    assert shown["lists secrets"] == []
    elsewhere = [name for name in shown["reads"] if not name.startswith("home/app/")]
    assert elsewhere == ["app/settings.env", "run/pg_ident.conf"]
    assert {words.split()[-1] for words in shown["processes"]} <= {"app"}


def test_code_in_the_knowledge_database_reaches_its_records_and_nothing_else(tries):
    shown = tries("kdb")
    assert shown["enters"] == ["kdb in kdb"]
    assert shown["does"] == [
        "kdb in kdb: becomes the owner of the records",
        "kdb in kdb: reads accounts",
        "kdb in kdb: reads records that are not public",
        "kdb in kdb: makes a table in public",
    ]
    assert shown["changes"] == ["home/kdb", "kdb/static", "run/kdb", "secrets/kdb-secret-key"]
    assert shown["changes programs"] == []
    assert shown["reads"] == [
        "kdb/environment", "run/pg_ident.conf", "secrets/kdb-secret-key",
    ]  # fmt: skip
    assert shown["talks to"] == ["kdb", "database"]
    assert {words.split()[-1] for words in shown["processes"]} <= {"kdb"}


def test_code_in_nginx_reaches_no_database_and_no_secret(tries):
    shown = tries("nginx")
    assert (shown["enters"], shown["does"], shown["lists secrets"]) == ([], [], [])
    assert shown["changes"] == ["cache/archive", "home/nginx", "log/nginx", "nginx", "run/nginx"]
    assert shown["changes programs"] == []
    assert {name.rpartition("/")[0] for name in shown["reads"]} <= {
        "cache", "cache/archive", "home/nginx", "log/nginx", "run",
    }  # fmt: skip
    assert [name for name in shown["reads"] if name.startswith("run/supervisord")] == []
    assert shown["talks to"] == ["app", "kdb", "nginx"]
    assert {words.split()[-1] for words in shown["processes"]} <= {"nginx"}


def test_code_in_the_database_server_does_not_log_in_and_reads_no_secret(tries):
    shown = tries("database")
    assert (shown["enters"], shown["lists secrets"]) == ([], [])
    assert shown["changes"] == ["home/database", "postgres", "run/database"]
    assert shown["changes programs"] == []
    assert [name for name in shown["reads"] if name.startswith(("secrets", "kdb", "dachs"))] == []
    assert shown["talks to"] == ["database"]


def test_code_that_loads_data_reads_no_records_and_steers_nothing(tries):
    settings = get_settings()
    shown = tries("data")
    assert shown["enters"] == ["ztfvo in ztfvo", "ztfvo_pages in ztfvo"]
    assert "ztfvo in ztfvo: changes light curves" in shown["does"]
    assert not [what for what in shown["does"] if "accounts" in what or "superuser" in what]
    assert shown["changes"] == ["data", "home/data", "log/ingest"]
    assert shown["changes programs"] == []
    assert [name for name in shown["reads"] if name.startswith(("secrets", "kdb", "dachs"))] == []
    assert "supervisor.sock" not in shown["talks to"]
    assert shown["processes"] == []
    assert settings.var.stat().st_uid == 0
