"""Pages of DaCHS, the knowledge database and nginx have the face of the site, usable by all."""

from __future__ import annotations

import re

import lxml.html
import pytest
import requests
from support.axe import grave_faults
from support.chromium import NARROW

RESULT = "/ztf/ztf/cone/form?__nevow_form__=genForm&hscs_pos=254.45755+%2B35.34236&hscs_sr=1.5"
DACHS = (
    "/ztf/ztf/cone/form",
    RESULT,
    "/ztf/ztf/cone/form?__nevow_form__=genForm&hscs_pos=x+y&hscs_sr=a",
    "/ztf/ztf/cone/info",
    "/ztf/ztf/cone/howtocite",
    "/kdb/kdb/cone/form",
    "/adql",
    "/__system__/services/overview/form",
    "/__system__/dc_tables/list/form",
    "/browse",
    "/browse/ztf/ztf",
    "/tableinfo/ztf.objects",
    "/tablenote/ztf.objects/good",
    "/tap/examples",
    "/links?ID=680113300005170",
    "/static/help.shtml",
    "/static/help_vizier.shtml",
)
RECORDS = ("/kdb/", "/kdb/tags", "/kdb/login", "/kdb/objects/680113300005170")
MISSING = ("/nothing", "/tableinfo/ztf.nothing", "/kdb/nothing")
FIXED_WORDS = re.compile(
    r"GAVO D|g-vo\.org|data center|VO nerds|DaCHS|complain|extremely grateful", re.IGNORECASE
)
"""What DaCHS has of its own in its pages."""


@pytest.fixture(scope="module")
def front(site):
    """The front page."""
    return lxml.html.document_fromstring(requests.get(site, timeout=60).content).body


@pytest.mark.parametrize("path", [*DACHS, *RECORDS, *MISSING])
def test_a_page_has_the_face_of_the_site(visit, front, path):
    page = visit(path, expected=("404",) if path in MISSING else ())
    for part, at in (("header.top", "./header"), ("body > footer", "./footer")):
        (shared,) = front.xpath(at)
        (text,) = page.locator(part).all_text_contents()
        assert "".join(text.split()) == "".join(shared.text_content().split())
    assert page.locator("form[role=search] input[name=NAME]").count() == 1
    assert page.locator("main h1").count() == 1
    assert page.title().endswith(("· ZTF light curves", "· Knowledge database"))
    assert not FIXED_WORDS.search(page.locator("body").inner_text())
    sheets = page.evaluate("[...document.styleSheets].map((one) => new URL(one.href).pathname)")
    assert "/static/site/site.css" in sheets
    assert not [one for one in sheets if one.startswith("/static/css/")]
    assert page.locator("link[rel=icon]").get_attribute("href") == "/static/site/icon.svg"
    assert grave_faults(page) == []


@pytest.mark.parametrize("path", [*DACHS, *RECORDS, "/nothing"])
def test_a_page_fits_a_small_dark_screen(visit, path):
    page = visit(
        path, size=NARROW, color_scheme="dark", expected=("404",) if path == "/nothing" else ()
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
    assert grave_faults(page) == []


def test_the_skip_link_leads_past_the_head(visit):
    page = visit("/tableinfo/ztf.objects")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_a_form_is_filled_by_keys_and_gives_a_table(visit):
    page = visit("/ztf/ztf/cone/form")
    page.get_by_role("textbox", name="Position or name").fill("254.45755 +35.34236")
    page.get_by_text("zg", exact=True).click()
    assert page.get_by_label("zg").is_checked()
    page.get_by_label("Radius [arcsec]").fill("1.5")
    page.keyboard.press("Enter")
    page.locator(".resmeta").wait_for()
    assert page.locator(".resmeta").inner_text() == "Matched: 2"
    assert page.locator("table.results tbody tr.data").count() == 2
    assert page.locator("thead th").first.inner_text().startswith("Dist.")


def test_a_form_offers_more_columns_and_other_formats(visit):
    page = visit("/ztf/ztf/cone/form")
    page.locator("#genForm-_FORMAT").select_option("VOTable")
    assert page.get_by_text("output verbosity").is_visible()
    page.locator("#genForm-_FORMAT").select_option("HTML")
    page.get_by_role("button", name="More output fields").click()
    assert page.locator("#addSelection, #genForm-_ADDITEMS").first.is_visible()


def test_a_result_can_be_plotted(visit):
    page = visit(RESULT)
    page.get_by_role("button", name="Plot columns").click()
    page.locator("#plotarea canvas").first.wait_for()
    chosen = page.locator("#plotcontainer select").evaluate_all(
        "(all) => all.map((one) => one.selectedOptions[0].text)"
    )
    assert chosen == ["Dist.[arcsec]", "RA[deg]", "Points"]


def test_a_result_without_a_hub_says_what_to_do(visit):
    page = visit(RESULT, expected=("localhost:21012", "ERR_CONNECTION_REFUSED", "another host"))
    page.get_by_role("button", name="Send to TOPCAT").click()
    page.get_by_text("No program answers: start TOPCAT or Aladin first.").wait_for()
