"""Backups: what is in them, that they are whole, how many are kept, and what comes back."""

from __future__ import annotations

import fcntl
import io
import json
import os
import shutil
import subprocess
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.contrib.sessions.models import Session
from support import kdb
from support.backups import backup, by_script, failed, rows, structure, succeeded, tables
from support.kdb import KEY, MIGRATED, NAME, new_oid
from support.records import make_people, make_tags, remove_all

from kdb.accounts.models import Token, User
from kdb.annotations.record import annotate
from kdb.tags import edit
from ztfvo.backup import archive
from ztfvo.backup.targets import Remote, target_of
from ztfvo.settings import get_settings, load_settings

OTHER = f"kdb_restore_{os.getpid()}"


@pytest.fixture(scope="module")
def committed(kdb_database):
    """What is committed stays until the last of these tests."""
    yield
    remove_all()


@pytest.fixture(scope="module")
def people(committed, password_hash):
    """One user of each role, and a second expert, by role."""
    return make_people(password_hash)


@pytest.fixture(scope="module")
def records(committed, people):
    """Accounts, tokens, tags with a past and histories, which no test changes."""
    tags = make_tags()
    expert, editor = people["expert"], people["editor"]
    for turn in range(30):
        oid = new_oid()
        head = annotate(expert, oid, "dr5", [tags["SN"]], None, text=f"{turn} é\t'\"\\N")
        second = annotate(editor, oid, "dr19", [tags["VAR"], tags["EA"]], head.pk, public=turn > 9)
        if turn % 3 == 0:
            annotate(expert, oid, "dr19", [], second.pk, deleted=True)
    edit.change(editor, tags["VAR"].pk, name="variable")
    edit.merge(editor, tags["ghost"].pk, tags["artefact"].pk)
    Token.objects.create(user=expert, name="script")
    return 30


@pytest.fixture
def empty(database):
    """Another database as set-up makes it, before its tables."""
    kdb.create_database(OTHER)
    yield OTHER
    kdb.drop_database(OTHER)


@pytest.fixture
def as_set_up(kdb_database):
    """Another database with its tables, tags and administrator, as set-up makes them."""
    kdb.create_database(OTHER, MIGRATED)
    known = kdb.environment(OTHER, KEY)
    for words in (("load_vocabulary",), ("create_administrator", "root", "The operator")):
        assert kdb.manage(known, *words).returncode == 0
    yield OTHER
    kdb.drop_database(OTHER)


@pytest.fixture
def folder(tmp_path):
    """Where backups go, and the settings that say so."""
    return tmp_path / "backups"


@pytest.fixture(scope="module")
def whole(records, tmp_path_factory):
    """A backup, which no test changes."""
    target = tmp_path_factory.mktemp("whole")
    succeeded(by_script(ZTFVO_BACKUP_TARGET=target))
    (path,) = target.iterdir()
    return path


@pytest.fixture
def made(whole, folder):
    """A copy of the backup, at its target."""
    folder.mkdir(mode=0o700)
    return Path(shutil.copy2(whole, folder))


@pytest.fixture(scope="module")
def restored(whole):
    """The service restored from the backup, which no test changes."""
    name = f"{OTHER}_whole"
    kdb.create_database(name)
    try:
        assert "Restored 70 annotations" in succeeded(by_script("restore", whole, name=name))
        yield name
    finally:
        kdb.drop_database(name)


@pytest.mark.parametrize("words", ["run", "list"])
def test_a_target_that_cannot_be_made_is_reported_in_a_sentence(records, tmp_path, words):
    file = tmp_path / "file"
    file.touch()
    outcome = backup(words, ZTFVO_BACKUP_TARGET=file / "below")
    if words == "list":
        assert "kdb-" not in succeeded(outcome)
        return
    shown = failed(outcome)
    assert f"the backup cannot be written to {file}/below" in shown
    assert "ZTFVO_BACKUP_TARGET" in shown


