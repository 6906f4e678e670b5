"""Features on the running site: the table, and /features in all forms."""

from __future__ import annotations

import csv
import io

import light_curve as lc
import numpy as np
import pytest
import requests
from astropy.io.votable import parse
from support import service

from ztfvo.features.columns import columns

OID = 680113300005170
"""HZ Her in g."""
LZ_BOO = 759116400002093

SHAPES = (
    (LZ_BOO, 0.6117423, 0.935),
    (795209300012791, 0.4582451, 0.567),
    (825211200002894, 0.5637729, 0.436),
    (825205200002315, 0.5111229, 0.667),
    (825109200001573, 0.3575660, 0.405),
    (762109100003894, 0.5523257, 0.613),
    (727111200003454, 0.2357622, 0.450),
    (824204400012040, 0.1280993, 0.444),
    (765115100001671, 0.1192871, 0.423),
    (695211200046528, 75.115484, 0.356),
    (695211200022958, 89.054774, 0.385),
)
"""Stars of the demo release with the periods (d) and half ranges (mag) of their models in DR17: EW
stars peak at half their orbital period.  Simulated epochs are others than the observed, so that
half ranges agree to 0.15 mag; periods to 1e-4, or a third of P^2/T of long ones."""


@pytest.fixture(scope="module")
def epochs(ask):
    """Good epochs of HZ Her: time, magnitude, error."""
    answer = ask(f"/lc/{OID}.csv", QUALITY="good")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    return tuple(np.array([float(row[name]) for row in rows]) for name in ("hmjd", "mag", "magerr"))


def test_the_table_describes_each_column_as_declared(tap):
    found = tap.search(
        "SELECT column_name, unit, ucd, description FROM tap_schema.columns"
        " WHERE table_name = 'ztf.features' ORDER BY column_index"
    ).to_table()
    shown = {row["column_name"]: (row["unit"] or "", row["ucd"]) for row in found}
    assert shown.pop("oid") == ("", "meta.id;meta.main")
    assert shown == {one.name: (one.unit, one.ucd) for one in columns()}
    said = {row["column_name"]: row["description"] for row in found}
    assert "(Stetson 1996, PASP 108, 851)" in said["stetson_k"]


def test_the_table_joins_with_objects_and_has_the_period_of_a_star(tap):
    (row,) = tap.search(
        "SELECT o.ngoodobs, o.mag_amplitude, o.chi2_red, f.period_0, f.period_s_to_n_0,"
        " f.amplitude, f.chi2 FROM ztf.features AS f JOIN ztf.objects AS o ON o.oid = f.oid"
        f" WHERE o.oid = {LZ_BOO}"
    )
    assert row["period_0"] == pytest.approx(0.6117423, rel=1e-4)
    assert row["period_s_to_n_0"] > 30
    assert row["amplitude"] == pytest.approx(row["mag_amplitude"], rel=1e-5)
    assert row["chi2"] == pytest.approx(row["chi2_red"], rel=1e-4)


def test_the_table_has_one_row_for_each_object_with_five_good_epochs(tap):
    (row,) = tap.search(
        "SELECT COUNT(*) AS n, COUNT(f.oid) AS computed, MIN(o.ngoodobs) AS least"
        " FROM ztf_demo.objects AS o LEFT JOIN ztf_demo.features AS f ON f.oid = o.oid"
        " WHERE o.oid BETWEEN 680113300000000 AND 680113399999999 AND o.ngoodobs >= 5"
    )
    assert row["n"] == row["computed"] > 100
    (few,) = tap.search(
        "SELECT COUNT(*) AS n FROM ztf_demo.features AS f JOIN ztf_demo.objects AS o"
        " ON o.oid = f.oid WHERE o.ngoodobs < 5"
    )
    assert few["n"] == 0


def test_the_table_and_the_address_give_the_same(ask, tap):
    (row,) = tap.search(f"SELECT * FROM ztf.features WHERE oid = {OID}")
    (one,) = ask("/features", ID=OID).json()["lightcurves"]
    for name, value in one["values"].items():
        assert row[name] == pytest.approx(value, rel=1e-5), name


def test_values_are_those_of_the_package_on_the_good_epochs(ask, epochs):
    answer = ask("/features", ID=OID, VERSION="v0.2").json()
    (one,) = answer["lightcurves"]
    assert (one["oid"], one["filter"], one["nepochs"]) == (str(OID), "zg", len(epochs[0]))
    assert (one["hmjd_first"], one["hmjd_last"]) == (epochs[0][0], epochs[0][-1])
    for name, kind in {
        "anderson_darling_normal_magn": lc.AndersonDarlingNormal(),
        "linear_fit_slope_magn": lc.LinearFit(),
        "stetson_K_magn": lc.StetsonK(),
    }.items():
        assert one["values"][name] == pytest.approx(kind(*epochs)[0], rel=1e-6)


def test_the_set_says_what_differs_from_the_originals(ask):
    answer = ask("/features", ID=OID, VERSION="v0.1").json()
    assert answer["set"]["version"] == "v0.1"
    assert any("2^k + 1 frequencies" in each for each in answer["set"]["differences"])
    assert answer["simulated"] is True
    assert answer["notes"][1] == "Of epochs with catflags = 0, magerr > 0."
    (period,) = (one for one in answer["features"] if one["name"] == "period_0")
    assert (period["unit"], period["ucd"]) == ("d", "time.period")


@pytest.mark.parametrize(("oid", "period", "amplitude"), SHAPES)
def test_named_stars_of_the_demo_have_their_periods_and_ranges(ask, oid, period, amplitude):
    (one,) = ask("/features", ID=oid).json()["lightcurves"]
    found = one["values"]
    tolerance = max(1e-4 * period, period**2 / (one["hmjd_last"] - one["hmjd_first"]) / 3)
    assert found["period_0"] == pytest.approx(period, abs=tolerance)
    assert found["amplitude"] == pytest.approx(amplitude, abs=0.15)
    assert found["period_s_to_n_0"] > 15


