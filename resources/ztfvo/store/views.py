"""The views that are published: those of each release, and those that all releases share.

They have the published column names; those of light curves hold the decoding of
`ztfvo.store.codec`.
"""

from __future__ import annotations

import hashlib

from ztfvo import designation
from ztfvo.bands import BANDS, name_sql
from ztfvo.catflags import CATFLAGS
from ztfvo.features.columns import NAMES
from ztfvo.photometry import ZERO_FLUX
from ztfvo.store import codec
from ztfvo.store.tables import BAND_COLUMNS, BAND_LETTERS, COLOR_COLUMNS, COLORS, UPGRADE
from ztfvo.store.times import HMJD_FIRST, HMJD_LAST

_CODES = "rcid, (rcid / 4 + 1)::smallint AS ccdid, (rcid % 4 + 1)::smallint AS qid"
_FILTER = f"filterid, {name_sql('filterid')} AS filter"

_OBJECTS = f"""
SELECT o.oid, o.ra, o.dec, fieldid, {_CODES}, {_FILTER}, nobs, ngoodobs,
  {HMJD_FIRST} AS hmjd_first, {HMJD_LAST} AS hmjd_last,
  (last_tick - first_tick) / ticks_per_day::float8 AS duration,
  mag_mean, mag_wmean, mag_median, mag_min, mag_max, mag_std, mag_amplitude, magerr_median,
  chi2_red, h3_10, healpix_29, r.mag AS refmag, r.magerr AS refmagerr, m.source_id
FROM object o LEFT JOIN ztf_store.reference_source r ON r.oid = o.oid
  LEFT JOIN source_member m ON m.oid = o.oid
"""
"""The planner leaves out the reference catalogue and the stars where a query does not name their
columns."""

_SOURCES = f"""
SELECT source_id, {designation.sql("ra", "dec")} AS name, ra, dec, nlightcurves, oids,
  hmjd_first, hmjd_last,
  {", ".join(f"{name}_{letter}" for letter in BAND_LETTERS for name in BAND_COLUMNS)},
  {", ".join(f"{color}{name}" for color in COLORS for name in COLOR_COLUMNS)}, ebv, ebv_map
FROM source
"""

_EXPOSURES = f"""
SELECT exposure_id, fieldid, {_CODES}, {_FILTER}, obsmjd, obsmjd_source, exptime, exptime_source,
  mjd_mid, clrcoeff, ndetections, filefracday
FROM exposure
"""

VIEWS = {
    "objects": _OBJECTS,
    "lightcurves": codec.LIGHTCURVES,
    "detections": codec.DETECTIONS,
    "exposures": _EXPOSURES,
    "sources": _SOURCES,
    "features": f"SELECT oid, {', '.join(NAMES)} FROM feature",
    "feature_space": "SELECT oid, filterid, place FROM feature_place",
    "feature_scales": "SELECT number, feature, scale, median, spread, weights FROM feature_scale",
}
"""Published views of a release, and what they select.  New columns go last: PostgreSQL can then
replace the views that others are made of."""

EDITION = "views " + hashlib.sha256("".join((UPGRADE, *VIEWS.values())).encode()).hexdigest()[:16]
"""Comment on a release's schema: which definitions its tables and views have."""

_FILTER_ROWS = ", ".join(
    f"({band.filterid}::smallint, '{band.name}', '{band.title}', '{band.svo_id}',"
    f" {band.wavelength_eff}::float8, {ZERO_FLUX!r}::float8, 'AB')"
    for band in BANDS.values()
)

_FLAG_ROWS = ", ".join(
    f"({flag.bit}::smallint, {flag.mask}::integer, '{flag.name}', '{flag.meaning}',"
    f" '{flag.source}')"
    for flag in CATFLAGS
)

COMMON_VIEWS = f"""
CREATE OR REPLACE VIEW ztf_store.releases AS
  SELECT name, title, description, simulated, layout, is_default, nlightcurves, ndetections,
    nexposures, hmjd_first, hmjd_last, loaded_at AT TIME ZONE 'UTC' AS loaded_at, files, times
  FROM ztf_store.release;
CREATE OR REPLACE VIEW ztf_store.filters AS
  SELECT * FROM (VALUES {_FILTER_ROWS})
    AS f(filterid, filter, name, svo_id, wavelength_eff, zeropoint_jy, magsys);
CREATE OR REPLACE VIEW ztf_store.catflags AS
  SELECT * FROM (VALUES {_FLAG_ROWS}) AS f(number, mask, name, meaning, source);
CREATE OR REPLACE VIEW ztf_store.reference_sources AS
  SELECT r.oid, (r.oid / 1000000000000)::smallint AS fieldid,
    (r.oid / 100000000000 % 10)::smallint AS filterid,
    {name_sql("r.oid / 100000000000 % 10")} AS filter,
    (r.oid / 1000000000 % 100)::smallint AS ccdid, (r.oid / 100000000 % 10)::smallint AS qid,
    (r.oid % 100000000)::integer AS sourceid, r.ra, r.dec, r.mag, r.magerr, r.snr, r.chi, r.sharp,
    r.flags, q.infobits
  FROM ztf_store.reference_source r
  LEFT JOIN ztf_store.reference_quadrant q ON q.quadrant = (r.oid / 100000000)::integer;
"""
"""Views of the common schema that do not depend on the default release."""
