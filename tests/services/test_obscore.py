"""ObsCore: light curves of the default release and science images, found and described truly."""

from __future__ import annotations

import hashlib
import io
from collections import Counter

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io.votable import parse
from astropy.table import Table
from support import service
from support.images import forgotten

from ztfvo.db import connect
from ztfvo.images.products import (
    Image,
    name_mjd,
    parse_reference,
    reference_path,
    science_path,
)
from ztfvo.oid import ccd_and_quadrant
from ztfvo.settings import get_settings, load_settings
from ztfvo.store import discovery
from ztfvo.store.schemas import set_default
from ztfvo.store.views import VIEWS

RA, DEC = service.HZ_HER
DID = "ivo://ztfvo.local/~?ztf/demo/{}"

REAL = Image(680, 50, 1, 20190314432616)
"""An exposure of the quadrant of HZ Her; its other numbers are made up."""

SIMULATED = Image(680, 50, 1, 20190315432616)
START = 58556.432627


@pytest.fixture
def images(site):
    """Two images of HZ Her's quadrant are known, one of them simulated, and 3,000 elsewhere.

    Those of other tests are put aside.
    """
    with forgotten() as connection:
        put = (
            "INSERT INTO ztf_store.image (fieldid, rcid, filterid, filefracday, obsmjd, exptime,"
            " simulated, source) VALUES (%s, %s, %s, %s, %s, %s, %s, 'metadata')"
        )
        for image, simulated in ((REAL, False), (SIMULATED, True)):
            start = START + simulated
            connection.execute(
                put,
                (*_channel(image), image.filefracday, start, 30, simulated),
            )
        connection.execute(
            "INSERT INTO ztf_store.image (fieldid, rcid, filterid, filefracday, obsmjd, exptime,"
            " simulated, source) SELECT 300 + i %% 100, i %% 64, 1 + i %% 3, 20200101000000 + i,"
            " 58849 + i / 1e6, 30, false, 'metadata' FROM generate_series(1, 3000) i",
            (),
        )
        connection.execute("ANALYZE ztf_store.image")
        yield


LIST, PRODUCTS = "TAP_UPLOAD.list AS u", "ivoa.obscore AS o"
JOINS = (
    (LIST, "JOIN", PRODUCTS),
    (PRODUCTS, "INNER JOIN", LIST),
    (LIST, "LEFT JOIN", PRODUCTS),
    (LIST, "LEFT OUTER JOIN", PRODUCTS),
)


@pytest.mark.parametrize("join", JOINS, ids=" ".join)
def test_what_joins_positions_has_the_rows_and_columns_of_a_join(images, tap, join):
    ra, dec = RA + 0.0001, DEC
    rows = {"ra": [ra, 10.0], "dec": [dec, -89.0], "radius": [0.5, 0.5], "name": ["%", "%"]}
    near = "DISTANCE(u.ra, u.dec, o.s_ra, o.s_dec) < u.radius AND o.obs_id LIKE u.name"
    found = tap.search(
        f"SELECT u.ra AS x, o.* FROM {' '.join(join)} ON {near}", uploads={"list": Table(rows)}
    ).to_table()
    wanted = tap.search(
        f"SELECT * FROM ivoa.obscore WHERE DISTANCE(s_ra, s_dec, {ra}, {dec}) < 0.5"
    ).to_table()
    assert len(wanted) > 1000
    assert found.colnames == ["x", *wanted.colnames]
    alone = found["x"] == 10.0
    assert np.ma.getmaskarray(found["s_ra"])[alone].tolist() == [True] * join[1].count("LEFT")
    key = "obs_publisher_did"
    assert sorted(found[key][~alone].tolist()) == sorted(wanted[key].tolist())


def _channel(image):
    return image.fieldid, image.rcid, image.filterid


