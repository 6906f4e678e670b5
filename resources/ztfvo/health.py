"""Whether the service can answer, found out cheaply."""

from __future__ import annotations

import psycopg

from ztfvo.settings import get_settings

SECONDS = 2
"""Time that the database gets to answer."""


def database_fault() -> str | None:
    """What is wrong with the database, as a sentence; None when it answers."""
    try:
        with psycopg.connect(
            get_settings().pages_dsn, connect_timeout=SECONDS, autocommit=True
        ) as connection:
            connection.execute(f"SET statement_timeout = '{SECONDS}s'")
            found = connection.execute(
                "SELECT to_regclass('ztf_store.objects') IS NOT NULL"
            ).fetchone()
    except psycopg.Error:
        return "The database does not answer."
    return None if found == (True,) else "No release is loaded."
