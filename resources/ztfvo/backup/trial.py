"""Trying a backup: it is restored into a database of its own, beside the one in use."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from ztfvo.backup import postgres
from ztfvo.backup.make import check
from ztfvo.backup.restore import check_rows, load
from ztfvo.settings import Settings
from ztfvo.site.errors import SiteError
from ztfvo.site.render import write

DATABASE = "kdb_trial"
OUTCOME = "backup.trial.json"
"""In the state folder: when, which backup, whether it could be restored, a sentence, seconds."""

INTERVAL = timedelta(days=7)
"""Between two trials that come with a backup."""


def try_restore(settings: Settings, path: Path, folder: Path) -> str:
    """Restore a backup into a database that is dropped again, and keep what came of it.

    Parameters
    ----------
    path
        The backup.
    folder
        An empty folder to work in, see `ztfvo.backup.make.work_folder`.

    Returns
    -------
    str
        A sentence.

    Raises
    ------
    SiteError
        When it could not be restored.
    """
    began = time.monotonic()
    try:
        manifest = check(settings, path, folder)
        with _database(settings):
            load(settings, path, folder, DATABASE)
            with postgres.connect(settings, DATABASE) as connection:
                check_rows(connection, manifest["tables"])
    except SiteError as error:
        _keep(settings, path.name, False, error.cause, time.monotonic() - began)
        raise
    rows = sum(manifest["tables"].values())
    sentence = f"{path.name} was restored: {rows:,} rows in {len(manifest['tables'])} tables"
    _keep(settings, path.name, True, sentence, time.monotonic() - began)
    return sentence


def last(settings: Settings) -> dict | None:
    """Return what came of the last trial; None without one.

    Raises
    ------
    SiteError
        When the file that has it is damaged.
    """
    path = settings.var / OUTCOME
    if not path.exists():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return found | {"when": datetime.fromisoformat(found["when"])}
    except (ValueError, TypeError, KeyError) as error:
        raise SiteError(f"{path} is damaged ({error})", "run: scripts/backup test") from error


def is_due(settings: Settings) -> bool:
    """Return whether the last trial that succeeded was long ago, where there can be one."""
    if not _is_beside(settings):
        return False
    try:
        known = last(settings)
    except SiteError:
        return True
    return not known or not known["ok"] or datetime.now(UTC) - known["when"] >= INTERVAL


def _keep(settings: Settings, name: str, ok: bool, sentence: str, seconds: float) -> None:
    outcome = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "backup": name,
        "ok": ok,
        "sentence": sentence,
        "seconds": round(seconds, 1),
    }
    write(settings, settings.var / OUTCOME, json.dumps(outcome, indent=1) + "\n")


def _is_beside(settings: Settings) -> bool:
    """Return whether the knowledge database is on the server where set-up makes databases."""
    ours, theirs = (
        conninfo_to_dict(words) for words in (settings.superuser_dsn, postgres.dsn(settings))
    )
    return all(ours.get(word) == theirs.get(word) for word in ("host", "hostaddr", "port"))


@contextmanager
def _database(settings: Settings) -> Iterator[None]:
    """Have an empty database; one that an interrupted trial left is dropped first."""
    if not _is_beside(settings):
        raise SiteError(
            "KDB_DSN names another server, where this site makes no databases",
            "restore the backup into another installation",
        )
    role = conninfo_to_dict(postgres.dsn(settings))["user"]
    name, owner = sql.Identifier(DATABASE), sql.Identifier(role)
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name)
    make = sql.SQL(
        "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'"
        " LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
    ).format(name, owner)
    maintenance = {} if settings.dsn else {"dbname": "postgres"}
    try:
        with psycopg.connect(settings.superuser_dsn, autocommit=True, **maintenance) as connection:
            connection.execute(drop)
            connection.execute(make)
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
            try:
                yield
            finally:
                connection.execute(drop)
    except psycopg.Error as error:
        raise SiteError(
            f"the database for the trial cannot be made ({str(error).strip()})",
            "start it with: scripts/serve start database; its disk needs room for another copy",
        ) from error
