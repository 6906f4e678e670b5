"""Cross-match on the running site: places of light curves, lists of positions, catalogues here."""

from __future__ import annotations

import asyncio
import csv
import io
import json

import numpy as np
import pytest
import requests
from astropy.io.votable import from_table, parse
from astropy.table import Table
from support import tapserver
from support.catalogs import PROJECT

from ztfvo.catalogs import declared
from ztfvo.match.gather import all_answers
from ztfvo.match.model import Catalog, Match, Target, Wanted
from ztfvo.match.writers import jsonform
from ztfvo.outside.ask import Desk
from ztfvo.outside.cache import Cache
from ztfvo.outside.client import Pool
from ztfvo.outside.model import Place
from ztfvo.outside.sources import sources
from ztfvo.settings import load_settings

OID = 680113300005170
"""HZ Her in g."""


@pytest.fixture(scope="module")
def outside(site, outside_of_site):
    """The stand-in of services outside, at the address that the site asks."""
    outside_of_site.recover()
    yield outside_of_site
    outside_of_site.recover()


@pytest.fixture(scope="module")
def objects(query) -> dict[int, tuple[float, float]]:
    """Positions of some objects of the default release."""
    answer = query("SELECT TOP 300 oid, ra, dec FROM ztf.objects", RESPONSEFORMAT="csv")
    rows = csv.DictReader(io.StringIO(answer.text))
    return {int(row["oid"]): (float(row["ra"]), float(row["dec"])) for row in rows}


@pytest.fixture(scope="module")
def middle(query) -> tuple[float, float, float]:
    """Position of the example, and the middle of its light curve (MJD)."""
    answer = query(
        f"SELECT ra, dec, (hmjd_first + hmjd_last) / 2 AS mid FROM ztf.objects WHERE oid = {OID}",
        RESPONSEFORMAT="csv",
    )
    (row,) = csv.DictReader(io.StringIO(answer.text))
    return float(row["ra"]), float(row["dec"]), float(row["mid"])


def send(site: str, body: bytes | str, content_type: str, **parameters) -> requests.Response:
    return requests.post(
        f"{site}/match",
        data=body,
        params=parameters,
        headers={"Content-Type": content_type},
        timeout=60,
    )


def test_a_light_curve_is_asked_for_where_and_when_it_was_seen(ask, outside, middle):
    ra, dec, mid = middle
    rows = {
        "Source": [1],
        "RA_ICRS": [ra],
        "DE_ICRS": [dec + 0.5 / 3600],
        "Class": ["RR"],
        "ClassSc": [0.5],
    }
    tapserver.answer(outside, tapserver.VIZIER, '"I/358/vclassre"', rows)
    answer = ask("/match/gaia_variability", ID=OID).json()
    (place,) = answer["places"]
    assert (place["id"], place["release"], place["number"]) == (str(OID), "demo", 1)
    assert (place["ra"], place["dec"]) == (ra, dec)
    assert place["epoch"] == pytest.approx(2000 + (mid - 51544.5) / 365.25, abs=1e-3)
    (row,) = answer["catalogs"][0]["answers"][0]["rows"]
    assert row["separation"] == pytest.approx(0.5, abs=1e-3)
    assert row["position_angle"] % 360 == pytest.approx(0, abs=0.1)


def test_a_service_that_does_not_answer_is_unavailable_and_listed(ask, outside):
    answer = ask("/match/otter", POS="10,20").json()
    (one,) = answer["catalogs"][0]["answers"]
    assert one["state"] == "unavailable"
    assert one["reason"].startswith("OTTER answers 404")
    listed = {one["name"]: one for one in ask("/outside").json()["sources"]}
    assert listed["otter"]["last_day"]["failed"] >= 1


def test_an_unknown_light_curve_is_not_found(ask):
    answer = ask("/match/spicy", ID="123456789012345")
    assert answer.status_code in (400, 404)
    answer = ask("/match/spicy", ID="680113300099999")
    assert answer.status_code == 404
    assert "There is no light curve 680113300099999" in answer.text


def test_objects_of_the_site_are_a_catalogue_that_nobody_outside_is_asked_for(ask, outside, middle):
    ra, dec, _ = middle
    outside.asked.clear()
    (catalog,) = ask("/match/ztf", POS=f"{ra},{dec}").json()["catalogs"]
    assert catalog["hosted"] is True
    (answer,) = catalog["answers"]
    row = answer["rows"][0]
    assert (row["oid"], row["filter"], row["separation"]) == (str(OID), "zg", 0.0)
    assert row["record"].endswith(f"/view/{OID}")
    assert outside.asked == []


