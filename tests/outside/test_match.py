"""Cross-match by its addresses: states, formats, radii, proper motion, waiting, bad requests."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Callable

import httpx
import pytest
from astropy.io.votable import parse
from support import tapserver
from support.cases import twomass
from support.outside_cases import cases

from ztfvo.match import catalogs
from ztfvo.outside.ask import Desk
from ztfvo.outside.client import Pool
from ztfvo.outside.sources import sources
from ztfvo.settings import load_settings
from ztfvo.web.app import make_app

PLACE = "187.2779154,2.0523883"
"""3C 273"""
HERE = ("simbad", "gaia_variability", "gaia_quasars", "sdss_dr16q", "panstarrs_stack", "twomass")
"""Catalogues whose cases are there."""


@pytest.fixture(scope="module")
def app():
    """The web application, without its installation."""
    return make_app()


@pytest.fixture
def get(app, outside, cache, nothing_hosted) -> Callable[..., httpx.Response]:
    """A function that asks the application, whose desk asks the stand-in."""

    def ask(path: str, method: str = "GET", **named) -> httpx.Response:
        async def run() -> httpx.Response:
            settings = load_settings(outside_gateway=outside.url, astro_colibri_uid="u-1")
            app.state.desk = Desk(Pool(settings), cache)
            transport = httpx.ASGITransport(app)
            try:
                async with httpx.AsyncClient(transport=transport, base_url="http://site") as client:
                    return await client.request(method, path, **named)
            finally:
                await app.state.desk.close()

        return asyncio.run(run())

    return ask


@pytest.fixture
def answering(outside):
    """The stand-in, with all sources answering."""
    for case in cases().values():
        case.answer(outside)
    return outside


def by_name(answer: httpx.Response) -> dict[str, dict]:
    """The first answer of each catalogue in JSON."""
    assert answer.status_code == 200, answer.text
    return {one["name"]: one["answers"][0] for one in answer.json()["catalogs"]}


def test_all_services_outside_are_asked_by_default_each_with_its_state(get, answering):
    answer = get(f"/match?POS={PLACE}")
    found = by_name(answer)
    assert set(found) == set(catalogs.known()) - {"ztf"}
    assert {name: found[name]["state"] for name in HERE} == dict.fromkeys(HERE, "found")
    assert found["gcvs"] | {"seconds": 0, "asked_at": None} == {
        "place": 1,
        "state": "empty",
        "reason": None,
        "complete": True,
        "asked_at": None,
        "since": None,
        "again_at": None,
        "seconds": 0,
        "rows": [],
    }
    assert answer.headers["cache-control"] == "no-store"


def test_a_row_has_its_distances_its_values_and_the_link_to_its_record(get, answering):
    answer = get(f"/match?POS={PLACE}&CATALOG=simbad")
    row = answer.json()["catalogs"][0]["answers"][0]["rows"][0]
    assert row["place"] == 1
    # As SIMBAD computed it, 1.96 mas; the quasar moved by 2 mas in 20 years, across that.
    assert row["separation_as_listed"] == pytest.approx(0.00196, abs=2e-4)
    assert row["separation"] == pytest.approx(0.0023, abs=2e-4)
    assert 0 <= row["position_angle"] % 360 < 360
    assert row["record"] == "https://simbad.cds.unistra.fr/simbad/sim-id?Ident=3C%20273"
    assert row["oid"] == "1"
    names = [column["name"] for column in answer.json()["catalogs"][0]["columns"]]
    assert list(row) == names


def test_more_rows_than_are_given_are_not_kept_secret(get, outside, monkeypatch):
    monkeypatch.setattr("ztfvo.outside.tap.MOST_ROWS", 1)
    twice = {name: values * 2 for name, values in twomass._table().items()}
    tapserver.answer(outside, tapserver.VIZIER, twomass.NAME, twice)
    path = f"/match/twomass?POS={PLACE}"
    cut = by_name(get(path))["twomass"]
    sentence = "the nearest 1 are given, there are more: ask for less around the place"
    assert (cut["state"], cut["complete"], cut["reason"]) == ("found", False, sentence)
    assert len(cut["rows"]) == 1
    assert "TOP 2 " in outside.asked[-1].values["QUERY"]
    (table,) = parse(io.BytesIO(get(f"{path}&RESPONSEFORMAT=votable").content)).iter_tables()
    assert ("QUERY_STATUS", "OVERFLOW") in [(info.name, info.value) for info in table.infos]
    (row,) = csv.DictReader(io.StringIO(get(f"{path}&RESPONSEFORMAT=csv").text))
    assert (row["state"], row["reason"]) == ("found", sentence)


def test_identifiers_are_texts_in_json_and_say_so(get, answering):
    (catalog,) = get("/match/gaia?POS=269,10.001").json()["catalogs"]
    assert catalog["answers"][0]["rows"][0]["Source"] == "4472832130942575872"
    dtypes = {column["name"]: column["dtype"] for column in catalog["columns"]}
    assert (dtypes["Source"], dtypes["place"], dtypes["Plx"]) == ("str", "int64", "float64")


def test_proper_motion_decides_unless_it_is_switched_off(get, answering):
    """The star moves by 3.6 arcsec to the north from 2016 to 2020."""

    def rows(place: str, more: str = "") -> list[tuple[float, float]]:
        (catalog,) = get(f"/match/gaia?POS={place}&EPOCH=2020{more}").json()["catalogs"]
        return [
            (round(row["separation"], 2), round(row["separation_as_listed"], 2))
            for row in catalog["answers"][0]["rows"]
        ]

    now = "269,10.001"
    assert rows(now) == [(0.0, 3.6)]
    assert rows(now, "&MOTION=no") == []
    assert rows("269,10", "&MOTION=0") == [(3.6, 0.0), (0.79, 0.79)]
    assert rows("269,10") == [(0.79, 0.79), (3.6, 0.0)]


def test_without_motion_the_position_angle_is_that_of_the_listed_place(get, answering):
    place = "POS=269.0001,10.001&RADIUS=6&EPOCH=2020"
    row = get(f"/match/gaia?{place}&MOTION=no").json()["catalogs"][0]["answers"][0]["rows"][0]
    star = next(row for row in [row] if row["Gmag"])
    assert star["position_angle"] % 360 == pytest.approx(
        {12.5: 185.6, 19.75: 172.2}[star["Gmag"]], abs=0.5
    )


def test_several_places_are_told_apart(get, answering):
    answer = get(f"/match/twomass?POS={PLACE}&POS=10,20&POS=187.278,2.0524")
    assert [one["ra"] for one in answer.json()["places"]] == [187.2779154, 10.0, 187.278]
    states = [
        (one["place"], one["state"], [row["place"] for row in one["rows"]])
        for one in answer.json()["catalogs"][0]["answers"]
    ]
    assert states == [(1, "found", [1]), (2, "empty", []), (3, "found", [3])]


def test_radii_are_for_all_or_for_one_and_cut_to_what_a_catalogue_allows(get, answering):
    def radii(parameters: str) -> dict[str, float]:
        answer = get(f"/match?POS={PLACE}&CATALOG=twomass,simbad&{parameters}")
        return {one["name"]: one["radius"] for one in answer.json()["catalogs"]}

    assert radii("") == {"twomass": 2.0, "simbad": 50.0}
    assert radii("RADIUS=3") == {"twomass": 3.0, "simbad": 3.0}
    assert radii("RADIUS=3&RADIUS=simbad:20") == {"twomass": 3.0, "simbad": 20.0}
    assert radii("RADIUS=3,simbad:20") == {"twomass": 3.0, "simbad": 20.0}
    assert radii("RADIUS=500") == {"twomass": 60.0, "simbad": 500.0}


def test_a_radius_bounds_what_is_found(get, answering):
    def count(radius: float) -> int:
        answer = get(f"/match/simbad?POS={PLACE}&RADIUS={radius}")
        return len(answer.json()["catalogs"][0]["answers"][0]["rows"])

    assert [count(radius) for radius in (1, 4.4, 4.7)] == [1, 1, 2]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/match", 400, "No place is named"),
        ("/match?POS=1", 400, "POS=1 is no position"),
        ("/match?POS=361,0", 400, "POS=361,0 is no position"),
        ("/match?POS=0,90.1", 400, "is no position"),
        ("/match?POS=nan,0", 400, "is no position"),
        ("/match?POS=1,2,3", 400, "is no position"),
        ("/match?POS=1;2", 400, "is no position"),
        ("/match?ID=12", 400, "ID: "),
        ("/match?POS=1,2&CATALOG=none", 400, "There is no catalogue none"),
        ("/match/none?POS=1,2", 404, "There is no catalogue none"),
        ("/match/simbad?POS=1,2&CATALOG=gaia", 400, "CATALOG goes with the address /match"),
        ("/match?POS=1,2&RADIUS=0", 400, "RADIUS=0 is no radius"),
        ("/match?POS=1,2&RADIUS=1e999", 400, "is no radius"),
        ("/match?POS=1,2&RADIUS=-1", 400, "is no radius"),
        ("/match?POS=1,2&RADIUS=1&RADIUS=2", 400, "given twice"),
        ("/match?POS=1,2&RADIUS=none:2", 400, "There is no catalogue none"),
        ("/match?POS=1,2&RADIUS=twomass:61", 400, "is more than 60 arcsec"),
        ("/match/simbad?POS=1,2&RADIUS=twomass:2", 400, "RADIUS names twomass, which is not asked"),
        ("/match?POS=1,2&WAIT=31", 400, "WAIT=31 is not a number from 0.1 to 30"),
        ("/match?POS=1,2&MOTION=maybe", 400, "MOTION=maybe is not one of"),
        ("/match?POS=1,2&EPOCH=1", 400, "EPOCH=1 is not a number"),
        ("/match?POS=1,2&RESPONSEFORMAT=fits", 400, "use json, votable, csv, jsonl, sse"),
        ("/match?POS=1,2&RESPONSEFORMAT=csv", 400, "has room for one catalogue"),
        ("/match?POS=1,2&NAME=x", 400, "There is no parameter NAME"),
        ("/match?" + "&".join(["POS=1,2"] * 11), 400, "11 places are named, 10 are the limit"),
    ],
)
def test_a_bad_request_is_refused_with_its_value_and_nobody_is_asked(
    get, outside, path, status, words
):
    answer = get(path)
    assert (answer.status_code, words in answer.text) == (status, True), answer.text
    assert outside.asked == []


def test_refusals_of_votable_requests_are_votables(get):
    answer = get("/match?RESPONSEFORMAT=votable")
    assert answer.status_code == 400
    assert b'value="ERROR"' in answer.content


def test_a_post_of_a_form_is_as_a_get(get, answering):
    data = {"POS": PLACE, "CATALOG": "twomass"}
    assert by_name(get("/match", "POST", data=data))["twomass"]["state"] == "found"


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ("refused", "unavailable"),
        ("500", "unavailable"),
        ("429", "unavailable"),
        ("truncated", "unavailable"),
        ("html", "malformed"),
    ],
)
@pytest.mark.parametrize("form", ["json", "votable", "csv", "jsonl", "sse"])
def test_a_broken_service_is_said_so_in_every_format(get, answering, fault, state, form):
    with answering.failing("*", fault):
        answer = get(f"/match/ztf_periodic?POS=201.78468,38.74508&RESPONSEFORMAT={form}")
    assert answer.status_code == 200
    assert state in answer.text
    if form == "json":
        (one,) = answer.json()["catalogs"][0]["answers"]
        assert one["reason"]
        assert one["again_at"]


@pytest.mark.parametrize("fault", ["refused", "500", "429", "truncated", "html"])
def test_the_answer_is_complete_where_every_service_is_broken(get, answering, fault):
    with answering.failing("*", fault):
        found = by_name(get(f"/match?POS={PLACE}"))
    expected = "malformed" if fault == "html" else "unavailable"
    assert {name: one["state"] for name, one in found.items()} == dict.fromkeys(
        set(catalogs.known()) - {"ztf"}, expected
    )
    assert all(one["reason"] for one in found.values())


def test_one_broken_service_is_not_in_the_way_of_the_others(get, answering):
    with answering.failing("simbad.cds.unistra.fr", "500"):
        found = by_name(get(f"/match?POS={PLACE}&CATALOG=simbad,twomass"))
    assert (found["simbad"]["state"], found["twomass"]["state"]) == ("unavailable", "found")


def test_waiting_ends_when_the_caller_says_and_the_answer_is_kept(get, answering):
    answering.delay = 0.6
    found = by_name(get(f"/match?POS={PLACE}&CATALOG=twomass&WAIT=0.2"))
    assert found["twomass"]["state"] == "unavailable"
    assert "has not answered within 0.2 s" in found["twomass"]["reason"]


def test_votable_has_a_table_for_each_catalogue_with_its_states_and_frames(get, answering):
    path = f"/match?POS={PLACE}&POS=10,20&CATALOG=gaia_distances,twomass&RESPONSEFORMAT=votable"
    answer = get(path)
    document = parse(io.BytesIO(answer.content), verify="exception")
    first, second = document.iter_tables()
    assert (second.name, first.name) == ("twomass", "gaia_distances")
    states = [(info.value, info.content) for info in second.infos if info.name == "state"]
    assert [value for value, _ in states] == ["found", "empty"]
    assert states[0][1].startswith("place 1; asked at 20")
    frames = {one.ID: one for one in document.resources[0].coordinate_systems}
    right_ascension = second.get_field_by_id_or_name("twomass.ra")
    assert frames[right_ascension.ref].epoch == "J1999.5"
    assert (right_ascension.unit.to_string(), right_ascension.ucd) == ("deg", "pos.eq.ra;meta.main")
    (row,) = second.array
    assert (row["twomass.place"], row["twomass.2MASS"]) == (1, "12290669+0203085")
    assert row["twomass.Jmag"] == pytest.approx(11.766)
    assert len(first.array) == 0


def test_missing_values_are_masked_in_votable(get, answering):
    answer = get("/match/gaia?POS=269,10&RADIUS=6&EPOCH=2020&RESPONSEFORMAT=votable")
    (table,) = parse(io.BytesIO(answer.content), verify="exception").iter_tables()
    by_magnitude = {float(row["gaia.Gmag"]): at for at, row in enumerate(table.array)}
    faint, star = by_magnitude[19.75], by_magnitude[12.5]
    assert table.array["gaia.Source"][star] == 4472832130942575872
    assert [table.array.mask["gaia.Plx"][at] for at in (star, faint)] == [False, True]
    assert [bool(table.array["gaia.EpochPh"][at]) for at in (star, faint)] == [False, True]


def test_csv_has_a_line_for_each_row_and_for_each_place_without_one(get, answering):
    answer = get(f"/match/twomass?POS={PLACE}&POS=10,20&RESPONSEFORMAT=csv")
    assert answer.headers["content-type"].startswith("text/csv")
    first, second = csv.DictReader(io.StringIO(answer.text))
    assert (first["place"], first["state"], first["2MASS"]) == ("1", "found", "12290669+0203085")
    assert float(first["Jmag"]) == 11.766
    assert (second["place"], second["state"], second["2MASS"]) == ("2", "empty", "")


def test_lines_come_as_the_services_answer(get, answering):
    answer = get(f"/match?POS={PLACE}&CATALOG=simbad,twomass&RESPONSEFORMAT=jsonl")
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert answer.headers["x-accel-buffering"] == "no"
    begin, *answers, end = map(json.loads, answer.text.splitlines())
    assert [one["name"] for one in begin["catalogs"]] == ["simbad", "twomass"]  # as asked
    assert begin["places"][0]["ra"] == 187.2779154
    # SIMBAD is asked five questions, one after the other.
    assert [(one["catalog"], one["state"]) for one in answers] == [
        ("twomass", "found"),
        ("simbad", "found"),
    ]
    assert (end["kind"], end["answers"]) == ("end", 2)


def test_events_are_those_of_the_standard(get, answering):
    answer = get(f"/match/twomass?POS={PLACE}&RESPONSEFORMAT=sse")
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = [block.split("\n") for block in answer.text.strip().split("\n\n")]
    assert [name for name, _ in events] == ["event: begin", "event: answer", "event: end"]
    assert json.loads(events[1][1].removeprefix("data: "))["rows"][0]["Jmag"] == 11.766


def test_names_of_columns_do_not_clash_with_those_that_every_row_has():
    common = {"place", "separation", "position_angle", "separation_as_listed", "record"}
    for source in sources().values():
        assert not common & {column.name for column in source.columns}


def test_the_list_of_catalogues_has_neither_distances_nor_places(get, answering):
    answer = get("/match/vizier?POS=150,2&RESPONSEFORMAT=csv&MOTION=no")
    first, _ = csv.DictReader(io.StringIO(answer.text))
    assert "separation" not in first
    assert first["record"] == (
        "https://vizier.cds.unistra.fr/viz-bin/VizieR-3?-source=II%2F246%2Fout"
        "&-c=150.0%202.0&-c.rs=1.0"
    )
