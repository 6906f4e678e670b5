"""Light curves of services outside: by OID, by place and by name, alone and beside those of ZTF."""

from __future__ import annotations

import csv
import io
import json
import time

import pyarrow.parquet
import pytest
import pyvo
import requests
from astropy.io.votable import parse
from astropy.table import Table
from support import service
from support.cases import antares, fink_lightcurve, gaia_photometry
from support.hostile import NAMES as ODD
from support.hostile import strings
from support.outside import RESET
from support.outside_cases import cases

from ztfvo.products.beside import curve_sources
from ztfvo.products.writers import writers

OID = service.HZ_HER_OIDS[0]
RA, DEC = service.HZ_HER
GAIA = "/outside/gaia_photometry/lc"
NAMES = list(curve_sources())
OBJECT = str(gaia_photometry.SOURCE)


@pytest.fixture
def outside(others):
    """The stand-in, with nothing wrong and nothing asked, and nothing kept by the site."""
    return others


@pytest.fixture
def gaia(outside):
    """Gaia's archive with photometry of an object where HZ Her is."""
    gaia_photometry._answer(outside)
    row = (gaia_photometry.SOURCE, RA, DEC, 0.0, 0.0, 13.6, True, 0.0)
    outside.answer(gaia_photometry.HOST, gaia_photometry.SYNC, gaia_photometry.table(row))
    return outside


def votables(answer) -> dict:
    """Tables of a VOTable by name."""
    document = parse(io.BytesIO(answer.content), verify="exception")
    return {table.name: table for table in document.iter_tables()}


def lines(answer) -> list[dict[str, str]]:
    """Rows of a CSV document."""
    return list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))


@pytest.mark.parametrize("form", [writer.names[0] for writer in writers()])
def test_every_format_of_light_curves_has_those_of_other_services(ask, gaia, form):
    answer = ask(GAIA, ID=OID, RESPONSEFORMAT=form)
    assert answer.status_code == 200, answer.text
    (writer,) = (one for one in writers() if form in one.names)
    assert answer.headers["Content-Type"] == writer.content_type
    named = f"gaia_photometry_{OBJECT}.{writer.extension}"
    assert named in answer.headers["Content-Disposition"]
    if form == "votable":
        assert list(votables(answer)) == [f"gaia_photometry_{b}" for b in ("G", "BP", "RP")]
    elif form == "json":
        (found,) = answer.json()["outside"]
        assert (found["object"], found["nrows"]) == (OBJECT, 4)
        assert found["rows"]["mag"][0] == pytest.approx(13.8309837, abs=1e-6)
    elif form == "csv":
        assert [row["filter"] for row in lines(answer)] == ["G", "BP", "RP", "G"]
    elif form == "tsv":
        rows = [line.split("\t") for line in answer.text.splitlines()]
        assert [row[rows[0].index("filter")].strip('"') for row in rows[1:]] == [
            "G",
            "BP",
            "RP",
            "G",
        ]
    elif form == "ipac_table":
        table = Table.read(answer.text, format="ascii.ipac")
        assert table["filter"].tolist() == ["G", "BP", "RP", "G"]
        assert table["mag"][0] == pytest.approx(13.8309837, abs=1e-6)
    elif form == "parquet":
        table = pyarrow.parquet.read_table(io.BytesIO(answer.content))
        assert table.column("object").to_pylist() == [OBJECT] * 4
    else:
        assert len(answer.content) > 5000


def test_in_one_table_other_services_have_the_columns_of_brightness_that_ztf_has(ask, gaia):
    rows = lines(ask("/lc", ID=OID, WITH="gaia", RESPONSEFORMAT="csv"))
    (first, *_) = (row for row in rows if row["source"] == "gaia_photometry")
    alone = lines(ask(GAIA, ID=OID, RESPONSEFORMAT="csv"))[0]
    for name in ("mag", "magerr", "flux", "fluxerr"):
        assert first[name] == alone[name] != "", name


def test_an_object_is_found_by_oid_by_place_and_by_name(ask, gaia):
    given = ({"ID": OID}, {"POS": f"{RA},{DEC}"}, {"POS": f"{RA} {DEC}"}, {"OBJECT": OBJECT})
    answers = [ask(GAIA, RESPONSEFORMAT="json", **one).json()["outside"][0] for one in given]
    assert [one["object"] for one in answers] == [OBJECT] * 4
    assert [one["rows"]["hmjd"] for one in answers] == [answers[0]["rows"]["hmjd"]] * 4
    assert answers[0]["separation"] < 0.1
    assert [one["radius"] for one in answers] == [5.0, 5.0, 5.0, None]