def test_a_hosted_catalog_is_read_here_and_says_of_when_it_is(ask, outside, query):
    answer = query(
        "SELECT TOP 1 name, ra, dec, type, period FROM catalogs.vsx WHERE period > 0 ORDER BY oid",
        RESPONSEFORMAT="csv",
    )
    (star,) = csv.DictReader(io.StringIO(answer.text))
    outside.asked.clear()
    (catalog,) = ask("/match/vsx", POS=f"{star['ra']},{star['dec']}").json()["catalogs"]
    assert (catalog["hosted"], catalog["simulated"]) == (True, True)
    assert catalog["as_of"].startswith("20")
    assert catalog["yields"] == {"name": "name", "type": "type", "period": "period"}
    row = catalog["answers"][0]["rows"][0]
    assert (row["name"], row["type"], row["period"]) == (
        star["name"],
        star["type"],
        float(star["period"]),
    )
    assert row["separation"] == 0.0
    assert row["record"] == f"https://vsx.aavso.org/index.php?view=detail.top&oid={row['oid']}"
    assert outside.asked == []


@pytest.mark.parametrize("name", [name for name, one in declared(PROJECT).items() if one.vizier])
def test_a_catalog_is_the_same_whether_it_is_hosted_or_vizier_is_asked(
    ask, outside, tmp_path, name
):
    """The star that the demo has at the catalog's test position, which VizieR then has too."""
    catalog = declared(PROJECT)[name]
    ra, dec = catalog.test
    here = ask(f"/match/{name}", POS=f"{ra},{dec}").json()["catalogs"][0]
    star = here["answers"][0]["rows"][0]
    there_as = {
        place.of: [star[ours] + place.offset if place.offset else star[ours]]
        for ours, place in catalog.vizier.columns.items()
    }
    tapserver.answer(outside, tapserver.VIZIER, f'"{catalog.vizier.table}"', there_as)
    there = at_vizier_alone(outside, tmp_path, name, Place(ra, dec))
    assert (here["hosted"], there["hosted"]) == (True, False)
    for what in ("name", "title", "columns", "radius", "yields", "citation"):
        assert there[what] == here[what], what
    (found,) = there["answers"][0]["rows"]
    lacking = {column.name for column in catalog.columns} - set(catalog.vizier.columns)
    assert {column: found[column] for column in lacking} == dict.fromkeys(lacking)
    if name == "ztf_periodic":  # whose own page is found by a number that VizieR has not
        lacking.add("record")
    other = {
        column: (value, star[column])
        for column, value in found.items()
        if column not in lacking and value != star[column]
    }
    assert other == {}


def at_vizier_alone(outside, folder, name: str, place: Place) -> dict:
    """What a site that does not host a catalog answers of it, in JSON."""

    async def run():
        desk = Desk(
            Pool(load_settings(outside_gateway=outside.url)), Cache(folder / "answers", 10**6)
        )
        wanted = Wanted(Catalog(sources()[name]), sources()[name].radius)
        try:
            match = Match([Target(1, place, "")], [wanted], motion=True, wait=10.0)
            return await all_answers(desk, match)
        finally:
            await desk.close()

    return json.loads(jsonform.write(asyncio.run(run())))["catalogs"][0]


def test_what_is_hosted_takes_the_place_of_the_service_that_has_the_same(ask, outside):
    catalogs = ask("/match", POS="10,20", WAIT=0.1).json()["catalogs"]
    hosted = {one["name"]: one["hosted"] for one in catalogs}
    assert hosted["gcvs"] and hosted["vsx"] and hosted["tns"]
    assert not hosted["simbad"]
    assert len(hosted) == len(catalogs)


def test_a_list_is_compared_with_hosted_catalogs(site, query):
    answer = query("SELECT TOP 20 ra, dec, oid FROM catalogs.vsx", RESPONSEFORMAT="csv")
    body = answer.text
    found = send(site, body, "text/csv", CATALOG="vsx,tns", RADIUS="0.5").json()["catalogs"]
    vsx = {(row["place"], row["oid"]) for row in found[0]["answers"][0]["rows"]}
    stars = list(csv.DictReader(io.StringIO(body)))
    assert {(place, star["oid"]) for place, star in enumerate(stars, 1)} <= vsx
    assert found[1]["name"] == "tns"
    form = send(site, body, "text/csv", CATALOG="tns", RADIUS=3600, RESPONSEFORMAT="votable")
    parse(io.BytesIO(form.content), verify="exception")