def test_time_series_have_the_values_of_objects(site, tap):
    found = tap.search(
        "SELECT c.*, o.* FROM ivoa.obscore AS c JOIN ztf.objects AS o ON o.oid = 680113300005170"
        f" WHERE obs_publisher_did = '{DID.format(680113300005170)}'"
    )
    assert len(found) == 1
    row = found[0]
    assert (row["dataproduct_type"], row["dataproduct_subtype"]) == ("timeseries", "lightcurve")
    assert row["access_url"] == f"{site}/lc/680113300005170.vot"
    assert row["preview"] == f"{site}/lc/680113300005170.png"
    assert row["access_format"] == "application/x-votable+xml"
    assert (row["s_ra"], row["s_dec"]) == (row["ra"], row["dec"])
    assert (row["t_min"], row["t_max"]) == (row["hmjd_first"], row["hmjd_last"])
    assert row["t_xel"] == row["nobs"]
    assert row["em_min"] == pytest.approx(4.089e-7, rel=1e-6)
    assert row["em_max"] == pytest.approx(5.526e-7, rel=1e-6)
    assert (row["obs_id"], row["target_name"]) == ("680113300005170",) * 2
    assert (row["o_ucd"], row["calib_level"]) == ("phot.mag;em.opt", 2)
    assert (row["facility_name"], row["instrument_name"]) == ("Palomar 48-inch", "ZTF")
    assert np.ma.is_masked(row["pol_states"]) or row["pol_states"] in (None, "")


def test_simulated_series_say_so(tap):
    found = tap.search(
        f"SELECT * FROM ivoa.obscore WHERE DISTANCE(s_ra, s_dec, {RA}, {DEC}) < 1/3600."
    )
    assert {row["obs_id"] for row in found} == {str(oid) for oid in service.HZ_HER_OIDS}
    assert {row["obs_collection"] for row in found} == {"ZTF DEMO (simulated)"}
    assert all("simulated light curve" in row["obs_title"] for row in found)


def test_there_is_one_time_series_an_object(tap):
    counts = [
        tap.search(f"SELECT COUNT(*) AS n FROM {table}")[0]["n"]
        for table in ("ivoa.obscore WHERE dataproduct_type = 'timeseries'", "ztf.objects")
    ]
    assert counts[0] == counts[1] > 20_000


def test_images_of_a_place_are_found_as_clients_ask(site, tap, images):
    found = tap.search(
        "SELECT * FROM ivoa.obscore WHERE dataproduct_type = 'image' AND (DISTANCE(s_ra, s_dec,"
        f" {RA}, {DEC}) < 0.01 OR 1 = INTERSECTS(CIRCLE({RA}, {DEC}, 0.01), s_region))"
        " AND t_min < 58557 AND t_max > 58556 AND em_min < 5e-7 AND em_max > 5e-7"
    )
    assert len(found) == 1
    row = found[0]
    assert row["obs_collection"] == "ZTF science images"
    assert row["access_url"] == f"{site}/archive/{science_path(REAL)}"
    assert row["access_format"] == "image/fits"
    assert (row["t_min"], row["t_exptime"]) == (START, 30)
    assert row["t_max"] == pytest.approx(START + 30 / 86400, abs=1e-9)
    assert row["t_min"] - name_mjd(REAL.filefracday) == pytest.approx(0.000011, abs=1e-6)
    centre = SkyCoord(row["s_ra"], row["s_dec"], unit="deg")
    assert centre.separation(SkyCoord(RA, DEC, unit="deg")).deg < row["s_fov"] / 2
    assert row["obs_publisher_did"] == (
        "ivo://ztfvo.local/~?ztf/images/ztf_20190314432616_000680_zg_c13_o_q3"
    )


def test_outlines_are_those_of_the_camera(tap, images):
    outline = tap.search(
        "SELECT s_region FROM ivoa.obscore WHERE obs_id = 'ztf_20190314432616_000680_zg_c13_o_q3'"
    )[0]["s_region"]
    corners = np.reshape([float(word) for word in str(outline).split()[-8:]], (4, 2))
    points = SkyCoord(corners[:, 0], corners[:, 1], unit="deg")
    sides = points.separation(points[[1, 2, 3, 0]]).deg
    assert sides == pytest.approx([0.864] * 4, abs=0.01)
    east = points.spherical_offsets_to(SkyCoord(RA, DEC, unit="deg"))[0].deg
    assert east.min() < 0 < east.max()


