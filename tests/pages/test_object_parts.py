"""The other parts of the object page: services outside, summary, matches, images, records."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect
from support import service, tapserver
from support.axe import grave_faults
from support.cases import gaia, gaia_photometry
from support.chromium import until
from support.object_page import all_asked, drawn, query_of

OID = service.HZ_HER_OIDS[0]
RA, DEC = service.HZ_HER
PROVOKED = ("status of 404", "status of 502", "status of 503", "21012")
"""Nothing outside answers, no epoch has an image, and no SAMP hub runs."""

CELLS = "(rows) => rows.map((row) => [row.cells[0].innerText, row.cells[1].innerText])"
"""The first two cells of rows."""


@pytest.fixture
def view(visit, outside):
    """A function that opens the page of the light curve."""

    def go(query: str = "", **options) -> Page:
        return visit(f"/view/{OID}{query}", expected=PROVOKED, **options)

    return go


def test_the_summary_ends_in_the_sentence_at_the_head_and_its_periods_fold(view, ask):
    page = view()
    sentence = ask("/summary", ID=OID).json()["sentence"]
    expect(page.locator("#sentence")).to_have_text(sentence)
    summary = page.locator("#summary")
    expect(summary).to_contain_text("XPRM")
    summary.get_by_role("button", name="1.700167 d").first.click()
    assert query_of(page)["PERIOD"] == ["1.700167"]


def test_every_catalogue_has_a_state_of_its_own_with_all_of_them_down(view, outside, ask):
    outside.faults["*"] = "refused"
    page = view()
    known = ask("/match", ID=OID).json()["catalogs"]
    states = [one["answers"][0]["state"] for one in known]
    matches = page.locator("#matches")
    expect(matches.locator(".match")).to_have_count(len(known))
    said = matches.get_by_role("status")
    expect(said).to_have_text(
        f"{states.count('found')} of {len(states)} catalogues have something,"
        f" {states.count('empty')} nothing, {states.count('unavailable')} do not answer."
    )
    assert states.count("unavailable") >= 10
    away = matches.locator(".group", has_text="without a usable answer")
    away.locator("summary").first.click()
    down = away.locator(".match", has_text="SIMBAD").first
    down.locator("summary").click()
    expect(down).to_contain_text("SIMBAD does not answer")
    expect(page.locator("#plot-said")).to_contain_text("336 points")


def test_a_radius_is_one_catalogues_own_and_stands_in_the_address(view):
    page = view()
    gcvs = page.locator("#matches .match", has_text="GCVS")
    expect(gcvs.locator("summary")).to_contain_text("1, nearest 0.02″")
    radius = page.get_by_label("Radius of General Catalogue of Variable Stars (GCVS 5.1)")
    radius.fill("0.01")
    radius.press("Enter")
    expect(gcvs.locator("summary")).to_contain_text("nothing")
    assert query_of(page)["MATCH_RADIUS"] == ["gcvs:0.01"]
    expect(page.locator("#summary")).not_to_contain_text("General Catalogue of Variable Stars")


def test_light_curves_of_other_services_are_drawn_beside_each_with_its_state(view, outside, ask):
    gaia_photometry._answer(outside)
    row = (gaia_photometry.SOURCE, RA, DEC, 0.0, 0.0, 13.6, True, 0.0)
    outside.answer(gaia_photometry.HOST, gaia_photometry.SYNC, gaia_photometry.table(row))
    page = view()
    page.get_by_label("Gaia DR3 epoch photometry").check()
    page.get_by_label("ANTARES").check()
    legend = page.locator("#legend")
    expect(legend).to_contain_text(re.compile(r"Gaia DR3 epoch photometry G, \d+ points"))
    expect(legend).to_contain_text("antares: ANTARES answers 404 Not Found")
    assert query_of(page)["WITH"] == ["antares", "gaia_photometry"]
    there = ask("/outside/gaia_photometry/lc", ID=OID, RESPONSEFORMAT="json").json()["outside"][0]
    drawn = page.evaluate(
        """() => ztfvo.plot.drawn().filter((one) => one.source === "gaia_photometry")
          .flatMap((one) => [...one.x].map((x, at) => [one.band, x, one.y[at]]))"""
    )
    rows = there["rows"]
    wanted = [
        [band, hmjd, mag]
        for band, hmjd, mag in zip(rows["filter"], rows["hmjd"], rows["mag"], strict=True)
        if mag is not None
    ]
    assert sorted(drawn) == sorted(wanted)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("500", "Gaia DR3 epoch photometry answers 500"),
        ("html", "the answer (text/html; charset=utf-8) is not JSON"),
        ("refused", "Gaia DR3 epoch photometry does not answer"),
    ],
)
def test_a_service_that_fails_leaves_the_light_curve_as_it_is(view, outside, fault, reason):
    outside.faults["*"] = fault
    page = view("?WITH=gaia_photometry")
    expect(page.locator("#legend")).to_contain_text(f"gaia_photometry: {reason}")
    expect(page.locator("#plot-said")).to_contain_text("336 points")


def test_features_are_those_of_the_service_in_the_set_that_is_chosen(view, ask):
    page = view()
    table = page.locator(".features tbody tr")
    for version in ("current", "v0.5"):
        page.locator("#features select").select_option(version)
        document = ask("/features", ID=OID, VERSION=version).json()
        values = document["lightcurves"][0]["values"]
        expect(table).to_have_count(len(values))
        first = min(name for name in values)
        expect(table.first).to_contain_text(first)
        shown = float(table.first.locator("td").inner_text())
        assert shown == pytest.approx(values[first], rel=1e-3)
    assert query_of(page)["FEATURES"] == ["v0.5"]
    expect(page.locator("#summary")).to_contain_text("in features v0.5")


def test_the_table_of_photometry_has_every_epoch_and_leads_to_its_point(view, ask):
    page = view()
    curve = ask(f"/lc/{OID}.json").json()["lightcurves"][0]
    rows = page.locator("#photometry tbody tr")
    expect(rows).to_have_count(25)
    page.get_by_role("button", name=f"All {curve['nrows']} epochs").click()
    expect(rows).to_have_count(curve["nrows"])
    first = min(curve["hmjd"])
    rows.first.get_by_role("button").click()
    assert query_of(page)["SHOW"] == [f"{OID}-{first:.5f}"]


def test_an_epoch_without_an_image_says_why(view, ask):
    page = view()
    drawn(page)
    page.locator("#plot").focus()
    page.keyboard.press("Home")
    hmjd = query_of(page)["SHOW"][0].split("-")[1]
    reason = ask(f"/epoch/{OID}/{hmjd}/cutout.fits").text.strip()
    expect(page.locator("#epoch .said")).to_have_text(reason)
    expect(page.locator("#epoch .planets")).to_contain_text("Minor planets: SkyBoT")


def test_the_sky_marks_light_curves_and_matches_with_arrows_for_proper_motions(view, outside):
    rows = {name: values[:1] for name, values in gaia.ROWS.items()}
    rows |= {"RA_ICRS": [RA], "DE_ICRS": [DEC], "pmRA": [-1.25], "pmDE": [-7.5]}
    tapserver.answer(outside, tapserver.VIZIER, '"I/355/gaiadr3"', rows)
    page = view("?RADIUS=1")
    all_asked(page)
    sky = page.locator("#sky")
    sky.scroll_into_view_if_needed()
    sky.get_by_role("button", name="Mark matches").click()
    given = parse_qs(urlsplit(sky.locator("iframe").get_attribute("src")).query)
    assert given["MOTION"] == [f"{RA},{DEC},-1.25,-7.5"]
    curves = {
        f"{oid} {band}" for oid, band in zip(service.HZ_HER_OIDS[:2], ("zg", "zr"), strict=True)
    }
    assert curves <= {mark.split(",")[2] for mark in given["MARK"]}
    assert f"{RA},{DEC},4472832130942575872" in given["MARK"]
    inside = page.frame_locator("#sky iframe")
    expect(inside.locator("#chart line.arrow")).to_have_count(1)
    expect(inside.locator(".bar")).to_contain_text("Arrows: proper motions in 3,000 years")


def test_a_position_is_copied_by_a_click(view):
    page = view()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="254.45755 +35.34236").click()
    assert page.evaluate("navigator.clipboard.readText()") == "254.45755 +35.34236"
    expect(page.locator("#tools-said")).to_have_text("254.45755 +35.34236 is copied.")


def test_without_a_hub_samp_says_what_to_do(view):
    page = view()
    page.get_by_role("button", name="Send by SAMP").click()
    expect(page.locator("#tools-said")).to_contain_text("No SAMP hub answers")


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark"}, {"size": (390, 844)}], ids=str)
def test_axe_finds_nothing_serious(view, options):
    page = view("?RADIUS=1", **options)
    expect(page.locator("#sentence")).to_contain_text("X-ray binary")
    assert grave_faults(page) == []


def test_the_page_of_a_new_variable_is_filled_in_as_far_as_known(visit, ask):
    page = visit(f"/view/{OID}/vsx?PERIOD=1.700167&EPOCH=58200.5")
    rows = dict(page.locator("main table tr").evaluate_all(CELLS))
    assert rows["Name"] == "ZTF J165749.81+352032.4"
    assert rows["Position (J2000)"] == "16 57 49.81 +35 20 32.5"
    assert rows["Constellation"] == "Hercules"
    assert rows["Period (d)"] == "1.700167"
    assert rows["Epoch (HJD, UTC)"] == "2458201.00000"
    bright, faint = map(float, rows["Range, Sloan-like g"].removesuffix(" g").split(" - "))
    mags = [
        mag
        for curve in ask("/lc", SOURCE=rows["Name"], QUALITY="good", RESPONSEFORMAT="json").json()[
            "lightcurves"
        ]
        if curve["filter"] == "zg"
        for mag in curve["mag"]
    ]
    assert (bright, faint) == pytest.approx((min(mags), max(mags)), abs=0.1)
    for link in page.locator("main ul a").all()[:2]:
        assert ask(link.get_attribute("href")).status_code == 200


def test_a_supernova_is_fitted_and_its_model_drawn_in_the_quantity_that_is_shown(
    visit, ask, outside
):
    page = visit("/view/633207400004730", expected=PROVOKED)
    page.get_by_role("button", name="Fit a supernova").click()
    page.get_by_role("button", name="Fit", exact=True).click()
    rows = page.locator("#supernova tbody tr")
    expect(rows.first).to_be_visible()
    fitted = ask("/fit", ID=633207400004730, MODEL="hsiao-subsampled", MIN_Z=0.01, MAX_Z=0.3).json()
    shown = dict(
        rows.evaluate_all(
            "(all) => all.map((row) => [row.cells[0].innerText, row.cells[1].innerText])"
        )
    )
    value = {one["name"]: one["value"] for one in fitted["parameters"]}
    error = {one["name"]: one["error"] for one in fitted["parameters"]}
    assert float(shown["z"]) == pytest.approx(value["z"], abs=error["z"] / 20)
    lines = [{"band": one["filter"], "x": one["hmjd"], "y": one["mag"]} for one in fitted["curves"]]
    assert page.evaluate("ztfvo.plot.lines()") == lines
    model = {"MODEL": ["hsiao-subsampled"], "MIN_Z": ["0.01"], "MAX_Z": ["0.3"]}
    assert query_of(page) == model
    page.reload()
    until(page, f"window.ztfvo?.plot.lines().length === {len(lines)}")
    assert page.evaluate("ztfvo.plot.lines()") == lines

    downloads = page.locator("#downloads")
    figure = downloads.get_by_role("link", name="png")
    assert parse_qs(urlsplit(figure.get_attribute("href")).query).items() >= model.items()
    assert ask(figure.get_attribute("href")).headers["Content-Type"] == "image/png"
    table = downloads.get_by_role("link", name="csv").get_attribute("href")
    assert "MODEL" not in table and ask(table).status_code == 200

    page.get_by_label("Period for folding").fill("30")
    page.get_by_label("Period for folding").press("Enter")
    assert page.evaluate("ztfvo.plot.lines()") == []
    assert "MODEL" not in figure.get_attribute("href")
    expect(page.locator("#supernova")).to_contain_text("it is not drawn over phases")
    assert page.request.get(page.url).status == 200
    page.get_by_label("Period for folding").fill("")
    page.get_by_label("Period for folding").press("Enter")
    assert page.evaluate("ztfvo.plot.lines()") == lines

    brightest = min(mag for mag in lines[0]["y"] if mag is not None)
    assert page.evaluate("ztfvo.plot.view().y[0]") < brightest
    page.get_by_role("button", name="Show its time").click()
    first, last = page.evaluate("ztfvo.plot.view().x")
    assert (first, last) == (lines[0]["x"][0] - 30, lines[0]["x"][-1] + 30)

    page.get_by_role("button", name="Remove").click()
    assert page.evaluate("ztfvo.plot.lines()") == []
    assert query_of(page) == {}


def test_without_scripts_the_figure_of_the_page_shows_the_model(visit, ask, outside):
    path = "/view/633207400004730?MODEL=hsiao-subsampled&MIN_Z=0.05&MAX_Z=0.05"
    page = visit(path, expected=PROVOKED, java_script_enabled=False)
    picture = page.locator("noscript figure img")
    given = parse_qs(urlsplit(picture.get_attribute("src")).query)
    assert (given["MODEL"], given["MIN_Z"]) == (["hsiao-subsampled"], ["0.05"])
    assert ask(picture.get_attribute("src")).headers["Content-Type"] == "image/png"
    page.get_by_role("button", name="Draw").click()
    assert query_of(page)["MODEL"] == ["hsiao-subsampled"]


def test_similar_light_curves_are_those_of_the_service_in_its_order(view, ask):
    page = view()
    all_asked(page)
    page.locator("#similar").scroll_into_view_if_needed()
    names = page.locator(".alike a")
    there = ask("/similar", ID=OID, N=12).json()["neighbours"]
    expect(names).to_have_count(len(there))
    assert [name.strip() for name in names.all_inner_texts()] == [one["oid"] for one in there]
