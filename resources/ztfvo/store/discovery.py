"""What SSAP, SIA 2 and ObsCore show: light curves and reference images of the default release, and
science images.

All are views without a row a product; constraints on position, time and identifier find indexes
on the tables behind them.  Identifiers hold the site's IVOA authority and the release's name, so
that views and indexes are made for one release and one authority, by `show` and `prepare`.
"""

from __future__ import annotations

import csv
import hashlib

import numpy as np
from psycopg import Connection, sql

from ztfvo.bands import BANDS, name_sql
from ztfvo.settings import Settings
from ztfvo.store.tables import QUADRANT_TABLES
from ztfvo.store.times import HMJD_FIRST, HMJD_LAST

IMAGES, SIMULATED_IMAGES, REFERENCE_IMAGES = "images", "simulated-images", "reference-images"
"""Collections of images in publisher's identifiers; those of light curves are the releases."""

_QUADRANT_INDEXES = """
CREATE INDEX sky_quadrant_position
  ON ztf_store.sky_quadrant USING gist (spoint(radians(ra), radians(dec)));
CREATE INDEX sky_quadrant_region
  ON ztf_store.sky_quadrant USING gist (region) WITH (buffering = on);
"""
"""Regions are costly to compare: a buffered build compares fewer."""


def _edge(end: int, row: str = "") -> str:
    """SQL of the shortest (0) or longest (1) wavelength of a row's filter."""
    edges = ", ".join(repr(band.edges[end]) for band in BANDS.values())
    return f"(ARRAY[{edges}]::float8[])[{row}filterid]"


def _image_name(row: str = "") -> str:
    """SQL of a science image's name.

    Parameters
    ----------
    row
        Name of the table in the query, with a point; empty in the expression of an index.
    """
    return (
        f"('ztf_' || lpad({row}filefracday::text, 14, '0') || '_' ||"
        f" lpad({row}fieldid::text, 6, '0') || '_' || {name_sql(f'{row}filterid')} || '_c' ||"
        f" lpad(({row}rcid / 4 + 1)::text, 2, '0') || '_o_q' || ({row}rcid % 4 + 1)::text)"
    )


def _image_end(row: str = "") -> str:
    return f"({row}obsmjd + {row}exptime::float8 / 86400)"


def _reference_name(row: str = "") -> str:
    """SQL of a reference image's name."""
    return (
        f"('ztf_' || lpad({row}fieldid::text, 6, '0') || '_' || {name_sql(f'{row}filterid')} ||"
        f" '_c' || lpad(({row}rcid / 4 + 1)::text, 2, '0') || '_q' || ({row}rcid % 4 + 1)::text)"
    )


def prepare(connection: Connection, release: str, settings: Settings) -> None:
    """Build the indexes that a release needs to be the default one, for the site's authority.

    Those there are stay.  An ingest into this release waits meanwhile.

    Parameters
    ----------
    connection
        Commits by itself.
    """
    with connection.transaction():
        _fill_quadrants(connection, settings)
    for (schema, table, name), expression in _indexes(release, settings).items():
        with connection.transaction():
            _build(connection, schema, table, name, expression)


def show(connection: Connection, release: str, settings: Settings) -> None:
    """Let the views show a release, which is the default one, in the caller's transaction."""
    (simulated,) = connection.execute(
        "SELECT simulated FROM ztf_store.release WHERE name = %s", (release,)
    ).fetchone()
    connection.execute(QUADRANT_TABLES)
    # Views are locked from here to the end of the transaction, so that what takes time comes first.
    _list_references(connection, release, simulated)
    connection.execute(_timeseries(release, simulated, settings))
    connection.execute(_science_images(simulated, settings))
    connection.execute(_reference_images(settings))


def _list_references(connection: Connection, release: str, simulated: bool) -> None:
    """Keep which channels the release has: each was made from one reference image."""
    connection.execute("DELETE FROM ztf_store.reference_image")
    if not simulated:
        connection.execute(
            sql.SQL(
                "INSERT INTO ztf_store.reference_image"
                " SELECT DISTINCT fieldid, rcid, filterid FROM {}"
            ).format(sql.Identifier(f"{release}_store", "exposure_set"))
        )


def _text(value: str) -> str:
    """A string as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def identifier_of(settings: Settings, name: str) -> str:
    """Publisher's identifier of what the site calls ``collection/name``."""
    return f"ivo://{settings.authority}/~?ztf/{name}"


def _series_did(release: str, settings: Settings) -> str:
    return f"({_text(identifier_of(settings, f'{release}/'))} || oid::text)"


def _image_did(settings: Settings, row: str = "") -> str:
    real, simulated = (
        _text(identifier_of(settings, f"{collection}/"))
        for collection in (IMAGES, SIMULATED_IMAGES)
    )
    return f"(CASE WHEN {row}simulated THEN {simulated} ELSE {real} END || {_image_name(row)})"


