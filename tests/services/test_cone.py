"""Cone search: what it finds, and what it says to bad input."""

from __future__ import annotations

import json
from io import BytesIO

import numpy as np
import pytest
import pyvo
from astropy.io.votable import parse
from support import service

PLACES = [
    (0.0, 90.0),
    (123.0, 90.0),
    (10.0, 89.9999),
    (190.0, 89.9999),
    (45.0, -90.0),
    (225.0, -89.9999),
    (0.0, 0.0),
    (0.0002, 0.0001),
    (359.9998, -0.0001),
    (359.9999, 60.0),
    (0.0001, 60.0),
]
"""Positions of light curves that are put into the demo release for a while."""

FIRST_OID = 9999100000000000


@pytest.fixture(scope="module")
def edges(site):
    """Light curves at the poles and around right ascension 0."""
    for number, (ra, dec) in enumerate(PLACES):
        service.execute(
            "INSERT INTO demo_store.object SELECT (jsonb_populate_record(o, %s::jsonb)).*"
            " FROM demo_store.object o LIMIT 1",
            json.dumps({"oid": FIRST_OID + number, "ra": ra, "dec": dec}),
        )
    yield
    service.execute("DELETE FROM demo_store.object WHERE oid >= %s", FIRST_OID)


def separation(ra: float, dec: float) -> np.ndarray:
    """Angles in degrees between a position and `PLACES`, by the haversine formula."""
    ra1, dec1 = np.radians(ra), np.radians(dec)
    ra2, dec2 = np.radians(np.array(PLACES)).T
    half = (
        np.sin((dec2 - dec1) / 2) ** 2 + np.cos(dec1) * np.cos(dec2) * np.sin((ra2 - ra1) / 2) ** 2
    )
    return np.degrees(2 * np.arcsin(np.sqrt(half)))


@pytest.mark.parametrize("path", ["/scs", "/demo/scs", "/ztf/scs"])
def test_hz_her_has_four_light_curves(site, path):
    found = pyvo.dal.SCSService(f"{site}{path}?").search(pos=service.HZ_HER, radius=1.5 / 3600)
    assert sorted(int(row["oid"]) for row in found) == sorted(service.HZ_HER_OIDS)


def test_rows_are_sorted_by_distance_and_say_it(site):
    found = pyvo.dal.SCSService(f"{site}/scs?").search(pos=service.HZ_HER, radius=0.3).to_table()
    assert len(found) > 20
    assert np.all(np.diff(found["_r"]) >= 0)
    assert found["_r"][-1] <= 0.3
    assert found["_r"].unit == "deg"


@pytest.mark.parametrize(
    ("ra", "dec", "radius"),
    [
        (0, 90, 0.001),
        (77, 90, 0.001),
        (300, 89.9995, 0.00059),
        (0, -90, 0.001),
        (0, 0, 0.0003),
        (360, 0, 0.0003),
        (359.99995, 0, 0.0002),
        (0, 60, 0.0001),
        (359.9999, 60, 0.0002),
    ],
)
def test_poles_and_right_ascension_0_are_like_any_place(site, edges, ra, dec, radius):
    found = pyvo.dal.SCSService(f"{site}/demo/scs?").search(pos=(ra, dec), radius=radius)
    inside = np.flatnonzero(separation(ra, dec) <= radius)
    assert inside.size
    assert {int(row["oid"]) - FIRST_OID for row in found} == set(inside.tolist())


def test_a_cone_where_nothing_is_is_empty(site):
    found = pyvo.dal.SCSService(f"{site}/scs?").search(pos=(100, -85), radius=0.5)
    assert len(found) == 0


GOOD = {"RA": "254.45755", "DEC": "35.34236", "SR": "0.001"}

REFUSED = [
    ({"RA": None}, "RA is missing"),
    ({"SR": ""}, "SR is missing"),
    ({"RA": "abc"}, "RA=abc is not a decimal number"),
    ({"RA": "16 57 49.8"}, "RA=16 57 49.8 is not a decimal number"),
    ({"DEC": "nan"}, "DEC=nan is not a decimal number"),
    ({"SR": "inf"}, "SR=inf is not a decimal number"),
    ({"SR": "1e999"}, "SR=inf is not finite"),
    ({"RA": "400"}, "RA=400 is not in 0 to 360 degrees"),
    ({"RA": "-1"}, "RA=-1 is not in 0 to 360 degrees"),
    ({"DEC": "95"}, "DEC=95 is not in -90 to 90 degrees"),
    ({"SR": "-1"}, "SR=-1 is negative"),
    ({"SR": "1.0001"}, "SR=1.0001 is above the limit of 1 degree"),
    ({"SR": "180"}, "query the table by TAP"),
    ({"RA": ["1", "2"]}, "RA is given 2 times (1, 2)"),
    ({"MAXREC": "abc"}, "MAXREC=abc is not a number of rows"),
    ({"MAXREC": "-1"}, "MAXREC=-1 is not a number of rows"),
    ({"VERB": "9"}, "VERB=9 is not 1"),
    ({"RESPONSEFORMAT": "nonsense"}, "RESPONSEFORMAT=nonsense is not known here"),
    ({"RESPONSEFORMAT": "geojson"}, "RESPONSEFORMAT=geojson is not known here"),
    ({"NGOODOBS": "5"}, "NGOODOBS=5 is not a range: give two numbers"),
    ({"FILTER": "zx"}, "'zx' is not a valid value for filter"),
    ({"RA": b"\xff"}, "is not a decimal number"),
    ({"RA": "1' OR 1=1 --"}, "is not a decimal number"),
]


