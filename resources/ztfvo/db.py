"""Connections to the database."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from weakref import WeakKeyDictionary

import psycopg
from psycopg import sql
from psycopg_pool import ConnectionPool, PoolTimeout

from ztfvo.errors import CannotBeDone
from ztfvo.settings import Settings, get_settings

_CHECK_EVERY = 1.0
"""Seconds after which a pooled connection is tried before it is lent."""

_PATIENCE = 5.0
"""Seconds that a reader waits for a connection.  The pool tries for less, and again for the next
reader: with its own pauses, which grow, it would stay away for minutes after a long outage."""

_checked: WeakKeyDictionary[psycopg.Connection, float] = WeakKeyDictionary()


class DatabaseDown(RuntimeError):
    """The database does not answer; the message says what to do."""


def connect(settings: Settings | None = None, *, autocommit: bool = False) -> psycopg.Connection:
    """Connect as the owner of the store schemas.

    Raises
    ------
    DatabaseDown
        When no connection can be made.
    """
    settings = settings or get_settings()
    return _connect(settings.database_dsn, settings, autocommit)


def connect_pages(settings: Settings) -> psycopg.Connection:
    """Connect as the role of the pages, which reads the stores and keeps names of images.

    Raises
    ------
    DatabaseDown
        When no connection can be made.
    """
    return _connect(settings.pages_dsn, settings, False)


def analyze_grown(connection: psycopg.Connection, table: str) -> None:
    """Let the planner know of a table's rows, where it knows of less than half of them.

    What looks rows up by their keys would read a table that is taken for empty whole, for each.

    Parameters
    ----------
    table
        As in SQL; its owner is connected.
    """
    (outdated,) = connection.execute(
        "SELECT reltuples < 1 OR pg_relation_size(oid) > 2 * relpages::bigint"
        " * current_setting('block_size')::bigint FROM pg_class WHERE oid = %s::regclass",
        (table,),
    ).fetchone()
    if outdated:
        connection.execute(sql.SQL("ANALYZE ") + sql.SQL(table))


def connect_superuser(settings: Settings | None = None) -> psycopg.Connection:
    """Connect with administrative rights, every statement its own transaction.

    Names without a schema mean what PostgreSQL itself defines, whatever other roles made.

    Raises
    ------
    DatabaseDown
        When no connection can be made.
    """
    settings = settings or get_settings()
    return _connect(settings.superuser_dsn, settings, True, "-c search_path=pg_catalog")


@contextmanager
def reading() -> Iterator[psycopg.Connection]:
    """Lend a connection of this process's pool, on which nothing can be written.

    Every statement is its own transaction and ends after the time limit of cone searches.  Plans
    do not look at parameters: statements are look-ups by key or position, which take less time than
    planning them.

    Raises
    ------
    DatabaseDown
        When no connection is to be had, or the database goes away or takes too long.
    """
    try:
        with _pool().connection() as connection:
            yield connection
    except psycopg.errors.QueryCanceled as error:
        raise DatabaseDown(
            "The database took too long for this: ask for less, or query the tables by TAP."
        ) from error
    except (PoolTimeout, psycopg.OperationalError) as error:
        raise DatabaseDown("The database does not answer: try again in a minute.") from error


def _check(connection: psycopg.Connection) -> None:
    """Find out whether a connection still works, unless that was done a moment ago.

    What ends one usually ends all.  The others are tried at once when one is found dead: the pool
    would come upon them one by one, with growing pauses, until the reader gives up.
    """
    now = time.monotonic()
    if now - _checked.get(connection, -_CHECK_EVERY) < _CHECK_EVERY:
        return
    try:
        ConnectionPool.check_connection(connection)
    except psycopg.Error:
        _pool().check()
        raise
    _checked[connection] = now


@lru_cache(maxsize=1)
def _pool() -> ConnectionPool:
    settings = get_settings()
    return ConnectionPool(
        settings.pages_dsn,
        min_size=1,
        max_size=max(settings.dachs_threads, settings.app_threads),
        timeout=_PATIENCE,
        reconnect_timeout=_PATIENCE - 1,
        max_idle=60,
        open=True,
        check=_check,
        kwargs={
            "autocommit": True,
            "application_name": "ztfvo pages",
            "options": "-c default_transaction_read_only=on"
            " -c plan_cache_mode=force_generic_plan"
            f" -c statement_timeout={settings.sql_seconds}s",
        },
    )


def _connect(
    dsn: str, settings: Settings, autocommit: bool, options: str | None = None
) -> psycopg.Connection:
    known = {"options": options} if options else {}
    try:
        return psycopg.connect(dsn, autocommit=autocommit, application_name="ztfvo", **known)
    except psycopg.OperationalError as error:
        remedy = (
            "check ZTFVO_DSN and that this server runs"
            if settings.dsn
            else "start it with: scripts/serve start database"
        )
        raise DatabaseDown(f"The database does not answer ({error}). Remedy: {remedy}.") from error


@contextmanager
def alone(connection: psycopg.Connection, what: str, name: str, sentence: str) -> Iterator[None]:
    """Let no other connection do the same meanwhile; the end of this one ends it too.

    Parameters
    ----------
    what, name
        A kind of work, and what it is done to.
    sentence
        What is said where somebody else does it.

    Raises
    ------
    CannotBeDone
        If somebody does.
    """
    key = (what, name)
    (free,) = connection.execute(
        "SELECT pg_try_advisory_lock(hashtext(%s), hashtext(%s))", key
    ).fetchone()
    if not free:
        raise CannotBeDone(sentence)
    try:
        yield
    finally:
        connection.execute("SELECT pg_advisory_unlock(hashtext(%s), hashtext(%s))", key)
