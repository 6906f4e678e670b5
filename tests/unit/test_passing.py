"""Epochs of a light curve that may be of a body that passed."""

from __future__ import annotations

import numpy as np
import pytest

from ztfvo.match.passing import PASSED, stand_out

NIGHTS = np.arange(40.0)


def curve(**bright: float) -> tuple[np.ndarray, ...]:
    """A steady star, an epoch a night, of 0.02 mag scatter; ``at12=1.5`` is brighter by so much."""
    scatter = np.where(NIGHTS % 2 == 0, 0.02, -0.02)
    mag = 18 + scatter
    for name, excess in bright.items():
        mag[int(name[2:])] = 18 - excess
    return NIGHTS, mag, np.full(40, 0.03), np.ones(40, bool)


def test_an_epoch_that_is_bright_alone_stands_out():
    found, away, median, scatter = stand_out(*curve(at12=1.5), 5)
    assert found.tolist() == [12]
    assert median == pytest.approx(18, abs=0.021)
    assert scatter == pytest.approx(1.4826 * 0.02, rel=0.5)
    assert away[12] == pytest.approx((median - 16.5) / np.hypot(0.03, scatter))


def test_how_far_it_has_to_stand_off_is_a_parameter():
    _, away, *_ = stand_out(*curve(at12=0.3), 5)
    assert stand_out(*curve(at12=0.3), away[12])[0].tolist() == [12]
    assert stand_out(*curve(at12=0.3), away[12] + 1e-9)[0].tolist() == []


@pytest.mark.parametrize("beside", ["at11", "at13"])
def test_an_epoch_that_a_neighbour_confirms_does_not(beside):
    assert stand_out(*curve(at12=1.5, **{beside: 0.8}), 5)[0].tolist() == []
    assert 12 in stand_out(*curve(at12=1.5, **{beside: 0.7}), 5)[0]


def test_a_transient_of_weeks_is_of_the_object():
    excess = (1, 2, 3, 2.5, 2, 1.5)
    rising = {f"at{night}": each for night, each in enumerate(excess, start=10)}
    assert stand_out(*curve(**rising), 5)[0].tolist() == []


def test_faint_epochs_do_not_stand_out():
    assert stand_out(*curve(at12=-3), 5)[0].tolist() == []


@pytest.mark.parametrize(("apart", "expected"), [(0.5 * PASSED, [12, 13]), (1.5 * PASSED, [])])
def test_epochs_within_the_time_that_a_body_takes_do_not_confirm_each_other(apart, expected):
    time, mag, magerr, good = curve(at12=1.5, at13=1.4)
    time = np.sort(np.where(NIGHTS == 13, 12 + apart, time))
    assert stand_out(time, mag, magerr, good, 5)[0].tolist() == expected


def test_the_first_and_the_last_epoch_have_one_neighbour():
    assert stand_out(*curve(at0=1.5, at39=2), 5)[0].tolist() == [0, 39]


def test_median_and_scatter_are_of_good_epochs_only():
    time, mag, magerr, good = curve(at12=1.5)
    mag[20:], good[20:] = 15, False
    found, _, median, _ = stand_out(time, mag, magerr, good, 5)
    assert median == pytest.approx(18, abs=0.021)
    assert 12 in found