def _reference_did(settings: Settings, row: str = "") -> str:
    prefix = identifier_of(settings, f"{REFERENCE_IMAGES}/")
    return f"({_text(prefix)} || {_reference_name(row)})"


def _timeseries(release: str, simulated: bool, settings: Settings) -> str:
    """SQL of the view of light curves, in the terms of SSAP.

    It reads one table without a condition: only then PostgreSQL can look up joined rows in the
    union that ObsCore is.
    """
    collection = f"ZTF {release.upper()}" + (" (simulated)" if simulated else "")
    word = "simulated light curve" if simulated else "light curve"
    band = name_sql("filterid")
    return f"""
CREATE OR REPLACE VIEW ztf_store.timeseries AS
SELECT oid, ra, dec, {band} AS filter, {HMJD_FIRST} AS t_min, {HMJD_LAST} AS t_max,
  {_text(f"{collection} ")} || {band} || {_text(f" {word} ")} || oid::text AS ssa_dstitle,
  oid::text AS ssa_targname,
  {_series_did(release, settings)} AS ssa_pubdid,
  {band} AS ssa_bandpass,
  {_edge(0)} AS ssa_specstart, {_edge(1)} AS ssa_specend,
  ({HMJD_FIRST} + {HMJD_LAST}) / 2 AS ssa_dateobs,
  (last_tick - first_tick) / ticks_per_day::float8 * 86400 AS ssa_timeext,
  nobs AS ssa_length,
  spoint(radians(ra), radians(dec)) AS ssa_location,
  {_text(collection)}::text AS ssa_collection,
  {_text("artificial" if simulated else "survey")}::text AS ssa_datasource
FROM {release}_store.object
"""


def _science_images(simulated: bool, settings: Settings) -> str:
    """SQL of the view of science images; simulated ones only where the default release is so."""
    return f"""
CREATE OR REPLACE VIEW ztf_store.science_images AS
SELECT {_image_name("i.")} AS image_id, {_image_did(settings, "i.")} AS publisher_did,
  CASE WHEN i.simulated THEN 'ZTF science images (simulated)' ELSE 'ZTF science images' END
    AS collection,
  i.fieldid, i.rcid, (i.rcid / 4 + 1)::smallint AS ccdid, (i.rcid % 4 + 1)::smallint AS qid,
  i.filterid, {name_sql("i.filterid")} AS filter, i.filefracday,
  q.ra, q.dec, q.region AS outline, i.obsmjd, {_image_end("i.")} AS endmjd, i.exptime,
  {_edge(0, "i.")} AS wavelength_min,
  {_edge(1, "i.")} AS wavelength_max,
  'sci/' || substr(i.filefracday::text, 1, 4) || '/' || substr(i.filefracday::text, 5, 4) || '/'
    || substr(i.filefracday::text, 9) || '/' || {_image_name("i.")} || '_sciimg.fits' AS path,
  i.simulated, i.source
FROM ztf_store.image i JOIN ztf_store.sky_quadrant q USING (fieldid, rcid)
{"" if simulated else "WHERE NOT i.simulated"}
"""


def _reference_images(settings: Settings) -> str:
    """SQL of the view of reference images."""
    return f"""
CREATE OR REPLACE VIEW ztf_store.reference_images AS
SELECT {_reference_name("r.")} AS image_id, {_reference_did(settings, "r.")} AS publisher_did,
  'ZTF reference images'::text AS collection,
  r.fieldid, r.rcid, (r.rcid / 4 + 1)::smallint AS ccdid, (r.rcid % 4 + 1)::smallint AS qid,
  r.filterid, {name_sql("r.filterid")} AS filter, q.ra, q.dec, q.region AS outline,
  {_edge(0, "r.")} AS wavelength_min,
  {_edge(1, "r.")} AS wavelength_max,
  'ref/' || lpad((r.fieldid / 1000)::text, 3, '0') || '/field' || lpad(r.fieldid::text, 6, '0')
    || '/' || {name_sql("r.filterid")} || '/ccd' || lpad((r.rcid / 4 + 1)::text, 2, '0')
    || '/q' || (r.rcid % 4 + 1)::text || '/' || {_reference_name("r.")} || '_refimg.fits' AS path
FROM ztf_store.reference_image r JOIN ztf_store.sky_quadrant q USING (fieldid, rcid)
"""


