"""The knowledge database's public views as tables of TAP, by foreign tables.

DaCHS' views are on foreign tables in the schema ``kdb_remote``, which only its administrative role
may read.  They are those that `ztfvo.site.knowledge.READER` sees in the schema ``kdb_public``
of the knowledge database: nothing else can come through.
"""

from __future__ import annotations

import hashlib

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from ztfvo.db import connect_superuser
from ztfvo.settings import Settings
from ztfvo.site import knowledge
from ztfvo.site.dachs import change
from ztfvo.site.errors import SiteError
from ztfvo.site.postgres import DACHS_ADMIN
from ztfvo.site.render import write

RD = "kdb/kdb"
RECORDS, POSITIONS = "records", "positions_of_default"
"""Its parts; the second one needs a default release."""

SERVER, REMOTE = "kdb", "kdb_remote"
TABLES = ("objects", "history", "tags")
STAMP = "tables.sum"

#: Of the foreign server.  Without estimates of the other side joins ask it once, for all records
#: that other conditions leave: the planner takes cones for small where few fields are loaded, and
#: asked for the OIDs in them one by one, 2 ms each.
#: Connections end with each transaction, so that none stands in the way of a restore.
OPTIONS = {
    "use_remote_estimate": "false",
    "fetch_size": "10000",
    "updatable": "false",
    "keep_connections": "off",
    "connect_timeout": "5",
    "options": "-c default_transaction_read_only=on",
}


def is_outdated(settings: Settings) -> bool:
    """Return whether the tables have to be made again."""
    stamp = settings.var / "kdb" / STAMP
    return not stamp.exists() or stamp.read_text(encoding="utf-8") != _sum(settings)


def make(settings: Settings) -> None:
    """Make foreign tables and VO tables again where anything of them changed.

    Raises
    ------
    SiteError
        When the role may not, or the knowledge database does not let its reader in.
    """
    if not settings.kdb_workers or not is_outdated(settings):
        return
    try:
        with connect_superuser(settings) as connection, connection.transaction():
            _make_server(connection, settings)
            _make_foreign_tables(connection)
    except psycopg.Error as error:
        raise SiteError(
            f"the knowledge database cannot be shown in TAP ({str(error).strip()})",
            "as superuser in the database of ZTFVO_DSN: CREATE EXTENSION postgres_fdw; GRANT USAGE "
            "ON FOREIGN DATA WRAPPER postgres_fdw to its role. The role kdb_public must be able "
            "to log in by its password; or set ZTFVO_KDB_WORKERS=0",
        ) from error
    recount(settings)
    positions = [POSITIONS] if _exists(settings, "ztf.objects") else []
    _dachs(settings, _import(*positions), ("pub", RD), what="publishing")
    write(settings, settings.var / "kdb" / STAMP, _sum(settings))


def descriptors(settings: Settings) -> list[str]:
    """Return the descriptors that are published, none where there is no knowledge database."""
    return [RD] if (settings.var / "kdb" / STAMP).exists() and settings.kdb_workers else []


def recount(settings: Settings) -> None:
    """Let the planner of TAP know what the foreign tables hold, as after an import.

    Nothing else does: PostgreSQL never analyses foreign tables by itself, and without statistics
    of OIDs a join of records with a limit asks for the OIDs one by one.

    Raises
    ------
    SiteError
        When the knowledge database does not answer.
    """
    if not settings.kdb_workers or not _exists(settings, f"{REMOTE}.objects"):
        return
    server, me = sql.Identifier(SERVER), sql.SQL("CURRENT_USER")
    try:
        with connect_superuser(settings) as connection, connection.transaction():
            # Only the owner of the tables may, who has no login there at other times.
            _make_mapping(connection, me, _login(connection, settings))
            for name in TABLES:
                connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(REMOTE, name)))
            connection.execute(sql.SQL("DROP USER MAPPING FOR {} SERVER {}").format(me, server))
    except psycopg.Error as error:
        raise SiteError(
            f"the tables of the knowledge database cannot be analysed ({str(error).strip()})",
            "queries through TAP are right, but may be slow; start it with: scripts/serve start",
        ) from error


def when_default_came(settings: Settings) -> list[tuple[str, ...]]:
    """Return what DaCHS has to do once the default release is published.

    It shows positions, and keys to light curves: whenever DaCHS makes tables of the default release
    again, it forgets the keys of others to them.
    """
    there = settings.kdb_workers and _exists(settings, f"{REMOTE}.objects")
    return [_import(POSITIONS)] if there else []