def test_a_list_as_csv_finds_the_objects_it_was_made_of(site, objects):
    shift = 0.3 / 3600
    lines = [f"{oid},{ra!r},{dec + shift!r}" for oid, (ra, dec) in objects.items()]
    answer = send(
        site, "name,RA,Dec\n" + "\n".join(lines), "text/csv", RADIUS=1, RESPONSEFORMAT="csv"
    )
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    nearest = {}
    for row in rows:
        nearest.setdefault(int(row["place"]), row)
    assert len(nearest) == len(objects)
    for place, oid in enumerate(objects, 1):
        mine = [row for row in rows if row["place"] == str(place) and row["oid"] == str(oid)]
        assert [round(float(row["separation"]), 3) for row in mine] == [0.3]
        assert mine[0]["id"] == str(oid)


def test_a_list_as_votable_is_read_by_its_ucds(site, objects):
    few = dict(list(objects.items())[:5])
    table = Table(
        {"alpha": [ra for ra, _ in few.values()], "delta": [dec for _, dec in few.values()]}
    )
    document = from_table(table)
    fields = document.get_first_table().fields
    fields[0].ucd, fields[1].ucd = "pos.eq.ra;meta.main", "pos.eq.dec;meta.main"
    buffer = io.BytesIO()
    document.to_xml(buffer)
    answer = send(
        site,
        buffer.getvalue(),
        "application/x-votable+xml",
        RADIUS=0.5,
        RESPONSEFORMAT="votable",
    )
    (found,) = parse(io.BytesIO(answer.content), verify="exception").iter_tables()
    pairs = set(
        zip(found.array["ztf.place"].tolist(), found.array["ztf.oid"].tolist(), strict=True)
    )
    assert {(place, oid) for place, oid in enumerate(few, 1)} <= pairs
    assert [info.value for info in found.infos if info.name == "state"] == ["found"]


def test_rows_without_a_position_are_said_and_do_not_stop_the_others(site, middle):
    ra, dec, _ = middle
    body = f"ra,dec\n{ra},{dec}\n,\n400,0\nx,1\n{ra},{dec}\n"
    answer = send(site, body, "text/csv").json()
    assert answer["left_out"] == [
        "row 2 has no position: ra empty, dec empty",
        "row 3 has no position: ra 400, dec 0",
        "row 4 has no position: ra x, dec 1",
    ]
    rows = answer["catalogs"][0]["answers"][0]["rows"]
    assert {row["place"] for row in rows} == {1, 5}


def test_csv_says_which_places_have_nothing_and_which_rows_are_none(site, middle):
    ra, dec, _ = middle
    body = f"id,ra,dec\na,{ra},{dec}\nb,0,90\nc,,\n"
    answer = send(site, body, "text/csv", RESPONSEFORMAT="csv", RADIUS=0.5)
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {row["id"] for row in rows if row["state"] == "found"} == {"a"}
    assert [(row["place"], row["id"], row["oid"]) for row in rows if row["state"] == "empty"] == [
        ("2", "b", "")
    ]
    assert [row["reason"] for row in rows if row["state"] == "left out"] == [
        "row 3 has no position: ra empty, dec empty"
    ]


def test_votable_has_what_the_list_calls_its_places(site, middle):
    ra, dec, _ = middle
    body = f"id,ra,dec\nmy star,{ra},{dec}\n"
    answer = send(site, body, "text/csv", RESPONSEFORMAT="votable", RADIUS=0.5)
    table = parse(io.BytesIO(answer.content), verify="exception").get_first_table().array
    assert set(table["ztf.id"].tolist()) == {"my star"}


def test_all_stands_for_everything_that_is_hosted(site, query):
    text = query("SELECT TOP 1 ra, dec FROM catalogs.tns ORDER BY name", RESPONSEFORMAT="csv").text
    (star,) = csv.DictReader(io.StringIO(text))
    body = f"ra,dec\n{star['ra']},{star['dec']}\n"
    answer = send(site, body, "text/csv", CATALOG="all").json()
    found = {one["name"]: one for one in answer["catalogs"]}
    assert {"ztf", "tns", "gcvs"} <= set(found)
    assert found["tns"]["answers"][0]["state"] == "found"


