"""The plot of the object page: what is drawn is what ``/lc`` gives, by what a person does."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from support.chromium import NARROW, until
from support.object_page import drawn, query_of

OID = 680113300005170
STAR = (680113300005170, 680213300009232, 1722107400005560, 1722207400009164)

DRAWN = """() => ztfvo.plot.drawn().map((one) => ({
  name: one.name, x: [...one.x], y: [...one.y], low: [...one.low], high: [...one.high],
  flagged: [...one.flagged], hidden: Boolean(one.hidden)}))"""


@pytest.fixture
def view(visit):
    """A function that opens the page of the light curve and waits for its plot."""

    def go(query: str = "", **options) -> Page:
        page = visit(f"/view/{OID}{query}", expected=OFFLINE, **options)
        drawn(page)
        return page

    return go


OFFLINE = ("status of 400", "status of 404", "status of 503")
"""No epoch has an image here, no service outside answers, and one test asks for nonsense."""


def shown(page: Page) -> dict[str, float]:
    """Where the inner of the plot is in the window, when all of it is there."""
    page.locator("#plot").evaluate("(one) => one.scrollIntoView({ block: 'center' })")
    return page.locator("#plot .u-over").bounding_box()


def series(page: Page) -> dict[str, dict]:
    """What is drawn, by name."""
    return {one["name"]: one for one in page.evaluate(DRAWN)}


def delivered(ask, **parameters) -> dict[str, dict]:
    """The light curves of ``/lc`` by OID."""
    answer = ask(f"/lc/{OID}.json", **parameters).json()
    return {str(one["oid"]): one for one in answer["lightcurves"]}


@pytest.mark.parametrize(
    ("quantity", "value"),
    [("mag", "mag"), ("flux", "flux"), ("diffmag", "diffmag"), ("diffflux", "diffflux")],
)
def test_what_is_drawn_is_what_is_delivered_to_the_digit(view, ask, quantity, value):
    reference = f"{OID}:14.2:0.01"
    page = view(f"?QUANTITY={quantity}&REFMAG={reference}")
    shown = series(page)[str(OID)]
    curve = delivered(ask, QUANTITY=quantity, REFMAG=reference)[str(OID)]
    kept = [row for row, each in enumerate(curve[value]) if each is not None]
    assert len(kept) > 100
    assert shown["x"] == [curve["hmjd"][row] for row in kept]
    assert shown["y"] == [curve[value][row] for row in kept]
    good = [curve["catflags"][row] == 0 and curve["magerr"][row] > 0 for row in kept]
    assert [not flag for flag in shown["flagged"]] == good


def test_light_curves_are_dereddened_as_the_service_does_it(view, ask):
    page = view()
    plain = series(page)[str(OID)]["y"]
    page.get_by_label("De-redden").select_option("simulated")
    corrected = delivered(ask, DEREDDEN="simulated")[str(OID)]["mag"]
    until(page, f"ztfvo.plot.drawn()[0].y[0] !== {plain[0]!r}")
    assert series(page)[str(OID)]["y"] == corrected
    assert query_of(page)["DEREDDEN"] == ["simulated"]


def test_errors_of_difference_magnitudes_go_to_both_sides_as_delivered(view, ask):
    reference = f"{OID}:14.2:0.01"
    page = view(f"?QUANTITY=diffmag&REFMAG={reference}")
    shown = series(page)[str(OID)]
    curve = delivered(ask, QUANTITY="diffmag", REFMAG=reference)[str(OID)]
    kept = [row for row, each in enumerate(curve["diffmag"]) if each is not None]
    bright = [curve["diffmag"][row] - curve["diffmag_err_bright"][row] for row in kept]
    faint = [curve["diffmag"][row] + curve["diffmag_err_faint"][row] for row in kept]
    assert shown["low"] == pytest.approx(bright, rel=1e-12)
    assert shown["high"] == pytest.approx(faint, rel=1e-12)


def test_phases_are_those_of_the_service_to_the_last_bit(view, ask):
    page = view("?PERIOD=1.700167&EPOCH=58000.123&RADIUS=1")
    curves = delivered(ask, PERIOD=1.700167, EPOCH=58000.123, RADIUS=1)
    shown = series(page)
    assert set(shown) == set(map(str, STAR))
    for name, curve in curves.items():
        of_time = dict(zip(curve["hmjd"], curve["phase"], strict=True))
        times = page.evaluate(
            "(name) => [...ztfvo.plot.drawn().find((one) => one.name === name).hmjd]", name
        )
        assert shown[name]["x"] == [of_time[time] for time in times]


def test_bins_are_folded_as_the_service_folds_them(view, ask):
    page = view("?PERIOD=1.700167&BIN=0.05")
    curve = delivered(ask, PERIOD=1.700167, BIN=0.05)[str(OID)]
    shown = series(page)[str(OID)]
    assert len(curve["phase"]) > 20
    assert (shown["x"], shown["y"]) == (curve["phase"], curve["mag"])


def test_magnitudes_have_bright_above_and_flux_has_it_too(view):
    for query in ("", "?QUANTITY=flux"):
        page = view(query)
        rows = page.evaluate(
            """() => {
              const [one] = ztfvo.plot.drawn();
              const value = (index) => one.rows.flux[one.row[index]];
              const order = [...one.y.keys()].sort((a, b) => value(a) - value(b));
              const place = (index) => ztfvo.plot.place(one.name, one.row[index]).y;
              return [place(order[0]), place(order.at(-1))];
            }"""
        )
        assert rows[0] > rows[1] + 100  # px from above: the faintest stands lower


def test_a_click_on_a_point_chooses_that_epoch(view):
    page = view()
    name, row, hmjd = page.evaluate(
        """() => {
          const [one] = ztfvo.plot.drawn();
          const at = one.x.length >> 1;
          return [one.name, one.row[at], one.hmjd[at]];
        }"""
    )
    shown(page)
    place = page.evaluate("([name, row]) => ztfvo.plot.place(name, row)", [name, row])
    page.mouse.move(place["x"], place["y"])
    expect(page.locator(".tip")).to_contain_text(f"HMJD {hmjd:.5f}")
    page.mouse.click(place["x"], place["y"])
    expect(page.locator("#plot-said")).to_contain_text(f"HMJD {hmjd:.5f}")
    assert query_of(page)["SHOW"] == [f"{OID}-{hmjd:.5f}"]


def test_keys_step_through_the_epochs_in_the_order_of_time_also_where_they_are_folded(view, ask):
    page = view("?PERIOD=1.700167&RADIUS=1")
    times = sorted(time for one in delivered(ask, RADIUS=1).values() for time in one["hmjd"])
    page.locator("#plot").focus()
    seen = []
    for key in ("Home", "ArrowRight", "ArrowRight", "ArrowLeft", "End"):
        page.keyboard.press(key)
        seen.append(float(query_of(page)["SHOW"][0].split("-")[1]))
    assert seen == [round(times[at], 5) for at in (0, 1, 2, 1, -1)]


def test_dragging_zooms_and_the_button_resets(view):
    page = view()
    before = page.evaluate("ztfvo.plot.view()")
    box = shown(page)
    at = lambda across, down: (box["x"] + across * box["width"], box["y"] + down * box["height"])  # noqa: E731
    page.mouse.move(*at(0.25, 0.25))
    page.mouse.down()
    page.mouse.move(*at(0.75, 0.75), steps=4)
    page.mouse.up()
    x, y = page.evaluate("[ztfvo.plot.view().x, ztfvo.plot.view().y]")
    width = before["x"][1] - before["x"][0]
    assert x == pytest.approx(
        [before["x"][0] + 0.25 * width, before["x"][0] + 0.75 * width], abs=0.01 * width
    )
    height = before["y"][1] - before["y"][0]
    assert y == pytest.approx(
        [before["y"][0] + 0.25 * height, before["y"][0] + 0.75 * height], abs=0.01 * height
    )
    assert "SHOW" not in query_of(page)  # a drag is no click
    page.get_by_role("button", name="Reset view").click()
    assert page.evaluate("ztfvo.plot.view()") == before


def test_shift_and_drag_moves_what_is_in_view(view):
    page = view()
    before = page.evaluate("ztfvo.plot.view()")
    box = shown(page)
    page.keyboard.down("Shift")
    page.mouse.move(box["x"] + 300, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 100, steps=3)
    page.mouse.up()
    page.keyboard.up("Shift")
    moved = page.evaluate("ztfvo.plot.view()")
    days = (before["x"][1] - before["x"][0]) * 100 / box["width"]
    assert moved["x"][0] - before["x"][0] == pytest.approx(days, rel=0.02)
    assert moved["y"] == pytest.approx(before["y"])


def test_the_state_is_in_the_address_and_comes_back_from_it(view, ask):
    page = view()
    page.get_by_label("Neighbours within (arcsec)").fill("1")
    page.keyboard.press("Enter")
    expect(page.locator("#legend label")).to_have_count(4)
    page.get_by_text("flux density", exact=True).click()
    page.get_by_label("Good epochs only").check()
    page.get_by_label("Period for folding (d)").fill("1.700167")
    page.keyboard.press("Enter")
    page.locator("#legend label").nth(2).locator("input").uncheck()
    wanted = {
        "QUANTITY": ["flux"],
        "PERIOD": ["1.700167"],
        "RADIUS": ["1"],
        "QUALITY": ["good"],
        "HIDE": ["680213300009232"],
    }
    assert query_of(page) == wanted
    again = view(f"?{urlsplit(page.url).query}")
    assert query_of(again) == wanted
    expect(again.locator("#legend label")).to_have_count(4)
    assert {name for name, one in series(again).items() if one["hidden"]} == {"680213300009232"}
    assert series(again) == series(page)
    curve = delivered(ask, RADIUS=1, QUALITY="good")[str(OID)]
    assert sorted(series(again)[str(OID)]["y"]) == sorted(curve["flux"])


def test_files_to_download_are_those_of_what_is_shown(view, ask, site):
    page = view("?RADIUS=1")
    page.get_by_text("difference flux density").click()
    page.get_by_label("Bins (d)").fill("30")
    page.keyboard.press("Enter")
    expect(page.locator("#plot-said")).to_contain_text("No reference magnitude is known")
    link = page.locator("#downloads [data-format=csv]")
    with page.expect_download() as started:
        link.click()
    text = started.value.path().read_bytes().decode()
    assert text == ask(f"/lc/{OID}.csv", RADIUS=1, QUANTITY="diffflux", BIN=30).text


def test_the_period_slider_folds_at_once_and_writes_the_address_when_it_is_let_go(view):
    page = view("?PERIOD=1.700167")
    before = series(page)[str(OID)]["x"]
    slider = page.locator("#period-slider")
    slider.evaluate("(one) => { one.value = 400; one.dispatchEvent(new Event('input')); }")
    assert query_of(page)["PERIOD"] == ["1.700167"]
    period = float(page.get_by_label("Period for folding (d)").input_value())
    assert 0 < abs(period - 1.700167) < 0.01
    times = page.evaluate("[...ztfvo.plot.drawn()[0].hmjd]")
    assert series(page)[str(OID)]["x"] == pytest.approx([time / period % 1 for time in times])
    assert series(page)[str(OID)]["x"] != before
    slider.evaluate("(one) => one.dispatchEvent(new Event('change'))")
    assert float(query_of(page)["PERIOD"][0]) == period


@pytest.mark.parametrize(("name", "factor"), [("Half the period", 0.5), ("Twice the period", 2)])
def test_half_and_twice_the_period_are_a_click_away(view, name, factor):
    page = view("?PERIOD=1.7")
    page.get_by_role("button", name=name).click()
    assert float(query_of(page)["PERIOD"][0]) == 1.7 * factor


def test_bad_input_shows_the_sentence_of_the_service_and_keeps_the_plot(view, ask):
    page = view()
    page.get_by_label("Bins (d)").fill("-3")
    page.keyboard.press("Enter")
    sentence = ask(f"/lc/{OID}.json", BIN=-3).text.strip()
    page_said = page.locator("#plot-said")
    expect(page_said).to_have_text(sentence)
    assert len(series(page)[str(OID)]["x"]) == 336
    page.get_by_label("Bins (d)").fill("")
    page.keyboard.press("Enter")
    drawn(page)


@pytest.mark.parametrize("period", ["abc", "-1", "0", "1e9"])
def test_a_period_that_is_none_is_explained_and_neither_drawn_nor_kept(view, ask, period):
    page = view("?PERIOD=1.7")
    before = series(page)[str(OID)]["x"]
    box = page.get_by_label("Period for folding")
    box.fill(period)
    box.press("Enter")
    sentence = ask(f"/lc/{OID}.json", PERIOD=period).text.strip()
    assert f"PERIOD={period}" in sentence
    expect(page.locator("#plot-said")).to_have_text(sentence)
    assert series(page)[str(OID)]["x"] == before
    assert query_of(page) == {"PERIOD": ["1.7"]}
    box.fill("")
    box.press("Enter")
    drawn(page)
    assert query_of(page) == {}


def test_a_zero_of_phases_without_a_period_is_no_part_of_the_address(view):
    page = view("?PERIOD=1.7&EPOCH=58200.5")
    page.get_by_label("Period for folding").fill("")
    page.get_by_label("Period for folding").press("Enter")
    assert query_of(page) == {}
    page.get_by_label("HMJD of phase 0").fill("58300")
    page.get_by_label("HMJD of phase 0").press("Enter")
    drawn(page)
    assert query_of(page) == {}


def test_what_is_in_view_is_asked_for_alone_until_all_times_are_wanted_again(view):
    page = view()
    every = page.get_by_role("button", name="All times")
    expect(every).to_be_hidden()
    page.evaluate("ztfvo.plot.look([58300, 58500])")
    page.get_by_role("button", name="Only what is in view").click()
    expect(every).to_be_visible()
    assert query_of(page)["TIME"] == ["58300.00000 58500.00000"]
    assert all(58300 <= time <= 58500 for time in series(page)[str(OID)]["x"])
    every.click()
    expect(every).to_be_hidden()
    assert len(series(page)[str(OID)]["x"]) == 336


def test_a_step_to_an_epoch_that_is_not_in_view_brings_it_there(view):
    page = view()
    page.locator("#plot").focus()
    for _ in range(4):
        page.keyboard.press("+")
    low, high = page.evaluate("ztfvo.plot.view().x")
    page.keyboard.press("End")
    last = float(query_of(page)["SHOW"][0].split("-")[1])
    assert not low <= last <= high
    view_now = page.evaluate("ztfvo.plot.view().x")
    assert view_now[0] <= last <= view_now[1]
    assert view_now[1] - view_now[0] == pytest.approx(high - low)


def test_where_all_is_hidden_that_is_said(view):
    page = view("?RADIUS=1")
    page.get_by_role("button", name="None").click()
    expect(page.locator("#plot-said")).to_have_text("All light curves are hidden: show one below.")


def test_light_curves_of_one_band_differ_in_hue(visit):
    page = visit(f"/view/{STAR[0]},{STAR[2]},{STAR[1]}", expected=OFFLINE)
    drawn(page)
    hues = page.evaluate(
        "[...document.querySelectorAll('.series .mark')].map((one) => getComputedStyle(one).color)"
    )
    assert len(hues) == len(set(hues)) == 3


def test_known_periods_are_offered_until_one_is_chosen(view):
    page = view()
    known = page.locator("#known-periods")
    known.get_by_role("button", name="1.700167 d").click()
    assert query_of(page) == {"PERIOD": ["1.700167"]}
    expect(known).to_be_hidden()


def test_own_points_are_drawn_beside_and_bad_files_are_explained(view, tmp_path):
    page = view()
    good, bad = tmp_path / "mine.csv", tmp_path / "bad.csv"
    good.write_text("mjd,mag,magerr,filter\n58300.5,13.25,0.02,V\n58301.5,13.5,0.03,V\n")
    bad.write_text("mjd,mag,magerr\n58300.5,bright,0.02\n")
    page.locator("#own-points").set_input_files(good)
    expect(page.locator("#legend")).to_contain_text("mine.csv V, 2 points")
    mine = series(page)["mine.csv V"]
    assert (mine["x"], mine["y"], mine["high"]) == (
        [58300.5, 58301.5],
        [13.25, 13.5],
        [13.27, 13.53],
    )
    page.locator("#own-points").set_input_files(bad)
    expect(page.locator("#plot-said")).to_have_text("bad.csv, line 2: bright is not a number.")


def test_a_period_that_is_found_folds_the_light_curve(view):
    page = view()
    page.get_by_role("button", name="Find periods").click()
    peak = page.locator(".peaks tbody tr").first
    expect(peak).to_contain_text("1.700")
    peak.get_by_role("button").first.click()
    assert float(query_of(page)["PERIOD"][0]) == pytest.approx(1.700167, abs=1e-4)
    across = page.evaluate(
        "document.querySelector('#periodogram figure').spectrum.valToPos(0.70694528, 'x')"
    )
    page.locator("#periodogram .u-over").click(position={"x": across, "y": 30})
    assert float(query_of(page)["PERIOD"][0]) == pytest.approx(0.7069, abs=1e-3)


@pytest.mark.parametrize("options", [{"size": NARROW}, {"color_scheme": "dark"}], ids=str)
def test_the_page_fits_where_it_is_narrow_or_dark(view, options):
    page = view("?RADIUS=1", **options)
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert over <= 0
    assert page.locator("canvas").first.bounding_box()["width"] > 200


def test_without_scripts_the_page_has_the_figure_the_facts_and_the_files(visit):
    page = visit(f"/view/{OID}", java_script_enabled=False)
    expect(page.get_by_role("img", name="Light curve")).to_be_visible()
    expect(page.get_by_role("button", name="Draw")).to_be_visible()
    expect(page.locator("#plot")).to_be_hidden()
    expect(page.get_by_text("336 epochs, 304 of them good")).to_be_visible()
    expect(page.get_by_role("button", name="Find periods")).to_be_hidden()
    page.get_by_label("Period for folding (d)").fill("1.7")
    page.get_by_role("button", name="Draw").click()
    assert query_of(page)["PERIOD"] == ["1.7"]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?quantity=flux&TIME=58200 58300&RADIUS=1",
        "?BIN=10&PERIOD=1.7&EPOCH=58000.5",
        f"?QUANTITY=diffmag&REFMAG={OID}:14.2:0.01&DEREDDEN=yes&QUALITY=good&BAD_CATFLAGS_MASK=1",
        "?PERIOD=1.7&WITH=antares&TITLE=Mine&COLUMNS=exptime,obsmjd&BAND=g,r&MODEL=salt3",
    ],
)
def test_the_epochs_are_asked_for_once_with_the_page_and_the_figure_is_not(view, query):
    page = view(query)
    asked = page.evaluate(
        """() => performance.getEntriesByType("resource")
          .map((one) => [new URL(one.name), one.initiatorType])
          .filter(([one]) => one.pathname === "/lc")
          .map(([one, by]) => [one.searchParams.get("RESPONSEFORMAT"), by])"""
    )
    assert asked == [["json", "link"]]


def test_where_the_epochs_cannot_be_had_the_figure_is_shown(visit):
    page = visit("/about", expected=("Failed to load resource", *OFFLINE))
    page.context.route("**/lc?*RESPONSEFORMAT=json", lambda route: route.abort())
    page.goto(f"/view/{OID}")
    expect(page.locator("#plot-said")).to_contain_text("The site does not answer")
    expect(page.get_by_role("figure").get_by_role("img")).to_be_visible()
    expect(page.locator("#plot")).to_be_hidden()
