"""All tables of the store.

Every release has a schema of its own, ``<release>_store``, so that it is dropped at once.  The
table ``lightcurve`` has oid as its only key: it can become a distributed table by oid, with
``exposure_set`` as a reference table.  What all releases share is in the schema ``ztf_store``.
"""

from __future__ import annotations

from ztfvo import designation
from ztfvo.features.columns import NAMES
from ztfvo.store.times import FIVE_DECIMALS

BAND_COLUMNS = ("ngoodobs", "mag_mean", "mag_median", "mag_amplitude", "chi2_red")
"""What a star has of each band; names of columns go on with _ and the band's letter."""

COLOR_COLUMNS = ("", "_err", "_npairs", "_median")
"""What a star has of each colour; names of columns begin with the colour's."""

BAND_LETTERS = ("g", "r", "i")
"""By filterid, from 1."""

COLORS = {"g_r": (1, 2), "r_i": (2, 3)}
"""Colours by name, with the filterids of the two magnitudes."""

_KINDS = {"ngoodobs": "integer NOT NULL", "_npairs": "integer NOT NULL"}

_MEASURED = ",\n  ".join(
    f"{name}_{letter} {_KINDS.get(name, 'real')}"
    for letter in BAND_LETTERS
    for name in BAND_COLUMNS
)
_COLORED = ",\n  ".join(
    f"{color}{name} {_KINDS.get(name, 'real')}" for color in COLORS for name in COLOR_COLUMNS
)

SOURCE_TABLES = f"""
CREATE TABLE IF NOT EXISTS source (
  source_id bigint PRIMARY KEY,
  ra double precision NOT NULL,
  dec double precision NOT NULL,
  nlightcurves integer NOT NULL,
  oids bigint[] NOT NULL,
  hmjd_first double precision NOT NULL,
  hmjd_last double precision NOT NULL,
  {_MEASURED},
  {_COLORED}
);
CREATE TABLE IF NOT EXISTS source_member (
  oid bigint PRIMARY KEY,
  source_id bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS source_member_source ON source_member (source_id);
CREATE TABLE IF NOT EXISTS source_cell (
  cell integer PRIMARY KEY,
  made_of bigint NOT NULL,
  nsources integer NOT NULL,
  nlightcurves integer NOT NULL
);
ALTER TABLE source ADD COLUMN IF NOT EXISTS ebv real, ADD COLUMN IF NOT EXISTS ebv_map text;
ALTER TABLE source_cell ADD COLUMN IF NOT EXISTS dust text;
"""
"""Stars, which light curves are of them, and the parts of the sky whose stars are there.

The stars of a cell have identifiers that begin with its number.  `made_of` stands for the files and
settings that they were made of, `dust` for the map that their E(B-V) is of."""
FEATURES = f"""
CREATE TABLE IF NOT EXISTS feature (
  oid bigint PRIMARY KEY,
  digest bigint NOT NULL
);
ALTER TABLE feature {", ".join(f"ADD COLUMN IF NOT EXISTS {name} real" for name in NAMES)};
CREATE TABLE IF NOT EXISTS feature_quadrant (
  quadrant integer PRIMARY KEY,
  edition text NOT NULL,
  files integer[] NOT NULL,
  done bigint[] NOT NULL DEFAULT '{{}}',
  finished boolean NOT NULL DEFAULT false,
  nfeatures bigint NOT NULL DEFAULT 0
);
"""
"""What is computed of light curves, see `ztfvo.extraction`.  A quadrant is an OID without its last
eight digits; `files` are those that its light curves came from, and `done` ends the ranges of OIDs
that are computed while others are not.  `digest` changes with the light curve and the set of
features."""
PLACES = """
CREATE TABLE IF NOT EXISTS feature_scale (
  number smallint PRIMARY KEY,
  feature text NOT NULL UNIQUE,
  scale text NOT NULL,
  median double precision NOT NULL,
  spread double precision NOT NULL,
  weights double precision[] NOT NULL
);
CREATE TABLE IF NOT EXISTS feature_place (
  oid bigint PRIMARY KEY,
  filterid integer NOT NULL,
  cell integer NOT NULL,
  place real[] NOT NULL
);
CREATE TABLE IF NOT EXISTS feature_place_quadrant (
  quadrant integer PRIMARY KEY,
  made_of bigint NOT NULL,
  nplaces bigint NOT NULL
);
"""
"""The space that light curves are compared in, and where each of them is in it, see
`ztfvo.features.space`.  `made_of` stands for the features of the quadrant; `filterid` is as wide as
numbers in queries are, which a smaller one would not be compared with by an index."""

PLACE = "cube(place::double precision[])"
"""What the index of places is on; a query has to write it just so."""

PLACE_INDEX = "feature_place_near"
PLACE_INDEXED = f"USING gist (filterid, {PLACE})"
"""Index of places by nearness, which is built once all light curves have theirs: what looks for
neighbours needs it."""


