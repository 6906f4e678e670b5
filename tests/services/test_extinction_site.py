"""Extinction on the running site: light curves and positions, maps that are here and that are not,
and the command that installs them."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess

import numpy as np
import pytest
from astropy.io.votable import parse_single_table
from support import dust
from support.files import ROOT
from support.releases import ztfvo

from ztfvo.dust import reading
from ztfvo.dust.extinction import COEFFICIENTS
from ztfvo.dust.maps import maps
from ztfvo.settings import get_settings

OID = 680113300005170
"""HZ Her in g."""
CRAB, GALAXY = "83.6331,22.0145", "266.4051,-28.936175"


@pytest.fixture(scope="module")
def installed(site, tmp_path_factory):
    """Maps like CSFD and Bayestar, installed by the command; what it says, by map."""
    folder = tmp_path_factory.mktemp("dust")
    said = {}
    for name, path in (("csfd", dust.csfd(folder)), ("bayestar2019", dust.bayestar(folder))):
        path.chmod(0o644)
        home = shutil.copy(path, get_settings().var / "data" / path.name)  # others may read it
        said[name] = ztfvo("dust", "install", home).stderr
        home.unlink()
    yield said
    for name in said:
        shutil.rmtree(reading.folder_of(get_settings(), name))


def found(ask, **parameters):
    """The answer in JSON: its maps by name."""
    answer = ask("/extinction", **parameters)
    assert answer.status_code == 200, answer.text
    return answer.json() | {"maps": {one["name"]: one for one in answer.json()["maps"]}}


def refused(ask, status=400, **parameters):
    """Why a request is refused."""
    answer = ask("/extinction", **parameters)
    assert answer.status_code == status
    return answer.text


def test_the_command_says_which_map_a_file_is(installed):
    assert "csfd: csfd_ebv.fits is CSFD, corrected SFD, Chiang 2023" in installed["csfd"]
    assert "bayestar2019: bayestar2019.h5 is Bayestar19" in installed["bayestar2019"]
    assert "ztfvo sources RELEASE" in installed["csfd"]


def test_the_command_shows_what_is_there_and_how_to_have_the_rest(installed):
    table = ztfvo("dust", "status").stdout
    lines = {
        name: next(line for line in table.splitlines() if f" {name} " in line) for name in maps()
    }
    assert "about 134 MB" in lines["sfd"] and "no: ztfvo dust fetch sfd" in lines["sfd"]
    assert "csfd_ebv.fits " in lines["csfd"] and "20" in lines["csfd"]
    assert "made here" in lines["simulated"]


def test_values_are_those_that_are_published(ask, installed):
    csfd = found(ask, POS=CRAB, MAP="csfd")["maps"]["csfd"]
    (value,) = csfd["answers"]
    assert (value["state"], csfd["simulated"]) == ("found", False)
    assert value["ebv"] == pytest.approx(0.5432, abs=1e-6)
    assert value["ebv_sf11"] == pytest.approx(0.86 * 0.5432, abs=2e-6)
    for band, each in COEFFICIENTS.items():
        assert value["extinction"][band] == pytest.approx(each * 0.86 * 0.5432, abs=2e-6)
    (value,) = found(ask, POS=GALAXY, MAP="bayestar2019", DISTANCE=8000)["maps"]["bayestar2019"][
        "answers"
    ]
    assert value["ebv"] == value["ebv_sf11"] == pytest.approx(1.9033, abs=1e-6)
    assert value["extinction"]["zr"] == pytest.approx(2.6288 * 1.9033, abs=2e-6)


def test_a_light_curve_has_what_its_place_has(ask, installed, query):
    row = query(f"SELECT ra, dec FROM ztf.objects WHERE oid = {OID}", RESPONSEFORMAT="csv")
    ra, dec = row.text.split()[1].split(",")
    answer = found(ask, ID=OID, POS=f"{ra},{dec}")
    first, second = answer["places"]
    assert (first["id"], first["ra"], second["id"]) == (str(OID), float(ra), None)
    for name in ("csfd", "simulated", "bayestar2019"):
        one, other = answer["maps"][name]["answers"]
        assert one["state"] == "found" and one["ebv"] > 0
        assert one | {"place": 2} == other
    here = reading.installed_as(get_settings(), "csfd")
    (ebv,) = reading.at(here, float(ra), float(dec)).ebv
    assert answer["maps"]["csfd"]["answers"][0]["ebv"] == pytest.approx(ebv, abs=1e-6)


def test_a_simulated_map_is_called_so_in_every_form(ask):
    of_json = found(ask, ID=OID, MAP="simulated")["maps"]["simulated"]
    assert of_json["simulated"] is True and "Simulated" in of_json["title"]
    text = ask("/extinction", ID=OID, MAP="simulated", FORMAT="csv").text
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["map"], row["simulated"]) == ("simulated", "true")
    text = ask("/extinction", ID=OID, MAP="simulated", FORMAT="votable").text
    assert '<INFO ID="simulated_' in text or 'name="simulated" value="true"' in text


def test_a_map_that_is_not_here_is_unavailable_with_what_to_do(ask, installed):
    sfd = found(ask, POS=CRAB)["maps"]["sfd"]
    assert sfd["reason"] == "The map is not installed. Operators enter: ztfvo dust fetch sfd"
    (value,) = sfd["answers"]
    assert value["state"] == "unavailable" and value["ebv"] is None


def test_a_place_outside_of_the_footprint_is_empty(ask, installed):
    answer = found(ask, POS=["0,-80", CRAB], MAP="bayestar2019,csfd", DISTANCE=1000)
    south, north = answer["maps"]["bayestar2019"]["answers"]
    assert (south["state"], south["ebv"], south["extinction"]) == ("empty", None, None)
    assert north["state"] == "found" and north["reliable"] in (True, False)
    assert [one["state"] for one in answer["maps"]["csfd"]["answers"]] == ["found"] * 2


def test_dust_grows_with_the_distance_up_to_all_of_it(ask, installed):
    values = [
        found(ask, POS=CRAB, MAP="bayestar2019", **more)["maps"]["bayestar2019"]["answers"][0]
        for more in ({"DISTANCE": 100}, {"DISTANCE": 1000}, {"DISTANCE": 1e9}, {})
    ]
    ebv = [one["ebv"] for one in values]
    assert 0 < ebv[0] < ebv[1] < ebv[2] == ebv[3]
    assert values[3]["reliable"] is None and values[2]["reliable"] is False


def test_the_poles_and_where_right_ascension_begins_have_values(ask, installed):
    places = ["0,90", "123,90", "0,-90", "0,10", "360,10"]
    for name, one in found(ask, POS=places, MAP="csfd,simulated")["maps"].items():
        ebv = [value["ebv"] for value in one["answers"]]
        assert all(each > 0 for each in ebv), name
        assert ebv[0] == ebv[1] and ebv[3] == ebv[4]


def test_forms_agree(ask, installed):
    asked = {"ID": f"{OID},680213300009232", "POS": "0,-80", "DISTANCE": 900}
    maps_found = found(ask, **asked)["maps"]
    rows = list(csv.DictReader(io.StringIO(ask("/extinction", FORMAT="csv", **asked).text)))
    assert len(rows) == 3 * 4
    answer = ask("/extinction", RESPONSEFORMAT="votable", **asked)
    table = parse_single_table(io.BytesIO(answer.content)).to_table()
    assert list(table.colnames) == list(rows[0])
    assert [str(table[name].unit) for name in ("ra", "distance", "a_zi")] == ["deg", "pc", "mag"]
    for row, record in zip(rows, table, strict=True):
        value = maps_found[row["map"]]["answers"][int(row["place"]) - 1]
        assert row["state"] == record["state"] == value["state"]
        for name, expected in (("ebv", value["ebv"]), ("ebv_sf11", value["ebv_sf11"])):
            assert row[name] == ("" if expected is None else str(expected))
            assert np.ma.is_masked(record[name]) if expected is None else record[name] == expected
        assert row["reliable"] == {None: "", True: "true", False: "false"}[value["reliable"]]
    assert {row["distance"] for row in rows if row["map"] != "bayestar2019"} == {""}


def test_stars_have_the_reddening_of_their_places_in_tap(ask, tap):
    (star,) = tap.search(
        "SELECT ra, dec, ebv, ebv_map FROM ztf.sources WHERE name = 'ZTF J165749.81+352032.4'"
    )
    assert star["ebv_map"] == "simulated"
    (value,) = found(ask, POS=f"{star['ra']},{star['dec']}", MAP="simulated")["maps"]["simulated"][
        "answers"
    ]
    assert star["ebv"] == pytest.approx(value["ebv"], abs=1e-6)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({}, "No place is named"),
        ({"POS": "10,90.1"}, "POS=10,90.1 is no position"),
        ({"POS": "10,-91"}, "is no position"),
        ({"POS": "nan,3"}, "POS=nan,3 is no position"),
        ({"POS": "ten,3"}, "POS=ten,3 is no position"),
        ({"ID": "12"}, "12"),
        ({"POS": CRAB, "DISTANCE": "0"}, "DISTANCE=0 is not a number from 1 to 10000000000"),
        ({"POS": CRAB, "DISTANCE": "-8"}, "DISTANCE=-8 is not a number"),
        ({"POS": CRAB, "DISTANCE": "nan"}, "DISTANCE=nan is not a number"),
        ({"POS": CRAB, "MAP": "planck"}, "MAP=planck is not one of csfd, sfd, bayestar2019"),
        ({"POS": CRAB, "MAP": "../csfd"}, "MAP=../csfd is not one of"),
        ({"POS": CRAB, "FORMAT": "png"}, "FORMAT=png is not known here"),
        ({"POS": CRAB, "RADIUS": "3"}, "There is no parameter RADIUS"),
        ({"POS": ["1,1"] * 1001}, "1001 places are named, 1000 are the limit: ask several times."),
    ],
)
def test_what_cannot_be_used_is_refused(ask, parameters, words):
    assert words in refused(ask, **parameters)


def test_an_unknown_light_curve_is_not_found(ask):
    assert "There is no light curve 680113399999999" in refused(ask, 404, ID=680113399999999)


def test_refusals_have_the_form_that_was_asked_for(ask):
    answer = ask("/extinction", POS="bad", FORMAT="votable")
    assert answer.headers["content-type"].startswith("application/x-votable+xml")
    assert 'name="QUERY_STATUS" value="ERROR"' in answer.text


def test_many_places_are_answered_at_once(ask, installed):
    rng = np.random.default_rng(8)
    places = [f"{ra:.4f},{dec:.4f}" for ra, dec in rng.uniform((0, -90), (360, 90), (1000, 2))]
    one = found(ask, POS=places, MAP="csfd")["maps"]["csfd"]
    assert [value["place"] for value in one["answers"]] == list(range(1, 1001))
    assert {value["state"] for value in one["answers"]} == {"found"}


def test_a_damaged_map_is_malformed_and_does_not_stop_the_others(ask, installed):
    folder = reading.folder_of(get_settings(), "csfd")
    note, kept = folder / reading.NOTE, (folder / reading.NOTE).read_bytes()
    note.write_text("{")
    try:
        answer = found(ask, POS=CRAB)["maps"]
        table = ztfvo("dust", "status").stdout
    finally:
        note.write_bytes(kept)
    assert answer["csfd"]["answers"][0]["state"] == "malformed"
    assert answer["csfd"]["reason"] == (
        "The installed map cannot be read."
        " Operators enter: ztfvo dust status, ztfvo dust fetch csfd"
    )
    assert "damaged" in table and "map.json cannot be read" in table
    assert answer["simulated"]["answers"][0]["state"] == "found"
    assert found(ask, POS=CRAB)["maps"]["csfd"]["answers"][0]["ebv"] == pytest.approx(0.5432)


def test_a_file_that_is_no_map_ends_the_command_with_a_sentence(site, tmp_path):
    path = get_settings().var / "data" / "no_map.fits"
    path.write_bytes(b"SIMPLE  =                    T")
    done = subprocess.run(
        [ROOT / "var" / "venv" / "bin" / "ztfvo", "dust", "install", path],
        capture_output=True,
        text=True,
    )
    path.unlink()
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {path}") and "Traceback" not in done.stderr
