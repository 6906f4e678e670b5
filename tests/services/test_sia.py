"""Images by SIA 2: found by region, time, wavelength and all else, with the values of ObsCore."""

from __future__ import annotations

import io
import re

import astropy.units as u
import numpy as np
import psycopg
import pytest
import pyvo
import requests
from astropy.io.votable import parse
from astropy.time import Time
from support import service
from support.images import forgotten
from support.outlines import distances, places, points_in, unit
from support.schemas import faults
from support.stilts import NoStilts, ensure, java, stilts

from ztfvo.db import connect_superuser
from ztfvo.images.products import Image, reference_path, science_path
from ztfvo_dachs import imagequery

RA, DEC = service.HZ_HER
HERE = f"CIRCLE {RA} {DEC} 0.001"
CHANNEL = 680, 50
G = Image(*CHANNEL, 1, 20190314432616)
R = Image(*CHANNEL, 2, 20190315432616)
STARTS = {G: 58556.432627, R: 58557.432627}
EXPOSURES = {G: 30, R: 90}
DID = "ivo://ztfvo.local/~?ztf/{}"
NAMES = {
    "g": "ztf_20190314432616_000680_zg_c13_o_q3",
    "r": "ztf_20190315432616_000680_zr_c13_o_q3",
    "reference": "ztf_000680_zg_c13_q3",
}
PUT = (
    "INSERT INTO ztf_store.image (fieldid, rcid, filterid, filefracday, obsmjd, exptime,"
    " simulated, source) VALUES (%s, %s, %s, %s, %s, %s, false, 'metadata')"
)
ELSEWHERE = 20200101000000
"""Names of images of other places begin there, 100 s after each other; their start is 58849."""


@pytest.fixture(scope="module", autouse=True)
def images(site):
    """Two images of HZ Her and its reference image are known, and one each of 900 other places:
    all near the pole, all on both sides of RA 0, and some others.  Their outlines, by name."""
    chosen = service.rows(
        "SELECT fieldid, rcid, region::text FROM ztf_store.sky_quadrant WHERE (dec > 87"
        " OR ((ra < 1 OR ra > 359) AND abs(dec) < 30) OR (fieldid, rcid) = (680, 50))"
        " AND fieldid < 1000 ORDER BY 1, 2"
    )
    with forgotten() as connection:
        for image, start in STARTS.items():
            connection.execute(
                PUT, (*CHANNEL, image.filterid, image.filefracday, start, EXPOSURES[image])
            )
        connection.execute("INSERT INTO ztf_store.reference_image VALUES (680, 50, 1)")
        outlines = {}
        for number, (fieldid, rcid, region) in enumerate(chosen):
            if (fieldid, rcid) != CHANNEL:
                image = Image(fieldid, rcid, 3, ELSEWHERE + number)
                connection.execute(PUT, (fieldid, rcid, 3, image.filefracday, 58849, 30))
                name = science_path(image).rpartition("/")[2].removesuffix("_sciimg.fits")
                outlines[name] = points_in(region)
        connection.execute("ANALYZE ztf_store.image")
        yield outlines
        connection.execute("DELETE FROM ztf_store.reference_image")


@pytest.fixture(scope="module")
def search(ask):
    """A function that gives the rows which the service answers."""

    def found(**parameters):
        answer = ask("/sia2", **parameters)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"].startswith("application/x-votable+xml")
        return parse(io.BytesIO(answer.content)).get_first_table().to_table()

    return found


@pytest.fixture(scope="module")
def here(search):
    """A function that gives which images at HZ Her are found."""
    words = {name: word for word, name in NAMES.items()}

    def found(**parameters):
        return {words[row["obs_id"]] for row in search(POS=HERE, **parameters)}

    return found


def test_pyvo_finds_images_with_the_values_of_the_archive(site):
    found = pyvo.dal.SIA2Service(f"{site}/sia2").search(
        pos=(RA * u.deg, DEC * u.deg, 0.001 * u.deg),
        band=(500 * u.nm, 550 * u.nm),
        time=(Time(58556, format="mjd"), Time(58557, format="mjd")),
        exptime=(20 * u.s, 40 * u.s),
        collection="ZTF science images",
        facility="Palomar 48-inch",
        instrument="ZTF",
        data_type="image",
        calib_level=2,
        res_format="image/fits",
    )
    (row,) = found
    assert row.obs_id == NAMES["g"]
    assert row.access_url == f"{site}/archive/{science_path(G)}"
    assert (row.t_min.mjd, row.t_exptime) == (STARTS[G], 30 * u.s)
    assert row.obs_publisher_did == DID.format(f"images/{NAMES['g']}")
    links = next(found.iter_datalinks())
    (this,) = (link for link in links if link["semantics"] == "#this")
    assert this["access_url"] == row.access_url


