"""Figures and the plain page of light curves, as clients and browsers get them."""

from __future__ import annotations

import io
import json
import re
import statistics
import time
from urllib.parse import parse_qs, urlsplit

import lxml.html
import numpy as np
import pytest
import requests
from PIL import Image
from support.service import HZ_HER_OIDS

OID = HZ_HER_OIDS[0]
OWN = {
    "Mine": [
        {"mjd": 58300 + 20 * number, "mag": 13.2, "magerr": 0.02, "filter": "V"}
        for number in range(20)
    ]
}
DATA = "application/json"
"""Type of a script that is none."""
HOSTILE = "<script>alert(1)</script>\"'&$\\frac{1}{0}$%s{0}\r\nX: y"


def pixels(answer):
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png"), answer.text
    return Image.open(io.BytesIO(answer.content))


def has_colour(image, colour):
    """Whether many pixels have a colour, give or take the edges of markers."""
    wanted = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)])
    return np.sum(np.abs(np.asarray(image.convert("RGB")) - wanted).max(axis=-1) <= 2) > 50


def page(answer):
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.text.startswith("<!DOCTYPE html>\n<html")
    return lxml.html.fromstring(answer.content)


def test_a_png_shows_the_band_asked_for_and_its_neighbours_where_asked(ask):
    alone = pixels(ask(f"/lc/{OID}.png"))
    assert alone.format == "PNG" and alone.size[0] == 1200
    assert alone.text["Title"] == str(OID)
    assert has_colour(alone, "#62D03E") and not has_colour(alone, "#CC3344")
    both = pixels(ask(f"/demo/lc/{OID}.png", RADIUS=1))
    assert has_colour(both, "#62D03E") and has_colour(both, "#CC3344")


def test_a_figure_of_simulated_data_says_so_unless_no_caption_is_wanted(ask):
    with_caption = pixels(ask(f"/lc/{OID}.png"))
    without = pixels(ask(f"/lc/{OID}.png", CAPTION="no"))
    assert "Simulated data: nothing here was observed" in with_caption.text["Description"]
    assert with_caption.size[1] - without.size[1] == 45, "the line of the caption"


def test_parameters_change_the_figure(ask):
    figures = {
        ask(f"/lc/{OID}.png", **parameters).content
        for parameters in (
            {},
            {"PERIOD": 1.700167},
            {"PERIOD": 1.700167, "CYCLES": 1},
            {"PERIOD": 1.700167, "EPOCH": 58000.5},
            {"QUANTITY": "flux"},
            {"QUANTITY": "diffflux", "REFMAG": f"{OID}:13.6:0.02"},
            {"TIME": "short"},
            {"BIN": 10},
            {"QUALITY": "good"},
            {"TITLE": "HZ Her"},
        )
    }
    assert len(figures) == 10
    assert all(figure.startswith(b"\x89PNG\r\n\x1a\n") for figure in figures)


def test_the_same_address_gives_the_same_bytes(ask):
    for extension in ("png", "pdf"):
        first, second = (ask(f"/lc/{OID}.{extension}") for _ in range(2))
        assert first.content == second.content
        assert first.headers["ETag"] == second.headers["ETag"]


def test_a_pdf_has_one_page_and_its_fonts_within(ask):
    answer = ask(f"/lc/{OID}.pdf", TITLE="Star $x$ of Kraków")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-1.")
    assert len(re.findall(rb"/Type /Page\b(?!s)", answer.content)) == 1
    assert b"/BaseFont" in answer.content and b"DejaVuSans" in answer.content


def post(site, extension="png", content_type="application/json", **sent):
    headers = {} if content_type is None else {"Content-Type": content_type}
    return requests.post(f"{site}/lc/{OID}.{extension}", headers=headers, timeout=60, **sent)


def test_own_photometry_is_shown_beside_the_light_curve(site):
    image = pixels(post(site, json=OWN, content_type="application/json; charset=utf-8"))
    plain = pixels(requests.get(f"{site}/lc/{OID}.png", timeout=60))
    assert has_colour(image, "#0072B2") and not has_colour(plain, "#0072B2")
    assert has_colour(image, "#62D03E")
    assert post(site, "pdf", json=OWN).content.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("sent", "status", "sentence"),
    [
        ({"data": b"{"}, 400, "it is not JSON"),
        ({"json": {"Mine": [{"mjd": 58300}]}}, 400, 'point 1 of "Mine" has no mag.'),
        ({"json": OWN, "extension": "csv"}, 400, "in figures only"),
        ({"data": b"a,b", "content_type": "text/csv"}, 415, "text/csv is not understood"),
    ],
)
def test_own_photometry_that_cannot_be_shown_is_refused_in_a_sentence(site, sent, status, sentence):
    answer = post(site, **sent)
    assert (answer.status_code, answer.headers["Content-Type"]) == (
        status,
        "text/plain; charset=utf-8",
    )
    assert sentence in answer.text


