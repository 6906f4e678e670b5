"""/fit on the running site: simulated supernovae of the demo, forms, refusals, limits."""

from __future__ import annotations

import io
import shutil
import threading

import numpy as np
import pytest
import requests
from astropy.io.votable import parse
from PIL import Image
from support import supernovae
from support.releases import ztfvo

from ztfvo.dust import reading
from ztfvo.photometry import ab_to_jansky
from ztfvo.settings import get_settings
from ztfvo.supernovae import installing
from ztfvo.supernovae.declared import MODELS

SNAD101, PEAK, HOST = 633207400004730, 58228.0, 20.84
"""A simulated supernova: its light curve in zr, the time of its maximum (MJD), and the magnitude of
what was there before."""
SNAD183 = {783109400002438: 20.75, 783209400004246: 20.35, 783309400005646: 20.2}
"""Another, in three bands."""
PEAK_183 = 58447.0
AGN, EW = 758205100001118, 727111200003454
NUGENT = "nugent-sn1a"


def references(hosts):
    """REFMAG of light curves."""
    return ",".join(f"{oid}:{mag}" for oid, mag in hosts.items())


KNOWN = {"ID": SNAD101, "REFMAG": f"{SNAD101}:{HOST}:0.01"}
QUICK = KNOWN | {"MIN_Z": 0.05, "MAX_Z": 0.05}
"""A fit without its redshift."""


def fit(ask, **parameters):
    """The answer in JSON, with its parameters by name."""
    answer = ask("/fit", **parameters)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    return body | {"parameters": {one["name"]: one for one in body["parameters"]}}


@pytest.fixture(scope="module")
def snad101(ask):
    """The fit of SNAD101."""
    return fit(ask, **KNOWN)


def test_the_peak_of_a_simulated_supernova_is_found(snad101):
    t0 = snad101["parameters"]["t0"]
    assert abs(t0["value"] - PEAK) < 3 * t0["error"] < 6
    assert snad101["converged"] is True and snad101["simulated"] is True
    assert snad101["chi_square"] < 3 * snad101["degrees_of_freedom"]
    (curve,) = snad101["curves"]
    # 1.3 mag above what was there before, by the simulation
    assert curve["peak"]["mag"] == pytest.approx(HOST - 1.3, abs=0.15)


def test_degrees_of_freedom_are_epochs_less_free_parameters(snad101):
    free = [name for name, one in snad101["parameters"].items() if one["free"]]
    assert free == ["z", "t0", "amplitude"] == snad101["covariance"]["parameters"]
    assert snad101["degrees_of_freedom"] == snad101["nepochs"] - 3
    assert snad101["lightcurves"][0]["nepochs_used"] == snad101["nepochs"]
    diagonal = np.sqrt(np.diag(snad101["covariance"]["values"]))
    errors = [snad101["parameters"][name]["error"] for name in free]
    np.testing.assert_allclose(diagonal, errors, rtol=0.1)  # bounds are near
    assert snad101["parameters"]["mwebv"]["error"] is None


def test_the_peak_is_found_in_three_bands_together(ask):
    body = fit(ask, ID=",".join(map(str, SNAD183)), REFMAG=references(SNAD183), HOST_DUST="yes")
    assert abs(body["parameters"]["t0"]["value"] - PEAK_183) < 5  # its shape is not the model's
    assert body["parameters"]["hostebv"]["free"] is True
    assert [one["filter"] for one in body["curves"]] == ["zg", "zr", "zi"]


def test_the_dust_of_the_galaxy_is_that_of_the_installed_map(ask, snad101):
    dust = snad101["dust"]
    assert (dust["state"], dust["map"], dust["simulated"]) == ("found", "simulated", True)
    there = ask("/extinction", ID=SNAD101, MAP="simulated").json()["maps"][0]["answers"][0]
    assert dust["ebv"] == pytest.approx(there["ebv"], abs=1e-6)
    mwebv = snad101["parameters"]["mwebv"]
    assert mwebv["value"] == dust["ebv_sf11"] == pytest.approx(there["ebv_sf11"], abs=1e-6)
    assert mwebv["free"] is False


