"""The private PostgreSQL cluster, or the existing database the settings name."""

from __future__ import annotations

from pathlib import Path

import psycopg
from psycopg import sql

from ztfvo.db import connect, connect_superuser
from ztfvo.settings import Settings
from ztfvo.site import knowledge
from ztfvo.site.errors import SiteError
from ztfvo.site.identity import (
    APP,
    DACHS,
    DATA,
    DATABASE,
    KDB,
    has_walls,
    own_folder,
    run,
    user_of,
)
from ztfvo.site.locks import alter
from ztfvo.store.names import CATALOGS
from ztfvo.store.schemas import create_common, let_pages_write

INSTALLED = Path("/usr/lib/postgresql")
SHARED = Path("/usr/share/postgresql")
EXTENSIONS = ("pg_sphere", "q3c", "cube", "btree_gist")
SUPERUSER, OWNER, PAGES = "postgres", "ztfvo", "ztfvo_pages"
DACHS_ADMIN = "gavoadmin"
#: Roles each part's user may log in as in the private cluster, by its name alone.
ROLES = {
    DATA: (OWNER, PAGES),
    DACHS: (PAGES, DACHS_ADMIN, "gavo", "untrusted"),
    APP: (PAGES,),
    KDB: (knowledge.OWNER,),
}
MAP = "ztfvo"


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


def pg_hba() -> str:
    """Return who is let in: the operating system says who asks, and a map whom they may be.

    Only the reader of the knowledge database has a password, since it comes from another server
    process, whose user is not let in at all.
    """
    reader = f"local {knowledge.DATABASE} {knowledge.READER} scram-sha-256\n"
    return f"# Written by set-up.\n{reader}local all all peer map={MAP}\n"


def pg_ident(settings: Settings) -> str:
    """Return which roles each user may be; own lines come from ``var/pg_ident.local.conf``."""
    every = dict.fromkeys(
        (SUPERUSER, *(role for roles in ROLES.values() for role in roles), knowledge.READER)
    )
    if has_walls(settings):
        users = {"root": every} | {
            user_of(settings, part).pw_name: roles for part, roles in ROLES.items()
        }
    else:
        users = {user_of(settings, DATA).pw_name: every}
    lines = [f"{MAP} {user} {role}" for user, roles in users.items() for role in roles]
    own = settings.var / "pg_ident.local.conf"
    if own.exists():
        lines.append(own.read_text(encoding="utf-8").strip())
    return "\n".join(["# Written by set-up: map, user, role.", *lines, ""])


def make_cluster(settings: Settings) -> bool:
    """Create the private cluster where it is missing; return whether it was."""
    folder = cluster_folder(settings)
    if (folder / "PG_VERSION").exists():
        return False
    own_folder(settings, folder, 0o700, DATABASE)
    run(
        settings,
        [
            programs_folder(settings) / "initdb",
            f"--pgdata={folder}",
            f"--username={SUPERUSER}",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--auth-local=peer",
            "--auth-host=reject",
            "--data-checksums",
            "--no-instructions",
        ],
        "making the database cluster",
        f"see the lines above; then remove {folder} and run scripts/setup again",
        part=DATABASE,
    )
    return True


def make_database(settings: Settings) -> None:
    """Create role, database and extensions in the private cluster, where missing."""
    if settings.dsn:
        check_database(settings)
        return
    with psycopg.connect(settings.superuser_dsn, dbname="postgres", autocommit=True) as connection:
        for role in (OWNER, PAGES):
            if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
                connection.execute(f"CREATE ROLE {role} LOGIN")
            # Not what is in a schema of the role's name, which another role could make.
            connection.execute(f"ALTER ROLE {role} SET search_path = public")
        if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", OWNER):
            connection.execute(f"CREATE DATABASE {OWNER} OWNER {OWNER}")
    with connect_superuser(settings) as connection:
        for name in EXTENSIONS:
            connection.execute(f"CREATE EXTENSION IF NOT EXISTS {name} SCHEMA public")


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
        connection.execute(f"CREATE EXTENSION IF NOT EXISTS {name} SCHEMA public")
    except psycopg.Error as error:
        raise SiteError(
            f"the extension {name} cannot be had in the database '{database}' ({error})",
            f"install its package on the database's machine and, as superuser in '{database}': "
            f"CREATE EXTENSION {name}",
        ) from error