def test_a_restored_service_has_every_row_the_history_and_all_rules(restored):
    before, after = tables(NAME), tables(restored)
    assert len(before["annotation"]) == 70
    assert len(before["kdb_token"]) == 1
    assert set(after) == set(before)
    for name in before:
        assert after[name] == before[name], name
    for view in ("objects", "history", "tags"):
        query = f"SELECT * FROM kdb_public.{view} ORDER BY 1, 2"
        found = rows(restored, query, "kdb_public")
        assert found == rows(NAME, query, "kdb_public")
        assert found
    # The planner knows the rows.
    known = rows(restored, "SELECT reltuples::int FROM pg_class WHERE relname = 'annotation_tag'")
    assert known == rows(restored, "SELECT count(*) FROM annotation_tag")
    wanted, found = structure(NAME), structure(restored)
    assert {part: len(lines) > 0 for part, lines in wanted.items()} == dict.fromkeys(wanted, True)
    for part in wanted:
        assert found[part] == wanted[part], part


def test_a_restored_service_goes_on_and_keeps_its_history_closed(restored):
    for statement in (
        "UPDATE annotation SET text = ''",
        "DELETE FROM annotation_tag",
        "TRUNCATE tag_event CASCADE",
    ):
        with pytest.raises(psycopg.errors.RestrictViolation, match="are only ever added"):
            rows(restored, statement)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows(restored, "SELECT * FROM public.annotation", "kdb_public")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows(restored, "CREATE TEMPORARY TABLE x (i int)", "kdb_public")
    with psycopg.connect(kdb.dsn(restored, "kdb")) as owner:
        last = owner.execute("SELECT max(id) FROM annotation").fetchone()[0]
        new = owner.execute(
            "INSERT INTO annotation (oid, release, text, tag_count, author_name, public, deleted)"
            " VALUES (%s, 'dr19', '', 0, 'a', true, false) RETURNING id, number",
            [new_oid()],
        ).fetchone()
        owner.rollback()
    assert new == (last + 1, 1)


def test_a_restored_service_can_be_backed_up_and_restored_again(restored, empty, tmp_path):
    succeeded(backup("run", "--target", tmp_path / "second", name=restored))
    (second,) = (tmp_path / "second").iterdir()
    succeeded(backup("restore", second, name=empty))
    assert tables(empty) == tables(NAME)


def test_a_service_as_set_up_makes_it_counts_as_empty(made, as_set_up):
    succeeded(backup("restore", made, name=as_set_up))
    assert tables(as_set_up) == tables(NAME)


def test_a_service_with_records_is_left_as_it_is(made):
    before = tables(NAME)
    assert "is not empty: it has 70 annotations" in failed(backup("restore", made))
    assert tables(NAME) == before


@pytest.fixture
def sessions(records, people):
    """Keys of the sessions once an expert has logged in, which leaves nothing else behind."""
    kdb.Visitor(people["expert"]).get("whoami/")
    yield list(Session.objects.values_list("session_key", flat=True))
    User.objects.update(last_login=None)


def test_sessions_and_secrets_are_not_in_a_backup(sessions, folder, tmp_path):
    assert sessions
    variables = {"ZTFVO_BACKUP_TARGET": folder}
    succeeded(backup(**variables))
    (path,) = folder.iterdir()
    with tarfile.open(path) as tar:
        assert sorted(tar.getnames()) == ["kdb.dump", "manifest.json", "settings.env"]
        tar.extract("kdb.dump", tmp_path)
    readable = subprocess.run(
        [pg_restore(), "--file=-", tmp_path / "kdb.dump"], capture_output=True, check=True
    ).stdout.decode()
    assert "expert@example.org" in readable
    assert [key for key in [*sessions, KEY.read_text()] if key in readable] == []
    assert (path.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)


def pg_restore():
    from ztfvo.site.postgres import programs_folder

    return programs_folder(load_settings()) / "pg_restore"


