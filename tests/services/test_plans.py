"""The canonical queries use indexes on objects and on light curves."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
import requests
from astropy.table import Table
from psycopg import sql
from support import service
from support.images import forgotten

from ztfvo.dal import Parameters
from ztfvo.db import connect
from ztfvo.find import query as find_query
from ztfvo.links import curves
from ztfvo.products import queries
from ztfvo.products.columns import OPTIONAL
from ztfvo.products.model import Request

CONE = "254.45755, 35.34236"
RING = "622778651534295039, 622778651534262271, 622778651534884863"
STORE = ("object", "lightcurve", "reference_source", "source", "source_member", "feature_place")

OBJECT_OID = "object_pkey"
OBJECT_POSITION = "object_position"
QUADRANT_POSITION = "sky_quadrant_position"
OBJECT_H3 = "object_h3"
CURVE = "lightcurve_pkey"
EXPOSURE = "exposure_pkey"
REFERENCE = "reference_source_pkey"
SERIES_DID = "series_did"
SERIES_NAME = "series_name"
PLACE, NEAR = "feature_place_pkey", "feature_place_near"
LIKE_LZ_BOO = (
    "gavo_ztf_dissimilarity(p.place, (SELECT q.place FROM ztf.feature_space AS q"
    " WHERE q.oid = 759116400002093))"
)
DID = "ivo://ztfvo.local/~?ztf/demo/680113300005170"

ADQL = {
    "an object by OID": (
        "SELECT * FROM ztf.objects WHERE oid = 680113300005170",
        [OBJECT_OID],
    ),
    "detections by OID": (
        "SELECT * FROM ztf.detections WHERE oid = 680113300005170",
        [CURVE],
    ),
    "detections by OID with their exposures": (
        "SELECT d.hmjd, d.mag, e.obsmjd, e.exptime FROM ztf.detections AS d JOIN ztf.exposures AS e"
        " ON e.exposure_id = d.exposure_id WHERE d.oid = 680113300005170",
        [CURVE, EXPOSURE],
    ),
    "detections in a cone with their exposures": (
        "SELECT d.oid, d.hmjd, e.obsmjd FROM ztf.objects AS o JOIN ztf.detections AS d"
        " ON d.oid = o.oid JOIN ztf.exposures AS e ON e.exposure_id = d.exposure_id"
        f" WHERE DISTANCE(o.ra, o.dec, {CONE}) < 1/3600.",
        [OBJECT_POSITION, CURVE, EXPOSURE],
    ),
    "light curves by a few OIDs": (
        "SELECT * FROM ztf.lightcurves WHERE oid IN (680113300005170, 680213300009232)",
        [CURVE],
    ),
    "a cone of 1 arcsec": (
        f"SELECT * FROM ztf.objects WHERE DISTANCE(ra, dec, {CONE}) < 1/3600.",
        [OBJECT_POSITION],
    ),
    "a cone with the arguments turned round": (
        f"SELECT * FROM ztf.objects WHERE 1/3600. > DISTANCE(POINT({CONE}), POINT(ra, dec))",
        [OBJECT_POSITION],
    ),
    "a cone by CONTAINS": (
        f"SELECT * FROM ztf.objects WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE({CONE}, 1/3600.))",
        [OBJECT_POSITION],
    ),
    "a cone with detections": (
        "SELECT o.filter, d.* FROM ztf.objects AS o JOIN ztf.detections AS d ON d.oid = o.oid"
        f" WHERE DISTANCE(o.ra, o.dec, {CONE}) < 1/3600.",
        [OBJECT_POSITION, CURVE],
    ),
    "detections of objects in a cone": (
        "SELECT * FROM ztf.detections WHERE oid IN (SELECT o.oid FROM ztf.objects AS o"
        f" WHERE DISTANCE(o.ra, o.dec, {CONE}) < 1/3600.)",
        [OBJECT_POSITION, CURVE],
    ),
    "an uploaded list of positions": (
        "SELECT o.* FROM TAP_UPLOAD.list AS u JOIN ztf.objects AS o"
        " ON DISTANCE(u.ra, u.dec, o.ra, o.dec) < 1.5/3600",
        [OBJECT_POSITION],
    ),
    "an uploaded list of positions, arguments turned round": (
        "SELECT o.* FROM TAP_UPLOAD.list AS u JOIN ztf.objects AS o"
        " ON 1 = CONTAINS(POINT(u.ra, u.dec), CIRCLE(o.ra, o.dec, 1.5/3600))",
        [OBJECT_POSITION],
    ),
    "an uploaded list of OIDs": (
        "SELECT d.* FROM TAP_UPLOAD.list AS u JOIN ztf.detections AS d ON d.oid = u.oid",
        [CURVE],
    ),
    "neighbours in two bands": (
        "SELECT g.oid FROM ztf.objects AS g JOIN ztf.objects AS r"
        " ON DISTANCE(g.ra, g.dec, r.ra, r.dec) < 1/3600."
        f" WHERE DISTANCE(g.ra, g.dec, {CONE}) < 0.01 AND g.filter = 'zg' AND r.filter = 'zr'",
        [OBJECT_POSITION],
    ),
    "an H3 ring": (
        f"SELECT * FROM ztf.objects WHERE h3_10 IN ({RING})",
        [OBJECT_H3],
    ),
    "an H3 ring with detections": (
        "SELECT d.* FROM ztf.objects AS o JOIN ztf.detections AS d ON d.oid = o.oid"
        f" WHERE o.h3_10 IN ({RING})",
        [OBJECT_H3, CURVE],
    ),
    "a star by its name": (
        "SELECT * FROM ztf.sources WHERE name = 'ZTF J165749.81+352032.4'",
        ["source_name"],
    ),
    "stars in a cone": (
        f"SELECT * FROM ztf.sources WHERE DISTANCE(ra, dec, {CONE}) < 0.001",
        ["source_position"],
    ),
    "light curves of a star by its identifier": (
        "SELECT * FROM ztf.objects WHERE source_id = 669411015865587629",
        ["source_member_source", OBJECT_OID],
    ),
    "epochs of a star by its identifier": (
        "SELECT oid, hmjd, mag FROM ztf.detections WHERE source_id = 669411015865587629",
        ["source_member_source", CURVE],
    ),
    "light curves of a star as arrays": (
        "SELECT * FROM ztf.lightcurves WHERE source_id = 669411015865587629",
        ["source_member_source", CURVE],
    ),
    "epochs of stars in a cone": (
        "SELECT s.name, d.* FROM ztf.sources AS s JOIN ztf.detections AS d"
        f" ON d.source_id = s.source_id WHERE DISTANCE(s.ra, s.dec, {CONE}) < 0.001",
        ["source_position", "source_member_source", CURVE],
    ),
    "epochs of a star that a light curve is of": (
        "SELECT d.* FROM ztf.objects AS a JOIN ztf.objects AS b ON a.source_id = b.source_id"
        " JOIN ztf.detections AS d ON d.oid = b.oid WHERE a.oid = 680113300005170",
        ["source_member_source", OBJECT_OID, CURVE],
    ),
    "stars in a cone with their light curves": (
        "SELECT o.* FROM ztf.sources AS s JOIN ztf.objects AS o ON o.source_id = s.source_id"
        f" WHERE DISTANCE(s.ra, s.dec, {CONE}) < 0.001",
        ["source_position", "source_member_source", OBJECT_OID],
    ),
    "light curves that are like one": (
        f"SELECT TOP 20 p.oid, {LIKE_LZ_BOO} AS unlike FROM ztf.feature_space AS p"
        " WHERE p.filterid = 1 AND p.oid <> 759116400002093 ORDER BY unlike",
        [NEAR, PLACE],
    ),
    "objects and features of light curves that are like one": (
        f"SELECT o.ra, f.period_0, n.unlike FROM (SELECT TOP 20 p.oid, {LIKE_LZ_BOO} AS unlike"
        " FROM ztf.feature_space AS p WHERE p.filterid = 2 ORDER BY unlike) AS n"
        " JOIN ztf.objects AS o ON o.oid = n.oid JOIN ztf.features AS f ON f.oid = n.oid",
        [NEAR, PLACE, OBJECT_OID],
    ),
    "an object with its reference magnitude": (
        "SELECT oid, refmag FROM ztf.objects WHERE oid = 680113300005170",
        [OBJECT_OID, REFERENCE],
    ),
    "reference sources in a cone": (
        "SELECT r.* FROM ztf.objects AS o JOIN ztf.reference_sources AS r ON r.oid = o.oid"
        f" WHERE DISTANCE(o.ra, o.dec, {CONE}) < 1/3600.",
        [OBJECT_POSITION, REFERENCE],
    ),
    "ObsCore by position": (
        f"SELECT * FROM ivoa.obscore WHERE DISTANCE(s_ra, s_dec, {CONE}) < 1/3600.",
        [OBJECT_POSITION],
    ),
    "ObsCore by CONTAINS": (
        "SELECT * FROM ivoa.obscore"
        f" WHERE 1 = CONTAINS(POINT(s_ra, s_dec), CIRCLE({CONE}, 1/3600.))",
        [OBJECT_POSITION],
    ),
    "images in ObsCore by position or region": (
        "SELECT * FROM ivoa.obscore WHERE dataproduct_type = 'image' AND (DISTANCE(s_ra, s_dec,"
        f" {CONE}) < 0.001 OR 1 = INTERSECTS(CIRCLE({CONE}, 0.001), s_region))",
        [],
    ),
    "ObsCore at an uploaded list of positions": (
        "SELECT o.* FROM TAP_UPLOAD.list AS u JOIN ivoa.obscore AS o"
        " ON DISTANCE(u.ra, u.dec, o.s_ra, o.s_dec) < 1.5/3600",
        [OBJECT_POSITION, QUADRANT_POSITION],
    ),
    "ObsCore, named first, at an uploaded list of positions": (
        "SELECT o.* FROM ivoa.obscore AS o JOIN TAP_UPLOAD.list AS u"
        " ON 1 = CONTAINS(POINT(o.s_ra, o.s_dec), CIRCLE(u.ra, u.dec, 1.5/3600))",
        [OBJECT_POSITION, QUADRANT_POSITION],
    ),
    "ObsCore at an uploaded list of positions, with those that have nothing": (
        "SELECT u.ra, o.obs_id FROM TAP_UPLOAD.list AS u LEFT OUTER JOIN ivoa.obscore AS o"
        " ON DISTANCE(o.s_ra, o.s_dec, u.ra, u.dec) < 1.5/3600",
        [OBJECT_POSITION, QUADRANT_POSITION],
    ),
    "ObsCore by dataset identifier": (
        f"SELECT * FROM ivoa.obscore WHERE obs_publisher_did = '{DID}'",
        [SERIES_DID],
    ),
    "ObsCore by obs_id": (
        "SELECT * FROM ivoa.obscore WHERE obs_id = '680113300005170'",
        [SERIES_NAME],
    ),
    "ObsCore by first epoch": (
        "SELECT * FROM ivoa.obscore WHERE t_min > 60120",
        ["series_first"],
    ),
    "ObsCore by last epoch": (
        "SELECT * FROM ivoa.obscore WHERE t_max < 58200",
        ["series_last"],
    ),
    "images are not looked for among light curves": (
        "SELECT * FROM ivoa.obscore WHERE dataproduct_type = 'image'",
        [],
    ),
}

_CIRCLE = "spoint(radians(ra), radians(dec)) <@ scircle(spoint(radians(254.45755),\
 radians(35.34236)), radians(1/3600.))"

SQL = {
    "an object by OID": (
        "SELECT * FROM ztf.objects WHERE oid = 680113300005170",
        [OBJECT_OID],
    ),
    "detections by OID": (
        "SELECT * FROM ztf.detections WHERE oid = 680113300005170",
        [CURVE],
    ),
    "a cone of 1 arcsec": (
        f"SELECT * FROM ztf.objects WHERE {_CIRCLE}",
        [OBJECT_POSITION],
    ),
    "a cone with detections": (
        f"SELECT * FROM ztf.objects JOIN ztf.detections USING (oid) WHERE {_CIRCLE}",
        [OBJECT_POSITION, CURVE],
    ),
    "a list of positions": (
        "SELECT o.oid FROM (VALUES (254.45755::float8, 35.34236::float8), (10, 10)) AS u(a, d)"
        " JOIN ztf.objects AS o ON spoint_dwithin(spoint(radians(u.a), radians(u.d)),"
        " spoint(radians(o.ra), radians(o.dec)), radians(1.5/3600))",
        [OBJECT_POSITION],
    ),
    "a list of OIDs": (
        "SELECT d.* FROM (VALUES (680113300005170), (680213300009232)) AS u(oid)"
        " JOIN ztf.detections AS d USING (oid)",
        [CURVE],
    ),
    "an H3 ring": (
        f"SELECT * FROM ztf.objects WHERE h3_10 IN ({RING})",
        [OBJECT_H3],
    ),
}


def check(plan: str, indexes: list[str]) -> None:
    """Fail with the plan unless it uses the indexes and reads no table of the store as a whole."""
    for index in indexes:
        assert re.search(rf"\b{index}\b", plan), plan
    for table in STORE:
        assert not re.search(rf"Seq Scan on (\w+\.)?{table}\b", plan), plan


@pytest.fixture(scope="module", autouse=True)
def sizes(site):
    """The reference catalogue has a row for every object, and no image is known: small tables are
    read whole."""
    with forgotten() as connection:
        made = connection.execute(
            "INSERT INTO ztf_store.reference_source (oid, ra, dec, flags)"
            " SELECT oid, ra, dec, 0 FROM demo_store.object ON CONFLICT DO NOTHING RETURNING oid"
        ).fetchall()
        connection.execute("ANALYZE ztf_store.reference_source")
        yield
        connection.execute(
            "DELETE FROM ztf_store.reference_source WHERE oid = ANY(%s)",
            ([oid for (oid,) in made],),
        )
        connection.execute("ANALYZE ztf_store.reference_source")


@pytest.fixture(scope="session")
def plan_of(site):
    """A function that gives the plan of an ADQL query, as DaCHS would run it."""
    upload = Table({"ra": [254.45755, 10.0], "dec": [35.34236, 10.0], "oid": [1, 680113300005170]})
    buffer = io.BytesIO()
    upload.write(buffer, format="votable")

    def plan(adql: str) -> str:
        data = {"LANG": "ADQL", "QUERY": adql}
        files = None
        if "TAP_UPLOAD" in adql:
            data["UPLOAD"] = "list,param:list"
            files = {"list": ("list.vot", buffer.getvalue())}
        made = requests.post(
            f"{site}/tap/async", data=data, files=files, allow_redirects=False, timeout=60
        )
        job = made.headers["Location"]
        answer = requests.get(f"{job}/plan", timeout=60)
        requests.delete(job, allow_redirects=False, timeout=60)
        return answer.text

    return plan


@pytest.mark.parametrize("name", ADQL)
def test_adql_uses_indexes(plan_of, name):
    adql, indexes = ADQL[name]
    check(plan_of(adql), indexes)


@pytest.mark.parametrize(
    ("parameters", "indexes"),
    [
        ([("CLASS", "RRAB")], [OBJECT_POSITION]),
        ([("CATALOG", "tns"), ("AMPLITUDE", "0.5 Inf")], [OBJECT_POSITION]),
        ([("TAG", "RRLyr"), ("G_R", "-Inf 1")], [OBJECT_OID]),
        ([("POS", "CIRCLE 254.45755 35.34236 0.0003"), ("CHI2", "3 Inf")], [OBJECT_POSITION]),
    ],
)
def test_what_find_asks_uses_indexes(plan_of, parameters, indexes):
    found = find_query.read(Parameters(parameters), "ztf", find_query.names(["tns"]))
    check(plan_of(found.adql), indexes)


@pytest.mark.parametrize("name", SQL)
def test_sql_uses_indexes(site, name):
    query, indexes = SQL[name]
    query = query.replace("ztf.", "ztf_store.")
    check("\n".join(row[0] for row in service.rows(f"EXPLAIN {query}")), indexes)


def test_a_sample_reads_objects_by_their_key(plan_of):
    plan = plan_of("SELECT COUNT(*) AS n FROM ztf.objects TABLESAMPLE(0.1)")
    assert "oid_sample" in plan


def explained(query: str, values: dict) -> str:
    """The plan of a statement with values by name."""
    with connect() as connection:
        rows = connection.execute("EXPLAIN " + query, values).fetchall()
    return "\n".join(line for (line,) in rows)


@pytest.mark.parametrize(
    ("table", "columns", "key"),
    [
        ("objects", "oid, ra, dec, mag_median", OBJECT_OID),
        ("detections", "oid, hmjd, mag, detection_id, exposure_id", CURVE),
        ("lightcurves", "oid, hmjd, mag", CURVE),
    ],
)
def test_stars_are_not_looked_up_where_their_identifier_is_not_asked_for(
    plan_of, table, columns, key
):
    for asked in (columns, "oid, source_id"):
        plan = plan_of(f"SELECT {asked} FROM ztf.{table} WHERE oid = 680113300005170")
        assert key in plan
        assert ("source_member" in plan) == ("source_id" in asked), plan


def test_light_curves_with_facts_of_exposures_are_found_by_keys(site):
    asked = Request(release="demo", oids=(680113300005170,), format="json", columns=OPTIONAL)
    query, values = queries.curve_query(asked, asked.oids)
    plan = explained(query, values)
    check(plan, [OBJECT_OID, CURVE])
    numbers = service.rows(
        "SELECT exposure_id FROM demo_store.detections WHERE oid = 680113300005170"
    )
    query, values = queries.exposure_query(asked, np.array([number for (number,) in numbers]))
    plan = explained(query, values)
    check(plan, [EXPOSURE])
    assert "Seq Scan" not in plan


def test_relatives_of_many_light_curves_are_found_by_indexes(site):
    oids = [oid for (oid,) in service.rows("SELECT oid FROM demo_store.object LIMIT 200")]
    query = sql.SQL("EXPLAIN ") + curves.statement("demo", ["demo"])
    plan = "\n".join(line for (line,) in service.rows(query, oids))
    assert plan.count("object_position") == 4, plan
    assert plan.count("source_member_source") == 2, plan
    check(plan, [OBJECT_OID, OBJECT_POSITION])


SSA = {
    "position": (
        "ssa_location <@ scircle(spoint(radians(254.45755), radians(35.34236)), 1e-6)",
        OBJECT_POSITION,
    ),
    "time": ("t_min < 60000 AND 60127 < t_min", "series_first"),
    "identifier": (f"ssa_pubdid = '{DID}'", SERIES_DID),
    "target": ("ssa_targname = '680113300005170'", SERIES_NAME),
}


@pytest.mark.parametrize("name", SSA)
def test_ssap_conditions_use_indexes(site, name):
    condition, index = SSA[name]
    query = f"EXPLAIN SELECT * FROM ztf_store.timeseries WHERE {condition}"
    check("\n".join(row[0] for row in service.rows(query)), [index])


IMAGES = {
    "position": (
        "spoint_dwithin(spoint(radians(ra), radians(dec)), spoint(1, 0.5), 0.001)",
        ["sky_quadrant_position"],
    ),
    "region": ("outline @> spoint(1, 0.5)", ["sky_quadrant_region"]),
    "start": ("obsmjd > 58849.1999", ["image_first"]),
    "end": ("endmjd < 58849.00001", ["image_last"]),
    "name": ("image_id = 'ztf_20190314432616_000680_zg_c13_o_q3'", ["image_name"]),
    "identifier": ("publisher_did = 'ivo://ztfvo.local/~?ztf/images/x'", ["image_did"]),
}


@pytest.fixture(scope="module")
def many_images(site):
    """A connection that sees 200,000 made-up images, which nobody else does."""
    with connect() as connection:
        connection.execute(
            "INSERT INTO ztf_store.image (fieldid, rcid, filterid, filefracday, obsmjd, exptime,"
            " simulated, source) SELECT 300 + i % 500, i % 64, 1 + i % 3, 20200101000000 + i,"
            " 58849 + i / 1e6, 30, false, 'metadata' FROM generate_series(1, 200000) i"
        )
        connection.execute("ANALYZE ztf_store.image")
        yield connection
        connection.rollback()


@pytest.mark.parametrize("name", IMAGES)
def test_images_in_obscore_use_indexes(many_images, name):
    condition, indexes = IMAGES[name]
    query = f"EXPLAIN SELECT * FROM ztf_store.science_images WHERE {condition}"
    plan = "\n".join(row[0] for row in many_images.execute(query))
    check(plan, indexes)
    assert "Seq Scan on image" not in plan
