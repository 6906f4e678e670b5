"""Each part has a user of its own, and root runs nothing that one of them can change."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import psycopg
import pytest
from support import kdb
from support.files import ROOT
from support.parts import PROGRAMS, pid_of

from ztfvo.settings import get_settings, load_settings
from ztfvo.site import older
from ztfvo.site.identity import as_user, endings, has_walls, user_of

pytestmark = pytest.mark.skipif(
    not has_walls(get_settings()), reason="each part has a user only where root sets up"
)

#: What root reads or runs in the state folder.
TRUSTED = [
    "run/supervisord.conf", "run/supervisor.sock", "run/pg_hba.conf", "run/pg_ident.conf",
    "run/postgresql.conf", "run/nginx.conf", "kdb/environment", "kdb/set-up.sum",
    "dachs/initialised", "dachs/etc/gavo.rc", "log/supervisord.log", "log/kdb.log",
]  # fmt: skip


@pytest.mark.parametrize("name", TRUSTED)
def test_what_root_reads_is_roots_on_the_whole_way(site, name):
    path = get_settings().var / name
    for place in (path, *(parent for parent in path.parents if parent != Path("/tmp"))):
        found = place.stat()
        assert found.st_uid == 0, place
        assert path.is_socket() or found.st_mode & 0o022 == 0, place


def status_of(pid: int) -> dict[str, list[str]]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: rest.split() for name, _, rest in (line.partition(":") for line in lines)}


@pytest.mark.parametrize("part", ["database", "dachs", "kdb", "nginx"])
def test_a_program_has_the_rights_of_its_own_user_and_cannot_gain_more(site, part):
    found = status_of(pid_of(part))
    user = user_of(get_settings(), part)
    assert set(found["Uid"]) == {str(user.pw_uid)}
    assert set(found["Gid"]) == {str(user.pw_gid)}
    assert found["NoNewPrivs"] == ["1"]
    assert (found["CapEff"], found["CapInh"]) == (["0" * 16], ["0" * 16])


def test_no_two_parts_have_one_user(site):
    users = [user_of(get_settings(), part).pw_uid for part in endings(ROOT)]
    assert set(endings(ROOT)) == (set(PROGRAMS) - {"supervisor"}) | {"data"}
    assert len(set(users)) == len(users)
    assert 0 not in users


def test_the_database_trusts_nobody_and_no_service_is_mighty(site):
    with psycopg.connect(kdb.dsn("postgres", "postgres")) as connection:
        methods = connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules")
        assert sorted(method for (method,) in methods) == ["peer", "scram-sha-256"]
        mighty = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname NOT LIKE 'kdb_test%' AND (rolsuper"
            " OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)"
        )
        assert mighty.fetchall() == [("postgres",)]
        members = connection.execute("SELECT member::regrole::text FROM pg_auth_members m"
            " WHERE roleid::regrole::text LIKE 'pg_%' AND member::regrole::text !~ '^pg_'"
        )  # fmt: skip
        assert members.fetchall() == []
        open_to_all = connection.execute(
            "SELECT datname FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba)))"
            " WHERE grantee = 0 AND datname IN ('ztfvo', 'kdb', 'postgres', 'template1')"
        )
        assert open_to_all.fetchall() == []


def test_commands_give_up_roots_rights_before_they_read_files(site, tmp_path):
    path = tmp_path / "closed.parquet"
    path.touch(mode=0o600)
    done = subprocess.run(
        [get_settings().var / "venv" / "bin" / "ztfvo", "ingest", "demo", path],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert f"the user '{get_settings().system_user}'" in done.stderr
    assert "chmod o+rX" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", ["serve status", "serve stop", "backup list"])
def test_a_service_user_cannot_steer_and_is_shown_who_can(site, words):
    script, *rest = words.split()
    command = [ROOT / "scripts" / script, *rest]
    done = subprocess.run(
        as_user(get_settings(), "data", command), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "belongs to root" in done.stderr
    assert "Traceback" not in done.stderr


def test_set_up_refuses_programs_that_a_service_can_change(site):
    trap = ROOT / "resources" / "ztfvo" / "intruder.txt"
    trap.touch()
    user = user_of(get_settings(), "dachs")
    os.chown(trap, user.pw_uid, user.pw_gid)
    try:
        done = subprocess.run(
            [ROOT / "scripts" / "setup"], capture_output=True, text=True, check=False
        )
    finally:
        trap.unlink()
    assert done.returncode == 1
    assert str(trap) in done.stderr
    assert "chown -R root:" in done.stderr


def test_an_older_state_folder_is_taken_over_and_no_link_is_followed(tmp_path):
    var, victim = tmp_path / "var", tmp_path / "victim"
    for name in ("postgres", "dachs/etc", "data/demo", "cache", "nginx", "kdb/static", "log/nginx",
                 "log/dachs-0", "run", "secrets"):  # fmt: skip
        (var / name).mkdir(parents=True)
    for name in ("dachs/initialised", "dachs/etc/feed", "secrets/kdb-secret-key", "data/demo/a",
                 "log/nginx-access.log", "postgres/PG_VERSION"):  # fmt: skip
        (var / name).write_text(name)
    victim.touch()
    for name in ("log/nginx/x", "data/x", "dachs/etc/x", "log/dachs-1", "x"):
        (var / name).symlink_to(victim)
    owner = get_settings().system_user
    subprocess.run(["chown", "-R", "-h", f"{owner}:", var], check=True)
    shown: list[str] = []
    older.take_over(load_settings(var=var), shown.append)
    assert len(shown) == 1
    whose = {
        "": "root", "postgres/PG_VERSION": "database", "dachs/etc/feed": "root",
        "dachs/initialised": "root", "data/demo/a": "data", "log": "root", "log/dachs-0": "dachs",
        "secrets": "root", "secrets/kdb-secret-key": "kdb", "kdb": "root", "kdb/static": "kdb",
        "log/nginx/nginx-access.log": "nginx",
    }  # fmt: skip
    for name, part in whose.items():
        wanted = 0 if part == "root" else user_of(get_settings(), part).pw_uid
        assert (var / name).stat().st_uid == wanted, name
    assert (var / "dachs/etc/feed").stat().st_mode & 0o777 == 0o640
    assert victim.stat().st_uid == 0
