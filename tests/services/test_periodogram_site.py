"""/periodogram on the running site: periods of named stars, aliases, forms and refusals."""

from __future__ import annotations

import io

import numpy as np
import pytest
import requests
from astropy.io.votable import parse
from PIL import Image
from support import service

HZ_HER = 1.700167
SNAD183 = (783109400002438, 783209400004246, 783309400005646, 784112400002898)
EW = 727111200003454
"""0.4715244 d; it peaks at half of that."""
LZ_BOO = 759116400002093


@pytest.fixture(scope="module")
def star(ask):
    """All light curves of HZ Her, as one star."""
    return ask("/periodogram", ID=",".join(map(str, service.HZ_HER_OIDS)), MIN_PERIOD=0.2).json()


def test_all_light_curves_of_a_star_have_its_period(star):
    assert [int(one["oid"]) for one in star["lightcurves"]] == list(service.HZ_HER_OIDS)
    periods = {star["peaks"][0]["period"], *_offered(star["peaks"][0])}
    assert any(each == pytest.approx(HZ_HER, rel=1e-4) for each in periods)
    assert star["peaks"][0]["fap"] < 1e-20
    assert star["simulated"] is True


def _offered(peak: dict) -> set[float]:
    return {each["period"] for each in peak["alternatives"]}


def test_a_star_is_named_by_its_source_in_place_of_light_curves(ask, star, query):
    text = f"SELECT source_id FROM ztf.objects WHERE oid = {service.HZ_HER_OIDS[0]}"
    source = query(text, RESPONSEFORMAT="csv").text.split()[1]
    named = ask("/periodogram", SOURCE=source, MIN_PERIOD=0.2).json()
    assert (named["lightcurves"], named["peaks"]) == (star["lightcurves"], star["peaks"])
    both = ask("/periodogram", SOURCE=source, ID=SNAD183[0])
    assert (both.status_code, "SOURCE" in both.text) == (400, True)
    found = ask("/features", SOURCE=source).json()
    assert len(found["lightcurves"]) == 4
    assert ask("/features", SOURCE=1).status_code == 404


def test_the_answer_states_grid_and_methods(star):
    grid = star["grid"]
    assert grid["step"] == pytest.approx(1 / grid["duration"] / 5)
    assert grid["first"] == pytest.approx(1 / grid["duration"])
    assert grid["first"] + grid["step"] * (grid["number"] - 1) == pytest.approx(grid["last"])
    assert grid["last"] == pytest.approx(5, abs=2 * grid["step"])
    assert star["method"]["name"] == "lombscargle"
    assert "Baluev 2008" in star["method"]["false_alarm"]
    assert star["selection"] == "catflags = 0, magerr > 0"
    assert len(star["periodogram"]["power"]) == 2000
    assert max(star["periodogram"]["power"]) == pytest.approx(star["peaks"][0]["power"], rel=0.03)


def test_an_rr_lyrae_star_has_its_period_within_its_error(ask):
    best = ask("/periodogram", ID=LZ_BOO).json()["peaks"][0]
    assert best["period"] == pytest.approx(0.6117423, rel=1e-5)
    assert abs(best["period"] - 0.6117423) < 5 * best["period_error"]
    assert best["s_to_n"] > 30
    assert best["flags"] == []


def test_the_day_of_a_supernova_is_flagged_as_alias(ask):
    peaks = ask(
        "/periodogram", ID=",".join(map(str, SNAD183)), MIN_PERIOD=0.2, MAX_PERIOD=50, PEAKS=20
    ).json()["peaks"]
    near = [one for one in peaks if one["period"] == pytest.approx(1, abs=1e-3)]
    assert near
    assert all("day alias" in one["flags"] for one in near)
    assert all("peak of the window function" in one["flags"] for one in near)


def test_a_contact_binary_has_half_its_period_and_twice_is_offered(ask):
    best = ask("/periodogram", ID=EW).json()["peaks"][0]
    assert best["period"] == pytest.approx(0.2357622, rel=1e-4)
    twice = next(one for one in best["alternatives"] if one["factor"] == 2)
    assert twice["period"] == pytest.approx(0.4715244, rel=1e-4)
    assert "cycles" in twice["reason"]


def test_a_box_is_fitted_by_name(ask):
    answer = ask("/periodogram", ID=EW, METHOD="box", MIN_PERIOD=0.2, MAX_PERIOD=1, PEAKS=3)
    body = answer.json()
    assert body["method"]["name"] == "box"
    assert body["method"]["false_alarm"] is None
    periods = [one["period"] for one in body["peaks"]]
    assert any(
        each == pytest.approx(whole, rel=1e-3)
        for each in periods
        for whole in (0.2357622, 0.4715244)
    )
    assert all(one["fap"] is None for one in body["peaks"])


