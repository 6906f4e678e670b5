"""``ztfvo kdb import`` and ``export`` in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from support import kdb
from support.kdb import KEY, NAME, new_oid
from support.records import history
from support.releases import let_in

from ztfvo.settings import get_settings


def ztfvo_kdb(*words, **settings):
    """Run ``ztfvo kdb``, which knows nothing of this test's Django."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("KDB_")}
    return subprocess.run(
        [sys.executable, "-c", "from ztfvo.cli import app; app()", "kdb", *map(str, words)],
        capture_output=True,
        text=True,
        env=bare | kdb.environment(NAME, KEY) | settings,
        check=False,
    )


def open_to_all(folder):
    """Let the user who runs the command read and write a folder."""
    let_in(folder)
    folder.chmod(0o777)


def test_the_command_imports_and_exports_in_a_process_of_its_own(committed, tags, file, tmp_path):
    open_to_all(tmp_path)
    oid = new_oid()
    done = ztfvo_kdb("import", file(f"oid,tags\n{oid},SN\n"), "--release", "dr17", "--author=A")
    assert done.returncode == 0, done.stderr
    assert "1 records added" in done.stdout
    assert [row[0] for row in history(oid)] == [["SN"]]
    done = ztfvo_kdb("export", tmp_path / "all.jsonl", "--public")
    assert done.returncode == 0, done.stderr
    assert f'"oid": {oid}' in (tmp_path / "all.jsonl").read_text()
    assert "--create-tags" in ztfvo_kdb("import", "--help").stdout


def test_a_file_that_the_caller_alone_may_read_is_imported(committed, tags, file, tmp_path):
    first, second = new_oid(), new_oid()
    tmp_path.chmod(0o700)
    files = [
        file(f"oid,tags\n{oid},SN\n", name) for oid, name in ((first, "a.csv"), (second, "b.csv"))
    ]
    for path in files:
        path.chmod(0o600)
    before = sorted((get_settings().var / "kdb").iterdir())
    done = ztfvo_kdb("import", *files, "--release", "dr17", "--author", "A. B.csv")
    assert done.returncode == 0, done.stderr
    assert [row[0] for oid in (first, second) for row in history(oid)] == [["SN"], ["SN"]]
    assert "b.csv: 1 records added" in done.stdout
    assert sorted((get_settings().var / "kdb").iterdir()) == before


@pytest.mark.parametrize("name", ["all.jsonl", "all.vot"])
def test_an_export_goes_to_a_folder_that_the_caller_alone_may_write(committed, tmp_path, name):
    tmp_path.chmod(0o700)
    done = ztfvo_kdb("export", tmp_path / name)
    assert done.returncode == 0, done.stderr
    assert f"{name}: 0 annotations" in done.stdout
    (made,) = tmp_path.iterdir()
    assert (made.name, made.stat().st_mode & 0o777) == (name, 0o600)
    assert made.stat().st_uid == os.geteuid()


@pytest.mark.parametrize(("name", "layout"), [("all.jsonl", "jsonl"), ("all.vot", "votable")])
def test_an_export_to_no_folder_is_refused_with_the_remedy(tmp_path, name, layout):
    done = ztfvo_kdb("export", tmp_path / "none" / name)
    assert done.returncode == 1
    assert f"{name} cannot be written (No such file or directory)" in done.stderr
    assert f"export - --layout {layout} > FILE" in done.stderr


def test_an_export_that_fails_leaves_no_file(tmp_path):
    done = ztfvo_kdb("export", tmp_path / "all.xlsx")
    assert done.returncode == 1
    assert "the name must end in .jsonl or .vot" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_command_fails_with_a_sentence(file, tmp_path):
    open_to_all(tmp_path)
    done = ztfvo_kdb("import", file("oid,tags\n1,SN\n"), "--release=dr17")
    assert done.returncode == 1
    assert "line 2: '1' is not an OID" in done.stderr
    done = ztfvo_kdb("tidy", KDB_DSN="host=/nowhere dbname=kdb user=kdb")
    assert done.returncode == 1
    assert "Error: the database does not do it" in done.stderr
    assert "Traceback" not in done.stderr


def test_neither_side_imports_the_other():
    code = "import sys, {0}; sys.exit(any(name.split('.')[0] == {1!r} for name in sys.modules))"
    for one, other in (("ztfvo.cli, ztfvo.backup.__main__, bench.kdb", "kdb"),
                       ("kdb.__main__, kdb.transfer.votable", "ztfvo")):  # fmt: skip
        known = os.environ | kdb.environment(NAME, KEY)
        setup = "import django; django.setup(); " if other == "ztfvo" else ""
        command = [sys.executable, "-c", setup + code.format(one, other)]
        assert subprocess.run(command, env=known, check=False).returncode == 0, one
