"""A database of its own for a benchmark, beside the service's in the same cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from ztfvo.db import connect_superuser
from ztfvo.settings import Settings
from ztfvo.site.postgres import EXTENSIONS


@contextmanager
def bench_database(settings: Settings, purpose: str, keep: bool = False) -> Iterator[Settings]:
    """Create an empty database ``ztfvo_bench_<purpose>``, and drop it at the end.

    Parameters
    ----------
    settings
        Those of the installation; the role of their superuser_dsn must be allowed to create
        databases and extensions.
    purpose
        What it is for: letters only.
    keep
        Leave the database for a look at it; the next benchmark of this purpose drops it.

    Yields
    ------
    Settings
        The same with a DSN that leads to the new database.
    """
    name = f"ztfvo_bench_{purpose}"
    _drop(settings, name)
    owner = conninfo_to_dict(settings.database_dsn).get("user")
    with connect_superuser(settings) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(
                sql.Identifier(name), sql.Identifier(owner) if owner else sql.SQL("CURRENT_USER")
            )
        )
    with psycopg.connect(
        make_conninfo(settings.superuser_dsn, dbname=name), autocommit=True
    ) as connection:
        for extension in EXTENSIONS:
            connection.execute(f"CREATE EXTENSION {extension}")
    try:
        yield settings.model_copy(update={"dsn": make_conninfo(settings.database_dsn, dbname=name)})
    finally:
        if not keep:
            _drop(settings, name)


def _drop(settings: Settings, name: str) -> None:
    with connect_superuser(settings) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )
