"""Tables of image metadata, and what is remembered of images."""

from __future__ import annotations

import csv
import gzip
from contextlib import contextmanager
from datetime import date, timedelta

from support import service
from support.releases import ztfvo
from ztfvo.db import connect
from ztfvo.declarations import declared
from ztfvo.ingest.finish import finish
from ztfvo.oid import split

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


@contextmanager
def simulated_images(oid, folder):
    """Simulated images of all exposures of a demo light curve's channel: name by middle (MJD)."""
    parts = split(oid)
    key = parts.fieldid, parts.rcid, parts.filterid
    rows = service.rows(
        "SELECT exposure_id, mjd_mid, obsmjd FROM demo_store.exposure"
        " WHERE (fieldid, rcid, filterid) = (%s, %s, %s)",
        *key,
    )
    columns = ("obsjd", "exptime", "filefracday", "field", "ccdid", "qid", "fid")
    channel = parts.fieldid, parts.ccdid, parts.qid, parts.filterid
    path = write_csv(
        folder / "demo.csv",
        [
            dict(zip(columns, (start + 2400000.5, 30, earlier(start), *channel), strict=True))
            for _, _, start in rows
        ],
    )
    ztfvo("images", "import", "--simulated", path)
    yield {middle: earlier(start) for _, middle, start in rows}
    service.execute(
        "DELETE FROM ztf_store.image WHERE simulated"
        " AND (fieldid, rcid, filterid) = (%s, %s, %s) AND filefracday = ANY(%s)",
        *key,
        [earlier(start) for _, _, start in rows],
    )
    service.execute("DELETE FROM ztf_store.image_file WHERE path = %s", str(path))
    service.execute(
        "UPDATE demo_store.exposure SET filefracday = NULL, obsmjd_source = 'estimated',"
        " exptime_source = 'assumed' WHERE exposure_id = ANY(%s)",
        [row[0] for row in rows],
    )


def earlier(start):
    """The name of an image a second before a start (MJD)."""
    day = date(1858, 11, 17) + timedelta(days=int(start))
    return int(f"{day:%Y%m%d}") * 10**6 + int((start - int(start)) * 1e6) - 12


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