def test_a_simulated_image_says_so_and_is_shown_with_a_simulated_release_only(tap, images):
    query = (
        "SELECT collection, publisher_did FROM ztf.science_images WHERE image_id ="
        " 'ztf_20190315432616_000680_zg_c13_o_q3'"
    )
    (row,) = tap.search(query)
    assert row["collection"] == "ZTF science images (simulated)"
    assert "/simulated-images/" in row["publisher_did"]
    count = "SELECT count(*) FROM ztf_store.science_images WHERE simulated"
    with connect() as connection:
        assert connection.execute(count).fetchone() == (1,)
        connection.execute("UPDATE ztf_store.release SET simulated = false WHERE name = 'demo'")
        discovery.show(connection, "demo", get_settings())
        assert connection.execute(count).fetchone() == (0,)
        collections = connection.execute(
            "SELECT DISTINCT ssa_collection, ssa_datasource FROM ztf_store.timeseries"
        ).fetchall()
        assert collections == [("ZTF DEMO", "survey")]
        connection.rollback()


def test_paths_are_those_of_the_archive(images):
    found = service.rows(
        "SELECT fieldid, rcid, filterid, filefracday, path FROM ztf_store.science_images"
    )
    assert len(found) == 3002
    for *numbers, path in found:
        assert path == science_path(Image(*numbers))


def test_all_fields_of_the_survey_have_their_quadrants():
    found = dict(
        service.rows(
            "SELECT fieldid, degrees(max(spoint(radians(q.ra), radians(q.dec)) <-> spoint("
            "radians(f.ra), radians(f.dec)))) FROM ztf_store.sky_quadrant q JOIN (SELECT fieldid,"
            " ra, dec FROM ztf_store.sky_quadrant WHERE rcid = 23) f USING (fieldid)"
            " GROUP BY fieldid HAVING count(*) = 64"
        )
    )
    assert len(found) == 1776
    assert max(found.values()) < 6.6


@pytest.mark.parametrize("authority", ["other.example", "uni.star.example"])
def test_another_authority_gets_its_own_identifiers_and_indexes(site, authority):
    other = load_settings(authority=authority)
    with connect() as connection:
        connection.execute("SELECT 1")  # within this transaction, which is taken back
        digests = []
        for settings in (other, get_settings()):
            discovery.prepare(connection, "demo", settings)
            discovery.show(connection, "demo", settings)
            did = f"ivo://{settings.authority}/~?ztf/demo/680113300005170"
            where = "FROM ztf_store.timeseries WHERE ssa_pubdid = %s"
            assert connection.execute(f"SELECT oid {where}", (did,)).fetchall() == [
                (680113300005170,)
            ]
            plan = "\n".join(r[0] for r in connection.execute(f"EXPLAIN SELECT * {where}", (did,)))
            assert "series_did" in plan
            for table, name in (("science_images", "image"), ("reference_images",) * 2):
                did = discovery.identifier_of(settings, "x/x")
                connection.execute("SET LOCAL enable_seqscan = off")
                rows = connection.execute(
                    f"EXPLAIN SELECT * FROM ztf_store.{table} WHERE publisher_did = %s", (did,)
                )
                assert f"{name.removesuffix('s')}_did" in "\n".join(row[0] for row in rows)
            digests.append(hashlib.sha256(plan.encode()).hexdigest())
        assert digests[0] != digests[1]
        connection.rollback()