def test_the_votable_has_the_peaks_of_json(ask):
    given = {"ID": LZ_BOO, "PEAKS": 3, "MIN_PERIOD": 0.3}
    peaks = ask("/periodogram", **given).json()["peaks"]
    document = parse(io.BytesIO(ask("/periodogram", **given, RESPONSEFORMAT="votable").content))
    table, powers = (document.get_table_by_id(name) for name in ("peaks", "periodogram"))
    rows = table.to_table(use_names_over_ids=True)
    for name in ("period", "period_error", "power", "s_to_n", "fap"):
        assert rows[name].tolist() == [one[name] for one in peaks]
    assert rows["flags"].tolist() == [", ".join(one["flags"]) for one in peaks]
    assert rows["twice"][0] == peaks[0]["alternatives"][0]["reason"]
    assert str(rows["period"].unit) == "d"
    assert len(powers.array) == 2000
    infos = {info.name: info.value for info in document.resources[0].infos}
    assert infos["method"] == "lombscargle"
    assert "in steps of" in infos["grid"]


def test_the_figure_is_a_png_with_something_drawn(ask):
    answer = ask("/demo/periodogram", ID=LZ_BOO, MIN_PERIOD=0.3, RESPONSEFORMAT="png")
    assert answer.headers["Content-Type"] == "image/png"
    with Image.open(io.BytesIO(answer.content)) as image:
        assert image.size == (1200, 975)
        assert np.asarray(image.convert("L")).std() > 10


def test_a_window_of_time_is_heeded(ask):
    whole, part = (
        ask("/periodogram", ID=LZ_BOO, MIN_PERIOD=0.3, PEAKS=1, **more).json()
        for more in ({}, {"TIME": "58300 58900"})
    )
    assert part["grid"]["duration"] <= 600 < whole["grid"]["duration"]
    assert part["lightcurves"][0]["nepochs"] < whole["lightcurves"][0]["nepochs"]


@pytest.mark.parametrize(
    ("parameters", "status", "sentence"),
    [
        ({}, 400, "No light curve is named"),
        ({"ID": 999113300005170}, 404, "has no light curve 999113300005170"),
        ({"ID": f"{LZ_BOO},{EW}"}, 400, "arcsec apart"),
        ({"ID": LZ_BOO, "METHOD": "magic"}, 400, "METHOD=magic is not one of lombscargle, box"),
        ({"ID": LZ_BOO, "MIN_PERIOD": 0}, 400, "MIN_PERIOD=0 is not a number from 0.001"),
        ({"ID": LZ_BOO, "MIN_PERIOD": 2, "MAX_PERIOD": 1}, 400, "No period is between 2 and 1 d"),
        ({"ID": LZ_BOO, "MIN_PERIOD": 0.001}, 400, "frequencies are asked for, 2,000,000 are"),
        ({"ID": LZ_BOO, "PEAKS": 21}, 400, "PEAKS=21 is not a whole number from 1 to 20"),
        ({"ID": LZ_BOO, "TIME": "58000 58001"}, 400, "fewer than 5"),
        ({"ID": LZ_BOO, "RESPONSEFORMAT": "csv"}, 400, "use one of json, votable, png"),
        ({"ID": LZ_BOO, "PERIOD": 1}, 400, "There is no parameter PERIOD"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_the_reason(ask, parameters, status, sentence):
    answer = ask("/periodogram", **parameters)
    assert answer.status_code == status
    assert sentence in answer.text


def test_a_form_may_be_posted(site, ask):
    given = {"ID": LZ_BOO, "MIN_PERIOD": 0.3, "PEAKS": 1}
    posted = requests.post(f"{site}/periodogram", data=given, timeout=60)
    assert posted.json() == ask("/periodogram", **given).json()


def test_both_addresses_are_in_the_description_of_the_interface(ask):
    paths = ask("/api/openapi.json").json()["paths"]
    shown = {each["name"] for each in paths["/periodogram"]["get"]["parameters"]}
    assert {"ID", "METHOD", "MIN_PERIOD", "OVERSAMPLING", "TIME", "BAD_CATFLAGS_MASK"} <= shown
    assert {"/features", "/{release}/features", "/{dr}/features/{oid}"} <= set(paths)