def test_a_body_that_is_no_form_does_not_hang_up_on_tap(site):
    answer = requests.post(f"{site}/tap/sync", json={"LANG": "ADQL"}, timeout=60)
    assert answer.status_code == 400
    assert "VOTABLE" in answer.text


@pytest.mark.parametrize("extension", ["png", "pdf"])
def test_hostile_titles_are_drawn_and_not_obeyed(ask, extension):
    answer = ask(f"/lc/{OID}.{extension}", TITLE=HOSTILE)
    assert answer.status_code == 200
    assert "X" not in answer.headers
    if extension == "png":
        assert pixels(answer).text["Title"] == HOSTILE.replace("\r\n", "  ")


def test_unknown_light_curves_have_no_figure(ask):
    answer = ask("/lc/680113300999999.png")
    assert (answer.status_code, answer.headers["Content-Type"]) == (
        404,
        "text/plain; charset=utf-8",
    )
    assert "680113300999999" in answer.text


def test_a_figure_of_no_epochs_is_a_figure(ask):
    image = pixels(ask(f"/lc/{OID}.png", TIME="50000 50001"))
    assert not has_colour(image.crop((0, 0, 1200, 700)), "#62D03E")


def test_a_figure_takes_less_than_a_second(ask):
    ask(f"/lc/{OID}.png")
    times = []
    for number in range(5):
        start = time.perf_counter()
        ask(f"/lc/{OID}.png", PERIOD=1.7, EPOCH=number)
        times.append(time.perf_counter() - start)
    assert statistics.median(times) < 1.0


def test_the_page_shows_the_facts_of_a_light_curve(ask):
    document = page(ask(f"/view/{OID}"))
    assert document.findtext(".//h1") == f"Light curve {OID}"
    assert document.get("lang") == "en"
    facts = dict(
        zip(
            document.xpath("//dt/text()"),
            [dd.text_content() for dd in document.xpath("//dd")],
            strict=True,
        )
    )
    assert facts["Band"] == "ZTF g (zg)"
    assert facts["Position (ICRS, deg)"] == "254.45755 +35.34236"
    assert facts["Position (ICRS)"] == "16:57:49.81 +35:20:32.5"
    assert facts["Galactic (deg)"] == "58.14904 +37.52303"
    assert facts["CCD and quadrant"] == "13, 3 (readout channel 50)"
    assert facts["Epochs"] == "336 epochs, 304 of them good"
    assert "nothing shown here was observed" in document.text_content()


def test_everything_on_the_page_leads_somewhere(ask, site):
    document = page(ask(f"/demo/view/{OID}", RADIUS=1, PERIOD=1.700167))
    places = {
        *document.xpath("//img/@src"),
        *(link for link in document.xpath("//a/@href") if link.startswith("/")),
    }
    assert len(places) >= 12
    browser = {"Accept": "text/html,*/*"}
    statuses = {
        place: requests.get(site + place, headers=browser, timeout=60).status_code
        for place in places
    }
    assert set(statuses.values()) == {200}, statuses


def test_the_page_leads_to_the_light_curves_of_the_star_that_its_links_have(ask):
    document = page(ask(f"/view/{OID}"))
    (source,) = document.xpath("//a[. = 'All 4 light curves of this star']/@href")
    oids = source.removeprefix("/view/").split(",")
    assert (oids[0], sorted(oids)) == (str(OID), sorted(map(str, HZ_HER_OIDS)))
    every = page(ask(source))
    shown = every.xpath("//div[@aria-labelledby='curves']//a/@href")
    assert sorted(shown) == sorted(f"/view/{oid}" for oid in HZ_HER_OIDS)
    assert not every.xpath("//a[contains(., 'light curves of this star')]")


def test_the_figure_on_the_page_is_that_of_the_same_parameters(ask, site):
    parameters = {"PERIOD": 1.700167, "RADIUS": 1, "BAND": "g", "QUANTITY": "flux", "TITLE": "T"}
    document = page(ask(f"/view/{OID}", **parameters))
    (source,) = document.xpath("//main//img/@src")
    shown = requests.get(site + source, timeout=60)
    assert shown.content == ask(f"/lc/{OID}.png", **parameters).content


def test_the_form_asks_for_the_same_again(ask):
    parameters = {"PERIOD": "1.700167", "BAND": "zg,zr", "REFMAG": f"{OID}:13.6:0.02"}
    parameters |= {"TIME": "short", "QUALITY": "good", "RADIUS": "1", "QUANTITY": "diffmag"}
    (form,) = page(ask(f"/view/{OID}", **parameters)).xpath("//form[@id='choices']")
    assert (form.action, form.method) == (f"/view/{OID}", "GET")
    assert {name: value for name, value in form.form_values() if value} == parameters
    assert not form.xpath(".//*[self::input or self::select][not(@type='hidden')][not(..//text())]")