def test_several_light_curves_come_in_their_order(ask):
    oids = [str(oid) for oid in service.HZ_HER_OIDS[::-1]]
    answer = ask("/demo/features", ID=",".join(oids)).json()
    assert [one["oid"] for one in answer["lightcurves"]] == oids
    assert answer["release"] == "demo"


def test_a_window_and_a_mask_choose_epochs(ask, epochs):
    middle = float(np.median(epochs[0]))
    (one,) = ask("/features", ID=OID, TIME=f"-Inf {middle}").json()["lightcurves"]
    assert one["nepochs"] == (epochs[0] <= middle).sum()
    (more,) = ask("/features", ID=OID, BAD_CATFLAGS_MASK=32768).json()["lightcurves"]
    rows = csv.DictReader(io.StringIO(ask(f"/lc/{OID}.csv", BAD_CATFLAGS_MASK=32768).text))
    assert more["nepochs"] == len([row for row in rows if float(row["magerr"]) > 0])
    assert more["nepochs"] > len(epochs[0])


def test_csv_and_votable_have_what_json_has(ask):
    (one,) = ask("/features", ID=OID, VERSION="v0.5").json()["lightcurves"]
    (row,) = csv.DictReader(
        io.StringIO(ask("/features", ID=OID, VERSION="v0.5", FORMAT="csv").text)
    )
    document = parse(
        io.BytesIO(ask("/features", ID=OID, VERSION="v0.5", RESPONSEFORMAT="votable").content)
    )
    (cells,) = document.get_first_table().to_table()
    for name, value in one["values"].items():
        assert float(row[name]) == value
        assert cells[name] == value
    assert (int(row["oid"]), cells["oid"], cells["filter"]) == (OID, OID, "zg")
    field = document.get_first_table().get_field_by_id_or_name("period_0_magn")
    assert (str(field.unit), field.ucd) == ("d", "time.period")
    infos = {info.name: info.value for info in document.resources[0].infos}
    assert infos["set"] == "v0.5"


def test_the_address_of_the_original_gives_feature_and_value_by_name(ask):
    answer = ask(f"/latest/features/{OID}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{OID}_features.csv"'
    assert answer.text.startswith("feature,value\r\n")
    rows = list(csv.reader(io.StringIO(answer.text)))[1:]
    names = [name for name, _ in rows]
    assert names == sorted(names)
    (one,) = ask("/features", ID=OID, VERSION="latest").json()["lightcurves"]
    assert {name: float(value) for name, value in rows} == one["values"]
    window = ask(f"/demo/features/{OID}", version="v0.4", min_mjd=58300, max_mjd=59000)
    same = ask("/features", ID=OID, VERSION="v0.4", TIME="58300 59000").json()["lightcurves"][0]
    found = dict(list(csv.reader(io.StringIO(window.text)))[1:])
    assert {name: float(value) for name, value in found.items()} == same["values"]


@pytest.mark.parametrize(
    ("path", "parameters", "status", "sentence"),
    [
        ("/features", {}, 400, "No light curve is named: give ID"),
        ("/features", {"ID": 12}, 400, "12"),
        ("/features", {"ID": 999113300005170}, 404, "has no light curve 999113300005170"),
        ("/nosuch/features", {"ID": OID}, 404, "There is no release 'nosuch'"),
        ("/features", {"ID": OID, "VERSION": "v0.3"}, 400, "VERSION=v0.3 is not one of current"),
        ("/features", {"ID": OID, "RESPONSEFORMAT": "fits"}, 400, "fits is not known here"),
        ("/features", {"ID": OID, "PERIOD": 1}, 400, "There is no parameter PERIOD"),
        ("/features", {"ID": OID, "TIME": "x"}, 400, "TIME=x is not a window"),
        ("/features", {"ID": OID, "BAD_CATFLAGS_MASK": -1}, 400, "is not a whole number"),
        ("/features", {"ID": OID, "TIME": "58000 58000.5"}, 400, "has 0 epochs of this quality"),
        (f"/demo/features/{OID}", {"min_mjd": "a"}, 400, "MIN_MJD=a is not a number"),
        (f"/demo/features/{OID}", {"min_mjd": 2, "max_mjd": 1}, 400, "is not a range"),
        ("/demo/features/x'y", {}, 400, "x'y"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_the_reason(
    ask, path, parameters, status, sentence
):
    answer = ask(path, **parameters)
    assert answer.status_code == status
    assert sentence in answer.text


def test_a_refusal_has_the_form_asked_for(ask):
    answer = ask("/features", ID=12, RESPONSEFORMAT="votable")
    assert answer.status_code == 400
    assert 'name="QUERY_STATUS" value="ERROR"' in answer.text


def test_one_light_curve_with_too_few_epochs_does_not_stop_the_others(ask, tap):
    (few,) = tap.search("SELECT TOP 1 oid FROM ztf.objects WHERE ngoodobs BETWEEN 0 AND 4")
    answer = ask("/features", ID=f"{few['oid']},{OID}")
    assert answer.status_code == 200
    body = answer.json()
    assert [one["oid"] for one in body["lightcurves"]] == [str(OID)]
    assert str(few["oid"]) in body["left_out"][0]
    assert ask("/features", ID=few["oid"]).status_code == 400


def test_the_answer_is_that_of_the_address_by_post_too(site, ask):
    posted = requests.post(f"{site}/features", data={"ID": OID}, timeout=60)
    assert posted.json() == ask("/features", ID=OID).json()
