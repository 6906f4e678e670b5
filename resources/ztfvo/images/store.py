"""The table of image names that all releases share.

An image's name never changes, so what was learned once is kept: from image metadata, from the
light curves themselves, by asking IRSA, or from a listing of the archive.  Exposures of a release
are matched by channel and by the middle of the exposure, see `ztfvo.images.memory`.
"""

from __future__ import annotations

from psycopg import Connection, sql

IMAGE_TABLES = """
CREATE TABLE IF NOT EXISTS ztf_store.image (
  filefracday bigint NOT NULL,
  obsmjd double precision NOT NULL,
  mjd_mid double precision NOT NULL
    GENERATED ALWAYS AS (obsmjd + exptime::double precision / 172800) STORED,
  exptime real NOT NULL CHECK (exptime > 0),
  fieldid smallint NOT NULL,
  rcid smallint NOT NULL CHECK (rcid BETWEEN 0 AND 63),
  filterid smallint NOT NULL CHECK (filterid BETWEEN 1 AND 3),
  simulated boolean NOT NULL,
  source text NOT NULL CHECK (source IN ('metadata', 'lightcurve', 'irsa', 'listing')),
  PRIMARY KEY (filefracday, fieldid, rcid, filterid, simulated)
);
CREATE INDEX IF NOT EXISTS image_time
  ON ztf_store.image (fieldid, rcid, filterid, mjd_mid);
CREATE TABLE IF NOT EXISTS ztf_store.image_file (
  sha256 text NOT NULL,
  simulated boolean NOT NULL,
  path text NOT NULL,
  nimages bigint NOT NULL,
  loaded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (sha256, simulated)
);
"""
"""`obsmjd` is the start, MJD UTC at Palomar, of whole seconds; `exptime` is in s.  Of source
listing both are those of the release's exposure, which may be estimates."""

COMMON = "ztf_store"
"""Schema of what all releases share: the list of releases, filters, views on the default one."""


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