def test_the_views_follow_the_default_release(site):
    with connect() as connection:
        connection.execute(
            "CREATE SCHEMA other_store; CREATE TABLE other_store.object"
            " (LIKE demo_store.object INCLUDING ALL);"
            "CREATE TABLE other_store.exposure_set (fieldid smallint, rcid smallint,"
            " filterid smallint); INSERT INTO other_store.exposure_set"
            " VALUES (680, 50, 1), (680, 50, 1), (1722, 27, 2);"
            "INSERT INTO ztf_store.release (name, title, description, simulated, layout)"
            " VALUES ('other', 'Other', '', false, 'none')"
        )
        for view in VIEWS:
            connection.execute(
                f"CREATE VIEW other_store.{view} AS SELECT * FROM demo_store.{view} WHERE false"
            )
        connection.execute(
            "INSERT INTO other_store.object SELECT * FROM demo_store.object"
            " WHERE oid = 680113300005170"
        )
        set_default(connection, "other")
        found = connection.execute(
            "SELECT ssa_pubdid, ssa_collection FROM ztf_store.timeseries"
        ).fetchall()
        references = connection.execute(
            "SELECT fieldid, rcid, filterid, image_id, publisher_did, path"
            " FROM ztf_store.reference_images ORDER BY 1"
        ).fetchall()
        set_default(connection, "demo")
        left = connection.execute("SELECT count(*) FROM ztf_store.reference_images").fetchone()
        connection.rollback()
    assert found == [("ivo://ztfvo.local/~?ztf/other/680113300005170", "ZTF OTHER")]
    assert [row[:3] for row in references] == [(680, 50, 1), (1722, 27, 2)]
    for fieldid, rcid, filterid, name, did, path in references:
        assert path == reference_path(fieldid, filterid, *ccd_and_quadrant(rcid))
        assert parse_reference(name) == (fieldid, rcid, filterid)
        assert did == f"ivo://ztfvo.local/~?ztf/reference-images/{name}"
    assert left == (0,)  # simulated ones have none


def semantics(links) -> Counter:
    """How many links of each kind there are of each identifier."""
    return Counter((row["ID"], row["semantics"]) for row in links)


@pytest.mark.parametrize(
    ("kind", "condition", "auxiliary"),
    [
        ("timeseries", f"DISTANCE(s_ra, s_dec, {RA}, {DEC}) < 1/3600.", 0),
        ("image", "dataproduct_type = 'image'", 3),
    ],
)
def test_results_lead_to_the_links_of_light_curves_and_images(
    tap, site, images, kind, condition, auxiliary
):
    found = tap.search(
        "SELECT TOP 40 obs_publisher_did, access_url, dataproduct_type FROM ivoa.obscore"
        f" WHERE dataproduct_type = '{kind}' AND {condition} ORDER BY obs_publisher_did"
    )
    assert len(found) >= 4
    for row, links in zip(found, found.iter_datalinks(preserve_order=True), strict=True):
        (this,) = (link for link in links if link["semantics"] == "#this")
        # An identifier names the release, the row's address means the default one.
        assert this["access_url"].replace("/demo/", "/") == row["access_url"]
        assert this["ID"] == row["obs_publisher_did"]
        assert semantics(links)[this["ID"], "#auxiliary"] >= auxiliary


@pytest.mark.parametrize(
    ("identifier", "fault"),
    [
        ("ivo://elsewhere/~?ztf/demo/680113300005170", "UsageFault"),
        ("680113300005170", "UsageFault"),
        ("ivo://ztfvo.local/~?ztf/demo/999113300005170", "NotFoundFault"),
        ("ivo://ztfvo.local/~?ztf/dr99/680113300005170", "NotFoundFault"),
        ("ivo://ztfvo.local/~?ztf/ztf/680113300005170'--", "UsageFault"),
        (
            "ivo://ztfvo.local/~?ztf/images/ztf_20190315432617_000680_zg_c13_o_q3",
            "NotFoundFault",
        ),
        ("ivo://ztfvo.local/~?ztf/images/ztf_1_2_3", "UsageFault"),
        ("ivo://ztfvo.local/~?ztf/reference-images/ztf_1_2_3", "UsageFault"),
        ("ivo://ztfvo.local/~?ztf/reference-images/ztf_000680_zi_c13_q3", "NotFoundFault"),
        ("ivo://ztfvo.local/~?ztf/images/ztf_20190315432617_999999_zg_c13_o_q3", "UsageFault"),
    ],
)
def test_an_identifier_that_is_none_is_a_fault_beside_good_ones(ask, identifier, fault):
    good = "ivo://ztfvo.local/~?ztf/demo/680113300005170"
    answer = ask("/ztf/ztf/products/dlmeta", ID=[identifier, good])
    assert answer.status_code == 200
    links = parse(io.BytesIO(answer.content)).get_first_table().to_table()
    shown = [row["error_message"] for row in links if row["ID"] == identifier]
    assert len(shown) == 1
    assert shown[0].startswith(fault)
    assert [row["semantics"] for row in links if row["ID"] == good][:2] == ["#this", "#proc"]