def test_a_row_is_that_of_obscore(search, tap):
    (row,) = search(ID=DID.format(f"images/{NAMES['g']}"))
    known = tap.search(f"SELECT * FROM ivoa.obscore WHERE obs_id = '{NAMES['g']}'").to_table()
    for name in row.colnames:
        assert str(row[name]) == str(known[name][0]), name
    mandatory = {
        *("dataproduct_type", "calib_level", "obs_collection", "obs_id", "obs_publisher_did"),
        *("access_url", "access_format", "access_estsize", "target_name", "s_ra", "s_dec", "s_fov"),
        *("s_region", "s_xel1", "s_xel2", "s_resolution", "t_min", "t_max", "t_exptime", "t_xel"),
        *("t_resolution", "em_min", "em_max", "em_res_power", "em_xel", "o_ucd", "pol_states"),
        *("pol_xel", "facility_name", "instrument_name"),
    }
    assert mandatory <= set(row.colnames)


def test_a_reference_image_is_deeper_has_no_time_and_leads_to_its_products(site, search, ask):
    (row,) = search(POS=HERE, CALIB=3)
    path = reference_path(680, 1, 13, 3)
    assert row["access_url"] == f"{site}/archive/{path}"
    assert np.ma.is_masked(row["t_min"]) or np.isnan(row["t_min"])
    assert (row["em_min"], row["em_max"]) == pytest.approx((4.089e-7, 5.526e-7))
    links = ask("/ztf/ztf/products/dlmeta", ID=row["obs_publisher_did"])
    found = parse(io.BytesIO(links.content)).get_first_table().to_table()
    folder = f"{site}/archive/{path.removesuffix('refimg.fits')}"
    assert {str(one["access_url"]).removeprefix(folder): one["semantics"] for one in found} == {
        "refimg.fits": "#this",
        "refpsfcat.fits": "#derivation",
        "refsexcat.fits": "#derivation",
        "refcov.fits": "#weight",
        "refunc.fits": "#error",
    }


ALL, SCIENCE = {"g", "r", "reference"}, {"g", "r"}


def _shown(value: object) -> str:
    """A parameter in the name of its test: the same in each process that collects tests."""
    return "+".join(sorted(value)) or "nothing" if isinstance(value, set) else str(value)


PARAMETERS = [
    ({}, ALL),
    ({"BAND": "4.5e-7"}, {"g", "reference"}),
    ({"BAND": "5.55e-7"}, set()),
    ({"BAND": "7e-7 +Inf"}, {"r"}),
    ({"BAND": "-Inf 4.089e-7"}, {"g", "reference"}),
    ({"BAND": "-Inf 4.088e-7"}, set()),
    ({"BAND": "-1e300 1e300"}, ALL),
    ({"BAND": ["4.5e-7", "6.5e-7 6.6e-7"]}, ALL),
    ({"TIME": str(STARTS[G] + 29 / 86400)}, {"g"}),
    ({"TIME": str(STARTS[G] + 31 / 86400)}, set()),
    ({"TIME": "58556.9 58557.43263"}, {"r"}),
    ({"TIME": "58557 +inf"}, {"r"}),
    ({"TIME": "-Inf 58557"}, {"g"}),
    ({"TIME": "-Inf +Inf"}, SCIENCE),
    ({"TIME": "58556.432627 58557.432627", "BAND": "6e-7"}, {"r"}),
    ({"EXPTIME": "30"}, {"g"}),
    ({"EXPTIME": "31 +Inf"}, {"r"}),
    ({"TIMERES": "60 100"}, {"r"}),
    ({"FOV": "1.2 1.3"}, ALL),
    ({"FOV": "1.22"}, ALL),
    ({"FOV": "2 3"}, set()),
    ({"SPATRES": "0 1.9"}, set()),
    ({"SPATRES": "2"}, ALL),
    ({"SPECRP": "0 +Inf"}, set()),
    ({"POL": "I"}, set()),
    ({"CALIB": "2"}, SCIENCE),
    ({"CALIB": ["2", "3"]}, ALL),
    ({"CALIB": "0"}, set()),
    ({"ID": DID.format(f"images/{NAMES['r']}")}, {"r"}),
    ({"ID": DID.format(f"images/{NAMES['r']}").upper()}, {"r"}),
    ({"ID": DID.format(f"reference-images/{NAMES['reference']}")}, {"reference"}),
    ({"ID": "ivo://elsewhere/x"}, set()),
    ({"COLLECTION": "ZTF science images"}, SCIENCE),
    ({"COLLECTION": "ztf science images"}, set()),
    ({"COLLECTION": ["ZTF science images", "ZTF reference images"]}, ALL),
    ({"FACILITY": "Palomar 48-inch"}, ALL),
    ({"INSTRUMENT": "ZTF"}, ALL),
    ({"INSTRUMENT": "';--"}, set()),
    ({"DPTYPE": "image"}, ALL),
    ({"DPTYPE": "cube"}, set()),
    ({"TARGET": "HZ Her"}, set()),
    ({"FORMAT": "IMAGE/fits"}, ALL),
    ({"FORMAT": "application/x-votable+xml"}, set()),
    ({"band": "4.5e-7", "cAlib": "2"}, {"g"}),
    ({"BAND": "", "NOTHING": "1", "_TIMEOUT": "0.0001"}, ALL),
]


