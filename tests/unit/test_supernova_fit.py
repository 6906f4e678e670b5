"""Fits of supernovae: what was simulated is found again, as sncosmo alone finds it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from support import supernovae

from bench.fits import CARRIED, GALAXY, job, simulated
from ztfvo.supernovae import fitting, installing, library
from ztfvo.supernovae.bandpasses import curves
from ztfvo.supernovae.declared import ALL, BANDS, MODELS
from ztfvo.supernovae.kinds import kinds
from ztfvo.supernovae.model import CannotFit, ModelError

SEEDS = range(5)
FEW = {1: 40, 2: 50, 3: 10}


def found(fitted):
    """Free parameters by name."""
    return {one.name: one for one in fitted.values if one.free}


def pulls(fitted, truth):
    """How many errors parameters are from what was simulated."""
    return {name: (one.value - truth[name]) / one.error for name, one in found(fitted).items()}


@pytest.fixture(scope="module")
def salt2(tmp_path_factory):
    """A small model like SALT2, as it would be installed."""
    folder = tmp_path_factory.mktemp("salt2")
    kinds()["salt"].prepare([supernovae.salt2(folder)], folder)
    return replace(CARRIED, template=MODELS["salt2"], folder=folder)


@pytest.fixture(scope="module")
def with_redshift():
    """Fits of the redshift of supernovae without dust of their own, with what was simulated."""
    done = []
    for seed in SEEDS:
        truth = {"z": 0.04 + 0.02 * seed, "t0": 58310.0 + 3 * seed}
        data = simulated(CARRIED, truth, seed, FEW)
        truth["amplitude"] = float(data["amplitude"])
        done.append((data, truth, fitting.fit(job(data))))
    return done


def test_simulated_redshifts_are_found_within_three_errors(with_redshift):
    all_pulls = []
    for _, truth, fitted in with_redshift:
        each = pulls(fitted, truth)
        assert set(each) == {"z", "t0", "amplitude"}
        assert all(abs(one) < 3 for one in each.values()), (truth, each)
        assert fitted.converged and fitted.message == ""
        all_pulls += each.values()
    assert 0.4 < np.std(all_pulls) < 1.8  # neither too large nor too small are the errors


def test_chi_square_is_that_of_noise(with_redshift):
    for data, _, fitted in with_redshift:
        assert fitted.dof == int(fitted.used.sum()) - 3
        assert fitted.dof <= len(data["time"]) - 3
        assert abs(fitted.chi_square - fitted.dof) < 4 * np.sqrt(2 * fitted.dof)


@pytest.mark.parametrize("seed", SEEDS)
def test_simulated_dust_of_the_host_is_found_within_three_errors(seed):
    truth = {"z": 0.06, "t0": 58312.5, "hostebv": 0.1 + 0.1 * seed}
    data = simulated(CARRIED, truth, seed, FEW)
    truth["amplitude"] = float(data["amplitude"])
    fitted = fitting.fit(job(data, redshift=(0.06, 0.06), host=True))
    each = pulls(fitted, truth)
    assert set(each) == {"t0", "amplitude", "hostebv"}
    assert all(abs(one) < 3 for one in each.values()), each
    assert found(fitted)["hostebv"].error < 0.05


@pytest.mark.parametrize("seed", SEEDS[:3])
def test_simulated_widths_and_colours_are_found_within_three_errors(salt2, seed):
    truth = {"z": 0.05, "t0": 58312.5, "x1": seed - 1.0, "c": 0.1 * seed - 0.1}
    data = simulated(salt2, truth, seed, FEW)
    truth["x0"] = float(data["amplitude"])
    fitted = fitting.fit(job(data, salt2, redshift=(0.05, 0.05)))
    each = pulls(fitted, truth)
    assert set(each) == {"t0", "x0", "x1", "c"}
    assert all(abs(one) < 3 for one in each.values()), each
    assert found(fitted)["c"].error < 0.1 and found(fitted)["x1"].error < 1


def test_a_fit_is_that_of_sncosmo_alone(with_redshift):
    data, truth, fitted = with_redshift[1]
    sncosmo, used = library.sncosmo(), fitted.used
    model = sncosmo.Model(
        "hsiao-subsampled",
        effects=[sncosmo.F99Dust(3.1)],
        effect_names=["mw"],
        effect_frames=["obs"],
    )
    model.set(mwebv=GALAXY, z=truth["z"], t0=truth["t0"], amplitude=truth["amplitude"])
    bands = np.array([fitting._bandpasses(None)[one] for one in data["filterid"]], object)
    number = int(used.sum())
    table = {
        "time": data["time"][used],
        "band": bands[used],
        "flux": data["flux"][used],
        "fluxerr": data["fluxerr"][used],
        "zp": np.full(number, 8.9),
        "zpsys": np.full(number, "ab"),
    }
    names = ["z", "t0", "amplitude"]
    starts = {"guess_amplitude": False, "guess_t0": False, "guess_z": False}
    theirs, _ = sncosmo.fit_lc(table, model, names, bounds={"z": (0.01, 0.3)}, **starts)
    assert theirs.ndof == fitted.dof
    assert fitted.chi_square == pytest.approx(theirs.chisq, abs=0.05)
    for name, one in found(fitted).items():
        assert one.value == pytest.approx(theirs.parameters[names.index(name)], abs=0.1 * one.error)
        assert one.error == pytest.approx(theirs.errors[name], rel=0.15)


def test_an_error_that_epochs_have_in_common_counts_once():
    data = simulated(CARRIED, {"z": 0.06, "t0": 58312.5}, 3, FEW)
    common = np.array([2e-6, 1e-6, 0.0])
    problem = fitting._Fit(job(data | {"common": common}))
    used = np.ones(len(data["time"]), bool)
    values = {"z": 0.06, "t0": 58312.5, "amplitude": 1.02 * float(data["amplitude"])}
    ours = problem._chi_square(list(values), used)(*values.values())
    off = data["flux"] - problem._light(values, used)
    same = data["curve"][:, None] == data["curve"]
    covariance = np.diag(data["fluxerr"] ** 2) + same * common[data["curve"]] ** 2
    assert ours == pytest.approx(off @ np.linalg.solve(covariance, off), rel=1e-9)
    assert ours < np.sum((off / data["fluxerr"]) ** 2)


def test_years_of_epochs_around_a_supernova_do_not_hide_it():
    # 468 points in the bands and years of a test of the Viewer's fits
    epochs, span = {1: 171, 2: 279, 3: 18}, (58222.44, 59818.27)
    truth = {"z": 0.05, "t0": 59020.0}
    data = simulated(CARRIED, truth, 11, epochs, span)
    truth["amplitude"] = float(data["amplitude"])
    fitted = fitting.fit(job(data, redshift=(0.01, 0.3), points=1000))
    each = pulls(fitted, truth)
    assert all(abs(one) < 3 for one in each.values()), each
    late = int((~fitted.used).sum())
    assert late > 100 and f"{late} epochs after the end of the model are left out." in fitted.notes
    assert fitted.dof == 468 - late - 3
    assert sum(map(len, fitted.flux.values())) == 3000
    assert fitted.time[-1] > data["time"][fitted.used].max()


def test_the_curves_are_the_light_of_the_fitted_model(with_redshift):
    _, _, fitted = with_redshift[2]
    values = {one.name: one.value for one in fitted.values}
    model = library.sncosmo().Model(fitting._source(CARRIED))
    model.set(z=values["z"], t0=values["t0"], amplitude=values["amplitude"])
    assert fitted.time[0] == pytest.approx(values["t0"] - 20 * (1 + values["z"]))
    assert fitted.time[-1] == pytest.approx(values["t0"] + 85 * (1 + values["z"]))
    for filterid, share in ((1, 1.21), (2, 0.848), (3, 0.622)):
        band = fitting._bandpasses(None)[filterid]
        free = model.bandflux(band, fitted.time[50], 8.9, "ab")
        dimmed = -2.5 * np.log10(fitted.flux[filterid][50] / free)
        assert dimmed == pytest.approx(3.1 * share * GALAXY, rel=0.08)  # as /extinction has it


def refused(data, **more):
    """Why there is no fit."""
    with pytest.raises(CannotFit) as caught:
        fitting.fit(job(data, **more))
    return str(caught.value)


def test_fewer_epochs_than_parameters_are_refused():
    data = simulated(CARRIED, {"z": 0.05, "t0": 58312.5}, 1, {2: 3}, (58305, 58320))
    why = refused(data)
    assert "3 epochs are in the time of the model, and it has 3 free parameters" in why
    assert "z, t0, amplitude" in why
    fixed = fitting.fit(job(data, redshift=(0.05, 0.05)))
    assert (fixed.dof, [one.name for one in fixed.values if one.free]) == (1, ["t0", "amplitude"])


def test_what_is_not_brighter_than_its_reference_is_no_supernova():
    data = simulated(CARRIED, {"z": 0.05, "t0": 58312.5}, 1, FEW)
    noise = np.random.default_rng(1).normal(0, data["fluxerr"])
    assert "there is no supernova to fit" in refused(data | {"flux": noise})
    assert "there is no supernova to fit" in refused(data | {"flux": -data["flux"]})


def test_a_star_that_varies_is_fitted_badly_and_that_is_said():
    data = simulated(CARRIED, {"z": 0.05, "t0": 58312.5}, 1, FEW)
    star = 1e-3 * (1 + 0.3 * np.sin(data["time"]))
    fitted = fitting.fit(job(data | {"flux": star}))
    assert fitted.chi_square > 100 * fitted.dof
    assert any("times the degrees of freedom" in each for each in fitted.notes)


def test_a_value_at_a_bound_is_reported():
    data = simulated(CARRIED, {"z": 0.12, "t0": 58312.5}, 2, FEW)
    fitted = fitting.fit(job(data, redshift=(0.01, 0.05)))
    assert any(each.startswith("z is at a bound, 0.01 to 0.05") for each in fitted.notes)


def test_a_band_that_the_model_has_not_is_left_out(salt2):
    data = simulated(salt2, {"z": 0.05, "t0": 58312.5, "x1": 0.0, "c": 0.0}, 4, FEW)
    fitted = fitting.fit(job(data, salt2, redshift=(1.1, 1.1)))
    assert set(fitted.flux) == {2, 3}
    assert "The model has no light in zg at these redshifts: they are left out." in fitted.notes
    assert (fitted.used <= (data["filterid"] != 1)).all()
    arrays = ("time", "flux", "fluxerr", "filterid", "curve")
    only = data | {name: data[name][data["filterid"] == 1] for name in arrays}
    with pytest.raises(CannotFit, match="has no light in these bands"):
        fitting.fit(job(only, salt2, redshift=(1.1, 1.1)))


def test_approximate_bands_are_called_so_and_lie_where_the_bands_are(with_redshift):
    assert any("ztfvo models fetch ztf-bands" in each for each in with_redshift[0][2].notes)
    for filterid, (wavelength, transmission) in curves(None).items():
        fine = np.arange(wavelength[0], wavelength[-1], 5.0)
        middle = np.average(fine, weights=np.interp(fine, wavelength, transmission))
        half = np.interp([0.5], transmission[:4], wavelength[:4])
        assert abs(middle - {1: 4814, 2: 6422, 3: 7883}[filterid]) < 5
        assert abs(half[0] - {1: 4145, 2: 5652, 3: 7214}[filterid]) < 15


NO_NETWORK = """
import socket, sys
def refuse(*_, **__):
    raise AssertionError("the network is asked")
socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse
import ztfvo.web.routes.fit
loaded = {"sncosmo", "iminuit"} & set(sys.modules)
assert not loaded, loaded
from ztfvo.supernovae import library, work
work.ready()
from ztfvo.supernovae.model import ModelError
for function, name in (
    ("get_bandpass", "ztfg"), ("get_bandpass", "sdssr"), ("get_source", "salt2"),
    ("get_source", "nugent-sn1a"),
):
    try:
        getattr(library.sncosmo(), function)(name)
    except ModelError as error:
        print(error)
"""


def test_the_library_asks_nobody_and_the_application_does_not_load_it(tmp_path):
    environment = {"HOME": str(tmp_path), "ZTFVO_VAR": str(tmp_path)}
    command = [sys.executable, "-W", "error::UserWarning", "-c", NO_NETWORK]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert len(said) == 4 and all("fetches nothing here" in line for line in said)
    assert not list(tmp_path.rglob("*sncosmo*"))


def test_each_model_says_where_it_is_from():
    assert list(ALL) == [*MODELS, BANDS.name]
    for one in ALL.values():
        assert one.kind in kinds() and one.citation and one.title
        assert all(file.url.startswith("https://") for file in one.files)
        assert bool(one.files) == (one.kind != "carried")
    assert installing.declared("salt3").command == "ztfvo models fetch salt3"


def test_a_model_that_cannot_be_read_is_reported(salt2, tmp_path):
    here = replace(salt2, folder=tmp_path)
    with pytest.raises(ModelError, match=f"{tmp_path} cannot be read"):
        kinds()["salt"].load(here)
    with pytest.raises(ModelError, match="cannot be read"):
        kinds()["timeseries"].load(here)