@pytest.mark.parametrize(
    ("name", "kind"), [("list.csv", "application/octet-stream"), ("x", "text/csv")]
)
def test_a_list_is_also_taken_as_a_file_of_a_form(site, middle, name, kind):
    ra, dec, _ = middle
    body = f"ra,dec\n{ra},{dec}\n" + f"0,90{' ' * 20}\n" * 8000  # more than a form may have
    files = {"list": (name, body, kind)}
    sent = requests.post(f"{site}/match", data={"RADIUS": "0.5"}, files=files, timeout=60)
    assert sent.json() == send(site, body, "text/csv", RADIUS="0.5").json()


def test_one_file_is_sent_at_a_time(site):
    files = [("a", ("a.csv", "ra,dec\n1,1\n")), ("b", ("b.csv", "ra,dec\n1,1\n"))]
    answer = requests.post(f"{site}/match", files=files, timeout=60)
    assert (answer.status_code, "2 files are sent" in answer.text) == (400, True)


def test_a_list_at_the_poles_and_across_ra_0_is_compared(site):
    body = "ra,dec\n0,90\n360,-90\n0,0\n359.99999,0\n"
    answer = send(site, body, "text/csv").json()
    assert answer["catalogs"][0]["answers"][0]["state"] == "empty"
    assert len(answer["places"]) == 4


@pytest.mark.parametrize(
    ("body", "content_type", "status", "words"),
    [
        ("", "text/csv", 400, "no columns of right ascension"),
        ("ra,dec\n", "text/csv", 400, "has names of columns, and no rows"),
        ("ra;dec\n\n", "text/csv", 400, "has names of columns, and no rows"),
        ("ra,dec\n1,2\n1,2,3\n", "text/csv", 400, "Row 2 has 3 cells, and there are 2 names"),
        ("ra,RA,dec\n1,2,3\n", "text/csv", 400, "Two columns of the list are called ra"),
        ("a,b\n1,2\n", "text/csv", 400, "it has a, b"),
        ("ra,dec\n,\n", "text/csv", 400, "No row of the list has a position, row 1"),
        ("ra;dec\n1,5;2\n", "text/csv", 400, "row 1 has no position: ra 1,5, dec 2"),
        (b"ra,dec\n\xff,1\n", "text/csv", 400, "not CSV in UTF-8: it is a binary file, or"),
        (b"PK\x03\x04\xda\xff", "text/csv", 400, "not CSV in UTF-8: it is a binary file, or"),
        ('ra,dec\n"1,2\n', "text/csv", 400, "is not CSV (unexpected end of data)"),
        ("<html/>", "application/x-votable+xml", 400, "not a VOTable"),
        ("{}", "application/json", 415, "application/json cannot be read"),
        ("ra,dec\n" + "1,1\n" * 20_001, "text/csv", 400, "20000 are the limit"),
        ("ra,dec\n" + " " * (2 << 20), "text/csv", 413, ""),
    ],
)
def test_what_is_no_list_is_refused_with_the_remedy(site, body, content_type, status, words):
    answer = send(site, body, content_type)
    assert (answer.status_code, words in answer.text) == (status, True), answer.text[:300]


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"CATALOG": "simbad"}, "A list cannot be compared with simbad"),
        ({"RESPONSEFORMAT": "jsonl"}, "is not for lists"),
        ({"ID": "1"}, "There is no parameter ID"),
        ({"RADIUS": "0"}, "is no radius"),
    ],
)
def test_parameters_that_lists_have_not_are_refused(site, parameters, words):
    answer = send(site, "ra,dec\n1,1\n", "text/csv", **parameters)
    assert (answer.status_code, words in answer.text) == (400, True), answer.text


def test_ten_thousand_places_are_compared_in_seconds(site, objects):
    """The limit of the project is 5 s; a machine that does other things is given more."""
    generator = np.random.default_rng(11)
    places = np.array(list(objects.values()))[generator.integers(len(objects), size=10_000)]
    places[:, 1] += generator.normal(0, 0.3, 10_000) / 3600
    body = "ra,dec\n" + "\n".join(f"{ra:.7f},{dec:.7f}" for ra, dec in places)
    answer = send(site, body, "text/csv", RADIUS=2, RESPONSEFORMAT="csv")
    assert answer.status_code == 200
    found = {int(row["place"]) for row in csv.DictReader(io.StringIO(answer.text))}
    assert len(found) > 9_990
    assert answer.elapsed.total_seconds() < 15
    print(answer.elapsed)
