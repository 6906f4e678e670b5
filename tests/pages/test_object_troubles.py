"""The object page in trouble: services that are slow, changed or hostile, no network, and paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from support import service, tapserver
from support.cases import gaia, gaia_photometry
from support.chromium import until
from support.object_page import all_asked
from support.outside_cases import spoil

OID = service.HZ_HER_OIDS[0]
RA, DEC = service.HZ_HER
PROVOKED = ("status of 404", "status of 502", "status of 503")
"""No epoch has an image, and few services answer."""
HOSTILE = "<img src=x onerror=alert(1)> & \"quoted\" 'text' \u202eright to left"
GAIA = '"I/355/gaiadr3"'


@pytest.fixture
def view(visit, outside):
    """A function that opens the page of the light curve."""

    def go(query: str = "", expected: tuple[str, ...] = (), **options) -> Page:
        return visit(f"/view/{OID}{query}", expected=(*PROVOKED, *expected), **options)

    return go


def of_gaia(**values) -> dict[str, list]:
    """One row of Gaia DR3 at the place of the light curve."""
    row = {name: each[:1] for name, each in gaia.ROWS.items()}
    return row | {"RA_ICRS": [RA], "DE_ICRS": [DEC], "pmRA": [0.0], "pmDE": [0.0]} | values


def match(page: Page, title: str):
    """The entry of a catalogue."""
    return page.locator("#matches .match").filter(
        has=page.locator("summary span:first-child", has_text=re.compile(f"^{re.escape(title)}$"))
    )


def test_who_is_slow_is_waited_for_alone(view, outside):
    outside.faults["simbad.cds.unistra.fr"] = "slow"
    tapserver.answer(outside, tapserver.VIZIER, GAIA, of_gaia())
    page = view("?WITH=antares,gaia_photometry")
    expect(match(page, "Gaia DR3").locator("summary")).to_contain_text("1, nearest 0.01″")
    expect(page.locator("#legend")).to_contain_text("antares: ANTARES answers 404 Not Found")
    expect(page.locator("#plot-said")).to_contain_text("336 points")
    expect(page.locator("#features tbody tr").first).to_be_visible()
    expect(match(page, "SIMBAD").locator("summary")).to_contain_text("asked …")
    expect(page.locator("#matches").get_by_role("status")).to_contain_text("1 still asked")


def test_an_answer_other_than_declared_is_told_from_none(view, outside):
    gaia_photometry._answer(outside)
    row = (gaia_photometry.SOURCE, RA, DEC, 0.0, 0.0, 13.6, True, 0.0)
    outside.answer(gaia_photometry.HOST, gaia_photometry.SYNC, gaia_photometry.table(row))
    spoil(outside, gaia_photometry.CASE.curve.path, gaia_photometry.CASE.curve.renamed)
    tapserver.answer(outside, tapserver.VIZIER, GAIA, of_gaia(RUWE=["large"]))
    page = view("?WITH=antares,gaia_photometry")
    legend = page.locator("#legend")
    expect(legend).to_contain_text("gaia_photometry: column bp_obs_time is missing")
    expect(legend).to_contain_text("antares: ANTARES answers 404 Not Found")
    of_match = match(page, "Gaia DR3")
    page.locator("#matches .group", has_text="without a usable answer").locator(
        "summary"
    ).first.click()
    expect(of_match.locator("summary")).to_contain_text("unreadable")
    of_match.locator("summary").click()
    expect(of_match).to_contain_text("RUWE")
    expect(page.locator("#plot-said")).to_contain_text("336 points")


def test_names_from_outside_are_text(view, outside):
    tapserver.answer(outside, tapserver.VIZIER, GAIA, of_gaia(VarFlag=[HOSTILE]))
    page = view()
    found = match(page, "Gaia DR3")
    expect(found).to_contain_text(HOSTILE)
    assert page.locator("img[src=x]").count() == 0


def test_without_network_the_plot_stays_and_goes_on_when_it_is_back(view):
    page = view(expected=("ERR_INTERNET_DISCONNECTED",))
    all_asked(page)
    before = page.evaluate("ztfvo.plot.drawn().map((one) => [...one.y])")
    page.context.set_offline(True)
    flux = page.get_by_text("flux density", exact=True)
    flux.click()
    said = page.locator("#plot-said")
    expect(said).to_have_text("The site does not answer: check the connection, then try again.")
    assert page.evaluate("ztfvo.plot.drawn().map((one) => [...one.y])") == before
    page.get_by_role("button", name="Find periods").click()
    page.context.set_offline(False)
    page.get_by_text("magnitude", exact=True).click()
    expect(said).to_contain_text("336 points")
    flux.click()
    until(page, "ztfvo.plot.drawn()[0].y[0] < 1")  # Jy
    expect(said).to_contain_text("336 points")


def test_a_file_that_is_dropped_on_the_plot_is_drawn(view):
    page = view()
    expect(page.locator("#plot-said")).to_contain_text("336 points")
    dropped = page.evaluate_handle(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["mjd,mag,magerr\\n58300,13.5,0.1\\n58301,13.6,0.1\\n"],
            "<b>mine</b>.csv", { type: "text/csv" }));
          return data;
        }"""
    )
    page.locator("#plot").dispatch_event("drop", {"dataTransfer": dropped})
    expect(page.locator("#plot-said")).to_contain_text("338 points")
    expect(page.locator("#legend")).to_contain_text("<b>mine</b>.csv")
    (mine,) = page.evaluate(
        """() => ztfvo.plot.drawn().filter((one) => one.name.includes("mine"))
          .map((one) => [[...one.x], [...one.y]])"""
    )
    assert mine == [[58300, 58301], [13.5, 13.6]]


INK = """() => {
  const canvas = document.querySelector("#plot canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, 60 * devicePixelRatio, canvas.height);
  let light = 0, dark = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] < 128) continue;
    const grey = (data[at] + data[at + 1] + data[at + 2]) / 3;
    if (grey > 200) light += 1;
    if (grey < 90) dark += 1;
  }
  return { light, dark };
}"""
"""Opaque pixels that are light, and that are dark, of the numbers left of the plot."""


def test_on_paper_there_is_the_plot_in_dark_ink_and_nothing_to_press(view):
    page = view(color_scheme="dark")
    expect(page.locator("#sentence")).to_contain_text("X-ray binary")
    on_screen = page.evaluate(INK)
    assert on_screen["light"] > 100 and on_screen["dark"] == 0
    page.emulate_media(media="print", color_scheme="dark")
    page.wait_for_timeout(300)
    printed = page.evaluate(INK)
    assert printed["light"] == 0 and printed["dark"] > 100
    for place in ("#plot", "#sentence", "#summary", "h1", ".places .copied >> nth=1"):
        expect(page.locator(place)).to_be_visible()
    pressed = page.locator(
        "button:visible:not(.copied, .plain), input:visible, select:visible, nav:visible"
    )
    assert pressed.count() == 0, pressed.evaluate_all("(all) => all.map((one) => one.outerHTML)")
    white = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert white == "rgb(255, 255, 255)"
    assert page.pdf(format="A4").startswith(b"%PDF")
