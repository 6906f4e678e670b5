"""Bodies of the solar system near an epoch: /epoch/OID/HMJD/asteroids."""

from __future__ import annotations

import csv
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


FLARING = 412109100012337
"""A light curve of the demo release with five epochs that stand off by 3 sigmas, alone."""


def along(site, **parameters) -> requests.Response:
    return requests.get(f"{site}/epoch/{FLARING}/all/asteroids", params=parameters, timeout=60)


def test_of_a_light_curve_the_epochs_that_stand_off_most_are_asked_about(site, outside, tap):
    (row,) = tap.search(f"SELECT ra, dec FROM ztf.objects WHERE oid = {FLARING}")
    ra, dec = float(row["ra"]), float(row["dec"])
    outside.answer(HOST, PATH, bodies((1, "Ceres", 0.05, ra, dec), (2, "Far", 0.1, ra, dec + 0.01)))
    found = along(site, SIGMAS=3, N=2).json()
    suspects = found["suspects"]
    assert len(suspects) == 5
    assert [one["hmjd"] for one in suspects] == sorted(one["hmjd"] for one in suspects)
    order = sorted(suspects, key=lambda one: -one["sigmas"])
    assert [one["state"] for one in order] == ["found", "found", *["not checked"] * 3]
    for one in order[:2]:
        assert [(body["name"], body["mag_v"]) for body in one["bodies"]] == [("Ceres", 18.5)]
    assert all(one["bodies"] == [] and "larger N" in one["reason"] for one in order[2:])
    asked = [float(one.values["-ep"]) for one in outside.asked if one.host == HOST]
    expected = [float(palomar_middle(one["hmjd"], ra, dec)) + 2400000.5 for one in order[:2]]
    assert sorted(asked) == pytest.approx(sorted(expected), abs=0.5 / 86400)
    # Two more are asked about, those before are kept.
    more = along(site, SIGMAS=3, N=4).json()["suspects"]
    assert [one["state"] for one in more].count("found") == 4
    assert len([one for one in outside.asked if one.host == HOST]) == 4


def test_suspects_are_those_of_the_epochs_as_they_are_delivered(site, outside):
    outside.answer(HOST, PATH, Reply(NONE, content_type="text/plain"))
    found = along(site, SIGMAS=5, N=1).json()
    answer = requests.get(f"{site}/lc/{FLARING}.csv?QUALITY=good", timeout=60)
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    mag = np.array([float(row["mag"]) for row in rows])
    scatter = 1.4826 * np.median(np.abs(mag - np.median(mag)))
    assert found["mag_median"] == pytest.approx(np.median(mag), abs=1e-5)
    assert found["mag_scatter"] == pytest.approx(scatter, abs=1e-5)
    by_time = {float(row["hmjd"]): row for row in rows}
    assert len(found["suspects"]) == 3
    for one in found["suspects"]:
        row = by_time[one["hmjd"]]
        off = np.median(mag) - float(row["mag"])
        assert one["excess"] == pytest.approx(off, abs=1e-5)
        sigmas = off / np.hypot(float(row["magerr"]), scatter)
        assert one["sigmas"] == pytest.approx(sigmas, rel=1e-4)


def test_empty_unavailable_and_not_checked_are_three_states(site, outside):
    outside.answer(HOST, PATH, Reply(NONE, content_type="text/plain"))
    states = [one["state"] for one in along(site, SIGMAS=3, N=1).json()["suspects"]]
    assert sorted(states) == ["empty", *["not checked"] * 4]
    outside.answer(HOST, PATH, Reply(b"# Flag: -1\n# Ticket: 1\nSkyBoT -> MySQL server: \n"))
    lines = list(csv.DictReader(io.StringIO(along(site, SIGMAS=3, N=2, FORMAT="csv").text)))
    states = [line["state"] for line in lines]
    assert sorted(states) == ["empty", *["not checked"] * 3, "unavailable"]
    assert {line["name"] for line in lines} == {""}


def test_a_light_curve_without_suspects_asks_nobody(site, outside):
    found = requests.get(f"{site}/demo/epoch/{OID}/all/asteroids", timeout=60).json()
    assert (found["release"], found["suspects"], found["nepochs"] > 100) == ("demo", [], True)
    assert [one for one in outside.asked if one.host == HOST] == []


@pytest.mark.parametrize(
    ("path", "parameters", "status", "sentence"),
    [
        (f"/epoch/{FLARING}/all/asteroids", {"SIGMAS": "2"}, 400, "SIGMAS=2 is not a number"),
        (f"/epoch/{FLARING}/all/asteroids", {"N": "0"}, 400, "N=0 is not a whole number"),
        (f"/epoch/{FLARING}/all/asteroids", {"N": "11"}, 400, "N=11 is not a whole number"),
        (f"/epoch/{FLARING}/all/asteroids", {"SIZE": "3"}, 400, "There is no parameter SIZE"),
        ("/epoch/999113300005170/all/asteroids", {}, 404, "no light curve 999113300005170"),
        ("/epoch/x'y/all/asteroids", {}, 400, "x'y"),
    ],
)
def test_of_a_light_curve_what_cannot_be_asked_is_named(site, path, parameters, status, sentence):
    answer = requests.get(site + path, params=parameters, timeout=60)
    assert (answer.status_code, sentence in answer.text) == (status, True), answer.text


def test_no_catalogue_of_a_match_has_bodies_of_the_solar_system(site):
    assert requests.get(f"{site}/match/skybot?ID={OID}", timeout=30).status_code == 404
    listed = requests.get(f"{site}/outside?RESPONSEFORMAT=json", timeout=30).json()["sources"]
    assert [one["gives"] for one in listed if one["name"] == "skybot"] == [["minor planets"]]
