"""Results of TAP in all formats, and what pages show of them."""

from __future__ import annotations

import csv
import io
import json

import lxml.html
import numpy as np
import pytest
import requests
from astropy.io import fits
from astropy.io.votable import parse
from test_tap import TABLES


def test_json_has_integers_beyond_doubles_as_text(tap, site):
    query = (
        "SELECT oid, healpix_29, h3_10 AS cell, oid * 100 AS large FROM ztf.objects"
        " WHERE oid = 680113300005170"
    )
    answer = requests.get(
        f"{site}/tap/sync",
        params={"LANG": "ADQL", "RESPONSEFORMAT": "json", "QUERY": query},
        timeout=60,
    ).json()
    (row,) = tap.search(query)
    assert [column["json"] for column in answer["columns"]] == ["value", "text", "text", "text"]
    assert answer["data"] == [
        [680113300005170, str(row["healpix_29"]), str(row["cell"]), "68011330000517000"]
    ]


def test_times_positions_and_magnitudes_are_declared(query):
    document = parse(io.BytesIO(query("SELECT TOP 1 * FROM ztf.objects").content))
    (system,) = {cs.system for cs in document.resources[0].coordinate_systems}
    assert system == "ICRS"
    text = query(
        "SELECT TOP 1 o.ra, o.dec, d.hmjd, d.mag FROM ztf.objects AS o"
        " JOIN ztf.detections AS d ON d.oid = o.oid"
    ).text
    for declared in ('refposition="HELIOCENTER"', 'timescale="UTC"', "photcal", "COOSYS"):
        assert declared in text
    assert 'refposition="TOPOCENTER"' in query("SELECT TOP 1 obsmjd FROM ztf.exposures").text


SAMPLE = "SELECT oid, hmjd, mag FROM ztf.detections WHERE oid = 680113300005170"


@pytest.mark.parametrize("name", ["votable", "votabletd", "votableb2", "application/x-votable+xml"])
def test_votables_hold_the_rows(query, name):
    document = parse(io.BytesIO(query(SAMPLE, RESPONSEFORMAT=name).content))
    assert document.get_first_table().array.size > 100


@pytest.mark.parametrize("name", ["json", "application/json"])
@pytest.mark.parametrize("parameter", ["RESPONSEFORMAT", "FORMAT"])
def test_json_is_json(query, name, parameter):
    answer = query(SAMPLE, **{parameter: name})
    assert answer.headers["Content-Type"].startswith("application/json")
    assert len(answer.json()["data"]) > 100


def test_numbers_that_are_not_finite_are_null_in_json(query):
    def no_number(text):
        pytest.fail(f"{text} is no JSON")

    sent = query(
        "SELECT CAST('NaN' AS REAL) AS a, CAST('-Infinity' AS DOUBLE PRECISION) AS b, 1e400 AS c,"
        " 0.25 AS d FROM ztf.filters WHERE filter = 'zg'",
        RESPONSEFORMAT="json",
    )
    assert json.loads(sent.text, parse_constant=no_number)["data"] == [[None, None, None, 0.25]]
    table = (
        parse(
            io.BytesIO(
                query(
                    "SELECT CAST('NaN' AS REAL) AS a, CAST('-Infinity' AS DOUBLE PRECISION) AS b"
                    " FROM ztf.filters WHERE filter = 'zg'"
                ).content
            )
        )
        .get_first_table()
        .array
    )
    assert np.isnan(table["a"].data[0])
    assert np.isneginf(table["b"].data[0])


@pytest.mark.parametrize("table", [f"ztf.{name}" for name in (*TABLES, "releases", "filters")])
def test_each_table_can_be_had_as_json(query, table):
    document = json.loads(query(f"SELECT TOP 5 * FROM {table}", RESPONSEFORMAT="json").text)
    assert document["data"]


def test_csv_and_fits_hold_the_rows(query):
    text = query(SAMPLE, RESPONSEFORMAT="csv").text
    lines = list(csv.DictReader(io.StringIO(text)))
    with fits.open(io.BytesIO(query(SAMPLE, RESPONSEFORMAT="fits").content)) as hdus:
        assert len(hdus[1].data) == len(lines) > 100


@pytest.mark.parametrize("form", ["csv", "json", "votable"])
def test_columns_without_a_name_have_the_same_one_each_time(query, form):
    adql = (
        "SELECT filter, COUNT(*), MAX(ra), 5, -AVG(dec), DISTANCE(ra, dec, 1, 2), nobs AS n"
        " FROM ztf.objects WHERE oid = 680113300005170 GROUP BY filter, ra, dec, nobs"
    )
    names = ["filter", "count_2", "max_3", "column_4", "column_5", "distance_6", "n"]
    answer = query(adql, RESPONSEFORMAT=form)
    if form == "csv":
        assert answer.text.splitlines()[0].split(",") == names
    elif form == "json":
        assert [column["name"] for column in answer.json()["columns"]] == names
    else:
        table = parse(io.BytesIO(answer.content)).get_first_table()
        assert [field.name for field in table.fields] == names


@pytest.mark.parametrize(
    ("expression", "shown"),
    [("MAX(41 + 1)", "42"), ("MIN('a')", "a"), ("SUM(14)", "42"), ("COUNT(*)", "3")],
)
def test_aggregates_of_what_has_no_ucd_are_pages_too(query, expression, shown):
    answer = query(f"SELECT {expression} AS n FROM ztf.filters", RESPONSEFORMAT="html")
    assert answer.status_code == 200
    cells = lxml.html.document_fromstring(answer.content).xpath("//td/text()")
    assert shown in [cell.strip() for cell in cells]


def test_pages_from_the_cache_are_whole(ask):
    pages = [ask("/tap/examples") for _ in range(3)]
    assert len({page.text for page in pages}) == 1
    assert "</html>" in pages[-1].text