def _indexes(release: str, settings: Settings) -> dict[tuple[str, str, str], str]:
    """What is indexed, by schema, table and name of the index."""
    return {
        (f"{release}_store", "object", "series_did"): (
            f"hash ({_series_did(release, settings)}) WITH (fillfactor = 100)"
        ),
        (f"{release}_store", "object", "series_name"): "hash ((oid::text)) WITH (fillfactor = 100)",
        (f"{release}_store", "object", "series_first"): (
            f"btree (({HMJD_FIRST})) WITH (fillfactor = 100)"
        ),
        (f"{release}_store", "object", "series_last"): (
            f"btree (({HMJD_LAST})) WITH (fillfactor = 100)"
        ),
        ("ztf_store", "image", "image_did"): f"hash ({_image_did(settings)})",
        ("ztf_store", "image", "image_name"): f"hash ({_image_name()})",
        ("ztf_store", "image", "image_first"): "btree (obsmjd)",
        ("ztf_store", "image", "image_last"): f"btree ({_image_end()})",
        ("ztf_store", "reference_image", "reference_image_did"): (
            f"hash ({_reference_did(settings)})"
        ),
        ("ztf_store", "reference_image", "reference_image_name"): f"hash ({_reference_name()})",
    }


def _build(connection: Connection, schema: str, table: str, name: str, expression: str) -> None:
    """Build an index unless it is there as it shall be."""
    digest = hashlib.sha256(expression.encode()).hexdigest()[:16]
    present = connection.execute(
        "SELECT obj_description(to_regclass(%s), 'pg_class')", (f"{schema}.{name}",)
    ).fetchone()
    if present == (digest,):
        return
    index, on = sql.Identifier(schema, name), sql.Identifier(schema, table)
    connection.execute(sql.SQL("DROP INDEX IF EXISTS {}").format(index))
    connection.execute(
        sql.SQL("CREATE INDEX {} ON {} USING {}").format(
            sql.Identifier(name), on, sql.SQL(expression)
        )
    )
    connection.execute(sql.SQL("COMMENT ON INDEX {} IS {}").format(index, sql.Literal(digest)))
    connection.execute(sql.SQL("ANALYZE {}").format(on))


def _fill_quadrants(connection: Connection, settings: Settings) -> None:
    """Compute the quadrants' outlines from the field centres and the camera's layout."""
    fields, quadrants = (settings.inputs / name for name in ("fields.csv", "quadrants.csv"))
    digest = hashlib.sha256(fields.read_bytes() + quadrants.read_bytes()).hexdigest()[:16]
    connection.execute(QUADRANT_TABLES)
    (present,) = connection.execute(
        "SELECT obj_description('ztf_store.sky_quadrant'::regclass, 'pg_class')"
    ).fetchone()
    if present == digest:
        return
    for index in ("position", "region"):
        connection.execute(f"DROP INDEX IF EXISTS ztf_store.sky_quadrant_{index}")
    connection.execute("DELETE FROM ztf_store.sky_quadrant")
    with (
        fields.open(newline="") as first,
        quadrants.open(newline="") as second,
        connection.cursor().copy("COPY ztf_store.sky_quadrant FROM STDIN") as copy,
    ):
        for row in outlines(list(csv.DictReader(first)), list(csv.DictReader(second))):
            copy.write_row(row)
    connection.execute(_QUADRANT_INDEXES)
    connection.execute(
        sql.SQL("COMMENT ON TABLE ztf_store.sky_quadrant IS {}").format(sql.Literal(digest))
    )
    connection.execute("ANALYZE ztf_store.sky_quadrant")


def outlines(fields: list[dict], quadrants: list[dict]):
    """Centre and corners of each quadrant of each field, by gnomonic projection.

    Parameters
    ----------
    fields
        ``field`` and its centre ``ra``, ``dec`` (ICRS, deg).
    quadrants
        ``rcid`` and its extent ``east_min``, ``east_max``, ``north_min``, ``north_max`` in the
        tangent plane of the field's centre, deg.

    Yields
    ------
    tuple
        Field, rcid, ra and dec of the centre (ICRS, deg), and the outline as a pgSphere polygon.
    """
    low, high, south, north = (
        np.array([float(row[name]) for row in quadrants])
        for name in ("east_min", "east_max", "north_min", "north_max")
    )
    x = np.radians([(low + high) / 2, low, high, high, low])
    y = np.radians([(south + north) / 2, south, south, north, north])
    for field in fields:
        ra0, dec0 = np.radians([float(field["ra"]), float(field["dec"])])
        depth = np.cos(dec0) - y * np.sin(dec0)
        ra = np.degrees(ra0 + np.arctan2(x, depth)) % 360
        dec = np.degrees(np.arctan2(np.sin(dec0) + y * np.cos(dec0), np.hypot(x, depth)))
        for i, row in enumerate(quadrants):
            corners = ", ".join(f"({ra[k, i]:.7f}d, {dec[k, i]:.7f}d)" for k in range(1, 5))
            centre = round(float(ra[0, i]), 7), round(float(dec[0, i]), 7)
            yield int(field["field"]), int(row["rcid"]), *centre, f"{{{corners}}}"