_FILES = """
CREATE TABLE input_file (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  path text NOT NULL UNIQUE,
  bytes bigint NOT NULL,
  sha256 text NOT NULL,
  layout text NOT NULL,
  nlightcurves bigint NOT NULL,
  ndetections bigint NOT NULL,
  hmjd_first double precision,
  hmjd_last double precision,
  cells integer[] NOT NULL,
  quadrants integer[],
  loaded_at timestamptz NOT NULL DEFAULT now(),
  finished boolean NOT NULL DEFAULT false
);
"""

_LIGHT_CURVES = """
CREATE TABLE lightcurve (
  oid bigint PRIMARY KEY,
  exposure_set integer NOT NULL,
  mag_base integer NOT NULL,
  mag_scale real NOT NULL,
  magerr_base integer NOT NULL,
  magerr_scale real NOT NULL,
  x real NOT NULL,
  y real NOT NULL,
  mask bit varying NOT NULL,
  odd smallint[],
  mag_high bytea,
  mag_low bytea,
  magerr_high bytea,
  magerr_low bytea,
  catflags smallint[],
  mag real[],
  magerr real[],
  late bytea,
  again integer[]
) WITH (toast_tuple_target = 128);
CREATE INDEX lightcurve_set ON lightcurve USING brin (exposure_set) WITH (pages_per_range = 16);
"""

_EXPOSURES = """
CREATE TABLE exposure (
  exposure_id bigint PRIMARY KEY,
  fieldid smallint NOT NULL,
  rcid smallint NOT NULL,
  filterid smallint NOT NULL,
  obsmjd double precision NOT NULL,
  obsmjd_source text NOT NULL,
  exptime real NOT NULL,
  exptime_source text NOT NULL,
  mjd_mid double precision NOT NULL,
  clrcoeff real NOT NULL,
  ndetections integer NOT NULL,
  filefracday bigint
);
CREATE INDEX ON exposure (fieldid, rcid, filterid, mjd_mid);
"""


def _exposure_sets(rate: str) -> str:
    return f"""
CREATE TABLE exposure_set (
  id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  input_file integer NOT NULL,
  fieldid smallint NOT NULL,
  rcid smallint NOT NULL,
  filterid smallint NOT NULL,
  ticks_per_day {rate} NOT NULL,
  ticks double precision[] NOT NULL,
  clrcoeff real[] NOT NULL,
  x real[],
  y real[],
  mjd_mid double precision[],
  obsmjd double precision[],
  exptime real[],
  filefracday bigint[],
  ndetections integer[],
  obsmjd_source text,
  exptime_source text,
  exposure_id bigint[]
);
CREATE INDEX ON exposure_set (fieldid, rcid, filterid);
CREATE INDEX ON exposure_set (input_file);
"""


def _objects(ticks: str, rate: str) -> str:
    return f"""
CREATE TABLE object (
  oid bigint PRIMARY KEY,
  ra double precision NOT NULL,
  dec double precision NOT NULL,
  h3_10 bigint NOT NULL,
  healpix_29 bigint NOT NULL,
  first_tick {ticks} NOT NULL,
  last_tick {ticks} NOT NULL,
  nobs integer NOT NULL,
  ngoodobs integer NOT NULL,
  mag_mean real, mag_wmean real, mag_median real, mag_min real, mag_max real, mag_std real,
  mag_amplitude real, magerr_median real, chi2_red real,
  ticks_per_day {rate} NOT NULL,
  fieldid smallint NOT NULL,
  rcid smallint NOT NULL,
  filterid smallint NOT NULL
);
"""


def tables(ticks: str) -> str:
    """Return the SQL that makes a release's tables.

    Parameters
    ----------
    ticks
        Type of ticks, from `tick_type`.
    """
    rate = RATE_TYPES[ticks]
    return (
        _FILES
        + _exposure_sets(rate)
        + _LIGHT_CURVES
        + _objects(ticks, rate)
        + _EXPOSURES
        + SOURCE_TABLES
        + FEATURES
        + PLACES
    )


def tick_type(ticks_per_day: int) -> str:
    """Return the SQL type that holds ticks since MJD 58000, of so many a day."""
    return "bigint" if ticks_per_day > FIVE_DECIMALS else "integer"


RATE_TYPES = {"integer": "integer", "bigint": "real"}
"""Types of the number of ticks in a day by that of ticks: real holds powers of two, in 4 bytes."""

UPGRADE = (
    """
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_attribute
      WHERE attrelid = 'lightcurve'::regclass AND attname = 'east') THEN
    ALTER TABLE lightcurve RENAME east TO x;
    ALTER TABLE lightcurve RENAME north TO y;
    ALTER TABLE exposure_set RENAME east TO x;
    ALTER TABLE exposure_set RENAME north TO y;
  END IF;
END $$;
ALTER TABLE input_file ADD COLUMN IF NOT EXISTS quadrants integer[];
ALTER TABLE lightcurve ADD COLUMN IF NOT EXISTS late bytea;
ALTER TABLE lightcurve ADD COLUMN IF NOT EXISTS again integer[];
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_attribute
      WHERE attrelid = 'exposure_set'::regclass AND attname = 'exposure_id') THEN
    ALTER TABLE exposure_set ADD exposure_id bigint[];
    UPDATE input_file SET finished = false;
  END IF;
END $$;
"""
    + SOURCE_TABLES
    + FEATURES
    + PLACES
)
"""What brings the tables of earlier versions up to date, without reading what is in them.  What is
left to be computed is done by the next `ztfvo.ingest.finish.finish`."""