def open_stores(settings: Settings) -> None:
    """Let those read the stores who must, those that are to come too.

    Views are checked with their owner's rights, so that DaCHS' administrative role needs to read
    the store schemas. So does the role of light-curve and image pages, which keeps the names of
    images that it looked up as well. Nobody else does.
    """
    with connect_superuser(settings) as connection:
        (owner,) = connection.execute("SELECT current_user").fetchone()
        roles = [DACHS_ADMIN]
        if not settings.dsn:
            owner = OWNER
            roles.append(PAGES)
        for rights, kind in (("USAGE", "SCHEMAS"), ("SELECT", "TABLES")):
            connection.execute(
                sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {} GRANT {} ON {} TO {}").format(
                    sql.Identifier(owner),
                    sql.SQL(rights),
                    sql.SQL(kind),
                    sql.SQL(", ").join(map(sql.Identifier, roles)),
                )
            )
        if not settings.dsn:
            _open_to_pages(connection)
        connection.execute(f"ALTER ROLE {DACHS_ADMIN} NOCREATEROLE")


def renew_stores(settings: Settings) -> None:
    """Bring tables and views of releases up to date, where any were loaded by an earlier version.

    Raises
    ------
    SiteError
        When a query has been in the way for longer than any may run.
    """
    with connect(settings, autocommit=True) as connection:
        query = "SELECT to_regclass('ztf_store.release') IS NOT NULL"
        if connection.execute(query).fetchone()[0]:
            alter(connection, lambda: create_common(connection))


def _open_to_pages(connection: psycopg.Connection) -> None:
    """Give the role of the pages its rights on the stores that were there before it."""
    stores = connection.execute(
        "SELECT nspname FROM pg_namespace JOIN pg_roles r ON r.oid = nspowner"
        " WHERE rolname = %s AND nspname LIKE '%%\\_store'",
        [OWNER],
    ).fetchall()
    role = sql.Identifier(PAGES)
    for (name,) in stores:
        schema = sql.Identifier(name)
        for right in ("USAGE ON SCHEMA", "SELECT ON ALL TABLES IN SCHEMA"):
            connection.execute(sql.SQL(f"GRANT {right} {{}} TO {{}}").format(schema, role))
        if name != CATALOGS:
            let_pages_write(connection, name)


def let_dachs_make_functions(settings: Settings) -> None:
    """Let DaCHS' administrative role make functions in the schema public, until it is closed."""
    with connect_superuser(settings) as connection:
        if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [DACHS_ADMIN]).rowcount:
            connection.execute(f"GRANT CREATE ON SCHEMA public TO {DACHS_ADMIN}")


def close_database(settings: Settings) -> None:
    """Let nobody into the private cluster's databases who has nothing to do there.

    Temporary tables are for those whose queries come with uploads, and for names of images. DaCHS
    made its functions in the schema public; that others look into it as well is why it may not
    make more.
    """
    if settings.dsn:
        return
    with connect_superuser(settings) as connection:
        others = sorted({*ROLES[DATA], *ROLES[DACHS]})
        for statement in (
            f"REVOKE ALL ON DATABASE {OWNER}, {SUPERUSER}, template1 FROM PUBLIC",
            f"GRANT CONNECT, TEMPORARY ON DATABASE {OWNER} TO {', '.join(others)}",
            f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {DACHS_ADMIN}",
        ):
            connection.execute(statement)


def _exists(connection: psycopg.Connection, query: str, name: str) -> bool:
    return connection.execute(query, [name]).fetchone() is not None