def test_a_backup_says_what_is_in_it_and_verifies(made):
    with tarfile.open(made) as tar:
        manifest = json.load(tar.extractfile("manifest.json"))
    assert manifest["tables"]["annotation"] == 70
    assert manifest["tables"]["tag_event"] == len(tables(NAME)["tag_event"])
    assert "annotation: 70 rows" in succeeded(backup("verify", made))
    assert made.name in succeeded(backup("list", ZTFVO_BACKUP_TARGET=made.parent))
    name = succeeded(backup("verify", made.name, ZTFVO_BACKUP_TARGET=made.parent))
    assert "annotation: 70 rows" in name


def changed_member(path, name, change):
    """Write the backup again with one member changed."""
    with tarfile.open(path) as tar:
        content = {member: tar.extractfile(member).read() for member in tar.getnames()}
    content[name] = change(content[name])
    with tarfile.open(path, "w") as tar:
        for member, data in content.items():
            info = tarfile.TarInfo(member)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-30_000]), "cannot be read as a backup"),
        (lambda path: path.write_bytes(b"no archive"), "cannot be read as a backup"),
        (lambda path: changed_member(path, "kdb.dump", lambda data: data[:-9] + b"x" * 9),
         "kdb.dump has another checksum"),
        (lambda path: changed_member(path, "settings.env", lambda data: data + b"X=1\n"),
         "settings.env has another checksum"),
        (lambda path: changed_member(path, "manifest.json",
                                     lambda data: data.replace(b'"format": 1', b'"format": 2')),
         "has format 2"),
        (lambda path: path.unlink(), "cannot be read as a backup"),
    ],
)  # fmt: skip
def test_a_damaged_backup_is_refused_before_anything_is_changed(made, empty, change, cause):
    change(made)
    assert cause in failed(backup("verify", made))
    assert cause in failed(backup("restore", made, name=empty))
    assert rows(empty, "SELECT to_regclass('public.annotation')") == [(None,)]


HALT = """
CREATE SCHEMA other;
CREATE FUNCTION other.halt() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands()
               WHERE object_identity = 'kdb_public.history') THEN
        RAISE EXCEPTION 'halted by the test';
    END IF;
END $$;
CREATE EVENT TRIGGER halt ON ddl_command_end EXECUTE FUNCTION other.halt();
"""


def trial(var):
    """What is kept of the last trial of a backup."""
    return json.loads((var / "backup.trial.json").read_text())


def databases():
    return rows("postgres", "SELECT datname FROM pg_database ORDER BY 1", user="postgres")


def test_a_backup_is_tried_in_a_database_of_its_own_and_the_outcome_kept(made, folder):
    var, before = get_settings().var, databases()
    counted = rows(NAME, "SELECT count(*) FROM annotation")
    shown = succeeded(backup("test", ZTFVO_BACKUP_TARGET=folder))
    assert f"{made.name} was restored" in shown
    outcome = trial(var)
    assert (outcome["ok"], outcome["backup"]) == (True, made.name)
    assert outcome["sentence"] in " ".join(shown.split())
    assert databases() == before
    assert rows(NAME, "SELECT count(*) FROM annotation") == counted


def test_a_trial_that_was_interrupted_is_in_nobodys_way(made):
    kdb.create_database("kdb_trial")
    try:
        succeeded(backup("test", made))
        assert ("kdb_trial",) not in databases()
    finally:
        kdb.drop_database("kdb_trial")


