"""What is known of an object: /summary."""

from __future__ import annotations

import csv
import io
import json
import re

import numpy as np
import pytest
import requests
from astropy.coordinates import SkyCoord
from astropy.io.votable import parse
from support import tapserver
from support.cases import gaia_distances
from support.files import ROOT

from ztfvo.match import catalogs
from ztfvo.outside.cache import Cache
from ztfvo.outside.sources import sources
from ztfvo.settings import get_settings

OID = 680113300005170
HZ_HER = 254.45755, 35.34236


@pytest.fixture(autouse=True)
def outside(others):
    """Nobody outside answers, unless a test has somebody do."""
    return others


def ask(site, **parameters) -> requests.Response:
    return requests.get(f"{site}/summary", params=parameters, timeout=60)


def summary(site, **parameters) -> dict:
    answer = ask(site, **parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def facts(document: dict, group: str, source: str | None = None) -> dict:
    """Values of a group by their names."""
    return {
        one["name"]: one["value"]
        for one in document["facts"]
        if one["group"] == group and source in (None, one["source"])
    }


def test_what_is_here_is_complete_with_all_services_outside_dead(site, tap):
    found = summary(site, ID=OID)
    (curve,) = tap.search(f"SELECT * FROM ztf.objects WHERE oid = {OID}")
    (star,) = tap.search(f"SELECT * FROM ztf.sources WHERE source_id = {curve['source_id']}")
    (periods,) = tap.search(f"SELECT period_0 FROM ztf.features WHERE oid = {OID}")
    brightest = tap.search(
        f"SELECT mag_min, filter FROM ztf.objects WHERE source_id = {curve['source_id']}"
    )
    peak = min(brightest, key=lambda one: one["mag_min"])
    assert found["id"] == str(OID)
    assert sorted(map(int, found["oids"])) == sorted(star["oids"].tolist())
    assert facts(found, "identification") == {"oid": str(OID), "star": star["name"]}
    assert facts(found, "period", "ztf")["period"] == pytest.approx(float(periods["period_0"]))
    magnitudes = facts(found, "magnitude")
    expected = {f"mean {curve['filter']}": curve["mag_mean"]} | {
        f"mean z{band} of the star": star[f"mag_mean_{band}"]
        for band in "gri"
        if star[f"ngoodobs_{band}"]
    }
    expected[f"peak {peak['filter']}"] = peak["mag_min"]
    assert magnitudes == pytest.approx({k: float(v) for k, v in expected.items()}, abs=6e-4)
    if star["g_r_npairs"]:
        assert facts(found, "colour")["g - r"] == pytest.approx(float(star["g_r"]), abs=6e-4)
    position = facts(found, "position")
    assert position["constellation"] == "Hercules"
    assert position["ICRS"] == f"{curve['ra']:.5f} {curve['dec']:+.5f}"
    assert position["ICRS, sexagesimal"].startswith("16:57:49.8")
    assert position["galactic"].startswith("58.1")  # Her X-1: l = 58.149, b = 37.523
    assert facts(found, "extinction", "simulated")["E(B-V)"] > 0
    assert "ALeRCE" in {one["title"] for one in found["facts"] if one["group"] == "link"}
    states = {one["source"]: one["state"] for one in found["sources"]}
    hosted = {one["source"] for one in found["sources"] if one["hosted"]}
    remote = {name for name, one in sources().items() if catalogs.MATCHED & set(one.gives)}
    assert set(states) == hosted | remote
    assert {states[name] for name in remote - hosted} == {"unavailable"}
    assert {states[name] for name in hosted} <= {"found", "empty"}
    assert found["sentence"].startswith("Simulated light curve: ")
    assert "; no answer of " in found["sentence"]


def test_types_of_hosted_catalogues_give_the_sentence(site):
    found = summary(site, ID=OID, CATALOG="gcvs,vsx")
    types = {one["source"]: one for one in found["facts"] if one["group"] == "type"}
    assert set(types) == {"gcvs", "vsx"}
    for one in types.values():
        assert one["separation"] < 2
        assert one["link"].startswith("http")
    begin = f"Simulated light curve: X-ray binary of type {types['gcvs']['value']} ("
    assert found["sentence"].startswith(begin)
    assert "2 of 2 catalogs agree on the type" in found["sentence"]
    near = summary(site, ID=OID, CATALOG="gcvs,vsx", RADIUS="gcvs:0.0001")
    assert [one["state"] for one in near["sources"] if one["source"] == "gcvs"] == ["empty"]
    assert not facts(near, "type", "gcvs")


def test_separations_are_those_that_a_cross_match_has(site, ask):
    found = summary(site, ID=OID, CATALOG="gcvs,vsx,ztf_suspected")
    answers = {
        one["name"]: one["answers"][0]["rows"]
        for one in ask("/match", ID=OID, CATALOG="gcvs,vsx,ztf_suspected").json()["catalogs"]
    }
    shown = {one["source"]: one["separation"] for one in found["facts"] if "separation" in one}
    matched = {name: rows[0]["separation"] for name, rows in answers.items() if rows}
    assert shown == pytest.approx(matched, abs=1e-5)
    assert len(shown) == 3
    assert [f"{one:.2f}" for one in shown.values()] == [f"{matched[one]:.2f}" for one in shown]


def test_catalogues_with_a_period_and_no_type_are_not_counted_as_agreeing_on_the_type(site):
    found = summary(site, ID=OID, CATALOG="gcvs,vsx,ztf_suspected")
    periods = {one["source"] for one in found["facts"] if one["group"] == "period"}
    assert {"gcvs", "vsx", "ztf_suspected"} <= periods
    assert "2 of 2 catalogs agree on the type" in found["sentence"]


@pytest.mark.parametrize("version", ["current", "v0.1", "v0.5", "latest"])
def test_the_period_of_the_light_curve_is_of_the_set_of_features_that_is_named(site, version):
    answer = requests.get(f"{site}/features", {"ID": OID, "VERSION": version}, timeout=60).json()
    values = answer["lightcurves"][0]["values"]
    period, ratio = (
        next(value for name, value in values.items() if name.startswith(begin))
        for begin in ("period_0", "period_s_to_n_0")
    )
    found = summary(site, ID=OID, CATALOG="gcvs", VERSION=version)
    (fact,) = (one for one in found["facts"] if one["group"] == "period" and one["source"] == "ztf")
    assert fact["value"] == pytest.approx(period, rel=1e-9)
    name = "v0.5" if version == "latest" else version
    assert f"in features {name}, signal-to-noise {ratio:.3g}" in fact["note"]


def test_a_distance_from_outside_gives_the_absolute_magnitude_of_the_peak(site, outside):
    place = summary(site, ID=OID, CATALOG="gcvs")
    rows = gaia_distances.ROWS | {"RA_ICRS": [place["ra"]], "DE_ICRS": [place["dec"]]}
    tapserver.answer(outside, tapserver.VIZIER, '"I/352/gedr3dis"', rows)
    found = summary(site, ID=OID, CATALOG="gaia_distances,gcvs")
    (fact,) = (one for one in found["facts"] if one["group"] == "distance")
    assert (fact["value"], fact["unit"]) == (1250.5, "pc")
    assert fact["separation"] == pytest.approx(0, abs=1e-3)
    assert fact["note"] == "1.25 kpc, 1.20 kpc to 1.31 kpc (16 to 84 per cent)"
    (absolute,) = (one for one in found["facts"] if one["group"] == "absolute magnitude")
    band = absolute["name"].removeprefix("peak ")
    peak = facts(found, "magnitude")[f"peak {band}"]
    reddening = facts(found, "extinction", "simulated")[f"A {band}"]
    expected = peak - reddening - 5 * np.log10(1250.5) + 5
    assert absolute["value"] == pytest.approx(expected, abs=0.011)
    wide = rows | {"B_rgeo": [1400.0]}
    tapserver.answer(outside, tapserver.VIZIER, '"I/352/gedr3dis"', wide)
    Cache(get_settings().outside_cache, 10**9).clear()
    found = summary(site, ID=OID, CATALOG="gaia_distances")
    assert not facts(found, "absolute magnitude")
    assert any("16% of it wide" in note for note in found["notes"])


def test_a_star_is_summed_up_by_its_name_as_by_a_light_curve(site):
    by_id = summary(site, ID=OID, CATALOG="gcvs")
    star = facts(by_id, "identification")["star"]
    by_name = summary(site, SOURCE=star, CATALOG="gcvs")
    assert by_name["oids"] == by_id["oids"]
    assert facts(by_name, "identification")["star"] == star


def test_parts_come_as_they_are_and_end_with_the_same_sentence(site):
    answer = ask(site, ID=OID, CATALOG="gcvs,vsx,snad", RESPONSEFORMAT="jsonl")
    begin, *parts, end = map(json.loads, answer.text.splitlines())
    whole = summary(site, ID=OID, CATALOG="gcvs,vsx,snad")
    assert [one["kind"] for one in (begin, *parts, end)] == ["begin", *["part"] * 3, "end"]
    assert {one["source"] for one in parts} == {"gcvs", "vsx", "snad"}
    assert end["sentence"] == whole["sentence"]
    every = [one for part in (begin, *parts, end) for one in part["facts"]]
    key = lambda one: (one["group"], one["source"], one["name"], str(one["value"]))  # noqa: E731
    assert sorted(every, key=key) == sorted(whole["facts"], key=key)
    events = ask(site, ID=OID, CATALOG="gcvs", RESPONSEFORMAT="sse").text
    assert [line for line in events.splitlines() if line.startswith("event: ")] == [
        "event: begin", "event: part", "event: end",
    ]  # fmt: skip


def test_the_votable_has_the_facts_and_states_of_the_json(site):
    whole = summary(site, ID=OID, CATALOG="gcvs,simbad")
    answer = ask(site, ID=OID, CATALOG="gcvs,simbad", RESPONSEFORMAT="votable")
    document = parse(io.BytesIO(answer.content), verify="exception")
    (sentence,) = (one.value for one in document.resources[0].infos if one.name == "sentence")
    assert sentence == whole["sentence"]
    known = {one.name: one.to_table(use_names_over_ids=True) for one in document.iter_tables()}
    read = [tuple(map(str, row)) for row in known["facts"]["group", "name", "value", "source"]]
    assert read == [
        tuple(str(one[name]) for name in ("group", "name", "value", "source"))
        for one in whole["facts"]
    ]
    states = {row["source"]: row["state"] for row in known["sources"]}
    assert (states["gcvs"], states["simbad"]) == ("found", "unavailable")


@pytest.mark.parametrize(
    ("parameters", "status", "sentence"),
    [
        ({}, 400, "A summary is of one object"),
        ({"ID": f"{OID},{OID + 1}"}, 400, "A summary is of one object"),
        ({"ID": OID, "SOURCE": "1"}, 400, "A summary is of one object"),
        ({"ID": "abc"}, 400, "abc"),
        ({"ID": OID + 99}, 404, str(OID + 99)),
        ({"SOURCE": "ZTF J000000.00+000000.0"}, 404, "no star"),
        ({"ID": OID, "CATALOG": "nobody"}, 400, "nobody"),
        ({"ID": OID, "RADIUS": "-1"}, 400, "RADIUS=-1"),
        ({"ID": OID, "RESPONSEFORMAT": "pdf"}, 400, "RESPONSEFORMAT=pdf"),
        ({"ID": OID, "VERSION": "v9"}, 400, "VERSION=v9 is not one of current, v0.1"),
        ({"ID": OID, "PERIOD": "1"}, 400, "There is no parameter PERIOD"),
    ],
)
def test_what_cannot_be_asked_is_named(site, parameters, status, sentence):
    answer = ask(site, **parameters)
    assert (answer.status_code, sentence in answer.text) == (status, True), answer.text


FAMILIES = {
    "RRAB": "RR Lyrae", "RRC": "RR Lyrae", "EW": "Eclipsing binary", "EA": "Eclipsing binary",
    "DCEP": "Cepheid", "XRB": "X-ray binary", "SN": "Supernova", "YSO": "Young stellar object",
}  # fmt: skip
"""What the sentence on a star of the demo begins with, by its class there."""


def stars() -> list[dict]:
    with (ROOT / "inputs" / "ztf" / "demo" / "stars.csv").open() as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def listed(tap):
    """Name, type and period of every row of the hosted catalogues that vary, with its place."""
    return tap.search("SELECT * FROM catalogs.variables", maxrec=20_000).to_table()


@pytest.mark.parametrize("star", stars(), ids=lambda star: star["oid"])
def test_every_star_of_the_demo_has_the_values_of_its_catalogues(site, listed, star):
    found = summary(site, ID=star["oid"])
    here = SkyCoord(found["ra"], found["dec"], unit="deg")
    there = SkyCoord(np.asarray(listed["ra"]), np.asarray(listed["dec"]), unit="deg")
    near = here.separation(there).arcsec
    hosted = [one for one in found["sources"] if one["hosted"]]
    for one in hosted:
        mine = np.asarray(listed["catalog_name"] == one["source"]) & (near <= one["radius"])
        if not mine.any():
            continue
        row = listed[np.flatnonzero(mine)[np.argmin(near[mine])]]
        for group, column in (("name", "name"), ("type", "type"), ("period", "period")):
            value = facts(found, group, one["source"]).get(group)
            if row[column] is np.ma.masked or row[column] == "":
                assert value is None
            elif group == "period":
                assert value == pytest.approx(float(row[column]), rel=1e-9)
            else:
                assert value == row[column]
    sentence = found["sentence"].removeprefix("Simulated light curve: ")
    family = FAMILIES.get(star["class"], "")
    assert sentence.removeprefix("possible ").lower().startswith(family.lower()), sentence
    if star["class"] == "CONST":
        assert sentence.startswith("no type in any of ")
    if family and star["period"]:
        period = float(re.search(r"P = ([0-9.]+) d", sentence)[1])
        assert period == pytest.approx(float(star["period"]), rel=2e-3)
