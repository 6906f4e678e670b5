"""Home, search, find, about, help and sky as people use them, in a browser."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect
from support import service
from support.chromium import NARROW, WIDE
from support.files import ROOT

from ztfvo.settings import get_settings

OID = service.HZ_HER_OIDS[0]
AROUND = "/search?NAME=254.45755+%2B35.34236&RADIUS=60"
SKY = "/sky?RA=254.45755&DEC=35.34236&FOV=0.05&MARK=254.45755,35.34236,HZ Her"
PAGES = ("/", "/search", AROUND, "/search?NAME=400+10", "/find?CLASS=RR*", "/about", "/help")
AXE = Path(ROOT / "var" / "venv" / "vendor-tests" / "axe.min.js")
REFUSED = "Failed to load resource"
"""What the console says of every page that is not 200."""


def host() -> str:
    """The survey that is shown first."""
    return get_settings().sky_surveys[0]


def survey(page: Page, *, works: bool) -> None:
    """Play the host of surveys."""

    def answer(route: Route) -> None:
        headers = {"Access-Control-Allow-Origin": "*"}
        if not works:
            route.abort()
        elif route.request.url.endswith("/properties"):
            route.fulfill(body=PROPERTIES, content_type="text/plain", headers=headers)
        elif "/Dir" in route.request.url:
            route.fulfill(body=tile(), content_type="image/png", headers=headers)
        else:
            route.fulfill(status=404, headers=headers)

    page.context.route(f"{host()}/**", answer)


def tile() -> bytes:
    """A piece of the sky."""
    file = io.BytesIO()
    Image.new("RGB", (512, 512), (40, 60, 90)).save(file, "PNG")
    return file.getvalue()


PROPERTIES = """
creator_did = ivo://example/survey
obs_title = A survey
obs_copyright = its makers
hips_version = 1.4
hips_order = 9
hips_tile_width = 512
hips_tile_format = png
hips_frame = equatorial
dataproduct_type = image
"""


def serious(page: Page, *rules: str) -> list[tuple[str, list[str]]]:
    """What axe finds serious, of all its rules or some."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("rules => axe.run(rules.length ? {runOnly: rules} : {})", list(rules))
    return [
        (one["id"], [node["html"][:200] for node in one["nodes"]])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("path", [*PAGES, SKY])
def test_a_page_is_quiet_fits_the_window_and_can_be_read_by_all(visit, path):
    page = visit(path, expected=(REFUSED,) if "400" in path else (REFUSED, host()) * (path == SKY))
    assert page.locator("h1").count() == 1
    assert serious(page) == []
    page.emulate_media(color_scheme="dark")
    assert serious(page, "color-contrast") == []
    for width, height in (NARROW, WIDE):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_person_searches_from_home_and_opens_a_light_curve(visit):
    page = visit("/")
    page.get_by_label("OID, position or name").last.fill("254.45755 +35.34236")
    page.get_by_label("Radius (″)").fill("5")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Around 254.45755 +35.34236")
    page.get_by_role("link", name=str(OID), exact=True).click()
    expect(page).to_have_url(re.compile(f"/view/{OID}$"))


def test_headings_sort_the_table_and_stars_stay_together(visit):
    page = visit(AROUND)
    table = page.locator("table.stars")

    def column(number: int) -> list[list[float]]:
        return table.evaluate(
            "(table, number) => [...table.tBodies].map((body) =>"
            " [...body.querySelectorAll('tr:not(.star)')].map((row) =>"
            " Number(row.cells[number].textContent)))",
            number,
        )

    before = column(5)
    heading = page.get_by_role("columnheader", name="Mean")
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "ascending"
    up = column(5)
    assert up == sorted((sorted(star) for star in before), key=lambda star: star[0])
    heading.get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") == "descending"
    down = sorted((sorted(star, reverse=True) for star in before), key=lambda one: -one[0])
    assert column(5) == down
    assert (
        page.get_by_role("columnheader", name="Curve", exact=True).get_by_role("button").count()
        == 0
    )


def test_the_sky_is_loaded_when_it_is_asked_for(visit):
    page = visit(AROUND, expected=(host(), REFUSED))
    survey(page, works=False)
    assert page.locator("iframe").count() == 0
    page.get_by_role("button", name="On the sky").click()
    frame = page.frame_locator("#sky iframe")
    expect(frame.get_by_role("status")).to_contain_text("does not answer")
    expect(frame.locator("svg.chart circle").first).to_be_visible()
    page.get_by_role("button", name="On the sky").press(" ")
    expect(page.locator("#sky")).to_be_hidden()


def test_the_sky_shows_a_survey_and_asks_its_host_alone(visit):
    page = visit("/about", expected=(host(), REFUSED))
    asked = []
    page.context.on("request", lambda one: asked.append(one.url))
    survey(page, works=True)
    page.goto(SKY)
    expect(page.get_by_role("status")).to_have_text("© its makers")
    expect(page.locator("#survey")).to_contain_text("A survey")
    expect(page.locator("#stage canvas").first).to_be_visible()
    expect(page.locator("#chart")).to_be_hidden()
    page.wait_for_load_state("networkidle")
    elsewhere = {url for url in asked if not url.startswith((page.url.partition("/sky")[0],))}
    outside = [url for url in elsewhere if url.startswith("http")]
    assert any("/Dir" in url for url in outside)
    assert all(url.startswith(host()) for url in outside)


def test_without_a_hub_the_table_stays_and_the_page_says_why(visit):
    page = visit(AROUND, expected=("21012",))
    page.get_by_role("button", name="Send to TOPCAT").click()
    expect(page.locator(".samp")).to_contain_text("start TOPCAT or Aladin")


def test_the_table_is_sent_to_a_hub(visit, site):
    page = visit(AROUND, expected=("21012",))
    sent = []

    def hub(route: Route) -> None:
        body = route.request.post_data or ""
        method = re.search(r"<methodName>([^<]*)", body)
        sent.append(body)
        results = {
            "samp.webhub.register": "<struct><member><name>samp.private-key</name>"
            "<value>key</value></member><member><name>samp.self-id</name><value>c1</value></member>"
            "<member><name>samp.hub-id</name><value>hub</value></member></struct>",
            "samp.webhub.notifyAll": "<array><data><value>c2</value></data></array>",
        }
        value = results.get(method[1] if method else "", "")
        route.fulfill(
            body="<?xml version='1.0'?><methodResponse><params><param><value>"
            f"{value}</value></param></params></methodResponse>",
            content_type="text/xml",
            headers={"Access-Control-Allow-Origin": "*"},
        )

    page.context.route("http://localhost:21012/**", hub)
    page.get_by_role("button", name="Send to TOPCAT").click()
    expect(page.locator(".samp")).to_contain_text("Sent")
    (message,) = (body for body in sent if "notifyAll" in body)
    assert "table.load.votable" in message
    assert f"{site}/tap/sync?" in message


def test_a_text_is_copied(visit):
    page = visit("/about", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the entries for BibTeX").click()
    assert page.evaluate("navigator.clipboard.readText()").startswith("@article{2019PASP")


def test_a_list_is_pasted_and_its_light_curves_are_downloaded(visit, tmp_path):
    page = visit("/search")
    page.get_by_label("or an OID, position or name in each line").fill(f"{OID}\n1 -80")
    page.get_by_role("button", name="Search for all").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    with page.expect_download() as download:
        page.locator(".actions form").last.get_by_role("button", name="CSV").click()
    lines = Path(download.value.path()).read_text().splitlines()
    assert any(line.startswith(f"{OID},zg,") for line in lines)


def test_a_file_is_searched_for(visit, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("id,ra,dec\nmine,247.45543,24.77282\n")
    page = visit("/search")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Search for all").click()
    expect(page.locator("tbody th")).to_have_text("mine")
    expect(page.locator("tbody")).to_contain_text("ZTF J162949.30+244622.1")


def test_stars_are_found_by_the_form(visit):
    page = visit("/find")
    page.get_by_label("Classes in a hosted catalogue").fill("RRAB")
    page.get_by_label("Half of the range of good epochs").fill("0.5 Inf")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("pre").first).to_contain_text("c.type = 'RRAB'")
    expect(page.locator("tbody tr").first).to_be_visible()
    expect(page.get_by_label("Classes in a hosted catalogue")).to_have_value("RRAB")


@pytest.mark.parametrize("path", [*PAGES, SKY])
def test_without_scripts_a_page_has_its_content_and_no_idle_buttons(visit, path):
    page = visit(path, java_script_enabled=False, expected=(REFUSED,))
    assert page.get_by_role("button", name=re.compile("Copy|TOPCAT")).count() == 0
    assert len(page.locator("main").inner_text()) > 50
    if path == SKY:
        expect(page.locator("svg.chart circle")).to_be_visible()
    if path == AROUND:
        expect(page.get_by_role("link", name="On the sky")).to_have_attribute(
            "href", re.compile(r"^/sky\?RA=254\.457550")
        )


def test_the_keyboard_reaches_the_content_and_the_results(visit):
    page = visit(AROUND)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Send to TOPCAT")).to_be_focused()


def test_print_leaves_out_what_is_for_clicking(visit):
    page = visit(AROUND)
    page.emulate_media(media="print")
    expect(page.locator(".actions")).to_be_hidden()
    expect(page.locator("table.stars")).to_be_visible()
