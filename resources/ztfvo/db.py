"""Connections to the database."""

from __future__ import annotations

import psycopg

from ztfvo.settings import Settings, get_settings


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


def connect_superuser(settings: Settings | None = None) -> psycopg.Connection:
    """Connect with administrative rights, every statement its own transaction.

    Raises
    ------
    DatabaseDown
        When no connection can be made.
    """
    settings = settings or get_settings()
    return _connect(settings.superuser_dsn, settings, True)


def _connect(dsn: str, settings: Settings, autocommit: bool) -> psycopg.Connection:
    try:
        return psycopg.connect(dsn, autocommit=autocommit, application_name="ztfvo")
    except psycopg.OperationalError as error:
        remedy = (
            "check ZTFVO_DSN and that this server runs"
            if settings.dsn
            else "start it with: scripts/serve start database"
        )
        raise DatabaseDown(f"The database does not answer ({error}). Remedy: {remedy}.") from error
