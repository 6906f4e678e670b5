"""Light curves by what is known of them: /find."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
import pyvo
import requests
from astropy.io.votable import parse

HZ_HER = 254.45755, 35.34236


def find(site, path="/find", **parameters):
    return requests.get(f"{site}{path}", params=parameters, timeout=60)


def oids(site, **parameters) -> list[int]:
    answer = find(site, **parameters)
    assert answer.status_code == 200, answer.text
    return sorted(row[0] for row in answer.json()["data"])


@pytest.fixture(scope="module")
def objects(site):
    """All objects of the default release with their features and colours."""
    service = pyvo.dal.TAPService(f"{site}/tap")
    text = (
        "SELECT o.oid, o.filter, o.mag_amplitude, o.chi2_red, f.period_0, f.skew, s.g_r"
        " FROM ztf.objects AS o LEFT JOIN ztf.features AS f ON f.oid = o.oid"
        " LEFT JOIN ztf.sources AS s ON s.source_id = o.source_id"
    )
    found = service.search(text, maxrec=100_000).to_table()
    numbers = ("mag_amplitude", "chi2_red", "period_0", "skew", "g_r")
    return {
        "oid": np.asarray(found["oid"]),
        "filter": np.asarray(found["filter"], str),
        **{name: np.ma.filled(found[name].astype(float), np.nan) for name in numbers},
    }


def test_numbers_choose_the_same_as_numpy_does(site, objects):
    chosen = (
        (objects["mag_amplitude"] >= 0.5) & (objects["chi2_red"] >= 5) & (objects["filter"] == "zr")
    )
    expected = sorted(objects["oid"][chosen].tolist())
    found = oids(site, AMPLITUDE="0.5 Inf", CHI2="5 Inf", BAND="r", MAXREC=20000)
    assert len(expected) > 10
    assert found == expected


def test_features_and_colours_choose_the_same_as_numpy_does(site, objects):
    chosen = (
        (objects["period_0"] >= 0.3)
        & (objects["period_0"] <= 0.8)
        & (objects["skew"] <= 0)
        & (objects["g_r"] <= 0.6)
    )
    expected = sorted(objects["oid"][chosen].tolist())
    assert expected
    found = oids(site, PERIOD="0.3 0.8", F_SKEW="-Inf 0", G_R="-Inf 0.6", MAXREC=20000)
    assert found == expected


def test_a_region_with_a_class_gives_hz_her(site):
    answer = find(site, POS=f"CIRCLE {HZ_HER[0]} {HZ_HER[1]} 0.01", CATALOG="gcvs").json()
    names = [column["name"] for column in answer["columns"]]
    (one, *_) = answer["data"]
    shown = dict(zip(names, one, strict=True))
    assert shown["separation"] < 1
    assert len({row[names.index("source_id")] for row in answer["data"]}) == 1
    kind = shown["class"]
    again = find(site, POS=f"CIRCLE {HZ_HER[0]} {HZ_HER[1]} 0.01", CATALOG="gcvs", CLASS=kind)
    assert again.json()["data"] == answer["data"]
    other = find(site, POS=f"CIRCLE {HZ_HER[0]} {HZ_HER[1]} 0.01", CATALOG="gcvs", CLASS="none")
    assert other.json()["data"] == []


def test_the_query_of_an_answer_gives_the_same_by_tap(site):
    answer = find(site, CLASS="RR*", AMPLITUDE="0.2 Inf")
    document = answer.json()
    assert document["data"]
    assert answer.headers["X-ADQL"] == " ".join(document["adql"].split())
    again = pyvo.dal.TAPService(f"{site}/tap").search(document["adql"], maxrec=1000)
    assert sorted(again["oid"].tolist()) == sorted(row[0] for row in document["data"])
    alone = find(site, CLASS="RR*", AMPLITUDE="0.2 Inf", RESPONSEFORMAT="adql")
    assert alone.text.strip() == document["adql"]


def test_forms_hold_the_same_rows(site):
    asked = {"CATALOG": "snad", "RADIUS": "1.5"}
    rows = find(site, **asked).json()["data"]
    table = find(site, RESPONSEFORMAT="votable", **asked)
    assert table.headers["Content-Type"].startswith("application/x-votable+xml")
    document = parse(io.BytesIO(table.content))
    assert sorted(document.get_first_table().to_table()["oid"].tolist()) == sorted(
        row[0] for row in rows
    )
    queries = [info.value for info in document.resources[0].infos if info.name == "query"]
    assert [" ".join(text.split()) for text in queries] == [table.headers["X-ADQL"]]
    lines = list(csv.DictReader(io.StringIO(find(site, RESPONSEFORMAT="csv", **asked).text)))
    assert sorted(int(line["oid"]) for line in lines) == sorted(row[0] for row in rows)


def test_an_answer_with_more_rows_says_so(site):
    cut = find(site, NGOODOBS="1 Inf", MAXREC=3)
    assert (len(cut.json()["data"]), cut.json()["overflow"]) == (3, True)
    assert cut.headers["X-Query-Status"] == "OVERFLOW; MAXREC=3"
    whole = find(site, POS=f"CIRCLE {HZ_HER[0]} {HZ_HER[1]} 0.0003")
    assert (whole.json()["overflow"], "X-Query-Status" in whole.headers) == (False, False)


def test_tags_find_what_experts_have_marked(site):
    service = pyvo.dal.TAPService(f"{site}/tap")
    marked = service.search(
        "SELECT k.oid, k.tags FROM kdb.objects AS k JOIN ztf.objects AS o ON o.oid = k.oid"
    )
    tag = next(tags.strip("#").split("#")[0] for tags in marked["tags"] if tags)
    expected = [int(row["oid"]) for row in marked if tag in row["tags"].split("#")]
    assert oids(site, TAG=tag) == sorted(expected)


def test_a_named_release_is_searched_by_its_own_tables(site):
    answer = find(site, "/demo/find", AMPLITUDE="1 Inf").json()
    assert "FROM ztf_demo.objects" in answer["adql"]
    assert sorted(row[0] for row in answer["data"]) == oids(site, AMPLITUDE="1 Inf")


@pytest.mark.parametrize(
    ("path", "parameters", "status", "sentence"),
    [
        ("/find", {}, 400, "Say what to find"),
        ("/find", {"AMPLITUDE": "1"}, 400, "AMPLITUDE=1 is not a range"),
        ("/find", {"CATALOG": "pg_class"}, 400, "CATALOG=pg_class"),
        ("/find", {"CLASS": "x'; DROP TABLE ztf.objects; --"}, 200, ""),
        ("/dr99/find", {"AMPLITUDE": "1 2"}, 404, "dr99"),
        ("/find", {"AMPLITUDE": "1 2", "RESPONSEFORMAT": "pdf"}, 400, "RESPONSEFORMAT=pdf"),
    ],
)
def test_what_cannot_be_found_is_said(site, path, parameters, status, sentence):
    answer = find(site, path, **parameters)
    assert (answer.status_code, sentence in answer.text) == (status, True), answer.text
