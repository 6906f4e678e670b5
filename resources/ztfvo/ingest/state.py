"""Whether a release is complete, and what the database says of it; it is quick to import."""

from __future__ import annotations

from psycopg import Connection
from psycopg.types.json import Jsonb

from ztfvo.declarations import Declaration
from ztfvo.store.schemas import missing_indexes, use_schema


def is_finished(connection: Connection, release: Declaration) -> bool:
    """Whether `ztfvo.ingest.finish.finish` has nothing to do."""
    with connection.transaction():
        use_schema(connection, release.name)
        open_files, registered = connection.execute(
            "SELECT EXISTS (SELECT FROM input_file WHERE NOT finished),"
            " EXISTS (SELECT FROM ztf_store.release"
            " WHERE (name, windows, times) = (%s, %s, %s))",
            (release.name, Jsonb(release.windows), release.times),
        ).fetchone()
        return registered and not open_files and not missing_indexes(connection, release.name)


def is_empty(connection: Connection, release: Declaration) -> bool:
    """Whether no file was ever loaded into a release, whose tables exist."""
    with connection.transaction():
        use_schema(connection, release.name)
        return connection.execute(
            "SELECT NOT EXISTS (SELECT FROM input_file)"
            " AND NOT EXISTS (SELECT FROM ztf_store.release WHERE name = %s)",
            (release.name,),
        ).fetchone()[0]


def describe(connection: Connection, release: Declaration) -> None:
    """Write title and description of a release, and how exact its times are, as they are declared,
    to the list of releases."""
    connection.execute(
        "UPDATE ztf_store.release SET title = %s, description = %s, times = %s WHERE name = %s",
        (release.title, release.description, release.times, release.name),
    )