@pytest.mark.parametrize(("parameters", "expected"), PARAMETERS, ids=_shown)
def test_each_parameter_selects_as_the_standard_says(here, parameters, expected):
    assert here(**parameters) == expected


def test_light_curves_are_no_images(search):
    assert set(search(POS=f"CIRCLE {RA} {DEC} 0.1")["dataproduct_type"]) == {"image"}


CIRCLES = [
    (0, 0, 0.5),
    (359.9, 1.5, 0.01),
    (360, -11, 2),
    (0.4, 20, 0),
    (10, 90, 0.6),
    (200, 90, 2.5),
    (123, 89.3, 0.2),
    (RA, DEC, 60),
    (180, -30, 150),
    (180, -90, 179.5),
]
MARGIN = 0.04
"""Degrees between two points of an outline's net, at most."""


@pytest.mark.parametrize("circle", CIRCLES, ids=str)
def test_circles_find_what_they_touch(search, images, circle):
    ra, dec, radius = circle
    found = set(search(POS=f"CIRCLE {ra} {dec} {radius}", TIME=58849)["obs_id"])
    nearest = {name: distances(net, ra, dec).min() for name, net in images.items()}
    assert {name for name, one in nearest.items() if one <= radius} <= found
    assert found <= {name for name, one in nearest.items() if one <= radius + MARGIN}
    assert found


RANGES = [
    (0, 0.3, -5, 5),
    (359.5, 360, -5, 5),
    (359.9, 0.1, 10, 11.5),
    (0, 360, 88.5, 90),
    (0, 360, 89.7, 89.75),
    (100, 101, 87, 89),
    (300, 20, 88, 88.1),
    (0.2, 0.2, 3, 4),
    (0.1, 0.3, 2, 2),
    (45, 45, 88, 90),
]


@pytest.mark.parametrize("bounds", RANGES, ids=str)
def test_ranges_are_bounded_by_meridians_and_parallels(search, images, bounds):
    west, east, south, north = bounds
    found = set(search(POS=f"RANGE {west} {east} {south} {north}", TIME=58849)["obs_id"])
    width = 360 if (west, east) == (0, 360) else (east - west) % 360

    def has_some(net, margin):
        ra, dec = places(net)
        room = margin / np.maximum(np.cos(np.radians(np.minimum(np.abs(dec) + margin, 90))), 1e-9)
        inside = (ra - west + room) % 360 <= width + 2 * room
        return (inside & (dec >= south - margin) & (dec <= north + margin)).any()

    assert {name for name, net in images.items() if has_some(net, 0)} <= found
    assert found <= {name for name, net in images.items() if has_some(net, MARGIN)}
    assert found


def test_ranges_without_an_end_reach_to_the_end_of_the_sky(search):
    def names(position):
        return set(search(POS=position, TIME=58849)["obs_id"])

    assert names("RANGE -Inf +Inf 88 +Inf") == names("RANGE 0 360 88 90") != set()
    assert names("RANGE 300 +Inf -Inf +Inf") == names("RANGE 300 360 -90 90") != set()


