"""Restoring a backup into a service that has no records."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql

from ztfvo.backup import archive, postgres
from ztfvo.backup.make import check
from ztfvo.settings import Settings
from ztfvo.site import kdb_tables
from ztfvo.site.errors import SiteError
from ztfvo.site.knowledge import manage

EMPTY = """
SET LOCAL lock_timeout = '30s';
DROP SCHEMA IF EXISTS kdb_public CASCADE;
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
ALTER SCHEMA public OWNER TO pg_database_owner;
"""
RECORDS = {
    "annotations": "SELECT count(*) FROM public.annotation",
    "changes of tags by people": "SELECT count(*) FROM public.tag_event"
    " WHERE actor_id IS NOT NULL OR actor_name <> ''",
    "people beside the first": "SELECT greatest(count(*) - 1, 0) FROM public.kdb_user",
}
"""What an empty service does not have: set-up makes tags and one administrator only."""


def restore(settings: Settings, path: Path, folder: Path, say: Callable[[str], None]) -> None:
    """Replace an empty knowledge database by that of a backup, with all accounts.

    All of it happens in one transaction.  Then its tables are brought up to date.

    Parameters
    ----------
    settings
        Those of the installation.
    path
        The backup.
    folder
        An empty folder to work in, see `ztfvo.backup.make.work_folder`.
    say
        Shows the operator what was done.

    Raises
    ------
    SiteError
        When the backup is damaged, the service has records, or anything else fails; then the
        database is as it was.
    """
    manifest = check(settings, path, folder)
    with postgres.connect(settings) as connection:
        require_empty(connection)
    load(settings, path, folder)
    with postgres.connect(settings) as connection:
        check_rows(connection, manifest["tables"])
        _close_database(connection)
        # A dump has no statistics, without which queries through TAP get slow.
        connection.execute("ANALYZE")
    done = manage(settings, ["migrate", "--verbosity=0"], quiet=True)
    if done.returncode:
        raise SiteError(
            f"the tables were restored, but not brought up to date:\n{done.stderr.strip()[-800:]}",
            "see the lines above; then: ztfvo kdb migrate",
        )
    try:
        kdb_tables.recount(settings)
    except SiteError as error:
        # What was restored stays.
        say(f"Warning: {error}")
    rows = manifest["tables"]["annotation"]
    say(f"Restored {rows:,} annotations as of {manifest['made_at']}, with the accounts of then.")


def load(settings: Settings, path: Path, folder: Path, database: str | None = None) -> None:
    """Replace all that is in a database by a backup, in one transaction.

    Parameters
    ----------
    database
        Its name; by default that of the knowledge database.

    Raises
    ------
    SiteError
        When it fails; then the database is as it was.
    """
    archive.unpack(path, folder)
    script = folder / "restore.sql"
    postgres.program(
        settings, "pg_restore", "--no-owner", "--file=-",
        source=folder / archive.DUMP, target=script, connected=False,
    )  # fmt: skip
    whole = folder / "whole.sql"
    with whole.open("wb") as target, script.open("rb") as source:
        target.write(EMPTY.encode())
        shutil.copyfileobj(source, target)
    postgres.program(
        settings, "psql", "--no-psqlrc", "--quiet", "--single-transaction",
        "--set=ON_ERROR_STOP=1", "--file=-", source=whole, database=database,
    )  # fmt: skip


def require_empty(connection: psycopg.Connection) -> None:
    """Refuse to replace what people made.

    Raises
    ------
    SiteError
        When there are records, or more than one account.
    """
    if connection.execute("SELECT to_regclass('public.annotation')").fetchone()[0] is None:
        return
    for what, query in RECORDS.items():
        if count := connection.execute(query).fetchone()[0]:
            raise SiteError(
                f"the knowledge database is not empty: it has {count:,} {what}",
                "restore into a new installation (another ZTFVO_VAR), or drop its database kdb "
                "and run scripts/setup",
            )


def check_rows(connection: psycopg.Connection, expected: dict[str, int]) -> None:
    """Compare the numbers of rows with those of a backup.

    Raises
    ------
    SiteError
        When a table has another number.
    """
    found = postgres.count_rows(connection)
    for name, count in expected.items():
        if found.get(name) != count:
            raise SiteError(
                f"the table {name} has {found.get(name)} rows, but had {count}",
                "do not use this database; restore again",
            )


def _close_database(connection: psycopg.Connection) -> None:
    # Rights on the database itself are not part of a dump.
    name = sql.Identifier(connection.info.dbname)
    connection.execute(sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(name))
