"""Periods: found where they are, with honest doubts."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from astropy.timeseries import LombScargle
from support.files import SHARED, needs_shared

from ztfvo.periods.grid import TooFine, regular
from ztfvo.periods.halves import alternatives, gain
from ztfvo.periods.methods import lombscargle, methods
from ztfvo.periods.model import Grid, Series, Spectrum
from ztfvo.periods.search import outline, search
from ztfvo.periods.window import CYCLES, flags, window_power

EW = 0.4715244


def nights(number: int, seed: int = 2, span: float = 1500) -> np.ndarray:
    """Times near midnight, as of one observatory."""
    rng = np.random.default_rng(seed)
    days = np.sort(rng.choice(int(span), number, replace=False))
    return 58200.3 + days + rng.normal(0, 0.06, number)


def series(time, brightness, noise: float = 0.02, seed: int = 1, name: str = "one") -> Series:
    rng = np.random.default_rng(seed)
    error = noise * rng.uniform(0.7, 1.5, len(time))
    return Series(name, time, brightness + rng.normal(0, error), error)


def sine(time, period: float, amplitude: float = 0.3) -> np.ndarray:
    return 16 + amplitude * np.sin(2 * np.pi * time / period)


def eclipses(time, period: float, depths: tuple[float, float], width: float = 0.04) -> np.ndarray:
    phase = np.mod(time / period, 1)
    first = np.exp(-((phase - 0.25) ** 2) / 2 / width**2)
    second = np.exp(-((phase - 0.75) ** 2) / 2 / width**2)
    return 16 + depths[0] * first + depths[1] * second


def look(*each: Series, method: str = "lombscargle", **options):
    given = {"shortest": 0.1, "longest": None, "oversampling": 5.0, "number": 5, **options}
    return search(each, methods()[method], **given)


def test_powers_are_those_of_astropys_exact_periodogram():
    one = series(nights(200), sine(nights(200), 0.61))
    grid = Grid(0.01, 0.0007, 9000)
    exact = LombScargle(one.time, one.mag, one.magerr).power(grid.frequencies, method="cython")
    np.testing.assert_allclose(lombscargle.powers([one], grid), exact, atol=1e-7)


def test_powers_of_a_star_are_those_of_its_light_curves_weighted_by_their_epochs():
    first = series(nights(120), sine(nights(120), 0.61))
    second = series(nights(60, 5), 2 + sine(nights(60, 5), 0.61, 0.1), noise=0.2, seed=4)
    grid = Grid(1.0, 0.0005, 3000)
    apart = [lombscargle.powers([each], grid) for each in (first, second)]
    together = lombscargle.powers([first, second], grid)
    np.testing.assert_allclose(together, (119 * apart[0] + 59 * apart[1]) / 178, atol=1e-12)


def test_other_means_and_errors_ten_times_too_small_do_not_change_the_period_of_a_star():
    time, other = nights(100), nights(70, 9)
    g, r = series(time, sine(time, 0.5723)), series(other, sine(other, 0.5723) - 1.3, seed=6)
    boasting = Series("r", r.time, r.mag, r.magerr / 10)
    np.testing.assert_allclose(look(g, boasting).peaks[0].power, look(g, r).peaks[0].power)
    assert look(g, boasting).peaks[0].period == pytest.approx(0.5723, rel=1e-5)


def test_light_curves_too_short_for_a_period_give_it_together():
    curves = []
    for seed in range(8):
        time = nights(14, seed + 20)
        curves.append(series(time, sine(time, 0.3575660, 0.1), noise=0.04, seed=seed))
    assert look(*curves).peaks[0].period == pytest.approx(0.3575660, rel=1e-4)


def test_the_grid_is_as_stated():
    grid = regular(1000.0, 0.1, None, 5.0, 10**6)
    assert (grid.first, grid.step) == (1 / 1000, 1 / 5000)
    assert grid.last - grid.step < 10 <= grid.last
    assert regular(1000.0, 0.1, 20.0, 5.0, 10**6).first == 1 / 20


@pytest.mark.parametrize(
    ("bounds", "sentence"),
    [((1e-3, None), "frequencies are asked for"), ((5.0, 4.0), "No period is between 5 and 4")],
)
def test_a_grid_that_cannot_be_is_refused(bounds, sentence):
    with pytest.raises(TooFine, match=sentence):
        regular(1500.0, *bounds, 5.0, 10**6)


def test_the_error_of_the_period_is_the_scatter_of_periods():
    time = nights(150)
    found = [
        look(series(time, sine(time, 0.7, 0.05), 0.03, seed), shortest=0.6, longest=0.8).peaks[0]
        for seed in range(30)
    ]
    scatter = np.std([each.period for each in found])
    assert np.mean([each.error for each in found]) == pytest.approx(scatter, rel=0.4)


@pytest.mark.parametrize(("curves", "epochs"), [(1, 150), (3, 60)])
def test_noise_has_false_alarm_probabilities_as_often_as_they_say(curves, epochs):
    found = []
    for seed in range(120):
        noise = [
            series(nights(epochs, 7 * seed + i), np.full(epochs, 16.0), 0.1, 3 * seed + i)
            for i in range(curves)
        ]
        found.append(look(*noise, shortest=2, number=1).peaks[0].fap)
    for probability in (0.1, 0.25):
        assert np.mean(np.array(found) < probability) == pytest.approx(probability, abs=0.09)


def test_a_sine_is_no_false_alarm_and_a_constant_has_no_peak():
    time = nights(100)
    assert look(series(time, sine(time, 0.61))).peaks[0].fap < 1e-30
    flat = Series("flat", time, np.full(100, 16.0), np.full(100, 0.02))
    assert look(flat).peaks == []


def test_a_slow_change_is_flagged_as_alias_of_the_day():
    time = nights(200)
    rising = 18 + np.where(time > 58700, (time - 58700) / 400, 0)
    best = look(series(time, rising, 0.1), number=1, longest=100).peaks[0]
    assert best.period == pytest.approx(1, abs=1e-3)
    assert {"day alias", "peak of the window function"} <= set(best.flags)


@pytest.mark.parametrize(
    ("frequency", "word"),
    [
        (1.0, "day alias"),
        (3.0, "day alias"),
        (2.0, "half-day alias"),
        (1.00273790935, "sidereal day alias"),
        (2.0054758, "sidereal day alias"),
        (1 / 29.530589, "month alias"),
        (1 / 365.25636, "year alias"),
    ],
)
def test_periods_of_the_sky_are_flagged(frequency, word):
    assert word in flags(frequency, [], [], 1500)
    assert word in flags(frequency + 1e-3, [], [], 1500)
    assert word not in flags(frequency + 1.5e-3, [], [], 1500)


@pytest.mark.parametrize("name", CYCLES)
def test_sums_and_differences_with_a_higher_peak_are_flagged(name):
    for frequency in (3.7 + CYCLES[name], 3.7 - CYCLES[name], abs(CYCLES[name] - 0.4)):
        higher = [3.7] if frequency > 1.7 else [0.4]
        assert f"{name} alias of peak 1" in flags(frequency, higher, [], 1500)
    assert flags(3.31, [3.7], [], 1500) == []


def test_a_year_is_not_told_from_a_peak_by_short_light_curves():
    assert flags(3.7, [3.7 + 1 / 100], [], 50) == []


def test_the_window_function_is_the_sum_over_the_epochs():
    time = nights(80)
    grid = Grid(0.4, 0.0021, 900)
    angle = 2j * np.pi * np.outer(grid.frequencies, time - time[0])
    np.testing.assert_allclose(
        window_power(time, grid), np.abs(np.exp(angle).mean(axis=1)) ** 2, atol=1e-7
    )


def test_eclipses_of_two_depths_have_twice_the_period():
    time = nights(300)
    one = series(time, eclipses(time, 2.31, (0.6, 0.4), 0.07))
    best = look(one, shortest=0.5, number=1).peaks[0]
    assert best.period == pytest.approx(2.31 / 2, rel=1e-4)
    twice, half = best.alternatives
    assert (twice.factor, twice.preferred) == (2.0, True)
    assert twice.period == pytest.approx(2.31, rel=1e-4)
    assert "Even and odd cycles differ" in twice.reason
    assert not half.preferred


def test_a_contact_binary_peaks_at_half_its_period_and_twice_is_offered_with_the_reason():
    time = nights(300)
    one = series(time, 16 - 0.2 * np.cos(4 * np.pi * time / EW))
    best = look(one, number=1).peaks[0]
    assert best.period == pytest.approx(EW / 2, rel=1e-4)
    twice, half = best.alternatives
    assert twice.period == pytest.approx(EW, rel=1e-4)
    assert not twice.preferred
    assert "contact binary (EW)" in twice.reason
    assert "halves of the cycle differ" in half.reason


def test_half_of_a_period_that_is_twice_too_long_is_preferred():
    time = nights(200)
    _, half = alternatives([series(time, sine(time, 0.7))], 1.4)
    assert half.preferred
    assert "do not differ" in half.reason


def test_too_few_epochs_say_nothing_of_cycles():
    time = nights(15)
    assert gain([series(time, sine(time, 0.7))], 0.7) is None
    reasons = [each.reason for each in alternatives([series(time, sine(time, 0.7))], 0.7)]
    assert all("too few epochs" in reason for reason in reasons)


def test_a_box_finds_short_eclipses_that_a_sine_does_not():
    time = nights(400)
    one = series(time, eclipses(time, 3.1234, (0.25, 0.0), 0.012), 0.03)
    options = {"shortest": 0.8, "longest": 20.0, "number": 1}
    boxed = look(one, method="box", **options).peaks[0]
    assert boxed.period == pytest.approx(3.1234, rel=2e-4)
    assert boxed.fap is None
    assert look(one, **options).peaks[0].period != pytest.approx(3.1234, rel=1e-2)


def test_an_outline_keeps_the_highest_powers_at_their_frequencies():
    power = np.zeros(10_000)
    power[[17, 4321, 9999]] = 0.5, 0.9, 0.7
    shown = outline(Spectrum(np.arange(10_000.0), power), 100)
    assert len(shown.power) == 100
    kept = dict(zip(shown.frequency, shown.power, strict=True))
    assert (kept[17], kept[4321], kept[9999]) == (0.5, 0.9, 0.7)


def real(name: str, oid: int) -> Series:
    with (SHARED / "ztf-lc-api" / "panelcast-wd" / f"{name}.csv").open() as lines:
        rows = [row for row in csv.DictReader(lines) if int(row["oid"]) == oid]
    values = np.array(
        [
            [float(row[key]) for key in ("hjd", "mag", "magerr")]
            for row in rows
            if row["catflags"] == "0"
        ]
    )
    time, mag, error = values[values[:, 0].argsort()].T
    return Series(str(oid), time - 2400000.5, mag, error)


@needs_shared
@pytest.mark.parametrize(
    ("name", "oids", "period"),
    [
        ("103999471976858496", (604103100006917, 604203100003189), 0.449772),
        ("1191504471436192512", (532109200004278, 532209200006396), 0.130082),
    ],
)
def test_the_white_dwarf_binaries_have_their_periods_in_each_band_and_together(name, oids, period):
    curves = [real(name, oid) for oid in oids]
    for chosen in (curves[:1], curves[1:], curves):
        best = look(*chosen, shortest=0.05, number=1).peaks[0]
        assert best.period == pytest.approx(period, rel=1e-4)
        assert best.flags == []
        assert best.fap < 1e-50
