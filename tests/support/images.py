"""Tables of image metadata, and what is remembered of images."""

from __future__ import annotations

import csv
import gzip

from ztfvo.ingest.finish import finish
from ztfvo.ingest.releases import declared

COLUMNS = "fieldid, rcid, filterid, filefracday, obsmjd, exptime, simulated, source"


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
    """Make the exposures of a release anew from its exposure sets, and give them known names."""
    with release.connection.transaction():
        release.rows("UPDATE input_file SET finished = false RETURNING 1")
    finish(release.connection, declared(release.name, release.settings.inputs), lambda what: None)
