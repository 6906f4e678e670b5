"""Make the schemas of the store, bring them up to date, and switch the default release."""

from __future__ import annotations

import hashlib

from psycopg import Connection, sql

from ztfvo.errors import CannotBeDone
from ztfvo.settings import get_settings
from ztfvo.store import discovery
from ztfvo.store.names import COMMON, schema_of
from ztfvo.store.tables import (
    COMMON_TABLES,
    IMAGE_TABLES,
    INDEXES,
    PACKED,
    REFERENCE_TABLES,
    UPGRADE,
    tables,
    tick_type,
)
from ztfvo.store.times import TIMES
from ztfvo.store.views import COMMON_VIEWS, EDITION, VIEWS

COMMON_STATEMENTS = (COMMON_TABLES, REFERENCE_TABLES, IMAGE_TABLES, COMMON_VIEWS)
COMMON_EDITION = "made by " + hashlib.sha256("".join(COMMON_STATEMENTS).encode()).hexdigest()[:16]
"""Comment on the common schema."""


def create_common(connection: Connection) -> None:
    """Create the schema that all releases share, where it is missing, and renew old views.

    Where nothing is missing nothing is locked that queries read.
    """
    connection.execute("SELECT pg_advisory_xact_lock(hashtext('ztf_store'))")
    if _edition(connection, COMMON) != COMMON_EDITION:
        for statements in COMMON_STATEMENTS:
            connection.execute(statements)
        _note_edition(connection, COMMON, COMMON_EDITION)
    let_pages_write(connection, COMMON)
    for (name,) in connection.execute("SELECT name FROM ztf_store.release").fetchall():
        _renew_views(connection, name)


def _renew_views(connection: Connection, release: str) -> None:
    """Give a release that an earlier version of this program made the columns and views of this
    one."""
    if _edition(connection, schema_of(release)) in (None, EDITION):
        return
    use_schema(connection, release)
    connection.execute(UPGRADE)
    _compress(connection)
    _make_views(connection, release)
    if connection.execute(
        "SELECT 1 FROM ztf_store.release WHERE is_default AND name = %s", (release,)
    ).fetchone():
        _show(connection, release)


def _make_views(connection: Connection, release: str) -> None:
    """Make a release's views, or replace them, in its schema, which must be in use."""
    for view, definition in VIEWS.items():
        connection.execute(f"CREATE OR REPLACE VIEW {view} AS {definition}")
    _note_edition(connection, schema_of(release), EDITION)


def _edition(connection: Connection, schema: str) -> str | None:
    """Comment on a schema, which names the definitions it was made by; None without schema."""
    row = connection.execute(
        "SELECT coalesce(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace"
        " WHERE nspname = %s",
        (schema,),
    ).fetchone()
    return row[0] if row else None


def _note_edition(connection: Connection, schema: str, edition: str) -> None:
    connection.execute(
        sql.SQL("COMMENT ON SCHEMA {} IS {}").format(sql.Identifier(schema), sql.Literal(edition))
    )


def create_release(connection: Connection, release: str, times: str) -> None:
    """Create a release's schema, tables and views, where they are missing; renew old ones.

    Parameters
    ----------
    release
        Its name.
    times
        One of `TIMES`: how exact its times are.

    Raises
    ------
    CannotBeDone
        If the release was made with tables that do not hold such times.
    """
    ticks = tick_type(TIMES[times].ticks_per_day)
    name = f"{schema_of(release)}.exposures"
    if connection.execute("SELECT to_regclass(%s) IS NOT NULL", (name,)).fetchone()[0]:
        _renew_views(connection, release)
        _require_ticks(connection, release, times)
        return
    schema = sql.Identifier(schema_of(release))
    connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(schema))
    use_schema(connection, release)
    connection.execute(tables(ticks))
    let_pages_write(connection, schema_of(release))
    _compress(connection)
    _make_views(connection, release)


def _require_ticks(connection: Connection, release: str, times: str) -> None:
    """Refuse times that the tables of a release cannot hold."""
    (held,) = connection.execute(
        "SELECT format_type(atttypid, NULL) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attname = 'first_tick'",
        (f"{schema_of(release)}.object",),
    ).fetchone()
    if held != tick_type(TIMES[times].ticks_per_day):
        raise CannotBeDone(
            f"Release {release} was loaded with other times than the times = {times!r} of its"
            f" release.toml. To load it with these: ztfvo release drop {release}, then ztfvo"
            f" ingest {release}."
        )


def _compress(connection: Connection) -> None:
    """Set how the packed columns of lightcurve are stored."""
    for column in PACKED:
        connection.execute(
            f"ALTER TABLE lightcurve ALTER {column} SET STORAGE MAIN,"
            f" ALTER {column} SET COMPRESSION lz4"
        )


def let_pages_write(connection: Connection, schema: str) -> None:
    """Let the role of the pages keep names of images that it looked up, where there is that role.

    Parameters
    ----------
    schema
        The common schema, where names are kept, or that of a release, whose exposures get them.
    """
    if not connection.execute("SELECT FROM pg_roles WHERE rolname = 'ztfvo_pages'").rowcount:
        return
    if schema == COMMON:
        rights, table = "INSERT, UPDATE (obsmjd, exptime, source)", "image"
    else:
        columns = "filefracday, obsmjd, obsmjd_source, exptime, exptime_source"
        rights, table = f"UPDATE ({columns})", "exposure"
    connection.execute(
        sql.SQL(f"GRANT {rights} ON {{}} TO ztfvo_pages").format(sql.Identifier(schema, table))
    )


def use_schema(connection: Connection, release: str) -> None:
    """Let unqualified names of the current transaction mean a release's tables."""
    connection.execute(
        "SELECT set_config('search_path', %s, true)", (f"{schema_of(release)}, public",)
    )


def missing_indexes(connection: Connection, release: str) -> list[str]:
    """Names of the indexes of object that are not built yet."""
    present = {
        row[0]
        for row in connection.execute(
            "SELECT indexname FROM pg_indexes WHERE schemaname = %s", (schema_of(release),)
        )
    }
    return [name for name in INDEXES if name not in present]


def set_default(connection: Connection, release: str) -> None:
    """Make the views of the common schema those of `release`, in the caller's transaction.

    Raises
    ------
    LookupError
        If there is no such release.
    """
    connection.execute(
        "UPDATE ztf_store.release SET is_default = false WHERE is_default AND name <> %s",
        (release,),
    )
    changed = connection.execute(
        "UPDATE ztf_store.release SET is_default = true WHERE name = %s", (release,)
    )
    if changed.rowcount != 1:
        raise LookupError(f"There is no release {release!r}. See: ztfvo release list.")
    discovery.show(connection, release, get_settings())
    _show(connection, release)


def _show(connection: Connection, release: str) -> None:
    """Let the views of the common schema show those of a release."""
    for view in VIEWS:
        connection.execute(
            sql.SQL("CREATE OR REPLACE VIEW {} AS SELECT * FROM {}").format(
                sql.Identifier(COMMON, view), sql.Identifier(schema_of(release), view)
            )
        )
