"""Queries of /find, as parameters make them."""

from __future__ import annotations

import pytest

from ztfvo.dal import Parameters
from ztfvo.errors import HTTPError
from ztfvo.find import query
from ztfvo.find.criteria import CRITERIA, quoted

CATALOGS = ("variables", "gcvs", "tns")


def adql(*pairs: tuple[str, str], schema: str = "ztf") -> str:
    return query.read(Parameters(pairs), schema, CATALOGS).adql


def test_a_query_joins_the_tables_that_its_criteria_need_and_no_others():
    assert adql(("CHI2", "3 Inf")) == (
        "SELECT o.oid, o.ra, o.dec, o.filter, o.ngoodobs, o.mag_median, o.mag_amplitude,"
        " o.chi2_red, o.source_id\nFROM ztf.objects AS o\nWHERE o.chi2_red >= 3"
    )
    text = adql(
        ("class", "RRAB"), ("tag", "RRLyr"), ("period", "0.4 0.7"), ("g_r", "-Inf 1e-5"),
        schema="ztf_demo",
    )  # fmt: skip
    assert text.splitlines()[1:] == [
        "FROM ztf_demo.objects AS o",
        "JOIN ztf_demo.sources AS s ON s.source_id = o.source_id",
        "JOIN ztf_demo.features AS f ON f.oid = o.oid",
        "JOIN catalogs.variables AS c ON DISTANCE(c.ra, c.dec, o.ra, o.dec) < 2/3600.",
        "JOIN kdb.objects AS k ON k.oid = o.oid",
        "WHERE s.g_r <= 0.00001 AND c.type = 'RRAB' AND 1 = ivo_hashlist_has(k.tags, 'RRLyr')"
        " AND f.period_0 BETWEEN 0.4 AND 0.7",
    ]


@pytest.mark.parametrize(
    ("value", "condition"),
    [
        ("RRAB", "c.type = 'RRAB'"),
        ("RR*", "c.type LIKE 'RR%'"),
        ("RRAB,EW", "(c.type = 'RRAB' OR c.type = 'EW')"),
        ("O'Connell", "c.type = 'O''Connell'"),
        ("' OR 1=1 --", "c.type = ''' OR 1=1 --'"),
    ],
)
def test_classes_are_literals_whatever_is_in_them(value, condition):
    assert adql(("CLASS", value)).splitlines()[-1] == f"WHERE {condition}"


@pytest.mark.parametrize(
    ("value", "condition"),
    [
        ("CIRCLE 254.5 35.25 0.5", "DISTANCE(o.ra, o.dec, 254.5, 35.25) <= 0.5"),
        ("circle,0,-90,180", "DISTANCE(o.ra, o.dec, 0, -90) <= 180"),
        ("RANGE 10 20 -5 5", "o.ra BETWEEN 10 AND 20 AND o.dec BETWEEN -5 AND 5"),
        ("RANGE -Inf Inf 85 Inf", "o.dec BETWEEN 85 AND 90"),
        ("RANGE 0 360 -90 90", "o.ra IS NOT NULL"),
        (
            "POLYGON 1 2 3 4 5 -6",
            "1 = CONTAINS(POINT(o.ra, o.dec), POLYGON(1, 2, 3, 4, 5, -6))",
        ),
    ],
)
def test_regions_are_those_of_sia(value, condition):
    assert adql(("POS", value)).splitlines()[-1] == f"WHERE {condition}"


def test_a_catalogue_alone_asks_for_all_light_curves_at_its_objects():
    text = adql(("CATALOG", "tns"), ("RADIUS", "0.5"))
    assert text.splitlines()[1:] == [
        "FROM ztf.objects AS o",
        "JOIN catalogs.tns AS c ON DISTANCE(c.ra, c.dec, o.ra, o.dec) < 0.5/3600.",
    ]
    assert "c.type AS class" in text
    assert "catalog_period" not in text
    assert "c.period AS catalog_period" in adql(("CATALOG", "variables"))


REFUSED = {
    "": "Say what to find",
    "CHI2=3": "CHI2=3 is not a range",
    "CHI2=5 3": "the smaller first",
    "CHI2=a b": "CHI2=a b is not a range",
    "CHI2=nan 1": "is not a range",
    "POS=BOX 1 2 3": "begins with none of CIRCLE",
    "POS=CIRCLE 1 2": "a circle has three numbers",
    "POS=CIRCLE 361 2 1": "361 2 is no position",
    "POS=CIRCLE 1 91 1": "1 91 is no position",
    "POS=CIRCLE 1 2 0": "its radius",
    "POS=CIRCLE 1 2 x": "no numbers",
    "POS=CIRCLE Inf 2 1": "is no position",
    "POS=RANGE 1 2 3": "a range has four numbers",
    "POS=RANGE 370 380 0 1": "no ra is between 370 and 380",
    "POS=POLYGON 1 2 3 4": "3 to 100 pairs",
    "BAND=u": "BAND=u is not one of g, r, i",
    "CLASS=50%": "without %",
    "CLASS=" + "a" * 61: "at most 60",
    "CLASS=" + ",".join(f"a{i}" for i in range(21)): "21 words, 20 are the limit",
    "CATALOG=nothing": "CATALOG=nothing",
    "RADIUS=3&CHI2=3 4": "goes with CLASS or CATALOG only",
    "RADIUS=61&CLASS=EW": "RADIUS=61",
    "MAXREC=20001&CHI2=1 2": "MAXREC=20001",
    "SKEW=1 2": "There is no parameter SKEW",
}


@pytest.mark.parametrize("given", REFUSED)
def test_what_cannot_be_used_is_named(given):
    pairs = [tuple(part.split("=", 1)) for part in given.split("&") if part]
    with pytest.raises(HTTPError) as error:
        adql(*pairs)
    assert error.value.status == 400
    assert REFUSED[given] in error.value.message


def test_every_feature_is_a_criterion_and_every_name_is_one_only():
    names = [one.name for one in CRITERIA]
    assert len(set(names)) == len(names)
    assert {"PERIOD", "PERIOD_S_TO_N", "F_SKEW", "F_STETSON_K"} <= set(names)


def test_a_quote_in_a_literal_is_doubled():
    assert quoted("a'b''c") == "'a''b''''c'"