def test_several_light_curves_are_a_table_with_links_to_each(ask):
    document = page(ask("/view/" + ",".join(map(str, HZ_HER_OIDS))))
    assert document.findtext(".//h1") == "4 light curves"
    links = document.xpath("//div[@aria-labelledby='curves']//a/@href")
    assert sorted(links) == sorted(f"/view/{oid}" for oid in HZ_HER_OIDS)


def test_the_page_escapes_what_people_send(ask):
    answer = ask(f"/view/{OID}", TITLE=HOSTILE)
    document = page(answer)
    assert HOSTILE not in answer.text
    assert all(one.get("src") or one.get("type") == DATA for one in document.iter("script"))
    assert document.findtext(".//h1") == HOSTILE.replace("\r\n", "  ")
    source = urlsplit(document.xpath("//img/@src")[0])
    assert parse_qs(source.query)["TITLE"] == [HOSTILE]


def test_the_page_has_scripts_of_this_site_only_and_none_within(ask):
    document = page(ask(f"/view/{OID}"))
    assert not document.xpath("//iframe | //@onclick | //@style | //style")
    (data,) = document.xpath("//script[not(@src)]")
    assert (data.get("type"), json.loads(data.text)["oids"]) == (DATA, [str(OID)])
    assert all(source.startswith("/") for source in document.xpath("//@src | //link/@href"))
    (alternative,) = document.xpath("//img/@alt")
    assert alternative == (
        f"Light curve {OID}: magnitude against time. 336 epochs, 304 of them good."
    )


def test_there_is_no_page_of_an_unknown_light_curve(ask):
    answer = ask("/view/680113300999999")
    assert answer.status_code == 404
    assert "680113300999999" in answer.text


@pytest.mark.parametrize("window", ["58000", "90000 90001"])
def test_the_page_of_a_time_without_epochs_is_there_and_says_so(ask, window):
    document = page(ask(f"/view/{OID}", TIME=window))
    facts = dict(zip(document.xpath("//dt/text()"), document.xpath("//dd/text()"), strict=False))
    assert facts["Time"] == "no epochs"
    assert "254.45755 +35.34236" in document.xpath("string(//ul[contains(@class, 'places')])")


def test_without_the_map_of_dust_that_is_asked_for_the_page_says_so_and_is_there(ask):
    document = page(ask(f"/view/{OID}", DEREDDEN="csfd"))
    assert "ztfvo dust fetch csfd" in document.xpath("string(//p[@class='note'])")
    (menu,) = document.xpath("//select[@name='DEREDDEN']")
    away = [one.get("value") for one in menu.xpath("option[@disabled]")]
    assert away == ["csfd", "sfd", "bayestar2019"]
    assert ask(f"/lc/{OID}.csv", DEREDDEN="csfd").status_code == 503


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"SHOW": "junk"}, "SHOW=junk cannot be used: name an epoch by OID and HMJD"),
        ({"MATCH_RADIUS": "gaia:x"}, "MATCH_RADIUS=gaia:x cannot be used: give arcseconds by"),
        ({"MATCH_RADIUS": "5"}, "MATCH_RADIUS=5 cannot be used"),
        ({"FEATURES": "v9"}, "FEATURES=v9 is not one of current, v0.1"),
        ({"EPOCH": "1e99", "PERIOD": "1"}, "EPOCH=1e99 is not a number from -1000000 to 2400000"),
    ],
)
def test_what_the_page_alone_is_asked_is_checked_under_its_own_name(ask, parameters, sentence):
    answer = ask(f"/view/{OID}", **parameters)
    assert (answer.status_code, sentence in answer.text) == (400, True), answer.text
    good = {"SHOW": f"{OID}-58300.25", "MATCH_RADIUS": "gaia:1,vsx:5", "FEATURES": "v0.5"}
    assert ask(f"/view/{OID}", **good).status_code == 200


def test_what_vsx_is_told_is_of_good_epochs_alone(ask):
    rows = {
        row[0].text: [cell.text for cell in row[1:]]
        for row in page(ask(f"/view/{OID}/vsx")).xpath("//main//tr")
    }
    curves = ask("/lc", SOURCE="ZTF J165749.81+352032.4", RESPONSEFORMAT="json").json()
    for band in "gr":
        good = [
            mag
            for curve in curves["lightcurves"]
            if curve["filter"] == f"z{band}"
            for mag, flags, error in zip(
                curve["mag"], curve["catflags"], curve["magerr"], strict=True
            )
            if flags == 0 and error > 0
        ]
        bright, faint = np.percentile(good, (1, 99))
        value, note = rows[f"Range, Sloan-like {band}"]
        assert value == f"{bright:.2f} - {faint:.2f} {band}"
        assert f"of {len(good)} good epochs" in note
    (mine,) = (one for one in curves["lightcurves"] if str(one["oid"]) == str(OID))
    good = [
        (mag, time)
        for mag, flags, time in zip(mine["mag"], mine["catflags"], mine["hmjd"], strict=True)
        if flags == 0
    ]
    assert rows["Brightest good epoch (HJD, UTC)"][0] == f"{min(good)[1] + 2400000.5:.5f}"