@pytest.mark.parametrize(
    "corners",
    [
        [(0.2, 1), (0.8, 1), (0.8, 2)],
        [(359.5, -1), (0.5, -1), (0.5, 1), (359.5, 1)],
        [(0.5, -1), (359.5, -1), (359.5, 1), (0.5, 1)][::-1],
        [(0, 89), (90, 89), (180, 89), (270, 89)],
    ],
    ids=str,
)
def test_polygons_find_what_they_touch_whatever_way_round(search, images, corners):
    def names(points):
        text = " ".join(f"{ra} {dec}" for ra, dec in points)
        return set(search(POS=f"POLYGON {text}", TIME=58849)["obs_id"])

    normals = [
        np.cross(unit(*a), unit(*b))
        for a, b in zip(corners, corners[1:] + corners[:1], strict=True)
    ]
    sense = np.sign(normals[0] @ unit(*corners[2]))
    within = {
        name
        for name, net in images.items()
        if (np.stack([net @ normal * sense >= 0 for normal in normals]).all(axis=0)).any()
    }
    near = {
        name
        for name, net in images.items()
        if (
            np.stack(
                [
                    net @ (normal / np.linalg.norm(normal)) * sense >= -np.radians(MARGIN)
                    for normal in normals
                ]
            ).all(axis=0)
        ).any()
    }
    found = names(corners)
    assert within <= found <= near
    assert found == names(corners[::-1])


def test_several_regions_are_alternatives(search):
    places_of_both = [HERE, "CIRCLE 0.4 20 0.001"]
    found = set(search(POS=places_of_both)["obs_id"])
    assert found == {name for one in places_of_both for name in search(POS=one)["obs_id"]}
    assert found > set(NAMES.values())


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"POS": "254 35"}, "POS=254 35 is no region"),
        ({"POS": "CIRCLE 254 35"}, "is no circle"),
        ({"POS": "CIRCLE 254 35 abc"}, "'abc', which is no number"),
        ({"POS": "CIRCLE 254 95 1"}, "254 95, which is no place on the sky"),
        ({"POS": "CIRCLE -1 35 1"}, "-1 35, which is no place on the sky"),
        ({"POS": "CIRCLE 254 35 -1"}, "has no radius of 0 to 180 degrees"),
        ({"POS": "CIRCLE 254 35 Inf"}, "'Inf', which is no number"),
        ({"POS": "CIRCLE NaN 35 1"}, "'NaN', which is no number"),
        ({"POS": "RANGE 1 2 3"}, "is no range"),
        ({"POS": "RANGE 1 2 4 3"}, "southern end north of the northern"),
        ({"POS": "RANGE 1 2 3 95"}, "2 95, which is no place on the sky"),
        ({"POS": "RANGE +Inf 2 3 4"}, "inf 3, which is no place on the sky"),
        ({"POS": "POLYGON 1 1 2 2"}, "is no polygon"),
        ({"POS": "POLYGON 10 10 11 11 11 10 10 11"}, "a polygon whose sides cross"),
        ({"POS": "BOX 1 1 1 1"}, "is no region"),
        ({"POS": [HERE, "nonsense"]}, "POS=nonsense"),
        ({"BAND": "r"}, "BAND=r has 'r', which is no number"),
        ({"BAND": "7e-7 6e-7"}, "upper end before the lower one"),
        ({"BAND": "1 2 3"}, "is not one or two numbers"),
        ({"TIME": "2019-03-14"}, "TIME=2019-03-14 has '2019-03-14', which is no number"),
        ({"TIME": "+Inf"}, "which is no number"),
        ({"POL": "Z"}, "POL=Z is not one of I, Q, U, V"),
        ({"CALIB": "9"}, "CALIB=9 is not one of 0, 1, 2, 3, 4"),
        ({"DPTYPE": "spectrum"}, "DPTYPE=spectrum is not one of image, cube"),
        ({"MAXREC": "-1"}, "MAXREC=-1 is not a number of rows"),
        ({"RESPONSEFORMAT": "word"}, "RESPONSEFORMAT=word is not known here"),
        ({"EXPTIME": "<b>&"}, "<b>&"),
    ],
    ids=str,
)
def test_what_cannot_be_used_is_400_with_a_document_that_says_why(ask, parameters, sentence):
    answer = ask("/sia2", **parameters)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/x-votable+xml"
    (info,) = parse(io.BytesIO(answer.content)).resources[0].infos
    assert (info.name, info.value) == ("QUERY_STATUS", "ERROR")
    assert info.content.startswith("UsageFault: ")
    assert sentence in info.content
    assert faults(answer.content) == []


def status(document):
    """QUERY_STATUS of the results; the last one counts."""
    resource = parse(io.BytesIO(document)).resources[0]
    return [one.value for one in resource.infos if one.name == "QUERY_STATUS"][-1]


@pytest.mark.parametrize(
    ("most", "rows", "word"), [(2, 2, "OVERFLOW"), (3, 3, "OK"), (4, 3, "OK"), (0, 0, "OVERFLOW")]
)
def test_maxrec_cuts_and_says_so(ask, most, rows, word):
    answer = ask("/sia2", POS=HERE, MAXREC=most)
    assert len(parse(io.BytesIO(answer.content)).get_first_table().array) == rows
    assert status(answer.content) == word
    assert faults(answer.content) == []