def test_dust_may_be_given_in_place_of_the_map(ask):
    body = fit(ask, **QUICK, EBV=0.2)
    assert body["parameters"]["mwebv"]["value"] == 0.2
    assert (body["dust"]["map"], body["dust"]["origin"]) == (None, "given by EBV")
    brighter = body["parameters"]["amplitude"]["value"]
    assert brighter > 1.1 * fit(ask, **QUICK, EBV=0)["parameters"]["amplitude"]["value"]


@pytest.fixture
def without_maps():
    """No map of dust, meanwhile."""
    folder = reading.folder_of(get_settings(), "simulated")
    aside = folder.with_name("aside")
    folder.rename(aside)
    yield
    aside.rename(folder)


def test_a_map_that_is_not_here_is_unavailable_and_the_fit_is_without_dust(ask, without_maps):
    body = fit(ask, **QUICK)
    dust = body["dust"]
    assert (dust["state"], dust["ebv_sf11"], dust["map"]) == ("unavailable", None, None)
    assert body["parameters"]["mwebv"]["value"] == 0
    assert "ztfvo dust fetch csfd" in dust["reason"] and dust["reason"] in body["notes"]


def test_the_model_is_in_all_quantities_of_light_curves(snad101):
    (curve,) = snad101["curves"]
    assert len(curve["hmjd"]) == 200
    mag, flux, diffmag, diffflux = (
        np.array(curve[name], float) for name in ("mag", "flux", "diffmag", "diffflux")
    )
    host = ab_to_jansky(HOST, 0.0)[0]
    np.testing.assert_allclose(flux - host, diffflux, atol=1e-12)
    np.testing.assert_allclose(ab_to_jansky(mag, 0)[0], flux, rtol=1e-9)
    bright = diffflux > 0
    np.testing.assert_allclose(ab_to_jansky(diffmag[bright], 0)[0], diffflux[bright], rtol=1e-9)
    assert diffflux.max() > 1e-5


def test_without_a_reference_all_light_is_the_supernova_and_that_is_said(ask):
    body = fit(ask, ID=SNAD101, MIN_Z=0.05, MAX_Z=0.05, POINTS=10)
    assert any(
        each.startswith(f"No reference magnitude is known of {SNAD101}") for each in body["notes"]
    )
    (curve,) = body["curves"]
    assert curve["diffmag"] == curve["diffflux"] == [None] * 10
    assert body["lightcurves"][0]["refmag"] is None


def test_the_votable_has_what_json_has(ask):
    body = fit(ask, **QUICK)
    document = parse(io.BytesIO(ask("/fit", **QUICK, RESPONSEFORMAT="votable").content))
    rows = document.get_table_by_id("parameters").to_table(use_names_over_ids=True)
    for row in rows:
        one = body["parameters"][row["name"]]
        assert (row["value"], bool(row["free"])) == (one["value"], one["free"])
        assert np.ma.filled(row["error"], np.nan) == pytest.approx(
            np.nan if one["error"] is None else one["error"], nan_ok=True
        )
    curve = document.get_table_by_id(f"model_{SNAD101}").to_table(use_names_over_ids=True)
    for name in ("hmjd", "mag", "flux", "diffflux"):
        assert curve[name].tolist() == body["curves"][0][name]
    assert str(curve["diffflux"].unit) == "Jy"
    infos = {info.name: info.value for info in document.resources[0].infos}
    assert float(infos["chi_square"]) == body["chi_square"]
    assert infos["degrees_of_freedom"] == str(body["degrees_of_freedom"])
    assert (infos["dust"], infos["model"]) == ("simulated", "hsiao-subsampled")