PACKED = (
    *("mask", "odd", "mag_high", "mag_low", "magerr_high", "magerr_low"),
    *("catflags", "mag", "magerr", "late"),
)
"""Columns of lightcurve that are compressed and kept in the row as far as they fit in a page."""

INDEXES = {
    "object_position": "USING gist (spoint(radians(ra), radians(dec)))"
    " WITH (fillfactor = 100, buffering = off)",
    "object_h3": "(h3_10)",
    "object_healpix": "(healpix_29)",
    "object_field": "USING brin (fieldid) WITH (pages_per_range = 8)",
    "object_chi2": "(filterid, chi2_red) WHERE ngoodobs >= 10",
}
"""Indexes of object that are built once a release is loaded."""

SOURCE_INDEXES = {
    "source_position": INDEXES["object_position"],
    "source_name": f"USING hash ({designation.sql('ra', 'dec')}) WITH (fillfactor = 100)",
}
"""Indexes of source that are built once the stars are found."""

COMMON_TABLES = """
CREATE SCHEMA IF NOT EXISTS ztf_store;
CREATE TABLE IF NOT EXISTS ztf_store.release (
  name text PRIMARY KEY,
  title text NOT NULL,
  description text NOT NULL,
  simulated boolean NOT NULL,
  layout text NOT NULL,
  is_default boolean NOT NULL DEFAULT false,
  nlightcurves bigint NOT NULL DEFAULT 0,
  ndetections bigint NOT NULL DEFAULT 0,
  nexposures bigint NOT NULL DEFAULT 0,
  hmjd_first double precision,
  hmjd_last double precision,
  loaded_at timestamptz NOT NULL DEFAULT now(),
  files integer NOT NULL DEFAULT 0,
  footprint text,
  windows jsonb NOT NULL DEFAULT '{}',
  times text NOT NULL DEFAULT 'five-decimals'
);
ALTER TABLE ztf_store.release ADD COLUMN IF NOT EXISTS windows jsonb NOT NULL DEFAULT '{}';
ALTER TABLE ztf_store.release ADD COLUMN IF NOT EXISTS times text NOT NULL DEFAULT 'five-decimals';
CREATE UNIQUE INDEX IF NOT EXISTS one_default ON ztf_store.release (is_default) WHERE is_default;
CREATE TABLE IF NOT EXISTS ztf_store.outside_source (
  name text PRIMARY KEY,
  title text NOT NULL,
  gives text NOT NULL,
  radius double precision NOT NULL,
  largest_radius double precision NOT NULL,
  epoch double precision,
  address text NOT NULL,
  about text NOT NULL,
  citation text NOT NULL,
  licence text NOT NULL
);
"""

QUADRANT_TABLES = """
CREATE TABLE IF NOT EXISTS ztf_store.sky_quadrant (
  fieldid smallint NOT NULL,
  rcid smallint NOT NULL,
  ra double precision NOT NULL,
  dec double precision NOT NULL,
  region spoly NOT NULL,
  PRIMARY KEY (fieldid, rcid)
);
CREATE TABLE IF NOT EXISTS ztf_store.reference_image (
  fieldid smallint NOT NULL,
  rcid smallint NOT NULL,
  filterid smallint NOT NULL,
  PRIMARY KEY (fieldid, rcid, filterid)
);
"""
"""Centre and outline of each readout channel of each field, nominal to some arcseconds, and the
reference images of the default release."""

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
"""Image names never change, so what was learned once is kept, for all releases: from image
metadata, from the light curves themselves, by asking IRSA, or from a listing of the archive.

`obsmjd` is the start, MJD UTC at Palomar, of whole seconds; `exptime` is in s.  Of source
listing both are those of the release's exposure, which may be estimates."""

REFERENCE_TABLES = """
CREATE TABLE IF NOT EXISTS ztf_store.reference_quadrant (
  quadrant integer PRIMARY KEY,
  file text NOT NULL,
  magzp double precision NOT NULL,
  magzprms double precision NOT NULL,
  infobits integer NOT NULL,
  nsources integer NOT NULL,
  loaded_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS ztf_store.reference_source (
  oid bigint PRIMARY KEY,
  ra double precision NOT NULL,
  dec double precision NOT NULL,
  mag real,
  magerr real,
  snr real,
  chi real,
  sharp real,
  flags smallint NOT NULL
);
"""
"""The reference catalogue.  `quadrant` is the OID without its last eight digits: a source's OID
says its field, filter, CCD, quadrant and number, so that a row holds the OID only.  What a
quadrant's sources have in common is kept once."""