def test_maxrec_0_describes_the_service(site, ask):
    document = parse(io.BytesIO(ask("/sia2", MAXREC=0).content))
    (described,) = [one for one in document.resources if one.name == "this"]
    values = {one.name: one.value for one in described.params}
    assert values["accessURL"] == f"{site}/sia2?"
    assert values["standardID"] == "ivo://ivoa.net/std/SIA#query-2.0"
    (group,) = described.groups
    inputs = {one.name.upper(): one for one in group.entries}
    assert set(inputs) >= set(imagequery.PARAMETERS) | {"MAXREC", "RESPONSEFORMAT"}
    band = inputs["BAND"]
    assert (band.datatype, band.arraysize, band.xtype, band.unit) == (
        *("double", "2", "interval"),
        u.m,
    )


def test_results_come_in_other_forms_and_by_post(site, ask):
    parameters = {"POS": HERE, "RESPONSEFORMAT": "CSV"}
    answer = ask("/sia2", **parameters)
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert len(answer.text.splitlines()) == 4
    assert requests.post(f"{site}/sia2", data=parameters, timeout=60).text == answer.text


def test_stilts_finds_images_and_nothing_wrong_in_results(site, ask, tmp_path):
    try:
        ensure(), java()
    except NoStilts as error:
        pytest.skip(str(error))
    found = stilts(
        *("cone", f"serviceurl={site}/sia2", "servicetype=sia2", f"lon={RA}", f"lat={DEC}"),
        *("radius=0.001", "out=-", "ofmt=csv(maxCell=1000)"),
    )
    assert found.status == 0, found.err
    assert all(name in found.out for name in NAMES.values())
    path = tmp_path / "found.vot"
    for parameters in ({"POS": HERE}, {"MAXREC": 0}, {"POS": "x"}):
        path.write_bytes(ask("/sia2", **parameters).content)
        checked = stilts("votlint", f"votable={path}")
        lines = (checked.out + checked.err).splitlines()
        known = r'xtype value "mjd"|Name \'Alias for .* already used in this VALUES'
        found = [line for line in lines if line.startswith(("WARNING", "ERROR"))]
        assert [line for line in found if not re.search(known, line)] == []


def test_the_registry_record_has_the_standard_and_the_short_address(site, ask):
    record = ask(
        "/oai.xml",
        verb="GetRecord",
        metadataPrefix="ivo_vor",
        identifier="ivo://ztfvo.local/ztf/ztf/sia",
    )
    assert faults(record.content) == []
    assert 'standardID="ivo://ivoa.net/std/SIA#query-2.0"' in record.text
    assert f">{site}/sia2?</accessURL>" in record.text


PLANS = {
    "a circle": ({"POS": [HERE]}, "sky_quadrant_region"),
    "a range": ({"POS": ["RANGE 10 10.1 20 20.1"]}, "sky_quadrant_region"),
    "a polygon": ({"POS": ["POLYGON 10 20 11 20 11 21"]}, "sky_quadrant_region"),
    "an interval of times": ({"TIME": ["59000.1 59000.1001"]}, "image_first"),
    "times from": ({"TIME": ["59848.9 +Inf"]}, "image_"),
    "an identifier": ({"ID": [DID.format("images/x")]}, "image_did"),
}


@pytest.fixture(scope="module")
def many(site, images):
    """A connection that sees 200,000 made-up images, which nobody else does."""
    with connect_superuser() as connection, connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL search_path = public")
        connection.execute(
            "INSERT INTO ztf_store.image (fieldid, rcid, filterid, filefracday, obsmjd, exptime,"
            " simulated, source) SELECT 300 + i % 500, i % 64, 1 + i % 3, 20200101500000 + i,"
            " 58849 + i / 200.0, 30, false, 'metadata' FROM generate_series(1, 200000) i"
        )
        connection.execute("ANALYZE ztf_store.image")
        yield connection


@pytest.mark.parametrize("name", PLANS)
def test_conditions_use_indexes(many, name):
    given, index = PLANS[name]
    wanted: dict = {}
    conditions = [
        one for key, values in given.items() for one in imagequery.conditions(key, values, wanted)
    ]
    query = "EXPLAIN SELECT * FROM ivoa.obscore WHERE {} AND dataproduct_type = 'image'"
    cursor = psycopg.ClientCursor(many)  # values are put into the query, as DaCHS does
    cursor.execute(query.format(" AND ".join(conditions)), wanted)
    plan = "\n".join(row[0] for row in cursor.fetchall())
    assert index in plan
    assert "Seq Scan on image" not in plan, plan
    assert "object" not in plan, plan