def red_columns(answer):
    """Columns of pixels that have the colour of zr, with how many."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png"), answer.text
    with Image.open(io.BytesIO(answer.content)) as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
        return (np.abs(pixels - (0xCC, 0x33, 0x44)).sum(axis=2) < 30).sum(axis=0), image.info


def test_the_model_is_drawn_into_the_figure_of_the_light_curve(ask):
    given = QUICK | {"QUANTITY": "diffflux", "TITLE": "A supernova"}
    red, about = red_columns(ask("/fit", **given, RESPONSEFORMAT="png"))
    assert about["Title"] == "A supernova"
    columns = np.flatnonzero(red)
    # a line from one end of the model to the other, not only points
    assert len(columns) > 0.6 * (columns[-1] - columns[0]) > 300
    assert ask("/fit", **given, RESPONSEFORMAT="pdf").content.startswith(b"%PDF")


def test_figures_of_light_curves_show_the_model_where_it_is_asked_for(ask):
    shown = {"REFMAG": KNOWN["REFMAG"], "QUANTITY": "diffflux", "TIME": "58180 58330"}
    model = {"MODEL": "hsiao-subsampled", "MIN_Z": 0.05, "MAX_Z": 0.05}
    without, _ = red_columns(ask(f"/lc/{SNAD101}.png", **shown))
    there, about = red_columns(ask(f"/lc/{SNAD101}.png", **shown, **model))
    # a line through columns where no point is
    assert np.count_nonzero(there) > np.count_nonzero(without) + 200
    same = fit(ask, **QUICK, TIME="58180 58330")
    assert about["Title"] == (
        f"{SNAD101}: hsiao-subsampled, z = 0.050,"
        f" χ² = {same['chi_square']:.1f} of {same['degrees_of_freedom']}"
    )
    dusty, said = red_columns(ask(f"/lc/{SNAD101}.png", **shown, **model, EBV=0.5))
    assert said["Title"] != about["Title"] and (dusty != there).any()
    titled = ask(f"/lc/{SNAD101}.pdf", **shown, **model, TITLE="Mine")
    assert titled.content.startswith(b"%PDF") and b"Mine" in titled.content
    assert titled.headers["Cache-Control"] == ask("/fit", **QUICK).headers["Cache-Control"]


@pytest.mark.parametrize(
    ("form", "parameters", "status", "sentence"),
    [
        ("json", {"MODEL": "salt3"}, 400, "MODEL=salt3 is drawn into figures: ask for png, pdf"),
        ("png", {"MIN_Z": 0.1}, 400, "MIN_Z=0.1 means nothing without MODEL"),
        ("png", {"HOST_DUST": "yes"}, 400, "HOST_DUST=yes means nothing without MODEL"),
        ("png", {"MODEL": "hsiao-subsampled", "PERIOD": 2}, 400, "PERIOD=2 cannot be used with"),
        ("pdf", {"MODEL": "hsiao-subsampled", "DEREDDEN": "yes"}, 400, "dust of the Galaxy in it"),
        ("png", {"MODEL": "magic"}, 400, "MODEL=magic is not one of salt3, salt2"),
        ("png", {"MODEL": "salt2"}, 503, "Operators enter: ztfvo models fetch salt2"),
        ("png", {"MODEL": "hsiao-subsampled", "ID": EW}, 400, "arcsec apart"),
    ],
)
def test_a_model_that_a_figure_cannot_show_is_refused(ask, form, parameters, status, sentence):
    answer = ask(f"/lc/{SNAD101}.{form}", **parameters)
    assert (answer.status_code, sentence in answer.text) == (status, True), answer.text


def test_what_is_no_supernova_is_said_to_be_none(ask):
    for oid in (AGN, EW):
        body = fit(ask, ID=oid, MIN_Z=0.05, MAX_Z=0.05)
        assert body["chi_square"] > 20 * body["degrees_of_freedom"]
        assert any("is not that of this model" in each for each in body["notes"])


@pytest.mark.parametrize(
    ("parameters", "status", "sentence"),
    [
        ({}, 400, "No light curve is named"),
        ({"ID": 999113300005170}, 404, "has no light curve 999113300005170"),
        ({"ID": f"{SNAD101},{EW}"}, 400, "arcsec apart"),
        ({**KNOWN, "MODEL": "magic"}, 400, "MODEL=magic is not one of salt3, salt2"),
        ({**KNOWN, "MODEL": "salt2"}, 503, "Operators enter: ztfvo models fetch salt2. Here are"),
        ({**KNOWN, "MIN_Z": 0.3, "MAX_Z": 0.1}, 400, "MIN_Z=0.3 is above MAX_Z=0.1"),
        ({**KNOWN, "MIN_Z": -0.1}, 400, "MIN_Z=-0.1 is not a number from 0 to 2"),
        ({**KNOWN, "MAX_Z": "high"}, 400, "MAX_Z=high is not a number"),
        ({**KNOWN, "EBV": -1}, 400, "EBV=-1 is not a number from 0 to 10"),
        ({**KNOWN, "POINTS": 5}, 400, "POINTS=5 is not a whole number from 10 to 2000"),
        ({**KNOWN, "TIME": "58000 58001"}, 400, "No epoch is of this quality"),
        ({**KNOWN, "TIME": "58223 58230"}, 400, "free parameters (z, t0, amplitude)"),
        ({"ID": EW, "REFMAG": f"{EW}:5"}, 400, "there is no supernova to fit"),
        ({**KNOWN, "RESPONSEFORMAT": "csv"}, 400, "use one of json, votable, png, pdf"),
        ({**KNOWN, "PERIOD": 1}, 400, "There is no parameter PERIOD"),
    ],
)
def test_what_cannot_be_fitted_is_refused_with_the_reason(ask, parameters, status, sentence):
    answer = ask("/fit", **parameters)
    assert (answer.status_code, sentence in answer.text) == (status, True), answer.text


def test_the_command_brings_a_model_that_is_fitted_then(ask, tmp_path):
    settings = get_settings()
    path = supernovae.nugent(tmp_path)
    home = shutil.copy(path, settings.var / "data" / path.name)  # others may read it
    home.chmod(0o644)
    try:
        said = ztfvo("models", "install", home).stderr
        assert f"{NUGENT}: {path.name} is Nugent's template" in said
        lines = ztfvo("models", "status").stdout.splitlines()
        line = next(each for each in lines if f" {NUGENT} " in each)
        assert path.name in line and "20" in line
        body = fit(ask, **QUICK, MODEL=NUGENT)
        assert body["model"]["name"] == NUGENT and body["model"]["type"] == "SN Ia"
        t0 = body["parameters"]["t0"]
        assert abs(t0["value"] - PEAK) < 4 * t0["error"]
        first = fit(ask, **QUICK)["model"]["name"]
        assert first == "hsiao-subsampled"  # which comes first of those that are here
    finally:
        shutil.rmtree(installing.folder_of(settings, NUGENT), ignore_errors=True)
        home.unlink()


def test_a_damaged_model_is_reported_without_its_folder(ask):
    folder = installing.folder_of(get_settings(), NUGENT)
    folder.mkdir(parents=True)
    try:
        (folder / installing.NOTE).write_text("{")
        folder.chmod(0o755)
        answer = ask("/fit", **QUICK, MODEL=NUGENT)
        assert answer.status_code == 503
        assert "Operators enter: ztfvo models status" in answer.text
        assert str(folder) not in answer.text
    finally:
        shutil.rmtree(folder)


def test_one_address_has_few_fits_at_work_and_the_others_go_on(site, ask):
    answers = []

    def one():
        answers.append(requests.get(f"{site}/fit", params=KNOWN, timeout=120))

    threads = [threading.Thread(target=one) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = {answer.status_code for answer in answers}
    assert 429 in codes and codes <= {200, 429, 503}
    assert fit(ask, **QUICK)["converged"]


def test_a_form_may_be_posted_and_a_release_be_named(site, ask):
    posted = requests.post(f"{site}/demo/fit", data=QUICK, timeout=60).json()
    asked = ask("/fit", **QUICK).json()
    assert posted["parameters"] == asked["parameters"]


def test_both_addresses_are_in_the_description_of_the_interface(ask):
    paths = ask("/api/openapi.json").json()["paths"]
    assert {"/fit", "/{release}/fit"} <= set(paths)
    shown = {one["name"]: one["schema"] for one in paths["/fit"]["get"]["parameters"]}
    assert {"ID", "MODEL", "MIN_Z", "MAX_Z", "EBV", "HOST_DUST", "REFMAG", "QUANTITY"} <= set(shown)
    assert shown["MODEL"]["enum"] == list(MODELS)
