"""Set-up of the knowledge database: roles, database, tables, and what TAP shows of it."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import psycopg
from psycopg import sql

from ztfvo.settings import Settings
from ztfvo.site import kdb_tables, knowledge
from ztfvo.site.errors import SiteError
from ztfvo.site.identity import KDB, run
from ztfvo.site.render import write

#: File that holds the checksum of what the database was last brought up to date with.
STAMP = "set-up.sum"
#: Seconds a statement that changes tables may take.
MIGRATION_SECONDS = "3600"
WITHOUT = "set ZTFVO_KDB_WORKERS=0 for a site without knowledge database"


def is_outdated(settings: Settings) -> bool:
    """Return whether code, settings or tables changed since the last set-up."""
    return bool(settings.kdb_workers) and (
        _made_of(settings) != _sum(settings) or kdb_tables.is_outdated(settings)
    )


def set_up(settings: Settings, say: Callable[[str], None]) -> None:
    """Bring database, tables and static files up to date; the server must be running.

    Raises
    ------
    SiteError
        When the role may not make the database, or a setting is refused.
    """
    if not settings.kdb_workers or _made_of(settings) == _sum(settings):
        return
    if not knowledge.has_own_database(settings):
        make_database(settings)
    elif not settings.kdb_public_dsn:
        raise SiteError(
            "KDB_DSN names an existing database, but not how TAP may read it",
            "make a role kdb_public there and set ZTFVO_KDB_PUBLIC_DSN to its connection "
            "string; set-up lets it read the public views",
        )
    output = run(
        settings,
        [sys.executable, "-I", "-m", "kdb", "set_up"],
        "setting up the knowledge database",
        f"see the lines above; or {WITHOUT}",
        knowledge.environment(settings) | {"KDB_SQL_SECONDS": MIGRATION_SECONDS},
        KDB,
    )
    for line in output.strip().splitlines():
        say(line)
    open_views(settings)
    write(settings, settings.var / "kdb" / STAMP, _sum(settings))


def tidy(settings: Settings) -> str:
    """Delete what has expired in the knowledge database; return what it said.

    Raises
    ------
    SiteError
        When it cannot be done.
    """
    return run(
        settings,
        [sys.executable, "-I", "-m", "kdb", "tidy"],
        "tidying the knowledge database",
        "see the lines above",
        knowledge.environment(settings),
        KDB,
    ).strip()


def make_database(settings: Settings) -> None:
    """Make the two roles and the database where they are missing.

    Raises
    ------
    SiteError
        When the role of ``ZTFVO_DSN`` may not.
    """
    maintenance = None if settings.dsn else "postgres"
    try:
        with psycopg.connect(
            settings.superuser_dsn, **{"dbname": maintenance} if maintenance else {},
            autocommit=True,
        ) as connection:  # fmt: skip
            for role in (knowledge.OWNER, knowledge.READER):
                _make_role(connection, settings, role)
            _make_empty_database(connection)
    except psycopg.Error as error:
        raise SiteError(
            f"the database of the knowledge database cannot be made ({error})",
            "let the role of ZTFVO_DSN do it (as superuser: ALTER ROLE ... CREATEDB CREATEROLE); "
            f"or make one and set KDB_DSN and ZTFVO_KDB_PUBLIC_DSN; or {WITHOUT}",
        ) from error


def _make_role(connection: psycopg.Connection, settings: Settings, role: str) -> None:
    name = sql.Identifier(role)
    known = connection.execute(
        "SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = %s", [role]
    ).fetchone()
    if not known:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
    if not settings.dsn:
        if role == knowledge.READER:
            _set_password(connection, settings, role)
        return
    # An existing server may have the knowledge database of another site.
    mark = f"knowledge database of {settings.var}"
    if known and known[0] != mark:
        raise SiteError(
            f"the PostgreSQL of ZTFVO_DSN has a role '{role}' that this site did not make",
            f"set KDB_DSN and ZTFVO_KDB_PUBLIC_DSN to use the database it belongs to; or {WITHOUT}",
        )
    connection.execute(sql.SQL("COMMENT ON ROLE {} IS {}").format(name, sql.Literal(mark)))
    _set_password(connection, settings, role)


def _set_password(connection: psycopg.Connection, settings: Settings, role: str) -> None:
    password = sql.Literal(knowledge.password(settings, role))
    connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), password))


def _make_empty_database(connection: psycopg.Connection) -> None:
    name, owner = sql.Identifier(knowledge.DATABASE), sql.Identifier(knowledge.OWNER)
    known = connection.execute(
        "SELECT FROM pg_database WHERE datname = %s", [knowledge.DATABASE]
    ).rowcount
    if not known:
        # Only a member of the owning role may give it a database.
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(owner))
        connection.execute(
            sql.SQL(
                "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'"
                " LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
            ).format(name, owner)
        )
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    connection.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, sql.Identifier(knowledge.READER))
    )


def open_views(settings: Settings) -> None:
    """Let the reading role read the public views, also where it is younger than they are."""
    reader = sql.Identifier(_reader(settings))
    with psycopg.connect(knowledge.environment(settings)["KDB_DSN"]) as connection:
        for right in ("USAGE ON SCHEMA", "SELECT ON ALL TABLES IN SCHEMA"):
            statement = f"GRANT {right} kdb_public TO {{}}"
            connection.execute(sql.SQL(statement).format(reader))


def _reader(settings: Settings) -> str:
    parts = psycopg.conninfo.conninfo_to_dict(knowledge.reader_dsn(settings))
    return str(parts["user"])


def _made_of(settings: Settings) -> str:
    stamp = settings.var / "kdb" / STAMP
    return stamp.read_text(encoding="utf-8") if stamp.exists() else ""


def _sum(settings: Settings) -> str:
    """Return a checksum of the knowledge database's code and settings."""
    return checksum(
        [*sorted(_files(settings.root / "kdb")), settings.root / "etc" / "requirements.lock"],
        repr(sorted(knowledge.environment(settings).items())) + knowledge.reader_dsn(settings),
    )


def _files(folder: Path) -> Iterable[Path]:
    kinds = (".py", ".html", ".css", ".js", ".csv")
    return (path for path in folder.rglob("*") if path.suffix in kinds)


def checksum(files: Iterable[Path], text: str) -> str:
    """Return the checksum of names and contents of files, and of a text."""
    digest = hashlib.sha256(text.encode())
    for path in files:
        digest.update(str(path).encode() + path.read_bytes())
    return digest.hexdigest()
