"""Where backups go, and which of them are kept."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest

from ztfvo.backup import archive
from ztfvo.backup.rotation import superfluous
from ztfvo.backup.targets import Folder, target_of
from ztfvo.settings import load_settings
from ztfvo.site.errors import SiteError


def names_of(times):
    return [archive.name_at(time) for time in times]


def test_the_newest_of_each_day_and_week_stays():
    noon = datetime(2026, 1, 31, 12, tzinfo=UTC)
    daily = [noon - timedelta(days=day) for day in range(60)]
    twice = [time - timedelta(hours=6) for time in daily]
    gone = superfluous(names_of(daily + twice), daily=7, weekly=4)
    kept = sorted(set(names_of(daily + twice)) - set(gone))
    # Saturday the 31st and six days before; then the Sundays that end ISO weeks.
    days = [31, 30, 29, 28, 27, 26, 25, 18, 11]
    assert kept == sorted(names_of(datetime(2026, 1, day, 12, tzinfo=UTC) for day in days))
    assert gone == sorted(gone)


def test_nothing_is_deleted_while_no_backups_are_made():
    old = names_of(datetime(2020, 1, day, 3, tzinfo=UTC) for day in range(1, 8))
    assert superfluous(old, daily=7, weekly=0) == []
    assert superfluous([*old, archive.name_at(datetime.now(UTC))], 7, 0) == old[:1]


@pytest.mark.parametrize(
    "name",
    [
        "kdb-20261301T000000Z.tar",
        "kdb-2026.tar",
        "kdb-20260101T000000Z.tar.part",
        "a/kdb-20260101T000000Z.tar",
        "notes.txt",
    ],
)
def test_other_files_are_no_backups(name):
    assert archive.time_of(name) is None
    assert superfluous([name], 1, 0) == []


def test_a_copy_that_breaks_off_has_no_name_and_is_removed(tmp_path, monkeypatch):
    source = tmp_path / "kdb-20260101T000000Z.tar"
    source.write_bytes(b"x" * 100)
    target = Folder(load_settings(), tmp_path / "there")

    def broken(fd):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(SiteError, match="No space left"):
        target.put(source)
    assert list((tmp_path / "there").iterdir()) == []


@pytest.mark.parametrize("text", ["nas:ztf/kdb", ":local:/srv", "s3 store:bucket", "b2,versions:x"])
def test_a_target_with_a_name_and_colon_is_rclones(text, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SiteError, match=r"rclone is not installed.*\n.*apt-get install rclone"):
        target_of(load_settings(), text)


@pytest.mark.parametrize("text", ["/srv/backup", "/srv/a:b", "./a:b", "backup"])
def test_other_targets_are_folders(text):
    assert isinstance(target_of(load_settings(), text), Folder)


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("ZTFVO_PORT=8080", "ZTFVO_PORT=8080"),
        ("# a comment = here", "# a comment = here"),
        ("ZTFVO_DSN=host=a user=b password=geheim dbname=c",
         "ZTFVO_DSN=host=a user=b password=*** dbname=c"),
        ("ZTFVO_DSN='host=a password = ''x y'' dbname=c'",
         "ZTFVO_DSN='host=a password = ***"),
        ("ZTFVO_DSN=\"host=a password='x y' dbname=c\"", "ZTFVO_DSN=\"host=a password=***"),
        ("KDB_DSN=postgresql://me:ge@he/im@host/db", "KDB_DSN=postgresql://me:***@host/db"),
        ("KDB_DSN=postgresql://host/db?user=a&password=geheim&connect_timeout=1",
         "KDB_DSN=postgresql://host/db?user=a&password=***&connect_timeout=1"),
        ("KDB_DSN=postgresql://me:geheim@host/db", "KDB_DSN=postgresql://me:***@host/db"),
        ("ZTFVO_MAIL_PASSWORD=geheim", "ZTFVO_MAIL_PASSWORD=***"),
        ("KDB_SECRET_KEY_FILE=/etc/key", "KDB_SECRET_KEY_FILE=/etc/key"),
    ],
)  # fmt: skip
def test_settings_are_kept_without_passwords(line, kept):
    assert archive.without_passwords(line + "\n") == kept + "\n"
