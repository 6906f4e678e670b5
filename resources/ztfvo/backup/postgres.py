"""PostgreSQL's own programs on the knowledge database."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from ztfvo.settings import Settings
from ztfvo.site.errors import SiteError
from ztfvo.site.identity import KDB, as_user
from ztfvo.site.knowledge import environment
from ztfvo.site.postgres import INSTALLED, programs_folder

NOT_KEPT = (
    "django_session", "axes_accessattempt", "axes_accessattemptexpiration",
    "axes_accessfailurelog", "axes_accesslog",
)  # fmt: skip
"""Tables whose rows are not backed up: who is logged in now, and who failed to."""

TABLES = """
SELECT c.relname FROM pg_catalog.pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1
"""


def dsn(settings: Settings, database: str | None = None) -> str:
    """Return the owner's connection string, of the knowledge database or another one beside it."""
    own = environment(settings)["KDB_DSN"]
    return make_conninfo(own, dbname=database) if database else own


def connect(settings: Settings, database: str | None = None) -> psycopg.Connection:
    """Connect as the owner of the knowledge database.

    Parameters
    ----------
    database
        Name of another database of the same server.

    Raises
    ------
    SiteError
        When it does not answer.
    """
    try:
        return psycopg.connect(
            dsn(settings, database), application_name="ztfvo backup", connect_timeout=10
        )
    except psycopg.Error as error:
        raise SiteError(
            f"the database of the knowledge database does not answer ({error})",
            "start it with: scripts/serve start database; or check KDB_DSN",
        ) from error


def count_rows(connection: psycopg.Connection) -> dict[str, int]:
    """Return the number of rows of each table that is backed up."""
    tables = [name for (name,) in connection.execute(TABLES) if name not in NOT_KEPT]
    count = sql.SQL("SELECT count(*) FROM public.{}")
    return {
        name: connection.execute(count.format(sql.Identifier(name))).fetchone()[0]
        for name in tables
    }


def dump(settings: Settings, path: Path) -> dict[str, Any]:
    """Write the database as of one moment to `path`; returns its version and numbers of rows."""
    with connect(settings) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()[0]
        tables = count_rows(connection)
        if "annotation" not in tables:
            raise SiteError(
                "the database has no tables of the knowledge database",
                "run scripts/setup, or check KDB_DSN",
            )
        left_out = [f"--exclude-table-data=public.{name}" for name in NOT_KEPT]
        program(
            settings, "pg_dump", "--format=custom", "--no-owner", "--lock-wait-timeout=60s",
            f"--snapshot={snapshot}", *left_out, target=path,
        )  # fmt: skip
        version = connection.info.parameter_status("server_version")
    return {"postgresql": version, "tables": tables}


def check_dump(settings: Settings, path: Path, tables: dict[str, int]) -> None:
    """Read a dump to its end, and look whether each table's rows are in it.

    Raises
    ------
    SiteError
        When it is damaged or lacks a table.
    """
    listed = program(settings, "pg_restore", "--list", source=path, connected=False)
    rows = {
        words[6]
        for line in listed.splitlines()
        if (words := line.split()) and " TABLE DATA public " in line
    }
    missing = sorted(set(tables) - rows)
    if missing:
        raise SiteError(f"the dump lacks the rows of {missing[0]}", "make another backup")
    program(settings, "pg_restore", f"--file={os.devnull}", source=path, connected=False)


def program(
    settings: Settings,
    name: str,
    *words: str,
    source: Path | None = None,
    target: Path | None = None,
    connected: bool = True,
    database: str | None = None,
) -> str:
    """Run one of PostgreSQL's programs as the knowledge database's user.

    It gets files opened: it may not enter the folder of backups.

    Parameters
    ----------
    source, target
        Files for its standard input and output.
    connected
        Whether it works on the database.
    database
        Name of another database of the same server.

    Returns
    -------
    str
        What it printed; empty with a `target`.

    Raises
    ------
    SiteError
        When it is not installed, or fails.
    """
    variables = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(settings.home(KDB))}
    if connected:
        parts = conninfo_to_dict(dsn(settings, database))
        # Arguments can be seen by others of this machine.
        if password := parts.pop("password", None):
            variables["PGPASSWORD"] = str(password)
        words = (*words, f"--dbname={make_conninfo('', **parts)}", "--no-password")
    with ExitStack() as opened:
        given = opened.enter_context(source.open("rb")) if source else subprocess.DEVNULL
        taken = opened.enter_context(target.open("wb")) if target else subprocess.PIPE
        done = subprocess.run(
            as_user(settings, KDB, [_path(settings, name), *words]),
            cwd="/",
            env=variables,
            stdin=given,
            stdout=taken,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            check=False,
        )
    if done.returncode:
        tail = "\n".join(done.stderr.strip().splitlines()[-10:])
        raise SiteError(f"{name} failed:\n{tail}", "see the lines above")
    return done.stdout or ""


def _path(settings: Settings, name: str) -> str:
    if not settings.dsn:
        return str(programs_folder(settings) / name)
    newest = sorted(INSTALLED.glob(f"[0-9]*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    found = str(newest[-1]) if newest else shutil.which(name)
    if found is None:
        raise SiteError(f"{name} is not installed", "apt-get install postgresql-client")
    return found