@pytest.mark.parametrize("damage", ["empty", "cut", "flipped", "of another kind"])
def test_a_trial_of_a_damaged_backup_says_what_is_wrong_and_is_remembered(made, damage):
    before = databases()
    content = bytearray(made.read_bytes())
    if damage == "empty":
        content = b""
    elif damage == "cut":
        content = content[: len(content) // 2]
    elif damage == "flipped":
        content[len(content) // 2] ^= 0xFF
    made.write_bytes(content)
    if damage == "of another kind":
        with tarfile.open(made, "w") as tar:
            tar.add(__file__, "notes.txt")
    sentence = failed(backup("test", made))
    assert made.name in sentence
    assert "Remedy: take another backup" in sentence
    outcome = trial(get_settings().var)
    assert outcome["ok"] is False
    assert outcome["sentence"] in sentence
    assert databases() == before


def test_a_restore_that_fails_half_way_leaves_the_empty_service_as_it_was(made, as_set_up):
    before, shape = tables(as_set_up), structure(as_set_up)
    with psycopg.connect(kdb.dsn(as_set_up, "postgres"), autocommit=True) as superuser:
        superuser.execute(HALT)
    assert "halted by the test" in failed(backup("restore", made, name=as_set_up))
    assert tables(as_set_up) == before
    assert structure(as_set_up)["views"] == shape["views"]


def test_the_database_being_down_is_reported(folder):
    shown = failed(
        by_script(ZTFVO_BACKUP_TARGET=folder, KDB_DSN="host=/nowhere dbname=kdb user=kdb")
    )
    assert "does not answer" in shown
    assert "Remedy:" in shown
    assert not folder.exists()


def test_one_backup_runs_at_a_time(made):
    with (load_settings().var / "backup.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another backup or restore is running" in failed(
            backup(ZTFVO_BACKUP_TARGET=made.parent)
        )
    succeeded(backup(ZTFVO_BACKUP_TARGET=made.parent))


def test_old_backups_are_deleted_after_a_new_one_and_other_files_are_not(records, folder):
    folder.mkdir()
    old = [archive.name_at(datetime(2020, 1, day, 3, tzinfo=UTC)) for day in (1, 2, 3)]
    for name in [*old, "notes.txt"]:
        (folder / name).write_bytes(b"")
    limits = {"ZTFVO_BACKUP_DAILY": 2, "ZTFVO_BACKUP_WEEKLY": 0}
    shown = succeeded(backup(ZTFVO_BACKUP_TARGET=folder, **limits))
    left = sorted(path.name for path in folder.iterdir())
    assert left[0] == old[-1]
    assert left[2:] == ["notes.txt"]
    assert [line.split()[-1] for line in shown.splitlines() if "Deleted" in line] == old[:2]


def test_a_failed_backup_deletes_nothing(folder):
    folder.mkdir()
    old = [archive.name_at(datetime(2020, 1, day, 3, tzinfo=UTC)) for day in (1, 2, 3)]
    for name in old:
        (folder / name).write_bytes(b"")
    failed(backup(ZTFVO_BACKUP_TARGET=folder, ZTFVO_BACKUP_DAILY=1, name="kdb_not_there"))
    assert sorted(path.name for path in folder.iterdir()) == old


@pytest.mark.skipif(not shutil.which("rclone"), reason="rclone is not installed")
def test_backups_go_to_rclone_targets_and_come_back(records, empty, folder, tmp_path):
    variables = {
        "ZTFVO_BACKUP_TARGET": f"nas:{folder}/inner",
        "RCLONE_CONFIG": tmp_path / "rclone.conf",
        "RCLONE_CONFIG_NAS_TYPE": "local",
        "ZTFVO_BACKUP_DAILY": 1,
        "ZTFVO_BACKUP_WEEKLY": 0,
    }
    succeeded(backup(**variables))
    (first,) = (folder / "inner").iterdir()
    first.rename(first.with_name("kdb-20200101T000000Z.tar"))
    succeeded(backup(**variables))
    (second,) = (folder / "inner").iterdir()
    assert archive.time_of(second.name).year > 2020
    assert second.name in succeeded(backup("list", **variables))
    succeeded(backup("restore", second.name, name=empty, **variables))
    assert tables(empty) == tables(NAME)
    assert "rclone" in failed(backup("run", "--target", "unknown-remote:x"))
    assert isinstance(target_of(load_settings(), "nas:x"), Remote)
