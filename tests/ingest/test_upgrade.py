"""Releases that an earlier version of the program made are brought up to date in place."""

from __future__ import annotations

from support.files import BULK_DR5, bulk_rows, write_bulk

from ztfvo.declarations import declared
from ztfvo.ingest.finish import finish
from ztfvo.ingest.state import is_finished
from ztfvo.settings import get_settings
from ztfvo.site.postgres import renew_stores

EARLIER = """
DROP VIEW detections, lightcurves, features, feature_space, feature_scales CASCADE;
DROP TABLE source, source_member, source_cell CASCADE;
DROP TABLE feature, feature_quadrant, feature_place, feature_place_quadrant, feature_scale;
ALTER TABLE lightcurve RENAME x TO east;
ALTER TABLE lightcurve RENAME y TO north;
ALTER TABLE lightcurve DROP late, DROP again;
ALTER TABLE exposure_set DROP exposure_id;
ALTER TABLE input_file DROP quadrants;
ALTER TABLE exposure_set RENAME x TO east;
ALTER TABLE exposure_set RENAME y TO north;
"""
"""What makes the tables of a release those of version 0.2."""

KEPT = "SELECT oid, hmjd, mag, magerr, clrcoeff, catflags FROM lightcurves ORDER BY oid"


def test_tables_of_an_earlier_version_get_the_columns_of_this_one(coarse_release, tmp_path):
    """What is in them comes with the next finish, which publishing a release does."""
    release = coarse_release
    rows = bulk_rows() | {"hmjd": [[58204.125, 58204.125, 59000.5], [58300.25]]}
    release.ingest(write_bulk(tmp_path / "ztf_001722_zg_c07_q4_x.parquet", rows, BULK_DR5))
    before, kept = release.content(), release.rows(KEPT)
    names = "SELECT detection_id, exposure_id FROM detections ORDER BY 1"
    identifiers = release.rows(names)
    assert [name for name, _ in identifiers] == [
        *("1722107400005560-58204.125", "1722107400005560-58204.125-2"),
        *("1722107400005560-59000.5", "1722107400005561-58300.25"),
    ]
    with release.connection.transaction():
        release.connection.execute(f"SET LOCAL search_path = {release.name}_store, public")
        release.connection.execute(EARLIER)
        release.connection.execute(f"COMMENT ON SCHEMA {release.name}_store IS 'views of 0.2'")
    for _ in range(2):
        renew_stores(get_settings())
        assert release.rows(KEPT) == kept
        assert release.rows("SELECT * FROM features") == []
        assert release.rows("SELECT * FROM feature_space, feature_scales") == []
        assert {number for _, number in release.rows(names)} == {None}
    declaration = declared(release.name, release.settings.inputs)
    assert not is_finished(release.connection, declaration)
    finish(release.connection, declaration, lambda what: None)
    assert release.content() == before
    assert release.rows(names) == identifiers
    assert release.rows("SELECT count(late), count(x), count(y) FROM lightcurve") == [(0, 2, 2)]
    (stored,) = release.rows(
        "SELECT attstorage::text, attcompression::text FROM pg_attribute"
        " WHERE attrelid = 'lightcurve'::regclass AND attname = 'late'"
    )
    assert stored == ("m", "l")
