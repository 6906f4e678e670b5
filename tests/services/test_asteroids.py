"""Bodies of the solar system near an epoch: /epoch/OID/HMJD/asteroids."""

from __future__ import annotations

import io

import numpy as np
import pytest
import requests
from astropy.io.votable import parse
from support.cases.skybot import HOST, NONE, PATH, VOTABLE
from support.outside import Reply

from ztfvo.times import palomar_middle

OID = 680113300005170
TEXT, FLOAT, DOUBLE = 'datatype="char" arraysize="*"', 'datatype="float"', 'datatype="double"'
FIELDS = {
    **dict.fromkeys(("Num", "Name", "Class"), TEXT),
    **dict.fromkeys(("Mv", "ErrPos"), FLOAT),
    **dict.fromkeys(("dRAcosDec", "dDEC", "Dgeo", "_RAJ2000", "_DECJ2000"), DOUBLE),
}


def bodies(*rows: tuple) -> Reply:
    """What SkyBoT answers: number, name, uncertainty, ra, dec."""
    fields = "".join(f'<FIELD name="{name}" {kind}/>' for name, kind in FIELDS.items())
    values = [
        (number, name, "MB&gt;Inner", 18.5, error, -28.3, 8.1, 1.5, ra, dec)
        for number, name, error, ra, dec in rows
    ]
    cells = "".join(f"<TR>{''.join(f'<TD>{value}</TD>' for value in row)}</TR>" for row in values)
    document = (
        '<VOTABLE version="1.3"><RESOURCE><INFO name="QUERY_STATUS" value="OK"/><TABLE>'
        f"{fields}<DATA><TABLEDATA>{cells}</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"
    )
    return Reply(document.encode(), content_type=VOTABLE)


@pytest.fixture
def outside(others):
    return others


@pytest.fixture(scope="module")
def epoch(tap):
    """The last epoch of HZ Her: time and place."""
    (row,) = tap.search(f"SELECT hmjd_last, ra, dec FROM ztf.objects WHERE oid = {OID}")
    return tuple(float(row[name]) for name in ("hmjd_last", "ra", "dec"))


def ask(site, what="last", **parameters) -> requests.Response:
    return requests.get(f"{site}/epoch/{OID}/{what}/asteroids", params=parameters, timeout=60)


def test_bodies_near_the_middle_of_the_exposure_are_given_nearest_first(site, outside, epoch):
    hmjd, ra, dec = epoch
    up = 1 / 3600
    outside.answer(
        HOST,
        PATH,
        bodies(
            (229762, "Far", 0.1, ra, dec + 15.5 * up),  # 15 and three times 0.1
            ("-", "Near", 0.1, ra, dec + 15.2 * up),
            (1, "Ceres", 0.05, ra, dec - 3 * up),
            (7, "Uncertain", 40.0, ra, dec + 130 * up),
        ),
    )
    (came,) = ask(site).json()["catalogs"][0]["answers"]
    found = [(row["name"], row["number"], round(row["separation"], 2)) for row in came["rows"]]
    assert (came["state"], found) == (
        "found",
        [("Ceres", "1", 3.0), ("Near", None, 15.2), ("Uncertain", "7", 130.0)],
    )
    (sent,) = [one for one in outside.asked if one.host == HOST]
    # Half a second: bodies of the main belt move 0.005 arcsec in it.
    middle = float(palomar_middle(hmjd, ra, dec)) + 2400000.5
    assert float(sent.values["-ep"]) == pytest.approx(middle, abs=0.5 / 86400)
    assert (float(sent.values["-ra"]), float(sent.values["-dec"])) == pytest.approx(
        (ra, dec), abs=1e-7
    )
    assert sent.values["-loc"] == "I41"
    wider = ask(site, RADIUS="16").json()["catalogs"][0]["answers"][0]["rows"]
    assert [row["name"] for row in wider] == ["Ceres", "Near", "Far", "Uncertain"]
    assert len([one for one in outside.asked if one.host == HOST]) == 1  # it was kept


def test_nothing_there_and_no_answer_are_two_answers(site, outside):
    outside.answer(HOST, PATH, Reply(NONE, content_type="text/plain"))
    (came,) = ask(site, "first").json()["catalogs"][0]["answers"]
    assert (came["state"], came["rows"]) == ("empty", [])
    outside.answer(HOST, PATH, Reply(b"# Flag: -1\n# Ticket: 1\nSkyBoT -> MySQL server: \n"))
    (came,) = ask(site, "peak").json()["catalogs"][0]["answers"]
    assert (came["state"], came["rows"]) == ("unavailable", [])
    assert "MySQL server" in came["reason"]


def test_the_votable_has_units_and_the_address_of_each_body(site, outside, epoch):
    _, ra, dec = epoch
    outside.answer(HOST, PATH, bodies((1, "Ceres", 0.05, ra, dec)))
    answer = ask(site, RESPONSEFORMAT="votable")
    table = parse(io.BytesIO(answer.content)).get_first_table()
    (row,) = table.to_table(use_names_over_ids=True)
    units = {field.name: str(field.unit) for field in table.fields}
    assert (units["motion_ra"], units["uncertainty"]) == ("arcsec / h", "arcsec")
    assert str(row["record"]).endswith("/ssocard/Ceres")
    np.testing.assert_allclose(row["separation"], 0, atol=1e-3)


@pytest.mark.parametrize(
    ("what", "parameters", "status", "sentence"),
    [
        ("last", {"RADIUS": "0"}, 400, "RADIUS=0"),
        ("last", {"RADIUS": "121"}, 400, "RADIUS=121"),
        ("last", {"SIZE": "3"}, 400, "There is no parameter SIZE"),
        ("last", {"RESPONSEFORMAT": "fits"}, 400, "RESPONSEFORMAT=fits"),
        ("noon", {}, 400, "is not an HMJD"),
        ("12345.5", {}, 404, "12345.5"),
    ],
)
def test_what_cannot_be_asked_is_named(site, what, parameters, status, sentence):
    answer = ask(site, what, **parameters)
    assert (answer.status_code, sentence in answer.text) == (status, True), answer.text


def test_no_catalogue_of_a_match_has_bodies_of_the_solar_system(site):
    assert requests.get(f"{site}/match/skybot?ID={OID}", timeout=30).status_code == 404
    listed = requests.get(f"{site}/outside?RESPONSEFORMAT=json", timeout=30).json()["sources"]
    assert [one["gives"] for one in listed if one["name"] == "skybot"] == [["minor planets"]]
