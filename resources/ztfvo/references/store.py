"""The tables of the reference catalogue, which all releases share.

A source's OID says its field, filter, CCD, quadrant and number, so that a row holds the OID only;
the view adds the rest.  What a quadrant's sources have in common is kept once.
"""

from __future__ import annotations

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
CREATE OR REPLACE VIEW ztf_store.reference_sources AS
  SELECT r.oid, (r.oid / 1000000000000)::smallint AS fieldid,
    (r.oid / 100000000000 % 10)::smallint AS filterid,
    (ARRAY['zg', 'zr', 'zi'])[r.oid / 100000000000 % 10] AS filter,
    (r.oid / 1000000000 % 100)::smallint AS ccdid, (r.oid / 100000000 % 10)::smallint AS qid,
    (r.oid % 100000000)::integer AS sourceid, r.ra, r.dec, r.mag, r.magerr, r.snr, r.chi, r.sharp,
    r.flags, q.infobits
  FROM ztf_store.reference_source r
  LEFT JOIN ztf_store.reference_quadrant q ON q.quadrant = (r.oid / 100000000)::integer;
"""
"""`quadrant` is the OID without its last eight digits."""