def default_goes(settings: Settings) -> None:
    """Take the positions away, before the default release goes."""
    if settings.kdb_workers and _exists(settings, "kdb.positions"):
        _dachs(settings, ("drop", RD, POSITIONS), what="taking away positions of")


def _import(*more: str) -> tuple[str, ...]:
    return ("imp", RD, RECORDS, *more)


def _exists(settings: Settings, table: str) -> bool:
    with connect_superuser(settings) as connection:
        return connection.execute("SELECT to_regclass(%s) IS NOT NULL", [table]).fetchone()[0]


def _make_server(connection: psycopg.Connection, settings: Settings) -> None:
    parts = conninfo_to_dict(knowledge.reader_dsn(settings))
    login = _login(connection, settings)
    place = {name: str(value) for name, value in parts.items() if name not in (*OPTIONS, *login)}
    connection.execute("CREATE EXTENSION IF NOT EXISTS postgres_fdw SCHEMA public")
    connection.execute(sql.SQL("DROP SERVER IF EXISTS {} CASCADE").format(sql.Identifier(SERVER)))
    connection.execute(
        sql.SQL("CREATE SERVER {} FOREIGN DATA WRAPPER postgres_fdw OPTIONS ({})").format(
            sql.Identifier(SERVER), _options(place | OPTIONS)
        )
    )
    # Views are checked with their owner's rights, and ask with its login.
    for role in (sql.Identifier(DACHS_ADMIN), sql.SQL("CURRENT_USER")):
        _make_mapping(connection, role, login)


def _login(connection: psycopg.Connection, settings: Settings) -> dict[str, str]:
    parts = conninfo_to_dict(knowledge.reader_dsn(settings))
    login = {name: str(parts[name]) for name in ("user", "password") if name in parts}
    if "password" not in login and _is_superuser(connection):
        # Where the server trusts the role without a password, only a superuser may allow that.
        login["password_required"] = "false"
    return login


def _make_mapping(
    connection: psycopg.Connection, role: sql.Composable, login: dict[str, str]
) -> None:
    connection.execute(
        sql.SQL("CREATE USER MAPPING IF NOT EXISTS FOR {} SERVER {} OPTIONS ({})").format(
            role, sql.Identifier(SERVER), _options(login)
        )
    )


def _make_foreign_tables(connection: psycopg.Connection) -> None:
    names = {
        "remote": sql.Identifier(REMOTE),
        "server": sql.Identifier(SERVER),
        "admin": sql.Identifier(DACHS_ADMIN),
        "tables": sql.SQL(", ").join(map(sql.Identifier, TABLES)),
        "me": sql.SQL("CURRENT_USER"),
    }
    for statement in (
        "DROP SCHEMA IF EXISTS {remote} CASCADE",
        "CREATE SCHEMA {remote}",
        "IMPORT FOREIGN SCHEMA kdb_public LIMIT TO ({tables}) FROM SERVER {server} INTO {remote}",
        "DROP USER MAPPING FOR {me} SERVER {server}",
        "REVOKE ALL ON SCHEMA {remote} FROM PUBLIC",
        "GRANT USAGE ON SCHEMA {remote} TO {admin}",
        "GRANT SELECT ON ALL TABLES IN SCHEMA {remote} TO {admin}",
    ):
        connection.execute(sql.SQL(statement).format(**names))


def _options(values: dict[str, str]) -> sql.Composed:
    return sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.Literal(value))
        for name, value in values.items()
    )


def _is_superuser(connection: psycopg.Connection) -> bool:
    return connection.info.parameter_status("is_superuser") == "on"


def _sum(settings: Settings) -> str:
    """Return a checksum of what the tables are made of."""
    digest = hashlib.sha256((knowledge.reader_dsn(settings) + repr(OPTIONS)).encode())
    views = sorted((settings.root / "kdb" / "public" / "migrations").glob("*.py"))
    for path in (*views, settings.root / "resources" / f"{RD}.rd"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _dachs(settings: Settings, *commands: tuple[str, ...], what: str) -> None:
    change(
        settings,
        *commands,
        what=f"{what} {RD}",
        remedy=f"see the lines above and {settings.var}/log/dachs-0/dcErrors",
    )
