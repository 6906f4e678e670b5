"""Making a backup, and looking after those that are there."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ztfvo.backup import archive, postgres
from ztfvo.backup.rotation import superfluous
from ztfvo.backup.targets import Target
from ztfvo.settings import Settings
from ztfvo.site.errors import SiteError
from ztfvo.site.identity import own_file, own_folder


@contextmanager
def work_folder(settings: Settings) -> Iterator[Path]:
    """Lend an empty folder of the service's user, to one process at a time.

    Raises
    ------
    SiteError
        When another backup or restore runs.
    """
    lock = os.open(settings.var / "backup.lock", os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SiteError("another backup or restore is running", "wait for its end") from None
        folder = settings.var / "backup.work"
        # What a run that was killed left.
        shutil.rmtree(folder, ignore_errors=True)
        own_folder(settings, folder, 0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)


def back_up(settings: Settings, target: Target, say: Callable[[str], None]) -> str:
    """Make a backup, check it, bring it to its place, and delete those no longer needed.

    Returns
    -------
    str
        Its name.

    Raises
    ------
    SiteError
        When anything fails; then no backup was deleted.
    """
    with work_folder(settings) as folder:
        now = datetime.now(UTC)
        facts = postgres.dump(settings, folder / archive.DUMP)
        _copy_settings(settings, folder / archive.SETTINGS)
        name = archive.name_at(now)
        archive.pack(folder, folder / name, {"made_at": now.isoformat(timespec="seconds")} | facts)
        own_file(settings, folder / name, 0o600)
        check(settings, folder / name, folder)
        target.put(folder / name)
        size = (folder / name).stat().st_size
    rows = facts["tables"]["annotation"]
    say(f"Backed up {rows:,} annotations to {target}: {name} ({size / 1e6:.1f} MB)")
    for old in superfluous(target.names(), settings.backup_daily, settings.backup_weekly):
        target.delete(old)
        say(f"Deleted {old}")
    return name


def check(settings: Settings, path: Path, folder: Path) -> dict[str, Any]:
    """Read a backup as a restore does, but into nothing; returns its manifest.

    Raises
    ------
    SiteError
        When it could not be restored.
    """
    inside = folder / "check"
    inside.mkdir()
    manifest = archive.unpack(path, inside)
    postgres.check_dump(settings, inside / archive.DUMP, manifest["tables"])
    shutil.rmtree(inside)
    return manifest


def _copy_settings(settings: Settings, path: Path) -> None:
    source = settings.var / "settings.env"
    text = source.read_text(encoding="utf-8") if source.exists() else ""
    path.write_text(archive.without_passwords(text), encoding="utf-8")
