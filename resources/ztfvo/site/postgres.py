"""The private PostgreSQL cluster, or the existing database the settings name."""

from __future__ import annotations

from pathlib import Path

import psycopg
from psycopg import sql

from ztfvo.db import connect_superuser
from ztfvo.settings import Settings
from ztfvo.site.errors import SiteError
from ztfvo.site.identity import run

INSTALLED = Path("/usr/lib/postgresql")
SHARED = Path("/usr/share/postgresql")
EXTENSIONS = ("pg_sphere", "q3c")
OWNER = "ztfvo"
DACHS_ADMIN = "gavoadmin"


def cluster_folder(settings: Settings) -> Path:
    """Return the data folder of the private cluster."""
    return settings.var / "postgres"


def programs_folder(settings: Settings) -> Path:
    """Return the folder of the PostgreSQL programs the private cluster uses.

    An existing cluster keeps its version; a new one takes the newest version
    that has the extensions.

    Raises
    ------
    SiteError
        When no suitable version is installed.
    """
    made = cluster_folder(settings) / "PG_VERSION"
    if made.exists():
        version = made.read_text(encoding="ascii").strip()
        candidates = [version] if (INSTALLED / version / "bin" / "postgres").exists() else []
    else:
        version = "(any)"
        candidates = sorted(
            (path.name for path in INSTALLED.glob("[0-9]*") if _has_extensions(path.name)), key=int
        )
    if not candidates:
        raise SiteError(
            f"PostgreSQL {version} with {' and '.join(EXTENSIONS)} is not installed",
            "run scripts/setup, which installs it, or move var/postgres away if its data "
            "is not needed",
        )
    return INSTALLED / candidates[-1] / "bin"


def _has_extensions(version: str) -> bool:
    folder = SHARED / version / "extension"
    return (INSTALLED / version / "bin" / "initdb").exists() and all(
        (folder / f"{name}.control").exists() for name in EXTENSIONS
    )


def make_cluster(settings: Settings) -> bool:
    """Create the private cluster where it is missing; tell whether it was."""
    folder = cluster_folder(settings)
    if (folder / "PG_VERSION").exists():
        return False
    run(
        settings,
        [
            programs_folder(settings) / "initdb",
            f"--pgdata={folder}",
            "--username=postgres",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--auth=trust",
            "--data-checksums",
            "--no-instructions",
        ],
        "making the database cluster",
        f"see the lines above; then remove {folder} and run scripts/setup again",
    )
    return True


def make_database(settings: Settings) -> None:
    """Create role, database and extensions in the private cluster, where missing."""
    if settings.dsn:
        check_database(settings)
        return
    with psycopg.connect(settings.superuser_dsn, dbname="postgres", autocommit=True) as connection:
        if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", OWNER):
            connection.execute(f"CREATE ROLE {OWNER} LOGIN")
        if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", OWNER):
            connection.execute(f"CREATE DATABASE {OWNER} OWNER {OWNER}")
    with connect_superuser(settings) as connection:
        for name in EXTENSIONS:
            connection.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")


def check_database(settings: Settings) -> None:
    """Check that the existing database of ``ZTFVO_DSN`` can be used.

    Raises
    ------
    SiteError
        When the role may not create roles or does not own the database, or
        an extension is missing and cannot be made.
    """
    with connect_superuser(settings) as connection:
        role, may_create, owns, database = connection.execute(
            "SELECT rolname, rolcreaterole OR rolsuper, pg_has_role(datdba, 'MEMBER'), datname"
            " FROM pg_roles, pg_database"
            " WHERE rolname = current_user AND datname = current_database()"
        ).fetchone()
        if not (may_create and owns):
            raise SiteError(
                f"the role '{role}' of ZTFVO_DSN cannot set up the database '{database}'",
                f"as superuser: ALTER ROLE {role} CREATEROLE; "
                f"ALTER DATABASE {database} OWNER TO {role}",
            )
        for name in EXTENSIONS:
            _require_extension(connection, name, database)


def _require_extension(connection: psycopg.Connection, name: str, database: str) -> None:
    try:
        connection.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
    except psycopg.Error as error:
        raise SiteError(
            f"the extension {name} cannot be had in the database '{database}' ({error})",
            f"install its package on the database's machine and, as superuser in '{database}': "
            f"CREATE EXTENSION {name}",
        ) from error


def open_stores(settings: Settings) -> None:
    """Let DaCHS' administrative role read whatever the ingester will make.

    Views are checked with their owner's rights, so that this role needs to
    read the store schemas; nobody else does.
    """
    with connect_superuser(settings) as connection:
        owner = OWNER
        if settings.dsn:
            (owner,) = connection.execute("SELECT current_user").fetchone()
        for rights, kind in (("USAGE", "SCHEMAS"), ("SELECT", "TABLES")):
            connection.execute(
                sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {} GRANT {} ON {} TO {}").format(
                    sql.Identifier(owner),
                    sql.SQL(rights),
                    sql.SQL(kind),
                    sql.Identifier(DACHS_ADMIN),
                )
            )


def _exists(connection: psycopg.Connection, query: str, name: str) -> bool:
    return connection.execute(query, [name]).fetchone() is not None
