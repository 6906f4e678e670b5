"""Tables of image metadata, and what is remembered of images."""

from __future__ import annotations

import csv
import gzip
from contextlib import contextmanager

from ztfvo.db import connect
from ztfvo.declarations import declared
from ztfvo.ingest.finish import finish

COLUMNS = "fieldid, rcid, filterid, filefracday, obsmjd, exptime, simulated, source"


@contextmanager
def forgotten():
    """No image is known; a connection.  What was known comes back afterwards, and nothing else."""
    tables = ("image", "image_file")
    with connect(autocommit=True) as connection:
        for table in tables:
            kept = COLUMNS if table == "image" else "*"
            connection.execute(
                f"CREATE TEMP TABLE kept_{table} AS SELECT {kept} FROM ztf_store.{table}"
            )
            connection.execute(f"DELETE FROM ztf_store.{table}")
        connection.execute("ANALYZE ztf_store.image")
        yield connection
        for table in tables:
            columns = f"({COLUMNS})" if table == "image" else ""
            connection.execute(f"DELETE FROM ztf_store.{table}")
            connection.execute(
                f"INSERT INTO ztf_store.{table} {columns} SELECT * FROM kept_{table}"
            )
        connection.execute("ANALYZE ztf_store.image")


def write_csv(path, rows):
    """Write rows of metadata; returns the path."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt", encoding="ascii", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def remembered(connection):
    """All that is remembered, in order."""
    return connection.execute(
        f"SELECT {COLUMNS} FROM ztf_store.image ORDER BY 1, 2, 3, 4, 7"
    ).fetchall()


def refinish(release):
    """Make the exposures of a release again from its exposure sets, and give them known names."""
    with release.connection.transaction():
        release.rows("UPDATE input_file SET finished = false RETURNING 1")
    finish(release.connection, declared(release.name, release.settings.inputs), lambda what: None)