def test_a_light_curve_of_a_named_release(ask, gaia):
    given = {"ID": OID, "RESPONSEFORMAT": "json"}
    default, named = ask(GAIA, **given), ask(GAIA, RELEASE="demo", **given)
    assert default.json()["outside"] == named.json()["outside"]
    assert "RELEASE=demo" in named.json()["request"]
    assert ask(GAIA, RELEASE="nosuch", **given).status_code == 404


def test_the_radius_is_heeded(ask, gaia):
    apart = {"POS": f"{RA},{DEC + 8 / 3600}", "RESPONSEFORMAT": "json"}
    (near,) = ask(GAIA, **apart).json()["outside"]
    (far,) = ask(GAIA, RADIUS=10, **apart).json()["outside"]
    assert (near["state"], near["notes"]) == (
        "empty",
        ["Gaia DR3 epoch photometry has nothing within 5 arcsec."],
    )
    assert (far["state"], round(far["separation"], 2)) == ("found", 8.0)


def test_times_are_bounded(ask, gaia):
    answer = ask(GAIA, ID=OID, TIME="57000 57100", RESPONSEFORMAT="csv")
    assert [row["transit_id"] for row in lines(answer)] == ["22755823142500184"]


def test_what_the_source_advises_against_comes_when_it_is_asked_for(ask, outside):
    cases()["panstarrs_detections"].answer(outside)
    place = cases()["panstarrs_detections"].place
    given = {"POS": f"{place.ra},{place.dec}", "RESPONSEFORMAT": "json"}
    path = "/outside/panstarrs_detections/lc"
    (good,), (every,) = (
        ask(path, **given, **more).json()["outside"] for more in ({}, {"QUALITY": "all"})
    )
    assert (good["nrows"], good["left_out"], every["nrows"], every["left_out"]) == (18, 2, 20, 0)
    assert every["rows"]["good"].count(False) == 2


@pytest.mark.parametrize("name", NAMES)
def test_every_source_can_be_had_by_place_and_by_its_identifier(ask, outside, name):
    case = cases()[name]
    case.answer(outside)
    place = {"POS": f"{case.place.ra},{case.place.dec}"}
    for given in (place, {"OBJECT": case.curve.look}) if case.curve.look else (place,):
        answer = ask(f"/outside/{name}/lc", RESPONSEFORMAT="json", QUALITY="all", **given)
        assert answer.status_code == 200, answer.text
        assert answer.json()["outside"][0]["nrows"] == case.curve.points
    tables = votables(ask(f"/outside/{name}/lc", QUALITY="all", **place))
    assert sum(len(table.array) for table in tables.values()) == case.curve.points


FORMS = ("votable", "json", "csv", "png")


@pytest.mark.parametrize("form", FORMS)
def test_nothing_there_is_an_empty_document(ask, outside, form):
    gaia_photometry._empty(outside)
    answer = ask(GAIA, ID=OID, RESPONSEFORMAT=form)
    assert answer.status_code == 200
    if form == "votable":
        (table,) = votables(answer).values()
        said = [info.value for info in table.infos if info.name in ("state", "note")]
        assert said == ["empty", "Gaia DR3 epoch photometry has nothing within 5 arcsec."]
        assert len(table.array) == 0
    elif form == "csv":
        assert lines(answer) == []
        assert answer.text.startswith("object,filter,hmjd,") or '"object"' in answer.text


@pytest.mark.parametrize("form", FORMS)
def test_a_service_that_is_away_is_503_with_a_time(ask, outside, form):
    with outside.failing("*", "429"):
        answer = ask(GAIA, ID=OID, RESPONSEFORMAT=form)
    assert answer.status_code == 503
    assert RESET - 5 <= int(answer.headers["Retry-After"]) <= RESET
    assert answer.headers["Cache-Control"] == "no-store"
    reason = "Gaia DR3 epoch photometry answers 429"
    check_refusal(answer, form, reason, "unavailable")


@pytest.mark.parametrize("form", FORMS)
def test_an_answer_not_as_declared_is_502(ask, outside, form):
    with outside.failing("*", "html"):
        answer = ask(GAIA, ID=OID, RESPONSEFORMAT=form)
    assert answer.status_code == 502
    check_refusal(answer, form, "is not JSON", "malformed")


def check_refusal(answer, form: str, reason: str, state: str) -> None:
    if form == "votable":
        infos = parse(io.BytesIO(answer.content)).resources[0].infos
        (status,) = [info for info in infos if info.name == "QUERY_STATUS"]
        assert status.value == "ERROR" and reason in status.content
    elif form == "json":
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.json()["state"] == state
        assert reason in answer.json()["reason"]
    else:
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert reason in answer.text


