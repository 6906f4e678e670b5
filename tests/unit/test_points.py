"""The points that figures show: values, errors that can be drawn, flags."""

from __future__ import annotations

import numpy as np
import pytest

from ztfvo.products.model import Curve, OwnPhotometry, Request
from ztfvo.products.points import of_curve, of_own

OID = 680113300005170


def curve(**columns):
    """A light curve with these columns, and plain ones where none are given."""
    size = len(next(iter(columns.values())))
    plain = {"hmjd": 58300.0 + np.arange(size), "magerr": [0.1] * size, "catflags": [0] * size}
    for name in ("mag", "flux", "fluxerr", "phase"):
        plain[name] = [0.5] * size
    for name in ("diffmag", "diffmag_err_bright", "diffmag_err_faint", "diffflux", "diffflux_err"):
        plain[name] = [0.25] * size
    arrays = {name: np.asarray(values) for name, values in (plain | columns).items()}
    return Curve(*("demo", OID, 254.4, 35.3, 680, 50, 1, "zg", 0.0, np.nan, np.nan), columns=arrays)


def points(request=None, **columns):
    return of_curve(curve(**columns), asked(**(request or {})))


def asked(**parameters):
    return Request(release="ztf", oids=(OID,), format="png", **parameters)


@pytest.mark.parametrize(
    ("quantity", "value", "smaller", "larger"),
    [
        ("mag", "mag", "magerr", "magerr"),
        ("flux", "flux", "fluxerr", "fluxerr"),
        ("diffmag", "diffmag", "diffmag_err_bright", "diffmag_err_faint"),
        ("diffflux", "diffflux", "diffflux_err", "diffflux_err"),
    ],
)
def test_a_quantity_is_shown_with_its_own_errors(quantity, value, smaller, larger):
    columns = {value: [17.0, 18.0], smaller: [0.25, 0.5]}
    columns[larger] = [0.75, 0.875] if larger != smaller else columns[smaller]
    shown = points({"quantity": quantity}, **columns)
    assert shown.y.tolist() == [17.0, 18.0]
    assert shown.below.tolist() == [0.25, 0.5]
    assert shown.above.tolist() == columns[larger]
    assert shown.x.tolist() == [58300.0, 58301.0]


def test_folded_points_stand_at_their_phases_and_repeated_epochs_count_once():
    phase = [0.25, 0.5, 1.25, 1.5, 2.25, 2.5]
    shown = points({"period": 2.0, "cycles": 3}, phase=phase)
    assert shown.x.tolist() == phase
    assert (shown.epochs, type(shown.epochs)) == (2, int)
    assert points(phase=phase).epochs == 6


def test_errors_that_are_no_number_or_not_positive_are_not_drawn():
    shown = points({"quantity": "flux"}, fluxerr=[0.5, 2.0, 0.0, -0.5, np.nan, np.inf])
    assert shown.below.tolist() == shown.above.tolist() == [0.5, 2.0, 0.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize("request_", [{}, {"quantity": "flux"}, {"quantity": "diffmag"}])
def test_epochs_with_flags_or_without_an_error_are_flagged_in_every_quantity(request_):
    shown = points(
        request_,
        catflags=[0, 1, 32768, 0, 0, 0, 1],
        magerr=[0.1, 0.1, 0.1, 0.0, -0.1, np.nan, 0.0],
    )
    assert shown.flagged.tolist() == [False] + [True] * 6


def test_good_points_have_a_number_to_show_and_no_flag():
    shown = points(mag=[17.0, np.inf, np.nan, 17.0], catflags=[0, 0, 0, 1])
    assert shown.good.tolist() == [True, False, False, False]
    assert shown.good.dtype == bool


@pytest.mark.parametrize("quantity", ["mag", "flux", "diffflux"])
def test_errors_of_a_magnitude_and_more_are_wide(quantity):
    shown = points({"quantity": quantity}, magerr=[0.5, 0.999, 1.0, 3.0, np.nan])
    assert shown.wide.tolist() == [False, False, True, True, True]


def test_differences_are_wide_by_their_error_to_the_faint_side():
    faint = [0.5, 0.999, 1.0, 3.0, np.inf]
    quantity = str(b"diffmag", "ascii")  # as one that was read from an address
    shown = points({"quantity": quantity}, diffmag_err_faint=faint, magerr=[2.0] * 5)
    assert shown.wide.tolist() == [False, False, True, True, True]


OWN = OwnPhotometry(
    "Mine", "V", np.array([10.5, 11.75]), np.array([8.9, 11.4]), np.array([0.5, 1.0])
)


@pytest.mark.parametrize("quantity", ["mag", "diffmag"])
def test_own_magnitudes_are_shown_as_sent(quantity):
    shown = of_own(OWN, asked(quantity=quantity))
    assert shown.x.tolist() == [10.5, 11.75]
    assert shown.y.tolist() == [8.9, 11.4]
    assert shown.below.tolist() == shown.above.tolist() == [0.5, 1.0]
    assert shown.flagged.tolist() == [False, False]
    assert shown.wide.tolist() == [False, True]
    assert shown.epochs == 2


def test_own_errors_of_a_magnitude_and_more_are_wide():
    own = OwnPhotometry("Mine", "V", np.zeros(4), np.zeros(4), np.array([0.0, 0.999, 1.0, 3.0]))
    assert of_own(own, asked()).wide.tolist() == [False, False, True, True]


@pytest.mark.parametrize("quantity", ["flux", "diffflux"])
def test_own_photometry_becomes_flux_where_flux_is_shown(quantity):
    shown = of_own(OWN, asked(quantity=quantity))
    assert shown.y == pytest.approx([1.0, 0.1])
    error = 0.4 * np.log(10) * np.array([0.5, 0.1])
    assert shown.below == pytest.approx(error)
    assert shown.above == pytest.approx(error)
    assert shown.wide.tolist() == [False, True]


def test_own_photometry_is_folded_with_the_light_curves():
    shown = of_own(OWN, asked(period=1.0, epoch=0.625, cycles=2))
    assert shown.x.tolist() == [0.125, 0.875, 1.125, 1.875]
    assert shown.y.tolist() == [11.4, 8.9] * 2
    assert shown.wide.tolist() == [True, False] * 2
    assert shown.flagged.tolist() == [False] * 4
    assert shown.epochs == 2