@pytest.mark.parametrize(("changes", "message"), REFUSED)
@pytest.mark.parametrize("path", ["/scs", "/demo/scs"])
def test_bad_input_is_refused_with_the_value_and_the_remedy(ask, path, changes, message):
    answer = ask(path, **(GOOD | changes))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/x-votable+xml")
    document = parse(BytesIO(answer.content))
    (error,) = [info for info in document.infos if info.name == "Error"]
    assert message in error.value
    status = [info for info in document.resources[0].infos if info.name == "QUERY_STATUS"]
    assert status[0].value == "ERROR"
    assert list(document.iter_tables()) == []
    assert "Traceback" not in answer.text


def test_pyvo_shows_the_message(site):
    with pytest.raises(pyvo.DALQueryError, match="SR=5 is above the limit of 1 degree"):
        pyvo.dal.SCSService(f"{site}/scs?").search(pos=(1, 1), radius=5)


def test_a_release_that_is_not_loaded_is_said_to_be_so(ask):
    answer = ask("/dr24/scs", **GOOD)
    assert answer.status_code == 404
    assert "The tables of ztf_dr24 are not loaded at this site" in answer.text


def test_a_service_that_does_not_exist_is_said_so_in_a_votable(ask):
    answer = ask("/nosuchrelease/scs", **GOOD)
    assert answer.status_code == 404
    assert b'value="ERROR"' in answer.content
    parse(BytesIO(answer.content))


@pytest.mark.parametrize(
    "inner",
    [
        {"_TIMEOUT": "0.001"},
        {"_TIMEOUT": "nan"},
        {"_DBOPTIONS_DIR": "x"},
        {"_DBOPTIONS_ORDER": "nonsense"},
        {"_SET": "x"},
        {"_VERB": "x"},
        {"_ADDITEM": "x"},
        {"UPLOAD": "x,http://localhost:1/"},
    ],
)
def test_parameters_of_the_forms_change_nothing(ask, inner):
    rows = [
        parse(BytesIO(ask("/scs", **GOOD, **changes).content)).get_first_table().array.size
        for changes in ({}, inner)
    ]
    assert rows == [4, 4]


def test_maxrec_cuts_and_says_so(ask):
    document = parse(BytesIO(ask("/scs", **GOOD, MAXREC=3).content))
    assert document.get_first_table().array.size == 3
    status = [info.value for info in document.resources[0].infos if info.name == "QUERY_STATUS"]
    assert status == ["OVERFLOW"]


def test_maxrec_0_gives_metadata(ask):
    answer = ask("/scs", MAXREC=0)
    names = [field.name for field in parse(BytesIO(answer.content)).get_first_table().fields]
    assert {"oid", "ra", "dec", "mag_mean"} <= set(names)


def test_verbosity_chooses_columns(ask):
    counts = [
        len(parse(BytesIO(ask("/scs", **GOOD, VERB=verb).content)).get_first_table().fields)
        for verb in (1, 2, 3)
    ]
    assert counts == sorted(set(counts))


def test_json_is_json(ask):
    answer = ask("/scs", **GOOD, RESPONSEFORMAT="application/json")
    assert answer.headers["Content-Type"].startswith("application/json")
    document = answer.json()
    column = [column["name"] for column in document["columns"]].index("oid")
    found = sorted(int(row[column]) for row in document["data"])
    assert found == sorted(service.HZ_HER_OIDS)


@pytest.mark.parametrize("name", ["csv", "tsv", "fits", "txt", "votabletd", "votableb2", "html"])
def test_every_format_offered_is_delivered(ask, name):
    answer = ask("/scs", **GOOD, RESPONSEFORMAT=name)
    assert answer.status_code == 200
    assert b"Traceback" not in answer.content
    if name in ("csv", "tsv", "txt"):
        assert all(str(oid) in answer.text for oid in service.HZ_HER_OIDS)


def test_conditions_narrow_a_cone(ask):
    answer = ask("/scs", **GOOD, FILTER="zg", NGOODOBS="10 100000")
    table = parse(BytesIO(answer.content)).get_first_table().to_table()
    assert set(table["filter"]) == {"zg"}
    assert len(table) == 2