def test_a_client_does_not_wait_longer_than_it_wants(ask, gaia):
    gaia.delay = 1.5
    begun = time.monotonic()
    answer = ask(GAIA, ID=OID, WAIT=0.3, RESPONSEFORMAT="json")
    assert time.monotonic() - begun < 1.4
    assert (answer.status_code, answer.json()["state"]) == (503, "unavailable")
    assert "has not answered within 0.3 s" in answer.json()["reason"]
    later = ask(GAIA, ID=OID, RESPONSEFORMAT="json")
    assert later.json()["outside"][0]["state"] == "found"
    assert len(gaia.asked) == 2


@pytest.mark.parametrize(
    ("path", "given", "status", "named"),
    [
        ("/outside/nosuch/lc", {"ID": OID}, 404, "nosuch"),
        ("/outside/simbad/lc", {"ID": OID}, 404, "simbad"),
        (GAIA, {}, 400, "give one of"),
        (GAIA, {"ID": OID, "POS": "1,2"}, 400, "ID and POS"),
        (GAIA, {"ID": f"{OID},{OID + 1}"}, 400, "names 2"),
        (GAIA, {"ID": 680113399999999}, 404, "680113399999999"),
        (GAIA, {"POS": "1"}, 400, "POS=1"),
        (GAIA, {"POS": "400,2"}, 400, "400"),
        (GAIA, {"POS": "1,-91"}, 400, "-91"),
        (GAIA, {"POS": "nan,2"}, 400, "nan"),
        (GAIA, {"POS": "1,2", "RADIUS": 61}, 400, "RADIUS=61"),
        (GAIA, {"POS": "1,2", "RADIUS": 0}, 400, "RADIUS=0"),
        (GAIA, {"OBJECT": "x", "RADIUS": 1}, 400, "RADIUS"),
        ("/outside/tess/lc", {"OBJECT": "341738544"}, 400, "cannot be asked for an identifier"),
        (GAIA, {"OBJECT": "x" * 101}, 400, "OBJECT"),
        (GAIA, {"POS": "1,2", "QUALITY": "bad"}, 400, "QUALITY=bad"),
        (GAIA, {"POS": "1,2", "WAIT": -1}, 400, "WAIT=-1"),
        (GAIA, {"POS": "1,2", "BIN": 1}, 400, "BIN"),
        (GAIA, {"POS": "1,2", "RESPONSEFORMAT": "xls"}, 400, "xls"),
        ("/lc", {"ID": OID, "WITH": "nosuch"}, 400, "WITH=nosuch"),
        ("/lc", {"ID": OID, "WAIT": 3}, 400, "WAIT=3"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_reason(ask, outside, path, given, status, named):
    answer = ask(path, **given)
    assert answer.status_code == status
    assert named in answer.text
    assert outside.asked == []


def test_hostile_input_reaches_no_other_host(ask, outside):
    for text in (*ODD, *strings(40, seed=11)):
        for given in ({"OBJECT": text}, {"POS": text}, {"ID": text}):
            answer = ask(GAIA, RESPONSEFORMAT="json", **given)
            assert answer.status_code in (200, 400, 404, 503), (given, answer.text)
    assert {asked.host for asked in outside.asked} <= {gaia_photometry.HOST}


# Beside those of ZTF


@pytest.fixture
def several(gaia):
    """Five surveys, each in another state."""
    cases()["panstarrs_detections"].empty(gaia)
    gaia.faults[antares.HOST] = "500"
    gaia.faults[fink_lightcurve.HOST] = "html"
    gaia.faults["api.alerce.online"] = "refused"
    return gaia


STATES = {
    "antares": "unavailable",
    "panstarrs_detections": "empty",
    "gaia_photometry": "found",
    "alerce_lightcurve": "unavailable",
    "fink_lightcurve": "malformed",
}
ASKED = {"ID": OID, "WITH": ",".join(STATES), "TIME": "56000 58230"}


def test_each_source_has_its_state_in_a_votable(ask, several):
    tables = votables(ask("/lc", **ASKED))
    states = {
        next(param.value for param in table.params if param.name == "source"): info.value
        for table in tables.values()
        for info in table.infos
        if info.name == "state"
    }
    assert states == STATES
    assert len(tables[f"lc_{OID}"].array) > 5
    assert len(tables["gaia_photometry_G"].array) == 2


def test_each_source_has_its_state_in_json(ask, several):
    answer = ask("/lc", RESPONSEFORMAT="json", **ASKED).json()
    assert {one["source"]: one["state"] for one in answer["outside"]} == STATES
    reasons = {one["source"]: one["reason"] for one in answer["outside"]}
    assert reasons["antares"] == "ANTARES answers 500 Internal Server Error"
    assert reasons["gaia_photometry"] is None


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_each_source_has_its_state_in_a_table(ask, several, form):
    answer = ask("/lc", RESPONSEFORMAT=form, **ASKED)
    if form == "csv":
        rows = lines(answer)
    else:
        rows = pyarrow.parquet.read_table(io.BytesIO(answer.content)).to_pylist()
    assert {row["source"]: row["state"] for row in rows} == {"ztf": "found", **STATES}
    assert sum(row["source"] == "gaia_photometry" for row in rows) == 4
    (nothing,) = [row for row in rows if row["source"] == "antares"]
    assert "ANTARES answers 500" in nothing["note"] and not nothing["hmjd"]


def test_a_figure_has_each_source(ask, several):
    both, alone = (ask("/lc", RESPONSEFORMAT="png", **given) for given in (ASKED, {"ID": OID}))
    assert both.status_code == alone.status_code == 200
    text = ask("/lc", RESPONSEFORMAT="pdf", **ASKED)
    assert text.content.startswith(b"%PDF")
    assert both.content != alone.content
    assert b"Gaia DR3" not in alone.content


def test_the_page_names_each_source_with_its_state(ask, several):
    page = ask(f"/view/{OID}", **{**ASKED, "ID": ""}).text
    assert "found 2328619740476096384, 4 epochs" in page
    assert "nothing within 5 arcsec" in page
    assert "ANTARES answers 500 Internal Server Error" in page
    assert "malformed answer" in page
    assert "WITH=antares%2Cpanstarrs_detections" in page


def test_all_sources_are_asked_at_the_same_time(ask, outside):
    outside.delay = 1.0
    begun = time.monotonic()
    answer = ask("/lc", RESPONSEFORMAT="json", ID=OID, WITH="all").json()
    took = time.monotonic() - begun
    assert [one["source"] for one in answer["outside"]] == NAMES
    # Those with two generations of an interface ask twice.
    assert took < 3.0


def test_what_is_asked_for_is_not_waited_for_longer_than_the_limit(ask, several):
    several.faults[fink_lightcurve.HOST] = "slow"
    begun = time.monotonic()
    answer = ask("/lc", RESPONSEFORMAT="json", WAIT=1, **ASKED).json()
    assert time.monotonic() - begun < 5
    states = {one["source"]: one for one in answer["outside"]}
    assert states["gaia_photometry"]["state"] == "found"
    assert "has not answered within 1 s" in states["fink_lightcurve"]["reason"]


def test_folded_light_curves_have_phases_of_all(ask, gaia):
    given = {"ID": OID, "WITH": "gaia_photometry", "PERIOD": 1.7001674, "RESPONSEFORMAT": "csv"}
    rows = lines(ask("/lc", **given))
    of_gaia = [float(row["phase"]) for row in rows if row["source"] == "gaia_photometry"]
    assert len(of_gaia) == 4 and of_gaia == sorted(of_gaia)
    assert all(0 <= phase < 1 for phase in of_gaia)


def test_without_others_nobody_is_asked(ask, outside):
    for form in ("votable", "json", "csv", "parquet", "png"):
        assert ask("/lc", ID=OID, RESPONSEFORMAT=form).status_code == 200
    assert ask("/links", ID=OID).status_code == 200
    assert outside.asked == []


def test_links_lead_to_the_light_curves_of_other_services(ask, gaia, site):
    links = pyvo.dal.adhoc.DatalinkResults.from_result_url(f"{site}/links?ID={OID}")
    found = {
        row["local_semantics"]: row
        for row in links
        if row["semantics"] == "#counterpart" and "/outside/" in row["access_url"]
    }
    assert set(found) == set(NAMES)
    assert gaia.asked == []
    answer = requests.get(found["gaia_photometry"]["access_url"], timeout=60)
    assert answer.headers["Content-Type"] == found["gaia_photometry"]["content_type"]
    assert len(votables(answer)) == 3


def test_the_interface_is_described(ask):
    described = ask("/api/openapi.json").json()["paths"]["/outside/{name}/lc"]["get"]
    names = [one["name"] for one in described["parameters"]]
    assert names[:4] == ["name", "ID", "POS", "OBJECT"]
    assert described["parameters"][0]["schema"]["enum"] == NAMES
    assert {"400", "404", "502", "503"} <= set(described["responses"])
    json.dumps(described)
