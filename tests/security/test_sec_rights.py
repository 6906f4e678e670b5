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
        told = json.loads(done.stdout)
        print(json.dumps(told, indent=1))
        return told

    return run


def test_code_in_dachs_reaches_what_dachs_serves_and_nothing_else(tries):
    told = tries("dachs")
    assert told["enters"] == [f"{role} in ztfvo" for role in ROLES[2:6]]
    assert told["does"] == [
        "ztfvo_pages in ztfvo: reads the store",
        "ztfvo_pages in ztfvo: keeps names of images",
        "gavoadmin in ztfvo: reads the public records",
        "gavoadmin in ztfvo: reads the store",
    ]
    assert told["changes"] == [
        "dachs/cache", "dachs/inputs", "dachs/state", "dachs/tmp", "dachs/web", "home/dachs",
        *(f"log/dachs-{number}" for number in range(get_settings().dachs_processes)),
    ]  # fmt: skip
    assert told["changes programs"] == []
    assert told["lists secrets"] == []
    assert {name.rpartition("/")[0] for name in told["reads"]} <= {
        "dachs/etc", "home/dachs", "log/dachs-0", "run",
    }  # fmt: skip
    # It names users and roles, and is for those who may talk to the database.
    assert [name for name in told["reads"] if name.startswith("run/")] == ["run/pg_ident.conf"]
    assert told["talks to"] == ["database"]
    assert {words.split()[-1] for words in told["processes"]} <= {"dachs"}


def test_code_in_the_application_reads_the_stores_and_changes_nothing_of_others(tries):
    told = tries("app")
    assert told["enters"] == ["ztfvo_pages in ztfvo"]
    assert told["does"] == [
        "ztfvo_pages in ztfvo: reads the store",
        "ztfvo_pages in ztfvo: keeps names of images",
    ]
    assert told["changes"] == ["home/app", "run/app"]
    assert told["changes programs"] == []
    assert told["lists secrets"] == []
    elsewhere = [name for name in told["reads"] if not name.startswith("home/app/")]
    assert elsewhere == ["app/settings.env", "run/pg_ident.conf"]
    assert {words.split()[-1] for words in told["processes"]} <= {"app"}


def test_code_in_the_knowledge_database_reaches_its_records_and_nothing_else(tries):
    told = tries("kdb")
    assert told["enters"] == ["kdb in kdb"]
    assert told["does"] == [
        "kdb in kdb: becomes the owner of the records",
        "kdb in kdb: reads accounts",
        "kdb in kdb: reads records that are not public",
        "kdb in kdb: makes a table in public",
    ]
    assert told["changes"] == ["home/kdb", "kdb/static", "run/kdb", "secrets/kdb-secret-key"]
    assert told["changes programs"] == []
    assert told["reads"] == [
        "kdb/environment", "run/pg_ident.conf", "secrets/kdb-secret-key",
    ]  # fmt: skip
    assert told["talks to"] == ["kdb", "database"]
    assert {words.split()[-1] for words in told["processes"]} <= {"kdb"}


def test_code_in_nginx_reaches_no_database_and_no_secret(tries):
    told = tries("nginx")
    assert (told["enters"], told["does"], told["lists secrets"]) == ([], [], [])
    assert told["changes"] == ["cache/archive", "home/nginx", "log/nginx", "nginx", "run/nginx"]
    assert told["changes programs"] == []
    assert {name.rpartition("/")[0] for name in told["reads"]} <= {
        "cache", "cache/archive", "home/nginx", "log/nginx", "run",
    }  # fmt: skip
    assert [name for name in told["reads"] if name.startswith("run/supervisord")] == []
    assert told["talks to"] == ["app", "kdb", "nginx"]
    assert {words.split()[-1] for words in told["processes"]} <= {"nginx"}


def test_code_in_the_database_server_does_not_log_in_and_reads_no_secret(tries):
    told = tries("database")
    assert (told["enters"], told["lists secrets"]) == ([], [])
    assert told["changes"] == ["home/database", "postgres", "run/database"]
    assert told["changes programs"] == []
    assert [name for name in told["reads"] if name.startswith(("secrets", "kdb", "dachs"))] == []
    assert told["talks to"] == ["database"]


def test_code_that_loads_data_reads_no_records_and_steers_nothing(tries):
    settings = get_settings()
    told = tries("data")
    assert told["enters"] == ["ztfvo in ztfvo", "ztfvo_pages in ztfvo"]
    assert "ztfvo in ztfvo: changes light curves" in told["does"]
    assert not [what for what in told["does"] if "accounts" in what or "superuser" in what]
    assert told["changes"] == ["data", "home/data", "log/ingest"]
    assert told["changes programs"] == []
    assert [name for name in told["reads"] if name.startswith(("secrets", "kdb", "dachs"))] == []
    assert "supervisor.sock" not in told["talks to"]
    assert told["processes"] == []
    assert settings.var.stat().st_uid == 0
